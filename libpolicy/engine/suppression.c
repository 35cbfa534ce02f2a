/*
 * Complementary suppression: what else to hide, once the small counts are hidden.
 *
 * The table with its sums is a grid whose every line adds up to nothing, when sums of rows and columns count as negative
 * and the sum of all as positive. Whoever reads it knows the shown cells, that each line adds up, and that no count is
 * below 0. A hidden cell is safe when another grid fits all that and has another value there. Two such grids differ by
 * closed walks that change row and column in turn, one up, one down:
 *
 *          A    B   sum                  raise (1,A) by one: lower (2,A), raise (2,B), lower (1,B).
 *     1    ?    ?    20                  Possible when (2,A) and (1,B) are not 0.
 *     2    ?    ?    15
 *   sum   18   17    35                  With (2,B) shown the walk breaks off, and (1,A) can be computed.
 *
 * So safety is a search for a way through hidden cells, and a cell that has none gets one by hiding a further cell beside
 * the places that were reached: the smallest count, sums last. Hiding more only adds ways, so a safe cell stays safe, and
 * with everything hidden every cell is. The hidden counts of a line whose sum is shown also add up to the minimum count at
 * least: two hidden cells with three students in both say as much as a shown three.
 */
#include "engine/suppression.h"

typedef struct grid {
    size_t rows, columns; /* with the sums, which come last */
    bool one_group;       /* the sums of columns repeat the only row */
    uint64_t minimum_group, minimum_count;
    uint64_t *counts;
    bool *hidden; /* the caller's */
    bool *safe;
    bool *row_reached, *column_reached;
    size_t *queue; /* rows, then columns as rows + column */
} grid;

static size_t cell_of(const grid *g, size_t row, size_t column)
{
    return row * g->columns + column;
}

static bool is_sum(const grid *g, size_t row, size_t column)
{
    return row + 1 == g->rows || column + 1 == g->columns;
}

/* Can the signed value of a cell rise or fall by one? Counts and the sum of all are positive, other sums negative. */
static bool can_move(const grid *g, size_t row, size_t column, bool up)
{
    bool negative = (row + 1 == g->rows) != (column + 1 == g->columns);
    size_t at = cell_of(g, row, column);
    return g->hidden[at] && (up != negative || g->counts[at] > 0);
}

/* Leave a line through each hidden cell that can move: a column's by moving `up`, a row's the other way. */
static void leave(grid *g, size_t node, bool up, size_t not_row, size_t not_column, size_t *filled)
{
    bool is_row = node < g->rows;
    size_t count = is_row ? g->columns : g->rows;
    for (size_t i = 0; i < count; i++) {
        size_t row = is_row ? node : i, column = is_row ? i : node - g->rows;
        bool *reached = is_row ? &g->column_reached[column] : &g->row_reached[row];
        if (*reached || (row == not_row && column == not_column) || !can_move(g, row, column, is_row ? !up : up)) {
            continue;
        }
        *reached = true;
        g->queue[(*filled)++] = is_row ? g->rows + column : row;
    }
}

/* Is there a closed walk through the cell? `up`: the cell rises, so its column is left downwards. What was reached stays
 * marked. */
static bool has_walk(grid *g, size_t row, size_t column, bool up)
{
    memset(g->row_reached, 0, g->rows * sizeof *g->row_reached);
    memset(g->column_reached, 0, g->columns * sizeof *g->column_reached);
    if (!can_move(g, row, column, up)) {
        return false;
    }
    size_t filled = 0;
    g->column_reached[column] = true;
    g->queue[filled++] = g->rows + column;
    for (size_t at = 0; at < filled && !g->row_reached[row]; at++) {
        leave(g, g->queue[at], !up, row, column, &filled);
    }
    return g->row_reached[row];
}

static void hide(grid *g, size_t row, size_t column)
{
    g->hidden[cell_of(g, row, column)] = true;
}

/* ---- which further cell ---- */

typedef struct choice {
    bool found;
    size_t row, column;
    unsigned rank; /* sums last, then empty cells, then rows with nothing hidden yet */
    uint64_t count;
} choice;

static bool row_has_hidden(const grid *g, size_t row)
{
    for (size_t c = 0; c < g->columns; c++) {
        if (g->hidden[cell_of(g, row, c)]) {
            return true;
        }
    }
    return false;
}

static void consider(const grid *g, size_t row, size_t column, choice *best)
{
    size_t at = cell_of(g, row, column);
    if (g->hidden[at]) {
        return;
    }
    choice here = {.found = true, .row = row, .column = column, .count = g->counts[at]};
    here.rank = (is_sum(g, row, column) ? 4u : 0u) + (here.count == 0 ? 2u : 0u) + (row_has_hidden(g, row) ? 0u : 1u);
    if (!best->found || here.rank < best->rank || (here.rank == best->rank && here.count < best->count)) {
        *best = here;
    }
}

static void consider_row(const grid *g, size_t row, choice *best)
{
    for (size_t c = 0; c < g->columns; c++) {
        consider(g, row, c, best);
    }
}

static void consider_column(const grid *g, size_t column, choice *best)
{
    for (size_t r = 0; r < g->rows; r++) {
        consider(g, r, column, best);
    }
}

/* Shown cells beside the places of the last search. */
static void consider_reached(const grid *g, choice *best)
{
    for (size_t r = 0; r < g->rows; r++) {
        if (g->row_reached[r]) {
            consider_row(g, r, best);
        }
    }
    for (size_t c = 0; c < g->columns; c++) {
        if (g->column_reached[c]) {
            consider_column(g, c, best);
        }
    }
}

