/*
 * Running a case as a host would.
 *
 * Each case gets a ledger of its own. Its cells go through header matching and readers as those of a spreadsheet; its
 * parameters build another engine through the door that hosts use.
 */
#include "engine/record_door.h"
#include "ledger/suite.h"

#define EVIDENCE_ROWS 1000 /* of a finding; more than any case gives */

static policy_status refuse(case_run *trial, policy_status status, message_id message, str argument, place at,
                            str nearest)
{
    return error_set(
        trial->err, trial->allocator,
        &(error_spec){.status = status, .message = message, .arguments = {argument}, .at = at, .nearest = nearest});
}

request *suite_request(const policy_engine *e, const test_case *c)
{
    request *r = request_dup(e->request);
    for (uint32_t i = 0; r != NULL && i < c->param_count; i++) {
        if (!request_add(r, REQUEST_PARAM, c->param_texts[i].name, c->param_texts[i].text)) {
            request_unref(r);
            return NULL;
        }
    }
    return r;
}

/* A parameter's errors have no file; they are the case's. */
static policy_status build_engine(case_run *trial, policy_engine *base)
{
    if (trial->c->param_count == 0) {
        trial->engine = policy_engine_ref(base);
        return POLICY_OK;
    }
    request *r = suite_request(base, trial->c);
    if (r == NULL) {
        return error_nomem(trial->err);
    }
    policy_status status;
    if (base->is_watched) {
        status = request_load(r, &trial->rules, trial->err);
        if (status == POLICY_OK) {
            status = request_plan(r, trial->rules, true, &trial->engine, trial->err);
        }
    } else {
        status = request_build(r, &trial->engine, trial->err);
    }
    trial->request = r; /* whose allocator the rules use */
    return status;
}

static policy_status check_rule(case_run *trial, str id, place at)
{
    const policy_engine *e = trial->engine;
    if (suite_rule_index(e, id) != SIZE_MAX) {
        return POLICY_OK;
    }
    str *names = allocator_zero(trial->allocator, e->rule_count + 1, sizeof *names);
    if (names == NULL) {
        return error_nomem(trial->err);
    }
    for (uint32_t i = 0; i < e->rule_count; i++) {
        names[i] = e->rule_list[i]->id;
    }
    policy_status status =
        refuse(trial, POLICY_E_NAME, MESSAGE_ENGINE_NO_RULE, id, at, str_nearest(id, names, e->rule_count));
    allocator_free(trial->allocator, names);
    return status;
}

static policy_status check_rules(case_run *trial)
{
    policy_status status = POLICY_OK;
    for (uint32_t i = 0; i < trial->c->rule_count && status == POLICY_OK; i++) {
        status = check_rule(trial, trial->c->rules[i], trial->c->at);
    }
    for (uint32_t i = 0; i < trial->c->expected_count && status == POLICY_OK; i++) {
        if (trial->c->expected[i].rule.data != NULL) {
            status = check_rule(trial, trial->c->expected[i].rule, trial->c->expected[i].at);
        }
    }
    for (uint32_t i = 0; i < trial->c->given_count && status == POLICY_OK; i++) {
        str name = trial->c->given[i].type;
        if (engine_find_type(trial->engine, name) < 0) {
            status = refuse(trial, POLICY_E_NAME, MESSAGE_ENGINE_NO_TYPE, name, trial->c->given[i].at, str_none);
        }
    }
    return status;
}

/* A date that is not given is the calendar's. */
static policy_status set_days(case_run *trial)
{
    const test_case *c = trial->c;
    policy_status status = POLICY_OK;
    if (c->has_from || c->has_until) {
        int32_t from = c->from, until = c->until, first = c->from, last = c->until;
        if (!(c->has_from && c->has_until) && calendar_span(trial->engine->calendar, &first, &last)) {
            from = c->has_from ? from : first;
            until = c->has_until ? until : last;
        } else if (!(c->has_from && c->has_until)) {
            return refuse(trial, POLICY_E_STATE, MESSAGE_SUITE_PERIOD, str_none, c->at, str_none);
        }
        status = policy_ledger_set_period(trial->ledger, from, until, trial->err);
    }
    if (status == POLICY_OK && c->has_as_of) {
        status = policy_ledger_set_as_of(trial->ledger, c->as_of, trial->err);
    }
    return status == POLICY_OK
               ? policy_ledger_set_evidence(trial->ledger, POLICY_EVIDENCE_FIRST, EVIDENCE_ROWS, trial->err)
               : status;
}

/* Which columns the table has: every name that one of its rows uses. A field of such a column is empty where a row says
 * nothing, absent where no row does. */
static policy_status find_columns(case_run *trial, const case_table *t, const schema_type *type_of, bool *present)
{
    for (uint32_t i = 0; i < t->row_count; i++) {
        const case_row *row = &t->rows[i];
        uint64_t seen = 0;
        for (uint32_t k = 0; k < row->cell_count; k++) {
            str unit;
            int field = schema_match_header(type_of, row->cells[k].column, &unit);
            if (field < 0) {
                str names[SCHEMA_FIELDS_MAX];
                for (uint32_t f = 0; f < type_of->field_count; f++) {
                    names[f] = type_of->fields[f].name;
                }
                return error_set(
                    trial->err, trial->allocator,
                    &(error_spec){.status = POLICY_E_NAME,
                                  .message = MESSAGE_ENGINE_NO_FIELD,
                                  .arguments = {type_of->name, row->cells[k].column},
                                  .at = row->cells[k].at,
                                  .nearest = str_nearest(row->cells[k].column, names, type_of->field_count)});
            }
            if (seen & (UINT64_C(1) << field)) {
                return refuse(trial, POLICY_E_DUPLICATE, MESSAGE_SUITE_COLUMN_TWICE, type_of->fields[field].name,
                              row->cells[k].at, str_none);
            }
            seen |= UINT64_C(1) << field;
            present[field] = true;
        }
    }
    return POLICY_OK;
}

