/*
 * What is left of the limits that a record touches, or of one limit by its keys.
 *
 * Which groups a record touches is what its change says (change.h): it is worked out as for a check, and looked at as things
 * are before it. Day and version of the rule are those the group will have with the record.
 */
#include "ledger/headroom.h"

#include <math.h>

#include "ledger/findings.h"

/* ---- ends ---- */

typedef struct ends {
    value low, high; /* VALUE_NULL: open */
} ends;

static ends ends_of(value v)
{
    if (v.kind == VALUE_INTERVAL) {
        return (ends){v.as.interval->low, v.as.interval->high};
    }
    return v.kind > VALUE_INTERVAL ? (ends){value_null(), value_null()} : (ends){v, v};
}

/* a - b of one kind; doubles to 1/1000, as they are compared. VALUE_NULL where it cannot be. */
static value minus(value a, value b)
{
    if (a.kind == VALUE_NULL || b.kind == VALUE_NULL) {
        return value_null();
    }
    if (a.kind == VALUE_DURATION && b.kind == VALUE_DURATION) {
        int64_t rest = (int64_t)(int32_t)a.size - (int32_t)b.size;
        return value_duration(a.as.i - b.as.i, rest == 0 ? 0 : (int32_t)(rest % 1000000000));
    }
    bool whole = (a.kind == VALUE_INT || a.kind == VALUE_UINT) && (b.kind == VALUE_INT || b.kind == VALUE_UINT);
    double x = findings_number(a), y = findings_number(b);
    if (whole && fabs(x) < 9e15 && fabs(y) < 9e15) {
        return value_int((int64_t)x - (int64_t)y);
    }
    if (a.kind != VALUE_INT && a.kind != VALUE_UINT && a.kind != VALUE_DOUBLE) {
        return value_null();
    }
    double rest = round((x - y) * 1000) / 1000;
    return isfinite(rest) ? value_double(rest == 0 ? 0 : rest) : value_null();
}

/* ---- bounds of one side ---- */

static policy_bound side_of(bound_kind kind)
{
    return kind == BOUND_AT_MOST || kind == BOUND_WARN_ABOVE    ? POLICY_BOUND_AT_MOST
           : kind == BOUND_AT_LEAST || kind == BOUND_WARN_BELOW ? POLICY_BOUND_AT_LEAST
                                                                : POLICY_BOUND_EXACTLY;
}

static bool is_warning(bound_kind kind)
{
    return kind == BOUND_WARN_ABOVE || kind == BOUND_WARN_BELOW;
}

typedef struct side {
    bool any, any_hard; /* there are bounds in force */
    bool unsure;        /* one of them is not known */
    value hard, warning;
    const type *type;
    uint64_t missing;
} side;

static void take_strictest(policy_bound bound, value v, value *into)
{
    int order = into->kind == VALUE_NULL ? 0 : value_compare(v, *into);
    if (into->kind == VALUE_NULL || order == (bound == POLICY_BOUND_AT_LEAST ? 1 : -1)) {
        *into = v;
    }
}

/* The bounds of one side that are in force on the frame's day. False out of memory. */
static bool look_at_side(frame *f, const plan_version *v, policy_bound bound, side *out)
{
    *out = (side){.hard = value_null(), .warning = value_null()};
    for (uint32_t i = 0; i < v->bound_count; i++) {
        const plan_bound *b = &v->bounds[i];
        if (side_of(b->kind) != bound || (f->dated && !plan_in_force(&b->in_force, f->day))) {
            continue;
        }
        value limit = frame_evaluate(f, b->program);
        out->any = true;
        out->any_hard = out->any_hard || !is_warning(b->kind);
        if (limit.kind >= VALUE_INTERVAL) {
            if (limit.kind == VALUE_ERROR && limit.as.error->status == POLICY_E_NOMEM) {
                return false;
            }
            out->unsure = out->unsure || !is_warning(b->kind);
            out->missing |= limit.kind == VALUE_INTERVAL ? limit.as.interval->missing
                            : limit.kind == VALUE_ERROR  ? 0
                                                         : limit.as.missing;
            continue;
        }
        take_strictest(bound, limit, is_warning(b->kind) ? &out->warning : &out->hard);
        out->type = expr_type(b->program);
    }
    return true;
}

/* ---- lines ---- */

