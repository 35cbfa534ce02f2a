/*
 * The values of sum, share and ratio: exact sums read once, at the end.
 *
 * Sums of decimals are kept in millionths and shown and compared in thousandths, so nine thirds of 20 are 60.
 */
#include "ledger/aggregate.h"

static value overflow(evaluation *ev)
{
    return value_fail(ev, POLICY_E_EVALUATE, MESSAGE_LEDGER_OVERFLOW, NULL, 0);
}

/* One end of a sum; VALUE_NULL when it is open. */
static value read_sum(const aggregate *g, wide total, bool open, evaluation *ev)
{
    int64_t amount;
    if (open) {
        return value_null();
    }
    if (!wide_read(total, &amount)) {
        return overflow(ev);
    }
    if (g->durations) {
        return value_duration(amount / 1000000, (int32_t)(amount % 1000000) * 1000);
    }
    if (g->units[0] == UNIT_WHOLE) {
        if (g->unsigned_result) {
            return amount < 0 ? overflow(ev) : value_uint((uint64_t)amount);
        }
        return value_int(amount);
    }
    int64_t thousandths = amount / 1000, rest = amount % 1000; /* half away from zero */
    thousandths += rest >= 500 ? 1 : rest <= -500 ? -1 : 0;
    return value_double((double)thousandths / 1000);
}

aggregate_result aggregate_sum_value(const aggregate *g, const aggregate_state *s, evaluation *ev)
{
    const doubt *d = s->doubt;
    wide low = s->sums[0], high = s->sums[0];
    if (d == NULL) {
        return (aggregate_result){.v = read_sum(g, low, false, ev)};
    }
    wide_merge(&low, d->low[0]);
    wide_merge(&high, d->high[0]);
    value least = read_sum(g, low, d->open_low[0] > 0, ev), most = read_sum(g, high, d->open_high[0] > 0, ev);
    if (least.kind == VALUE_ERROR || most.kind == VALUE_ERROR) {
        return (aggregate_result){.v = least.kind == VALUE_ERROR ? least : most};
    }
    return (aggregate_result){.v = aggregate_interval(ev, least, most, aggregate_missing(s))};
}

/* A sum as a double: exact up to 2^53, correctly ordered beyond. */
static double wide_double(wide w)
{
    bool negative = wide_is_negative(w);
    wide m = negative ? wide_negated(w) : w;
    double d = (double)m.high * 18446744073709551616.0 + (double)m.low;
    return negative ? -d : d;
}

static double total_of(const aggregate_state *s, int sum, bool upper)
{
    wide total = s->sums[sum];
    if (s->doubt != NULL) {
        wide_merge(&total, upper ? s->doubt->high[sum] : s->doubt->low[sum]);
    }
    return wide_double(total);
}

aggregate_result aggregate_share_value(const aggregate *g, const aggregate_state *s, evaluation *ev)
{
    (void)g;
    const doubt *d = s->doubt;
    double true_low = total_of(s, 0, false), true_high = total_of(s, 0, true);
    double false_low = total_of(s, 1, false), false_high = total_of(s, 1, true);
    bool true_open = d != NULL && d->open_high[0] > 0, false_open = d != NULL && d->open_high[1] > 0;
    if (true_high <= 0 && false_high <= 0 && !true_open && !false_open) {
        return (aggregate_result){.v = value_none(aggregate_missing(s))};
    }
    bool may_be_absent = true_low <= 0 && false_low <= 0;
    double low, high;
    if (true_low <= 0) { /* nothing but true rows: then the share is 1 whenever there is one */
        low = false_high > 0 || false_open ? 0 : 1;
    } else {
        low = false_open ? 0 : true_low / (true_low + false_high);
    }
    if (false_low <= 0) {
        high = true_high > 0 || true_open ? 1 : 0;
    } else {
        high = true_open ? 1 : true_high / (true_high + false_low);
    }
    return (aggregate_result){.v = aggregate_interval(ev, value_double(low), value_double(high), aggregate_missing(s)),
                              .may_be_absent = may_be_absent};
}

