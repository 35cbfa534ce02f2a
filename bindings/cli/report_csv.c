/*
 * The report for spreadsheets: one finding a row, a column for each key, UTF-8 with a byte order mark, CRLF.
 *
 * A cell that a spreadsheet would take for a formula gets an apostrophe in front, numbers excepted; --raw-csv leaves it
 * off, for programs that read the file back. Control characters come out as \xNN either way.
 */
#include <stdlib.h>
#include <string.h>

#include "csv.h"
#include "report.h"
#include "terminal.h"
#include "texts.h"

/* A key that findings have: its name and the title of its column. Names are few, so a list will do. */
typedef struct key_column {
    const char *name, *title;
} key_column;

typedef struct writer {
    const report *r;
    FILE *to;
    policy_language language;
    key_column *keys;
    size_t key_count;
    bool at_start; /* of a line */
} writer;

static void put_cell(writer *w, const char *text, bool is_number)
{
    fputs(w->at_start ? "" : ",", w->to);
    w->at_start = false;
    csv_put(w->to, text, !is_number && !w->r->options->raw_csv);
}

static void put_datum(writer *w, policy_datum datum)
{
    bool is_number = datum.kind == POLICY_DATUM_INT || datum.kind == POLICY_DATUM_DOUBLE;
    put_cell(w, datum.kind == POLICY_DATUM_NONE || datum.text == NULL ? "" : datum.text, is_number);
}

static void end_line(writer *w)
{
    fputs("\r\n", w->to);
    w->at_start = true;
}

static void find_keys(writer *w)
{
    size_t count = policy_findings_count(w->r->findings);
    for (size_t i = 0; i < count; i++) {
        const policy_finding *f = policy_findings_at(w->r->findings, i);
        size_t keys = policy_finding_key_count(f);
        for (size_t k = 0; k < keys; k++) {
            const char *name = policy_finding_key_name(f, k);
            size_t known = 0;
            while (known < w->key_count && strcmp(w->keys[known].name, name) != 0) {
                known++;
            }
            if (known == w->key_count) {
                const char *title = policy_engine_field_title(w->r->engine, policy_finding_table(f), name, w->language);
                w->keys = must_resize(w->keys, w->key_count + 1, sizeof *w->keys);
                w->keys[w->key_count++] = (key_column){name, title != NULL ? title : name};
            }
        }
    }
}

static void put_header(writer *w)
{
    static const text_id before[] = {TEXT_CSV_RULE,     TEXT_CSV_CLAUSE, TEXT_CSV_RESULT,
                                     TEXT_CSV_SEVERITY, TEXT_CSV_RECORD, TEXT_CSV_SOURCE};
    static const text_id after[] = {TEXT_CSV_VALUE,   TEXT_CSV_LIMIT,   TEXT_CSV_ROWS,
                                    TEXT_CSV_MISSING, TEXT_CSV_MESSAGE, TEXT_CSV_QUOTE};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        put_cell(w, text_of(before[i], w->language), false);
    }
    for (size_t i = 0; i < w->key_count; i++) {
        /* In English the key's own name, as in JSON. */
        put_cell(w, w->language == POLICY_LANGUAGE_EN ? w->keys[i].name : w->keys[i].title, false);
    }
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        put_cell(w, text_of(after[i], w->language), false);
    }
    end_line(w);
}

/* A growing line of text: rows and missing fields are joined in one cell. */
typedef struct line {
    char *text;
    size_t size;
} line;

static void append(line *l, const char *text)
{
    size_t size = strlen(text);
    l->text = must_resize(l->text, l->size + size + 1, 1);
    memcpy(l->text + l->size, text, size + 1);
    l->size += size;
}

