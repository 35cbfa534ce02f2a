/*
 * A ledger's own notices. See notices.h.
 */
#include "ledger/notices.h"

#include <string.h>

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

bool note_defaults(notices *n, const record *row, uint64_t known, uint64_t *taken)
{
    const schema_type *t = row->type;
    *taken = 0;
    for (uint32_t i = 0; i < t->field_count; i++) {
        const schema_field *f = &t->fields[i];
        uint64_t bit = UINT64_C(1) << i;
        if (f->absent != SCHEMA_DEFAULT_VALUE || row->cells[i].kind != CELL_ABSENT) {
            continue;
        }
        *taken |= bit;
        if (known & bit) {
            continue;
        }
        buffer b;
        buffer_init(&b, n->allocator, 0);
        value_write(&b, f->default_value, f->type, POLICY_LANGUAGE_ZH);
        policy_notice notice = {.kind = POLICY_NOTICE_DEFAULT_USED,
                                .type = t->name,
                                .source = row->source.data ? row->source : STR(""),
                                .column = column_of(f),
                                .text = buffer_text(&b)};
        bool added = !b.failed && notices_add(n, &notice);
        buffer_free(&b);
        if (!added) {
            return false;
        }
    }
    return true;
}

/* Rows of one source follow each other, so the last entry is the usual answer. */
static noted_default *find_noted(const noted_defaults *d, uint32_t source, uint32_t type_at)
{
    for (size_t i = d->count; i > 0; i--) {
        if (d->items[i - 1].source == source && d->items[i - 1].type_at == type_at) {
            return &d->items[i - 1];
        }
    }
    return NULL;
}

uint64_t noted_fields(const noted_defaults *d, uint32_t source, uint32_t type_at)
{
    const noted_default *found = find_noted(d, source, type_at);
    return found ? found->fields : 0;
}

bool noted_reserve(noted_defaults *d, size_t more, const policy_allocator *a)
{
    return allocator_grow(a, (void **)&d->items, &d->capacity, d->count + more, sizeof *d->items, SIZE_MAX / 64);
}

void noted_add(noted_defaults *d, uint32_t source, uint32_t type_at, uint64_t fields)
{
    noted_default *found = find_noted(d, source, type_at);
    if (found != NULL) {
        found->fields |= fields;
    } else {
        d->items[d->count++] = (noted_default){source, type_at, fields};
    }
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
    return notices_add(n,
                       &(policy_notice){.kind = POLICY_NOTICE_TYPE_NOT_SUPPLIED, .type = t->name, .text = t->title_zh});
}

void noted_forget(noted_defaults *d, uint32_t type_at, notices *said, str type_name)
{
    size_t left = 0;
    for (size_t i = 0; i < d->count; i++) {
        if (d->items[i].type_at != type_at) {
            d->items[left++] = d->items[i];
        }
    }
    if (left == d->count) {
        return;
    }
    d->count = left;
    left = 0;
    for (size_t i = 0; i < said->count; i++) {
        const policy_notice *n = said->items[i];
        if (n->kind != POLICY_NOTICE_DEFAULT_USED || !str_equal(n->type, type_name)) {
            said->items[left++] = said->items[i];
        }
    }
    said->count = left;
}

static bool same_notice(const policy_notice *a, const policy_notice *b)
{
    return a->kind == b->kind && a->row == b->row && str_equal(a->type, b->type) && str_equal(a->source, b->source) &&
           str_equal(a->column, b->column) && str_equal(a->text, b->text);
}

void notices_take_back(notices *from, const notices *gone)
{
    for (size_t i = 0; i < gone->count; i++) {
        for (size_t k = from->count; k-- > 0;) {
            if (same_notice(from->items[k], gone->items[i])) {
                memmove(&from->items[k], &from->items[k + 1], (from->count - k - 1) * sizeof *from->items);
                from->count--;
                break;
            }
        }
    }
}
