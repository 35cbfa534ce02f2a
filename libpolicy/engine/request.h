/*
 * A load request: what a builder was told, so that the same engine can be built again with other parameters.
 *
 * Immutable once an engine holds it; counted, because engines and builders share it.
 */
#ifndef POLICY_ENGINE_REQUEST_H
#define POLICY_ENGINE_REQUEST_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/options.h"
#include "policy/builder.h"

typedef enum request_kind {
    REQUEST_MEMORY,
    REQUEST_DIRECTORY,
    REQUEST_LOAD,
    REQUEST_LOAD_MEMORY,
    REQUEST_PARAM
} request_kind;

typedef struct request_item {
    request_kind kind;
    str name, data; /* path or name; bytes or a parameter's value. NUL after each. */
} request_item;

typedef struct request {
    atomic_size_t references;
    policy_options options;
    arena memory;
    request_item *items; /* in the order given */
    size_t count, capacity;
    policy_resolver resolver;
    void *resolver_context;
} request;

request *request_new(const policy_options *options);
request *request_dup(const request *r); /* a private copy */
request *request_ref(request *r);
void request_unref(request *r);
bool request_add(request *r, request_kind kind, str name, str data);

/* Build an engine from it (builder.c). */
policy_status request_build(request *r, policy_engine **out, policy_error **err);

/* The same in two steps, for test runs, which plan the same rules again and again with small changes. Loading stops at any
 * error; planning borrows the rules, which must outlive the engine. `watched`: with probes on all conditions. */
struct ruleset;
policy_status request_load(request *r, struct ruleset **out, policy_error **err);
policy_status request_plan(request *r, struct ruleset *rules, bool watched, policy_engine **out, policy_error **err);

#endif
