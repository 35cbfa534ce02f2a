/*
 * The builder: a load request being written, and the way from it to an engine.
 */
#include "policy/builder.h"

#include "engine/engine.h"
#include "pack/load.h"

struct policy_builder {
    request *request;
};

static policy_status bad_argument(const policy_allocator *a, const char *what, policy_error **err)
{
    return error_set(err, a, &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_ARGUMENT,
                                           .arguments = {STR("NULL"), str_of(what)}});
}

policy_status policy_builder_new(const policy_options *options, policy_builder **out, policy_error **err)
{
    if (out == NULL) {
        return bad_argument(&allocator_system, "out", err);
    }
    *out = NULL;
    policy_options defaults;
    if (options == NULL) {
        if (!options_init(&defaults, NULL)) {
            return error_nomem(err);
        }
        options = &defaults;
    }
    policy_builder *b = allocator_zero(&options->allocator, 1, sizeof *b);
    if (b == NULL) {
        return error_nomem(err);
    }
    b->request = request_new(options);
    if (b->request == NULL) {
        allocator_free(&options->allocator, b);
        return error_nomem(err);
    }
    *out = b;
    return POLICY_OK;
}

void policy_builder_free(policy_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    policy_allocator a = builder->request->options.allocator;
    request_unref(builder->request);
    allocator_free(&a, builder);
}

/* Engines share the request they were built from: write to a copy. */
static policy_status own(policy_builder *b, policy_error **err)
{
    if (atomic_load(&b->request->references) == 1) {
        return POLICY_OK;
    }
    request *copy = request_dup(b->request);
    if (copy == NULL) {
        return error_nomem(err);
    }
    request_unref(b->request);
    b->request = copy;
    return POLICY_OK;
}

static policy_status add(policy_builder *b, request_kind kind, const char *name, const char *data, size_t size,
                         bool has_data, policy_error **err)
{
    if (b == NULL) {
        return bad_argument(&allocator_system, "builder", err);
    }
    if (name == NULL || (has_data && data == NULL && size > 0)) {
        return bad_argument(&b->request->options.allocator, name == NULL ? "name" : "data", err);
    }
    policy_status status = own(b, err);
    if (status != POLICY_OK) {
        return status;
    }
    str bytes = has_data ? (str){data ? data : "", size} : str_none;
    return request_add(b->request, kind, str_of(name), bytes) ? POLICY_OK : error_nomem(err);
}

policy_status policy_builder_add_directory(policy_builder *builder, const char *path, policy_error **err)
{
    return add(builder, REQUEST_DIRECTORY, path, NULL, 0, false, err);
}

policy_status policy_builder_add_memory(policy_builder *builder, const char *path, const char *data, size_t size,
                                        policy_error **err)
{
    return add(builder, REQUEST_MEMORY, path, data, size, true, err);
}

policy_status policy_builder_set_resolver(policy_builder *builder, policy_resolver resolver, void *context,
                                          policy_error **err)
{
    if (builder == NULL) {
        return bad_argument(&allocator_system, "builder", err);
    }
    policy_status status = own(builder, err);
    if (status == POLICY_OK) {
        builder->request->resolver = resolver;
        builder->request->resolver_context = context;
    }
    return status;
}

policy_status policy_builder_load(policy_builder *builder, const char *name_or_path, policy_error **err)
{
    return add(builder, REQUEST_LOAD, name_or_path, NULL, 0, false, err);
}

policy_status policy_builder_load_memory(policy_builder *builder, const char *file, const char *data, size_t size,
                                         policy_error **err)
{
    return add(builder, REQUEST_LOAD_MEMORY, file, data, size, true, err);
}

policy_status policy_builder_set_param(policy_builder *builder, const char *name, const char *text, policy_error **err)
{
    if (builder != NULL && text == NULL) {
        return bad_argument(&builder->request->options.allocator, "value", err);
    }
    return add(builder, REQUEST_PARAM, name, text, text ? strlen(text) : 0, true, err);
}

policy_status policy_builder_build(policy_builder *builder, policy_engine **out, policy_error **err)
{
    if (builder == NULL || out == NULL) {
        return bad_argument(builder ? &builder->request->options.allocator : &allocator_system,
                            builder ? "out" : "builder", err);
    }
    *out = NULL;
    return request_build(builder->request, out, err);
}

/* ---- from request to engine ---- */

typedef struct lists {
    load_root *roots;
    str *directories;
    load_file *files;
    load_param *params;
} lists;

static bool sort_out(const request *r, arena *a, load_request *out)
{
    lists l = {arena_array(a, r->count + 1, sizeof(load_root)), arena_array(a, r->count + 1, sizeof(str)),
               arena_array(a, r->count + 1, sizeof(load_file)), arena_array(a, r->count + 1, sizeof(load_param))};
    if (l.roots == NULL || l.directories == NULL || l.files == NULL || l.params == NULL) {
        return false;
    }
    *out = (load_request){.roots = l.roots, .directories = l.directories, .files = l.files, .params = l.params,
                          .resolver = r->resolver, .resolver_context = r->resolver_context};
    for (size_t i = 0; i < r->count; i++) {
        const request_item *item = &r->items[i];
        switch (item->kind) {
        case REQUEST_MEMORY:
            l.files[out->file_count++] = (load_file){item->name, item->data};
            break;
        case REQUEST_DIRECTORY:
            l.directories[out->directory_count++] = item->name;
            break;
        case REQUEST_LOAD:
            l.roots[out->root_count++] = (load_root){item->name, false, str_none};
            break;
        case REQUEST_LOAD_MEMORY:
            l.roots[out->root_count++] = (load_root){item->name, true, item->data};
            break;
        case REQUEST_PARAM: { /* the last setting of a name holds */
            size_t at = 0;
            while (at < out->param_count && !str_equal(l.params[at].name, item->name)) {
                at++;
            }
            out->param_count += at == out->param_count ? 1 : 0;
            l.params[at] = (load_param){item->name, item->data};
            break;
        }
        }
    }
    return true;
}

policy_status request_build(request *r, policy_engine **out, policy_error **err)
{
    policy_engine *e = allocator_zero(&r->options.allocator, 1, sizeof *e);
    if (e == NULL) {
        return error_nomem(err);
    }
    atomic_init(&e->references, 1);
    e->options = r->options;
    e->request = request_ref(r);
    arena_init(&e->memory, &e->options.allocator, 0);

    load_request load;
    policy_status status;
    if (!sort_out(r, &e->memory, &load)) {
        status = error_nomem(err);
    } else if (load.root_count == 0) {
        status = error_set(err, &e->options.allocator,
                           &(error_spec){.status = POLICY_E_STATE, .message = MESSAGE_ENGINE_EMPTY});
    } else {
        status = ruleset_load(&e->options, &load, &e->rules, err);
    }
    if (status == POLICY_OK) {
        e->schema = e->rules->schema;
        status = engine_plan(e, err);
        if (status != POLICY_OK && err != NULL && *err != NULL) {
            error_sort(err);
            status = policy_error_status(*err);
        }
    }
    if (status != POLICY_OK) {
        policy_engine_unref(e);
        return status;
    }
    *out = e;
    return POLICY_OK;
}
