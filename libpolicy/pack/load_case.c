/*
 * Cases: the files of tests/ beside a pack, into the model of cases.h.
 *
 * Cells are text, as a spreadsheet would have them: the readers of the schema see what they would see in a file. Beside
 * `cases` a file may hold `mutants`: reasons why changes that no case notices may stay unnoticed.
 */
#include "pack/cases.h"

#include "base/platform.h"
#include "pack/nodes.h"
#include "pack/yaml.h"

#define SUITE_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define CASE_FILES_MAX  1000

static bool refuse(loader *l, const node *n, message_id message, str argument)
{
    return loader_fail(
        l, &(error_spec){.status = POLICY_E_SYNTAX, .message = message, .arguments = {argument}, .at = n->at});
}

/* ---- given ---- */

static void read_row(loader *l, const node *n, case_row *row)
{
    row->at = n->at;
    if (!node_expect(l, n, NODE_MAP, STR("given")))
        return;
    row->cells = loader_array(l, n->count, sizeof *row->cells);
    for (uint32_t i = 0; row->cells && i < n->count; i++) {
        const node *cell = &n->items[i];
        if (cell->kind == NODE_LIST || cell->kind == NODE_MAP)
            refuse(l, cell, MESSAGE_CASE_CELL, str_none);
        else
            row->cells[row->cell_count++] =
                (case_cell){n->keys[i].scalar, cell->kind == NODE_NULL ? STR("") : cell->scalar, cell->at};
    }
}

static void read_given(loader *l, const node *n, test_case *c)
{
    if (!node_expect(l, n, NODE_MAP, STR("given")))
        return;
    c->given = loader_array(l, n->count, sizeof *c->given);
    for (uint32_t i = 0; c->given && i < n->count; i++) {
        const node *rows = &n->items[i];
        case_table *table = &c->given[c->given_count];
        if (!node_read_identifier(l, &n->keys[i], STR("given"), &table->type) ||
            !node_expect(l, rows, NODE_LIST, table->type))
            continue;
        table->at = n->keys[i].at;
        table->rows = loader_array(l, rows->count, sizeof *table->rows);
        for (uint32_t j = 0; table->rows && j < rows->count; j++)
            read_row(l, &rows->items[j], &table->rows[j]);
        table->row_count = table->rows ? rows->count : 0;
        c->given_count++;
    }
}

/* ---- expect ---- */

static bool find_verdict(str word, policy_verdict *out)
{
    for (policy_verdict v = POLICY_PASS; v <= POLICY_ERROR; v++) {
        if (str_equal(word, str_of(policy_verdict_name(v)))) {
            *out = v;
            return true;
        }
    }
    return false;
}

static void read_result(loader *l, const node *n, case_expectation *e)
{
    static const str words[] = {STR_INIT("fail"), STR_INIT("unknown"), STR_INIT("error")};
    str word;
    if (!node_read_text(l, n, STR("result"), &word))
        return;
    if (!find_verdict(word, &e->result) ||
        (e->result != POLICY_FAIL && e->result != POLICY_UNKNOWN && e->result != POLICY_ERROR))
        loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                     .message = MESSAGE_CASE_VERDICT,
                                     .arguments = {word},
                                     .at = n->at,
                                     .nearest = str_nearest(word, KNOWN(words))});
}

static void read_keys(loader *l, const node *n, case_expectation *e)
{
    if (!node_expect(l, n, NODE_MAP, STR("key")))
        return;
    e->keys = loader_array(l, n->count, sizeof *e->keys);
    for (uint32_t i = 0; e->keys && i < n->count; i++) {
        const node *text = &n->items[i];
        if (text->kind == NODE_SCALAR || node_expect(l, text, NODE_SCALAR, n->keys[i].scalar))
            e->keys[e->key_count++] = (case_pair){n->keys[i].scalar, text->scalar};
    }
}

static void read_rows(loader *l, const node *n, case_expectation *e)
{
    if (!node_expect(l, n, NODE_LIST, STR("rows")))
        return;
    e->has_rows = true;
    e->rows = loader_array(l, n->count, sizeof *e->rows);
    for (uint32_t i = 0; e->rows && i < n->count; i++)
        if (node_read_count(l, &n->items[i], STR("rows"), &e->rows[e->row_count]))
            e->row_count++;
}

