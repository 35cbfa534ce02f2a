/*
 * A chain of blocks that becomes one block at the first reset. See scratch.h.
 */
#include "base/scratch.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define ALIGNMENT   ((size_t)16)
#define FIRST_BLOCK ((size_t)16 * 1024)

struct scratch_block {
    alignas(16) scratch_block *older;
    size_t size; /* without this header */
};

static bool add_block(scratch *s, size_t size)
{
    size_t wanted = s->total > FIRST_BLOCK ? s->total : FIRST_BLOCK;
    wanted = wanted < size ? size : wanted;
    if (wanted > SIZE_MAX / 4) {
        return false;
    }
    scratch_block *b = allocator_new(s->from, sizeof *b + wanted);
    if (b == NULL) {
        return false;
    }
    *b = (scratch_block){s->blocks, wanted};
    s->blocks = b;
    s->total += wanted;
    s->at = (char *)b + sizeof *b;
    s->end = s->at + wanted;
    return true;
}

static void *allocate(void *context, size_t size)
{
    scratch *s = context;
    size_t room = size < SIZE_MAX / 4 ? (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1) : 0;
    room = size == 0 ? ALIGNMENT : room;
    if (room == 0 || ((size_t)(s->end - s->at) < room && !add_block(s, room))) {
        return NULL;
    }
    void *p = s->at;
    s->at += room;
    return p;
}

static void *resize(void *context, void *memory, size_t old_size, size_t new_size)
{
    if (memory != NULL && new_size <= old_size) {
        return memory;
    }
    void *p = allocate(context, new_size);
    if (p != NULL && memory != NULL) {
        memcpy(p, memory, old_size);
    }
    return p;
}

static void release(void *context, void *memory)
{
    (void)context;
    (void)memory;
}

void scratch_init(scratch *s, const policy_allocator *from)
{
    *s = (scratch){.allocator = {sizeof(policy_allocator), s, allocate, resize, release}, .from = from};
}

static void drop_blocks(scratch *s)
{
    while (s->blocks != NULL) {
        scratch_block *b = s->blocks;
        s->blocks = b->older;
        allocator_free(s->from, b);
    }
    s->at = s->end = NULL;
}

void scratch_reset(scratch *s)
{
    if (s->blocks == NULL) {
        return;
    }
    if (s->blocks->older != NULL) { /* one block for all of it next time; total stays as the wish */
        size_t total = s->total;
        drop_blocks(s);
        s->total = total;
        if (!add_block(s, total)) {
            s->total = 0;
            return;
        }
        s->total = total;
        return;
    }
    s->at = (char *)s->blocks + sizeof(scratch_block);
}

void scratch_free(scratch *s)
{
    if (s->from != NULL) {
        drop_blocks(s);
    }
    *s = (scratch){0};
}
