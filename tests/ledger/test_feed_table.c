/*
 * Feeding a table: by blocks and any number of threads it is what posting its rows one by one is.
 */
#define _POSIX_C_SOURCE 200809L

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "support/batches.h"

enum { ROWS = 26000, EQUAL_EACH = 500 };

typedef struct bytes {
    char *data;
    size_t size, at;
} bytes;

static policy_status read_some(void *context, void *into, size_t room, size_t *got)
{
    bytes *b = context;
    *got = b->size - b->at < room ? b->size - b->at : room;
    memcpy(into, b->data + b->at, *got);
    b->at += *got;
    return POLICY_OK;
}

/* Nearly two megabytes of homework as schools write it: units, words, blanks, rows cut short, notes, equal rows. */
static bytes homework(void)
{
    static const char *const grades[] = {"一年级", "3年级", "五年级", "初一", "九年级", "七年级", "十年级"};
    static const char *const subjects[] = {"语文", "数学", "英语", "物理"};
    static const char *const forms[] = {"书面", "口头", "实践", "背写"};
    static const char *const times[] = {"10", "15分钟", "20-30", "半小时", "40", "5", "很久", "", "１２"};
    bytes b = {.data = malloc((size_t)ROWS * 160)};
    b.size = (size_t)sprintf(b.data, "作业公示\n学校,年级,班级,学科,布置日期,形式,预计用时（分钟）,内容\n");
    uint64_t seed = 7;
    for (int i = 0; i < ROWS; i++) {
        char *to = b.data + b.size;
        int school = (int)(made_random(&seed) % 5), class = (int)(made_random(&seed) % 4) + 1;
        const char *grade = grades[made_random(&seed) % (i % 1000 == 0 ? 7 : 6)];
        int day = (int)(made_random(&seed) % 28) + 1;
        const char *form = forms[made_random(&seed) % (i % 700 == 0 ? 4 : 3)];
        const char *time = times[made_random(&seed) % (i % 300 == 0 ? 9 : 6)];
        const char *subject = subjects[made_random(&seed) % 4];
        int n;
        if (i % EQUAL_EACH == 1) {
            n = sprintf(to, "第1小学,一年级,1班,语文,2021-11-%02d,书面,%s,抄写\n", i / EQUAL_EACH % 2 + 1,
                        i / EQUAL_EACH % 3 ? "10" : "10分钟");
        } else if (i % 997 == 3) {
            n = sprintf(to, "第%d小学,%s,%d班\n", school, grade, class);
        } else if (i % 1999 == 4) {
            n = sprintf(to, "第%d小学,%s,%d班,%s,2021-11-%02d,%s,%s,读书,写字,画画\n", school, grade, class, subject,
                        day, form, time);
        } else if (i % 1501 == 5) {
            n = sprintf(to, ",,,,,,,\n,,,,,,,\n\n合计,,,,,,%d,\n", i);
        } else if (i % 11 == 6) {
            n = sprintf(to, "第%d小学,%s,%d班,%s,2021年11月%d日,%s,%s,\"抄写“%d”,\n再默写\"\r\n", school, grade, class,
                        subject, day, form, time, i);
        } else {
            n = sprintf(to, "第%d小学,%s,%d班,%s,2021-11-%02d,%s,%s,练习册第%d页\n", school, grade, class, subject, day,
                        form, time, i);
        }
        b.size += (size_t)n;
    }
    return b;
}

static policy_engine *engine_of_plan(void)
{
    policy_builder *builder = NULL;
    policy_engine *e = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_load(builder, POLICY_SOURCE_DIR "/rules/huancui-2021", NULL), POLICY_OK);
    cr_assert_eq(policy_builder_build(builder, &e, NULL), POLICY_OK);
    policy_builder_free(builder);
    return e;
}

static policy_ledger *ledger_of(policy_engine *e)
{
    policy_ledger *l = NULL;
    cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_evidence(l, POLICY_EVIDENCE_FIRST, 20, NULL), POLICY_OK);
    return l;
}

