/*
 * Truths: conditions asked once for each code, or once for each stretch of a column's own values; see programs.h.
 */
#include "columns/programs.h"

#include <math.h>

#include "base/civil.h"

/* ---- making and freeing ---- */

void truths_free(programs *p)
{
    const policy_allocator *a = p->ledger->allocator;
    for (truth *t = p->truths; t != NULL; t = t->next) {
        allocator_free(a, t->yes);
        allocator_free(a, t->no);
        allocator_free(a, t->yes_set.table);
        allocator_free(a, t->no_set.table);
    }
    for (uint32_t i = 0; p->ranges != NULL && i < p->table->column_count; i++) {
        allocator_free(a, p->ranges[i].items);
        allocator_free(a, p->ranges[i].tests);
    }
    allocator_free(a, p->ranges);
}

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
    t->next = p->truths;
    p->truths = t;
    return t;
}

/* ---- asking the evaluator ---- */

/* The frame holds the values. False out of memory. */
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

/* The same for a value. */
static bool ask(programs *p, const truth *t, value v, truth_value *out)
{
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = t->in_force;
    tuple_load_value(p, t->tuple->field, v);
    bool fine = evaluate(p, t, out);
    r->in_force = outer;
    return fine;
}

/* ---- a column's own values ---- */

static bool look_at_flags(programs *p, truth *t)
{
    truth_value of[2];
    if (!ask(p, t, value_bool(false), &of[0]) || !ask(p, t, value_bool(true), &of[1])) {
        return false;
    }
    for (int no = 0; no < 2; no++) {
        value_set *s = no ? &t->no_set : &t->yes_set;
        truth_value wanted = no ? TRUTH_FALSE : TRUTH_TRUE;
        bool both = of[0] == wanted && of[1] == wanted, neither = of[0] != wanted && of[1] != wanted;
        s->kind = both ? SET_ALL : neither ? SET_NONE : SET_FLAGS;
        s->not = !both && of[0] == wanted;
    }
    t->sets_plain = of[0] != TRUTH_OTHER && of[1] != TRUTH_OTHER;
    t->way = TRUTH_BY_SETS;
    return true;
}

/* One stretch of values that are all alike. *fits: there was room. False out of memory. */
static bool take_stretch(programs *p, truth *t, int64_t low, int64_t high, bool dates, bool *fits)
{
    truth_value is = TRUTH_FALSE;
    if (low > high) {
        return true;
    }
    if (!ask(p, t, dates ? value_date((int32_t)low) : value_int(low), &is)) {
        return false;
    }
    t->sets_plain = t->sets_plain && is != TRUTH_OTHER;
    *fits = *fits && (is != TRUTH_TRUE || value_set_add(&t->yes_set, low, high)) &&
            (is != TRUTH_FALSE || value_set_add(&t->no_set, low, high));
    return true;
}

static bool take_real_stretch(programs *p, truth *t, double low, double high, bool *fits)
{
    truth_value is = TRUTH_FALSE;
    if (low > high) {
        return true;
    }
    if (!ask(p, t, value_double(low), &is)) {
        return false;
    }
    t->sets_plain = t->sets_plain && is != TRUTH_OTHER;
    *fits = *fits && (is != TRUTH_TRUE || value_set_add_real(&t->yes_set, low, high)) &&
            (is != TRUTH_FALSE || value_set_add_real(&t->no_set, low, high));
    return true;
}

static bool look_at_numbers(programs *p, truth *t, const coder *k)
{
    breaks b;
    bool reals = k->look == LOOK_REALS, fits = true, fine = true;
    bool found = t->kind == TRUTH_CONDITION ? breaks_of(&b, p->table, t->program, t->tuple->field, reals)
                 : t->kind == TRUTH_WHEN    ? false
                                            : !reals && breaks_of_versions(&b, t->version);
    if (!found) {
        return true;
    }
    t->sets_plain = true;
    if (reals) {
        double from = k->low;
        for (uint32_t i = 0; i < b.count && fine; i++) {
            double at = b.reals_at[i], before = nextafter(at, -INFINITY);
            fine = take_real_stretch(p, t, from, before < k->high ? before : k->high, &fits);
            if (fine && at >= k->low && at <= k->high) {
                fine = take_real_stretch(p, t, at, at, &fits);
            }
            from = nextafter(at, INFINITY) > k->low ? nextafter(at, INFINITY) : k->low;
        }
        fine = fine && take_real_stretch(p, t, from, k->high, &fits);
    } else {
        bool dates = p->coding->type->fields[k->field].type->kind == TYPE_DATE;
        int64_t from = k->least;
        for (uint32_t i = 0; i < b.count && fine; i++) {
            if (b.at[i] <= k->least || b.at[i] > k->most) {
                continue;
            }
            fine = take_stretch(p, t, from, b.at[i] - 1, dates, &fits);
            from = b.at[i];
        }
        fine = fine && take_stretch(p, t, from, k->most, dates, &fits);
    }
    t->way = fits ? TRUTH_BY_SETS : TRUTH_BY_CODES;
    return fine;
}

