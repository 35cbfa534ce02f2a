/*
 * Findings: judged, copied into memory of their own, sorted, and what may be asked of them.
 */
#include "ledger/findings.h"

#include "ledger/lost.h"

#include "columns/columns.h"
#include "engine/screen.h"
#include "ledger/change.h"
#include "ledger/notices.h"
#include "ledger/script_errors.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

/* ---- storing ---- */

static const char *keep_source(policy_findings *all, str name)
{
    const char *last = all->shared.source;
    if (last == NULL || !str_equal(str_of(last), name.data ? name : STR(""))) {
        all->shared.source = datum_keep(&all->memory, name);
    }
    return all->shared.source;
}

/* Are values that are equal written alike? Numbers with a fraction may not be. */
static bool has_one_text(value v)
{
    return v.kind == VALUE_INT || v.kind == VALUE_STRING || v.kind == VALUE_DATE || v.kind == VALUE_BOOL;
}

static bool is_like(const policy_finding *last, const policy_finding *f, uint32_t i, value k)
{
    const value *before = &last->key_values[i];
    return before->kind == k.kind && last->keys[i].type == f->keys[i].type &&
           (k.kind == VALUE_NULL || (has_one_text(k) && value_equal(*before, k)));
}

static value key_of(value v)
{
    return v.kind >= VALUE_INTERVAL ? value_null() : v;
}

/* The keys, each as a value and as data with its text. Neighbours share a school, a day or a class: their texts too. Rows
 * that are told apart by nothing else share all of them. */
static bool keep_keys(policy_findings *all, const value *from, policy_finding *f)
{
    const policy_finding *last = all->shared.keys;
    datum_room room = {&all->memory, &all->text};
    uint32_t alike = 0, known = last != NULL && last->key_count <= f->key_count ? last->key_count : 0;
    while (alike < known && is_like(last, f, alike, key_of(from[alike]))) {
        alike++;
    }
    if (last != NULL && alike == f->key_count && alike == last->key_count) {
        f->key_values = last->key_values;
        f->key_data = last->key_data;
        all->shared.keys = f;
        return true;
    }
    value *keys = arena_array(&all->memory, f->key_count, sizeof(value));
    f->key_data = arena_array(&all->memory, f->key_count, sizeof(policy_datum));
    if (f->key_count > 0 && (keys == NULL || f->key_data == NULL)) {
        return false;
    }
    for (uint32_t i = 0; i < f->key_count; i++) {
        value k = key_of(from[i]);
        if (last != NULL && i < last->key_count && is_like(last, f, i, k)) {
            keys[i] = last->key_values[i];
            f->key_data[i] = last->key_data[i];
            continue;
        }
        keys[i] = value_copy(&all->memory, k);
        if (keys[i].kind == VALUE_ERROR || !datum_make(&room, keys[i], f->keys[i].type, &f->key_data[i])) {
            return false;
        }
    }
    f->key_values = keys;
    all->shared.keys = f;
    return true;
}

/* Names of what is missing: the same of many rows. */
static bool keep_missing(policy_findings *all, const policy_ledger *l, const finding_draft *d, policy_finding *f)
{
    shared_texts *s = &all->shared;
    datum_doubt unsure = {d->env, d->missing, d->notes, d->note_count};
    bool same = d->note_count == 0 && s->sources != NULL && s->sources == d->env && s->missing == d->missing;
    if (!same && !datum_name_missing(&all->memory, l, &unsure, &f->missing, &f->missing_count)) {
        return false;
    }
    if (same) {
        f->missing = s->names;
        f->missing_count = s->name_count;
    } else if (d->note_count == 0) {
        s->sources = d->env;
        s->missing = d->missing;
        s->names = f->missing;
        s->name_count = f->missing_count;
    }
    return true;
}

