/*
 * Explaining what something reads: names, parameters, and fields of records.
 */
#include "engine/explain.h"

static void put_params(explanation *x, const needs *n)
{
    bool first = true;
    for (uint32_t i = 0; i < x->engine->param_count; i++) {
        if (!n->params[i]) {
            continue;
        }
        if (first) {
            explain_line(x, MESSAGE_EXPLAIN_PARAMS, str_none, str_none);
        }
        first = false;
        x->indent += 2;
        explain_param_summary(x, &x->engine->params[i]);
        x->indent -= 2;
    }
}

static void put_data(explanation *x, const needs *n)
{
    explain_line(x, MESSAGE_EXPLAIN_NEEDS, str_none, str_none);
    x->indent += 2;
    for (uint32_t i = 0; i < x->engine->type_count; i++) {
        if (!n->types[i]) {
            continue;
        }
        const schema_type *t = x->engine->tables[i]->record;
        buffer name, fields;
        explain_buffer(x, &name);
        explain_buffer(x, &fields);
        explain_type(x, i, &name);
        for (uint32_t f = 0; f < t->field_count; f++) {
            if (n->fields[i] & (UINT64_C(1) << f)) {
                buffer_put_c(&fields, fields.size == 0 ? "" : x->language == POLICY_LANGUAGE_EN ? ", " : "、");
                explain_field(x, i, t->fields[f].name, &fields);
            }
        }
        explain_line(x, MESSAGE_EXPLAIN_NEEDS_TYPE, buffer_text(&name), buffer_text(&fields));
        x->nomem = x->nomem || name.failed || fields.failed;
        buffer_free(&name);
        buffer_free(&fields);
    }
    if (n->calendar) {
        explain_line(x, MESSAGE_EXPLAIN_NEEDS_CALENDAR, str_none, str_none);
    }
    x->indent -= 2;
}

/* Lets and measures that texts mention by name, as they are written. */
static void put_names(explanation *x, const needs *n)
{
    const policy_engine *e = x->engine;
    size_t let = 0;
    bool first = true;
    for (uint32_t i = 0; i < e->type_count; i++) {
        const plan_table *t = e->tables[i];
        for (uint32_t k = 0; k < t->let_count; k++) {
            if (!n->lets[let++]) {
                continue;
            }
            buffer text;
            explain_buffer(x, &text);
            explain_expression(&t->lets[k].from->expression, &text);
            if (first) {
                explain_line(x, MESSAGE_EXPLAIN_NAMES, str_none, str_none);
            }
            first = false;
            x->indent += 2;
            explain_line(x, MESSAGE_EXPLAIN_NAME, t->lets[k].from->name, buffer_text(&text));
            x->indent -= 2;
            x->nomem = x->nomem || text.failed;
            buffer_free(&text);
        }
    }
    for (uint32_t i = 0; i < e->measure_count; i++) {
        const plan_measure *m = e->measures[i];
        if (!n->measures[m->number] || m->from == NULL || !n->called[m->number]) {
            continue;
        }
        buffer text, name;
        explain_buffer(x, &text);
        explain_buffer(x, &name);
        buffer_put(&name, m->id);
        for (uint32_t k = 0; k < m->key_count; k++) {
            buffer_put_c(&name, k == 0 ? "(" : ", ");
            buffer_put(&name, m->keys[k].name);
        }
        buffer_put_c(&name, m->key_count > 0 ? ")" : "()");
        explain_expression(&m->from->measure, &text);
        str title = explain_choose(x, &m->title);
        if (title.data != NULL) {
            buffer_put_c(&text, x->language == POLICY_LANGUAGE_EN ? " (" : "（");
            buffer_put(&text, title);
            buffer_put_c(&text, x->language == POLICY_LANGUAGE_EN ? ")" : "）");
        }
        if (first) {
            explain_line(x, MESSAGE_EXPLAIN_NAMES, str_none, str_none);
        }
        first = false;
        x->indent += 2;
        explain_line(x, MESSAGE_EXPLAIN_NAME, buffer_text(&name), buffer_text(&text));
        x->indent -= 2;
        x->nomem = x->nomem || text.failed || name.failed;
        buffer_free(&text);
        buffer_free(&name);
    }
}

void explain_needs(explanation *x, const needs *n)
{
    put_names(x, n);
    put_params(x, n);
    put_data(x, n);
}
