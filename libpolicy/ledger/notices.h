/*
 * What a ledger itself has to tell of the data, as notices: cells it could not read, defaults it took, equal rows, types
 * that nobody supplied. All return false when out of memory.
 */
#ifndef POLICY_LEDGER_NOTICES_H
#define POLICY_LEDGER_NOTICES_H

#include "schema/record.h"
#include "table/notice.h"

/* The cell is shown as the row writes it. */
bool note_problem(notices *n, const record *row, const record_problem *problem);
/* Fields whose column is absent and whose default value is taken instead, but for those in `known`; *taken receives all
 * of them, one bit a field. */
bool note_defaults(notices *n, const record *row, uint64_t known, uint64_t *taken);
/* `row` equals one that came before it. */
bool note_equal_row(notices *n, const record *row);
/* From this row on rows are not compared with each other. */
bool note_not_compared(notices *n, const schema_type *t, str source, uint64_t row);
bool note_not_supplied(notices *n, const schema_type *t);

/* Which defaults were noted: fields by source and record type, with how many records took each, so that the notice goes with
 * the last of them. A delta keeps its own until it is taken in, also below zero. */
typedef struct noted_default {
    uint32_t source, type_at;
    uint64_t fields;
    uint64_t lasting; /* of those: not counted, for good (of columns, and of what was restored) */
    int32_t counts[SCHEMA_FIELDS_MAX];
} noted_default;
typedef struct noted_defaults {
    noted_default *items;
    size_t count, capacity;
} noted_defaults;

uint64_t noted_fields(const noted_defaults *d, uint32_t source, uint32_t type_at);
bool noted_reserve(noted_defaults *d, size_t more, const policy_allocator *a);         /* room for as many additions */
void noted_add(noted_defaults *d, uint32_t source, uint32_t type_at, uint64_t fields); /* lasting */
/* One record more, or with -1 one less, that takes these. */
void noted_count(noted_defaults *d, uint32_t source, uint32_t type_at, uint64_t fields, int sign);
void noted_join(noted_defaults *into, const noted_defaults *more); /* needs the reserve */
/* Fields that nobody takes any more, with the notices that said so: `types` by number, `sources` by theirs. */
void noted_settle(noted_defaults *d, notices *said, const schema_type *types, const str *sources);
/* Fields whose default the record takes, one bit each. */
uint64_t defaults_taken(const record *row);
/* Forget which defaults were noted of a type, with the notices that said so. */
void noted_forget(noted_defaults *d, uint32_t type_at, notices *said, str type_name);

/* Take away the last notice that equals each of `gone`, where there is one. */
void notices_take_back(notices *from, const notices *gone);

#endif
