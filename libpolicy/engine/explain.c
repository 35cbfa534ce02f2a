/*
 * policy_engine_explain: a rule, a clause, a parameter, or all clauses, in words.
 *
 * Rules are in explain_rule.c, parameters in explain_param.c; here is what is asked for, and the clauses.
 */
#include "engine/explain.h"

#include "base/number.h"
#include "base/text_handle.h"

/* ---- clauses ---- */

static bool lists(const pack_clause *c, str rule)
{
    for (uint32_t i = 0; i < c->rule_count; i++) {
        if (str_equal(c->rules[i], rule)) {
            return true;
        }
    }
    return false;
}

static const plan_version *last_version(const plan_rule *rule)
{
    return rule->versions[rule->version_count - 1];
}

/* Does the rule hold this clause: by its own word, in the clause's pack or one that builds on it, or by the clause's? */
static bool holds(const plan_rule *rule, const pack *p, const pack_clause *c)
{
    const plan_version *v = last_version(rule);
    return lists(c, rule->id) || (str_equal(v->from->clause, c->id) && (v->pack == p || pack_extends(v->pack, p)));
}

/* How the schema calls a kind of filing, if it does: its first spelling and the code. */
static void put_filing(const explanation *x, str kind, buffer *out)
{
    int type_at = engine_find_type(x->engine, STR("filing"));
    const schema_type *t = type_at < 0 ? NULL : x->engine->tables[type_at]->record;
    int field = t ? schema_find_field(t, STR("kind")) : -1;
    for (uint32_t i = 0; field >= 0 && i < t->fields[field].value_count; i++) {
        const schema_enum_value *v = &t->fields[field].values[i];
        if (str_equal(v->code, kind) && v->alias_count > 0 && x->language != POLICY_LANGUAGE_EN) {
            buffer_put(out, v->aliases[0]);
            buffer_put_char(out, ' ');
        }
    }
    buffer_put(out, kind);
}

static void put_clause_head(explanation *x, const pack *p, const pack_clause *c)
{
    buffer b;
    explain_buffer(x, &b);
    explain_line(x, MESSAGE_EXPLAIN_CLAUSE, c->id, str_none);
    x->indent += 2;
    if (c->quote.data != NULL) {
        explain_line(x, MESSAGE_EXPLAIN_QUOTE, c->quote, str_none);
    }
    explain_document(x, p, c->document, &b);
    if (b.size > 0) {
        explain_line(x, MESSAGE_EXPLAIN_DOCUMENT, buffer_text(&b), str_none);
    }
    if (c->section.data != NULL) {
        explain_line(x, MESSAGE_EXPLAIN_SECTION, c->section, str_none);
    }
    if (c->duty.data != NULL) {
        explain_line(x, MESSAGE_EXPLAIN_DUTY, c->duty, str_none);
    }
    x->nomem = x->nomem || b.failed;
    buffer_clear(&b);
    if (c->attested_by.data != NULL) {
        put_filing(x, c->attested_by, &b);
        explain_line(x, MESSAGE_EXPLAIN_ATTESTED, buffer_text(&b), str_none);
    }
    x->nomem = x->nomem || b.failed;
    buffer_free(&b);
}

/* The rules that hold a clause, and once for all of them what they read. */
static void put_holders(explanation *x, const pack *p, const pack_clause *c)
{
    const policy_engine *e = x->engine;
    needs n;
    if (!needs_init(&n, e)) {
        x->nomem = true;
        return;
    }
    x->indent += 2;
    for (uint32_t i = 0; i < e->rule_count; i++) {
        const plan_rule *rule = e->rule_list[i];
        if (!holds(rule, p, c)) {
            continue;
        }
        explain_rule(x, rule, false);
        for (uint32_t k = 0; k < rule->version_count; k++) {
            needs_add_version(&n, rule->versions[k]);
        }
    }
    x->indent -= 2;
    explain_needs(x, &n);
    needs_free(&n);
}

