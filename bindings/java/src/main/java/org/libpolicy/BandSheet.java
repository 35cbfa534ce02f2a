package org.libpolicy;

import java.io.InputStream;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.libpolicy.internal.Handle;
import org.libpolicy.internal.Native;

/**
 * A score sheet turned into bands: who, what, and the band. Totals, ranks and remarks are left out and listed in the notices;
 * the order of rows tells nothing of the scores. For one thread at a time.
 */
public final class BandSheet implements AutoCloseable {
    private final Handle handle;
    private final Cleaner.Cleanable cleanable;

    BandSheet(long scheme) {
        long[] sheet = new long[1];
        Native.band_sheet_new(scheme, sheet);
        handle = new Handle(sheet[0], "the sheet of bands", Native::band_sheet_free);
        cleanable = handle.heldBy(this);
    }

    /**
     * Says the full marks of a subject, before reading.
     *
     * @param subject as the sheet names it; null for whatever the sheet itself does not say
     * @param full above 0
     * @return this
     */
    public BandSheet fullMarks(@Nullable String subject, double full) {
        return with(s -> {
            Native.band_sheet_set_full_marks(s, subject, full);
            return this;
        });
    }

    /**
     * Reads a CSV file, once.
     *
     * @param file where it is
     * @return this
     */
    public BandSheet read(Path file) {
        return read(file.toString(), null);
    }

    /**
     * Reads CSV from a stream, once.
     *
     * @param name what errors and notices call it
     * @param input read to its end, not closed
     * @return this
     */
    public BandSheet read(String name, @Nullable InputStream input) {
        return with(s -> {
            Native.java_band_sheet_read(s, name, input);
            return this;
        });
    }

    /**
     * The titles of its columns.
     *
     * @param language which
     * @return school, class and the like, then the subjects
     */
    public List<String> columns(Language language) {
        return with(s -> {
            List<String> titles = new ArrayList<>();
            for (long i = 0, n = Native.band_sheet_column_count(s); i < n; i++) {
                titles.add(Native.band_sheet_column_title(s, i, language.code()));
            }
            return Collections.unmodifiableList(titles);
        });
    }

    /**
     * Its rows.
     *
     * @param language of the words for bands and statuses
     * @return a list of cells for each student
     */
    public List<List<String>> rows(Language language) {
        return with(s -> cells(Native.band_sheet_row_count(s), Native.band_sheet_column_count(s),
                (row, column) -> Native.band_sheet_cell(s, row, column, language.code())));
    }

    /**
     * How many students are in which band: a row for each subject and class, the sum of all classes below. Small counts are
     * suppressed and shown as {@code *}. Publish this or the sheet, not the one beside the other.
     *
     * @param language of the titles
     * @return the titles, then the rows
     */
    public List<List<String>> summary(Language language) {
        return with(s -> {
            long[] made = new long[1];
            Native.band_summary_new(s, made);
            long summary = made[0];
            try {
                long columns = Native.band_summary_column_count(summary);
                return cells(Native.band_summary_row_count(summary) + 1, columns, (row, column) -> row == 0
                        ? Native.band_summary_column_title(summary, column, language.code())
                        : Native.band_summary_cell(summary, row - 1, column, language.code()));
            } finally {
                Native.band_summary_free(summary);
            }
        });
    }

    /**
     * Cells without a band that ought to have one, and rows that had to be left out; each has a notice.
     *
     * @return how many
     */
    public long unknownCount() {
        return with(Native::band_sheet_unknown_count);
    }

    /**
     * What was noticed.
     *
     * @return a fixed list
     */
    public List<Notice> notices() {
        return with(s -> {
            List<Notice> all = new ArrayList<>();
            for (long i = 0, n = Native.band_sheet_notice_count(s); i < n; i++) {
                all.add(Notice.read(Native.band_sheet_notice(s, i)));
            }
            return Collections.unmodifiableList(all);
        });
    }

    /** Closes it; again does nothing. */
    @Override
    public void close() {
        cleanable.clean();
    }

    private interface Cell {
        String at(long row, long column);
    }

    private static List<List<String>> cells(long rows, long columns, Cell cell) {
        List<List<String>> all = new ArrayList<>();
        for (long row = 0; row < rows; row++) {
            List<String> one = new ArrayList<>();
            for (long column = 0; column < columns; column++) {
                one.add(cell.at(row, column));
            }
            all.add(Collections.unmodifiableList(one));
        }
        return Collections.unmodifiableList(all);
    }

    private <T> T with(LongFunction<T> call) {
        long sheet = handle.enter();
        try {
            return call.apply(sheet);
        } finally {
            handle.leave();
        }
    }
}
