/*
 * Regular expressions in RE2 syntax, in time linear in the text, with a bounded program.
 *
 * No backtracking, no back-references. Compiled once, immutable, shareable; matching uses caller-given scratch.
 */
#ifndef POLICY_EXPR_REGEX_H
#define POLICY_EXPR_REGEX_H

#include "base/arena.h"
#include "base/messages.h"

typedef struct regex regex;

typedef struct regex_failure {
    bool nomem;
    message_id message; /* a reason without arguments: hand it on with message_argument */
    size_t offset;      /* in the pattern, bytes */
} regex_failure;

/* NULL with *why filled when malformed, over `max_instructions`, or out of memory. */
regex *regex_new(const policy_allocator *a, str pattern, size_t max_instructions, regex_failure *why);
void regex_free(regex *r);
size_t regex_groups(const regex *r); /* capturing groups, the whole match not counted */

typedef struct regex_span {
    size_t from, until; /* SIZE_MAX when the group took no part */
} regex_span;

/* Unanchored search from byte `start`. Leftmost-first like RE2. `spans` (NULL when not wanted, else 1 + groups entries).
 * `steps` is increased by the work done, at most `most` (0: no bound). Returns 1 match, 0 none, -1 out of scratch
 * memory, -2 over `most`. The scratch memory is given back before it returns. */
int regex_search(const regex *r, str text, size_t start, arena *scratch, regex_span *spans, uint64_t *steps,
                 uint64_t most);

#endif
