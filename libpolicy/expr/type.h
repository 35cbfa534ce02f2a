/*
 * Static types of expressions.
 *
 * CEL's types with parameters, `dyn`, and three of our own: date, time of day (a duration to the evaluator, printed
 * HH:MM), and strings with a closed set of values (enums), whose misspelling is a load error. Types are immutable and
 * live in an arena or are static; compare them with type_equal, not by pointer.
 */
#ifndef POLICY_EXPR_TYPE_H
#define POLICY_EXPR_TYPE_H

#include "base/arena.h"
#include "base/buffer.h"

typedef enum type_kind {
    TYPE_DYN = 0,
    TYPE_NULL,
    TYPE_BOOL,
    TYPE_INT,
    TYPE_UINT,
    TYPE_DOUBLE,
    TYPE_STRING,
    TYPE_BYTES,
    TYPE_LIST, /* parameters[0]: element */
    TYPE_MAP,  /* parameters[0]: key, [1]: value */
    TYPE_TYPE, /* parameters[0]: the type it names; NULL for any */
    TYPE_TIMESTAMP,
    TYPE_DURATION,
    TYPE_TIME, /* time of day: checks as a duration, prints as HH:MM */
    TYPE_DATE,
    TYPE_VARIABLE, /* of a parametric overload */
    TYPE_ERROR     /* already reported: agrees with everything */
} type_kind;

typedef struct type type;
/* The closed set of an enum: English codes, in schema order. `codes[i].data` is the interned pointer of that value. */
typedef struct type_domain {
    str name; /* of the field or let, for messages */
    const str *codes;
    uint32_t count;
} type_domain;

struct type {
    type_kind kind;
    uint32_t variable; /* TYPE_VARIABLE: number */
    const type *parameters[2];
    const type_domain *domain; /* TYPE_STRING: enum values, or NULL */
};

extern const type type_dyn, type_null, type_bool, type_int, type_uint, type_double, type_string, type_bytes,
    type_timestamp, type_duration, type_time, type_date, type_error;

const type *type_list(arena *a, const type *element);
const type *type_map(arena *a, const type *key, const type *held);
const type *type_enum(arena *a, const type_domain *domain);
bool type_equal(const type *a, const type *b);
/* "list(int)", "map(string, double)", "date", "enum(form)" as messages and the calculator write it. */
void type_write(buffer *out, const type *t);
/* Read the same back: "list(int)", "map(string, dyn)"; NULL when malformed. */
const type *type_read(arena *a, str text);

#endif
