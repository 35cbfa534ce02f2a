/*
 * From names of packs to a ruleset: the module's front door.
 *
 *   names, paths --find--> files --yaml--> nodes --load_*--> packs --extends, merge, in_force, tighten--> ruleset
 *
 * What needs types (expressions, the direction of parameters through them) is the engine's.
 */
#ifndef POLICY_PACK_LOAD_H
#define POLICY_PACK_LOAD_H

#include "pack/pack.h"
#include "policy/builder.h"

typedef struct load_file { /* a file given by the host */
    str path;              /* "my-pack/pack.yaml", "schema/school.yaml" */
    str data;
} load_file;

typedef struct load_root { /* what to load, in order */
    str name;              /* name or path of a pack, path of a script (*.lua) */
    bool in_memory;        /* `data` is its text and `name` only its name in messages */
    str data;
} load_root;

typedef struct load_param { /* a parameter set by the host */
    str name;
    str value; /* YAML flow text */
} load_param;

struct loader;

typedef struct load_request {
    const load_root *roots;
    size_t root_count;
    const str *directories; /* searched in order, before the installed packs */
    size_t directory_count;
    const load_file *files;
    size_t file_count;
    const load_param *params;
    size_t param_count;
    policy_resolver resolver;
    void *resolver_context;
    /* A script as the top-level map of a pack called `name`; NULL when it failed (reported). The engine's to set: packs do
     * not know Lua. */
    const node *(*read_script)(struct loader *l, str file, str text, str name);
} load_request;

/* Load everything. `options` is borrowed and must outlive the ruleset. On failure *err holds every error found, in order
 * of place, and *out is NULL, or, when nothing but single rules was refused (they are marked `broken`), a ruleset whose
 * other rules may still be checked for more errors, and that must not be used otherwise. */
policy_status ruleset_load(const policy_options *options, const load_request *request, ruleset **out,
                           policy_error **err);

#endif
