/*
 * Asking, posting, taking back, amending: one change each, looked at and then taken or forgotten.
 */
#include "ledger/live.h"

live *live_of(policy_ledger *l)
{
    if (l->live == NULL) {
        live *v = allocator_zero(l->allocator, 1, sizeof *v);
        if (v == NULL) {
            return NULL;
        }
        scratch_init(&v->memory, l->allocator);
        v->earlier = findings_new(l->engine);
        if (v->earlier == NULL) {
            allocator_free(l->allocator, v);
            return NULL;
        }
        l->live = v;
    }
    return l->live;
}

void live_free(live *v, const policy_allocator *a)
{
    if (v != NULL) {
        scratch_free(&v->memory);
        policy_findings_free(v->earlier);
        allocator_free(a, v);
    }
}

static policy_status null_argument(const policy_ledger *l, const char *what, policy_error **err)
{
    return error_set(err, l ? l->allocator : &allocator_system,
                     &(error_spec){.status = POLICY_E_ARGUMENT,
                                   .message = MESSAGE_ARGUMENT,
                                   .arguments = {STR("NULL"), str_of(what)}});
}

static policy_status check_engine(const policy_ledger *l, const policy_engine *e, str what, policy_error **err)
{
    return e == l->engine
               ? POLICY_OK
               : error_set(err, l->allocator,
                           &(error_spec){
                               .status = POLICY_E_ARGUMENT, .message = MESSAGE_LEDGER_FOREIGN, .arguments = {what}});
}

static bool any_ready(const policy_ledger *l)
{
    for (uint32_t i = 0; i < l->engine->measure_count; i++) {
        if (l->stacked[i].ready) {
            return true;
        }
    }
    return false;
}

/* `old` goes, `posted` comes (each may be NULL); `out` may be NULL when `take`. */
static policy_status make_change(policy_ledger *l, const policy_record *old, const policy_record *posted,
                                 policy_findings *out, bool take, policy_error **err)
{
    uint32_t type_at = posted ? posted->type_at : old->type_at;
    policy_status status = ledger_check_order(l, type_at, err);
    live *v = status == POLICY_OK ? live_of(l) : NULL;
    if (v == NULL) {
        return status != POLICY_OK ? status : error_nomem(err);
    }
    scratch_reset(&v->memory);
    const policy_allocator *scratch_memory = &v->memory.allocator;
    const policy_allocator *contents = take ? l->allocator : scratch_memory;
    state probe, *delta = &l->delta;
    if (!take) {
        delta = &probe;
        if (!state_init_in(&probe, l->engine, &l->state, scratch_memory)) {
            return error_nomem(err);
        }
    }
    change c;
    bool fine = change_begin(&c, l, delta, contents, scratch_memory, type_at);
    status = fine ? POLICY_OK : error_nomem(err);
    if (status == POLICY_OK && old != NULL) {
        status = change_apply(&c, &old->inner, -1, err);
    }
    if (status == POLICY_OK && posted != NULL) {
        status = change_apply(&c, &posted->inner, 1, err);
    }
    if (status == POLICY_OK) {
        status = change_match(&c, err);
    }
    if (status == POLICY_OK && (out != NULL || any_ready(l)) && !change_derive(&c, out != NULL)) {
        status = error_nomem(err);
    }
    if (status == POLICY_OK && out != NULL && !cause_find(&c, v->earlier, out)) {
        status = error_nomem(err);
    }
    if (status == POLICY_OK && take && !change_take(&c)) {
        status = error_nomem(err);
    }
    change_end(&c);
    if (!take) {
        state_free(&probe);
    }
    if (status != POLICY_OK && out != NULL) {
        findings_clear(out);
    }
    return status;
}

static policy_status prepare(policy_ledger *l, const policy_record *a, const policy_record *b, policy_findings *out,
                             policy_error **err)
{
    policy_status status = check_engine(l, a->engine, STR("record"), err);
    if (status == POLICY_OK && b != NULL) {
        status = check_engine(l, b->engine, STR("record"), err);
    }
    if (status == POLICY_OK && b != NULL && a->type_at != b->type_at) {
        status = error_set(err, l->allocator,
                           &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_LEDGER_OTHER_TYPE});
    }
    if (status == POLICY_OK && out != NULL) {
        status = check_engine(l, out->engine, STR("findings"), err);
        if (status == POLICY_OK) {
            findings_clear(out);
        }
    }
    return status;
}

policy_status policy_ledger_check(policy_ledger *ledger, const policy_record *posted, policy_findings *out,
                                  policy_error **err)
{
    if (ledger == NULL || posted == NULL || out == NULL) {
        return null_argument(ledger, ledger == NULL ? "ledger" : posted == NULL ? "record" : "out", err);
    }
    policy_status status = prepare(ledger, posted, NULL, out, err);
    return status == POLICY_OK ? make_change(ledger, NULL, posted, out, false, err) : status;
}

policy_status policy_ledger_post_findings(policy_ledger *ledger, const policy_record *posted, policy_findings *out,
                                          policy_error **err)
{
    if (ledger == NULL || posted == NULL) {
        return null_argument(ledger, ledger == NULL ? "ledger" : "record", err);
    }
    policy_status status = prepare(ledger, posted, NULL, out, err);
    return status == POLICY_OK ? make_change(ledger, NULL, posted, out, true, err) : status;
}

policy_status policy_ledger_post(policy_ledger *ledger, const policy_record *posted, policy_error **err)
{
    return policy_ledger_post_findings(ledger, posted, NULL, err);
}

policy_status policy_ledger_retract(policy_ledger *ledger, const policy_record *posted, policy_findings *out,
                                    policy_error **err)
{
    if (ledger == NULL || posted == NULL) {
        return null_argument(ledger, ledger == NULL ? "ledger" : "record", err);
    }
    policy_status status = prepare(ledger, posted, NULL, out, err);
    return status == POLICY_OK ? make_change(ledger, posted, NULL, out, true, err) : status;
}

policy_status policy_ledger_amend(policy_ledger *ledger, const policy_record *old, const policy_record *posted,
                                  policy_findings *out, policy_error **err)
{
    if (ledger == NULL || old == NULL || posted == NULL) {
        return null_argument(ledger, ledger == NULL ? "ledger" : old == NULL ? "old" : "record", err);
    }
    policy_status status = prepare(ledger, old, posted, out, err);
    return status == POLICY_OK ? make_change(ledger, old, posted, out, true, err) : status;
}
