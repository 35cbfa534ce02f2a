/*
 * Loading a ruleset: the stages in order, and the life of the result.
 */
#include "pack/load.h"

#include "pack/stages.h"

#define RULESET_BYTES_MAX ((size_t)256 * 1024 * 1024)

static bool bases_known(const ruleset *r)
{
    for (uint32_t i = 0; i < r->pack_count; i++)
        for (uint32_t j = 0; j < r->packs[i]->extend_count; j++)
            if (!r->packs[i]->extends[j].base)
                return false;
    return true;
}

static void run_stages(loader *l, const load_request *request, ruleset *r)
{
    resolve_packs(l, request, r);
    if (l->nomem)
        return;
    resolve_schema(l, request, r);
    if (!l->nomem)
        check_names(l, r);
    if (!l->nomem)
        link_clauses(l, r);
    if (!l->nomem)
        check_in_force(l, r);
    /* What follows compares packs with their bases; with a base missing it would report what is not so. */
    if (!bases_known(r))
        return;
    if (!l->nomem)
        resolve_params(l, request, r);
    if (!l->nomem)
        check_tightens(l, r);
}

/* Mark the rules that errors are about. False when an error is about anything else: what follows from it would be reported
 * as errors of its own. */
static bool only_rules_broken(const loader *l, ruleset *r)
{
    if (l->nomem || !r->schema || r->pack_count == 0)
        return false;
    for (const policy_error *e = l->errors; e; e = policy_error_next(e)) {
        str id = str_of(policy_error_rule(e));
        bool found = false;
        for (uint32_t i = 0; i < r->pack_count && id.data; i++)
            for (uint32_t k = 0; k < r->packs[i]->rule_count; k++)
                if (r->packs[i]->rules[k].id.data && str_equal(r->packs[i]->rules[k].id, id))
                    found = r->packs[i]->rules[k].broken = true;
        if (!found)
            return false;
    }
    return true;
}

policy_status ruleset_load(const policy_options *options, const load_request *request, ruleset **out,
                           policy_error **err)
{
    *out = NULL;
    ruleset *r = allocator_zero(&options->allocator, 1, sizeof *r);
    if (!r)
        return error_nomem(err);
    r->options = options;
    arena_init(&r->memory, &options->allocator, RULESET_BYTES_MAX);
    loader l;
    loader_init(&l, options, &r->memory);
    run_stages(&l, request, r);
    bool usable = l.errors == NULL || only_rules_broken(&l, r);
    policy_status status = loader_finish(&l, err);
    if (status == POLICY_OK || (usable && status != POLICY_E_NOMEM))
        *out = r;
    else
        ruleset_free(r);
    return status;
}

void ruleset_free(ruleset *r)
{
    if (!r)
        return;
    const policy_allocator *allocator = r->memory.allocator;
    arena_free(&r->memory);
    allocator_free(allocator, r);
}
