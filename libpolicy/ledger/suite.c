/*
 * policy_suite: the cases of a pack, run as a host would run them.
 *
 * Each case gets a ledger of its own. Its cells go through header matching and readers as those of a spreadsheet; its
 * parameters build another engine through the door that hosts use. Comparing is suite_compare.c's.
 */
#include "ledger/suite.h"

#include "base/platform.h"
#include "engine/record_door.h"

#define EVIDENCE_ROWS 1000 /* of a finding; more than any case gives */

struct policy_suite {
    policy_engine *engine;
    case_suite **files; /* from a folder one, from memory one a file */
    size_t file_count, file_capacity;
    size_t count; /* cases in all */
};

/* ---- finding the cases ---- */

static const policy_allocator *allocator_of(const policy_suite *s)
{
    return &s->engine->options.allocator;
}

static policy_status take_cases(policy_suite *s, case_suite *loaded, policy_error **err)
{
    if (!allocator_grow(allocator_of(s), (void **)&s->files, &s->file_capacity, s->file_count + 1, sizeof(void *), 0)) {
        case_suite_free(loaded);
        return error_nomem(err);
    }
    s->files[s->file_count++] = loaded;
    s->count += loaded->count;
    return POLICY_OK;
}

static policy_status load_path(policy_suite *s, str path, policy_error **err)
{
    case_suite *loaded = NULL;
    policy_status status = cases_load(&s->engine->options, path, &loaded, err);
    return status == POLICY_OK ? take_cases(s, loaded, err) : status;
}

/* A pack given in memory: NAME/tests/anything.yaml among the files. */
static policy_status load_memory(policy_suite *s, const pack *p, policy_error **err)
{
    const request *r = s->engine->request;
    arena scratch;
    arena_init(&scratch, allocator_of(s), 0);
    str parts[2] = {p->name, STR("/tests/")};
    str folder = arena_join(&scratch, parts, 2);
    policy_status status = folder.data ? POLICY_OK : error_nomem(err);
    for (size_t i = 0; status == POLICY_OK && i < r->count; i++) {
        const request_item *item = &r->items[i];
        if (item->kind == REQUEST_MEMORY && str_starts(item->name, folder) && str_ends(item->name, STR(".yaml"))) {
            case_suite *loaded = NULL;
            status = cases_load_text(&s->engine->options, item->name, item->data, &loaded, err);
            status = status == POLICY_OK ? take_cases(s, loaded, err) : status;
        }
    }
    arena_free(&scratch);
    return status;
}

/* The folder tests/ of a pack that is a folder itself; a pack in a single file has no cases of its own. */
static policy_status load_pack(policy_suite *s, const pack *p, policy_error **err)
{
    if (p->directory.data == NULL) {
        return load_memory(s, p, err);
    }
    if (!str_ends(p->file, STR("pack.yaml"))) {
        return POLICY_OK;
    }
    arena scratch;
    arena_init(&scratch, allocator_of(s), 0);
    str parts[2] = {p->directory, STR("/tests")};
    str folder = arena_join(&scratch, parts, 2);
    policy_status status = folder.data == NULL                  ? error_nomem(err)
                           : platform_is_directory(folder.data) ? load_path(s, folder, err)
                                                                : POLICY_OK;
    arena_free(&scratch);
    return status;
}

static str without_slash(str path)
{
    while (path.size > 1 && path.data[path.size - 1] == '/') {
        path.size--;
    }
    return path;
}

static const pack *find_pack(const policy_engine *e, str name)
{
    for (uint32_t i = e->rules->pack_count; i > 0; i--) {
        const pack *p = e->rules->packs[i - 1];
        bool folder = p->directory.data != NULL && str_ends(p->file, STR("pack.yaml"));
        if (str_equal(p->name, name) || str_equal(p->file, name) ||
            (folder && str_equal(without_slash(p->directory), without_slash(name)))) {
            return p;
        }
    }
    return NULL;
}

static policy_status refuse_name(const policy_engine *e, str name, policy_error **err)
{
    const policy_allocator *a = &e->options.allocator;
    str *names = allocator_zero(a, e->rules->pack_count + 1, sizeof *names);
    if (names == NULL) {
        return error_nomem(err);
    }
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        names[i] = e->rules->packs[i]->name;
    }
    policy_status status = error_set(err, a,
                                     &(error_spec){.status = POLICY_E_NOT_FOUND,
                                                   .message = MESSAGE_SUITE_NOT_FOUND,
                                                   .arguments = {name},
                                                   .nearest = str_nearest(name, names, e->rules->pack_count)});
    allocator_free(a, names);
    return status;
}

