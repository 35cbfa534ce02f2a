/*
 * Rows into a group's state, out of it again, and two states into one. The values made of a state are in
 * aggregate_sums.c (sum, count, share, ratio), aggregate_values.c (the multiset kinds) and aggregate_runs.c.
 */
#include "ledger/aggregate.h"

#include <math.h>

#include "ledger/stored.h"

#define MICRO INT64_C(1000000)

bool aggregate_amount(value v, aggregate_unit unit, int64_t *out)
{
    switch (v.kind) {
    case VALUE_INT:
        if (unit == UNIT_WHOLE) {
            *out = v.as.i;
            return true;
        }
        if (v.as.i > INT64_MAX / MICRO || v.as.i < INT64_MIN / MICRO) {
            return false;
        }
        *out = v.as.i * MICRO;
        return true;
    case VALUE_UINT:
        if (v.as.u > (uint64_t)(unit == UNIT_WHOLE ? INT64_MAX : INT64_MAX / MICRO)) {
            return false;
        }
        *out = (int64_t)v.as.u * (unit == UNIT_WHOLE ? 1 : MICRO);
        return true;
    case VALUE_DOUBLE: {
        double scaled = unit == UNIT_WHOLE ? v.as.d : v.as.d * 1e6;
        if (!(scaled > -9.2e18 && scaled < 9.2e18)) { /* NaN included */
            return false;
        }
        *out = (int64_t)round(scaled);
        return true;
    }
    case VALUE_DURATION:
        if (v.as.i > INT64_MAX / MICRO - 1 || v.as.i < INT64_MIN / MICRO + 1) {
            return false;
        }
        *out = v.as.i * MICRO + (int32_t)v.size / 1000;
        return true;
    default:
        return false;
    }
}

static doubt *doubt_of(aggregate_state *s, const policy_allocator *a)
{
    if (s->doubt == NULL) {
        s->doubt = allocator_zero(a, 1, sizeof(doubt));
    }
    return s->doubt;
}

static void blame(doubt *d, uint64_t missing, int sign)
{
    for (int i = 0; missing != 0; i++, missing >>= 1) {
        if (missing & 1) {
            d->sources[i] += sign;
        }
    }
}

static bool same_text(str a, str b)
{
    return str_equal(a, b);
}

static bool add_broken(aggregate_state *s, const value_error *error, int64_t count, const policy_allocator *a)
{
    doubt *d = doubt_of(s, a);
    if (d == NULL) {
        return false;
    }
    for (size_t i = 0; i < d->broken_count; i++) {
        const value_error *known = d->broken[i].error.as.error;
        if (known->status == error->status && same_text(known->text_en, error->text_en) &&
            same_text(known->text_zh, error->text_zh)) {
            d->broken[i].count += count;
            if (d->broken[i].count == 0) {
                stored_free(a, &d->broken[i].error);
                d->broken[i] = d->broken[--d->broken_count];
            }
            d->rows += count;
            return true;
        }
    }
    value copy, v = {.kind = VALUE_ERROR, .as.error = error};
    if (!allocator_grow(a, (void **)&d->broken, &d->broken_capacity, d->broken_count + 1, sizeof(broken_rows),
                        SIZE_MAX / 64) ||
        !stored_copy(a, v, &copy)) {
        return false;
    }
    d->broken[d->broken_count++] = (broken_rows){count, copy};
    d->rows += count;
    return true;
}

static bool same_choice(const choice *x, const choice *y)
{
    for (int i = 0; i < 2; i++) {
        if (x->low[i] != y->low[i] || x->high[i] != y->high[i] || x->open_low[i] != y->open_low[i] ||
            x->open_high[i] != y->open_high[i]) {
            return false;
        }
    }
    return true;
}

static choice *find_choice(const doubt *d, const choice *like)
{
    for (size_t i = 0; i < d->choice_count; i++) {
        if (same_choice(&d->choices[i], like)) {
            return &d->choices[i];
        }
    }
    return NULL;
}

static bool add_choice(doubt *d, const choice *c, const policy_allocator *a)
{
    choice *found = find_choice(d, c);
    if (found != NULL) {
        found->count += c->count;
        if (found->count == 0) {
            *found = d->choices[--d->choice_count];
        }
        return true;
    }
    if (!allocator_grow(a, (void **)&d->choices, &d->choice_capacity, d->choice_count + 1, sizeof(choice),
                        SIZE_MAX / 128)) {
        return false;
    }
    d->choices[d->choice_count++] = *c;
    return true;
}

/* One argument's range in units; false when a bounded end does not fit. */
typedef struct amounts {
    int64_t low, high;
    bool open_low, open_high;
} amounts;

