/*
 * Running the checks of scripts; see checks.h.
 */
#include "script/checks.h"

#include <lauxlib.h>

#include "base/buffer.h"
#include "script/definitions.h"
#include "script/values.h"

enum { SLOT_CHECK = 1, SLOT_FOLD, SLOT_JUDGE, SLOT_FIELDS };

/* What the proxy reads right now. Between calls `values` is NULL, and a kept proxy answers with an error. */
typedef struct window {
    const plan_version *version;
    const activation *activation; /* check: slots of the table */
    const value *row;             /* fold: values of kept_slots */
    evaluation *ev;
    uint64_t missing;
} window;

/* A script of the engine, in a sandbox of its own. */
typedef struct loaded_script {
    sandbox *box;
    int proxy;               /* registry reference */
    sandbox_failure failure; /* of its loading */
} loaded_script;

struct checks {
    const policy_engine *engine;
    const policy_allocator *allocator;
    loaded_script *scripts; /* by number */
    window now;
    sandbox_failure failure;
    uint32_t loading;          /* script that is being loaded */
    const pack *defining;      /* its pack, while it runs for the first time; NULL afterwards */
    uint32_t defined;          /* rule{} calls so far */
    const plan_version *fixed; /* being made read-only */
    char texts[2][1024];
};

static checks *checks_of(lua_State *lua)
{
    return sandbox_host(sandbox_of(lua));
}

/* ---- the proxy ---- */

/* Push a field of the current row; notes what is missing. `slot` counts in the table (check) or in kept_slots (fold). */
static void push_slot(lua_State *lua, window *w, int slot)
{
    value v;
    if (w->row) {
        v = w->row[slot];
    } else {
        v = w->activation->slots[slot];
        if (v.kind == VALUE_PENDING && w->activation->resolve)
            v = w->activation->resolve(w->activation->context, w->ev, slot);
    }
    script_push_field(lua, v, &w->missing);
}

static int proxy_unknown_field(lua_State *lua)
{
    checks *c = checks_of(lua);
    const plan_version *v = c->now.version;
    str wrong = str_of(lua_tostring(lua, 2));
    str nearest = str_none;
    if (v && wrong.data)
        nearest = str_nearest(wrong, v->from->need_count ? v->from->needs : v->table->columns,
                              v->from->need_count ? v->from->need_count : v->table->column_count);
    if (nearest.data) {
        lua_pushlstring(lua, nearest.data, nearest.size);
        return luaL_error(lua, "no field '%s' in the rule's needs; did you mean '%s'?", wrong.data ? wrong.data : "?",
                          lua_tostring(lua, -1));
    }
    return luaL_error(lua, "no field '%s' in the rule's needs", wrong.data ? wrong.data : "?");
}

static int proxy_index(lua_State *lua)
{
    checks *c = checks_of(lua);
    if (!c->now.version)
        return luaL_error(lua, "a record cannot be read after its check has ended");
    lua_rawgetp(lua, LUA_REGISTRYINDEX, c->now.version);
    lua_rawgeti(lua, -1, SLOT_FIELDS);
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, -2) != LUA_TNUMBER)
        return proxy_unknown_field(lua);
    push_slot(lua, &c->now, (int)lua_tointeger(lua, -1));
    return 1;
}

static int proxy_newindex(lua_State *lua)
{
    return luaL_error(lua, "a record is read-only");
}

/* pairs(r): a table of what is there. */
static int proxy_pairs(lua_State *lua)
{
    checks *c = checks_of(lua);
    if (!c->now.version)
        return luaL_error(lua, "a record cannot be read after its check has ended");
    lua_settop(lua, 0);
    lua_newtable(lua);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, c->now.version);
    lua_rawgeti(lua, -1, SLOT_FIELDS);
    lua_pushnil(lua);
    while (lua_next(lua, 3)) {
        int slot = (int)lua_tointeger(lua, -1);
        lua_pop(lua, 1);
        sandbox_charge(lua, 8);
        lua_pushvalue(lua, -1);
        push_slot(lua, &c->now, slot);
        lua_rawset(lua, 1);
    }
    lua_settop(lua, 1);
    return 1;
}

static int make_proxy(lua_State *lua)
{
    loaded_script *script = lua_touserdata(lua, 1);
    lua_newuserdatauv(lua, 0, 0);
    lua_newtable(lua);
    static const luaL_Reg functions[] = {
        {"__index", proxy_index}, {"__newindex", proxy_newindex}, {"__pairs", proxy_pairs}, {NULL, NULL}};
    luaL_setfuncs(lua, functions, 0);
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
    script->proxy = luaL_ref(lua, LUA_REGISTRYINDEX);
    return 0;
}

