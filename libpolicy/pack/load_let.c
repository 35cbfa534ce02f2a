/*
 * `let`: names for expressions over one record type, or several with commas between.
 */
#include "pack/parts.h"

/* "homework, exam" into its names. */
static bool read_tables(loader *l, const node *n, const str **out, uint32_t *count)
{
    str text = n->scalar;
    uint32_t most = 1;
    for (size_t i = 0; i < text.size; i++)
        most += text.data[i] == ',';
    str *tables = loader_array(l, most, sizeof *tables);
    if (!tables)
        return false;
    uint32_t found = 0;
    for (size_t from = 0; from <= text.size;) {
        size_t until = from;
        while (until < text.size && text.data[until] != ',')
            until++;
        str name = str_trim(str_slice(text, from, until));
        if (!is_identifier(name))
            return loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                                .message = MESSAGE_PACK_LET_TABLES,
                                                .arguments = {text},
                                                .at = n->at});
        tables[found++] = name;
        from = until + 1;
    }
    *out = tables;
    *count = found;
    return true;
}

static void read_tables_lets(loader *l, pack *p, const node *key, const node *n)
{
    const str *tables = NULL;
    uint32_t table_count = 0;
    if (!read_tables(l, key, &tables, &table_count) || !node_expect(l, n, NODE_MAP, key->scalar))
        return;
    for (uint32_t i = 0; i < n->count; i++) {
        pack_let *let = &p->lets[p->let_count];
        if (!node_read_identifier(l, &n->keys[i], STR("let"), &let->name))
            continue;
        l->rule = let->name;
        let->tables = tables;
        let->table_count = table_count;
        let->at = n->keys[i].at;
        if (node_read_expression(l, &n->items[i], let->name, &let->expression))
            p->let_count++;
        l->rule = str_none;
    }
}

void load_lets(loader *l, const pack_files *files, pack *p)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < files->count; i++) {
        const node *n = node_find(files->roots[i], STR("let"));
        for (uint32_t j = 0; n && n->kind == NODE_MAP && j < n->count; j++)
            count += n->items[j].kind == NODE_MAP ? n->items[j].count : 0;
    }
    p->lets = loader_array(l, count, sizeof *p->lets);
    if (p->lets)
        files_each(l, files, p, STR("let"), NODE_MAP, read_tables_lets);
}