static policy_table *table_of(policy_engine *e, bytes *b)
{
    policy_table *t = NULL;
    b->at = 0;
    cr_assert_eq(policy_table_open_callback(e, "homework", "作业.csv", read_some, b, &t, NULL), POLICY_OK);
    return t;
}

/* Findings, counts and notices, equal rows among them; what a table that was read by hand noticed behind the ledger's. */
static char *all_of(policy_ledger *l, const policy_table *by_hand)
{
    char *answer = made_answer(l, true), *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fputs(answer, out);
    for (size_t i = 0; by_hand != NULL && i < policy_table_notice_count(by_hand); i++) {
        const policy_notice *n = policy_table_notice(by_hand, i);
        fprintf(out, "notice %d %llu %s %s\n", (int)policy_notice_kind_of(n), (unsigned long long)policy_notice_row(n),
                policy_notice_column(n), policy_notice_text(n));
    }
    for (size_t i = 0; i < policy_ledger_notice_count(l); i++) {
        const policy_notice *n = policy_ledger_notice(l, i);
        if (policy_notice_kind_of(n) == POLICY_NOTICE_EQUAL_ROWS) {
            fprintf(out, "equal %llu %s %s\n", (unsigned long long)policy_notice_row(n), policy_notice_source(n),
                    policy_notice_text(n));
        }
    }
    fclose(out);
    free(answer);
    return text;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Types that were not supplied are told behind the rows' notices, and the table's own behind those: not the same place. */
static char *sorted(char *text)
{
    size_t count = 0, size = strlen(text);
    char **lines = malloc((size + 1) * sizeof *lines), *out = malloc(size + 2), *to = out;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        lines[count++] = line;
    }
    qsort(lines, count, sizeof *lines, compare_lines);
    *to = '\0';
    for (size_t i = 0; i < count; i++) {
        to += sprintf(to, "%s\n", lines[i]);
    }
    free(lines);
    free(text);
    return out;
}

static void expect_same(const char *a, const char *b, const char *what)
{
    size_t at = 0;
    while (a[at] != '\0' && a[at] == b[at]) {
        at++;
    }
    while (at > 0 && a[at - 1] != '\n') {
        at--;
    }
    cr_expect(strcmp(a, b) == 0, "%s:\n%.300s\n---\n%.300s", what, a + at, b + at);
}

Test(feed_table, blocks_and_threads_say_what_rows_one_by_one_say)
{
    policy_engine *e = engine_of_plan();
    bytes b = homework();
    cr_assert_geq(b.size, 3u << 19, "more than a block: %zu", b.size);

    policy_ledger *one = ledger_of(e);
    policy_table *t = table_of(e, &b);
    policy_record *r = NULL;
    cr_assert_eq(policy_record_new(e, "homework", &r, NULL), POLICY_OK);
    for (bool more = true; more;) {
        cr_assert_eq(policy_table_next(t, r, &more, NULL), POLICY_OK);
        cr_assert(!more || policy_ledger_post(one, r, NULL) == POLICY_OK);
    }
    char *rows = sorted(all_of(one, t));
    cr_expect_neq(strstr(rows, "equal "), NULL);
    cr_expect_neq(strstr(rows, "notice 1 "), NULL, "cells that cannot be read");
    cr_expect_neq(strstr(rows, "notice 3 "), NULL, "rows cut short");
    cr_expect_neq(strstr(rows, "notice 4 "), NULL, "rows that are none");
    policy_record_free(r);
    policy_table_free(t);

    char *first = NULL;
    static const uint32_t threads[] = {1, 2, 8};
    for (size_t i = 0; i < 3; i++) {
        policy_ledger *l = ledger_of(e);
        t = table_of(e, &b);
        cr_assert_eq(policy_ledger_feed_table_parallel(l, t, threads[i], NULL, NULL, NULL), POLICY_OK);
        cr_expect_eq(policy_table_notice_count(t), 0, "they moved");
        policy_table_free(t);
        char *as_told = all_of(l, NULL), *again = strdup(as_told);
        if (first == NULL) {
            first = strdup(as_told);
            char *in_order = sorted(as_told);
            expect_same(in_order, rows, "blocks and rows");
            free(in_order);
        } else {
            expect_same(as_told, first, "threads");
            free(as_told);
        }
        free(again);
        policy_ledger_free(l);
    }
    free(first);
    free(rows);
    free(b.data);
    policy_ledger_free(one);
    policy_engine_unref(e);
}

