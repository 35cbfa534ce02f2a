/*
 * `policy test`: a pack's own cases, one by one, what they cover and which changes they notice; as text or JSON, and as
 * JUnit XML beside it for continuous integration.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <policy/policy.h>

#include "commands.h"
#include "json.h"
#include "load.h"
#include "print_error.h"
#include "terminal.h"
#include "test_report.h"
#include "texts.h"

typedef struct outcome {
    policy_text *difference; /* NULL when the case passed */
    policy_error *error;     /* the case could not be run */
} outcome;

/* Text for XML: markup escaped, control characters as print_safe shows them. */
static void put_xml(FILE *to, const char *text, bool lines)
{
    for (const char *p = text; *p != 0;) {
        size_t plain = strcspn(p, lines ? "&<>\"\n" : "&<>\"");
        if (plain > 0) {
            char *piece = must_copy(p, plain);
            print_safe(to, piece);
            free(piece);
            p += plain;
            continue;
        }
        fputs(*p == '&' ? "&amp;" : *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : *p == '"' ? "&quot;" : "\n", to);
        p++;
    }
}

static void put_case(FILE *to, const policy_suite *suite, size_t i, const outcome *result, policy_language language)
{
    fputs("  <testcase name=\"", to);
    put_xml(to, policy_suite_case_name(suite, i), false);
    fputs("\" file=\"", to);
    put_xml(to, policy_suite_case_file(suite, i), false);
    fprintf(to, "\" line=\"%lu\"", (unsigned long)policy_suite_case_line(suite, i));
    if (result->error != NULL) {
        fputs("><error message=\"", to);
        put_xml(to, policy_error_message(result->error, language), false);
        fputs("\"/></testcase>\n", to);
    } else if (result->difference != NULL) {
        fputs("><failure>", to);
        put_xml(to, policy_text_data(result->difference), true);
        fputs("</failure></testcase>\n", to);
    } else {
        fputs("/>\n", to);
    }
}

static void put_property(FILE *to, const char *name, uint64_t number)
{
    char text[NUMBER_ROOM];
    fprintf(to, "    <property name=\"%s\" value=\"%s\"/>\n", name, number_text(text, number));
}

static void put_properties(FILE *to, const options *o, const policy_suite *suite)
{
    coverage_count rules = count_coverage(suite, POLICY_TARGET_RULE, NULL);
    coverage_count conditions = count_coverage(suite, POLICY_TARGET_CONDITION, NULL);
    fputs("  <properties>\n", to);
    put_property(to, "coverage.rules.seen", rules.seen);
    put_property(to, "coverage.rules.of", rules.wanted);
    put_property(to, "coverage.conditions.seen", conditions.seen);
    put_property(to, "coverage.conditions.of", conditions.wanted);
    if (o->mutate) {
        mutant_count mutants = count_mutants(suite);
        put_property(to, "mutants", mutants.all);
        put_property(to, "mutants.caught", mutants.caught);
        put_property(to, "mutants.accepted", mutants.accepted);
        put_property(to, "mutants.survived", mutants.survived);
    }
    fputs("  </properties>\n", to);
}

/* A change that no case notices is a test that fails. */
static void put_mutant(FILE *to, const policy_suite_mutant *m)
{
    fputs("  <testcase name=\"mutant: ", to);
    put_xml(to, m->owner, false);
    fputs("\" file=\"", to);
    put_xml(to, m->file, false);
    fprintf(to, "\" line=\"%lu\"><failure>", (unsigned long)m->line);
    put_xml(to, m->original, false);
    fputs(" -&gt; ", to);
    put_xml(to, m->mutated, false);
    fputs("</failure></testcase>\n", to);
}

static bool write_junit(const options *o, const char *pack, const policy_suite *suite, const outcome *results,
                        size_t failed, size_t broken)
{
    size_t count = policy_suite_count(suite);
    FILE *to = fopen(o->junit, "wb");
    if (to == NULL) {
        say(stderr, o->language, TEXT_CANNOT_OPEN, o->junit, strerror(errno));
        return false;
    }
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"", to);
    put_xml(to, pack, false);
    size_t survived = (size_t)count_mutants(suite).survived;
    fprintf(to, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n", count + survived, failed + survived, broken);
    put_properties(to, o, suite);
    for (size_t i = 0; i < count; i++) {
        put_case(to, suite, i, &results[i], o->language);
    }
    for (size_t i = 0; i < policy_suite_mutant_count(suite); i++) {
        const policy_suite_mutant *m = policy_suite_mutant_at(suite, i);
        if (m->outcome == POLICY_MUTANT_SURVIVED) {
            put_mutant(to, m);
        }
    }
    fputs("</testsuite>\n", to);
    bool written = ferror(to) == 0;
    written = fclose(to) == 0 && written;
    if (!written) {
        say(stderr, o->language, TEXT_CANNOT_WRITE, o->junit);
    }
    return written;
}

