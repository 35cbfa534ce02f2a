/**
 * @file bands.h
 * Band schemes (等级): from scores to grade bands, one at a time, by column, or a whole sheet.
 *
 * A scheme is part of a pack (`bands:`). It cuts the score rate, score divided by full marks, at fixed shares: from 0.85
 * 优秀, from 0.75 良好 and so on; a cut belongs to the band above it and 1 to the best. Bands by place among others (the
 * best 15 %) rank, and are refused when a pack is loaded. Absent (缺考) and exempt (免考) are statuses and not bands. A
 * score that cannot be a score (above full marks, negative, not a number) never gets a band.
 *
 * Nothing is rounded. Scores, full marks and cuts are compared as the decimals that people write: 59.95 of 60 is exactly
 * that, 84.99 of 100 is below 0.85, and 84.999999999999999999 as text is too. A double stands for the shortest decimal
 * that reads back as it (59.95, though no double is 59.95). So a score that a program added up should be rounded by that
 * program to the decimals of its parts: 24.4 + 39.8 + 20.8 is 84.99999999999999 in doubles and below 85.
 */
#ifndef POLICY_BANDS_H
#define POLICY_BANDS_H

#include "policy/engine.h"
#include "policy/ledger.h"
#include "policy/notice.h"
#include "policy/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A band scheme of an engine's packs. Borrowed from the engine and valid as long as it; immutable, any thread.
 *  @since 1.0 */
typedef struct policy_bands policy_bands;

/** What a score becomes: 0 ... policy_bands_count - 1 is a band, best first; below 0 it is no band. @since 1.0 */
typedef int32_t policy_band;
enum {
    POLICY_BAND_ABSENT = -1,       /**< 缺考, or another word that the scheme lists under `absent`. */
    POLICY_BAND_EXEMPT = -2,       /**< 免考, or another word that the scheme lists under `exempt`. */
    POLICY_BAND_NONE = -3,         /**< There is no score: an empty cell, a dash, a null, NaN. */
    POLICY_BAND_UNREADABLE = -4,   /**< Neither a number nor a word of the scheme; an infinity. */
    POLICY_BAND_NEGATIVE = -5,     /**< A score below 0. */
    POLICY_BAND_ABOVE_FULL = -6,   /**< A score above full marks. */
    POLICY_BAND_NO_FULL_MARKS = -7 /**< Full marks are not known, not above 0, or stated in two ways. */
};

/** Schemes of the engine's packs, bases first. @since 1.0 */
POLICY_API size_t policy_engine_bands_count(const policy_engine *engine);
/** One of them; NULL past the end. Borrowed. @since 1.0 */
POLICY_API const policy_bands *policy_engine_bands_at(const policy_engine *engine, size_t i);
/**
 * The scheme of an id.
 *
 * @param id   As the pack names it ("four"); NULL or "" for the only scheme there is.
 * @param out  Receives a scheme borrowed from the engine; NULL on failure.
 * @return POLICY_OK; POLICY_E_NOT_FOUND (with the nearest id); POLICY_E_ARGUMENT (no id, and several schemes);
 *         POLICY_E_NOMEM.
 * @threadsafe Yes.
 * @since 1.0
 */
POLICY_API policy_status policy_engine_bands(const policy_engine *engine, const char *id, const policy_bands **out,
                                             policy_error **err);

/** Id, and title in the language asked for (else in the other, else the id). Borrowed. @since 1.0 */
POLICY_API const char *policy_bands_id(const policy_bands *bands);
POLICY_API const char *policy_bands_title(const policy_bands *bands, policy_language language);
/** Number of bands, 2 to 5, and the share of full marks from which on a band is given; NaN for what is no band. @since 1.0 */
POLICY_API size_t policy_bands_count(const policy_bands *bands);
POLICY_API double policy_bands_from(const policy_bands *bands, policy_band band);
/** What is shown for a band or status: the band's name as the pack writes it; 缺考, absent; 免考, exempt; "" for no score;
 *  待核实, unknown for the others. Borrowed; never NULL. @since 1.0 */
POLICY_API const char *policy_bands_text(const policy_bands *bands, policy_band band, policy_language language);
/** The smallest group whose counts may be shown, and the smallest count; smaller ones are suppressed. @since 1.0 */
POLICY_API uint32_t policy_bands_minimum_group(const policy_bands *bands);
POLICY_API uint32_t policy_bands_minimum_count(const policy_bands *bands);

