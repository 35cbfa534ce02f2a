/*
 * What a script defines: rule{}, tighten(), param(), clause{}, let(), measure{}, read as if they had been written in YAML.
 *
 * At load a script runs once in a sandbox of its own. Its calls are kept as nodes with the line they stand on, so that
 * the readers of packs, the tighten gate and the checker treat them as they treat YAML. Functions (check, fold, judge)
 * stay behind: they run in the ledger's sandbox (checks.h), found by the rule's id.
 */
#ifndef POLICY_SCRIPT_DEFINITIONS_H
#define POLICY_SCRIPT_DEFINITIONS_H

#include "pack/loader.h"

/* The script as the top-level map of a pack: pack, version, rules, tighten, params, clauses, let, measures. NULL when it failed
 * (reported). Nodes live in the loader's memory. `name` is the pack's. */
const node *definitions_read(loader *l, str file, str text, str name);

/* Add these functions to the table on top of the stack (a script's environment). `on_definition` is called for each, which
 * may raise: with the rule's table on top and `id` its id, for the others with str_none. */
struct lua_State;
typedef void (*definitions_visit)(struct lua_State *lua, void *context, str id);
void definitions_open_runtime(struct lua_State *lua, definitions_visit on_definition, void *context);

#endif
