/*
 * Two ledgers into one, as if all had been posted to the first.
 *
 * What `from` holds is taken in like the delta of a large call: everything that may fail is done first, on the side, and
 * what follows cannot fail. Three things do not simply add up:
 *
 *   record ids   A record without a place is known by its content and by which of its equals it is (row.c). Where both
 *                hold the same content, those of `from` are numbered on; groups and rows that name them are copied under
 *                their new names, the rest moves by pointer.
 *   tables that others are read with (schools, a calendar)   may have been fed to both parts, since both needed them:
 *                what is alike counts once. What differs would have changed how the other's records were read: refused.
 *   sources      are numbered by each ledger for itself.
 */
#include <string.h>

#include "base/number.h"
#include "columns/columns.h"
#include "ledger/state.h"

typedef struct new_row {
    kept_row **place, *row;
} new_row;

typedef struct old_group {
    uint32_t account;
    group *group;
} old_group;

typedef struct merging {
    policy_ledger *into, *from;
    const policy_allocator *allocator;
    bool *once;        /* by type: both hold the same rows, which count once */
    uint32_t *sources; /* of `from`, as `into` numbers them */
    row_set *common;   /* by type: contents that both hold, and how often `into` does */
    bool any_common;
    state renamed; /* copies of groups under new names */
    old_group *old_groups;
    size_t old_group_count, old_group_capacity;
    new_row *new_rows;
    size_t new_row_count, new_row_capacity;
    arena scratch;
    calendar *fed;
    type_work *work;     /* that `into` had */
    bool *accounts_lost; /* that `into` had lost */
    bool *rules_lost;    /* likewise */
} merging;

static policy_status refuse(const policy_ledger *l, policy_status status, message_id message, str a, str b,
                            policy_error **err)
{
    return error_set(err, l ? l->allocator : &allocator_system,
                     &(error_spec){.status = status, .message = message, .arguments = {a, b}});
}

/* ---- may they be merged? ---- */

static policy_status check_settings(const policy_ledger *a, const policy_ledger *b, policy_error **err)
{
    const run *x = &a->run, *y = &b->run;
    const char *differs = NULL;
    if (x->has_period != y->has_period || (x->has_period && (x->from != y->from || x->until != y->until))) {
        differs = "period";
    } else if (x->has_as_of != y->has_as_of || (x->has_as_of && x->as_of != y->as_of)) {
        differs = "as_of";
    } else if (a->evidence_mode != b->evidence_mode || a->evidence_rows != b->evidence_rows) {
        differs = "evidence";
    } else if (a->reported != b->reported) {
        differs = "reported";
    }
    return differs == NULL ? POLICY_OK
                           : refuse(a, POLICY_E_ARGUMENT, MESSAGE_LEDGER_MERGE_SETTING, str_of(differs), str_none, err);
}

static bool has_table(const state *s, uint32_t type_at)
{
    return s->records[type_at] > 0 || s->supplied[type_at];
}

/* Rows that came as columns were not compared, so nobody can say whether they are alike. */
static bool is_compared(const state *s, uint32_t type_at)
{
    int64_t all = 0;
    for (size_t i = 0; i < s->rows[type_at].capacity; i++) {
        all += s->rows[type_at].items[i].count;
    }
    return all == s->records[type_at];
}

/* A type whose records `read`, which has none or others of `type_at`, holds and read with it; -1: none. */
static int reader_of(const state *read, uint32_t type_at)
{
    const policy_engine *e = read->engine;
    for (uint32_t i = 0; i < e->type_count; i++) {
        if (e->before[type_at * e->type_count + i] && read->records[i] > 0) {
            return (int)i;
        }
    }
    return -1;
}

static bool is_read_with(const policy_engine *e, uint32_t type_at)
{
    for (uint32_t i = 0; i < e->type_count; i++) {
        if (e->before[type_at * e->type_count + i]) {
            return true;
        }
    }
    return false;
}