Test(feed_table, rows_of_blocks_are_taken_back_like_others)
{
    policy_engine *e = engine_of_plan();
    bytes b = homework();
    policy_ledger *l = ledger_of(e), *rest = ledger_of(e);
    bytes other = b;
    policy_table *t = table_of(e, &b), *again = table_of(e, &other);
    policy_record *r = NULL;
    bool more;
    cr_assert_eq(policy_ledger_feed_table_parallel(l, t, 2, NULL, NULL, NULL), POLICY_OK);
    cr_assert_eq(policy_record_new(e, "homework", &r, NULL), POLICY_OK);
    for (uint64_t row = 1;; row++) {
        cr_assert_eq(policy_table_next(again, r, &more, NULL), POLICY_OK);
        if (!more) {
            break;
        }
        if (row % 9 == 0) {
            cr_assert_eq(policy_ledger_retract(l, r, NULL, NULL), POLICY_OK, "row %d", (int)row);
        } else {
            cr_assert_eq(policy_ledger_post(rest, r, NULL), POLICY_OK);
        }
    }
    policy_findings *left = NULL, *wanted = NULL;
    cr_assert_eq(policy_ledger_findings(l, &left, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_findings(rest, &wanted, NULL), POLICY_OK);
    for (size_t i = 0; i < policy_engine_rule_count(e); i++) {
        for (int v = 0; v <= POLICY_ERROR; v++) {
            cr_expect_eq(policy_findings_verdicts(left, i, v), policy_findings_verdicts(wanted, i, v), "%s %d",
                         policy_engine_rule_id(e, i), v);
        }
    }
    policy_findings_free(left);
    policy_findings_free(wanted);
    policy_record_free(r);
    policy_table_free(t);
    policy_table_free(again);
    policy_ledger_free(l);
    policy_ledger_free(rest);
    policy_engine_unref(e);
    free(b.data);
}

static int32_t stop_late(void *context, uint64_t rows, uint64_t so_far)
{
    uint64_t *calls = context;
    cr_expect(rows > 0 && so_far > 0);
    return ++*calls == 2;
}

Test(feed_table, what_is_cancelled_or_broken_changes_nothing)
{
    policy_engine *e = engine_of_plan();
    bytes b = homework();
    policy_ledger *l = ledger_of(e);
    char *before = all_of(l, NULL);
    uint64_t calls = 0;
    policy_error *err = NULL;
    policy_table *t = table_of(e, &b);
    cr_expect_eq(policy_ledger_feed_table_parallel(l, t, 1, stop_late, &calls, &err), POLICY_E_CANCELLED);
    cr_expect_eq(calls, 2);
    policy_error_free(err);
    err = NULL;
    policy_table_free(t);

    b.size += (size_t)sprintf(b.data + b.size, "第1小学,\"一年级\n,1班\n"); /* never closed */
    for (uint32_t threads = 1; threads <= 4; threads += 3) {
        t = table_of(e, &b);
        cr_expect_eq(policy_ledger_feed_table_parallel(l, t, threads, NULL, NULL, &err), POLICY_E_SYNTAX);
        cr_expect_gt(policy_error_line(err), ROWS);
        policy_error_free(err);
        err = NULL;
        policy_table_free(t);
    }
    char *after = all_of(l, NULL);
    cr_expect_str_eq(after, before);
    free(before);
    free(after);
    free(b.data);
    policy_ledger_free(l);
    policy_engine_unref(e);
}
