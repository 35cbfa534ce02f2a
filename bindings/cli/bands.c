/*
 * `policy bands`: a score sheet becomes a sheet of grade bands that leaks no order, or a summary that hides small groups.
 *
 * UTF-8 with a byte order mark and CRLF, as spreadsheets want it. What could not become a band is listed on standard error
 * with its place, and the exit code says so.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <policy/policy.h>

#include "commands.h"
#include "csv.h"
#include "load.h"
#include "print_error.h"
#include "progress.h"
#include "system.h"
#include "terminal.h"
#include "texts.h"

/* A sheet or its summary, as far as writing goes. */
typedef struct grid {
    const policy_band_sheet *sheet; /* or */
    const policy_band_summary *summary;
    policy_language language;
} grid;

static const char *title_at(const grid *g, size_t column)
{
    return g->sheet != NULL ? policy_band_sheet_column_title(g->sheet, column, g->language)
                            : policy_band_summary_column_title(g->summary, column, g->language);
}

static const char *cell_at(const grid *g, size_t row, size_t column)
{
    return g->sheet != NULL ? policy_band_sheet_cell(g->sheet, row, column, g->language)
                            : policy_band_summary_cell(g->summary, row, column, g->language);
}

static void write_grid(FILE *to, const grid *g, bool raw)
{
    size_t columns =
        g->sheet != NULL ? policy_band_sheet_column_count(g->sheet) : policy_band_summary_column_count(g->summary);
    size_t rows = g->sheet != NULL ? policy_band_sheet_row_count(g->sheet) : policy_band_summary_row_count(g->summary);
    fputs("\xEF\xBB\xBF", to);
    for (size_t column = 0; column < columns; column++) {
        fputs(column == 0 ? "" : ",", to);
        csv_put(to, title_at(g, column), !raw);
    }
    fputs("\r\n", to);
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column++) {
            fputs(column == 0 ? "" : ",", to);
            csv_put(to, cell_at(g, row, column), !raw);
        }
        fputs("\r\n", to);
    }
}

/* 100, or 语文=120. */
static policy_status set_full(policy_band_sheet *sheet, const options *o, const char *text, policy_error **err)
{
    const char *equals = strchr(text, '=');
    const char *number = equals == NULL ? text : equals + 1;
    char *end = NULL;
    double full = strtod(number, &end); /* the command never leaves the C locale */
    if (end == number || *end != 0 || !(full > 0) || full > 1e9) {
        say(stderr, o->language, TEXT_BAD_FULL, text);
        return POLICY_E_ARGUMENT;
    }
    char *subject = equals == NULL ? NULL : must_copy(text, (size_t)(equals - text));
    policy_status status = policy_band_sheet_set_full_marks(sheet, subject, full, err);
    free(subject);
    return status;
}

static void print_notices(const policy_band_sheet *sheet, policy_language language)
{
    for (size_t i = 0; i < policy_band_sheet_notice_count(sheet); i++) {
        policy_text *text = NULL;
        const policy_notice *n = policy_band_sheet_notice(sheet, i);
        if (policy_notice_message(n, language, &text, NULL) == POLICY_OK) {
            if (policy_notice_row(n) > 0) {
                char number[NUMBER_ROOM];
                say(stderr, language, TEXT_NOTICE_ROW, number_text(number, policy_notice_row(n)));
            }
            print_safe(stderr, policy_text_data(text));
            fputc('\n', stderr);
        }
        policy_text_free(text);
    }
}

static exit_code write_out(const options *o, const policy_band_sheet *sheet)
{
    policy_band_summary *summary = NULL;
    policy_error *err = NULL;
    if (o->summary && policy_band_summary_new(sheet, &summary, &err) != POLICY_OK) {
        print_errors(stderr, err, o->language);
        policy_error_free(err);
        return EXIT_CODE_BROKEN;
    }
    exit_code code = policy_band_sheet_unknown_count(sheet) > 0 ? EXIT_CODE_UNDECIDED : EXIT_CODE_CLEAN;
    FILE *to = o->output == NULL ? stdout : fopen(o->output, "wb");
    if (to == NULL) {
        say(stderr, o->language, TEXT_CANNOT_OPEN, o->output, strerror(errno));
        code = EXIT_CODE_BROKEN;
    } else {
        grid g = {o->summary ? NULL : sheet, summary, o->language};
        write_grid(to, &g, o->raw_csv);
        bool broke = ferror(to) != 0;
        broke = (to == stdout ? fflush(to) : fclose(to)) != 0 || broke;
        if (broke) {
            say(stderr, o->language, TEXT_CANNOT_WRITE, o->output == NULL ? "-" : o->output);
            code = EXIT_CODE_BROKEN;
        }
    }
    policy_band_summary_free(summary);
    return code;
}

static exit_code convert(const options *o, const policy_bands *bands, const char *path)
{
    policy_band_sheet *sheet = NULL;
    policy_error *err = NULL;
    bool said = false;
    policy_status status = policy_band_sheet_new(bands, &sheet, &err);
    for (size_t i = 0; status == POLICY_OK && i < o->full_marks.count; i++) {
        status = set_full(sheet, o, o->full_marks.items[i], &err);
        said = status != POLICY_OK && err == NULL;
    }
    if (status == POLICY_OK) {
        progress p;
        progress_start(&p, path, o->language);
        status = policy_band_sheet_read(sheet, path, progress_step, &p, &err);
        progress_end(&p);
    }
    exit_code code = EXIT_CODE_BROKEN;
    if (status == POLICY_OK) {
        print_notices(sheet, o->language);
        code = write_out(o, sheet);
    } else if (!said) {
        print_errors(stderr, err, o->language);
    }
    policy_error_free(err);
    policy_band_sheet_free(sheet);
    return code;
}

exit_code command_bands(const options *o)
{
    if (o->rules.count == 0) {
        say(stderr, o->language, TEXT_NO_RULES);
        return EXIT_CODE_BROKEN;
    }
    if (o->arguments.count != 1) {
        say(stderr, o->language, TEXT_NO_SHEET);
        return EXIT_CODE_BROKEN;
    }
    if (o->output != NULL && is_same_file(o->output, o->arguments.items[0])) {
        say(stderr, o->language, TEXT_OUTPUT_IS_INPUT, o->output);
        return EXIT_CODE_BROKEN;
    }
    policy_engine *engine = load_rules(o, o->rules.items, o->rules.count);
    if (engine == NULL) {
        return EXIT_CODE_BROKEN;
    }
    const policy_bands *bands = NULL;
    policy_error *err = NULL;
    exit_code code = EXIT_CODE_BROKEN;
    if (policy_engine_bands(engine, o->scheme, &bands, &err) == POLICY_OK) {
        code = convert(o, bands, o->arguments.items[0]);
    } else {
        print_errors(stderr, err, o->language);
    }
    policy_error_free(err);
    policy_engine_unref(engine);
    return code;
}
