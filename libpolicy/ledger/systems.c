/*
 * School systems from rows and parameters. See systems.h.
 */
#include "ledger/systems.h"

void systems_init(systems *s, const policy_engine *engine, const systems *parent)
{
    const policy_allocator *a = &engine->options.allocator;
    *s = (systems){.engine = engine, .parent = parent};
    arena_init(&s->names, a, 0);
    map_init(&s->index, a);
}

void systems_free(systems *s)
{
    if (s->engine == NULL) {
        return;
    }
    allocator_free(&s->engine->options.allocator, s->items);
    map_free(&s->index);
    arena_free(&s->names);
    *s = (systems){.engine = NULL};
}

bool systems_is_table(const policy_engine *engine, uint32_t type_at)
{
    return engine->schema->systems.table >= 0 && (uint32_t)engine->schema->systems.table == type_at;
}

bool systems_asked(const systems *s)
{
    return s->asked || (s->parent != NULL && systems_asked(s->parent));
}

/* ---- what one row, and several, say ---- */

static int32_t years_at(const value *row, int field, int32_t least, int32_t most)
{
    if (field < 0 || row[field].kind != VALUE_INT || row[field].as.i < least || row[field].as.i > most) {
        return 0;
    }
    return (int32_t)row[field].as.i;
}

static uint8_t stage_at(const value *row, int field)
{
    if (field < 0 || row[field].kind != VALUE_STRING) {
        return 0;
    }
    str kind = value_text(row[field]);
    return str_equal(kind, STR("primary")) ? 1 : str_equal(kind, STR("junior")) ? 2 : 0;
}

static void add_counts(int32_t *into, const int32_t *more, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        into[i] += more[i];
    }
}

static void combine(school_system *into, const school_system *more)
{
    add_counts(into->primary_years, more->primary_years, SCHOOL_YEARS);
    add_counts(into->junior_years, more->junior_years, SCHOOL_YEARS);
    add_counts(into->stage, more->stage, 3);
}

/* Several statements about one school: what one leaves out another may say; two that differ say nothing. */
static int32_t only_said(const int32_t *counts, size_t count, bool *conflict)
{
    int32_t said = 0;
    for (size_t i = 1; i < count; i++) {
        if (counts[i] > 0) {
            *conflict = *conflict || said != 0;
            said = (int32_t)i;
        }
    }
    return said;
}

static bool is_empty(const systems *s)
{
    for (; s != NULL; s = s->parent) {
        if (s->index.count > 0) {
            return false;
        }
    }
    return true;
}

static void gather(const systems *s, str school, school_system *out)
{
    if (s->parent != NULL) {
        gather(s->parent, school, out);
    }
    uint32_t at = map_get(&s->index, school);
    if (at != MAP_NONE) {
        combine(out, &s->items[at]);
    }
}

static int32_t param_years(const policy_engine *e, str name)
{
    const plan_param *p = name.size ? engine_find_param(e, name) : NULL;
    value v = p ? engine_param_value(p, false, 0) : value_unknown(0);
    return v.kind == VALUE_INT && v.as.i > 0 && v.as.i <= 12 ? (int32_t)v.as.i : 0;
}

static bool answer(const systems *s, str school, int32_t *primary_years, int32_t *junior_years, uint8_t *stage)
{
    const schema_systems *names = &s->engine->schema->systems;
    school_system own = {0};
    if (school.data != NULL && !is_empty(s)) {
        gather(s, school, &own);
    }
    bool conflicts = false, stages = false;
    *primary_years = only_said(own.primary_years, SCHOOL_YEARS, &conflicts);
    *junior_years = only_said(own.junior_years, SCHOOL_YEARS, &conflicts);
    *stage = (uint8_t)only_said(own.stage, 3, &stages);
    if (stages) {
        *stage = 0;
    }
    if (conflicts) {
        *primary_years = *junior_years = 0;
        return true;
    }
    if (*primary_years == 0 && *junior_years == 0) {
        *primary_years = param_years(s->engine, names->primary_param);
        *junior_years = param_years(s->engine, names->junior_param);
    }
    if (*primary_years == 0 && *junior_years != 0) {
        *primary_years = SCHOOL_YEARS - *junior_years;
    } else if (*junior_years == 0 && *primary_years != 0) {
        *junior_years = SCHOOL_YEARS - *primary_years;
    }
    return *primary_years != 0;
}

static bool find(void *context, str school, int32_t *primary_years, int32_t *junior_years, uint8_t *stage)
{
    systems *s = context;
    s->asked = true;
    return answer(s, school, primary_years, junior_years, stage);
}

static bool find_quietly(void *context, str school, int32_t *primary_years, int32_t *junior_years, uint8_t *stage)
{
    return answer(context, school, primary_years, junior_years, stage);
}

record_systems systems_lookup(systems *s, uint32_t type_at)
{
    return (record_systems){.find = systems_is_table(s->engine, type_at) ? find_quietly : find, .context = s};
}

/* ---- rows ---- */

/* The entry of a school, made when there is none; NULL out of memory. */
static school_system *school_entry(systems *s, str school)
{
    uint32_t at = map_get(&s->index, school);
    if (at != MAP_NONE) {
        return &s->items[at];
    }
    const policy_allocator *a = &s->engine->options.allocator;
    size_t count = s->index.count;
    str name = str_none;
    if (count >= MAP_NONE - 1 ||
        !allocator_grow(a, (void **)&s->items, &s->capacity, count + 1, sizeof *s->items, MAP_NONE) ||
        (name = arena_text(&s->names, school)).data == NULL || !map_put(&s->index, name, (uint32_t)count)) {
        return NULL;
    }
    s->items[count] = (school_system){0};
    return &s->items[count];
}

bool systems_change(systems *s, const value *row, int sign)
{
    const schema_systems *names = &s->engine->schema->systems;
    if (names->key < 0 || row[names->key].kind != VALUE_STRING) {
        return true; /* a row without a school says nothing of any */
    }
    school_system *e = school_entry(s, value_text(row[names->key]));
    if (e == NULL) {
        return false;
    }
    e->primary_years[years_at(row, names->primary_years, 1, SCHOOL_YEARS - 1)] += sign;
    e->junior_years[years_at(row, names->junior_years, 1, SCHOOL_YEARS - 1)] += sign;
    e->stage[stage_at(row, names->kind)] += sign;
    return true;
}

bool systems_put(systems *s, str school, const school_system *said)
{
    school_system *e = school_entry(s, school);
    if (e != NULL) {
        combine(e, said);
    }
    return e != NULL;
}

bool systems_add(systems *s, const value *row)
{
    return systems_change(s, row, 1);
}

/* An entry that says nothing is like none, so what is reserved may stay when nothing is committed. */
bool systems_reserve(systems *parent, const systems *delta)
{
    for (size_t i = 0; i < delta->index.count; i++) {
        if (school_entry(parent, delta->index.keys[i]) == NULL) {
            return false;
        }
    }
    return true;
}

void systems_commit(systems *parent, systems *delta)
{
    for (size_t i = 0; i < delta->index.count; i++) {
        combine(&parent->items[map_get(&parent->index, delta->index.keys[i])], &delta->items[i]);
    }
    parent->asked = parent->asked || delta->asked;
    map_clear(&delta->index);
    arena_reset(&delta->names);
    delta->asked = false;
}