static void fill_row(record *r, const case_row *row, const bool *present)
{
    for (uint32_t f = 0; f < r->type->field_count; f++) {
        r->cells[f] = (cell){.kind = present[f] ? CELL_EMPTY : CELL_ABSENT};
    }
    for (uint32_t k = 0; k < row->cell_count; k++) {
        str unit;
        int field = schema_match_header(r->type, row->cells[k].column, &unit);
        bool empty = row->cells[k].text.size == 0;
        r->cells[field] =
            empty ? (cell){.kind = CELL_EMPTY} : (cell){.kind = CELL_TEXT, .text = row->cells[k].text, .unit = unit};
    }
}

static policy_status post_table(case_run *trial, const case_table *t, uint32_t type_at)
{
    const schema_type *type_of = &trial->engine->schema->types[type_at];
    bool present[SCHEMA_FIELDS_MAX] = {false};
    policy_record *row = NULL;
    policy_status status = find_columns(trial, t, type_of, present);
    if (status == POLICY_OK) {
        status = policy_ledger_supply(trial->ledger, type_of->name.data, trial->err);
    }
    if (status == POLICY_OK) {
        status = policy_record_new(trial->engine, type_of->name.data, &row, trial->err);
    }
    for (uint32_t i = 0; i < t->row_count && status == POLICY_OK; i++) {
        policy_record_clear(row);
        fill_row(&row->inner, &t->rows[i], present); /* texts of the suite outlive the ledger */
        row->inner.source = type_of->name;
        row->inner.row = i + 1;
        status = policy_ledger_post(trial->ledger, row, trial->err);
    }
    policy_record_free(row);
    return status;
}

static policy_status post_all(case_run *trial)
{
    const policy_engine *e = trial->engine;
    policy_status status = POLICY_OK;
    for (uint32_t i = 0; i < e->type_count && status == POLICY_OK; i++) {
        uint32_t type_at = e->feed_order[i];
        for (uint32_t k = 0; k < trial->c->given_count && status == POLICY_OK; k++) {
            if (str_equal(trial->c->given[k].type, e->tables[type_at]->name)) {
                status = post_table(trial, &trial->c->given[k], type_at);
            }
        }
    }
    return status;
}

static policy_status collect(case_run *trial)
{
    policy_status status = policy_ledger_findings(trial->ledger, &trial->findings, trial->err);
    if (status != POLICY_OK) {
        return status;
    }
    size_t count = policy_findings_count(trial->findings);
    trial->found = allocator_zero(trial->allocator, count + 1, sizeof(void *));
    if (trial->found == NULL) {
        return error_nomem(trial->err);
    }
    for (size_t i = 0; i < count; i++) {
        const policy_finding *f = policy_findings_at(trial->findings, i);
        policy_verdict verdict = policy_finding_verdict(f);
        if (verdict != POLICY_FAIL && verdict != POLICY_UNKNOWN && verdict != POLICY_ERROR) {
            continue;
        }
        for (uint32_t k = 0; k < trial->c->rule_count; k++) {
            if (str_equal(trial->c->rules[k], str_of(policy_finding_rule(f)))) {
                trial->found[trial->found_count++] = f;
                break;
            }
        }
    }
    return POLICY_OK;
}

static policy_status run_case(case_run *trial, uint32_t reported)
{
    policy_error **err = trial->err;
    policy_status status = check_rules(trial);
    if (status == POLICY_OK) {
        status = policy_ledger_new(trial->engine, &trial->ledger, err);
    }
    if (status == POLICY_OK && reported != 0) {
        status = policy_ledger_set_reported(trial->ledger, reported, err);
    }
    if (status == POLICY_OK) {
        status = set_days(trial);
    }
    if (status == POLICY_OK) {
        status = post_all(trial);
    }
    return status == POLICY_OK ? collect(trial) : status;
}

static policy_status name_file(const case_run *trial, policy_status status)
{
    if (trial->err != NULL && *trial->err != NULL) {
        error_add_file(*trial->err, trial->allocator, trial->c->at.file);
    }
    return status;
}

policy_status suite_begin(case_run *trial, policy_engine *base, const test_case *c, policy_error **err)
{
    *trial = (case_run){.allocator = &base->options.allocator, .c = c, .err = err};
    return name_file(trial, build_engine(trial, base));
}

void suite_begin_with(case_run *trial, policy_engine *engine, const test_case *c, policy_error **err)
{
    *trial =
        (case_run){.allocator = &engine->options.allocator, .c = c, .engine = policy_engine_ref(engine), .err = err};
}

policy_status suite_go(case_run *trial, uint32_t reported)
{
    return name_file(trial, run_case(trial, reported));
}

void suite_end(case_run *trial)
{
    allocator_free(trial->allocator, trial->found);
    policy_findings_free(trial->findings);
    policy_ledger_free(trial->ledger);
    policy_engine_unref(trial->engine);
    ruleset_free(trial->rules);
    request_unref(trial->request);
}