static policy_status check_tables(merging *m, policy_error **err)
{
    const state *a = &m->into->state, *b = &m->from->state;
    const policy_engine *e = a->engine;
    for (uint32_t i = 0; i < e->type_count; i++) {
        if (!is_read_with(e, i) || (!has_table(a, i) && !has_table(b, i))) {
            continue;
        }
        bool alike = has_table(a, i) == has_table(b, i) && a->records[i] == b->records[i] &&
                     row_set_equal(&a->rows[i], &b->rows[i]) && is_compared(a, i) && is_compared(b, i);
        m->once[i] = alike && a->records[i] > 0;
        int reader = alike ? -1 : has_table(b, i) ? reader_of(a, i) : -1;
        reader = reader < 0 && !alike && has_table(a, i) ? reader_of(b, i) : reader;
        if (reader >= 0) {
            return refuse(m->into, POLICY_E_STATE, MESSAGE_LEDGER_MERGE_TABLE, e->tables[i]->name,
                          e->tables[reader]->name, err);
        }
    }
    return POLICY_OK;
}

/* ---- new names for records ---- */

static bool find_common(merging *m)
{
    const state *a = &m->into->state, *b = &m->from->state;
    for (uint32_t t = 0; t < a->engine->type_count; t++) {
        if (m->once[t]) {
            continue;
        }
        for (size_t i = 0; i < b->rows[t].capacity; i++) {
            const row_count *r = &b->rows[t].items[i];
            int64_t count = r->count != 0 ? row_set_count(&a->rows[t], r->hash) : 0;
            if (count != 0) {
                m->any_common = true;
                if (!row_set_change(&m->common[t], r->hash, count, m->allocator)) {
                    return false;
                }
            }
        }
    }
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A text that names a record by content#number, alone or among other things, with the number it will have. *out is the
 * text itself when it names none. False out of memory. */
static bool rename_text(merging *m, uint32_t type_at, str text, str *out)
{
    *out = text;
    for (size_t i = 1; i + 1 < out->size; i++) {
        if (out->data[i] != '#') {
            continue;
        }
        size_t from = i, until = i + 1;
        uint64_t content, number;
        while (from > 0 && is_digit(out->data[from - 1])) {
            from--;
        }
        while (until < out->size && is_digit(out->data[until])) {
            until++;
        }
        int64_t before = 0;
        if (number_read_uint(str_slice(*out, from, i), &content) &&
            number_read_uint(str_slice(*out, i + 1, until), &number)) {
            before = row_set_count(&m->common[type_at], content);
        }
        if (before == 0) {
            continue;
        }
        char digits[NUMBER_TEXT];
        str parts[3] = {str_slice(*out, 0, i + 1),
                        {digits, number_write_uint(digits, number + (uint64_t)before)},
                        str_slice(*out, until, out->size)};
        *out = arena_join(&m->scratch, parts, 3);
        if (out->data == NULL) {
            return false;
        }
    }
    return true;
}

static bool rename_value(merging *m, uint32_t type_at, value v, value *out, bool *changed)
{
    *out = v;
    if (v.kind == VALUE_STRING && !v.interned) {
        str text;
        if (!rename_text(m, type_at, value_text(v), &text)) {
            return false;
        }
        if (text.data != v.as.text) {
            *out = value_string(text);
            *changed = true;
        }
    } else if (v.kind == VALUE_LIST) {
        value_list *list = arena_new(&m->scratch, sizeof *list);
        value *items = arena_array(&m->scratch, v.as.list->count + 1, sizeof *items);
        if (list == NULL || items == NULL) {
            return false;
        }
        bool any = false;
        for (size_t i = 0; i < v.as.list->count; i++) {
            if (!rename_value(m, type_at, v.as.list->items[i], &items[i], &any)) {
                return false;
            }
        }
        if (any) {
            *list = (value_list){.items = items, .count = v.as.list->count};
            out->as.list = list;
            *changed = true;
        }
    }
    return true;
}

static value *rename_values(merging *m, uint32_t type_at, const value *from, uint32_t count, bool *changed)
{
    value *out = arena_array(&m->scratch, (size_t)count + 1, sizeof *out);
    for (uint32_t i = 0; i < count && out != NULL; i++) {
        if (!rename_value(m, type_at, from[i], &out[i], changed)) {
            return NULL;
        }
    }
    return out;
}

/* The distinct values that a group keeps; *out is empty when all names stay. */
static bool rename_entries(merging *m, uint32_t type_at, const entry_set *set, entry_set *out, bool *changed)
{
    *out = (entry_set){0};
    for (int pass = 0; pass < 2; pass++) { /* is there anything to do; then do it */
        for (size_t i = 0; i < set->capacity; i++) {
            const entry *e = &set->items[i];
            value low, high;
            if (e->count == 0) {
                continue;
            }
            if (!rename_value(m, type_at, e->low, &low, changed) ||
                !rename_value(m, type_at, e->exact ? value_null() : e->high, &high, changed) ||
                (pass == 1 && !entry_add(out, e->maybe, e->exact, low, high, e->count, m->allocator))) {
                entry_free(out, m->allocator);
                return false;
            }
        }
        if (!*changed) {
            return true;
        }
    }
    return true;
}

static bool rename_group(merging *m, const plan_measure *measure, group *g)
{
    uint32_t type_at = measure->source->root;
    bool keys_changed = false, entries_changed = false;
    arena_reset(&m->scratch);
    value *keys = rename_values(m, type_at, g->keys, measure->key_count, &keys_changed);
    entry_set entries;
    if (keys == NULL || !rename_entries(m, type_at, &g->state.entries, &entries, &entries_changed)) {
        return false;
    }
    if (!keys_changed && !entries_changed) {
        return true;
    }
    group *copy = group_copy_as(g, keys_changed ? keys : g->keys, measure->key_count, m->allocator);
    if (copy == NULL) {
        entry_free(&entries, m->allocator);
        return false;
    }
    if (entries_changed) {
        entry_free(&copy->state.entries, m->allocator);
        copy->state.entries = entries;
    }
    if (!group_table_put(&m->renamed.accounts[measure->account], copy)) {
        group_free(copy, m->allocator);
        return false;
    }
    if (!allocator_grow(m->allocator, (void **)&m->old_groups, &m->old_group_capacity, m->old_group_count + 1,
                        sizeof *m->old_groups, 0)) {
        return false;
    }
    m->old_groups[m->old_group_count++] = (old_group){measure->account, g};
    return true;
}

static bool rename_rows(merging *m, kept_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        kept_row *r = rows->items[i];
        uint32_t type_at = r->version != NULL ? r->version->table->root : r->measure->source->root;
        bool changed = false;
        arena_reset(&m->scratch);
        value *keys = rename_values(m, type_at, r->keys, r->key_count, &changed);
        value *values = keys ? rename_values(m, type_at, r->values, r->value_count, &changed) : NULL;
        if (values == NULL) {
            return false;
        }
        if (!changed) {
            continue;
        }
        if (!allocator_grow(m->allocator, (void **)&m->new_rows, &m->new_row_capacity, m->new_row_count + 1,
                            sizeof *m->new_rows, 0)) {
            return false;
        }
        kept_row *copy = kept_row_new(r, keys, values, m->allocator);
        if (copy == NULL) {
            return false;
        }
        m->new_rows[m->new_row_count++] = (new_row){&rows->items[i], copy};
    }
    return true;
}

