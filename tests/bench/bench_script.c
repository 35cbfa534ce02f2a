/*
 * What a script's check costs a row, beside the same rule written in CEL. Medians of interleaved rounds on one core.
 *
 * Two figures each: the judging alone (dates, `when`, the check, the count), and a whole record posted, readers and
 * notices included. Goals for the judging: 1,000,000 rows a second through a two-line check, at most 20 times CEL.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/platform.h"
#include "ledger/state.h"

enum { ROWS = 256, REPEATS = 400, ROUNDS = 9 };

static const char schema_text[] = "schema: bench\n"
                                  "version: \"1.0\"\n"
                                  "types:\n"
                                  "  homework:\n"
                                  "    dated_by: assigned\n"
                                  "    identity: [school, assigned]\n"
                                  "    fields:\n"
                                  "      school: {type: string}\n"
                                  "      assigned: {type: date}\n"
                                  "      grade: {type: int}\n"
                                  "      minutes: {type: int}\n"
                                  "      form: {type: enum, values: {written: [书面], oral: [口头]}}\n";
enum { SCHOOL, ASSIGNED, GRADE, MINUTES, FORM };

static const char pack_text[] = "pack: bench\nversion: \"1.0\"\nschema: bench\n%s%s";

typedef struct subject {
    const char *name, *cel, *lua;
} subject;

static const subject subjects[] = {
    {"two lines", "- {id: cap, table: homework, require: \"form != 'written' || minutes <= (grade <= 2 ? 15 : 30)\"}\n",
     "rule{id = 'cap', table = 'homework', needs = {'grade', 'minutes', 'form'}, check = function(r)\n"
     "  local cap = r.grade <= 2 and 15 or 30\n"
     "  return r.form ~= 'written' or r.minutes <= cap\n"
     "end}\n"},
    {"the same, form in `when`",
     "- {id: cap, table: homework, when: form == 'written', require: \"minutes <= (grade <= 2 ? 15 : 30)\"}\n",
     "rule{id = 'cap', table = 'homework', needs = {'grade', 'minutes'}, when = \"form == 'written'\", check = "
     "function(r)\n"
     "  local cap = r.grade <= 2 and 15 or 30\n"
     "  return r.minutes <= cap\n"
     "end}\n"},
    {"answers with value and limit", "- {id: cap, table: homework, require: \"minutes <= 30\"}\n",
     "rule{id = 'cap', table = 'homework', needs = {'minutes'}, check = function(r)\n"
     "  if r.minutes <= 30 then return true end\n"
     "  return {pass = false, value = r.minutes, limit = 30}\n"
     "end}\n"},
};

static policy_engine *build(const char *rules, const char *script)
{
    char whole[2048];
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_error *err = NULL;
    snprintf(whole, sizeof whole, pack_text, rules ? "rules:\n" : "", rules ? rules : "");
    if (policy_builder_new(NULL, &builder, &err) != POLICY_OK ||
        policy_builder_add_memory(builder, "schema/bench.yaml", schema_text, strlen(schema_text), &err) != POLICY_OK ||
        policy_builder_load_memory(builder, "bench.yaml", whole, strlen(whole), &err) != POLICY_OK ||
        (script && policy_builder_load_memory(builder, "bench.lua", script, strlen(script), &err) != POLICY_OK) ||
        policy_builder_build(builder, &engine, &err) != POLICY_OK) {
        fprintf(stderr, "%s\n", policy_error_message(err, POLICY_LANGUAGE_EN));
        exit(1);
    }
    policy_builder_free(builder);
    return engine;
}

static policy_ledger *open_ledger(policy_engine *engine)
{
    policy_ledger *l = NULL;
    if (policy_ledger_new(engine, &l, NULL) != POLICY_OK ||
        policy_ledger_set_reported(l, 1u << POLICY_ERROR, NULL) != POLICY_OK) {
        exit(1);
    }
    return l;
}

static const str forms[] = {STR_INIT("written"), STR_INIT("oral")};

/* Nanoseconds of judging a row whose fields are read already; *failed counts verdicts, so that both rules can be compared. */
static double judge(policy_ledger *l, int64_t *failed)
{
    frame *f = frame_take(l, l->engine->tables[0]);
    const plan_version *v = l->work[0].versions[0];
    if (!f) {
        exit(1);
    }
    uint64_t start = platform_monotonic_ns();
    for (int n = 0; n < REPEATS; n++) {
        for (int i = 0; i < ROWS; i++) {
            frame_reset(f);
            f->slots[SCHOOL] = value_string(STR("望海小学"));
            f->slots[ASSIGNED] = value_date(18948 + i % 5);
            f->slots[GRADE] = value_int(i % 6 + 1);
            f->slots[MINUTES] = value_int(i % 45);
            f->slots[FORM] = value_string(forms[i % 7 == 0]);
            f->slots[FORM].interned = 1;
            f->dated = true;
            f->day = 18948 + i % 5;
            if (!judge_row(f, v, &l->delta)) {
                exit(1);
            }
        }
    }
    double spent = (double)(platform_monotonic_ns() - start) / (REPEATS * ROWS);
    *failed = l->delta.verdicts[POLICY_FAIL];
    state_clear(&l->delta);
    frame_give(l, f);
    return spent;
}

