/*
 * The report for people: what was found by clause, what could not be judged, what to know about the data, the counts.
 *
 * Order: heading and totals; failures by clause with the clause's words; rules that broke; what is unknown, with the
 * fields that are missing; with --all, passes; notices; counts by rule; what was not supplied; what a pass means. A
 * section without content is left out, except the counts: a rule that never ran has to be seen.
 */
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "terminal.h"
#include "texts.h"

enum {
    ROWS_SHOWN = 12,     /* ranges of rows named for one finding */
    UNKNOWN_SHOWN = 20,  /* findings without a verdict listed for one rule; JSON and CSV have them all */
    NOTICES_SHOWN = 200, /* notices of one kind */
    NOTICE_KINDS = 32
};

/* Findings of one rule: they stand together, sorted by rule order. */
typedef struct run {
    const char *rule, *clause, *quote, *title;
    size_t begin, end;
} run;

typedef struct writer {
    const report *r;
    FILE *to;
    policy_language language;
    run *runs;
    size_t run_count;
} writer;

static void put(const writer *w, const char *text)
{
    print_safe(w->to, text);
}

/* --- runs ---------------------------------------------------------------------------------------------------------- */

static const char *title_of(const policy_engine *engine, const char *rule, policy_language language)
{
    size_t count = policy_engine_rule_count(engine);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(policy_engine_rule_id(engine, i), rule) == 0) {
            const char *title = policy_engine_rule_title(engine, i, language);
            return title != NULL ? title : rule;
        }
    }
    return rule;
}

static void find_runs(writer *w)
{
    const policy_findings *findings = w->r->findings;
    size_t count = policy_findings_count(findings);
    for (size_t i = 0; i < count; i++) {
        const policy_finding *f = policy_findings_at(findings, i);
        const char *rule = policy_finding_rule(f);
        if (w->run_count == 0 || strcmp(w->runs[w->run_count - 1].rule, rule) != 0) {
            w->runs = must_resize(w->runs, w->run_count + 1, sizeof *w->runs);
            w->runs[w->run_count++] = (run){.rule = rule,
                                            .clause = policy_finding_clause(f),
                                            .quote = policy_finding_quote(f),
                                            .title = title_of(w->r->engine, rule, w->language),
                                            .begin = i};
        }
        w->runs[w->run_count - 1].end = i + 1;
    }
}

static bool has_verdict(const writer *w, const run *u, policy_verdict verdict)
{
    for (size_t i = u->begin; i < u->end; i++) {
        if (policy_finding_verdict(policy_findings_at(w->r->findings, i)) == verdict) {
            return true;
        }
    }
    return false;
}

static bool any_verdict(const writer *w, policy_verdict verdict)
{
    for (size_t i = 0; i < w->run_count; i++) {
        if (has_verdict(w, &w->runs[i], verdict)) {
            return true;
        }
    }
    return false;
}

/* --- one finding --------------------------------------------------------------------------------------------------- */

static void put_pair(const writer *w, bool *first, const char *indent, const char *name, const char *value)
{
    fputs(*first ? indent : "  ", w->to);
    *first = false;
    say(w->to, w->language, TEXT_PAIR, name, value);
}

/* A measured value or a limit: 75分钟, 75 min. */
static void put_amount(const writer *w, bool *first, const char *indent, const char *name, policy_datum amount,
                       const char *unit)
{
    if (amount.kind == POLICY_DATUM_NONE) {
        return;
    }
    put_pair(w, first, indent, name, amount.text);
    if (*unit != '\0') {
        say(w->to, w->language, TEXT_UNIT, unit);
    }
}

/* School, class, date ..., then the measured value and the limit. */
static void put_keys(const writer *w, const policy_finding *f, const char *indent)
{
    policy_datum value = policy_finding_value(f);
    policy_datum limit = policy_finding_limit(f);
    const char *unit = policy_finding_unit(f, w->language);
    size_t count = policy_finding_key_count(f);
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        const char *name = policy_finding_key_name(f, i);
        const char *title = policy_engine_field_title(w->r->engine, policy_finding_table(f), name, w->language);
        policy_datum key = policy_finding_key(f, i);
        if (key.kind != POLICY_DATUM_NONE) {
            const char *said =
                policy_engine_value_title(w->r->engine, policy_finding_table(f), name, key.text, w->language);
            put_pair(w, &first, indent, title != NULL ? title : name, said);
        }
    }
    put_amount(w, &first, indent, text_of(TEXT_VALUE, w->language), value, unit);
    put_amount(w, &first, indent, text_of(TEXT_LIMIT, w->language), limit, unit);
    fputs(first ? "" : "\n", w->to);
}

