/*
 * Rows into places of a table; see dense.h.
 */
#include "columns/dense.h"

#include "columns/dense_cells.h"

#define FIELDS_MOST   8
#define RAW_ROOM_MOST (INT64_C(1) << 20)
#define ROOM_LEAST    4
#define PLACES_LEAST  (UINT64_C(1) << 19)
#define PLACES_A_ROW  32

/* ---- what a measure's places are made of ---- */

static uint32_t field_count(uint64_t fields)
{
    uint32_t count = 0;
    for (; fields != 0; fields &= fields - 1) {
        count++;
    }
    return count;
}

static bool is_usable(const reads *r)
{
    return !r->each && !r->record_id && !r->beyond && field_count(r->fields) <= FIELDS_MOST;
}

static bool add_part(programs *p, dense_account *x, const plan_key *key, uint32_t key_at, uint64_t fields, bool derived)
{
    dense_part *part = &x->parts[x->part_count++];
    *part = (dense_part){.key = key, .key_at = key_at, .tuple = tuple_of(p, fields), .derived = derived, .room = 1};
    domain_init(&part->values, p->ledger->allocator);
    return part->tuple != NULL;
}

static uint64_t key_fields(const plan_table *t, const plan_key *key, bool *usable)
{
    if (key->program == NULL) {
        *usable = *usable && key->slot >= 0 && key->slot < (int)t->column_count;
        return *usable ? UINT64_C(1) << key->slot : 0;
    }
    reads r = {0};
    reads_add(&r, t, key->program);
    *usable = *usable && is_usable(&r);
    return r.fields;
}

/* Programs' keys first: they have few values, and what rows of one do not use then lies together. */
static bool add_parts(programs *p, dense_account *x)
{
    const plan_measure *m = x->measure;
    const plan_table *t = p->table;
    int own = t->record->dated_by;
    uint64_t own_field = own >= 0 ? UINT64_C(1) << own : 0, plain = 0;
    bool usable = true, fine = true;
    for (uint32_t i = 0; i < m->key_count; i++) {
        plain |= m->keys[i].program == NULL ? key_fields(t, &m->keys[i], &usable) : 0;
    }
    for (int programs_first = 1; programs_first >= 0 && fine; programs_first--) {
        for (uint32_t i = 0; i < m->key_count && fine; i++) {
            uint64_t fields = key_fields(t, &m->keys[i], &usable);
            bool program = m->keys[i].program != NULL, of_day = own >= 0 && (fields & ~own_field) == 0;
            if (program == (programs_first == 1) && !of_day) {
                fine = add_part(p, x, &m->keys[i], i, fields, program && (fields & ~plain) == 0);
            }
        }
    }
    if (own >= 0 && fine) {
        fine = add_part(p, x, NULL, 0, own_field, false);
        x->day = &x->parts[x->part_count - 1];
    }
    return fine;
}

static bool keys_usable(const plan_table *t, const plan_measure *m)
{
    bool usable = m->key_count + 1 <= DENSE_PARTS;
    for (uint32_t i = 0; i < m->key_count && usable; i++) {
        (void)key_fields(t, &m->keys[i], &usable);
    }
    return usable;
}

dense_account *dense_account_of(programs *p, const plan_measure *m, bool *nomem)
{
    const plan_table *t = p->table;
    aggregate_kind kind = m->algebra.kind;
    bool two = kind == AGGREGATE_SHARE || kind == AGGREGATE_RATIO;
    reads arguments = {0};
    reads_add(&arguments, t, m->arguments[0]);
    reads_add(&arguments, t, m->arguments[1]);
    if (m->each.present || (kind != AGGREGATE_COUNT && kind != AGGREGATE_SUM && !two) || !is_usable(&arguments) ||
        !keys_usable(t, m)) {
        return NULL;
    }
    dense_account *x = arena_new(&p->memory, sizeof *x);
    if (x == NULL) {
        *nomem = true;
        return NULL;
    }
    bool micro = kind == AGGREGATE_SUM && m->algebra.units[0] == UNIT_MICRO;
    *x = (dense_account){.measure = m,
                         .raw_field = -1,
                         .places = 1,
                         .wide_only = two || micro,
                         .keeps_rows = p->ledger->evidence_rows > 0,
                         .arguments = tuple_of(p, kind == AGGREGATE_COUNT ? 0 : arguments.fields)};
    if (kind == AGGREGATE_SUM && !micro && m->arguments[0] != NULL) {
        int slot = expr_single_slot(m->arguments[0]);
        x->raw_field = slot >= 0 && slot < (int)t->column_count ? slot : -1;
    }
    if (x->arguments == NULL || !add_parts(p, x)) {
        *nomem = true;
        return NULL;
    }
    uint32_t stride = 1; /* every room is 1 yet */
    for (uint32_t i = 0; i < x->part_count; i++) {
        x->parts[i].stride = x->parts[i].derived ? 0 : stride;
    }
    return x;
}

