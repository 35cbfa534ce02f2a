/*
 * Rows and columns agree: the same batches fed both ways give the same findings, counts and notices.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "support/batches.h"

static const char *const schools[] = {"A", "B", "C", "实验小学", "很长的学校名称用来超过十六个字节", NULL};
static const char *const grades[] = {"1",    "2", "三年级", "四年级", "5", "六年级",
                                     "初一", "8", "2016级", "九年级", "?", NULL};
static const char *const classes[] = {"1班", "2班", "三(2)班", "3", "四年级1班", "(1)班", NULL};
static const char *const subjects[] = {"语文", "数学", "英语", NULL};
static const char *const days[] = {"2021-12-01", "2021/12/2",  "12月3日", "20211206",   "2021-11-18",
                                   "2021-11-01", "2021-12-31", "昨天",    "2020-09-01", NULL};
static const char *const forms[] = {"书面", "written", "口头", "reading", "实践", "别的", NULL};
static const char *const places[] = {"家庭", "school", "home", NULL};
static const char *const minutes[] = {"20", "30分钟", "20-30分钟", "半小时", "5", "很久", "0", "60", NULL};
static const char *const yes_no[] = {"是", "否", "必做", "选做", NULL};
static const char *const tiers[] = {"T1", "T2", "T3", NULL};
static const char *const posted[] = {"2021-12-01 15:30", "2021-12-02 19:00", "2021-12-06 08:00", "2021-12-01", NULL};
static const char *const texts[] = {"抄写第1课",   "罚抄10遍", "自己批改并订正", "请家长签字", "无需家长签字",
                                    "练习册第3页", NULL};

static const made_field homework[] = {
    {"school", schools, 0, 0},
    {"grade", grades, 0, 10},
    {"class", classes, 1, 4},
    {"subject", subjects, 0, 0},
    {"assigned", days, 18940, 18990},
    {"due", days, 18945, 18995},
    {"form", forms, 0, 0},
    {"place", places, 0, 0},
    {"minutes", minutes, 0, 90},
    {"minutes_high", minutes, 0, 99},
    {"mandatory", yes_no, 0, 1},
    {"optional", yes_no, 0, 1},
    {"tier_group", tiers, 0, 0},
    {"posted", posted, 0, 0},
    {"text", texts, 0, 0},
};

static policy_engine *engine_of(const char *directory, const char *text)
{
    policy_builder *b = NULL;
    policy_engine *e = NULL;
    policy_error *err = NULL;
    policy_status status = policy_builder_new(NULL, &b, &err);
    if (status == POLICY_OK && directory != NULL) {
        status = policy_builder_add_directory(b, POLICY_SOURCE_DIR "/rules", &err);
    }
    if (status == POLICY_OK) {
        status = directory != NULL ? policy_builder_load(b, directory, &err)
                                   : policy_builder_load_memory(b, "test.yaml", text, strlen(text), &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_build(b, &e, &err);
    }
    cr_assert_eq(status, POLICY_OK, "%s", err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    policy_builder_free(b);
    return e;
}

static void first_difference(const char *a, const char *b, char *line, size_t room)
{
    size_t start = 0, i = 0;
    for (; a[i] != '\0' && a[i] == b[i]; i++) {
        start = a[i] == '\n' ? i + 1 : start;
    }
    snprintf(line, room, "rows:    %.*s\ncolumns: %.*s", (int)strcspn(a + start, "\n"), a + start,
             (int)strcspn(b + start, "\n"), b + start);
}

static void agree(policy_engine *e, const char *name, const made_field *fields, size_t field_count, int64_t rows,
                  int64_t part, uint64_t seed, uint32_t reported, uint32_t kept)
{
    policy_ledger *by[2];
    char *answers[2];
    size_t type_at = 0;
    while (strcmp(policy_engine_type_name(e, type_at), name) != 0) {
        type_at++;
    }
    for (int columns = 0; columns < 2; columns++) {
        cr_assert_eq(policy_ledger_new(e, &by[columns], NULL), POLICY_OK);
        if (reported != 0) {
            policy_ledger_set_reported(by[columns], reported, NULL);
        }
        policy_ledger_set_evidence(by[columns], kept ? POLICY_EVIDENCE_FIRST : POLICY_EVIDENCE_NONE, kept, NULL);
        for (uint64_t batch_number = 0; batch_number < 2; batch_number++) {
            made_batch *m = made_batch_new(by[columns]->engine->tables[type_at]->record, fields, field_count, rows,
                                           seed * 2 + batch_number);
            m->batch.first_row = 1 + batch_number * (uint64_t)rows;
            cr_assert_eq(made_feed(by[columns], (uint32_t)type_at, &m->batch, part, columns == 1), POLICY_OK);
            made_batch_free(m);
        }
        answers[columns] = made_answer(by[columns], true);
        policy_ledger_free(by[columns]);
    }
    if (strcmp(answers[0], answers[1]) != 0) {
        char line[2000];
        first_difference(answers[0], answers[1], line, sizeof line);
        cr_assert_fail("seed %llu, %lld rows in parts of %lld\n%s", (unsigned long long)seed, (long long)rows,
                       (long long)part, line);
    }
    free(answers[0]);
    free(answers[1]);
}

#define COUNT(a) (sizeof(a) / sizeof *(a))

Test(agreement, homework_under_the_huancui_plan)
{
    policy_engine *e = engine_of("huancui-2021", NULL);
    static const int64_t parts[] = {0, 0, 1, 7, 1000};
    for (uint64_t seed = 1; seed <= 60; seed++) {
        agree(e, "homework", homework, COUNT(homework), seed % 4 == 0 ? 5000 : 400, parts[seed % COUNT(parts)], seed,
              seed % 7 == 0   ? 63
              : seed % 5 == 0 ? 1
                              : 0,
              0);
    }
    policy_engine_unref(e);
}

Test(agreement, evidence_is_the_same)
{
    policy_engine *e = engine_of("huancui-2021", NULL);
    for (uint64_t seed = 100; seed <= 108; seed++) {
        agree(e, "homework", homework, COUNT(homework), 700, seed % 2 ? 0 : 100, seed, 0, 3);
    }
    policy_engine_unref(e);
}

/* Only rows that `when` lets through reach Lua; what it says of them is the same. */
Test(agreement, rules_of_scripts_are_the_same)
{
    static const char rules[] =
        "rule{id = 'script.long', table = 'homework', when = \"form == 'written' && subject == '英语'\",\n"
        "  needs = {'minutes'}, check = function(r) return {pass = r.minutes <= 20, value = r.minutes} end}\n"
        "rule{id = 'script.never', table = 'homework', when = 'false', check = function(r) error('called') end}\n"
        "rule{id = 'script.dated', table = 'homework', in_force = {from = '2021-12-02'}, when = 'has(tier_group)',\n"
        "  check = function(r) if r.minutes == nil then return nil end return r.tier_group ~= 'T1' end}\n"
        "rule{id = 'script.items', table = 'homework', when = \"place == 'home'\", per = {'school', 'assigned'},\n"
        "  needs = {'minutes', 'subject'},\n"
        "  fold = function(all, r) all[#all + 1] = (r.subject or '?') .. ':' .. r.minutes end,\n"
        "  judge = function(all) return {pass = #all < 3, value = #all, message = table.concat(all, ' ')} end}\n";
    policy_builder *b = NULL;
    policy_engine *e = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_builder_new(NULL, &b, &err), POLICY_OK);
    cr_assert_eq(policy_builder_add_directory(b, POLICY_SOURCE_DIR "/rules", &err), POLICY_OK);
    cr_assert_eq(policy_builder_load(b, "huancui-2021", &err), POLICY_OK);
    cr_assert_eq(policy_builder_load_memory(b, "local.lua", rules, sizeof rules - 1, &err), POLICY_OK, "%s",
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    cr_assert_eq(policy_builder_build(b, &e, &err), POLICY_OK, "%s",
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    policy_builder_free(b);
    for (uint64_t seed = 200; seed <= 212; seed++) {
        agree(e, "homework", homework, COUNT(homework), 400, seed % 3 ? 0 : 7, seed, seed % 4 ? 0 : 63, 0);
    }
    policy_engine_unref(e);
}
