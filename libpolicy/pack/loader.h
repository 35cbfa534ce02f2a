/*
 * What every reader of pack files shares: memory, options, the chain of errors, and the texts for excerpts.
 *
 * A loader reports and goes on: a failed reader leaves its part of the model empty and the next one runs, so that all
 * errors of a pack come in one run, up to LOADER_ERRORS_MAX. Only running out of memory stops it (`nomem`). What was
 * read may be used only if `status` is POLICY_OK at the end.
 */
#ifndef POLICY_PACK_LOADER_H
#define POLICY_PACK_LOADER_H

#include "pack/pack.h"

#define LOADER_ERRORS_MAX 100

typedef struct source_file { /* the text of one file, for excerpts */
    str name;
    str text;      /* UTF-8 without a byte order mark */
    size_t *lines; /* offset of each line's first byte */
    size_t line_count;
    struct source_file *next;
} source_file;

typedef struct loader {
    const policy_options *options;
    const policy_allocator *allocator;
    arena *memory; /* the ruleset's */
    policy_error *errors;
    size_t error_count;
    policy_status status; /* of the first error */
    bool nomem;
    str rule; /* id of the rule, measure or let that is being read; for errors */
    source_file *files;
} loader;

void loader_init(loader *l, const policy_options *options, arena *memory);
/* Sort what was found and hand it over, or free it when `err` is NULL. Returns the status of the first error by place. */
policy_status loader_finish(loader *l, policy_error **err);

/* Report an error; rule and excerpt are filled in here. Always false, so that readers can `return loader_fail(...)`. */
bool loader_fail(loader *l, const error_spec *spec);
bool loader_nomem(loader *l);
/* Has anything failed since `before`, an earlier error_count? */
static inline bool loader_failed_since(const loader *l, size_t before)
{
    return l->nomem || l->error_count != before;
}

/* Arena memory, or NULL with `nomem` set. */
void *loader_new(loader *l, size_t size);
void *loader_array(loader *l, size_t count, size_t size);
str loader_text(loader *l, str text);

/* Keep a text for excerpts and place arithmetic; both name and text are copied. NULL out of memory. */
source_file *loader_add_file(loader *l, str name, str text);
/* Byte offset of a line and column (both from 1, columns in code points), clamped to the text. */
size_t source_offset(const source_file *file, uint32_t line, uint32_t column);
/* The place of a byte offset. */
place source_place(const source_file *file, size_t offset);

#endif
