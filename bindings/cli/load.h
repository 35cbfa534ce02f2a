/*
 * From -r, -I, -p and POLICY_PATH to an engine.
 */
#ifndef POLICY_CLI_LOAD_H
#define POLICY_CLI_LOAD_H

#include <policy/policy.h>

#include "options.h"

/* Build an engine from packs and scripts in order, bases first. On failure every error is on standard error and NULL is
 * returned. The caller gives the engine back. */
policy_engine *load_rules(const options *o, const char *const *names, size_t count);

/* The same on top of what -r names: a script, or an overlay, on its base. */
policy_engine *load_on_top(const options *o, const char *const *names, size_t count);

/* What -r names with a script on top that is no file. NULL when it does not load; *err then says why, and is the
 * caller's. */
policy_engine *load_with_script(const options *o, const char *file, const char *script, policy_error **err);

#endif
