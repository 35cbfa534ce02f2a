/*
 * However rows come (in any order, in batches of any size, by any number of threads, in parts that are merged, saved and
 * restored, with keys as plain texts, as dictionaries or as raw numbers, with rows kept as evidence and without), they give
 * the same findings. Rows are numbered by position, so shuffled ones are compared without their numbers.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "support/arrow_rows.h"
#include "support/sample.h"

enum { HOMEWORK = 1300, EXAMS = 1100 };

typedef struct way { /* of feeding */
    const size_t *homework_order, *exam_order;
    size_t size;
    uint32_t threads;
    size_t parts;
    bool keeps_rows; /* as evidence: then rows are grouped one by one, else by blocks */
    bool restored;   /* each part is saved and restored before the merge */
} way;

static void feed(policy_ledger *ledger, const char *type, const arrow_rows *t, const size_t *order, size_t from,
                 size_t until, const way *w)
{
    struct ArrowArrayStream stream;
    policy_feed_options options = {
        .struct_size = sizeof options, .threads = w->threads, .source = type, .first_row = from + 1};
    arrow_rows_stream(t, order, from, until, w->size, &stream);
    policy_error *err = NULL;
    policy_status status = policy_ledger_feed_stream(ledger, type, &stream, &options, &err);
    cr_assert_eq(status, POLICY_OK, "%s", policy_error_message(err, POLICY_LANGUAGE_EN));
    cr_assert_null(stream.release);
}

typedef struct saved {
    char *data;
    size_t size;
} saved;

static int32_t write_saved(void *context, const void *data, size_t size)
{
    saved *s = context;
    s->data = realloc(s->data, s->size + size + 1);
    memcpy(s->data + s->size, data, size);
    s->size += size;
    return 0;
}

static policy_ledger *restored(policy_engine *engine, policy_ledger *ledger)
{
    saved s = {0};
    policy_ledger *again = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_ledger_save(ledger, write_saved, &s, &err), POLICY_OK, "%s",
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    cr_assert_eq(policy_ledger_restore(engine, s.data, s.size, &again, NULL, &err), POLICY_OK, "%s",
                 policy_error_message(err, POLICY_LANGUAGE_EN));
    free(s.data);
    policy_ledger_free(ledger);
    return again;
}

static char *answer_of(policy_engine *engine, const arrow_rows *homework, const arrow_rows *exams, const way *w,
                       bool rows)
{
    policy_ledger *parts[4];
    for (size_t p = 0; p < w->parts; p++) {
        parts[p] = sample_ledger(engine);
        cr_assert_not_null(parts[p]);
        if (!w->keeps_rows) {
            cr_assert_eq(policy_ledger_set_evidence(parts[p], POLICY_EVIDENCE_NONE, 0, NULL), POLICY_OK);
        }
        feed(parts[p], "homework", homework, w->homework_order, HOMEWORK * p / w->parts, HOMEWORK * (p + 1) / w->parts,
             w);
        feed(parts[p], "exam", exams, w->exam_order, EXAMS * p / w->parts, EXAMS * (p + 1) / w->parts, w);
        if (w->restored) {
            parts[p] = restored(engine, parts[p]);
        }
    }
    for (size_t p = w->parts; p > 1; p--) { /* the last ones first */
        policy_error *err = NULL;
        policy_status status = policy_ledger_merge(parts[p - 2], parts[p - 1], &err);
        cr_assert_eq(status, POLICY_OK, "%s", policy_error_message(err, POLICY_LANGUAGE_EN));
    }
    char *answer = sample_answer(parts[0], rows);
    for (size_t p = 0; p < w->parts; p++) {
        policy_ledger_free(parts[p]);
    }
    return answer;
}

/* How the columns are stored, in the order of sample.c's: as people write them, each text once, or numbers and
 * days. A time of publication is an instant throughout: a text is one of the wall clock. */
typedef enum keys { PLAIN, DICTIONARY, RAW, MIXED } keys;
static const char *const homework_formats[][13] = {
    [PLAIN] = {"u", "U", "u", "u", "u", "u", "U", "u", "b", "u", "u", "tsu:Asia/Shanghai", "u"},
    [DICTIONARY] = {"s:u", "c:U", "c:u", "c:u", "s:u", "c:u", "c:u", "i:u", "b", "c:u", "c:u", "tsu:Asia/Shanghai",
                    "c:u"},
    [RAW] = {"vu", "c", "vu", "vu", "tdD", "vu", "vu", "s", "b", "vu", "vu", "tss:Asia/Shanghai", "vu"}};
