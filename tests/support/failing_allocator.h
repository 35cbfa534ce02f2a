/*
 * An allocator for tests that runs out of memory when told to, and counts what is alive.
 *
 * The usual loop tries every allocation of a piece of work in turn:
 *
 *     for (size_t k = 1;; k++) {
 *         failing_allocator f;
 *         failing_allocator_init(&f, k, FAIL_ONCE);
 *         policy_status status = work(&f.allocator);
 *         cr_assert_eq(failing_allocator_live(&f), 0);
 *         if (!failing_allocator_failed(&f))
 *             break;                            // the work needs fewer than k allocations
 *         cr_assert_eq(status, POLICY_E_NOMEM);
 *     }
 *
 * or, in one call, failing_allocator_sweep. It also checks its users: a resize with a wrong old size, or a block freed
 * twice or by the wrong allocator, ends the test. One thread at a time.
 */
#ifndef TESTS_SUPPORT_FAILING_ALLOCATOR_H
#define TESTS_SUPPORT_FAILING_ALLOCATOR_H

#include "policy/options.h"

typedef enum failing_mode {
    FAIL_ONCE,  /* the k-th allocation only */
    FAIL_STICKY /* the k-th and every later one */
} failing_mode;

typedef struct failing_allocator {
    policy_allocator allocator; /* give this away */
    size_t fail_at;             /* from 1; 0 never fails */
    failing_mode mode;
    size_t calls, failures;
    size_t live_blocks, live_bytes, peak_bytes;
} failing_allocator;

void failing_allocator_init(failing_allocator *f, size_t fail_at, failing_mode mode);
size_t failing_allocator_live(const failing_allocator *f);
bool failing_allocator_failed(const failing_allocator *f);

/* Run `work` with each of its allocations failing in turn, once and sticky. It must return POLICY_E_NOMEM when one
 * failed, POLICY_OK in the end, and leave nothing alive. Returns how many failures were injected. */
size_t failing_allocator_sweep(policy_status (*work)(const policy_allocator *allocator, void *context), void *context);

#endif
