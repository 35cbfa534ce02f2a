/*
 * One column after the other, a table of contents by code for each; see contents.h.
 */
#include "columns/contents.h"

void contents_free(contents *c, uint32_t field_count, const policy_allocator *a)
{
    for (uint32_t i = 0; c->fields != NULL && i < field_count; i++) {
        allocator_free(a, c->fields[i].items);
    }
    allocator_free(a, c->fields);
    c->fields = NULL;
}

/* For every code that there is by now. */
static bool fill_table(code_contents *x, const domain *values, const policy_allocator *a)
{
    if (!allocator_grow(a, (void **)&x->items, &x->capacity, values->count, sizeof *x->items, 0)) {
        return false;
    }
    for (; x->count < values->count; x->count++) {
        x->items[x->count] = content_of(values->values[x->count]);
    }
    return true;
}

/* Codes that stand for many contents, or for what could not be read. */
static void drop_rows(contents *c, const coding *from, const coder *k, const uint32_t *codes)
{
    for (size_t i = 0; i < from->count; i++) {
        if (codes[i] == k->odd_code || codes[i] == k->uncoded_code) {
            c->whole_rows[i >> 6] &= ~(UINT64_C(1) << (i & 63));
        }
    }
}

bool contents_block(contents *c, coding *from, uint64_t *out)
{
    const policy_allocator *a = from->ledger->allocator;
    uint32_t field_count = from->type->field_count;
    if (c->fields == NULL) {
        c->fields = allocator_zero(a, (size_t)field_count + 1, sizeof *c->fields);
        if (c->fields == NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < from->count; i++) {
        out[i] = content_begin(from->type_at);
    }
    for (size_t i = 0; i < BLOCK_WORDS; i++) {
        c->whole_rows[i] = ~from->odd_bits[i];
    }
    for (uint32_t f = 0; f < field_count; f++) {
        const coder *k = &from->coders[f];
        const uint32_t *codes = coding_codes(from, f);
        if (codes == NULL || !fill_table(&c->fields[f], &k->values, a)) {
            return false;
        }
        const uint64_t *of_code = c->fields[f].items;
        for (size_t i = 0; i < from->count; i++) {
            out[i] = content_add(out[i], of_code[codes[i]]);
        }
        if (k->odd_code != DOMAIN_FULL || k->uncoded_code != DOMAIN_FULL) {
            drop_rows(c, from, k, codes);
        }
    }
    return true;
}
