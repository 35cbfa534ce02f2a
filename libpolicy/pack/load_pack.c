/*
 * The top of a pack: its identity, and which reader each other key belongs to.
 */
#include "pack/parts.h"
#include "pack/version.h"

static const str top_keys[] = {
    STR_INIT("pack"),     STR_INIT("version"),  STR_INIT("title"),   STR_INIT("source"),
    STR_INIT("in_force"), STR_INIT("schema"),   STR_INIT("extends"), STR_INIT("params"),
    STR_INIT("let"),      STR_INIT("measures"), STR_INIT("rules"),   STR_INIT("tighten"),
    STR_INIT("calendar"), STR_INIT("bands"),    STR_INIT("clauses"), STR_INIT("titles"),
};

/* ---- several files ---- */

uint32_t files_count(const pack_files *files, str key)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < files->count; i++) {
        const node *n = node_find(files->roots[i], key);
        count += n && (n->kind == NODE_LIST || n->kind == NODE_MAP) ? n->count : 0;
    }
    return count;
}

void files_each(loader *l, const pack_files *files, pack *p, str key, node_kind kind, files_visit visit)
{
    for (uint32_t i = 0; i < files->count && !l->nomem; i++) {
        const node *n = node_find(files->roots[i], key);
        if (!n || (n->kind == NODE_NULL && files->count > 0) || !node_expect(l, n, kind, key))
            continue;
        for (uint32_t j = 0; j < n->count && !l->nomem; j++)
            visit(l, p, kind == NODE_MAP ? &n->keys[j] : NULL, &n->items[j]);
    }
}

const node *files_find_once(loader *l, const pack_files *files, str key)
{
    const node *found = NULL;
    place first = {0};
    for (uint32_t i = 0; i < files->count; i++) {
        place at;
        const node *n = node_find_at(files->roots[i], key, &at);
        if (!n)
            continue;
        if (found)
            loader_fail(l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                         .message = MESSAGE_PACK_GIVEN_TWICE,
                                         .arguments = {key},
                                         .at = at,
                                         .other = first});
        else {
            found = n;
            first = at;
        }
    }
    return found;
}

/* ---- identity ---- */

static void read_source(loader *l, const node *n, pack *p)
{
    static const str keys[] = {STR_INIT("issuer"), STR_INIT("number"), STR_INIT("issued"), STR_INIT("text")};
    if (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_SOURCE) && n->kind != NODE_MAP)
        return;
    const node *issuer = node_find(n, keys[0]), *number = node_find(n, keys[1]), *issued = node_find(n, keys[2]),
               *text = node_find(n, keys[3]);
    if (issuer)
        node_read_text(l, issuer, keys[0], &p->issuer);
    if (number)
        node_read_text(l, number, keys[1], &p->number);
    if (issued)
        p->has_issued = node_read_date(l, issued, keys[2], &p->issued);
    if (text && node_read_text(l, text, keys[3], &p->source_text) &&
        (str_starts(p->source_text, STR("/")) || str_contains(p->source_text, STR(".."))))
        loader_fail(l, &(error_spec){.status = POLICY_E_ARGUMENT,
                                     .message = MESSAGE_PACK_BESIDE,
                                     .arguments = {p->source_text},
                                     .at = text->at});
}

static void read_extend(loader *l, pack *p, const node *key, const node *item)
{
    static const str keys[] = {STR_INIT("pack"), STR_INIT("version")};
    (void)key;
    pack_extend *e = &p->extends[p->extend_count];
    if (!node_check_keys(l, item, KNOWN(keys), MESSAGE_THING_EXTENDS) && item->kind != NODE_MAP)
        return;
    const node *name = node_require(l, item, keys[0], MESSAGE_THING_EXTENDS);
    const node *version = node_require(l, item, keys[1], MESSAGE_THING_EXTENDS);
    e->at = item->at;
    if (!name || !version || !node_read_text(l, name, keys[0], &e->pack) ||
        !node_read_text(l, version, keys[1], &e->version))
        return;
    e->at = name->at;
    e->version_at = version->at;
    if (!version_range_valid(e->version)) {
        loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                     .message = MESSAGE_PACK_VERSION_RANGE,
                                     .arguments = {e->version},
                                     .at = version->at});
        return;
    }
    p->extend_count++;
}

static void read_identity(loader *l, const pack_files *files, pack *p)
{
    const node *root = files->roots[0];
    const node *name = files_find_once(l, files, STR("pack"));
    if (!name)
        node_require(l, root, STR("pack"), MESSAGE_THING_PACK);
    else if (node_read_name(l, name, STR("pack"), &p->name))
        p->at = name->at;
    const node *version = files_find_once(l, files, STR("version"));
    if (!version)
        node_require(l, root, STR("version"), MESSAGE_THING_PACK);
    else if (node_read_text(l, version, STR("version"), &p->version) && !version_valid(p->version))
        loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                     .message = MESSAGE_PACK_VERSION,
                                     .arguments = {p->version},
                                     .at = version->at});
    const node *n = files_find_once(l, files, STR("title"));
    if (n)
        node_read_localized(l, n, STR("title"), &p->title);
    n = files_find_once(l, files, STR("source"));
    if (n)
        read_source(l, n, p);
    n = files_find_once(l, files, STR("in_force"));
    if (n)
        node_read_range(l, n, STR("in_force"), &p->in_force);
    n = files_find_once(l, files, STR("schema"));
    if (n)
        node_read_text(l, n, STR("schema"), &p->schema_name);
    if (p->is_script) /* extends what was loaded before it; see extends.c */
        return;
    p->extends = loader_array(l, files_count(files, STR("extends")), sizeof *p->extends);
    if (p->extends)
        files_each(l, files, p, STR("extends"), NODE_LIST, read_extend);
    if (!p->schema_name.data && p->extend_count == 0 && !loader_failed_since(l, 0))
        node_require(l, root, STR("schema"), MESSAGE_THING_PACK);
}

bool load_pack(loader *l, const pack_files *files, pack *p)
{
    size_t before = l->error_count;
    bool maps = true;
    for (uint32_t i = 0; i < files->count; i++) {
        node_check_keys(l, files->roots[i], KNOWN(top_keys), MESSAGE_THING_PACK);
        maps = maps && files->roots[i]->kind == NODE_MAP;
    }
    if (!maps || files->count == 0)
        return false;
    p->at = files->roots[0]->at;
    read_identity(l, files, p);
    load_params(l, files, p);
    load_lets(l, files, p);
    load_titles(l, files, p);
    load_measures(l, files, p);
    load_rules(l, files, p);
    load_tightens(l, files, p);
    load_calendar(l, files, p);
    load_bands(l, files, p);
    load_clauses(l, files, p);
    return !loader_failed_since(l, before);
}
