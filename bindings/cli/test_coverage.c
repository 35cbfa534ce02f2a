/*
 * Coverage of `policy test`: a table by file, the list of what no case saw, and the same as JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "terminal.h"
#include "test_report.h"
#include "texts.h"

static uint64_t bits(uint32_t set)
{
    return (set & POLICY_SEEN_TRUE ? 1u : 0u) + (set & POLICY_SEEN_FALSE ? 1u : 0u);
}

bool target_covered(const policy_suite_target *target)
{
    return (target->wanted & ~target->seen) == 0;
}

coverage_count count_coverage(const policy_suite *suite, policy_target_kind kind, const char *file)
{
    coverage_count count = {0, 0};
    for (size_t i = 0; i < policy_suite_target_count(suite); i++) {
        const policy_suite_target *t = policy_suite_target_at(suite, i);
        if (t->kind == kind && (file == NULL || strcmp(file, t->file) == 0)) {
            count.seen += bits(t->seen & t->wanted);
            count.wanted += bits(t->wanted);
        }
    }
    return count;
}

uint32_t coverage_share(coverage_count count)
{
    return count.wanted == 0 ? 1000 : (uint32_t)(count.seen * 1000 / count.wanted);
}

static const char *share_text(char into[NUMBER_ROOM], coverage_count count)
{
    uint32_t share = coverage_share(count);
    if (share % 10 == 0) {
        snprintf(into, NUMBER_ROOM, "%u%%", share / 10);
    } else {
        snprintf(into, NUMBER_ROOM, "%u.%u%%", share / 10, share % 10);
    }
    return into;
}

static const char *pair_text(char into[2 * NUMBER_ROOM], coverage_count count)
{
    snprintf(into, 2 * NUMBER_ROOM, "%llu/%llu", (unsigned long long)count.seen, (unsigned long long)count.wanted);
    return into;
}

static void print_cell(coverage_count count)
{
    char pair[2 * NUMBER_ROOM];
    char share[NUMBER_ROOM];
    print_right(stdout, pair_text(pair, count), 12);
    print_right(stdout, share_text(share, count), 7);
}

static void print_row(const policy_suite *suite, const char *name, const char *file, size_t width)
{
    fputs("  ", stdout);
    print_left(stdout, name, width);
    print_cell(count_coverage(suite, POLICY_TARGET_RULE, file));
    print_cell(count_coverage(suite, POLICY_TARGET_CONDITION, file));
    fputs("\n", stdout);
}

static void print_table(const options *o, const policy_suite *suite)
{
    const char *total = text_of(TEXT_COVERAGE_TOTAL, o->language);
    size_t width = text_width(total);
    const char *last = NULL;
    for (size_t i = 0; i < policy_suite_target_count(suite); i++) {
        const char *file = policy_suite_target_at(suite, i)->file;
        width = text_width(file) > width ? text_width(file) : width;
    }
    say(stdout, o->language, TEXT_COVERAGE);
    fputs("  ", stdout);
    print_left(stdout, "", width);
    print_right(stdout, text_of(TEXT_COVERAGE_RULES, o->language), 19);
    print_right(stdout, text_of(TEXT_COVERAGE_CONDITIONS, o->language), 19);
    fputs("\n", stdout);
    for (size_t i = 0; i < policy_suite_target_count(suite); i++) { /* files come in order */
        const char *file = policy_suite_target_at(suite, i)->file;
        if (last == NULL || strcmp(last, file) != 0) {
            print_row(suite, file, file, width);
        }
        last = file;
    }
    print_row(suite, total, NULL, width);
}

static void print_missed(const options *o, const policy_suite_target *t)
{
    char line[NUMBER_ROOM];
    char column[NUMBER_ROOM];
    uint32_t missed = t->wanted & ~t->seen;
    bool rule = t->kind == POLICY_TARGET_RULE;
    text_id what = missed == (POLICY_SEEN_TRUE | POLICY_SEEN_FALSE) ? (rule ? TEXT_MISSED_RULE : TEXT_MISSED_CONDITION)
                   : missed == POLICY_SEEN_TRUE                     ? (rule ? TEXT_MISSED_PASS : TEXT_MISSED_TRUE)
                                                                    : (rule ? TEXT_MISSED_FAIL : TEXT_MISSED_FALSE);
    print_safe(stdout, t->file);
    printf(":%s:%s: ", number_text(line, t->line), number_text(column, t->column));
    say(stdout, o->language, what, t->owner, rule ? "" : t->text);
}

void print_coverage(const options *o, const policy_suite *suite)
{
    print_table(o, suite);
    for (size_t i = 0; i < policy_suite_target_count(suite); i++) {
        const policy_suite_target *t = policy_suite_target_at(suite, i);
        if (!target_covered(t)) {
            print_missed(o, t);
        }
    }
}

bool coverage_suffices(const options *o, const policy_suite *suite, FILE *to)
{
    static const text_id names[] = {
        [POLICY_TARGET_RULE] = TEXT_COVERAGE_RULES, [POLICY_TARGET_CONDITION] = TEXT_COVERAGE_CONDITIONS};
    bool fine = true;
    for (policy_target_kind kind = POLICY_TARGET_RULE; kind <= POLICY_TARGET_CONDITION; kind++) {
        coverage_count count = count_coverage(suite, kind, NULL);
        char share[NUMBER_ROOM];
        char least[NUMBER_ROOM];
        if (coverage_share(count) < o->min_coverage * 10) {
            say(to, o->language, TEXT_COVERAGE_LOW, text_of(names[kind], o->language), share_text(share, count),
                number_text(least, o->min_coverage));
            fine = false;
        }
    }
    return fine;
}

/* ---- JSON ---- */

static json_t *json_count(coverage_count count)
{
    json_t *out = json_must(json_object());
    json_put(out, "seen", json_integer((json_int_t)count.seen));
    json_put(out, "of", json_integer((json_int_t)count.wanted));
    return out;
}

json_t *json_coverage(const policy_suite *suite)
{
    json_t *out = json_must(json_object());
    json_put(out, "rules", json_count(count_coverage(suite, POLICY_TARGET_RULE, NULL)));
    json_put(out, "conditions", json_count(count_coverage(suite, POLICY_TARGET_CONDITION, NULL)));
    return out;
}

json_t *json_target(const policy_suite_target *t)
{
    static const char *const names[2][2] = {{"pass", "fail"}, {"true", "false"}};
    json_t *out = json_must(json_object());
    json_t *missed = json_must(json_array());
    bool rule = t->kind == POLICY_TARGET_RULE;
    json_put(out, "kind", json_string(rule ? "rule" : "condition"));
    json_put(out, "file", json_text(t->file));
    json_put(out, "line", json_integer(t->line));
    json_put(out, "column", json_integer(t->column));
    json_put(out, "of", json_text(t->owner));
    if (!rule) {
        json_put(out, "text", json_text(t->text));
    }
    for (int bit = 0; bit < 2; bit++) {
        if (t->wanted & ~t->seen & (bit == 0 ? POLICY_SEEN_TRUE : POLICY_SEEN_FALSE)) {
            json_add(missed, json_string(names[rule ? 0 : 1][bit]));
        }
    }
    json_put(out, "not_seen", missed);
    return out;
}
