/*
 * Parameters: declared with a value or with dated versions. Whether an entry declares a parameter or changes one of a base
 * is known only when the bases are, so a pack that extends others keeps the entries it cannot take for declarations as
 * changes; params.c tells them apart by name.
 */
#include "pack/literal.h"
#include "pack/parts.h"

static const str param_keys[] = {STR_INIT("value"), STR_INIT("versions"), STR_INIT("stricter"),
                                 STR_INIT("open"),  STR_INIT("unit"),     STR_INIT("doc")};

static bool is_declaration(const node *n)
{
    return node_find(n, STR("value")) || node_find(n, STR("versions"));
}

static void read_version(loader *l, const node *n, str name, param_version *out)
{
    static const str keys[] = {STR_INIT("in_force"), STR_INIT("value")};
    if (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_PARAM_VERSION) && n->kind != NODE_MAP)
        return;
    const node *range = node_require(l, n, keys[0], MESSAGE_THING_PARAM_VERSION);
    const node *found = node_require(l, n, keys[1], MESSAGE_THING_PARAM_VERSION);
    if (range)
        node_read_range(l, range, keys[0], &out->in_force);
    if (found && literal_check(l, found, name))
        out->value = found;
    out->in_force.at = n->at;
}

static void read_values(loader *l, const node *n, pack_param *out)
{
    const node *plain = node_find(n, STR("value")), *versions = node_find(n, STR("versions"));
    if (plain && versions) {
        loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                     .message = MESSAGE_PACK_TWO_KEYS,
                                     .arguments = {STR("value"), STR("versions")},
                                     .at = versions->at});
        return;
    }
    if (versions && !node_expect(l, versions, NODE_LIST, STR("versions")))
        return;
    uint32_t count = versions ? versions->count : 1;
    out->versions = loader_array(l, count, sizeof *out->versions);
    if (!out->versions)
        return;
    if (plain) {
        out->versions[0].in_force.at = plain->at;
        if (literal_check(l, plain, out->name))
            out->versions[0].value = plain;
    }
    for (uint32_t i = 0; versions && i < count; i++)
        read_version(l, &versions->items[i], out->name, &out->versions[i]);
    if (count == 0)
        node_expect(l, &(node){.kind = NODE_NULL, .at = versions->at}, NODE_LIST, STR("versions"));
    out->version_count = count;
}

static void read_direction(loader *l, const node *n, pack_param *out)
{
    static const str names[] = {STR_INIT("lower"), STR_INIT("higher"), STR_INIT("superset"), STR_INIT("subset")};
    static const param_direction directions[] = {PARAM_LOWER, PARAM_HIGHER, PARAM_SUPERSET, PARAM_SUBSET};
    const node *stricter = node_find(n, STR("stricter")), *open = node_find(n, STR("open"));
    str text;
    bool is_open = false;
    if (open && node_read_bool(l, open, STR("open"), &is_open) && is_open)
        out->direction = PARAM_OPEN;
    if (!stricter || !node_read_text(l, stricter, STR("stricter"), &text))
        return;
    if (is_open) {
        loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                     .message = MESSAGE_PACK_TWO_KEYS,
                                     .arguments = {STR("open"), STR("stricter")},
                                     .at = stricter->at});
        return;
    }
    for (int i = 0; i < 4; i++) {
        if (str_equal(text, names[i])) {
            out->direction = directions[i];
            return;
        }
    }
    loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                 .message = MESSAGE_PACK_DIRECTION,
                                 .arguments = {text},
                                 .at = stricter->at,
                                 .nearest = str_nearest(text, names, 4)});
}

static void read_change(loader *l, pack *p, const node *key, const node *n)
{
    pack_param *c = &p->param_changes[p->param_change_count];
    *c = (pack_param){.name = key->scalar, .at = key->at, .versions = loader_array(l, 1, sizeof *c->versions)};
    if (!c->versions || !literal_check(l, n, c->name))
        return;
    c->versions[0] = (param_version){.in_force = p->in_force, .value = n};
    c->version_count = 1;
    p->param_change_count++;
}

static void read_param(loader *l, pack *p, const node *key, const node *n)
{
    str name;
    if (!node_read_identifier(l, key, STR("params"), &name))
        return;
    if (p->extend_count > 0 && !is_declaration(n)) {
        read_change(l, p, key, n);
        return;
    }
    pack_param *out = &p->params[p->param_count];
    *out = (pack_param){.name = name, .at = key->at};
    if (n->kind != NODE_MAP) { /* the likely slip: minutes: 60 */
        loader_fail(
            l, &(error_spec){
                   .status = POLICY_E_SYNTAX, .message = MESSAGE_PACK_PARAM_SHAPE, .arguments = {name}, .at = n->at});
        return;
    }
    node_check_keys(l, n, KNOWN(param_keys), MESSAGE_THING_PARAM);
    if (!is_declaration(n))
        node_require(l, n, STR("value"), MESSAGE_THING_PARAM);
    else
        read_values(l, n, out);
    read_direction(l, n, out);
    const node *found = node_find(n, STR("unit"));
    if (found)
        node_read_text(l, found, STR("unit"), &out->unit);
    found = node_find(n, STR("doc"));
    if (found)
        node_read_localized(l, found, STR("doc"), &out->doc);
    if (out->version_count > 0)
        p->param_count++;
}

void load_params(loader *l, const pack_files *files, pack *p)
{
    uint32_t count = files_count(files, STR("params"));
    p->params = loader_array(l, count, sizeof *p->params);
    p->param_changes = loader_array(l, count, sizeof *p->param_changes);
    if (p->params && p->param_changes)
        files_each(l, files, p, STR("params"), NODE_MAP, read_param);
}