static void put_clause(explanation *x, const pack *p, const pack_clause *c)
{
    const policy_engine *e = x->engine;
    str reason = explain_choose(x, &c->reason);
    bool held = false;
    put_clause_head(x, p, c);
    for (uint32_t i = 0; i < e->rule_count; i++) {
        held = held || holds(e->rule_list[i], p, c);
    }
    if (reason.data != NULL) {
        explain_line(x, held || c->attested_by.data ? MESSAGE_EXPLAIN_REMARK : MESSAGE_EXPLAIN_REASON, reason,
                     str_none);
    }
    if (!held && c->attested_by.data == NULL && reason.data == NULL) {
        explain_line(x, MESSAGE_EXPLAIN_OPEN_CLAUSE, str_none, str_none);
    }
    if (held) {
        explain_line(x, MESSAGE_EXPLAIN_HELD_BY, str_none, str_none);
    }
    if (held) {
        put_holders(x, p, c);
    }
    x->indent -= 2;
}

/* Everything said under a clause's id. False when there is nothing of that name. */
static bool put_clauses_called(explanation *x, str id)
{
    const ruleset *r = x->engine->rules;
    bool found = false;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        for (uint32_t k = 0; k < r->packs[i]->clause_count; k++) {
            if (str_equal(r->packs[i]->clauses[k].id, id)) {
                if (found) {
                    explain_blank(x);
                }
                put_clause(x, r->packs[i], &r->packs[i]->clauses[k]);
                found = true;
            }
        }
    }
    if (found) {
        return true;
    }
    for (uint32_t i = 0; i < x->engine->rule_count; i++) { /* packs without a list of clauses */
        const plan_rule *rule = x->engine->rule_list[i];
        if (str_equal(last_version(rule)->from->clause, id)) {
            if (found) {
                explain_blank(x);
            }
            explain_rule(x, rule, true);
            found = true;
        }
    }
    return found;
}

/* ---- everything ---- */

static void put_rule_line(explanation *x, const plan_rule *rule)
{
    buffer_put_c(&x->text, "    ");
    buffer_put(&x->text, rule->id);
    buffer_put_c(&x->text, "  ");
    buffer_put_c(&x->text, policy_engine_rule_title(x->engine, rule->number, x->language));
    buffer_put_char(&x->text, '\n');
}

typedef struct clause_counts {
    uint32_t all, held, attested, reasoned;
} clause_counts;

static void put_clause_line(explanation *x, const pack *p, const pack_clause *c, clause_counts *counts)
{
    const policy_engine *e = x->engine;
    str reason = explain_choose(x, &c->reason);
    bool held = false;
    buffer_put_c(&x->text, "  ");
    buffer_put(&x->text, c->id);
    buffer_put_c(&x->text, "  ");
    buffer_put(&x->text, c->quote);
    buffer_put_char(&x->text, '\n');
    for (uint32_t i = 0; i < e->rule_count; i++) {
        if (holds(e->rule_list[i], p, c)) {
            put_rule_line(x, e->rule_list[i]);
            held = true;
        }
    }
    x->indent = 4;
    if (c->attested_by.data != NULL) {
        buffer b;
        explain_buffer(x, &b);
        put_filing(x, c->attested_by, &b);
        explain_line(x, MESSAGE_EXPLAIN_ATTESTED, buffer_text(&b), str_none);
        x->nomem = x->nomem || b.failed;
        buffer_free(&b);
    } else if (!held) {
        explain_line(x, reason.data ? MESSAGE_EXPLAIN_REASON : MESSAGE_EXPLAIN_OPEN_CLAUSE, reason, str_none);
    }
    x->indent = 0;
    counts->all++;
    counts->held += held ? 1 : 0;
    counts->attested += !held && c->attested_by.data ? 1 : 0;
    counts->reasoned += !held && !c->attested_by.data && reason.data ? 1 : 0;
}

static void put_counts(explanation *x, const clause_counts *counts)
{
    char numbers[4][NUMBER_TEXT];
    const uint32_t all[4] = {counts->all, counts->held, counts->attested, counts->reasoned};
    str arguments[4];
    for (int i = 0; i < 4; i++) {
        arguments[i] = (str){numbers[i], number_write_uint(numbers[i], all[i])};
    }
    explain_count_line(x, MESSAGE_EXPLAIN_COUNTS, arguments, 4);
}

