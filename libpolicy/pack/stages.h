/*
 * What happens to packs after they are read, in this order. Each reports and goes on.
 */
#ifndef POLICY_PACK_STAGES_H
#define POLICY_PACK_STAGES_H

#include "pack/load.h"
#include "pack/loader.h"

/* extends.c: load what was asked for and all it extends, base first; checks versions, refuses cycles. */
void resolve_packs(loader *l, const load_request *request, ruleset *r);
/* merge.c: the one schema; names that clash, between packs too; names of tables, rules and clauses that do not exist. */
void resolve_schema(loader *l, const load_request *request, ruleset *r);
void check_names(loader *l, const ruleset *r);
/* clauses.c: rules and clauses name each other; quotes are filled in. */
void link_clauses(loader *l, ruleset *r);
/* in_force.c: versions of rules and parameters without gaps and overlaps. Parameters come out sorted. */
void check_in_force(loader *l, ruleset *r);
/* params.c: parameters after all overlays and the host's settings. */
void resolve_params(loader *l, const load_request *request, ruleset *r);
/* tighten.c: what overlays say of rules of their bases. */
void check_tightens(loader *l, ruleset *r);

/* The rule of that id in packs up to and including `r->packs[until]`, NULL when absent. */
const pack_rule *ruleset_find_rule(const ruleset *r, str id, const pack **where);

#endif