/* Nanoseconds of a record from its setters to the end of the post. */
static double post(policy_engine *engine)
{
    policy_ledger *l = open_ledger(engine);
    policy_record *r = NULL;
    if (policy_record_new(engine, "homework", &r, NULL) != POLICY_OK) {
        exit(1);
    }
    uint64_t start = platform_monotonic_ns();
    for (int i = 0; i < REPEATS * ROWS / 8; i++) {
        policy_record_clear(r);
        policy_record_set_text(r, "school", "望海小学", NULL);
        policy_record_set_text(r, "assigned", "2021-12-01", NULL);
        policy_record_set_int(r, "grade", i % 6 + 1, NULL);
        policy_record_set_int(r, "minutes", i % 45, NULL);
        policy_record_set_text(r, "form", i % 7 == 0 ? "口头" : "书面", NULL);
        if (policy_ledger_post(l, r, NULL) != POLICY_OK) {
            exit(1);
        }
    }
    double spent = (double)(platform_monotonic_ns() - start) / (REPEATS * ROWS / 8);
    policy_record_free(r);
    policy_ledger_free(l);
    return spent;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double median(double *of)
{
    qsort(of, ROUNDS, sizeof *of, compare);
    return of[ROUNDS / 2];
}

int main(void)
{
    int bad = 0;
    printf("%10s %12s %10s %7s %10s %10s %10s %10s  rule\n", "Lua, ns", "rows/s", "CEL, ns", "times", "post: Lua",
           "CEL", "no rule", "rows/s");
    for (size_t k = 0; k < sizeof subjects / sizeof *subjects; k++) {
        policy_engine *engines[3] = {build(NULL, subjects[k].lua), build(subjects[k].cel, NULL), build(NULL, NULL)};
        policy_ledger *ledgers[2] = {open_ledger(engines[0]), open_ledger(engines[1])};
        double judged[2][ROUNDS], posted[3][ROUNDS];
        int64_t failed[2] = {0, 0};
        judge(ledgers[0], &failed[0]); /* warm */
        for (int i = 0; i < ROUNDS; i++) {
            for (int which = 0; which < 2; which++) {
                judged[which][i] = judge(ledgers[which], &failed[which]);
            }
            for (int which = 0; which < 3; which++) {
                posted[which][i] = post(engines[which]);
            }
            bad += failed[0] != failed[1] || failed[0] == 0;
        }
        double lua = median(judged[0]), cel = median(judged[1]), in_all = median(posted[0]);
        printf("%10.1f %12.0f %10.1f %7.1f %10.1f %10.1f %10.1f %10.0f  %s\n", lua, 1e9 / lua, cel, lua / cel, in_all,
               median(posted[1]), median(posted[2]), 1e9 / in_all, subjects[k].name);
        for (int which = 0; which < 3; which++) {
            if (which < 2) {
                policy_ledger_free(ledgers[which]);
            }
            policy_engine_unref(engines[which]);
        }
    }
    if (bad) {
        fprintf(stderr, "the script and the expression disagree\n");
    }
    return bad != 0;
}
