/*
 * Parameters after all overlays and the host's settings.
 *
 * Time is cut where a declared version or an overlay begins or ends; in each stretch the changes in force are applied base
 * first. A change is judged against what its own bases leave it, then the stricter of it and what others set is taken, so
 * overlays that do not know each other commute. An open parameter has no stricter side: two such overlays must agree.
 */
#include "pack/literal.h"
#include "pack/stages.h"
#include "pack/yaml.h"

typedef struct change {
    const pack *by; /* NULL: the host, who comes last and stands above all packs */
    const pack_param *param;
    bool refused; /* reported once */
} change;

typedef struct changes {
    loader *l;
    const pack_param *declared;
    change *items;
    uint32_t count;
} changes;

/* ---- directions and values ---- */

static bool is_ordered(const value *v)
{
    return v->kind == VALUE_INT || v->kind == VALUE_DOUBLE || v->kind == VALUE_DATE || v->kind == VALUE_DURATION;
}

static bool refuse(changes *c, change *by, policy_status status, message_id message, place at, place other, str a,
                   str b)
{
    by->refused = true;
    return loader_fail(
        c->l,
        &(error_spec){
            .status = status, .message = message, .arguments = {c->declared->name, a, b}, .at = at, .other = other});
}

static bool contains(changes *c, const node *list, const node *item)
{
    value wanted = literal_read(item, c->l->memory, NULL);
    for (uint32_t i = 0; i < list->count; i++) {
        value v = literal_read(&list->items[i], c->l->memory, NULL);
        if (v.kind == VALUE_ERROR || wanted.kind == VALUE_ERROR)
            return loader_nomem(c->l);
        if (value_equal(v, wanted))
            return true;
    }
    return false;
}

static bool check_list(changes *c, change *by, const node *base, const node *now)
{
    bool grows = c->declared->direction == PARAM_SUPERSET;
    const node *inner = grows ? base : now, *outer = grows ? now : base;
    for (uint32_t i = 0; i < inner->count; i++)
        if (!contains(c, outer, &inner->items[i]))
            return refuse(c, by, POLICY_E_TIGHTEN, grows ? MESSAGE_PARAM_LOSES : MESSAGE_PARAM_GAINS, now->at, base->at,
                          inner->items[i].scalar, str_none);
    return true;
}

static bool check_scalar(changes *c, change *by, const node *base, const node *now)
{
    value a = literal_read(base, c->l->memory, NULL), b = literal_read(now, c->l->memory, NULL);
    bool numbers = (a.kind == VALUE_INT || a.kind == VALUE_DOUBLE) && (b.kind == VALUE_INT || b.kind == VALUE_DOUBLE);
    if (a.kind != b.kind && !(numbers && (a.kind == VALUE_DOUBLE || c->declared->direction != PARAM_OPEN)))
        return refuse(c, by, POLICY_E_TYPE, MESSAGE_PARAM_TYPE, now->at, base->at, now->scalar, base->scalar);
    if (c->declared->direction == PARAM_OPEN)
        return true;
    int order = value_compare(b, a);
    bool fine = c->declared->direction == PARAM_LOWER ? order <= 0 : order >= 0 && order != 2;
    return fine || refuse(c, by, POLICY_E_TIGHTEN,
                          c->declared->direction == PARAM_LOWER ? MESSAGE_PARAM_RAISED : MESSAGE_PARAM_LOWERED, now->at,
                          base->at, now->scalar, base->scalar);
}

static bool check_change(changes *c, change *by, const node *base, const node *now)
{
    if (base->kind != now->kind)
        return refuse(c, by, POLICY_E_TYPE, MESSAGE_PARAM_SHAPE, now->at, base->at, str_none, str_none);
    if (base->kind == NODE_SCALAR)
        return check_scalar(c, by, base, now);
    if (base->kind == NODE_LIST)
        return c->declared->direction == PARAM_OPEN || check_list(c, by, base, now);
    for (uint32_t i = 0; i < now->count; i++) {
        const node *entry = node_find(base, now->keys[i].scalar);
        if (!entry) {
            str *known = loader_array(c->l, base->count, sizeof *known);
            for (uint32_t j = 0; known && j < base->count; j++)
                known[j] = base->keys[j].scalar;
            by->refused = true;
            return known &&
                   loader_fail(c->l, &(error_spec){.status = POLICY_E_NAME,
                                                   .message = MESSAGE_PARAM_ENTRY,
                                                   .arguments = {c->declared->name, now->keys[i].scalar},
                                                   .at = now->keys[i].at,
                                                   .other = base->at,
                                                   .nearest = str_nearest(now->keys[i].scalar, known, base->count)});
        }
        if (!check_change(c, by, entry, &now->items[i]))
            return false;
    }
    return true;
}

