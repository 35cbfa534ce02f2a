/*
 * Memory through the host's allocator: size checks, zeroing, growth. See allocator.h.
 */
#include "base/allocator.h"

#include <stdlib.h>
#include <string.h>

static void *system_allocate(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void *system_resize(void *context, void *memory, size_t old_size, size_t new_size)
{
    (void)context;
    (void)old_size;
    return realloc(memory, new_size);
}

static void system_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

const policy_allocator allocator_system = {sizeof(policy_allocator), NULL, system_allocate, system_resize,
                                           system_release};

void *allocator_new(const policy_allocator *a, size_t size)
{
    return a->allocate(a->context, size ? size : 1);
}

void *allocator_zero(const policy_allocator *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    size_t bytes = count * size;
    if (a->allocate == system_allocate) /* large tables that are filled here and there cost only what is filled */
        return calloc(1, bytes ? bytes : 1);
    void *p = allocator_new(a, bytes);
    if (p)
        memset(p, 0, bytes);
    return p;
}

void *allocator_resize(const policy_allocator *a, void *p, size_t old_size, size_t new_size)
{
    if (!p)
        return allocator_new(a, new_size);
    return a->resize(a->context, p, old_size ? old_size : 1, new_size ? new_size : 1);
}

void allocator_free(const policy_allocator *a, void *p)
{
    if (p)
        a->release(a->context, p);
}

bool allocator_grow(const policy_allocator *a, void **items, size_t *capacity, size_t need, size_t size, size_t ceiling)
{
    if (need <= *capacity)
        return true;
    size_t most = SIZE_MAX / (size ? size : 1);
    if (ceiling && ceiling < most)
        most = ceiling;
    if (need > most)
        return false;
    size_t wanted = *capacity > most / 2 ? most : *capacity * 2;
    if (wanted < 8)
        wanted = most < 8 ? most : 8;
    if (wanted < need)
        wanted = need;
    void *grown = allocator_resize(a, *items, *capacity * size, wanted * size);
    if (!grown)
        return false;
    *items = grown;
    *capacity = wanted;
    return true;
}
