/*
 * Restoring a ledger from bytes; see saved.h for what they are.
 *
 * The digest and the length are looked at first. What follows is read as if it were hostile all the same: every number is
 * checked against what it indexes, every count against the bytes that are left, before anything is allocated for it.
 * What the engine has no use for is read past.
 */
#include <string.h>

#include "engine/signature.h"
#include "ledger/carry.h"
#include "ledger/saved.h"
#include "ledger/stored.h"

typedef struct restorer {
    policy_ledger *ledger;
    const policy_allocator *allocator;
    const uint8_t *at, *end;
    bool bad, nomem;
    str *texts;
    size_t text_count;
    uint32_t *sources; /* of the ledger, by place */
    size_t source_count;
    const plan_measure **measures; /* by saved account; NULL: not carried */
    size_t measure_count;
    const plan_rule **rules; /* by saved rule; NULL: not carried */
    size_t rule_count;
    bool hashes_hold;
    arena lists, scratch; /* what is above; values being read */
    policy_carry *carry;
} restorer;

static bool broken(const restorer *r)
{
    return r->bad || r->nomem;
}

/* ---- bytes ---- */

static uint64_t get_fixed(restorer *r, size_t size)
{
    uint64_t number = 0;
    if ((size_t)(r->end - r->at) < size) {
        r->bad = true;
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        number |= (uint64_t)r->at[i] << 8 * i;
    }
    r->at += size;
    return number;
}

static uint64_t get_uint(restorer *r)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (r->at == r->end) {
            break;
        }
        uint8_t byte = *r->at++;
        if (shift == 63 && byte > 1) {
            break;
        }
        number |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            return number;
        }
    }
    r->bad = true;
    return 0;
}

static int64_t get_int(restorer *r)
{
    uint64_t number = get_uint(r);
    return (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
}

static bool get_bool(restorer *r)
{
    return get_uint(r) != 0;
}

/* How many of something follow that takes at least a byte each. */
static size_t get_count(restorer *r)
{
    uint64_t count = get_uint(r);
    if (count > (uint64_t)(r->end - r->at)) {
        r->bad = true;
        return 0;
    }
    return (size_t)count;
}

static int64_t get_between(restorer *r, int64_t least, int64_t most)
{
    int64_t number = get_int(r);
    r->bad = r->bad || number < least || number > most;
    return r->bad ? least : number;
}

static int32_t get_day(restorer *r)
{
    return (int32_t)get_between(r, INT32_MIN, INT32_MAX);
}

static wide get_wide(restorer *r)
{
    if (get_bool(r)) {
        return wide_of(get_int(r));
    }
    uint64_t low = get_fixed(r, 8);
    return (wide){get_fixed(r, 8), low};
}

static str get_text(restorer *r)
{
    uint64_t at = get_uint(r);
    if (at > r->text_count) {
        r->bad = true;
        return str_none;
    }
    return at == 0 ? str_none : r->texts[at - 1];
}

/* A number of the ledger's own list; 0 when broken. */
static uint32_t get_source(restorer *r)
{
    uint64_t at = get_uint(r);
    r->bad = r->bad || at >= r->source_count;
    return r->bad ? 0 : r->sources[at];
}

static void *list_of(restorer *r, size_t count, size_t size)
{
    void *list = arena_array(&r->lists, count + 1, size);
    r->nomem = r->nomem || list == NULL;
    return list;
}

/* ---- values ---- */

/* Sources by name, as the environment numbers them; one that it does not know is left out. */
static uint64_t get_missing(restorer *r, const env *e)
{
    uint64_t missing = 0;
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !r->bad; i++) {
        str name = get_text(r);
        for (size_t k = 0; e != NULL && k < env_source_count(e); k++) {
            missing |= str_equal(env_source_name(e, (int)k), name) ? UINT64_C(1) << k : 0;
        }
    }
    return missing;
}

#define VALUE_DEPTH 40

static value get_value_at(restorer *r, const env *e, int depth);

static value *get_values(restorer *r, const env *e, size_t count, int depth)
{
    value *values = arena_array(&r->scratch, count + 1, sizeof(value));
    r->nomem = r->nomem || values == NULL;
    for (size_t i = 0; i < count && !broken(r); i++) {
        values[i] = get_value_at(r, e, depth);
    }
    return values;
}

