/*
 * Builders: from what a host says, collected in a load request, to an engine.
 *
 * A request is shared by the engines built from it, so a builder that goes on after a build works on a copy.
 */
#include "policy/builder.h"
#include "engine/bands.h"
#include "engine/engine.h"
#include "pack/load.h"
#include "script/definitions.h"

struct policy_builder {
    request *request;
};

/* ---- from a request to an engine ---- */

/* The items sorted into the lists that loading takes; they live in `memory`. */
static bool sort_items(const request *r, arena *memory, load_request *out)
{
    load_root *roots = arena_array(memory, r->count + 1, sizeof *roots);
    str *directories = arena_array(memory, r->count + 1, sizeof *directories);
    load_file *files = arena_array(memory, r->count + 1, sizeof *files);
    load_param *params = arena_array(memory, r->count + 1, sizeof *params);
    if (roots == NULL || directories == NULL || files == NULL || params == NULL) {
        return false;
    }
    *out = (load_request){.roots = roots,
                          .directories = directories,
                          .files = files,
                          .params = params,
                          .resolver = r->resolver,
                          .resolver_context = r->resolver_context,
                          .read_script = definitions_read};
    for (size_t i = 0; i < r->count; i++) {
        const request_item *item = &r->items[i];
        switch (item->kind) {
        case REQUEST_MEMORY:
            files[out->file_count++] = (load_file){item->name, item->data};
            break;
        case REQUEST_DIRECTORY:
            directories[out->directory_count++] = item->name;
            break;
        case REQUEST_LOAD:
            roots[out->root_count++] = (load_root){.name = item->name};
            break;
        case REQUEST_LOAD_MEMORY:
            roots[out->root_count++] = (load_root){.name = item->name, .in_memory = true, .data = item->data};
            break;
        case REQUEST_PARAM:
            params[out->param_count++] = (load_param){item->name, item->data};
            break;
        }
    }
    return true;
}

static policy_engine *new_engine(request *r, ruleset *rules)
{
    policy_engine *engine = allocator_zero(&r->options.allocator, 1, sizeof *engine);
    if (engine == NULL) {
        return NULL;
    }
    atomic_init(&engine->references, 1);
    engine->options = r->options;
    arena_init(&engine->memory, &engine->options.allocator, 0);
    engine->rules = rules;
    engine->schema = rules->schema;
    engine->request = request_ref(r);
    return engine;
}

static policy_status plan_engine(policy_engine *engine, policy_engine **out, policy_error **err)
{
    policy_status status = engine_plan(engine, err);
    if (status == POLICY_OK && !engine_take_bands(engine)) {
        status = error_nomem(err);
    }
    if (status != POLICY_OK) {
        policy_engine_unref(engine);
        return status;
    }
    *out = engine;
    return POLICY_OK;
}

/* Plan the rules. Takes them, also on failure. */
static policy_status plan_rules_of(request *r, ruleset *rules, policy_engine **out, policy_error **err)
{
    policy_engine *engine = new_engine(r, rules);
    if (engine == NULL) {
        ruleset_free(rules);
        return error_nomem(err);
    }
    return plan_engine(engine, out, err);
}

/* *out may hold rules although this fails: single ones are broken (pack/load.h). */
static policy_status load_rules(request *r, ruleset **out, policy_error **err)
{
    *out = NULL;
    arena memory;
    arena_init(&memory, &r->options.allocator, 0);
    load_request load;
    policy_status status;
    if (!sort_items(r, &memory, &load)) {
        status = error_nomem(err);
    } else if (load.root_count == 0) {
        status = error_set(err, &r->options.allocator,
                           &(error_spec){.status = POLICY_E_STATE, .message = MESSAGE_ENGINE_EMPTY});
    } else {
        status = ruleset_load(&r->options, &load, out, err);
    }
    arena_free(&memory);
    return status;
}

/* All errors of one run, by place; the status is the first one's. */
static policy_status hand_over(policy_status status, policy_error **found, policy_error **err)
{
    if (*found != NULL) {
        error_sort(found);
        status = policy_error_status(*found);
    }
    error_move(err, found);
    return status;
}

policy_status request_build(request *r, policy_engine **out, policy_error **err)
{
    *out = NULL;
    ruleset *rules = NULL;
    policy_error *found = NULL;
    policy_status status = load_rules(r, &rules, &found);
    if (status == POLICY_OK) {
        status = plan_rules_of(r, rules, out, &found);
    } else if (rules != NULL) { /* single rules are broken: check the others too, so that all errors come in one run */
        policy_engine *rest = NULL;
        plan_rules_of(r, rules, &rest, &found);
        policy_engine_unref(rest);
    }
    return hand_over(status, &found, err);
}

