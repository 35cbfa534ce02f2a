/*
 * The white list: string.byte char find format gmatch gsub len lower match rep reverse sub upper.
 *
 * Functions that take time pay for it first. Patterns are Lua's, run in linear time (pattern.h); the last few compiled ones
 * are kept. Strings end at 1 MiB.
 */
#include <lauxlib.h>
#include <lualib.h>

#include "script/pattern.h"
#include "script/sandbox.h"

#define STRING_MAX    ((size_t)1 << 20)
#define KEPT_PATTERNS 16 /* a power of two */

/* ---- Lua's own, with a price ---- */

static int priced_length(lua_State *lua) /* upvalue 1: Lua's function, linear in its subject */
{
    size_t size;
    luaL_checklstring(lua, 1, &size);
    sandbox_charge(lua, size / 8);
    sandbox_make_room(lua, size * 3); /* a buffer and the result */
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

static int string_rep(lua_State *lua)
{
    size_t size, separator = 0;
    luaL_checklstring(lua, 1, &size);
    lua_Integer times = luaL_checkinteger(lua, 2);
    luaL_optlstring(lua, 3, "", &separator);
    if (times <= 0 || size + separator == 0) {
        lua_pushliteral(lua, "");
        return 1;
    }
    if ((uint64_t)times > STRING_MAX / (size + separator))
        return luaL_error(lua, "string.rep: the result would be larger than 1 MiB");
    sandbox_charge(lua, (size + separator) * (uint64_t)times / 8 + (uint64_t)times);
    sandbox_make_room(lua, (size + separator) * (size_t)times * 2);
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

/* Widths and precisions are at most two digits in Lua, so a conversion makes at most some 400 bytes besides %s. */
static int string_format(lua_State *lua)
{
    size_t size;
    const char *format = luaL_checklstring(lua, 1, &size);
    uint64_t cost = size;
    for (size_t i = 0; i + 1 < size; i++) {
        if (format[i] != '%')
            continue;
        cost += 64;
        for (i++; i < size && strchr("-+ #0123456789.", format[i]) && format[i]; i++)
            ;
        if (i < size && format[i] && strchr("paA", format[i]))
            return luaL_error(lua, "string.format: %%%c is not offered here", format[i]);
    }
    for (int i = 2; i <= lua_gettop(lua); i++) {
        if (lua_istable(lua, i) || lua_isfunction(lua, i) || lua_isuserdata(lua, i)) {
            lua_pushstring(lua, luaL_typename(lua, i)); /* never an address */
            lua_replace(lua, i);
        }
        size_t argument = 0;
        if (lua_type(lua, i) == LUA_TSTRING)
            lua_tolstring(lua, i, &argument);
        cost += argument;
    }
    if (cost > 4 * STRING_MAX)
        return luaL_error(lua, "string.format: the result would be larger than 1 MiB");
    sandbox_charge(lua, cost / 8);
    sandbox_make_room(lua, (size_t)cost * 3);
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

/* ---- patterns ---- */

/* A compiled pattern with the scratch memory of its searches, as a userdata so that Lua frees both. */
typedef struct kept_pattern {
    pattern p;
    arena scratch;
    bool open;
} kept_pattern;

static int kept_free(lua_State *lua)
{
    kept_pattern *kept = lua_touserdata(lua, 1);
    if (kept->open) {
        pattern_free(&kept->p);
        arena_free(&kept->scratch);
        kept->open = false;
    }
    return 0;
}

/* Compiled patterns count towards the sandbox's memory. The table of kept ones is upvalue 1 of every pattern function:
 * [slot] = userdata, [-slot] = its text. */
static kept_pattern *compile(lua_State *lua, int index, bool anchors)
{
    size_t size;
    const char *text = luaL_checklstring(lua, index, &size);
    lua_Integer slot = (lua_Integer)(str_hash((str){text, size}) % KEPT_PATTERNS) + 1 + (anchors ? 0 : KEPT_PATTERNS);
    lua_rawgeti(lua, lua_upvalueindex(1), -slot);
    bool same = lua_rawequal(lua, -1, index);
    lua_pop(lua, 1);
    if (same) {
        lua_rawgeti(lua, lua_upvalueindex(1), slot);
        return lua_touserdata(lua, -1);
    }
    sandbox *box = sandbox_of(lua);
    const policy_options *options = sandbox_options(box);
    sandbox_charge(lua, 64 + size * 32);
    kept_pattern *kept = lua_newuserdatauv(lua, sizeof *kept, 0);
    *kept = (kept_pattern){0};
    lua_rawgeti(lua, lua_upvalueindex(1), 0);
    lua_setmetatable(lua, -2);
    const policy_allocator *memory = sandbox_allocator(box);
    pattern_failure why;
    size_t most = (size_t)options_limit(options, POLICY_LIMIT_REGEX_INSTRUCTIONS);
    if (sandbox_memory(box) > options_limit(options, POLICY_LIMIT_SCRIPT_BYTES) / 2) {
        sandbox_charge(lua, 4096); /* Lua's collector does not see how much hangs on patterns: forget them all */
        for (lua_Integer i = 1; i <= 2 * KEPT_PATTERNS; i++) {
            lua_pushnil(lua);
            lua_rawseti(lua, lua_upvalueindex(1), i);
            lua_pushnil(lua);
            lua_rawseti(lua, lua_upvalueindex(1), -i);
        }
        lua_gc(lua, LUA_GCCOLLECT);
    }
    bool fine = pattern_compile(memory, (str){text, size}, anchors, most, &kept->p, &why);
    if (!fine) {
        luaL_error(lua, "%s", why.text ? why.text : "not enough memory for a pattern");
        return NULL;
    }
    arena_init(&kept->scratch, memory, 0);
    kept->open = true;
    lua_pushvalue(lua, index);
    lua_rawseti(lua, lua_upvalueindex(1), -slot);
    lua_pushvalue(lua, -1);
    lua_rawseti(lua, lua_upvalueindex(1), slot);
    return kept;
}

/* Search from byte `start`; false when there is no match. Charges for what it did, and stops at what is left. */
static bool search(lua_State *lua, kept_pattern *kept, str text, size_t start, regex_span *spans)
{
    uint64_t steps = 0;
    uint64_t most = options_limit(sandbox_options(sandbox_of(lua)), POLICY_LIMIT_SCRIPT_STEPS);
    int found =
        regex_search(kept->p.program, str_slice(text, start, text.size), 0, &kept->scratch, spans, &steps, most);
    sandbox_charge(lua, steps);
    if (found == -1)
        luaL_error(lua, "not enough memory for a pattern");
    for (size_t i = 0; found > 0 && i <= kept->p.captures; i++)
        if (spans[i].from != SIZE_MAX) {
            spans[i].from += start;
            spans[i].until += start;
        }
    return found > 0;
}

static void push_capture(lua_State *lua, const kept_pattern *kept, str text, const regex_span *spans, uint32_t i)
{
    if (spans[i].from == SIZE_MAX)
        lua_pushliteral(lua, "");
    else if (i > 0 && kept->p.positions & (1u << (i - 1)))
        lua_pushinteger(lua, (lua_Integer)spans[i].from + 1);
    else
        lua_pushlstring(lua, text.data + spans[i].from, spans[i].until - spans[i].from);
}

/* All captures, or the whole match when there is none. */
static int push_captures(lua_State *lua, const kept_pattern *kept, str text, const regex_span *spans)
{
    luaL_checkstack(lua, PATTERN_CAPTURES + 4, NULL);
    if (kept->p.captures == 0) {
        push_capture(lua, kept, text, spans, 0);
        return 1;
    }
    for (uint32_t i = 1; i <= kept->p.captures; i++)
        push_capture(lua, kept, text, spans, i);
    return (int)kept->p.captures;
}

/* Lua's start position (1-based, negative from the end) as a byte offset; false when past the end. */
static bool start_offset(lua_State *lua, int index, size_t size, size_t *start)
{
    lua_Integer at = luaL_optinteger(lua, index, 1);
    if (at < 0)
        at = (lua_Integer)size + at + 1;
    if (at < 1)
        at = 1;
    *start = (size_t)at - 1;
    return *start <= size;
}

static int find_plain(lua_State *lua, str text, str part, size_t start)
{
    sandbox_charge(lua, (text.size - start) / 4 + part.size);
    /* Sunday's quick search would do, but memchr on the first byte with a bounded compare is charged by its worst case. */
    uint64_t work = 0;
    for (size_t at = start; at + part.size <= text.size; at++) {
        if (part.size > 0) {
            const char *first = memchr(text.data + at, part.data[0], text.size - part.size - at + 1);
            if (!first)
                break;
            at = (size_t)(first - text.data);
        }
        size_t same = 0;
        while (same < part.size && text.data[at + same] == part.data[same])
            same++;
        work += same;
        if (work > 4096) {
            sandbox_charge(lua, work / 4);
            work = 0;
        }
        if (same == part.size) {
            lua_pushinteger(lua, (lua_Integer)at + 1);
            lua_pushinteger(lua, (lua_Integer)(at + part.size));
            return 2;
        }
    }
    lua_pushnil(lua);
    return 1;
}

static int find_or_match(lua_State *lua, bool find)
{
    str text, part;
    text.data = luaL_checklstring(lua, 1, &text.size);
    part.data = luaL_checklstring(lua, 2, &part.size);
    size_t start;
    if (!start_offset(lua, 3, text.size, &start)) {
        lua_pushnil(lua);
        return 1;
    }
    if (find && (lua_toboolean(lua, 4) || !strpbrk(part.data, "^$*+?.([%-")))
        return find_plain(lua, text, part, start);
    kept_pattern *kept = compile(lua, 2, true);
    regex_span spans[PATTERN_CAPTURES + 1];
    if (!search(lua, kept, text, start, spans)) {
        lua_pushnil(lua);
        return 1;
    }
    if (!find)
        return push_captures(lua, kept, text, spans);
    lua_pushinteger(lua, (lua_Integer)spans[0].from + 1);
    lua_pushinteger(lua, (lua_Integer)spans[0].until);
    return 2 + (kept->p.captures ? push_captures(lua, kept, text, spans) : 0);
}

static int string_find(lua_State *lua)
{
    return find_or_match(lua, true);
}

static int string_match(lua_State *lua)
{
    return find_or_match(lua, false);
}

/* Where the next search begins after a match: past it, and past one more character when it was empty. */
static size_t after_match(str text, const regex_span *match)
{
    size_t at = match->until;
    if (match->until == match->from) {
        if (at < text.size)
            utf8_next(text, &at);
        else
            at++;
    }
    return at;
}

static int gmatch_next(lua_State *lua)
{
    /* upvalues: kept patterns, text, pattern, offset */
    str text;
    text.data = lua_tolstring(lua, lua_upvalueindex(2), &text.size);
    size_t start = (size_t)lua_tointeger(lua, lua_upvalueindex(4));
    if (start > text.size)
        return 0;
    lua_settop(lua, 0);
    lua_pushvalue(lua, lua_upvalueindex(3));
    kept_pattern *kept = compile(lua, 1, false);
    regex_span spans[PATTERN_CAPTURES + 1];
    if (!search(lua, kept, text, start, spans))
        return 0;
    lua_pushinteger(lua, (lua_Integer)after_match(text, &spans[0]));
    lua_replace(lua, lua_upvalueindex(4));
    return push_captures(lua, kept, text, spans);
}

static int string_gmatch(lua_State *lua)
{
    luaL_checkstring(lua, 1);
    luaL_checkstring(lua, 2);
    lua_settop(lua, 2);
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, gmatch_next, 4);
    return 1;
}

/* The text a match is replaced with, left on the stack; the whole match when the script says nil or false. */
static void push_replacement(lua_State *lua, const kept_pattern *kept, str text, const regex_span *spans)
{
    switch (lua_type(lua, 3)) {
    case LUA_TFUNCTION:
        lua_pushvalue(lua, 3);
        lua_call(lua, push_captures(lua, kept, text, spans), 1);
        break;
    case LUA_TTABLE:
        push_capture(lua, kept, text, spans, kept->p.captures ? 1 : 0);
        lua_gettable(lua, 3);
        break;
    default: {
        size_t size;
        const char *with = lua_tolstring(lua, 3, &size);
        int parts = 0;
        lua_pushliteral(lua, "");
        for (size_t i = 0; i < size; i++) {
            size_t from = i;
            while (i < size && with[i] != '%')
                i++;
            lua_pushlstring(lua, with + from, i - from);
            parts++;
            if (i < size) {
                i++;
                uint32_t capture = i < size && with[i] >= '0' && with[i] <= '9' ? (uint32_t)(with[i] - '0') : 99;
                if (i < size && with[i] == '%')
                    lua_pushliteral(lua, "%");
                else if (capture == 0 || (capture == 1 && kept->p.captures == 0))
                    push_capture(lua, kept, text, spans, 0);
                else if (capture <= kept->p.captures) {
                    push_capture(lua, kept, text, spans, capture);
                } else {
                    luaL_error(lua, "invalid use of '%%' in the replacement");
                }
                parts++;
            }
            lua_concat(lua, parts + 1);
            parts = 0;
        }
        return;
    }
    }
    if (!lua_toboolean(lua, -1)) {
        lua_pop(lua, 1);
        push_capture(lua, kept, text, spans, 0);
    } else if (!lua_isstring(lua, -1)) {
        luaL_error(lua, "invalid replacement value (a %s)", luaL_typename(lua, -1));
    }
}

/* Grow-only text under Lua's memory cap: a userdata replaced by a larger one. */
typedef struct growing {
    char *data;
    size_t size, capacity;
    int index; /* stack index of the userdata */
} growing;

static void growing_put(lua_State *lua, growing *g, str more)
{
    if (g->size + more.size > STRING_MAX)
        luaL_error(lua, "the result would be larger than 1 MiB");
    if (g->size + more.size > g->capacity) {
        size_t capacity = (g->size + more.size) * 2 + 64;
        char *data = lua_newuserdatauv(lua, capacity, 0);
        if (g->size)
            memcpy(data, g->data, g->size);
        lua_replace(lua, g->index);
        g->data = data;
        g->capacity = capacity;
    }
    if (more.size)
        memcpy(g->data + g->size, more.data, more.size);
    g->size += more.size;
}

static int string_gsub(lua_State *lua)
{
    str text;
    text.data = luaL_checklstring(lua, 1, &text.size);
    luaL_checkstring(lua, 2);
    int type = lua_type(lua, 3);
    luaL_argexpected(lua, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                     "string/function/table");
    lua_Integer most = luaL_optinteger(lua, 4, (lua_Integer)text.size + 1);
    lua_settop(lua, 4);
    lua_pushnil(lua);
    growing out = {.index = 5};
    kept_pattern *kept = compile(lua, 2, true); /* stays at 6 */
    bool anchored = lua_tostring(lua, 2)[0] == '^';
    size_t done = 0, start = 0;
    lua_Integer count = 0;
    regex_span spans[PATTERN_CAPTURES + 1];
    while (count < most && start <= text.size && search(lua, kept, text, start, spans)) {
        count++;
        growing_put(lua, &out, str_slice(text, done, spans[0].from));
        push_replacement(lua, kept, text, spans);
        size_t size;
        const char *with = lua_tolstring(lua, -1, &size);
        sandbox_charge(lua, 8 + size / 8);
        growing_put(lua, &out, (str){with, size});
        lua_settop(lua, 6);
        done = spans[0].until;
        start = after_match(text, &spans[0]);
        if (anchored)
            break;
    }
    if (done < text.size)
        growing_put(lua, &out, str_slice(text, done, text.size));
    lua_pushlstring(lua, out.data ? out.data : "", out.size);
    lua_pushinteger(lua, count);
    return 2;
}

void library_string_open(lua_State *lua)
{
    static const struct {
        const char *name;
        lua_CFunction wrapper; /* NULL: Lua's own */
    } functions[] = {{"byte", NULL},
                     {"char", NULL},
                     {"len", NULL},
                     {"sub", NULL},
                     {"lower", priced_length},
                     {"upper", priced_length},
                     {"reverse", priced_length},
                     {"rep", string_rep},
                     {"format", string_format}};
    luaL_checkstack(lua, 8, NULL);
    lua_pushliteral(lua, "");
    if (!lua_getmetatable(lua, -1)) /* luaopen_string gives all strings the whole library: put ours back */
        lua_pushnil(lua);
    lua_pushcfunction(lua, luaopen_string);
    lua_call(lua, 0, 1);
    lua_insert(lua, -3); /* library, "", metatable */
    lua_setmetatable(lua, -2);
    lua_pop(lua, 1);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        lua_getfield(lua, -1, functions[i].name);
        if (functions[i].wrapper)
            lua_pushcclosure(lua, functions[i].wrapper, 1);
        lua_setfield(lua, -3, functions[i].name);
    }
    lua_pop(lua, 1);
    lua_newtable(lua); /* kept patterns; [0]: their metatable */
    lua_newtable(lua);
    lua_pushcfunction(lua, kept_free);
    lua_setfield(lua, -2, "__gc");
    lua_rawseti(lua, -2, 0);
    static const luaL_Reg patterns[] = {
        {"find", string_find}, {"match", string_match}, {"gmatch", string_gmatch}, {"gsub", string_gsub}, {NULL, NULL}};
    luaL_setfuncs(lua, patterns, 1);
}