static value get_value_at(restorer *r, const env *e, int depth)
{
    uint64_t kind = get_uint(r);
    if (depth > VALUE_DEPTH) {
        r->bad = true;
    }
    value v = value_null();
    if (broken(r)) {
        return v;
    }
    switch (kind) {
    case VALUE_NULL:
        break;
    case VALUE_BOOL:
        v = value_bool(get_bool(r));
        break;
    case VALUE_INT:
        v = value_int(get_int(r));
        break;
    case VALUE_DATE:
        v = value_date(get_day(r));
        break;
    case VALUE_UINT:
        v = value_uint(get_uint(r));
        break;
    case VALUE_DOUBLE: {
        uint64_t bits = get_fixed(r, 8);
        memcpy(&v.as.d, &bits, sizeof bits);
        v.kind = VALUE_DOUBLE;
        break;
    }
    case VALUE_STRING:
    case VALUE_BYTES: {
        str text = get_text(r);
        r->bad = r->bad || text.data == NULL || text.size > UINT32_MAX;
        if (!r->bad) {
            v = value_string(text);
            v.kind = (uint8_t)kind;
        }
        break;
    }
    case VALUE_LIST: {
        value_list *list = arena_new(&r->scratch, sizeof *list);
        size_t count = get_count(r);
        r->nomem = r->nomem || list == NULL;
        if (!broken(r)) {
            *list = (value_list){count, get_values(r, e, count, depth + 1)};
            v = (value){.kind = VALUE_LIST, .as.list = list};
        }
        break;
    }
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        v.as.i = get_int(r);
        v.size = (uint32_t)(int32_t)get_between(r, -999999999, 999999999);
        v.kind = (uint8_t)kind;
        break;
    case VALUE_INTERVAL: {
        value_interval *interval = arena_new(&r->scratch, sizeof *interval);
        r->nomem = r->nomem || interval == NULL;
        if (!broken(r)) {
            interval->low = get_value_at(r, e, depth + 1);
            interval->high = get_value_at(r, e, depth + 1);
            interval->missing = get_missing(r, e);
            v = (value){.kind = VALUE_INTERVAL, .as.interval = interval};
            r->bad = r->bad || interval->low.kind > VALUE_DATE || interval->high.kind > VALUE_DATE;
        }
        break;
    }
    case VALUE_NONE:
        v = value_none(get_missing(r, e));
        break;
    case VALUE_UNKNOWN:
        v = value_unknown(get_missing(r, e));
        break;
    case VALUE_ERROR: {
        value_error *error = arena_new(&r->scratch, sizeof *error);
        r->nomem = r->nomem || error == NULL;
        if (!broken(r)) {
            error->status = (policy_status)get_between(r, POLICY_E_NOMEM, INT32_MAX);
            error->text_en = get_text(r);
            error->text_zh = get_text(r);
            error->offset = (uint32_t)get_uint(r);
            r->bad = r->bad || error->text_en.data == NULL || error->text_zh.data == NULL;
            v = (value){.kind = VALUE_ERROR, .as.error = error};
        }
        break;
    }
    default: /* maps, types: nothing that is kept holds one */
        r->bad = true;
    }
    return v;
}

static value get_value(restorer *r, const env *e)
{
    return get_value_at(r, e, 0);
}

/* ---- groups ---- */

static void get_days(restorer *r, group *g, bool maybe)
{
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        int32_t day = get_day(r);
        int64_t times = get_between(r, 1, INT32_MAX);
        if (g != NULL && !r->bad) {
            r->nomem = r->nomem || !group_add_day(g, maybe, true, day, (int)times, r->allocator);
        }
    }
}

static void get_entries(restorer *r, const env *e, entry_set *into)
{
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        value low = get_value(r, e);
        bool maybe = get_bool(r), exact = get_bool(r);
        value high = exact ? value_null() : get_value(r, e);
        int64_t times = get_between(r, 1, INT64_MAX);
        r->bad = r->bad || low.kind >= VALUE_INTERVAL || high.kind >= VALUE_INTERVAL;
        if (into != NULL && !broken(r)) {
            r->nomem = !entry_add(into, maybe, exact, low, high, times, r->allocator);
        }
    }
}

