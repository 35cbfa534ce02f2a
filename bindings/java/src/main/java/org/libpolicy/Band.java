package org.libpolicy;

import java.util.Map;

/**
 * What a score becomes.
 *
 * @param code 0 for the best band and up; below 0 it is no band
 * @param status which of the two, and why
 * @param texts what is shown for it, by language
 */
public record Band(int code, Status status, Map<Language, String> texts) {
    /** Whether it is a band, and if not, why. */
    public enum Status {
        /** A band. */
        BAND(0),
        /** 缺考, or another word that the scheme lists under {@code absent}. */
        ABSENT(-1),
        /** 免考, or another word that the scheme lists under {@code exempt}. */
        EXEMPT(-2),
        /** There is no score. */
        NONE(-3),
        /** Neither a number nor a word of the scheme. */
        UNREADABLE(-4),
        /** A score below 0. */
        NEGATIVE(-5),
        /** A score above full marks. */
        ABOVE_FULL(-6),
        /** Full marks are not known, not above 0, or stated in two ways. */
        NO_FULL_MARKS(-7),
        /** A status of a newer library that this jar does not know. */
        UNRECOGNIZED(Integer.MIN_VALUE);

        private static final Status[] ALL = values();
        private final int code;

        Status(int code) {
            this.code = code;
        }

        static Status of(int code) {
            for (Status status : ALL) {
                if (status.code == Math.min(code, 0)) {
                    return status;
                }
            }
            return UNRECOGNIZED;
        }
    }

    /**
     * What is shown for it.
     *
     * @param language which
     * @return the band's name as the pack writes it, or a word for why there is none; empty for no score
     */
    public String text(Language language) {
        return texts.getOrDefault(language, "");
    }
}
