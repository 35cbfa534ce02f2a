/*
 * Versions in time: of parameter values, and of rules that share an id. Sorted by date they must join without a gap and
 * without an overlap, so that each day has exactly one.
 */
#include "pack/stages.h"

static bool starts_before(const date_range *a, const date_range *b)
{
    if (a->has_from != b->has_from)
        return !a->has_from;
    return a->has_from && a->from < b->from;
}

/* `a` is before `b`; both of one thing. */
static bool joins(loader *l, const date_range *a, const date_range *b, place at, place other, str name)
{
    bool overlap = !b->has_from || !a->has_until || a->until >= b->from;
    bool gap = !overlap && (int64_t)a->until + 1 != b->from;
    if (!overlap && !gap)
        return true;
    return loader_fail(l, &(error_spec){.status = overlap ? POLICY_E_DUPLICATE : POLICY_E_SYNTAX,
                                        .message = overlap ? MESSAGE_VERSIONS_OVERLAP : MESSAGE_VERSIONS_GAP,
                                        .arguments = {name},
                                        .at = at,
                                        .rule = name,
                                        .other = other});
}

static void check_param(loader *l, pack_param *p)
{
    for (uint32_t i = 1; i < p->version_count; i++) {
        param_version moved = p->versions[i];
        uint32_t at = i;
        for (; at > 0 && starts_before(&moved.in_force, &p->versions[at - 1].in_force); at--)
            p->versions[at] = p->versions[at - 1];
        p->versions[at] = moved;
    }
    for (uint32_t i = 1; i < p->version_count; i++) {
        const date_range *a = &p->versions[i - 1].in_force, *b = &p->versions[i].in_force;
        if (!joins(l, a, b, b->at, a->at, p->name))
            return;
    }
}

/* Rules of one id in one pack: insertion sort of the few there are. */
static void check_rule(loader *l, const pack *p, uint32_t first)
{
    const pack_rule **versions = loader_array(l, p->rule_count - first, sizeof(const pack_rule *));
    uint32_t count = 0;
    for (uint32_t i = first; versions && i < p->rule_count; i++) {
        const pack_rule *r = &p->rules[i];
        if (!str_equal(r->id, p->rules[first].id))
            continue;
        uint32_t at = count++;
        for (; at > 0 && starts_before(&r->in_force, &versions[at - 1]->in_force); at--)
            versions[at] = versions[at - 1];
        versions[at] = r;
    }
    for (uint32_t i = 1; i < count; i++) {
        const pack_rule *a = versions[i - 1], *b = versions[i];
        /* Two rules that say nothing of time are simply the same id twice. */
        if (a->in_force.at.line == b->in_force.at.line && a->in_force.at.column == b->in_force.at.column) {
            loader_fail(l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                         .message = MESSAGE_RULE_TWICE,
                                         .arguments = {b->id},
                                         .at = b->at.line > a->at.line ? b->at : a->at,
                                         .rule = b->id,
                                         .other = b->at.line > a->at.line ? a->at : b->at});
            return;
        }
        if (!joins(l, &a->in_force, &b->in_force, b->at, a->at, b->id))
            return;
    }
}

void check_in_force(loader *l, ruleset *r)
{
    for (uint32_t i = 0; i < r->pack_count && !l->nomem; i++) {
        pack *p = r->packs[i];
        for (uint32_t j = 0; j < p->param_count; j++)
            check_param(l, &p->params[j]);
        for (uint32_t j = 0; j < p->rule_count && !l->nomem; j++) {
            bool seen = !p->rules[j].id.data;
            bool again = false;
            for (uint32_t k = 0; k < j && !seen; k++)
                seen = str_equal(p->rules[k].id, p->rules[j].id);
            for (uint32_t k = j + 1; k < p->rule_count && !seen && !again; k++)
                again = str_equal(p->rules[k].id, p->rules[j].id);
            if (again)
                check_rule(l, p, j);
        }
    }
}
