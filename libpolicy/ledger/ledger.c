/*
 * The ledger's handle: made, set up, posted to, fed. See state.h for how a call changes it, or does not.
 */
#include <string.h>

#include "base/civil.h"
#include "columns/columns.h"
#include "engine/screen.h"
#include "engine/table_door.h"
#include "ledger/live.h"
#include "ledger/notices.h"
#include "script/checks.h"

static policy_status refuse(const policy_ledger *l, policy_status status, message_id message, str a, str b,
                            policy_error **err)
{
    return error_set(err, l ? l->allocator : &allocator_system,
                     &(error_spec){.status = status, .message = message, .arguments = {a, b}});
}

static policy_status null_argument(const policy_ledger *l, const char *what, policy_error **err)
{
    return refuse(l, POLICY_E_ARGUMENT, MESSAGE_ARGUMENT, STR("NULL"), str_of(what), err);
}

/* What a posted record of each type feeds. */
bool ledger_list_work(policy_ledger *l)
{
    const policy_engine *e = l->engine;
    l->work = arena_array(&l->memory, e->type_count + 1, sizeof *l->work);
    uint32_t words = 0;
    if (l->work == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < e->type_count; i++) {
        type_work *w = &l->work[i];
        const plan_table *t = e->tables[i];
        *w = (type_work){.screen = &e->screens[i]};
        w->measures = arena_array(&l->memory, e->measure_count + 1, sizeof *w->measures);
        w->versions = arena_array(&l->memory, e->version_count + 1, sizeof *w->versions);
        if (w->measures == NULL || w->versions == NULL) {
            return false;
        }
        for (uint32_t k = 0; k < e->measure_count; k++) {
            if (e->measures[k]->source == t &&
                (e->measures[k]->account == PLAN_NONE || !l->lost_accounts[e->measures[k]->account])) {
                w->measures[w->measure_count++] = e->measures[k];
            }
        }
        for (uint32_t k = 0; k < e->rule_count; k++) {
            for (uint32_t n = 0; n < e->rule_list[k]->version_count; n++) {
                plan_version *v = e->rule_list[k]->versions[n];
                if (v->table == t && (v->condition != NULL || v->script) && !l->lost_rules[v->rule->number]) {
                    w->versions[w->version_count++] = v;
                }
            }
        }
        words = e->screens[i].words > words ? e->screens[i].words : words;
        if (w->version_count != e->screens[i].count) {
            w->screen = NULL;
        }
    }
    l->left = arena_array(&l->memory, (size_t)words + 1, sizeof *l->left);
    return l->left != NULL;
}

policy_status policy_ledger_new(policy_engine *engine, policy_ledger **out, policy_error **err)
{
    if (engine == NULL || out == NULL) {
        return null_argument(NULL, engine ? "out" : "engine", err);
    }
    *out = NULL;
    const policy_allocator *a = &engine->options.allocator;
    policy_ledger *l = allocator_zero(a, 1, sizeof *l);
    if (l == NULL) {
        return error_nomem(err);
    }
    l->engine = policy_engine_ref(engine);
    l->allocator = a;
    arena_init(&l->memory, a, 0);
    map_init(&l->source_map, a);
    notices_init(&l->not_supplied, a);
    l->run = (run){.calendar = engine->calendar, .read = ledger_read_measure};
    l->reported = 1u << POLICY_FAIL | 1u << POLICY_UNKNOWN | 1u << POLICY_ERROR;
    l->frame_count = FRAMES_MAX;
    l->frames = allocator_zero(a, FRAMES_MAX, sizeof *l->frames);
    l->stacked = allocator_zero(a, engine->measure_count + 1, sizeof *l->stacked);
    l->problems = allocator_zero(a, SCHEMA_FIELDS_MAX + 4, sizeof *l->problems);
    l->killed = allocator_zero(a, engine->rule_count + 1, sizeof *l->killed);
    l->lost_accounts = allocator_zero(a, engine->account_count + 1, sizeof *l->lost_accounts);
    l->lost_rules = allocator_zero(a, engine->rule_count + 1, sizeof *l->lost_rules);
    bool scripts = false;
    for (uint32_t i = 0; i < engine->rule_count; i++) {
        scripts = scripts || engine->rule_list[i]->versions[0]->script;
    }
    l->checks = scripts ? checks_new(engine) : NULL;
    if (l->killed == NULL || l->lost_accounts == NULL || l->lost_rules == NULL || (scripts && l->checks == NULL) ||
        l->frames == NULL || l->stacked == NULL || l->problems == NULL || !ledger_list_work(l) ||
        !state_init(&l->state, engine, NULL) || !state_init(&l->delta, engine, &l->state)) {
        policy_ledger_free(l);
        return error_nomem(err);
    }
    *out = l;
    return POLICY_OK;
}