void dense_account_free(dense_account *x, const policy_allocator *a)
{
    if (x == NULL) {
        return;
    }
    for (uint32_t i = 0; i < x->part_count; i++) {
        dense_part *part = &x->parts[i];
        domain_free(&part->values);
        allocator_free(a, part->numbers);
        allocator_free(a, part->steps);
        allocator_free(a, part->raw_steps);
    }
    allocator_free(a, x->amounts[0]);
    allocator_free(a, x->amounts[1]);
    allocator_free(a, x->exact);
    dense_cells_free(&x->held, a);
    dense_cells_free(&x->added, a);
    place_rows_free(&x->place_rows, a);
}

/* ---- the layout ---- */

/* Rooms for parts; places they make, 0 beyond what is allowed: a table for few rows is not to be large. */
static size_t count_places(const dense_account *x, const uint32_t *rooms)
{
    uint64_t places = 1, most = PLACES_LEAST + x->expected * PLACES_A_ROW;
    most = most < DENSE_MOST ? most : DENSE_MOST;
    for (uint32_t i = 0; i < x->part_count; i++) {
        places *= x->parts[i].derived ? 1 : rooms[i];
        if (places > most) {
            return 0;
        }
    }
    return (size_t)places;
}

static void forget_steps(dense_account *x)
{
    for (uint32_t i = 0; i < x->part_count; i++) {
        dense_part *part = &x->parts[i];
        part->stepped = 0;
        part->level = false;
        for (int64_t k = 0; k < part->raw_room; k++) {
            part->raw_steps[k] = UNSEEN;
        }
    }
}

/* Other rooms, which can be had. */
static bool lay_out(programs *p, dense_account *x, const uint32_t *rooms)
{
    size_t places = count_places(x, rooms);
    dense_layout before = {.count = 0}, after = {.count = 0};
    for (uint32_t i = 0; i < x->part_count; i++) {
        if (!x->parts[i].derived) {
            before.rooms[before.count++] = x->parts[i].room;
            after.rooms[after.count++] = rooms[i];
        }
    }
    before.places = x->places;
    after.places = places;
    if (!dense_cells_move(&x->held, &x->added, &before, &after, p->ledger->allocator)) {
        return false;
    }
    place_rows_move(&x->place_rows, &before, &after);
    size_t stride = 1;
    for (uint32_t i = x->part_count; i-- > 0;) {
        dense_part *part = &x->parts[i];
        if (!part->derived) {
            part->room = rooms[i];
            part->stride = (uint32_t)stride;
            stride *= rooms[i];
        }
    }
    x->places = places;
    x->layouts++;
    forget_steps(x);
    return true;
}

bool dense_make_room(programs *p, dense_account *x)
{
    uint32_t rooms[DENSE_PARTS];
    bool enough = true;
    for (uint32_t i = 0; i < x->part_count; i++) {
        const dense_part *part = &x->parts[i];
        uint32_t need = part->values.count;
        bool fits = part->derived || need <= part->room;
        rooms[i] = fits ? part->room : need < ROOM_LEAST ? ROOM_LEAST : 2 * need;
        enough = enough && fits;
    }
    if (enough) {
        return true;
    }
    if (count_places(x, rooms) == 0) {
        for (uint32_t i = 0; i < x->part_count; i++) { /* once more, closely */
            const dense_part *part = &x->parts[i];
            rooms[i] = part->derived || part->values.count <= part->room ? part->room : part->values.count;
        }
        if (count_places(x, rooms) == 0) {
            return true;
        }
    }
    return lay_out(p, x, rooms);
}

/* ---- codes to numbers and steps ---- */

