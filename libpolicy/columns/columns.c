/*
 * Feeding a batch block by block; see columns.h.
 */
#include "columns/columns.h"

#include "columns/feed.h"

/* ---- what a type needs ---- */

static uint64_t fields_shown(const plan_table *t, const plan_version *v)
{
    reads r = {0};
    int own = t->record != NULL ? t->record->dated_by : -1;
    r.fields = own >= 0 ? UINT64_C(1) << own : 0;
    for (uint32_t i = 0; i < v->key_count; i++) {
        const plan_key *key = &v->keys[i];
        reads_add(&r, t, key->program);
        if (key->program == NULL) {
            r.beyond = r.beyond || key->slot < 0 || key->slot >= (int)t->column_count;
            r.fields |= r.beyond ? 0 : UINT64_C(1) << key->slot;
        }
    }
    for (uint32_t i = 0; i < v->placeholder_count; i++) {
        reads_add(&r, t, v->placeholders[i]);
    }
    return r.beyond || r.record_id ? UINT64_MAX : r.fields;
}

static bool add_rule(type_columns *c, const plan_version *v)
{
    programs *p = &c->programs;
    row_rule *r = &c->rules[c->rule_count++];
    *r = (row_rule){.version = v, .left = arena_array(&c->memory, BLOCK_WORDS, sizeof *r->left)};
    r->failed = arena_array(&c->memory, BLOCK_WORDS, sizeof *r->failed);
    if (r->left == NULL || r->failed == NULL) {
        return false;
    }
    r->by_codes = !v->each.present;
    if (!r->by_codes) {
        return true;
    }
    r->always = v->rule->version_count == 1 && !v->in_force.has_from && !v->in_force.has_until;
    if (!r->always) {
        int own = p->table->record->dated_by;
        tuple *day = tuple_of(p, own >= 0 ? UINT64_C(1) << own : 0);
        if (day == NULL) {
            return false;
        }
        r->here = truth_of(p, &(truth){.kind = TRUTH_HERE, .tuple = day, .version = v});
        r->nowhere = truth_of(p, &(truth){.kind = TRUTH_NOWHERE, .tuple = day, .version = v});
        if (r->here == NULL || r->nowhere == NULL) {
            return false;
        }
    }
    r->shown = fields_shown(p->table, v);
    bool nomem = false;
    r->hits = v->late || v->script ? NULL : row_hits_of(&c->memory, v, p->table, &nomem);
    if (nomem) {
        return false;
    }
    r->when = condition_of(p, v->env, v->when, v->also, v->also_count, &v->in_force);
    if (r->when == NULL) {
        return false;
    }
    if (!v->late && !v->script) {
        r->check = condition_of(p, v->env, v->condition, NULL, 0, &v->in_force);
    }
    return v->late || v->script || r->check != NULL;
}

static bool add_measure(type_columns *c, const plan_measure *m)
{
    row_measure *r = &c->measures[c->measure_count++];
    *r = (row_measure){.measure = m, .left = arena_array(&c->memory, BLOCK_ROWS, 1)};
    if (r->left == NULL) {
        return false;
    }
    /* A row that is surely out gives nothing, whatever its `each` is. */
    r->when = condition_of(&c->programs, m->env, m->when, m->also, m->also_count, m->in_force);
    bool nomem = r->when == NULL;
    r->dense = nomem ? NULL : dense_account_of(&c->programs, m, &nomem);
    r->account = nomem ? NULL : cell_account_of(&c->programs, m, &nomem);
    r->rows = nomem ? NULL : row_groups_of(&c->programs, m, &c->row_keys, &nomem);
    return !nomem;
}

