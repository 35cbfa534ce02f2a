/*
 * The inside of an environment, for the checker and the compiler.
 */
#ifndef POLICY_EXPR_ENV_MODEL_H
#define POLICY_EXPR_ENV_MODEL_H

#include "base/map.h"
#include "expr/functions.h"

enum { ENV_SOURCES = 64 };

typedef struct env_variable {
    str name;
    const type *type;
    int slot;   /* -1 for a constant */
    int source; /* -1 when never missing */
    value held; /* of a constant */
} env_variable;

typedef struct env_overload {
    str name;
    bool member;
    unsigned flags;
    int source;
    const type *result;
    const type *const *parameters;
    size_t count;
    env_function call;
    void *context;
    const struct env_overload *next; /* of the same name, in order of adding */
} env_overload;

const env_variable *env_find_variable(const env *e, str name);
const env_overload *env_find_functions(const env *e, str name); /* the environment's own */
str env_container(const env *e);

/* Is there a library function of that name? The tables are few and small: they are searched, not indexed, so that an
 * environment costs nothing to make. */
bool library_has(str name);
/* The overloads of that name one after the other: start with *at = 0; NULL at the end. */
const overload *library_next(str name, size_t *at);

/* Every variable and function name, for "did you mean"; false when out of memory. */
size_t env_name_count(const env *e);
void env_names(const env *e, str *out, bool functions, size_t *count);

#endif