static void get_choices(restorer *r, doubt *d)
{
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        choice c = {0};
        for (int k = 0; k < 2; k++) {
            c.low[k] = get_int(r);
            c.high[k] = get_int(r);
            c.open_low[k] = get_bool(r);
            c.open_high[k] = get_bool(r);
        }
        c.count = get_between(r, 1, INT64_MAX);
        if (d != NULL && !r->bad) {
            r->nomem = !allocator_grow(r->allocator, (void **)&d->choices, &d->choice_capacity, d->choice_count + 1,
                                       sizeof c, 0);
            if (!r->nomem) {
                d->choices[d->choice_count++] = c;
            }
        }
    }
}

static void get_broken_rows(restorer *r, const env *e, doubt *d)
{
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        value error = get_value(r, e);
        int64_t times = get_between(r, 1, INT64_MAX);
        r->bad = r->bad || error.kind != VALUE_ERROR;
        if (d != NULL && !r->bad) {
            broken_rows b = {.count = times};
            r->nomem = !allocator_grow(r->allocator, (void **)&d->broken, &d->broken_capacity, d->broken_count + 1,
                                       sizeof b, 0) ||
                       !stored_copy(r->allocator, error, &b.error);
            if (!r->nomem) {
                d->broken[d->broken_count++] = b;
            }
        }
    }
}

static void get_doubt(restorer *r, const env *e, aggregate_state *into)
{
    if (!get_bool(r) || broken(r)) {
        return;
    }
    doubt *d = NULL;
    if (into != NULL) {
        d = into->doubt = allocator_zero(r->allocator, 1, sizeof *d);
        r->nomem = d == NULL;
    }
    doubt nowhere = {0};
    doubt *to = d != NULL ? d : &nowhere;
    to->rows = get_between(r, 1, INT64_MAX);
    for (int i = 0; i < 2; i++) {
        to->low[i] = get_wide(r);
        to->high[i] = get_wide(r);
        to->open_low[i] = get_between(r, 0, INT64_MAX);
        to->open_high[i] = get_between(r, 0, INT64_MAX);
    }
    size_t blamed = get_count(r);
    r->bad = r->bad || blamed > DOUBT_SOURCES;
    int numbers[DOUBT_SOURCES];
    for (size_t i = 0; i < blamed && !r->bad; i++) {
        str name = get_text(r);
        numbers[i] = -1;
        for (size_t k = 0; e != NULL && k < env_source_count(e); k++) {
            numbers[i] = str_equal(env_source_name(e, (int)k), name) ? (int)k : numbers[i];
        }
    }
    for (size_t i = 0; i < blamed && !r->bad; i++) {
        int64_t rows = get_between(r, 1, INT64_MAX);
        if (numbers[i] >= 0) {
            to->sources[numbers[i]] = rows;
        }
    }
    get_choices(r, d);
    get_broken_rows(r, e, d);
}

static void get_evidence(restorer *r, group *g)
{
    bool dropped = get_bool(r);
    size_t count = get_count(r);
    r->bad = r->bad || count > UINT32_MAX / 2;
    if (g != NULL && !r->bad && count > 0) {
        g->rows.items = allocator_zero(r->allocator, count, sizeof *g->rows.items);
        g->rows.capacity = (uint32_t)count;
        r->nomem = g->rows.items == NULL;
    }
    for (size_t i = 0; i < count && !broken(r); i++) {
        evidence_row row = {.source = get_source(r)};
        row.row = get_uint(r);
        row.count = (uint32_t)get_uint(r) & 0x3FFFFFFF;
        row.doubt = get_bool(r);
        if (g != NULL) {
            g->rows.items[g->rows.count++] = row;
        }
    }
    if (g != NULL) {
        g->rows.dropped = dropped;
    }
}

