/*
 * `extends`: the chain from the packs that were asked for down to their bases.
 *
 * Depth first, so a base comes before what extends it. A file is loaded once, however many packs extend it.
 */
#include <string.h>

#include "pack/find.h"
#include "pack/parts.h"
#include "pack/stages.h"
#include "pack/version.h"
#include "pack/yaml.h"

#define CHAIN_MAX 16
#define PACKS_MAX 64

typedef struct chain { /* packs that are being resolved, innermost first */
    const pack *pack;
    const struct chain *outer;
    unsigned depth;
} chain;

typedef struct resolver {
    loader *l;
    const load_request *request;
    ruleset *r;
} resolver;

static pack *resolve(resolver *v, str name, const load_root *root, const pack_extend *from, const chain *outer);

static void refuse_version(resolver *v, const pack *p, const pack_extend *e, const pack *base)
{
    (void)p;
    loader_fail(v->l, &(error_spec){.status = POLICY_E_VERSION,
                                    .message = MESSAGE_PACK_VERSION_MISMATCH,
                                    .arguments = {e->pack, e->version, base->version},
                                    .at = e->version_at,
                                    .other = base->at});
}

static void resolve_bases(resolver *v, pack *p, const chain *outer)
{
    chain here = {p, outer, outer ? outer->depth + 1 : 1};
    for (uint32_t i = 0; i < p->extend_count && !v->l->nomem; i++) {
        pack_extend *e = &p->extends[i];
        if (here.depth == CHAIN_MAX) {
            loader_fail(v->l, &(error_spec){.status = POLICY_E_LIMIT,
                                            .message = MESSAGE_PACK_CHAIN,
                                            .arguments = {STR("16")},
                                            .at = e->at});
            return;
        }
        pack *base = resolve(v, e->pack, NULL, e, &here);
        if (!base)
            continue;
        for (uint32_t j = 0; j < i; j++)
            if (p->extends[j].base == base)
                loader_fail(v->l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                                .message = MESSAGE_PACK_EXTENDS_TWICE,
                                                .arguments = {base->name},
                                                .at = e->at,
                                                .other = p->extends[j].at});
        e->base = base;
        if (base->version.data && version_valid(base->version) && !version_fits(base->version, e->version))
            refuse_version(v, p, e, base);
    }
}

static bool refuse_cycle(resolver *v, const chain *outer, const pack *again, const pack_extend *from)
{
    for (const chain *c = outer; c; c = c->outer)
        if (c->pack == again)
            return !loader_fail(v->l, &(error_spec){.status = POLICY_E_SYNTAX,
                                                    .message = MESSAGE_PACK_CYCLE,
                                                    .arguments = {again->name},
                                                    .at = from->at,
                                                    .other = again->at});
    return false;
}

static pack *parse(resolver *v, const found *files)
{
    loader *l = v->l;
    pack *p = loader_new(l, sizeof *p);
    const node **roots = loader_array(l, files->count, sizeof *roots);
    if (!p || !roots)
        return NULL;
    p->file = files->files[0].path;
    p->directory = files->directory.data ? loader_text(l, files->directory) : str_none;
    p->parent = files->parent.data ? loader_text(l, files->parent) : str_none;
    bool fine = true;
    for (uint32_t i = 0; i < files->count; i++) {
        roots[i] = yaml_read(l, files->files[i].path, files->files[i].text);
        fine = fine && roots[i];
    }
    if (!fine)
        return NULL;
    pack_files parts = {roots, files->count};
    load_pack(l, &parts, p);
    return p->name.data ? p : NULL;
}

static bool find_root(resolver *v, const load_root *root, found *out)
{
    *out = (found){0};
    if (!root->in_memory)
        return find_pack(v->l, v->request, root->name, NULL, (place){0}, out);
    found_file *file = loader_new(v->l, sizeof *file);
    if (!file)
        return false;
    *file = (found_file){root->name, root->data};
    out->files = file;
    out->count = 1;
    return true;
}

static pack *resolve(resolver *v, str name, const load_root *root, const pack_extend *from, const chain *outer)
{
    loader *l = v->l;
    found files;
    if (!(root ? find_root(v, root, &files)
               : find_pack(l, v->request, name, outer ? outer->pack : NULL, from->at, &files)))
        return NULL;
    for (const chain *c = outer; c; c = c->outer)
        if (str_equal(c->pack->file, files.files[0].path) && refuse_cycle(v, outer, c->pack, from))
            return NULL;
    for (uint32_t i = 0; i < v->r->pack_count; i++)
        if (str_equal(v->r->packs[i]->file, files.files[0].path))
            return v->r->packs[i];
    pack *p = parse(v, &files);
    if (!p)
        return NULL;
    if (is_pack_name(name) && !str_equal(name, p->name) && !(root && root->in_memory)) {
        loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                     .message = MESSAGE_PACK_OTHER_NAME,
                                     .arguments = {p->name, name},
                                     .at = p->at});
        return NULL;
    }
    for (const chain *c = outer; c; c = c->outer)
        if (str_equal(c->pack->name, p->name) && refuse_cycle(v, outer, c->pack, from))
            return NULL;
    for (uint32_t i = 0; i < v->r->pack_count; i++) {
        if (str_equal(v->r->packs[i]->name, p->name)) {
            loader_fail(l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                         .message = MESSAGE_PACK_TWICE,
                                         .arguments = {p->name},
                                         .at = p->at,
                                         .other = v->r->packs[i]->at});
            return NULL;
        }
    }
    resolve_bases(v, p, outer);
    if (v->r->pack_count == PACKS_MAX) {
        loader_fail(l, &(error_spec){.status = POLICY_E_LIMIT,
                                     .message = MESSAGE_PACK_COUNT_LIMIT,
                                     .arguments = {STR("64")},
                                     .at = p->at});
        return NULL;
    }
    v->r->packs[v->r->pack_count++] = p;
    return p;
}