void policy_ledger_free(policy_ledger *ledger)
{
    if (ledger == NULL) {
        return;
    }
    policy_engine *engine = ledger->engine;
    const policy_allocator *a = ledger->allocator;
    for (uint32_t i = 0; ledger->frames != NULL && i < ledger->frame_count; i++) {
        evaluation_free(ledger->frames[i].ev);
        allocator_free(a, ledger->frames[i].slots);
    }
    allocator_free(a, ledger->frames);
    for (uint32_t i = 0; ledger->stacked != NULL && i < engine->measure_count; i++) {
        stacked_forget(&ledger->stacked[i], a);
    }
    allocator_free(a, ledger->stacked);
    allocator_free(a, ledger->problems);
    allocator_free(a, ledger->killed);
    allocator_free(a, ledger->lost_accounts);
    allocator_free(a, ledger->lost_rules);
    notices_free(&ledger->not_supplied);
    reach_free(ledger->reach, a);
    live_free(ledger->live, a);
    checks_free(ledger->checks);
    columns_free(ledger);
    state_free(&ledger->delta);
    state_free(&ledger->state);
    calendar_free(ledger->fed_calendar);
    map_free(&ledger->source_map);
    allocator_free(a, ledger->sources);
    arena_free(&ledger->memory);
    allocator_free(a, ledger);
    policy_engine_unref(engine);
}

/* ---- before the first record ---- */

static policy_status check_fresh(const policy_ledger *l, str what, policy_error **err)
{
    if (l == NULL) {
        return null_argument(NULL, "ledger", err);
    }
    return l->started ? refuse(l, POLICY_E_STATE, MESSAGE_LEDGER_STARTED, what, str_none, err) : POLICY_OK;
}

policy_status policy_ledger_set_period(policy_ledger *ledger, int32_t from, int32_t until, policy_error **err)
{
    policy_status status = check_fresh(ledger, STR("period"), err);
    if (status != POLICY_OK) {
        return status;
    }
    if (until < from) {
        return refuse(ledger, POLICY_E_ARGUMENT, MESSAGE_LEDGER_PERIOD, str_none, str_none, err);
    }
    ledger->run.has_period = true;
    ledger->run.from = from;
    ledger->run.until = until;
    return POLICY_OK;
}

policy_status policy_ledger_set_as_of(policy_ledger *ledger, int32_t day, policy_error **err)
{
    policy_status status = check_fresh(ledger, STR("as_of"), err);
    if (status == POLICY_OK) {
        ledger->run.has_as_of = true;
        ledger->run.as_of = day;
    }
    return status;
}

policy_status policy_ledger_set_evidence(policy_ledger *ledger, policy_evidence mode, uint32_t rows, policy_error **err)
{
    policy_status status = check_fresh(ledger, STR("evidence"), err);
    if (status != POLICY_OK) {
        return status;
    }
    if (mode != POLICY_EVIDENCE_NONE && mode != POLICY_EVIDENCE_FIRST) {
        return null_argument(ledger, "mode", err);
    }
    ledger->evidence_mode = mode;
    ledger->evidence_rows = mode == POLICY_EVIDENCE_FIRST ? rows : 0;
    return POLICY_OK;
}

policy_status policy_ledger_set_reported(policy_ledger *ledger, uint32_t verdicts, policy_error **err)
{
    policy_status status = check_fresh(ledger, STR("reported"), err);
    if (status == POLICY_OK) {
        ledger->reported = verdicts;
    }
    return status;
}

/* ---- changes ---- */

/* Would records of this type change what others were grouped by? */
policy_status ledger_check_order(const policy_ledger *l, uint32_t type_at, policy_error **err)
{
    const policy_engine *e = l->engine;
    for (uint32_t i = 0; i < e->type_count; i++) {
        if (e->before[type_at * e->type_count + i] && l->state.records[i] > 0) {
            return refuse(l, POLICY_E_STATE, MESSAGE_LEDGER_TOO_LATE, e->tables[type_at]->name, e->tables[i]->name,
                          err);
        }
    }
    return POLICY_OK;
}

static bool same_calendar_row(const calendar_row *a, const calendar_row *b)
{
    return a->day == b->day && a->teaching == b->teaching && str_equal(a->term, b->term) &&
           (a->term.data == NULL) == (b->term.data == NULL);
}

static void widen(int32_t *first, int32_t *last, int32_t day)
{
    *first = day < *first ? day : *first;
    *last = day > *last ? day : *last;
}

policy_status ledger_check_calendar(const policy_ledger *l, const state *more, policy_error **err)
{
    const state *parts[2] = {&l->state, more};
    int32_t own_first, own_last, first = INT32_MAX, last = INT32_MIN;
    if (more->day_count == 0) {
        return POLICY_OK;
    }
    if (calendar_span(l->engine->calendar, &own_first, &own_last)) {
        first = own_first;
        last = own_last;
    }
    for (int p = 0; p < 2; p++) {
        for (size_t i = 0; i < parts[p]->day_count; i++) {
            widen(&first, &last, parts[p]->days[i].day);
        }
    }
    if ((int64_t)last - first <= CALENDAR_DAYS_MAX) {
        return POLICY_OK;
    }
    char texts[2][16];
    str from = {texts[0], civil_write(texts[0], first)}, until = {texts[1], civil_write(texts[1], last)};
    return refuse(l, POLICY_E_LIMIT, MESSAGE_LEDGER_CALENDAR, from, until, err);
}

