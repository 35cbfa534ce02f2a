/*
 * Mutants of `policy test --mutate`: trying them with somebody watching, and the list of those that no case catches.
 */
#include <stdlib.h>
#include <string.h>

#include <policy/error.h>

#include "json.h"
#include "print_error.h"
#include "system.h"
#include "terminal.h"
#include "test_report.h"
#include "texts.h"

static void draw(const options *o, size_t done, size_t all)
{
    char a[NUMBER_ROOM];
    char b[NUMBER_ROOM];
    fputs("\r\033[K", stderr);
    if (done < all) {
        say(stderr, o->language, TEXT_MUTANTS_PROGRESS, number_text(a, done), number_text(b, all));
    }
    fflush(stderr);
}

bool try_mutants(const options *o, policy_suite *suite)
{
    policy_error *err = NULL;
    policy_status status = policy_suite_find_mutants(suite, &err);
    size_t count = policy_suite_mutant_count(suite);
    bool watched = is_terminal(stderr);
    double last = seconds_now();
    for (size_t i = 0; i < count && status == POLICY_OK; i++) {
        double now = watched ? seconds_now() : last;
        if (now - last > 0.1) {
            draw(o, i, count);
            last = now;
        }
        status = policy_suite_try_mutant(suite, i, &err);
    }
    if (watched) {
        draw(o, count, count);
    }
    if (status == POLICY_OK) {
        status = policy_suite_check_reasons(suite, &err);
    }
    if (status != POLICY_OK) {
        print_errors(stderr, err, o->language);
    }
    policy_error_free(err);
    return status == POLICY_OK;
}

mutant_count count_mutants(const policy_suite *suite)
{
    mutant_count count = {.all = policy_suite_mutant_count(suite)};
    for (size_t i = 0; i < count.all; i++) {
        policy_mutant_outcome outcome = policy_suite_mutant_at(suite, i)->outcome;
        count.caught += outcome == POLICY_MUTANT_CAUGHT;
        count.accepted += outcome == POLICY_MUTANT_ACCEPTED;
        count.survived += outcome == POLICY_MUTANT_SURVIVED;
    }
    return count;
}

static const char *reason_of(const policy_suite_mutant *m, policy_language language)
{
    const char *first = language == POLICY_LANGUAGE_EN ? m->reason_en : m->reason_zh;
    const char *second = language == POLICY_LANGUAGE_EN ? m->reason_zh : m->reason_en;
    return first != NULL ? first : second != NULL ? second : "";
}

static void print_mutant(const options *o, const policy_suite_mutant *m)
{
    char line[NUMBER_ROOM];
    char column[NUMBER_ROOM];
    print_safe(stdout, m->file);
    printf(":%s:%s: ", number_text(line, m->line), number_text(column, m->column));
    say(stdout, o->language, m->mutated[0] == 0 ? TEXT_MUTANT_DROPPED : TEXT_MUTANT, m->owner, m->original, m->mutated);
    if (m->outcome == POLICY_MUTANT_ACCEPTED) {
        say(stdout, o->language, TEXT_MUTANT_REASON, reason_of(m, o->language));
    } else if (m->case_count == 0) {
        say(stdout, o->language, TEXT_MUTANT_NO_CASE);
    }
}

void print_mutants(const options *o, const policy_suite *suite)
{
    char numbers[4][NUMBER_ROOM];
    mutant_count count = count_mutants(suite);
    say(stdout, o->language, TEXT_MUTANTS, number_text(numbers[0], count.all), number_text(numbers[1], count.caught),
        number_text(numbers[2], count.accepted), number_text(numbers[3], count.survived));
    for (size_t i = 0; i < count.all; i++) {
        const policy_suite_mutant *m = policy_suite_mutant_at(suite, i);
        if (m->outcome == POLICY_MUTANT_SURVIVED || (o->all && m->outcome == POLICY_MUTANT_ACCEPTED)) {
            print_mutant(o, m);
        }
    }
}

json_t *json_mutant(const policy_suite_mutant *m)
{
    static const char *const outcomes[] = {"untried", "caught", "survived", "accepted"};
    json_t *out = json_must(json_object());
    json_put(out, "kind", json_string("mutant"));
    json_put(out, "file", json_text(m->file));
    json_put(out, "line", json_integer(m->line));
    json_put(out, "column", json_integer(m->column));
    json_put(out, "of", json_text(m->owner));
    json_put(out, "was", json_text(m->original));
    json_put(out, "becomes", json_text(m->mutated));
    json_put(out, "outcome", json_string(m->outcome >= 0 && m->outcome <= 3 ? outcomes[m->outcome] : "?"));
    json_put(out, "cases", json_integer((json_int_t)m->case_count));
    if (m->outcome == POLICY_MUTANT_ACCEPTED) {
        json_t *reason = json_must(json_object());
        if (m->reason_zh != NULL) {
            json_put(reason, "zh", json_text(m->reason_zh));
        }
        if (m->reason_en != NULL) {
            json_put(reason, "en", json_text(m->reason_en));
        }
        json_put(out, "reason", reason);
    }
    return out;
}
