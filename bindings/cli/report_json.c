/*
 * The report for programs: one finding a line, or everything in one object.
 *
 * A finding: rule, clause, result, severity, record (the table), source (the file), key, value, limit, rows (1-based data
 * rows of source), missing (fields), message (by language). `value` and `limit` are null for a predicate. Only where it
 * matters: other_sources (rows in further files) and rows_complete (false when more rows are involved than are named).
 * Findings are built and written one by one, so memory does not grow with their number.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "report.h"

static json_t *message_of(const policy_finding *f)
{
    json_t *message = json_must(json_object());
    policy_text *text = NULL;
    json_put(message, "zh", json_text(finding_message(f, POLICY_LANGUAGE_ZH, &text)));
    policy_text_free(text);
    json_put(message, "en", json_text(finding_message(f, POLICY_LANGUAGE_EN, &text)));
    policy_text_free(text);
    return message;
}

/* Rows from `i` on that lie in one file; moves `i` past them. */
static json_t *rows_of(const policy_finding *f, size_t *i)
{
    json_t *rows = json_must(json_array());
    size_t count = policy_finding_row_count(f);
    const char *source = policy_finding_row_source(f, *i);
    for (; *i < count && strcmp(policy_finding_row_source(f, *i), source) == 0; (*i)++) {
        json_add(rows, json_integer((json_int_t)policy_finding_row(f, *i)));
    }
    return rows;
}

static void put_rows(json_t *object, const policy_finding *f)
{
    size_t count = policy_finding_row_count(f);
    size_t i = 0;
    if (count == 0) {
        json_put(object, "rows", json_array());
        return;
    }
    json_put(object, "rows", rows_of(f, &i));
    if (i < count) {
        json_t *others = json_must(json_array());
        while (i < count) {
            json_t *other = json_must(json_object());
            json_put(other, "source", json_text(policy_finding_row_source(f, i)));
            json_put(other, "rows", rows_of(f, &i));
            json_add(others, other);
        }
        json_put(object, "other_sources", others);
    }
    if (!policy_finding_rows_complete(f)) {
        json_put(object, "rows_complete", json_false());
    }
}

static json_t *finding_object(const policy_finding *f)
{
    json_t *object = json_must(json_object());
    json_put(object, "rule", json_text(policy_finding_rule(f)));
    json_put(object, "clause", json_text(policy_finding_clause(f)));
    json_put(object, "result", json_text(policy_verdict_name(policy_finding_verdict(f))));
    json_put(object, "severity", json_text(policy_severity_name(policy_finding_severity(f))));
    json_put(object, "record", json_text(policy_finding_table(f)));
    const char *source = policy_finding_row_count(f) > 0 ? policy_finding_row_source(f, 0) : NULL;
    json_put(object, "source", source == NULL ? json_null() : json_text(source));
    json_t *key = json_must(json_object());
    size_t keys = policy_finding_key_count(f);
    for (size_t i = 0; i < keys; i++) {
        json_put(key, policy_finding_key_name(f, i), json_datum(policy_finding_key(f, i)));
    }
    json_put(object, "key", key);
    json_put(object, "value", json_datum(policy_finding_value(f)));
    json_put(object, "limit", json_datum(policy_finding_limit(f)));
    put_rows(object, f);
    json_t *missing = json_must(json_array());
    size_t fields = policy_finding_missing_count(f);
    for (size_t i = 0; i < fields; i++) {
        json_add(missing, json_text(policy_finding_missing(f, i)));
    }
    json_put(object, "missing", missing);
    json_put(object, "message", message_of(f));
    return object;
}

/* Counts by rule id; versions of one rule are added up. */
static json_t *summary_object(const report *r)
{
    static const struct {
        const char *name;
        policy_verdict verdict;
    } columns[] = {{"pass", POLICY_PASS},
                   {"fail", POLICY_FAIL},
                   {"unknown", POLICY_UNKNOWN},
                   {"error", POLICY_ERROR},
                   {"not_in_force", POLICY_NOT_IN_FORCE},
                   {"not_applicable", POLICY_NOT_APPLICABLE}};
    json_t *summary = json_must(json_object());
    size_t rules = policy_engine_rule_count(r->engine);
    for (size_t i = 0; i < rules; i++) {
        const char *id = policy_engine_rule_id(r->engine, i);
        json_t *old = json_object_get(summary, id);
        json_t *entry = json_must(json_object());
        json_put(entry, "clause", json_text(policy_engine_rule_clause(r->engine, i)));
        json_put(entry, "applicable",
                 json_integer(json_integer_value(json_object_get(old, "applicable")) +
                              (json_int_t)report_applicable(r->findings, i)));
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
            json_put(entry, columns[c].name,
                     json_integer(json_integer_value(json_object_get(old, columns[c].name)) +
                                  (json_int_t)policy_findings_verdicts(r->findings, i, columns[c].verdict)));
        }
        json_put(summary, id, entry);
    }
    return summary;
}