static void read_expectation(loader *l, const node *n, case_expectation *e)
{
    static const str keys[] = {STR_INIT("result"), STR_INIT("rule"),    STR_INIT("severity"),
                               STR_INIT("key"),    STR_INIT("value"),   STR_INIT("limit"),
                               STR_INIT("rows"),   STR_INIT("missing"), STR_INIT("message")};
    e->at = n->at;
    node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_EXPECTATION);
    if (n->kind != NODE_MAP)
        return;
    const node *result = node_require(l, n, keys[0], MESSAGE_THING_EXPECTATION);
    if (result)
        read_result(l, result, e);
    const node *found = node_find(n, keys[1]);
    if (found)
        node_read_text(l, found, keys[1], &e->rule);
    if ((found = node_find(n, keys[2])) != NULL)
        e->has_severity = node_read_severity(l, found, keys[2], &e->severity);
    if ((found = node_find(n, keys[3])) != NULL)
        read_keys(l, found, e);
    if ((found = node_find(n, keys[4])) != NULL)
        node_read_text(l, found, keys[4], &e->value);
    if ((found = node_find(n, keys[5])) != NULL)
        node_read_text(l, found, keys[5], &e->limit);
    if ((found = node_find(n, keys[6])) != NULL)
        read_rows(l, found, e);
    if ((found = node_find(n, keys[7])) != NULL)
        e->has_missing = node_read_texts(l, found, keys[7], &e->missing, &e->missing_count);
    if ((found = node_find(n, keys[8])) != NULL)
        node_read_localized(l, found, keys[8], &e->message);
}

static void read_expect(loader *l, const node *n, test_case *c)
{
    static const str words[] = {STR_INIT("pass"), STR_INIT("not_applicable"), STR_INIT("not_in_force")};
    if (n->kind == NODE_SCALAR) {
        c->counts_only = true;
        if (!find_verdict(n->scalar, &c->counts) || c->counts == POLICY_FAIL || c->counts == POLICY_UNKNOWN ||
            c->counts == POLICY_ERROR)
            loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                         .message = MESSAGE_CASE_WORD,
                                         .arguments = {n->scalar},
                                         .at = n->at,
                                         .nearest = str_nearest(n->scalar, KNOWN(words))});
        return;
    }
    if (!node_expect(l, n, NODE_LIST, STR("expect")))
        return;
    if (n->count == 0) {
        refuse(l, n, MESSAGE_CASE_NO_FINDINGS, str_none);
        return;
    }
    c->expected = loader_array(l, n->count, sizeof *c->expected);
    for (uint32_t i = 0; c->expected && i < n->count; i++)
        read_expectation(l, &n->items[i], &c->expected[i]);
    c->expected_count = c->expected ? n->count : 0;
}

/* ---- params, as flow text for the same door that hosts use ---- */

static void write_flow(buffer *out, const node *n)
{
    if (n->kind == NODE_NULL) {
        buffer_put_c(out, "null");
    } else if (n->kind == NODE_SCALAR && !n->quoted) {
        buffer_put(out, n->scalar);
    } else if (n->kind == NODE_SCALAR) {
        buffer_put_char(out, '\'');
        for (size_t i = 0; i < n->scalar.size; i++) {
            buffer_put_char(out, n->scalar.data[i]);
            if (n->scalar.data[i] == '\'')
                buffer_put_char(out, '\'');
        }
        buffer_put_char(out, '\'');
    } else {
        bool is_map = n->kind == NODE_MAP;
        buffer_put_char(out, is_map ? '{' : '[');
        for (uint32_t i = 0; i < n->count; i++) {
            if (i)
                buffer_put_c(out, ", ");
            if (is_map) {
                write_flow(out, &n->keys[i]);
                buffer_put_c(out, ": ");
            }
            write_flow(out, &n->items[i]);
        }
        buffer_put_char(out, is_map ? '}' : ']');
    }
}

static void read_params(loader *l, const node *n, test_case *c)
{
    if (!node_expect(l, n, NODE_MAP, STR("params")))
        return;
    c->params = n;
    c->param_texts = loader_array(l, n->count, sizeof *c->param_texts);
    for (uint32_t i = 0; c->param_texts && i < n->count; i++) {
        buffer text;
        buffer_init(&text, l->allocator, 0);
        write_flow(&text, &n->items[i]);
        if (text.failed)
            loader_nomem(l);
        else
            c->param_texts[c->param_count++] = (case_pair){n->keys[i].scalar, loader_text(l, buffer_text(&text))};
        buffer_free(&text);
    }
}

