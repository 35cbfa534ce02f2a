/*
 * Finding packs, schemas and scripts.
 */
#ifndef POLICY_PACK_FIND_H
#define POLICY_PACK_FIND_H

#include "pack/load.h"
#include "pack/loader.h"

typedef struct found_file {
    str path; /* as messages name it */
    str text;
} found_file;

typedef struct found {
    found_file *files; /* pack.yaml first */
    uint32_t count;
    str directory, parent; /* str_none from memory */
} found;

/* `from` is the extending pack, or NULL for what the host asked for; `at` its place in the file. Reports and returns
 * false when nothing is found or a file cannot be read. */
bool find_pack(loader *l, const load_request *request, str name, const pack *from, place at, found *out);
bool find_schema(loader *l, const load_request *request, str name, const pack *from, place at, found *out);
bool find_script(loader *l, const load_request *request, str path, found *out);

#endif