static bool read_amounts(const aggregate_row *row, int argument, aggregate_unit unit, amounts *out)
{
    value low = row->low[argument], high = row->exact ? low : row->high[argument];
    *out = (amounts){.open_low = low.kind == VALUE_NULL, .open_high = high.kind == VALUE_NULL};
    return (out->open_low || aggregate_amount(low, unit, &out->low)) &&
           (out->open_high || aggregate_amount(high, unit, &out->high));
}

static void add_low(doubt *d, int sum, const amounts *m, bool optional, int sign)
{
    if (m->open_low) {
        d->open_low[sum] += sign;
    } else if (!optional || m->low < 0) {
        wide_merge(&d->low[sum], sign > 0 ? wide_of(m->low) : wide_negated(wide_of(m->low)));
    }
}

static void add_high(doubt *d, int sum, const amounts *m, bool optional, int sign)
{
    if (m->open_high) {
        d->open_high[sum] += sign;
    } else if (!optional || m->high > 0) {
        wide_merge(&d->high[sum], sign > 0 ? wide_of(m->high) : wide_negated(wide_of(m->high)));
    }
}

static void add_exact(aggregate_state *s, int sum, int64_t amount, int sign)
{
    wide_merge(&s->sums[sum], sign > 0 ? wide_of(amount) : wide_negated(wide_of(amount)));
}

/* Rows of a share: sums[0] is the weight of true rows, sums[1] of false ones. */
static void fold_share(aggregate_state *s, const aggregate_row *row, const amounts *weight, bool certain, int sign)
{
    bool can_be_true = row->exact ? row->low[0].as.b : row->high[0].as.b;
    bool can_be_false = !row->low[0].as.b;
    if (certain) {
        add_exact(s, can_be_true ? 0 : 1, weight->low, sign);
        return;
    }
    doubt *d = s->doubt;
    for (int side = 0; side < 2; side++) { /* true, false */
        bool possible = side == 0 ? can_be_true : can_be_false;
        bool sure = possible && !(side == 0 ? can_be_false : can_be_true) && !row->maybe;
        if (sure) {
            add_low(d, side, weight, false, sign);
        }
        if (possible) {
            add_high(d, side, weight, false, sign);
        }
    }
}

/* Copies `low` and `high` where a row can be undone with the other sign; every step after the first that can fail is a
 * pure count. */
bool aggregate_fold(const aggregate *g, aggregate_state *s, const aggregate_row *row, int sign, evaluation *ev,
                    const policy_allocator *a)
{
    if (row->error != NULL) {
        return add_broken(s, row->error, sign, a);
    }
    bool certain = row->exact && !row->maybe;
    if (!certain && doubt_of(s, a) == NULL) {
        return false;
    }
    amounts x = {0}, y = {0};
    bool fits = true;
    switch (g->kind) {
    case AGGREGATE_SUM:
        fits = read_amounts(row, 0, g->units[0], &x);
        break;
    case AGGREGATE_SHARE:
        x.low = x.high = 1;
        if (g->weighted) {
            fits = read_amounts(row, 1, g->units[0], &x) && (x.open_low || x.low >= 0);
            if (x.open_low) { /* weights are not negative */
                x.open_low = false;
                x.low = 0;
            }
        }
        break;
    case AGGREGATE_RATIO:
        fits = read_amounts(row, 0, g->units[0], &x) && read_amounts(row, 1, g->units[1], &y);
        break;
    default:
        break;
    }
    if (!fits) {
        value broke = value_fail(ev, POLICY_E_EVALUATE, MESSAGE_LEDGER_AMOUNT, NULL, 0);
        return broke.as.error->status != POLICY_E_NOMEM && add_broken(s, broke.as.error, sign, a);
    }

    doubt *d = s->doubt;
    switch (g->kind) {
    case AGGREGATE_COUNT:
        break;
    case AGGREGATE_SUM:
        if (certain) {
            add_exact(s, 0, x.low, sign);
        } else {
            add_low(d, 0, &x, row->maybe, sign);
            add_high(d, 0, &x, row->maybe, sign);
        }
        break;
    case AGGREGATE_SHARE:
        fold_share(s, row, &x, certain, sign);
        break;
    case AGGREGATE_RATIO:
        if (certain) {
            add_exact(s, 0, x.low, sign);
            add_exact(s, 1, y.low, sign);
        } else if (row->maybe) {
            choice c = {.count = sign,
                        .low = {x.low, y.low},
                        .high = {x.high, y.high},
                        .open_low = {x.open_low, y.open_low},
                        .open_high = {x.open_high, y.open_high}};
            if (!add_choice(d, &c, a)) {
                return false;
            }
        } else {
            add_low(d, 0, &x, false, sign);
            add_high(d, 0, &x, false, sign);
            add_low(d, 1, &y, false, sign);
            add_high(d, 1, &y, false, sign);
        }
        break;
    default:
        if (!entry_add(&s->entries, row->maybe, row->exact, row->low[0], row->high[0], sign, a)) {
            return false;
        }
        break;
    }
    *(row->maybe ? &s->maybe : &s->in) += sign;
    if (!certain) {
        d->rows += sign;
        blame(d, row->missing, sign);
    }
    return true;
}