/* "rules/Local_2.lua" is the pack script-local-2. */
static str script_name(loader *l, str file)
{
    size_t start = file.size;
    while (start > 0 && file.data[start - 1] != '/')
        start--;
    str base = str_slice(file, start, file.size);
    if (str_ends(base, STR(".lua")))
        base = str_slice(base, 0, base.size - 4);
    static const str prefix = STR_INIT("script-");
    char *name = loader_array(l, prefix.size + base.size + 1, 1);
    if (!name)
        return str_none;
    memcpy(name, prefix.data, prefix.size);
    for (size_t i = 0; i < base.size; i++) {
        char c = base.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        name[prefix.size + i] = plain ? c : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : '-';
    }
    name[prefix.size + base.size] = '\0';
    return (str){name, prefix.size + base.size};
}

static str title_in(loader *l, str file, policy_language language)
{
    buffer text;
    buffer_init(&text, l->allocator, 0);
    message_write(&text, MESSAGE_SCRIPT_TITLE, language, &file, 1);
    str kept = text.failed ? str_none : loader_text(l, buffer_text(&text));
    if (text.failed)
        loader_nomem(l);
    buffer_free(&text);
    return kept;
}

/* What a script defines stands in a pack of its own that extends all packs loaded so far: the gates are the same. */
static void load_script_pack(resolver *v, const pack_script *script, uint32_t number)
{
    loader *l = v->l;
    ruleset *r = v->r;
    str name = script_name(l, script->file);
    pack *p = loader_new(l, sizeof *p);
    pack_extend *extends = loader_array(l, r->pack_count, sizeof *extends);
    if (!name.data || !p || !extends)
        return;
    const node *root = v->request->read_script(l, script->file, script->text, name);
    if (!root)
        return;
    for (uint32_t i = 0; i < r->pack_count; i++)
        extends[i] = (pack_extend){r->packs[i]->name, r->packs[i]->version, root->at, root->at, r->packs[i]};
    p->file = script->file;
    p->title = (localized){.zh = title_in(l, script->file, POLICY_LANGUAGE_ZH),
                           .en = title_in(l, script->file, POLICY_LANGUAGE_EN)};
    p->is_script = true;
    p->script = number;
    p->extends = extends;
    p->extend_count = r->pack_count;
    load_pack(l, &(pack_files){&root, 1}, p);
    if (r->pack_count == PACKS_MAX)
        loader_fail(l, &(error_spec){.status = POLICY_E_LIMIT,
                                     .message = MESSAGE_PACK_COUNT_LIMIT,
                                     .arguments = {STR("64")},
                                     .at = p->at});
    else
        r->packs[r->pack_count++] = p;
}

static void load_script(resolver *v, const load_root *root)
{
    found files = {0};
    if (!(root->in_memory ? find_root(v, root, &files) : find_script(v->l, v->request, root->name, &files)))
        return;
    pack_script *script = &v->r->scripts[v->r->script_count];
    script->file = loader_text(v->l, files.files[0].path);
    script->text = loader_text(v->l, files.files[0].text);
    if (!script->file.data || !script->text.data)
        return;
    uint32_t number = v->r->script_count++;
    if (v->request->read_script)
        load_script_pack(v, script, number);
}

void resolve_packs(loader *l, const load_request *request, ruleset *r)
{
    resolver v = {l, request, r};
    r->packs = loader_array(l, PACKS_MAX, sizeof *r->packs);
    r->scripts = loader_array(l, request->root_count, sizeof *r->scripts);
    for (size_t i = 0; i < request->root_count && !l->nomem; i++) {
        const load_root *root = &request->roots[i];
        if (str_ends(root->name, STR(".lua")))
            load_script(&v, root);
        else
            resolve(&v, root->name, root, NULL, NULL);
    }
}

bool pack_extends(const pack *p, const pack *base)
{
    for (uint32_t i = 0; i < p->extend_count; i++) {
        const pack *b = p->extends[i].base;
        if (b && (b == base || pack_extends(b, base)))
            return true;
    }
    return false;
}