static bool rename_records(merging *m)
{
    const policy_engine *e = m->into->engine;
    state *s = &m->from->state;
    if (!m->any_common) {
        return true;
    }
    for (uint32_t i = 0; i < e->measure_count; i++) {
        const plan_measure *measure = e->measures[i];
        if (measure->account == PLAN_NONE || m->common[measure->source->root].used == 0) {
            continue;
        }
        const group_table *t = &s->accounts[measure->account];
        for (size_t k = 0; k < t->capacity; k++) {
            if (t->slots[k] != NULL && !rename_group(m, measure, t->slots[k])) {
                return false;
            }
        }
    }
    return rename_rows(m, &s->kept) && rename_rows(m, &s->late) && rename_rows(m, &s->keyless);
}

/* ---- what else has to be there first ---- */

static bool number_sources(merging *m)
{
    for (size_t i = 0; i < m->from->source_count; i++) {
        m->sources[i] = ledger_source(m->into, m->from->sources[i]);
        if (m->sources[i] == UINT32_MAX) {
            return false;
        }
    }
    return true;
}

/* Rows that equal one of the other part: which of them came second nobody can say any more. */
static bool note_equal_rows(merging *m)
{
    const policy_engine *e = m->into->engine;
    for (uint32_t t = 0; t < e->type_count; t++) {
        for (size_t i = 0; i < m->common[t].capacity; i++) {
            if (m->common[t].items[i].count != 0 &&
                !notices_add(&m->into->state.notices,
                             &(policy_notice){.kind = POLICY_NOTICE_EQUAL_ROWS, .type = e->tables[t]->name})) {
                return false;
            }
        }
    }
    return true;
}

