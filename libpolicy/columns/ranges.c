/*
 * Breaks of a condition, and sets of values as ranges; see ranges.h.
 */
#include "columns/ranges.h"

#include <math.h>

#include "engine/plan.h"
#include "expr/env_model.h"
#include "expr/expr.h"
#include "expr/tree.h"

/* ---- breaks ---- */

#define EXACT_MOST 9007199254740992.0 /* whole numbers up to here are doubles, too */

static bool add(breaks *b, int64_t at)
{
    if (b->count == BREAKS_MOST) {
        return false;
    }
    b->at[b->count++] = at;
    return true;
}

/* The stretches before, at and behind a whole number. */
static bool add_number(breaks *b, int64_t at)
{
    return add(b, at) && (at == INT64_MAX || add(b, at + 1));
}

static bool add_real(breaks *b, double at)
{
    if (b->count == BREAKS_MOST || at - at != 0) {
        return false;
    }
    b->reals_at[b->count++] = at + 0.0; /* the two zeros are equal */
    return true;
}

static bool add_constant(breaks *b, value v)
{
    switch (v.kind) {
    case VALUE_INT:
    case VALUE_DATE:
        if (b->reals) {
            return v.kind == VALUE_INT && v.as.i >= -(int64_t)EXACT_MOST && v.as.i <= (int64_t)EXACT_MOST &&
                   add_real(b, (double)v.as.i);
        }
        return add_number(b, v.as.i);
    case VALUE_UINT:
        if (b->reals) {
            return v.as.u <= (uint64_t)EXACT_MOST && add_real(b, (double)v.as.u);
        }
        return v.as.u <= INT64_MAX && add_number(b, (int64_t)v.as.u);
    case VALUE_DOUBLE:
        if (b->reals) {
            return add_real(b, v.as.d);
        }
        return v.as.d >= -EXACT_MOST && v.as.d <= EXACT_MOST && add_number(b, (int64_t)floor(v.as.d));
    default:
        return false;
    }
}

static bool is_field(const tree *t, uint32_t field)
{
    return t->kind == TREE_NAME && !tree_is_constant(t) && t->variable != NULL && t->variable->slot == (int)field;
}

static bool is_comparison(const tree *t)
{
    return t->kind == TREE_BINARY && t->operation <= OPERATOR_GREATER_EQUAL;
}

static bool collect(breaks *b, const plan_table *p, const tree *t, uint32_t field)
{
    if (tree_is_constant(t)) {
        return true;
    }
    if (is_comparison(t)) {
        for (int side = 0; side < 2; side++) {
            const tree *other = t->children[1 - side];
            if (is_field(t->children[side], field) && tree_is_constant(other)) {
                return add_constant(b, other->constant);
            }
        }
    }
    if (t->kind == TREE_BINARY && t->operation == OPERATOR_IN && is_field(t->children[0], field) &&
        tree_is_constant(t->children[1]) && t->children[1]->constant.kind == VALUE_LIST) {
        const value_list *list = t->children[1]->constant.as.list;
        for (size_t i = 0; i < list->count; i++) {
            if (!add_constant(b, list->items[i])) {
                return false;
            }
        }
        return true;
    }
    if (t->kind == TREE_HAS && is_field(t->children[0], field)) {
        return true;
    }
    if (t->kind == TREE_NAME && t->variable != NULL && t->variable->slot >= 0) {
        int slot = t->variable->slot, let = slot - p->first_let;
        if (let < 0 || let >= (int)p->let_count) {
            return false; /* the field itself, or a dated param of its day */
        }
        const tree *inner = p->lets[let].program ? expr_tree(p->lets[let].program) : NULL;
        return inner != NULL && collect(b, p, inner, field);
    }
    for (uint32_t i = 0; i < t->count; i++) {
        if (!collect(b, p, t->children[i], field)) {
            return false;
        }
    }
    return true;
}

bool breaks_of(breaks *b, const plan_table *t, const expr *x, uint32_t field, bool reals)
{
    *b = (breaks){.reals = reals};
    const tree *top = x ? expr_tree(x) : NULL;
    if (top == NULL || !collect(b, t, top, field)) {
        return false;
    }
    breaks_sort(b);
    return true;
}

bool breaks_of_versions(breaks *b, const plan_version *v)
{
    *b = (breaks){.reals = false};
    for (uint32_t i = 0; i < v->rule->version_count; i++) {
        const date_range *r = &v->rule->versions[i]->in_force;
        if ((r->has_from && !add(b, r->from)) ||
            (r->has_until && (!add(b, r->until) || !add(b, (int64_t)r->until + 1)))) {
            return false;
        }
    }
    breaks_sort(b);
    return true;
}