/**
 * The band of one score.
 *
 * @param score  In marks. NaN is no score.
 * @param full   Full marks of the paper, in the same marks.
 * @return A band, or a status below 0. Cannot fail and does not allocate.
 * @threadsafe Yes.
 * @since 1.0
 */
POLICY_API policy_band policy_bands_of(const policy_bands *bands, double score, double full);
/**
 * The band of one cell: 84.5, ８４.５, 84.5分, 84/100, 缺考, 免考, - or nothing.
 *
 * @param text  UTF-8, `size` bytes; NULL with 0 bytes is an empty cell. Numbers may have up to 32 significant digits.
 * @param full  Full marks, 0 when not known; 84/100 states its own, which must agree when both are given.
 * @return A band, or a status below 0. Cannot fail and does not allocate.
 * @threadsafe Yes.
 * @since 1.0
 */
POLICY_API policy_band policy_bands_of_text(const policy_bands *bands, const char *text, size_t size, double full);

/** A column of scores, as Arrow holds it. `struct_size` is sizeof(policy_scores) as the host was compiled. Everything is
 *  borrowed for the call. @since 1.0 */
typedef struct policy_scores {
    size_t struct_size;
    size_t count;
    const double *scores;    /**< `count` of them. */
    const uint8_t *validity; /**< Bit i + validity_offset, least significant first: is score i there? NULL: all are. */
    size_t validity_offset;
    const double *full_marks; /**< Of each score; NULL: `full_marks_of_all` holds. */
    double full_marks_of_all;
} policy_scores;

/**
 * The bands of a column: the same as policy_bands_of for each score, at memory speed when full marks are few.
 *
 * @param out  Receives `count` codes.
 * @return POLICY_OK or POLICY_E_ARGUMENT.
 * @threadsafe Yes.
 * @since 1.0
 */
POLICY_API policy_status policy_bands_of_column(const policy_bands *bands, const policy_scores *scores,
                                                policy_band *out, policy_error **err);

/**
 * Which counts of a table must not be shown, so that nobody can be told from them.
 *
 * The table has a row for each group (class) and a column for each band or status; behind them stand the sum of each row,
 * and, below, the sum of each column and of all. Hidden are groups smaller than the scheme's minimum_group, counts from 1
 * to below its minimum_count, and a count that is its whole group; and then as many others as it takes that none of the
 * hidden ones can be computed from what is shown, sums included: for each of them some other table of whole numbers has
 * the same shown counts and another value there. With one group the sums of the columns would repeat it: they are hidden.
 *
 * @param counts   groups * columns counts, row by row.
 * @param hidden   Receives (groups + 1) * (columns + 1) flags in the same order, with the sums.
 * @return POLICY_OK, POLICY_E_ARGUMENT, POLICY_E_LIMIT (over 2^31 in all, or over 1,048,576 counts) or POLICY_E_NOMEM.
 * @threadsafe Yes.
 * @since 1.0
 */
POLICY_API policy_status policy_bands_suppress(const policy_bands *bands, const uint64_t *counts, size_t groups,
                                               size_t columns, bool *hidden, policy_error **err);

/**
 * A score sheet turned into bands.
 *
 * Reads what schools keep, as policy_table_open does with "score_table": CSV in any encoding, wide (a column for each
 * subject) or long (a row for each subject), a title above, notes below. What it gives back shows who (school, grade, class,
 * student's number, name), what (exam, subject) and the band. Totals, ranks, remarks, seat and exam numbers and every
 * column it does not know are left out and listed in the notices. Rows are in the order of school, grade, class, number,
 * name and, for equal ones, of what they show, so that the order of rows is the same whatever the scores behind the bands
 * are. One thread at a time; keeps its engine alive.
 * @since 1.0
 */
typedef struct policy_band_sheet policy_band_sheet;

/** Make an empty sheet for a scheme. POLICY_OK, POLICY_E_ARGUMENT or POLICY_E_NOMEM; the caller owns *out. @since 1.0 */
POLICY_API policy_status policy_band_sheet_new(const policy_bands *bands, policy_band_sheet **out, policy_error **err);
/** Free; NULL is fine. @since 1.0 */
POLICY_API void policy_band_sheet_free(policy_band_sheet *sheet);

