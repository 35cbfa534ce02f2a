/*
 * `policy check`: rules and files in, a report and an exit code out.
 *
 * Files are fed in the order the engine asks for, whatever their order on the command line. All that is wrong with the
 * arguments or the files is said in one run. The report is opened only when there is one to write, so a run that fails
 * leaves an earlier report alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <policy/policy.h>

#include "commands.h"
#include "load.h"
#include "nearest.h"
#include "print_error.h"
#include "progress.h"
#include "report.h"
#include "system.h"
#include "terminal.h"
#include "texts.h"

/* A real table of scores becomes one record of this type. */
static const char score_table[] = "score_table";
static const char score_sheet[] = "score_sheet";

typedef struct input {
    char *type;       /* as typed */
    const char *path; /* borrowed from the argument */
} input;

typedef struct input_list {
    input *items;
    size_t count;
} input_list;

static void free_inputs(input_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].type);
    }
    free(list->items);
}

static bool has_type(const policy_engine *engine, const char *name)
{
    size_t count = policy_engine_type_count(engine);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(policy_engine_type_name(engine, i), name) == 0) {
            return true;
        }
    }
    return false;
}

static void say_unknown_type(const options *o, const policy_engine *engine, const char *type)
{
    size_t count = policy_engine_type_count(engine);
    const char **names = must_allocate(count + 1, sizeof *names);
    size_t room = 1;
    for (size_t i = 0; i < count; i++) {
        names[i] = policy_engine_type_name(engine, i);
        room += strlen(names[i]) + 2;
    }
    names[count] = score_table;
    char *all = must_allocate(room, 1);
    all[0] = 0;
    for (size_t i = 0; i < count; i++) {
        strcat(all, i == 0 ? "" : ", ");
        strcat(all, names[i]);
    }
    const char *near = nearest_name(type, names, count + 1);
    if (near != NULL) {
        say(stderr, o->language, TEXT_UNKNOWN_TYPE_NEAR, type, near, all);
    } else {
        say(stderr, o->language, TEXT_UNKNOWN_TYPE, type, all);
    }
    free(all);
    free((void *)names);
}

/* TYPE=FILE arguments; false, with everything said, when any of them is wrong. */
static bool read_inputs(const options *o, const policy_engine *engine, input_list *list)
{
    bool good = true;
    bool has_stdin = false;
    for (size_t i = 0; i < o->arguments.count; i++) {
        const char *argument = o->arguments.items[i];
        const char *equals = strchr(argument, '=');
        if (equals == NULL || equals == argument || equals[1] == 0) {
            say(stderr, o->language, TEXT_BAD_INPUT, argument);
            good = false;
            continue;
        }
        list->items = must_resize(list->items, list->count + 1, sizeof *list->items);
        input *in = &list->items[list->count++];
        *in = (input){must_copy(argument, (size_t)(equals - argument)), equals + 1};
        if (!has_type(engine, in->type) && !(strcmp(in->type, score_table) == 0 && has_type(engine, score_sheet))) {
            say_unknown_type(o, engine, in->type);
            good = false;
        }
        if (strcmp(in->path, "-") == 0) {
            if (has_stdin) {
                say(stderr, o->language, TEXT_STDIN_TWICE);
                good = false;
            }
            has_stdin = true;
        } else if (o->output != NULL && is_same_file(o->output, in->path)) {
            say(stderr, o->language, TEXT_OUTPUT_IS_INPUT, o->output);
            good = false;
        }
    }
    return good;
}

static bool feed_one(const options *o, policy_engine *engine, policy_ledger *ledger, const input *in)
{
    policy_table *table = NULL;
    policy_error *err = NULL;
    policy_status status = policy_table_open(engine, in->type, in->path, &table, &err);
    if (status == POLICY_OK) {
        progress p;
        progress_start(&p, in->path, o->language);
        status = policy_ledger_feed_table_parallel(ledger, table, o->jobs != 0 ? o->jobs : processor_count(),
                                                   progress_step, &p, &err);
        progress_end(&p);
    }
    if (status != POLICY_OK) {
        print_errors(stderr, err, o->language);
    }
    policy_error_free(err);
    policy_table_free(table);
    return status == POLICY_OK;
}

