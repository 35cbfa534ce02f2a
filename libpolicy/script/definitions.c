/*
 * What a script defines; see definitions.h.
 */
#include "script/definitions.h"

#include <lauxlib.h>

#include "base/number.h"
#include "script/length.h"
#include "script/sandbox.h"
#include "script/scan.h"

#define DEPTH_MAX       16
#define NODES_MAX       20000
#define DEFINITIONS_MAX 2000
#define NAMES_MAX       1000          /* of one table */
#define BYTES_MAX       (1024 * 1024) /* of all texts in definitions */

typedef enum definition_kind {
    DEFINED_RULE,
    DEFINED_TIGHTEN,
    DEFINED_PARAM,
    DEFINED_CLAUSE,
    DEFINED_LET,
    DEFINED_MEASURE,
    DEFINITION_KINDS
} definition_kind;

typedef struct list {
    const node **keys; /* of param, clause and let */
    const node **items;
    uint32_t count;
} list;

typedef struct collector {
    loader *l;
    str file;
    uint32_t nodes;
    size_t bytes;
    uint32_t fixed_line; /* of the rule whose functions are being made read-only */
    list lists[DEFINITION_KINDS];
} collector;

static collector *collector_of(lua_State *lua)
{
    return sandbox_host(sandbox_of(lua));
}

static uint32_t caller_line(lua_State *lua)
{
    lua_Debug info;
    for (int level = 1; lua_getstack(lua, level, &info); level++)
        if (lua_getinfo(lua, "l", &info) && info.currentline > 0)
            return (uint32_t)info.currentline;
    return 0;
}

static node *new_node(lua_State *lua, collector *c, node_kind kind, uint32_t line)
{
    node *n = ++c->nodes <= NODES_MAX ? loader_new(c->l, sizeof *n) : NULL;
    if (!n)
        luaL_error(lua, c->nodes > NODES_MAX ? "too many values in the script's definitions" : "not enough memory");
    *n = (node){.kind = kind, .at = {.file = c->file, .line = line, .column = line ? 1 : 0}};
    return n;
}

static node *scalar(lua_State *lua, collector *c, str text, uint32_t line)
{
    node *n = new_node(lua, c, NODE_SCALAR, line);
    c->bytes += text.size; /* one long text may be named again and again */
    if (c->bytes > BYTES_MAX)
        luaL_error(lua, "the script's definitions hold more than 1 MiB of text");
    sandbox_charge(lua, 8 + text.size / 16);
    n->scalar = n->raw = loader_text(c->l, text);
    n->raw_at = n->at;
    if (!n->scalar.data)
        luaL_error(lua, "not enough memory");
    return n;
}

static const node *to_node(lua_State *lua, collector *c, int index, uint32_t line, int depth);

/* Sift keys[root] down the heap keys[0 ... count - 1], largest first. */
static void sift(str *keys, uint32_t root, uint32_t count)
{
    for (;;) {
        uint32_t child = 2 * root + 1;
        if (child >= count)
            return;
        if (child + 1 < count && str_compare(keys[child], keys[child + 1]) < 0)
            child++;
        if (str_compare(keys[root], keys[child]) >= 0)
            return;
        str swapped = keys[root];
        keys[root] = keys[child];
        keys[child] = swapped;
        root = child;
    }
}

/* The keys of the table at `index`, sorted by bytes, so that a table's own order never shows; borrowed from it. */
static const str *sorted_keys(lua_State *lua, collector *c, int index, uint32_t count)
{
    str *keys = loader_array(c->l, count, sizeof *keys);
    if (!keys)
        luaL_error(lua, "not enough memory");
    uint32_t at = 0;
    lua_pushnil(lua);
    while (lua_next(lua, index)) {
        lua_pop(lua, 1);
        keys[at].data = lua_tolstring(lua, -1, &keys[at].size);
        at++;
    }
    for (uint32_t root = count / 2; root-- > 0;)
        sift(keys, root, count);
    for (uint32_t last = count; last-- > 1;) {
        str largest = keys[0];
        keys[0] = keys[last];
        keys[last] = largest;
        sift(keys, 0, last);
    }
    return keys;
}

