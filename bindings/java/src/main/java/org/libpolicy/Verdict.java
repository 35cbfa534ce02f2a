package org.libpolicy;

/** What a rule says of a record or group. */
public enum Verdict {
    /** It holds. */
    PASS(0),
    /** It is broken. */
    FAIL(1),
    /** A needed value is missing or unreadable; the finding names the fields. */
    UNKNOWN(2),
    /** The rule does not speak of this record. */
    NOT_APPLICABLE(3),
    /** The record's own date lies outside the rule's time in force. */
    NOT_IN_FORCE(4),
    /** The rule or its script broke. */
    ERROR(5),
    /** A verdict of a newer library that this jar does not know. */
    UNRECOGNIZED(-1);

    private static final Verdict[] ALL = values();
    private final int code;

    Verdict(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Verdict of(int code) {
        for (Verdict verdict : ALL) {
            if (verdict.code == code) {
                return verdict;
            }
        }
        return UNRECOGNIZED;
    }
}
