/*
 * Packs together: one schema, and no name that means two things.
 *
 * An overlay may not redefine a let, measure, parameter, rule or band scheme of its base, nor may two packs that are
 * loaded side by side: both places are quoted. Names of tables are checked here too, since only now are they all known.
 */
#include "base/map.h"
#include "pack/find.h"
#include "pack/parts.h"
#include "pack/stages.h"
#include "pack/yaml.h"

/* ---- the schema ---- */

static const pack *schema_owner(const ruleset *r)
{
    for (uint32_t i = 0; i < r->pack_count; i++)
        if (r->packs[i]->schema_name.data)
            return r->packs[i];
    return NULL;
}

void resolve_schema(loader *l, const load_request *request, ruleset *r)
{
    const pack *owner = schema_owner(r);
    if (!owner) {
        if (r->pack_count > 0 && l->status == POLICY_OK && r->packs[0]->is_script)
            loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                         .message = MESSAGE_SCRIPT_WITHOUT_PACK,
                                         .at = {.file = r->packs[0]->file}});
        else if (r->pack_count > 0 && l->status == POLICY_OK)
            loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                         .message = MESSAGE_PACK_MISSING_KEY,
                                         .arguments = {message_argument(MESSAGE_THING_PACK), STR("schema")},
                                         .at = r->packs[0]->at});
        return;
    }
    for (uint32_t i = 0; i < r->pack_count; i++) {
        const pack *p = r->packs[i];
        if (p->schema_name.data && !str_equal(p->schema_name, owner->schema_name))
            loader_fail(l, &(error_spec){.status = POLICY_E_TIGHTEN,
                                         .message = MESSAGE_PACK_TWO_SCHEMAS,
                                         .arguments = {p->schema_name, owner->schema_name},
                                         .at = p->at,
                                         .other = owner->at});
    }
    found files;
    if (!find_schema(l, request, owner->schema_name, owner, owner->at, &files))
        return;
    const node *root = yaml_read(l, files.files[0].path, files.files[0].text);
    if (root)
        r->schema = load_schema(l, root, owner->schema_name);
}

/* ---- clashes ---- */

typedef struct named { /* who took a name first */
    const pack *owner;
    place at;
} named;

typedef struct names {
    loader *l;
    const ruleset *r;
    map numbers; /* "kind:name" into `taken` */
    named *taken;
    size_t count, capacity;
    buffer key;
} names;

static str compose(names *n, const char *kind, str a, str b)
{
    buffer_clear(&n->key);
    buffer_put_c(&n->key, kind);
    buffer_put(&n->key, a);
    if (b.data) {
        buffer_put_char(&n->key, '.');
        buffer_put(&n->key, b);
    }
    if (n->key.failed)
        loader_nomem(n->l); /* half a key may be another's: what is looked up with it counts no more */
    return buffer_text(&n->key);
}

static const named *taken(const names *n, str key)
{
    uint32_t number = map_get(&n->numbers, key);
    return number == MAP_NONE ? NULL : &n->taken[number];
}

static bool take(names *n, str key, const pack *owner, place at)
{
    void *items = n->taken;
    if (n->key.failed || !allocator_grow(n->l->allocator, &items, &n->capacity, n->count + 1, sizeof *n->taken, 0))
        return loader_nomem(n->l);
    n->taken = items;
    n->taken[n->count] = (named){owner, at};
    str copy = loader_text(n->l, key);
    if (!copy.data || !map_put(&n->numbers, copy, (uint32_t)n->count))
        return loader_nomem(n->l);
    n->count++;
    return true;
}

