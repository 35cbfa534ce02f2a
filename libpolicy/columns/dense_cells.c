/*
 * Counts and sums by place; see dense_cells.h.
 */
#include "columns/dense_cells.h"

#define NARROW_MOST INT32_MAX
#define ONE         (INT64_C(1) << 32)

static size_t pages_of(size_t places)
{
    return places / DENSE_PAGE + 2; /* one in front, as the cells have */
}

void dense_cells_free(dense_cells *c, const policy_allocator *a)
{
    allocator_free(a, c->narrow);
    allocator_free(a, c->wide);
    allocator_free(a, c->touched);
    *c = (dense_cells){0};
}

/* ---- narrow and wide ---- */

/* The most that a place really holds. */
static int64_t greatest(const dense_cells *c, size_t places)
{
    int64_t most = 0;
    for (size_t i = 1; i <= places; i++) {
        int64_t sum = narrow_sum(c->narrow[i]), count = narrow_count(c->narrow[i]);
        sum = sum < 0 ? -sum : sum;
        most = sum > most ? sum : most;
        most = count > most ? count : most;
    }
    return most;
}

static bool make_wide(dense_cells *c, size_t places, const policy_allocator *a)
{
    if (c->wide != NULL) {
        return true;
    }
    c->wide = allocator_zero(a, places + 1, sizeof *c->wide);
    if (c->wide == NULL) {
        return false;
    }
    for (size_t i = 1; i <= places && c->narrow != NULL; i++) {
        c->wide[i] = (wide_cell){{narrow_sum(c->narrow[i]), 0}, narrow_count(c->narrow[i])};
    }
    allocator_free(a, c->narrow);
    c->narrow = NULL;
    return true;
}

bool dense_cells_ready(dense_cells *c, size_t places, bool wanted_wide, int64_t more, const policy_allocator *a)
{
    if (c->touched == NULL) {
        c->touched = allocator_zero(a, pages_of(places), 1);
        if (c->touched == NULL) {
            return false;
        }
    }
    if (wanted_wide || c->wide != NULL) {
        c->most += more;
        return make_wide(c, places, a);
    }
    if (c->narrow == NULL) {
        c->narrow = allocator_zero(a, places + 1, sizeof *c->narrow);
        c->most = 0;
        if (c->narrow == NULL) {
            return false;
        }
    }
    c->narrow[0] = 0; /* nobody's, but it must not run over either */
    if (c->most + more > NARROW_MOST) {
        c->most = greatest(c, places);
    }
    if (c->most > NARROW_MOST / 2 || c->most + more > NARROW_MOST) {
        c->most += more;
        return make_wide(c, places, a);
    }
    c->most += more;
    return true;
}

/* ---- rows ---- */

/* Rows of one place that follow each other are added up first: each would wait for what the one before has stored. */
static void add_narrow(narrow_cell *cells, const int32_t *at, const int32_t *amounts, size_t count)
{
    int32_t spot = at[0];
    narrow_cell sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (at[i] != spot) {
            cells[spot] += sum;
            spot = at[i];
            sum = 0;
        }
        sum += ONE + amounts[i];
    }
    cells[spot] += sum;
}

static void add_wide(wide_cell *cells, const int32_t *at, const int32_t *first, const int32_t *second, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        wide_cell *to = &cells[at[i]];
        to->count++;
        to->sums[0] += first != NULL ? first[i] : 0;
        to->sums[1] += second != NULL ? second[i] : 0;
    }
}

void dense_cells_add(dense_cells *c, const int32_t *at, const int32_t *first, const int32_t *second, size_t count)
{
    c->any = true;
    if (c->wide != NULL) {
        add_wide(c->wide + 1, at, first, second, count);
        c->wide[0] = (wide_cell){.count = 0}; /* nobody's must not run over either */
    } else if (first != NULL) {
        add_narrow(c->narrow + 1, at, first, count);
    } else {
        for (size_t i = 0; i < count; i++) {
            c->narrow[at[i] + 1] += ONE;
        }
    }
}

void dense_cells_touch(dense_cells *c, const int32_t *at, size_t count)
{
    uint8_t *touched = c->touched + 1;
    for (size_t i = 0; i < count; i++) {
        touched[at[i] < 0 ? -1 : at[i] / DENSE_PAGE] = 1;
    }
}

/* ---- another layout ---- */

typedef struct move {
    const dense_cells *from;
    dense_cells *to;
    const dense_layout *before, *after;
} move;

