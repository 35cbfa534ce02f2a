/* Hostile scripts (tests/lua-attacks): each ends as its first line says, within its budgets, and the canaries beside it say
 * what they say without it. */
#include <criterion/criterion.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/attacks.h"
#include "support/failing_allocator.h"

/* Budgets are counted, not timed: the clock is out of the way unless the attack is one that only the clock stops. */
#define PATIENT 20000

static attack_run usual(const attack *a)
{
    return (attack_run){.milliseconds = a && a->end == ATTACK_TIME ? 0 : PATIENT};
}

static attacks corpus(void)
{
    return attacks_read(POLICY_SOURCE_DIR "/tests/lua-attacks");
}

static char *undisturbed(void)
{
    attack_run how = usual(NULL);
    attack_outcome o = attack_go(NULL, &how);
    cr_assert_eq(o.status, POLICY_OK, "%s", o.refusal ? o.refusal : "?");
    char *canaries = o.canaries;
    o.canaries = NULL;
    attack_outcome_free(&o);
    return canaries;
}

static bool says(const attack_outcome *o, const char *part)
{
    return o->attacker && strstr(o->attacker, part) != NULL;
}

/* NULL when it ended as it should. */
static const char *complaint(const attack *a, const attack_outcome *o, const char *canaries)
{
    if (a->end == ATTACK_REFUSED) {
        if (o->status == POLICY_OK)
            return "loads";
        unsigned line = 0;
        bool named = o->refusal && (sscanf(o->refusal, "attack.lua:%u", &line) == 1 ||
                                    /* it took another's name first */ sscanf(o->refusal, "canary.lua:%u", &line) == 1);
        if (!named)
            return "is refused without naming the script";
        return line == 0 ? "is refused without a line" : NULL;
    }
    if (o->status != POLICY_OK)
        return "is refused, or the run failed";
    if (strcmp(o->canaries, canaries) != 0)
        return "changed what the canaries say";
    uint64_t others = o->attack_counts[POLICY_PASS] + o->attack_counts[POLICY_FAIL] + o->attack_counts[POLICY_UNKNOWN] +
                      o->attack_counts[POLICY_ERROR];
    if (others == 0)
        return "judged nothing";
    switch (a->end) {
    case ATTACK_STEPS:
        return says(o, "budget of instructions") ? NULL : "was not stopped for its instructions";
    case ATTACK_MEMORY:
        return says(o, "budget of memory") ? NULL : "was not stopped for its memory";
    case ATTACK_TIME:
        return says(o, "over its time") ? NULL : "was not stopped by the clock";
    case ATTACK_ERROR:
        return o->attack_counts[POLICY_ERROR] > 0 && !says(o, "budget of") ? NULL : "did not end in an error";
    case ATTACK_CONTAINED:
        return o->attack_counts[POLICY_PASS] == others ? NULL : "came through, or broke";
    default:
        return NULL;
    }
}

/* All that went wrong, so that one run shows everything. */
static void note(size_t *bad, const attack *a, const char *what, const attack_outcome *o)
{
    ++*bad;
    fprintf(stderr, "%s (%s): %s\n%s%s%s%s\n", a->name, a->class_name, what, o->refusal ? o->refusal : "",
            o->attacker ? o->attacker : "", o->canaries && strstr(what, "canaries") ? o->canaries : "",
            o->status != POLICY_OK ? policy_status_name(o->status) : "");
}

Test(attacks, are_enough)
{
    attacks all = corpus();
    cr_expect_geq(all.count, 60u);
    attacks_free(&all);
}

Test(attacks, end_as_they_say_and_harm_no_other_rule)
{
    attacks all = corpus();
    char *canaries = undisturbed();
    size_t bad = 0;
    for (size_t i = 0; i < all.count; i++) {
        for (int first = 0; first < 2; first++) {
            attack_run how = usual(&all.items[i]);
            how.attack_first = first != 0;
            attack_outcome o = attack_go(&all.items[i], &how);
            const char *what = complaint(&all.items[i], &o, canaries);
            if (what)
                note(&bad, &all.items[i], what, &o);
            attack_outcome_free(&o);
        }
    }
    free(canaries);
    cr_expect_eq(bad, 0u, "%zu attacks did not end as they say", bad);
    attacks_free(&all);
}

/* ---- the same in other surroundings: fewer instructions, since it is not the budget that is tried here ---- */

static attack_run hurried(const attack *a)
{
    attack_run how = usual(a);
    how.steps = 200000;
    return how;
}

/* Every run ends, and unless the attack is refused the canaries say what they should. */
static size_t disturb(const attacks *all, const char *canaries)
{
    size_t bad = 0;
    for (size_t i = 0; i < all->count; i++) {
        attack_run how = hurried(&all->items[i]);
        how.attack_first = true;
        attack_outcome o = attack_go(&all->items[i], &how);
        if (o.status == POLICY_OK ? strcmp(o.canaries, canaries) != 0 : o.refusal == NULL)
            note(&bad, &all->items[i], "changed what the canaries say", &o);
        attack_outcome_free(&o);
    }
    return bad;
}

