/*
 * Read-only scripts: after loading, nothing a check does can be seen by the next check.
 *
 *   table     ->  an empty proxy whose metatable leads to a private copy; writing to it is an error
 *   function  ->  itself, with its table upvalues (the environment among them) replaced by such proxies
 *   what upvalues hold is remembered and compared after each call: a variable must not be assigned to
 *
 * Done with a work list, not recursion: a script can build a chain of tables as long as its memory allows. What was met
 * before is found in a table in the registry, so sharing survives. Library functions are let through; any other C function
 * is an iterator somebody kept, and its state would leak from row to row.
 */
#include <lauxlib.h>

#include "script/length.h"
#include "script/sandbox.h"

/* Registry keys by address. */
static const char frozen_key, watched_key;

static int refuse_write(lua_State *lua)
{
    return luaL_error(lua, "this table is read-only once the script has been loaded");
}

static int behind_length(lua_State *lua)
{
    lua_pushinteger(lua, length_of_table(lua, lua_upvalueindex(1)));
    return 1;
}

static int behind_table(lua_State *lua)
{
    lua_pushvalue(lua, lua_upvalueindex(1));
    return 1;
}

static void push_registry_table(lua_State *lua, const void *key)
{
    if (lua_rawgetp(lua, LUA_REGISTRYINDEX, key) == LUA_TTABLE)
        return;
    lua_pop(lua, 1);
    lua_newtable(lua);
    lua_pushvalue(lua, -1);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, key);
}

void sandbox_allow(lua_State *lua)
{
    push_registry_table(lua, &frozen_key);
    lua_pushvalue(lua, -2);
    lua_pushvalue(lua, -1);
    lua_rawset(lua, -3);
    lua_pop(lua, 1);
}

/* A proxy for a table; the copy behind it is filled later. Leaves proxy and copy on the stack. */
static void push_proxy(lua_State *lua)
{
    lua_newtable(lua); /* proxy */
    lua_newtable(lua); /* copy */
    lua_newtable(lua); /* metatable */
    lua_pushvalue(lua, -2);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse_write);
    lua_setfield(lua, -2, "__newindex");
    lua_pushvalue(lua, -2);
    lua_pushcclosure(lua, behind_length, 1);
    lua_setfield(lua, -2, "__len");
    lua_pushvalue(lua, -2);
    lua_pushcclosure(lua, behind_table, 1);
    lua_setfield(lua, -2, "__pairs");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -3);
}

/* Replace the value on top by its read-only form, noting it in the work list when it is new.
 * frozen: original -> form. work: a sequence of original, copy (false for functions). */
static void freeze_top(lua_State *lua, int frozen, int work, lua_Integer *count)
{
    int type = lua_type(lua, -1);
    if (type != LUA_TTABLE && type != LUA_TFUNCTION)
        return;
    lua_pushvalue(lua, -1);
    if (lua_rawget(lua, frozen) != LUA_TNIL) {
        lua_remove(lua, -2);
        return;
    }
    lua_pop(lua, 1);
    sandbox_charge(lua, 32);
    if (type == LUA_TFUNCTION) {
        if (lua_iscfunction(lua, -1))
            luaL_error(lua, "an iterator cannot be kept between calls");
        lua_pushvalue(lua, -1);
        lua_pushvalue(lua, -1);
        lua_rawset(lua, frozen);
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, work, ++*count);
        lua_pushboolean(lua, 0);
        lua_rawseti(lua, work, ++*count);
        return;
    }
    push_proxy(lua); /* original, proxy, copy */
    lua_pushvalue(lua, -3);
    lua_rawseti(lua, work, ++*count);
    lua_rawseti(lua, work, ++*count);
    lua_pushvalue(lua, -2);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, frozen);
    lua_pushvalue(lua, -1); /* the proxy of a proxy is itself */
    lua_pushvalue(lua, -1);
    lua_rawset(lua, frozen);
    lua_remove(lua, -2);
}

static void freeze_table(lua_State *lua, int frozen, int work, lua_Integer *count, int original, int copy)
{
    lua_pushnil(lua);
    while (lua_next(lua, original)) {
        if (!lua_isinteger(lua, -2) && lua_type(lua, -2) != LUA_TSTRING)
            luaL_error(lua, "a table that is kept may have strings and integers as keys, not a %s",
                       luaL_typename(lua, -2));
        freeze_top(lua, frozen, work, count);
        sandbox_charge(lua, 4);
        lua_pushvalue(lua, -2);
        lua_insert(lua, -2);
        lua_rawset(lua, copy);
    }
}

/* ---- variables outside a check ---- */

/* What one variable held. The table under watched_key has the functions and values at the places given here: the values
 * keep what is compared by address alive, and are put back. */
typedef struct watched_variable {
    const void *id;      /* functions share variables: each is watched once */
    const void *address; /* of a table, function, text or userdata; NULL: compare the values */
    int function, value; /* places in the table */
    int upvalue;
} watched_variable;

