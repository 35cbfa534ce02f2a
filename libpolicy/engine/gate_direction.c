/*
 * Which way the value of an expression moves when a parameter is made stricter; see gate.h.
 *
 * Numbers, dates and times of day move up or down; a list that grows moves up; a truth value that can only turn true
 * moves up. Where nothing can be said the place is reported at once and the walk goes on as if nothing moved.
 */
#include "engine/gate.h"

#include "engine/walk.h"
#include "expr/env_model.h"

static motion of_tree(gate *g, const gate_text *at, const tree *t);

motion motion_flip(motion m)
{
    return m == MOTION_UP ? MOTION_DOWN : m == MOTION_DOWN ? MOTION_UP : m;
}

static motion of_param(const gate *g)
{
    param_direction d = g->param->from->declared->direction;
    return d == PARAM_HIGHER || d == PARAM_SUPERSET ? MOTION_UP : MOTION_DOWN;
}

static bool is_param(const gate *g, const plan_table *t, const env_variable *v)
{
    if (v->slot >= 0) {
        return g->param->dated >= 0 && v->slot == t->first_param + g->param->dated;
    }
    str name = g->param->from->declared->name;
    return str_starts(v->name, STR("params.")) && str_equal(str_slice(v->name, 7, v->name.size), name);
}

static bool over_list(const tree *t)
{
    return t->type->kind == TYPE_LIST;
}

static motion of_name(gate *g, const gate_text *at, const tree *t)
{
    if (t->binder != NULL) {
        return t->binder->kind == TREE_BIND ? of_tree(g, at, t->binder->children[0]) : MOTION_NONE;
    }
    const env_variable *v = t->variable;
    if (v == NULL) {
        return MOTION_NONE;
    }
    const plan_table *table = at->table;
    if (is_param(g, table, v)) {
        return of_param(g);
    }
    if (v->slot >= table->first_let && v->slot < table->first_param) {
        const plan_let *let = &table->lets[v->slot - table->first_let];
        return gate_program(g, table, let->program);
    }
    if (table->measure != NULL && v->slot == (int)table->column_count - 1) {
        return gate_measure(g, table->measure);
    }
    return MOTION_NONE;
}

