/*
 * What is left: before a record is posted, and by rule and keys.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/world.h"

#define HEAD "pack: test\nversion: \"1.0\"\nschema: mini\n"
#define DAILY                                                                                                          \
    HEAD "params:\n"                                                                                                   \
         "  limit: {value: {low: 30, high: 60}, unit: min, stricter: lower}\n"                                         \
         "let:\n"                                                                                                      \
         "  work: {size: \"grade <= 3 ? 'low' : 'high'\"}\n"                                                           \
         "rules:\n"                                                                                                    \
         "- id: daily\n"                                                                                               \
         "  table: work\n"                                                                                             \
         "  when: form == 'written'\n"                                                                                 \
         "  per: [school, grade, size, day]\n"                                                                         \
         "  measure: sum(minutes)\n"                                                                                   \
         "  at_most: params.limit[size]\n"

static policy_headroom *room_of(world *w)
{
    policy_headroom *room = NULL;
    cr_assert_eq(policy_headroom_new(w->engine, &room, NULL), POLICY_OK);
    return room;
}

static policy_record *work(world *w, const char *school, int grade, const char *minutes)
{
    policy_record *r = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &r, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "school", school, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_int(r, "grade", grade, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "day", "2021-11-22", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "form", "written", NULL), POLICY_OK);
    if (minutes != NULL) {
        cr_assert_eq(policy_record_set_text(r, "minutes", minutes, NULL), POLICY_OK);
    }
    return r;
}

static void put_datum(char *out, const char *name, policy_datum d)
{
    if (d.kind != POLICY_DATUM_NONE) {
        sprintf(out + strlen(out), " %s=%s", name, d.text);
    }
}

/* "daily school=A ... value=45 limit=60 left=15 ?missing" a line. */
static void expect_lines(const policy_headroom *room, const char *expected)
{
    static char lines[4096];
    lines[0] = '\0';
    for (size_t i = 0; i < policy_headroom_count(room); i++) {
        strcat(lines, policy_headroom_rule(room, i));
        for (size_t k = 0; k < policy_headroom_key_count(room, i); k++) {
            put_datum(lines, policy_headroom_key_name(room, i, k), policy_headroom_key(room, i, k));
        }
        put_datum(lines, "value", policy_headroom_value(room, i));
        put_datum(lines, "limit", policy_headroom_limit(room, i));
        put_datum(lines, "warning", policy_headroom_warning(room, i));
        put_datum(lines, "left", policy_headroom_left(room, i));
        for (size_t k = 0; k < policy_headroom_missing_count(room, i); k++) {
            sprintf(lines + strlen(lines), " ?%s", policy_headroom_missing(room, i, k));
        }
        strcat(lines, "\n");
    }
    cr_assert_str_eq(lines, expected);
}

static void expect_message(const policy_headroom *room, size_t i, const char *zh, const char *en)
{
    policy_text *text = NULL;
    cr_assert_eq(policy_headroom_message(room, i, POLICY_LANGUAGE_ZH, &text, NULL), POLICY_OK);
    cr_assert_str_eq(policy_text_data(text), zh);
    policy_text_free(text);
    cr_assert_eq(policy_headroom_message(room, i, POLICY_LANGUAGE_EN, &text, NULL), POLICY_OK);
    cr_assert_str_eq(policy_text_data(text), en);
    policy_text_free(text);
}