/* A sequence when the keys are 1 ... n, else a map of texts; an empty table is an empty list. */
static const node *table_node(lua_State *lua, collector *c, int index, uint32_t line, int depth)
{
    if (depth >= DEPTH_MAX)
        luaL_error(lua, "tables nest deeper than %d", DEPTH_MAX);
    luaL_checkstack(lua, 8, NULL);
    lua_Integer length = length_of_table(lua, index);
    uint32_t count = 0;
    bool texts = true;
    lua_pushnil(lua);
    while (lua_next(lua, index)) {
        lua_pop(lua, 1);
        count++;
        texts = texts && lua_type(lua, -1) == LUA_TSTRING;
        if (count > NODES_MAX)
            luaL_error(lua, "too many values in the script's definitions");
    }
    sandbox_charge(lua, (uint64_t)count * 16);
    if (texts && count > NAMES_MAX)
        luaL_error(lua, "a definition's table has more than %d names", NAMES_MAX);
    if ((lua_Integer)count != length && !texts)
        luaL_error(lua, "a definition's table must be a list or have names as keys");
    node *n = new_node(lua, c, (lua_Integer)count == length ? NODE_LIST : NODE_MAP, line);
    n->count = count;
    if (count == 0)
        return n;
    node *items = loader_array(c->l, count, sizeof *items);
    node *keys = n->kind == NODE_MAP ? loader_array(c->l, count, sizeof *keys) : NULL;
    if (!items || (n->kind == NODE_MAP && !keys))
        luaL_error(lua, "not enough memory");
    n->items = items;
    n->keys = keys;
    const str *names = n->kind == NODE_MAP ? sorted_keys(lua, c, index, count) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        if (names) {
            keys[i] = *scalar(lua, c, names[i], line);
            lua_pushlstring(lua, names[i].data, names[i].size);
            lua_rawget(lua, index);
        } else {
            lua_rawgeti(lua, index, (lua_Integer)i + 1);
        }
        items[i] = *to_node(lua, c, lua_gettop(lua), line, depth + 1);
        lua_pop(lua, 1);
    }
    return n;
}

static const node *to_node(lua_State *lua, collector *c, int index, uint32_t line, int depth)
{
    switch (lua_type(lua, index)) {
    case LUA_TTABLE:
        return table_node(lua, c, index, line, depth);
    case LUA_TBOOLEAN:
        return scalar(lua, c, lua_toboolean(lua, index) ? STR("true") : STR("false"), line);
    case LUA_TNUMBER: {
        char text[NUMBER_TEXT];
        size_t size = lua_isinteger(lua, index) ? number_write_int(text, lua_tointeger(lua, index))
                                                : number_write_double(text, lua_tonumber(lua, index));
        return scalar(lua, c, (str){text, size}, line);
    }
    case LUA_TSTRING: {
        str text;
        text.data = lua_tolstring(lua, index, &text.size);
        return scalar(lua, c, text, line);
    }
    case LUA_TFUNCTION:
        return scalar(lua, c, STR("function"), line);
    default:
        luaL_error(lua, "a definition cannot hold a %s", luaL_typename(lua, index));
        return NULL;
    }
}

static void add(lua_State *lua, collector *c, definition_kind kind, const node *key, const node *item)
{
    list *to = &c->lists[kind];
    if (to->count == DEFINITIONS_MAX)
        luaL_error(lua, "more than %d definitions of one kind", DEFINITIONS_MAX);
    if (!to->items) {
        to->items = loader_array(c->l, DEFINITIONS_MAX, sizeof *to->items);
        to->keys = loader_array(c->l, DEFINITIONS_MAX, sizeof *to->keys);
        if (!to->items || !to->keys)
            luaL_error(lua, "not enough memory");
    }
    to->keys[to->count] = key;
    to->items[to->count++] = item;
}

/* Registry key of the functions met so far: {function, line}, one after the other. */
static const char kept_key;

static void keep_function(lua_State *lua, uint32_t line)
{
    if (lua_rawgetp(lua, LUA_REGISTRYINDEX, &kept_key) != LUA_TTABLE) {
        lua_pop(lua, 1);
        lua_newtable(lua);
        lua_pushvalue(lua, -1);
        lua_rawsetp(lua, LUA_REGISTRYINDEX, &kept_key);
    }
    lua_Integer count = (lua_Integer)lua_rawlen(lua, -1);
    lua_pushvalue(lua, -2);
    lua_rawseti(lua, -2, count + 1);
    lua_pushinteger(lua, line);
    lua_rawseti(lua, -2, count + 2);
    lua_pop(lua, 1);
}