static bool copy_evidence(policy_findings *all, const policy_ledger *l, const finding_draft *d, policy_finding *f)
{
    if (d->rows == NULL) {
        f->complete = d->row > 0;
        if (d->row > 0) {
            f->row_source = keep_source(all, l->sources[d->source]);
            f->row = d->row;
            f->row_sources = &f->row_source;
            f->rows = &f->row;
            f->row_count = 1;
        }
        return d->row == 0 || f->row_source != NULL;
    }
    const evidence_row *from = d->rows->items;
    uint32_t count = d->rows->count;
    f->complete = l->evidence_rows > 0 && !d->rows->dropped;
    if (count == 0) {
        return true;
    }
    const char **sources = arena_array(&all->memory, count, sizeof *sources);
    uint64_t *rows = arena_array(&all->memory, count, sizeof *rows);
    if (sources == NULL || rows == NULL) {
        return false;
    }
    f->row_sources = sources;
    f->rows = rows;
    /* Of a group that cannot be judged, the rows that are why; of one without such rows, all. */
    bool some = false;
    for (uint32_t i = 0; i < count; i++) {
        some = some || from[i].doubt;
    }
    some = some && (d->verdict == POLICY_UNKNOWN || d->verdict == POLICY_ERROR);
    for (uint32_t i = 0; i < count; i++) {
        if (some && !from[i].doubt) {
            continue;
        }
        sources[f->row_count] = keep_source(all, l->sources[from[i].source]);
        rows[f->row_count] = from[i].row;
        if (sources[f->row_count++] == NULL) {
            return false;
        }
    }
    return true;
}

static value scalar_or_null(value v)
{
    switch (v.kind) {
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DOUBLE:
    case VALUE_DURATION:
    case VALUE_DATE:
    case VALUE_TIMESTAMP:
        return v;
    default:
        return value_null();
    }
}

double findings_number(value v)
{
    switch (v.kind) {
    case VALUE_INT:
    case VALUE_DATE:
        return (double)v.as.i;
    case VALUE_UINT:
        return (double)v.as.u;
    case VALUE_DOUBLE:
        return v.as.d;
    case VALUE_DURATION:
    case VALUE_TIMESTAMP:
        return (double)v.as.i + (double)(int32_t)v.size / 1e9;
    default:
        return NAN;
    }
}

static double width_of(value v)
{
    if (v.kind != VALUE_INTERVAL) {
        return -1;
    }
    double width = findings_number(v.as.interval->high) - findings_number(v.as.interval->low);
    return isnan(width) ? INFINITY : width; /* an open end */
}

static bool keep_placeholders(policy_findings *all, const value *from, uint32_t count, policy_finding *f)
{
    value *kept = arena_array(&all->memory, (size_t)count + 1, sizeof(value));
    if (kept == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        value v = from[i];
        kept[i] = v.kind == VALUE_ERROR || v.kind == VALUE_PENDING ? value_null() : value_copy(&all->memory, v);
        if (kept[i].kind == VALUE_ERROR) {
            return false;
        }
    }
    f->placeholders = kept;
    return true;
}

static bool keep_item(policy_findings *all, policy_finding *f)
{
    if (!allocator_grow(&all->allocator, (void **)&all->items, &all->capacity, all->count + 1, sizeof *all->items,
                        SIZE_MAX / 64)) {
        return false;
    }
    all->items[all->count++] = f;
    return true;
}

bool findings_add(policy_findings *all, const policy_ledger *l, const finding_draft *d)
{
    policy_finding *f = arena_new(&all->memory, sizeof *f);
    datum_room room = {&all->memory, &all->text};
    if (f == NULL) {
        return false;
    }
    *f = (policy_finding){.all = all,
                          .version = d->version,
                          .verdict = d->verdict,
                          .severity = d->severity,
                          .killed = d->killed,
                          .lost = d->lost,
                          .keys = d->keys,
                          .key_count = d->key_count,
                          .nearest_field = -1,
                          .nearest = {.text = ""}};
    if (!keep_keys(all, d->key_values, f)) {
        return false;
    }
    f->measured = scalar_or_null(d->measured);
    f->limit = scalar_or_null(d->limit);
    f->width = width_of(d->measured);
    f->value_datum = f->limit_datum = (policy_datum){.kind = POLICY_DATUM_NONE, .text = ""};
    if ((d->measured.kind != VALUE_NULL && !datum_make(&room, d->measured, d->measured_type, &f->value_datum)) ||
        (d->limit.kind != VALUE_NULL && !datum_make(&room, d->limit, d->limit_type, &f->limit_datum)) ||
        !copy_evidence(all, l, d, f)) {
        return false;
    }
    if (d->verdict == POLICY_UNKNOWN && !keep_missing(all, l, d, f)) {
        return false;
    }
    if (d->placeholders != NULL && !keep_placeholders(all, d->placeholders, d->placeholder_count, f)) {
        return false;
    }
    if (d->error != NULL) {
        value_error *kept = arena_new(&all->memory, sizeof *kept);
        if (kept == NULL) {
            return false;
        }
        *kept = *d->error;
        kept->text_en = arena_text(&all->memory, d->error->text_en);
        kept->text_zh = arena_text(&all->memory, d->error->text_zh);
        if (kept->text_en.data == NULL || kept->text_zh.data == NULL) {
            return false;
        }
        f->error = kept;
    }
    return keep_item(all, f);
}

