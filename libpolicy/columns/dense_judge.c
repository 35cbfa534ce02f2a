/*
 * Limits over a dense account, judged in bulk.
 *
 * For fixed bounds the values that pass are an interval. So a group is made and judged in the ordinary way, and when it
 * passes all values between it and those that passed before are known to pass, too: the ordinary judge is asked for a few
 * new extremes and for what does not pass, and the rest is counted. Bounds that read keys have an interval for every
 * combination of those keys' numbers (a class).
 */
#include "columns/dense_cells.h"
#include "engine/walk.h"
#include "expr/env_model.h"
#include "expr/tree.h"
#include "ledger/findings.h"

#include <math.h>

#define CLASSES_MOST (UINT64_C(1) << 20)

typedef struct interval {
    double low, high; /* values that pass */
} interval;

typedef struct judging {
    programs *programs;
    dense_account *account;
    const plan_version *version;
    frame *frame;
    struct policy_findings *all;
    int64_t *verdicts;
    dense_judge_group one;
    dense_days days;
    force *forces; /* by day */
    force undated;
    uint32_t steps[DENSE_PARTS]; /* of the class, by part */
    interval *classes;
    size_t *places;
    wide_cell *sums; /* of a run, by group */
    uint32_t *latest;
} judging;

/* ---- may it be? ---- */

static bool reads_measures(const tree *part)
{
    if (part->kind == TREE_CALL) {
        for (uint32_t i = 0; i < part->candidate_count; i++) {
            const env_overload *own = part->candidates[i].own;
            if (own != NULL && own->call == plan_read_measure) {
                return true;
            }
        }
    }
    for (uint32_t i = 0; i < part->count; i++) {
        if (reads_measures(part->children[i])) {
            return true;
        }
    }
    return false;
}

bool dense_may_judge(const programs *p, const dense_account *x, const plan_version *v)
{
    const policy_ledger *l = p->ledger;
    size_t coverage;
    (void)ledger_covered(l, &coverage);
    if (v->measure != x->measure || l->after || coverage > 0 || (l->reported & (1u << POLICY_PASS))) {
        return false;
    }
    for (uint32_t i = 0; i < v->bound_count; i++) {
        const expr *bound = v->bounds[i].program;
        const tree *top = expr_tree(bound);
        size_t count = 0;
        const int *slots = expr_slots(bound, &count);
        bool dated = v->bounds[i].in_force.has_from || v->bounds[i].in_force.has_until;
        for (size_t k = 0; k < count; k++) {
            dated = dated || slots[k] >= (int)v->measure->key_count;
        }
        if (top == NULL || reads_measures(top) || (dated && x->day != NULL)) {
            return false;
        }
    }
    return true;
}

/* ---- classes ---- */

static void take_part(bool *in, const dense_account *x, const dense_part *part)
{
    if (!part->derived) {
        in[part - x->parts] = true;
        return;
    }
    for (uint32_t i = 0; i < x->part_count; i++) {
        in[i] = in[i] || (!x->parts[i].derived && (x->parts[i].tuple->fields & part->tuple->fields) != 0);
    }
}

/* Which parts' numbers the bounds depend on. The own date's is that of the group's latest day. */
static bool find_classes(judging *j, arena *memory)
{
    const plan_version *v = j->version;
    dense_account *x = j->account;
    bool in[DENSE_PARTS] = {false};
    for (uint32_t i = 0; i < v->bound_count; i++) {
        size_t count = 0;
        const int *slots = expr_slots(v->bounds[i].program, &count);
        for (size_t k = 0; k < count; k++) {
            const dense_part *part =
                slots[k] < (int)v->measure->key_count ? dense_part_of(x, (uint32_t)slots[k]) : NULL;
            if (part != NULL) {
                take_part(in, x, part);
            } else if (x->day != NULL) {
                in[x->day - x->parts] = true;
            }
        }
    }
    uint64_t classes = 1;
    for (uint32_t i = 0; i < x->part_count; i++) {
        j->steps[i] = in[i] ? (uint32_t)classes : 0;
        classes *= in[i] ? x->parts[i].room : 1;
        if (classes > CLASSES_MOST) {
            return true; /* j->classes stays NULL */
        }
    }
    j->classes = arena_array(memory, (size_t)classes, sizeof *j->classes);
    for (uint64_t i = 0; j->classes != NULL && i < classes; i++) {
        j->classes[i] = (interval){INFINITY, -INFINITY};
    }
    return j->classes != NULL;
}