/* What will be made read-only in every ledger is tried here, so that a script it cannot be done to is refused. */
static int freeze_kept(lua_State *lua)
{
    collector *c = collector_of(lua);
    lua_settop(lua, 0);
    if (lua_rawgetp(lua, LUA_REGISTRYINDEX, &kept_key) != LUA_TTABLE)
        return 0;
    lua_Integer count = (lua_Integer)lua_rawlen(lua, 1);
    for (lua_Integer i = 1; i < count; i += 2) {
        lua_rawgeti(lua, 1, i + 1);
        c->fixed_line = (uint32_t)lua_tointeger(lua, -1);
        lua_rawgeti(lua, 1, i);
        sandbox_freeze(lua);
        lua_settop(lua, 1);
    }
    return 0;
}

static int define_rule(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    static const char *const functions[] = {"check", "fold", "judge"};
    collector *c = collector_of(lua);
    uint32_t line = caller_line(lua);
    for (size_t i = 0; i < 3; i++) {
        int got = lua_getfield(lua, 1, functions[i]);
        if (got != LUA_TNIL && got != LUA_TFUNCTION)
            return luaL_error(lua, "rule: %s must be a function, not a %s", functions[i], lua_typename(lua, got));
        if (got == LUA_TFUNCTION)
            keep_function(lua, line);
        lua_pop(lua, 1);
    }
    add(lua, c, DEFINED_RULE, NULL, to_node(lua, c, 1, line, 0));
    return 0;
}

/* A map with one more entry in front: `name: value`. */
static const node *with_entry(lua_State *lua, collector *c, const node *map, str name, const node *item, uint32_t line)
{
    node *n = new_node(lua, c, NODE_MAP, line);
    node *keys = loader_array(c->l, map->count + 1, sizeof *keys),
         *items = loader_array(c->l, map->count + 1, sizeof *items);
    if (!keys || !items)
        luaL_error(lua, "not enough memory");
    keys[0] = *scalar(lua, c, name, line);
    items[0] = *item;
    for (uint32_t i = 0; i < map->count; i++) {
        keys[i + 1] = map->keys[i];
        items[i + 1] = map->items[i];
    }
    n->count = map->count + 1;
    n->keys = keys;
    n->items = items;
    return n;
}

static int define_tighten(lua_State *lua)
{
    str id;
    id.data = luaL_checklstring(lua, 1, &id.size);
    luaL_checktype(lua, 2, LUA_TTABLE);
    collector *c = collector_of(lua);
    uint32_t line = caller_line(lua);
    const node *change = to_node(lua, c, 2, line, 0);
    if (change->kind != NODE_MAP)
        return luaL_error(lua, "tighten: the second argument names what to tighten, such as {at_most = 45}");
    add(lua, c, DEFINED_TIGHTEN, NULL, with_entry(lua, c, change, STR("rule"), scalar(lua, c, id, line), line));
    return 0;
}

static int define_param(lua_State *lua)
{
    str name;
    name.data = luaL_checklstring(lua, 1, &name.size);
    luaL_checkany(lua, 2);
    collector *c = collector_of(lua);
    uint32_t line = caller_line(lua);
    add(lua, c, DEFINED_PARAM, scalar(lua, c, name, line), to_node(lua, c, 2, line, 0));
    return 0;
}

/* clause{id = "W1", quote = "..."}: an entry of `clauses`, under its id. */
static int define_clause(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    collector *c = collector_of(lua);
    uint32_t line = caller_line(lua);
    if (lua_getfield(lua, 1, "id") != LUA_TSTRING)
        return luaL_error(lua, "clause: id is missing");
    str id;
    id.data = lua_tolstring(lua, -1, &id.size);
    const node *key = scalar(lua, c, id, line);
    lua_pop(lua, 1);
    const node *whole = table_node(lua, c, 1, line, 0);
    node *n = new_node(lua, c, NODE_MAP, line);
    node *keys = loader_array(c->l, whole->count, sizeof *keys),
         *items = loader_array(c->l, whole->count, sizeof *items);
    if (!keys || !items)
        return luaL_error(lua, "not enough memory");
    for (uint32_t i = 0; i < whole->count; i++) {
        if (str_equal(whole->keys[i].scalar, STR("id")))
            continue;
        keys[n->count] = whole->keys[i];
        items[n->count++] = whole->items[i];
    }
    n->keys = keys;
    n->items = items;
    add(lua, c, DEFINED_CLAUSE, key, n);
    return 0;
}