/* ---- order ---- */

int findings_order_subject(const policy_finding *a, const policy_finding *b)
{
    if (a->version->rule->number != b->version->rule->number) {
        return a->version->rule->number < b->version->rule->number ? -1 : 1;
    }
    uint32_t shared = a->key_count < b->key_count ? a->key_count : b->key_count;
    int order = a->key_values == b->key_values ? 0 : group_order_keys(a->key_values, b->key_values, shared);
    return order != 0 ? order : a->key_count < b->key_count ? -1 : a->key_count > b->key_count;
}

int findings_order(const policy_finding *a, const policy_finding *b)
{
    int order = findings_order_subject(a, b);
    if (order != 0) {
        return order;
    }
    uint32_t rows = a->row_count < b->row_count ? a->row_count : b->row_count;
    for (uint32_t i = 0; i < rows; i++) {
        order = a->row_sources[i] == b->row_sources[i] ? 0 : strcmp(a->row_sources[i], b->row_sources[i]);
        if (order != 0 || a->rows[i] != b->rows[i]) {
            return order != 0 ? order : a->rows[i] < b->rows[i] ? -1 : 1;
        }
    }
    if (a->row_count != b->row_count) {
        return a->row_count < b->row_count ? -1 : 1;
    }
    if (a->verdict != b->verdict) {
        return a->verdict < b->verdict ? -1 : 1;
    }
    if (a->version->number != b->version->number) {
        return a->version->number < b->version->number ? -1 : 1;
    }
    uint32_t missing = a->missing_count < b->missing_count ? a->missing_count : b->missing_count;
    for (uint32_t i = 0; i < missing; i++) { /* rows without a place that lack different fields */
        order = strcmp(a->missing[i], b->missing[i]);
        if (order != 0) {
            return order;
        }
    }
    return a->missing_count < b->missing_count ? -1 : a->missing_count > b->missing_count;
}

/* ---- asking ---- */

/* Does a row that fails differ from the last finding in nothing but its place and its values? */
static bool is_like_last(const policy_findings *all, const kept_row *r)
{
    const policy_finding *last = all->count > 0 ? all->items[all->count - 1] : NULL;
    return last != NULL && last->version == r->version && r->verdict == POLICY_FAIL && last->verdict == POLICY_FAIL &&
           r->row > 0 && last->rows == &last->row && last->keys == r->version->keys && last->nearest_field < 0 &&
           !r->version->script && r->version->raise_count == 0;
}

static bool add_like_last(policy_findings *all, const policy_ledger *l, const kept_row *r)
{
    policy_finding *f = arena_new(&all->memory, sizeof *f);
    if (f == NULL) {
        return false;
    }
    *f = *all->items[all->count - 1];
    f->row = r->row;
    f->rows = &f->row;
    f->row_source = keep_source(all, l->sources[r->source]);
    f->row_sources = &f->row_source;
    return f->row_source != NULL && keep_keys(all, r->keys, f) &&
           (r->value_count == 0 || keep_placeholders(all, r->values, r->value_count, f)) && keep_item(all, f);
}