static void ask(world *w, policy_record *r, policy_headroom *room)
{
    policy_error *err = NULL;
    cr_assert_eq(policy_ledger_headroom(w->ledger, r, room, &err), POLICY_OK, "%s",
                 err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
}

Test(headroom, says_limit_value_and_rest_as_things_stand_before_the_record)
{
    world *w = world_new(DAILY);
    policy_headroom *room = room_of(w);
    policy_record *r = work(w, "甲校", 4, "25");
    ask(w, r, room); /* nothing was posted */
    expect_lines(room, "daily school=甲校 grade=4 size=high day=2021-11-22 value=0 limit=60 left=60\n");
    world_row(w, "work", "school=甲校|grade=4|day=2021-11-22|form=written|minutes=45");
    ask(w, r, room);
    expect_lines(room, "daily school=甲校 grade=4 size=high day=2021-11-22 value=45 limit=60 left=15\n");
    expect_message(room, 0, "甲校 4 11月22日：上限60分钟，已有45分钟，还可增加15分钟",
                   "甲校, 4, 2021-11-22: at most 60 min, 45 min so far, 15 min left");
    cr_assert_str_eq(policy_headroom_unit(room, 0, POLICY_LANGUAGE_ZH), "分钟");
    cr_assert_str_eq(policy_headroom_unit(room, 0, POLICY_LANGUAGE_EN), "min");
    cr_assert_eq(policy_headroom_bound(room, 0), POLICY_BOUND_AT_MOST);
    cr_assert_null(policy_headroom_rule(room, 1));
    policy_record_free(r);
    policy_headroom_free(room);
    world_free(w);
}

/* What is left fits, and one more does not. */
Test(headroom, fifteen_left_means_that_fifteen_pass_and_sixteen_fail)
{
    world *w = world_new(DAILY);
    policy_headroom *room = room_of(w);
    policy_findings *caused = NULL;
    cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
    world_row(w, "work", "school=A|grade=4|day=2021-11-22|form=written|minutes=45");
    policy_record *r = work(w, "A", 4, NULL); /* the minutes are still to be typed */
    ask(w, r, room);
    cr_assert_eq(policy_headroom_count(room), 1);
    policy_datum left = policy_headroom_left(room, 0);
    cr_assert_eq(left.kind, POLICY_DATUM_INT);
    cr_assert_eq(left.integer, 15);
    cr_assert_eq(policy_record_set_int(r, "minutes", left.integer, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(caused), 0);
    cr_assert_eq(policy_record_set_int(r, "minutes", left.integer + 1, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_count(caused), 1);
    policy_record_free(r);
    policy_findings_free(caused);
    policy_headroom_free(room);
    world_free(w);
}

/* Both at once say what each says by itself: also of the first record of its type, which changes everything. */
Test(headroom, a_check_with_headroom_is_a_check_and_a_headroom)
{
    world *w = world_new(DAILY);
    policy_headroom *room = room_of(w), *both = room_of(w);
    policy_findings *caused = NULL, *alone = NULL;
    cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_new(w->engine, &alone, NULL), POLICY_OK);
    static const char *const minutes[] = {"61", "45", "15", "16", NULL};
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
        policy_record *r = work(w, "A", 4, minutes[i]);
        ask(w, r, room);
        cr_assert_eq(policy_ledger_check(w->ledger, r, alone, NULL), POLICY_OK);
        cr_assert_eq(policy_ledger_check_with_headroom(w->ledger, r, caused, both, NULL), POLICY_OK);
        cr_assert_eq(policy_findings_count(caused), policy_findings_count(alone));
        for (size_t k = 0; k < policy_findings_count(caused); k++) {
            const policy_finding *a = policy_findings_at(caused, k), *b = policy_findings_at(alone, k);
            cr_assert_str_eq(policy_finding_rule(a), policy_finding_rule(b));
            cr_assert_eq(policy_finding_verdict(a), policy_finding_verdict(b));
            cr_assert_str_eq(policy_finding_value(a).text, policy_finding_value(b).text);
            cr_assert_str_eq(policy_finding_nearest(a).text, policy_finding_nearest(b).text);
        }
        cr_assert_eq(policy_headroom_count(both), policy_headroom_count(room));
        for (size_t k = 0; k < policy_headroom_count(room); k++) {
            cr_assert_str_eq(policy_headroom_left(both, k).text, policy_headroom_left(room, k).text);
            cr_assert_str_eq(policy_headroom_value(both, k).text, policy_headroom_value(room, k).text);
        }
        if (i == 1) {
            cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
        }
        policy_record_free(r);
    }
    policy_record *r = work(w, "A", 4, "16");
    policy_error *err = NULL;
    cr_assert_eq(policy_ledger_check_with_headroom(w->ledger, r, caused, NULL, &err), POLICY_E_ARGUMENT);
    policy_error_free(err);
    world *other = world_new(DAILY);
    policy_headroom *foreign = room_of(other);
    err = NULL;
    cr_assert_eq(policy_ledger_check_with_headroom(w->ledger, r, caused, foreign, &err), POLICY_E_ARGUMENT);
    policy_error_free(err);
    policy_record_free(r);
    policy_headroom_free(foreign);
    world_free(other);
    policy_findings_free(caused);
    policy_findings_free(alone);
    policy_headroom_free(room);
    policy_headroom_free(both);
    world_free(w);
}

Test(headroom, the_limit_may_depend_on_the_keys_and_a_broken_one_has_less_than_nothing_left)
{
    world *w = world_new(DAILY);
    policy_headroom *room = room_of(w);
    world_row(w, "work", "school=A|grade=3|day=2021-11-22|form=written|minutes=40");
    world_row(w, "work", "school=A|grade=4|day=2021-11-22|form=written|minutes=60");
    policy_record *low = work(w, "A", 3, "1"), *high = work(w, "A", 4, "1");
    ask(w, low, room);
    expect_lines(room, "daily school=A grade=3 size=low day=2021-11-22 value=40 limit=30 left=-10\n");
    expect_message(room, 0, "A 3 11月22日：上限30分钟，已有40分钟，超出10分钟",
                   "A, 3, 2021-11-22: at most 30 min, 40 min so far, 10 min over");
    ask(w, high, room);
    expect_lines(room, "daily school=A grade=4 size=high day=2021-11-22 value=60 limit=60 left=0\n");
    expect_message(room, 0, "A 4 11月22日：上限60分钟，已有60分钟，不能再增加",
                   "A, 4, 2021-11-22: at most 60 min, 60 min so far, none left");
    policy_record_free(low);
    policy_record_free(high);
    policy_headroom_free(room);
    world_free(w);
}

Test(headroom, what_is_not_known_is_said_and_not_guessed)
{
    world *w = world_new(DAILY);
    policy_headroom *room = room_of(w);
    world_row(w, "work", "school=A|grade=4|day=2021-11-22|form=written|minutes=45");
    world_row(w, "work", "school=A|grade=4|day=2021-11-22|form=written|minutes=");
    policy_record *r = work(w, "A", 4, "5");
    ask(w, r, room);
    expect_lines(room,
                 "daily school=A grade=4 size=high day=2021-11-22 value=45..645 limit=60 left=-585..15 ?minutes\n");
    expect_message(room, 0,
                   "A 4 11月22日：上限60分钟，已有45分钟至645分钟，还可增加至多15分钟；缺少预计时长，无法确切计算",
                   "A, 4, 2021-11-22: at most 60 min, 45 min to 645 min so far, at most 15 min left; minutes "
                   "missing, cannot be told exactly");
    policy_record_clear(r); /* without a grade it joins no group */
    cr_assert_eq(policy_record_set_text(r, "school", "A", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "day", "2021-11-22", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "form", "written", NULL), POLICY_OK);
    ask(w, r, room);
    expect_lines(room, "daily school=A day=2021-11-22 ?grade\n");
    expect_message(room, 0, "A 11月22日：无法计算；缺少grade，无法确切计算",
                   "A, 2021-11-22: cannot be told; grade missing, cannot be told exactly");
    cr_assert_eq(policy_record_set_text(r, "form", "oral", NULL), POLICY_OK); /* the rule does not count it */
    ask(w, r, room);
    cr_assert_eq(policy_headroom_count(room), 0);
    policy_record_free(r);
    policy_headroom_free(room);
    world_free(w);
}

#define STACKED                                                                                                        \
    HEAD "measures:\n"                                                                                                 \
         "- {id: tiers, table: work, per: [school, day, {tier: \"has(tier) ? tier : record_id\"}], measure: "          \
         "max(minutes)}\n"                                                                                             \
         "rules:\n"                                                                                                    \
         "- {id: daily, table: tiers, per: [school, day], measure: sum(value), warn_above: 50, at_most: 60, "          \
         "severity: violation}\n"                                                                                      \
         "- {id: items, table: work, per: [school, day], measure: count(), at_most: 3}\n"                              \
         "- {id: longest, table: work, per: [school], measure: max(minutes), at_most: 40}\n"                           \
         "- {id: shortest, table: work, per: [school], measure: sum(minutes), at_least: 20, at_most: 1000}\n"          \
         "- {id: pair, table: work, per: [school], measure: count(), exactly: 2}\n"

Test(headroom, every_limit_that_is_touched_has_its_line_also_through_measures_over_measures)
{
    world *w = world_new(STACKED);
    policy_headroom *room = room_of(w);
    policy_record *r = work(w, "A", 4, "30");
    cr_assert_eq(policy_record_set_text(r, "tier", "a", NULL), POLICY_OK);
    ask(w, r, room);
    expect_lines(room, "daily school=A day=2021-11-22 value=0 limit=60 warning=50 left=60\n"
                       "items school=A day=2021-11-22 value=0 limit=3 left=3\n"
                       "longest school=A limit=40\n"
                       "shortest school=A value=0 limit=1000 left=1000\n"
                       "shortest school=A value=0 limit=20 left=-20\n"
                       "pair school=A value=0 limit=2 left=2\n");
    expect_message(room, 0, "A 11月22日：上限60（提醒线50），已有0，还可增加60",
                   "A, 2021-11-22: at most 60 (warning at 50), 0 so far, 60 left");
    expect_message(room, 2, "A：上限40，尚无记录", "A: at most 40, nothing recorded yet");
    expect_message(room, 4, "A：下限20，已有0，还差20", "A: at least 20, 0 so far, 20 short");
    expect_message(room, 5, "A：应为2，已有0，还差2", "A: exactly 2, 0 so far, 2 short");
    cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "tier", "b", NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "minutes", "25", NULL), POLICY_OK); /* another of tier b: it costs nothing */
    cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
    ask(w, r, room);
    expect_lines(room, "daily school=A day=2021-11-22 value=60 limit=60 warning=50 left=0\n"
                       "items school=A day=2021-11-22 value=3 limit=3 left=0\n"
                       "longest school=A value=30 limit=40 left=10\n"
                       "shortest school=A value=85 limit=1000 left=915\n"
                       "shortest school=A value=85 limit=20 left=65\n"
                       "pair school=A value=3 limit=2 left=-1\n");
    expect_message(room, 2, "A：上限40，现为30", "A: at most 40, now 30");
    expect_message(room, 5, "A：应为2，已有3，多出1", "A: exactly 2, 3 so far, 1 too many");
    policy_record_free(r);
    policy_headroom_free(room);
    world_free(w);
}