/* Hide cells until the hidden one at this place is safe. */
static void make_safe(grid *g, size_t row, size_t column)
{
    for (;;) {
        choice best = {.found = false};
        consider_row(g, row, &best);
        consider_column(g, column, &best);
        if (has_walk(g, row, column, false)) {
            return;
        }
        consider_reached(g, &best);
        if (has_walk(g, row, column, true)) {
            return;
        }
        consider_reached(g, &best);
        if (!best.found) {
            return; /* not reached: with all of these hidden there is a walk */
        }
        hide(g, best.row, best.column);
    }
}

/* ---- what is hidden ---- */

/* Small groups, small counts, and counts that say the same of everybody in the group. */
static void hide_small(grid *g)
{
    for (size_t r = 0; r < g->rows; r++) {
        uint64_t all = g->counts[cell_of(g, r, g->columns - 1)];
        bool small = all > 0 && all < g->minimum_group;
        for (size_t c = 0; c < g->columns; c++) {
            uint64_t n = g->counts[cell_of(g, r, c)];
            bool is_all = c + 1 < g->columns && n > 0 && n == all;
            if (small || (n > 0 && n < g->minimum_count) || is_all) {
                hide(g, r, c);
            }
        }
    }
    for (size_t c = 0; g->one_group && c < g->columns; c++) {
        hide(g, g->rows - 1, c);
    }
}

/* Do the hidden counts of a line with a shown sum add up to enough? False after hiding one more. */
static bool line_holds_enough(grid *g, size_t line, bool is_row)
{
    size_t count = is_row ? g->columns : g->rows;
    uint64_t together = 0;
    bool any = false;
    choice best = {.found = false};
    for (size_t i = 0; i < count; i++) {
        size_t row = is_row ? line : i, column = is_row ? i : line, at = cell_of(g, row, column);
        if (i + 1 == count && g->hidden[at]) {
            return true; /* the sum does not say how many they are */
        }
        if (g->hidden[at]) {
            any = true;
            together += g->counts[at];
        }
        consider(g, row, column, &best);
    }
    if (!any || together >= g->minimum_count) {
        return true;
    }
    hide(g, best.row, best.column); /* there is one: the sum */
    return false;
}

static bool all_lines_hold_enough(grid *g)
{
    bool enough = true;
    for (size_t r = 0; r < g->rows; r++) {
        while (!line_holds_enough(g, r, true)) {
            enough = false;
        }
    }
    for (size_t c = 0; c < g->columns; c++) {
        while (!line_holds_enough(g, c, false)) {
            enough = false;
        }
    }
    return enough;
}

static void hide_all_that_must(grid *g)
{
    bool more = true;
    hide_small(g);
    while (more) {
        more = !all_lines_hold_enough(g);
        for (size_t at = 0; at < g->rows * g->columns; at++) {
            bool is_only_sum = g->one_group && at / g->columns + 1 == g->rows;
            if (g->hidden[at] && !g->safe[at] && !is_only_sum) {
                make_safe(g, at / g->columns, at % g->columns);
                g->safe[at] = true;
                more = true;
            }
        }
    }
}

/* ---- the table ---- */

static policy_status refuse(const policy_allocator *a, policy_error **err)
{
    return error_set(err, a, &(error_spec){.status = POLICY_E_LIMIT, .message = MESSAGE_BANDS_TOO_MANY});
}

/* Counts with their sums. False when there are too many students for the sums to be exact. */
static bool add_up(grid *g, const uint64_t *counts)
{
    size_t rows = g->rows - 1, columns = g->columns - 1;
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < columns; c++) {
            uint64_t n = counts[r * columns + c];
            if (n > INT32_MAX) {
                return false;
            }
            g->counts[cell_of(g, r, c)] = n;
            g->counts[cell_of(g, r, columns)] += n;
            g->counts[cell_of(g, rows, c)] += n;
            g->counts[cell_of(g, rows, columns)] += n;
        }
    }
    return g->counts[cell_of(g, rows, columns)] <= INT32_MAX;
}

policy_status suppression_find(const policy_allocator *a, uint64_t minimum_group, uint64_t minimum_count,
                               const uint64_t *counts, size_t groups, size_t columns, bool *hidden, policy_error **err)
{
    if (groups >= SUPPRESSION_CELLS_MAX || columns >= SUPPRESSION_CELLS_MAX ||
        (groups + 1) * (columns + 1) > SUPPRESSION_CELLS_MAX) {
        return refuse(a, err);
    }
    grid g = {.rows = groups + 1,
              .columns = columns + 1,
              .one_group = groups == 1,
              .minimum_group = minimum_group,
              .minimum_count = minimum_count,
              .hidden = hidden};
    size_t cells = g.rows * g.columns;
    g.counts = allocator_zero(a, cells, sizeof *g.counts);
    g.safe = allocator_zero(a, cells, sizeof *g.safe);
    g.row_reached = allocator_zero(a, g.rows, sizeof *g.row_reached);
    g.column_reached = allocator_zero(a, g.columns, sizeof *g.column_reached);
    g.queue = allocator_zero(a, g.rows + g.columns, sizeof *g.queue);
    policy_status status = POLICY_OK;
    if (g.counts == NULL || g.safe == NULL || g.row_reached == NULL || g.column_reached == NULL || g.queue == NULL) {
        status = error_nomem(err);
    } else if (!add_up(&g, counts)) {
        status = refuse(a, err);
    } else {
        hide_all_that_must(&g);
    }
    allocator_free(a, g.queue);
    allocator_free(a, g.column_reached);
    allocator_free(a, g.row_reached);
    allocator_free(a, g.safe);
    allocator_free(a, g.counts);
    return status;
}