bool findings_add_kept(policy_findings *all, policy_ledger *l, const kept_row *r)
{
    const plan_version *v = r->version;
    if (l->killed[v->rule->number]) {
        if (!r->killed) {
            return true; /* withdrawn */
        }
        int64_t *counts = &all->verdicts[(size_t)v->rule->number * VERDICTS];
        memset(counts, 0, VERDICTS * sizeof *counts);
        counts[POLICY_ERROR] = 1;
        finding_draft d = {.version = v,
                           .verdict = POLICY_ERROR,
                           .severity = version_severity(v, false, 0),
                           .measured = value_null(),
                           .limit = value_null(),
                           .error = r->error.as.error,
                           .killed = true};
        return findings_add(all, l, &d);
    }
    if (is_like_last(all, r)) {
        return add_like_last(all, l, r);
    }
    finding_draft d = {.version = v,
                       .verdict = r->verdict,
                       .severity = version_severity(v, r->dated, r->day),
                       .keys = v->keys,
                       .key_count = v->key_count,
                       .key_values = r->keys,
                       .env = v->env,
                       .missing = r->missing,
                       .source = r->source,
                       .row = r->row,
                       .measured = value_null(),
                       .limit = value_null(),
                       .placeholders = r->verdict == POLICY_FAIL ? r->values : NULL,
                       .placeholder_count = r->value_count};
    if (r->error.kind == VALUE_ERROR) {
        d.error = r->error.as.error;
    }
    if (v->script) { /* its answer's value, limit and messages */
        d.measured = r->values[0];
        d.limit = r->values[1];
        d.placeholders = r->values;
    }
    return findings_add(all, l, &d);
}

/* Record types that rules speak of or measures count, and that nobody supplied. */
static bool note_unsupplied(policy_ledger *l)
{
    const policy_engine *e = l->engine;
    notices_free(&l->not_supplied); /* with its memory: findings may be asked for often */
    notices_init(&l->not_supplied, l->allocator);
    for (uint32_t i = 0; i < e->type_count; i++) {
        bool read = false;
        for (uint32_t k = 0; k < e->rule_count; k++) {
            read = read || e->rule_list[k]->root == i;
        }
        for (uint32_t k = 0; k < e->measure_count; k++) {
            read = read || e->measures[k]->source->root == i;
        }
        if (read && !ledger_supplied(l, i) && !note_not_supplied(&l->not_supplied, e->tables[i]->record)) {
            return false;
        }
    }
    return true;
}

static void sort_findings(policy_finding **items, policy_finding **room, size_t count)
{
    if (count < 2) {
        return;
    }
    size_t half = count / 2, left = 0, right = half, at = 0;
    sort_findings(items, room, half);
    sort_findings(items + half, room, count - half);
    if (findings_order(items[half - 1], items[half]) <= 0) {
        return; /* rows come in order, and so do most of their findings */
    }
    memcpy(room, items, half * sizeof(policy_finding *));
    while (left < half) {
        items[at++] = right == count || findings_order(room[left], items[right]) <= 0 ? room[left++] : items[right++];
    }
}

bool findings_sort(policy_findings *all)
{
    if (all->count < 2) {
        return true;
    }
    size_t count = all->count / 2 + 1;
    bool few = count <= 512; /* of a live list, which then does not allocate */
    policy_finding **room =
        few ? arena_array(&all->memory, count, sizeof *room) : allocator_zero(&all->allocator, count, sizeof *room);
    if (room == NULL) {
        return false;
    }
    sort_findings(all->items, room, all->count);
    if (!few) {
        allocator_free(&all->allocator, room);
    }
    return true;
}