static policy_status of(world *w, const char *rule, const char *const *keys, size_t n, policy_headroom *room,
                        policy_error **err)
{
    policy_value values[8] = {{0}};
    for (size_t i = 0; i < n; i++) {
        values[i] = (policy_value){.kind = POLICY_VALUE_TEXT, .text = keys[i], .size = strlen(keys[i])};
    }
    return policy_ledger_headroom_of(w->ledger, rule, values, n, room, err);
}

Test(headroom, is_also_told_by_rule_and_keys)
{
    world *w = world_new(DAILY "- {id: row, table: work, deny: minutes > 90}\n");
    policy_headroom *room = room_of(w);
    policy_error *err = NULL;
    const char *keys[] = {"A", "4", "high", "2021年11月22日"};
    cr_assert_eq(of(w, "daily", keys, 4, room, NULL), POLICY_OK);
    expect_lines(room, "daily school=A grade=4 size=high day=2021-11-22 value=0 limit=60 left=60\n");
    world_row(w, "work", "school=A|grade=4|day=2021-11-22|form=written|minutes=45");
    cr_assert_eq(of(w, "daily", keys, 4, room, NULL), POLICY_OK);
    expect_lines(room, "daily school=A grade=4 size=high day=2021-11-22 value=45 limit=60 left=15\n");
    keys[2] = "middle";
    cr_assert_eq(of(w, "daily", keys, 4, room, &err), POLICY_E_ARGUMENT);
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN),
                     "the key size of rule daily is empty or cannot be read");
    policy_error_free(err);
    err = NULL;
    cr_assert_eq(policy_headroom_count(room), 0);
    keys[2] = "high";
    keys[3] = "someday";
    cr_assert_eq(of(w, "daily", keys, 4, room, NULL), POLICY_E_ARGUMENT);
    cr_assert_eq(of(w, "daily", keys, 3, room, NULL), POLICY_E_ARGUMENT);
    cr_assert_eq(of(w, "row", keys, 0, room, NULL), POLICY_E_ARGUMENT);
    cr_assert_eq(of(w, "dayly", keys, 4, room, &err), POLICY_E_NOT_FOUND);
    cr_assert_str_eq(policy_error_nearest(err), "daily");
    policy_error_free(err);
    policy_headroom_free(room);
    world_free(w);
}

