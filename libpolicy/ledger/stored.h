/*
 * Values that outlive the row they came from.
 *
 * A stored value owns its text or list as one block of the ledger's allocator; everything else in it (numbers, dates,
 * enum codes, which live in the engine) needs none. Interned texts keep their pointer, so equality stays a pointer test.
 */
#ifndef POLICY_LEDGER_STORED_H
#define POLICY_LEDGER_STORED_H

#include "base/allocator.h"
#include "expr/value.h"

/* Bytes that `v` needs outside its 16; 0 for scalars. */
size_t stored_size(value v);
/* Copy into memory at *at (8-byte aligned, at least stored_size(v) bytes), moving *at. */
value stored_place(value v, char **at);

/* Copy with a block of its own. False out of memory. */
bool stored_copy(const policy_allocator *a, value v, value *out);
void stored_free(const policy_allocator *a, value *v);

/* Are they one value, whatever they are: missing ones by what is missing, errors by what they say? */
bool stored_same(value a, value b);

#endif
