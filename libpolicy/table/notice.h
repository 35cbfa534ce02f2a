/*
 * Notices as the library keeps them: a vector with its texts in an arena.
 *
 * Tables and ledgers hold one each. `notices_move` takes all of another's; equal notices about columns are kept once.
 * The public accessors of policy/notice.h are in notice.c too.
 */
#ifndef POLICY_TABLE_NOTICE_H
#define POLICY_TABLE_NOTICE_H

#include "base/arena.h"
#include "base/text.h"
#include "policy/notice.h"

struct policy_notice {
    const policy_allocator *allocator; /* for texts made of it */
    policy_notice_kind kind;
    uint64_t row;
    str type, source, column, text; /* NUL after each; never NULL */
};

/* Notices keep their addresses while more are added: they live in the arena, the vector holds pointers. */
typedef struct notices {
    const policy_allocator *allocator;
    arena memory;
    policy_notice **items;
    size_t count, capacity;
    bool full; /* one was refused because there were too many */
} notices;

#define NOTICES_MAX ((size_t)1000 * 1000) /* past it, notices_add fails: data with more is not what it is taken for */

void notices_init(notices *n, const policy_allocator *a);
void notices_free(notices *n);
/* Texts are copied (the text's first 200 bytes, cut at a character). False when out of memory, or full. */
bool notices_add(notices *n, const policy_notice *notice);
/* Why an addition failed. */
policy_status notices_error(const notices *n, policy_error **err);
/* Copies every notice of `from` to the end of `to`; all or nothing. */
bool notices_append(notices *to, const notices *from);
void notices_truncate(notices *n, size_t count); /* back to an earlier count; the texts' memory stays */

#endif