static void put_pack(explanation *x, const pack *p)
{
    const policy_engine *e = x->engine;
    clause_counts counts = {0};
    str title = explain_choose(x, &p->title);
    explain_pack(x, p, &x->text);
    buffer_put_c(&x->text, title.data ? "  " : "");
    buffer_put(&x->text, title.data ? title : STR(""));
    buffer_put_char(&x->text, '\n');
    for (uint32_t i = 0; i < p->clause_count; i++) {
        put_clause_line(x, p, &p->clauses[i], &counts);
    }
    if (counts.all > 0) {
        put_counts(x, &counts);
    }
    bool first = true;
    for (uint32_t i = 0; i < e->rule_count; i++) {
        const plan_rule *rule = e->rule_list[i];
        bool listed = last_version(rule)->pack != p;
        for (uint32_t k = 0; k < p->clause_count && !listed; k++) {
            listed = holds(rule, p, &p->clauses[k]);
        }
        if (listed) {
            continue;
        }
        if (first && counts.all > 0) {
            explain_line(x, MESSAGE_EXPLAIN_OTHER_RULES, str_none, str_none);
        }
        first = false;
        put_rule_line(x, rule);
    }
}

static void put_everything(explanation *x)
{
    const ruleset *r = x->engine->rules;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        if (i > 0) {
            explain_blank(x);
        }
        put_pack(x, r->packs[i]);
    }
}

/* ---- the door ---- */

static policy_status refuse(const policy_engine *e, str what, policy_error **err)
{
    const policy_allocator *a = &e->options.allocator;
    const ruleset *r = e->rules;
    arena memory;
    arena_init(&memory, a, 0);
    size_t count = 2 * (size_t)e->rule_count + e->param_count + 1;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        count += r->packs[i]->clause_count;
    }
    str *names = arena_array(&memory, count, sizeof *names);
    size_t n = 0;
    for (uint32_t i = 0; names != NULL && i < e->rule_count; i++) {
        names[n++] = e->rule_list[i]->id;
        if (last_version(e->rule_list[i])->from->clause.data != NULL) {
            names[n++] = last_version(e->rule_list[i])->from->clause;
        }
    }
    for (uint32_t i = 0; names != NULL && i < r->pack_count; i++) {
        for (uint32_t k = 0; k < r->packs[i]->clause_count; k++) {
            names[n++] = r->packs[i]->clauses[k].id;
        }
    }
    for (uint32_t i = 0; names != NULL && i < e->param_count; i++) {
        str parts[2] = {STR("params."), e->params[i].from->declared->name};
        str name = arena_join(&memory, parts, 2);
        if (name.data != NULL) {
            names[n++] = name;
        }
    }
    policy_status status = memory.failed ? error_nomem(err)
                                         : error_set(err, a,
                                                     &(error_spec){.status = POLICY_E_NOT_FOUND,
                                                                   .message = MESSAGE_ENGINE_NOTHING_CALLED,
                                                                   .arguments = {what},
                                                                   .nearest = str_nearest(what, names, n)});
    arena_free(&memory);
    return status;
}

static bool put_what(explanation *x, str what)
{
    const policy_engine *e = x->engine;
    if (what.size == 0) {
        put_everything(x);
        return true;
    }
    const plan_rule *rule = engine_find_rule(e, what);
    if (rule != NULL) {
        explain_rule(x, rule, true);
        return true;
    }
    const plan_param *p = str_starts(what, STR("params.")) ? engine_find_param(e, str_slice(what, 7, what.size)) : NULL;
    if (p != NULL) {
        explain_param(x, p);
        return true;
    }
    return put_clauses_called(x, what);
}

policy_status policy_engine_explain(const policy_engine *engine, const char *what, policy_language language,
                                    policy_text **out, policy_error **err)
{
    if (engine == NULL || what == NULL || out == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(engine == NULL ? "engine"
                                                            : what == NULL ? "what"
                                                                           : "out")}});
    }
    *out = NULL;
    explanation x = {.engine = engine, .language = language};
    buffer_init(&x.text, &engine->options.allocator, 0);
    policy_status status;
    if (!put_what(&x, str_of(what))) {
        status = refuse(engine, str_of(what), err);
    } else if (x.nomem || x.text.failed) {
        status = error_nomem(err);
    } else {
        status = text_handle_new(&engine->options.allocator, buffer_text(&x.text), out, err);
    }
    buffer_free(&x.text);
    return status;
}
