/*
 * Expressions from text to value: the module's front door.
 *
 *   text --parse--> tree --check against an env--> typed tree --compile--> program --evaluate with slots--> value
 *
 * Programs are immutable and shareable. An evaluation (scratch memory, counters) belongs to one thread at a time and is
 * reused from row to row; scalar expressions allocate nothing in it.
 */
#ifndef POLICY_EXPR_EXPR_H
#define POLICY_EXPR_EXPR_H

#include "base/error.h"
#include "base/options.h"
#include "expr/env.h"

/* Authored text and where it begins, so that an offset becomes a line and column of the file. */
typedef struct expr_text {
    str text;
    place at;        /* of the first character of `text` */
    uint32_t indent; /* block scalars: columns before each further line; 0 otherwise */
    str rule;        /* id of the rule, measure or let it belongs to; for errors */
} expr_text;
place expr_place(const expr_text *source, uint32_t offset);

typedef struct expr expr; /* a checked tree and its program, in one handle */
typedef struct evaluation evaluation;

typedef struct expr_options {
    const policy_options *options; /* limits and allocator; required */
    const type *expected;          /* the result must fit this type; NULL for any */
    bool no_macros, no_check;      /* conformance runs only */
    bool keep_tree;                /* keep the tree for expr/tree.h walkers (the tighten gate, plans, coverage) */
    bool probes;                   /* note what each condition was seen as; for test runs on one thread */
} expr_options;

/* A condition of a program: a part of type bool that is not put together of others by &&, ||, ! or ?:. */
typedef struct expr_probe {
    struct expr_probe *next;
    uint32_t from, to; /* its text */
    bool seen_true, seen_false;
} expr_probe;

/* Parse, check, fold and compile. Every error of the text is reported (at most 10 a text), with an excerpt and a caret.
 * `e` and the policy_options must outlive the result. An int fits where a double is expected. */
policy_status expr_compile(const env *e, const expr_text *source, const expr_options *options, expr **out,
                           policy_error **err);
void expr_free(expr *x);

const type *expr_type(const expr *x);          /* static type; enum domains inferred for literal branches */
bool expr_constant(const expr *x, value *out); /* true when folded to a plain constant; out may be NULL */
/* Names the program reads: slots (sorted, no repeats) and the sources that can make it unknown. */
const int *expr_slots(const expr *x, size_t *count);
uint64_t expr_sources(const expr *x);
/* If the whole expression is one variable: its slot; else -1. */
int expr_single_slot(const expr *x);
str expr_source_text(const expr *x);
str expr_source_rule(const expr *x);
place expr_where(const expr *x, uint32_t offset); /* of a tree node, in its file */
expr_probe *expr_probes(expr *x);                 /* in the order of the text; NULL unless compiled with probes */
struct tree;
const struct tree *expr_tree(const expr *x); /* NULL unless keep_tree */

/* The values of one evaluation. A slot of kind VALUE_PENDING is computed by `resolve`, which must store and return it. */
typedef struct activation {
    value *slots;
    value (*resolve)(void *context, evaluation *ev, int slot);
    void *context;
} activation;

evaluation *evaluation_new(const policy_options *options); /* NULL out of memory */
void evaluation_free(evaluation *ev);
/* Forget what earlier results pointed to; call between rows, not between expressions of one row. */
void evaluation_reset(evaluation *ev);
arena *evaluation_scratch(evaluation *ev);
uint64_t evaluation_steps(const evaluation *ev); /* counted work since the last reset */
/* What the functions of an environment find behind the evaluation: the run they belong to. Borrowed; NULL at first. */
void evaluation_set_host(evaluation *ev, void *host);
void *evaluation_host(const evaluation *ev);

/* Evaluate. Text, lists, maps and errors in the result live in the scratch arena, the slots or the program until the
 * next reset. Never fails other than by a value of kind VALUE_ERROR. Re-entrant for `resolve`. */
value expr_evaluate(const expr *x, evaluation *ev, const activation *a);

/* A part of a conjunction that compares a slot with a constant. Where it is false so is the whole, whatever the rest is. */
typedef struct expr_refuter {
    int slot;
    uint8_t operation; /* tree_operator, of a comparison */
    value constant;
} expr_refuter;
const expr_refuter *expr_refuters(const expr *x, uint32_t *count);
/* Is that part false of this value? A value of another kind than the constant decides nothing. */
bool expr_refutes(const expr_refuter *r, const value *v);
/* Is a condition false whatever the slots that are pending or missing are? False: it has to be evaluated. */
bool expr_surely_false(const expr *x, const value *slots);

/* An error value made by a function or resolver. */
value value_fail(evaluation *ev, policy_status status, message_id message, const str *arguments, size_t count);

/* Text of a value as findings and messages show it: strings bare, dates ISO, times of day HH:MM (seconds only when not
 * zero), durations as CEL writes them, doubles shortest, lists with 、 or ", ". `t` may be NULL or give the static type. */
void value_write(buffer *out, value v, const type *t, policy_language language);

#endif
