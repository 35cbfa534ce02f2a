/*
 * Signatures from texts: each expression as it is written, then whatever its identifiers may mean. See signature.h.
 */
#include "engine/signature.h"

#include <string.h>

#include "expr/functions.h"

typedef struct signer {
    const policy_engine *engine;
    digest digest;
    bool *measures; /* in already, by number */
    bool calendar;  /* in already */
    bool failed;
} signer;

static void put_table(signer *s, const plan_table *t);
static void put_measure(signer *s, const plan_measure *m);

static void put_value(signer *s, value v, const type *t)
{
    buffer b;
    buffer_init(&b, &s->engine->options.allocator, 0);
    digest_put_number(&s->digest, v.kind);
    if (v.kind != VALUE_NULL) {
        value_write(&b, v, t, POLICY_LANGUAGE_EN);
    }
    s->failed = s->failed || b.failed;
    digest_put_text(&s->digest, buffer_text(&b));
    buffer_free(&b);
}

static void put_range(signer *s, const date_range *range)
{
    digest_put_number(&s->digest, (range->has_from ? 1u : 0) | (range->has_until ? 2u : 0));
    digest_put_number(&s->digest, range->has_from ? (uint64_t)range->from : 0);
    digest_put_number(&s->digest, range->has_until ? (uint64_t)range->until : 0);
}

static void put_param(signer *s, const plan_param *p)
{
    digest_put_text(&s->digest, p->from->declared->name);
    for (uint32_t i = 0; i < p->from->version_count; i++) {
        put_range(s, &p->from->versions[i].in_force);
        put_value(s, p->values[i], p->type);
    }
}

static void put_params(signer *s, str name) /* str_none: all */
{
    for (uint32_t i = 0; i < s->engine->param_count; i++) {
        const plan_param *p = &s->engine->params[i];
        if (name.data == NULL || str_equal(p->from->declared->name, name)) {
            put_param(s, p);
        }
    }
}

static void put_calendar(signer *s)
{
    const calendar *c = s->engine->calendar;
    int32_t first, last;
    if (s->calendar || c == NULL) {
        return;
    }
    s->calendar = true;
    uint32_t count = 0;
    const calendar_term *terms = calendar_terms(c, &count);
    for (uint32_t i = 0; i < count; i++) {
        digest_put_text(&s->digest, terms[i].name);
    }
    if (!calendar_span(c, &first, &last)) {
        return;
    }
    digest_put_number(&s->digest, (uint64_t)first);
    for (int64_t day = first; day <= last; day++) {
        const calendar_term *term = calendar_term_of(c, (int32_t)day);
        uint8_t facts[3] = {(uint8_t)calendar_workday(c, (int32_t)day), (uint8_t)calendar_teaching_day(c, (int32_t)day),
                            (uint8_t)(term ? term - terms + 1 : 0)};
        digest_put(&s->digest, facts, sizeof facts);
    }
}

static void put_field(signer *s, const schema_type *t, const schema_field *f)
{
    digest *d = &s->digest;
    digest_put_text(d, f->name);
    digest_put_number(d, (uint64_t)f->type->kind);
    digest_put_number(d, (uint64_t)f->reader);
    digest_put_text(d, f->unit);
    digest_put_number(d, (uint64_t)f->absent);
    if (f->absent == SCHEMA_DEFAULT_VALUE) {
        put_value(s, f->default_value, f->type);
    }
    digest_put_number(d, f->empty_is_none);
    put_value(s, f->has_minimum ? f->minimum : value_null(), f->type);
    put_value(s, f->has_maximum ? f->maximum : value_null(), f->type);
    for (uint32_t i = 0; i < f->value_count; i++) {
        digest_put_text(d, f->values[i].code);
        for (uint32_t k = 0; k < f->values[i].alias_count; k++) {
            digest_put_text(d, f->values[i].aliases[k]);
        }
    }
    if (f->also_from >= 0) {
        digest_put_text(d, t->fields[f->also_from].name);
    }
    if (f->reader == READER_GRADE) { /* read under the school's system */
        const schema_systems *systems = &s->engine->schema->systems;
        put_params(s, systems->primary_param.data ? systems->primary_param : STR(""));
        put_params(s, systems->junior_param.data ? systems->junior_param : STR(""));
    }
}

