/*
 * Row rules on a block: verdicts that nobody wants to see are counted, the rest is left to judge_row.
 */
#include "columns/feed.h"

/* A verdict that becomes no finding is only counted. */
static bool only_counted(const policy_ledger *l, policy_verdict verdict)
{
    return (l->reported & (1u << verdict)) == 0;
}

/* Count the rows of `mask` under a verdict and take them from what is left; or leave them. */
static void settle(type_columns *c, const row_rule *r, policy_verdict verdict, const uint8_t *mask)
{
    policy_ledger *l = c->programs.ledger;
    size_t count = c->coding->count;
    if (only_counted(l, verdict)) {
        l->delta.verdicts[(size_t)r->version->rule->number * VERDICTS + verdict] += mask_count(mask, count);
        mask_and_not(r->left, mask, count);
    }
}

static bool judge(type_columns *c, row_rule *r)
{
    programs *p = &c->programs;
    size_t count = c->coding->count;
    const uint8_t *yes, *no;
    memcpy(c->here, c->live, count);
    memcpy(r->left, c->live, count);
    if (!r->always) {
        if (!truth_rows(p, r->nowhere, &yes, &no)) {
            return false;
        }
        memcpy(c->mask, c->live, count);
        mask_and(c->mask, yes, count);
        settle(c, r, POLICY_NOT_IN_FORCE, c->mask);
        mask_and_not(c->here, c->mask, count);
        memcpy(c->rest, yes, count); /* nowhere */
        if (!truth_rows(p, r->here, &yes, &no)) {
            return false;
        }
        mask_and(c->here, yes, count);
        /* Elsewhere: another version speaks. */
        memcpy(c->mask, c->live, count);
        if (no != NULL) {
            mask_and(c->mask, no, count);
        } else {
            mask_and_not(c->mask, yes, count);
        }
        mask_and_not(c->mask, c->rest, count);
        mask_and_not(r->left, c->mask, count);
    }
    if (!condition_rows(p, r->when, &yes, &no)) {
        return false;
    }
    memcpy(c->mask, c->here, count);
    if (no != NULL) {
        mask_and(c->mask, no, count);
    } else {
        mask_and_not(c->mask, yes, count);
    }
    settle(c, r, POLICY_NOT_APPLICABLE, c->mask);
    mask_and(c->here, yes, count);
    if (r->check == NULL) {
        return true;
    }
    if (!condition_rows(p, r->check, &yes, &no)) {
        return false;
    }
    bool require = r->version->require;
    memcpy(c->mask, c->here, count);
    memcpy(c->rest, c->here, count);
    mask_and(c->mask, yes, count);
    if (no != NULL) {
        mask_and(c->rest, no, count);
    } else {
        mask_and_not(c->rest, yes, count);
    }
    settle(c, r, require ? POLICY_PASS : POLICY_FAIL, c->mask);
    settle(c, r, require ? POLICY_FAIL : POLICY_PASS, c->rest);
    return true;
}

bool row_rules_block(type_columns *c)
{
    for (uint32_t i = 0; i < c->rule_count; i++) {
        row_rule *r = &c->rules[i];
        if (r->by_codes) {
            if (!judge(c, r)) {
                return false;
            }
        } else {
            memcpy(r->left, c->live, c->coding->count);
        }
        mask_or(c->any_left, r->left, c->coding->count);
    }
    return true;
}
