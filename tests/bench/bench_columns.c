/*
 * The column path on a made-up province, one question at a time: nanoseconds a row, median of five. Then the loops under
 * it alone (columns/kernels.h), as this processor has them: nanoseconds a row of a block that is in the cache. That the
 * plain loops were vectorised shows in their numbers: a byte at a time is 0.3 ns and more.
 *
 *   bench_columns [ROWS [QUESTION]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/platform.h"
#include "columns/coder.h"
#include "columns/columns.h"
#include "policy/policy.h"

static const char schema_text[] =
    "schema: province\nversion: \"1.0\"\ntypes:\n  homework:\n    identity: [class, date]\n"
    "    dated_by: date\n    fields:\n      class: {type: int}\n      grade: {type: int, min: 1, max: 9}\n"
    "      date: {type: date}\n      subject: {type: int}\n"
    "      form: {type: enum, values: {written: [], oral: [], reading: [], practical: []}}\n"
    "      place: {type: enum, values: {home: [], school: []}}\n"
    "      minutes: {type: int, min: 0, max: 600}\n";
#define HEAD "pack: bench\nversion: \"1.0\"\nschema: province\nrules:\n"
#define TWENTY                                                                                                         \
    HEAD DENY("1", "form == 'written' && grade <= 2 && place == 'home'") DENY("2", "grade >= 3 && minutes > 5")        \
        DENY("3", "grade >= 7 && minutes > 6") DENY("4", "form == 'oral' && subject == 3")                             \
            DENY("5", "form == 'written' && minutes >= 6") DENY("6", "place == 'home' && subject >= 9")                \
                DENY("7", "form == 'reading' && grade <= 2") DENY("8", "subject == 1 && minutes > 4")                  \
                    DENY("9", "subject == 2 && grade < 9")                                                             \
                        DENY("10", "form == 'practical' && grade < 6 && minutes > 3")                                  \
                            DENY("11", "place == 'school' && minutes > 2 && grade <= 5")                               \
                                DENY("12", "minutes < 1 && grade <= 5") DENY("13", "minutes < 2 && grade > 5")         \
                                    DENY("14", "subject == 4 && minutes >= 1")                                         \
                                        DENY("15", "subject >= 6 && place == 'home'")                                  \
                                            DENY("16", "class < 100 && minutes < 6")                                   \
                                                DENY("17", "class >= 700 && form == 'written'")                        \
                                                    DENY("18", "class == 5 || class == 6")                             \
                                                        DENY("19", "date < date('2021-12-01') && place == 'home'")     \
                                                            DENY("20", "date >= date('2022-01-01') && minutes == 7")
#define DENY(ID, CONDITION) "- {id: d" ID ", table: homework, deny: \"" CONDITION "\"}\n"
#define STAGE               "{stage: \"grade <= 5 ? 'primary' : 'junior'\"}"

static const struct {
    const char *name, *text;
} questions[] = {
    {"A one row rule",
     HEAD "- {id: a, table: homework, when: grade <= 2, deny: \"form == 'written' && place == 'home'\"}\n"},
    {"D twenty rules", TWENTY},
    {"B class and day",
     HEAD "- {id: b, table: homework, per: [class, date, " STAGE "], measure: sum(minutes), at_most: \"stage == "
          "'primary' ? 100 : 120\"}\n"},
    {"B2 and subject",
     HEAD "- {id: b2, table: homework, per: [class, date, subject, " STAGE "], measure: sum(minutes), at_most: "
          "\"stage == 'primary' ? 60 : 80\"}\n"},
    {"C distinct", HEAD "- {id: c, table: homework, per: [class], measure: count_distinct(minutes), at_most: 200}\n"},
};

static uint64_t next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static policy_engine *engine_of(const char *text)
{
    policy_builder *b = NULL;
    policy_engine *e = NULL;
    if (policy_builder_new(NULL, &b, NULL) != POLICY_OK ||
        policy_builder_add_memory(b, "schema/province.yaml", schema_text, strlen(schema_text), NULL) != POLICY_OK ||
        policy_builder_load_memory(b, "bench.yaml", text, strlen(text), NULL) != POLICY_OK ||
        policy_builder_build(b, &e, NULL) != POLICY_OK) {
        fprintf(stderr, "the pack does not load\n");
        exit(1);
    }
    policy_builder_free(b);
    return e;
}

static double run_once(policy_engine *e, const batch *b, int64_t rows, bool count_only, size_t *found)
{
    policy_ledger *l = NULL;
    policy_findings *all = NULL;
    policy_ledger_new(e, &l, NULL);
    policy_ledger_set_evidence(l, POLICY_EVIDENCE_NONE, 0, NULL);
    if (count_only) {
        policy_ledger_set_reported(l, 0, NULL);
    }
    uint64_t start = platform_monotonic_ns();
    if (!columns_feed(l, 0, b, 0, rows) || ledger_commit(l, NULL) != POLICY_OK ||
        policy_ledger_findings(l, &all, NULL) != POLICY_OK) {
        fprintf(stderr, "feeding failed\n");
        exit(1);
    }
    double ns = (double)(platform_monotonic_ns() - start) / (double)rows;
    *found = policy_findings_count(all);
    policy_findings_free(all);
    policy_ledger_free(l);
    return ns;
}

static void time_kernels(void)
{
    static const char *const names[] = {"plain", "avx2", "avx512"};
    static uint64_t values[BLOCK_ROWS], out[BLOCK_WORDS];
    uint64_t seed = 1, seen = 0;
    for (size_t i = 0; i < BLOCK_ROWS; i++) {
        values[i] = next(&seed);
    }
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const kernels *k = kernels_named(names[n]);
        if (k == NULL) {
            continue;
        }
        printf("%-8s", k->name);
        for (uint32_t width = 0; width < 4; width++) {
            uint64_t start = platform_monotonic_ns();
            for (uint64_t i = 0; i < 20000; i++) {
                k->within[width](values, BLOCK_ROWS, &(range_test){i, 60, out}, 1);
                seen += out[i % BLOCK_WORDS];
            }
            printf("  %2d bits %.3f", 8 << width, (double)(platform_monotonic_ns() - start) / 20000 / BLOCK_ROWS);
        }
        printf(" ns a row%s\n", seen == 1 ? "!" : "");
    }
}

int main(int argc, char **argv)
{
    int64_t rows = argc > 1 ? atoll(argv[1]) : 5000000;
    size_t n = (size_t)rows;
    int32_t *class_of = malloc(n * 4), *date = malloc(n * 4);
    int8_t *grade = malloc(n), *subject = malloc(n), *form = malloc(n), *where = malloc(n);
    int16_t *minutes = malloc(n * 2);
    uint64_t seed = 88172645463325252u;
    int32_t classes = (int32_t)(rows / 2500 < 8 ? 8 : rows / 2500);
    for (size_t i = 0; i < n; i++) {
        class_of[i] = (int32_t)(next(&seed) % (uint64_t)classes);
        date[i] = 18953 + (int32_t)(next(&seed) % 100);
        grade[i] = (int8_t)(class_of[i] % 9 + 1);
        subject[i] = (int8_t)(next(&seed) % 12);
        form[i] = (int8_t)(next(&seed) % 4);
        where[i] = grade[i] <= 2 && form[i] == 0 ? (int8_t)(next(&seed) % 70 != 0) : (int8_t)(next(&seed) % 2);
        minutes[i] = (int16_t)(next(&seed) % 8);
    }
    static const char forms_text[] = "writtenoralreadingpractical", places_text[] = "homeschool";
    static const int32_t forms_at[] = {0, 7, 11, 18, 27}, places_at[] = {0, 4, 10};
    column forms = {.storage = COLUMN_UTF8, .unit = 1, .values = forms_at, .text = forms_text, .length = 4};
    column places = {.storage = COLUMN_UTF8, .unit = 1, .values = places_at, .text = places_text, .length = 2};
    column c[7] = {{.storage = COLUMN_INT32, .values = class_of},
                   {.storage = COLUMN_INT8, .values = grade},
                   {.storage = COLUMN_INT32, .meaning = MEANING_DATE_DAYS, .values = date},
                   {.storage = COLUMN_INT8, .values = subject},
                   {.storage = COLUMN_INT8, .values = form, .dictionary = &forms},
                   {.storage = COLUMN_INT8, .values = where, .dictionary = &places},
                   {.storage = COLUMN_INT16, .values = minutes}};
    const column *fields[7];
    str units[7];
    for (size_t i = 0; i < 7; i++) {
        c[i].unit = 1;
        c[i].length = rows;
        fields[i] = &c[i];
        units[i] = str_none;
    }
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
        if (argc > 2 && strcspn(questions[q].name, " ") != strlen(argv[2])) {
            continue;
        }
        if (argc > 2 && strncmp(questions[q].name, argv[2], strlen(argv[2])) != 0) {
            continue;
        }
        policy_engine *e = engine_of(questions[q].text);
        batch b = {.type = e->tables[0]->record,
                   .rows = rows,
                   .fields = fields,
                   .units = units,
                   .source = STR("bench"),
                   .first_row = 1};
        double times[5];
        size_t found = 0;
        for (size_t i = 0; i < 5; i++) {
            times[i] = run_once(e, &b, rows, questions[q].name[0] == 'D', &found);
        }
        qsort(times, 5, sizeof *times, compare);
        printf("%-18s %8.2f ns a row, %zu findings\n", questions[q].name, times[2], found);
        fflush(stdout);
        policy_engine_unref(e);
    }
    if (argc < 3) {
        time_kernels();
    }
    free(class_of);
    free(date);
    free(grade);
    free(subject);
    free(form);
    free(where);
    free(minutes);
    return 0;
}
