/*
 * The length of a table, the same in every run.
 *
 * Lua's # may answer any place where a table with holes has nothing after it, and which one it is depends on how the table
 * came to be laid out: on hashes of its keys, which are seeded with addresses and the time. Here the answer depends on what
 * the table holds alone: the end that doubling and halving finds, which is the count when there are no holes. It is one of
 * those that Lua allows.
 *
 * Since # is no function that could be replaced, scripts are rewritten before they are compiled: "#t" becomes a call.
 */
#ifndef POLICY_SCRIPT_LENGTH_H
#define POLICY_SCRIPT_LENGTH_H

#include <lua.h>

#include "base/buffer.h"
#include "base/text.h"

/* The local variable that holds length_function; scan_script refuses scripts that use this name. */
#define LENGTH_NAME "__length"

/* A script that scan_script has passed, with every # rewritten; lines stay where they are. The chunk expects
 * length_function as its argument. What Lua will refuse stays as it is from there on, so that Lua's words fit. */
void length_rewrite(str text, buffer *out);

/* What # means: of tables, of texts, of the library's own values. Raises on anything else. */
int length_function(lua_State *lua);
/* The length of the table at `index`, past its metatable. */
lua_Integer length_of_table(lua_State *lua, int index);

#endif