/* The first name or measure of the text that moves: what a refusal points at. */
static const tree *mover(gate *g, const gate_text *at, const tree *t)
{
    if (t->kind == TREE_NAME && t->binder == NULL && of_name(g, at, t) != MOTION_NONE) {
        return t;
    }
    for (uint32_t i = 0; i < t->count; i++) {
        const tree *found = mover(g, at, t->children[i]);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

void gate_refuse(gate *g, const gate_text *at, const tree *t)
{
    bool was = g->quiet;
    g->quiet = true;
    const tree *found = mover(g, at, t);
    g->quiet = was;
    if (g->quiet) {
        return;
    }
    const pack_param *declared = g->param->from->declared;
    place where = expr_where(at->program, found ? found->begin : t->begin);
    for (size_t i = 0; i < g->seen_count; i++) {
        if (g->seen[i].line == where.line && g->seen[i].column == where.column &&
            str_equal(g->seen[i].file, where.file)) {
            return; /* a let is walked once for each rule that uses it */
        }
    }
    if (g->seen_count < GATE_PLACES) {
        g->seen[g->seen_count++] = where;
    }
    plan_fail(g->planner, &(error_spec){.status = POLICY_E_TIGHTEN,
                                        .message = MESSAGE_ENGINE_GATE,
                                        .arguments = {declared->name},
                                        .at = where,
                                        .rule = expr_source_rule(at->program),
                                        .other = declared->at});
}

static motion lose(gate *g, const gate_text *at, const tree *t, motion m)
{
    if (m != MOTION_NONE) {
        gate_refuse(g, at, t);
    }
    return MOTION_NONE;
}

static motion both(gate *g, const gate_text *at, const tree *t, motion a, motion b)
{
    if (a == MOTION_NONE || b == MOTION_NONE || a == b) {
        return a == MOTION_NONE ? b : a;
    }
    return lose(g, at, t, a);
}

/* Never negative, whatever the record: what a moving number may be multiplied or divided by. */
static bool not_negative(const gate_text *at, const tree *t)
{
    if (tree_is_constant(t)) {
        return (t->constant.kind == VALUE_INT && t->constant.as.i >= 0) || t->constant.kind == VALUE_UINT ||
               (t->constant.kind == VALUE_DOUBLE && t->constant.as.d >= 0);
    }
    if (t->kind == TREE_NAME && t->variable != NULL && t->variable->slot >= 0) {
        int slot = t->variable->slot;
        const plan_table *table = at->table;
        if (table->record != NULL && slot < (int)table->column_count && table->record->fields[slot].has_minimum) {
            value least = table->record->fields[slot].minimum;
            return (least.kind == VALUE_INT && least.as.i >= 0) || (least.kind == VALUE_DOUBLE && least.as.d >= 0);
        }
        return false;
    }
    if (t->kind == TREE_CALL && (str_equal(t->name, STR("double")) || str_equal(t->name, STR("int")))) {
        return not_negative(at, t->children[0]);
    }
    return t->kind == TREE_CALL && str_equal(t->name, STR("size"));
}

static motion of_binary(gate *g, const gate_text *at, const tree *t)
{
    motion a = of_tree(g, at, t->children[0]), b = of_tree(g, at, t->children[1]);
    if (a == MOTION_NONE && b == MOTION_NONE) {
        return MOTION_NONE;
    }
    switch (t->operation) {
    case OPERATOR_LESS:
    case OPERATOR_LESS_EQUAL:
        return both(g, at, t, motion_flip(a), b);
    case OPERATOR_GREATER:
    case OPERATOR_GREATER_EQUAL:
    case OPERATOR_SUBTRACT:
        return both(g, at, t, a, motion_flip(b));
    case OPERATOR_ADD:
        return both(g, at, t, a, b);
    case OPERATOR_IN:
        return a == MOTION_NONE && over_list(t->children[1]) ? b : lose(g, at, t, MOTION_UP);
    case OPERATOR_MULTIPLY:
        if (a == MOTION_NONE && not_negative(at, t->children[0])) {
            return b;
        }
        return b == MOTION_NONE && not_negative(at, t->children[1]) ? a : lose(g, at, t, MOTION_UP);
    case OPERATOR_DIVIDE:
        return b == MOTION_NONE && not_negative(at, t->children[1]) ? a : lose(g, at, t, MOTION_UP);
    default:
        return lose(g, at, t, MOTION_UP);
    }
}

static motion of_call(gate *g, const gate_text *at, const tree *t)
{
    motion own = MOTION_NONE;
    for (uint32_t i = 0; i < t->candidate_count; i++) {
        const env_overload *o = t->candidates[i].own;
        if (o != NULL && o->call == plan_read_measure) {
            own = gate_measure(g, ((const plan_reference *)o->context)->measure);
        }
    }
    bool list = str_equal(t->name, STR("contains_any")) && t->count == 2;
    bool rises = t->count == 1 && (str_equal(t->name, STR("double")) || str_equal(t->name, STR("int")) ||
                                   (str_equal(t->name, STR("size")) && over_list(t->children[0])));
    for (uint32_t i = 0; i < t->count; i++) {
        motion m = of_tree(g, at, t->children[i]);
        own = both(g, at, t, own, rises || (list && i == 1) ? m : lose(g, at, t->children[i], m));
    }
    return own;
}

static motion of_loop(gate *g, const gate_text *at, const tree *t)
{
    motion range = of_tree(g, at, t->children[0]), body = of_tree(g, at, t->children[1]);
    motion filter = t->count > 2 ? of_tree(g, at, t->children[2]) : MOTION_NONE;
    if (!over_list(t->children[0])) {
        range = lose(g, at, t->children[0], range);
    }
    switch (t->operation) {
    case LOOP_EXISTS:
    case LOOP_FILTER:
        return both(g, at, t, range, body);
    case LOOP_ALL: /* no element is otherwise */
        return both(g, at, t, motion_flip(range), body);
    default:
        lose(g, at, t, body);
        lose(g, at, t, filter);
        return t->operation == LOOP_MAP ? range : lose(g, at, t, range);
    }
}

static motion of_tree(gate *g, const gate_text *at, const tree *t)
{
    motion m = MOTION_NONE;
    switch (t->kind) {
    case TREE_NAME:
        return of_name(g, at, t);
    case TREE_SELECT:
    case TREE_INDEX: /* a map: the direction holds for each entry, and no entry is added */
        m = of_tree(g, at, t->children[0]);
        if (t->kind == TREE_INDEX) {
            lose(g, at, t->children[1], of_tree(g, at, t->children[1]));
        }
        if (t->flags & TREE_TEST) {
            return MOTION_NONE;
        }
        return t->children[0]->type->kind == TYPE_MAP ? m : lose(g, at, t, m);
    case TREE_NOT:
    case TREE_NEGATE:
        return motion_flip(of_tree(g, at, t->children[0]));
    case TREE_AND:
    case TREE_OR:
        for (uint32_t i = 0; i < t->count; i++) {
            m = both(g, at, t, m, of_tree(g, at, t->children[i]));
        }
        return m;
    case TREE_CONDITIONAL:
        lose(g, at, t->children[0], of_tree(g, at, t->children[0]));
        return both(g, at, t, of_tree(g, at, t->children[1]), of_tree(g, at, t->children[2]));
    case TREE_BINARY:
        return of_binary(g, at, t);
    case TREE_CALL:
        return of_call(g, at, t);
    case TREE_COMPREHENSION:
        return of_loop(g, at, t);
    case TREE_BIND:
        return of_tree(g, at, t->children[1]);
    default:
        for (uint32_t i = 0; i < t->count; i++) {
            lose(g, at, t->children[i], of_tree(g, at, t->children[i]));
        }
        return MOTION_NONE;
    }
}

motion gate_program(gate *g, const plan_table *table, const expr *program)
{
    const tree *t = program ? expr_tree(program) : NULL;
    return t ? of_tree(g, &(gate_text){table, program}, t) : MOTION_NONE;
}