type_columns *type_columns_new(policy_ledger *l, uint32_t type_at)
{
    type_columns *c = allocator_zero(l->allocator, 1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    const type_work *work = &l->work[type_at];
    arena_init(&c->memory, l->allocator, 0);
    c->coding = coding_new(l, type_at);
    programs_init(&c->programs, l, l->engine->tables[type_at], c->coding);
    c->measures = arena_array(&c->memory, (size_t)work->measure_count + 1, sizeof *c->measures);
    c->rules = arena_array(&c->memory, (size_t)work->version_count + 1, sizeof *c->rules);
    uint8_t **masks[] = {&c->live, &c->any_left};
    bool fine = c->coding != NULL && c->measures != NULL && c->rules != NULL &&
                record_init(&c->row, l->engine->tables[type_at]->record, l->allocator) == POLICY_OK;
    for (size_t i = 0; i < sizeof masks / sizeof *masks && fine; i++) {
        fine = (*masks[i] = arena_array(&c->memory, BLOCK_ROWS, 1)) != NULL;
    }
    for (uint32_t i = 0; i < work->measure_count && fine; i++) {
        fine = add_measure(c, work->measures[i]);
    }
    for (uint32_t i = 0; i < work->version_count && fine; i++) {
        fine = add_rule(c, work->versions[i]);
    }
    if (!fine) {
        type_columns_free(c);
        return NULL;
    }
    return c;
}

void type_columns_free(type_columns *c)
{
    if (c == NULL) {
        return;
    }
    const policy_allocator *a = c->memory.allocator;
    for (uint32_t i = 0; i < c->measure_count; i++) {
        cell_account_free(c->measures[i].account, a);
        dense_account_free(c->measures[i].dense, a);
        row_groups_free(c->measures[i].rows, a);
    }
    for (uint32_t i = 0; i < c->rule_count; i++) {
        row_hits_free(c->rules[i].hits, a);
    }
    row_keys_free(c->row_keys, a);
    contents_free(&c->contents, c->row.type != NULL ? c->row.type->field_count : 0, a);
    programs_free(&c->programs);
    coding_free(c->coding);
    record_free(&c->row);
    arena_free(&c->memory);
    allocator_free(a, c);
}

void columns_free(policy_ledger *l)
{
    for (uint32_t i = 0; l->columns != NULL && i < l->engine->type_count; i++) {
        type_columns_free(l->columns[i]);
    }
    allocator_free(l->allocator, l->columns);
    l->columns = NULL;
}

/* ---- the rows that are left ---- */

static bool measures_block(type_columns *c)
{
    size_t count = c->coding->count;
    if (c->measure_count == 0) {
        return true;
    }
    mask_not(c->live, c->coding->odd, count);
    memset(c->any_left, 0, count);
    for (uint32_t i = 0; i < c->measure_count; i++) {
        row_measure *m = &c->measures[i];
        memcpy(m->left, c->live, count);
        const uint8_t *yes, *no;
        if (!condition_rows(&c->programs, m->when, &yes, &no)) {
            return false;
        }
        if (no != NULL) {
            mask_and_not(m->left, no, count);
        } else {
            mask_and(m->left, yes, count);
        }
        if (m->dense != NULL && !dense_block(&c->programs, m->dense, yes, m->left)) {
            return false;
        }
        if (!mask_any(m->left, count)) {
            continue;
        }
        if ((m->account != NULL && !cell_account_block(&c->programs, m->account, yes, m->left)) ||
            (m->rows != NULL && !row_groups_block(&c->programs, m->rows, yes, m->left))) {
            return false;
        }
        mask_or(c->any_left, m->left, count);
    }
    return true;
}

/* The fields of a row that anything will ask for. */
static uint64_t fields_asked(const type_columns *c, size_t i)
{
    uint64_t fields = 0;
    for (uint32_t k = 0; k < c->measure_count; k++) {
        fields |= c->measures[k].left[i] ? UINT64_MAX : 0;
    }
    for (uint32_t k = 0; k < c->rule_count; k++) {
        const row_rule *r = &c->rules[k];
        bool left = r->any_left && (r->left[i >> 6] >> (i & 63) & 1);
        bool failed = r->any_failed && (r->failed[i >> 6] >> (i & 63) & 1);
        fields |= !left ? 0 : failed ? r->shown : UINT64_MAX;
    }
    return fields;
}

/* These of the row's values in the frame, from codes; its record then has no cells. *whole false: it must be resolved. */
static bool load_codes(type_columns *c, frame *f, size_t i, bool *whole)
{
    const batch *b = c->coding->batch;
    frame_reset(f);
    if (!coding_row(c->coding, i, fields_asked(c, i), f->slots, whole)) {
        return false;
    }
    c->row.source = b->source;
    c->row.row = batch_number(b, c->coding->row + (int64_t)i);
    f->record = &c->row;
    f->row = c->row.row;
    frame_set_own_day(f);
    return true;
}

/* The row's own record in the frame, as posting has it. `odd`: with its notices. */
static bool load_row(type_columns *c, frame *f, size_t i, bool odd)
{
    policy_ledger *l = f->ledger;
    const batch *b = c->coding->batch;
    record_clear(&c->row);
    batch_row_as_cut(b, c->coding->row + (int64_t)i, &c->row);
    frame_reset(f);
    record_systems schools = systems_lookup(&l->delta.schools, c->coding->type_at);
    int problems =
        record_resolve(l->engine->schema, &c->row, &schools, evaluation_scratch(f->ev), f->slots, l->problems);
    for (int k = 0; odd && k < problems; k++) {
        if (!note_problem(&l->delta.notices, &c->row, &l->problems[k])) {
            return false;
        }
    }
    f->record = &c->row;
    f->row = c->row.row;
    frame_set_own_day(f);
    return problems >= 0;
}

/* Defaults taken for absent cells, once a source; as posting has it after what is said of the row's cells. */
static bool note_absent(type_columns *c, uint32_t source)
{
    policy_ledger *l = c->programs.ledger;
    uint32_t type_at = c->coding->type_at;
    state *d = &l->delta;
    uint64_t taken,
        known = noted_fields(&l->state.defaults, source, type_at) | noted_fields(&d->defaults, source, type_at);
    if (!note_defaults(&d->notices, &c->row, known, &taken)) {
        return false;
    }
    if (taken & ~known) {
        if (!noted_reserve(&d->defaults, 1, l->allocator)) {
            return false;
        }
        noted_add(&d->defaults, source, type_at, taken);
    }
    return true;
}

static bool row_left(type_columns *c, frame *f, size_t i, bool first)
{
    policy_ledger *l = f->ledger;
    bool odd = c->coding->any_odd && c->coding->odd[i], whole = false;
    if (!odd && !first && !load_codes(c, f, i, &whole)) {
        return false;
    }
    const batch *b = c->coding->batch;
    size_t row = (size_t)c->coding->row + i;
    bool cut = b->cuts != NULL && b->cuts[row] != 0;
    if (!whole && (!load_row(c, f, i, odd) || ((first || cut) && !note_absent(c, f->source)))) {
        return false;
    }
    if (!whole && b->contents != NULL) { /* which codes may not say */
        b->contents[row] = record_content(c->coding->type_at, f->slots, c->coding->type->field_count);
    }
    for (uint32_t k = 0; k < c->measure_count; k++) {
        const plan_measure *m = c->measures[k].measure;
        if ((odd || c->measures[k].left[i]) && !fold_row(f, m, &l->delta.accounts[m->account], &l->delta.keyless, 1)) {
            return false;
        }
    }
    for (uint32_t k = 0; k < c->rule_count; k++) {
        const row_rule *r = &c->rules[k];
        bool left = r->any_left && (r->left[i >> 6] >> (i & 63) & 1);
        bool failed = r->any_failed && (r->failed[i >> 6] >> (i & 63) & 1);
        bool kept = !odd && !left;
        if (!kept && failed && whole && r->hits != NULL && !row_hits_add(r->hits, f, &l->delta, &kept)) {
            return false;
        }
        if (!kept && !(failed ? judge_failed(f, r->version, &l->delta) : judge_row(f, r->version, &l->delta))) {
            return false;
        }
    }
    return true;
}

static bool rows_left(type_columns *c, frame *f, bool first)
{
    bool compared = c->coding->batch->contents != NULL;
    uint64_t rows[BLOCK_WORDS] = {0};
    if (!first && c->measure_count == 0 && !c->any_rules_left && !c->coding->any_odd && !compared) {
        return true;
    }
    if (c->measure_count > 0) {
        c->coding->kernels->pack(c->any_left, c->coding->count, rows);
    }
    rows[0] |= first ? 1 : 0;
    for (size_t w = 0; w < (c->coding->count + 63) / 64; w++) {
        uint64_t left = rows[w] | c->rules_left[w] | c->coding->odd_bits[w];
        if (compared) {
            size_t here = c->coding->count - w * 64;
            left |= ~c->contents.whole_rows[w] & (here < 64 ? ~(UINT64_MAX << here) : UINT64_MAX);
        }
        for (size_t i = 64 * w; left != 0; i++, left >>= 1) {
            if (!(left & 1)) {
                size_t skip = mask_skip(left);
                i += skip;
                left >>= skip;
            }
            if (!row_left(c, f, i, first && i == 0)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- a batch ---- */

static bool feed_block(type_columns *c, frame *f, int64_t row, size_t count, bool first)
{
    if (!coding_block(c->coding, row, count)) {
        return false;
    }
    c->programs.block++;
    uint64_t *compared = c->coding->batch->contents;
    if (compared != NULL && !contents_block(&c->contents, c->coding, compared + row)) {
        return false;
    }
    return measures_block(c) && row_rules_block(c) && rows_left(c, f, first);
}

/* Rows that the ledger itself learns from (systems, calendar, coverage) are few, and posted. */
bool columns_are_posted(const policy_engine *e, uint32_t type_at)
{
    return systems_is_table(e, type_at) || (int)type_at == e->calendar_type || (int)type_at == e->coverage_type;
}

static bool post_rows(policy_ledger *l, uint32_t type_at, const batch *b, int64_t from, int64_t until)
{
    record row;
    bool fine = record_init(&row, b->type, l->allocator) == POLICY_OK;
    for (int64_t i = from; i < until && fine; i++) {
        batch_row_as_cut(b, i, &row);
        fine = post_record(l, type_at, &row, NULL) == POLICY_OK;
    }
    record_free(&row);
    return fine;
}

bool columns_feed(policy_ledger *l, uint32_t type_at, const batch *b, int64_t from, int64_t until)
{
    if (columns_are_posted(l->engine, type_at)) {
        return post_rows(l, type_at, b, from, until);
    }
    if (l->columns == NULL) {
        l->columns = allocator_zero(l->allocator, (size_t)l->engine->type_count + 1, sizeof(type_columns *));
        if (l->columns == NULL) {
            return false;
        }
    }
    /* Before the first record what programs read besides their row may still change. */
    if (l->columns[type_at] != NULL && l->state.records[type_at] == 0 && l->delta.records[type_at] == 0) {
        type_columns_free(l->columns[type_at]);
        l->columns[type_at] = NULL;
    }
    if (l->columns[type_at] == NULL) {
        l->columns[type_at] = type_columns_new(l, type_at);
        if (l->columns[type_at] == NULL) {
            return false;
        }
    }
    type_columns *c = l->columns[type_at];
    const plan_table *t = l->engine->tables[type_at];
    uint32_t source = ledger_source(l, b->source);
    if (source == UINT32_MAX) {
        return false;
    }
    frame *left = frame_take(l, t), *values = left ? frame_take(l, t) : NULL;
    bool fine = values != NULL;
    if (fine) {
        left->source = source;
        c->programs.frame = values;
        fine = coding_begin(c->coding, b);
    }
    for (uint32_t i = 0; i < c->measure_count && fine; i++) {
        row_groups *rows = c->measures[i].rows;
        fine = (c->measures[i].dense == NULL || dense_begin(&c->programs, c->measures[i].dense, source, from, until)) &&
               (rows == NULL || row_groups_begin(&c->programs, rows, source, b, from, until));
    }
    for (int64_t row = from; row < until && fine; row += BLOCK_ROWS) {
        size_t count = until - row < BLOCK_ROWS ? (size_t)(until - row) : BLOCK_ROWS;
        fine = feed_block(c, left, row, count, row == from);
        l->delta.records[type_at] += (int64_t)count;
    }
    for (uint32_t i = 0; values != NULL && i < c->measure_count; i++) {
        if (c->measures[i].account != NULL) { /* of a feed that failed, too: to have them empty again */
            fine = cell_account_flush(&c->programs, c->measures[i].account) && fine;
        }
    }
    if (values != NULL) {
        frame_give(l, values);
    }
    if (left != NULL) {
        frame_give(l, left);
    }
    return fine;
}

/* ---- what stays compact ---- */

/* The next measure of all types that keeps something compactly; NULL when there is none left. */
typedef struct compact_walk {
    policy_ledger *ledger;
    uint32_t type_at, at; /* measures, or rules */
    type_columns *columns;
} compact_walk;

static row_measure *next_compact(compact_walk *w)
{
    const policy_ledger *l = w->ledger;
    for (; l->columns != NULL && w->type_at < l->engine->type_count; w->type_at++, w->at = 0) {
        w->columns = l->columns[w->type_at];
        while (w->columns != NULL && w->at < w->columns->measure_count) {
            row_measure *r = &w->columns->measures[w->at++];
            if (r->dense != NULL || r->rows != NULL) {
                return r;
            }
        }
    }
    return NULL;
}

/* What the ledger holds, or what the running call added. */
static bool settle(type_columns *c, row_measure *r, bool held, group_table *into)
{
    policy_ledger *l = c->programs.ledger;
    dense_cells *cells = r->dense == NULL ? NULL : held ? &r->dense->held : &r->dense->added;
    size_t from = r->rows == NULL || held ? 0 : r->rows->held;
    size_t until = r->rows == NULL ? 0 : held ? r->rows->held : r->rows->count;
    if ((cells == NULL || !cells->any) && from == until) {
        return true;
    }
    frame *outer = c->programs.frame, *f = frame_take(l, c->programs.table);
    c->programs.frame = f;
    bool fine = f != NULL && (cells == NULL || dense_settle(&c->programs, r->dense, cells, into)) &&
                (r->rows == NULL || row_groups_settle(&c->programs, r->rows, from, until, into));
    c->programs.frame = outer;
    if (f != NULL) {
        frame_give(l, f);
    }
    return fine;
}

static bool settle_held(policy_ledger *l, type_columns *c, row_measure *r)
{
    return settle(c, r, true, &l->state.accounts[r->measure->account]);
}

/* The next rule of all types that keeps rows compactly; NULL when there is none left. */
static row_hits *next_hits(compact_walk *w)
{
    const policy_ledger *l = w->ledger;
    for (; l->columns != NULL && w->type_at < l->engine->type_count; w->type_at++, w->at = 0) {
        w->columns = l->columns[w->type_at];
        while (w->columns != NULL && w->at < w->columns->rule_count) {
            row_hits *h = w->columns->rules[w->at++].hits;
            if (h != NULL && h->count > 0) {
                return h;
            }
        }
    }
    return NULL;
}

bool columns_findings(policy_ledger *l, struct policy_findings *all,
                      bool (*one)(struct policy_findings *, policy_ledger *, const kept_row *))
{
    compact_walk w = {.ledger = l};
    for (row_hits *h; (h = next_hits(&w)) != NULL;) {
        for (size_t i = 0; i < h->held; i++) {
            kept_row r = row_hits_at(h, i);
            if (!one(all, l, &r)) {
                return false;
            }
        }
    }
    return true;
}

bool accounts_settle(policy_ledger *l)
{
    compact_walk rows = {.ledger = l};
    for (row_hits *h; (h = next_hits(&rows)) != NULL;) {
        if (!row_hits_settle(h, 0, &l->state)) {
            return false;
        }
    }
    compact_walk w = {.ledger = l};
    for (row_measure *r; (r = next_compact(&w)) != NULL;) {
        if (!settle_held(l, w.columns, r)) {
            return false;
        }
    }
    return true;
}

bool accounts_settle_others(policy_ledger *l, uint32_t type_at)
{
    compact_walk w = {.ledger = l};
    for (row_measure *r; (r = next_compact(&w)) != NULL;) {
        if (w.columns->coding->type_at != type_at && r->measure->from != NULL && !settle_held(l, w.columns, r)) {
            return false;
        }
    }
    return true;
}

bool columns_settle_added(policy_ledger *l)
{
    compact_walk rows = {.ledger = l};
    for (row_hits *h; (h = next_hits(&rows)) != NULL;) {
        if (!row_hits_settle(h, h->held, &l->delta)) {
            return false;
        }
    }
    compact_walk w = {.ledger = l};
    for (row_measure *r; (r = next_compact(&w)) != NULL;) {
        if (!settle(w.columns, r, false, &l->delta.accounts[r->measure->account])) {
            return false;
        }
    }
    return true;
}

bool columns_reserve(policy_ledger *l)
{
    compact_walk w = {.ledger = l};
    for (row_measure *r; (r = next_compact(&w)) != NULL;) {
        if (r->dense != NULL && !dense_reserve(r->dense, l->allocator)) {
            return false;
        }
    }
    return true;
}

void columns_commit(policy_ledger *l)
{
    compact_walk rows = {.ledger = l};
    for (row_hits *h; (h = next_hits(&rows)) != NULL;) {
        h->held = h->count;
    }
    compact_walk w = {.ledger = l};
    for (row_measure *r; (r = next_compact(&w)) != NULL;) {
        if (r->dense != NULL) {
            dense_commit(r->dense);
        }
        if (r->rows != NULL) {
            row_groups_commit(r->rows);
        }
    }
}

void columns_forget(policy_ledger *l)
{
    compact_walk rows = {.ledger = l};
    for (row_hits *h; (h = next_hits(&rows)) != NULL;) {
        h->count = h->held;
    }
    compact_walk w = {.ledger = l};
    for (row_measure *r; (r = next_compact(&w)) != NULL;) {
        if (r->dense != NULL) {
            dense_forget(r->dense);
        }
        if (r->rows != NULL) {
            row_groups_forget(r->rows);
        }
    }
}

/* The measure's columns; NULL where it has none. */
static row_measure *compact_of(policy_ledger *l, const plan_measure *m, type_columns **c)
{
    *c = l->columns != NULL && m->account != PLAN_NONE ? l->columns[m->source->root] : NULL;
    for (uint32_t i = 0; *c != NULL && i < (*c)->measure_count; i++) {
        if ((*c)->measures[i].measure == m) {
            return &(*c)->measures[i];
        }
    }
    return NULL;
}

/* The measure's account, where it holds something. */
static dense_account *held_of(policy_ledger *l, const plan_measure *m, type_columns **c)
{
    row_measure *r = compact_of(l, m, c);
    return r != NULL && r->dense != NULL && r->dense->held.any ? r->dense : NULL;
}

bool accounts_settle_one(policy_ledger *l, const plan_measure *m)
{
    type_columns *c;
    row_measure *r = compact_of(l, m, &c);
    return r == NULL || settle_held(l, c, r);
}

bool columns_sum(policy_ledger *l, const plan_measure *m, group_table *into, bool *done)
{
    const plan_measure *below = m->source->measure;
    type_columns *c;
    row_measure *r = compact_of(l, below, &c);
    *done = false;
    if (r == NULL || r->rows == NULL || r->rows->held == 0 || l->after) {
        return true;
    }
    frame *f = frame_take(l, m->source);
    bool fine =
        f != NULL && row_groups_sum(&c->programs, r->rows, m, &l->state.accounts[below->account], f, into, done);
    if (f != NULL) {
        frame_give(l, f);
    }
    return fine;
}

bool columns_may_judge(policy_ledger *l, const plan_version *v)
{
    type_columns *c;
    dense_account *x = v->measure != NULL ? held_of(l, v->measure, &c) : NULL;
    return x != NULL && dense_may_judge(&c->programs, x, v);
}

bool columns_judge(policy_ledger *l, const plan_version *v, frame *f, struct policy_findings *all, int64_t *verdicts,
                   dense_judge_group one)
{
    type_columns *c;
    dense_account *x = held_of(l, v->measure, &c);
    if (x == NULL) {
        return true;
    }
    frame *outer = c->programs.frame, *values = frame_take(l, c->programs.table);
    c->programs.frame = values;
    bool fine = values != NULL && dense_settle_shared(&c->programs, x, &l->state.accounts[v->measure->account]) &&
                dense_judge(&c->programs, x, v, f, all, verdicts, one);
    c->programs.frame = outer;
    if (values != NULL) {
        frame_give(l, values);
    }
    return fine;
}
