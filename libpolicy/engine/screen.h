/*
 * Which row rules a record does not concern, found by one look at each field.
 *
 * A condition with a part like form == 'written' or minutes <= 20 is settled as soon as one such part is false
 * (expr/refute.c), and most rules say nothing of most records. A screen turns that about: for each field, and each range of
 * its values between the constants the rules name, it has one bit a rule. The rows of all fields joined leave the rules that
 * have to be judged; what the others say is known. So a thousand rules cost little more than the few that apply.
 */
#ifndef POLICY_ENGINE_SCREEN_H
#define POLICY_ENGINE_SCREEN_H

#include "engine/plan.h"
#include "policy/finding.h"

typedef struct screen_field screen_field;

typedef struct screen {
    const plan_version **versions; /* over single records of the type, in the order in which they are judged */
    uint8_t *settled;              /* by version: the verdict where its bit is clear */
    uint32_t count, words;
    screen_field *fields;
    uint32_t field_count;
} screen;

/* A screen for each record type into e->screens. False out of memory. */
bool engine_make_screens(policy_engine *e);
/* Bits of the versions that are not settled; left[words]. */
void screen_look(const screen *s, const value *slots, uint64_t *left);
/* How many settled versions of a rule came to a verdict. */
uint32_t screen_settled(const screen *s, const uint64_t *left, uint32_t rule, policy_verdict verdict);

#endif
