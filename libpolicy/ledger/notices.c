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

uint64_t defaults_taken(const record *row)
{
    uint64_t taken = 0;
    for (uint32_t i = 0; i < row->type->field_count; i++) {
        if (row->type->fields[i].absent == SCHEMA_DEFAULT_VALUE && row->cells[i].kind == CELL_ABSENT) {
            taken |= UINT64_C(1) << i;
        }
    }
    return taken;
}

bool note_defaults(notices *n, const record *row, uint64_t known, uint64_t *taken)
{
    const schema_type *t = row->type;
    *taken = defaults_taken(row);
    for (uint32_t i = 0; i < t->field_count; i++) {
        const schema_field *f = &t->fields[i];
        if (!((*taken & ~known) >> i & 1)) {
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

static noted_default *entry_of(noted_defaults *d, uint32_t source, uint32_t type_at)
{
    noted_default *found = find_noted(d, source, type_at);
    if (found == NULL) {
        found = &d->items[d->count++];
        *found = (noted_default){.source = source, .type_at = type_at};
    }
    return found;
}

void noted_add(noted_defaults *d, uint32_t source, uint32_t type_at, uint64_t fields)
{
    noted_default *entry = entry_of(d, source, type_at);
    entry->fields |= fields;
    entry->lasting |= fields;
}

static void count(noted_default *entry, uint32_t field, int64_t by)
{
    int64_t sum = entry->counts[field] + by;
    if (sum > INT32_MAX || sum < INT32_MIN) { /* past counting */
        entry->lasting |= UINT64_C(1) << field;
        return;
    }
    entry->counts[field] = (int32_t)sum;
}

void noted_count(noted_defaults *d, uint32_t source, uint32_t type_at, uint64_t fields, int sign)
{
    noted_default *entry = entry_of(d, source, type_at);
    entry->fields |= sign > 0 ? fields : 0;
    for (uint32_t i = 0; i < SCHEMA_FIELDS_MAX && fields >> i != 0; i++) {
        if (fields >> i & 1) {
            count(entry, i, sign);
        }
    }
}

void noted_join(noted_defaults *into, const noted_defaults *more)
{
    for (size_t i = 0; i < more->count; i++) {
        const noted_default *from = &more->items[i];
        noted_default *entry = entry_of(into, from->source, from->type_at);
        entry->fields |= from->fields;
        entry->lasting |= from->lasting;
        for (uint32_t k = 0; k < SCHEMA_FIELDS_MAX; k++) {
            count(entry, k, from->counts[k]);
        }
    }
}

static void drop_default(notices *said, const schema_type *t, str column, str source)
{
    for (size_t i = said->count; i-- > 0;) {
        const policy_notice *n = said->items[i];
        if (n->kind == POLICY_NOTICE_DEFAULT_USED && str_equal(n->type, t->name) && str_equal(n->column, column) &&
            str_equal(n->source, source)) {
            memmove(&said->items[i], &said->items[i + 1], (said->count - i - 1) * sizeof *said->items);
            said->count--;
            return;
        }
    }
}

void noted_settle(noted_defaults *d, notices *said, const schema_type *types, const str *sources)
{
    size_t left = 0;
    for (size_t i = 0; i < d->count; i++) {
        noted_default *entry = &d->items[i];
        const schema_type *t = &types[entry->type_at];
        for (uint32_t k = 0; k < t->field_count; k++) {
            uint64_t bit = UINT64_C(1) << k;
            if ((entry->fields & ~entry->lasting & bit) && entry->counts[k] <= 0) {
                entry->fields &= ~bit;
                drop_default(said, t, column_of(&t->fields[k]), sources[entry->source]);
            }
        }
        if (entry->fields != 0) {
            d->items[left++] = *entry;
        }
    }
    d->count = left;
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

bool note_not_compared(notices *n, const schema_type *t, str source, uint64_t row)
{
    return notices_add(
        n, &(policy_notice){.kind = POLICY_NOTICE_NOT_COMPARED, .row = row, .type = t->name, .source = source});
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
