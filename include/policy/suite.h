/**
 * @file suite.h
 * The test cases of a pack, run one by one.
 *
 * A suite is the YAML files in a pack's tests/ folder. Each case gives records and the findings it expects. One thread at
 * a time; keeps its engine alive.
 */
#ifndef POLICY_SUITE_H
#define POLICY_SUITE_H

#include "policy/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_suite policy_suite;

/** Read the cases of a pack that the engine was built from (by name), or of a folder or file (by path). @since 1.0 */
POLICY_API policy_status policy_suite_new(policy_engine *engine, const char *pack_or_path, policy_suite **out,
                                          policy_error **err);
POLICY_API void policy_suite_free(policy_suite *suite);
POLICY_API size_t policy_suite_count(const policy_suite *suite);
/** Borrowed; NULL or 0 past the end. @since 1.0 */
POLICY_API const char *policy_suite_case_name(const policy_suite *suite, size_t i);
POLICY_API const char *policy_suite_case_file(const policy_suite *suite, size_t i);
POLICY_API uint32_t policy_suite_case_line(const policy_suite *suite, size_t i);
/** Run one case. *difference is NULL when it passes, else what was expected and what came (caller frees). The return
 *  value is an error only when the case could not be run. @since 1.0 */
POLICY_API policy_status policy_suite_run(policy_suite *suite, size_t i, policy_language language,
                                          policy_text **difference, policy_error **err);

/* ---- coverage ---- */

/** What a target of coverage is. @since 1.0 */
typedef int32_t policy_target_kind;
enum {
    POLICY_TARGET_RULE = 0,     /**< A version of a rule: the cases should see it pass and see it fail. */
    POLICY_TARGET_CONDITION = 1 /**< A part of an expression that is true or false and not put together of others by
                                     `&&`, `||`, `!` or `?:`: the cases should see it true and see it false. */
};

/** Bits of what was seen. @since 1.0 */
enum {
    POLICY_SEEN_TRUE = 1, /**< The condition was true; the rule passed. */
    POLICY_SEEN_FALSE = 2 /**< The condition was false; the rule failed. */
};

/** One thing that the cases should reach. Later releases may add fields at the end. @since 1.0 */
typedef struct policy_suite_target {
    policy_target_kind kind;
    const char *file; /**< Where it stands; lines and columns count from 1, columns in code points. */
    uint32_t line, column;
    const char *owner;     /**< Id of the rule or measure, or name of the `let`, that it belongs to. */
    const char *text;      /**< The condition as written; NULL for a rule. */
    uint32_t wanted, seen; /**< Bits. Covered when `seen` holds all of `wanted`. A rule that forbids something outright
                                cannot be seen to pass, and is not wanted to. */
} policy_suite_target;

/**
 * From now on, note what the cases that run reach in the rules of the pack.
 *
 * Builds the engine's rules once more, with a probe at each condition of the pack that the suite belongs to (its own rules,
 * measures and lets, not those of its bases). A case counts for the rules that it names, and for the measures and lets
 * that those read. Until this is called nothing is noted and nothing costs.
 *
 * @return POLICY_OK, POLICY_E_NOMEM; POLICY_E_STATE or what building the rules returns, if their files have changed.
 * @threadsafe One thread at a time.
 * @since 1.0
 */
POLICY_API policy_status policy_suite_watch(policy_suite *suite, policy_error **err);
/** How many targets there are: 0 before policy_suite_watch. @since 1.0 */
POLICY_API size_t policy_suite_target_count(const policy_suite *suite);
/** One of them, in the order of files and lines. Borrowed until the suite is freed, and kept up to
 *  date by policy_suite_run; NULL past the end. @since 1.0 */
POLICY_API const policy_suite_target *policy_suite_target_at(const policy_suite *suite, size_t i);

/* ---- mutants ---- */

/** What became of a mutant. @since 1.0 */
typedef int32_t policy_mutant_outcome;
enum {
    POLICY_MUTANT_UNTRIED = 0,
    POLICY_MUTANT_CAUGHT = 1,   /**< A case fails, or the changed pack does not load. */
    POLICY_MUTANT_SURVIVED = 2, /**< All cases still pass: what was changed is not tested. */
    POLICY_MUTANT_ACCEPTED = 3  /**< It survived, and the suite's files give a reason. */
};

/** A small change to the pack. Later releases may add fields at the end. @since 1.0 */
typedef struct policy_suite_mutant {
    const char *file; /**< Where the change is. */
    uint32_t line, column;
    const char *owner;    /**< Id of the rule or measure, name of the `let` or parameter, or name of the pack. */
    const char *original; /**< The part that changes, as written, on one line. */
    const char *mutated;  /**< What stands there instead; "" when it is dropped. */
    policy_mutant_outcome outcome;
    size_t case_count;     /**< Cases that could notice; known once it was tried. */
    size_t caught_by;      /**< Index of the case that failed; SIZE_MAX when none did. */
    const char *reason_zh; /**< Of an accepted one; NULL where not given. */
    const char *reason_en;
} policy_suite_mutant;

/**
 * List the mutants of the pack.
 *
 * Numbers and times of day one up and one down, also in parameters (decimals by their last digit); dates a day earlier and
 * later, also those of `in_force`; comparisons with the other of `<` and `<=`, `>` and `>=`, `==` and `!=`; each operand
 * of `&&` and `||`, each `when`, each `!` and each member of a list after `in` or in a parameter dropped.
 *
 * @return POLICY_OK, POLICY_E_NOMEM; POLICY_E_STATE or what building the rules returns, if their files have changed.
 * @threadsafe One thread at a time.
 * @since 1.0
 */
POLICY_API policy_status policy_suite_find_mutants(policy_suite *suite, policy_error **err);
/** How many there are: 0 before policy_suite_find_mutants. @since 1.0 */
POLICY_API size_t policy_suite_mutant_count(const policy_suite *suite);
/** One of them, in the order of the pack. Borrowed until the suite is freed; NULL past the end. @since 1.0 */
POLICY_API const policy_suite_mutant *policy_suite_mutant_at(const policy_suite *suite, size_t i);
/**
 * Run the cases that could notice against one mutant, up to the first that fails. They are expected to pass as things are.
 *
 * @return POLICY_OK whatever the outcome, which the mutant then holds; POLICY_E_ARGUMENT past the end; POLICY_E_NOMEM.
 * @threadsafe One thread at a time.
 * @since 1.0
 */
POLICY_API policy_status policy_suite_try_mutant(policy_suite *suite, size_t i, policy_error **err);
/**
 * Once all mutants were tried: is every reason in the suite's files (`mutants:`) still needed? One that fits no mutant, or
 * only mutants that cases catch, is stale.
 *
 * @return POLICY_OK; POLICY_E_DATA with one error for each stale reason, at its place; POLICY_E_STATE while a mutant
 *         is untried; POLICY_E_NOMEM.
 * @threadsafe One thread at a time.
 * @since 1.0
 */
POLICY_API policy_status policy_suite_check_reasons(const policy_suite *suite, policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
