/*
 * Values to numbers and back; see domain.h.
 */
#include "columns/domain.h"

#include <string.h>

#include "ledger/stored.h"

void domain_init(domain *d, const policy_allocator *a)
{
    *d = (domain){.allocator = a};
}

void domain_free(domain *d)
{
    for (uint32_t i = 0; i < d->count; i++) {
        stored_free(d->allocator, &d->values[i]);
    }
    allocator_free(d->allocator, d->values);
    allocator_free(d->allocator, d->slots);
    domain_init(d, d->allocator);
}

static uint64_t hash_of(value v)
{
    if (v.kind == VALUE_NONE || v.kind == VALUE_UNKNOWN) {
        return (v.as.missing + v.kind) * UINT64_C(0x9E3779B97F4A7C15);
    }
    return v.kind >= VALUE_INTERVAL ? v.kind : value_hash(v);
}

/* Zeros of either sign are two values, and every NaN is itself. */
static bool same_bits(double a, double b)
{
    uint64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return x == y;
}

/* Stricter than CEL's equality: 1 and 1.0 are two members, and so are the two zeros, which texts can tell apart. */
static bool same(value a, value b)
{
    if (a.kind != b.kind || a.interned != b.interned) {
        return false;
    }
    switch (a.kind) {
    case VALUE_NONE:
    case VALUE_UNKNOWN:
        return a.as.missing == b.as.missing;
    case VALUE_DOUBLE:
        return same_bits(a.as.d, b.as.d);
    case VALUE_STRING:
        return str_equal(value_text(a), value_text(b));
    case VALUE_LIST:
        if (a.as.list->count != b.as.list->count) {
            return false;
        }
        for (size_t i = 0; i < a.as.list->count; i++) {
            if (!same(a.as.list->items[i], b.as.list->items[i])) {
                return false;
            }
        }
        return true;
    case VALUE_PENDING:
        return a.as.u == b.as.u;
    default:
        return a.kind < VALUE_INTERVAL && value_equal(a, b);
    }
}

static uint32_t *slot_of(const domain *d, value v)
{
    size_t mask = d->slot_count - 1, i = (size_t)hash_of(v);
    i ^= i >> 32;
    for (i &= mask; d->slots[i] != 0 && !same(d->values[d->slots[i] - 1], v); i = (i + 1) & mask) {
    }
    return &d->slots[i];
}

uint32_t domain_find(const domain *d, value v)
{
    uint32_t found = d->slot_count > 0 ? *slot_of(d, v) : 0;
    return found > 0 ? found - 1 : DOMAIN_FULL;
}

static bool widen(domain *d)
{
    if (d->slot_count > 0 && d->count + 1 <= d->slot_count / 2) {
        return true;
    }
    size_t before = d->slot_count, wider = before ? before * 2 : 32;
    uint32_t *old = d->slots, *slots = allocator_zero(d->allocator, wider, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    d->slots = slots;
    d->slot_count = wider;
    for (uint32_t i = 0; i < d->count; i++) {
        *slot_of(d, d->values[i]) = i + 1;
    }
    allocator_free(d->allocator, old);
    return true;
}

uint32_t domain_put(domain *d, value v)
{
    uint32_t found = domain_find(d, v);
    if (found != DOMAIN_FULL) {
        return found;
    }
    value copy;
    if (!widen(d) ||
        !allocator_grow(d->allocator, (void **)&d->values, &d->capacity, (size_t)d->count + 1, sizeof *d->values,
                        DOMAIN_FULL - 1) ||
        !stored_copy(d->allocator, v, &copy)) {
        return DOMAIN_FULL;
    }
    d->values[d->count] = copy;
    *slot_of(d, copy) = d->count + 1;
    return d->count++;
}
