/*
 * Memory through the host's allocator.
 *
 * Every byte the library owns comes from one policy_allocator, given with the options and inherited by all
 * that is built from them. Nothing in libpolicy/ calls malloc directly (third-party code that offers no hook,
 * libyaml and jansson, does). A failed call returns NULL and changes nothing.
 */
#ifndef POLICY_BASE_ALLOCATOR_H
#define POLICY_BASE_ALLOCATOR_H

#include <stddef.h>

#include "policy/options.h"

/* The C library's malloc, realloc and free as an allocator; what a host gets that names none. */
extern const policy_allocator allocator_system;

void *allocator_new(const policy_allocator *a, size_t size);                /* uninitialised; size 0 is 1 */
void *allocator_zero(const policy_allocator *a, size_t count, size_t size); /* zeroed; checks the product */
void *allocator_resize(const policy_allocator *a, void *p, size_t old_size, size_t new_size);
void allocator_free(const policy_allocator *a, void *p); /* NULL is fine */

/* Grow a vector to hold at least `need` items of `size` bytes: doubles, checks overflow and `ceiling` (items; 0: none).
 * Returns false, and leaves everything as it was, when out of memory or past the ceiling. */
bool allocator_grow(const policy_allocator *a, void **items, size_t *capacity, size_t need, size_t size,
                    size_t ceiling);

#endif