policy_status request_load(request *r, ruleset **out, policy_error **err)
{
    policy_error *found = NULL;
    policy_status status = load_rules(r, out, &found);
    if (status != POLICY_OK) {
        ruleset_free(*out);
        *out = NULL;
    }
    return hand_over(status, &found, err);
}

policy_status request_plan(request *r, ruleset *rules, bool watched, policy_engine **out, policy_error **err)
{
    *out = NULL;
    policy_error *found = NULL;
    policy_engine *engine = new_engine(r, rules);
    if (engine == NULL) {
        return error_nomem(err);
    }
    engine->borrows_rules = true;
    engine->is_watched = watched;
    return hand_over(plan_engine(engine, out, &found), &found, err);
}

/* ---- builders ---- */

static policy_status refuse_null(const policy_builder *builder, const char *name, policy_error **err)
{
    return error_set(
        err, builder ? &builder->request->options.allocator : &allocator_system,
        &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_NULL_ARGUMENT, .arguments = {str_of(name)}});
}

policy_status policy_builder_new(const policy_options *options, policy_builder **out, policy_error **err)
{
    if (out == NULL) {
        return refuse_null(NULL, "out", err);
    }
    *out = NULL;
    policy_options defaults;
    if (options == NULL) {
        (void)options_init(&defaults, NULL); /* the system's allocator is whole */
        options = &defaults;
    }
    policy_builder *builder = allocator_new(&options->allocator, sizeof *builder);
    if (builder == NULL) {
        return error_nomem(err);
    }
    builder->request = request_new(options);
    if (builder->request == NULL) {
        allocator_free(&options->allocator, builder);
        return error_nomem(err);
    }
    *out = builder;
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

/* Make the builder's request its own, to be changed. */
static bool make_own(policy_builder *builder)
{
    if (atomic_load_explicit(&builder->request->references, memory_order_acquire) == 1) {
        return true;
    }
    request *copy = request_dup(builder->request);
    if (copy == NULL) {
        return false;
    }
    request_unref(builder->request);
    builder->request = copy;
    return true;
}

static policy_status add(policy_builder *builder, request_kind kind, const char *name, const char *name_of_name,
                         str data, const char *name_of_data, policy_error **err)
{
    if (builder == NULL) {
        return refuse_null(NULL, "builder", err);
    }
    if (name == NULL) {
        return refuse_null(builder, name_of_name, err);
    }
    if (name_of_data != NULL && data.data == NULL) {
        return refuse_null(builder, name_of_data, err);
    }
    return make_own(builder) && request_add(builder->request, kind, str_of(name), data) ? POLICY_OK : error_nomem(err);
}

/* Nothing is a text of no bytes. */
static str bytes(const char *data, size_t size)
{
    return data == NULL && size == 0 ? STR("") : (str){data, size};
}

policy_status policy_builder_add_directory(policy_builder *builder, const char *path, policy_error **err)
{
    return add(builder, REQUEST_DIRECTORY, path, "path", str_none, NULL, err);
}

policy_status policy_builder_add_memory(policy_builder *builder, const char *path, const char *data, size_t size,
                                        policy_error **err)
{
    return add(builder, REQUEST_MEMORY, path, "path", bytes(data, size), "data", err);
}

policy_status policy_builder_set_resolver(policy_builder *builder, policy_resolver resolver, void *context,
                                          policy_error **err)
{
    if (builder == NULL) {
        return refuse_null(NULL, "builder", err);
    }
    if (!make_own(builder)) {
        return error_nomem(err);
    }
    builder->request->resolver = resolver;
    builder->request->resolver_context = context;
    return POLICY_OK;
}

policy_status policy_builder_load(policy_builder *builder, const char *name_or_path, policy_error **err)
{
    return add(builder, REQUEST_LOAD, name_or_path, "name_or_path", str_none, NULL, err);
}

policy_status policy_builder_load_memory(policy_builder *builder, const char *file, const char *data, size_t size,
                                         policy_error **err)
{
    return add(builder, REQUEST_LOAD_MEMORY, file, "file", bytes(data, size), "data", err);
}

policy_status policy_builder_set_param(policy_builder *builder, const char *name, const char *text, policy_error **err)
{
    return add(builder, REQUEST_PARAM, name, "name", str_of(text), "value", err);
}

policy_status policy_builder_build(policy_builder *builder, policy_engine **out, policy_error **err)
{
    if (builder == NULL || out == NULL) {
        return refuse_null(builder, builder == NULL ? "builder" : "out", err);
    }
    return request_build(builder->request, out, err);
}
