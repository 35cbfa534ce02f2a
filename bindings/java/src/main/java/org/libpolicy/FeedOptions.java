package org.libpolicy;

import org.jspecify.annotations.Nullable;

/**
 * How a table is fed. Immutable: each method gives a changed copy.
 *
 * @param source what findings call the source; null for none
 * @param firstRow number of the first row; 0: 1 for a source not seen before, else numbered on
 * @param threads workers; 0 for the calling thread alone
 * @param chunk rows that are packed at a time
 * @param progress hears how far it is; null for none
 */
public record FeedOptions(@Nullable String source, long firstRow, int threads, int chunk, @Nullable Progress progress) {
    /** No source, rows from 1, one thread, 8,192 rows at a time. */
    public static final FeedOptions DEFAULT = new FeedOptions(null, 0, 0, 8192, null);

    /**
     * Checks the numbers.
     *
     * @param source what findings call the source; null for none
     * @param firstRow number of the first row; 0 for the next
     * @param threads workers; 0 for the calling thread alone
     * @param chunk rows that are packed at a time
     * @param progress hears how far it is; null for none
     */
    public FeedOptions {
        if (firstRow < 0 || threads < 0 || chunk < 1) {
            throw new IllegalArgumentException("firstRow and threads are not negative, chunk is at least 1");
        }
    }

    /**
     * With another source.
     *
     * @param name what findings call it
     * @return a copy
     */
    public FeedOptions withSource(@Nullable String name) {
        return new FeedOptions(name, firstRow, threads, chunk, progress);
    }

    /**
     * With another number for the first row.
     *
     * @param number from 1
     * @return a copy
     */
    public FeedOptions withFirstRow(long number) {
        return new FeedOptions(source, number, threads, chunk, progress);
    }

    /**
     * With workers.
     *
     * @param count how many; 0 for the calling thread alone
     * @return a copy
     */
    public FeedOptions withThreads(int count) {
        return new FeedOptions(source, firstRow, count, chunk, progress);
    }

    /**
     * With another number of rows at a time.
     *
     * @param rows at least 1
     * @return a copy
     */
    public FeedOptions withChunk(int rows) {
        return new FeedOptions(source, firstRow, threads, rows, progress);
    }

    /**
     * With someone who hears how far it is.
     *
     * @param listener called on the calling thread
     * @return a copy
     */
    public FeedOptions withProgress(@Nullable Progress listener) {
        return new FeedOptions(source, firstRow, threads, chunk, listener);
    }
}
