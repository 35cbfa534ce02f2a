/*
 * A feed by several threads.
 *
 * Batches are gathered until their rows are worth it (a round), shared out in one stretch for each thread, and worked on
 * side by side. The calling thread takes the first stretch, into the ledger's own delta; the others have workers
 * (worker.h). After a round the workers' notices are taken over in the order of rows, at the end of the call everything
 * else; of that no order shows.
 */
#include "base/platform.h"
#include "columns/columns.h"
#include "ledger/feed.h"
#include "ledger/worker.h"

#define THREADS_MOST 256

void feed_crew_init(feed_crew *c, policy_ledger *l, uint32_t threads)
{
    *c = (feed_crew){.ledger = l, .threads = threads > THREADS_MOST ? THREADS_MOST : threads};
}

void feed_crew_free(feed_crew *c)
{
    for (uint32_t i = 0; c->workers != NULL && i + 1 < c->threads; i++) {
        worker_free(c->workers[i]);
    }
    if (c->workers != NULL) {
        allocator_free(c->ledger->allocator, c->workers);
    }
    c->workers = NULL;
}

/* ---- one thread's stretch ---- */

typedef struct stretch {
    policy_ledger *ledger; /* the worker, or the ledger itself */
    uint32_t type_at;
    const batch *batches;
    size_t count;
    int64_t from, until; /* rows, counted over all batches */
    feed_watch *watch;
    policy_status status;
    policy_error *err;
    platform_thread *thread; /* NULL: the calling one does it */
} stretch;

static void do_stretch(void *context)
{
    stretch *s = context;
    int64_t before = 0;
    for (size_t i = 0; i < s->count && s->status == POLICY_OK && before < s->until; i++) {
        int64_t rows = s->batches[i].rows;
        int64_t from = s->from > before ? s->from - before : 0;
        int64_t until = s->until - before < rows ? s->until - before : rows;
        if (from < until) {
            s->status = feed_rows(s->ledger, s->type_at, &s->batches[i], from, until, s->watch, &s->err);
        }
        before += rows;
    }
    if (s->status != POLICY_OK) {
        atomic_store(&s->watch->stop, true);
    }
}

/* ---- a round ---- */

static bool hire(feed_crew *c)
{
    if (c->workers == NULL) {
        c->workers = allocator_zero(c->ledger->allocator, c->threads, sizeof(policy_ledger *));
    }
    bool fine = c->workers != NULL;
    for (uint32_t i = 0; i + 1 < c->threads && fine; i++) {
        if (c->workers[i] == NULL) {
            c->workers[i] = worker_new(c->ledger);
        }
        fine = c->workers[i] != NULL && worker_learn(c->workers[i], c->ledger);
    }
    return fine;
}

/* Rows that the ledger itself learns from are few and have an order. */
static bool is_alone(const policy_ledger *l, uint32_t type_at)
{
    const policy_engine *e = l->engine;
    return systems_is_table(e, type_at) || (int)type_at == e->calendar_type || (int)type_at == e->coverage_type;
}

static bool take_notices(feed_crew *c)
{
    for (uint32_t i = 0; i + 1 < c->threads; i++) {
        notices *theirs = &c->workers[i]->delta.notices;
        if (!notices_append(&c->ledger->delta.notices, theirs)) {
            return false;
        }
        notices_free(theirs);
        notices_init(theirs, c->ledger->allocator);
    }
    return true;
}

/* The first failure in the order of rows is the one that is told; that others stopped because of it is none. */
static policy_status result_of(stretch *all, uint32_t count, policy_error **err)
{
    policy_status status = POLICY_OK;
    for (uint32_t i = 0; i < count; i++) {
        bool tells = all[i].status != POLICY_OK && (status == POLICY_OK || status == POLICY_E_CANCELLED);
        if (tells && (status == POLICY_OK || all[i].status != POLICY_E_CANCELLED)) {
            status = all[i].status;
            if (all[i].err != NULL && err != NULL && *err == NULL) {
                error_move(err, &all[i].err);
            }
        }
        policy_error_free(all[i].err);
    }
    return status;
}

static policy_status share_out(feed_crew *c, uint32_t type_at, const batch *batches, size_t count, int64_t from,
                               int64_t rows, feed_watch *w, policy_error **err)
{
    const policy_allocator *a = c->ledger->allocator;
    stretch *all = allocator_zero(a, c->threads, sizeof *all);
    if (all == NULL || !accounts_settle_others(c->ledger, type_at) || !hire(c)) {
        allocator_free(a, all);
        return error_nomem(err);
    }
    int64_t each = (rows - from) / c->threads + 1;
    for (uint32_t i = 0; i < c->threads; i++) {
        int64_t begin = from + each * i, end = begin + each < rows ? begin + each : rows;
        all[i] = (stretch){.ledger = i == 0 ? c->ledger : c->workers[i - 1],
                           .type_at = type_at,
                           .batches = batches,
                           .count = count,
                           .from = begin,
                           .until = end,
                           .watch = w};
    }
    for (uint32_t i = 1; i < c->threads; i++) {
        (void)platform_thread_start(a, do_stretch, &all[i], &all[i].thread);
    }
    do_stretch(&all[0]);
    for (uint32_t i = 1; i < c->threads; i++) {
        if (all[i].thread == NULL) { /* the system gave none */
            do_stretch(&all[i]);
        }
        platform_thread_join(all[i].thread);
    }
    policy_status status = result_of(all, c->threads, err);
    allocator_free(a, all);
    if (status == POLICY_OK && !take_notices(c)) {
        status = notices_error(&c->ledger->delta.notices, err);
    }
    return status;
}

policy_status feed_round(feed_crew *c, uint32_t type_at, const batch *batches, size_t count, feed_watch *w,
                         policy_error **err)
{
    int64_t rows = 0, from = 0;
    for (size_t i = 0; i < count; i++) {
        rows += batches[i].rows;
    }
    bool alone = c->threads < 2 || is_alone(c->ledger, type_at) || rows < FEED_THREAD_ROWS;
    stretch first = {.ledger = c->ledger, .type_at = type_at, .batches = batches, .count = count, .watch = w};
    if (alone || !c->started) { /* the first row says what is said once of a source */
        first.until = alone ? rows : 1;
        do_stretch(&first);
        from = first.until;
        c->started = true;
    }
    policy_status status = result_of(&first, 1, err);
    return status == POLICY_OK && from < rows ? share_out(c, type_at, batches, count, from, rows, w, err) : status;
}

policy_status feed_crew_merge(feed_crew *c, policy_error **err)
{
    policy_ledger *l = c->ledger;
    source_names names = ledger_sources(l);
    for (uint32_t i = 0; c->workers != NULL && i + 1 < c->threads; i++) {
        policy_ledger *worker = c->workers[i];
        if (!columns_settle_added(worker) || !state_reserve(&l->delta, &worker->delta, l->evidence_rows)) {
            return error_nomem(err);
        }
        state_merge(&l->delta, &worker->delta, l->evidence_rows, &names);
        for (uint32_t k = 0; k < l->engine->rule_count; k++) {
            l->killed[k] = l->killed[k] || worker->killed[k];
        }
    }
    return POLICY_OK;
}
