/**
 * @file options.h
 * Settings that come before everything else: allocator, limits, default language.
 *
 * Options are given to a builder; the engine, ledgers, records and findings made from it inherit them. A copy is
 * taken, so options may be changed or freed afterwards. One thread at a time.
 */
#ifndef POLICY_OPTIONS_H
#define POLICY_OPTIONS_H

#include "policy/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A host's memory functions. `struct_size` is sizeof(policy_allocator) as the host was compiled. All three functions are
 * required, must be thread-safe if handles are used from several threads, and must return 16-byte aligned memory.
 * libyaml and jansson offer no per-call hook: while a pack or a JSON request is parsed they use malloc.
 * @since 1.0
 */
typedef struct policy_allocator {
    size_t struct_size;
    void *context;
    void *(*allocate)(void *context, size_t size);
    void *(*resize)(void *context, void *memory, size_t old_size, size_t new_size);
    void (*release)(void *context, void *memory);
} policy_allocator;

/** A limit that a host may move and a pack may not. @since 1.0 */
typedef int32_t policy_limit;
enum {
    POLICY_LIMIT_PACK_BYTES = 1,          /**< One pack or script file; default 8 MiB. */
    POLICY_LIMIT_EXPRESSION_BYTES = 2,    /**< One expression; default 100,000. */
    POLICY_LIMIT_EXPRESSION_DEPTH = 3,    /**< Nesting of one expression; default 100. */
    POLICY_LIMIT_EVALUATION_STEPS = 4,    /**< Steps of one evaluation; default 1,000,000. */
    POLICY_LIMIT_EVALUATION_BYTES = 5,    /**< Memory of one evaluation; default 16 MiB. */
    POLICY_LIMIT_REGEX_INSTRUCTIONS = 6,  /**< Compiled size of one pattern; default 10,000. */
    POLICY_LIMIT_CELL_BYTES = 7,          /**< One cell of a table; default 1 MiB. */
    POLICY_LIMIT_COLUMNS = 8,             /**< Columns of a table; default 10,000. */
    POLICY_LIMIT_SCRIPT_BYTES = 9,        /**< Memory of one Lua sandbox; default 1 MiB, at most 4 MiB. */
    POLICY_LIMIT_SCRIPT_STEPS = 10,       /**< Instructions of one call into Lua; default 5,000,000. */
    POLICY_LIMIT_SCRIPT_MILLISECONDS = 11 /**< Wall clock of one call into Lua, a backstop; default 250. */
};

typedef struct policy_options policy_options;

/**
 * Make options with every default.
 *
 * @param allocator  Copied; NULL for malloc, realloc and free.
 * @param out        Receives options the caller owns; NULL on failure.
 * @param err        Receives an error the caller frees, on failure; may be NULL.
 * @return POLICY_OK, POLICY_E_ARGUMENT or POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_options_new(const policy_allocator *allocator, policy_options **out,
                                            policy_error **err);

/** Free; NULL is fine. @since 1.0 */
POLICY_API void policy_options_free(policy_options *options);

/** Language of messages where a call does not say; default Chinese. POLICY_OK or POLICY_E_ARGUMENT. @since 1.0 */
POLICY_API policy_status policy_options_set_language(policy_options *options, policy_language language,
                                                     policy_error **err);

/** Move a limit; it cannot be switched off. POLICY_OK or POLICY_E_ARGUMENT (unknown limit, zero, or over its hard
 *  maximum). @since 1.0 */
POLICY_API policy_status policy_options_set_limit(policy_options *options, policy_limit limit, uint64_t value,
                                                  policy_error **err);

/** The value of a limit; 0 for an unknown one. @since 1.0 */
POLICY_API uint64_t policy_options_limit(const policy_options *options, policy_limit limit);

#ifdef __cplusplus
}
#endif
#endif
