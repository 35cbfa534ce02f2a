/*
 * What programs read, and tuples of codes; see programs.h.
 */
#include "columns/programs.h"

#include "engine/walk.h"
#include "expr/env_model.h"
#include "expr/tree.h"

/* ---- what is read ---- */

static void read_slot(reads *r, const plan_table *t, int slot)
{
    if (slot < (int)t->column_count) {
        r->fields |= UINT64_C(1) << slot;
    } else if (slot < t->first_let + (int)t->let_count) {
        reads_add(r, t, t->lets[slot - t->first_let].program);
    } else if (slot < t->record_id) { /* a dated param */
        int own = t->record != NULL ? t->record->dated_by : -1;
        r->fields |= own >= 0 ? UINT64_C(1) << own : 0;
    } else if (slot == t->record_id) {
        r->record_id = true;
    } else if (slot == t->each) {
        r->each = true;
    } else {
        r->beyond = true;
    }
}

void reads_add_tree(reads *r, const plan_table *t, const struct tree *part)
{
    if (part->kind == TREE_NAME && part->variable != NULL && part->variable->slot >= 0) {
        read_slot(r, t, part->variable->slot);
    }
    if (part->kind == TREE_CALL) {
        for (uint32_t i = 0; i < part->candidate_count; i++) {
            const env_overload *own = part->candidates[i].own;
            r->calendar = r->calendar || (own != NULL && own->call != plan_read_measure);
        }
    }
    for (uint32_t i = 0; i < part->count; i++) {
        reads_add_tree(r, t, part->children[i]);
    }
}

void reads_add(reads *r, const plan_table *t, const expr *x)
{
    if (x == NULL) {
        return;
    }
    const struct tree *top = expr_tree(x);
    if (top == NULL) {
        r->beyond = true;
        return;
    }
    reads_add_tree(r, t, top);
}

/* ---- making and freeing ---- */

void programs_init(programs *p, policy_ledger *l, const plan_table *t, coding *c)
{
    *p = (programs){.ledger = l, .table = t, .coding = c};
    arena_init(&p->memory, l->allocator, 0);
}

void programs_free(programs *p)
{
    if (p->ledger == NULL) {
        return;
    }
    const policy_allocator *a = p->ledger->allocator;
    for (size_t i = 0; i < p->tuples_used; i++) {
        pairs_free(&p->tuples[i]->pairs);
    }
    truths_free(p);
    for (size_t i = 0; i < p->compiled_count; i++) {
        expr_free(p->compiled[i]);
    }
    allocator_free(a, p->compiled);
    allocator_free(a, p->tuples);
    arena_free(&p->memory);
    p->ledger = NULL;
}

/* ---- tuples ---- */

static uint32_t last_field(uint64_t fields)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < 64; i++) {
        last = fields >> i & 1 ? i : last;
    }
    return last;
}

tuple *tuple_of(programs *p, uint64_t fields)
{
    for (size_t i = 0; i < p->tuples_used; i++) {
        if (p->tuples[i]->fields == fields) {
            return p->tuples[i];
        }
    }
    uint32_t last = last_field(fields);
    uint64_t rest = fields & ~(UINT64_C(1) << last);
    tuple *left = fields != 0 && rest != 0 ? tuple_of(p, rest) : NULL;
    if (rest != 0 && fields != 0 && left == NULL) {
        return NULL;
    }
    tuple *n = arena_new(&p->memory, sizeof *n);
    if (n == NULL || !allocator_grow(p->ledger->allocator, (void **)&p->tuples, &p->tuple_room, p->tuples_used + 1,
                                     sizeof *p->tuples, 0)) {
        return NULL;
    }
    *n = (tuple){.fields = fields, .left = left, .field = last};
    pairs_init(&n->pairs, p->ledger->allocator);
    if (left != NULL || fields == 0) {
        n->codes = arena_array(&p->memory, BLOCK_ROWS, sizeof *n->codes);
        if (n->codes == NULL) {
            return NULL;
        }
    }
    p->tuples[p->tuples_used++] = n;
    return n;
}

uint32_t tuple_count(const programs *p, const tuple *n)
{
    return n->left != NULL ? n->pairs.count : n->fields != 0 ? p->coding->coders[n->field].values.count : 1;
}

const uint32_t *tuple_codes(programs *p, tuple *n)
{
    if (n->left == NULL) {
        return n->fields != 0 ? coding_codes(p->coding, n->field) : n->codes;
    }
    if (n->block != p->block) {
        const uint32_t *left = tuple_codes(p, n->left), *right = left ? coding_codes(p->coding, n->field) : NULL;
        if (right == NULL ||
            !pairs_number_below(&n->pairs, left, tuple_count(p, n->left), right,
                                p->coding->coders[n->field].values.count, p->coding->count, n->codes)) {
            return NULL;
        }
        n->block = p->block;
    }
    return n->codes;
}

void tuple_values(const programs *p, const tuple *n, uint32_t code, uint32_t *codes)
{
    (void)p;
    for (; n->left != NULL; n = n->left) {
        codes[n->field] = pairs_right(&n->pairs, code);
        code = pairs_left(&n->pairs, code);
    }
    if (n->fields != 0) {
        codes[n->field] = code;
    }
}

static void load_nothing(programs *p)
{
    frame_reset(p->frame);
    for (uint32_t i = 0; i < p->table->column_count; i++) {
        p->frame->slots[i] = value_unknown(UINT64_C(1) << i);
    }
}

void tuple_load_value(programs *p, uint32_t field, value v)
{
    load_nothing(p);
    p->frame->slots[field] = v;
    frame_set_own_day(p->frame);
}

tuple_state tuple_load(programs *p, const tuple *n, uint32_t code)
{
    tuple_state loaded = TUPLE_LOADED;
    frame *f = p->frame;
    uint32_t codes[SCHEMA_FIELDS_MAX + 4];
    load_nothing(p);
    tuple_values(p, n, code, codes);
    for (uint32_t i = 0; i < p->table->column_count; i++) {
        if (n->fields >> i & 1) {
            value v = p->coding->coders[i].values.values[codes[i]];
            if (v.kind == VALUE_PENDING) {
                loaded = loaded == TUPLE_ODD || v.as.u != 0 ? TUPLE_ODD : TUPLE_UNCODED;
                v = value_unknown(UINT64_C(1) << i);
            }
            f->slots[i] = v;
        }
    }
    frame_set_own_day(f);
    return loaded;
}
