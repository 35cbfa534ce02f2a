/*
 * An arena: many small allocations, freed together.
 *
 * Models, syntax trees and compiled plans live in one each. Blocks double up to 1 MiB; `ceiling` bounds the sum.
 * arena_reset keeps one block, the largest that is not huge, so work that fits in it never allocates again.
 */
#ifndef POLICY_BASE_ARENA_H
#define POLICY_BASE_ARENA_H

#include "base/allocator.h"
#include "base/text.h"

typedef struct arena_block arena_block;

typedef struct arena {
    const policy_allocator *allocator;
    arena_block *blocks; /* newest first */
    char *at, *end;      /* free room in the newest block */
    size_t used, ceiling;
    bool failed; /* sticky: an allocation failed since the last reset */
    bool full;   /* sticky too: one of them because of the ceiling */
} arena;

void arena_init(arena *a, const policy_allocator *allocator, size_t ceiling); /* ceiling 0: no bound */
void arena_reset(arena *a);
void arena_free(arena *a);

/* Give back what was allocated since the mark, for work whose memory is not part of its result (a regex search). */
typedef struct arena_mark {
    arena_block *block;
    char *at;
} arena_mark;
arena_mark arena_here(const arena *a);
void arena_release(arena *a, arena_mark mark);

void *arena_new(arena *a, size_t size);                 /* zeroed, 16-byte aligned; NULL when full */
void *arena_array(arena *a, size_t count, size_t size); /* zeroed; checks the product */
void *arena_resize(arena *a, void *p, size_t old_size, size_t new_size);
str arena_text(arena *a, str text); /* copied, NUL after it; str_none when full, and for str_none */
str arena_join(arena *a, const str *parts, size_t count);

#endif
