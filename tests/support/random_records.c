/*
 * See random_records.h.
 */
#include "support/random_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct column {
    const char *type, *field;
    const char *values[8]; /* "" an empty cell; "-" not set */
} column;

static const column columns[] = {
    {"homework", "school", {"甲校", "甲校", "甲校", "乙校", ""}},
    {"homework", "grade", {"1", "三年级", "三年级", "4", "七年级", "七年级", "?"}},
    {"homework", "class", {"2班", "2班", "2班", "1班", ""}},
    {"homework", "subject", {"数学", "语文"}},
    {"homework", "assigned", {"2021-11-22", "2021-11-22", "2021-11-22", "2021-11-23", "2021-11-26", "2021-10-08", ""}},
    {"homework", "due", {"-", "-", "-", "2021-11-24", "2021-11-29", "", "2022-02-10"}},
    {"homework", "form", {"书面", "书面", "书面", "口头", ""}},
    {"homework", "place", {"家庭", "学校", "家庭", "-"}},
    {"homework", "minutes", {"20", "25", "30", "40分钟", "20-50分钟", "", "95"}},
    {"homework", "mandatory", {"必做", "-", "-", "选做"}},
    {"homework", "tier_group", {"-", "-", "-", "A", "A"}},
    {"homework", "posted", {"2021-11-22 17:00", "2021-11-22 19:30", "", "-"}},
    {"homework", "text", {"练习", "抄写生字10遍", "请家长检查", "-", ""}},
    {"evening_attendance", "school", {"甲校", "甲校", "乙校"}},
    {"evening_attendance", "grade", {"七年级", "七年级", "8"}},
    {"evening_attendance", "class", {"2班", "2班", "1班", ""}},
    {"evening_attendance", "student", {"张", "李"}},
    {"evening_attendance", "date", {"2021-11-22", "2021-11-22", "2021-11-23"}},
    {"exam", "event", {"E1", "E2", "", "-"}},
    {"exam", "name", {"期末考试", "期中考试", "第三周周考", "单元测验"}},
    {"exam", "school", {"甲校", "甲校", "乙校"}},
    {"exam", "grade", {"1", "5", "七年级", "九年级", ""}},
    {"exam", "class", {"2班", "-", ""}},
    {"exam", "subject", {"数学", "语文"}},
    {"exam", "date", {"2021-11-24", "2022-01-12", "2022-01-13", ""}},
    {"exam", "form", {"笔试", "口试", "-"}},
    {"exam", "organiser_level", {"学校", "班级", "区县", "-"}},
    {"filing", "owner", {"甲校", "乙校", "环翠区"}},
    {"filing", "owner_level", {"学校", "区县"}},
    {"filing", "school_year", {"2021-2022", "-"}},
    {"filing",
     "kind",
     {"homework_plan", "course_adjustment", "after_school_plan", "leading_group", "provider_list", ""}},
    {"filing", "elements", {"-", "-", "作业总量、作业公示", ""}},
    {"filing", "date", {"2021-12-01", ""}},
    {"incident", "kind", {"paid_tutoring", "tutoring_referral", "punitive_homework", ""}},
    {"incident", "role", {"teacher", "leader"}},
    {"incident", "school", {"甲校", "乙校"}},
    {"incident", "date", {"2021-12-01"}},
    {"incident", "status", {"confirmed", "-"}},
    {"incident", "outcome", {"", "已处理"}},
    {"marking", "school", {"甲校"}},
    {"marking", "grade", {"三年级", "七年级"}},
    {"marking", "class", {"2班"}},
    {"marking", "subject", {"数学"}},
    {"marking", "assigned", {"2021-11-22", "2022-01-20"}},
    {"marking", "submitted", {"30", "31"}},
    {"marking", "marked", {"30", "29", ""}},
    {"marking", "marker", {"教师", "家长", "-"}},
    {"service", "school", {"甲校", "乙校"}},
    {"service", "stage", {"小学", "初中"}},
    {"service", "weekday", {"1", "5", "-"}},
    {"service", "date", {"-", "2021-11-22"}},
    {"service", "start", {"16:00"}},
    {"service", "end", {"17:30", "17:00", "18:10", ""}},
    {"service", "kind", {"homework_help", "sports", "-"}},
    {"service", "delivery", {"小组", "集体讲课", "-"}},
    {"service", "subject", {"-", "数学", "书法"}},
    {"service", "provider", {"-", "-", "某公司"}},
    {"service_need", "school", {"甲校", "乙校", "-"}},
    {"service_need", "stage", {"小学", "初中", ""}},
    {"service_need", "term", {"2021-2022-1", "-"}},
    {"service_need", "requested", {"100", "50", ""}},
    {"service_need", "served", {"100", "49", ""}},
    {"service_need", "extended_requested", {"-", "0", "20"}},
    {"score_sheet", "sheet", {"期中成绩", "期末成绩"}},
    {"score_sheet", "school", {"甲校", "-"}},
    {"score_sheet", "grade", {"三年级", "七年级", "-"}},
    {"score_sheet", "date", {"2022-01-14", "-"}},
    {"score_sheet", "audience", {"家长", "教师", "公开", ""}},
    {"score_sheet", "scores_shown", {"是", "否", ""}},
    {"score_sheet", "ranks_shown", {"是", "否", "否"}},
    {"score_sheet", "bands_shown", {"是", "否"}},
    {"score_sheet", "band_count", {"4", "5", "1", ""}},
    {"score_sheet", "ordered_by_score", {"是", "否", ""}},
    {"course", "school", {"甲校", "乙校"}},
    {"course", "grade", {"三年级", "四年级"}},
    {"course", "class", {"2班", ""}},
    {"course", "subject", {"数学", "语文", "体育", ""}},
    {"course", "term", {"2021-2022-1", ""}},
    {"course", "weekly_periods", {"4", "3.5", "", "0"}},
    {"course", "planned_periods", {"4", "5", ""}},
    {"course", "last_new_lesson", {"2021-12-10", "2022-01-05", ""}},
    {"course", "term_end", {"2022-01-20", "-"}},
    {"timetable", "school", {"甲校"}},
    {"timetable", "grade", {"1", "三年级", ""}},
    {"timetable", "class", {"2班", "-"}},
    {"timetable", "weekday", {"1", "5", "-"}},
    {"timetable", "period", {"1", "-"}},
    {"timetable", "start", {"8:00", "8:40", ""}},
    {"timetable", "end", {"8:40", "9:20", "-"}},
    {"timetable", "subject", {"体育", "数学"}},
    {"activity", "owner", {"环翠区", "甲校"}},
    {"activity", "owner_level", {"区县", "学校", "-"}},
    {"activity", "kind", {"培训", "督查巡检", "作业质量监测", "优秀作业设计评选", "线上答疑", ""}},
    {"activity", "date", {"2021-12-01", "2022-01-05", ""}},
    {"activity", "school_year", {"2021-2022", "-"}},
    {"activity", "target", {"-", "甲校"}},
};

