/*
 * School systems: how many years of primary and junior school each school has, as far as its ledger was told.
 *
 * Grades (六年级, 初一) mean what the school's own system makes of them, so rows of the schema's systems table come before
 * the records that name schools. Rows of one school that contradict each other leave its system unknown; a school without
 * a row follows the pack's parameters. A delta sees its parent's schools and keeps its own until they are committed.
 */
#ifndef POLICY_LEDGER_SYSTEMS_H
#define POLICY_LEDGER_SYSTEMS_H

#include "base/map.h"
#include "engine/engine.h"
#include "schema/record.h"

#define SCHOOL_YEARS 9 /* of compulsory school: what is not primary is junior */

/* How often each thing was said of a school, so that it can be taken back; place 0 of each stays free. */
typedef struct school_system {
    int32_t primary_years[SCHOOL_YEARS], junior_years[SCHOOL_YEARS];
    int32_t stage[3]; /* 1 primary, 2 junior school */
} school_system;

typedef struct systems {
    const policy_engine *engine;
    const struct systems *parent; /* NULL for a ledger's own */
    arena names;
    map index; /* school to a position in items */
    school_system *items;
    size_t capacity;
    bool asked; /* a record of another type was read with the help of these */
} systems;

void systems_init(systems *s, const policy_engine *engine, const systems *parent);
void systems_free(systems *s);

/* What record_resolve asks for records of a type. Borrows `s`. */
record_systems systems_lookup(systems *s, uint32_t type);
/* Was it asked for any record that is not a row of the systems table itself? Then more rows would come too late. */
bool systems_asked(const systems *s);

/* Is this type the systems table? */
bool systems_is_table(const policy_engine *engine, uint32_t type);
/* One row of it, resolved. False when out of memory; then nothing was changed. */
bool systems_add(systems *s, const value *row);
/* The same with a sign: -1 takes a row back. */
bool systems_change(systems *s, const value *row, int sign);

/* What was said of a school, as it was counted; added to what is there. False out of memory. */
bool systems_put(systems *s, str school, const school_system *said);

/* Make room in the parent for all of the delta; false when out of memory. After it the commit cannot fail, and leaves the
 * delta empty. */
bool systems_reserve(systems *parent, const systems *delta);
void systems_commit(systems *parent, systems *delta);

#endif