static bool ran_out(value v)
{
    return v.kind == VALUE_ERROR && v.as.error->status == POLICY_E_NOMEM;
}

static bool is_plain(value v)
{
    return v.kind < VALUE_INTERVAL;
}

static value key_of(frame *f, const plan_key *key)
{
    return key->program ? frame_evaluate(f, key->program) : f->slots[key->slot];
}

/* Are the keys that the own date decides plain, too? The frame holds a date. */
static bool look_at_day(programs *p, const dense_account *x, bool *plain)
{
    const plan_measure *m = x->measure;
    *plain = p->frame->dated;
    for (uint32_t i = 0; i < m->key_count && *plain; i++) {
        if (dense_part_of(x, i) == NULL) {
            value v = key_of(p->frame, &m->keys[i]);
            if (ran_out(v)) {
                return false;
            }
            *plain = is_plain(v);
        }
    }
    return true;
}

bool dense_number(programs *p, dense_account *x, dense_part *part)
{
    const policy_allocator *a = p->ledger->allocator;
    uint32_t count = tuple_count(p, part->tuple);
    if (part->numbered == count) {
        return true;
    }
    if (!allocator_grow(a, (void **)&part->numbers, &part->number_capacity, count, sizeof *part->numbers, 0) ||
        !allocator_grow(a, (void **)&part->steps, &part->step_capacity, count, sizeof *part->steps, 0)) {
        return false;
    }
    run *r = &p->ledger->run;
    const date_range *outer = r->in_force;
    r->in_force = x->measure->in_force;
    bool fine = true;
    for (; part->numbered < count && fine; part->numbered += fine ? 1 : 0) {
        uint32_t number = NUMBER_NONE;
        if (tuple_load(p, part->tuple, part->numbered) == TUPLE_LOADED) {
            value v = part->key ? key_of(p->frame, part->key) : p->frame->slots[part->tuple->field];
            bool plain = is_plain(v);
            fine = !ran_out(v) && (part->key != NULL || !plain || look_at_day(p, x, &plain));
            if (fine && plain) {
                number = part->derived ? 0 : domain_put(&part->values, v);
                fine = part->derived || number != DOMAIN_FULL;
            }
        }
        part->numbers[part->numbered] = number;
    }
    r->in_force = outer;
    return fine;
}

void dense_step(dense_part *part)
{
    for (; part->stepped < part->numbered; part->stepped++) {
        uint32_t number = part->numbers[part->stepped];
        part->steps[part->stepped] = number == NUMBER_NONE ? NOWHERE
                                     : part->derived       ? 0
                                     : number < part->room ? (int32_t)(number * part->stride)
                                                           : NOWHERE;
    }
}

/* ---- what stands in columns ---- */

static bool is_single(const dense_part *part)
{
    return part->tuple->left == NULL && part->tuple->fields != 0;
}

#define LEAST_AND_MOST(T)                                                                                              \
    {                                                                                                                  \
        const T *v = (const T *)k->values + k->offset + from;                                                          \
        T low = v[0], high = v[0];                                                                                     \
        for (int64_t i = 1; i < count; i++) {                                                                          \
            low = v[i] < low ? v[i] : low;                                                                             \
            high = v[i] > high ? v[i] : high;                                                                          \
        }                                                                                                              \
        *least = (int64_t)low;                                                                                         \
        *most = (int64_t)high;                                                                                         \
        return true;                                                                                                   \
    }

static bool least_and_most(const column *k, int64_t from, int64_t count, int64_t *least, int64_t *most)
{
    switch (k->storage) {
    case COLUMN_INT8:
        LEAST_AND_MOST(int8_t)
    case COLUMN_INT16:
        LEAST_AND_MOST(int16_t)
    case COLUMN_INT32:
        LEAST_AND_MOST(int32_t)
    case COLUMN_INT64:
        LEAST_AND_MOST(int64_t)
    case COLUMN_UINT8:
        LEAST_AND_MOST(uint8_t)
    case COLUMN_UINT16:
        LEAST_AND_MOST(uint16_t)
    case COLUMN_UINT32:
        LEAST_AND_MOST(uint32_t)
    default:
        return false;
    }
}

