/*
 * The syntax tree of an expression, as written and then as checked.
 *
 * The parser makes it, macros included; the checker fills in `type` and what names and calls mean. Nothing is changed
 * after that: folding notes its result beside a node (TREE_FOLDED, `constant`) and leaves the children, so walkers see
 * the text's own structure, with the parameters still named. Trees live in an arena and need no destructor. `height` is
 * bounded by POLICY_LIMIT_EXPRESSION_DEPTH, so walkers may recurse.
 *
 * && and || have all operands of a chain as children: a && b && c is one node with three.
 */
#ifndef POLICY_EXPR_TREE_H
#define POLICY_EXPR_TREE_H

#include "expr/functions.h"

typedef enum tree_kind {
    TREE_CONSTANT,      /* constant */
    TREE_NAME,          /* name; after checking: variable, or binder, or TREE_FOLDED for constants */
    TREE_SELECT,        /* children[0].name; TREE_TEST when inside has() */
    TREE_INDEX,         /* children[0][children[1]]; TREE_TEST when inside has() */
    TREE_HAS,           /* has(children[0]): a name or a call; selects and indexes carry TREE_TEST instead */
    TREE_NOT,           /* !children[0] */
    TREE_NEGATE,        /* -children[0] */
    TREE_AND,           /* two or more children */
    TREE_OR,            /* two or more children */
    TREE_CONDITIONAL,   /* children: condition, then, else */
    TREE_BINARY,        /* children[0] operator children[1] */
    TREE_CALL,          /* name(children...); a member call has its target first and TREE_MEMBER */
    TREE_LIST,          /* children: elements */
    TREE_MAP,           /* children: key, value, key, value ... */
    TREE_COMPREHENSION, /* children: range, body, and for some a filter; names[0], names[1] */
    TREE_BIND,          /* cel.bind(names[0], children[0], children[1]) */
    TREE_FAIL           /* no_check only: evaluates to an error (an unknown name or overload) */
} tree_kind;

typedef enum tree_operator {
    OPERATOR_EQUAL,
    OPERATOR_NOT_EQUAL,
    OPERATOR_LESS,
    OPERATOR_LESS_EQUAL,
    OPERATOR_GREATER,
    OPERATOR_GREATER_EQUAL,
    OPERATOR_IN,
    OPERATOR_ADD,
    OPERATOR_SUBTRACT,
    OPERATOR_MULTIPLY,
    OPERATOR_DIVIDE,
    OPERATOR_MODULO
} tree_operator;

/* The macros that loop. The body is a predicate, or for MAP and the TRANSFORMs the element made; these may have a
 * filter as children[2]. */
typedef enum tree_loop {
    LOOP_ALL,
    LOOP_EXISTS,
    LOOP_EXISTS_ONE,
    LOOP_FILTER,
    LOOP_MAP,
    LOOP_TRANSFORM_LIST,
    LOOP_TRANSFORM_MAP
} tree_loop;

enum {
    TREE_TEST = 1,      /* SELECT, INDEX: has(), so absence is false and not an error */
    TREE_MEMBER = 2,    /* CALL: written target.name(...) */
    TREE_FOLDED = 4,    /* `constant` is the value of this node */
    TREE_BORROWED = 8,  /* the constant belongs to the environment */
    TREE_ABSOLUTE = 16, /* NAME: written .name */
    TREE_CLOSED = 32,   /* reads no slot and no loop variable from outside itself, calls nothing impure */
    TREE_DYNAMIC = 64   /* CALL: the overload is chosen when called, among `candidates` */
};

typedef struct tree tree;
struct env_variable;

/* One overload a call may mean: a library's or the environment's. */
typedef struct tree_candidate {
    const struct overload *library; /* or NULL */
    const struct env_overload *own; /* or NULL */
} tree_candidate;

struct tree {
    uint8_t kind;      /* tree_kind */
    uint8_t operation; /* BINARY: tree_operator; COMPREHENSION: tree_loop; NAME with a binder: which of its names */
    uint16_t flags;
    uint16_t height;
    uint16_t registers[2];  /* compiler: where a binder's names live */
    uint32_t part;          /* slot that holds the value for all who share it (share.h); 0: not shared */
    uint32_t offset, until; /* the node's own text: of an operator, the operator's; of a call, its name's */
    uint32_t begin;         /* where the whole subexpression begins */
    uint32_t from, to;      /* its text, with the parentheses around it */
    uint32_t count;
    tree **children;
    str name;                            /* as written; after checking, as resolved (with its namespace) */
    str names[2];                        /* COMPREHENSION, BIND */
    const type *type;                    /* after checking; never NULL then */
    value constant;                      /* CONSTANT, and TREE_FOLDED */
    const struct env_variable *variable; /* NAME of a variable of the environment */
    tree *binder;                        /* NAME of a loop or bind variable: the node that declares it */
    const tree_candidate *candidates;    /* CALL: one, or several with TREE_DYNAMIC */
    uint32_t candidate_count;
};

static inline bool tree_is_constant(const tree *t)
{
    return t->kind == TREE_CONSTANT || (t->flags & TREE_FOLDED);
}
/* How a node is written in messages: "==", "in", "&&"; a name for calls. */
str tree_operator_text(tree_operator operation);

/* ---- parsing ---- */

typedef struct parse_failure {
    bool nomem;
    message_id message;
    str arguments[4];
    uint32_t offset;
    str nearest;
} parse_failure;

typedef struct parse_options {
    size_t max_bytes, max_depth;
    bool no_macros;
} parse_options;

/* NULL with *why filled on failure. Everything is in the arena; names may point into the text. */
tree *tree_parse(arena *a, str text, const parse_options *options, parse_failure *why);

#endif