void breaks_sort(breaks *b)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < b->count; i++) { /* a few */
        int64_t at = b->at[i];
        double real = b->reals_at[i];
        uint32_t k = kept;
        bool known = false;
        for (uint32_t n = 0; n < kept; n++) {
            known = known || (b->reals ? b->reals_at[n] == real : b->at[n] == at);
        }
        if (known) {
            continue;
        }
        for (; k > 0 && (b->reals ? b->reals_at[k - 1] > real : b->at[k - 1] > at); k--) {
            b->at[k] = b->at[k - 1];
            b->reals_at[k] = b->reals_at[k - 1];
        }
        b->at[k] = at;
        b->reals_at[k] = real;
        kept++;
    }
    b->count = kept;
}

/* ---- sets ---- */

bool value_set_add(value_set *s, int64_t low, int64_t high)
{
    if (low > high) {
        return true;
    }
    if (s->count > 0 && s->low[s->count - 1] + s->span[s->count - 1] + 1 == (uint64_t)low) {
        s->span[s->count - 1] = (uint64_t)high - s->low[s->count - 1];
        return true;
    }
    if (s->count == RANGES_MOST) {
        return false;
    }
    s->kind = SET_RANGES;
    s->low[s->count] = (uint64_t)low;
    s->span[s->count++] = (uint64_t)high - (uint64_t)low;
    return true;
}

bool value_set_add_real(value_set *s, double low, double high)
{
    if (low > high) {
        return true;
    }
    if (s->count > 0 && nextafter(s->most[s->count - 1], INFINITY) == low) {
        s->most[s->count - 1] = high;
        return true;
    }
    if (s->count == RANGES_MOST) {
        return false;
    }
    s->kind = SET_REALS;
    s->least[s->count] = low;
    s->most[s->count++] = high;
    return true;
}

static uint32_t runs(const uint8_t *is, size_t count, uint8_t wanted)
{
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++) {
        found += is[i] == wanted && (i == 0 || is[i - 1] != wanted);
    }
    return found;
}

bool value_set_of_entries(value_set *s, const uint8_t *is, size_t count, const policy_allocator *a)
{
    s->count = 0;
    s->not = runs(is, count, 0) < runs(is, count, 255);
    uint8_t wanted = s->not ? 0 : 255;
    if (runs(is, count, wanted) <= RANGES_MOST) {
        s->kind = SET_NONE;
        for (size_t i = 0, end; i < count; i = end) {
            for (end = i + 1; end < count && is[end] == is[i]; end++) {
            }
            if (is[i] == wanted) {
                (void)value_set_add(s, (int64_t)i, (int64_t)end - 1);
            }
        }
        return true;
    }
    if (!allocator_grow(a, (void **)&s->table, &s->table_capacity, count, 1, 0)) {
        return false;
    }
    memcpy(s->table, is, count);
    s->kind = SET_TABLE;
    s->not = false;
    return true;
}

void bits_turn(uint64_t *bits, size_t count)
{
    for (size_t w = 0; w < (count + 63) / 64; w++) {
        bits[w] = ~bits[w];
    }
    if (count % 64 != 0) {
        bits[count / 64] &= (UINT64_C(1) << count % 64) - 1;
    }
}

void value_set_rows(const value_set *s, coding *c, uint32_t field, uint64_t *out)
{
    const coder *k = &c->coders[field];
    const column *from = k->column;
    size_t count = c->count, words = (count + 63) / 64;
    uint64_t more[BLOCK_WORDS];
    if (s->kind == SET_NONE || s->kind == SET_ALL) {
        memset(out, 0, words * sizeof *out);
    } else if (s->kind == SET_FLAGS) {
        bits_from_bitmap(from->values, from->offset + c->row, count, out);
    } else {
        const void *values = coding_values(c, field);
        for (uint32_t i = 0; i < s->count; i++) {
            uint64_t *into = i == 0 ? out : more;
            if (s->kind == SET_RANGES) {
                range_test test = {s->low[i], s->span[i], into};
                c->kernels->within[k->log2_width](values, count, &test, 1);
            } else if (k->log2_width == 2) {
                c->kernels->within_float(values, count, float_at_least(s->least[i]), float_at_most(s->most[i]), into);
            } else {
                c->kernels->within_double(values, count, s->least[i], s->most[i], into);
            }
            for (size_t w = 0; i > 0 && w < words; w++) {
                out[w] |= more[w];
            }
        }
        if (s->kind == SET_TABLE) {
            uint8_t bytes[BLOCK_ROWS];
            bytes_of_entries(values, k->log2_width, count, coding_valid(c, field), s->table, bytes);
            c->kernels->pack(bytes, count, out);
        }
    }
    if (s->not != (s->kind == SET_ALL)) {
        bits_turn(out, count);
    }
}