static const char *row_source(const policy_finding *f, size_t i)
{
    const char *source = policy_finding_row_source(f, i);
    return source == NULL ? "" : source;
}

/* Rows as ranges, file by file: "a.csv rows 3-5, 9". */
static void put_rows(const writer *w, const policy_finding *f, const char *indent)
{
    size_t count = policy_finding_row_count(f);
    size_t shown = 0;
    if (count == 0) {
        return;
    }
    fputs(indent, w->to);
    for (size_t i = 0; i < count && shown < ROWS_SHOWN;) {
        const char *source = row_source(f, i);
        fputs(i == 0 ? "" : text_of(TEXT_NEXT_SOURCE, w->language), w->to);
        say(w->to, w->language, TEXT_ROWS_OPEN, source);
        bool first = true;
        while (i < count && shown < ROWS_SHOWN && strcmp(row_source(f, i), source) == 0) {
            char number[NUMBER_ROOM];
            uint64_t from = policy_finding_row(f, i);
            uint64_t until = from;
            for (i++; i < count && policy_finding_row(f, i) == until + 1 &&
                      strcmp(policy_finding_row_source(f, i), source) == 0;
                 i++) {
                until++;
            }
            fputs(first ? "" : text_of(TEXT_COMMA, w->language), w->to);
            first = false;
            shown++;
            put(w, number_text(number, from));
            if (until > from) {
                fputs("-", w->to);
                put(w, number_text(number, until));
            }
        }
        fputs(text_of(TEXT_ROWS_CLOSE, w->language), w->to);
        if (i < count && shown >= ROWS_SHOWN) {
            char number[NUMBER_ROOM];
            say(w->to, w->language, TEXT_ROWS_MORE, number_text(number, count));
        }
    }
    if (!policy_finding_rows_complete(f)) {
        fputs(text_of(TEXT_ROWS_INCOMPLETE, w->language), w->to);
    }
    fputc('\n', w->to);
}

/* The record type of that name, or the number of types. */
static size_t type_of(const policy_engine *engine, const char *name)
{
    size_t count = policy_engine_type_count(engine);
    size_t type = 0;
    while (type < count && strcmp(policy_engine_type_name(engine, type), name) != 0) {
        type++;
    }
    return type;
}

/* What is missing: fields, or whole record types that nobody supplied. */
static void put_missing(const writer *w, const policy_finding *f)
{
    const policy_engine *engine = w->r->engine;
    size_t count = policy_finding_missing_count(f);
    fputs(text_of(TEXT_MISSING, w->language), w->to);
    for (size_t i = 0; i < count; i++) {
        const char *name = policy_finding_missing(f, i);
        size_t type = type_of(engine, name);
        const char *title = type < policy_engine_type_count(engine)
                                ? policy_engine_type_title(engine, type, w->language)
                                : policy_engine_field_title(engine, policy_finding_table(f), name, w->language);
        fputs(i == 0 ? "" : text_of(TEXT_COMMA, w->language), w->to);
        put(w, title != NULL ? title : name);
        if (title != NULL && strcmp(title, name) != 0) {
            fputs(" (", w->to);
            put(w, name);
            fputs(")", w->to);
        }
    }
    fputc('\n', w->to);
}

/* Is all that is missing whole record types that nobody supplied? Then every finding of the rule says the same. */
static bool lacks_types(const writer *w, const policy_finding *f)
{
    size_t count = policy_finding_missing_count(f);
    size_t types = policy_engine_type_count(w->r->engine);
    for (size_t i = 0; i < count; i++) {
        size_t type = type_of(w->r->engine, policy_finding_missing(f, i));
        if (type == types || policy_findings_records(w->r->findings, type) >= 0) {
            return false;
        }
    }
    return count > 0;
}

static text_id severity_text(policy_severity severity)
{
    return severity == POLICY_INFO ? TEXT_INFO : severity == POLICY_WARNING ? TEXT_WARNING : TEXT_VIOLATION;
}

