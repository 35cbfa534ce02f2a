/*
 * The white list: math without random numbers. Lua's own functions, which keep nothing between calls.
 */
#include <lauxlib.h>
#include <lualib.h>

#include "script/sandbox.h"

void library_math_open(lua_State *lua)
{
    static const char *const kept[] = {"abs", "ceil", "exp",        "floor", "fmod",       "huge",
                                       "log", "max",  "maxinteger", "min",   "mininteger", "modf",
                                       "pi",  "sqrt", "tointeger",  "type",  "ult"};
    luaL_checkstack(lua, 8, NULL);
    lua_pushcfunction(lua, luaopen_math);
    lua_call(lua, 0, 1);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        lua_getfield(lua, -1, kept[i]);
        lua_setfield(lua, -3, kept[i]);
    }
    lua_pop(lua, 1);
}
