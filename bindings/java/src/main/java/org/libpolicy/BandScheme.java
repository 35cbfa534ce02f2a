package org.libpolicy;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.libpolicy.internal.Native;
import org.libpolicy.internal.Utf8;

/** A scheme of a pack that turns scores into grade bands (等级). Immutable; any thread. Good while its engine is open. */
public final class BandScheme {
    private final PolicyEngine engine;
    private final long scheme; // borrowed from the engine, which every call here holds

    BandScheme(PolicyEngine engine, long scheme) {
        this.engine = engine;
        this.scheme = scheme;
    }

    /**
     * Its id.
     *
     * @return as the pack names it
     */
    public String id() {
        return engine.with(e -> Native.bands_id(scheme));
    }

    /**
     * What people call it.
     *
     * @param language which
     * @return the title
     */
    public String title(Language language) {
        return engine.with(e -> Native.bands_title(scheme, language.code()));
    }

    /**
     * How many bands it has.
     *
     * @return 2 to 5
     */
    public int count() {
        return engine.with(e -> (int) Native.bands_count(scheme));
    }

    /**
     * The share of full marks from which on a band is given.
     *
     * @param band 0 for the best
     * @return a share; NaN for what is no band
     */
    public double from(int band) {
        return engine.with(e -> Native.bands_from(scheme, band));
    }

    /**
     * The band of one score.
     *
     * @param score in marks; NaN is no score
     * @param full full marks of the paper
     * @return a band, or why there is none
     */
    public Band of(double score, double full) {
        return engine.with(e -> band(Native.bands_of(scheme, score, full)));
    }

    /**
     * The band of one cell: {@code 84.5}, {@code 84.5分}, {@code 84/100}, {@code 缺考}, {@code -}.
     *
     * @param cell the text; null is an empty cell
     * @param full full marks; 0 when only the cell says them
     * @return a band, or why there is none
     */
    public Band of(@Nullable String cell, double full) {
        byte[] text = Utf8.encode(cell);
        return engine.with(e -> band(Native.bands_of_text(scheme, text, full)));
    }

    /**
     * The codes of a column of scores, at memory speed.
     *
     * @param scores in marks
     * @param full full marks of all
     * @return for each its {@link Band#code}
     */
    public int[] of(double[] scores, double full) {
        return engine.with(e -> {
            int[] codes = new int[scores.length];
            Native.java_bands_of_column(scheme, scores, full, codes);
            return codes;
        });
    }

    /**
     * A code as a band.
     *
     * @param code as {@link #of(double[], double)} gives them
     * @return the band
     */
    public Band band(int code) {
        return engine.with(e -> new Band(code, Band.Status.of(code), Map.of(Language.ZH, Native.bands_text(scheme, code, 0),
                Language.EN, Native.bands_text(scheme, code, 1))));
    }

    /**
     * Starts to turn a whole score sheet into bands.
     *
     * @return an empty sheet that the caller closes; say full marks where the file does not, then
     *     {@link BandSheet#read(Path)}
     */
    public BandSheet sheet() {
        return engine.with(e -> new BandSheet(scheme));
    }
}