/* Of a measure that is carried, or of one that is read past (NULL), whose keys are `keys` many. */
static void get_group(restorer *r, const plan_measure *m, size_t keys)
{
    const env *e = m != NULL ? m->env : NULL;
    group *g = NULL;
    arena_reset(&r->scratch);
    value *held = get_values(r, e, keys, 0);
    if (broken(r)) {
        return;
    }
    if (m != NULL) {
        group_table *t = &r->ledger->state.accounts[m->account];
        uint64_t hash = group_hash(held, (uint32_t)keys);
        r->bad = group_find(t, held, hash) != NULL;
        g = r->bad ? NULL : group_insert(t, held, hash);
        r->nomem = !r->bad && g == NULL;
        if (broken(r)) {
            return;
        }
    }
    aggregate_state nowhere = {0};
    aggregate_state *to = g != NULL ? &g->state : &nowhere;
    to->in = get_between(r, 0, INT64_MAX);
    to->maybe = get_between(r, 0, INT64_MAX);
    to->sums[0] = get_wide(r);
    to->sums[1] = get_wide(r);
    get_entries(r, e, g != NULL ? &g->state.entries : NULL);
    get_doubt(r, e, g != NULL ? &g->state : NULL);
    get_days(r, g, false);
    get_days(r, g, true);
    int64_t undated = get_between(r, 0, INT64_MAX);
    if (g != NULL) {
        g->undated = undated;
    }
    get_evidence(r, g);
}

static bool get_signature(restorer *r, signature *out)
{
    if ((size_t)(r->end - r->at) < sizeof out->bytes) {
        r->bad = true;
        return false;
    }
    memcpy(out->bytes, r->at, sizeof out->bytes);
    r->at += sizeof out->bytes;
    return true;
}

static bool has_records(const policy_ledger *l, uint32_t type_at)
{
    return l->state.records[type_at] > 0;
}

static void say(restorer *r, str name, policy_carry_kind kind, policy_carried what)
{
    if (r->carry != NULL && !broken(r)) {
        r->nomem = !carry_add(r->carry, name, kind, what);
    }
}

/* What each measure of the engine became; PLAN_NONE in `from`: not among the saved ones. */
typedef struct saved_item {
    str name;
    signature is;
    bool lost, used;
} saved_item;

static void get_measures(restorer *r)
{
    const policy_engine *e = r->ledger->engine;
    size_t count = get_count(r);
    saved_item *saved = list_of(r, count, sizeof *saved);
    engine_signatures own = {0};
    bool *taken = list_of(r, e->account_count, sizeof *taken);
    bool *known = list_of(r, e->account_count, sizeof *known); /* by name, with another meaning */
    r->measures = list_of(r, count, sizeof *r->measures);
    r->measure_count = count;
    r->nomem = r->nomem || !signatures_of(r->ledger->engine, &own);
    for (size_t i = 0; i < count && !broken(r); i++) {
        saved[i].name = get_text(r);
        get_signature(r, &saved[i].is);
        saved[i].lost = get_bool(r);
        r->bad = r->bad || saved[i].name.data == NULL;
        const plan_measure *found = NULL;
        for (uint32_t k = 0; k < e->measure_count && found == NULL && !broken(r); k++) {
            const plan_measure *m = e->measures[k];
            if (m->account == PLAN_NONE || taken[m->account] || !str_equal(m->id, saved[i].name)) {
                continue;
            }
            known[m->account] = true;
            found = memcmp(own.accounts[m->account].bytes, saved[i].is.bytes, DIGEST_SIZE) == 0 ? m : NULL;
        }
        size_t keys = get_count(r), groups = get_count(r);
        r->bad = r->bad || (found != NULL && keys != found->key_count) || keys > 1000;
        if (found != NULL && !broken(r)) {
            taken[found->account] = true;
            r->ledger->lost_accounts[found->account] = saved[i].lost;
            r->measures[i] = found;
            found = saved[i].lost ? NULL : found;
            saved[i].used = true;
        }
        for (size_t k = 0; k < groups && !broken(r); k++) {
            get_group(r, found, keys);
        }
    }
    for (uint32_t i = 0; i < e->measure_count && !broken(r); i++) {
        const plan_measure *m = e->measures[i];
        if (m->account == PLAN_NONE) {
            continue;
        }
        if (!taken[m->account]) {
            r->ledger->lost_accounts[m->account] = has_records(r->ledger, m->source->root);
        }
        bool lost = r->ledger->lost_accounts[m->account];
        say(r, m->id, POLICY_CARRY_MEASURE,
            !lost               ? POLICY_CARRIED
            : known[m->account] ? POLICY_CARRIED_CHANGED
                                : POLICY_CARRIED_NEW);
    }
    for (size_t i = 0; i < count && !broken(r); i++) {
        bool there = saved[i].used;
        for (uint32_t k = 0; k < e->measure_count && !there; k++) {
            there = e->measures[k]->account != PLAN_NONE && str_equal(e->measures[k]->id, saved[i].name);
        }
        if (!there) {
            say(r, saved[i].name, POLICY_CARRY_MEASURE, POLICY_CARRIED_GONE);
        }
    }
}

