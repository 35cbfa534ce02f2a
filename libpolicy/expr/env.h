/*
 * Environments: the names an expression may use, and what they mean.
 *
 * One environment per table. A variable has a type and a slot: the index into the values that an evaluation is given.
 * A source is a name that a missing value can be blamed on (a field, or a measure read by key); at most 64 of them.
 * Built once, then immutable and shareable.
 */
#ifndef POLICY_EXPR_ENV_H
#define POLICY_EXPR_ENV_H

#include "base/arena.h"
#include "expr/type.h"
#include "expr/value.h"

typedef struct env env;
struct evaluation;

/* A function given by the host of the environment. Arguments are plain values unless `sees_missing`: without it a
 * missing argument makes the result UNKNOWN before the call. Returns a value; errors by value_fail (expr.h). */
typedef value (*env_function)(void *context, struct evaluation *evaluation, const value *arguments, size_t count);

enum {
    ENV_SEES_MISSING = 1, /* called with NONE, UNKNOWN and INTERVAL arguments as they are */
    ENV_PURE = 2,         /* may be folded when all arguments are constants */
    ENV_NO_SCRATCH = 4,
    ENV_STEADY = 8 /* the same arguments give the same value all the while one row is evaluated */
};

env *env_new(const policy_allocator *a); /* with all standard and extension functions; NULL out of memory */
void env_free(env *e);

/* Each returns false when out of memory or when the name is taken: by another variable for a variable. Functions are a
 * space of their own (a field may be called `term` like a function) and may have several overloads. `name` may be dotted
 * (params.minutes). source: -1 when values of it are never missing. */
bool env_add_variable(env *e, str name, const type *t, int slot, int source);
bool env_add_constant(env *e, str name, const type *t, value v); /* copied; folded at compile time */
/* One overload; parameter types may contain TYPE_VARIABLE. `member`: called as target.name(...), the target first. */
bool env_add_function(env *e, str name, bool member, const type *result, const type *const *parameters, size_t count,
                      unsigned flags, env_function call, void *context, int source);
int env_add_source(env *e, str name); /* its number 0..63; the same for the same name; -1 when full or out of memory */
bool env_has(const env *e, str name);
const type *env_variable_type(const env *e, str name); /* NULL when absent */
str env_source_name(const env *e, int source);
size_t env_source_count(const env *e);
void env_set_container(env *e, str container); /* CEL namespace resolution: a.b.c, then a.b, then a */

#endif