static headroom_line *new_line(policy_headroom *out, const plan_version *v, const plan_key *keys, uint32_t key_count,
                               const value *key_values)
{
    datum_room room = {&out->memory, &out->text};
    if (!allocator_grow(&out->allocator, (void **)&out->lines, &out->capacity, out->count + 1, sizeof *out->lines,
                        SIZE_MAX / 64)) {
        return NULL;
    }
    headroom_line *line = &out->lines[out->count];
    *line = (headroom_line){.version = v,
                            .keys = keys,
                            .key_count = key_count,
                            .measured = value_null(),
                            .limit = value_null(),
                            .warning = value_null(),
                            .left = value_null(),
                            .measured_datum = {.text = ""},
                            .limit_datum = {.text = ""},
                            .warning_datum = {.text = ""},
                            .left_datum = {.text = ""}};
    value *kept = arena_array(&out->memory, (size_t)key_count + 1, sizeof(value));
    line->key_data = arena_array(&out->memory, (size_t)key_count + 1, sizeof *line->key_data);
    if (kept == NULL || line->key_data == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < key_count; i++) {
        kept[i] = key_values[i].kind >= VALUE_INTERVAL ? value_null() : value_copy(&out->memory, key_values[i]);
        if (kept[i].kind == VALUE_ERROR || !datum_make(&room, kept[i], keys[i].type, &line->key_data[i])) {
            return NULL;
        }
    }
    line->key_values = kept;
    return line;
}

static value kept_value(policy_headroom *out, value v)
{
    return v.kind == VALUE_INTERVAL || v.kind < VALUE_INTERVAL ? value_copy(&out->memory, v) : value_null();
}

/* `have`: the group's value now, NONE where there is none, an interval or not known. */
static bool add_side(policy_ledger *l, frame *f, const plan_version *v, policy_bound bound, value have,
                     policy_headroom *out)
{
    const plan_measure *m = v->measure;
    side s;
    l->note_count = 0;
    if (!look_at_side(f, v, bound, &s)) {
        return false;
    }
    if (!s.any) {
        return true;
    }
    headroom_line *line = new_line(out, v, m->keys, m->key_count, f->slots);
    if (line == NULL) {
        return false;
    }
    datum_room room = {&out->memory, &out->text};
    line->bound = bound;
    line->limit_type = s.type;
    line->limit = s.unsure ? value_null() : s.any_hard ? s.hard : s.warning;
    line->warning = s.any_hard ? s.warning : value_null();
    line->measured =
        have.kind == VALUE_NONE || have.kind == VALUE_UNKNOWN || have.kind == VALUE_ERROR ? value_null() : have;
    ends now = ends_of(line->measured);
    bool down = bound == POLICY_BOUND_AT_LEAST;
    value low = down ? minus(now.low, line->limit) : minus(line->limit, now.high);
    value high = down ? minus(now.high, line->limit) : minus(line->limit, now.low);
    if (line->measured.kind != VALUE_NULL && line->limit.kind != VALUE_NULL &&
        (low.kind != VALUE_NULL || high.kind != VALUE_NULL)) {
        line->left = line->measured.kind == VALUE_INTERVAL ? aggregate_interval(f->ev, low, high, 0) : low;
    }
    line->measured = kept_value(out, line->measured);
    line->limit = kept_value(out, line->limit);
    line->warning = kept_value(out, line->warning);
    line->left = kept_value(out, line->left);
    const type *type_of_left = v->measure->value_type->kind == TYPE_TIME ? NULL : v->measure->value_type;
    if (line->measured.kind == VALUE_ERROR || line->limit.kind == VALUE_ERROR || line->warning.kind == VALUE_ERROR ||
        line->left.kind == VALUE_ERROR || !datum_make(&room, line->measured, m->value_type, &line->measured_datum) ||
        !datum_make(&room, line->limit, s.type, &line->limit_datum) ||
        !datum_make(&room, line->warning, s.type, &line->warning_datum) ||
        !datum_make(&room, line->left, type_of_left, &line->left_datum)) {
        return false;
    }
    uint64_t missing = s.missing | (have.kind == VALUE_INTERVAL  ? have.as.interval->missing
                                    : have.kind == VALUE_UNKNOWN ? have.as.missing
                                                                 : 0);
    datum_doubt unsure = {m->out->env, missing, l->notes, l->note_count};
    if (missing != 0 && !datum_name_missing(&out->memory, l, &unsure, &line->missing, &line->missing_count)) {
        return false;
    }
    out->count++;
    return true;
}