/* ---- rules over single records ---- */

static bool judges_records(const plan_rule *rule)
{
    for (uint32_t i = 0; i < rule->version_count; i++) {
        const plan_version *v = rule->versions[i];
        if (v->table->record != NULL && v->measure == NULL) {
            return true;
        }
    }
    return false;
}

static void get_rules(restorer *r)
{
    policy_ledger *l = r->ledger;
    const policy_engine *e = l->engine;
    size_t count = get_count(r);
    str *gone = list_of(r, count, sizeof *gone);
    bool *taken = list_of(r, e->rule_count, sizeof *taken), *known = list_of(r, e->rule_count, sizeof *known);
    size_t gone_count = 0;
    engine_signatures own = {0};
    r->nomem = r->nomem || !signatures_of(l->engine, &own);
    r->rules = list_of(r, count, sizeof *r->rules);
    r->rule_count = count;
    for (size_t i = 0; i < count && !broken(r); i++) {
        signature is;
        str name = get_text(r);
        get_signature(r, &is);
        bool lost = get_bool(r);
        int64_t verdicts[VERDICTS];
        for (int k = 0; k < VERDICTS; k++) {
            verdicts[k] = get_between(r, 0, INT64_MAX);
        }
        const plan_rule *rule = NULL;
        for (uint32_t k = 0; k < e->rule_count && rule == NULL && !broken(r); k++) {
            rule = str_equal(e->rule_list[k]->id, name) ? e->rule_list[k] : NULL;
        }
        if (rule == NULL) {
            gone[gone_count++] = name;
            continue;
        }
        known[rule->number] = true;
        r->bad = r->bad || taken[rule->number];
        if (!broken(r) && memcmp(is.bytes, own.rules[rule->number].bytes, sizeof is.bytes) == 0) {
            taken[rule->number] = true;
            r->rules[i] = lost ? NULL : rule;
            l->lost_rules[rule->number] = lost;
            memcpy(&l->state.verdicts[(size_t)rule->number * VERDICTS], verdicts, sizeof verdicts);
        }
    }
    for (uint32_t i = 0; i < e->rule_count && !broken(r); i++) {
        const plan_rule *rule = e->rule_list[i];
        if (!judges_records(rule)) {
            memset(&l->state.verdicts[(size_t)i * VERDICTS], 0, VERDICTS * sizeof *l->state.verdicts);
            l->lost_rules[i] = false;
            continue;
        }
        if (!taken[i]) {
            l->lost_rules[i] = has_records(l, rule->root);
        }
        say(r, rule->id, POLICY_CARRY_RULE,
            !l->lost_rules[i] ? POLICY_CARRIED
            : known[i]        ? POLICY_CARRIED_CHANGED
                              : POLICY_CARRIED_NEW);
    }
    for (size_t i = 0; i < gone_count && !broken(r); i++) {
        say(r, gone[i], POLICY_CARRY_RULE, POLICY_CARRIED_GONE);
    }
}

static int slot_named(const plan_version *v, str name)
{
    for (uint32_t i = 0; i < v->kept_count; i++) {
        if (str_equal(saved_slot_name(v->table, v->kept_slots[i]), name)) {
            return (int)i;
        }
    }
    return -1;
}

