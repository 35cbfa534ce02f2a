/*
 * Linting a plan: what is wrong with packs though they load.
 *
 * The packs that are looked at are those nothing else extends: an overlay's author is not told of its bases. Notes are
 * errors chained like those of a load. What takes running the cases is ledger/lint.c's.
 */
#ifndef POLICY_ENGINE_LINT_H
#define POLICY_ENGINE_LINT_H

#include "engine/engine.h"

/* Is this pack looked at? */
bool lint_looks_at(const policy_engine *e, const pack *p);
/* One note; false when out of memory. */
bool lint_note(const policy_engine *e, policy_error **notes, message_id message, str first, str second, place at,
               str rule);
/* Everything that can be seen without running a case; false when out of memory. */
bool lint_plan(const policy_engine *e, policy_error **notes);

#endif
