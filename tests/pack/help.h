/*
 * What the tests of packs share: loading from memory over a small schema, and errors as one line of text.
 */
#ifndef TESTS_PACK_HELP_H
#define TESTS_PACK_HELP_H

#include <stdio.h>

#include "base/options.h"
#include "pack/load.h"

#define SCHEMA_TEXT                                                                                                    \
    "schema: mini\n"                                                                                                   \
    "version: \"1.0\"\n"                                                                                               \
    "types:\n"                                                                                                         \
    "  homework:\n"                                                                                                    \
    "    dated_by: assigned\n"                                                                                         \
    "    identity: [school, grade]\n"                                                                                  \
    "    fields:\n"                                                                                                    \
    "      school: {type: string}\n"                                                                                   \
    "      grade: {type: int, reader: grade}\n"                                                                        \
    "      assigned: {type: date}\n"                                                                                   \
    "      minutes: {type: int, reader: minutes, min: 0}\n"                                                            \
    "      score: {type: double}\n"                                                                                    \
    "      form: {type: enum, values: {written: [书面], oral: [口头]}}\n"

#define FILES_MOST 8

typedef struct world {
    load_file files[FILES_MOST];
    size_t file_count;
    load_root roots[FILES_MOST];
    size_t root_count;
    load_param params[FILES_MOST];
    size_t param_count;
    policy_options options;
    ruleset *rules;
    policy_error *error;
    policy_status status;
} world;

static inline void world_begin(world *w)
{
    memset(w, 0, sizeof *w);
    options_init(&w->options, NULL);
    w->files[w->file_count++] = (load_file){STR("schema/mini.yaml"), STR(SCHEMA_TEXT)};
}

static inline void world_file(world *w, const char *path, const char *text)
{
    w->files[w->file_count++] = (load_file){str_of(path), str_of(text)};
}

static inline void world_root(world *w, const char *name)
{
    w->roots[w->root_count++] = (load_root){.name = str_of(name)};
}

static inline void world_param(world *w, const char *name, const char *text)
{
    w->params[w->param_count++] = (load_param){str_of(name), str_of(text)};
}

static inline void world_load(world *w)
{
    load_request request = {.roots = w->roots,
                            .root_count = w->root_count,
                            .files = w->files,
                            .file_count = w->file_count,
                            .params = w->params,
                            .param_count = w->param_count};
    w->status = ruleset_load(&w->options, &request, &w->rules, &w->error);
}

static inline void world_end(world *w)
{
    policy_error_free(w->error);
    ruleset_free(w->rules);
    w->error = NULL;
    w->rules = NULL;
}

/* "pack.yaml:3:5 POLICY_E_NAME ~nearest @base.yaml:7:1" */
static inline const char *error_line(const policy_error *e, char out[512])
{
    if (!e)
        return "no error";
    int size = snprintf(out, 512, "%s:%u:%u %s", policy_error_file(e) ? policy_error_file(e) : "-",
                        policy_error_line(e), policy_error_column(e), policy_status_name(policy_error_status(e)));
    if (policy_error_nearest(e))
        size += snprintf(out + size, 512 - (size_t)size, " ~%s", policy_error_nearest(e));
    if (policy_error_other_line(e))
        snprintf(out + size, 512 - (size_t)size, " @%s:%u:%u", policy_error_other_file(e), policy_error_other_line(e),
                 policy_error_other_column(e));
    return out;
}

#endif
