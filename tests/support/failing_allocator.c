/*
 * An allocator that fails on demand. See failing_allocator.h.
 *
 * Each block carries its size and its owner in front.
 */
#include "support/failing_allocator.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct header {
    alignas(16) failing_allocator *owner;
    size_t size;
} header;

static void broken(const char *what)
{
    fprintf(stderr, "failing_allocator: %s\n", what);
    abort();
}

static bool must_fail(failing_allocator *f)
{
    f->calls++;
    bool fails = f->fail_at && (f->mode == FAIL_ONCE ? f->calls == f->fail_at : f->calls >= f->fail_at);
    f->failures += fails;
    return fails;
}

static header *header_of(failing_allocator *f, void *memory)
{
    header *h = (header *)memory - 1;
    if (h->owner != f)
        broken("a block that is not this allocator's, or was freed before");
    return h;
}

static void *allocate(void *context, size_t size)
{
    failing_allocator *f = context;
    if (must_fail(f))
        return NULL;
    header *h = malloc(sizeof *h + size);
    if (!h)
        return NULL;
    h->owner = f;
    h->size = size;
    memset(h + 1, 0xA5, size); /* so that nobody relies on zeroes */
    f->live_blocks++;
    f->live_bytes += size;
    if (f->live_bytes > f->peak_bytes)
        f->peak_bytes = f->live_bytes;
    return h + 1;
}

static void release(void *context, void *memory)
{
    failing_allocator *f = context;
    header *h = header_of(f, memory);
    f->live_blocks--;
    f->live_bytes -= h->size;
    h->owner = NULL;
    free(h);
}

/* Always moves, so that stale pointers are found. */
static void *resize(void *context, void *memory, size_t old_size, size_t new_size)
{
    failing_allocator *f = context;
    header *h = header_of(f, memory);
    if (h->size != old_size)
        broken("a resize that names a wrong old size");
    void *moved = allocate(f, new_size);
    if (!moved)
        return NULL;
    memcpy(moved, memory, old_size < new_size ? old_size : new_size);
    release(f, memory);
    return moved;
}

void failing_allocator_init(failing_allocator *f, size_t fail_at, failing_mode mode)
{
    *f = (failing_allocator){.fail_at = fail_at, .mode = mode};
    f->allocator = (policy_allocator){sizeof f->allocator, f, allocate, resize, release};
}

size_t failing_allocator_live(const failing_allocator *f)
{
    return f->live_blocks;
}

bool failing_allocator_failed(const failing_allocator *f)
{
    return f->failures > 0;
}

size_t failing_allocator_sweep(policy_status (*work)(const policy_allocator *allocator, void *context), void *context)
{
    size_t injected = 0;
    for (int mode = FAIL_ONCE; mode <= FAIL_STICKY; mode++) {
        for (size_t k = 1;; k++) {
            failing_allocator f;
            failing_allocator_init(&f, k, (failing_mode)mode);
            policy_status status = work(&f.allocator, context);
            char problem[120];
            if (f.live_blocks) {
                snprintf(problem, sizeof problem, "%zu blocks leaked after allocation %zu failed", f.live_blocks, k);
                broken(problem);
            }
            policy_status expected = f.failures ? POLICY_E_NOMEM : POLICY_OK;
            if (status != expected) {
                snprintf(problem, sizeof problem, "%s instead of %s at allocation %zu", policy_status_name(status),
                         policy_status_name(expected), k);
                broken(problem);
            }
            if (!f.failures)
                break;
            injected++;
        }
    }
    return injected;
}