static void move_part(const move *m, uint32_t part, size_t from, size_t to)
{
    uint32_t room = m->before->rooms[part] < m->after->rooms[part] ? m->before->rooms[part] : m->after->rooms[part];
    from *= m->before->rooms[part];
    to *= m->after->rooms[part];
    if (part + 1 == m->before->count) {
        if (m->from->wide != NULL) {
            memcpy(m->to->wide + 1 + to, m->from->wide + 1 + from, room * sizeof(wide_cell));
        } else {
            memcpy(m->to->narrow + 1 + to, m->from->narrow + 1 + from, room * sizeof(narrow_cell));
        }
        return;
    }
    for (uint32_t i = 0; i < room; i++) {
        move_part(m, part + 1, from + i, to + i);
    }
}

static bool move_cells(const dense_cells *from, dense_cells *to, const dense_layout *before, const dense_layout *after,
                       const policy_allocator *a)
{
    *to = (dense_cells){.most = from->most, .any = from->any};
    if (!from->any) {
        return true;
    }
    to->touched = allocator_zero(a, pages_of(after->places), 1);
    if (from->wide != NULL) {
        to->wide = allocator_zero(a, after->places + 1, sizeof *to->wide);
    } else {
        to->narrow = allocator_zero(a, after->places + 1, sizeof *to->narrow);
    }
    if (to->touched == NULL || (to->wide == NULL && to->narrow == NULL)) {
        dense_cells_free(to, a);
        return false;
    }
    memset(to->touched, 1, pages_of(after->places));
    if (before->count == 0) {
        if (to->wide != NULL) {
            to->wide[1] = from->wide[1];
        } else {
            to->narrow[1] = from->narrow[1];
        }
    } else {
        move m = {from, to, before, after};
        move_part(&m, 0, 0, 0);
    }
    return true;
}

bool dense_cells_move(dense_cells *held, dense_cells *added, const dense_layout *before, const dense_layout *after,
                      const policy_allocator *a)
{
    dense_cells new_held, new_added;
    if (!move_cells(held, &new_held, before, after, a)) {
        return false;
    }
    if (!move_cells(added, &new_added, before, after, a)) {
        dense_cells_free(&new_held, a);
        return false;
    }
    dense_cells_free(held, a);
    dense_cells_free(added, a);
    *held = new_held;
    *added = new_added;
    return true;
}

/* ---- transactions ---- */

bool dense_cells_reserve(dense_cells *held, dense_cells *added, size_t places, const policy_allocator *a)
{
    if (!added->any || !held->any) {
        return true;
    }
    if (held->wide == NULL && added->wide == NULL && held->most + added->most > NARROW_MOST) {
        held->most = greatest(held, places);
        added->most = greatest(added, places);
    }
    if (held->wide == NULL && added->wide == NULL && held->most + added->most <= NARROW_MOST) {
        return true;
    }
    return make_wide(held, places, a) && make_wide(added, places, a);
}

static size_t page_end(size_t page, size_t places)
{
    return (page + 1) * DENSE_PAGE < places ? (page + 1) * DENSE_PAGE : places;
}

void dense_cells_commit(dense_cells *held, dense_cells *added, size_t places)
{
    if (!added->any) {
        return;
    }
    if (!held->any) {
        dense_cells swap = *held;
        *held = *added;
        *added = swap;
        return;
    }
    for (size_t page = 0; page * DENSE_PAGE < places; page++) {
        if (!added->touched[page + 1]) {
            continue;
        }
        for (size_t i = page * DENSE_PAGE + 1; i <= page_end(page, places); i++) {
            if (held->wide != NULL) {
                held->wide[i].count += added->wide[i].count;
                held->wide[i].sums[0] += added->wide[i].sums[0];
                held->wide[i].sums[1] += added->wide[i].sums[1];
            } else {
                held->narrow[i] += added->narrow[i];
            }
        }
    }
    held->most += added->most;
    for (size_t page = 0; page * DENSE_PAGE < places; page++) {
        size_t from = page * DENSE_PAGE + 1, count = page_end(page, places) + 1 - from;
        if (added->touched[page + 1]) {
            if (added->wide != NULL) {
                memset(added->wide + from, 0, count * sizeof *added->wide);
            } else {
                memset(added->narrow + from, 0, count * sizeof *added->narrow);
            }
        }
    }
    memset(added->touched, 0, pages_of(places));
    added->any = false;
    added->most = 0;
}

void dense_cells_clear(dense_cells *c, size_t places)
{
    if (!c->any) {
        return;
    }
    if (c->wide != NULL) {
        memset(c->wide, 0, (places + 1) * sizeof *c->wide);
    }
    if (c->narrow != NULL) {
        memset(c->narrow, 0, (places + 1) * sizeof *c->narrow);
    }
    memset(c->touched, 0, pages_of(places));
    c->any = false;
    c->most = 0;
}

void dense_cells_forget_place(dense_cells *c, size_t spot)
{
    if (c->wide != NULL) {
        c->wide[spot + 1] = (wide_cell){.count = 0};
    } else {
        c->narrow[spot + 1] = 0;
    }
}