/* let("homework", {cap = "params.minutes[stage]"}): what a rule on that table can need beside its fields. */
static int define_let(lua_State *lua)
{
    str table;
    table.data = luaL_checklstring(lua, 1, &table.size);
    luaL_checktype(lua, 2, LUA_TTABLE);
    collector *c = collector_of(lua);
    uint32_t line = caller_line(lua);
    const node *lets = to_node(lua, c, 2, line, 0);
    if (lets->kind != NODE_MAP)
        return luaL_error(lua, "let: the second argument gives expressions their names, such as {late = \"end > "
                               "time('17:30')\"}");
    add(lua, c, DEFINED_LET, scalar(lua, c, table, line), lets);
    return 0;
}

static int define_measure(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    collector *c = collector_of(lua);
    add(lua, c, DEFINED_MEASURE, NULL, to_node(lua, c, 1, caller_line(lua), 0));
    return 0;
}

/* Functions that a check may see, since they are in its environment; calling them there is an error. */
static void add_functions(lua_State *lua, const luaL_Reg *functions, int upvalues)
{
    for (const luaL_Reg *f = functions; f->name; f++) {
        for (int i = 0; i < upvalues; i++)
            lua_pushvalue(lua, -upvalues);
        lua_pushcclosure(lua, f->func, upvalues);
        sandbox_allow(lua);
        lua_setfield(lua, -2 - upvalues, f->name);
    }
    lua_pop(lua, upvalues);
}

static void open_loading(lua_State *lua)
{
    static const luaL_Reg functions[] = {{"rule", define_rule},
                                         {"tighten", define_tighten},
                                         {"param", define_param},
                                         {"clause", define_clause},
                                         {"let", define_let},
                                         {"measure", define_measure},
                                         {NULL, NULL}};
    add_functions(lua, functions, 0);
}

/* ---- the result ---- */

static void report(loader *l, str file, const sandbox_failure *why)
{
    str message = str_of(why->message);
    char number[NUMBER_TEXT];
    policy_limit limit = why->end == SANDBOX_KILLED_STEPS    ? POLICY_LIMIT_SCRIPT_STEPS
                         : why->end == SANDBOX_KILLED_MEMORY ? POLICY_LIMIT_SCRIPT_BYTES
                                                             : POLICY_LIMIT_SCRIPT_MILLISECONDS;
    static const message_id messages[] = {[SANDBOX_SYNTAX] = MESSAGE_SCRIPT_SYNTAX,
                                          [SANDBOX_FAILED] = MESSAGE_SCRIPT_FAILED,
                                          [SANDBOX_KILLED_STEPS] = MESSAGE_SCRIPT_STEPS,
                                          [SANDBOX_KILLED_MEMORY] = MESSAGE_SCRIPT_MEMORY,
                                          [SANDBOX_KILLED_TIME] = MESSAGE_SCRIPT_TIME};
    if (why->end == SANDBOX_NOMEM) {
        loader_nomem(l);
        return;
    }
    if (sandbox_is_kill(why->end))
        message = (str){number, number_write_uint(number, options_limit(l->options, limit))};
    loader_fail(l, &(error_spec){.status = why->end == SANDBOX_SYNTAX ? POLICY_E_SYNTAX : POLICY_E_SCRIPT,
                                 .message = messages[why->end],
                                 .arguments = {message},
                                 .at = {.file = file, .line = why->line, .column = why->line ? 1 : 0}});
}

