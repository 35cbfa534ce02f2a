/*
 * Programs: what an expression is compiled to, and the evaluation that runs it.
 *
 * A register machine. Registers are values, numbered like a stack: a node's result goes to register d, its operands to
 * d, d+1 ...; loop variables have registers of their own below their body. Slots (the record's fields) and constants
 * are read by LOAD, or, in the comparisons that make up most rules, by the comparing instruction itself. Every
 * instruction that reads an operand deals with missing operands and errors: fast paths test for the plain kinds only and
 * leave all else to operators.c.
 */
#ifndef POLICY_EXPR_PROGRAM_H
#define POLICY_EXPR_PROGRAM_H

#include "base/options.h"
#include "expr/env_model.h"
#include "expr/tree.h"

typedef enum opcode {
    /* d: result register; a, b: operand registers; unless it says otherwise. */
    OP_CONSTANT,        /* r[d] = *constant (an error too, where checking was put off) */
    OP_SLOT,            /* r[d] = slots[a], computed first when PENDING */
    OP_PART,            /* r[d] = slots[a], the value of a shared part, and go to jump.target; when that is an error,
                              go on: the part's own code follows, and makes the error as this text has it */
    OP_MOVE,            /* r[d] = r[a] */
    OP_SLOT_EQUAL_TEXT, /* slots[a] == *constant, a string; the slot is not copied */
    OP_SLOT_NOT_EQUAL_TEXT,
    OP_SLOT_EQUAL_WHOLE, /* slots[a] compared with whole, whose kind is `kind`: INT or DATE */
    OP_SLOT_NOT_EQUAL_WHOLE,
    OP_SLOT_LESS_WHOLE,
    OP_SLOT_LESS_EQUAL_WHOLE,
    OP_SLOT_GREATER_WHOLE,
    OP_SLOT_GREATER_EQUAL_WHOLE,
    OP_SLOT_EQUAL_DOUBLE, /* slots[a] compared with number */
    OP_SLOT_NOT_EQUAL_DOUBLE,
    OP_SLOT_LESS_DOUBLE,
    OP_SLOT_LESS_EQUAL_DOUBLE,
    OP_SLOT_GREATER_DOUBLE,
    OP_SLOT_GREATER_EQUAL_DOUBLE,
    OP_COMPARE, /* r[a] `kind` r[b], kind a tree_operator up to GREATER_EQUAL */
    OP_IN,      /* r[a] in r[b] */
    OP_IN_SET,  /* r[a] in *set */
    OP_ADD,     /* r[a] + r[b]; overflow is an error; so are the others */
    OP_JOIN,    /* r[d] + r[d+1] + ... of whole operands in one go: texts and lists, so that a long chain
                              copies everything once */
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_ARITHMETIC, /* r[a] `kind` r[b]: division and modulo */
    OP_NOT,        /* !r[a] */
    OP_NEGATE,     /* -r[a] */
    OP_AND_FIRST,  /* r[d] is the first operand: false goes to jump.target; an operand of another kind becomes
                              an error, NONE becomes UNKNOWN */
    OP_AND,        /* r[d] && r[a] into r[d], r[a] the next operand; false goes to jump.target */
    OP_OR_FIRST,
    OP_OR,
    OP_BRANCH,      /* on r[d]: true and unknown go on, false goes to target, an error to other (the end) */
    OP_THEN,        /* r[a] is the first branch: if r[d] is true it is the result, go to target (the end); if r[d]
                              is unknown, add what r[a] misses and go on to the second branch */
    OP_ELSE,        /* r[a] is the second branch: the result, or, if r[d] is unknown, add what it misses */
    OP_HAS,         /* r[d] = has(r[a]): NONE is false, UNKNOWN stays, an error stays */
    OP_SELECT,      /* r[a].*constant, a string */
    OP_SELECT_TEST, /* has(r[a].*constant) */
    OP_INDEX,       /* r[a][r[b]] */
    OP_INDEX_TEST,
    OP_CALL,         /* r[d] = call(r[a], r[a+1] ...): one overload, kinds known */
    OP_CALL_DYNAMIC, /* the same, the overload chosen by the arguments' kinds */
    OP_LIST,         /* r[d] = a list of whole elements, to be PUT */
    OP_PUT,          /* element number whole of the list in r[d] is r[a]; missing or broken: r[d] becomes that */
    OP_MAP,          /* r[d] = a map of whole entries, to be PUT */
    OP_PUT_ENTRY,    /* entry number whole of r[d]: key r[a], value r[b] */
    OP_MAP_DONE,     /* index the map in r[d]; a key given twice is an error */
    OP_LOOP,         /* start a loop over r[d+1]; registers of a loop below; target: past the DONE */
    OP_NEXT,         /* the next element into r[d+3] and r[d+4]; target: the DONE, at the end */
    OP_FILTERED,     /* r[a] is the filter: true goes on, else to target (the NEXT) */
    OP_COLLECT,      /* r[a] is the body: put it into the accumulator; target: the NEXT; other: past the DONE */
    OP_DONE,         /* make r[d] the result */
    OP_PROBE,        /* note in *probe whether r[d] is true or false */
    OP_END           /* the result is r[0] */
} opcode;

/* Registers of a loop at d. TROUBLE holds the UNKNOWN or ERROR met so far, else NULL. */
enum { LOOP_RESULT = 0, LOOP_RANGE, LOOP_INDEX, LOOP_FIRST, LOOP_SECOND, LOOP_TROUBLE, LOOP_BODY };

