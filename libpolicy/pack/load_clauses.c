/*
 * Clauses: each sentence of the source with its quote, and who holds it: rules, a document on file, or a reason why no
 * computer can.
 */
#include "pack/parts.h"

static void read_clause(loader *l, pack *p, const node *key, const node *n)
{
    static const str keys[] = {STR_INIT("section"), STR_INIT("quote"),       STR_INIT("duty"),   STR_INIT("kind"),
                               STR_INIT("rules"),   STR_INIT("attested_by"), STR_INIT("reason"), STR_INIT("document")};
    pack_clause *c = &p->clauses[p->clause_count++];
    c->at = key->at;
    if (!node_read_text(l, key, STR("clauses"), &c->id))
        return;
    if (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_CLAUSE) && n->kind != NODE_MAP)
        return;
    const node *section = p->is_script ? node_find(n, keys[0]) : node_require(l, n, keys[0], MESSAGE_THING_CLAUSE),
               *quote = node_require(l, n, keys[1], MESSAGE_THING_CLAUSE), *duty = node_find(n, keys[2]),
               *kind = node_find(n, keys[3]), *rules = node_find(n, keys[4]), *attested = node_find(n, keys[5]),
               *reason = node_find(n, keys[6]), *document = node_find(n, keys[7]);
    if (section)
        node_read_text(l, section, keys[0], &c->section);
    if (quote)
        node_read_text(l, quote, keys[1], &c->quote);
    if (duty)
        node_read_text(l, duty, keys[2], &c->duty);
    if (kind)
        node_read_text(l, kind, keys[3], &c->kind);
    if (rules && node_read_texts(l, rules, keys[4], &c->rules, &c->rule_count))
        c->rules_at = rules->at;
    if (attested)
        node_read_text(l, attested, keys[5], &c->attested_by);
    if (reason)
        node_read_localized(l, reason, keys[6], &c->reason);
    if (document)
        node_read_text(l, document, keys[7], &c->document);
    bool held = p->is_script || (rules && (rules->kind != NODE_LIST || rules->count > 0)) || attested || reason;
    if (!held)
        loader_fail(
            l, &(error_spec){
                   .status = POLICY_E_SYNTAX, .message = MESSAGE_CLAUSE_UNHELD, .arguments = {c->id}, .at = c->at});
}

void load_clauses(loader *l, const pack_files *files, pack *p)
{
    p->clauses = loader_array(l, files_count(files, STR("clauses")), sizeof *p->clauses);
    if (p->clauses)
        files_each(l, files, p, STR("clauses"), NODE_MAP, read_clause);
}
