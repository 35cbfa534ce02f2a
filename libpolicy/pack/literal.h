/*
 * YAML values as typed values: parameters, defaults of fields, bounds.
 */
#ifndef POLICY_PACK_LITERAL_H
#define POLICY_PACK_LITERAL_H

#include "pack/nodes.h"

/* Read a value by its looks. Plain: integer, decimal, true/false, date, time of day, else text; quoted is text. Lists and
 * maps nest: list(T) of one element type (ints among doubles become doubles), map(string, T). `t` receives the type and may
 * be NULL. The node must have passed literal_check; VALUE_ERROR then only means out of memory. */
value literal_read(const node *n, arena *memory, const type **t);

/* Report what literal_read must not be asked to guess: no value, words that other YAML readers take for something else,
 * numbers out of range, impossible dates, lists of mixed types. */
bool literal_check(loader *l, const node *n, str key);

/* A scalar as the type it must have (a field's default, minimum or maximum); reports what does not fit. */
bool literal_read_as(loader *l, const node *n, str key, const type *t, value *out);

#endif
