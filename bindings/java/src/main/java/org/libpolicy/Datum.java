package org.libpolicy;

/**
 * A typed value of a finding: a key, the measured value, the limit.
 *
 * @param kind what it is
 * @param integer the value of {@link Kind#INTEGER}; 0 or 1 of {@link Kind#BOOLEAN}
 * @param number the value of {@link Kind#DOUBLE}
 * @param text the canonical spelling, of any kind
 */
public record Datum(Kind kind, long integer, double number, String text) {
    /** What a value is. */
    public enum Kind {
        /** There is none. */
        NONE,
        /** True or false. */
        BOOLEAN,
        /** A whole number. */
        INTEGER,
        /** A number. */
        DOUBLE,
        /** Strings, enum codes, dates (ISO), times (HH:MM), durations. */
        TEXT,
        /** Known only to lie between two numbers: {@code 45..70} or {@code 45..}. */
        RANGE,
        /** A kind of a newer library that this jar does not know; its text is right. */
        UNRECOGNIZED
    }

    private static final Kind[] KINDS = Kind.values();

    /**
     * A value as the library hands it over.
     *
     * @param kind number of its kind
     * @param integer its integer
     * @param number its number
     * @param text its spelling
     * @return the value
     */
    public static Datum of(int kind, long integer, double number, String text) {
        boolean known = kind >= 0 && kind < Kind.UNRECOGNIZED.ordinal();
        return new Datum(known ? KINDS[kind] : Kind.UNRECOGNIZED, integer, number, text);
    }

    /**
     * As a plain object.
     *
     * @return a Boolean, Long, Double or String
     */
    public Object value() {
        return switch (kind) {
            case BOOLEAN -> integer != 0;
            case INTEGER -> integer;
            case DOUBLE -> number;
            case NONE, TEXT, RANGE, UNRECOGNIZED -> text;
        };
    }

    /** Its canonical spelling. */
    @Override
    public String toString() {
        return text;
    }
}