/* ---- putting values together ---- */

static const node *united_list(changes *c, const node *a, const node *b, bool all)
{
    node *items = loader_array(c->l, a->count + b->count, sizeof *items);
    node *out = loader_new(c->l, sizeof *out);
    if (!items || !out)
        return NULL;
    *out = *b;
    out->count = 0;
    out->items = items;
    for (uint32_t i = 0; i < a->count; i++)
        if (all || contains(c, b, &a->items[i]))
            items[out->count++] = a->items[i];
    for (uint32_t i = 0; all && i < b->count; i++)
        if (!contains(c, a, &b->items[i]))
            items[out->count++] = b->items[i];
    return out;
}

/* The stricter of what is there and a change that passed; of an open parameter the change. NULL out of memory. */
static const node *combine(changes *c, const node *was, const node *now)
{
    param_direction direction = c->declared->direction;
    if (was->kind == NODE_MAP) {
        node *values = loader_array(c->l, was->count, sizeof *values);
        node *out = loader_new(c->l, sizeof *out);
        if (!values || !out)
            return NULL;
        *out = *was;
        out->items = values;
        for (uint32_t i = 0; i < was->count; i++) {
            const node *entry = node_find(now, was->keys[i].scalar);
            const node *joined = entry ? combine(c, &was->items[i], entry) : &was->items[i];
            if (!joined)
                return NULL;
            values[i] = *joined;
        }
        return out;
    }
    if (direction == PARAM_OPEN)
        return now;
    if (was->kind == NODE_LIST)
        return united_list(c, was, now, direction == PARAM_SUPERSET);
    value a = literal_read(was, c->l->memory, NULL), b = literal_read(now, c->l->memory, NULL);
    int order = value_compare(b, a);
    return (direction == PARAM_LOWER ? order < 0 : order == 1) ? now : was;
}

/* Do two settings of an open parameter agree where both speak? */
static bool agrees(changes *c, const node *a, const node *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == NODE_SCALAR)
        return value_equal(literal_read(a, c->l->memory, NULL), literal_read(b, c->l->memory, NULL));
    if (a->kind == NODE_LIST) {
        for (uint32_t i = 0; a->count == b->count && i < a->count; i++)
            if (!agrees(c, &a->items[i], &b->items[i]))
                return false;
        return a->count == b->count;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        const node *entry = node_find(b, a->keys[i].scalar);
        if (entry && !agrees(c, &a->items[i], entry))
            return false;
    }
    return true;
}

/* ---- time ---- */

static bool covers(const date_range *range, int64_t day)
{
    return (!range->has_from || day >= range->from) && (!range->has_until || day <= range->until);
}

/* When a change holds: from its pack's own day on. An open parameter is a fact (a district's school system), not a demand,
 * and facts hold whenever they are asked. */
static const date_range *reach(const changes *c, const change *of)
{
    static const date_range always;
    return c->declared->direction == PARAM_OPEN ? &always : &of->param->versions[0].in_force;
}

static bool is_base(const change *of, const change *before)
{
    return !of->by || (before->by && pack_extends(of->by, before->by));
}

/* The value in one stretch of time; NULL when out of memory. */
static const node *value_on(changes *c, const node *declared, int64_t day)
{
    const node *all = declared;
    for (uint32_t i = 0; i < c->count; i++) {
        change *now = &c->items[i];
        const node *given = now->param->versions[0].value;
        if (now->refused || !covers(reach(c, now), day))
            continue;
        const node *below = declared; /* what its own bases leave it */
        for (uint32_t j = 0; j < i && below; j++) {
            change *before = &c->items[j];
            if (before->refused || !covers(reach(c, before), day))
                continue;
            if (is_base(now, before)) {
                below = combine(c, below, before->param->versions[0].value);
            } else if (c->declared->direction == PARAM_OPEN && !agrees(c, before->param->versions[0].value, given)) {
                refuse(c, now, POLICY_E_TIGHTEN, MESSAGE_PARAM_CONFLICT, now->param->at, before->param->at, str_none,
                       str_none);
            }
        }
        if (!below)
            return NULL;
        if (now->refused || !check_change(c, now, below, given))
            continue;
        all = combine(c, all, given);
        if (!all)
            return NULL;
    }
    return all;
}