/* Rows that are kept, that wait, or that join no group. */
static void get_rows(restorer *r, kept_rows *into, bool waiting)
{
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        arena_reset(&r->scratch);
        kept_row like = {0};
        bool of_rule = get_bool(r);
        uint64_t number = get_uint(r), version = of_rule ? get_uint(r) : 0;
        r->bad = r->bad || number >= (of_rule ? r->rule_count : r->measure_count);
        if (broken(r)) {
            return;
        }
        const plan_rule *rule = of_rule ? r->rules[number] : NULL;
        like.measure = of_rule ? NULL : r->measures[number];
        r->bad = r->bad || (rule != NULL && version >= rule->version_count) || (waiting && !of_rule);
        like.version = rule != NULL && !r->bad ? rule->versions[version] : NULL;
        bool carried =
            like.version != NULL || (like.measure != NULL && !r->ledger->lost_accounts[like.measure->account]);
        const env *e = like.version != NULL ? like.version->env : like.measure != NULL ? like.measure->env : NULL;
        like.source = get_source(r);
        like.row = get_uint(r);
        like.verdict = (policy_verdict)get_between(r, 0, VERDICTS - 1);
        uint64_t flags = get_uint(r);
        like.maybe = (flags & 1) != 0;
        like.killed = (flags & 2) != 0;
        like.dated = (flags & 4) != 0;
        like.day = get_day(r);
        like.missing = get_missing(r, e);
        size_t keys = get_count(r);
        value *key_values = get_values(r, e, broken(r) ? 0 : keys, 0);
        size_t values = get_count(r);
        value *held = arena_array(&r->scratch, values + 1, sizeof(value));
        r->nomem = r->nomem || held == NULL;
        size_t expected = values;
        if (waiting && like.version != NULL && !broken(r)) {
            r->bad = values != like.version->kept_count;
        }
        for (size_t k = 0; k < values && !broken(r); k++) {
            size_t spot = k;
            if (waiting) {
                str name = get_text(r);
                int slot = like.version != NULL ? slot_named(like.version, name) : (int)k;
                r->bad = r->bad || slot < 0;
                spot = r->bad ? 0 : (size_t)slot;
            }
            value v = get_value(r, e);
            if (!broken(r)) {
                held[spot] = v;
            }
        }
        like.error = get_value(r, e);
        r->bad = r->bad || (like.error.kind != VALUE_ERROR && like.error.kind != VALUE_NULL) ||
                 (like.version != NULL && keys != like.version->key_count) ||
                 (like.measure != NULL && keys != like.measure->key_count);
        if (!carried || broken(r)) {
            continue;
        }
        like.key_count = (uint32_t)keys;
        like.value_count = (uint32_t)expected;
        r->nomem = !kept_rows_add(into, kept_row_new(&like, key_values, held, r->allocator), r->allocator);
    }
}

/* ---- what the library itself understands ---- */

static void get_types(restorer *r)
{
    policy_ledger *l = r->ledger;
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        str name = get_text(r);
        int64_t records = get_between(r, 0, INT64_MAX);
        bool supplied = get_bool(r);
        uint64_t fields = get_fixed(r, 8);
        int type_at = name.data != NULL ? engine_find_type(l->engine, name) : -1;
        bool same = type_at >= 0 && fields == saved_fields(l->engine->tables[type_at]) && r->hashes_hold;
        if (type_at >= 0 && !broken(r)) {
            r->bad = l->state.records[type_at] != 0 || l->state.supplied[type_at];
            l->state.records[type_at] = records;
            l->state.supplied[type_at] = supplied;
        }
        size_t rows = get_count(r);
        for (size_t k = 0; k < rows && !broken(r); k++) {
            uint64_t hash = get_fixed(r, 8);
            int64_t times = get_between(r, 1, INT64_MAX);
            if (same && !r->bad) {
                r->nomem = !row_set_change(&l->state.rows[type_at], hash, times, r->allocator);
            }
        }
        if (type_at < 0 && records > 0) {
            say(r, name, POLICY_CARRY_TYPE, POLICY_CARRIED_GONE);
        } else if (!same && records > 0) {
            say(r, name, POLICY_CARRY_TYPE, POLICY_CARRIED_CHANGED);
        }
    }
}

static void get_notices(restorer *r)
{
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        policy_notice n = {.kind = (policy_notice_kind)get_between(r, 1, INT32_MAX)};
        n.type = get_text(r);
        n.source = get_text(r);
        n.row = get_uint(r);
        n.column = get_text(r);
        n.text = get_text(r);
        if (!broken(r)) {
            r->nomem = !notices_add(&r->ledger->state.notices, &n);
        }
    }
}

static void get_defaults(restorer *r)
{
    policy_ledger *l = r->ledger;
    size_t count = get_count(r);
    r->nomem = r->nomem || (!r->bad && !noted_reserve(&l->state.defaults, count, r->allocator));
    for (size_t i = 0; i < count && !broken(r); i++) {
        uint32_t source = get_source(r);
        str name = get_text(r);
        int type_at = name.data != NULL ? engine_find_type(l->engine, name) : -1;
        size_t fields = get_count(r);
        uint64_t bits = 0;
        for (size_t k = 0; k < fields && !broken(r); k++) {
            str field = get_text(r);
            int at =
                type_at >= 0 && field.data != NULL ? schema_find_field(l->engine->tables[type_at]->record, field) : -1;
            bits |= at >= 0 && at < 64 ? UINT64_C(1) << at : 0;
        }
        if (type_at >= 0 && bits != 0 && !broken(r)) {
            noted_add(&l->state.defaults, source, (uint32_t)type_at, bits);
        }
    }
}