/* The group as the view has it; the frame holds its keys, day and version. */
static bool add_group(policy_ledger *l, frame *f, const plan_version *v, const value *keys, uint64_t hash,
                      policy_headroom *out)
{
    const plan_measure *m = v->measure;
    bool nomem = false;
    const group *g = ledger_group(l, m, keys, hash, &nomem);
    if (nomem) {
        return false;
    }
    value have = g ? ledger_group_value(l, m, g, f->ev).v : ledger_empty_value(m);
    if (have.kind == VALUE_ERROR && have.as.error->status == POLICY_E_NOMEM) {
        return false;
    }
    f->slots[m->key_count] = have;
    for (policy_bound bound = POLICY_BOUND_AT_MOST; bound <= POLICY_BOUND_EXACTLY; bound++) {
        if (!add_side(l, f, v, bound, have, out)) {
            return false;
        }
    }
    return true;
}

/* ---- of a record ---- */

/* A group that the record will be in. */
static bool add_touched(change *c, const plan_version *v, const group *with, policy_headroom *out)
{
    policy_ledger *l = c->ledger;
    frame *f = frame_take(l, v->measure->out);
    if (f == NULL) {
        return false;
    }
    change_look(c, true);
    frame_set_group(f, v->measure, with);
    force where = judge_group_force(v, f, with);
    change_look(c, false);
    bool fine = where == FORCE_ELSEWHERE || where == FORCE_NOWHERE || add_group(l, f, v, with->keys, with->hash, out);
    frame_give(l, f);
    return fine;
}

/* The record would be in a group, but which one is not known. */
static bool add_keyless(policy_ledger *l, const plan_version *v, const kept_row *r, policy_headroom *out)
{
    force where = version_force(v, r->dated, r->day);
    if (where == FORCE_ELSEWHERE || where == FORCE_NOWHERE ||
        (r->measure != v->measure && !judge_keyless_applies(l, v, r))) {
        return true;
    }
    headroom_line *line = new_line(out, v, r->measure->keys, r->measure->key_count, r->keys);
    datum_doubt unsure = {r->measure->env, r->missing, NULL, 0};
    if (line == NULL || !datum_name_missing(&out->memory, l, &unsure, &line->missing, &line->missing_count)) {
        return false;
    }
    line->bound = v->bound_count > 0 ? side_of(v->bounds[0].kind) : POLICY_BOUND_AT_MOST;
    out->count++;
    return true;
}

static bool add_keyless_rows(change *c, const plan_version *v, policy_headroom *out)
{
    const plan_measure *m = v->measure;
    for (; m != NULL; m = m->source->measure) {
        const kept_rows *rows = m->account != PLAN_NONE ? &c->delta->keyless : &c->measures[m->number].added;
        for (size_t i = 0; i < rows->count; i++) {
            if (rows->items[i]->measure == m && !add_keyless(c->ledger, v, rows->items[i], out)) {
                return false;
            }
        }
    }
    return true;
}

static int order(const headroom_line *a, const headroom_line *b)
{
    if (a->version->rule->number != b->version->rule->number) {
        return a->version->rule->number < b->version->rule->number ? -1 : 1;
    }
    uint32_t shared = a->key_count < b->key_count ? a->key_count : b->key_count;
    int keys = group_order_keys(a->key_values, b->key_values, shared);
    return keys != 0 ? keys : a->bound < b->bound ? -1 : a->bound > b->bound;
}

/* Few lines, and mostly in order. */
static void sort_lines(policy_headroom *out)
{
    for (size_t i = 1; i < out->count; i++) {
        headroom_line line = out->lines[i];
        size_t at = i;
        for (; at > 0 && order(&out->lines[at - 1], &line) > 0; at--) {
            out->lines[at] = out->lines[at - 1];
        }
        out->lines[at] = line;
    }
}

bool headroom_find(change *c, policy_headroom *out)
{
    const type_reach *t = &c->ledger->reach->types[c->type_at];
    for (uint32_t i = 0; i < t->version_count; i++) {
        const plan_version *v = t->versions[i];
        if (v->measure == NULL) {
            continue;
        }
        const measure_change *mc = &c->measures[v->measure->number];
        for (size_t k = 0; mc->touched && k < mc->after.capacity; k++) {
            const group *g = mc->after.slots[k];
            if (g != NULL && !group_is_empty(g) && !add_touched(c, v, g, out)) {
                return false;
            }
        }
        if (!add_keyless_rows(c, v, out)) {
            return false;
        }
    }
    sort_lines(out);
    return true;
}

