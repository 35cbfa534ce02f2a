/*
 * Conditions on one field as ranges of what its column holds.
 *
 *   grade <= 2             v - 1 <= 1            (the field's own limits: 1 to 9)
 *   form == 'written'      index - 3 <= 0        entry 3 of the dictionary
 *   form in ['oral', ...]  table[index]          where the entries are too scattered
 *   !posted                the bitmap, turned
 *
 * What is true of a value is asked of the ordinary evaluator, never worked out here. Of a dictionary each entry is asked
 * for. Of numbers it is enough to ask once between any two constants that the field is compared with, if comparing (and
 * has()) is all that the condition does with the field: nothing in between can tell two values apart.
 */
#ifndef POLICY_COLUMNS_RANGES_H
#define POLICY_COLUMNS_RANGES_H

#include "columns/coder.h"

struct expr;
struct plan_table;
struct plan_version;

/* Where the answer may change: a stretch of values begins at each. Sorted, without repeats. */
#define BREAKS_MOST 32
typedef struct breaks {
    bool reals;
    uint32_t count;
    int64_t at[BREAKS_MOST];
    double reals_at[BREAKS_MOST]; /* and behind each of them another stretch */
} breaks;
/* The breaks of a condition on the field; false when it does something else with it. */
bool breaks_of(breaks *b, const struct plan_table *t, const struct expr *x, uint32_t field, bool reals);
/* Of whether a version of its rule speaks on a day; false: too many. */
bool breaks_of_versions(breaks *b, const struct plan_version *v);
void breaks_sort(breaks *b);

/* Rows of a column by what they hold. */
#define RANGES_MOST 3
typedef enum row_set_kind { SET_NONE, SET_ALL, SET_RANGES, SET_REALS, SET_TABLE, SET_FLAGS } row_set_kind;
typedef struct value_set {
    row_set_kind kind;
    bool not ; /* the others */
    uint32_t count;
    uint64_t low[RANGES_MOST], span[RANGES_MOST];
    double least[RANGES_MOST], most[RANGES_MOST]; /* REALS */
    uint8_t *table;                               /* TABLE: 255 and 0 by entry */
    size_t table_capacity;
} value_set;

/* Add [low, high] to a set being made; false when that is one range too many. Neighbours become one. */
bool value_set_add(value_set *s, int64_t low, int64_t high);
bool value_set_add_real(value_set *s, double low, double high);
/* The set of a dictionary's entries for which is[] is 255. False out of memory. */
bool value_set_of_entries(value_set *s, const uint8_t *is, size_t count, const policy_allocator *a);
/* The rows of the block whose cell is in the set; of those that are null nothing is said. */
void value_set_rows(const value_set *s, coding *c, uint32_t field, uint64_t *out);
/* Bits of so many rows, each the other way; those behind the last word's last row are 0. */
void bits_turn(uint64_t *bits, size_t count);

#endif
