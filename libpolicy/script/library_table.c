/*
 * The white list: table.concat insert move pack remove sort unpack.
 *
 * Every function whose work grows with a length pays for that length first, whatever the script says the length is. Sorting
 * is a heap sort of our own: it ends whatever the comparator answers, and needs no random numbers.
 */
#include <lauxlib.h>

#include "script/length.h"
#include "script/sandbox.h"

#define UNPACK_MAX 250
#define STRING_MAX ((size_t)1 << 20)

static lua_Integer length(lua_State *lua, int index)
{
    luaL_checktype(lua, index, LUA_TTABLE);
    return luaL_getmetafield(lua, index, "__len") != LUA_TNIL ? (lua_pop(lua, 1), luaL_len(lua, index))
                                                              : length_of_table(lua, index);
}

/* Four steps for each element; lengths are whatever a script has made them. */
static void charge_elements(lua_State *lua, uint64_t count)
{
    sandbox_charge(lua, count > UINT64_MAX / 8 ? UINT64_MAX / 2 : count * 4);
}

static int table_insert(lua_State *lua)
{
    lua_Integer end = length(lua, 1);
    if (end == LUA_MAXINTEGER)
        return luaL_error(lua, "table.insert: the table is full");
    end++;
    if (lua_gettop(lua) == 2) {
        lua_seti(lua, 1, end);
        return 0;
    }
    if (lua_gettop(lua) != 3)
        return luaL_error(lua, "wrong number of arguments to 'insert'");
    lua_Integer at = luaL_checkinteger(lua, 2);
    luaL_argcheck(lua, at >= 1 && at <= end, 2, "position out of bounds");
    charge_elements(lua, (uint64_t)(end - at));
    for (lua_Integer i = end; i > at; i--) {
        lua_geti(lua, 1, i - 1);
        lua_seti(lua, 1, i);
    }
    lua_seti(lua, 1, at);
    return 0;
}

static int table_remove(lua_State *lua)
{
    lua_Integer size = length(lua, 1);
    lua_Integer at = luaL_optinteger(lua, 2, size);
    if (lua_gettop(lua) >= 2)
        luaL_argcheck(lua, at >= 1 && at - 1 <= size, 2, "position out of bounds");
    lua_geti(lua, 1, at);
    if (at < size)
        charge_elements(lua, (uint64_t)(size - at));
    for (; at < size; at++) {
        lua_geti(lua, 1, at + 1);
        lua_seti(lua, 1, at);
    }
    if (at >= 1 && at <= size) {
        lua_pushnil(lua);
        lua_seti(lua, 1, at);
    }
    return 1;
}

static int table_move(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_Integer from = luaL_checkinteger(lua, 2), until = luaL_checkinteger(lua, 3), to = luaL_checkinteger(lua, 4);
    int target = lua_isnoneornil(lua, 5) ? 1 : 5;
    luaL_checktype(lua, target, LUA_TTABLE);
    if (until >= from) {
        luaL_argcheck(lua, from > 0 || until < LUA_MAXINTEGER + from, 3, "too many elements to move");
        luaL_argcheck(lua, to <= LUA_MAXINTEGER - (until - from), 4, "destination wrap around");
        charge_elements(lua, (uint64_t)(until - from) + 1);
        bool backwards = to > from && to <= until && target == 1;
        for (lua_Integer n = 0; n <= until - from; n++) {
            lua_Integer i = backwards ? until - from - n : n;
            lua_geti(lua, 1, from + i);
            lua_seti(lua, target, to + i);
        }
    }
    lua_pushvalue(lua, target);
    return 1;
}

