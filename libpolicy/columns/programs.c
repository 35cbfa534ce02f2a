/*
 * Nodes and truths; see programs.h.
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
    for (truth *t = p->truths; t != NULL; t = t->next) {
        allocator_free(a, t->yes);
        allocator_free(a, t->no);
    }
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
        return n->fields != 0 ? p->coding->coders[n->field].codes : n->codes;
    }
    if (n->block != p->block) {
        const uint32_t *left = tuple_codes(p, n->left);
        if (left == NULL ||
            !pairs_number(&n->pairs, left, p->coding->coders[n->field].codes, p->coding->count, n->codes)) {
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

tuple_state tuple_load(programs *p, const tuple *n, uint32_t code)
{
    tuple_state loaded = TUPLE_LOADED;
    frame *f = p->frame;
    uint32_t codes[SCHEMA_FIELDS_MAX + 4];
    frame_reset(f);
    for (uint32_t i = 0; i < p->table->column_count; i++) {
        f->slots[i] = value_unknown(UINT64_C(1) << i);
    }
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

/* ---- truths ---- */

truth *truth_of(programs *p, const truth *like)
{
    for (truth *t = p->truths; t != NULL; t = t->next) {
        bool same_text = like->text.size > 0 && str_equal(t->text, like->text);
        if (t->kind == like->kind && t->tuple == like->tuple && t->version == like->version && t->also == like->also &&
            t->in_force == like->in_force && (t->program == like->program || same_text)) {
            return t;
        }
    }
    truth *t = arena_new(&p->memory, sizeof *t);
    if (t == NULL) {
        return NULL;
    }
    *t = *like;
    t->plain = true;
    t->yes_rows = arena_array(&p->memory, BLOCK_ROWS, 1);
    t->no_rows = arena_array(&p->memory, BLOCK_ROWS, 1);
    if (t->yes_rows == NULL || t->no_rows == NULL) {
        return NULL;
    }
    t->next = p->truths;
    p->truths = t;
    return t;
}

/* The frame holds the code's values. False out of memory. */
static bool evaluate(programs *p, const truth *t, truth_value *out)
{
    frame *f = p->frame;
    value v;
    switch (t->kind) {
    case TRUTH_HERE: {
        force where = version_force(t->version, f->dated, f->day);
        *out = where == FORCE_HERE ? TRUTH_TRUE : where == FORCE_UNKNOWN ? TRUTH_OTHER : TRUTH_FALSE;
        return true;
    }
    case TRUTH_NOWHERE:
        *out = version_force(t->version, f->dated, f->day) == FORCE_NOWHERE ? TRUTH_TRUE : TRUTH_FALSE;
        return true;
    case TRUTH_WHEN:
        v = frame_when(f, t->program, t->also, t->also_count);
        break;
    default:
        v = frame_evaluate(f, t->program);
        break;
    }
    if (v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM) {
        return false;
    }
    *out = v.kind != VALUE_BOOL ? TRUTH_OTHER : v.as.b ? TRUTH_TRUE : TRUTH_FALSE;
    return true;
}

static bool fill(programs *p, truth *t)
{
    uint32_t count = tuple_count(p, t->tuple);
    const policy_allocator *a = p->ledger->allocator;
    if (t->filled >= count) {
        return true;
    }
    if (!allocator_grow(a, (void **)&t->yes, &t->yes_capacity, count, 1, 0) ||
        !allocator_grow(a, (void **)&t->no, &t->no_capacity, count, 1, 0)) {
        return false;
    }
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = t->in_force;
    bool fine = true;
    for (uint32_t i = t->filled; i < count && fine; i++) {
        truth_value v = TRUTH_OTHER;
        tuple_state loaded = tuple_load(p, t->tuple, i);
        fine = loaded != TUPLE_LOADED || evaluate(p, t, &v);
        t->yes[i] = v == TRUTH_TRUE ? 255 : 0;
        t->no[i] = v == TRUTH_FALSE ? 255 : 0;
        t->plain = t->plain && (v != TRUTH_OTHER || loaded == TUPLE_ODD);
        t->filled += fine ? 1 : 0;
    }
    r->in_force = outer;
    return fine;
}

bool truth_rows(programs *p, truth *t, const uint8_t **yes, const uint8_t **no)
{
    if (t->block != p->block) {
        const uint32_t *codes = tuple_codes(p, t->tuple);
        if (codes == NULL || !fill(p, t)) {
            return false;
        }
        size_t count = p->coding->count;
        for (size_t i = 0; i < count; i++) {
            t->yes_rows[i] = t->yes[codes[i]];
        }
        for (size_t i = 0; !t->plain && i < count; i++) {
            t->no_rows[i] = t->no[codes[i]];
        }
        t->block = p->block;
    }
    *yes = t->yes_rows;
    *no = t->plain ? NULL : t->no_rows;
    return true;
}
