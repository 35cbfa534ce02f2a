/*
 * `titles`: what people call the names a pack gives to computed keys (stage, day, week), and the values of those.
 */
#include "pack/parts.h"

static void read_value(loader *l, pack_title *t, const node *key, const node *item)
{
    pack_value_title *v = &t->values[t->value_count];
    *v = (pack_value_title){.value = key->scalar};
    if (key->kind == NODE_SCALAR && key->scalar.size > 0 && node_read_localized(l, item, key->scalar, &v->title))
        t->value_count++;
}

static void read_title(loader *l, pack *p, const node *key, const node *item)
{
    static const str keys[] = {STR_INIT("zh"), STR_INIT("en"), STR_INIT("values")};
    pack_title *t = &p->titles[p->title_count];
    *t = (pack_title){.at = key->at};
    if (!node_read_identifier(l, key, STR("titles"), &t->name) || !node_expect(l, item, NODE_MAP, t->name) ||
        !node_check_keys(l, item, KNOWN(keys), MESSAGE_THING_TITLE))
        return;
    for (uint32_t i = 0; i < p->title_count; i++)
        if (str_equal(p->titles[i].name, t->name)) {
            loader_fail(l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                         .message = MESSAGE_PACK_GIVEN_TWICE,
                                         .arguments = {t->name},
                                         .at = key->at,
                                         .other = p->titles[i].at});
            return;
        }
    const node *zh = node_find(item, keys[0]), *en = node_find(item, keys[1]), *values = node_find(item, keys[2]);
    if ((zh && !node_read_text(l, zh, keys[0], &t->title.zh)) || (en && !node_read_text(l, en, keys[1], &t->title.en)))
        return;
    if (values) {
        if (!node_expect(l, values, NODE_MAP, keys[2]) ||
            !(t->values = loader_array(l, values->count, sizeof *t->values)))
            return;
        for (uint32_t i = 0; i < values->count; i++)
            read_value(l, t, &values->keys[i], &values->items[i]);
    }
    p->title_count++;
}

void load_titles(loader *l, const pack_files *files, pack *p)
{
    p->titles = loader_array(l, files_count(files, STR("titles")), sizeof *p->titles);
    if (p->titles)
        files_each(l, files, p, STR("titles"), NODE_MAP, read_title);
}
