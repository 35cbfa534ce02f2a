/*
 * Explaining a parameter: values, versions, where each came from, and who may move it which way.
 */
#include "engine/explain.h"
#include "engine/needs.h"

static message_id direction_of(param_direction direction)
{
    switch (direction) {
    case PARAM_OPEN:
        return MESSAGE_EXPLAIN_OPEN;
    case PARAM_LOWER:
        return MESSAGE_EXPLAIN_LOWER;
    case PARAM_HIGHER:
        return MESSAGE_EXPLAIN_HIGHER;
    case PARAM_SUPERSET:
        return MESSAGE_EXPLAIN_SUPERSET;
    case PARAM_SUBSET:
        return MESSAGE_EXPLAIN_SUBSET;
    default:
        return MESSAGE_EXPLAIN_FIXED;
    }
}

static void put_values(explanation *x, const plan_param *p)
{
    for (uint32_t i = 0; i < p->from->version_count; i++) {
        const date_range *range = &p->from->versions[i].in_force;
        buffer shown, when;
        explain_buffer(x, &shown);
        explain_buffer(x, &when);
        explain_value(x, p, i, &shown);
        if (range->has_from || range->has_until) {
            explain_range(x, range, &when);
            explain_line(x, MESSAGE_EXPLAIN_VALUE_WHILE, buffer_text(&when), buffer_text(&shown));
        } else {
            explain_line(x, MESSAGE_EXPLAIN_VALUE, buffer_text(&shown), str_none);
        }
        x->nomem = x->nomem || shown.failed || when.failed;
        buffer_free(&shown);
        buffer_free(&when);
    }
}

/* A YAML value as a pack would write it. */
static void put_node(buffer *out, const node *n)
{
    if (n->kind == NODE_LIST || n->kind == NODE_MAP) {
        bool is_map = n->kind == NODE_MAP;
        buffer_put_char(out, is_map ? '{' : '[');
        for (uint32_t i = 0; i < n->count; i++) {
            buffer_put_c(out, i > 0 ? ", " : "");
            if (is_map) {
                buffer_put(out, n->keys[i].scalar);
                buffer_put_c(out, ": ");
            }
            put_node(out, &n->items[i]);
        }
        buffer_put_char(out, is_map ? '}' : ']');
    } else if (n->kind == NODE_SCALAR) {
        buffer_put(out, n->scalar);
    }
}

/* What overlays and the host said, in the order in which it was taken. */
static void put_changes(explanation *x, const plan_param *p)
{
    const ruleset *r = x->engine->rules;
    str name = p->from->declared->name;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        for (uint32_t k = 0; k < r->packs[i]->param_change_count; k++) {
            const pack_param *change = &r->packs[i]->param_changes[k];
            if (!str_equal(change->name, name) || change->version_count == 0) {
                continue;
            }
            buffer by, to;
            explain_buffer(x, &by);
            explain_buffer(x, &to);
            explain_pack(x, r->packs[i], &by);
            put_node(&to, change->versions[0].value);
            explain_line(x, MESSAGE_EXPLAIN_CHANGED, buffer_text(&by), buffer_text(&to));
            x->nomem = x->nomem || by.failed || to.failed;
            buffer_free(&by);
            buffer_free(&to);
        }
    }
    const request *asked = x->engine->request;
    for (size_t i = 0; asked != NULL && i < asked->count; i++) {
        if (asked->items[i].kind == REQUEST_PARAM && str_equal(asked->items[i].name, name)) {
            explain_line(x, MESSAGE_EXPLAIN_SET_BY_HOST, asked->items[i].data, str_none);
        }
    }
}

static void put_direction(explanation *x, const plan_param *p)
{
    explain_line(x, MESSAGE_EXPLAIN_DIRECTION, message_argument(direction_of(p->from->declared->direction)), str_none);
}

void explain_param_summary(explanation *x, const plan_param *p)
{
    const pack_param *declared = p->from->declared;
    str doc = explain_choose(x, &declared->doc);
    explain_line(x, MESSAGE_EXPLAIN_PARAM, declared->name, str_none);
    x->indent += 2;
    if (doc.data != NULL) {
        explain_line(x, MESSAGE_EXPLAIN_NOTE, doc, str_none);
    }
    put_values(x, p);
    put_changes(x, p);
    buffer by;
    explain_buffer(x, &by);
    explain_pack(x, p->from->declared_by, &by);
    explain_line(x, MESSAGE_EXPLAIN_DECLARED, buffer_text(&by), str_none);
    x->nomem = x->nomem || by.failed;
    buffer_free(&by);
    put_direction(x, p);
    x->indent -= 2;
}

void explain_param(explanation *x, const plan_param *p)
{
    const policy_engine *e = x->engine;
    explain_param_summary(x, p);
    bool used = false;
    for (uint32_t i = 0; i < e->rule_count && !x->nomem; i++) {
        needs n;
        if (!needs_init(&n, e)) {
            x->nomem = true;
            return;
        }
        for (uint32_t k = 0; k < e->rule_list[i]->version_count; k++) {
            needs_add_version(&n, e->rule_list[i]->versions[k]);
        }
        if (n.params[p - e->params]) {
            if (!used) {
                explain_line(x, MESSAGE_EXPLAIN_USED_BY, str_none, str_none);
            }
            used = true;
            buffer line;
            explain_buffer(x, &line);
            buffer_put_c(&line, "  ");
            buffer_put(&line, e->rule_list[i]->id);
            buffer_put_c(&line, "  ");
            buffer_put_c(&line, policy_engine_rule_title(e, i, x->language));
            buffer_put_char(&line, '\n');
            buffer_put(&x->text, buffer_text(&line));
            x->nomem = x->nomem || line.failed;
            buffer_free(&line);
        }
        needs_free(&n);
    }
    if (!used) {
        explain_line(x, MESSAGE_EXPLAIN_UNUSED, str_none, str_none);
    }
}
