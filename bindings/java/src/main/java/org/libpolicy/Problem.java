package org.libpolicy;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, and where: a load reports all it finds, in order of place.
 *
 * @param status what kind of failure
 * @param zh one sentence in Chinese, without the place
 * @param en the same in English
 * @param file the file as the caller named it; null where there is none
 * @param line from 1; 0 where there is none
 * @param column from 1, in code points; 0 where there is none
 * @param rule id of the rule it belongs to; null where there is none
 * @param nearest the nearest existing name; null where none is near
 * @param otherFile a second place that matters, such as the first of two duplicates; null where there is none
 * @param otherLine its line
 * @param otherColumn its column
 * @param excerpt the source line, and a line below that points at the place; null where there is none
 */
public record Problem(Status status, String zh, String en, @Nullable String file, int line, int column,
        @Nullable String rule, @Nullable String nearest, @Nullable String otherFile, int otherLine, int otherColumn,
        @Nullable String excerpt) {

    /**
     * The sentence in a language.
     *
     * @param language which
     * @return one sentence, without the place
     */
    public String message(Language language) {
        return language == Language.ZH ? zh : en;
    }

    /**
     * The place as compilers write it: {@code file:line:column}.
     *
     * @return the place; empty where there is none
     */
    public String place() {
        return file == null ? "" : line == 0 ? file : column == 0 ? file + ":" + line : file + ":" + line + ":" + column;
    }
}