static bool look_at_entries(programs *p, truth *t, const coder *k)
{
    const policy_allocator *a = p->ledger->allocator;
    size_t length = (size_t)k->column->dictionary->length;
    if (!fill(p, t)) {
        return false;
    }
    uint8_t *is = allocator_new(a, length + 1);
    if (is == NULL) {
        return false;
    }
    t->sets_plain = true;
    bool fine = true;
    for (int no = 0; no < 2 && fine; no++) {
        for (size_t i = 0; i < length; i++) {
            uint32_t code = coding_entry_code(p->coding, k->field, (int64_t)i);
            is[i] = code == DOMAIN_FULL ? 0 : no ? t->no[code] : t->yes[code];
            t->sets_plain =
                t->sets_plain && (!k->readable[i] || code == DOMAIN_FULL || (t->yes[code] | t->no[code]) != 0);
        }
        fine = value_set_of_entries(no ? &t->no_set : &t->yes_set, is, length, a);
    }
    allocator_free(a, is);
    t->way = TRUTH_BY_SETS;
    return fine;
}

static bool is_null_asked(programs *p, truth *t)
{
    uint32_t code = coding_null_code(p->coding, t->tuple->field);
    if (code == DOMAIN_FULL || !fill(p, t)) {
        return false;
    }
    t->of_null = t->yes[code] ? TRUTH_TRUE : t->no[code] ? TRUTH_FALSE : TRUTH_OTHER;
    return true;
}

/* The way for this batch's column. False out of memory. */
static bool find_way(programs *p, truth *t)
{
    if (t->tuple->left != NULL) {
        return true;
    }
    if (t->tuple->fields == 0) {
        t->way = TRUTH_CONSTANT;
        bool fine = fill(p, t);
        t->of_null = !fine || !(t->yes[0] | t->no[0]) ? TRUTH_OTHER : t->yes[0] ? TRUTH_TRUE : TRUTH_FALSE;
        return fine;
    }
    const coder *k = &p->coding->coders[t->tuple->field];
    if (t->version_seen == k->version) {
        return true;
    }
    t->way = TRUTH_BY_CODES;
    t->yes_set.count = t->no_set.count = 0;
    t->yes_set.kind = t->no_set.kind = SET_NONE;
    t->yes_set.not = t->no_set.not = false;
    bool fine = k->look == LOOK_CODES || is_null_asked(p, t);
    switch (fine ? k->look : LOOK_CODES) {
    case LOOK_NOTHING:
        t->way = TRUTH_CONSTANT;
        break;
    case LOOK_FLAGS:
        fine = look_at_flags(p, t);
        break;
    case LOOK_NUMBERS:
    case LOOK_REALS:
        fine = look_at_numbers(p, t, k);
        break;
    case LOOK_ENTRIES:
        fine = look_at_entries(p, t, k);
        break;
    default:
        break;
    }
    t->version_seen = fine ? k->version : 0;
    return fine;
}

/* ---- a block ---- */

/* The rows of the sets are found: what is to be said of those that are null, and where nothing can be said. */
static void finish_sets(programs *p, truth *t)
{
    coding *c = p->coding;
    uint32_t field = t->tuple->field;
    const uint64_t *valid = coding_valid(c, field);
    size_t words = (c->count + 63) / 64;
    t->block_plain = t->sets_plain && (valid == NULL || t->of_null != TRUTH_OTHER);
    if (!t->sets_plain) {
        value_set_rows(&t->no_set, c, field, t->no_bits);
    } else if (!t->block_plain) {
        for (size_t w = 0; w < words; w++) {
            t->no_bits[w] = ~t->yes_bits[w];
        }
    }
    t->block = p->block;
    if (valid == NULL) {
        return;
    }
    for (size_t w = 0; w < words; w++) {
        t->yes_bits[w] = (t->yes_bits[w] & valid[w]) | (t->of_null == TRUTH_TRUE ? ~valid[w] : 0);
        t->no_bits[w] = (t->no_bits[w] & valid[w]) | (t->of_null == TRUTH_FALSE ? ~valid[w] : 0);
    }
}

