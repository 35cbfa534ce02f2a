/*
 * Restoring a saved ledger, part by part: what the parts share. See saved.h for the bytes.
 *
 *   restore.c         the frame round the bytes, the settings, and the parts in their order
 *   restore_bytes.c   numbers, texts and values
 *   restore_groups.c  measures and their groups
 *   restore_rows.c    rules over single records, and the rows that are kept
 *   restore_tables.c  what the library itself understands: types, notices, schools, coverage, calendar
 *
 * What is read is hostile: every number is checked against what it indexes, every count against the bytes that are left,
 * before anything is allocated for it. Once `bad` or `nomem` is set, readers give zeros and what they gave is not used.
 * What the engine has no use for is read past.
 */
#ifndef POLICY_LEDGER_RESTORE_H
#define POLICY_LEDGER_RESTORE_H

#include "engine/signature.h"
#include "ledger/carry.h"
#include "ledger/saved.h"

typedef struct restorer {
    policy_ledger *ledger;
    const policy_allocator *allocator;
    const uint8_t *at, *end;
    bool bad, nomem;
    str *texts;
    size_t text_count;
    uint32_t *sources; /* of the ledger, by place */
    size_t source_count;
    const plan_measure **measures; /* by saved account; NULL: not carried */
    size_t measure_count;
    const plan_rule **rules; /* by saved rule; NULL: not carried */
    size_t rule_count;
    bool hashes_hold;
    arena lists, scratch; /* what is above; values being read */
    policy_carry *carry;
} restorer;

static inline bool restore_broken(const restorer *r)
{
    return r->bad || r->nomem;
}

/* ---- bytes and values (restore_bytes.c) ---- */

uint64_t restore_fixed(restorer *r, size_t size);
uint64_t restore_uint(restorer *r);
int64_t restore_int(restorer *r);
bool restore_bool(restorer *r);
/* How many of something follow that takes at least a byte each. */
size_t restore_count(restorer *r);
int64_t restore_between(restorer *r, int64_t least, int64_t most);
/* How often something was met, so bounded that sums of such numbers cannot run over. */
int64_t restore_tally(restorer *r, int64_t least);
int32_t restore_day(restorer *r);
wide restore_wide(restorer *r);
str restore_text(restorer *r); /* str_none: none */
str restore_name(restorer *r); /* one that must be there */
/* A number of the ledger's own list; 0 when broken. */
uint32_t restore_source(restorer *r);
void restore_signature(restorer *r, signature *out);
/* Sources by name, as the environment (NULL: none) numbers them; one that it does not know is left out. */
uint64_t restore_missing(restorer *r, const env *e);
/* In the scratch memory. */
value restore_value(restorer *r, const env *e);
value *restore_values(restorer *r, const env *e, size_t count);
/* Broken unless the value may stand where an expression of the type (NULL: any) is read: missing ones and errors may
 * everywhere. */
void restore_expect(restorer *r, const type *t, value v);
/* Room for as many items, zero, until all is restored. */
void *restore_list(restorer *r, size_t count, size_t size);

/* ---- the parts ---- */

/* Tell the caller what became of something, where it wants to know. (restore.c) */
void restore_say(restorer *r, str name, policy_carry_kind kind, policy_carried what);

void restore_measures(restorer *r);
void restore_rules(restorer *r);
void restore_rows(restorer *r, row_list list);
void restore_types(restorer *r);
void restore_notices(restorer *r);
void restore_defaults(restorer *r);
void restore_schools(restorer *r);
void restore_coverage(restorer *r);
void restore_calendar(restorer *r);

#endif