/* ---- by rule and keys ---- */

static policy_status refuse(const policy_ledger *l, policy_status status, message_id message, str a, str b, str nearest,
                            policy_error **err)
{
    return error_set(err, l ? l->allocator : &allocator_system,
                     &(error_spec){.status = status, .message = message, .arguments = {a, b}, .nearest = nearest});
}

static policy_status no_rule(const policy_ledger *l, str id, policy_error **err)
{
    const policy_engine *e = l->engine;
    str *ids = allocator_zero(l->allocator, (size_t)e->rule_count + 1, sizeof *ids);
    if (ids == NULL) {
        return error_nomem(err);
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        ids[i] = e->rule_list[i]->id;
    }
    policy_status status =
        refuse(l, POLICY_E_NOT_FOUND, MESSAGE_HEADROOM_NO_RULE, id, str_none, str_nearest(id, ids, e->rule_count), err);
    allocator_free(l->allocator, ids);
    return status;
}

/* How a key is read: as the field of the rows it groups, else as any field of its name, else by its type alone. */
static schema_field key_field(const policy_engine *e, const plan_rule *rule, const plan_key *key)
{
    const schema_type *root = &e->schema->types[rule->root];
    for (uint32_t i = 0; i <= e->type_count; i++) {
        const schema_type *t = i == 0 ? root : &e->schema->types[i - 1];
        int at = schema_find_field(t, key->name);
        if (at >= 0 && t->fields[at].type->kind == key->type->kind) {
            schema_field field = t->fields[at];
            field.high_field = field.also_from = -1;
            return field;
        }
    }
    schema_field field = {.name = key->name, .type = key->type, .high_field = -1, .also_from = -1};
    field.reader = key->type->kind == TYPE_INT                                        ? READER_INTEGER
                   : key->type->kind == TYPE_DOUBLE                                   ? READER_NUMBER
                   : key->type->kind == TYPE_DATE                                     ? READER_DATE
                   : key->type->kind == TYPE_TIME || key->type->kind == TYPE_DURATION ? READER_TIME
                   : key->type->kind == TYPE_TIMESTAMP                                ? READER_DATE_TIME
                   : key->type->kind == TYPE_BOOL                                     ? READER_BOOL
                                                                                      : READER_TEXT;
    return field;
}

static void key_cell(const schema_field *field, const policy_value *given, cell *out)
{
    *out = (cell){.kind = CELL_VALUE};
    switch (given->kind) {
    case POLICY_VALUE_TEXT:
        *out = (cell){.kind = CELL_TEXT, .text = given->size ? (str){given->text, given->size} : STR("")};
        break;
    case POLICY_VALUE_INT:
        out->v = value_int(given->integer);
        break;
    case POLICY_VALUE_DOUBLE:
        out->v = value_double(given->number);
        break;
    case POLICY_VALUE_BOOL:
        out->v = value_bool(given->integer != 0);
        break;
    case POLICY_VALUE_DATE:
        out->v = value_date((int32_t)given->integer);
        break;
    case POLICY_VALUE_TIME:
        out->v = value_duration(given->integer, 0);
        break;
    case POLICY_VALUE_CODE:
        if (field->domain != NULL && given->integer >= 0 && given->integer < (int64_t)field->value_count) {
            out->v = value_string(field->values[given->integer].code);
            out->v.interned = 1;
            break;
        }
        out->kind = CELL_EMPTY;
        break;
    default:
        out->kind = CELL_EMPTY;
        break;
    }
}

