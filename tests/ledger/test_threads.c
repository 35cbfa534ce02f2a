/*
 * One engine for all threads, a ledger for each: the same rows give the same findings everywhere. Worth most under the
 * thread sanitizer.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/world.h"

enum { THREADS = 4, ROWS = 200 };

static const char pack[] =
    "pack: test\nversion: \"1.0\"\nschema: mini\n"
    "let: {work: {long: \"minutes * 2 + grade > 60\"}}\n"
    "measures:\n- {id: written, table: work, when: form == 'written', per: [school, day], measure: count()}\n"
    "rules:\n"
    "- {id: ban, table: work, when: \"long && school.matches('^[A-C]')\", deny: \"school.matches('^[A-C]') && grade <= "
    "2\"}\n"
    "- {id: half, table: work, deny: 60 / minutes > 3}\n"
    "- {id: daily, table: work, when: form == 'written', per: [school, day], measure: sum(minutes), at_most: 60,\n"
    "   message: {zh: \"{school}共{value}分钟\", en: \"{value} minutes in {school}\"}}\n"
    "- {id: visit, table: visit, deny: \"written(school, day) >= 1\"}\n";

typedef struct worker {
    pthread_t thread;
    world world; /* the shared engine, a ledger of its own */
    char *findings;
} worker;

static void *work(void *context)
{
    worker *own = context;
    char cells[120];
    world_row(&own->world, "visit", "school=A|who=p|day=2021-12-01");
    for (int i = 0; i < ROWS; i++) {
        snprintf(cells, sizeof cells, "school=%c|day=2021-12-%02d|grade=%d|minutes=%d|form=%s", 'A' + i % 5, 1 + i % 9,
                 1 + i % 6, i % 50, i % 3 ? "written" : "oral");
        world_row(&own->world, "work", cells);
    }
    own->findings = world_findings(&own->world, NULL);
    return NULL;
}

Test(threads, ledgers_of_one_engine_do_not_meet)
{
    world *first = world_new(pack);
    worker workers[THREADS] = {0};
    for (int i = 0; i < THREADS; i++) {
        workers[i].world.engine = policy_engine_ref(first->engine);
        cr_assert_eq(policy_ledger_new(first->engine, &workers[i].world.ledger, NULL), POLICY_OK);
        cr_assert_eq(policy_ledger_set_evidence(workers[i].world.ledger, POLICY_EVIDENCE_FIRST, 20, NULL), POLICY_OK);
    }
    for (int i = 0; i < THREADS; i++) {
        cr_assert_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    cr_expect(workers[0].findings[0] != '\0');
    for (int i = 0; i < THREADS; i++) {
        cr_expect_str_eq(workers[i].findings, workers[0].findings);
    }
    for (int i = 0; i < THREADS; i++) {
        free(workers[i].findings);
        policy_ledger_free(workers[i].world.ledger);
        policy_engine_unref(workers[i].world.engine);
    }
    world_free(first);
}