/* ---- groups ---- */

/* A number that grows as the group's value does; NaN when that cannot be said. */
static double measure_of(const judging *j, const wide_cell *sum)
{
    double first = (double)sum->sums[0], second = (double)sum->sums[1];
    const double exact = 9007199254740992.0, fraction = 67108864.0;
    switch (j->account->measure->algebra.kind) {
    case AGGREGATE_COUNT:
        return (double)sum->count;
    case AGGREGATE_SUM:
        return fabs(first) < exact ? first : NAN;
    case AGGREGATE_SHARE: /* beyond that two shares may round to one number */
        return first + second < fraction && first + second > 0 ? first / (first + second) : NAN;
    default:
        return fabs(first) < fraction && second > 0 && second < fraction ? first / second : NAN;
    }
}

static bool make_group(judging *j, const size_t *places, size_t count)
{
    policy_ledger *l = j->programs->ledger;
    group_table one;
    group_table_init(&one, l->allocator, j->account->measure->key_count);
    bool fine = dense_give(j->programs, j->account, &j->account->held, places, count, &one);
    for (size_t i = 0; i < one.capacity && fine; i++) {
        fine = one.slots[i] == NULL || j->one(l, j->frame, j->version, one.slots[i], j->all);
    }
    group_table_free(&one);
    return fine;
}

/* A group with its class, value and force: counted, or made and judged. */
static bool judge_sum(judging *j, interval *passing, const wide_cell *sum, force where, const size_t *places,
                      size_t count)
{
    if (where == FORCE_ELSEWHERE) {
        return true;
    }
    double measured = measure_of(j, sum);
    if (where == FORCE_HERE && measured >= passing->low && measured <= passing->high) {
        j->verdicts[POLICY_PASS]++;
        return true;
    }
    if (where == FORCE_NOWHERE && !(j->programs->ledger->reported & (1u << POLICY_NOT_IN_FORCE))) {
        j->verdicts[POLICY_NOT_IN_FORCE]++;
        return true;
    }
    int64_t before = j->verdicts[POLICY_PASS];
    if (!make_group(j, places, count)) {
        return false;
    }
    if (where == FORCE_HERE && j->verdicts[POLICY_PASS] > before && !isnan(measured)) {
        passing->low = measured < passing->low ? measured : passing->low;
        passing->high = measured > passing->high ? measured : passing->high;
    }
    return true;
}

/* Places one beside the other, each a group, without days. */
static bool judge_places(judging *j, size_t first, uint32_t count, size_t class, uint32_t step)
{
    const dense_cells *cells = &j->account->held;
    aggregate_kind kind = j->account->measure->algebra.kind;
    int64_t passed = 0;
    for (uint32_t i = 0; i < count; i++, class += step) {
        interval *passing = &j->classes[class];
        if (cells->narrow != NULL) { /* most groups of large tables */
            narrow_cell n = cells->narrow[first + i + 1];
            if (n == 0) {
                continue;
            }
            double measured = (double)(kind == AGGREGATE_COUNT ? narrow_count(n) : narrow_sum(n));
            if (j->undated == FORCE_HERE && measured >= passing->low && measured <= passing->high) {
                passed++;
                continue;
            }
        }
        wide_cell sum = dense_cell(cells, first + i);
        size_t spot = first + i;
        if (sum.count > 0 && !judge_sum(j, passing, &sum, j->undated, &spot, 1)) {
            return false;
        }
    }
    j->verdicts[POLICY_PASS] += passed;
    return true;
}