/* One name for one thing. `thing` is what it is in messages. */
static void claim(names *n, const char *kind, str a, str b, const pack *owner, place at, message_id thing)
{
    str key = compose(n, kind, a, b);
    const named *first = taken(n, key);
    if (!first) {
        take(n, key, owner, at);
        return;
    }
    bool overlay = pack_extends(owner, first->owner);
    loader_fail(n->l, &(error_spec){.status = overlay ? POLICY_E_TIGHTEN : POLICY_E_DUPLICATE,
                                    .message = overlay ? MESSAGE_PACK_SHADOWS : MESSAGE_PACK_NAME_TAKEN,
                                    .arguments = {message_argument(thing), b.data ? b : a, first->owner->name},
                                    .at = at,
                                    .rule = b.data ? b : a,
                                    .other = first->at});
}

static void claim_pack(names *n, const pack *p)
{
    for (uint32_t i = 0; i < p->param_count; i++)
        claim(n, "param:", p->params[i].name, str_none, p, p->params[i].at, MESSAGE_THING_PARAM);
    for (uint32_t i = 0; i < p->measure_count; i++)
        if (p->measures[i].id.data)
            claim(n, "measure:", p->measures[i].id, str_none, p, p->measures[i].at, MESSAGE_THING_MEASURE);
    for (uint32_t i = 0; i < p->let_count; i++)
        for (uint32_t j = 0; j < p->lets[i].table_count; j++)
            claim(n, "let:", p->lets[i].tables[j], p->lets[i].name, p, p->lets[i].at, MESSAGE_THING_LET);
    for (uint32_t i = 0; i < p->scheme_count; i++)
        if (p->schemes[i].id.data)
            claim(n, "bands:", p->schemes[i].id, str_none, p, p->schemes[i].at, MESSAGE_THING_SCHEME);
    for (uint32_t i = 0; i < p->clause_count; i++)
        if (p->clauses[i].id.data)
            claim(n, "clause:", p->name, p->clauses[i].id, p, p->clauses[i].at, MESSAGE_THING_CLAUSE);
    for (uint32_t i = 0; i < p->rule_count; i++) {
        /* Versions of a rule stand in one pack; in_force.c looks at their dates. */
        if (!p->rules[i].id.data)
            continue;
        const named *first = taken(n, compose(n, "rule:", p->rules[i].id, str_none));
        if (!first || first->owner != p)
            claim(n, "rule:", p->rules[i].id, str_none, p, p->rules[i].at, MESSAGE_THING_RULE);
    }
    if (p->calendar.present)
        claim(n, "calendar:", STR("calendar"), str_none, p, p->calendar.at, MESSAGE_THING_CALENDAR);
}

/* ---- tables and fields ---- */

static const pack_measure *find_measure(const ruleset *r, str id)
{
    for (uint32_t i = 0; i < r->pack_count; i++)
        for (uint32_t j = 0; j < r->packs[i]->measure_count; j++)
            if (str_equal(r->packs[i]->measures[j].id, id))
                return &r->packs[i]->measures[j];
    return NULL;
}

static void refuse_table(loader *l, const ruleset *r, str name, str rule, place at, bool measures)
{
    uint32_t count = r->schema->type_count;
    for (uint32_t i = 0; i < r->pack_count; i++)
        count += r->packs[i]->measure_count;
    str *known = loader_array(l, count, sizeof *known);
    if (!known)
        return;
    count = 0;
    for (uint32_t i = 0; i < r->schema->type_count; i++)
        known[count++] = r->schema->types[i].name;
    for (uint32_t i = 0; measures && i < r->pack_count; i++)
        for (uint32_t j = 0; j < r->packs[i]->measure_count; j++)
            if (r->packs[i]->measures[j].id.data)
                known[count++] = r->packs[i]->measures[j].id;
    loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                 .message = measures ? MESSAGE_PACK_NO_TABLE : MESSAGE_PACK_NO_TYPE,
                                 .arguments = {name},
                                 .at = at,
                                 .rule = rule,
                                 .nearest = str_nearest(name, known, count)});
}

static void check_table(loader *l, const ruleset *r, str table, str rule, place at)
{
    if (table.data && !schema_find_type(r->schema, table) && !find_measure(r, table))
        refuse_table(l, r, table, rule, at, true);
}

