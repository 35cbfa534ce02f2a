/*
 * Findings as an Arrow stream: one row a finding, columns named as in the command's JSON lines.
 *
 * Rows are made when they are asked for, 65,536 at a time, so memory does not grow with their number. The stream holds the
 * findings; refilling them ends it.
 */
#include <errno.h>
#include <string.h>

#include "arrow/export.h"
#include "ledger/findings.h"

#define BATCH_ROWS  65536
#define BATCH_BYTES ((size_t)256 << 20) /* of texts: far from what 32-bit offsets can say */

/* ---- the columns ---- */

static const export_field key_entry[] = {{"key", EXPORT_TEXT, false, 0, NULL}, {"value", EXPORT_TEXT, true, 0, NULL}};
static const export_field key_entries[] = {{"entries", EXPORT_STRUCT, false, 2, key_entry}};
static const export_field row_number[] = {{"item", EXPORT_UINT64, false, 0, NULL}};
static const export_field text_item[] = {{"item", EXPORT_TEXT, false, 0, NULL}};
static const export_field other_source[] = {{"source", EXPORT_TEXT, false, 0, NULL},
                                            {"rows", EXPORT_LIST, false, 1, row_number}};
static const export_field other_item[] = {{"item", EXPORT_STRUCT, false, 2, other_source}};

enum {
    RULE,
    CLAUSE,
    RESULT,
    SEVERITY,
    RECORD,
    SOURCE,
    KEY,
    VALUE,
    VALUE_TEXT,
    LIMIT,
    LIMIT_TEXT,
    ROWS,
    OTHER_SOURCES,
    ROWS_COMPLETE,
    MISSING,
    MESSAGE,
    COLUMNS
};
static const export_field columns[COLUMNS] = {
    [RULE] = {"rule", EXPORT_TEXT, false, 0, NULL},
    [CLAUSE] = {"clause", EXPORT_TEXT, false, 0, NULL},
    [RESULT] = {"result", EXPORT_TEXT, false, 0, NULL},
    [SEVERITY] = {"severity", EXPORT_TEXT, false, 0, NULL},
    [RECORD] = {"record", EXPORT_TEXT, false, 0, NULL},
    [SOURCE] = {"source", EXPORT_TEXT, true, 0, NULL},
    [KEY] = {"key", EXPORT_MAP, false, 1, key_entries},
    [VALUE] = {"value", EXPORT_DOUBLE, true, 0, NULL},
    [VALUE_TEXT] = {"value_text", EXPORT_TEXT, true, 0, NULL},
    [LIMIT] = {"limit", EXPORT_DOUBLE, true, 0, NULL},
    [LIMIT_TEXT] = {"limit_text", EXPORT_TEXT, true, 0, NULL},
    [ROWS] = {"rows", EXPORT_LIST, false, 1, row_number},
    [OTHER_SOURCES] = {"other_sources", EXPORT_LIST, false, 1, other_item},
    [ROWS_COMPLETE] = {"rows_complete", EXPORT_BOOL, false, 0, NULL},
    [MISSING] = {"missing", EXPORT_LIST, false, 1, text_item},
    [MESSAGE] = {"message", EXPORT_TEXT, false, 0, NULL},
};
static const export_field finding_row = {"", EXPORT_STRUCT, false, COLUMNS, columns};

/* ---- one finding ---- */

static void put_datum(export_column *number, export_column *text, policy_datum d)
{
    if (d.kind == POLICY_DATUM_INT) {
        export_double(number, (double)d.integer);
    } else if (d.kind == POLICY_DATUM_DOUBLE) {
        export_double(number, d.number);
    } else {
        export_null(number);
    }
    if (d.kind == POLICY_DATUM_NONE) {
        export_null(text);
    } else {
        export_text(text, str_of(d.text));
    }
}

static void put_key(export_column *pairs, const policy_finding *f)
{
    export_column *entries = export_child(pairs, 0);
    size_t count = policy_finding_key_count(f);
    for (size_t i = 0; i < count; i++) {
        policy_datum d = policy_finding_key(f, i);
        export_text(export_child(entries, 0), str_of(policy_finding_key_name(f, i)));
        if (d.kind == POLICY_DATUM_NONE) {
            export_null(export_child(entries, 1));
        } else {
            export_text(export_child(entries, 1), str_of(d.text));
        }
        export_close(entries);
    }
    export_close(pairs);
}

/* Rows from `i` on that lie in one file, as one list; moves `i` past them. */
static void put_rows_of_source(export_column *list, const policy_finding *f, size_t *i)
{
    size_t count = policy_finding_row_count(f);
    const char *source = policy_finding_row_source(f, *i);
    for (; *i < count && strcmp(policy_finding_row_source(f, *i), source) == 0; (*i)++) {
        export_uint64(export_child(list, 0), policy_finding_row(f, *i));
    }
    export_close(list);
}