static void print_failure(const options *o, const policy_suite *suite, size_t i, const outcome *result)
{
    char number[NUMBER_ROOM];
    print_safe(stdout, policy_suite_case_file(suite, i));
    printf(":%s: ", number_text(number, policy_suite_case_line(suite, i)));
    say(stdout, o->language, result->error != NULL ? TEXT_CASE_BROKEN : TEXT_CASE_FAILED,
        policy_suite_case_name(suite, i));
    if (result->error != NULL) {
        print_errors(stdout, result->error, o->language);
        return;
    }
    const char *text = policy_text_data(result->difference);
    size_t size = policy_text_size(result->difference);
    print_safe_lines(stdout, text);
    fputs(size > 0 && text[size - 1] == '\n' ? "" : "\n", stdout);
}

/* ---- JSON ---- */

static json_t *json_case(const policy_suite *suite, size_t i, const outcome *result, policy_language language)
{
    json_t *out = json_must(json_object());
    json_put(out, "kind", json_string("case"));
    json_put(out, "name", json_text(policy_suite_case_name(suite, i)));
    json_put(out, "file", json_text(policy_suite_case_file(suite, i)));
    json_put(out, "line", json_integer(policy_suite_case_line(suite, i)));
    json_put(out, "outcome",
             json_string(result->error != NULL        ? "error"
                         : result->difference != NULL ? "failed"
                                                      : "passed"));
    if (result->error != NULL) {
        json_put(out, "message", json_text(policy_error_message(result->error, language)));
    } else if (result->difference != NULL) {
        json_put(out, "difference", json_text(policy_text_data(result->difference)));
    }
    return out;
}

static json_t *json_summary(const options *o, const policy_suite *suite, size_t failed, size_t broken)
{
    json_t *out = json_must(json_object());
    json_put(out, "kind", json_string("summary"));
    json_put(out, "cases", json_integer((json_int_t)policy_suite_count(suite)));
    json_put(out, "failed", json_integer((json_int_t)failed));
    json_put(out, "errors", json_integer((json_int_t)broken));
    json_put(out, "coverage", json_coverage(suite));
    if (o->mutate) {
        mutant_count count = count_mutants(suite);
        json_t *mutants = json_must(json_object());
        json_put(mutants, "all", json_integer((json_int_t)count.all));
        json_put(mutants, "caught", json_integer((json_int_t)count.caught));
        json_put(mutants, "accepted", json_integer((json_int_t)count.accepted));
        json_put(mutants, "survived", json_integer((json_int_t)count.survived));
        json_put(out, "mutants", mutants);
    }
    return out;
}

/* Items one a line, or in lists of one document; the summary comes first. Of the targets, those that were missed. */
static bool write_json(const options *o, const policy_suite *suite, const outcome *results, size_t failed,
                       size_t broken)
{
    json_t *cases = json_must(json_array());
    json_t *targets = json_must(json_array());
    json_t *mutants = json_must(json_array());
    json_t *all = json_must(json_object());
    bool written = true;
    for (size_t i = 0; i < policy_suite_count(suite); i++) {
        json_add(cases, json_case(suite, i, &results[i], o->language));
    }
    for (size_t i = 0; i < policy_suite_target_count(suite); i++) {
        const policy_suite_target *t = policy_suite_target_at(suite, i);
        if (!target_covered(t)) {
            json_add(targets, json_target(t));
        }
    }
    for (size_t i = 0; i < policy_suite_mutant_count(suite); i++) {
        json_add(mutants, json_mutant(policy_suite_mutant_at(suite, i)));
    }
    json_put(all, "summary", json_summary(o, suite, failed, broken));
    if (o->format == FORMAT_JSONL) {
        json_t *lists[] = {cases, targets, mutants};
        written = json_write(stdout, json_object_get(all, "summary")) && putchar('\n') != EOF;
        for (size_t l = 0; l < 3; l++) {
            for (size_t i = 0; i < json_array_size(lists[l]) && written; i++) {
                written = json_write(stdout, json_array_get(lists[l], i)) && putchar('\n') != EOF;
            }
            json_decref(lists[l]);
        }
    } else {
        json_put(all, "cases", cases);
        json_put(all, "not_seen", targets);
        json_put(all, "mutants", mutants);
        written = json_write(stdout, all) && putchar('\n') != EOF;
    }
    json_decref(all);
    return written;
}

