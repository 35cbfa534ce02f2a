/*
 * A ledger's own notices. See notices.h.
 */
#include "ledger/notices.h"

#include "expr/expr.h"

static str column_of(const schema_field *f)
{
    return f->title_zh.size ? f->title_zh : f->alias_count > 0 ? f->aliases[0] : f->name;
}

bool note_problem(notices *n, const record *row, const record_problem *problem)
{
    const schema_field *f = &row->type->fields[problem->field];
    const cell *c = &row->cells[problem->field];
    policy_notice notice = {.kind = POLICY_NOTICE_UNREADABLE_CELL,
                            .row = row->row,
                            .type = row->type->name,
                            .source = row->source,
                            .column = column_of(f),
                            .text = problem->text};
    if (problem->text.data != NULL || c->kind != CELL_VALUE) {
        return notices_add(n, &notice);
    }
    buffer b; /* a host's typed value: as findings would show it */
    buffer_init(&b, n->allocator, 0);
    value_write(&b, c->v, f->type, POLICY_LANGUAGE_EN);
    notice.text = buffer_text(&b);
    bool added = !b.failed && notices_add(n, &notice);
    buffer_free(&b);
    return added;
}

static bool is_noted(const notices *n, const policy_notice *notice)
{
    for (size_t i = 0; i < n->count; i++) {
        const policy_notice *other = n->items[i];
        if (other->kind == notice->kind && str_equal(other->type, notice->type) &&
            str_equal(other->column, notice->column) && str_equal(other->source, notice->source)) {
            return true;
        }
    }
    return false;
}

bool note_defaults(notices *n, const record *row)
{
    const schema_type *t = row->type;
    for (uint32_t i = 0; i < t->field_count; i++) {
        const schema_field *f = &t->fields[i];
        if (f->absent != SCHEMA_DEFAULT_VALUE || row->cells[i].kind != CELL_ABSENT) {
            continue;
        }
        policy_notice notice = {.kind = POLICY_NOTICE_DEFAULT_USED,
                                .type = t->name,
                                .source = row->source.data ? row->source : STR(""),
                                .column = column_of(f)};
        if (is_noted(n, &notice)) {
            continue;
        }
        buffer b;
        buffer_init(&b, n->allocator, 0);
        value_write(&b, f->default_value, f->type, POLICY_LANGUAGE_ZH);
        notice.text = buffer_text(&b);
        bool added = !b.failed && notices_add(n, &notice);
        buffer_free(&b);
        if (!added) {
            return false;
        }
    }
    return true;
}

bool note_equal_row(notices *n, const record *row)
{
    const schema_type *t = row->type;
    str text = STR("");
    for (uint32_t i = 0; i < t->identity_count && text.size == 0; i++) { /* enough to recognise it */
        const cell *c = &row->cells[t->identity[i]];
        text = c->kind == CELL_TEXT ? c->text : STR("");
    }
    return notices_add(
        n,
        &(policy_notice){
            .kind = POLICY_NOTICE_EQUAL_ROWS, .row = row->row, .type = t->name, .source = row->source, .text = text});
}

bool note_not_supplied(notices *n, const schema_type *t)
{
    return notices_add(n, &(policy_notice){.kind = POLICY_NOTICE_TYPE_NOT_SUPPLIED, .type = t->name});
}
