/*
 * Making a screen from the constants that conditions name, and looking through it. See screen.h.
 */
#include "engine/screen.h"

#include <string.h>

#include "engine/engine.h"
#include "expr/expr.h"

/* A field's values of one kind: each named text, or each range of numbers between the named ones, has a row of bits. */
struct screen_field {
    int slot;
    uint8_t kind; /* VALUE_INT, VALUE_BOOL or VALUE_STRING */
    uint32_t point_count;
    value *points;         /* texts; numbers: sorted, where ranges begin; the first range is what lies before them */
    const uint64_t **rows; /* point_count + 1; of texts the last is for any other; of bools false and true */
};

#define POINTS_MAX 1024 /* that are told apart; a rule with a constant beyond is judged, not settled */

typedef struct part { /* one comparison of one version */
    uint32_t bit;
    const expr_refuter *by;
} part;
typedef struct parts {
    part *items;
    size_t count, capacity;
} parts;

/* By slot, then kind. */
static int order_parts(const part *a, const part *b)
{
    if (a->by->slot != b->by->slot) {
        return a->by->slot < b->by->slot ? -1 : 1;
    }
    return a->by->constant.kind < b->by->constant.kind ? -1 : a->by->constant.kind > b->by->constant.kind;
}

static void sort_parts(part *items, part *room, size_t count)
{
    if (count < 2) {
        return;
    }
    size_t half = count / 2, left = 0, right = half, at = 0;
    sort_parts(items, room, half);
    sort_parts(items + half, room, count - half);
    memcpy(room, items, half * sizeof *items);
    while (left < half) {
        items[at++] = right == count || order_parts(&room[left], &items[right]) <= 0 ? room[left++] : items[right++];
    }
}

/* What a settled version says, or -1 where no look at its condition settles it: it depends on the day or reads a list. */
static int settles_as(const plan_version *v, const expr **condition)
{
    bool always = v->rule->version_count == 1 && !v->in_force.has_from && !v->in_force.has_until;
    if (!always || v->each.present || v->script || v->also_count > 0) {
        return -1;
    }
    *condition = v->when != NULL ? v->when : v->condition;
    return v->when != NULL ? POLICY_NOT_APPLICABLE : v->late || v->require ? -1 : POLICY_PASS;
}

static bool gather_parts(const policy_engine *e, screen *s, const plan_table *t, parts *out)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const expr *condition = NULL;
        int verdict = settles_as(s->versions[i], &condition);
        uint32_t count = 0;
        const expr_refuter *all = verdict >= 0 ? expr_refuters(condition, &count) : NULL;
        s->settled[i] = (uint8_t)(verdict < 0 ? POLICY_PASS : verdict);
        for (uint32_t k = 0; k < count; k++) {
            if (all[k].slot >= (int)t->column_count) {
                continue; /* not computed yet when the screen is asked */
            }
            if (!allocator_grow(&e->options.allocator, (void **)&out->items, &out->capacity, out->count + 1,
                                sizeof *out->items, SIZE_MAX / 64)) {
                return false;
            }
            out->items[out->count++] = (part){i, &all[k]};
        }
    }
    return true;
}

static bool same_text(const value *a, const value *b)
{
    return a->size == b->size && memcmp(a->as.text, b->as.text, a->size) == 0;
}

/* Keeps numbers sorted. False: too many. */
static bool add_point(screen_field *f, value v)
{
    uint32_t at = 0;
    if (f->kind == VALUE_STRING) {
        for (at = 0; at < f->point_count; at++) {
            if (same_text(&f->points[at], &v)) {
                return true;
            }
        }
    } else {
        while (at < f->point_count && f->points[at].as.i < v.as.i) {
            at++;
        }
        if (at < f->point_count && f->points[at].as.i == v.as.i) {
            return true;
        }
    }
    if (f->point_count == POINTS_MAX) {
        return false;
    }
    memmove(&f->points[at + 1], &f->points[at], (f->point_count - at) * sizeof *f->points);
    f->points[at] = v;
    f->point_count++;
    return true;
}

static bool add_points(screen_field *f, const expr_refuter *by)
{
    bool last = f->kind == VALUE_INT && by->constant.as.i == INT64_MAX;
    return f->kind == VALUE_BOOL || (add_point(f, by->constant) && (f->kind == VALUE_STRING || last ||
                                                                    add_point(f, value_int(by->constant.as.i + 1))));
}

/* Some value of row i. */
static value value_of_row(const screen_field *f, uint32_t i)
{
    static const value other = {.kind = VALUE_STRING, .size = UINT32_MAX, .as.text = ""}; /* like no text there is */
    switch (f->kind) {
    case VALUE_BOOL:
        return value_bool(i == 1);
    case VALUE_STRING:
        return i < f->point_count ? f->points[i] : other;
    default:
        return i > 0 ? f->points[i - 1] : value_int(INT64_MIN);
    }
}

