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
/* A field whose column is absent has a default value that was taken; noted once a type, source and field. */
bool note_defaults(notices *n, const record *row);
/* `row` equals one that came before it. */
bool note_equal_row(notices *n, const record *row);
bool note_not_supplied(notices *n, const schema_type *t);

#endif
