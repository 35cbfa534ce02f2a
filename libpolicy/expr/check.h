/*
 * The checker's state and parts.
 *
 *   check.c         walks the tree: literals, lists, maps, loops, conditionals
 *   check_name.c    what names, selections and calls mean; overloads
 *   check_operator.c operators, enum values
 *   unify.c         type variables: does this type fit that one
 */
#ifndef POLICY_EXPR_CHECK_H
#define POLICY_EXPR_CHECK_H

#include "expr/env_model.h"
#include "expr/tree.h"

/* A loop or bind variable that is visible. */
typedef struct scope {
    const struct scope *outer;
    str name;
    tree *binder;
    uint8_t which;
    const type *type;
} scope;

typedef struct checker {
    const env *env;
    arena *work, *keep; /* keep: what outlives the tree (inferred enum domains) */
    const expr_text *source;
    const policy_allocator *allocator;
    bool unchecked; /* no_check: everything is dyn, faults wait for run time */
    bool nomem;
    policy_error **err;
    size_t errors;
    policy_status status; /* of the first error */
    const scope *scopes;
    /* unify.c */
    const type **bound; /* by variable number; NULL while free */
    size_t variables, variable_capacity;
    uint32_t *trail; /* variables bound, in order, so that a trial can be undone */
    size_t trail_count, trail_capacity;
} checker;

enum { CHECK_ERRORS = 10 };

/* Resolve and type the tree. False: errors were reported, or out of memory (c->nomem). */
bool check_tree(checker *c, tree *root, const type *expected);
const type *check(checker *c, tree *t);

/* Report with the place and a caret; spec's place and excerpt are filled in. Always returns &type_error. */
const type *check_report(checker *c, uint32_t offset, error_spec *spec);
/* Text for a message, in the work arena; never NULL. */
str check_type_text(checker *c, const type *t);
/* no_check: the node becomes an error at run time. */
const type *check_defer(checker *c, tree *t, message_id message, str first, str second);

const scope *check_local(const checker *c, str name);
const type *check_name(checker *c, tree *t);
const type *check_select(checker *c, tree *t);
const type *check_call(checker *c, tree *t);
const type *check_binary(checker *c, tree *t);
/* If `expression` has an enum type and `literal` is a string constant: intern it, or report. */
void check_enum(checker *c, const type *expression, tree *literal);
/* The type of ?: over two branches. */
const type *check_branches(checker *c, tree *t);

/* ---- unify.c ---- */
const type *unify_fresh(checker *c);
/* Replace the variables of an overload's types by fresh ones, the same for the same number within one call. */
typedef struct unify_instance {
    const type *fresh[4];
} unify_instance;
const type *unify_instantiate(checker *c, unify_instance *in, const type *t);
const type *unify_follow(const checker *c, const type *t); /* bound variables looked through at the top */
/* All the way down; free variables become dyn when `close`, and stay otherwise. */
const type *unify_resolve(checker *c, const type *t, bool close);
/* Can a value of type `have` stand where `want` is asked for? Binds variables; on false some may be bound already, so
 * take a mark first. */
bool unify_fits(checker *c, const type *want, const type *have);
/* The type that both fit, or NULL. */
const type *unify_join(checker *c, const type *a, const type *b);
size_t unify_mark(const checker *c);
void unify_undo(checker *c, size_t mark);

static inline bool type_is_number(const type *t)
{
    return t->kind == TYPE_INT || t->kind == TYPE_UINT || t->kind == TYPE_DOUBLE;
}
/* Unknown until run time. */
static inline bool type_is_open(const type *t)
{
    return t->kind == TYPE_DYN || t->kind == TYPE_VARIABLE || t->kind == TYPE_ERROR;
}

#endif