static void refuse_field_name(loader *l, str name, str table, place at, place field, message_id message)
{
    loader_fail(l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                 .message = message,
                                 .arguments = {name, table},
                                 .at = at,
                                 .rule = name,
                                 .other = field});
}

static void check_let(loader *l, const ruleset *r, const pack_let *let)
{
    for (uint32_t i = 0; i < let->table_count; i++) {
        const schema_type *t = schema_find_type(r->schema, let->tables[i]);
        if (!t) {
            refuse_table(l, r, let->tables[i], let->name, let->at, false);
            continue;
        }
        int field = schema_find_field(t, let->name);
        if (field >= 0)
            refuse_field_name(l, let->name, t->name, let->at, t->fields[field].at, MESSAGE_LET_IS_FIELD);
    }
    const pack_measure *m = find_measure(r, let->name);
    if (m)
        refuse_field_name(l, let->name, m->table, let->at, m->at, MESSAGE_LET_IS_MEASURE);
}

/* An `each` name may hide no column of its table. */
static void check_each(loader *l, names *n, const pack_each *each, str table, str rule)
{
    if (!each->present || !table.data)
        return;
    place other = {0};
    const schema_type *t = schema_find_type(n->r->schema, table);
    const pack_measure *m = t ? NULL : find_measure(n->r, table);
    bool hides = false;
    if (t) {
        int field = schema_find_field(t, each->name);
        const named *let = taken(n, compose(n, "let:", table, each->name));
        hides = field >= 0 || let;
        other = field >= 0 ? t->fields[field].at : let ? let->at : other;
    } else if (m) {
        hides = str_equal(each->name, STR("value"));
        for (uint32_t i = 0; i < m->per_count; i++)
            hides |= str_equal(each->name, m->per[i].name);
        other = m->at;
    }
    if (hides)
        loader_fail(l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                     .message = MESSAGE_EACH_HIDES,
                                     .arguments = {each->name, table},
                                     .at = each->list.at,
                                     .rule = rule,
                                     .other = other});
}

static void check_measure(loader *l, names *n, const pack_measure *m)
{
    const ruleset *r = n->r;
    if (!m->id.data)
        return;
    const schema_type *same = schema_find_type(r->schema, m->id);
    if (same)
        refuse_field_name(l, m->id, same->name, m->at, same->at, MESSAGE_MEASURE_IS_TYPE);
    for (uint32_t i = 0; i < r->schema->type_count && !same; i++) {
        int field = schema_find_field(&r->schema->types[i], m->id);
        if (field >= 0) {
            refuse_field_name(l, m->id, r->schema->types[i].name, m->at, r->schema->types[i].fields[field].at,
                              MESSAGE_MEASURE_IS_FIELD);
            break;
        }
    }
    check_table(l, r, m->table, m->id, m->table_at);
    check_each(l, n, &m->each, m->table, m->id);
}

void check_names(loader *l, const ruleset *r)
{
    names n = {.l = l, .r = r};
    map_init(&n.numbers, l->allocator);
    buffer_init(&n.key, l->allocator, 0);
    for (uint32_t i = 0; i < r->pack_count && !l->nomem; i++)
        claim_pack(&n, r->packs[i]);
    for (uint32_t i = 0; r->schema && i < r->pack_count && !l->nomem; i++) {
        const pack *p = r->packs[i];
        for (uint32_t j = 0; j < p->let_count; j++)
            check_let(l, r, &p->lets[j]);
        for (uint32_t j = 0; j < p->measure_count; j++)
            check_measure(l, &n, &p->measures[j]);
        for (uint32_t j = 0; j < p->rule_count; j++) {
            check_table(l, r, p->rules[j].table, p->rules[j].id, p->rules[j].table_at);
            check_each(l, &n, &p->rules[j].each, p->rules[j].table, p->rules[j].id);
        }
    }
    if (n.key.failed)
        loader_nomem(l);
    buffer_free(&n.key);
    map_free(&n.numbers);
    allocator_free(l->allocator, n.taken);
}
