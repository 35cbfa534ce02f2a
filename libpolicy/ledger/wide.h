/*
 * A 128-bit sum: what keeps sums exact and free of order in portable C.
 *
 * Adding and taking away 64-bit amounts can never overflow here, so a sum that passes the 64-bit range on its way and
 * comes back is still right; whether the end result fits is asked once, when it is read.
 */
#ifndef POLICY_LEDGER_WIDE_H
#define POLICY_LEDGER_WIDE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct wide { /* two's complement, `high` as unsigned bits */
    uint64_t high, low;
} wide;

static inline void wide_merge(wide *to, wide more)
{
    uint64_t before = to->low;
    to->low += more.low;
    to->high += more.high + (to->low < before ? 1 : 0);
}
static inline wide wide_of(int64_t amount)
{
    return (wide){amount < 0 ? UINT64_MAX : 0, (uint64_t)amount};
}
static inline void wide_add(wide *to, int64_t amount)
{
    wide_merge(to, wide_of(amount));
}
static inline wide wide_negated(wide w)
{
    wide n = {~w.high, ~w.low};
    wide_add(&n, 1);
    return n;
}
static inline void wide_subtract(wide *from, int64_t amount)
{
    wide_merge(from, wide_negated(wide_of(amount)));
}
static inline bool wide_is_zero(wide w)
{
    return w.high == 0 && w.low == 0;
}
static inline bool wide_is_negative(wide w)
{
    return (w.high >> 63) != 0;
}
/* False when it does not fit. */
static inline bool wide_read(wide w, int64_t *out)
{
    if (w.high != ((w.low >> 63) ? UINT64_MAX : 0)) {
        return false;
    }
    *out = w.low >> 63 ? -(int64_t)(~w.low) - 1 : (int64_t)w.low;
    return true;
}

#endif