typedef struct watch_list {
    int count, capacity, places;
} watch_list;

static watched_variable *variables_of(watch_list *list)
{
    return (watched_variable *)(void *)((char *)list + sizeof(watch_list) + sizeof(watch_list) % 8);
}

/* The list with room for one more, as a userdata at place 1 of the table `watched`. */
static watch_list *room_to_watch(lua_State *lua, int watched)
{
    lua_rawgeti(lua, watched, 1);
    watch_list *list = lua_touserdata(lua, -1);
    lua_pop(lua, 1);
    if (list && list->count < list->capacity)
        return list;
    int capacity = list ? list->capacity * 2 : 8;
    watch_list *larger = lua_newuserdatauv(
        lua, sizeof(watch_list) + sizeof(watch_list) % 8 + (size_t)capacity * sizeof(watched_variable), 0);
    *larger = list ? *list : (watch_list){.places = 1};
    larger->capacity = capacity;
    if (list)
        memcpy(variables_of(larger), variables_of(list), (size_t)list->count * sizeof(watched_variable));
    lua_rawseti(lua, watched, 1);
    return larger;
}

/* Variable `upvalue` of the function at `function` now holds what is on top; pops it. */
static void watch(lua_State *lua, int watched, int function, int upvalue)
{
    watch_list *list = room_to_watch(lua, watched);
    const void *id = lua_upvalueid(lua, function, upvalue);
    sandbox_charge(lua, 16 + (uint64_t)list->count / 8);
    for (int i = list->count; i-- > 0;) {
        if (variables_of(list)[i].id == id) {
            lua_pop(lua, 1);
            return;
        }
    }
    watched_variable v = {id, lua_topointer(lua, -1), ++list->places, 0, upvalue};
    v.value = ++list->places;
    lua_rawseti(lua, watched, v.value);
    lua_pushvalue(lua, function);
    lua_rawseti(lua, watched, v.function);
    variables_of(list)[list->count++] = v; /* last: what comes before it may raise */
}

static void freeze_function(lua_State *lua, int frozen, int work, lua_Integer *count, int watched, int function)
{
    for (int i = 1; lua_getupvalue(lua, function, i) != NULL; i++) {
        int type = lua_type(lua, -1);
        if (type == LUA_TTABLE || type == LUA_TFUNCTION) {
            freeze_top(lua, frozen, work, count);
            lua_pushvalue(lua, -1);
            lua_setupvalue(lua, function, i);
        }
        watch(lua, watched, function, i);
    }
}

void sandbox_freeze(lua_State *lua)
{
    luaL_checkstack(lua, 24, NULL);
    int value = lua_gettop(lua);
    push_registry_table(lua, &frozen_key);
    push_registry_table(lua, &watched_key);
    lua_newtable(lua);
    int frozen = value + 1, watched = value + 2, work = value + 3;
    lua_Integer count = 0;
    lua_pushvalue(lua, value);
    freeze_top(lua, frozen, work, &count);
    lua_replace(lua, value);
    for (lua_Integer at = 1; at <= count; at += 2) {
        lua_rawgeti(lua, work, at);
        lua_rawgeti(lua, work, at + 1);
        if (lua_istable(lua, -1))
            freeze_table(lua, frozen, work, &count, lua_gettop(lua) - 1, lua_gettop(lua));
        else
            freeze_function(lua, frozen, work, &count, watched, lua_gettop(lua) - 1);
        lua_settop(lua, work);
    }
    lua_settop(lua, value);
}

/* Also true for the same NaN. */
static bool same_scalar(lua_State *lua, int a, int b)
{
    if (lua_rawequal(lua, a, b))
        return true;
    return lua_type(lua, a) == LUA_TNUMBER && lua_type(lua, b) == LUA_TNUMBER &&
           lua_tonumber(lua, a) != lua_tonumber(lua, a) && lua_tonumber(lua, b) != lua_tonumber(lua, b);
}

bool sandbox_unchanged(lua_State *lua)
{
    if (lua_rawgetp(lua, LUA_REGISTRYINDEX, &watched_key) != LUA_TTABLE) {
        lua_pop(lua, 1);
        return true;
    }
    int watched = lua_gettop(lua);
    lua_rawgeti(lua, watched, 1);
    watch_list *list = lua_touserdata(lua, -1);
    lua_pop(lua, 1);
    bool unchanged = true;
    for (int i = 0; list && i < list->count; i++) {
        const watched_variable *v = &variables_of(list)[i];
        lua_rawgeti(lua, watched, v->function);
        lua_getupvalue(lua, -1, v->upvalue);
        if (!v->address || lua_topointer(lua, -1) != v->address) {
            lua_rawgeti(lua, watched, v->value);
            if (!same_scalar(lua, -1, -2)) {
                unchanged = false;
                lua_setupvalue(lua, -3, v->upvalue); /* put back: the next record must not see it */
            }
        }
        lua_settop(lua, watched);
    }
    lua_settop(lua, watched - 1);
    return unchanged;
}