/* What one part has lost (lost.h), both have: `into` keeps count of it, and feeds it no more. */
static bool lose(merging *m)
{
    policy_ledger *into = m->into, *from = m->from;
    const policy_engine *e = into->engine;
    bool more = false;
    for (uint32_t i = 0; i < e->account_count; i++) {
        m->accounts_lost[i] = into->lost_accounts[i];
        more = more || (from->lost_accounts[i] && !into->lost_accounts[i]);
        into->lost_accounts[i] = into->lost_accounts[i] || from->lost_accounts[i];
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        m->rules_lost[i] = into->lost_rules[i];
        more = more || (from->lost_rules[i] && !into->lost_rules[i]);
        into->lost_rules[i] = into->lost_rules[i] || from->lost_rules[i];
    }
    return !more || ledger_list_work(into);
}

static void lose_nothing(merging *m)
{
    policy_ledger *into = m->into;
    memcpy(into->lost_accounts, m->accounts_lost, into->engine->account_count * sizeof *into->lost_accounts);
    memcpy(into->lost_rules, m->rules_lost, into->engine->rule_count * sizeof *into->lost_rules);
    into->work = m->work;
}

static bool prepare(merging *m)
{
    policy_ledger *into = m->into;
    state *s = &m->from->state;
    bool calendar_stays = into->engine->calendar_type >= 0 && m->once[into->engine->calendar_type];
    return accounts_settle(into) && accounts_settle(m->from) && lose(m) && find_common(m) && rename_records(m) &&
           number_sources(m) && note_equal_rows(m) &&
           (calendar_stays || ledger_remake_calendar(into, s, NULL, &m->fed)) &&
           state_reserve(&into->state, s, into->evidence_rows);
}

/* ---- what cannot fail ---- */

static void put_new_names(merging *m)
{
    for (size_t i = 0; i < m->new_row_count; i++) {
        kept_row_free(*m->new_rows[i].place, m->allocator);
        *m->new_rows[i].place = m->new_rows[i].row;
    }
    for (size_t i = 0; i < m->old_group_count; i++) {
        group_table_remove(&m->from->state.accounts[m->old_groups[i].account], m->old_groups[i].group);
    }
    m->new_row_count = m->old_group_count = 0;
}

/* Is the row of a table that counts once (and stands in `from`), or of a rule or measure that was lost? */
static bool is_dropped(const merging *m, const kept_row *r, bool once)
{
    uint32_t root = r->version != NULL ? r->version->table->root : r->measure->source->root;
    return (once && m->once[root]) ||
           (r->version != NULL ? m->into->lost_rules[r->version->rule->number]
                               : r->measure->account != PLAN_NONE && m->into->lost_accounts[r->measure->account]);
}

static void drop_rows(merging *m, kept_rows *rows, bool once)
{
    size_t left = 0;
    for (size_t i = 0; i < rows->count; i++) {
        kept_row *r = rows->items[i];
        if (is_dropped(m, r, once)) {
            kept_row_free(r, m->allocator);
        } else {
            rows->items[left++] = r;
        }
    }
    rows->count = left;
}

static void drop_lost(merging *m, state *s)
{
    for (uint32_t i = 0; i < s->engine->account_count; i++) {
        if (m->into->lost_accounts[i]) {
            group_table_free(&s->accounts[i]);
        }
    }
    drop_rows(m, &s->kept, false);
    drop_rows(m, &s->late, false);
    drop_rows(m, &s->keyless, false);
}