/* ---- loading ---- */

static const plan_version *version_from(const policy_engine *e, const pack_rule *from)
{
    const plan_rule *rule = engine_find_rule(e, from->id);
    for (uint32_t i = 0; rule && i < rule->version_count; i++)
        if (rule->versions[i]->from == from)
            return rule->versions[i];
    return NULL;
}

/* The names a rule may read, with the slot of each. */
static void push_fields(lua_State *lua, const plan_version *v)
{
    lua_newtable(lua);
    const plan_table *t = v->table;
    for (uint32_t i = 0; i < t->column_count + t->let_count; i++) {
        str name = i < t->column_count ? t->columns[i] : t->lets[i - t->column_count].from->name;
        int slot = i < t->column_count ? (int)i : t->first_let + (int)(i - t->column_count);
        bool needed = v->from->need_count == 0 && i < t->column_count;
        for (uint32_t k = 0; k < v->from->need_count; k++)
            needed = needed || str_equal(v->from->needs[k], name);
        if (v->from->folds) { /* rows are kept as the values of kept_slots */
            int kept = -1;
            for (uint32_t k = 0; k < v->kept_count; k++)
                kept = v->kept_slots[k] == slot ? (int)k : kept;
            needed = needed && kept >= 0;
            slot = kept;
        }
        if (!needed)
            continue;
        lua_pushlstring(lua, name.data, name.size);
        lua_pushinteger(lua, slot);
        lua_rawset(lua, -3);
    }
}

/* The rule's table is on top: its functions go to the registry under the version's address. The script runs as it ran when
 * the engine was built, so its n-th rule is the n-th of its pack: several versions may have one id. */
static void keep_rule(lua_State *lua, void *context, str id)
{
    checks *c = context;
    if (!c->defining)
        luaL_error(lua, "rules are defined while the script is read, not while records are judged");
    if (!id.data)
        return; /* tighten, param and so on: what they said is in the engine */
    uint32_t at = c->defined++;
    if (at >= c->defining->rule_count || !str_equal(c->defining->rules[at].id, id))
        luaL_error(lua, "the script defines other rules than when it was loaded");
    const plan_version *v = version_from(c->engine, &c->defining->rules[at]);
    if (!v || !v->script)
        return; /* deny, require, measure: nothing of it runs here */
    luaL_checkstack(lua, 8, NULL);
    int table = lua_gettop(lua);
    lua_createtable(lua, SLOT_FIELDS, 0);
    static const char *const names[] = {[SLOT_CHECK] = "check", [SLOT_FOLD] = "fold", [SLOT_JUDGE] = "judge"};
    for (int i = SLOT_CHECK; i <= SLOT_JUDGE; i++) {
        lua_getfield(lua, table, names[i]);
        lua_rawseti(lua, -2, i);
    }
    push_fields(lua, v);
    lua_rawseti(lua, -2, SLOT_FIELDS);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, v);
    lua_settop(lua, table);
}

static void open_runtime(lua_State *lua)
{
    definitions_open_runtime(lua, keep_rule, checks_of(lua));
}

/* After its script ran, the functions of its rules become read-only. */
static int freeze_rules(lua_State *lua)
{
    checks *c = checks_of(lua);
    lua_settop(lua, 0);
    for (uint32_t i = 0; i < c->engine->rule_count; i++) {
        for (uint32_t n = 0; n < c->engine->rule_list[i]->version_count; n++) {
            const plan_version *v = c->engine->rule_list[i]->versions[n];
            if (!v->script || v->from->script != c->loading)
                continue;
            c->fixed = v;
            if (lua_rawgetp(lua, LUA_REGISTRYINDEX, v) == LUA_TTABLE) {
                for (int k = SLOT_CHECK; k <= SLOT_JUDGE; k++) {
                    if (lua_rawgeti(lua, -1, k) == LUA_TFUNCTION)
                        sandbox_freeze(lua);
                    lua_rawseti(lua, -2, k);
                }
            }
            lua_settop(lua, 0);
        }
    }
    c->fixed = NULL;
    return 0;
}

static const pack *pack_of_script(const ruleset *r, uint32_t number)
{
    for (uint32_t i = 0; i < r->pack_count; i++)
        if (r->packs[i]->is_script && r->packs[i]->script == number)
            return r->packs[i];
    return NULL;
}

