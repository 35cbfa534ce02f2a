/*
 * Clauses and rules name each other: a rule's clause must exist where its pack lists clauses, a clause's rules must exist,
 * and a rule without a quote of its own takes that of its clause.
 */
#include "pack/stages.h"

const pack_rule *ruleset_find_rule(const ruleset *r, str id, const pack **where)
{
    for (uint32_t i = 0; i < r->pack_count; i++) {
        for (uint32_t j = 0; j < r->packs[i]->rule_count; j++) {
            if (str_equal(r->packs[i]->rules[j].id, id)) {
                if (where)
                    *where = r->packs[i];
                return &r->packs[i]->rules[j];
            }
        }
    }
    return NULL;
}

static const pack_clause *find_in(const pack *p, str id)
{
    for (uint32_t i = 0; i < p->clause_count; i++)
        if (str_equal(p->clauses[i].id, id))
            return &p->clauses[i];
    return NULL;
}

/* Its own clause, else one of a base. */
static const pack_clause *find_clause(const ruleset *r, const pack *p, str id)
{
    const pack_clause *c = find_in(p, id);
    for (uint32_t i = r->pack_count; !c && i > 0; i--)
        if (pack_extends(p, r->packs[i - 1]))
            c = find_in(r->packs[i - 1], id);
    return c;
}

static void refuse_clause(loader *l, const pack *p, const pack_rule *rule)
{
    str *known = loader_array(l, p->clause_count, sizeof *known);
    if (!known)
        return;
    for (uint32_t i = 0; i < p->clause_count; i++)
        known[i] = p->clauses[i].id;
    loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                 .message = MESSAGE_CLAUSE_UNKNOWN,
                                 .arguments = {rule->clause},
                                 .at = rule->clause_at,
                                 .rule = rule->id,
                                 .nearest = str_nearest(rule->clause, known, p->clause_count)});
}

static void refuse_rule(loader *l, const ruleset *r, const pack_clause *c, str id)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < r->pack_count; i++)
        count += r->packs[i]->rule_count;
    str *known = loader_array(l, count, sizeof *known);
    if (!known)
        return;
    count = 0;
    for (uint32_t i = 0; i < r->pack_count; i++)
        for (uint32_t j = 0; j < r->packs[i]->rule_count; j++)
            if (r->packs[i]->rules[j].id.data)
                known[count++] = r->packs[i]->rules[j].id;
    loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                 .message = MESSAGE_CLAUSE_RULE,
                                 .arguments = {c->id, id},
                                 .at = c->rules_at,
                                 .nearest = str_nearest(id, known, count)});
}

void link_clauses(loader *l, ruleset *r)
{
    for (uint32_t i = 0; i < r->pack_count; i++) {
        pack *p = r->packs[i];
        for (uint32_t j = 0; j < p->rule_count; j++) {
            pack_rule *rule = &p->rules[j];
            const pack_clause *c = rule->clause.data ? find_clause(r, p, rule->clause) : NULL;
            if (rule->clause.data && !c && p->clause_count > 0)
                refuse_clause(l, p, rule);
            if (c && !rule->quote.data)
                rule->quote = c->quote;
            if (c && !rule->document.data)
                rule->document = c->document;
        }
        for (uint32_t j = 0; j < p->clause_count; j++)
            for (uint32_t k = 0; k < p->clauses[j].rule_count; k++)
                if (!ruleset_find_rule(r, p->clauses[j].rules[k], NULL))
                    refuse_rule(l, r, &p->clauses[j], p->clauses[j].rules[k]);
    }
}
