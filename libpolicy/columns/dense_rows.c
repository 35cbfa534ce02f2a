/*
 * A block of rows into places of a dense account; see dense.h.
 *
 * One loop a key, over what stands in its column where that can be asked (or else over codes), gives each row its step;
 * the steps are added up, and one loop adds the rows' amounts at their places. What a table of steps does not know yet is
 * looked up row by row, once for every content.
 */
#include "columns/dense_cells.h"

#define AMOUNT_MOST INT32_MAX
#define ROWS_MOST   (UINT64_C(1) << 31) /* so that no sum leaves 63 bits */
#define SEEN_FEW    8
#define LEVEL_MOST  256

/* ---- steps ---- */

static bool is_raw(programs *p, const dense_part *part)
{
    return part->raw && part->raw_room > 0 && part->raw_version == p->coding->coders[part->tuple->field].version &&
           coding_valid(p->coding, part->tuple->field) == NULL;
}

#define BY_STORAGE(STORAGE, LOOP)                                                                                      \
    switch (STORAGE) {                                                                                                 \
    case COLUMN_INT8:                                                                                                  \
        LOOP(int8_t)                                                                                                   \
    case COLUMN_INT16:                                                                                                 \
        LOOP(int16_t)                                                                                                  \
    case COLUMN_INT32:                                                                                                 \
        LOOP(int32_t)                                                                                                  \
    case COLUMN_INT64:                                                                                                 \
        LOOP(int64_t)                                                                                                  \
    case COLUMN_UINT8:                                                                                                 \
        LOOP(uint8_t)                                                                                                  \
    case COLUMN_UINT16:                                                                                                \
        LOOP(uint16_t)                                                                                                 \
    case COLUMN_UINT32:                                                                                                \
        LOOP(uint32_t)                                                                                                 \
    default:                                                                                                           \
        LOOP(uint64_t)                                                                                                 \
    }

/* The steps of what stands in the block's rows from `from` on; below zero: some of them are. */
static int32_t raw_steps(programs *p, const dense_part *part, size_t from, int32_t *restrict out)
{
    coding *c = p->coding;
    const void *values = coding_values(c, part->tuple->field);
    const int32_t *steps = part->raw_steps;
    int64_t base = part->raw_base;
    size_t count = c->count;
    int32_t any = 0;
#define STEPS(T)                                                                                                       \
    for (size_t i = from; i < count; i++) {                                                                            \
        int32_t step = steps[(int64_t)((const T *)values)[i] - base];                                                  \
        any |= step;                                                                                                   \
        out[i] = step;                                                                                                 \
    }                                                                                                                  \
    break;
    BY_STORAGE(c->coders[part->tuple->field].column->storage, STEPS)
#undef STEPS
    return any;
}

/* The step of what stands in a row of the block and was not looked up yet. */
static bool see_cell(programs *p, dense_account *x, dense_part *part, size_t i, int32_t *step)
{
    uint32_t code = coding_cell_code(p->coding, part->tuple->field, i);
    if (code == DOMAIN_FULL || !dense_number(p, x, part) || !dense_make_room(p, x)) {
        return false;
    }
    dense_step(part);
    *step = part->steps[code];
    part->level = false; /* to be looked at again */
    return true;
}

/* The same for every wanted row that has none. *again: the table was laid out anew, and all steps are others. */
static bool see_cells(programs *p, dense_account *x, dense_part *part, const uint8_t *want, int32_t *out, bool *again)
{
    const column *k = p->coding->coders[part->tuple->field].column;
    uint64_t layouts = x->layouts;
    int seen = 0;
    for (size_t i = 0; i < p->coding->count && !*again; i++) {
        if (out[i] == UNSEEN && want[i]) {
            int32_t *step = &part->raw_steps[column_integer(k, p->coding->row + (int64_t)i) - part->raw_base];
            bool first = *step == UNSEEN;
            if (first && !see_cell(p, x, part, i, step)) {
                return false;
            }
            out[i] = *step;
            *again = x->layouts != layouts;
            if (first && !*again && seen++ < SEEN_FEW && raw_steps(p, part, i, out) >= 0) {
                return true; /* sorted rows: one or two new ones a block, each in many rows */
            }
        }
    }
    return true;
}

/* A key that follows from others, and is plain for whatever the column may hold here, says nothing of a row's place. */
static bool is_level(dense_part *part)
{
    if (part->derived && !part->level && part->raw_room <= LEVEL_MOST) {
        int32_t any = 0;
        for (int64_t i = 0; i < part->raw_room; i++) {
            any |= part->raw_steps[i];
        }
        part->level = any == 0;
    }
    return part->level;
}

