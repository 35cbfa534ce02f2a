/*
 * Values on their way into Lua: what a script sees of a field.
 *
 * Dates come as "2021-11-19", times of day as "17:30" (both compare rightly as texts), numbers, texts and booleans as
 * themselves, lists and maps as tables. Both functions may raise.
 */
#ifndef POLICY_SCRIPT_VALUES_H
#define POLICY_SCRIPT_VALUES_H

#include <lua.h>

#include "expr/value.h"

void script_push_value(lua_State *lua, value v);

/* What is missing is nil, and its sources are added to *missing. */
void script_push_field(lua_State *lua, value v, uint64_t *missing);

#endif