static void add_cut(int64_t *cuts, uint32_t *count, int64_t day)
{
    uint32_t at = *count;
    while (at > 0 && cuts[at - 1] > day)
        at--;
    if (at > 0 && cuts[at - 1] == day)
        return;
    memmove(cuts + at + 1, cuts + at, (*count - at) * sizeof *cuts);
    cuts[at] = day;
    ++*count;
}

/* One declared version, cut where changes begin and end. */
static bool cut_version(changes *c, const param_version *v, ruleset_param *out)
{
    int64_t *cuts = loader_array(c->l, 2 * (size_t)c->count + 1, sizeof *cuts);
    uint32_t count = 0;
    if (!cuts)
        return false;
    int64_t first = v->in_force.has_from ? v->in_force.from : INT32_MIN;
    int64_t last = v->in_force.has_until ? v->in_force.until : INT32_MAX;
    add_cut(cuts, &count, first);
    for (uint32_t i = 0; i < c->count; i++) {
        const date_range *range = reach(c, &c->items[i]);
        if (range->has_from && range->from > first && range->from <= last)
            add_cut(cuts, &count, range->from);
        if (range->has_until && range->until >= first && range->until < last)
            add_cut(cuts, &count, (int64_t)range->until + 1);
    }
    for (uint32_t i = 0; i < count; i++) {
        const node *now = value_on(c, v->value, cuts[i]);
        if (!now)
            return false;
        param_version *made = &out->versions[out->version_count++];
        made->value = now;
        made->in_force = v->in_force;
        made->in_force.has_from = cuts[i] != INT32_MIN;
        made->in_force.from = (int32_t)cuts[i];
        if (i + 1 < count) {
            made->in_force.has_until = true;
            made->in_force.until = (int32_t)(cuts[i + 1] - 1);
        }
    }
    return true;
}

/* ---- all of them ---- */

static const pack_param *find_param(const ruleset *r, str name, const pack **owner)
{
    for (uint32_t i = 0; i < r->pack_count; i++) {
        for (uint32_t j = 0; j < r->packs[i]->param_count; j++) {
            if (str_equal(r->packs[i]->params[j].name, name)) {
                *owner = r->packs[i];
                return &r->packs[i]->params[j];
            }
        }
    }
    return NULL;
}

static bool check_owner(loader *l, const ruleset *r, const pack *by, const pack_param *changed)
{
    const pack *owner = NULL;
    const pack_param *declared = find_param(r, changed->name, &owner);
    if (declared && (!by || pack_extends(by, owner))) {
        if (declared->direction != PARAM_FIXED)
            return true;
        return loader_fail(l, &(error_spec){.status = POLICY_E_TIGHTEN,
                                            .message = MESSAGE_PARAM_FIXED,
                                            .arguments = {changed->name},
                                            .at = changed->at,
                                            .other = declared->at});
    }
    if (declared) /* of a pack that is only loaded beside this one */
        return loader_fail(l, &(error_spec){.status = POLICY_E_TIGHTEN,
                                            .message = MESSAGE_PARAM_NOT_BASE,
                                            .arguments = {changed->name, owner->name},
                                            .at = changed->at,
                                            .other = declared->at});
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->pack_count; i++)
        count += r->packs[i]->param_count;
    str *known = loader_array(l, count, sizeof *known);
    count = 0;
    for (uint32_t i = 0; known && i < r->pack_count; i++)
        for (uint32_t j = 0; j < r->packs[i]->param_count; j++)
            known[count++] = r->packs[i]->params[j].name;
    return known && loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                                 .message = MESSAGE_PARAM_UNKNOWN,
                                                 .arguments = {changed->name},
                                                 .at = changed->at,
                                                 .nearest = str_nearest(changed->name, known, count)});
}

