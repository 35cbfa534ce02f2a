/*
 * Asking, posting, taking back, amending: one change each, looked at and then taken or forgotten.
 */
#include "ledger/live.h"

#include "ledger/headroom.h"
#include "ledger/suggest.h"

live *live_of(policy_ledger *l)
{
    if (l->live == NULL) {
        live *v = allocator_zero(l->allocator, 1, sizeof *v);
        if (v == NULL) {
            return NULL;
        }
        scratch_init(&v->memory, l->allocator);
        v->earlier = findings_new(l->engine);
        v->measures = allocator_zero(l->allocator, (size_t)l->engine->measure_count + 1, sizeof *v->measures);
        v->one_number = allocator_zero(l->allocator, (size_t)l->engine->version_count + 1, sizeof *v->one_number);
        if (v->earlier == NULL || v->measures == NULL || v->one_number == NULL ||
            !state_init_probe(&v->probe, l->engine, &l->state, &v->memory.allocator)) {
            live_free(v, l->allocator);
            return NULL;
        }
        l->live = v;
    }
    return l->live;
}

void live_free(live *v, const policy_allocator *a)
{
    if (v != NULL) {
        state_free(&v->probe);
        scratch_free(&v->memory);
        allocator_free(a, v->measures);
        allocator_free(a, v->one_number);
        policy_findings_free(v->earlier);
        policy_findings_free(v->trial);
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

/* What to do: `old` goes, `posted` comes (each may be NULL). Filled are `out`, or `room`; each may be NULL. */
typedef struct wanted {
    uint32_t type_at;
    const record *old, *posted;
    policy_findings *out;
    policy_headroom *room;
    bool take;                /* else it is only looked at */
    const plan_version *only; /* of whose rule findings are wanted; NULL: of all */
    bool split;               /* told: `room` beside `out` has to be asked for by itself */
} wanted;

/* What follows from the change, told and, where it is wanted, done. */
static policy_status follow(change *c, const wanted *w, policy_error **err)
{
    policy_ledger *l = c->ledger;
    bool told = w->out != NULL || w->room != NULL;
    if (w->room != NULL && w->out == NULL) {
        c->everything = false; /* only the record's own groups are looked at, as they are */
    }
    bool fine = !(told || any_ready(l)) || change_derive(c, told);
    fine = fine && (w->out == NULL || cause_find(c, l->live->earlier, w->out));
    fine = fine && (w->room == NULL || c->everything || headroom_find(c, w->room));
    fine = fine && (!w->take || change_take(c));
    return fine ? POLICY_OK : error_nomem(err);
}

static policy_status make_change(policy_ledger *l, wanted *w, policy_error **err)
{
    uint32_t type_at = w->type_at;
    const record *old = w->old, *posted = w->posted;
    bool take = w->take;
    policy_status status = ledger_check_order(l, type_at, err);
    live *v = status == POLICY_OK ? live_of(l) : NULL;
    if (v == NULL) {
        return status != POLICY_OK ? status : error_nomem(err);
    }
    scratch_reset(&v->memory);
    const policy_allocator *scratch_memory = &v->memory.allocator;
    const policy_allocator *contents = take ? l->allocator : scratch_memory;
    change c;
    bool fine = change_begin(&c, l, take ? &l->delta : &v->probe, v->measures, contents, scratch_memory, type_at);
    c.only = w->only;
    status = fine ? POLICY_OK : error_nomem(err);
    if (status == POLICY_OK && old != NULL) {
        status = change_apply(&c, old, -1, err);
    }
    if (status == POLICY_OK && posted != NULL) {
        status = change_apply(&c, posted, 1, err);
    }
    if (status == POLICY_OK) {
        status = change_match(&c, err);
    }
    if (status == POLICY_OK) {
        status = follow(&c, w, err);
    }
    w->split = c.everything;
    change_end(&c);
    if (status != POLICY_OK && w->out != NULL) {
        findings_clear(w->out);
    }
    if (status != POLICY_OK && w->room != NULL) {
        policy_headroom_clear(w->room);
    }
    return status;
}

bool live_ask(policy_ledger *l, uint32_t type_at, const record *posted, const plan_version *only, policy_findings *out)
{
    return make_change(l, &(wanted){.type_at = type_at, .posted = posted, .out = out, .only = only}, NULL) == POLICY_OK;
}

bool live_resolve(policy_ledger *l, uint32_t type_at, const record *posted, value *values)
{
    frame *f = frame_take(l, l->engine->tables[type_at]);
    if (f == NULL) {
        return false;
    }
    bool asked = l->state.schools.asked;
    record_systems schools = systems_lookup(&l->state.schools, type_at);
    int problems = record_resolve(l->engine->schema, posted, &schools, evaluation_scratch(f->ev), values, l->problems);
    l->state.schools.asked = asked;
    frame_give(l, f);
    return problems >= 0;
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
    if (status == POLICY_OK) {
        status = make_change(ledger, &(wanted){.type_at = posted->type_at, .posted = &posted->inner, .out = out}, err);
    }
    if (status == POLICY_OK && !suggest_nearest(ledger, posted->type_at, &posted->inner, out)) {
        findings_clear(out);
        status = error_nomem(err);
    }
    return status;
}

policy_status policy_ledger_post_findings(policy_ledger *ledger, const policy_record *posted, policy_findings *out,
                                          policy_error **err)
{
    if (ledger == NULL || posted == NULL) {
        return null_argument(ledger, ledger == NULL ? "ledger" : "record", err);
    }
    policy_status status = prepare(ledger, posted, NULL, out, err);
    return status == POLICY_OK
               ? make_change(ledger,
                             &(wanted){.type_at = posted->type_at, .posted = &posted->inner, .out = out, .take = true},
                             err)
               : status;
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
    return status == POLICY_OK
               ? make_change(ledger,
                             &(wanted){.type_at = posted->type_at, .old = &posted->inner, .out = out, .take = true},
                             err)
               : status;
}

policy_status policy_ledger_amend(policy_ledger *ledger, const policy_record *old, const policy_record *posted,
                                  policy_findings *out, policy_error **err)
{
    if (ledger == NULL || old == NULL || posted == NULL) {
        return null_argument(ledger, ledger == NULL ? "ledger" : old == NULL ? "old" : "record", err);
    }
    policy_status status = prepare(ledger, old, posted, out, err);
    return status == POLICY_OK ? make_change(ledger,
                                             &(wanted){.type_at = posted->type_at,
                                                       .old = &old->inner,
                                                       .posted = &posted->inner,
                                                       .out = out,
                                                       .take = true},
                                             err)
                               : status;
}

policy_status policy_ledger_headroom(policy_ledger *ledger, const policy_record *posted, policy_headroom *out,
                                     policy_error **err)
{
    if (ledger == NULL || posted == NULL || out == NULL) {
        return null_argument(ledger, ledger == NULL ? "ledger" : posted == NULL ? "record" : "out", err);
    }
    policy_status status = prepare(ledger, posted, NULL, NULL, err);
    if (status == POLICY_OK) {
        status = check_engine(ledger, out->engine, STR("headroom"), err);
    }
    if (status != POLICY_OK) {
        return status;
    }
    policy_headroom_clear(out);
    return make_change(ledger, &(wanted){.type_at = posted->type_at, .posted = &posted->inner, .room = out}, err);
}

policy_status policy_ledger_check_with_headroom(policy_ledger *ledger, const policy_record *posted,
                                                policy_findings *out, policy_headroom *left, policy_error **err)
{
    if (ledger == NULL || posted == NULL || out == NULL || left == NULL) {
        return null_argument(ledger,
                             ledger == NULL   ? "ledger"
                             : posted == NULL ? "record"
                             : out == NULL    ? "out"
                                              : "left",
                             err);
    }
    policy_status status = prepare(ledger, posted, NULL, out, err);
    if (status == POLICY_OK) {
        status = check_engine(ledger, left->engine, STR("headroom"), err);
    }
    if (status != POLICY_OK) {
        return status;
    }
    policy_headroom_clear(left);
    wanted both = {.type_at = posted->type_at, .posted = &posted->inner, .out = out, .room = left};
    status = make_change(ledger, &both, err);
    if (status == POLICY_OK && both.split) {
        status =
            make_change(ledger, &(wanted){.type_at = posted->type_at, .posted = &posted->inner, .room = left}, err);
    }
    if (status == POLICY_OK && !suggest_nearest(ledger, posted->type_at, &posted->inner, out)) {
        status = error_nomem(err);
    }
    if (status != POLICY_OK) {
        findings_clear(out);
        policy_headroom_clear(left);
    }
    return status;
}