Test(attacks, give_the_same_findings_five_times)
{
    attacks all = corpus();
    size_t bad = 0;
    for (size_t i = 0; i < all.count; i++) {
        attack_run how = hurried(&all.items[i]);
        attack_outcome first = attack_go(&all.items[i], &how);
        for (size_t run = 1; run < 5; run++) {
            void *moved = malloc(run * 4099); /* other addresses, so another seed of Lua's hash */
            attack_outcome o = attack_go(&all.items[i], &how);
            bool same =
                o.status == first.status && !o.attacker == !first.attacker && !o.refusal == !first.refusal &&
                (!o.attacker || (strcmp(o.attacker, first.attacker) == 0 && strcmp(o.canaries, first.canaries) == 0)) &&
                (!o.refusal || strcmp(o.refusal, first.refusal) == 0);
            if (!same)
                note(&bad, &all.items[i], "says something else", &o);
            attack_outcome_free(&o);
            free(moved);
        }
        attack_outcome_free(&first);
    }
    cr_expect_eq(bad, 0u);
    attacks_free(&all);
}

Test(attacks, are_held_in_a_locale_with_commas)
{
    attacks all = corpus();
    char *canaries = undisturbed();
    if (setlocale(LC_ALL, "de_DE.UTF-8")) {
        cr_expect_eq(disturb(&all, canaries), 0u);
        setlocale(LC_ALL, "C");
    } else {
        cr_log_warn("no locale de_DE.UTF-8 here: not tried");
    }
    free(canaries);
    attacks_free(&all);
}

#if defined(__has_feature) /* clang says it in this way, gcc with a macro */
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(ADDRESS_SANITIZER)
#define SMALL_STACK (4 * 1024 * 1024) /* its frames are many times as large */
#else
#define SMALL_STACK (256 * 1024)
#endif

typedef struct small_stack {
    attacks all;
    char *canaries;
    size_t bad;
} small_stack;

static void *run_small(void *context)
{
    small_stack *s = context;
    s->bad = disturb(&s->all, s->canaries);
    return NULL;
}

Test(attacks, are_held_on_a_small_stack)
{
    small_stack s = {corpus(), undisturbed(), 1};
    pthread_attr_t attributes;
    pthread_t thread;
    cr_assert_eq(pthread_attr_init(&attributes), 0);
    cr_assert_eq(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
    cr_assert_eq(pthread_create(&thread, &attributes, run_small, &s), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    cr_expect_eq(s.bad, 0u);
    free(s.canaries);
    attacks_free(&s.all);
}

/* The sandboxes' cap: what an attack adds to the host's memory stays near it, and nothing is left when all is closed. */
Test(attacks, stay_below_the_cap_and_leave_nothing)
{
    attacks all = corpus();
    failing_allocator calm;
    failing_allocator_init(&calm, 0, FAIL_ONCE);
    attack_run how = {.allocator = &calm.allocator};
    attack_outcome o = attack_go(NULL, &how);
    attack_outcome_free(&o);
    cr_assert_eq(failing_allocator_live(&calm), 0u);
    for (size_t i = 0; i < all.count; i++) {
        failing_allocator f;
        failing_allocator_init(&f, 0, FAIL_ONCE);
        how = hurried(&all.items[i]);
        how.allocator = &f.allocator;
        o = attack_go(&all.items[i], &how);
        cr_expect_eq(failing_allocator_live(&f), 0u, "%s leaves %zu blocks", all.items[i].name,
                     failing_allocator_live(&f));
        /* One sandbox at its cap, and what the definitions of a script may hold: text and nodes. */
        cr_expect_leq(f.peak_bytes, calm.peak_bytes + ((size_t)1 << 20) + ((size_t)8 << 20), "%s takes %zu bytes",
                      all.items[i].name, f.peak_bytes);
        attack_outcome_free(&o);
    }
    attacks_free(&all);
}

/* A few allocations of every attack fail, spread over its whole run. */
Test(attacks, are_held_when_memory_runs_out)
{
    attacks all = corpus();
    char *canaries = undisturbed();
    for (size_t i = 0; i < all.count; i++) {
        failing_allocator f;
        failing_allocator_init(&f, 0, FAIL_ONCE);
        attack_run how = hurried(&all.items[i]);
        how.steps = 20000;
        how.allocator = &f.allocator;
        attack_outcome o = attack_go(&all.items[i], &how);
        attack_outcome_free(&o);
        size_t step = f.calls / 12 + 1;
        for (size_t k = 1 + i % step; k < f.calls; k += step) {
            failing_allocator g;
            failing_allocator_init(&g, k, k % 2 ? FAIL_ONCE : FAIL_STICKY);
            how.allocator = &g.allocator;
            o = attack_go(&all.items[i], &how);
            cr_expect_eq(failing_allocator_live(&g), 0u, "%s leaks when allocation %zu fails", all.items[i].name, k);
            cr_expect(o.status != POLICY_OK || strcmp(o.canaries, canaries) == 0,
                      "%s: allocation %zu failed, and the canaries say\n%s", all.items[i].name, k, o.canaries);
            attack_outcome_free(&o);
        }
    }
    free(canaries);
    attacks_free(&all);
}