static const char *const exam_formats[][9] = {
    [PLAIN] = {"u", "u", "U", "u", "u", "u", "u", "u", "u"},
    [DICTIONARY] = {"c:u", "c:U", "c:u", "s:u", "c:u", "c:u", "c:u", "u", "u"},
    [RAW] = {"vu", "vu", "c", "vu", "tdD", "vu", "vu", "i", "l"}};

/* Grades as people write them have a number of their own. */
static void with_numbers(arrow_rows *t, size_t column)
{
    static const char *const words[][2] = {{"一年级", "1"}, {"三年级", "3"}, {"四年级", "4"},
                                           {"五年级", "5"}, {"初一", "6"},   {"初二", "7"}};
    const char **cells = (const char **)(uintptr_t)t->cells;
    for (size_t i = 0; i < t->row_count; i++) {
        const char **cell = &cells[i * t->column_count + column];
        for (size_t k = 0; *cell != NULL && k < sizeof words / sizeof *words; k++) {
            *cell = strcmp(*cell, words[k][0]) == 0 ? words[k][1] : *cell;
        }
    }
}

static void expect_everywhere(keys stored, bool shuffled, bool keeps_rows)
{
    uint64_t seed = 11 + 2 * (uint64_t)stored + (shuffled ? 100 : 0);
    policy_engine *engine = sample_engine(POLICY_SOURCE_DIR);
    arrow_rows *homework = sample_homework(HOMEWORK, seed), *exams = sample_exams(EXAMS, seed + 1);
    arrow_rows homework_stored = *homework, exams_stored = *exams;
    if (stored == RAW) {
        with_numbers(homework, 1);
    }
    if (stored != MIXED) {
        homework_stored.formats = homework_formats[stored];
        exams_stored.formats = exam_formats[stored];
    }
    size_t *homework_order = sample_shuffle(HOMEWORK, seed + 2), *exam_order = sample_shuffle(EXAMS, seed + 3);
    cr_assert_not_null(engine);
    bool rows = keeps_rows && !shuffled;
    char *expected =
        answer_of(engine, homework, exams, &(way){.threads = 1, .parts = 1, .size = 1, .keeps_rows = true}, rows);
    cr_assert_gt(strlen(expected), 10000);
    cr_expect_not_null(strstr(expected, "homework.daily-minutes.primary fail"));
    static const size_t sizes[] = {1, 7, 1000, 0};
    static const uint32_t threads[] = {1, 2, 8};
    for (size_t i = 0; i < 12; i++) {
        way w = {.size = sizes[i % 4],
                 .threads = threads[i / 4],
                 .parts = i % 5 < 2 ? 1 : 3,
                 .restored = i % 3 != 1,
                 .keeps_rows = keeps_rows};
        if (shuffled) {
            w.homework_order = homework_order;
            w.exam_order = exam_order;
        }
        char *answer = answer_of(engine, &homework_stored, &exams_stored, &w, rows);
        cr_expect_str_eq(answer, expected, "batches of %zu, %u threads, %zu parts", w.size, (unsigned)w.threads,
                         w.parts);
        free(answer);
    }
    free(expected);
    free(homework_order);
    free(exam_order);
    sample_free(homework);
    sample_free(exams);
    policy_engine_unref(engine);
    cr_expect_eq(arrow_rows_live(), 0);
}

Test(parts, of_any_size_by_any_number_of_threads_are_the_whole)
{
    expect_everywhere(MIXED, false, true);
}

Test(parts, in_any_order_are_the_whole)
{
    expect_everywhere(MIXED, true, false);
}

Test(parts, with_keys_of_plain_texts_are_the_whole)
{
    expect_everywhere(PLAIN, false, true);
    expect_everywhere(PLAIN, true, false);
}

Test(parts, with_keys_of_dictionaries_are_the_whole)
{
    expect_everywhere(DICTIONARY, false, true);
    expect_everywhere(DICTIONARY, true, false);
}

Test(parts, with_keys_of_raw_numbers_are_the_whole)
{
    expect_everywhere(RAW, false, true);
    expect_everywhere(RAW, true, false);
}