policy_status policy_suite_new(policy_engine *engine, const char *pack_or_path, policy_suite **out, policy_error **err)
{
    if (engine == NULL || pack_or_path == NULL || out == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(engine == NULL         ? "engine"
                                                            : pack_or_path == NULL ? "pack_or_path"
                                                                                   : "out")}});
    }
    *out = NULL;
    policy_suite *s = allocator_zero(&engine->options.allocator, 1, sizeof *s);
    if (s == NULL) {
        return error_nomem(err);
    }
    s->engine = policy_engine_ref(engine);
    str name = str_of(pack_or_path);
    const pack *p = find_pack(engine, name);
    policy_status status = p != NULL ? load_pack(s, p, err)
                           : platform_is_directory(pack_or_path) || platform_is_file(pack_or_path)
                               ? load_path(s, name, err)
                               : refuse_name(engine, name, err);
    if (status != POLICY_OK) {
        policy_suite_free(s);
        return status;
    }
    *out = s;
    return POLICY_OK;
}

void policy_suite_free(policy_suite *suite)
{
    if (suite == NULL) {
        return;
    }
    policy_engine *engine = suite->engine;
    for (size_t i = 0; i < suite->file_count; i++) {
        case_suite_free(suite->files[i]);
    }
    allocator_free(&engine->options.allocator, suite->files);
    allocator_free(&engine->options.allocator, suite);
    policy_engine_unref(engine);
}

static const test_case *case_at(const policy_suite *suite, size_t i)
{
    for (size_t f = 0; suite != NULL && f < suite->file_count; f++) {
        if (i < suite->files[f]->count) {
            return &suite->files[f]->cases[i];
        }
        i -= suite->files[f]->count;
    }
    return NULL;
}

size_t policy_suite_count(const policy_suite *suite)
{
    return suite ? suite->count : 0;
}

const char *policy_suite_case_name(const policy_suite *suite, size_t i)
{
    const test_case *c = case_at(suite, i);
    return c ? c->name.data : NULL;
}

const char *policy_suite_case_file(const policy_suite *suite, size_t i)
{
    const test_case *c = case_at(suite, i);
    return c ? c->at.file.data : NULL;
}

uint32_t policy_suite_case_line(const policy_suite *suite, size_t i)
{
    const test_case *c = case_at(suite, i);
    return c ? c->at.line : 0;
}

/* ---- running one ---- */

static policy_status refuse(case_run *trial, policy_status status, message_id message, str argument, place at,
                            str nearest)
{
    return error_set(
        trial->err, trial->allocator,
        &(error_spec){.status = status, .message = message, .arguments = {argument}, .at = at, .nearest = nearest});
}

/* A parameter's errors have no file; they are the case's. */
static policy_status build_engine(case_run *trial)
{
    policy_engine *own = trial->suite->engine;
    if (trial->c->param_count == 0) {
        trial->engine = policy_engine_ref(own);
        return POLICY_OK;
    }
    request *r = request_dup(own->request);
    if (r == NULL) {
        return error_nomem(trial->err);
    }
    for (uint32_t i = 0; i < trial->c->param_count; i++) {
        if (!request_add(r, REQUEST_PARAM, trial->c->param_texts[i].name, trial->c->param_texts[i].text)) {
            request_unref(r);
            return error_nomem(trial->err);
        }
    }
    policy_status status = request_build(r, &trial->engine, trial->err);
    request_unref(r);
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
        for (uint32_t k = 0; k < trial->c->rule_count; k++) {
            if (str_equal(trial->c->rules[k], str_of(policy_finding_rule(f)))) {
                trial->found[trial->found_count++] = f;
                break;
            }
        }
    }
    return POLICY_OK;
}

policy_status policy_suite_run(policy_suite *suite, size_t i, policy_language language, policy_text **difference,
                               policy_error **err)
{
    const test_case *c = case_at(suite, i);
    if (c == NULL || difference == NULL) {
        return error_set(err, suite ? allocator_of(suite) : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(suite == NULL ? "suite"
                                                            : c == NULL   ? "case"
                                                                          : "difference")}});
    }
    *difference = NULL;
    policy_error *found = NULL;
    case_run trial = {.allocator = allocator_of(suite), .suite = suite, .c = c, .err = &found};
    policy_status status = build_engine(&trial);
    if (status == POLICY_OK) {
        status = check_rules(&trial);
    }
    if (status == POLICY_OK) {
        status = policy_ledger_new(trial.engine, &trial.ledger, &found);
    }
    if (status == POLICY_OK) {
        status = set_days(&trial);
    }
    if (status == POLICY_OK) {
        status = post_all(&trial);
    }
    if (status == POLICY_OK) {
        status = collect(&trial);
    }
    if (status == POLICY_OK) {
        status = suite_compare(&trial, language, difference);
    }
    allocator_free(allocator_of(suite), trial.found);
    policy_findings_free(trial.findings);
    policy_ledger_free(trial.ledger);
    policy_engine_unref(trial.engine);
    if (found != NULL) {
        error_add_file(found, allocator_of(suite), c->at.file);
    }
    error_move(err, &found);
    return status;
}
