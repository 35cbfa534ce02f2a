/*
 * Which counts of a published table have to be hidden, so that none of them can be computed from the others.
 */
#ifndef POLICY_ENGINE_SUPPRESSION_H
#define POLICY_ENGINE_SUPPRESSION_H

#include "base/error.h"

#define SUPPRESSION_CELLS_MAX ((size_t)1 << 20)

/* As policy_bands_suppress. `hidden` is in and out: what is hidden already stays so. */
policy_status suppression_find(const policy_allocator *a, uint64_t minimum_group, uint64_t minimum_count,
                               const uint64_t *counts, size_t groups, size_t columns, bool *hidden, policy_error **err);

#endif