static bool part_steps(programs *p, dense_account *x, dense_part *part, bool raw, const uint8_t *want, int32_t *out,
                       bool *again)
{
    if (raw) {
        return raw_steps(p, part, 0, out) >= 0 || see_cells(p, x, part, want, out, again);
    }
    dense_step(part);
    const uint32_t *codes = tuple_codes(p, part->tuple);
    const int32_t *steps = part->steps;
    for (size_t k = 0; codes != NULL && k < p->coding->count; k++) {
        out[k] = steps[codes[k]];
    }
    return codes != NULL;
}

/* Places of the block's rows; below zero: left. */
static bool find_places(programs *p, dense_account *x, const uint8_t *want, int32_t *restrict at)
{
    size_t count = p->coding->count;
    bool raw[DENSE_PARTS] = {false}, again = true;
    int32_t steps[BLOCK_ROWS];
    memset(steps, 0, count * sizeof *steps); /* so that an analyser need not know that columns have as many rows */
    memset(at, 0, count * sizeof *at);
    for (uint32_t i = 0; i < x->part_count; i++) {
        dense_part *part = &x->parts[i];
        raw[i] = is_raw(p, part);
        if (!raw[i] && (tuple_codes(p, part->tuple) == NULL || !dense_number(p, x, part))) {
            return false;
        }
    }
    if (!dense_make_room(p, x)) {
        return false;
    }
    while (again) {
        bool first = true;
        again = false;
        for (uint32_t i = 0; i < x->part_count && !again; i++) {
            dense_part *part = &x->parts[i];
            if (raw[i] && is_level(part)) {
                continue;
            }
            if (!part_steps(p, x, part, raw[i], want, first ? at : steps, &again)) {
                return false;
            }
            for (size_t k = 0; !first && k < count; k++) {
                at[k] += steps[k];
            }
            first = false;
        }
        if (first) {
            memset(at, 0, count * sizeof *at);
        }
    }
    return true;
}

/* ---- amounts ---- */

/* What a row with the frame's arguments adds to the two sums. */
static bool look_at_amounts(programs *p, const dense_account *x, int64_t amounts[2], bool *exact)
{
    const plan_measure *m = x->measure;
    aggregate_kind kind = m->algebra.kind;
    value v[2] = {value_null(), value_null()};
    amounts[0] = amounts[1] = 0;
    *exact = true;
    for (int i = 0; i < 2 && m->arguments[i] != NULL; i++) {
        v[i] = frame_evaluate(p->frame, m->arguments[i]);
        if (v[i].kind == VALUE_ERROR && v[i].as.error->status == POLICY_E_NOMEM) {
            return false;
        }
        *exact = *exact && v[i].kind < VALUE_INTERVAL;
    }
    if (!*exact || kind == AGGREGATE_COUNT) {
        return true;
    }
    if (kind == AGGREGATE_SHARE) {
        int64_t weight = 1;
        *exact = v[0].kind == VALUE_BOOL &&
                 (!m->algebra.weighted || (aggregate_amount(v[1], m->algebra.units[0], &weight) && weight >= 0));
        amounts[v[0].kind == VALUE_BOOL && v[0].as.b ? 0 : 1] = weight;
    } else {
        *exact = aggregate_amount(v[0], m->algebra.units[0], &amounts[0]) &&
                 (kind != AGGREGATE_RATIO || aggregate_amount(v[1], m->algebra.units[1], &amounts[1]));
    }
    for (int i = 0; i < 2; i++) {
        *exact = *exact && amounts[i] <= AMOUNT_MOST && amounts[i] >= -(int64_t)AMOUNT_MOST;
    }
    return true;
}

static int64_t magnitude(int64_t v)
{
    return v < 0 ? -v : v;
}

static bool fill_amounts(programs *p, dense_account *x)
{
    const policy_allocator *a = p->ledger->allocator;
    uint32_t count = tuple_count(p, x->arguments);
    if (x->exact_count == count) {
        return true;
    }
    if (!allocator_grow(a, (void **)&x->exact, &x->exact_capacity, count, sizeof *x->exact, 0) ||
        !allocator_grow(a, (void **)&x->amounts[0], &x->amount_capacity[0], count, sizeof **x->amounts, 0) ||
        !allocator_grow(a, (void **)&x->amounts[1], &x->amount_capacity[1], count, sizeof **x->amounts, 0)) {
        return false;
    }
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = x->measure->in_force;
    bool fine = true;
    while (x->exact_count < count && fine) {
        bool exact = false;
        int64_t amounts[2] = {0, 0};
        uint32_t code = x->exact_count;
        fine = tuple_load(p, x->arguments, code) != TUPLE_LOADED || look_at_amounts(p, x, amounts, &exact);
        x->exact[code] = exact ? 0 : NOWHERE;
        for (int i = 0; i < 2; i++) {
            int64_t amount = exact ? amounts[i] : 0;
            x->amounts[i][code] = (int32_t)amount;
            x->amount_most = magnitude(amount) > x->amount_most ? magnitude(amount) : x->amount_most;
        }
        x->exact_count += fine ? 1 : 0;
    }
    r->in_force = outer;
    return fine;
}