/* ---- the run ---- */

static void run_cases(const options *o, policy_suite *suite, outcome *results, size_t *failed, size_t *broken)
{
    for (size_t i = 0; i < policy_suite_count(suite); i++) {
        if (policy_suite_run(suite, i, o->language, &results[i].difference, &results[i].error) != POLICY_OK) {
            ++*broken;
        } else if (results[i].difference != NULL) {
            ++*failed;
        } else {
            continue;
        }
        if (o->format == FORMAT_TEXT) {
            print_failure(o, suite, i, &results[i]);
        }
    }
}

static exit_code run(const options *o, const char *pack, policy_suite *suite)
{
    size_t count = policy_suite_count(suite);
    size_t failed = 0;
    size_t broken = 0;
    char a[NUMBER_ROOM];
    char b[NUMBER_ROOM];
    bool text = o->format == FORMAT_TEXT;
    if (count == 0) {
        say(stderr, o->language, TEXT_NO_CASES, pack);
        return EXIT_CODE_BROKEN;
    }
    outcome *results = must_allocate(count, sizeof *results);
    for (size_t i = 0; i < count; i++) {
        results[i] = (outcome){NULL, NULL};
    }
    run_cases(o, suite, results, &failed, &broken);
    exit_code code = broken > 0 ? EXIT_CODE_BROKEN : failed > 0 ? EXIT_CODE_VIOLATION : EXIT_CODE_CLEAN;
    if (text) {
        say(stdout, o->language, failed + broken == 0 ? TEXT_CASES_PASSED : TEXT_CASES_FAILED, number_text(a, count),
            number_text(b, failed + broken));
        print_coverage(o, suite);
    }
    if (!coverage_suffices(o, suite, text ? stdout : stderr) && code == EXIT_CODE_CLEAN) {
        code = EXIT_CODE_VIOLATION;
    }
    if (o->mutate && failed + broken > 0) {
        say(stderr, o->language, TEXT_NOT_MUTATED);
    } else if (o->mutate) {
        if (!try_mutants(o, suite)) {
            code = EXIT_CODE_BROKEN;
        } else if (count_mutants(suite).survived > 0 && code == EXIT_CODE_CLEAN) {
            code = EXIT_CODE_VIOLATION;
        }
        if (text) {
            print_mutants(o, suite);
        }
    }
    if (!text && !write_json(o, suite, results, failed, broken)) {
        code = EXIT_CODE_BROKEN;
    }
    if (o->junit != NULL && !write_junit(o, pack, suite, results, failed, broken)) {
        code = EXIT_CODE_BROKEN;
    }
    for (size_t i = 0; i < count; i++) {
        policy_text_free(results[i].difference);
        policy_error_free(results[i].error);
    }
    free(results);
    return code;
}

exit_code command_test(const options *o)
{
    if (o->arguments.count != 1) {
        say(stderr, o->language, TEXT_NO_PACK, "test");
        return EXIT_CODE_BROKEN;
    }
    const char *pack = o->arguments.items[0];
    policy_engine *engine = load_on_top(o, &pack, 1);
    policy_suite *suite = NULL;
    policy_error *err = NULL;
    exit_code code = EXIT_CODE_BROKEN;
    if (engine == NULL) {
        return EXIT_CODE_BROKEN;
    }
    if (o->format == FORMAT_CSV) {
        say(stderr, o->language, TEXT_BAD_CHOICE, "--format", "csv", "text, json, jsonl");
        policy_engine_unref(engine);
        return EXIT_CODE_BROKEN;
    }
    if (policy_suite_new(engine, pack, &suite, &err) != POLICY_OK || policy_suite_watch(suite, &err) != POLICY_OK) {
        print_errors(stderr, err, o->language);
    } else {
        code = run(o, pack, suite);
    }
    policy_error_free(err);
    policy_suite_free(suite);
    policy_engine_unref(engine);
    return code;
}