/* Everything that rows of the tables which count once have left in `from`. */
static void drop_once(merging *m)
{
    state *s = &m->from->state;
    const policy_engine *e = s->engine;
    for (uint32_t i = 0; i < e->measure_count; i++) {
        if (e->measures[i]->account != PLAN_NONE && m->once[e->measures[i]->source->root]) {
            group_table_free(&s->accounts[e->measures[i]->account]);
        }
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        if (m->once[e->rule_list[i]->root]) {
            memset(&s->verdicts[(size_t)i * VERDICTS], 0, VERDICTS * sizeof *s->verdicts);
        }
    }
    drop_rows(m, &s->kept, true);
    drop_rows(m, &s->late, true);
    drop_rows(m, &s->keyless, true);
    for (uint32_t i = 0; i < e->type_count; i++) {
        if (!m->once[i]) {
            continue;
        }
        s->records[i] = 0;
        memset(s->rows[i].items, 0, s->rows[i].capacity * sizeof *s->rows[i].items);
        s->rows[i].used = 0;
        if (systems_is_table(e, i)) {
            bool asked = s->schools.asked;
            systems_free(&s->schools);
            systems_init(&s->schools, e, NULL);
            s->schools.asked = asked;
        }
        for (size_t k = 0; (int)i == e->calendar_type && k < s->day_count; k++) {
            allocator_free(s->allocator, (char *)s->days[k].term.data);
        }
        s->day_count = (int)i == e->calendar_type ? 0 : s->day_count;
    }
}

static void renumber_rows(const merging *m, kept_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        rows->items[i]->source = m->sources[rows->items[i]->source];
    }
}

static void renumber_groups(const merging *m, state *s)
{
    for (uint32_t i = 0; i < s->engine->account_count; i++) {
        for (size_t k = 0; k < s->accounts[i].capacity; k++) {
            group *g = s->accounts[i].slots[k];
            for (uint32_t n = 0; g != NULL && n < g->rows.count; n++) {
                g->rows.items[n].source = m->sources[g->rows.items[n].source];
            }
        }
    }
}

static void renumber_sources(merging *m)
{
    state *s = &m->from->state;
    renumber_rows(m, &s->kept);
    renumber_rows(m, &s->late);
    renumber_rows(m, &s->keyless);
    if (m->into->evidence_rows > 0) {
        renumber_groups(m, s);
        renumber_groups(m, &m->renamed);
    }
    for (size_t i = 0; i < s->defaults.count; i++) {
        s->defaults.items[i].source = m->sources[s->defaults.items[i].source];
    }
}

/* Of the notices taken over, those that `into` has given itself: about tables that count once, and defaults of a source
 * that both know. `from` on: the new ones. */
static void drop_notices(merging *m, size_t from)
{
    const policy_ledger *l = m->into;
    notices *n = &m->into->state.notices;
    size_t left = from;
    for (size_t i = from; i < n->count; i++) {
        const policy_notice *notice = n->items[i];
        int type_at = engine_find_type(l->engine, notice->type);
        bool known = type_at >= 0 && m->once[type_at];
        for (size_t k = 0; notice->kind == POLICY_NOTICE_DEFAULT_USED && k < from && !known; k++) {
            const policy_notice *other = n->items[k];
            known = other->kind == notice->kind && str_equal(other->type, notice->type) &&
                    str_equal(other->source, notice->source) && str_equal(other->column, notice->column);
        }
        if (!known) {
            n->items[left++] = n->items[i];
        }
    }
    n->count = left;
}

/* As it was made, with its settings; names of sources stay. */
static void make_empty(policy_ledger *l)
{
    state_clear(&l->state);
    stacked_forget_all(l);
    ledger_recall_kills(l);
    calendar_free(l->fed_calendar);
    l->fed_calendar = NULL;
    l->run.calendar = l->engine->calendar;
    notices_free(&l->not_supplied);
    notices_init(&l->not_supplied, l->allocator);
    l->started = false;
}

