/*
 * Explaining a rule: what it says as written, with the parameters' values, what it reads, and who made it stricter.
 */
#include "base/number.h"
#include "engine/explain.h"

static bool given(const expr_text *text)
{
    return text->text.data != NULL;
}

/* A line with an expression, and under it the same with values. */
static void put_expression(explanation *x, message_id message, const expr_text *from)
{
    if (!given(from)) {
        return;
    }
    buffer written, filled;
    explain_buffer(x, &written);
    explain_buffer(x, &filled);
    explain_expression(from, &written);
    explain_line(x, message, buffer_text(&written), str_none);
    if (explain_substituted(x, from, &filled)) {
        x->indent += 2;
        explain_line(x, MESSAGE_EXPLAIN_THAT_IS, buffer_text(&filled), str_none);
        x->indent -= 2;
    }
    x->nomem = x->nomem || written.failed || filled.failed;
    buffer_free(&written);
    buffer_free(&filled);
}

static void put_table(explanation *x, const plan_version *v)
{
    const plan_table *t = v->table;
    buffer name, root;
    explain_buffer(x, &name);
    explain_buffer(x, &root);
    explain_type(x, t->root, &root);
    if (t->measure == NULL) {
        explain_line(x, MESSAGE_EXPLAIN_TABLE, buffer_text(&root), str_none);
    } else {
        str title = explain_choose(x, &t->measure->title);
        explain_titled(&name, title.data ? title : t->name, t->name);
        explain_line(x, MESSAGE_EXPLAIN_TABLE_OF, buffer_text(&name), buffer_text(&root));
    }
    x->nomem = x->nomem || name.failed || root.failed;
    buffer_free(&name);
    buffer_free(&root);
}

static void put_each(explanation *x, const pack_each *each);
static void put_keys(explanation *x, uint32_t root, const pack_key *per, uint32_t count);

/* What a computed table is computed by, down to records. */
static void put_computation(explanation *x, const plan_measure *m)
{
    if (m == NULL || m->from == NULL) {
        return;
    }
    x->indent += 2;
    put_each(x, &m->from->each);
    put_expression(x, MESSAGE_EXPLAIN_WHEN, &m->from->when);
    put_keys(x, m->source->root, m->from->per, m->from->per_count);
    put_expression(x, MESSAGE_EXPLAIN_MEASURE, &m->from->measure);
    if (m->source->measure != NULL) {
        explain_line(x, MESSAGE_EXPLAIN_TABLE, m->source->name, str_none);
        put_computation(x, m->source->measure);
    }
    x->indent -= 2;
}

static void put_each(explanation *x, const pack_each *each)
{
    if (!each->present) {
        return;
    }
    buffer list;
    explain_buffer(x, &list);
    explain_expression(&each->list, &list);
    explain_line(x, MESSAGE_EXPLAIN_EACH, each->name, buffer_text(&list));
    x->nomem = x->nomem || list.failed;
    buffer_free(&list);
}

static void put_keys(explanation *x, uint32_t root, const pack_key *per, uint32_t count)
{
    if (count == 0) {
        return;
    }
    buffer keys;
    explain_buffer(x, &keys);
    for (uint32_t i = 0; i < count; i++) {
        buffer_put_c(&keys, i == 0 ? "" : x->language == POLICY_LANGUAGE_EN ? ", " : "、");
        if (per[i].is_field) {
            explain_field(x, root, per[i].name, &keys);
        } else {
            buffer_put(&keys, per[i].name);
            buffer_put_c(&keys, " = ");
            explain_expression(&per[i].expression, &keys);
        }
    }
    explain_line(x, MESSAGE_EXPLAIN_PER, buffer_text(&keys), str_none);
    x->nomem = x->nomem || keys.failed;
    buffer_free(&keys);
}

/* Where the script defines the rule, and what its functions read. */
static void put_script(explanation *x, const plan_version *v)
{
    char number[NUMBER_TEXT];
    const pack_rule *from = v->from;
    explain_line(x, MESSAGE_EXPLAIN_SCRIPT_AT, from->at.file, (str){number, number_write_uint(number, from->at.line)});
    buffer names;
    explain_buffer(x, &names);
    for (uint32_t i = 0; i < from->need_count; i++) {
        buffer_put_c(&names, i == 0 ? "" : x->language == POLICY_LANGUAGE_EN ? ", " : "、");
        explain_field(x, v->table->root, from->needs[i], &names);
    }
    if (from->need_count > 0) {
        explain_line(x, MESSAGE_EXPLAIN_SCRIPT_READS, buffer_text(&names), str_none);
    }
    x->nomem = x->nomem || names.failed;
    buffer_free(&names);
}

static void put_check(explanation *x, const plan_version *v)
{
    const pack_rule *from = v->from;
    put_table(x, v);
    put_computation(x, v->table->measure);
    put_each(x, &from->each);
    put_expression(x, MESSAGE_EXPLAIN_WHEN, &from->when);
    put_keys(x, v->table->root, from->per, from->per_count);
    switch (from->check) {
    case RULE_DENY:
        put_expression(x, MESSAGE_EXPLAIN_DENY, &from->condition);
        break;
    case RULE_REQUIRE:
        put_expression(x, MESSAGE_EXPLAIN_REQUIRE, &from->condition);
        break;
    case RULE_LIMIT:
        put_expression(x, MESSAGE_EXPLAIN_MEASURE, &from->measure);
        put_expression(x, MESSAGE_EXPLAIN_AT_MOST, &from->at_most);
        put_expression(x, MESSAGE_EXPLAIN_AT_LEAST, &from->at_least);
        put_expression(x, MESSAGE_EXPLAIN_EXACTLY, &from->exactly);
        put_expression(x, MESSAGE_EXPLAIN_WARN_ABOVE, &from->warn_above);
        put_expression(x, MESSAGE_EXPLAIN_WARN_BELOW, &from->warn_below);
        break;
    case RULE_SCRIPT:
        put_script(x, v);
        break;
    }
}

