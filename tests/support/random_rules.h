/*
 * Random rules over one record type with a field of every kind: conditions of any shape that the checker accepts, with
 * lets, parameters that change with the date, versions in force for a while, errors and missing values.
 */
#ifndef TESTS_SUPPORT_RANDOM_RULES_H
#define TESTS_SUPPORT_RANDOM_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "support/batches.h"

/* A pack `random` with a schema of its own inside a builder's memory: the texts are the caller's to free. */
char *random_schema(void);
char *random_pack(uint64_t seed, size_t rules);
/* Fields for made_batch_new. */
const made_field *random_fields(size_t *count);

#endif