bool judge_everything(policy_ledger *l, policy_findings *all)
{
    const policy_engine *e = l->engine;
    for (size_t i = 0; i < (size_t)e->rule_count * VERDICTS; i++) {
        all->verdicts[i] = l->state.verdicts[i] + (l->after ? l->change->delta->verdicts[i] : 0);
    }
    for (uint32_t i = 0; i < e->type_count; i++) {
        all->records[i] = ledger_records(l, i);
    }
    row_walk walk = ledger_rows(l, ROWS_KEPT);
    for (const kept_row *r; (r = row_walk_next(&walk)) != NULL;) {
        if (!findings_add_kept(all, l, r)) {
            return false;
        }
    }
    if (!columns_findings(l, all, findings_add_kept)) {
        return false;
    }
    walk = ledger_rows(l, ROWS_LATE);
    for (const kept_row *r; (r = row_walk_next(&walk)) != NULL;) {
        if (!r->version->script && !judge_late(l, r, all)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        if (ledger_lost_rule(l, e->rule_list[i])) {
            if (!judge_lost(l, e->rule_list[i], all)) {
                return false;
            }
            continue;
        }
        for (uint32_t k = 0; k < e->rule_list[i]->version_count; k++) {
            const plan_version *v = e->rule_list[i]->versions[k];
            if (!judge_version(l, v, all) || !judge_keyless(l, v, all)) {
                return false;
            }
        }
    }
    return findings_sort(all) && script_errors_gather(all);
}

/* ---- objects ---- */

policy_findings *findings_new(policy_engine *engine)
{
    const policy_allocator *a = &engine->options.allocator;
    policy_findings *all = allocator_zero(a, 1, sizeof *all);
    if (all == NULL) {
        return NULL;
    }
    all->allocator = *a;
    atomic_init(&all->holders, 1);
    arena_init(&all->memory, &all->allocator, 0);
    buffer_init(&all->text, &all->allocator, 0);
    all->engine = policy_engine_ref(engine);
    all->verdicts = allocator_zero(a, (size_t)engine->rule_count * VERDICTS + 1, sizeof *all->verdicts);
    all->counted = allocator_zero(a, (size_t)engine->version_count * 2 + 1, sizeof *all->counted);
    all->counted_all = true;
    all->records = allocator_zero(a, (size_t)engine->type_count + 1, sizeof *all->records);
    if (all->verdicts == NULL || all->records == NULL || all->counted == NULL) {
        policy_findings_free(all);
        return NULL;
    }
    return all;
}

void findings_clear(policy_findings *all)
{
    all->count = 0;
    all->filling++;
    all->shared = (shared_texts){.keys = NULL};
    arena_reset(&all->memory);
    if (all->counted_all) {
        memset(all->verdicts, 0, (size_t)all->engine->rule_count * VERDICTS * sizeof *all->verdicts);
    }
    for (uint32_t i = 0; i < all->counted_count; i++) {
        memset(&all->verdicts[(size_t)all->counted[i] * VERDICTS], 0, VERDICTS * sizeof *all->verdicts);
    }
    all->counted_count = 0;
    all->counted_all = true;
    all->settled = NULL;
    memset(all->records, 0, all->engine->type_count * sizeof *all->records);
}

void findings_count_few(policy_findings *all)
{
    all->counted_all = false;
}

void findings_count_rule(policy_findings *all, const plan_rule *rule)
{
    if (all->counted_count == all->engine->version_count * 2) {
        all->counted_all = true;
        return;
    }
    all->counted[all->counted_count++] = rule->number;
}

bool findings_note_settled(policy_findings *all, const screen *s, const uint64_t *left)
{
    uint64_t *kept = arena_array(&all->memory, (size_t)s->words + 1, sizeof *kept);
    if (kept == NULL) {
        return false;
    }
    memcpy(kept, left, s->words * sizeof *kept);
    all->settled = s;
    all->left = kept;
    return true;
}

policy_findings *findings_hold(policy_findings *all)
{
    atomic_fetch_add_explicit(&all->holders, 1, memory_order_relaxed);
    return all;
}

policy_status policy_findings_new(policy_engine *engine, policy_findings **out, policy_error **err)
{
    if (engine == NULL || out == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), engine ? STR("out") : STR("engine")}});
    }
    *out = findings_new(engine);
    return *out ? POLICY_OK : error_nomem(err);
}

void policy_findings_clear(policy_findings *findings)
{
    if (findings != NULL) {
        findings_clear(findings);
    }
}

