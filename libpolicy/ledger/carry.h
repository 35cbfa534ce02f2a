/*
 * What restoring could carry over: a list of lines, made while it happens.
 */
#ifndef POLICY_LEDGER_CARRY_H
#define POLICY_LEDGER_CARRY_H

#include "base/arena.h"
#include "policy/store.h"

typedef struct carry_line {
    str name;
    policy_carry_kind kind;
    policy_carried what;
} carry_line;

struct policy_carry {
    policy_allocator allocator;
    arena memory;
    carry_line *lines;
    size_t count, capacity;
};

policy_carry *carry_new(const policy_allocator *a);                                     /* NULL out of memory */
bool carry_add(policy_carry *c, str name, policy_carry_kind kind, policy_carried what); /* false out of memory */

#endif
