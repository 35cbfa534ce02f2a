/*
 * What a compiled expression reads beyond its row: measures and the calendar. For levels and for late checks.
 */
#ifndef POLICY_ENGINE_WALK_H
#define POLICY_ENGINE_WALK_H

#include "engine/plan.h"

typedef struct walk {
    void *context;
    void (*measure)(void *context, const plan_measure *m); /* M(k1, ...) called; may be NULL */
    void (*calendar)(void *context);                       /* a calendar function called; may be NULL */
    void (*slot)(void *context, int slot);                 /* a variable read; may be NULL */
} walk;

/* Only the expression's own text; lets are reported as slots. */
void walk_program(const expr *x, const walk *w);
/* Does it call a measure itself? */
bool walk_calls_measure(const expr *x);

/* The function behind every M(k1, ...); plan_measure.c. */
value plan_read_measure(void *context, evaluation *ev, const value *arguments, size_t count);

#endif
