/*
 * Options as the library keeps them: a plain value that a builder, an engine or a ledger copies.
 *
 * Pointers to the allocator must point into a copy that lives as long as what was allocated: `&engine->options.allocator`.
 */
#ifndef POLICY_BASE_OPTIONS_H
#define POLICY_BASE_OPTIONS_H

#include "policy/options.h"

#define OPTIONS_LIMIT_COUNT 12 /* one more than the highest POLICY_LIMIT_ number */

struct policy_options {
    policy_allocator allocator;
    policy_language language;
    uint64_t limits[OPTIONS_LIMIT_COUNT]; /* by POLICY_LIMIT_ number */
    bool unshared; /* not public: every rule computes everything itself, so that what it computes can be counted */
};

/* Every default. False when the allocator is not whole; NULL is the system's. */
bool options_init(policy_options *options, const policy_allocator *allocator);

static inline uint64_t options_limit(const policy_options *options, policy_limit limit)
{
    return options->limits[limit];
}

#endif
