/*
 * A domain: the distinct values of a field or key, numbered in the order they came.
 *
 * What the column path computes with instead of values. Numbers are never given back while the domain lives, so that
 * everything computed for one (a truth, an amount, a group) stays valid. Missing values are members like any other: two
 * are the same when they blame the same names.
 */
#ifndef POLICY_COLUMNS_DOMAIN_H
#define POLICY_COLUMNS_DOMAIN_H

#include "base/allocator.h"
#include "expr/value.h"

#define DOMAIN_FULL UINT32_MAX

typedef struct domain {
    const policy_allocator *allocator;
    value *values; /* stored (ledger/stored.h) */
    size_t capacity;
    uint32_t count;
    uint32_t *slots; /* open addressing; number + 1, 0 is free */
    size_t slot_count;
} domain;

void domain_init(domain *d, const policy_allocator *a);
void domain_free(domain *d);
uint32_t domain_put(domain *d, value v);        /* its number, a new one with a copy; DOMAIN_FULL out of memory */
uint32_t domain_find(const domain *d, value v); /* DOMAIN_FULL when it is not there */

#endif
