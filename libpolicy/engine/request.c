/*
 * Load requests: what a builder was told, copied into one arena.
 */
#include "engine/request.h"

#include "engine/engine.h"

request *request_new(const policy_options *options)
{
    request *r = allocator_zero(&options->allocator, 1, sizeof *r);
    if (r == NULL) {
        return NULL;
    }
    atomic_init(&r->references, 1);
    r->options = *options;
    arena_init(&r->memory, &r->options.allocator, 0);
    return r;
}

request *request_ref(request *r)
{
    atomic_fetch_add_explicit(&r->references, 1, memory_order_relaxed);
    return r;
}

void request_unref(request *r)
{
    if (r == NULL || atomic_fetch_sub_explicit(&r->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    policy_allocator a = r->options.allocator;
    allocator_free(&a, r->items);
    arena_free(&r->memory);
    allocator_free(&a, r);
}

bool request_add(request *r, request_kind kind, str name, str data)
{
    if (!allocator_grow(&r->options.allocator, (void **)&r->items, &r->capacity, r->count + 1, sizeof *r->items,
                        SIZE_MAX / 128)) {
        return false;
    }
    request_item item = {kind, arena_text(&r->memory, name), str_none};
    if (data.data != NULL) {
        item.data = arena_text(&r->memory, data);
    }
    if (item.name.data == NULL || (data.data != NULL && item.data.data == NULL)) {
        return false;
    }
    r->items[r->count++] = item;
    return true;
}

request *request_dup(const request *r)
{
    request *copy = request_new(&r->options);
    if (copy == NULL) {
        return NULL;
    }
    copy->resolver = r->resolver;
    copy->resolver_context = r->resolver_context;
    for (size_t i = 0; i < r->count; i++) {
        if (!request_add(copy, r->items[i].kind, r->items[i].name, r->items[i].data)) {
            request_unref(copy);
            return NULL;
        }
    }
    return copy;
}
