/*
 * An arena as a chain of blocks, newest first. See arena.h.
 *
 * Only the newest block has free room; what was left in older ones when they filled up stays unused. The largest block
 * that is not huge is the one arena_reset keeps, so rounds that are alike soon allocate nothing.
 */
#include "base/arena.h"

#include <stdalign.h>

#define ALIGNMENT   ((size_t)16)
#define FIRST_BLOCK ((size_t)4096)
#define LAST_BLOCK  ((size_t)1 << 20)
#define KEPT_BLOCK  ((size_t)1 << 16) /* largest that a reset keeps, where it can choose */

struct arena_block {
    alignas(16) arena_block *older;
    size_t size; /* of the whole block, this header included */
};

static size_t round_up(size_t size)
{
    return (size + (ALIGNMENT - 1)) & ~(ALIGNMENT - 1);
}

static void open_block(arena *a, arena_block *block)
{
    a->at = (char *)block + sizeof *block;
    a->end = (char *)block + block->size;
}

/* A new newest block with room for `size` bytes. */
static bool add_block(arena *a, size_t size)
{
    if (size > SIZE_MAX - sizeof(arena_block))
        return false;
    size_t need = size + sizeof(arena_block);
    size_t most = a->ceiling ? a->ceiling - a->used : SIZE_MAX;
    if (need > most) {
        a->full = true;
        return false;
    }
    size_t wanted = a->blocks ? a->blocks->size : FIRST_BLOCK / 2;
    wanted = wanted < LAST_BLOCK / 2 ? wanted * 2 : LAST_BLOCK;
    if (wanted > most)
        wanted = most & ~(ALIGNMENT - 1);
    if (wanted < need)
        wanted = need;
    arena_block *block = allocator_new(a->allocator, wanted);
    if (!block)
        return false;
    block->older = a->blocks;
    block->size = wanted;
    a->blocks = block;
    a->used += wanted;
    open_block(a, block);
    return true;
}

void arena_init(arena *a, const policy_allocator *allocator, size_t ceiling)
{
    *a = (arena){.allocator = allocator, .ceiling = ceiling};
}

void arena_reset(arena *a)
{
    a->failed = a->full = false;
    if (!a->blocks)
        return;
    arena_block *kept = NULL, *block = a->blocks;
    for (arena_block *b = block; b; b = b->older) {
        bool huge = kept && kept->size > KEPT_BLOCK;
        if (!kept || (b->size <= KEPT_BLOCK ? huge || b->size > kept->size : b->size < kept->size))
            kept = b;
    }
    while (block) {
        arena_block *older = block->older;
        if (block != kept)
            allocator_free(a->allocator, block);
        block = older;
    }
    kept->older = NULL;
    a->blocks = kept;
    a->used = kept->size;
    open_block(a, a->blocks);
}

void arena_free(arena *a)
{
    while (a->blocks) {
        arena_block *block = a->blocks;
        a->blocks = block->older;
        allocator_free(a->allocator, block);
    }
    a->at = a->end = NULL;
    a->used = 0;
    a->failed = a->full = false;
}

arena_mark arena_here(const arena *a)
{
    return (arena_mark){.block = a->blocks, .at = a->at};
}

void arena_release(arena *a, arena_mark mark)
{
    if (!mark.block) { /* nothing was allocated yet: keep the first block for next time, as a reset does */
        bool failed = a->failed, full = a->full;
        arena_reset(a);
        a->failed = failed;
        a->full = full;
        return;
    }
    while (a->blocks != mark.block) {
        arena_block *block = a->blocks;
        a->blocks = block->older;
        a->used -= block->size;
        allocator_free(a->allocator, block);
    }
    a->at = mark.at;
    a->end = (char *)mark.block + mark.block->size;
}

/* Uninitialised memory. */
static void *take(arena *a, size_t size)
{
    size_t room = size <= SIZE_MAX - ALIGNMENT ? round_up(size ? size : 1) : 0;
    if (!room || ((size_t)(a->end - a->at) < room && !add_block(a, room))) {
        a->failed = true;
        return NULL;
    }
    void *p = a->at;
    a->at += room;
    return p;
}

void *arena_new(arena *a, size_t size)
{
    void *p = take(a, size);
    if (p)
        memset(p, 0, size);
    return p;
}

void *arena_array(arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) {
        a->failed = true;
        return NULL;
    }
    return arena_new(a, count * size);
}

void *arena_resize(arena *a, void *p, size_t old_size, size_t new_size)
{
    if (!p)
        return arena_new(a, new_size);
    if (new_size <= old_size)
        return p;
    /* The newest allocation grows where it is. */
    size_t old_room = round_up(old_size ? old_size : 1);
    if (new_size <= old_room) {
        memset((char *)p + old_size, 0, new_size - old_size);
        return p;
    }
    if ((char *)p + old_room == a->at && new_size <= SIZE_MAX - ALIGNMENT &&
        (size_t)(a->end - a->at) >= round_up(new_size) - old_room) {
        a->at += round_up(new_size) - old_room;
        memset((char *)p + old_size, 0, new_size - old_size);
        return p;
    }
    char *moved = take(a, new_size);
    if (!moved)
        return NULL;
    memcpy(moved, p, old_size);
    memset(moved + old_size, 0, new_size - old_size);
    return moved;
}

str arena_text(arena *a, str text)
{
    if (!text.data)
        return str_none;
    return arena_join(a, &text, 1);
}

str arena_join(arena *a, const str *parts, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size >= SIZE_MAX - ALIGNMENT - size) {
            a->failed = true;
            return str_none;
        }
        size += parts[i].size;
    }
    char *data = take(a, size + 1);
    if (!data)
        return str_none;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size)
            memcpy(data + at, parts[i].data, parts[i].size);
        at += parts[i].size;
    }
    data[size] = '\0';
    return (str){data, size};
}