static bool is_single_range(const truth *t)
{
    const value_set *s = &t->yes_set;
    return t->way == TRUTH_BY_SETS && s->kind == SET_RANGES && s->count == 1;
}

/* All truths of the field that are one range. False out of memory. */
static bool gather_ranges(programs *p, range_truths *r, uint32_t field)
{
    const policy_allocator *a = p->ledger->allocator;
    r->count = 0;
    r->version = 0;
    for (truth *t = p->truths; t != NULL; t = t->next) {
        if (t->tuple->left != NULL || t->tuple->fields == 0 || t->tuple->field != field) {
            continue;
        }
        if (!find_way(p, t)) {
            return false;
        }
        if (!is_single_range(t)) {
            continue;
        }
        if (!allocator_grow(a, (void **)&r->items, &r->capacity, r->count + 1, sizeof(truth *), 0) ||
            !allocator_grow(a, (void **)&r->tests, &r->test_capacity, r->count + 1, sizeof *r->tests, 0)) {
            return false;
        }
        r->items[r->count] = t;
        r->tests[r->count++] = (range_test){t->yes_set.low[0], t->yes_set.span[0], t->yes_bits};
    }
    r->version = p->coding->coders[field].version;
    r->newest = p->truths;
    return true;
}

/* Every range of the field in one pass over its values. False out of memory. */
static bool find_ranges(programs *p, uint32_t field)
{
    coding *c = p->coding;
    const coder *k = &c->coders[field];
    if (p->ranges == NULL) {
        p->ranges = allocator_zero(p->ledger->allocator, (size_t)p->table->column_count + 1, sizeof *p->ranges);
        if (p->ranges == NULL) {
            return false;
        }
    }
    range_truths *r = &p->ranges[field];
    if ((r->version != k->version || r->newest != p->truths) && !gather_ranges(p, r, field)) {
        return false;
    }
    c->kernels->within[k->log2_width](coding_values(c, field), c->count, r->tests, r->count);
    for (size_t i = 0; i < r->count; i++) {
        truth *t = r->items[i];
        if (t->yes_set.not ) {
            bits_turn(t->yes_bits, c->count);
        }
        finish_sets(p, t);
    }
    return true;
}

static bool find_by_sets(programs *p, truth *t)
{
    if (is_single_range(t)) {
        return find_ranges(p, t->tuple->field);
    }
    value_set_rows(&t->yes_set, p->coding, t->tuple->field, t->yes_bits);
    finish_sets(p, t);
    return true;
}

static bool find_by_codes(programs *p, truth *t)
{
    const uint32_t *codes = tuple_codes(p, t->tuple);
    if (codes == NULL || !fill(p, t)) {
        return false;
    }
    coding *c = p->coding;
    uint8_t bytes[BLOCK_ROWS];
    for (size_t i = 0; i < c->count; i++) {
        bytes[i] = t->yes[codes[i]];
    }
    c->kernels->pack(bytes, c->count, t->yes_bits);
    t->block_plain = t->plain;
    if (!t->plain) {
        for (size_t i = 0; i < c->count; i++) {
            bytes[i] = t->no[codes[i]];
        }
        c->kernels->pack(bytes, c->count, t->no_bits);
    }
    return true;
}

bool truth_bits(programs *p, truth *t, const uint64_t **yes, const uint64_t **no)
{
    if (t->block != p->block) {
        if (!find_way(p, t)) {
            return false;
        }
        if (t->way == TRUTH_BY_SETS) {
            if (!find_by_sets(p, t)) {
                return false;
            }
        } else if (t->way == TRUTH_BY_CODES) {
            if (!find_by_codes(p, t)) {
                return false;
            }
        } else {
            memset(t->yes_bits, t->of_null == TRUTH_TRUE ? 255 : 0, sizeof t->yes_bits);
            memset(t->no_bits, t->of_null == TRUTH_FALSE ? 255 : 0, sizeof t->no_bits);
            t->block_plain = t->of_null != TRUTH_OTHER;
        }
        t->block = p->block;
    }
    *yes = t->yes_bits;
    *no = t->block_plain ? NULL : t->no_bits;
    return true;
}