static void put_finding(const writer *w, const policy_finding *f, text_id label)
{
    policy_text *text = NULL;
    fputs("  ", w->to);
    fputs(text_of(label, w->language), w->to);
    fputs("  ", w->to);
    put(w, finding_message(f, w->language, &text));
    fputc('\n', w->to);
    policy_text_free(text);
    put_keys(w, f, "      ");
    if (policy_finding_missing_count(f) > 0) {
        fputs("      ", w->to);
        put_missing(w, f);
    }
    put_rows(w, f, "      ");
}

/* --- findings by clause -------------------------------------------------------------------------------------------- */

static void put_clause(const writer *w, const run *u)
{
    fputc('\n', w->to);
    if (u->clause[0] != 0) {
        say(w->to, w->language, TEXT_CLAUSE, u->clause);
    } else {
        fputs(text_of(TEXT_NO_CLAUSE, w->language), w->to);
    }
    if (u->quote[0] != 0) {
        say(w->to, w->language, TEXT_QUOTE, u->quote);
    }
    fputc('\n', w->to);
}

static void put_rule(const writer *w, const run *u)
{
    fputs("  ", w->to);
    put(w, u->title);
    if (strcmp(u->title, u->rule) != 0) {
        fputs(" (", w->to);
        put(w, u->rule);
        fputs(")", w->to);
    }
    fputc('\n', w->to);
}

static void put_run(const writer *w, const run *u, policy_verdict verdict, text_id label, size_t limit)
{
    size_t shown = 0;
    size_t left = 0;
    size_t lacking = 0;
    const policy_finding *first_lacking = NULL;
    put_rule(w, u);
    for (size_t i = u->begin; i < u->end; i++) {
        const policy_finding *f = policy_findings_at(w->r->findings, i);
        if (policy_finding_verdict(f) != verdict) {
            continue;
        }
        if (verdict == POLICY_UNKNOWN && lacks_types(w, f)) {
            first_lacking = lacking++ == 0 ? f : first_lacking;
            continue;
        }
        if (shown == limit) {
            left++;
            continue;
        }
        shown++;
        put_finding(w, f, verdict == POLICY_FAIL ? severity_text(policy_finding_severity(f)) : label);
    }
    if (lacking > 0) {
        char number[NUMBER_ROOM];
        say(w->to, w->language, TEXT_LACKING, text_of(label, w->language), number_text(number, lacking));
        put_missing(w, first_lacking);
    }
    if (left > 0) {
        char number[NUMBER_ROOM];
        say(w->to, w->language, TEXT_MORE_FINDINGS, number_text(number, left));
    }
}

/* Every finding of one verdict, clause by clause, clauses in the order of their first rule. */
static void put_section(const writer *w, policy_verdict verdict, text_id heading, text_id label, size_t limit)
{
    if (!any_verdict(w, verdict)) {
        return;
    }
    bool *done = must_allocate(w->run_count, sizeof *done);
    memset(done, 0, w->run_count * sizeof *done);
    fputs(text_of(heading, w->language), w->to);
    for (size_t i = 0; i < w->run_count; i++) {
        if (done[i] || !has_verdict(w, &w->runs[i], verdict)) {
            continue;
        }
        put_clause(w, &w->runs[i]);
        for (size_t j = i; j < w->run_count; j++) {
            if (!done[j] && strcmp(w->runs[j].clause, w->runs[i].clause) == 0 && has_verdict(w, &w->runs[j], verdict)) {
                put_run(w, &w->runs[j], verdict, label, limit);
                done[j] = true;
            }
        }
    }
    free(done);
}

/* --- notices ------------------------------------------------------------------------------------------------------- */

static void put_notice(const writer *w, const policy_notice *n)
{
    char number[NUMBER_ROOM];
    const char *source = policy_notice_source(n);
    const char *type = policy_notice_type(n);
    const char *column = policy_notice_column(n);
    bool has_place = source[0] != 0 || type[0] != 0 || column[0] != 0;
    policy_text *text = NULL;
    fputs("  ", w->to);
    put(w, source[0] != 0 ? source : type);
    if (policy_notice_row(n) > 0) {
        say(w->to, w->language, TEXT_NOTICE_ROW, number_text(number, policy_notice_row(n)));
    }
    if (column[0] != 0) {
        say(w->to, w->language, TEXT_NOTICE_COLUMN, column);
    }
    fputs(has_place ? text_of(TEXT_COLON, w->language) : "", w->to);
    put(w, notice_message(n, w->language, &text));
    fputc('\n', w->to);
    policy_text_free(text);
}