/* False out of the host's memory. Any other failure stays with the script: each of its rules will be an error. */
static bool load(checks *c, uint32_t number)
{
    const pack_script *from = &c->engine->rules->scripts[number];
    loaded_script *script = &c->scripts[number];
    sandbox_failure *failure = &script->failure;
    script->box = sandbox_new(&c->engine->options);
    if (!script->box)
        return false;
    sandbox_set_host(script->box, c);
    c->loading = number;
    c->defining = pack_of_script(c->engine->rules, number);
    c->defined = 0;
    c->fixed = NULL;
    if (sandbox_protect(script->box, make_proxy, script, failure) == SANDBOX_FINE &&
        sandbox_load(script->box, from->file, from->text, open_runtime, failure) == SANDBOX_FINE &&
        sandbox_call(script->box, 0, 0, failure) == SANDBOX_FINE)
        sandbox_protect(script->box, freeze_rules, NULL, failure);
    c->defining = NULL;
    if (failure->end != SANDBOX_FINE && failure->line == 0) { /* while a rule was made read-only */
        sandbox_keep_text(failure->file, sizeof failure->file, from->file);
        failure->line = c->fixed ? c->fixed->from->at.line : 1;
    }
    return failure->end != SANDBOX_NOMEM;
}

checks *checks_new(const policy_engine *e)
{
    const policy_allocator *a = &e->options.allocator;
    checks *c = allocator_zero(a, 1, sizeof *c);
    if (!c)
        return NULL;
    c->engine = e;
    c->allocator = a;
    uint32_t count = e->rules->script_count;
    c->scripts = allocator_zero(a, count + 1, sizeof *c->scripts);
    bool fine = c->scripts != NULL;
    for (uint32_t i = 0; i < count && fine; i++)
        fine = load(c, i);
    if (fine)
        return c;
    checks_free(c);
    return NULL;
}

void checks_free(checks *c)
{
    if (!c)
        return;
    for (uint32_t i = 0; c->scripts && i < c->engine->rules->script_count; i++)
        sandbox_free(c->scripts[i].box);
    allocator_free(c->allocator, c->scripts);
    allocator_free(c->allocator, c);
}

/* ---- answers ---- */

typedef struct asking {
    checks *c;
    const plan_version *v;
    const check_rows *rows; /* NULL: check */
    int proxy;
    check_answer *answer;
    bool changed;
} asking;

static str keep_message(checks *c, int which, const char *text, size_t size)
{
    return (str){c->texts[which], sandbox_keep_text(c->texts[which], sizeof c->texts[which], (str){text, size})};
}

static value read_number(lua_State *lua, int index, const char *name)
{
    switch (lua_type(lua, index)) {
    case LUA_TNIL:
        return value_null();
    case LUA_TNUMBER:
        if (lua_isinteger(lua, index))
            return value_int(lua_tointeger(lua, index));
        return value_double(lua_tonumber(lua, index));
    default:
        luaL_error(lua, "the answer's %s must be a number, not a %s", name, luaL_typename(lua, index));
        return value_null();
    }
}

/* The answer is on top of the stack; the missing fields are known. */
static void read_answer(lua_State *lua, checks *c, check_answer *out)
{
    switch (lua_type(lua, -1)) {
    case LUA_TNIL:
        out->verdict = POLICY_UNKNOWN;
        return;
    case LUA_TBOOLEAN:
        out->verdict = lua_toboolean(lua, -1) ? POLICY_PASS : POLICY_FAIL;
        return;
    case LUA_TTABLE:
        break;
    default:
        luaL_error(lua, "a check answers true, false, nil or a table, not a %s", luaL_typename(lua, -1));
    }
    int table = lua_gettop(lua);
    int pass = lua_getfield(lua, table, "pass");
    if (pass != LUA_TBOOLEAN && pass != LUA_TNIL)
        luaL_error(lua, "the answer's pass must be true, false or nil");
    out->verdict = pass == LUA_TNIL ? POLICY_UNKNOWN : lua_toboolean(lua, -1) ? POLICY_PASS : POLICY_FAIL;
    lua_getfield(lua, table, "value");
    out->measured = read_number(lua, -1, "value");
    lua_getfield(lua, table, "limit");
    out->limit = read_number(lua, -1, "limit");
    int message = lua_getfield(lua, table, "message");
    if (message == LUA_TSTRING) {
        size_t size;
        const char *text = lua_tolstring(lua, -1, &size);
        out->message_zh = out->message_en = keep_message(c, 0, text, size);
    } else if (message == LUA_TTABLE) {
        size_t size;
        lua_getfield(lua, -1, "zh");
        if (lua_type(lua, -1) == LUA_TSTRING) {
            const char *text = lua_tolstring(lua, -1, &size);
            out->message_zh = keep_message(c, 0, text, size);
        }
        lua_getfield(lua, -2, "en");
        if (lua_type(lua, -1) == LUA_TSTRING) {
            const char *text = lua_tolstring(lua, -1, &size);
            out->message_en = keep_message(c, 1, text, size);
        }
    } else if (message != LUA_TNIL) {
        luaL_error(lua, "the answer's message must be a text or {zh =, en =}");
    }
}

