/*
 * In what unit a rule's value and its limit count: that of the field that is measured, followed down through the measures, else that of the
 * parameter that is its bound.
 */
#include "expr/tree.h"
#include "ledger/findings.h"
#include "ledger/headroom.h"
#include "schema/show.h"

/* The one unit of the fields that the measure adds up or compares; str_none for none, or several. */
static str unit_of_measure(const plan_measure *m)
{
    for (; m != NULL && m->argument_count > 0; m = m->source->measure) {
        aggregate_kind kind = m->algebra.kind;
        if (kind != AGGREGATE_SUM && kind != AGGREGATE_MIN && kind != AGGREGATE_MAX && kind != AGGREGATE_ONLY) {
            return str_none;
        }
        const schema_type *t = m->source->record;
        if (t == NULL) {
            continue;
        }
        str unit = str_none;
        int single = expr_single_slot(m->arguments[0]);
        for (uint32_t i = 0; i < t->field_count; i++) {
            bool read = single >= 0 ? single == (int)i : (m->affine[0] >> i & 1) != 0;
            if (read && t->fields[i].unit.size > 0) {
                if (unit.size > 0 && !str_equal(unit, t->fields[i].unit)) {
                    return str_none;
                }
                unit = t->fields[i].unit;
            }
        }
        return unit;
    }
    return str_none;
}

static str unit_of_params(const policy_engine *e, const tree *t)
{
    if (t->kind == TREE_SELECT && t->count > 0 && t->children[0]->kind == TREE_NAME &&
        str_equal(t->children[0]->name, STR("params"))) {
        const plan_param *p = engine_find_param(e, t->name);
        return p ? p->from->declared->unit : str_none;
    }
    if (t->kind == TREE_NAME && str_starts(t->name, STR("params."))) {
        const plan_param *p = engine_find_param(e, str_slice(t->name, sizeof "params." - 1, t->name.size));
        return p ? p->from->declared->unit : str_none;
    }
    for (uint32_t i = 0; i < t->count; i++) {
        str unit = unit_of_params(e, t->children[i]);
        if (unit.size > 0) {
            return unit;
        }
    }
    return str_none;
}

str headroom_unit(const policy_engine *e, const plan_version *v)
{
    const plan_measure *m = v->measure != NULL ? v->measure : v->table->measure; /* a predicate's value is its row's */
    if (m == NULL || v->script || m->algebra.kind == AGGREGATE_SHARE || m->algebra.kind == AGGREGATE_RATIO) {
        return str_none;
    }
    str unit = unit_of_measure(m);
    for (uint32_t i = 0; i < v->bound_count && unit.size == 0; i++) {
        const tree *t = expr_tree(v->bounds[i].program);
        unit = t ? unit_of_params(e, t) : str_none;
    }
    return unit;
}

const char *policy_finding_unit(const policy_finding *finding, policy_language language)
{
    if (finding == NULL || finding->version == NULL ||
        (language != POLICY_LANGUAGE_ZH && language != POLICY_LANGUAGE_EN)) {
        return "";
    }
    return unit_word(headroom_unit(finding->all->engine, finding->version), language);
}

bool headroom_adds_up(const plan_measure *m)
{
    switch (m->algebra.kind) {
    case AGGREGATE_SUM:
    case AGGREGATE_COUNT:
    case AGGREGATE_COUNT_DISTINCT:
    case AGGREGATE_RUNS:
        return true;
    default:
        return false;
    }
}