static void put_notices(const writer *w)
{
    size_t count = policy_ledger_notice_count(w->r->ledger);
    size_t shown[NOTICE_KINDS] = {0};
    uint64_t left = 0;
    bool has_heading = false;
    for (size_t i = 0; i < count; i++) {
        const policy_notice *n = policy_ledger_notice(w->r->ledger, i);
        policy_notice_kind kind = policy_notice_kind_of(n);
        size_t slot = kind > 0 && kind < NOTICE_KINDS ? (size_t)kind : 0;
        if (kind == POLICY_NOTICE_TYPE_NOT_SUPPLIED) {
            continue; /* the list at the end has them all */
        }
        fputs(has_heading ? "" : text_of(TEXT_NOTICES, w->language), w->to);
        has_heading = true;
        if (shown[slot]++ < NOTICES_SHOWN) {
            put_notice(w, n);
        } else {
            left++;
        }
    }
    if (left > 0) {
        char number[NUMBER_ROOM];
        say(w->to, w->language, TEXT_MORE_NOTICES, number_text(number, left));
    }
}

/* --- counts -------------------------------------------------------------------------------------------------------- */

enum { COUNT_COLUMNS = 6 };

static void counts_of(const policy_findings *findings, size_t rule, uint64_t counts[COUNT_COLUMNS])
{
    counts[0] = report_applicable(findings, rule);
    counts[1] = policy_findings_verdicts(findings, rule, POLICY_PASS);
    counts[2] = policy_findings_verdicts(findings, rule, POLICY_FAIL);
    counts[3] = policy_findings_verdicts(findings, rule, POLICY_UNKNOWN);
    counts[4] = policy_findings_verdicts(findings, rule, POLICY_ERROR);
    counts[5] = policy_findings_verdicts(findings, rule, POLICY_NOT_IN_FORCE);
}

static size_t wider(size_t width, const char *text)
{
    size_t other = text_width(text);
    return other > width ? other : width;
}

static void put_counts(const writer *w)
{
    static const text_id titles[COUNT_COLUMNS] = {TEXT_APPLICABLE, TEXT_PASS,  TEXT_FAIL,
                                                  TEXT_UNKNOWN,    TEXT_ERROR, TEXT_NOT_IN_FORCE};
    const policy_engine *engine = w->r->engine;
    size_t rules = policy_engine_rule_count(engine);
    size_t clause_width = text_width(text_of(TEXT_CLAUSE_COLUMN, w->language));
    size_t rule_width = text_width(text_of(TEXT_RULE_COLUMN, w->language));
    size_t widths[COUNT_COLUMNS];
    uint64_t counts[COUNT_COLUMNS];
    char number[NUMBER_ROOM];
    for (size_t c = 0; c < COUNT_COLUMNS; c++) {
        widths[c] = text_width(text_of(titles[c], w->language));
    }
    for (size_t i = 0; i < rules; i++) {
        clause_width = wider(clause_width, policy_engine_rule_clause(engine, i));
        rule_width = wider(rule_width, policy_engine_rule_id(engine, i));
        counts_of(w->r->findings, i, counts);
        for (size_t c = 0; c < COUNT_COLUMNS; c++) {
            widths[c] = wider(widths[c], number_text(number, counts[c]));
        }
    }
    fputs(text_of(TEXT_COUNTS, w->language), w->to);
    fputs("  ", w->to);
    print_left(w->to, text_of(TEXT_CLAUSE_COLUMN, w->language), clause_width + 2);
    print_left(w->to, text_of(TEXT_RULE_COLUMN, w->language), rule_width);
    for (size_t c = 0; c < COUNT_COLUMNS; c++) {
        fputs("  ", w->to);
        print_right(w->to, text_of(titles[c], w->language), widths[c]);
    }
    fputc('\n', w->to);
    for (size_t i = 0; i < rules; i++) {
        fputs("  ", w->to);
        print_left(w->to, policy_engine_rule_clause(engine, i), clause_width + 2);
        print_left(w->to, policy_engine_rule_id(engine, i), rule_width);
        counts_of(w->r->findings, i, counts);
        for (size_t c = 0; c < COUNT_COLUMNS; c++) {
            fputs("  ", w->to);
            print_right(w->to, number_text(number, counts[c]), widths[c]);
        }
        const char *title = policy_engine_rule_title(engine, i, w->language);
        if (title != NULL && strcmp(title, policy_engine_rule_id(engine, i)) != 0) {
            fputs("  ", w->to);
            put(w, title);
        }
        fputc('\n', w->to);
    }
}

