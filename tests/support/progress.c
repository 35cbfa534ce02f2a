/*
 * See progress.h.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "support/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define EVERY 5.0 /* seconds */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

progress progress_start(const char *what, const char *variable, uint64_t otherwise)
{
    uint64_t seconds = from_environment("POLICY_SECONDS", 0);
    progress p = {.what = what, .started = now()};
    p.wanted = from_environment(variable, otherwise);
    p.first_seed = from_environment("POLICY_SEED", 1);
    p.tells = getenv(variable) != NULL || seconds > 0;
    p.told = p.started;
    p.until = seconds > 0 ? p.started + (double)seconds : 0;
    return p;
}

static void tell(progress *p, uint64_t done, uint64_t seed, double at)
{
    double rate = (double)done / (at - p->started + 1e-9), left = (double)(p->wanted - done) / (rate + 1e-9);
    if (p->until > 0 && p->until - at < left) {
        left = p->until - at;
    }
    fprintf(stderr, "%llu of %llu %s, %.0f a second, %.0f s left; next seed %llu\n", (unsigned long long)done,
            (unsigned long long)p->wanted, p->what, rate, left > 0 ? left : 0, (unsigned long long)seed);
    p->told = at;
}

bool progress_goes_on(progress *p, uint64_t done, uint64_t seed)
{
    bool on = done < p->wanted;
    if (p->tells) {
        double at = now();
        on = on && (p->until <= 0 || at < p->until);
        if (!on || at - p->told >= EVERY) {
            tell(p, done < p->wanted ? done : p->wanted, seed, at);
        }
    }
    return on;
}