/**
 * Say the full marks of a subject, before reading.
 *
 * Sheets often say them themselves: 数学(满分120) or 数学（120分） as a header, a column or a row 满分, 84/100 in a cell.
 *
 * @param subject  As the sheet names it (语文); it must not contradict the sheet. NULL: for whatever the sheet itself does not
 *                 say and has no call of its own.
 * @param full     Above 0.
 * @return POLICY_OK, POLICY_E_ARGUMENT, POLICY_E_STATE (already read) or POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_band_sheet_set_full_marks(policy_band_sheet *sheet, const char *subject, double full,
                                                          policy_error **err);

/**
 * Read a file, once.
 *
 * Full marks are never guessed: a subject without any is an error that names it.
 *
 * @param path      "-" is standard input.
 * @param progress  Called now and then with rows and bytes; a non-zero return cancels. May be NULL.
 * @return As policy_table_open; POLICY_E_DATA also when no column holds scores or names students, when full marks are not known
 *         or contradict each other; POLICY_E_STATE (already read); POLICY_E_CANCELLED. After a failure the sheet is empty.
 * @since 1.0
 */
POLICY_API policy_status policy_band_sheet_read(policy_band_sheet *sheet, const char *path, policy_progress progress,
                                                void *context, policy_error **err);
/** The same from a callback; see policy_table_open_callback. @since 1.0 */
POLICY_API policy_status policy_band_sheet_read_callback(policy_band_sheet *sheet, const char *name, policy_read read,
                                                         void *read_context, policy_progress progress, void *context,
                                                         policy_error **err);

/** Columns and rows of the sheet of bands. Titles and cells are borrowed from the sheet; NULL past the end. @since 1.0 */
POLICY_API size_t policy_band_sheet_column_count(const policy_band_sheet *sheet);
POLICY_API const char *policy_band_sheet_column_title(const policy_band_sheet *sheet, size_t column,
                                                      policy_language language);
POLICY_API size_t policy_band_sheet_row_count(const policy_band_sheet *sheet);
POLICY_API const char *policy_band_sheet_cell(const policy_band_sheet *sheet, size_t row, size_t column,
                                              policy_language language);
/** Cells without a band that ought to have one (unreadable, negative, above full marks) and rows that had to be left out; each
 *  has a notice with its place. @since 1.0 */
POLICY_API uint64_t policy_band_sheet_unknown_count(const policy_band_sheet *sheet);
/** What was noticed. Borrowed from the sheet. @since 1.0 */
POLICY_API size_t policy_band_sheet_notice_count(const policy_band_sheet *sheet);
POLICY_API const policy_notice *policy_band_sheet_notice(const policy_band_sheet *sheet, size_t i);

/**
 * How many students are in which band: a row for each subject and class, the sum of all classes below.
 *
 * Small counts are suppressed (policy_bands_suppress) and shown as "*". Publish it, or the sheet, but not the one beside the
 * other: whoever sees each student's band can count.
 * @since 1.0
 */
typedef struct policy_band_summary policy_band_summary;

/** Count a sheet that was read. Stands on its own; the caller owns *out. POLICY_OK, POLICY_E_ARGUMENT, POLICY_E_STATE (not
 *  read), POLICY_E_LIMIT or POLICY_E_NOMEM. @since 1.0 */
POLICY_API policy_status policy_band_summary_new(const policy_band_sheet *sheet, policy_band_summary **out,
                                                 policy_error **err);
/** Free; NULL is fine. @since 1.0 */
POLICY_API void policy_band_summary_free(policy_band_summary *summary);
/** As those of a sheet. @since 1.0 */
POLICY_API size_t policy_band_summary_column_count(const policy_band_summary *summary);
POLICY_API const char *policy_band_summary_column_title(const policy_band_summary *summary, size_t column,
                                                        policy_language language);
POLICY_API size_t policy_band_summary_row_count(const policy_band_summary *summary);
POLICY_API const char *policy_band_summary_cell(const policy_band_summary *summary, size_t row, size_t column,
                                                policy_language language);
/** Counts that are suppressed. @since 1.0 */
POLICY_API uint64_t policy_band_summary_hidden_count(const policy_band_summary *summary);

#ifdef __cplusplus
}
#endif
#endif
