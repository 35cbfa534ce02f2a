/* What a ledger has lost; see lost.h. */
#include "ledger/lost.h"

bool ledger_lost_measure(const policy_ledger *l, const plan_measure *m)
{
    while (m->account == PLAN_NONE && m->source->measure != NULL) {
        m = m->source->measure;
    }
    return m->account != PLAN_NONE && l->lost_accounts[m->account];
}

bool ledger_lost_rule(const policy_ledger *l, const plan_rule *r)
{
    bool lost = l->lost_rules[r->number];
    for (uint32_t i = 0; i < r->version_count && !lost; i++) {
        const plan_version *v = r->versions[i];
        lost = (v->measure != NULL && ledger_lost_measure(l, v->measure)) ||
               (v->table->measure != NULL && ledger_lost_measure(l, v->table->measure));
    }
    return lost;
}

bool judge_lost(policy_ledger *l, const plan_rule *r, policy_findings *all)
{
    const plan_version *v = r->versions[r->version_count - 1];
    finding_draft d = {.version = v,
                       .severity = version_severity(v, false, 0),
                       .env = v->env,
                       .measured = value_null(),
                       .limit = value_null(),
                       .verdict = POLICY_UNKNOWN,
                       .lost = true};
    int64_t *counts = &all->verdicts[(size_t)r->number * VERDICTS];
    for (int i = 0; i < VERDICTS; i++) {
        counts[i] = i == POLICY_UNKNOWN ? 1 : 0;
    }
    return !(l->reported & (1u << POLICY_UNKNOWN)) || findings_add(all, l, &d);
}