/* ---- one case, one file ---- */

static void read_case(loader *l, const node *n, test_case *c)
{
    static const str keys[] = {STR_INIT("name"),   STR_INIT("rule"),  STR_INIT("rules"),
                               STR_INIT("params"), STR_INIT("as_of"), STR_INIT("from"),
                               STR_INIT("until"),  STR_INIT("given"), STR_INIT("expect")};
    c->at = n->at;
    node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_CASE);
    if (n->kind != NODE_MAP)
        return;
    const node *name = node_require(l, n, keys[0], MESSAGE_THING_CASE);
    if (name)
        node_read_text(l, name, keys[0], &c->name);
    const node *rule = node_find(n, keys[1]), *rules = node_find(n, keys[2]);
    if ((rule != NULL) == (rules != NULL) || (rules && rules->kind == NODE_LIST && rules->count == 0))
        refuse(l, n, MESSAGE_CASE_RULE, str_none);
    else
        node_read_texts(l, rule ? rule : rules, rule ? keys[1] : keys[2], &c->rules, &c->rule_count);
    const node *found = node_find(n, keys[3]);
    if (found)
        read_params(l, found, c);
    if ((found = node_find(n, keys[4])) != NULL)
        c->has_as_of = node_read_date(l, found, keys[4], &c->as_of);
    if ((found = node_find(n, keys[5])) != NULL)
        c->has_from = node_read_date(l, found, keys[5], &c->from);
    if ((found = node_find(n, keys[6])) != NULL)
        c->has_until = node_read_date(l, found, keys[6], &c->until);
    if ((found = node_require(l, n, keys[7], MESSAGE_THING_CASE)) != NULL)
        read_given(l, found, c);
    if ((found = node_require(l, n, keys[8], MESSAGE_THING_CASE)) != NULL)
        read_expect(l, found, c);
}

/* Why a mutant may survive. */
static void read_reason(loader *l, const node *n, case_reason *r)
{
    static const str keys[] = {STR_INIT("of"), STR_INIT("was"), STR_INIT("becomes"), STR_INIT("reason")};
    r->at = n->at;
    r->becomes = STR("");
    node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_REASON);
    if (n->kind != NODE_MAP)
        return;
    const node *of = node_require(l, n, keys[0], MESSAGE_THING_REASON),
               *was = node_require(l, n, keys[1], MESSAGE_THING_REASON), *becomes = node_find(n, keys[2]),
               *reason = node_require(l, n, keys[3], MESSAGE_THING_REASON);
    if (of)
        node_read_text(l, of, keys[0], &r->of);
    if (was)
        node_read_text(l, was, keys[1], &r->was);
    if (becomes)
        node_read_text(l, becomes, keys[2], &r->becomes);
    if (reason)
        node_read_localized(l, reason, keys[3], &r->reason);
}

typedef struct case_reader {
    loader l;
    case_suite *suite;
    str folder;
    uint32_t files;
} case_reader;

static void read_cases(case_reader *r, const node *cases)
{
    loader *l = &r->l;
    case_suite *s = r->suite;
    test_case *grown = arena_resize(&s->memory, s->cases, s->count * sizeof *grown,
                                    ((size_t)s->count + cases->count + 1) * sizeof *grown);
    if (!grown) {
        loader_nomem(l);
        return;
    }
    s->cases = grown;
    for (uint32_t i = 0; i < cases->count && !l->nomem; i++) {
        test_case *c = &s->cases[s->count++];
        memset(c, 0, sizeof *c);
        read_case(l, &cases->items[i], c);
    }
}

static void read_reasons(case_reader *r, const node *mutants)
{
    loader *l = &r->l;
    case_suite *s = r->suite;
    case_reason *grown = arena_resize(&s->memory, s->reasons, s->reason_count * sizeof *grown,
                                      ((size_t)s->reason_count + mutants->count + 1) * sizeof *grown);
    if (!grown) {
        loader_nomem(l);
        return;
    }
    s->reasons = grown;
    for (uint32_t i = 0; i < mutants->count && !l->nomem; i++) {
        case_reason *reason = &s->reasons[s->reason_count++];
        memset(reason, 0, sizeof *reason);
        read_reason(l, &mutants->items[i], reason);
    }
}