/* ---- what overlays added ---- */

static void put_part(buffer *out, const char *name, const expr_text *text)
{
    if (given(text)) {
        buffer_put_c(out, out->size > 0 ? ", " : "");
        buffer_put_c(out, name);
        buffer_put_c(out, ": ");
        explain_expression(text, out);
    }
}

static void put_tightened(explanation *x, const plan_version *v)
{
    const ruleset *r = x->engine->rules;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        for (uint32_t k = 0; k < r->packs[i]->tighten_count; k++) {
            const pack_tighten *t = &r->packs[i]->tightens[k];
            if (!str_equal(t->rule, v->from->id) || (t->base != NULL && t->base != v->pack)) {
                continue;
            }
            buffer by, what;
            explain_buffer(x, &by);
            explain_buffer(x, &what);
            explain_pack(x, r->packs[i], &by);
            put_part(&what, "at_most", &t->at_most);
            put_part(&what, "at_least", &t->at_least);
            put_part(&what, "warn_above", &t->warn_above);
            put_part(&what, "warn_below", &t->warn_below);
            put_part(&what, "also_when", &t->also_when);
            if (t->has_severity) {
                buffer_put_c(&what, what.size > 0 ? ", severity: " : "severity: ");
                buffer_put_c(&what, policy_severity_name(t->severity));
            }
            explain_line(x, MESSAGE_EXPLAIN_TIGHTENED, buffer_text(&by), buffer_text(&what));
            x->nomem = x->nomem || by.failed || what.failed;
            buffer_free(&by);
            buffer_free(&what);
        }
    }
}

/* ---- all of it ---- */

static void put_head(explanation *x, const plan_version *v, bool alone)
{
    const pack_rule *from = v->from;
    buffer b;
    explain_buffer(x, &b);
    if (alone && from->clause.data != NULL) {
        explain_line(x, MESSAGE_EXPLAIN_CLAUSE, from->clause, str_none);
    }
    if (alone && from->quote.data != NULL) {
        explain_line(x, MESSAGE_EXPLAIN_QUOTE, from->quote, str_none);
    }
    if (alone) {
        explain_document(x, v->pack, from->document, &b);
        if (b.size > 0) {
            explain_line(x, MESSAGE_EXPLAIN_DOCUMENT, buffer_text(&b), str_none);
        }
        x->nomem = x->nomem || b.failed;
        buffer_clear(&b);
    }
    explain_pack(x, v->pack, &b);
    explain_line(x, MESSAGE_EXPLAIN_PACK, buffer_text(&b), str_none);
    x->nomem = x->nomem || b.failed;
    buffer_clear(&b);
    static const message_id severities[] = {MESSAGE_EXPLAIN_INFO, MESSAGE_EXPLAIN_WARNING, MESSAGE_EXPLAIN_VIOLATION};
    explain_line(x, MESSAGE_EXPLAIN_SEVERITY, message_argument(severities[v->severity]), str_none);
    explain_range(x, &v->in_force, &b);
    explain_line(x, MESSAGE_EXPLAIN_IN_FORCE, buffer_text(&b), str_none);
    x->nomem = x->nomem || b.failed;
    buffer_free(&b);
}

static void put_tail(explanation *x, const plan_version *v)
{
    const pack_rule *from = v->from;
    str note = explain_choose(x, &from->note);
    if (from->reading_count > 0) {
        buffer list;
        explain_buffer(x, &list);
        for (uint32_t i = 0; i < from->reading_count; i++) {
            buffer_put_c(&list, i == 0 ? "" : x->language == POLICY_LANGUAGE_EN ? ", " : "、");
            buffer_put(&list, from->readings[i]);
        }
        explain_line(x, MESSAGE_EXPLAIN_READINGS, buffer_text(&list), str_none);
        x->nomem = x->nomem || list.failed;
        buffer_free(&list);
    }
    if (note.data != NULL) {
        explain_line(x, MESSAGE_EXPLAIN_NOTE, note, str_none);
    }
}

static void put_version(explanation *x, const plan_version *v, bool alone)
{
    put_head(x, v, alone);
    put_check(x, v);
    put_tightened(x, v);
    put_tail(x, v);
    if (alone) {
        needs n;
        if (!needs_init(&n, x->engine)) {
            x->nomem = true;
            return;
        }
        needs_add_version(&n, v);
        explain_needs(x, &n);
        needs_free(&n);
    }
}

void explain_rule(explanation *x, const plan_rule *rule, bool alone)
{
    explain_line(x, MESSAGE_EXPLAIN_RULE, rule->id, str_none);
    x->indent += 2;
    for (uint32_t i = 0; i < rule->version_count; i++) {
        const plan_version *v = rule->versions[i];
        str title = explain_choose(x, &v->from->title);
        if (title.data != NULL && (i == 0 || !str_equal(title, explain_choose(x, &rule->versions[0]->from->title)))) {
            explain_line(x, MESSAGE_EXPLAIN_TITLE, title, str_none);
        }
        if (rule->version_count > 1) {
            char number[NUMBER_TEXT], of[NUMBER_TEXT];
            explain_line(x, MESSAGE_EXPLAIN_VERSION, (str){number, number_write_uint(number, i + 1)},
                         (str){of, number_write_uint(of, rule->version_count)});
            x->indent += 2;
        }
        put_version(x, v, alone);
        x->indent -= rule->version_count > 1 ? 2 : 0;
    }
    x->indent -= 2;
}