/* ---- texts ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool asks_calendar(str name)
{
    static const char *const names[] = {"week",         "workday",    "teaching_day", "teaching_days",
                                        "term",         "term_start", "term_end",     "school_year",
                                        "school_years", "terms",      "weeks",        "dates"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_equal(name, str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static void put_text(signer *s, const plan_table *t, str text, bool *lets);

/* Everything the identifier may stand for. */
static void put_name(signer *s, const plan_table *t, str name, bool *lets)
{
    if (t->record != NULL) {
        int field = schema_find_field(t->record, name);
        if (field >= 0) {
            put_field(s, t->record, &t->record->fields[field]);
        }
    }
    for (uint32_t i = 0; i < t->let_count; i++) {
        if (!lets[i] && t->lets[i].from != NULL && str_equal(t->lets[i].from->name, name)) {
            lets[i] = true;
            digest_put_text(&s->digest, name);
            put_text(s, t, t->lets[i].from->expression.text, lets);
        }
    }
    const plan_table *other = engine_find_table(s->engine, name);
    if (other != NULL && other->measure != NULL) {
        put_measure(s, other->measure);
    }
    if (asks_calendar(name)) {
        put_calendar(s);
    }
}

static void put_text(signer *s, const plan_table *t, str text, bool *lets)
{
    digest_put_text(&s->digest, text);
    for (size_t i = 0; i < text.size;) {
        if (!is_letter(text.data[i])) {
            /* A number's letters (0x1F, 1e5, 12u) are no name. */
            bool number = is_digit(text.data[i]);
            i++;
            while (number && i < text.size && (is_letter(text.data[i]) || is_digit(text.data[i]))) {
                i++;
            }
            continue;
        }
        size_t from = i;
        while (i < text.size && (is_letter(text.data[i]) || is_digit(text.data[i]))) {
            i++;
        }
        str name = str_slice(text, from, i);
        if (!str_equal(name, STR("params"))) {
            put_name(s, t, name, lets); /* words in quotes too: more than need be does no harm */
            continue;
        }
        size_t until = i < text.size && text.data[i] == '.' ? i + 1 : i;
        size_t end = until;
        while (until > i && end < text.size && (is_letter(text.data[end]) || is_digit(text.data[end]))) {
            end++;
        }
        put_params(s, end > until ? str_slice(text, until, end) : str_none);
    }
}

/* An expression over a table's rows. */
static void put_expression(signer *s, const plan_table *t, str text)
{
    if (text.data == NULL) {
        digest_put_text(&s->digest, str_none);
        return;
    }
    bool *lets = allocator_zero(&s->engine->options.allocator, (size_t)t->let_count + 1, sizeof *lets);
    if (lets == NULL) {
        s->failed = true;
        return;
    }
    put_text(s, t, text, lets);
    allocator_free(&s->engine->options.allocator, lets);
}

static void put_program(signer *s, const plan_table *t, const expr *program)
{
    put_expression(s, t, program ? expr_source_text(program) : str_none);
}

static void put_also(signer *s, const plan_table *t, const plan_also *also, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        put_program(s, t, also[i].when);
        put_range(s, &also[i].in_force);
    }
}

static void put_keys(signer *s, const plan_table *t, const plan_key *keys, uint32_t count)
{
    digest_put_number(&s->digest, count);
    for (uint32_t i = 0; i < count; i++) {
        digest_put_text(&s->digest, keys[i].name);
        if (keys[i].program != NULL) {
            put_program(s, t, keys[i].program);
        } else {
            put_expression(s, t, keys[i].name);
        }
    }
}

static void put_each(signer *s, const plan_table *t, const plan_each *each)
{
    digest_put_number(&s->digest, each->present);
    if (each->present) {
        digest_put_text(&s->digest, each->name);
        put_program(s, t, each->list);
    }
}

static void put_table(signer *s, const plan_table *t)
{
    digest_put_text(&s->digest, t->name);
    if (t->measure != NULL) {
        put_measure(s, t->measure);
        return;
    }
    digest_put_number(&s->digest, (uint64_t)t->record->dated_by);
    if (t->record->dated_by >= 0) {
        put_field(s, t->record, &t->record->fields[t->record->dated_by]);
    }
}