static void put_rows(export_column *root, const policy_finding *f)
{
    size_t count = policy_finding_row_count(f), i = 0;
    export_column *others = export_child(root, OTHER_SOURCES), *other = export_child(others, 0);
    if (count == 0) {
        export_close(export_child(root, ROWS));
    } else {
        put_rows_of_source(export_child(root, ROWS), f, &i);
    }
    while (i < count) {
        export_text(export_child(other, 0), str_of(policy_finding_row_source(f, i)));
        put_rows_of_source(export_child(other, 1), f, &i);
        export_close(other);
    }
    export_close(others);
    export_bool(export_child(root, ROWS_COMPLETE), policy_finding_rows_complete(f));
}

/* False out of memory. */
static bool put_finding(export_column *root, const policy_finding *f, policy_language language)
{
    policy_text *message = NULL;
    if (policy_finding_message(f, language, &message, NULL) != POLICY_OK) {
        return false;
    }
    export_text(export_child(root, RULE), str_of(policy_finding_rule(f)));
    export_text(export_child(root, CLAUSE), str_of(policy_finding_clause(f)));
    export_text(export_child(root, RESULT), str_of(policy_verdict_name(policy_finding_verdict(f))));
    export_text(export_child(root, SEVERITY), str_of(policy_severity_name(policy_finding_severity(f))));
    export_text(export_child(root, RECORD), str_of(policy_finding_table(f)));
    if (policy_finding_row_count(f) > 0) {
        export_text(export_child(root, SOURCE), str_of(policy_finding_row_source(f, 0)));
    } else {
        export_null(export_child(root, SOURCE));
    }
    put_key(export_child(root, KEY), f);
    put_datum(export_child(root, VALUE), export_child(root, VALUE_TEXT), policy_finding_value(f));
    put_datum(export_child(root, LIMIT), export_child(root, LIMIT_TEXT), policy_finding_limit(f));
    put_rows(root, f);
    export_column *missing = export_child(root, MISSING);
    size_t fields = policy_finding_missing_count(f);
    for (size_t i = 0; i < fields; i++) {
        export_text(export_child(missing, 0), str_of(policy_finding_missing(f, i)));
    }
    export_close(missing);
    export_text(export_child(root, MESSAGE), (str){policy_text_data(message), policy_text_size(message)});
    export_close(root);
    policy_text_free(message);
    return true;
}

/* ---- the stream ---- */

typedef struct findings_stream {
    policy_findings *findings; /* held */
    policy_language language;
    uint32_t filling; /* of the findings when the stream began */
    size_t next;
    export_column *root;
    const char *complaint; /* of the last call; NULL: none */
} findings_stream;

static int complain(findings_stream *s, int code, const char *what)
{
    s->complaint = what;
    return code;
}

static int stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    findings_stream *s = stream->private_data;
    return export_schema(&s->findings->allocator, &finding_row, out) ? 0 : complain(s, ENOMEM, "not enough memory");
}

static int stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    findings_stream *s = stream->private_data;
    *out = (struct ArrowArray){0};
    if (s->filling != s->findings->filling) {
        return complain(s, EINVAL, "the findings were cleared or filled again");
    }
    if (s->next >= s->findings->count) {
        return 0;
    }
    if (s->root == NULL) { /* also anew after a failure: no half a row stays behind */
        s->root = export_column_new(&s->findings->allocator, &finding_row);
    }
    bool fine = s->root != NULL;
    size_t at = s->next;
    for (size_t rows = 0; fine && at < s->findings->count && rows < BATCH_ROWS; rows++, at++) {
        if (rows % 1024 == 0 && export_bytes(s->root) > BATCH_BYTES) {
            break;
        }
        fine = put_finding(s->root, policy_findings_at(s->findings, at), s->language);
    }
    if (!fine || !export_array(s->root, out)) {
        export_column_free(s->root);
        s->root = NULL;
        return complain(s, ENOMEM, "not enough memory");
    }
    s->next = at;
    return 0;
}

static const char *stream_error(struct ArrowArrayStream *stream)
{
    return ((findings_stream *)stream->private_data)->complaint;
}

static void stream_release(struct ArrowArrayStream *stream)
{
    findings_stream *s = stream->private_data;
    policy_findings *findings = s->findings;
    export_column_free(s->root);
    allocator_free(&findings->allocator, s);
    policy_findings_free(findings);
    stream->release = NULL;
}

policy_status policy_findings_stream(const policy_findings *findings, policy_language language,
                                     struct ArrowArrayStream *out, policy_error **err)
{
    if (findings == NULL || out == NULL) {
        return error_set(err, findings ? &findings->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), findings ? STR("out") : STR("findings")}});
    }
    policy_findings *held = (policy_findings *)findings; /* only its count of holders changes */
    findings_stream *s = allocator_zero(&held->allocator, 1, sizeof *s);
    if (s == NULL) {
        return error_nomem(err);
    }
    *s = (findings_stream){.findings = findings_hold(held), .language = language, .filling = held->filling};
    *out = (struct ArrowArrayStream){.get_schema = stream_schema,
                                     .get_next = stream_next,
                                     .get_last_error = stream_error,
                                     .release = stream_release,
                                     .private_data = s};
    return POLICY_OK;
}