/* Can the declared values be moved the way the declaration says? */
static bool check_direction(loader *l, const pack_param *p, const node *n)
{
    if (n->kind == NODE_MAP) {
        for (uint32_t i = 0; i < n->count; i++)
            if (!check_direction(l, p, &n->items[i]))
                return false;
        return true;
    }
    bool list = n->kind == NODE_LIST, wants_list = p->direction == PARAM_SUPERSET || p->direction == PARAM_SUBSET;
    value v = literal_read(n, l->memory, NULL);
    if (v.kind == VALUE_ERROR)
        return loader_nomem(l);
    if (p->direction == PARAM_OPEN || p->direction == PARAM_FIXED || (list == wants_list && (list || is_ordered(&v))))
        return true;
    return loader_fail(l, &(error_spec){.status = POLICY_E_TYPE,
                                        .message = wants_list ? MESSAGE_PARAM_NEEDS_LIST : MESSAGE_PARAM_NEEDS_ORDER,
                                        .arguments = {p->name},
                                        .at = n->at,
                                        .other = p->at});
}

static pack_param *read_host_params(loader *l, const load_request *request, size_t *count)
{
    pack_param *host = loader_array(l, request->param_count, sizeof *host);
    *count = 0;
    for (size_t i = 0; host && i < request->param_count && !l->nomem; i++) {
        const load_param *given = &request->params[i];
        str parts[2] = {STR("params."), given->name};
        str file = arena_join(l->memory, parts, 2), name = loader_text(l, given->name);
        param_version *version = loader_new(l, sizeof *version);
        if (!file.data || !name.data || !version) {
            loader_nomem(l);
            break;
        }
        const node *n = yaml_read(l, file, given->value);
        if (!n || !literal_check(l, n, name))
            continue;
        /* The last setting of a name counts, as with any setter. */
        size_t at = 0;
        while (at < *count && !str_equal(host[at].name, name))
            at++;
        version->value = n;
        host[at] = (pack_param){.name = name, .versions = version, .version_count = 1, .at = n->at};
        *count += at == *count;
    }
    return host;
}

static bool resolve_one(loader *l, const ruleset *r, const pack *owner, const pack_param *p, const pack_param *host,
                        size_t host_count, ruleset_param *out)
{
    for (uint32_t i = 0; i < p->version_count; i++)
        if (!p->versions[i].value || !check_direction(l, p, p->versions[i].value))
            return !l->nomem;
    uint32_t most = (uint32_t)host_count;
    for (uint32_t i = 0; i < r->pack_count; i++)
        most += r->packs[i]->param_change_count;
    changes c = {.l = l, .declared = p, .items = loader_array(l, most, sizeof *c.items)};
    if (!c.items)
        return false;
    for (uint32_t i = 0; i < r->pack_count; i++) {
        const pack *by = r->packs[i];
        for (uint32_t j = 0; j < by->param_change_count; j++)
            if (str_equal(by->param_changes[j].name, p->name) && pack_extends(by, owner) && p->direction != PARAM_FIXED)
                c.items[c.count++] = (change){by, &by->param_changes[j], false};
    }
    for (size_t i = 0; i < host_count; i++)
        if (str_equal(host[i].name, p->name) && p->direction != PARAM_FIXED)
            c.items[c.count++] = (change){NULL, &host[i], false};
    *out = (ruleset_param){.declared_by = owner, .declared = p};
    out->versions = loader_array(l, (size_t)p->version_count * (2 * (size_t)c.count + 1), sizeof *out->versions);
    for (uint32_t i = 0; out->versions && i < p->version_count; i++)
        if (!cut_version(&c, &p->versions[i], out))
            return loader_nomem(l);
    return out->versions != NULL;
}

void resolve_params(loader *l, const load_request *request, ruleset *r)
{
    size_t host_count;
    pack_param *host = read_host_params(l, request, &host_count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->pack_count; i++)
        count += r->packs[i]->param_count;
    r->params = loader_array(l, count, sizeof *r->params);
    if (!host || !r->params)
        return;
    for (uint32_t i = 0; i < r->pack_count; i++)
        for (uint32_t j = 0; j < r->packs[i]->param_change_count; j++)
            check_owner(l, r, r->packs[i], &r->packs[i]->param_changes[j]);
    for (size_t i = 0; i < host_count; i++)
        check_owner(l, r, NULL, &host[i]);
    for (uint32_t i = 0; i < r->pack_count; i++)
        for (uint32_t j = 0; j < r->packs[i]->param_count && !l->nomem; j++)
            if (resolve_one(l, r, r->packs[i], &r->packs[i]->params[j], host, host_count, &r->params[r->param_count]))
                r->param_count++;
}