static int table_concat(lua_State *lua)
{
    lua_Integer size = length(lua, 1);
    size_t separator_size;
    const char *separator = luaL_optlstring(lua, 2, "", &separator_size);
    lua_Integer from = luaL_optinteger(lua, 3, 1), until = luaL_optinteger(lua, 4, size);
    lua_settop(lua, 4);
    if (from > until) {
        lua_pushliteral(lua, "");
        return 1;
    }
    if (from < 0 && until >= LUA_MAXINTEGER + from)
        return luaL_error(lua, "table.concat: too many elements");
    sandbox_charge(lua, (uint64_t)(until - from) + 1 > STRING_MAX * 64 ? UINT64_MAX / 2
                                                                       : ((uint64_t)(until - from) + 1) * 4);
    /* Twice over: measure, then fill. The elements are strings or numbers, so nothing of the script runs between. */
    uint64_t total = 0;
    for (lua_Unsigned n = 0; n <= (lua_Unsigned)until - (lua_Unsigned)from; n++) {
        lua_Integer i = from + (lua_Integer)n;
        lua_geti(lua, 1, i);
        if (!lua_isstring(lua, -1))
            return luaL_error(lua, "table.concat: element %I is a %s", (LUAI_UACINT)i, luaL_typename(lua, -1));
        size_t part;
        lua_tolstring(lua, -1, &part);
        total += part + (i < until ? separator_size : 0);
        if (total > STRING_MAX)
            return luaL_error(lua, "table.concat: the result would be larger than 1 MiB");
        lua_pop(lua, 1);
    }
    sandbox_charge(lua, total / 8);
    char *out = lua_newuserdatauv(lua, total ? (size_t)total : 1, 0);
    size_t filled = 0;
    for (lua_Unsigned n = 0; n <= (lua_Unsigned)until - (lua_Unsigned)from; n++) {
        lua_Integer i = from + (lua_Integer)n;
        lua_geti(lua, 1, i);
        size_t part;
        const char *text = lua_tolstring(lua, -1, &part);
        memcpy(out + filled, text, part); /* nothing ran since it was measured */
        filled += part;
        lua_pop(lua, 1);
        if (i < until && separator_size && separator_size <= total - filled) {
            memcpy(out + filled, separator, separator_size);
            filled += separator_size;
        }
    }
    lua_pushlstring(lua, out, filled);
    return 1;
}

static int table_pack(lua_State *lua)
{
    int count = lua_gettop(lua);
    lua_createtable(lua, count, 1);
    lua_insert(lua, 1);
    for (int i = count; i >= 1; i--)
        lua_seti(lua, 1, i);
    lua_pushinteger(lua, count);
    lua_setfield(lua, 1, "n");
    return 1;
}

static int table_unpack(lua_State *lua)
{
    lua_Integer from = luaL_optinteger(lua, 2, 1);
    lua_Integer until = lua_isnoneornil(lua, 3) ? length(lua, 1) : luaL_checkinteger(lua, 3);
    if (from > until)
        return 0;
    if ((lua_Unsigned)until - (lua_Unsigned)from >= UNPACK_MAX)
        return luaL_error(lua, "table.unpack: more than %d values", UNPACK_MAX);
    int count = (int)(until - from) + 1;
    luaL_checkstack(lua, count, NULL);
    for (int i = 0; i < count; i++)
        lua_geti(lua, 1, from + i);
    return count;
}

/* ---- sort ---- */

/* Is the value at stack index a before that at b? Through the script's function at 2, or "<". */
static bool before(lua_State *lua, int a, int b)
{
    if (lua_isnil(lua, 2))
        return lua_compare(lua, a, b, LUA_OPLT);
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, a < 0 ? a - 1 : a);
    lua_pushvalue(lua, b < 0 ? b - 2 : b);
    lua_call(lua, 2, 1);
    bool yes = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    return yes;
}

static void sift(lua_State *lua, lua_Integer root, lua_Integer count)
{
    for (;;) {
        lua_Integer child = 2 * root;
        if (child > count)
            return;
        sandbox_charge(lua, 16);
        lua_geti(lua, 1, child);
        if (child < count) {
            lua_geti(lua, 1, child + 1);
            if (before(lua, -2, -1)) {
                lua_remove(lua, -2);
                child++;
            } else {
                lua_pop(lua, 1);
            }
        }
        lua_geti(lua, 1, root);
        if (!before(lua, -1, -2)) {
            lua_pop(lua, 2);
            return;
        }
        lua_seti(lua, 1, child);
        lua_seti(lua, 1, root);
        root = child;
    }
}

static int table_sort(lua_State *lua)
{
    lua_Integer count = length(lua, 1);
    if (!lua_isnoneornil(lua, 2))
        luaL_checktype(lua, 2, LUA_TFUNCTION);
    lua_settop(lua, 2);
    charge_elements(lua, (uint64_t)count);
    for (lua_Integer root = count / 2; root >= 1; root--)
        sift(lua, root, count);
    for (lua_Integer last = count; last > 1; last--) {
        lua_geti(lua, 1, 1);
        lua_geti(lua, 1, last);
        lua_seti(lua, 1, 1);
        lua_seti(lua, 1, last);
        sift(lua, 1, last - 1);
    }
    return 0;
}

void library_table_open(lua_State *lua)
{
    static const luaL_Reg functions[] = {
        {"concat", table_concat}, {"insert", table_insert}, {"move", table_move},     {"pack", table_pack},
        {"remove", table_remove}, {"sort", table_sort},     {"unpack", table_unpack}, {NULL, NULL}};
    luaL_setfuncs(lua, functions, 0);
}