/* Records by type; null where nothing was supplied. */
static json_t *records_object(const report *r)
{
    json_t *records = json_must(json_object());
    size_t types = policy_engine_type_count(r->engine);
    for (size_t i = 0; i < types; i++) {
        int64_t count = policy_findings_records(r->findings, i);
        json_put(records, policy_engine_type_name(r->engine, i), count < 0 ? json_null() : json_integer(count));
    }
    return records;
}

static json_t *packs_array(const report *r)
{
    json_t *packs = json_must(json_array());
    size_t count = policy_engine_pack_count(r->engine);
    for (size_t i = 0; i < count; i++) {
        json_t *pack = json_must(json_object());
        json_put(pack, "pack", json_text(policy_engine_pack_name(r->engine, i)));
        json_put(pack, "version", json_text(policy_engine_pack_version(r->engine, i)));
        json_add(packs, pack);
    }
    return packs;
}

static const char *kind_name(policy_notice_kind kind)
{
    static const char *const names[] = {
        [POLICY_NOTICE_UNREADABLE_CELL] = "unreadable_cell",
        [POLICY_NOTICE_UNKNOWN_COLUMN] = "unknown_column",
        [POLICY_NOTICE_RAGGED_ROW] = "ragged_row",
        [POLICY_NOTICE_SKIPPED_ROW] = "skipped_row",
        [POLICY_NOTICE_DEFAULT_USED] = "default_used",
        [POLICY_NOTICE_EQUAL_ROWS] = "equal_rows",
        [POLICY_NOTICE_ENCODING] = "encoding",
        [POLICY_NOTICE_ASSUMPTION] = "assumption",
        [POLICY_NOTICE_TYPE_NOT_SUPPLIED] = "type_not_supplied",
        [POLICY_NOTICE_TITLE_LINE] = "title_line",
        [POLICY_NOTICE_DUPLICATE_COLUMN] = "duplicate_column",
        [POLICY_NOTICE_NOT_COMPARED] = "not_compared",
    };
    size_t count = sizeof names / sizeof *names;
    return kind > 0 && (size_t)kind < count && names[kind] != NULL ? names[kind] : "other";
}

static json_t *notice_object(const policy_notice *n)
{
    json_t *object = json_must(json_object());
    policy_text *text = NULL;
    json_put(object, "kind", json_text(kind_name(policy_notice_kind_of(n))));
    json_put(object, "record", json_text(policy_notice_type(n)));
    json_put(object, "source", policy_notice_source(n)[0] == 0 ? json_null() : json_text(policy_notice_source(n)));
    json_put(object, "row", policy_notice_row(n) == 0 ? json_null() : json_integer((json_int_t)policy_notice_row(n)));
    json_put(object, "column", policy_notice_column(n)[0] == 0 ? json_null() : json_text(policy_notice_column(n)));
    json_put(object, "text", json_text(policy_notice_text(n)));
    json_t *message = json_must(json_object());
    json_put(message, "zh", json_text(notice_message(n, POLICY_LANGUAGE_ZH, &text)));
    policy_text_free(text);
    json_put(message, "en", json_text(notice_message(n, POLICY_LANGUAGE_EN, &text)));
    policy_text_free(text);
    json_put(object, "message", message);
    return object;
}

/* Write and free. */
static bool write_value(FILE *to, json_t *value)
{
    bool written = json_write(to, value);
    json_decref(value);
    return written;
}

bool report_jsonl(const report *r, FILE *to)
{
    size_t count = policy_findings_count(r->findings);
    for (size_t i = 0; i < count; i++) {
        if (!write_value(to, finding_object(policy_findings_at(r->findings, i))) || fputc('\n', to) == EOF) {
            return false;
        }
    }
    return true;
}

bool report_json(const report *r, FILE *to)
{
    bool written = true;
    fputs("{\"summary\":", to);
    written = write_value(to, summary_object(r)) && written;
    fputs(",\n\"packs\":", to);
    written = write_value(to, packs_array(r)) && written;
    fputs(",\n\"records\":", to);
    written = write_value(to, records_object(r)) && written;
    fputs(",\n\"findings\":[", to);
    size_t count = policy_findings_count(r->findings);
    for (size_t i = 0; i < count && written; i++) {
        fputs(i == 0 ? "\n" : ",\n", to);
        written = write_value(to, finding_object(policy_findings_at(r->findings, i)));
    }
    fputs("],\n\"notices\":[", to);
    count = policy_ledger_notice_count(r->ledger);
    for (size_t i = 0; i < count && written; i++) {
        fputs(i == 0 ? "\n" : ",\n", to);
        written = write_value(to, notice_object(policy_ledger_notice(r->ledger, i)));
    }
    fputs("]}\n", to);
    return written && ferror(to) == 0;
}