/* Every file, in feed order, so that a file that is broken does not hide that the next one is too. */
static bool feed_all(const options *o, policy_engine *engine, policy_ledger *ledger, const input_list *list)
{
    bool good = true;
    size_t types = policy_engine_type_count(engine);
    for (size_t position = 0; position < types; position++) {
        const char *type = policy_engine_type_name(engine, policy_engine_feed_order(engine, position));
        for (size_t i = 0; i < list->count; i++) {
            const char *given = list->items[i].type;
            if (strcmp(given, type) == 0 || (strcmp(given, score_table) == 0 && strcmp(type, score_sheet) == 0)) {
                good = feed_one(o, engine, ledger, &list->items[i]) && good;
            }
        }
    }
    return good;
}

static policy_status make_ledger(const options *o, policy_engine *engine, policy_ledger **ledger, policy_error **err)
{
    const uint32_t always = 1u << POLICY_FAIL | 1u << POLICY_UNKNOWN | 1u << POLICY_ERROR;
    policy_status status = policy_ledger_new(engine, ledger, err);
    if (status == POLICY_OK && o->has_period) {
        status = policy_ledger_set_period(*ledger, o->from, o->until, err);
    }
    if (status == POLICY_OK && o->has_as_of) {
        status = policy_ledger_set_as_of(*ledger, o->as_of, err);
    }
    if (status == POLICY_OK) {
        status = policy_ledger_set_evidence(*ledger, o->evidence > 0 ? POLICY_EVIDENCE_FIRST : POLICY_EVIDENCE_NONE,
                                            o->evidence, err);
    }
    if (status == POLICY_OK && o->all) {
        status = policy_ledger_set_reported(*ledger, always | 1u << POLICY_PASS | 1u << POLICY_NOT_IN_FORCE, err);
    }
    return status;
}

static bool write_report(const report *r)
{
    const options *o = r->options;
    FILE *to = o->output == NULL ? stdout : fopen(o->output, "wb");
    if (to == NULL) {
        say(stderr, o->language, TEXT_CANNOT_OPEN, o->output, strerror(errno));
        return false;
    }
    bool written = o->format == FORMAT_JSON    ? report_json(r, to)
                   : o->format == FORMAT_JSONL ? report_jsonl(r, to)
                   : o->format == FORMAT_CSV   ? report_csv(r, to)
                                               : report_text(r, to);
    written = fflush(to) == 0 && written;
    if (to != stdout) {
        written = fclose(to) == 0 && written;
    }
    if (!written) {
        say(stderr, o->language, TEXT_CANNOT_WRITE, o->output == NULL ? "-" : o->output);
    }
    return written;
}

static exit_code judge(const report *r)
{
    const options *o = r->options;
    report_totals totals = report_total(r);
    for (policy_severity s = o->fail_on; s <= POLICY_VIOLATION; s++) {
        if (totals.by_severity[s] > 0) {
            return EXIT_CODE_VIOLATION;
        }
    }
    bool undecided = (totals.unknown > 0 && !o->allow_unknown) || totals.errors > 0 || totals.applicable == 0;
    return undecided ? EXIT_CODE_UNDECIDED : EXIT_CODE_CLEAN;
}

exit_code command_check(const options *o)
{
    exit_code code = EXIT_CODE_BROKEN;
    input_list inputs = {NULL, 0};
    policy_ledger *ledger = NULL;
    policy_findings *findings = NULL;
    policy_error *err = NULL;
    if (o->rules.count == 0) {
        say(stderr, o->language, TEXT_NO_RULES);
        return EXIT_CODE_BROKEN;
    }
    if (o->arguments.count == 0) {
        say(stderr, o->language, TEXT_NO_INPUT);
        return EXIT_CODE_BROKEN;
    }
    policy_engine *engine = load_rules(o, o->rules.items, o->rules.count);
    if (engine != NULL && read_inputs(o, engine, &inputs)) {
        policy_status status = make_ledger(o, engine, &ledger, &err);
        if (status == POLICY_OK && feed_all(o, engine, ledger, &inputs)) {
            status = policy_ledger_findings(ledger, &findings, &err);
        }
        if (status != POLICY_OK) {
            print_errors(stderr, err, o->language);
        } else if (findings != NULL) {
            report r = {engine, ledger, findings, o};
            code = write_report(&r) ? judge(&r) : EXIT_CODE_BROKEN;
        }
    }
    policy_error_free(err);
    policy_findings_free(findings);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
    free_inputs(&inputs);
    return code;
}
