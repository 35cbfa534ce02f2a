/*
 * Sharing: what several programs compute alike from the same row is computed once.
 *
 * Subtrees that are equal, cost more than reading a slot, and always give the same value for one row become parts: programs
 * of their own, whose values live in slots behind all others. Like lets they are computed when first asked for. Trees stay
 * as they are, and so do the slots and sources that a program says it reads; only code changes.
 */
#ifndef POLICY_EXPR_SHARE_H
#define POLICY_EXPR_SHARE_H

#include "expr/expr.h"

/* A program that is evaluated once for each row, compiled with keep_tree. Of one `group` (not NULL) the programs with the
 * same `member` may be evaluated for a row, those with different ones not: versions of one rule. */
typedef struct share_user {
    expr *program;
    const void *group, *member;
} share_user;

typedef struct share_request {
    const policy_allocator *allocator;
    const share_user *users; /* over environments whose slots mean the same */
    size_t user_count;
    bool (*steady)(const void *context, int slot); /* does the slot keep its value while a row is evaluated? */
    const void *context;
    int first_slot; /* of parts; greater than 0 */
} share_request;

enum { SHARE_PARTS = 256 /* at most */ };

/* Make parts and let the programs use them. parts[i] is the program behind slot first_slot + i; the caller frees it, after
 * the programs stop being used. False: out of memory; what was made is still to be freed. `resolve` of the activation must
 * compute a part's slot by expr_evaluate_part, and nothing else. */
bool expr_share(const share_request *request, expr *parts[SHARE_PARTS], size_t *part_count);

/* The value as the programs need it: a NONE stays one, and it counts as the work of whoever asks. */
value expr_evaluate_part(const expr *part, evaluation *ev, const activation *a);

#endif
