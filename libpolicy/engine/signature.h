/*
 * Signatures: what a measure or a rule depends on, in 32 bytes.
 *
 * Two engines that give a measure the same signature group and add up the same rows to the same values, so what one has
 * counted the other can go on with: expressions, the lets, parameters, fields and measures they name, their owner's
 * dates, and the calendar where they ask for it. Texts of titles are not in it. Where a text could name two things, both
 * are in, so a signature may differ without need, but never agrees wrongly.
 */
#ifndef POLICY_ENGINE_SIGNATURE_H
#define POLICY_ENGINE_SIGNATURE_H

#include "base/digest.h"
#include "engine/engine.h"

typedef struct signature {
    uint8_t bytes[DIGEST_SIZE];
} signature;

/* Of an engine's measures with an account, by account, and of its rules, by number: of all versions of a rule, as its rows
 * are judged, and with the messages, whose values are kept with a row that fails. */
typedef struct engine_signatures {
    const signature *accounts, *rules;
} engine_signatures;

/* Worked out when first asked for and then kept with the engine; any thread may ask. False out of memory. */
bool signatures_of(policy_engine *e, engine_signatures *out);

#endif
