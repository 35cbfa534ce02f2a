/**
 * @file arrow.h
 * Tables in and findings out through the Arrow C Data Interface: no dependency, no copy.
 *
 * The three structs are those of the Arrow specification and are guarded as it asks, so that this header can stand beside
 * any other that declares them.
 */
#ifndef POLICY_ARROW_H
#define POLICY_ARROW_H

#include "policy/finding.h"
#include "policy/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE           2
#define ARROW_FLAG_MAP_KEYS_SORTED    4
struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/** How columns are fed. Zero-fill, set `struct_size`; NULL for the defaults. @since 1.0 */
typedef struct policy_feed_options {
    uint32_t struct_size;     /**< sizeof(policy_feed_options). */
    uint32_t threads;         /**< How many work, the calling one among them; 0 and 1: only that. The library starts the
                                   others for the call. The host's allocator must then be safe to call from any thread. */
    const char *source;       /**< Name shown in findings; copied. NULL: none. */
    uint64_t first_row;       /**< Number of the first row. 0: 1 for a source not seen before, else numbered on. */
    int32_t trusted;          /**< Not 0: skip the checks that read every value (UTF-8, offsets, dictionary indices). */
    int32_t reserved;         /**< Zero. */
    policy_progress progress; /**< NULL: none. Called on the calling thread, with the rows of all threads. */
    void *context;
} policy_feed_options;

/**
 * Judge a batch of rows of one record type.
 *
 * `schema` is a struct type whose children are matched to the type's fields by name or header alias; unknown columns are
 * a notice. Accepted: bool, every integer and float, utf8, large_utf8, utf8_view, dictionaries of those, date32/64,
 * timestamp, time32/64, null. Nulls are empty cells; an absent column is "not supplied". Text goes through the field's
 * reader. One transaction: on failure nothing was changed. Rows are not compared with each other (no notice of equal rows)
 * and cannot be retracted.
 *
 * @param type   a record type of the engine.
 * @param schema borrowed for the call.
 * @param array  moved on POLICY_OK (its `release` is then NULL); on failure it stays the caller's.
 * @return POLICY_OK; POLICY_E_ARGUMENT (malformed, or a type the field cannot take, with column and row);
 *         POLICY_E_NOT_FOUND (no such record type); POLICY_E_STATE; POLICY_E_CANCELLED; POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_ledger_feed(policy_ledger *ledger, const char *type, struct ArrowSchema *schema,
                                            struct ArrowArray *array, const policy_feed_options *options,
                                            policy_error **err);

/** The same for all batches of a stream, as one transaction. The stream is moved on POLICY_OK. @since 1.0 */
POLICY_API policy_status policy_ledger_feed_stream(policy_ledger *ledger, const char *type,
                                                   struct ArrowArrayStream *stream, const policy_feed_options *options,
                                                   policy_error **err);

/**
 * Findings as an Arrow stream, one row a finding in their order, at most 65,536 rows a batch.
 *
 * Columns, named as in the command's JSON lines: rule, clause, result, severity, record: utf8; source: utf8, null when no
 * row is named; key: map<utf8, utf8>, values as canonical text; value and limit: float64, null where there is none or it
 * is no number; value_text and limit_text: utf8, null where there is none; rows: list<uint64>, 1-based data rows of source;
 * other_sources: list<struct<source: utf8, rows: list<uint64>>>; rows_complete: bool; missing: list<utf8>; message: utf8 in
 * `language`. Columns may be added at the end.
 *
 * @param out  receives the stream, which the caller releases. It holds the findings: they may be freed before it. Clearing
 *             or filling them again ends it: get_next then answers EINVAL. Its arrays are the consumer's and outlive all.
 *             One thread at a time, which may be another than the findings'.
 * @return POLICY_OK, POLICY_E_ARGUMENT or POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_findings_stream(const policy_findings *findings, policy_language language,
                                                struct ArrowArrayStream *out, policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