static void put_measure(signer *s, const plan_measure *m)
{
    digest_put_text(&s->digest, m->id);
    if (s->measures[m->number]) {
        return;
    }
    s->measures[m->number] = true;
    put_table(s, m->source);
    put_each(s, m->source, &m->each);
    put_program(s, m->source, m->when);
    put_also(s, m->source, m->also, m->also_count);
    put_keys(s, m->source, m->keys, m->key_count);
    digest_put_number(&s->digest, (uint64_t)m->algebra.kind);
    for (uint32_t i = 0; i < 2; i++) {
        put_program(s, m->source, m->arguments[i]);
        digest_put_number(&s->digest, (uint64_t)m->algebra.units[i]);
    }
    digest_put_number(&s->digest, (uint64_t)m->algebra.gap);
    if (m->in_force != NULL) {
        put_range(s, m->in_force);
    }
}

/* ---- all of an engine ---- */

static bool begin(signer *s, const policy_engine *e)
{
    *s = (signer){.engine = e};
    s->measures = allocator_zero(&e->options.allocator, (size_t)e->measure_count + 1, sizeof *s->measures);
    digest_begin(&s->digest);
    return s->measures != NULL;
}

static bool end(signer *s, signature *out)
{
    digest_end(&s->digest, out->bytes);
    allocator_free(&s->engine->options.allocator, s->measures);
    return !s->failed;
}

static bool of_measure(const policy_engine *e, const plan_measure *m, signature *out)
{
    signer s;
    if (!begin(&s, e)) {
        return false;
    }
    digest_put_text(&s.digest, STR("measure"));
    put_measure(&s, m);
    return end(&s, out);
}

static bool of_rule(const policy_engine *e, const plan_rule *r, signature *out)
{
    signer s;
    if (!begin(&s, e)) {
        return false;
    }
    digest_put_text(&s.digest, STR("rule"));
    for (uint32_t i = 0; i < r->version_count; i++) {
        const plan_version *v = r->versions[i];
        put_range(&s, &v->in_force);
        put_table(&s, v->table);
        put_each(&s, v->table, &v->each);
        put_program(&s, v->table, v->when);
        put_also(&s, v->table, v->also, v->also_count);
        put_program(&s, v->table, v->condition);
        digest_put_number(&s.digest, (v->require ? 1u : 0) | (v->script ? 2u : 0));
        put_keys(&s, v->table, v->keys, v->key_count);
        for (uint32_t k = 0; k < v->placeholder_count; k++) {
            put_program(&s, v->table, v->placeholders[k]);
        }
        if (v->script) {
            digest_put_text(&s.digest, e->rules->scripts[v->from->script].text);
        }
    }
    return end(&s, out);
}

static bool work_out(const policy_engine *e, signature *all)
{
    bool fine = true;
    for (uint32_t i = 0; i < e->measure_count && fine; i++) {
        const plan_measure *m = e->measures[i];
        fine = m->account == PLAN_NONE || of_measure(e, m, &all[m->account]);
    }
    for (uint32_t i = 0; i < e->rule_count && fine; i++) {
        const plan_rule *r = e->rule_list[i];
        fine = of_rule(e, r, &all[e->account_count + r->number]);
    }
    return fine;
}

/* Two threads that ask first at the same time both work, and the second one's work is thrown away. */
bool signatures_of(policy_engine *e, engine_signatures *out)
{
    const policy_allocator *a = &e->options.allocator;
    signature *all = atomic_load_explicit(&e->signatures, memory_order_acquire);
    if (all == NULL) {
        all = allocator_zero(a, (size_t)e->account_count + e->rule_count + 1, sizeof *all);
        if (all == NULL || !work_out(e, all)) {
            allocator_free(a, all);
            return false;
        }
        signature *first = NULL;
        if (!atomic_compare_exchange_strong_explicit(&e->signatures, &first, all, memory_order_acq_rel,
                                                     memory_order_acquire)) {
            allocator_free(a, all);
            all = first;
        }
    }
    *out = (engine_signatures){all, all + e->account_count};
    return true;
}
