/*
 * Walking the trees of compiled expressions; see walk.h.
 */
#include "engine/walk.h"

#include "expr/env_model.h"
#include "expr/tree.h"

static void visit(const tree *t, const walk *w)
{
    if (t->kind == TREE_NAME && t->variable != NULL && t->variable->slot >= 0 && w->slot != NULL) {
        w->slot(w->context, t->variable->slot);
    }
    if (t->kind == TREE_CALL) {
        for (uint32_t i = 0; i < t->candidate_count; i++) {
            const env_overload *own = t->candidates[i].own;
            if (own == NULL) {
                continue;
            }
            if (own->call == plan_read_measure) {
                if (w->measure != NULL) {
                    w->measure(w->context, ((const plan_reference *)own->context)->measure);
                }
            } else if (w->calendar != NULL) {
                w->calendar(w->context);
            }
        }
    }
    for (uint32_t i = 0; i < t->count; i++) {
        visit(t->children[i], w);
    }
}

void walk_program(const expr *x, const walk *w)
{
    const tree *t = x ? expr_tree(x) : NULL;
    if (t != NULL) {
        visit(t, w);
    }
}

static void note(void *context, const plan_measure *m)
{
    (void)m;
    *(bool *)context = true;
}

bool walk_calls_measure(const expr *x)
{
    bool found = false;
    walk_program(x, &(walk){.context = &found, .measure = note});
    return found;
}