static void take(merging *m, size_t notices_own)
{
    policy_ledger *into = m->into;
    put_new_names(m);
    drop_once(m);
    drop_lost(m, &into->state);
    drop_lost(m, &m->from->state);
    drop_lost(m, &m->renamed);
    renumber_sources(m);
    drop_notices(m, notices_own);
    source_names names = ledger_sources(into);
    state_merge(&into->state, &m->from->state, into->evidence_rows, &names);
    for (uint32_t i = 0; m->any_common && i < into->engine->account_count; i++) {
        /* Room was made for them as what they were before they had new names. */
        group_table_merge(&into->state.accounts[i], &m->renamed.accounts[i], into->evidence_rows, &names);
    }
    if (m->fed != NULL) {
        calendar_free(into->fed_calendar);
        into->fed_calendar = m->fed;
        into->run.calendar = m->fed;
        m->fed = NULL;
    }
    into->started = into->started || m->from->started;
    if (into->work != m->work) { /* it lists what was lost since */
        columns_free(into);
    }
    stacked_forget_all(into);
    ledger_recall_kills(into);
    make_empty(m->from);
}

/* ---- the call ---- */

static bool begin(merging *m, policy_ledger *into, policy_ledger *from)
{
    const policy_allocator *a = into->allocator;
    uint32_t types = into->engine->type_count;
    *m = (merging){.into = into, .from = from, .allocator = a, .work = into->work};
    arena_init(&m->scratch, a, 0);
    m->once = allocator_zero(a, types + 1, sizeof *m->once);
    m->sources = allocator_zero(a, from->source_count + 1, sizeof *m->sources);
    m->common = allocator_zero(a, types + 1, sizeof *m->common);
    m->accounts_lost = allocator_zero(a, (size_t)into->engine->account_count + 1, sizeof *m->accounts_lost);
    m->rules_lost = allocator_zero(a, (size_t)into->engine->rule_count + 1, sizeof *m->rules_lost);
    return m->accounts_lost != NULL && m->rules_lost != NULL && m->once != NULL && m->sources != NULL &&
           m->common != NULL && state_init(&m->renamed, into->engine, NULL);
}

static void end(merging *m)
{
    const policy_allocator *a = m->allocator;
    for (size_t i = 0; i < m->new_row_count; i++) {
        kept_row_free(m->new_rows[i].row, a);
    }
    for (uint32_t i = 0; m->common != NULL && i < m->into->engine->type_count; i++) {
        allocator_free(a, m->common[i].items);
    }
    state_free(&m->renamed);
    allocator_free(a, m->common);
    allocator_free(a, m->once);
    allocator_free(a, m->sources);
    allocator_free(a, m->old_groups);
    allocator_free(a, m->new_rows);
    allocator_free(a, m->accounts_lost);
    allocator_free(a, m->rules_lost);
    calendar_free(m->fed);
    arena_free(&m->scratch);
}

policy_status policy_ledger_merge(policy_ledger *into, policy_ledger *from, policy_error **err)
{
    if (into == NULL || from == NULL || into == from) {
        return refuse(into, POLICY_E_ARGUMENT, MESSAGE_ARGUMENT, into == from && into ? STR("into") : STR("NULL"),
                      into == NULL ? STR("into") : STR("from"), err);
    }
    if (into->engine != from->engine) {
        return refuse(into, POLICY_E_ARGUMENT, MESSAGE_LEDGER_FOREIGN, STR("from"), str_none, err);
    }
    policy_status status = check_settings(into, from, err);
    if (status != POLICY_OK) {
        return status;
    }
    merging m;
    status = begin(&m, into, from) ? check_tables(&m, err) : error_nomem(err);
    status = status == POLICY_OK ? ledger_check_calendar(into, &from->state, err) : status;
    if (status == POLICY_OK) {
        size_t notices_before = into->state.notices.count;
        if (prepare(&m)) {
            size_t own = into->state.notices.count - from->state.notices.count;
            take(&m, own);
        } else {
            notices_truncate(&into->state.notices, notices_before);
            lose_nothing(&m);
            status = error_nomem(err);
        }
    }
    end(&m);
    return status;
}
