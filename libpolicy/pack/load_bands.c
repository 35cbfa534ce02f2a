/*
 * Band schemes: how score rates are cut into bands. Cuts fall strictly, and the last band begins at 0, so that every
 * score has exactly one band.
 */
#include "pack/parts.h"

#define BANDS_MIN 2
#define BANDS_MAX 5

static bool refuse(loader *l, place at, message_id message, str argument)
{
    return loader_fail(l,
                       &(error_spec){.status = POLICY_E_SYNTAX, .message = message, .arguments = {argument}, .at = at});
}

static bool read_band(loader *l, const node *n, pack_band *out)
{
    static const str keys[] = {STR_INIT("name"), STR_INIT("from")};
    if (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_BAND) && n->kind != NODE_MAP)
        return false;
    const node *name = node_require(l, n, keys[0], MESSAGE_THING_BAND);
    const node *from = node_require(l, n, keys[1], MESSAGE_THING_BAND);
    return name && from && node_read_text(l, name, keys[0], &out->name) &&
           node_read_share(l, from, keys[1], &out->from);
}

static void read_bands(loader *l, const node *n, pack_band_scheme *s)
{
    if (!node_expect(l, n, NODE_LIST, STR("bands")))
        return;
    if (n->count < BANDS_MIN || n->count > BANDS_MAX) {
        refuse(l, n->at, MESSAGE_BANDS_COUNT, s->id);
        return;
    }
    s->bands = loader_array(l, n->count, sizeof *s->bands);
    if (!s->bands)
        return;
    for (uint32_t i = 0; i < n->count; i++) {
        if (!read_band(l, &n->items[i], &s->bands[i]))
            return;
        if (i > 0 && s->bands[i].from >= s->bands[i - 1].from)
            refuse(l, n->items[i].at, MESSAGE_BANDS_ORDER, s->bands[i].name);
        for (uint32_t j = 0; j < i; j++)
            if (str_equal(s->bands[i].name, s->bands[j].name))
                loader_fail(l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                             .message = MESSAGE_BANDS_TWICE,
                                             .arguments = {s->bands[i].name},
                                             .at = n->items[i].at,
                                             .other = n->items[j].at});
    }
    s->band_count = n->count;
    if (s->bands[n->count - 1].from > 0)
        refuse(l, n->items[n->count - 1].at, MESSAGE_BANDS_ZERO, s->bands[n->count - 1].name);
}

static void read_scheme(loader *l, pack *p, const node *key, const node *n)
{
    static const str keys[] = {STR_INIT("title"), STR_INIT("bands"), STR_INIT("absent"), STR_INIT("exempt"),
                               STR_INIT("minimum_group")};
    pack_band_scheme *s = &p->schemes[p->scheme_count++];
    s->at = key->at;
    if (!node_read_id(l, key, STR("bands"), &s->id))
        return;
    if (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_SCHEME) && n->kind != NODE_MAP)
        return;
    const node *title = node_find(n, keys[0]), *bands = node_require(l, n, keys[1], MESSAGE_THING_SCHEME),
               *absent = node_find(n, keys[2]), *exempt = node_find(n, keys[3]), *group = node_find(n, keys[4]);
    if (title)
        node_read_localized(l, title, keys[0], &s->title);
    if (bands)
        read_bands(l, bands, s);
    if (absent)
        node_read_texts(l, absent, keys[2], &s->absent, &s->absent_count);
    if (exempt)
        node_read_texts(l, exempt, keys[3], &s->exempt, &s->exempt_count);
    if (group)
        node_read_count(l, group, keys[4], &s->minimum_group);
}

void load_bands(loader *l, const pack_files *files, pack *p)
{
    p->schemes = loader_array(l, files_count(files, STR("bands")), sizeof *p->schemes);
    if (p->schemes)
        files_each(l, files, p, STR("bands"), NODE_MAP, read_scheme);
}
