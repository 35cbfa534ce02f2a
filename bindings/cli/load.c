/*
 * Loading rules: one builder, every error printed.
 */
#include "load.h"

#include <stdlib.h>
#include <string.h>

#include "print_error.h"
#include "terminal.h"
#include "texts.h"

static policy_status set_param(policy_builder *builder, const char *text, policy_error **err)
{
    const char *equals = strchr(text, '=');
    char *name = must_copy(text, (size_t)(equals - text));
    policy_status status = policy_builder_set_param(builder, name, equals + 1, err);
    free(name);
    return status;
}

static policy_status fill(policy_builder *builder, const options *o, const char *const *names, size_t count,
                          policy_error **err)
{
    policy_status status = POLICY_OK;
    for (size_t i = 0; status == POLICY_OK && i < o->directories.count; i++) {
        status = policy_builder_add_directory(builder, o->directories.items[i], err);
    }
    for (size_t i = 0; status == POLICY_OK && i < count; i++) {
        status = policy_builder_load(builder, names[i], err);
    }
    for (size_t i = 0; status == POLICY_OK && i < o->params.count; i++) {
        status = set_param(builder, o->params.items[i], err);
    }
    return status;
}

/* `file` NULL: no script from memory. */
static policy_status build(const options *o, const char *const *names, size_t count, const char *file,
                           const char *script, policy_engine **engine, policy_error **err)
{
    policy_options *settings = NULL;
    policy_builder *builder = NULL;
    policy_status status = policy_options_new(NULL, &settings, err);
    if (status == POLICY_OK) {
        status = policy_options_set_language(settings, o->language, err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_new(settings, &builder, err);
    }
    if (status == POLICY_OK) {
        status = fill(builder, o, names, count, err);
    }
    if (status == POLICY_OK && file != NULL) {
        status = policy_builder_load_memory(builder, file, script, strlen(script), err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_build(builder, engine, err);
    }
    policy_builder_free(builder);
    policy_options_free(settings);
    return status;
}

policy_engine *load_with_script(const options *o, const char *file, const char *script, policy_error **err)
{
    policy_engine *engine = NULL;
    return build(o, o->rules.items, o->rules.count, file, script, &engine, err) == POLICY_OK ? engine : NULL;
}

policy_engine *load_rules(const options *o, const char *const *names, size_t count)
{
    policy_engine *engine = NULL;
    policy_error *err = NULL;
    if (build(o, names, count, NULL, NULL, &engine, &err) != POLICY_OK) {
        char number[NUMBER_ROOM];
        size_t printed = print_errors(stderr, err, o->language);
        if (printed > 1) {
            say(stderr, o->language, TEXT_ERROR_COUNT, number_text(number, printed));
        }
    }
    policy_error_free(err);
    return engine;
}

policy_engine *load_on_top(const options *o, const char *const *names, size_t count)
{
    size_t bases = o->rules.count;
    const char **all = must_allocate(bases + count + 1, sizeof *all);
    for (size_t i = 0; i < bases + count; i++) {
        all[i] = i < bases ? o->rules.items[i] : names[i - bases];
    }
    policy_engine *engine = load_rules(o, all, bases + count);
    free((void *)all);
    return engine;
}
