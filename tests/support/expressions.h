/*
 * One small environment for tests of expressions, and one line of text for whatever an expression gives.
 *
 * Fields:
 *   grade 3, count 0 (int)              minutes 25.5 (double)          mandatory true (bool)
 *   form 'written' of written, oral, reading; place 'home' of home, school (enums)
 *   name '期中考试' (string)             assigned 2021-11-19, due 2021-11-22 (date)     end 17:30 (time)
 *   started 2021-11-19T08:30:00Z (timestamp)                           items [1, 2, 3]  words ['月考', '期中']
 *   any 7 (dyn)                         yes true, no false (bool)
 *   unknown_a, unknown_b (bool), unknown_n (int): UNKNOWN              empty (bool), empty_n (int): NONE
 *   broken (bool), broken_n (int): ERROR
 *   low_high [10, 20], at_least_5 [5, ...), at_most_5 (..., 5], seven [7, 7] (int): INTERVAL, each of its own source
 *   later (int): PENDING, resolves to 41
 * Constants: params.limit 60, params.minutes {'primary': 60, 'junior': 90}, params.words ['月考', '单元'].
 * Functions: twice(int) int, pure; twice_seen(int) int, not pure; measure(string) int, of source `measure`: 5, NONE for
 * 'none', UNKNOWN for 'unknown', [10, 20] for 'interval'; is_missing(dyn) bool, sees missing.
 */
#ifndef TESTS_SUPPORT_EXPRESSIONS_H
#define TESTS_SUPPORT_EXPRESSIONS_H

#include "expr/functions.h"

typedef struct expressions expressions;

/* NULL for the system's allocator; NULL when out of memory. */
expressions *expressions_new(const policy_allocator *allocator);
void expressions_free(expressions *e);
policy_options *expressions_options(expressions *e);
env *expressions_env(expressions *e);
evaluation *expressions_evaluation(expressions *e);
activation *expressions_row(expressions *e);

/* The result as text: "3", "2021-11-19", "unknown(unknown_a, unknown_b)", "none(empty)", "error(division by zero)",
 * "[10, 20](low_high)", or, when it does not compile, "1:6 unknown name x; did you mean 'y'?", all errors joined by " | ".
 * Valid until the next call. */
const char *expressions_say(expressions *e, const char *text);
const char *expressions_say_unchecked(expressions *e, const char *text);
/* "list(int)", or the errors. */
const char *expressions_type(expressions *e, const char *text);
/* Compile; NULL when refused. The caller frees. */
expr *expressions_compile(expressions *e, str text, policy_status *status);
value expressions_run(expressions *e, const expr *x);

typedef struct said {
    const char *text, *expected;
} said;
/* Check a table; the failing line is in the message. */
#define expressions_table(E, TABLE)                                                                                    \
    for (size_t i_ = 0; i_ < sizeof(TABLE) / sizeof *(TABLE); i_++) {                                                  \
        const char *got_ = expressions_say((E), (TABLE)[i_].text);                                                     \
        cr_expect_str_eq(got_, (TABLE)[i_].expected, "%s\n  gives    %s\n  expected %s", (TABLE)[i_].text, got_,       \
                         (TABLE)[i_].expected);                                                                        \
    }

#endif