typedef struct call_site {
    const tree_candidate *candidates; /* one for OP_CALL */
    uint32_t candidate_count;
    uint32_t count; /* arguments */
    str name;
    const preparation *prepare; /* with `prepared`: made for a constant argument */
    void *prepared;
    struct call_site *next; /* all of a program that have something prepared */
} call_site;

typedef struct instruction {
    uint8_t op;
    uint8_t kind;
    uint16_t d, a, b;
    union {
        const value *constant;
        int64_t whole;
        double number;
        const value_map *set;
        const call_site *call;
        expr_probe *probe;
        struct {
            uint32_t target, other;
        } jump;
    } as;
} instruction;

/* What makes a condition false at one look (refute.c). */
typedef struct refutation refutation;

struct expr {
    const policy_allocator *allocator;
    const policy_options *options;
    const env *env;
    arena keep; /* all that the program needs */
    arena work; /* the tree, where it was asked for */
    expr_text source;
    const instruction *code;
    const uint32_t *offsets; /* of each instruction, in the text */
    size_t size;
    uint32_t registers;
    const type *type;
    bool is_constant;
    bool keeps_none; /* one field or one call: a none result stays none */
    bool shares;     /* some of its subtrees are parts */
    bool is_part;    /* of other programs (share.h) */
    value constant;
    int single_slot;
    int *slots;
    size_t slot_count;
    uint64_t sources;
    call_site *prepared;
    const refutation *refutation; /* NULL: there is none */
    bool probing;
    expr_probe *probes, *last_probe;
    tree *tree;
};

/* Note what refutes a checked condition; false out of memory. */
bool expr_note_refutation(expr *x, const tree *t);
/* Is it surely false? Slots that are pending or missing decide nothing. */
bool expr_is_refuted(const refutation *r, const value *slots);

/* ---- folding (fold.c) ---- */

/* Note constant subexpressions; `x` supplies options and the arena for results. False: out of memory. */
bool fold_tree(expr *x, tree *root);

/* ---- compiling (compile.c) ---- */

typedef enum compile_result { COMPILE_OK, COMPILE_NOMEM, COMPILE_TOO_LARGE, COMPILE_REFUSED } compile_result;

/* Where a constant argument was refused (COMPILE_REFUSED). */
typedef struct compile_failure {
    preparation_failure why;
    uint32_t offset;
} compile_failure;
compile_result compile_tree(expr *x, tree *root, compile_failure *failure);
void compile_release(expr *x); /* what was prepared */
/* A link of a chain a + b + c of texts or lists, which becomes one instruction. */
bool compile_is_link(const tree *t);

/* ---- sharing (expr.c, for share.c) ---- */

/* A program for one subtree of `of`, whose source and tree it borrows; NULL out of memory. */
expr *expr_part(const expr *of, tree *part);
/* Compile the tree again, now that parts are marked in it. False: out of memory, and the program is as it was. */
bool expr_recompile(expr *x);

/* ---- evaluation (evaluation.c) ---- */

typedef struct register_chunk register_chunk;
typedef struct kept_error kept_error;

struct evaluation {
    const policy_allocator *allocator;
    policy_options options;
    arena scratch;
    uint64_t steps, step_limit, step_budget;
    uint32_t nesting, nesting_limit, parts; /* parts: shared ones being computed, one for another */
    const expr *running;
    const void *prepared;
    register_chunk *chunk; /* the one in use; doubly linked */
    kept_error *errors;    /* made when the scratch was full */
    uint32_t error_count;
    value_error *fresh; /* the last one made, until it is given its place */
    void *host;         /* of the functions of an environment */
};

struct register_chunk {
    register_chunk *before, *after;
    size_t used, capacity;
    value registers[];
};

/* Registers for one run; NULL out of memory. Given back in reverse order. */
value *evaluation_registers(evaluation *ev, size_t count);
void evaluation_give_back(evaluation *ev, value *registers, size_t count);
bool evaluation_over(const evaluation *ev);

/* ---- what operators do with any operands (operators.c) ---- */

value operator_compare(evaluation *ev, tree_operator operation, value a, value b);
value operator_in(evaluation *ev, value a, value b);
value operator_in_set(evaluation *ev, value a, const value_map *set);
value operator_arithmetic(evaluation *ev, tree_operator operation, value a, value b);
value operator_join(evaluation *ev, value *operands, size_t count);
value operator_negate(evaluation *ev, value a);
value operator_not(evaluation *ev, value a);
value operator_has(value a);
value operator_select(evaluation *ev, value a, value key, bool test);
value operator_index(evaluation *ev, value a, value b, bool test);
/* What `acc` becomes when `next` is missing or broken: unknown beats error, unknowns unite, the first error stays. NULL
 * kind stands for "nothing yet". Intervals count as unknown. */
value operator_merge(value acc, value next);
value operator_not_bool(evaluation *ev, value a);
/* Of a proper interval: unknown. Of [x, x]: x. Anything else: itself. */
value operator_settle(value a);
str operator_kind_name(value v);
value fail_overload(evaluation *ev, str name, const value *arguments, size_t count);

/* ---- calls (call.c) ---- */

value call_run(evaluation *ev, const call_site *site, value *arguments, bool dynamic);
/* A constant argument prepared; false when refused or out of memory (why). */
bool call_prepare(expr *x, call_site *site, size_t argument, value constant, preparation_failure *why);

#endif
