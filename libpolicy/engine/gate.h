/*
 * The tighten gate: every parameter with a direction is followed through the expressions that use it, so that making it
 * stricter can only make rules stricter. What cannot be followed is refused where the base is planned.
 */
#ifndef POLICY_ENGINE_GATE_H
#define POLICY_ENGINE_GATE_H

#include "engine/planner.h"
#include "expr/tree.h"

#define GATE_PLACES 100 /* as many as errors are reported */

typedef enum motion { MOTION_NONE, MOTION_UP, MOTION_DOWN } motion;

typedef struct gate_text { /* an expression and the table whose rows it reads */
    const plan_table *table;
    const expr *program;
} gate_text;

typedef struct gate {
    planner *planner;
    const plan_param *param; /* that is being followed */
    bool quiet;              /* looking for a place to point at */
    place seen[GATE_PLACES]; /* reported for this parameter */
    size_t seen_count;
} gate;

motion motion_flip(motion m);
/* How the value moves when the parameter is made stricter. */
motion gate_program(gate *g, const plan_table *table, const expr *program);
motion gate_measure(gate *g, const plan_measure *m);
void gate_refuse(gate *g, const gate_text *at, const tree *t);

#endif
