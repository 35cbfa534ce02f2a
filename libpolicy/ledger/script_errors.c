/*
 * Broken scripts in findings; see script_errors.h.
 *
 * A check that fails on a million records says so once: the first of its errors, in the order of findings, stays and knows
 * how many there are beside it. A script that was killed takes all its rule's findings with it, since which records came
 * before the kill is chance.
 */
#include "ledger/script_errors.h"

#include <string.h>

static bool is_script_error(const policy_finding *f)
{
    return f->version->script && f->verdict == POLICY_ERROR;
}

static void settle_killed(policy_findings *all, policy_finding *f)
{
    int64_t *counts = &all->verdicts[(size_t)f->version->rule->number * VERDICTS];
    memset(counts, 0, VERDICTS * sizeof *counts);
    counts[POLICY_ERROR] = 1;
    f->key_count = 0;
    f->row_count = 0;
}

bool script_errors_gather(policy_findings *all)
{
    policy_finding **first =
        allocator_zero(&all->allocator, (size_t)all->engine->rule_count + 1, sizeof(policy_finding *));
    if (first == NULL) {
        return false;
    }
    for (size_t i = 0; i < all->count; i++) { /* a kill stands for its rule, else the first error */
        policy_finding *f = all->items[i], **at = &first[f->version->rule->number];
        if (is_script_error(f) && (*at == NULL || (f->killed && !(*at)->killed))) {
            *at = f;
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < all->count; i++) {
        policy_finding *f = all->items[i], *stands = first[f->version->rule->number];
        bool dropped = stands != NULL && stands != f && (stands->killed || is_script_error(f));
        if (!dropped) {
            all->items[kept++] = f;
        } else if (!stands->killed) {
            stands->more++;
            stands->complete = false;
        }
    }
    all->count = kept;
    for (uint32_t i = 0; i < all->engine->rule_count; i++) {
        if (first[i] != NULL && first[i]->killed) {
            settle_killed(all, first[i]);
        }
    }
    allocator_free(&all->allocator, first);
    return true;
}