/* Homework more often: most rules and groups are its. */
static const char *const types[] = {
    "homework", "homework", "homework",     "homework",    "homework", "evening_attendance", "exam",
    "exam",     "filing",   "incident",     "marking",     "service",  "homework",           "homework",
    "service",  "exam",     "service_need", "score_sheet", "course",   "timetable",          "activity"};
static const column background[] = {
    {"school", "school", {"甲校", "乙校", "丙校"}},
    {"school", "type", {"小学", "九年一贯制", "-", ""}},
    {"school", "primary_years", {"5", "6", "-", ""}},
    {"school", "junior_years", {"4", "3", "-"}},
    {"school", "district", {"环翠区", "-"}},
    {"class", "school", {"甲校", "乙校"}},
    {"class", "grade", {"三年级", "七年级"}},
    {"class", "class", {"2班", "1班"}},
    {"class", "size", {"45", "", "-"}},
    {"course_plan", "grade", {"三年级", "四年级"}},
    {"course_plan", "subject", {"数学", "语文", "体育"}},
    {"course_plan", "weekly_periods", {"4", "3.5", ""}},
    {"calendar", "date", {"2021-11-22", "2021-11-23", "2021-11-26", "2021-11-27", "2022-01-20"}},
    {"calendar", "term", {"2021-2022-1", "2021-2022-1", "-"}},
    {"calendar", "teaching_day", {"是", "否"}},
    {"coverage", "record_type", {"作业", "考试", "课后服务", "备案材料", "活动"}},
    {"coverage", "school", {"甲校", "乙校", "-"}},
    {"coverage", "from", {"2021-09-01", "-"}},
    {"coverage", "until", {"2021-12-31", "-"}},
};
static const char *const background_types[] = {"calendar", "calendar",    "school",  "school",
                                               "class",    "course_plan", "coverage"};
#define COUNT(a) (sizeof(a) / sizeof *(a))

uint32_t random_below(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

static void need_at(bool holds, int line)
{
    if (!holds) {
        fprintf(stderr, "random_records.c:%d: this must hold\n", line);
        abort();
    }
}
#define need(holds) need_at(holds, __LINE__)

static policy_record *record_of(policy_engine *engine, const char *type, const column *from, size_t count,
                                uint64_t *state)
{
    policy_record *r = NULL;
    need(policy_record_new(engine, type, &r, NULL) == POLICY_OK);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(from[i].type, type) != 0) {
            continue;
        }
        uint32_t choices = 0;
        while (choices < 8 && from[i].values[choices] != NULL) {
            choices++;
        }
        const char *text = from[i].values[random_below(state, choices)];
        if (strcmp(text, "-") != 0) {
            need(policy_record_set_text(r, from[i].field, *text ? text : NULL, NULL) == POLICY_OK);
        }
    }
    return r;
}

policy_record *random_record(policy_engine *engine, uint64_t *state)
{
    policy_record *r = record_of(engine, types[random_below(state, COUNT(types))], columns, COUNT(columns), state);
    static const char *const sources[] = {"作业.csv", "考试.xlsx"};
    if (random_below(state, 2) == 0) {
        const char *source = sources[random_below(state, 2)];
        need(policy_record_set_source(r, source, 1 + random_below(state, 40), NULL) == POLICY_OK);
    }
    return r;
}

policy_ledger *random_records_ledger(policy_engine *engine, bool supplied)
{
    policy_ledger *l = NULL;
    need(policy_ledger_new(engine, &l, NULL) == POLICY_OK);
    need(policy_ledger_set_as_of(l, 19017, NULL) == POLICY_OK);
    for (size_t i = 0; supplied && i < COUNT(types); i++) {
        need(policy_ledger_supply(l, types[i], NULL) == POLICY_OK);
    }
    return l;
}

void random_background(policy_ledger *ledger, policy_engine *engine, uint64_t seed)
{
    uint64_t state = seed * 2654435761u;
    for (size_t i = 0; i < COUNT(background_types); i++) {
        if (random_below(&state, 3) == 0) {
            policy_record *r = record_of(engine, background_types[i], background, COUNT(background), &state);
            need(policy_ledger_post(ledger, r, NULL) == POLICY_OK);
            policy_record_free(r);
        }
    }
}
