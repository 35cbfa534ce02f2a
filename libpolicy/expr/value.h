/*
 * Values: what expressions compute with.
 *
 * A value is 16 bytes and is copied freely. Text, lists, maps and intervals point into memory that somebody else keeps:
 * the record, the compiled program, or the scratch arena of the evaluation. On top of CEL's kinds there are
 *   DATE      a civil date (our own addition: `date('2021-11-19')`, and every field of type date);
 *   INTERVAL  a number, date or duration known only to lie in [low, high] (what aggregates give with missing values);
 *   NONE      the column was supplied and the cell is empty;
 *   UNKNOWN   the column was not supplied or the cell was unreadable;
 *   ERROR     the expression broke.
 * NONE, UNKNOWN and INTERVAL carry the set of names they stand for: bit i is source i of the environment (env.h).
 * PENDING never leaves a slot: it says "compute me first" (a let, or a reader that was not run yet).
 */
#ifndef POLICY_EXPR_VALUE_H
#define POLICY_EXPR_VALUE_H

#include "base/arena.h"
#include "base/text.h"
#include "policy/common.h"

typedef enum value_kind {
    VALUE_NULL = 0,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_UINT,
    VALUE_DOUBLE,
    VALUE_STRING,
    VALUE_BYTES,
    VALUE_LIST,
    VALUE_MAP,
    VALUE_TYPE,
    VALUE_TIMESTAMP,
    VALUE_DURATION,
    VALUE_DATE,
    VALUE_INTERVAL,
    VALUE_NONE,
    VALUE_UNKNOWN,
    VALUE_ERROR,
    VALUE_PENDING
} value_kind;

typedef struct value value;
typedef struct value_list value_list;
typedef struct value_map value_map;
typedef struct value_interval value_interval;
typedef struct value_error value_error;
struct type;

struct value {
    uint8_t kind;     /* value_kind */
    uint8_t interned; /* STRING: the pointer is unique for the text (an enum value), so equal pointers are equal text */
    uint16_t reserved;
    uint32_t size; /* STRING, BYTES: bytes. TIMESTAMP, DURATION: nanoseconds as int32 with the sign of `i` */
    union {
        bool b;
        int64_t i; /* INT; DATE: days since 1970-01-01; TIMESTAMP: seconds since 1970; DURATION: seconds */
        uint64_t u;
        double d;
        const char *text; /* STRING, BYTES; not NUL-terminated in general */
        const value_list *list;
        const value_map *map;
        const value_interval *interval;
        const struct type *type;
        uint64_t missing; /* NONE, UNKNOWN: the sources */
        const value_error *error;
    } as;
};

struct value_list {
    size_t count;
    const value *items;
};
struct value_map {
    size_t count;
    const value *keys; /* bool, int, uint or string; no two equal */
    const value *values;
    const uint32_t *index; /* optional hash index, see map_value.c; NULL for small maps */
    size_t index_size;
};
/* low and high are of one kind: INT, UINT, DOUBLE, DATE, DURATION or TIMESTAMP; VALUE_NULL stands for "unbounded". */
struct value_interval {
    value low, high;
    uint64_t missing;
};
struct value_error {
    policy_status status; /* POLICY_E_EVALUATE, POLICY_E_LIMIT, POLICY_E_NOMEM, POLICY_E_SCRIPT */
    str text_en, text_zh;
    uint32_t offset; /* in the expression's text; UINT32_MAX when not known */
};

static inline value value_null(void)
{
    return (value){.kind = VALUE_NULL};
}
static inline value value_bool(bool b)
{
    return (value){.kind = VALUE_BOOL, .as.b = b};
}
static inline value value_int(int64_t i)
{
    return (value){.kind = VALUE_INT, .as.i = i};
}
static inline value value_uint(uint64_t u)
{
    return (value){.kind = VALUE_UINT, .as.u = u};
}
static inline value value_double(double d)
{
    return (value){.kind = VALUE_DOUBLE, .as.d = d};
}
static inline value value_string(str s)
{
    return (value){.kind = VALUE_STRING, .size = (uint32_t)s.size, .as.text = s.data};
}
static inline value value_date(int32_t days)
{
    return (value){.kind = VALUE_DATE, .as.i = days};
}
static inline value value_duration(int64_t seconds, int32_t nanoseconds)
{
    return (value){.kind = VALUE_DURATION, .size = (uint32_t)nanoseconds, .as.i = seconds};
}
static inline value value_none(uint64_t missing)
{
    return (value){.kind = VALUE_NONE, .as.missing = missing};
}
static inline value value_unknown(uint64_t missing)
{
    return (value){.kind = VALUE_UNKNOWN, .as.missing = missing};
}
static inline str value_text(value v)
{
    return (str){v.as.text, v.size};
}
/* No value to compute with: none, unknown (interval excluded). */
static inline bool value_is_missing(value v)
{
    return v.kind == VALUE_NONE || v.kind == VALUE_UNKNOWN;
}

/* CEL equality: numbers across kinds by mathematical value, NaN never equal, lists and maps deeply, different kinds
 * otherwise false. Both must be plain values (no missing, error, interval). */
bool value_equal(value a, value b);
/* Order of two values of one ordered kind (numbers across kinds): -1, 0, 1; 2 when not comparable (NaN, kinds). */
int value_compare(value a, value b);
/* A total order over all plain values for canonical output: by kind (numbers together), then by value; lists
 * lexically. Used to sort keys and findings. */
int value_order(value a, value b);
uint64_t value_hash(value v); /* equal values hash alike, numbers across kinds included */
/* Deep copy into an arena; enum texts (interned) keep their pointer. VALUE_ERROR out of memory when it fails. */
value value_copy(arena *a, value v);

#endif
