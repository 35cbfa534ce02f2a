/**
 * @file table.h
 * Files into records: the spreadsheets that schools keep, as CSV.
 *
 * A table reads UTF-8 (with or without a byte order mark), UTF-16 and GB18030, with commas, tabs or semicolons, whichever
 * the file has. It finds the header among the first lines by the schema's names and aliases, so a title line above it
 * does no harm, and gives one record a row; of a wide sheet, with columns of their own for each subject (语文内容, 语文时长,
 * 数学内容, 数学时长), one record for each subject that a row fills. What it could not use is in its notices: nothing is
 * dropped in silence. Memory does not grow with the number of rows. One thread at a time; a table keeps its engine alive.
 */
#ifndef POLICY_TABLE_H
#define POLICY_TABLE_H

#include "policy/engine.h"
#include "policy/notice.h"
#include "policy/record.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct policy_table policy_table;

/**
 * Open a file as rows of one record type.
 *
 * The header and the row below it are read at once. Type "score_table" stands for a real table of scores, wide or long:
 * it is looked at as a whole and yields a single record of type `score_sheet`, which says what the table shows.
 *
 * @param engine  Its schema says what the columns are; a reference is taken.
 * @param type    Record type, or "score_table".
 * @param path    File, as the system names it; "-" is standard input.
 * @param out     Receives a table the caller owns; NULL on failure.
 * @param err     Receives an error the caller frees, on failure; may be NULL.
 * @return POLICY_OK; POLICY_E_NOT_FOUND (no such type); POLICY_E_IO; POLICY_E_ENCODING; POLICY_E_SYNTAX (a quote that is
 *         never closed, a NUL byte), with line and column; POLICY_E_DATA (empty, or no header is recognised);
 *         POLICY_E_LIMIT (columns, cell); POLICY_E_NOMEM.
 * @threadsafe Yes, for different tables of one engine.
 * @since 1.0
 */
POLICY_API policy_status policy_table_open(policy_engine *engine, const char *type, const char *path,
                                           policy_table **out, policy_error **err);

/**
 * Where bytes come from when they are in no file: put at most `room` bytes into `into` and their number into *got; 0 is
 * the end. Called on the thread that uses the table. A status other than POLICY_OK ends the reading with it.
 * @since 1.0
 */
typedef policy_status (*policy_read)(void *context, void *into, size_t room, size_t *got);

/**
 * Open what a callback reads.
 *
 * @param name     What errors, notices and findings call the source. Copied.
 * @param read     Called until it reports the end.
 * @param context  Handed to `read`; must outlive the table.
 * @return As policy_table_open, and what `read` returned.
 * @since 1.0
 */
POLICY_API policy_status policy_table_open_callback(policy_engine *engine, const char *type, const char *name,
                                                    policy_read read, void *context, policy_table **out,
                                                    policy_error **err);

/** Close and free; NULL is fine. @since 1.0 */
POLICY_API void policy_table_free(policy_table *table);

/**
 * Read the next row into a record, source and row number included.
 *
 * Rows are numbered from 1, the first row below the header. Rows that are skipped because no cell of theirs holds
 * anything, or because they are totals or notes, count; lines without a single character do not.
 *
 * @param record  Of the table's own type (policy_table_type); cleared first.
 * @param more    Receives false at the end, when `record` is left empty.
 * @return POLICY_OK; as policy_table_open for what is wrong in the file, after which every call fails alike.
 * @since 1.0
 */
POLICY_API policy_status policy_table_next(policy_table *table, policy_record *record, bool *more, policy_error **err);

/** Record type of the rows; "score_sheet" for a score table. Borrowed from the engine. @since 1.0 */
POLICY_API const char *policy_table_type(const policy_table *table);
/** Name of the source, as given to open. Borrowed. @since 1.0 */
POLICY_API const char *policy_table_source(const policy_table *table);
/** "UTF-8", "UTF-16LE", "UTF-16BE" or "GB18030". Static. @since 1.0 */
POLICY_API const char *policy_table_encoding(const policy_table *table);
/** Columns of the header. @since 1.0 */
POLICY_API size_t policy_table_column_count(const policy_table *table);
/** Header of a column as the file writes it, and the handle of the field it fills (-1: none). NULL and -1 past the end.
 *  Borrowed. @since 1.0 */
POLICY_API const char *policy_table_column_name(const policy_table *table, size_t column);
POLICY_API int32_t policy_table_column_field(const policy_table *table, size_t column);
/** Rows given out and bytes read so far, for progress. @since 1.0 */
POLICY_API uint64_t policy_table_rows(const policy_table *table);
POLICY_API uint64_t policy_table_bytes(const policy_table *table);
/** What was noticed so far. Borrowed until the table is freed or fed to a ledger. @since 1.0 */
POLICY_API size_t policy_table_notice_count(const policy_table *table);
POLICY_API const policy_notice *policy_table_notice(const policy_table *table, size_t i);

#ifdef __cplusplus
}
#endif
#endif