Test(headroom, a_rule_that_is_not_in_force_has_no_line)
{
    world *w =
        world_new(HEAD "rules:\n- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: 60, "
                       "in_force: {from: 2021-11-23}}\n");
    policy_headroom *room = room_of(w);
    policy_record *r = work(w, "A", 4, "30");
    ask(w, r, room);
    cr_assert_eq(policy_headroom_count(room), 0);
    cr_assert_eq(policy_record_set_text(r, "day", "2021-11-23", NULL), POLICY_OK);
    ask(w, r, room);
    cr_assert_eq(policy_headroom_count(room), 1);
    policy_record_free(r);
    policy_headroom_free(room);
    world_free(w);
}

/* ---- what would pass ---- */

static void expect_suggestion(const policy_findings *caused, const char *rule, const char *nearest, const char *zh,
                              const char *en)
{
    for (size_t i = 0; i < policy_findings_count(caused); i++) {
        const policy_finding *f = policy_findings_at(caused, i);
        if (strcmp(policy_finding_rule(f), rule) == 0) {
            policy_text *text = NULL;
            cr_assert_str_eq(policy_finding_nearest(f).text, nearest);
            cr_assert_eq(policy_finding_suggestion(f, POLICY_LANGUAGE_ZH, &text, NULL), POLICY_OK);
            cr_assert_str_eq(policy_text_data(text), zh);
            policy_text_free(text);
            cr_assert_eq(policy_finding_suggestion(f, POLICY_LANGUAGE_EN, &text, NULL), POLICY_OK);
            cr_assert_str_eq(policy_text_data(text), en);
            policy_text_free(text);
            return;
        }
    }
    cr_assert_fail("no finding of %s", rule);
}

