/*
 * A small server: one engine for all threads, a ledger and a lock for each school, state that survives a restart, and new
 * rules while requests are served (docs/threading.md).
 *
 *     shards RULES STRICTER FOLDER      packs by name or path; STRICTER a script or pack on top of RULES
 *
 * Four threads post homework for three schools. Half-way the rules are tightened. At the end every ledger is saved into
 * FOLDER, restored, and asked.
 */
#include <policy/policy.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { SCHOOLS = 3, THREADS = 4, REQUESTS = 600 };
static const char *const schools[SCHOOLS] = {"望海小学", "海湾学校", "松涧小学"};

typedef struct shard {
    pthread_mutex_t lock;
    policy_ledger *ledger;
    policy_engine *rules; /* that the ledger follows now */
} shard;

static shard shards[SCHOOLS];
static atomic_int refused, failures;

static void complain(policy_error **err)
{
    atomic_fetch_add(&failures, 1);
    fprintf(stderr, "%s\n", policy_error_message(*err, POLICY_LANGUAGE_ZH));
    policy_error_free(*err);
    *err = NULL;
}

static policy_engine *load(const char *rules, const char *more)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_error *err = NULL;
    if (policy_builder_new(NULL, &builder, &err) || policy_builder_load(builder, rules, &err) ||
        (more && policy_builder_load(builder, more, &err)) || policy_builder_build(builder, &engine, &err))
        complain(&err);
    policy_builder_free(builder);
    return engine;
}

/* A request: 20 minutes of homework for one class; refused when that would break a rule. */
static void serve(shard *s, int school, int number, policy_error **err)
{
    policy_record *record = NULL;
    policy_findings *caused = NULL;
    char class[16], day[16];
    snprintf(class, sizeof class, "%d班", number % 3 + 1);
    snprintf(day, sizeof day, "2021-12-%02d", number % 7 + 1);
    pthread_mutex_lock(&s->lock);
    policy_status status = policy_record_new(s->rules, "homework", &record, err);
    status = status ? status : policy_findings_new(s->rules, &caused, err);
    status = status ? status : policy_record_set_text(record, "school", schools[school], err);
    status = status ? status : policy_record_set_text(record, "grade", "三年级", err);
    status = status ? status : policy_record_set_text(record, "class", class, err);
    status = status ? status : policy_record_set_text(record, "subject", "数学", err);
    status = status ? status : policy_record_set_text(record, "assigned", day, err);
    status = status ? status : policy_record_set_text(record, "form", "书面", err);
    status = status ? status : policy_record_set_int(record, "minutes", 20, err);
    status = status ? status : policy_ledger_check(s->ledger, record, caused, err);
    int objections = 0;
    for (size_t i = 0; status == POLICY_OK && i < policy_findings_count(caused); i++)
        objections += policy_finding_verdict(policy_findings_at(caused, i)) == POLICY_FAIL;
    if (status == POLICY_OK && objections == 0)
        status = policy_ledger_post(s->ledger, record, err);
    pthread_mutex_unlock(&s->lock);
    atomic_fetch_add(&refused, objections > 0);
    policy_findings_free(caused);
    policy_record_free(record);
    if (status != POLICY_OK)
        complain(err);
}

static void *work(void *argument)
{
    int first = *(int *)argument;
    policy_error *err = NULL;
    for (int i = first; i < REQUESTS; i += THREADS)
        serve(&shards[i % SCHOOLS], i % SCHOOLS, i / SCHOOLS, &err);
    return NULL;
}

/* Every ledger follows the stricter rules from now on; requests of other schools go on meanwhile. */
static void tighten(policy_engine *stricter)
{
    for (int i = 0; i < SCHOOLS; i++) {
        policy_carry *carry = NULL;
        policy_error *err = NULL;
        pthread_mutex_lock(&shards[i].lock);
        if (policy_ledger_rebase(shards[i].ledger, stricter, &carry, &err)) {
            complain(&err);
        } else {
            policy_engine_unref(shards[i].rules);
            shards[i].rules = policy_engine_ref(stricter);
        }
        pthread_mutex_unlock(&shards[i].lock);
        printf("%s: %s\n", schools[i], policy_carry_is_complete(carry) ? "carried over" : "something was left behind");
        policy_carry_free(carry);
    }
}

static size_t restart(shard *s, const char *folder, int number)
{
    char path[4096];
    policy_error *err = NULL;
    policy_findings *findings = NULL;
    snprintf(path, sizeof path, "%s/school-%d.ledger", folder, number);
    if (policy_ledger_save_file(s->ledger, path, &err))
        complain(&err);
    policy_ledger_free(s->ledger);
    s->ledger = NULL;
    if (policy_ledger_restore_file(s->rules, path, &s->ledger, NULL, &err) ||
        policy_ledger_findings(s->ledger, &findings, &err))
        complain(&err);
    size_t broken = 0;
    for (size_t i = 0; i < policy_findings_count(findings); i++)
        broken += policy_finding_verdict(policy_findings_at(findings, i)) == POLICY_FAIL;
    policy_findings_free(findings);
    return broken;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: shards RULES STRICTER FOLDER\n");
        return 2;
    }
    policy_engine *rules = load(argv[1], NULL), *stricter = load(argv[1], argv[2]);
    policy_error *err = NULL;
    if (!rules || !stricter)
        return 2;
    for (int i = 0; i < SCHOOLS; i++) {
        pthread_mutex_init(&shards[i].lock, NULL);
        shards[i].rules = policy_engine_ref(rules);
        if (policy_ledger_new(rules, &shards[i].ledger, &err))
            complain(&err);
    }
    pthread_t threads[THREADS];
    int numbers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, work, &numbers[i]);
    }
    tighten(stricter);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    size_t broken = 0;
    for (int i = 0; i < SCHOOLS; i++)
        broken += restart(&shards[i], argv[3], i);
    printf("refused some: %s; broken: %zu\n", atomic_load(&refused) > 0 ? "yes" : "no", broken);
    for (int i = 0; i < SCHOOLS; i++) {
        policy_ledger_free(shards[i].ledger);
        policy_engine_unref(shards[i].rules);
        pthread_mutex_destroy(&shards[i].lock);
    }
    policy_engine_unref(rules);
    policy_engine_unref(stricter);
    return atomic_load(&failures) > 0;
}
