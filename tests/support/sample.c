/*
 * See sample.h.
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */

#include "support/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t next(uint64_t *seed)
{
    *seed += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

policy_engine *sample_engine(const char *source_directory)
{
    char rules[1000];
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    snprintf(rules, sizeof rules, "%s/rules", source_directory);
    if (policy_builder_new(NULL, &builder, NULL) == POLICY_OK &&
        policy_builder_add_directory(builder, rules, NULL) == POLICY_OK &&
        policy_builder_load(builder, "huancui-2021", NULL) == POLICY_OK) {
        (void)policy_builder_build(builder, &engine, NULL);
    }
    policy_builder_free(builder);
    return engine;
}

/* ---- rows ---- */

typedef struct choice_list {
    const char *name, *format;
    const char *texts[12]; /* drawn with equal chance; NULL within `count` is a missing cell */
    size_t count;
} choice_list;

static const choice_list homework[] = {
    {"学校", "s:u", {"望海小学", "松涧小学", "石岭初级中学", "临港九年一贯制学校"}, 4},
    {"年级", "c:u", {"一年级", "2", "三年级", "四年级", "五年级", "初一", "初二", "8", NULL}, 9},
    {"班级", "u", {"1班", "2班", "(2)班", "三班"}, 4},
    {"科目", "vu", {"语文", "数学", "英语", "道德与法治（综合）"}, 4},
    {"布置日期",
     "tdD",
     {"2021-12-01", "2021-12-02", "2021-12-03", "2021-12-06", "2021-12-07", "2021-12-08", "2021-12-09", "2021-12-31",
      "2021-11-18", NULL},
     10},
    {"作业形式", "c:U", {"书面", "written", "口头作业", "实践", "书面", "书面", "别的"}, 7},
    {"地点", "U", {"家庭", "home", "school", "在校", NULL}, 5},
    {"预计时长(分钟)", "s", {"5", "10", "15", "20", "25", "30", "40", "45", "60", NULL}, 10},
    {"必做", "b", {"true", "true", "true", "false", NULL}, 5},
    {"分层组", "i:vu", {NULL, NULL, NULL, "T1", "T2"}, 5},
    {"层级", "u", {NULL, "A", "B"}, 3},
    {"公示时间", "tsu:Asia/Shanghai", {"2021-12-01 08:00:00", "2021-12-02 10:30:00", "2021-12-07 09:00:00", NULL}, 4},
    {"作业内容", "u", {"抄写第1课", "罚抄10遍", "请家长签字", "练习册第3页", NULL}, 5},
};

static const choice_list exams[] = {
    {"考试名称", "u", {"期末考试", "十二月月考", "期中测试", "单元测验", "周周清", "学情调研"}, 6},
    {"学校", "c:u", {"望海小学", "松涧小学", "石岭初级中学"}, 3},
    {"年级", "i", {"1", "2", "3", "4", "5", "6", "7", "8", NULL}, 9},
    {"科目", "u", {"语文", "数学", "英语", "物理"}, 4},
    {"考试日期", "tdm", {"2021-12-01", "2021-12-15", "2022-01-10", "2022-01-12", "2022-01-13"}, 5},
    {"考试形式", "c:u", {"笔试", "口试", "游园", NULL}, 4},
    {"组织层级", "u", {"学校", "区", "镇街", "班级", NULL}, 5},
    {"参加人数", "I", {"40", "102", "103", "250", NULL}, 5},
    {"学生总数", "l", {"45", "103", "260", NULL}, 4},
};

static arrow_rows *make(const choice_list *lists, size_t columns, size_t rows, uint64_t seed)
{
    arrow_rows *t = calloc(1, sizeof *t);
    const char **names = calloc(columns, sizeof *names), **formats = calloc(columns, sizeof *formats),
               **cells = calloc(rows * columns + 1, sizeof *cells);
    if (t == NULL || names == NULL || formats == NULL || cells == NULL) {
        abort();
    }
    for (size_t c = 0; c < columns; c++) {
        names[c] = lists[c].name;
        formats[c] = lists[c].format;
        for (size_t i = 0; i < rows; i++) {
            cells[i * columns + c] = lists[c].texts[next(&seed) % lists[c].count];
        }
    }
    *t = (arrow_rows){columns, names, formats, rows, cells};
    return t;
}

arrow_rows *sample_homework(size_t rows, uint64_t seed)
{
    return make(homework, sizeof homework / sizeof *homework, rows, seed);
}

arrow_rows *sample_exams(size_t rows, uint64_t seed)
{
    return make(exams, sizeof exams / sizeof *exams, rows, seed);
}

void sample_free(arrow_rows *t)
{
    free((void *)t->names);
    free((void *)t->formats);
    free((void *)t->cells);
    free(t);
}

size_t *sample_shuffle(size_t count, uint64_t seed)
{
    size_t *order = calloc(count + 1, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        order[i] = i;
    }
    for (size_t i = count; i > 1; i--) {
        size_t k = next(&seed) % i, swap = order[k];
        order[k] = order[i - 1];
        order[i - 1] = swap;
    }
    return order;
}

/* ---- answers ---- */

policy_ledger *sample_ledger(policy_engine *engine)
{
    policy_ledger *ledger = NULL;
    if (policy_ledger_new(engine, &ledger, NULL) != POLICY_OK ||
        policy_ledger_set_as_of(ledger, 19017, NULL) != POLICY_OK || /* 2022-01-25 */
        policy_ledger_set_evidence(ledger, POLICY_EVIDENCE_FIRST, 5, NULL) != POLICY_OK) {
        policy_ledger_free(ledger);
        return NULL;
    }
    return ledger;
}

static void write_finding(FILE *out, const policy_finding *f, bool rows)
{
    fprintf(out, "%s %s %s", policy_finding_rule(f), policy_verdict_name(policy_finding_verdict(f)),
            policy_severity_name(policy_finding_severity(f)));
    for (size_t i = 0; i < policy_finding_key_count(f); i++) {
        fprintf(out, " %s=%s", policy_finding_key_name(f, i), policy_finding_key(f, i).text);
    }
    fprintf(out, " value=%s limit=%s", policy_finding_value(f).text, policy_finding_limit(f).text);
    for (size_t i = 0; i < policy_finding_missing_count(f); i++) {
        fprintf(out, " missing=%s", policy_finding_missing(f, i));
    }
    for (size_t i = 0; rows && i < policy_finding_row_count(f); i++) {
        fprintf(out, " %s:%llu", policy_finding_row_source(f, i), (unsigned long long)policy_finding_row(f, i));
    }
    policy_text *message = NULL;
    if (policy_finding_message(f, POLICY_LANGUAGE_ZH, &message, NULL) == POLICY_OK) {
        fprintf(out, " %s\n", policy_text_data(message));
    }
    policy_text_free(message);
}

/* Record ids name rows, too: "homework#415" becomes "homework#". */
static void without_numbers(char *line)
{
    char *to = line;
    for (const char *at = line; *at != '\0';) {
        *to++ = *at;
        if (*at++ == '#') {
            at += strspn(at, "0123456789");
        }
    }
    *to = '\0';
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *sample_answer(policy_ledger *ledger, bool rows)
{
    policy_findings *all = NULL;
    if (policy_ledger_findings(ledger, &all, NULL) != POLICY_OK) {
        return NULL;
    }
    size_t count = policy_findings_count(all);
    char **lines = calloc(count + 1, sizeof *lines);
    for (size_t i = 0; i < count; i++) {
        size_t size;
        FILE *line = open_memstream(&lines[i], &size);
        write_finding(line, policy_findings_at(all, i), rows);
        fclose(line);
        if (!rows) {
            without_numbers(lines[i]);
        }
    }
    if (!rows) { /* findings of single rows stand in the order of rows */
        qsort(lines, count, sizeof *lines, by_text);
    }
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < count; i++) {
        fputs(lines[i], out);
        free(lines[i]);
    }
    free(lines);
    for (size_t i = 0; i < 600; i++) { /* beyond the last rule and type there are zeros and -1 */
        for (policy_verdict v = 0; v < 6; v++) {
            uint64_t n = policy_findings_verdicts(all, i, v);
            if (n > 0) {
                fprintf(out, "%zu %s %llu\n", i, policy_verdict_name(v), (unsigned long long)n);
            }
        }
        if (policy_findings_records(all, i) >= 0) {
            fprintf(out, "records %zu %lld\n", i, (long long)policy_findings_records(all, i));
        }
    }
    fclose(out);
    policy_findings_free(all);
    return text;
}
