package org.libpolicy;

/** Kinds of failure; what a {@link PolicyException} is about. */
public enum Status {
    /** Out of memory; nothing was changed. */
    NO_MEMORY(1),
    /** A value outside what the call takes. */
    ARGUMENT(2),
    /** The call came too early or too late. */
    STATE(3),
    /** Over a budget or size limit. */
    LIMIT(4),
    /** A callback asked to stop. */
    CANCELLED(5),
    /** No pack, rule, field or group of that name. */
    NOT_FOUND(6),
    /** A file could not be opened or read. */
    IO(7),
    /** Text that is not in any encoding the library reads. */
    ENCODING(8),
    /** Malformed YAML, expression, CSV, JSON or Lua. */
    SYNTAX(9),
    /** A wrong type, or an overload that does not exist. */
    TYPE(10),
    /** An unknown key, field, enum value or function in authored text. */
    NAME(11),
    /** A key, id or name that is already taken. */
    DUPLICATE(12),
    /** A pack or saved state for another version. */
    VERSION(13),
    /** An overlay that would loosen its base, or that cannot be shown not to. */
    TIGHTEN(14),
    /** Bad input data: no header, no column that is known, a value that does not fit. */
    DATA(15),
    /** An expression ended in an error. */
    EVALUATE(16),
    /** A Lua script failed or went over its budget. */
    SCRIPT(17),
    /** A broken promise of the library's own code; please report. */
    INTERNAL(18),
    /** A failure of a newer library that this jar does not know. */
    UNRECOGNIZED(-1);

    private static final Status[] ALL = values();
    private final int code;

    Status(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /**
     * The status of a number.
     *
     * @param code as the C library numbers it
     * @return the status; {@link #UNRECOGNIZED} for a number that this jar does not know
     */
    public static Status of(int code) {
        for (Status one : ALL) {
            if (one.code == code) {
                return one;
            }
        }
        return UNRECOGNIZED;
    }
}
