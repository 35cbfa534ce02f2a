/*
 * By which fields records may be split so that every group stays whole, and with it every finding.
 *
 * A field will do when every group of its type has it as a plain key, through measures of measures down to the record,
 * and whoever reads such a group by key gives the same field of its own row there: then no part needs another's rows.
 * Anything that is not plainly so (a computed key, a lookup under another name) rules the field out.
 */
#include "engine/engine.h"
#include "engine/walk.h"
#include "expr/env_model.h"
#include "expr/tree.h"

/* The record field that a column of a table shows as it is; -1 when it is something else. */
static int field_of(const plan_table *t, int slot)
{
    while (t->record == NULL) {
        const plan_measure *m = t->measure;
        if (slot < 0 || slot >= (int)m->key_count) {
            return -1;
        }
        const plan_key *key = &m->keys[slot];
        const tree *text = key->program ? expr_tree(key->program) : NULL;
        slot = key->program == NULL                                                ? key->slot
               : text != NULL && text->kind == TREE_NAME && text->variable != NULL ? text->variable->slot
                                                                                   : -1;
        t = m->source;
    }
    return slot >= 0 && slot < (int)t->column_count ? slot : -1;
}

/* Fields among the keys of a group. */
static uint64_t fields_of_keys(const plan_table *source, const plan_key *keys, uint32_t count)
{
    const plan_measure group = {.source = (plan_table *)source, .keys = (plan_key *)keys, .key_count = count};
    const plan_table table = {.measure = (plan_measure *)&group};
    uint64_t fields = 0;
    for (uint32_t i = 0; i < count; i++) {
        int field = field_of(&table, (int)i);
        fields |= field >= 0 ? UINT64_C(1) << field : 0;
    }
    return fields;
}

typedef struct splitting {
    const policy_engine *engine;
    uint32_t type_at;
    const plan_table *table; /* whose rows the text reads */
    uint64_t fields;         /* that are still possible */
} splitting;

/* A measure of the type read by key: only fields that the reader's row has under the same name keep both together. */
static void see_read(splitting *s, const plan_measure *m, const tree *call)
{
    uint64_t kept = 0;
    if (m->source->root != s->type_at) {
        return;
    }
    const schema_type *own = s->engine->tables[s->type_at]->record, *reader = s->engine->tables[s->table->root]->record;
    for (uint32_t i = 0; i < m->key_count && i < call->count; i++) {
        const tree *given = call->children[i];
        int field = field_of(m->out, (int)i), from = -1;
        if (given->kind == TREE_NAME && given->variable != NULL) {
            from = field_of(s->table, given->variable->slot);
        }
        if (field >= 0 && from >= 0 && str_equal(own->fields[field].name, reader->fields[from].name)) {
            kept |= UINT64_C(1) << field;
        }
    }
    s->fields &= kept;
}

static void see_tree(splitting *s, const tree *t)
{
    if (t->kind == TREE_CALL) {
        for (uint32_t i = 0; i < t->candidate_count; i++) {
            const env_overload *own = t->candidates[i].own;
            if (own != NULL && own->call == plan_read_measure) {
                see_read(s, ((const plan_reference *)own->context)->measure, t);
            }
        }
    }
    for (uint32_t i = 0; i < t->count; i++) {
        see_tree(s, t->children[i]);
    }
}

static void see(splitting *s, const expr *x)
{
    const tree *t = x ? expr_tree(x) : NULL;
    if (t != NULL) {
        see_tree(s, t);
    }
}

static void see_keys(splitting *s, const plan_key *keys, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        see(s, keys[i].program);
    }
}

static void see_also(splitting *s, const plan_also *also, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        see(s, also[i].when);
    }
}

static void see_measure(splitting *s, const plan_measure *m)
{
    s->table = m->source;
    see(s, m->each.list);
    see(s, m->when);
    see_also(s, m->also, m->also_count);
    see_keys(s, m->keys, m->key_count);
    see(s, m->arguments[0]);
    see(s, m->arguments[1]);
    if (m->source->root == s->type_at) {
        s->fields &= fields_of_keys(m->source, m->keys, m->key_count);
    }
}

static void see_version(splitting *s, const plan_version *v)
{
    s->table = v->table;
    see(s, v->each.list);
    see(s, v->when);
    see_also(s, v->also, v->also_count);
    see_keys(s, v->keys, v->key_count);
    see(s, v->condition);
    if (v->from->folds && v->table->root == s->type_at) { /* a script's groups */
        s->fields &= fields_of_keys(v->table, v->keys, v->key_count);
    }
    s->table = v->measure != NULL ? v->measure->out : v->table;
    for (uint32_t i = 0; i < v->bound_count; i++) {
        see(s, v->bounds[i].program);
    }
    for (uint32_t i = 0; i < v->placeholder_count; i++) {
        see(s, v->placeholders[i]);
    }
}

static uint64_t partition_fields(const policy_engine *e, uint32_t type_at)
{
    uint32_t count = e->tables[type_at]->record->field_count;
    splitting s = {.engine = e, .type_at = type_at, .fields = count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1};
    for (uint32_t i = 0; i < e->type_count; i++) {
        const plan_table *t = e->tables[i];
        s.table = t;
        for (uint32_t k = 0; k < t->let_count; k++) {
            see(&s, t->lets[k].program);
        }
    }
    for (uint32_t i = 0; i < e->measure_count; i++) {
        const plan_table *out = e->measures[i]->out;
        see_measure(&s, e->measures[i]);
        s.table = out;
        for (uint32_t k = 0; out != NULL && k < out->let_count; k++) {
            see(&s, out->lets[k].program);
        }
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        for (uint32_t k = 0; k < e->rule_list[i]->version_count; k++) {
            see_version(&s, e->rule_list[i]->versions[k]);
        }
    }
    return s.fields;
}

size_t policy_engine_partition_key_count(const policy_engine *engine, const char *type_name)
{
    int at = engine && type_name ? engine_find_type(engine, str_of(type_name)) : -1;
    size_t count = 0;
    for (uint64_t fields = at < 0 ? 0 : partition_fields(engine, (uint32_t)at); fields != 0; fields &= fields - 1) {
        count++;
    }
    return count;
}

const char *policy_engine_partition_key(const policy_engine *engine, const char *type_name, size_t i)
{
    int at = engine && type_name ? engine_find_type(engine, str_of(type_name)) : -1;
    uint64_t fields = at < 0 ? 0 : partition_fields(engine, (uint32_t)at);
    for (uint32_t field = 0; fields != 0; field++, fields >>= 1) {
        if ((fields & 1) && i-- == 0) {
            return engine->tables[at]->record->fields[field].name.data;
        }
    }
    return NULL;
}