/* The keys as a record of their own that is read like any other. `values` in the frame's scratch. */
static policy_status read_keys(policy_ledger *l, frame *f, const plan_version *v, const policy_value *given,
                               value **values, policy_error **err)
{
    const plan_measure *m = v->measure;
    arena *scratch = evaluation_scratch(f->ev);
    uint32_t n = m->key_count;
    schema_field *fields = arena_array(scratch, (size_t)n + 1, sizeof *fields);
    cell *cells = arena_array(scratch, (size_t)n + 1, sizeof *cells);
    record_problem *problems = arena_array(scratch, (size_t)n + 1, sizeof *problems);
    *values = arena_array(scratch, (size_t)n + 1, sizeof(value));
    if (fields == NULL || cells == NULL || problems == NULL || *values == NULL) {
        return error_nomem(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        fields[i] = key_field(l->engine, v->rule, &m->keys[i]);
        key_cell(&fields[i], &given[i], &cells[i]);
    }
    schema_type keys = {.name = v->rule->id, .fields = fields, .field_count = n, .dated_by = -1};
    record row = {.type = &keys, .cells = cells, .source = str_none, .id = str_none};
    record_systems schools = systems_lookup(&l->state.schools, v->rule->root);
    bool asked = l->state.schools.asked;
    int count = record_resolve(l->engine->schema, &row, &schools, scratch, *values, problems);
    l->state.schools.asked = asked;
    if (count < 0) {
        return error_nomem(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        value k = (*values)[i];
        const type *wanted = m->keys[i].type;
        bool fits = k.kind < VALUE_INTERVAL;
        for (size_t c = 0; fits && k.kind == VALUE_STRING && wanted->kind == TYPE_STRING && wanted->domain != NULL &&
                           c <= wanted->domain->count;
             c++) {
            fits = c < wanted->domain->count;
            if (fits && str_equal(wanted->domain->codes[c], value_text(k))) {
                break;
            }
        }
        if (!fits) {
            return refuse(l, POLICY_E_ARGUMENT, MESSAGE_HEADROOM_KEY, m->keys[i].name, v->rule->id, str_none, err);
        }
    }
    return POLICY_OK;
}

/* The frame at the group of these keys, and its day. */
static void place_frame(policy_ledger *l, frame *f, const plan_version *v, const group *g, const value *keys)
{
    static const group nothing;
    const plan_measure *m = v->measure;
    if (g != NULL) {
        frame_set_group(f, m, g);
    } else {
        bool dated = false;
        int32_t day = 0;
        frame_reset(f);
        f->rows = &nothing.rows;
        for (uint32_t i = 0; i < m->key_count; i++) {
            if (keys[i].kind == VALUE_DATE && (!dated || keys[i].as.i > day)) {
                dated = true;
                day = (int32_t)keys[i].as.i;
            }
        }
        f->dated = dated;
        f->day = day;
    }
    for (uint32_t i = 0; i < m->key_count; i++) {
        f->slots[i] = keys[i];
    }
    if (!f->dated) {
        judge_place_in_time(l, f);
    }
}

static bool add_of_keys(policy_ledger *l, frame *f, const plan_version *v, const value *keys, policy_headroom *out)
{
    bool nomem = false;
    uint64_t hash = group_hash(keys, v->measure->key_count);
    const group *g = ledger_group(l, v->measure, keys, hash, &nomem);
    if (nomem) {
        return false;
    }
    place_frame(l, f, v, g, keys);
    force where = g ? judge_group_force(v, f, g) : version_force(v, f->dated, f->day);
    return where == FORCE_ELSEWHERE || where == FORCE_NOWHERE || add_group(l, f, v, keys, hash, out);
}

policy_status policy_ledger_headroom_of(policy_ledger *ledger, const char *rule, const policy_value *keys, size_t n,
                                        policy_headroom *out, policy_error **err)
{
    if (ledger == NULL || rule == NULL || out == NULL || (keys == NULL && n > 0)) {
        return refuse(ledger, POLICY_E_ARGUMENT, MESSAGE_ARGUMENT, STR("NULL"),
                      ledger == NULL ? STR("ledger")
                      : rule == NULL ? STR("rule")
                      : out == NULL  ? STR("out")
                                     : STR("keys"),
                      str_none, err);
    }
    if (out->engine != ledger->engine) {
        return refuse(ledger, POLICY_E_ARGUMENT, MESSAGE_LEDGER_FOREIGN, STR("headroom"), str_none, str_none, err);
    }
    policy_headroom_clear(out);
    const plan_rule *r = engine_find_rule(ledger->engine, str_of(rule));
    if (r == NULL) {
        return no_rule(ledger, str_of(rule), err);
    }
    policy_status status = POLICY_OK;
    bool any = false, counted = false;
    for (uint32_t i = 0; i < r->version_count && status == POLICY_OK; i++) {
        const plan_version *v = r->versions[i];
        any = any || v->measure != NULL;
        if (v->measure == NULL || v->measure->key_count != n) {
            continue;
        }
        counted = true;
        frame *reading = frame_take(ledger, v->measure->out);
        frame *f = reading ? frame_take(ledger, v->measure->out) : NULL;
        value *values = NULL;
        status = f == NULL ? error_nomem(err) : read_keys(ledger, reading, v, keys, &values, err);
        if (status == POLICY_OK && !add_of_keys(ledger, f, v, values, out)) {
            status = error_nomem(err);
        }
        ledger->depth = 0;
    }
    if (!any || !counted) {
        status = refuse(ledger, POLICY_E_ARGUMENT, any ? MESSAGE_HEADROOM_KEYS : MESSAGE_HEADROOM_NO_LIMIT,
                        str_of(rule), str_none, str_none, err);
    }
    if (status != POLICY_OK) {
        policy_headroom_clear(out);
    }
    return status;
}

/* ---- the list ---- */

policy_status policy_headroom_new(policy_engine *engine, policy_headroom **out, policy_error **err)
{
    if (engine == NULL || out == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), engine ? STR("out") : STR("engine")}});
    }
    *out = NULL;
    policy_headroom *h = allocator_zero(&engine->options.allocator, 1, sizeof *h);
    if (h == NULL) {
        return error_nomem(err);
    }
    h->allocator = engine->options.allocator;
    h->engine = policy_engine_ref(engine);
    arena_init(&h->memory, &h->allocator, 0);
    buffer_init(&h->text, &h->allocator, 0);
    *out = h;
    return POLICY_OK;
}