static void get_schools(restorer *r)
{
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        school_system said = {0};
        str name = get_text(r);
        r->bad = r->bad || name.data == NULL;
        for (int k = 0; k < SCHOOL_YEARS; k++) {
            said.primary_years[k] = (int32_t)get_between(r, 0, INT32_MAX);
            said.junior_years[k] = (int32_t)get_between(r, 0, INT32_MAX);
        }
        for (int k = 0; k < 3; k++) {
            said.stage[k] = (int32_t)get_between(r, 0, INT32_MAX);
        }
        if (!broken(r)) {
            r->nomem = !systems_put(&r->ledger->state.schools, name, &said);
        }
    }
    r->ledger->state.schools.asked = get_bool(r);
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

static void get_coverage(restorer *r)
{
    state *st = &r->ledger->state;
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        str name = get_text(r), school = get_text(r);
        uint64_t flags = get_uint(r);
        covered c = {.has_from = (flags & 1) != 0, .has_until = (flags & 2) != 0};
        c.from = get_day(r);
        c.until = get_day(r);
        int type_at = name.data != NULL ? engine_find_type(r->ledger->engine, name) : -1;
        if (type_at < 0 || broken(r)) {
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
static void get_calendar(restorer *r)
{
    policy_ledger *l = r->ledger;
    state *st = &l->delta;
    size_t count = get_count(r);
    for (size_t i = 0; i < count && !broken(r); i++) {
        calendar_row row = {.day = get_day(r)};
        str term = get_text(r);
        row.teaching = get_bool(r);
        if (broken(r)) {
            return;
        }
        r->nomem =
            !allocator_grow(r->allocator, (void **)&st->days, &st->day_capacity, st->day_count + 1, sizeof row, 0);
        if (!r->nomem) {
            row.term = (str){own_text(r, term), term.size};
            st->days[st->day_count++] = row;
        }
    }
    calendar *fed = NULL;
    if (!broken(r)) {
        r->nomem = !ledger_remake_calendar(l, st, NULL, &fed);
    }
    if (fed != NULL) {
        l->fed_calendar = fed;
        l->run.calendar = fed;
    }
    if (!broken(r)) { /* the state has none yet */
        l->state.days = st->days;
        l->state.day_count = st->day_count;
        l->state.day_capacity = st->day_capacity;
        st->days = NULL;
        st->day_count = st->day_capacity = 0;
    }
}

/* ---- the whole ---- */

static void get_settings(restorer *r)
{
    policy_ledger *l = r->ledger;
    uint64_t flags = get_uint(r);
    l->run.has_period = (flags & 1) != 0;
    l->run.has_as_of = (flags & 2) != 0;
    l->run.from = get_day(r);
    l->run.until = get_day(r);
    l->run.as_of = get_day(r);
    l->evidence_mode = (policy_evidence)get_between(r, 0, INT32_MAX);
    l->evidence_rows = (uint32_t)get_uint(r);
    l->reported = (uint32_t)get_uint(r);
    l->started = get_bool(r);
}

static void get_texts(restorer *r)
{
    size_t count = get_count(r);
    r->texts = list_of(r, count, sizeof *r->texts);
    for (size_t i = 0; i < count && !broken(r); i++) {
        size_t size = get_count(r);
        if (!r->bad) {
            r->texts[i] = (str){(const char *)r->at, size};
            r->at += size;
            r->text_count = i + 1;
        }
    }
}

static void get_sources(restorer *r)
{
    size_t count = get_count(r);
    r->sources = list_of(r, count, sizeof *r->sources);
    for (size_t i = 0; i < count && !broken(r); i++) {
        str name = get_text(r);
        r->bad = r->bad || name.data == NULL;
        if (!r->bad) {
            r->sources[i] = ledger_source(r->ledger, name);
            r->nomem = r->sources[i] == UINT32_MAX;
            r->source_count = i + 1;
        }
    }
}

static void get_body(restorer *r)
{
    get_settings(r);
    get_texts(r);
    get_sources(r);
    get_types(r);
    get_measures(r);
    get_rules(r);
    get_rows(r, &r->ledger->state.kept, false);
    get_rows(r, &r->ledger->state.late, true);
    get_rows(r, &r->ledger->state.keyless, false);
    get_notices(r);
    get_defaults(r);
    get_schools(r);
    get_coverage(r);
    get_calendar(r);
    r->bad = r->bad || r->at != r->end;
}

static policy_status refuse(const policy_engine *e, str file, policy_status status, message_id message,
                            policy_error **err)
{
    return error_set(err, &e->options.allocator,
                     &(error_spec){.status = status, .message = message, .at = {.file = file}});
}

/* The body, when the frame round it holds. */
static policy_status open_frame(const policy_engine *e, str file, const uint8_t *data, size_t size, restorer *r,
                                policy_error **err)
{
    if (size < SAVED_MAGIC_SIZE || memcmp(data, SAVED_MAGIC, SAVED_MAGIC_SIZE) != 0) {
        return refuse(e, file, POLICY_E_DATA, MESSAGE_STORE_FOREIGN, err);
    }
    r->at = data + SAVED_MAGIC_SIZE;
    r->end = data + size;
    uint64_t version = get_fixed(r, 4), hash_check = get_fixed(r, 4), length = get_fixed(r, 8);
    if (!r->bad && version > SAVED_VERSION) {
        return refuse(e, file, POLICY_E_VERSION, MESSAGE_STORE_NEWER, err);
    }
    if (r->bad || version == 0 || size < SAVED_HEAD + DIGEST_SIZE || length != size - SAVED_HEAD - DIGEST_SIZE) {
        return refuse(e, file, POLICY_E_DATA, MESSAGE_STORE_CUT, err);
    }
    digest d;
    uint8_t own[DIGEST_SIZE];
    digest_begin(&d);
    digest_put(&d, data, size - DIGEST_SIZE);
    digest_end(&d, own);
    if (memcmp(own, data + size - DIGEST_SIZE, DIGEST_SIZE) != 0) {
        return refuse(e, file, POLICY_E_DATA, MESSAGE_STORE_ALTERED, err);
    }
    r->end = data + size - DIGEST_SIZE;
    r->hashes_hold = hash_check == saved_hash_check();
    return POLICY_OK;
}

policy_status ledger_restore(policy_engine *engine, str file, const void *data, size_t size, policy_ledger **out,
                             policy_carry **carry, policy_error **err)
{
    *out = NULL;
    if (carry != NULL) {
        *carry = NULL;
    }
    restorer r = {.allocator = &engine->options.allocator};
    policy_status status = open_frame(engine, file, data, size, &r, err);
    if (status == POLICY_OK) {
        status = policy_ledger_new(engine, &r.ledger, err);
    }
    if (status != POLICY_OK) {
        return status;
    }
    arena_init(&r.lists, r.allocator, 0);
    arena_init(&r.scratch, r.allocator, 0);
    r.carry = carry != NULL ? carry_new(r.allocator) : NULL;
    r.nomem = carry != NULL && r.carry == NULL;
    if (!r.nomem) {
        get_body(&r);
    }
    if (!broken(&r)) {
        ledger_recall_kills(r.ledger);
        r.nomem = !ledger_list_work(r.ledger);
    }
    arena_free(&r.lists);
    arena_free(&r.scratch);
    if (broken(&r)) {
        policy_carry_free(r.carry);
        policy_ledger_free(r.ledger);
        return r.nomem ? error_nomem(err) : refuse(engine, file, POLICY_E_DATA, MESSAGE_STORE_ALTERED, err);
    }
    *out = r.ledger;
    if (carry != NULL) {
        *carry = r.carry;
    }
    return POLICY_OK;
}

policy_status policy_ledger_restore(policy_engine *engine, const void *data, size_t size, policy_ledger **out,
                                    policy_carry **carry, policy_error **err)
{
    if (engine == NULL || out == NULL || data == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), engine == NULL ? STR("engine")
                                                                  : out == NULL  ? STR("out")
                                                                                 : STR("data")}});
    }
    return ledger_restore(engine, str_none, data, size, out, carry, err);
}