/* One end of a ratio: start from the rows that are surely in and take each maybe row that moves it further. Rows move it
 * most that lie furthest out themselves, so they are tried in that order; each try looks at every row once. */
static double far_ratio(const aggregate_state *s, double above, double below, bool upper, bool *taken, size_t choices)
{
    const doubt *d = s->doubt;
    for (size_t i = 0; i < choices; i++) {
        taken[i] = false;
    }
    for (;;) {
        double best = 0;
        size_t best_at = choices;
        for (size_t i = 0; i < choices; i++) {
            const choice *c = &d->choices[i];
            if (taken[i] || c->count <= 0) {
                continue;
            }
            double a = (double)(upper ? c->high[0] : c->low[0]) * (double)c->count;
            double b = (double)(upper ? c->low[1] : c->high[1]) * (double)c->count;
            if (a == 0 && b == 0) {
                continue;
            }
            double moved = (above + a) / (below + b);
            bool further = below == 0 && above == 0 ? true : upper ? moved > above / below : moved < above / below;
            if (further && (best_at == choices || (upper ? moved > best : moved < best))) {
                best = moved;
                best_at = i;
            }
        }
        if (best_at == choices) {
            return above / below; /* NaN: there is none */
        }
        const choice *c = &d->choices[best_at];
        taken[best_at] = true;
        /* With nothing yet, one row alone is as far as its kind goes. */
        above += (double)(upper ? c->high[0] : c->low[0]) * (double)c->count;
        below += (double)(upper ? c->low[1] : c->high[1]) * (double)c->count;
    }
}

aggregate_result aggregate_ratio_value(const aggregate *g, const aggregate_state *s, evaluation *ev)
{
    const doubt *d = s->doubt;
    double scale = (g->units[0] == UNIT_MICRO ? 1e-6 : 1) / (g->units[1] == UNIT_MICRO ? 1e-6 : 1);
    double a = wide_double(s->sums[0]), b = wide_double(s->sums[1]);
    if (d == NULL) {
        if (a == 0 && b == 0) {
            return (aggregate_result){.v = value_none(0)};
        }
        return (aggregate_result){.v = value_double(a / b * scale)};
    }
    double a_low = total_of(s, 0, false), a_high = total_of(s, 0, true);
    double b_low = total_of(s, 1, false), b_high = total_of(s, 1, true);
    bool open = d->open_low[0] > 0 || d->open_low[1] > 0;
    bool above_open = d->open_high[0] > 0, below_open = d->open_high[1] > 0;
    bool negative = a_low < 0 || b_low < 0;
    size_t choices = d->choice_count;
    for (size_t i = 0; i < choices; i++) {
        const choice *c = &d->choices[i];
        open = open || c->open_low[0] || c->open_low[1];
        above_open = above_open || c->open_high[0];
        below_open = below_open || c->open_high[1];
        negative = negative || c->low[0] < 0 || c->low[1] < 0;
    }
    uint64_t missing = aggregate_missing(s);
    if (open || negative) { /* quotients of mixed signs have no useful bounds */
        return (aggregate_result){.v = aggregate_interval(ev, value_null(), value_null(), missing),
                                  .may_be_absent = true};
    }
    bool *taken = arena_array(evaluation_scratch(ev), choices + 1, sizeof(bool));
    if (taken == NULL) {
        return (aggregate_result){.v = value_fail(ev, POLICY_E_NOMEM, MESSAGE_NOMEM, NULL, 0)};
    }
    bool may_be_absent = a_low == 0 && b_low == 0;
    double low = below_open ? 0 : far_ratio(s, a_low, b_high, false, taken, choices);
    double high = far_ratio(s, a_high, b_low, true, taken, choices);
    if (low != low && high != high && !above_open && !below_open) {
        return (aggregate_result){.v = value_none(missing)};
    }
    value least = value_double(low != low ? 0 : low * scale);
    value most = above_open || high != high || high > 1.7e308 ? value_null() : value_double(high * scale);
    return (aggregate_result){.v = aggregate_interval(ev, least, most, missing), .may_be_absent = may_be_absent};
}
