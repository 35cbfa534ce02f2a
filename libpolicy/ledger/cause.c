/*
 * What a change causes: judged after it, and where that is a finding also before it.
 *
 * A finding is caused when the rule said nothing worse of the same row or group before. Something that was wrong already
 * is caused once more only if it gets worse: a violation that was a warning, a value that moves further past its limit, a
 * doubt about more fields or of a wider range.
 */
#include <math.h>
#include <string.h>

#include "base/bits.h"
#include "engine/screen.h"
#include "ledger/live.h"

/* ---- worse ---- */

static int rank_of(policy_verdict v)
{
    switch (v) {
    case POLICY_FAIL:
        return 3;
    case POLICY_ERROR:
        return 2;
    case POLICY_UNKNOWN:
        return 1;
    default:
        return 0;
    }
}

static bool names(const policy_finding *f, const char *missing)
{
    for (uint32_t i = 0; i < f->missing_count; i++) {
        if (strcmp(f->missing[i], missing) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_worse(const policy_finding *now, const policy_finding *before)
{
    int a = rank_of(now->verdict), b = rank_of(before->verdict);
    if (a != b) {
        return a > b;
    }
    if (now->severity != before->severity) {
        return now->severity > before->severity;
    }
    if (now->verdict == POLICY_FAIL) { /* false for NaN: what has no distance is as it was */
        return fabs(findings_number(now->measured) - findings_number(now->limit)) >
               fabs(findings_number(before->measured) - findings_number(before->limit));
    }
    if (now->verdict == POLICY_UNKNOWN) {
        for (uint32_t i = 0; i < now->missing_count; i++) {
            if (!names(before, now->missing[i])) {
                return true;
            }
        }
        return now->width > before->width;
    }
    return false;
}

/* `earlier` is sorted. Each of its findings excuses one. */
static bool is_excused(const policy_finding *f, policy_findings *earlier)
{
    size_t low = 0, high = earlier->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (findings_order_subject(earlier->items[middle], f) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < earlier->count && findings_order_subject(earlier->items[low], f) == 0; low++) {
        policy_finding *e = earlier->items[low];
        if (!e->complete && !is_worse(f, e)) {
            e->complete = true; /* used: nobody reads this field of it */
            return true;
        }
    }
    return false;
}

/* Drop from `out`, from `first` on, what was there before. */
static bool drop_excused(policy_findings *out, size_t first, policy_findings *earlier)
{
    if (!findings_sort(earlier)) {
        return false;
    }
    for (size_t i = 0; i < earlier->count; i++) {
        earlier->items[i]->complete = false;
    }
    size_t kept = first;
    for (size_t i = first; i < out->count; i++) {
        if (!is_excused(out->items[i], earlier)) {
            out->items[kept++] = out->items[i];
        }
    }
    out->count = kept;
    return true;
}

/* ---- one thing, after and before ---- */

typedef struct thing {
    const plan_version *version;
    const group *group;     /* of its measure, or */
    const kept_row *late;   /* a row that waits, or */
    const value *fold_keys; /* a script's group, or */
    bool keyless;           /* its rows that join no group */
} thing;

static bool judge(policy_ledger *l, const thing *t, policy_findings *into)
{
    if (t->group != NULL) {
        return judge_target(l, t->version, t->group->keys, t->group->hash, into);
    }
    if (t->late != NULL) {
        return judge_late(l, t->late, into);
    }
    return t->fold_keys ? judge_script_groups(l, t->version, t->fold_keys, into) : judge_keyless(l, t->version, into);
}

static bool compare(change *c, const thing *t, policy_findings *earlier, policy_findings *out)
{
    size_t first = out->count;
    change_look(c, true);
    bool fine = judge(c->ledger, t, out);
    change_look(c, false);
    if (!fine || out->count == first) {
        return fine;
    }
    findings_clear(earlier);
    return judge(c->ledger, t, earlier) && drop_excused(out, first, earlier);
}

/* ---- what a version has to look at again ---- */

static bool compare_groups(change *c, const plan_version *v, const group_table *groups, policy_findings *earlier,
                           policy_findings *out)
{
    for (size_t i = 0; i < groups->capacity; i++) {
        if (groups->slots[i] != NULL && !compare(c, &(thing){.version = v, .group = groups->slots[i]}, earlier, out)) {
            return false;
        }
    }
    return true;
}

static const value *kept_slot(const plan_version *v, const kept_row *r, int slot)
{
    for (uint32_t i = 0; i < v->kept_count && i < r->value_count; i++) {
        if (v->kept_slots[i] == slot) {
            return &r->values[i];
        }
    }
    return NULL;
}

/* May the row read one of the groups that changed? */
static bool may_read(const change *c, const kept_row *r, const read_sites *sites)
{
    for (uint32_t i = 0; i < sites->count; i++) {
        const read_site *site = &sites->items[i];
        const measure_change *mc = &c->measures[site->measure->number];
        for (size_t k = 0; mc->touched && k < mc->after.capacity; k++) {
            const group *g = mc->after.slots[k];
            bool same = g != NULL;
            for (uint32_t n = 0; same && n < site->measure->key_count; n++) {
                const value *key = site->slots[n] >= 0 ? kept_slot(r->version, r, site->slots[n]) : NULL;
                same = key == NULL || key->kind >= VALUE_INTERVAL || value_equal(*key, g->keys[n]);
            }
            if (same) {
                return true;
            }
        }
    }
    return false;
}

static bool compare_late(change *c, const plan_version *v, policy_findings *earlier, policy_findings *out)
{
    const read_sites *sites = &c->ledger->reach->versions[v->number];
    if (!change_touches(c, sites)) {
        return true;
    }
    const kept_rows *rows = &c->ledger->state.late;
    for (size_t i = 0; i < rows->count; i++) {
        const kept_row *r = rows->items[i];
        bool gone = false;
        for (size_t k = 0; k < c->gone[ROWS_LATE].count; k++) {
            gone = gone || c->gone[ROWS_LATE].items[k] == r;
        }
        if (!gone && r->version == v && may_read(c, r, sites) &&
            !compare(c, &(thing){.version = v, .late = r}, earlier, out)) {
            return false;
        }
    }
    return true;
}

static bool compare_folds(change *c, const plan_version *v, policy_findings *earlier, policy_findings *out)
{
    const kept_rows *lists[2] = {&c->delta->late, &c->taken.late};
    for (int list = 0; list < 2; list++) {
        for (size_t i = 0; i < lists[list]->count; i++) {
            const kept_row *r = lists[list]->items[i];
            bool before = false; /* a record amended within its group */
            for (size_t k = 0; list == 1 && k < lists[0]->count; k++) {
                const kept_row *other = lists[0]->items[k];
                before = before || (other->version == v && group_order_keys(other->keys, r->keys, v->key_count) == 0);
            }
            if (r->version == v && !before && !compare(c, &(thing){.version = v, .fold_keys = r->keys}, earlier, out)) {
                return false;
            }
        }
    }
    return true;
}

static bool compare_keyless(change *c, const plan_version *v, policy_findings *earlier, policy_findings *out)
{
    bool look = change_touches(c, &c->ledger->reach->whens[v->number]);
    const plan_measure *m = v->measure ? v->measure : v->table->measure;
    for (; m != NULL; m = m->source->measure) {
        const measure_change *mc = &c->measures[m->number];
        look = look || mc->added.count > 0;
        for (size_t i = 0; m->account != PLAN_NONE && i < c->delta->keyless.count; i++) {
            look = look || c->delta->keyless.items[i]->measure == m;
        }
    }
    return !look || compare(c, &(thing){.version = v, .keyless = true}, earlier, out);
}

static bool compare_version(change *c, const plan_version *v, policy_findings *earlier, policy_findings *out)
{
    policy_ledger *l = c->ledger;
    const plan_measure *m = v->measure ? v->measure : v->table->measure;
    if (v->script) {
        return (!v->from->folds || compare_folds(c, v, earlier, out)) && compare_keyless(c, v, earlier, out);
    }
    if (m != NULL) {
        group_table readers;
        const measure_change *mc = &c->measures[m->number];
        const read_sites *sites = &l->reach->versions[v->number];
        if (mc->touched && !compare_groups(c, v, &mc->after, earlier, out)) {
            return false;
        }
        if (change_touches(c, sites) &&
            (!change_readers(c, m, sites, &readers) || !compare_groups(c, v, &readers, earlier, out))) {
            return false;
        }
    } else if (v->late && !compare_late(c, v, earlier, out)) {
        return false;
    }
    return compare_keyless(c, v, earlier, out);
}

/* ---- the record's own rows ---- */

static bool is_asked(const change *c, const plan_version *v)
{
    return c->only == NULL || c->only->rule == v->rule;
}

static bool add_own(const change *c, const state *rows, policy_findings *into)
{
    policy_ledger *l = c->ledger;
    for (size_t i = 0; i < rows->kept.count; i++) {
        if (is_asked(c, rows->kept.items[i]->version) && !findings_add_kept(into, l, rows->kept.items[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < rows->late.count; i++) {
        if (is_asked(c, rows->late.items[i]->version) && !rows->late.items[i]->version->script &&
            !judge_late(l, rows->late.items[i], into)) {
            return false;
        }
    }
    return true;
}

static bool compare_own(change *c, policy_findings *earlier, policy_findings *out)
{
    size_t first = out->count;
    change_look(c, true);
    bool fine = add_own(c, c->delta, out);
    change_look(c, false);
    if (!fine || out->count == first || !c->removes) {
        return fine;
    }
    findings_clear(earlier);
    return add_own(c, &c->taken, earlier) && drop_excused(out, first, earlier);
}

/* Versions of one rule stand together. */
static const plan_rule *count_rule(const change *c, const plan_rule *rule, const plan_rule *last, policy_findings *out)
{
    if (rule != last) {
        const int64_t *from = &c->delta->verdicts[(size_t)rule->number * VERDICTS];
        findings_count_rule(out, rule);
        for (int k = 0; k < VERDICTS; k++) {
            out->verdicts[(size_t)rule->number * VERDICTS + (size_t)k] += from[k] > 0 ? from[k] : 0;
        }
    }
    return rule;
}

/* Which rules have verdicts of this change, and which: so that clearing them later is as little work. */
static bool count_verdicts(change *c, policy_findings *out)
{
    policy_ledger *l = c->ledger;
    const type_work *work = &l->work[c->type_at];
    const type_reach *t = &l->reach->types[c->type_at];
    const screen *s = c->delta->probing ? ledger_screen(l, c->type_at) : NULL;
    if (s != NULL && !findings_note_settled(out, s, l->left)) {
        return false;
    }
    findings_count_few(out);
    const plan_rule *last = NULL;
    for (uint32_t w = 0; s != NULL && w < s->words; w++) {
        for (uint64_t bits = l->left[w]; bits != 0; bits &= bits - 1) {
            last = count_rule(c, s->versions[w * 64 + bits_lowest(bits)]->rule, last, out);
        }
    }
    for (uint32_t i = 0; s == NULL && i < work->version_count; i++) {
        last = count_rule(c, work->versions[i]->rule, last, out);
    }
    for (uint32_t i = 0; i < t->version_count; i++) {
        findings_count_rule(out, t->versions[i]->rule);
    }
    return true;
}

/* A probe counts what its screen settled only when everything is looked at. */
static void count_settled(change *c)
{
    const screen *s = ledger_screen(c->ledger, c->type_at);
    for (uint32_t i = 0; c->delta->probing && s != NULL && i < s->count; i++) {
        if (!(c->ledger->left[i / 64] >> i % 64 & 1)) {
            c->delta->verdicts[(size_t)s->versions[i]->rule->number * VERDICTS + s->settled[i]]++;
        }
    }
}

bool cause_find(change *c, policy_findings *earlier, policy_findings *out)
{
    policy_ledger *l = c->ledger;
    if (c->everything) {
        count_settled(c);
        change_look(c, true);
        bool fine = judge_everything(l, out);
        change_look(c, false);
        if (fine && out->count > 0) {
            findings_clear(earlier);
            fine = judge_everything(l, earlier) && drop_excused(out, 0, earlier);
        }
        return fine;
    }
    if (!count_verdicts(c, out) || !compare_own(c, earlier, out)) {
        return false;
    }
    const type_reach *t = &l->reach->types[c->type_at];
    for (uint32_t i = 0; i < t->version_count; i++) {
        if (is_asked(c, t->versions[i]) && !compare_version(c, t->versions[i], earlier, out)) {
            return false;
        }
    }
    return findings_sort(out);
}
