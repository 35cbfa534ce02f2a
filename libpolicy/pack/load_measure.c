/*
 * Measures, and what they share with rules: `each` and `per`.
 */
#include "pack/parts.h"

bool load_each(loader *l, const node *n, pack_each *out)
{
    if (!node_expect(l, n, NODE_MAP, STR("each")))
        return false;
    if (n->count != 1)
        return loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX, .message = MESSAGE_PACK_EACH_ONE, .at = n->at});
    if (!node_read_identifier(l, &n->keys[0], STR("each"), &out->name) ||
        !node_read_expression(l, &n->items[0], out->name, &out->list))
        return false;
    out->present = true;
    return true;
}

static bool read_key(loader *l, const node *n, pack_key *out)
{
    if (n->kind == NODE_MAP) {
        if (n->count != 1)
            return loader_fail(l,
                               &(error_spec){.status = POLICY_E_SYNTAX, .message = MESSAGE_PACK_KEY_ONE, .at = n->at});
        return node_read_identifier(l, &n->keys[0], STR("per"), &out->name) &&
               node_read_expression(l, &n->items[0], out->name, &out->expression);
    }
    if (!node_expect(l, n, NODE_SCALAR, STR("per")))
        return false;
    if (!is_identifier(n->scalar)) /* an expression needs a name: it is a column and shown in findings */
        return loader_fail(
            l, &(error_spec){
                   .status = POLICY_E_SYNTAX, .message = MESSAGE_PACK_KEY_NAME, .arguments = {n->scalar}, .at = n->at});
    out->is_field = true;
    out->name = n->scalar;
    return node_read_expression(l, n, STR("per"), &out->expression);
}

bool load_per(loader *l, const node *n, pack_key **out, uint32_t *count)
{
    if (!node_expect(l, n, NODE_LIST, STR("per")))
        return false;
    pack_key *keys = loader_array(l, n->count, sizeof *keys);
    if (!keys)
        return false;
    bool fine = true;
    for (uint32_t i = 0; i < n->count; i++) {
        fine = read_key(l, &n->items[i], &keys[i]) && fine;
        for (uint32_t j = 0; j < i && keys[i].name.data; j++)
            if (str_equal(keys[i].name, keys[j].name))
                fine = loader_fail(l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                                    .message = MESSAGE_PACK_KEY_AGAIN,
                                                    .arguments = {keys[i].name},
                                                    .at = n->items[i].at,
                                                    .other = n->items[j].at});
    }
    if (!fine)
        return false;
    *out = keys;
    *count = n->count;
    return true;
}

static void read_measure(loader *l, pack *p, const node *key, const node *n)
{
    static const str keys[] = {STR_INIT("id"),  STR_INIT("table"),   STR_INIT("each"), STR_INIT("when"),
                               STR_INIT("per"), STR_INIT("measure"), STR_INIT("title")};
    (void)key;
    pack_measure *m = &p->measures[p->measure_count++];
    m->at = n->at;
    if (!node_expect(l, n, NODE_MAP, message_argument(MESSAGE_THING_MEASURE)))
        return;
    const node *id = node_require(l, n, STR("id"), MESSAGE_THING_MEASURE);
    if (id && node_read_identifier(l, id, STR("id"), &m->id)) {
        m->at = id->at;
        l->rule = m->id;
    }
    node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_MEASURE);
    const node *table = node_require(l, n, STR("table"), MESSAGE_THING_MEASURE);
    if (table && node_read_identifier(l, table, STR("table"), &m->table))
        m->table_at = table->at;
    const node *each = node_find(n, STR("each"));
    if (each)
        load_each(l, each, &m->each);
    const node *when = node_find(n, STR("when"));
    if (when)
        node_read_expression(l, when, STR("when"), &m->when);
    const node *per = node_require(l, n, STR("per"), MESSAGE_THING_MEASURE);
    if (per)
        load_per(l, per, &m->per, &m->per_count);
    const node *measure = node_require(l, n, STR("measure"), MESSAGE_THING_MEASURE);
    if (measure)
        node_read_expression(l, measure, STR("measure"), &m->measure);
    const node *title = node_find(n, STR("title"));
    if (title)
        node_read_localized(l, title, STR("title"), &m->title);
    l->rule = str_none;
}

void load_measures(loader *l, const pack_files *files, pack *p)
{
    p->measures = loader_array(l, files_count(files, STR("measures")), sizeof *p->measures);
    if (p->measures)
        files_each(l, files, p, STR("measures"), NODE_LIST, read_measure);
}
