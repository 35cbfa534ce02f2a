package org.libpolicy;

/** How grave a finding is. */
public enum Severity {
    /** Good to know. */
    INFO(0),
    /** Close to a limit, or against advice. */
    WARNING(1),
    /** Against the policy. */
    VIOLATION(2),
    /** A severity of a newer library that this jar does not know. */
    UNRECOGNIZED(-1);

    private static final Severity[] ALL = values();
    private final int code;

    Severity(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Severity of(int code) {
        for (Severity severity : ALL) {
            if (severity.code == code) {
                return severity;
            }
        }
        return UNRECOGNIZED;
    }
}
