/*
 * `policy test`: a pack's own cases, one by one; JUnit XML beside it for continuous integration.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <policy/policy.h>

#include "commands.h"
#include "load.h"
#include "print_error.h"
#include "terminal.h"
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
    fprintf(to, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n", count, failed, broken);
    for (size_t i = 0; i < count; i++) {
        put_case(to, suite, i, &results[i], o->language);
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

static exit_code run(const options *o, const char *pack, policy_suite *suite)
{
    size_t count = policy_suite_count(suite);
    size_t failed = 0;
    size_t broken = 0;
    char a[NUMBER_ROOM];
    char b[NUMBER_ROOM];
    if (count == 0) {
        say(stderr, o->language, TEXT_NO_CASES, pack);
        return EXIT_CODE_BROKEN;
    }
    outcome *results = must_allocate(count, sizeof *results);
    for (size_t i = 0; i < count; i++) {
        results[i] = (outcome){NULL, NULL};
        if (policy_suite_run(suite, i, o->language, &results[i].difference, &results[i].error) != POLICY_OK) {
            broken++;
        } else if (results[i].difference != NULL) {
            failed++;
        } else {
            continue;
        }
        print_failure(o, suite, i, &results[i]);
    }
    say(stdout, o->language, failed + broken == 0 ? TEXT_CASES_PASSED : TEXT_CASES_FAILED, number_text(a, count),
        number_text(b, failed + broken));
    exit_code code = broken > 0 ? EXIT_CODE_BROKEN : failed > 0 ? EXIT_CODE_VIOLATION : EXIT_CODE_CLEAN;
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
    policy_engine *engine = load_rules(o, &pack, 1);
    policy_suite *suite = NULL;
    policy_error *err = NULL;
    exit_code code = EXIT_CODE_BROKEN;
    if (engine == NULL) {
        return EXIT_CODE_BROKEN;
    }
    if (policy_suite_new(engine, pack, &suite, &err) != POLICY_OK) {
        print_errors(stderr, err, o->language);
    } else {
        code = run(o, pack, suite);
    }
    policy_error_free(err);
    policy_suite_free(suite);
    policy_engine_unref(engine);
    return code;
}
