/*
 * What the library itself understands of a saved ledger: how many records of each type, notices, schools and their
 * systems, what the data covers, the calendar. See restore.h.
 */
#include "ledger/restore.h"

#include <string.h>

void restore_types(restorer *r)
{
    policy_ledger *l = r->ledger;
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        str name = restore_name(r);
        int64_t records = restore_tally(r, 0);
        bool supplied = restore_bool(r);
        uint64_t fields = restore_fixed(r, 8);
        int type_at = engine_find_type(l->engine, name);
        bool same = type_at >= 0 && fields == saved_fields(l->engine->tables[type_at]) && r->hashes_hold;
        if (type_at >= 0 && !restore_broken(r)) {
            r->bad = l->state.records[type_at] != 0 || l->state.supplied[type_at];
            l->state.records[type_at] = records;
            l->state.supplied[type_at] = supplied;
        }
        size_t rows = restore_count(r);
        for (size_t k = 0; k < rows && !restore_broken(r); k++) {
            uint64_t hash = restore_fixed(r, 8);
            int64_t times = restore_tally(r, 1);
            if (same && !r->bad) {
                r->nomem = !row_set_change(&l->state.rows[type_at], hash, times, r->allocator);
            }
        }
        if (type_at < 0 && records > 0) {
            restore_say(r, name, POLICY_CARRY_TYPE, POLICY_CARRIED_GONE);
        } else if (!same && records > 0) {
            restore_say(r, name, POLICY_CARRY_TYPE, POLICY_CARRIED_CHANGED);
        }
    }
}

void restore_notices(restorer *r)
{
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        policy_notice n = {.kind = (policy_notice_kind)restore_between(r, 1, INT32_MAX)};
        n.type = restore_text(r);
        n.source = restore_text(r);
        n.row = restore_uint(r);
        n.column = restore_text(r);
        n.text = restore_text(r);
        if (!restore_broken(r)) {
            r->nomem = !notices_add(&r->ledger->state.notices, &n);
        }
    }
}

void restore_defaults(restorer *r)
{
    policy_ledger *l = r->ledger;
    size_t count = restore_count(r);
    r->nomem = r->nomem || (!r->bad && !noted_reserve(&l->state.defaults, count, r->allocator));
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        uint32_t source = restore_source(r);
        str name = restore_name(r);
        int type_at = engine_find_type(l->engine, name);
        size_t fields = restore_count(r);
        uint64_t bits = 0;
        for (size_t k = 0; k < fields && !restore_broken(r); k++) {
            str field = restore_name(r);
            int at = type_at >= 0 ? schema_find_field(l->engine->tables[type_at]->record, field) : -1;
            bits |= at >= 0 && at < 64 ? UINT64_C(1) << at : 0;
        }
        if (type_at >= 0 && bits != 0 && !restore_broken(r)) {
            noted_add(&l->state.defaults, source, (uint32_t)type_at, bits);
        }
    }
}

void restore_schools(restorer *r)
{
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        school_system said = {0};
        str name = restore_name(r);
        for (int k = 0; k < SCHOOL_YEARS; k++) {
            said.primary_years[k] = (int32_t)restore_between(r, 0, INT32_MAX);
            said.junior_years[k] = (int32_t)restore_between(r, 0, INT32_MAX);
        }
        for (int k = 0; k < 3; k++) {
            said.stage[k] = (int32_t)restore_between(r, 0, INT32_MAX);
        }
        if (!restore_broken(r)) {
            r->nomem = !systems_put(&r->ledger->state.schools, name, &said);
        }
    }
    r->ledger->state.schools.asked = restore_bool(r);
}

static char *own_text(restorer *r, str text)
{
    char *copy = text.data != NULL ? allocator_new(r->allocator, text.size + 1) : NULL;
    if (copy != NULL) {
        memcpy(copy, text.data, text.size);
        copy[text.size] = '\0';
    }
    r->nomem = r->nomem || (text.data != NULL && copy == NULL);
    return copy;
}

void restore_coverage(restorer *r)
{
    state *st = &r->ledger->state;
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        str name = restore_name(r), school = restore_text(r);
        uint64_t flags = restore_uint(r);
        covered c = {.has_from = (flags & 1) != 0, .has_until = (flags & 2) != 0};
        c.from = restore_day(r);
        c.until = restore_day(r);
        int type_at = engine_find_type(r->ledger->engine, name);
        if (type_at < 0 || restore_broken(r)) {
            continue;
        }
        c.type_at = (uint32_t)type_at;
        r->nomem = !allocator_grow(r->allocator, (void **)&st->covered, &st->covered_capacity, st->covered_count + 1,
                                   sizeof c, 0);
        if (!r->nomem) {
            c.school = (str){own_text(r, school), school.size};
            st->covered[st->covered_count++] = c;
        }
    }
}

/* Into the delta first: the calendar is made of what is there and what is to come. */
void restore_calendar(restorer *r)
{
    policy_ledger *l = r->ledger;
    state *st = &l->delta;
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        calendar_row row = {.day = restore_day(r)};
        str term = restore_text(r);
        row.teaching = restore_bool(r);
        if (restore_broken(r)) {
            return;
        }
        r->nomem =
            !allocator_grow(r->allocator, (void **)&st->days, &st->day_capacity, st->day_count + 1, sizeof row, 0);
        if (!r->nomem) {
            row.term = (str){own_text(r, term), term.size};
            st->days[st->day_count++] = row;
        }
    }
    r->bad = r->bad || ledger_check_calendar(l, st, NULL) != POLICY_OK;
    calendar *fed = NULL;
    if (!restore_broken(r)) {
        r->nomem = !ledger_remake_calendar(l, st, NULL, &fed);
    }
    if (fed != NULL) {
        l->fed_calendar = fed;
        l->run.calendar = fed;
    }
    if (!restore_broken(r)) { /* the state has none yet */
        l->state.days = st->days;
        l->state.day_count = st->day_count;
        l->state.day_capacity = st->day_capacity;
        st->days = NULL;
        st->day_count = st->day_capacity = 0;
    }
}
