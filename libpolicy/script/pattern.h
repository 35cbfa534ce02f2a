/*
 * Lua's patterns in linear time.
 *
 * Lua's own matcher backtracks: a short pattern can take hours. Here a pattern is translated to a regular expression and
 * run by expr/regex. What is not regular is refused by name: %b, back-references %1 ... %9, and frontiers %f. Patterns
 * see characters, not bytes ("." is one Chinese character); positions stay byte positions, as Lua counts them.
 */
#ifndef POLICY_SCRIPT_PATTERN_H
#define POLICY_SCRIPT_PATTERN_H

#include "expr/regex.h"

#define PATTERN_CAPTURES 32

typedef struct pattern {
    regex *program;
    uint32_t captures;
    uint32_t positions; /* bit i: capture i is a position capture () */
} pattern;

typedef struct pattern_failure {
    const char *text; /* static English sentence without the pattern; NULL when out of memory */
} pattern_failure;

/* False with *why filled. `anchors`: a leading ^ anchors at the first byte searched (not so in gmatch). */
bool pattern_compile(const policy_allocator *a, str text, bool anchors, size_t max_instructions, pattern *out,
                     pattern_failure *why);
void pattern_free(pattern *p);

#endif