/* A run of days, some of which belong together. */
static bool judge_run(judging *j, size_t first, size_t class, uint32_t step)
{
    const dense_cells *cells = &j->account->held;
    const dense_days *days = &j->days;
    bool any = false;
    for (uint32_t i = 0; i < days->day_count; i++) {
        wide_cell here = dense_cell(cells, first + i);
        if (here.count == 0) {
            continue;
        }
        if (days->single) {
            size_t spot = first + i;
            if (!judge_sum(j, &j->classes[class + (size_t)i * step], &here, j->forces[i], &spot, 1)) {
                return false;
            }
            continue;
        }
        uint32_t which = days->of_day[i];
        wide_cell *sum = &j->sums[which];
        if (sum->count == 0 || days->days[i] > days->days[j->latest[which]]) {
            j->latest[which] = i;
        }
        sum->count += here.count;
        sum->sums[0] += here.sums[0];
        sum->sums[1] += here.sums[1];
        any = true;
    }
    for (uint32_t i = 0; any && i < days->day_count; i++) {
        uint32_t which = days->of_day[i];
        wide_cell sum = j->sums[which];
        if (sum.count == 0) {
            continue;
        }
        j->sums[which] = (wide_cell){.count = 0};
        size_t count = 0;
        for (uint32_t k = i; k < days->day_count; k++) {
            if (days->of_day[k] == which && dense_cell(cells, first + k).count > 0) {
                j->places[count++] = first + k;
            }
        }
        uint32_t latest = j->latest[which];
        if (!judge_sum(j, &j->classes[class + (size_t)latest * step], &sum, j->forces[latest], j->places, count)) {
            return false;
        }
    }
    return true;
}

static bool judge_part(judging *j, uint32_t at, size_t spot, size_t class)
{
    const dense_account *x = j->account;
    while (at < x->part_count && x->parts[at].derived) {
        at++;
    }
    if (at == x->part_count) {
        return judge_places(j, spot, 1, class, 0);
    }
    const dense_part *part = &x->parts[at];
    if (part == x->day) {
        return judge_run(j, spot, class, j->steps[at]);
    }
    uint32_t next = at + 1, count = part->values.count < part->room ? part->values.count : part->room;
    while (next < x->part_count && x->parts[next].derived) {
        next++;
    }
    if (next == x->part_count) {
        return judge_places(j, spot, count, class, j->steps[at]);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!judge_part(j, next, spot + (size_t)i * part->stride, class + (size_t)i * j->steps[at])) {
            return false;
        }
    }
    return true;
}

static bool judge_all(judging *j)
{
    const dense_account *x = j->account;
    const dense_days *days = &j->days;
    for (size_t first = 0; first < x->places; first += x->day ? x->day->room : 1) {
        for (uint32_t i = 0; i < (x->day ? days->day_count : 1); i++) {
            if (dense_cell(&x->held, first + i).count == 0) {
                continue;
            }
            size_t count = 0;
            for (uint32_t k = 0; x->day != NULL && k < days->day_count; k++) {
                if (days->of_day[k] == days->of_day[i] && dense_cell(&x->held, first + k).count > 0) {
                    j->places[count++] = first + k;
                }
            }
            if (x->day == NULL) {
                j->places[count++] = first;
            }
            if (j->places[0] == first + i && !make_group(j, j->places, count)) {
                return false;
            }
        }
    }
    return true;
}

static bool begin(judging *j, arena *memory)
{
    const policy_ledger *l = j->programs->ledger;
    dense_account *x = j->account;
    if (!dense_days_of(j->programs, x, memory, &j->days) || !find_classes(j, memory)) {
        return false;
    }
    j->undated = version_force(j->version, l->run.has_as_of, l->run.as_of);
    uint32_t days = j->days.day_count;
    j->forces = arena_array(memory, (size_t)days + 1, sizeof *j->forces);
    j->places = arena_array(memory, (size_t)days + 1, sizeof *j->places);
    j->sums = arena_array(memory, (size_t)days + 1, sizeof *j->sums);
    j->latest = arena_array(memory, (size_t)days + 1, sizeof *j->latest);
    if (j->forces == NULL || j->places == NULL || j->sums == NULL || j->latest == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < days; i++) {
        j->forces[i] = version_force(j->version, true, j->days.days[i]);
        j->sums[i] = (wide_cell){.count = 0};
    }
    return true;
}

bool dense_judge(programs *p, dense_account *x, const plan_version *v, frame *f, struct policy_findings *all,
                 int64_t *verdicts, dense_judge_group one)
{
    if (!x->held.any) {
        return true;
    }
    judging j = {.programs = p, .account = x, .version = v, .frame = f, .all = all, .verdicts = verdicts, .one = one};
    arena memory;
    arena_init(&memory, p->ledger->allocator, 0);
    bool fine = begin(&j, &memory);
    if (fine && j.classes == NULL) { /* more than are worth an interval each: all are made and judged */
        fine = judge_all(&j);
    } else if (fine) {
        fine = judge_part(&j, 0, 0, 0);
    }
    arena_free(&memory);
    return fine;
}