static int ask(lua_State *lua)
{
    asking *q = lua_touserdata(lua, 1);
    checks *c = q->c;
    if (lua_rawgetp(lua, LUA_REGISTRYINDEX, q->v) != LUA_TTABLE)
        return luaL_error(lua, "the script no longer defines this rule");
    int rule = lua_gettop(lua);
    if (!q->rows) {
        lua_rawgeti(lua, rule, SLOT_CHECK);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, q->proxy);
        lua_call(lua, 1, 1);
    } else {
        lua_newtable(lua); /* acc */
        int acc = lua_gettop(lua);
        for (size_t i = 0; i < q->rows->count; i++) {
            c->now.row = q->rows->rows[i];
            lua_rawgeti(lua, rule, SLOT_FOLD);
            lua_pushvalue(lua, acc);
            lua_rawgeti(lua, LUA_REGISTRYINDEX, q->proxy);
            lua_call(lua, 2, 1);
            if (lua_isnil(lua, -1))
                lua_pop(lua, 1);
            else
                lua_replace(lua, acc);
        }
        c->now.version = NULL;
        lua_rawgeti(lua, rule, SLOT_JUDGE);
        lua_pushvalue(lua, acc);
        lua_createtable(lua, 0, (int)q->v->key_count);
        for (uint32_t i = 0; i < q->v->key_count; i++) {
            lua_pushlstring(lua, q->v->keys[i].name.data, q->v->keys[i].name.size);
            script_push_value(lua, q->rows->keys[i]);
            lua_rawset(lua, -3);
        }
        lua_call(lua, 2, 1);
    }
    q->changed = !sandbox_unchanged(lua);
    if (q->changed)
        return luaL_error(lua,
                          "a check changed a variable outside it; what it does must not depend on earlier records");
    read_answer(lua, c, q->answer);
    return 0;
}

/* A check that was cut off half-way may have changed what it must not: put it back before the next. */
static int restore(lua_State *lua)
{
    sandbox_unchanged(lua);
    return 0;
}

static check_answer finish(checks *c, const plan_version *v, const check_rows *rows)
{
    check_answer answer = {.verdict = POLICY_ERROR, .measured = value_null(), .limit = value_null()};
    const loaded_script *script = &c->scripts[v->from->script];
    if (script->failure.end != SANDBOX_FINE) {
        answer.failure = &script->failure;
        answer.killed = true;
        c->now = (window){0};
        return answer;
    }
    asking q = {.c = c, .v = v, .rows = rows, .proxy = script->proxy, .answer = &answer};
    sandbox_end end = sandbox_protect(script->box, ask, &q, &c->failure);
    uint64_t missing = c->now.missing;
    c->now = (window){0};
    if (end == SANDBOX_FINE) {
        answer.missing = answer.verdict == POLICY_UNKNOWN ? missing : 0;
        return answer;
    }
    sandbox_failure ignored;
    sandbox_protect(script->box, restore, NULL, &ignored);
    answer = (check_answer){.verdict = POLICY_ERROR, .measured = value_null(), .limit = value_null()};
    if (end == SANDBOX_FAILED && missing != 0 && !q.changed) {
        answer.verdict = POLICY_UNKNOWN;
        answer.missing = missing;
        return answer;
    }
    if (c->failure.line == 0) { /* not in the script's own code: the rule stands for it */
        sandbox_keep_text(c->failure.file, sizeof c->failure.file, v->from->at.file);
        c->failure.line = v->from->at.line;
    }
    answer.failure = &c->failure;
    answer.killed = end != SANDBOX_FAILED;
    return answer;
}

check_answer checks_row(checks *c, const plan_version *v, const activation *slots, evaluation *ev)
{
    c->now = (window){.version = v, .activation = slots, .ev = ev};
    return finish(c, v, NULL);
}

check_answer checks_group(checks *c, const plan_version *v, const check_rows *rows, evaluation *ev)
{
    c->now = (window){.version = v, .ev = ev};
    return finish(c, v, rows);
}