policy_status policy_ledger_findings(policy_ledger *ledger, policy_findings **out, policy_error **err)
{
    if (ledger == NULL || out == NULL) {
        return error_set(err, ledger ? ledger->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), ledger ? STR("out") : STR("ledger")}});
    }
    *out = NULL;
    policy_findings *all = findings_new(ledger->engine);
    if (all == NULL) {
        return error_nomem(err);
    }
    if (!judge_everything(ledger, all) || !note_unsupplied(ledger)) {
        ledger->depth = 0;
        ledger->run.in_force = NULL;
        policy_findings_free(all);
        return error_nomem(err);
    }
    *out = all;
    return POLICY_OK;
}

void policy_findings_free(policy_findings *findings)
{
    if (findings == NULL || atomic_fetch_sub_explicit(&findings->holders, 1, memory_order_acq_rel) != 1) {
        return;
    }
    policy_engine *engine = findings->engine;
    policy_allocator a = findings->allocator;
    allocator_free(&a, findings->items);
    allocator_free(&a, findings->verdicts);
    allocator_free(&a, findings->counted);
    allocator_free(&a, findings->records);
    arena_free(&findings->memory);
    buffer_free(&findings->text);
    allocator_free(&a, findings);
    policy_engine_unref(engine);
}

size_t policy_findings_count(const policy_findings *findings)
{
    return findings ? findings->count : 0;
}

const policy_finding *policy_findings_at(const policy_findings *findings, size_t i)
{
    return findings && i < findings->count ? findings->items[i] : NULL;
}

uint64_t policy_findings_verdicts(const policy_findings *findings, size_t rule, policy_verdict verdict)
{
    if (findings == NULL || rule >= findings->engine->rule_count || verdict < 0 || verdict >= VERDICTS) {
        return 0;
    }
    uint64_t settled =
        findings->settled ? screen_settled(findings->settled, findings->left, (uint32_t)rule, verdict) : 0;
    return (uint64_t)findings->verdicts[rule * VERDICTS + (size_t)verdict] + settled;
}

int64_t policy_findings_records(const policy_findings *findings, size_t type_at)
{
    return findings && type_at < findings->engine->type_count ? findings->records[type_at] : -1;
}

const char *policy_finding_rule(const policy_finding *finding)
{
    return finding->version->rule->id.data;
}

const char *policy_finding_clause(const policy_finding *finding)
{
    str clause = finding->version->from->clause;
    return clause.data ? clause.data : "";
}

const char *policy_finding_quote(const policy_finding *finding)
{
    str quote = finding->version->from->quote;
    return quote.data ? quote.data : "";
}

policy_verdict policy_finding_verdict(const policy_finding *finding)
{
    return finding->verdict;
}

policy_severity policy_finding_severity(const policy_finding *finding)
{
    return finding->severity;
}

const char *policy_finding_table(const policy_finding *finding)
{
    return finding->all->engine->tables[finding->version->table->root]->name.data;
}

size_t policy_finding_key_count(const policy_finding *finding)
{
    return finding->key_count;
}

const char *policy_finding_key_name(const policy_finding *finding, size_t i)
{
    return i < finding->key_count ? finding->keys[i].name.data : NULL;
}

policy_datum policy_finding_key(const policy_finding *finding, size_t i)
{
    return i < finding->key_count ? finding->key_data[i] : (policy_datum){.text = ""};
}

policy_datum policy_finding_value(const policy_finding *finding)
{
    return finding->value_datum;
}

policy_datum policy_finding_limit(const policy_finding *finding)
{
    return finding->limit_datum;
}

size_t policy_finding_row_count(const policy_finding *finding)
{
    return finding->row_count;
}

const char *policy_finding_row_source(const policy_finding *finding, size_t i)
{
    return i < finding->row_count ? finding->row_sources[i] : NULL;
}

uint64_t policy_finding_row(const policy_finding *finding, size_t i)
{
    return i < finding->row_count ? finding->rows[i] : 0;
}

bool policy_finding_rows_complete(const policy_finding *finding)
{
    return finding->complete;
}

size_t policy_finding_missing_count(const policy_finding *finding)
{
    return finding->missing_count;
}

const char *policy_finding_missing(const policy_finding *finding, size_t i)
{
    return i < finding->missing_count ? finding->missing[i] : NULL;
}
