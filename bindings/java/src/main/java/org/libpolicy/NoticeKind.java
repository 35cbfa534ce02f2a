package org.libpolicy;

/** What a {@link Notice} is about. */
public enum NoticeKind {
    /** A cell that could not be read. */
    UNREADABLE_CELL(1),
    /** A header that the record type does not know; its cells are ignored. */
    UNKNOWN_COLUMN(2),
    /** A row with more or fewer cells than the header. */
    RAGGED_ROW(3),
    /** A row that is no record. */
    SKIPPED_ROW(4),
    /** An absent column for which the schema's default was taken. */
    DEFAULT_USED(5),
    /** A row that equals an earlier one; both count. */
    EQUAL_ROWS(6),
    /** The encoding found, where it was not plain UTF-8. */
    ENCODING(7),
    /** Something that was read in the likely way, such as 5:30 as 17:30. */
    ASSUMPTION(8),
    /** A record type that rules read and nobody supplied. */
    TYPE_NOT_SUPPLIED(9),
    /** A line above the header that was taken for a title. */
    TITLE_LINE(10),
    /** A second header for a field already found. */
    DUPLICATE_COLUMN(11),
    /** A column that a sheet of bands does not take over. */
    COLUMN_LEFT_OUT(12),
    /** A score below 0 or above full marks. */
    SCORE_RANGE(13),
    /** A cell that contradicts the full marks known. */
    FULL_MARKS(14),
    /** A row of a score sheet without a number or name. */
    NO_STUDENT(15),
    /** A row from which on rows are no longer compared with each other. */
    NOT_COMPARED(16),
    /** A notice of a newer library that this jar does not know. */
    UNRECOGNIZED(-1);

    private static final NoticeKind[] ALL = values();
    private final int code;

    NoticeKind(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static NoticeKind of(int code) {
        for (NoticeKind one : ALL) {
            if (one.code == code) {
                return one;
            }
        }
        return UNRECOGNIZED;
    }
}
