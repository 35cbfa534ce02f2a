/*
 * What findings and headroom lines show of values: typed data with their canonical text, and names of what is missing.
 */
#ifndef POLICY_LEDGER_DATUM_H
#define POLICY_LEDGER_DATUM_H

#include "base/buffer.h"
#include "ledger/state.h"
#include "policy/finding.h"

/* Where the texts go: kept in `memory`; `text` is room to write them, reused. */
typedef struct datum_room {
    arena *memory;
    buffer *text;
} datum_room;

/* A value as data; `t` as for value_write. False out of memory. */
bool datum_make(const datum_room *room, value v, const type *t, policy_datum *out);
const char *datum_keep(arena *memory, str text); /* NULL out of memory */

/* A set of sources of `sources`, and what was read of measures meanwhile. */
typedef struct datum_doubt {
    const env *sources;
    uint64_t missing;
    const read_note *notes;
    uint32_t note_count;
} datum_doubt;
/* The fields behind it, each once. False out of memory. */
bool datum_name_missing(arena *memory, const policy_ledger *l, const datum_doubt *d, const char ***names,
                        uint32_t *count);

#endif
