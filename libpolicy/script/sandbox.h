/*
 * The Lua sandbox: one interpreter that cannot hurt its host.
 *
 * Memory goes through a capped allocator, instructions through a counted hook, time through a backstop; going over any of
 * them kills the call, and no pcall in the script can catch that. Scripts see a white list of functions (library_*.c),
 * none of which runs long without charging for it first. Nothing depends on addresses, clocks, random numbers, locale or
 * the order or the layout of a table. Belongs to one ledger and one thread at a time.
 *
 * Every entry is protected: a failure, a kill or exhausted memory comes back as a sandbox_failure. Each kill halves the
 * budgets of the calls after it, down to a floor that is ample for a rule about a record.
 */
#ifndef POLICY_SCRIPT_SANDBOX_H
#define POLICY_SCRIPT_SANDBOX_H

#include <lua.h>

#include "base/options.h"
#include "base/text.h"

typedef struct sandbox sandbox;

typedef enum sandbox_end {
    SANDBOX_FINE = 0,
    SANDBOX_SYNTAX, /* Lua's parser refused the text */
    SANDBOX_FAILED, /* the script raised an error */
    SANDBOX_KILLED_STEPS,
    SANDBOX_KILLED_MEMORY,
    SANDBOX_KILLED_TIME,
    SANDBOX_NOMEM /* the host's allocator is exhausted */
} sandbox_end;

static inline bool sandbox_is_kill(sandbox_end end)
{
    return end >= SANDBOX_KILLED_STEPS && end <= SANDBOX_KILLED_TIME;
}

#define SANDBOX_MESSAGE      1024
#define SANDBOX_TRACE_LEVELS 6
typedef struct sandbox_failure {
    sandbox_end end;
    char message[SANDBOX_MESSAGE]; /* UTF-8, no control bytes, without the position */
    char file[256];                /* "" when not known */
    uint32_t line;                 /* 0 when not known */
    char trace[512];               /* "local.lua:12 < local.lua:3" */
} sandbox_failure;

/* Bytes of a script's message as they may reach a terminal or a file: line ends and tabs become spaces, other control bytes
 * and broken UTF-8 '?'. Ends with a NUL; returns the size without it. */
size_t sandbox_keep_text(char *into, size_t room, str text);

/* NULL out of memory. Limits are those of the options, fixed for the sandbox's life. */
sandbox *sandbox_new(const policy_options *options);
void sandbox_free(sandbox *box);

lua_State *sandbox_lua(sandbox *box);
sandbox *sandbox_of(lua_State *lua);
const policy_options *sandbox_options(const sandbox *box);
void *sandbox_host(const sandbox *box);
void sandbox_set_host(sandbox *box, void *host); /* what our own functions find behind the interpreter */

/* Compile a script that scan_script has passed and leave its function on the stack, with a fresh environment holding the
 * white list as _ENV. `open` (may be NULL) adds to that environment, the table on top of the stack; it may raise. */
sandbox_end sandbox_load(sandbox *box, str file, str text, void (*open)(lua_State *lua), sandbox_failure *why);

/* Call what lua_call would, within the budgets of one call. On failure the stack is as before the function and its
 * arguments were pushed. */
sandbox_end sandbox_call(sandbox *box, int arguments, int results, sandbox_failure *why);

/* Run our own code against the interpreter, protected (lua_* functions may raise out of memory). Counts as one call. */
sandbox_end sandbox_protect(sandbox *box, lua_CFunction code, void *argument, sandbox_failure *why);

/* For library functions: take `cost` from the budget, before the work. Does not return when it is over. */
void sandbox_charge(lua_State *lua, uint64_t cost);
/* Before a function that asks for `size` bytes at once and, unlike the interpreter, would not collect first. */
void sandbox_make_room(lua_State *lua, size_t size);
/* Raise the kill again if there is one: pcall must not keep it. */
void sandbox_rethrow(lua_State *lua);
/* For C data that scripts cause: counted under the same cap. */
const policy_allocator *sandbox_allocator(sandbox *box);
uint64_t sandbox_memory(const sandbox *box); /* bytes in use */
uint64_t sandbox_steps(const sandbox *box);  /* instructions and charges of the last call, in units of the budget */

/* Make the value on top of the stack read-only, deeply: tables become proxies, functions get read-only upvalues. Replaces
 * it. Values met twice stay one. Raises on tables with keys other than strings and integers. */
void sandbox_freeze(lua_State *lua);
/* Let the C function on top of the stack through sandbox_freeze: it keeps nothing between calls. Leaves it there. */
void sandbox_allow(lua_State *lua);
/* True when no variable outside a frozen function was assigned to since; those that were are put back. After a check ran. */
bool sandbox_unchanged(lua_State *lua);

/* ---- the white list, one file each ---- */
void library_base_open(lua_State *lua); /* each leaves nothing; fills the table on top of the stack */
void library_string_open(lua_State *lua);
void library_table_open(lua_State *lua);
void library_math_open(lua_State *lua);
void library_utf8_open(lua_State *lua);

#endif
