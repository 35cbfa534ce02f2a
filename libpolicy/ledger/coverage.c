/*
 * Coverage: what the data claims to hold. Outside it, that nothing was found proves nothing.
 *
 * A coverage row names a record type, perhaps a school, and a stretch of days. A group is covered when the rows of its
 * record type (for its school) together cover the days it speaks of: its date, its week, term or school year as far as
 * the run goes, else the whole run. Without any coverage row everything supplied counts as covered.
 */
#include "base/number.h"
#include "expr/functions.h"
#include "ledger/state.h"

/* The days a name like 2021-2022 or 2021-2022-1 stands for. */
static bool named_days(const policy_ledger *l, str name, int32_t *from, int32_t *until)
{
    const calendar *c = l->run.calendar;
    const calendar_term *t = c ? calendar_find_term(c, name) : NULL;
    if (t != NULL) {
        *from = t->start;
        *until = t->end;
        return true;
    }
    int64_t first, second;
    if (name.size != 9 || name.data[4] != '-' || !number_read_int(str_slice(name, 0, 4), &first) ||
        !number_read_int(str_slice(name, 5, 9), &second) || second != first + 1) {
        return false;
    }
    bool found = false;
    uint32_t count;
    const calendar_term *all = calendar_terms(c, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (str_equal(str_slice(all[i].name, 0, all[i].name.size < 9 ? all[i].name.size : 9), name)) {
            *from = !found || all[i].start < *from ? all[i].start : *from;
            *until = !found || all[i].end > *until ? all[i].end : *until;
            found = true;
        }
    }
    return found;
}

/* Do the rows that speak of this type and school cover every day from `from` to `until`? */
static bool covers_days(const policy_ledger *l, uint32_t type_at, str school, int32_t from, int32_t until)
{
    size_t count;
    const covered *all = ledger_covered(l, &count);
    int64_t reached = from; /* first day not yet known to be covered */
    for (bool moved = true; moved && reached <= until;) {
        moved = false;
        for (size_t i = 0; i < count; i++) {
            const covered *c = &all[i];
            if (c->type_at != type_at || (c->school.data && school.data && !str_equal(c->school, school)) ||
                (c->school.data && school.data == NULL) || (c->has_from && c->from > reached) ||
                (c->has_until && c->until < reached)) {
                continue;
            }
            if (!c->has_until) {
                return true;
            }
            reached = (int64_t)c->until + 1;
            moved = true;
        }
    }
    return reached > until;
}

bool ledger_covers(const policy_ledger *l, const plan_measure *m, const value *keys, bool dated, int32_t day)
{
    const policy_engine *e = l->engine;
    if (e->coverage_type < 0 || ledger_records(l, (uint32_t)e->coverage_type) < 0 ||
        (int)m->source->root == e->coverage_type) {
        return true;
    }
    bool speaks = false; /* of this type at all: types it does not name are judged by what was supplied */
    size_t count;
    const covered *all = ledger_covered(l, &count);
    for (size_t i = 0; i < count; i++) {
        speaks = speaks || all[i].type_at == m->source->root;
    }
    if (!speaks) {
        return e->tables[m->source->root]->record->default_none;
    }
    str names_school = e->schema->systems.school_field.data ? e->schema->systems.school_field : STR("school");
    str school = str_none;
    int32_t from = 0, until = 0;
    bool found = false;
    for (uint32_t i = 0; i < m->key_count; i++) {
        value k = keys[i];
        if (k.kind == VALUE_STRING && str_equal(m->keys[i].name, names_school)) {
            school = value_text(k);
        } else if (k.kind == VALUE_DATE && !found) {
            from = until = (int32_t)k.as.i;
            found = true;
        } else if (k.kind == VALUE_STRING && !found) {
            found = named_days(l, value_text(k), &from, &until);
            int32_t first, last;
            if (found && run_days(&l->run, &first, &last)) { /* the run says how far it looks */
                from = from < first ? first : from;
                until = until > last ? last : until;
            }
        }
    }
    if (!found && dated) {
        from = until = day;
        found = true;
    }
    if (!found && !run_days(&l->run, &from, &until)) {
        from = until = 0;
        return covers_days(l, m->source->root, school, from, until);
    }
    return until < from || covers_days(l, m->source->root, school, from, until);
}