bool aggregate_reserve(aggregate_state *into, const aggregate_state *delta, const policy_allocator *a)
{
    if (!entry_reserve(&into->entries, delta->entries.used, a)) {
        return false;
    }
    const doubt *d = delta->doubt;
    if (d == NULL) {
        return true;
    }
    doubt *to = doubt_of(into, a);
    return to != NULL &&
           (d->choice_count == 0 ||
            allocator_grow(a, (void **)&to->choices, &to->choice_capacity, to->choice_count + d->choice_count,
                           sizeof(choice), SIZE_MAX / 128)) &&
           (d->broken_count == 0 ||
            allocator_grow(a, (void **)&to->broken, &to->broken_capacity, to->broken_count + d->broken_count,
                           sizeof(broken_rows), SIZE_MAX / 64));
}

bool aggregate_holds(const aggregate_state *into, const aggregate_state *delta)
{
    if (into->in + delta->in < 0 || into->maybe + delta->maybe < 0) {
        return false;
    }
    for (size_t i = 0; i < delta->entries.capacity; i++) {
        const entry *e = &delta->entries.items[i];
        if (e->count < 0) {
            const entry *found = entry_find(&into->entries, e);
            if (found == NULL || found->count + e->count < 0) {
                return false;
            }
        }
    }
    const doubt *d = delta->doubt, *have = into->doubt;
    if (d == NULL) {
        return true;
    }
    if ((have ? have->rows : 0) + d->rows < 0) {
        return false;
    }
    for (int i = 0; i < DOUBT_SOURCES; i++) {
        if ((have ? have->sources[i] : 0) + d->sources[i] < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < d->choice_count; i++) {
        const choice *found = have ? find_choice(have, &d->choices[i]) : NULL;
        if ((found ? found->count : 0) + d->choices[i].count < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < d->broken_count; i++) {
        int64_t count = d->broken[i].count;
        for (size_t k = 0; have && k < have->broken_count; k++) {
            if (str_equal(have->broken[k].error.as.error->text_en, d->broken[i].error.as.error->text_en)) {
                count += have->broken[k].count;
            }
        }
        if (count < 0) {
            return false;
        }
    }
    return true;
}

static void free_doubt(doubt *d, const policy_allocator *a)
{
    if (d == NULL) {
        return;
    }
    for (size_t i = 0; i < d->broken_count; i++) {
        stored_free(a, &d->broken[i].error);
    }
    allocator_free(a, d->broken);
    allocator_free(a, d->choices);
    allocator_free(a, d);
}

static bool copy_doubt(doubt **out, const doubt *d, const policy_allocator *a)
{
    doubt *copy = allocator_zero(a, 1, sizeof *copy);
    *out = copy;
    if (copy == NULL) {
        return false;
    }
    *copy = *d;
    copy->choices = NULL;
    copy->broken = NULL;
    copy->choice_count = copy->choice_capacity = copy->broken_count = copy->broken_capacity = 0;
    if (!allocator_grow(a, (void **)&copy->choices, &copy->choice_capacity, d->choice_count, sizeof(choice),
                        SIZE_MAX / 128) ||
        !allocator_grow(a, (void **)&copy->broken, &copy->broken_capacity, d->broken_count, sizeof(broken_rows),
                        SIZE_MAX / 64)) {
        return false;
    }
    for (size_t i = 0; i < d->choice_count; i++) {
        copy->choices[copy->choice_count++] = d->choices[i];
    }
    for (size_t i = 0; i < d->broken_count; i++) {
        broken_rows b = d->broken[i];
        if (!stored_copy(a, d->broken[i].error, &b.error)) {
            return false;
        }
        copy->broken[copy->broken_count++] = b;
    }
    return true;
}

bool aggregate_copy(aggregate_state *out, const aggregate_state *s, const policy_allocator *a)
{
    *out = *s;
    out->entries = (entry_set){0};
    out->doubt = NULL;
    if (!entry_copy(&out->entries, &s->entries, a) || (s->doubt != NULL && !copy_doubt(&out->doubt, s->doubt, a))) {
        aggregate_free(out, a);
        return false;
    }
    return true;
}

static void merge_doubt(doubt *into, doubt *d, const policy_allocator *a)
{
    into->rows += d->rows;
    for (int i = 0; i < 2; i++) {
        wide_merge(&into->low[i], d->low[i]);
        wide_merge(&into->high[i], d->high[i]);
        into->open_low[i] += d->open_low[i];
        into->open_high[i] += d->open_high[i];
    }
    for (int i = 0; i < DOUBT_SOURCES; i++) {
        into->sources[i] += d->sources[i];
    }
    for (size_t i = 0; i < d->choice_count; i++) {
        (void)add_choice(into, &d->choices[i], a); /* reserved */
    }
    for (size_t i = 0; i < d->broken_count; i++) {
        broken_rows *b = &d->broken[i];
        const value_error *error = b->error.as.error;
        size_t k = 0;
        while (k < into->broken_count && !(into->broken[k].error.as.error->status == error->status &&
                                           same_text(into->broken[k].error.as.error->text_en, error->text_en) &&
                                           same_text(into->broken[k].error.as.error->text_zh, error->text_zh))) {
            k++;
        }
        if (k == into->broken_count) {
            into->broken[into->broken_count++] = *b; /* reserved; moved */
            *b = (broken_rows){0, value_null()};
            continue;
        }
        into->broken[k].count += b->count;
        if (into->broken[k].count == 0) {
            stored_free(a, &into->broken[k].error);
            into->broken[k] = into->broken[--into->broken_count];
        }
    }
}

void aggregate_merge(aggregate_state *into, aggregate_state *delta, const policy_allocator *a)
{
    into->in += delta->in;
    into->maybe += delta->maybe;
    wide_merge(&into->sums[0], delta->sums[0]);
    wide_merge(&into->sums[1], delta->sums[1]);
    entry_merge(&into->entries, &delta->entries, a);
    if (delta->doubt != NULL) {
        merge_doubt(into->doubt, delta->doubt, a);
        free_doubt(delta->doubt, a);
        if (into->doubt->rows == 0) {
            free_doubt(into->doubt, a);
            into->doubt = NULL;
        }
    }
    *delta = (aggregate_state){0};
}

bool aggregate_is_empty(const aggregate_state *s)
{
    return s->in == 0 && s->maybe == 0 && (s->doubt == NULL || s->doubt->rows == 0);
}

void aggregate_free(aggregate_state *s, const policy_allocator *a)
{
    entry_free(&s->entries, a);
    free_doubt(s->doubt, a);
    *s = (aggregate_state){0};
}

uint64_t aggregate_missing(const aggregate_state *s)
{
    uint64_t missing = 0;
    for (int i = 0; s->doubt != NULL && i < DOUBT_SOURCES; i++) {
        if (s->doubt->sources[i] > 0) {
            missing |= UINT64_C(1) << i;
        }
    }
    return missing;
}

const value_error *aggregate_error(const aggregate_state *s)
{
    const value_error *least = NULL;
    for (size_t i = 0; s->doubt != NULL && i < s->doubt->broken_count; i++) {
        const value_error *e = s->doubt->broken[i].error.as.error;
        if (s->doubt->broken[i].count > 0 && (least == NULL || str_compare(e->text_en, least->text_en) < 0)) {
            least = e;
        }
    }
    return least;
}

value aggregate_interval(evaluation *ev, value low, value high, uint64_t missing)
{
    if (low.kind != VALUE_NULL && high.kind != VALUE_NULL && value_compare(low, high) == 0) {
        return low;
    }
    value_interval *interval = arena_new(evaluation_scratch(ev), sizeof *interval);
    if (interval == NULL) {
        return value_fail(ev, POLICY_E_NOMEM, MESSAGE_NOMEM, NULL, 0);
    }
    *interval = (value_interval){low, high, missing};
    return (value){.kind = VALUE_INTERVAL, .as.interval = interval};
}

aggregate_result aggregate_value(const aggregate *g, const aggregate_state *s, const aggregate_calendar *calendar,
                                 evaluation *ev)
{
    const value_error *broke = aggregate_error(s);
    if (broke != NULL) {
        return (aggregate_result){.v = {.kind = VALUE_ERROR, .as.error = broke}};
    }
    switch (g->kind) {
    case AGGREGATE_SUM:
        return aggregate_sum_value(g, s, ev);
    case AGGREGATE_COUNT:
        return (aggregate_result){
            .v = aggregate_interval(ev, value_int(s->in), value_int(s->in + s->maybe), aggregate_missing(s))};
    case AGGREGATE_SHARE:
        return aggregate_share_value(g, s, ev);
    case AGGREGATE_RATIO:
        return aggregate_ratio_value(g, s, ev);
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        return aggregate_extreme_value(g, s, ev);
    case AGGREGATE_COUNT_DISTINCT:
        return aggregate_distinct_value(g, s, ev);
    case AGGREGATE_ONLY:
        return aggregate_only_value(g, s, ev);
    case AGGREGATE_COLLECT:
        return aggregate_collect_value(g, s, ev);
    case AGGREGATE_RUNS:
        return aggregate_runs_value(g, s, calendar, ev);
    }
    return (aggregate_result){.v = value_none(0)};
}
