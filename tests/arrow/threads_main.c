/*
 * Threads: feeds by several of them, and several ledgers of one engine at once, against one thread alone.
 *
 * A program of its own, since the test framework does not start under the thread sanitizer, for which this is worth most.
 * It says what differs and ends with 1.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/sample.h"

enum { ROWS = 4200, EXAMS = 2100, LEDGERS = 4 };

static int failures;

static void check(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "failed: %s\n", what);
        failures++;
    }
}

static int32_t count_calls(void *context, uint64_t rows, uint64_t bytes)
{
    (void)bytes;
    uint64_t *last = context;
    *last = rows > *last ? rows : *last;
    return 0;
}

static int32_t cancel(void *context, uint64_t rows, uint64_t bytes)
{
    (void)context;
    (void)rows;
    (void)bytes;
    return 1;
}

static policy_status feed(policy_ledger *ledger, const char *type, const arrow_rows *t, size_t size, uint32_t threads,
                          policy_progress progress, void *context)
{
    struct ArrowArrayStream stream;
    policy_feed_options options = {
        .struct_size = sizeof options, .threads = threads, .source = type, .progress = progress, .context = context};
    arrow_rows_stream(t, NULL, 0, t->row_count, size, &stream);
    policy_status status = policy_ledger_feed_stream(ledger, type, &stream, &options, NULL);
    if (stream.release != NULL) {
        stream.release(&stream);
    }
    return status;
}

typedef struct shared {
    policy_engine *engine;
    const arrow_rows *homework, *exams;
    const char *expected;
} shared;

static void *one_of_many(void *context)
{
    const shared *s = context;
    policy_ledger *ledger = sample_ledger(s->engine);
    bool fine = feed(ledger, "homework", s->homework, 900, 2, NULL, NULL) == POLICY_OK &&
                feed(ledger, "exam", s->exams, 0, 1, NULL, NULL) == POLICY_OK;
    char *answer = fine ? sample_answer(ledger, true) : NULL;
    void *same = answer != NULL && strcmp(answer, s->expected) == 0 ? context : NULL;
    free(answer);
    policy_ledger_free(ledger);
    return same;
}

int main(void)
{
    policy_engine *engine = sample_engine(POLICY_SOURCE_DIR);
    arrow_rows *homework = sample_homework(ROWS, 1), *exams = sample_exams(EXAMS, 2);
    check(engine != NULL, "the pack loads");
    if (engine == NULL) {
        return 1;
    }
    policy_ledger *alone = sample_ledger(engine);
    check(feed(alone, "homework", homework, 0, 1, NULL, NULL) == POLICY_OK, "one thread feeds homework");
    check(feed(alone, "exam", exams, 0, 1, NULL, NULL) == POLICY_OK, "one thread feeds exams");
    char *expected = sample_answer(alone, true);
    check(expected != NULL && strlen(expected) > 10000, "there is something to find");
    static const size_t sizes[] = {0, 7, 1000};
    static const uint32_t threads[] = {2, 3, 8};
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++) {
            uint64_t rows = 0;
            policy_ledger *many = sample_ledger(engine);
            check(feed(many, "homework", homework, sizes[i], threads[k], cancel, NULL) == POLICY_E_CANCELLED,
                  "a feed can be cancelled");
            check(feed(many, "homework", homework, sizes[i], threads[k], count_calls, &rows) == POLICY_OK,
                  "several threads feed homework");
            check(feed(many, "exam", exams, sizes[i], threads[k], NULL, NULL) == POLICY_OK, "and exams");
            char *answer = sample_answer(many, true);
            check(answer != NULL && expected != NULL && strcmp(answer, expected) == 0, "the findings are the same");
            check(policy_ledger_notice_count(many) == policy_ledger_notice_count(alone), "as many notices");
            for (size_t n = 0; n < policy_ledger_notice_count(many) && n < policy_ledger_notice_count(alone); n++) {
                const policy_notice *a = policy_ledger_notice(many, n), *b = policy_ledger_notice(alone, n);
                if (policy_notice_row(a) != policy_notice_row(b) ||
                    policy_notice_kind_of(a) != policy_notice_kind_of(b)) {
                    check(false, "notices in the same order");
                    break;
                }
            }
            check(rows > 0 && rows <= ROWS, "progress was told");
            free(answer);
            policy_ledger_free(many);
        }
    }
    shared s = {engine, homework, exams, expected};
    pthread_t ids[LEDGERS];
    for (int i = 0; i < LEDGERS; i++) {
        check(pthread_create(&ids[i], NULL, one_of_many, &s) == 0, "a thread starts");
    }
    for (int i = 0; i < LEDGERS; i++) {
        void *same = NULL;
        pthread_join(ids[i], &same);
        check(same != NULL, "a ledger of its own on a thread of its own says the same");
    }
    free(expected);
    policy_ledger_free(alone);
    policy_engine_unref(engine);
    sample_free(homework);
    sample_free(exams);
    check(arrow_rows_live() == 0, "everything was released");
    return failures > 0;
}
