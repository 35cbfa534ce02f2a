/*
 * Needs: all that something of the plan reads, down to the fields of record types.
 *
 * Lets are opened, measures followed to what they group, parameters noted by name. For explaining ("data needed") and for
 * finding what nobody uses.
 */
#ifndef POLICY_ENGINE_NEEDS_H
#define POLICY_ENGINE_NEEDS_H

#include "engine/engine.h"

typedef struct needs {
    const policy_engine *engine;
    arena memory;
    uint64_t *fields; /* by record type: bit i is field i */
    bool *types;      /* record types that are read, with fields or without (count()) */
    bool *params;     /* by number in the engine */
    bool *measures;   /* by number in the engine */
    bool *called;     /* the same: those read as M(k1, ...) */
    bool *lets;       /* opened; the lets of all record types one after the other */
    bool calendar;
} needs;

bool needs_init(needs *n, const policy_engine *e); /* false: out of memory */
void needs_free(needs *n);
void needs_add_program(needs *n, const plan_table *t, const expr *x); /* NULL is fine */
void needs_add_measure(needs *n, const plan_measure *m);
void needs_add_version(needs *n, const plan_version *v);

#endif