static void read_text(case_reader *r, str file, str text)
{
    static const str keys[] = {STR_INIT("cases"), STR_INIT("mutants")};
    loader *l = &r->l;
    const node *root = yaml_read(l, file, text);
    if (!root || (!node_check_keys(l, root, KNOWN(keys), MESSAGE_THING_CASES) && root->kind != NODE_MAP))
        return;
    const node *mutants = node_find(root, keys[1]);
    const node *cases = mutants ? node_find(root, keys[0]) : node_require(l, root, keys[0], MESSAGE_THING_CASES);
    if (cases && node_expect(l, cases, NODE_LIST, keys[0]))
        read_cases(r, cases);
    if (mutants && node_expect(l, mutants, NODE_LIST, keys[1]))
        read_reasons(r, mutants);
}

static void read_path(case_reader *r, str path)
{
    char *data = NULL;
    size_t size = 0;
    const char *reason = NULL;
    policy_status status = platform_read_all(
        r->l.allocator, path.data, (size_t)options_limit(r->l.options, POLICY_LIMIT_PACK_BYTES), &data, &size, &reason);
    if (status == POLICY_E_NOMEM)
        loader_nomem(&r->l);
    else if (status != POLICY_OK)
        loader_fail(&r->l, &(error_spec){.status = status,
                                         .message = MESSAGE_CANNOT_READ,
                                         .arguments = {path, str_of(reason)},
                                         .at = {.file = path}});
    else
        read_text(r, path, (str){data, size});
    allocator_free(r->l.allocator, data);
}

static bool visit_file(void *context, const char *name)
{
    case_reader *r = context;
    str parts[3] = {r->folder, STR("/"), str_of(name)};
    if (name[0] == '.' || !str_ends(parts[2], STR(".yaml")))
        return true;
    str path = arena_join(&r->suite->memory, parts, 3);
    if (!path.data)
        return loader_nomem(&r->l);
    if (platform_is_file(path.data)) {
        if (r->files++ == CASE_FILES_MAX)
            return loader_fail(&r->l, &(error_spec){.status = POLICY_E_LIMIT,
                                                    .message = MESSAGE_PACK_FILES,
                                                    .arguments = {path},
                                                    .at = {.file = path}});
        read_path(r, path);
    }
    return !r->l.nomem;
}

static void read_folder(case_reader *r, str path)
{
    str parts[2] = {path, STR("/tests")};
    str tests = arena_join(&r->suite->memory, parts, 2);
    if (!tests.data) {
        loader_nomem(&r->l);
        return;
    }
    r->folder = platform_is_directory(tests.data) ? tests : path;
    const char *reason = NULL;
    policy_status status = platform_list(r->l.allocator, r->folder.data, visit_file, r, &reason);
    if (status == POLICY_E_NOMEM)
        loader_nomem(&r->l);
    else if (status != POLICY_OK)
        loader_fail(&r->l, &(error_spec){.status = status,
                                         .message = MESSAGE_CANNOT_READ,
                                         .arguments = {r->folder, str_of(reason)},
                                         .at = {.file = r->folder}});
}

/* ---- public ---- */

static policy_status load(const policy_options *options, str path, const str *text, case_suite **out,
                          policy_error **err)
{
    *out = NULL;
    case_reader r = {.suite = allocator_zero(&options->allocator, 1, sizeof *r.suite)};
    if (!r.suite)
        return error_nomem(err);
    arena_init(&r.suite->memory, &options->allocator, SUITE_BYTES_MAX);
    loader_init(&r.l, options, &r.suite->memory);
    str name = loader_text(&r.l, path);
    while (name.size > 1 && name.data[name.size - 1] == '/')
        name = loader_text(&r.l, str_slice(name, 0, name.size - 1));
    if (name.data && text)
        read_text(&r, name, *text);
    else if (name.data && platform_is_directory(name.data))
        read_folder(&r, name);
    else if (name.data)
        read_path(&r, name);
    policy_status status = loader_finish(&r.l, err);
    if (status == POLICY_OK)
        *out = r.suite;
    else
        case_suite_free(r.suite);
    return status;
}

policy_status cases_load(const policy_options *options, str path, case_suite **out, policy_error **err)
{
    return load(options, path, NULL, out, err);
}

policy_status cases_load_text(const policy_options *options, str file, str text, case_suite **out, policy_error **err)
{
    return load(options, file, &text, out, err);
}

void case_suite_free(case_suite *suite)
{
    if (!suite)
        return;
    const policy_allocator *allocator = suite->memory.allocator;
    arena_free(&suite->memory);
    allocator_free(allocator, suite);
}
