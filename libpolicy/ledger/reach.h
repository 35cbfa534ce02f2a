/*
 * Where a record of a type can be felt: the measures it feeds, directly or through others, and the rules that look at them.
 *
 * Made once a ledger, from the plan alone. Beside the order in which measures build on each other it knows who reads which
 * measure by key, M(k1, ...), and whether those keys are simply columns of the reader: then a changed group of M leads
 * to the reader's rows that have its keys.
 */
#ifndef POLICY_LEDGER_REACH_H
#define POLICY_LEDGER_REACH_H

#include "engine/engine.h"

/* One M(k1, ...) in some text. */
typedef struct read_site {
    const plan_measure *measure;
    const int *slots; /* of the reader's table, one a key; -1 where the key is computed */
} read_site;
typedef struct read_sites {
    read_site *items;
    uint32_t count;
} read_sites;

typedef struct type_reach {
    const plan_measure **measures; /* that a record can change, in the order in which they build on each other */
    uint32_t measure_count;
    const plan_version **versions; /* that look at one of those, or keep rows until findings are asked for */
    uint32_t version_count;
} type_reach;

typedef struct reach {
    arena memory;
    read_sites *measures; /* by number: reads of a stacked measure's own texts */
    read_sites *versions; /* by number: reads of checks, conditions and bounds made when findings are asked for */
    read_sites *whens;    /* by number: those of the condition alone */
    type_reach *types;
} reach;

reach *reach_new(const policy_engine *e); /* NULL out of memory */
void reach_free(reach *r, const policy_allocator *a);

#endif
