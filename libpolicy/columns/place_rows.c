/*
 * A list of places and rows, and the same sorted by place when somebody asks; see place_rows.h.
 */
#include "columns/place_rows.h"

static void forget_order(place_rows *x, const policy_allocator *a)
{
    allocator_free(a, x->starts);
    allocator_free(a, x->order);
    x->starts = x->order = NULL;
}

void place_rows_free(place_rows *x, const policy_allocator *a)
{
    forget_order(x, a);
    allocator_free(a, x->places);
    allocator_free(a, x->rows);
    allocator_free(a, x->spans);
    *x = (place_rows){.count = 0};
}

bool place_rows_begin(place_rows *x, uint32_t source, const batch *b, int64_t from, int64_t until,
                      const policy_allocator *a)
{
    uint64_t base = batch_number(b, from);
    if (batch_number(b, until - 1) - base >= UINT32_MAX ||
        !allocator_grow(a, (void **)&x->spans, &x->span_capacity, x->span_count + 1, sizeof *x->spans, 0)) {
        return false;
    }
    x->spans[x->span_count++] = (place_span){source, base, x->count};
    return true;
}

bool place_rows_add(place_rows *x, const batch *b, int64_t row, const int32_t *at, size_t count,
                    const policy_allocator *a)
{
    if (!allocator_grow(a, (void **)&x->places, &x->place_capacity, x->count + count, sizeof *x->places, 0) ||
        !allocator_grow(a, (void **)&x->rows, &x->row_capacity, x->count + count, sizeof *x->rows, 0)) {
        return false;
    }
    forget_order(x, a);
    uint64_t base = x->spans[x->span_count - 1].base;
    size_t n = x->count;
    for (size_t i = 0; i < count; i++) {
        x->places[n] = at[i];
        x->rows[n] = (uint32_t)(batch_number(b, row + (int64_t)i) - base);
        n += at[i] >= 0;
    }
    x->count = n;
    return true;
}

void place_rows_move(place_rows *x, const dense_layout *before, const dense_layout *after)
{
    for (size_t i = 0; i < x->count; i++) {
        uint32_t rest = (uint32_t)x->places[i];
        uint64_t to = 0, stride = 1;
        if (x->places[i] < 0) {
            continue;
        }
        for (uint32_t k = before->count; k-- > 0; stride *= after->rooms[k]) {
            to += stride * (rest % before->rooms[k]);
            rest /= before->rooms[k];
        }
        x->places[i] = (int32_t)to;
    }
    x->place_count = 0; /* what was sorted by the places before no longer holds */
}

void place_rows_commit(place_rows *x)
{
    x->held = x->count;
}

/* Spans that no entry is left of. */
static void trim_spans(place_rows *x)
{
    while (x->span_count > 0 && x->spans[x->span_count - 1].at >= x->count) {
        x->span_count--;
    }
}

void place_rows_forget(place_rows *x)
{
    x->count = x->held;
    x->place_count = 0;
    trim_spans(x);
}

void place_rows_drop(place_rows *x, bool held)
{
    if (!held) {
        place_rows_forget(x);
        return;
    }
    size_t rest = x->count - x->held, kept = 0;
    if (rest > 0) {
        memmove(x->places, x->places + x->held, rest * sizeof *x->places);
        memmove(x->rows, x->rows + x->held, rest * sizeof *x->rows);
    }
    for (size_t i = 0; i < x->span_count; i++) {
        place_span s = x->spans[i];
        size_t end = i + 1 < x->span_count ? x->spans[i + 1].at : x->count;
        if (end > x->held) {
            s.at = s.at > x->held ? s.at - x->held : 0;
            x->spans[kept++] = s;
        }
    }
    x->span_count = kept;
    x->count = rest;
    x->held = x->place_count = 0;
}

void place_rows_forget_place(place_rows *x, size_t spot)
{
    for (uint32_t i = x->starts != NULL ? x->starts[spot] : 0; x->starts != NULL && i < x->starts[spot + 1]; i++) {
        x->places[x->order[i]] = -1;
    }
}

/* Entries by place: counted, then put where their place begins. */
static bool sort_entries(place_rows *x, size_t from, size_t until, size_t place_count, const policy_allocator *a)
{
    if (x->starts != NULL && x->from == from && x->until == until && x->place_count == place_count) {
        return true;
    }
    forget_order(x, a);
    uint32_t *starts = allocator_zero(a, place_count + 2, sizeof *starts);
    uint32_t *order = allocator_zero(a, until - from + 1, sizeof *order);
    if (starts == NULL || order == NULL) {
        allocator_free(a, starts);
        allocator_free(a, order);
        return false;
    }
    for (size_t i = from; i < until; i++) {
        starts[x->places[i] + 2] += x->places[i] >= 0;
    }
    for (size_t i = 1; i < place_count + 2; i++) {
        starts[i] += starts[i - 1];
    }
    for (size_t i = from; i < until; i++) {
        if (x->places[i] >= 0) {
            order[starts[x->places[i] + 1]++] = (uint32_t)i;
        }
    }
    x->starts = starts;
    x->order = order;
    x->from = from;
    x->until = until;
    x->place_count = place_count;
    return true;
}

static const place_span *span_of(const place_rows *x, size_t at)
{
    size_t low = 0, high = x->span_count;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (x->spans[middle].at <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &x->spans[low];
}

bool place_rows_give(place_rows *x, bool held, size_t spot, size_t place_count, group *to, uint32_t most,
                     const source_names *names, const policy_allocator *a)
{
    size_t from = held ? 0 : x->held, until = held ? x->held : x->count;
    if (from == until) {
        return true;
    }
    if (!sort_entries(x, from, until, place_count, a)) {
        return false;
    }
    for (uint32_t i = x->starts[spot]; i < x->starts[spot + 1]; i++) {
        const place_span *s = span_of(x, x->order[i]);
        if (!group_add_row(to, s->source, s->base + x->rows[x->order[i]], false, 1, most, names, a)) {
            return false;
        }
    }
    return true;
}
