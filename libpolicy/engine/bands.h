/*
 * A band scheme as the engine keeps it: the pack's, with its cuts as exact decimals.
 */
#ifndef POLICY_ENGINE_BANDS_H
#define POLICY_ENGINE_BANDS_H

#include "base/decimal.h"
#include "engine/engine.h"
#include "policy/bands.h"

#define BANDS_MOST 5

typedef struct bands_word { /* of the catalogue, in both languages */
    str zh, en;
} bands_word;

struct policy_bands {
    policy_engine *engine; /* whose it is; not a reference */
    const pack_band_scheme *from;
    decimal cuts[BANDS_MOST];
    bands_word absent, exempt, unknown;
};

/* A word of the catalogue; false when out of memory. */
bool bands_word_of(arena *memory, message_id id, bands_word *out);

/* The schemes of e->rules into e. False when out of memory. */
bool engine_take_bands(policy_engine *e);

/* policy_bands_of_text, with full marks as a decimal; NULL: not known. */
policy_band bands_of_cell(const policy_bands *b, str text, const decimal *full);
/* Full marks that can be used: above 0. */
bool bands_full_marks(double full, decimal *out);

#endif
