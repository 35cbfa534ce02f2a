/*
 * policy_engine_explain_plan: how rows that come as columns will be judged, in words.
 *
 * Asked of the same objects that judge them (feed.h), made for a ledger that nothing is fed to. What depends on a batch,
 * its dictionaries and its nulls, is said as far as it can be known before one comes.
 */
#include "base/text_handle.h"
#include "columns/columns.h"
#include "columns/feed.h"

typedef struct plan_text {
    const programs *programs;
    policy_language language;
    buffer text;
} plan_text;

static void put_line(plan_text *x, message_id line, str first, str second, str third)
{
    message_write(&x->text, line, x->language, (const str[]){first, second, third}, 3);
    buffer_put_char(&x->text, '\n');
}

/* A condition's text on one line. */
static void put_condition(buffer *out, str text)
{
    for (size_t i = 0; i < text.size; i++) {
        bool blank = text.data[i] == '\n' || text.data[i] == ' ';
        if (!blank || (i > 0 && text.data[i - 1] != '\n' && text.data[i - 1] != ' ')) {
            buffer_put_char(out, blank ? ' ' : text.data[i]);
        }
    }
}

static message_id way_of(const plan_text *x, const truth *t)
{
    const plan_table *table = x->programs->table;
    if (t->tuple->fields == 0) {
        return MESSAGE_COLUMNS_WAY_CONSTANT;
    }
    if (t->tuple->left != NULL) {
        return MESSAGE_COLUMNS_WAY_COMBINATION;
    }
    const schema_field *f = &table->record->fields[t->tuple->field];
    type_kind kind = f->type ? f->type->kind : TYPE_DYN;
    breaks b;
    if (kind == TYPE_BOOL) {
        return MESSAGE_COLUMNS_WAY_BITS;
    }
    bool number = kind == TYPE_INT || kind == TYPE_DOUBLE || kind == TYPE_DATE;
    return number && t->kind == TRUTH_CONDITION &&
                   breaks_of(&b, table, t->program, t->tuple->field, kind == TYPE_DOUBLE)
               ? MESSAGE_COLUMNS_WAY_COMPARED
               : MESSAGE_COLUMNS_WAY_VALUE;
}

static void put_truth(plan_text *x, const truth *t)
{
    const schema_type *of = x->programs->table->record;
    buffer text, fields;
    buffer_init(&text, x->text.allocator, 0);
    buffer_init(&fields, x->text.allocator, 0);
    put_condition(&text, t->program != NULL ? expr_source_text(t->program) : str_none);
    for (uint32_t i = 0; i < of->field_count; i++) {
        if (t->tuple->fields >> i & 1) {
            buffer_put(&fields, fields.size > 0 ? STR(", ") : STR(""));
            buffer_put(&fields, of->fields[i].name);
        }
    }
    put_line(x, fields.size > 0 ? MESSAGE_COLUMNS_PART_FIELDS : MESSAGE_COLUMNS_PART, buffer_text(&text),
             message_argument(way_of(x, t)), buffer_text(&fields));
    x->text.failed = x->text.failed || text.failed || fields.failed;
    buffer_free(&text);
    buffer_free(&fields);
}

static void put_condition_parts(plan_text *x, const condition *c, const expr *whole)
{
    if (c == NULL || c->kind == CONDITION_CONSTANT) {
        return;
    }
    if (c->kind == CONDITION_TRUTH) {
        put_truth(x, c->truth);
    } else if (c->kind == CONDITION_OTHER) {
        buffer text;
        buffer_init(&text, x->text.allocator, 0);
        put_condition(&text, whole != NULL ? expr_source_text(whole) : str_none);
        put_line(x, MESSAGE_COLUMNS_PART, buffer_text(&text), message_argument(MESSAGE_COLUMNS_WAY_ROWS), str_none);
        x->text.failed = x->text.failed || text.failed;
        buffer_free(&text);
    }
    for (uint32_t i = 0; i < c->count; i++) {
        put_condition_parts(x, c->children[i], whole);
    }
}

static void put_columns(plan_text *x, const type_columns *c)
{
    x->programs = &c->programs;
    put_line(x, MESSAGE_COLUMNS_TYPE, c->programs.table->record->name, str_none, str_none);
    for (uint32_t i = 0; i < c->measure_count; i++) {
        const row_measure *m = &c->measures[i];
        if (m->when == NULL || m->when->kind == CONDITION_OTHER) {
            put_line(x, MESSAGE_COLUMNS_MEASURE_ROWS, m->measure->id, str_none, str_none);
            continue;
        }
        put_line(x, MESSAGE_COLUMNS_MEASURE, m->measure->id,
                 message_argument(m->account != NULL || m->dense != NULL ? MESSAGE_COLUMNS_BY_CODE
                                  : m->rows != NULL                      ? MESSAGE_COLUMNS_BY_ITEM
                                                                         : MESSAGE_COLUMNS_BY_ROW),
                 str_none);
        put_condition_parts(x, m->when, m->measure->when);
    }
    for (uint32_t i = 0; i < c->rule_count; i++) {
        const row_rule *r = &c->rules[i];
        put_line(x, r->by_codes ? MESSAGE_COLUMNS_RULE : MESSAGE_COLUMNS_RULE_ROWS, r->version->rule->id, str_none,
                 str_none);
        if (r->by_codes) {
            put_condition_parts(x, r->when, r->version->when);
            put_condition_parts(x, r->check, r->version->condition);
        }
    }
}

static bool put_type(plan_text *x, policy_ledger *l, uint32_t type_at)
{
    const type_work *work = &l->work[type_at];
    if (work->measure_count + work->version_count == 0) {
        return true;
    }
    if (columns_are_posted(l->engine, type_at)) {
        put_line(x, MESSAGE_COLUMNS_TYPE_POSTED, l->engine->tables[type_at]->record->name, str_none, str_none);
        return true;
    }
    type_columns *c = type_columns_new(l, type_at);
    if (c == NULL) {
        return false;
    }
    put_columns(x, c);
    type_columns_free(c);
    return true;
}

policy_status policy_engine_explain_plan(policy_engine *engine, policy_language language, policy_text **out,
                                         policy_error **err)
{
    if (engine == NULL || out == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {engine == NULL ? STR("engine") : STR("out")}});
    }
    *out = NULL;
    policy_ledger *l = NULL;
    policy_status status = policy_ledger_new(engine, &l, err);
    if (status != POLICY_OK) {
        return status;
    }
    plan_text x = {.language = language};
    buffer_init(&x.text, &engine->options.allocator, 0);
    bool fine = true;
    for (uint32_t i = 0; i < engine->type_count && fine; i++) {
        fine = put_type(&x, l, i);
    }
    status = fine && !x.text.failed ? text_handle_new(&engine->options.allocator, buffer_text(&x.text), out, err)
                                    : error_nomem(err);
    buffer_free(&x.text);
    policy_ledger_free(l);
    return status;
}