/* A table by what stands in the column from `least` to `most`. */
static bool begin_raw(programs *p, dense_part *part, int64_t least, int64_t most)
{
    uint64_t version = p->coding->coders[part->tuple->field].version;
    bool same = part->raw_version == version && part->raw_room > 0;
    if (same && least >= part->raw_base && most - part->raw_base < part->raw_room) {
        return true;
    }
    int64_t held = same ? part->raw_room : 0, before = part->raw_base;
    if (same) {
        int64_t end = before + held - 1;
        least = least < before ? least : before;
        most = most > end ? most : end;
    }
    part->raw_room = 0;
    part->level = false;
    if ((uint64_t)most - (uint64_t)least >= (uint64_t)RAW_ROOM_MOST) {
        return true;
    }
    int64_t room = most - least + 1, shift = same ? before - least : 0;
    if (!allocator_grow(p->ledger->allocator, (void **)&part->raw_steps, &part->raw_capacity, (size_t)room,
                        sizeof *part->raw_steps, 0)) {
        return false;
    }
    int32_t *steps = part->raw_steps;
    memmove(steps + shift, steps, (size_t)held * sizeof *steps);
    for (int64_t i = 0; i < shift; i++) {
        steps[i] = UNSEEN;
    }
    for (int64_t i = shift + held; i < room; i++) {
        steps[i] = UNSEEN;
    }
    part->raw_base = least;
    part->raw_room = room;
    part->raw_version = version;
    return true;
}

/* Numbers there may be after rows of which the column holds what is between `least` and `most`. */
static uint64_t count_possible(const dense_part *part, int64_t least, int64_t most)
{
    uint64_t count = part->values.count;
    for (int64_t i = least - part->raw_base; i <= most - part->raw_base; i++) {
        count += part->raw_steps[i] == UNSEEN ? 1 : 0;
    }
    return count;
}

/* What the column of a single field holds; false: that is not known, or cannot be looked up in a table. */
static bool find_range(const coder *k, int64_t from, int64_t until, int64_t *least, int64_t *most)
{
    *least = 0;
    *most = -1;
    if (k->look == LOOK_ENTRIES) {
        *most = k->column->dictionary->length - 1;
        return *most >= 0;
    }
    return k->look == LOOK_NUMBERS && least_and_most(k->column, from, until - from, least, most);
}

bool dense_begin(programs *p, dense_account *x, uint32_t source, int64_t from, int64_t until)
{
    uint32_t rooms[DENSE_PARTS], wider[DENSE_PARTS];
    bool more = false;
    x->expected = x->rows + (uint64_t)(until - from);
    if (x->keeps_rows &&
        !place_rows_begin(&x->place_rows, source, p->coding->batch, from, until, p->ledger->allocator)) {
        return false;
    }
    for (uint32_t i = 0; i < x->part_count; i++) {
        dense_part *part = &x->parts[i];
        int64_t least, most;
        rooms[i] = wider[i] = part->room;
        part->raw = false;
        if (!is_single(part) || until <= from ||
            !find_range(&p->coding->coders[part->tuple->field], from, until, &least, &most)) {
            continue;
        }
        if (!begin_raw(p, part, least, most)) {
            return false;
        }
        part->raw = part->raw_room > 0;
        /* Rooms for all that may come save laying out again and again. */
        bool few = part->raw && !part->derived && most - least < until - from;
        uint64_t need =
            few && (part->key == NULL || part->key->program == NULL) ? count_possible(part, least, most) : 0;
        if (need > part->room && need < DENSE_MOST / 2) {
            bool grown = part->room > 1 && need < 2 * (uint64_t)part->room;
            rooms[i] = (uint32_t)need;
            wider[i] = grown ? 2 * part->room : rooms[i];
            more = true;
        }
    }
    const uint32_t *best = more && count_places(x, wider) > 0 ? wider : rooms;
    return !more || count_places(x, best) == 0 || lay_out(p, x, best);
}

/* ---- transactions ---- */

bool dense_reserve(dense_account *x, const policy_allocator *a)
{
    return dense_cells_reserve(&x->held, &x->added, x->places, a);
}

void dense_commit(dense_account *x)
{
    dense_cells_commit(&x->held, &x->added, x->places);
    place_rows_commit(&x->place_rows);
}

void dense_forget(dense_account *x)
{
    dense_cells_clear(&x->added, x->places);
    place_rows_forget(&x->place_rows);
}
