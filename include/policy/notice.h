/**
 * @file notice.h
 * Notices: what was noticed while data was read and that a person should know, though it is no failure.
 *
 * A cell that could not be read, a column nobody knows, a row that was skipped: each is listed with its place, so that
 * nothing is dropped in silence. Tables collect theirs; feeding a table to a ledger moves them there. Notices are
 * borrowed from the table or ledger and immutable.
 */
#ifndef POLICY_NOTICE_H
#define POLICY_NOTICE_H

#include "policy/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One thing to know about the data. @since 1.0 */
typedef struct policy_notice policy_notice;
typedef int32_t policy_notice_kind;
enum {
    POLICY_NOTICE_UNREADABLE_CELL = 1, /**< Row, column, text. */
    POLICY_NOTICE_UNKNOWN_COLUMN = 2,  /**< Column: a header the record type does not know; its cells are ignored. */
    POLICY_NOTICE_RAGGED_ROW = 3,      /**< Row: more or fewer cells than the header. Fewer: those missing count as not
                                              supplied. More: no cell can be trusted, all are unknown. Text: "9/7", nine
                                              cells under seven columns. */
    POLICY_NOTICE_SKIPPED_ROW = 4,     /**< Row that is no record: a blank separator, a total or note at the end. */
    POLICY_NOTICE_DEFAULT_USED = 5,    /**< Column: absent, the schema's default was taken. */
    POLICY_NOTICE_EQUAL_ROWS = 6,      /**< Row that equals an earlier one; both count. */
    POLICY_NOTICE_ENCODING = 7,        /**< Text: the encoding found, where it was not plain UTF-8. */
    POLICY_NOTICE_ASSUMPTION = 8,      /**< 5:30 read as 17:30, a year taken from the term ... */
    POLICY_NOTICE_TYPE_NOT_SUPPLIED = 9, /**< No file or batch of a record type that rules read. */
    POLICY_NOTICE_TITLE_LINE = 10,       /**< Text of a line above the header that was taken for a title. */
    POLICY_NOTICE_DUPLICATE_COLUMN =
        11, /**< Column: a second header for a field already found; its cells are ignored. */
    POLICY_NOTICE_COLUMN_LEFT_OUT =
        12,                         /**< Column that a sheet of bands does not take over: a total, a rank, a remark. */
    POLICY_NOTICE_SCORE_RANGE = 13, /**< Row, column: a score below 0 or above full marks. Text: the cell. */
    POLICY_NOTICE_FULL_MARKS = 14,  /**< Row, column: a cell that contradicts the full marks known. Text: the cell. */
    POLICY_NOTICE_NO_STUDENT = 15,  /**< Row of a score sheet without a number or name; left out. */
    POLICY_NOTICE_NOT_COMPARED = 16 /**< Row: from it on rows were no longer compared with each other, for there are too
                                         many of the type (390,000). Equal ones count as before, but are not told. */
};

POLICY_API policy_notice_kind policy_notice_kind_of(const policy_notice *notice);
POLICY_API const char *policy_notice_type(const policy_notice *notice);   /**< Record type; "" when none. */
POLICY_API const char *policy_notice_source(const policy_notice *notice); /**< File; "" when none. */
POLICY_API uint64_t policy_notice_row(const policy_notice *notice);       /**< 1-based data row; 0 when none. */
POLICY_API const char *policy_notice_column(const policy_notice *notice); /**< Header or field; "" when none. */
POLICY_API const char *policy_notice_text(const policy_notice *notice);   /**< The cell's text; "" when none. */
/**
 * One sentence without the place.
 *
 * @param out  Receives text the caller owns.
 * @return POLICY_OK or POLICY_E_NOMEM.
 * @since 1.0
 */
POLICY_API policy_status policy_notice_message(const policy_notice *notice, policy_language language, policy_text **out,
                                               policy_error **err);

#ifdef __cplusplus
}
#endif
#endif