/* The comparisons of one field with constants of one kind. */
static bool make_field(arena *memory, const screen *s, const part *items, size_t count, screen_field *f)
{
    *f = (screen_field){.slot = items[0].by->slot, .kind = (uint8_t)items[0].by->constant.kind};
    f->points = arena_array(memory, POINTS_MAX < 2 * count ? POINTS_MAX + 1 : 2 * count + 1, sizeof *f->points);
    if (f->points == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!add_points(f, items[i].by)) {
            f->point_count = 0;
            f->kind = VALUE_NULL; /* too many to tell apart */
            return true;
        }
    }
    uint32_t rows = f->kind == VALUE_BOOL ? 2 : f->point_count + 1;
    f->rows = arena_array(memory, rows, sizeof *f->rows);
    uint64_t *bits = arena_array(memory, (size_t)rows * s->words, sizeof *bits);
    if (f->rows == NULL || bits == NULL) {
        return false;
    }
    memset(bits, 0xFF, (size_t)rows * s->words * sizeof *bits);
    for (uint32_t row = 0; row < rows; row++) {
        value v = value_of_row(f, row);
        f->rows[row] = bits + (size_t)row * s->words;
        for (size_t i = 0; i < count; i++) {
            if (expr_refutes(items[i].by, &v)) {
                bits[(size_t)row * s->words + items[i].bit / 64] &= ~(UINT64_C(1) << items[i].bit % 64);
            }
        }
    }
    return true;
}

static bool make_fields(policy_engine *e, screen *s, const plan_table *t, parts *all)
{
    if (!gather_parts(e, s, t, all)) {
        return false;
    }
    part *room = allocator_zero(&e->options.allocator, all->count + 1, sizeof *room);
    s->fields = arena_array(&e->memory, all->count + 1, sizeof *s->fields);
    bool fine = room != NULL && s->fields != NULL;
    if (fine) {
        sort_parts(all->items, room, all->count);
    }
    for (size_t from = 0, end; fine && from < all->count; from = end) {
        for (end = from + 1; end < all->count && order_parts(&all->items[from], &all->items[end]) == 0; end++) {
        }
        screen_field *f = &s->fields[s->field_count];
        fine = make_field(&e->memory, s, &all->items[from], end - from, f);
        s->field_count += fine && f->kind != VALUE_NULL;
    }
    allocator_free(&e->options.allocator, room);
    return fine;
}

static bool make_screen(policy_engine *e, const plan_table *t, screen *s)
{
    parts all = {0};
    s->versions = arena_array(&e->memory, (size_t)e->version_count + 1, sizeof(const plan_version *));
    s->settled = arena_array(&e->memory, (size_t)e->version_count + 1, sizeof *s->settled);
    if (s->versions == NULL || s->settled == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        for (uint32_t k = 0; k < e->rule_list[i]->version_count; k++) {
            const plan_version *v = e->rule_list[i]->versions[k];
            if (v->table == t && (v->condition != NULL || v->script)) {
                s->versions[s->count++] = v;
            }
        }
    }
    s->words = (s->count + 63) / 64;
    bool fine = s->count == 0 || make_fields(e, s, t, &all);
    allocator_free(&e->options.allocator, all.items);
    return fine;
}

bool engine_make_screens(policy_engine *e)
{
    e->screens = arena_array(&e->memory, (size_t)e->type_count + 1, sizeof *e->screens);
    bool fine = e->screens != NULL;
    for (uint32_t i = 0; fine && i < e->type_count; i++) {
        fine = make_screen(e, e->tables[i], &e->screens[i]);
    }
    return fine;
}

/* ---- looking ---- */

/* Codes of a field are mostly the same text in memory as the constants. */
static uint32_t row_of_text(const screen_field *f, const value *v)
{
    for (uint32_t i = 0; i < f->point_count; i++) {
        if (f->points[i].as.text == v->as.text && f->points[i].size == v->size) {
            return i;
        }
    }
    for (uint32_t i = 0; i < f->point_count; i++) {
        if (same_text(&f->points[i], v)) {
            return i;
        }
    }
    return f->point_count;
}

static uint32_t row_of_number(const screen_field *f, int64_t number)
{
    uint32_t low = 0, high = f->point_count; /* how many ranges begin at or before it */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (f->points[middle].as.i <= number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void screen_look(const screen *s, const value *slots, uint64_t *left)
{
    for (uint32_t i = 0; i < s->words; i++) {
        left[i] = ~UINT64_C(0);
    }
    if (s->count % 64 != 0) {
        left[s->words - 1] = (UINT64_C(1) << s->count % 64) - 1;
    }
    for (uint32_t i = 0; i < s->field_count; i++) {
        const screen_field *f = &s->fields[i];
        const value *v = &slots[f->slot];
        if (v->kind != f->kind) {
            continue;
        }
        uint32_t row = f->kind == VALUE_BOOL     ? v->as.b
                       : f->kind == VALUE_STRING ? row_of_text(f, v)
                                                 : row_of_number(f, v->as.i);
        const uint64_t *bits = f->rows[row];
        for (uint32_t k = 0; k < s->words; k++) {
            left[k] &= bits[k];
        }
    }
}

uint32_t screen_settled(const screen *s, const uint64_t *left, uint32_t rule, policy_verdict verdict)
{
    uint32_t low = 0, high = s->count, settled = 0; /* versions stand by rule */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->versions[middle]->rule->number < rule) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < s->count && s->versions[low]->rule->number == rule; low++) {
        settled += !(left[low / 64] >> low % 64 & 1) && s->settled[low] == (uint8_t)verdict;
    }
    return settled;
}
