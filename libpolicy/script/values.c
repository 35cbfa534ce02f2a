/*
 * Values on their way into Lua; see values.h.
 */
#include "script/values.h"

#include <lauxlib.h>

#include "base/buffer.h"
#include "expr/expr.h"
#include "script/sandbox.h"

#define DEPTH_MAX 8

static void push_text(lua_State *lua, value v)
{
    buffer out;
    buffer_init(&out, sandbox_allocator(sandbox_of(lua)), 0);
    value_write(&out, v, NULL, POLICY_LANGUAGE_EN);
    str text = buffer_text(&out);
    if (out.failed) {
        buffer_free(&out);
        luaL_error(lua, "not enough memory");
    }
    char small[256];
    if (text.size <= sizeof small) { /* so that nothing is lost when Lua runs out of memory */
        size_t size = text.size;
        memcpy(small, text.data, size);
        buffer_free(&out);
        lua_pushlstring(lua, small, size);
        return;
    }
    buffer_free(&out);
    luaL_error(lua, "a value is too long");
}

static void push_time(lua_State *lua, value v)
{
    char text[16];
    int64_t seconds = v.as.i;
    if (seconds < 0 || seconds > 86400) {
        push_text(lua, v);
        return;
    }
    int size = 0;
    int64_t parts[3] = {seconds / 3600, seconds / 60 % 60, seconds % 60};
    for (int i = 0; i < (parts[2] ? 3 : 2); i++) {
        if (i)
            text[size++] = ':';
        text[size++] = (char)('0' + parts[i] / 10);
        text[size++] = (char)('0' + parts[i] % 10);
    }
    lua_pushlstring(lua, text, (size_t)size);
}

static void push_value(lua_State *lua, value v, int depth);

static void check_depth(lua_State *lua, int depth)
{
    if (depth > DEPTH_MAX)
        luaL_error(lua, "a value nests too deep");
}

/* Whole numbers and texts keep their kind as keys; anything else is a key by its text. */
static void push_map(lua_State *lua, const value_map *map, int depth)
{
    check_depth(lua, depth);
    sandbox_charge(lua, map->count * 8);
    lua_newtable(lua);
    for (size_t i = 0; i < map->count; i++) {
        if (map->keys[i].kind == VALUE_INT || map->keys[i].kind == VALUE_STRING)
            push_value(lua, map->keys[i], depth + 1);
        else
            push_text(lua, map->keys[i]);
        push_value(lua, map->values[i], depth + 1);
        lua_rawset(lua, -3);
    }
}

static void push_value(lua_State *lua, value v, int depth)
{
    luaL_checkstack(lua, 4, NULL);
    switch (v.kind) {
    case VALUE_BOOL:
        lua_pushboolean(lua, v.as.b);
        return;
    case VALUE_INT:
        lua_pushinteger(lua, v.as.i);
        return;
    case VALUE_DOUBLE:
        lua_pushnumber(lua, v.as.d);
        return;
    case VALUE_STRING:
        lua_pushlstring(lua, v.as.text, v.size);
        return;
    case VALUE_DURATION:
        push_time(lua, v);
        return;
    case VALUE_LIST:
        check_depth(lua, depth);
        sandbox_charge(lua, v.as.list->count * 4);
        lua_createtable(lua, v.as.list->count < 1000 ? (int)v.as.list->count : 1000, 0);
        for (size_t i = 0; i < v.as.list->count; i++) {
            push_value(lua, v.as.list->items[i], depth + 1);
            lua_rawseti(lua, -2, (lua_Integer)i + 1);
        }
        return;
    case VALUE_MAP:
        push_map(lua, v.as.map, depth);
        return;
    case VALUE_NULL:
        lua_pushnil(lua);
        return;
    default:
        push_text(lua, v);
        return;
    }
}

void script_push_value(lua_State *lua, value v)
{
    push_value(lua, v, 0);
}

void script_push_field(lua_State *lua, value v, uint64_t *missing)
{
    switch (v.kind) {
    case VALUE_NONE:
    case VALUE_UNKNOWN:
        *missing |= v.as.missing;
        lua_pushnil(lua);
        return;
    case VALUE_INTERVAL:
        *missing |= v.as.interval->missing;
        lua_pushnil(lua);
        return;
    case VALUE_ERROR:
        luaL_error(lua, "a field that the check reads ended in an error");
        return;
    default:
        push_value(lua, v, 0);
    }
}