/* The rows' amounts as they stand in the column; false when they are not to be had like that. */
static bool raw_amounts(programs *p, const dense_account *x, int32_t *restrict amounts, int64_t *most)
{
    coding *c = p->coding;
    const coder *k = x->raw_field >= 0 ? &c->coders[x->raw_field] : NULL;
    if (k == NULL || k->look != LOOK_NUMBERS || k->column->meaning != MEANING_PLAIN || c->any_odd ||
        k->column->storage == COLUMN_UINT64 || c->type->fields[k->field].type->kind != TYPE_INT ||
        coding_valid(c, k->field) != NULL) {
        return false;
    }
    const void *values = coding_values(c, k->field);
    size_t count = c->count;
    int64_t low = 0, high = 0;
#define TAKE(T)                                                                                                        \
    {                                                                                                                  \
        T least = 0, greatest = 0;                                                                                     \
        for (size_t i = 0; i < count; i++) {                                                                           \
            T v = ((const T *)values)[i];                                                                              \
            least = v < least ? v : least;                                                                             \
            greatest = v > greatest ? v : greatest;                                                                    \
            amounts[i] = (int32_t)v;                                                                                   \
        }                                                                                                              \
        low = (int64_t)least;                                                                                          \
        high = (int64_t)greatest;                                                                                      \
        break;                                                                                                         \
    }
    BY_STORAGE(k->column->storage, TAKE)
#undef TAKE
    if (low < -(int64_t)AMOUNT_MOST || high > AMOUNT_MOST) {
        return false;
    }
    *most = high > -low ? high : -low;
    return true;
}

/* The rows' amounts and, where they are not exact, no place. */
static bool find_amounts(programs *p, dense_account *x, bool two, int32_t amounts[2][BLOCK_ROWS], int64_t *most,
                         int32_t *at)
{
    if (raw_amounts(p, x, amounts[0], most)) {
        return true;
    }
    const uint32_t *codes = tuple_codes(p, x->arguments);
    if (codes == NULL || !fill_amounts(p, x)) {
        return false;
    }
    for (size_t i = 0; i < p->coding->count; i++) {
        at[i] += x->exact[codes[i]];
        amounts[0][i] = x->amounts[0][codes[i]];
    }
    for (size_t i = 0; two && i < p->coding->count; i++) {
        amounts[1][i] = x->amounts[1][codes[i]];
    }
    *most = x->amount_most;
    return true;
}

/* ---- a block ---- */

/* Rows that are not wanted, or have no place, to nobody's; the others are no longer left. False: there are none. */
static bool take_rows(const uint8_t *restrict want, bool every, uint8_t *restrict left, int32_t *restrict at,
                      size_t count)
{
    int32_t any_below = 0, all = -1;
    for (size_t i = 0; every && i < count; i++) {
        any_below |= at[i];
    }
    if (every && any_below >= 0) {
        memset(left, 0, count);
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        int32_t spot = want[i] && at[i] >= 0 ? at[i] : -1;
        at[i] = spot;
        left[i] = spot >= 0 ? 0 : left[i];
        all &= spot; /* below zero only when all are */
    }
    return all >= 0;
}

bool dense_block(programs *p, dense_account *x, const uint8_t *yes, uint8_t *left)
{
    size_t count = p->coding->count;
    uint8_t want[BLOCK_ROWS], any = 0, every = 255;
    int32_t at[BLOCK_ROWS], amounts[2][BLOCK_ROWS];
    int64_t most = 1;
    for (size_t i = 0; i < count; i++) {
        want[i] = left[i] & yes[i];
        any |= want[i];
        every &= want[i];
    }
    if (!any || x->rows + count > ROWS_MOST) {
        return true;
    }
    if (!find_places(p, x, want, at)) {
        return false;
    }
    aggregate_kind kind = x->measure->algebra.kind;
    bool counted = kind == AGGREGATE_COUNT, two = kind == AGGREGATE_SHARE || kind == AGGREGATE_RATIO;
    if (!counted && !find_amounts(p, x, two, amounts, &most, at)) {
        return false;
    }
    if (!take_rows(want, every == 255, left, at, count)) {
        return true;
    }
    most = (most < 1 ? 1 : most) * (int64_t)count;
    if (!dense_cells_ready(&x->added, x->places, x->wide_only, most, p->ledger->allocator)) {
        return false;
    }
    if (x->keeps_rows &&
        !place_rows_add(&x->place_rows, p->coding->batch, p->coding->row, at, count, p->ledger->allocator)) {
        return false;
    }
    if (x->held.any) {
        dense_cells_touch(&x->added, at, count);
    }
    dense_cells_add(&x->added, at, counted ? NULL : amounts[0], two ? amounts[1] : NULL, count);
    x->rows += count;
    return true;
}