/* --- the whole ----------------------------------------------------------------------------------------------------- */

static void put_heading(const writer *w)
{
    const policy_engine *engine = w->r->engine;
    fputs(text_of(TEXT_HEADING, w->language), w->to);
    size_t packs = policy_engine_pack_count(engine);
    for (size_t i = 0; i < packs; i++) {
        say(w->to, w->language, TEXT_PACK, policy_engine_pack_title(engine, i, w->language),
            policy_engine_pack_name(engine, i), policy_engine_pack_version(engine, i));
    }
    size_t types = policy_engine_type_count(engine);
    bool first = true;
    fputs(text_of(TEXT_RECORDS, w->language), w->to);
    for (size_t p = 0; p < types; p++) {
        size_t type = policy_engine_feed_order(engine, p);
        int64_t records = policy_findings_records(w->r->findings, type);
        char number[NUMBER_ROOM];
        if (records >= 0) {
            fputs(first ? "" : text_of(TEXT_COMMA, w->language), w->to);
            first = false;
            say(w->to, w->language, TEXT_RECORD_COUNT, policy_engine_type_title(engine, type, w->language),
                number_text(number, (uint64_t)records));
        }
    }
    fputc('\n', w->to);
}

static void put_result(const writer *w)
{
    report_totals t = report_total(w->r);
    char a[NUMBER_ROOM];
    char b[NUMBER_ROOM];
    char c[NUMBER_ROOM];
    char d[NUMBER_ROOM];
    char e[NUMBER_ROOM];
    say(w->to, w->language, TEXT_RESULT, number_text(a, t.by_severity[POLICY_VIOLATION]),
        number_text(b, t.by_severity[POLICY_WARNING]), number_text(c, t.by_severity[POLICY_INFO]),
        number_text(d, t.unknown), number_text(e, t.errors));
    if (t.applicable == 0) {
        fputs(text_of(TEXT_NOTHING_APPLIED, w->language), w->to);
    }
}

static void put_not_supplied(const writer *w)
{
    const policy_engine *engine = w->r->engine;
    size_t types = policy_engine_type_count(engine);
    bool first = true;
    for (size_t i = 0; i < types; i++) {
        if (policy_findings_records(w->r->findings, i) >= 0) {
            continue;
        }
        const char *name = policy_engine_type_name(engine, i);
        const char *title = policy_engine_type_title(engine, i, w->language);
        fputs(first ? text_of(TEXT_NOT_SUPPLIED, w->language) : text_of(TEXT_COMMA, w->language), w->to);
        first = false;
        put(w, title != NULL ? title : name);
        if (title != NULL && strcmp(title, name) != 0) {
            fputs(" (", w->to);
            put(w, name);
            fputs(")", w->to);
        }
    }
    fputs(first ? "" : "\n", w->to);
}

bool report_text(const report *r, FILE *to)
{
    writer w = {r, to, r->options->language, NULL, 0};
    find_runs(&w);
    put_heading(&w);
    put_result(&w);
    put_section(&w, POLICY_FAIL, TEXT_SECTION_FAIL, TEXT_VIOLATION, SIZE_MAX);
    put_section(&w, POLICY_ERROR, TEXT_SECTION_ERROR, TEXT_ERROR, SIZE_MAX);
    put_section(&w, POLICY_UNKNOWN, TEXT_SECTION_UNKNOWN, TEXT_UNKNOWN, UNKNOWN_SHOWN);
    put_section(&w, POLICY_PASS, TEXT_SECTION_PASS, TEXT_PASS, SIZE_MAX);
    put_section(&w, POLICY_NOT_IN_FORCE, TEXT_SECTION_NOT_IN_FORCE, TEXT_NOT_IN_FORCE, SIZE_MAX);
    put_notices(&w);
    put_counts(&w);
    put_not_supplied(&w);
    fputs(text_of(TEXT_WHAT_A_PASS_MEANS, w.language), to);
    free(w.runs);
    return ferror(to) == 0;
}
