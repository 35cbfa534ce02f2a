/*
 * Memory for one call: handed out in a row, given back all at once.
 *
 * An allocator like any other to those who are given it; what they free or outgrow stays unused until the reset. After a
 * reset the memory is one block, large enough for all that the last round took, so rounds that are alike do not allocate.
 */
#ifndef POLICY_BASE_SCRATCH_H
#define POLICY_BASE_SCRATCH_H

#include "base/allocator.h"

typedef struct scratch_block scratch_block;

typedef struct scratch {
    policy_allocator allocator; /* give this away; the scratch must not move */
    const policy_allocator *from;
    scratch_block *blocks; /* newest first */
    char *at, *end;
    size_t total; /* bytes of all blocks */
} scratch;

void scratch_init(scratch *s, const policy_allocator *from);
void scratch_reset(scratch *s);
void scratch_free(scratch *s);

#endif
