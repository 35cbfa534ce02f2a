/*
 * Finding one text in another in linear time, whatever both are.
 *
 * Short texts are compared where their first byte occurs. Longer ones use Knuth, Morris and Pratt's table, so that
 * nobody can make `contains` slow with two long runs of the same letter.
 */
#ifndef POLICY_EXPR_TEXT_SEARCH_H
#define POLICY_EXPR_TEXT_SEARCH_H

#include "base/arena.h"
#include "base/text.h"

typedef struct text_search {
    str text, wanted;
    uint32_t *fallback; /* NULL for short ones */
    size_t at;          /* bytes of `text` read */
    size_t matched;     /* bytes of `wanted` that end there */
    bool overlapping;   /* go on right after the start of a finding, not after its end */
} text_search;

#define TEXT_SEARCH_NONE SIZE_MAX

/* False when the arena has no room for the table (only for a `wanted` longer than 32 bytes). */
bool text_search_init(text_search *s, arena *scratch, str text, str wanted, bool overlapping);
/* Where the next finding begins, or TEXT_SEARCH_NONE. An empty `wanted` is found nowhere. */
size_t text_search_next(text_search *s);

#endif