void policy_headroom_clear(policy_headroom *headroom)
{
    if (headroom != NULL) {
        headroom->count = 0;
        arena_reset(&headroom->memory);
    }
}

void policy_headroom_free(policy_headroom *headroom)
{
    if (headroom == NULL) {
        return;
    }
    policy_engine *engine = headroom->engine;
    policy_allocator a = headroom->allocator;
    arena_free(&headroom->memory);
    buffer_free(&headroom->text);
    allocator_free(&a, headroom->lines);
    allocator_free(&a, headroom);
    policy_engine_unref(engine);
}

static const headroom_line *line_at(const policy_headroom *h, size_t i)
{
    return h && i < h->count ? &h->lines[i] : NULL;
}

static const policy_datum no_datum = {.text = ""};

size_t policy_headroom_count(const policy_headroom *headroom)
{
    return headroom ? headroom->count : 0;
}

const char *policy_headroom_rule(const policy_headroom *headroom, size_t i)
{
    const headroom_line *line = line_at(headroom, i);
    return line ? line->version->rule->id.data : NULL;
}

size_t policy_headroom_key_count(const policy_headroom *headroom, size_t i)
{
    const headroom_line *line = line_at(headroom, i);
    return line ? line->key_count : 0;
}

const char *policy_headroom_key_name(const policy_headroom *headroom, size_t i, size_t k)
{
    const headroom_line *line = line_at(headroom, i);
    return line && k < line->key_count ? line->keys[k].name.data : NULL;
}

policy_datum policy_headroom_key(const policy_headroom *headroom, size_t i, size_t k)
{
    const headroom_line *line = line_at(headroom, i);
    return line && k < line->key_count ? line->key_data[k] : no_datum;
}

policy_bound policy_headroom_bound(const policy_headroom *headroom, size_t i)
{
    const headroom_line *line = line_at(headroom, i);
    return line ? line->bound : -1;
}

policy_datum policy_headroom_value(const policy_headroom *headroom, size_t i)
{
    const headroom_line *line = line_at(headroom, i);
    return line ? line->measured_datum : no_datum;
}

policy_datum policy_headroom_limit(const policy_headroom *headroom, size_t i)
{
    const headroom_line *line = line_at(headroom, i);
    return line ? line->limit_datum : no_datum;
}

policy_datum policy_headroom_warning(const policy_headroom *headroom, size_t i)
{
    const headroom_line *line = line_at(headroom, i);
    return line ? line->warning_datum : no_datum;
}

policy_datum policy_headroom_left(const policy_headroom *headroom, size_t i)
{
    const headroom_line *line = line_at(headroom, i);
    return line ? line->left_datum : no_datum;
}

size_t policy_headroom_missing_count(const policy_headroom *headroom, size_t i)
{
    const headroom_line *line = line_at(headroom, i);
    return line ? line->missing_count : 0;
}

const char *policy_headroom_missing(const policy_headroom *headroom, size_t i, size_t k)
{
    const headroom_line *line = line_at(headroom, i);
    return line && k < line->missing_count ? line->missing[k] : NULL;
}
