/*
 * Environments: names to variables, constants and functions.
 *
 * Variables and the host's functions are in two maps; the libraries' functions stay in their static tables.
 */
#include "expr/env_model.h"

struct env {
    const policy_allocator *allocator;
    arena arena;
    map variables; /* name to index */
    env_variable **variable_items;
    size_t variable_capacity;
    map functions; /* name to index of the first overload */
    env_overload **function_items;
    size_t function_capacity;
    str sources[ENV_SOURCES];
    size_t source_count;
    str container;
};

static const function_library *const libraries[] = {&functions_core,    &functions_string, &functions_time,
                                                    &functions_convert, &functions_list,   &functions_math,
                                                    &functions_policy};

const overload *library_next(str name, size_t *at)
{
    size_t n = 0;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        const function_library *library = libraries[i];
        if (*at >= n + library->count) {
            n += library->count;
            continue;
        }
        for (; *at < n + library->count; ++*at) {
            const overload *o = &library->overloads[*at - n];
            if (o->name[0] == name.data[0] && str_equal(str_of(o->name), name)) {
                ++*at;
                return o;
            }
        }
        n += library->count;
    }
    return NULL;
}

bool library_has(str name)
{
    size_t at = 0;
    return name.size && library_next(name, &at) != NULL;
}

env *env_new(const policy_allocator *a)
{
    env *e = allocator_zero(a, 1, sizeof *e);
    if (!e) {
        return NULL;
    }
    e->allocator = a;
    arena_init(&e->arena, a, 0);
    map_init(&e->variables, a);
    map_init(&e->functions, a);
    return e;
}

void env_free(env *e)
{
    if (!e) {
        return;
    }
    const policy_allocator *a = e->allocator;
    map_free(&e->variables);
    map_free(&e->functions);
    allocator_free(a, e->variable_items);
    allocator_free(a, e->function_items);
    arena_free(&e->arena);
    allocator_free(a, e);
}

bool env_has(const env *e, str name)
{
    return map_get(&e->variables, name) != MAP_NONE || map_get(&e->functions, name) != MAP_NONE || library_has(name);
}

/* A variable may be called like a function (`size` of a class, `term` of an exam): a call cannot clash with a name that is
 * read. Only two variables may not share one. */
static bool taken(const env *e, str name)
{
    return map_get(&e->variables, name) != MAP_NONE;
}

static bool add_variable(env *e, const env_variable *v)
{
    if (v->name.size == 0 || taken(e, v->name)) {
        return false;
    }
    env_variable *kept = arena_new(&e->arena, sizeof *kept);
    str name = arena_text(&e->arena, v->name);
    size_t count = e->variables.count;
    if (!kept || !name.data || count >= UINT32_MAX - 1 ||
        !allocator_grow(e->allocator, (void **)&e->variable_items, &e->variable_capacity, count + 1,
                        sizeof *e->variable_items, UINT32_MAX)) {
        return false;
    }
    *kept = *v;
    kept->name = name;
    e->variable_items[count] = kept;
    return map_put(&e->variables, name, (uint32_t)count);
}

bool env_add_variable(env *e, str name, const type *t, int slot, int source)
{
    return add_variable(e, &(env_variable){.name = name, .type = t, .slot = slot, .source = source});
}

bool env_add_constant(env *e, str name, const type *t, value v)
{
    value held = value_copy(&e->arena, v);
    if (held.kind == VALUE_ERROR) {
        return false;
    }
    return add_variable(e, &(env_variable){.name = name, .type = t, .slot = -1, .source = -1, .held = held});
}

static env_overload *copy_overload(env *e, const env_overload *o)
{
    env_overload *kept = arena_new(&e->arena, sizeof *kept);
    const type **parameters = arena_array(&e->arena, o->count ? o->count : 1, sizeof *parameters);
    str name = arena_text(&e->arena, o->name);
    if (!kept || !parameters || !name.data) {
        return NULL;
    }
    for (size_t i = 0; i < o->count; i++) {
        parameters[i] = o->parameters[i];
    }
    *kept = *o;
    kept->name = name;
    kept->parameters = parameters;
    return kept;
}

bool env_add_function(env *e, str name, bool member, const type *result, const type *const *parameters, size_t count,
                      unsigned flags, env_function call, void *context, int source)
{
    if (name.size == 0) {
        return false;
    }
    env_overload *o = copy_overload(e, &(env_overload){.name = name,
                                                       .member = member,
                                                       .flags = flags,
                                                       .source = source,
                                                       .result = result,
                                                       .parameters = parameters,
                                                       .count = count,
                                                       .call = call,
                                                       .context = context});
    if (!o) {
        return false;
    }
    uint32_t first = map_get(&e->functions, name);
    if (first != MAP_NONE) {
        env_overload *last = e->function_items[first];
        while (last->next) {
            last = (env_overload *)last->next;
        }
        last->next = o;
        return true;
    }
    size_t at = e->functions.count;
    if (!allocator_grow(e->allocator, (void **)&e->function_items, &e->function_capacity, at + 1,
                        sizeof *e->function_items, UINT32_MAX)) {
        return false;
    }
    e->function_items[at] = o;
    return map_put(&e->functions, o->name, (uint32_t)at);
}

int env_add_source(env *e, str name)
{
    for (size_t i = 0; i < e->source_count; i++) {
        if (str_equal(e->sources[i], name)) {
            return (int)i;
        }
    }
    str kept = e->source_count < ENV_SOURCES ? arena_text(&e->arena, name) : str_none;
    if (!kept.data) {
        return -1;
    }
    e->sources[e->source_count] = kept;
    return (int)e->source_count++;
}

const type *env_variable_type(const env *e, str name)
{
    const env_variable *v = env_find_variable(e, name);
    return v ? v->type : NULL;
}

str env_source_name(const env *e, int source)
{
    return source >= 0 && (size_t)source < e->source_count ? e->sources[source] : str_none;
}

size_t env_source_count(const env *e)
{
    return e->source_count;
}

void env_set_container(env *e, str container)
{
    e->container = arena_text(&e->arena, container);
}

const env_variable *env_find_variable(const env *e, str name)
{
    uint32_t i = map_get(&e->variables, name);
    return i == MAP_NONE ? NULL : e->variable_items[i];
}

const env_overload *env_find_functions(const env *e, str name)
{
    uint32_t i = map_get(&e->functions, name);
    return i == MAP_NONE ? NULL : e->function_items[i];
}

str env_container(const env *e)
{
    return e->container;
}

/* ---- names for suggestions ---- */

size_t env_name_count(const env *e)
{
    size_t n = e->variables.count + e->functions.count;
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        n += libraries[i]->count;
    }
    return n;
}

void env_names(const env *e, str *out, bool functions, size_t *count)
{
    const map *own = functions ? &e->functions : &e->variables;
    size_t n = 0;
    for (size_t i = 0; i < own->count; i++) {
        out[n++] = own->keys[i];
    }
    for (size_t i = 0; functions && i < sizeof libraries / sizeof *libraries; i++) {
        for (size_t k = 0; k < libraries[i]->count; k++) {
            out[n++] = str_of(libraries[i]->overloads[k].name);
        }
    }
    *count = n;
}
