/*
 * Rows that fail a rule, compactly; see row_hits.h.
 */
#include "columns/row_hits.h"

#include "expr/env_model.h"
#include "expr/tree.h"

/* The record's field that the expression is, and nothing else; -1: something is worked out. */
static int field_of(const expr *x, const plan_table *t)
{
    const tree *top = expr_tree(x);
    bool plain = top != NULL && top->kind == TREE_NAME && !tree_is_constant(top) && top->variable != NULL &&
                 top->variable->slot >= 0 && top->variable->slot < (int)t->column_count;
    return plain ? top->variable->slot : -1;
}

row_hits *row_hits_of(arena *memory, const plan_version *v, const plan_table *t, bool *nomem)
{
    uint32_t count = v->key_count + v->placeholder_count;
    row_hits *h = arena_new(memory, sizeof *h);
    uint32_t *slots = arena_array(memory, (size_t)count + 1, sizeof *slots);
    if (h == NULL || slots == NULL) {
        *nomem = true;
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++) {
        const plan_key *key = i < v->key_count ? &v->keys[i] : NULL;
        int slot = key == NULL            ? field_of(v->placeholders[i - v->key_count], t)
                   : key->program != NULL ? field_of(key->program, t)
                                          : key->slot;
        if (slot < 0 || slot >= (int)t->column_count) {
            return NULL;
        }
        slots[i] = (uint32_t)slot;
    }
    *h = (row_hits){.version = v, .slots = slots, .slot_count = count};
    return h;
}

void row_hits_free(row_hits *h, const policy_allocator *a)
{
    if (h != NULL) {
        allocator_free(a, h->items);
        allocator_free(a, h->values);
        h->items = NULL;
        h->values = NULL;
        h->held = h->count = h->capacity = h->value_capacity = 0;
    }
}

bool row_hits_add(row_hits *h, frame *f, state *into, bool *kept)
{
    const policy_allocator *a = into->allocator;
    uint32_t keys = h->version->key_count;
    *kept = false;
    for (uint32_t i = keys; i < h->slot_count; i++) {
        if (f->slots[h->slots[i]].kind >= VALUE_INTERVAL) {
            return true;
        }
    }
    if (!allocator_grow(a, (void **)&h->items, &h->capacity, h->count + 1, sizeof *h->items, SIZE_MAX / 64) ||
        !allocator_grow(a, (void **)&h->values, &h->value_capacity, (h->count + 1) * h->slot_count + 1,
                        sizeof *h->values, SIZE_MAX / 64)) {
        return false;
    }
    value *values = h->values + h->count * h->slot_count;
    for (uint32_t i = 0; i < h->slot_count; i++) {
        value v = f->slots[h->slots[i]];
        values[i] = v.kind >= VALUE_INTERVAL ? value_null() : v;
    }
    h->items[h->count++] =
        (row_hit){.row = f->row, .source = f->source, .day = f->dated ? f->day : 0, .dated = f->dated};
    into->verdicts[(size_t)h->version->rule->number * VERDICTS + POLICY_FAIL]++;
    *kept = true;
    return true;
}

kept_row row_hits_at(const row_hits *h, size_t i)
{
    const row_hit *hit = &h->items[i];
    const plan_version *v = h->version;
    value *values = h->values + i * h->slot_count;
    return (kept_row){.version = v,
                      .verdict = POLICY_FAIL,
                      .dated = hit->dated,
                      .day = hit->day,
                      .source = hit->source,
                      .row = hit->row,
                      .key_count = v->key_count,
                      .value_count = v->placeholder_count,
                      .keys = values,
                      .values = values + v->key_count};
}

bool row_hits_settle(row_hits *h, size_t from, state *into)
{
    const policy_allocator *a = into->allocator;
    while (h->count > from) {
        kept_row like = row_hits_at(h, h->count - 1);
        if (!kept_rows_add(&into->kept, kept_row_new(&like, like.keys, like.values, a), a)) {
            return false;
        }
        h->count--;
    }
    h->held = h->held < h->count ? h->held : h->count;
    return true;
}
