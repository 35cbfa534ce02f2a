/*
 * Order that gives a rank away: a column that numbers the scores, rows that are sorted by them.
 *
 * How likely is it by chance? Five children stand in order of their totals once in 120 tables, so five distinct scores
 * are asked for; a table has several subjects and each can be sorted either way, so for those it is eight. With fewer,
 * a sorted sheet is "too few to tell" and an unsorted one is not sorted.
 */
#include "table/profile_internal.h"

#include <math.h>
#include <stdlib.h>

static int by_score(const void *a, const void *b)
{
    const ordered_pair *p = a, *q = b;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return (p->value > q->value) - (p->value < q->value);
}

static int by_value(const void *a, const void *b)
{
    const ordered_pair *p = a, *q = b;
    return (p->value > q->value) - (p->value < q->value);
}

/* Each of 1 ... n once. Sorts by value. */
static bool is_permutation(ordered_pair *pairs, size_t count)
{
    qsort(pairs, count, sizeof *pairs, by_value);
    for (size_t i = 0; i < count; i++)
        if (pairs[i].value != (double)(i + 1))
            return false;
    return true;
}

/* Better score, smaller value, for every two rows whose scores differ; ties may be numbered in any way. */
static bool falls_with_score(const ordered_pair *pairs, size_t count, size_t *distinct)
{
    double before = -INFINITY, most = -INFINITY;
    *distinct = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || pairs[i].score != pairs[i - 1].score) {
            before = most;
            ++*distinct;
        }
        if (pairs[i].value <= before)
            return false;
        if (pairs[i].value > most)
            most = pairs[i].value;
    }
    return true;
}

/* 1, 2, 2, 4 or 1, 2, 2, 3: exactly the places of the scores. Sorted by score. */
static bool are_places(const ordered_pair *pairs, size_t count)
{
    size_t first = 0, dense = 0;
    bool competition = true, without_gaps = true;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || pairs[i].score != pairs[i - 1].score) {
            first = i + 1;
            dense++;
        }
        competition &= pairs[i].value == (double)first;
        without_gaps &= pairs[i].value == (double)dense;
    }
    return competition || without_gaps;
}

bool values_rank_scores(ordered_pair *pairs, size_t count)
{
    size_t distinct;
    if (count < 3)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!(pairs[i].value >= 1) || pairs[i].value != floor(pairs[i].value) || pairs[i].value > 1e9)
            return false;
    bool permutation = is_permutation(pairs, count);
    qsort(pairs, count, sizeof *pairs, by_score);
    if (falls_with_score(pairs, count, &distinct))
        return distinct >= (permutation || are_places(pairs, count) ? 3u : 5u);
    if (!permutation)
        return false;
    /* From the last to the first. */
    for (size_t i = 0; i < count; i++)
        pairs[i].value = (double)(count + 1) - pairs[i].value;
    qsort(pairs, count, sizeof *pairs, by_score);
    return falls_with_score(pairs, count, &distinct) && distinct >= 5;
}

row_order rows_ordered(const double *scores, const uint32_t *groups, size_t count, bool is_total)
{
    size_t falls = 0, rises = 0, compared = 0;
    bool any = false;
    double before = 0;
    uint32_t group = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(scores[i]))
            continue;
        uint32_t here = groups ? groups[i] : 0;
        if (any && here == group) {
            compared++;
            falls += scores[i] < before;
            rises += scores[i] > before;
        }
        any = true;
        before = scores[i];
        group = here;
    }
    if (compared == 0)
        return ORDER_NO;
    size_t steps =
        falls + rises; /* changes from one row to the next: one less than the distinct scores of a sorted sheet */
    size_t needed = is_total ? 4 : 7;
    size_t against = falls > rises ? rises : falls;
    if (against == 0) {
        if (steps == 0)
            return ORDER_NO; /* everybody has the same */
        bool enough = falls ? steps >= needed : steps >= 7;
        return enough ? ORDER_YES : ORDER_TOO_FEW;
    }
    /* A late entry or two at the wrong place do not unsort a long list. */
    return steps >= 40 && against * 40 <= steps ? ORDER_YES : ORDER_NO;
}

bool numbers_sorted(const double *numbers, size_t count)
{
    size_t falls = 0, rises = 0;
    bool any = false;
    double before = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(numbers[i]))
            continue;
        if (any) {
            falls += numbers[i] < before;
            rises += numbers[i] > before;
        }
        any = true;
        before = numbers[i];
    }
    return (falls == 0) != (rises == 0);
}