Test(suggestion, names_the_nearest_value_that_would_pass)
{
    world *w = world_new(DAILY "- {id: row, table: work, deny: minutes > 50}\n"
                               "- {id: late, table: work, require: \"!has(end) || end >= time('17:30')\"}\n"
                               "- {id: due, table: work, deny: \"minutes > 0 && has(until) && until < day\"}\n"
                               "- {id: words, table: work, deny: note == 'bad'}\n");
    policy_findings *caused = NULL;
    cr_assert_eq(policy_findings_new(w->engine, &caused, NULL), POLICY_OK);
    world_row(w, "work", "school=A|grade=4|day=2021-11-22|form=written|minutes=45");
    policy_record *r = work(w, "A", 4, "55");
    cr_assert_eq(policy_record_set_text(r, "end", "17:00", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "until", "2021-11-20", NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "note", "bad", NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_check(w->ledger, r, caused, NULL), POLICY_OK);
    expect_suggestion(caused, "daily", "15", "预计时长不超过15", "minutes no more than 15");
    expect_suggestion(caused, "row", "50", "预计时长不超过50", "minutes no more than 50");
    expect_suggestion(caused, "late", "", "end：需要改变的条件是 end >= time('17:30')",
                      "end: what would have to change is end >= time('17:30')");
    expect_suggestion(caused, "due", "0", "预计时长不超过0", "minutes no more than 0");
    expect_suggestion(caused, "words", "", "", "");
    policy_record_free(r);
    policy_findings_free(caused);
    world_free(w);
}

/* The plan's own words, as a teacher sees them. */
Test(headroom, speaks_to_a_teacher)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_ledger *ledger = NULL;
    policy_record *r = NULL;
    policy_headroom *room = NULL;
    policy_findings *caused = NULL;
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_load(builder, POLICY_SOURCE_DIR "/rules/huancui-2021", NULL), POLICY_OK);
    cr_assert_eq(policy_builder_build(builder, &engine, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_new(engine, &ledger, NULL), POLICY_OK);
    cr_assert_eq(policy_record_new(engine, "homework", &r, NULL), POLICY_OK);
    cr_assert_eq(policy_headroom_new(engine, &room, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_new(engine, &caused, NULL), POLICY_OK);
    static const char *const cells[][2] = {
        {"grade", "三年级"}, {"class", "2班"},  {"assigned", "2021-11-22"},     {"form", "书面"},
        {"place", "学校"},   {"minutes", "45"}, {"posted", "2021-11-22 16:00"}, {"school", ""}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        const char *text = cells[i][1];
        cr_assert_eq(policy_record_set_text(r, cells[i][0], *text ? text : NULL, NULL), POLICY_OK);
    }
    cr_assert_eq(policy_record_set_text(r, "school", "长征小学", NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_post(ledger, r, NULL), POLICY_OK);
    cr_assert_eq(policy_record_set_text(r, "minutes", "25", NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_headroom(ledger, r, room, NULL), POLICY_OK);
    size_t found = 0;
    for (size_t i = 0; i < policy_headroom_count(room); i++) {
        if (strcmp(policy_headroom_rule(room, i), "homework.daily-minutes.primary") == 0) {
            expect_message(room, i, "长征小学三年级2班 11月22日：上限60分钟，已布置45分钟，还可布置15分钟",
                           "长征小学, grade 3, 2班, 2021-11-22: at most 60 min, 45 min set, 15 min left to set");
            found++;
        }
    }
    cr_assert_eq(found, 1);
    cr_assert_eq(policy_ledger_check(ledger, r, caused, NULL), POLICY_OK);
    expect_suggestion(caused, "homework.daily-minutes.primary", "15", "预计时长不超过15分钟",
                      "minutes no more than 15 min");
    for (size_t i = 0; i < policy_findings_count(caused); i++) {
        const policy_finding *f = policy_findings_at(caused, i);
        bool minutes = strcmp(policy_finding_rule(f), "homework.daily-minutes.primary") == 0;
        cr_expect_str_eq(policy_finding_unit(f, POLICY_LANGUAGE_ZH), minutes ? "分钟" : "");
        cr_expect_str_eq(policy_finding_unit(f, POLICY_LANGUAGE_EN), minutes ? "min" : "");
        cr_expect_str_eq(policy_finding_unit(f, 7), "");
    }
    cr_expect_str_eq(policy_finding_unit(NULL, POLICY_LANGUAGE_ZH), "");
    static const char *const texts[] = {"长征小学", "三年级", "2班", "小学", "2021-11-22"};
    policy_value keys[5] = {{0}};
    for (size_t i = 0; i < 5; i++) {
        keys[i] = (policy_value){.kind = POLICY_VALUE_TEXT, .text = texts[i], .size = strlen(texts[i])};
    }
    cr_assert_eq(policy_ledger_headroom_of(ledger, "homework.daily-minutes.primary", keys, 5, room, NULL), POLICY_OK);
    cr_assert_eq(policy_headroom_count(room), 1);
    cr_assert_eq((int)policy_headroom_left(room, 0).number, 15);
    policy_findings_free(caused);
    policy_headroom_free(room);
    policy_record_free(r);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
    policy_builder_free(builder);
}

/* ---- memory ---- */

typedef struct filling {
    policy_ledger *ledger;
    policy_record *record;
    policy_findings *caused;
    policy_headroom *room;
    const int32_t *fields;
    const policy_value *values;
    size_t count;
} filling;

static void one_round(const filling *f)
{
    policy_record_clear(f->record);
    cr_assert_eq(policy_record_set_borrowed(f->record, f->fields, f->values, f->count, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_check(f->ledger, f->record, f->caused, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_headroom(f->ledger, f->record, f->room, NULL), POLICY_OK);
}

Test(headroom, asking_again_and_again_allocates_nothing)
{
    failing_allocator a;
    failing_allocator_init(&a, 0, FAIL_ONCE);
    policy_options *options = NULL;
    cr_assert_eq(policy_options_new(&a.allocator, &options, NULL), POLICY_OK);
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    filling f = {0};
    cr_assert_eq(policy_builder_new(options, &builder, NULL), POLICY_OK);
    cr_assert_eq(policy_builder_load(builder, POLICY_SOURCE_DIR "/rules/huancui-2021", NULL), POLICY_OK);
    cr_assert_eq(policy_builder_build(builder, &engine, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_new(engine, &f.ledger, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_supply(f.ledger, "homework", NULL), POLICY_OK);
    cr_assert_eq(policy_record_new(engine, "homework", &f.record, NULL), POLICY_OK);
    cr_assert_eq(policy_findings_new(engine, &f.caused, NULL), POLICY_OK);
    cr_assert_eq(policy_headroom_new(engine, &f.room, NULL), POLICY_OK);
    static const char *const names[] = {"school", "grade", "class",   "subject",   "assigned",
                                        "form",   "place", "minutes", "mandatory", "text"};
    policy_value values[10] = {{0}};
    int32_t fields[10];
    for (size_t i = 0; i < 10; i++) {
        fields[i] = policy_engine_field(engine, "homework", names[i]);
        values[i].kind = POLICY_VALUE_TEXT;
    }
    static const char *const texts[][10] = {
        {"长征小学", "三年级", "2班", "数学", "2021-11-22", "", "家庭", "30分钟", "必做", "练习"},
        {"长征小学", "三年级", "2班", "数学", "2021-11-22", "", "家庭", "80分钟", "必做", "请家长检查"}};
    for (int text = 0; text < 2; text++) { /* one that is fine, one with findings and suggestions */
        for (size_t i = 0; i < 10; i++) {
            values[i].text = texts[text][i];
            values[i].size = strlen(texts[text][i]);
        }
        values[5] = (policy_value){.kind = POLICY_VALUE_CODE,
                                   .integer = policy_engine_code(engine, "homework", "form", "书面")};
        values[7] = (policy_value){.kind = POLICY_VALUE_INT, .integer = text ? 80 : 30};
        f.fields = fields;
        f.values = values;
        f.count = 10;
        for (int i = 0; i < 4; i++) {
            one_round(&f);
        }
        size_t before = a.calls;
        for (int i = 0; i < 10; i++) {
            one_round(&f);
        }
        cr_assert_eq(a.calls, before, "text %d: %zu allocations", text, a.calls - before);
        cr_assert(text == 0 || policy_findings_count(f.caused) > 0);
        cr_assert(policy_headroom_count(f.room) > 0);
    }
    policy_findings_free(f.caused);
    policy_headroom_free(f.room);
    policy_record_free(f.record);
    policy_ledger_free(f.ledger);
    policy_engine_unref(engine);
    policy_builder_free(builder);
    policy_options_free(options);
    cr_assert_eq(failing_allocator_live(&a), 0);
}

/* Each allocation of asking fails in turn: an error, an empty list, no leak, and the ledger as it was. */
Test(headroom, without_memory_a_list_is_empty)
{
    for (size_t k = 1;; k++) {
        failing_allocator a;
        failing_allocator_init(&a, 0, FAIL_ONCE);
        policy_options *options = NULL;
        cr_assert_eq(policy_options_new(&a.allocator, &options, NULL), POLICY_OK);
        world *w = world_try(options, STACKED, NULL);
        policy_record *r = work(w, "A", 4, "61");
        cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
        a.calls = 0;
        a.fail_at = k;
        policy_headroom *room = NULL;
        policy_findings *caused = NULL;
        policy_text *text = NULL;
        static const char *const keys[] = {"A"};
        policy_status status = policy_headroom_new(w->engine, &room, NULL);
        if (status == POLICY_OK) {
            status = policy_ledger_headroom(w->ledger, r, room, NULL);
            cr_assert(status == POLICY_OK || policy_headroom_count(room) == 0);
        }
        if (status == POLICY_OK) {
            status = policy_headroom_message(room, 0, POLICY_LANGUAGE_ZH, &text, NULL);
        }
        if (status == POLICY_OK) {
            status = of(w, "longest", keys, 1, room, NULL);
        }
        if (status == POLICY_OK) {
            status = policy_findings_new(w->engine, &caused, NULL);
        }
        if (status == POLICY_OK) { /* with suggestions */
            status = policy_ledger_check(w->ledger, r, caused, NULL);
            cr_assert(status == POLICY_OK || policy_findings_count(caused) == 0);
        }
        bool failed = failing_allocator_failed(&a);
        a.fail_at = 0;
        /* Room that was only to save later allocations may fail unnoticed. */
        cr_assert(status == POLICY_OK || (failed && status == POLICY_E_NOMEM), "allocation %zu: %s", k,
                  policy_status_name(status));
        policy_text_free(text);
        policy_findings_free(caused);
        policy_headroom_free(room);
        policy_record_free(r);
        world_free(w);
        policy_options_free(options);
        cr_assert_eq(failing_allocator_live(&a), 0, "allocation %zu leaks", k);
        if (!failed) {
            break;
        }
    }
}
