/*
 * The white list: assert error ipairs pairs pcall select tonumber tostring type rawequal rawlen.
 *
 * pairs goes through a table in a fixed order (integers, then strings by bytes), pcall cannot keep a kill, and tostring
 * shows no addresses. The rest is Lua's own.
 */
#include <lauxlib.h>
#include <lualib.h>

#include "script/length.h"
#include "script/sandbox.h"

static int base_tostring(lua_State *lua)
{
    luaL_checkany(lua, 1);
    switch (lua_type(lua, 1)) {
    case LUA_TSTRING:
        lua_settop(lua, 1);
        return 1;
    case LUA_TNUMBER:
    case LUA_TBOOLEAN:
    case LUA_TNIL:
        luaL_tolstring(lua, 1, NULL);
        return 1;
    default:
        lua_pushstring(lua, luaL_typename(lua, 1));
        return 1;
    }
}

static int base_pcall(lua_State *lua)
{
    luaL_checkany(lua, 1);
    sandbox_charge(lua, 16);
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    int status = lua_pcall(lua, lua_gettop(lua) - 2, LUA_MULTRET, 0);
    sandbox_rethrow(lua);
    if (status != LUA_OK) {
        lua_pushboolean(lua, 0);
        lua_insert(lua, -2);
        return 2;
    }
    return lua_gettop(lua);
}

/* Linear in the text; upvalue 1: Lua's own. */
static int base_tonumber(lua_State *lua)
{
    if (lua_type(lua, 1) == LUA_TSTRING)
        sandbox_charge(lua, lua_rawlen(lua, 1) / 8);
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

/* Of what is behind no metatable, as Lua has it; but the same in every run. */
static int base_rawlen(lua_State *lua)
{
    int type = lua_type(lua, 1);
    luaL_argexpected(lua, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
    lua_pushinteger(lua, type == LUA_TTABLE ? length_of_table(lua, 1) : (lua_Integer)lua_rawlen(lua, 1));
    return 1;
}

/* Integers before strings; integers by value, strings by bytes. */
static bool key_less(lua_State *lua, int a, int b)
{
    int type_a = lua_type(lua, a), type_b = lua_type(lua, b);
    if (type_a != type_b)
        return type_a == LUA_TNUMBER;
    if (type_a == LUA_TNUMBER)
        return lua_tointeger(lua, a) < lua_tointeger(lua, b);
    size_t size_a, size_b;
    const char *text_a = lua_tolstring(lua, a, &size_a), *text_b = lua_tolstring(lua, b, &size_b);
    return str_compare((str){text_a, size_a}, (str){text_b, size_b}) < 0;
}

/* Sift keys[root] down the heap keys[1 ... count]; `keys` is a stack index. */
static void sift(lua_State *lua, int keys, lua_Integer root, lua_Integer count)
{
    for (;;) {
        lua_Integer child = 2 * root;
        if (child > count)
            return;
        lua_rawgeti(lua, keys, child);
        if (child < count) {
            lua_rawgeti(lua, keys, child + 1);
            if (key_less(lua, -2, -1)) {
                lua_remove(lua, -2);
                child++;
            } else {
                lua_pop(lua, 1);
            }
        }
        lua_rawgeti(lua, keys, root);
        if (!key_less(lua, -1, -2)) {
            lua_pop(lua, 2);
            return;
        }
        lua_rawseti(lua, keys, child);
        lua_rawseti(lua, keys, root);
        root = child;
    }
}

static int pairs_next(lua_State *lua)
{
    /* upvalues: keys, table, position */
    lua_Integer at = lua_tointeger(lua, lua_upvalueindex(3)) + 1;
    for (;; at++) {
        if (lua_rawgeti(lua, lua_upvalueindex(1), at) == LUA_TNIL)
            return 1;
        lua_pushvalue(lua, -1);
        lua_gettable(lua, lua_upvalueindex(2));
        if (!lua_isnil(lua, -1)) /* removed while going through: skipped, as next() would */
            break;
        lua_pop(lua, 2);
    }
    lua_pushinteger(lua, at);
    lua_replace(lua, lua_upvalueindex(3));
    return 2;
}

static int base_pairs(lua_State *lua)
{
    luaL_checkany(lua, 1);
    lua_settop(lua, 1);
    if (luaL_getmetafield(lua, 1, "__pairs") != LUA_TNIL) { /* records, and tables made read-only */
        lua_pushvalue(lua, 1);
        lua_call(lua, 1, 1);
    } else {
        luaL_checktype(lua, 1, LUA_TTABLE);
        lua_pushvalue(lua, 1);
    }
    luaL_checktype(lua, 2, LUA_TTABLE); /* the table behind */
    lua_newtable(lua);
    lua_Integer count = 0;
    lua_pushnil(lua);
    while (lua_next(lua, 2)) {
        lua_pop(lua, 1);
        if (!lua_isinteger(lua, -1) && lua_type(lua, -1) != LUA_TSTRING)
            return luaL_error(lua, "pairs: keys must be strings or integers, this one is a %s", luaL_typename(lua, -1));
        if (++count % 64 == 0)
            sandbox_charge(lua, 64 * 8);
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, 3, count);
    }
    sandbox_charge(lua, (uint64_t)(count % 64) * 8);
    for (lua_Integer root = count / 2; root >= 1; root--)
        sift(lua, 3, root, count);
    for (lua_Integer last = count; last > 1; last--) {
        lua_rawgeti(lua, 3, 1);
        lua_rawgeti(lua, 3, last);
        lua_rawseti(lua, 3, 1);
        lua_rawseti(lua, 3, last);
        sift(lua, 3, 1, last - 1);
        if (last % 64 == 0)
            sandbox_charge(lua, 64 * 16);
    }
    lua_pushvalue(lua, 2);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, pairs_next, 3);
    return 1;
}

void library_base_open(lua_State *lua)
{
    static const char *const kept[] = {"assert", "error", "ipairs", "select", "type", "rawequal"};
    luaL_checkstack(lua, 8, NULL);
    lua_pushcfunction(lua, luaopen_base);
    lua_call(lua, 0, 1);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        lua_getfield(lua, -1, kept[i]);
        lua_setfield(lua, -3, kept[i]);
    }
    lua_getfield(lua, -1, "tonumber");
    lua_pushcclosure(lua, base_tonumber, 1);
    lua_setfield(lua, -3, "tonumber");
    lua_pushnil(lua);
    while (lua_next(lua, -2)) { /* the interpreter's own globals: nobody needs them, nobody gets them */
        lua_pop(lua, 1);
        lua_pushvalue(lua, -1);
        lua_pushnil(lua);
        lua_rawset(lua, -4);
    }
    lua_pop(lua, 1);
    static const luaL_Reg own[] = {{"tostring", base_tostring},
                                   {"rawlen", base_rawlen},
                                   {"pcall", base_pcall},
                                   {"pairs", base_pairs},
                                   {NULL, NULL}};
    luaL_setfuncs(lua, own, 0);
}