/* "3 4 5"; rows of further files with the file's name: "3 4; b.csv: 1". */
static void put_rows(writer *w, const policy_finding *f)
{
    line l = {NULL, 0};
    size_t count = policy_finding_row_count(f);
    for (size_t i = 0; i < count; i++) {
        char number[NUMBER_ROOM];
        if (i > 0 && strcmp(policy_finding_row_source(f, i), policy_finding_row_source(f, i - 1)) != 0) {
            append(&l, "; ");
            append(&l, policy_finding_row_source(f, i));
            append(&l, ": ");
        } else if (i > 0) {
            append(&l, " ");
        }
        append(&l, number_text(number, policy_finding_row(f, i)));
    }
    if (!policy_finding_rows_complete(f)) {
        append(&l, " ...");
    }
    put_cell(w, l.text == NULL ? "" : l.text, false);
    free(l.text);
}

static void put_missing(writer *w, const policy_finding *f)
{
    line l = {NULL, 0};
    size_t count = policy_finding_missing_count(f);
    for (size_t i = 0; i < count; i++) {
        append(&l, i == 0 ? "" : " ");
        append(&l, policy_finding_missing(f, i));
    }
    put_cell(w, l.text == NULL ? "" : l.text, false);
    free(l.text);
}

static const char *verdict_text(policy_verdict verdict, policy_language language)
{
    if (language == POLICY_LANGUAGE_EN) {
        return policy_verdict_name(verdict);
    }
    switch (verdict) {
    case POLICY_PASS:
        return text_of(TEXT_PASS, language);
    case POLICY_FAIL:
        return text_of(TEXT_FAIL, language);
    case POLICY_UNKNOWN:
        return text_of(TEXT_UNKNOWN, language);
    case POLICY_ERROR:
        return text_of(TEXT_ERROR, language);
    case POLICY_NOT_IN_FORCE:
        return text_of(TEXT_NOT_IN_FORCE, language);
    default:
        return policy_verdict_name(verdict);
    }
}

static const char *severity_word(policy_severity severity, policy_language language)
{
    if (language == POLICY_LANGUAGE_EN) {
        return policy_severity_name(severity);
    }
    return text_of(severity == POLICY_INFO      ? TEXT_INFO
                   : severity == POLICY_WARNING ? TEXT_WARNING
                                                : TEXT_VIOLATION,
                   language);
}

static void put_finding(writer *w, const policy_finding *f)
{
    policy_text *text = NULL;
    const char *source = policy_finding_row_count(f) > 0 ? policy_finding_row_source(f, 0) : "";
    put_cell(w, policy_finding_rule(f), false);
    put_cell(w, policy_finding_clause(f), false);
    put_cell(w, verdict_text(policy_finding_verdict(f), w->language), false);
    put_cell(w, severity_word(policy_finding_severity(f), w->language), false);
    put_cell(w, policy_finding_table(f), false);
    put_cell(w, source != NULL ? source : "", false);
    size_t keys = policy_finding_key_count(f);
    for (size_t c = 0; c < w->key_count; c++) {
        size_t k = 0;
        while (k < keys && strcmp(policy_finding_key_name(f, k), w->keys[c].name) != 0) {
            k++;
        }
        put_datum(w, k < keys ? policy_finding_key(f, k) : (policy_datum){.kind = POLICY_DATUM_NONE});
    }
    put_datum(w, policy_finding_value(f));
    put_datum(w, policy_finding_limit(f));
    put_rows(w, f);
    put_missing(w, f);
    put_cell(w, finding_message(f, w->language, &text), false);
    policy_text_free(text);
    put_cell(w, policy_finding_quote(f), false);
    end_line(w);
}

bool report_csv(const report *r, FILE *to)
{
    writer w = {r, to, r->options->language, NULL, 0, true};
    fputs("\xEF\xBB\xBF", to);
    find_keys(&w);
    put_header(&w);
    size_t count = policy_findings_count(r->findings);
    for (size_t i = 0; i < count; i++) {
        put_finding(&w, policy_findings_at(r->findings, i));
    }
    free(w.keys);
    return ferror(to) == 0;
}
