/*
 * The white list: utf8.char codepoint codes len sub.
 *
 * Of our own, since Lua 5.4.4 lets malformed text through. utf8.sub(text, from, until) cuts by characters: what a rule
 * about Chinese text wants.
 */
#include <lauxlib.h>

#include "script/sandbox.h"

static str subject(lua_State *lua)
{
    str text;
    text.data = luaL_checklstring(lua, 1, &text.size);
    sandbox_charge(lua, text.size / 4);
    return text;
}

static int utf8_char(lua_State *lua)
{
    int count = lua_gettop(lua);
    char *out = lua_newuserdatauv(lua, (size_t)count * 4 + 1, 0);
    size_t size = 0;
    for (int i = 1; i <= count; i++) {
        lua_Integer c = luaL_checkinteger(lua, i);
        size_t n = c >= 0 && c <= 0x10FFFF ? utf8_put(out + size, (uint32_t)c) : 0;
        luaL_argcheck(lua, n > 0, i, "not a character");
        size += n;
    }
    lua_pushlstring(lua, out, size);
    return 1;
}

static int utf8_codepoint(lua_State *lua)
{
    str text = subject(lua);
    lua_Integer at = luaL_optinteger(lua, 2, 1);
    luaL_argcheck(lua, at >= 1 && (size_t)at <= text.size, 2, "out of bounds");
    size_t byte = (size_t)at - 1;
    uint32_t c = utf8_next(text, &byte);
    if (c == UTF8_BAD)
        return luaL_error(lua, "invalid UTF-8 code");
    lua_pushinteger(lua, c);
    return 1;
}

static int codes_next(lua_State *lua)
{
    str text;
    text.data = lua_tolstring(lua, lua_upvalueindex(1), &text.size);
    size_t at = (size_t)lua_tointeger(lua, lua_upvalueindex(2));
    if (at >= text.size)
        return 0;
    lua_pushinteger(lua, (lua_Integer)at + 1);
    uint32_t c = utf8_next(text, &at);
    if (c == UTF8_BAD)
        return luaL_error(lua, "invalid UTF-8 code");
    lua_pushinteger(lua, c);
    lua_pushinteger(lua, (lua_Integer)at);
    lua_replace(lua, lua_upvalueindex(2));
    return 2;
}

static int utf8_codes(lua_State *lua)
{
    luaL_checkstring(lua, 1);
    lua_settop(lua, 1);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, codes_next, 2);
    return 1;
}

static int utf8_len(lua_State *lua)
{
    str text = subject(lua);
    size_t bad;
    if (!utf8_valid(text, &bad)) {
        lua_pushnil(lua);
        lua_pushinteger(lua, (lua_Integer)bad + 1);
        return 2;
    }
    lua_pushinteger(lua, (lua_Integer)utf8_count(text));
    return 1;
}

/* Byte offset of character n (0-based), or the size. */
static size_t offset_of(str text, lua_Integer n)
{
    size_t at = 0;
    while (n-- > 0 && at < text.size)
        utf8_next(text, &at);
    return at;
}

static int utf8_sub(lua_State *lua)
{
    str text = subject(lua);
    lua_Integer count = (lua_Integer)utf8_count(text);
    lua_Integer from = luaL_checkinteger(lua, 2), until = luaL_optinteger(lua, 3, -1);
    from = from < 0 ? (from + count + 1 > 1 ? from + count + 1 : 1) : (from < 1 ? 1 : from);
    until = until < 0 ? until + count + 1 : (until > count ? count : until);
    if (from > until) {
        lua_pushliteral(lua, "");
        return 1;
    }
    size_t start = offset_of(text, from - 1), end = offset_of(text, until);
    lua_pushlstring(lua, text.data + start, end - start);
    return 1;
}

void library_utf8_open(lua_State *lua)
{
    static const luaL_Reg functions[] = {{"char", utf8_char},   {"codepoint", utf8_codepoint},
                                         {"codes", utf8_codes}, {"len", utf8_len},
                                         {"sub", utf8_sub},     {NULL, NULL}};
    luaL_setfuncs(lua, functions, 0);
}