static const node *build(collector *c, str name)
{
    static const char *const names[] = {
        [DEFINED_RULE] = "rules",     [DEFINED_TIGHTEN] = "tighten", [DEFINED_PARAM] = "params",
        [DEFINED_CLAUSE] = "clauses", [DEFINED_LET] = "let",         [DEFINED_MEASURE] = "measures"};
    loader *l = c->l;
    place at = {.file = c->file, .line = 1, .column = 1};
    node *root = loader_new(l, sizeof *root);
    node *keys = loader_array(l, DEFINITION_KINDS + 2, sizeof *keys),
         *items = loader_array(l, DEFINITION_KINDS + 2, sizeof *items);
    if (!root || !keys || !items)
        return NULL;
    uint32_t n = 0;
    keys[n] = (node){.kind = NODE_SCALAR, .scalar = STR("pack"), .at = at};
    items[n++] = (node){.kind = NODE_SCALAR, .scalar = name, .at = at};
    keys[n] = (node){.kind = NODE_SCALAR, .scalar = STR("version"), .at = at};
    items[n++] = (node){.kind = NODE_SCALAR, .scalar = STR("1"), .at = at};
    for (int kind = 0; kind < DEFINITION_KINDS; kind++) {
        const list *from = &c->lists[kind];
        if (from->count == 0)
            continue;
        bool map = kind == DEFINED_PARAM || kind == DEFINED_CLAUSE || kind == DEFINED_LET;
        node *values = loader_array(l, from->count, sizeof *values),
             *value_keys = loader_array(l, from->count, sizeof *value_keys);
        if (!values || !value_keys)
            return NULL;
        for (uint32_t i = 0; i < from->count; i++) {
            values[i] = *from->items[i];
            if (map)
                value_keys[i] = *from->keys[i];
        }
        keys[n] = (node){.kind = NODE_SCALAR, .scalar = str_of(names[kind]), .at = from->items[0]->at};
        items[n++] = (node){.kind = map ? NODE_MAP : NODE_LIST,
                            .items = values,
                            .keys = map ? value_keys : NULL,
                            .count = from->count,
                            .at = from->items[0]->at};
    }
    *root = (node){.kind = NODE_MAP, .items = items, .keys = keys, .count = n, .at = at};
    return root;
}

const node *definitions_read(loader *l, str file, str text, str name)
{
    collector c = {.l = l, .file = loader_text(l, file)};
    scan_failure refused;
    sandbox_failure why = {0};
    if (!loader_add_file(l, file, text))
        return NULL;
    if (!scan_script(l->allocator, text, &refused)) {
        if (refused.nomem)
            loader_nomem(l);
        else
            loader_fail(l, &(error_spec){.status = POLICY_E_SCRIPT,
                                         .message = refused.message,
                                         .arguments = {refused.argument},
                                         .at = {.file = c.file, .line = refused.line, .column = refused.column}});
        return NULL;
    }
    sandbox *box = sandbox_new(l->options);
    if (!box) {
        loader_nomem(l);
        return NULL;
    }
    sandbox_set_host(box, &c);
    const node *root = NULL;
    if (sandbox_load(box, file, text, open_loading, &why) == SANDBOX_FINE &&
        sandbox_call(box, 0, 0, &why) == SANDBOX_FINE && sandbox_protect(box, freeze_kept, NULL, &why) == SANDBOX_FINE)
        root = build(&c, name);
    if (why.end != SANDBOX_FINE) {
        why.line = why.line ? why.line : c.fixed_line;
        report(l, c.file, &why);
    }
    sandbox_free(box);
    return root;
}

/* ---- at run time ---- */

typedef struct runtime {
    definitions_visit on_definition;
    void *context;
} runtime;

static int visit(lua_State *lua)
{
    const runtime *r = lua_touserdata(lua, lua_upvalueindex(1));
    r->on_definition(lua, r->context, str_none);
    return 0;
}

static int visit_rule(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    const runtime *r = lua_touserdata(lua, lua_upvalueindex(1));
    lua_settop(lua, 1);
    lua_getfield(lua, 1, "id");
    str id = str_of(luaL_checkstring(lua, -1));
    lua_insert(lua, 1); /* keeps the text alive, the table on top */
    r->on_definition(lua, r->context, id);
    return 0;
}

void definitions_open_runtime(lua_State *lua, definitions_visit on_definition, void *context)
{
    static const luaL_Reg functions[] = {{"rule", visit_rule}, {"tighten", visit}, {"param", visit}, {"clause", visit},
                                         {"let", visit},       {"measure", visit}, {NULL, NULL}};
    runtime *r = lua_newuserdatauv(lua, sizeof *r, 0);
    *r = (runtime){on_definition, context};
    add_functions(lua, functions, 1);
}