/* The calendar of the pack with the rows of the calendar table laid over it. */
bool ledger_remake_calendar(policy_ledger *l, const state *more, const state *taken, calendar **out)
{
    const ruleset *rules = l->engine->rules;
    const pack_calendar *source = NULL;
    *out = NULL;
    if (more->day_count == 0 && (taken == NULL || taken->day_count == 0)) {
        return true;
    }
    for (uint32_t i = 0; i < rules->pack_count; i++) {
        source = rules->packs[i]->calendar.present ? &rules->packs[i]->calendar : source;
    }
    calendar *c = calendar_new(l->allocator, source);
    bool fine = c != NULL;
    const state *parts[2] = {&l->state, more};
    uint64_t gone = 0; /* of the few that are taken, which were met */
    for (int p = 0; p < 2 && fine; p++) {
        for (size_t i = 0; i < parts[p]->day_count && fine; i++) {
            const calendar_row *row = &parts[p]->days[i];
            bool stays = true;
            for (size_t k = 0; taken != NULL && k < taken->day_count && k < 64 && stays; k++) {
                stays = (gone >> k & 1) || !same_calendar_row(row, &taken->days[k]);
                gone |= stays ? 0 : UINT64_C(1) << k;
            }
            fine = !stays || calendar_add_day(c, row->day, row->term, row->teaching);
        }
    }
    if (!fine || !calendar_finish(c)) {
        calendar_free(c);
        return false;
    }
    *out = c;
    return true;
}

void ledger_recall_kills(policy_ledger *l)
{
    if (l->checks == NULL) {
        return;
    }
    memset(l->killed, 0, l->engine->rule_count * sizeof *l->killed);
    for (size_t i = 0; i < l->state.kept.count; i++) {
        const kept_row *r = l->state.kept.items[i];
        l->killed[r->version->rule->number] = l->killed[r->version->rule->number] || r->killed;
    }
}

/* Give the delta up, with what it had found out about scripts. */
void ledger_forget_delta(policy_ledger *l)
{
    state_clear(&l->delta);
    columns_forget(l);
    ledger_recall_kills(l);
}

/* Take the delta in, or leave everything as it was. */
policy_status ledger_commit(policy_ledger *l, policy_error **err)
{
    size_t notices_before = l->state.notices.count;
    calendar *fed = NULL;
    policy_status fits = ledger_check_calendar(l, &l->delta, err);
    if (fits != POLICY_OK) {
        ledger_forget_delta(l);
        return fits;
    }
    if (!ledger_remake_calendar(l, &l->delta, NULL, &fed) || !columns_reserve(l) ||
        !state_reserve(&l->state, &l->delta, l->evidence_rows)) {
        policy_status status = notices_error(&l->state.notices, err);
        notices_truncate(&l->state.notices, notices_before);
        calendar_free(fed);
        ledger_forget_delta(l);
        return status;
    }
    source_names names = ledger_sources(l);
    state_merge(&l->state, &l->delta, l->evidence_rows, &names);
    columns_commit(l);
    if (fed != NULL) {
        calendar_free(l->fed_calendar);
        l->fed_calendar = fed;
        l->run.calendar = fed;
    }
    l->started = true;
    stacked_forget_all(l);
    return POLICY_OK;
}

policy_status policy_ledger_supply(policy_ledger *ledger, const char *name, policy_error **err)
{
    if (ledger == NULL || name == NULL) {
        return null_argument(ledger, ledger ? "type" : "ledger", err);
    }
    int type_at = engine_find_type(ledger->engine, str_of(name));
    if (type_at < 0) {
        return refuse(ledger, POLICY_E_NOT_FOUND, MESSAGE_ENGINE_NO_TYPE, str_of(name), str_none, err);
    }
    if (ledger->state.supplied[type_at]) {
        return POLICY_OK;
    }
    policy_status status = ledger_check_order(ledger, (uint32_t)type_at, err);
    if (status == POLICY_OK) {
        ledger->state.supplied[type_at] = true;
        stacked_forget_all(ledger);
    }
    return status;
}

/* ---- notices ---- */

size_t policy_ledger_notice_count(const policy_ledger *ledger)
{
    return ledger ? ledger->state.notices.count + ledger->not_supplied.count : 0;
}

const policy_notice *policy_ledger_notice(const policy_ledger *ledger, size_t i)
{
    if (i >= policy_ledger_notice_count(ledger)) {
        return NULL;
    }
    size_t own = ledger->state.notices.count;
    return i < own ? ledger->state.notices.items[i] : ledger->not_supplied.items[i - own];
}
