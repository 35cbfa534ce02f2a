/*
 * How built-in functions are registered: tables of overloads, one library a file.
 *
 * A library is a constant array of overloads; env_new takes all of them. An overload's C function is called with plain
 * values whose kinds fit the parameter types: the checker saw to it, or, where a type is dyn, the evaluator did at run
 * time. Only the outermost kind is promised: list(int) promises a list. Missing arguments and errors never arrive
 * unless the flag ENV_SEES_MISSING is given (then NONE, UNKNOWN and INTERVAL do; errors never).
 *
 * Times and dates. TIMESTAMP and DURATION hold whole seconds in `as.i` and nanoseconds in `(int32_t)size`, both of the
 * same sign (-1.5 s is -1 and -500000000). A time of day is a DURATION since midnight. A DATE is days since 1970.
 */
#ifndef POLICY_EXPR_FUNCTIONS_H
#define POLICY_EXPR_FUNCTIONS_H

#include "base/messages.h"
#include "expr/expr.h"
#include "expr/type.h"
#include "expr/value.h"

/* Flags of overloads, beside ENV_SEES_MISSING, ENV_PURE, ENV_NO_SCRATCH, ENV_STEADY (env.h). Library functions are pure anyway. */
enum {
    OVERLOAD_MEMBER = 256,  /* target.name(...): the target is the first argument */
    OVERLOAD_VARIADIC = 512 /* the last parameter may be given one or more times */
};

typedef value (*overload_call)(evaluation *ev, const value *arguments, size_t count);

/* Why a constant argument was refused: a load error at that argument's place, or, when the argument is only known at
 * run time, up to the overload's own function. `nomem` wins. */
typedef struct preparation_failure {
    bool nomem;
    message_id message;
    str arguments[4]; /* static or part of the constant */
    char text[64];    /* room for a number or the like to point an argument at */
} preparation_failure;

/* Work done once, at load, when one argument is constant: a pattern compiled, a zone opened. The call finds the result
 * with evaluation_prepared, or NULL when the argument was not constant. */
typedef struct preparation {
    size_t argument; /* which */
    void *(*make)(const policy_options *options, const policy_allocator *a, value constant, preparation_failure *why);
    void (*release)(void *prepared);
} preparation;

typedef struct overload {
    const char *name; /* "startsWith", "math.ceil" */
    unsigned flags;
    overload_call call;
    const type *result;
    size_t count;
    const type *parameters[5];
    const preparation *prepare; /* NULL for none */
} overload;

typedef struct function_library {
    const char *name;
    const overload *overloads;
    size_t count;
} function_library;

extern const function_library functions_time;    /* timestamp and duration accessors, of dates too (without a zone) */
extern const function_library functions_string;  /* size, contains, matches ...; the string extension */
extern const function_library functions_math;    /* the math extension; greatest and least are variadic */
extern const function_library functions_convert; /* int, uint, double, string (of dates too), bytes, bool, timestamp
                                                    (of dates too), duration, dyn, type */
extern const function_library functions_list;    /* sum, min, max of lists, and what else the profile has on lists */
extern const function_library functions_core;    /* size of lists and maps */
extern const function_library functions_policy;  /* date, time, span, contains_any, numbers: our own */

/* Parameter types of the tables, beside those of type.h. a and b are TYPE_VARIABLE 0 and 1. */
extern const type type_a, type_b, type_list_a, type_list_b, type_map_a_b, type_type, type_list_dyn, type_list_bool,
    type_list_int, type_list_uint, type_list_double, type_list_string, type_list_date, type_list_duration,
    type_list_timestamp, type_list_list_a;

/* ---- for the functions' bodies ---- */

/* Count work: about one step for each 16 bytes looked at or each element. False: over budget, return
 * evaluation_exhausted(). */
bool evaluation_charge(evaluation *ev, uint64_t steps);
/* The error for a refused charge or a NULL from the scratch arena: over budget, or out of memory. */
value evaluation_exhausted(evaluation *ev);
value evaluation_out_of_memory(void);            /* the error for memory that is not the arena's: a buffer, a pattern */
void *evaluation_prepared(const evaluation *ev); /* of the call being made */
const policy_options *evaluation_options(const evaluation *ev);
const policy_allocator *evaluation_allocator(const evaluation *ev);

/* value_fail without and with arguments. */
value fail(evaluation *ev, message_id message);
value fail_text(evaluation *ev, message_id message, str argument);
/* {1} is `name`, {2} the type of the culprit. */
value fail_value(evaluation *ev, message_id message, const char *name, value culprit);
/* Text that lives in scratch already (or anywhere that outlives the evaluation). */
value evaluation_text(evaluation *ev, buffer *b); /* copies the buffer into scratch and frees it; failure is an error */

/* Normalise, check the range (0001-01-01 to 9999-12-31; 315,576,000,000 s either way), and make the value or error.
 * `nanoseconds` may be any number whose carry does not overflow. */
value evaluation_timestamp(evaluation *ev, int64_t seconds, int64_t nanoseconds);
value evaluation_duration(evaluation *ev, int64_t seconds, int64_t nanoseconds);
value evaluation_date(evaluation *ev, int64_t days);
#define TIMESTAMP_MIN_SECONDS (-INT64_C(62135596800))
#define TIMESTAMP_MAX_SECONDS INT64_C(253402300799)
#define DURATION_MAX_SECONDS  INT64_C(315576000000)
static inline int32_t value_nanoseconds(value v)
{
    return (int32_t)v.size;
}

/* The static type that belongs to a value, as type() says it: type(1) == int. Lists and maps are of dyn. */
const type *type_of_value(value v);

#endif
