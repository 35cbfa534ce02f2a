package org.libpolicy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.libpolicy.internal.Native;
import org.libpolicy.internal.Utf8;

/**
 * One rule's result for one record or one group. Holds everything itself: it outlives engine and ledger.
 *
 * @param rule the rule's id
 * @param clause the clause it holds; empty when it names none
 * @param quote the clause's words; empty when not known
 * @param verdict what the rule says
 * @param severity how grave it is
 * @param table the record type it comes from
 * @param keys what was judged: the keys of a group, or the fields that name a record, in order
 * @param value the measured value, of a rule about an amount
 * @param limit the limit it was held against
 * @param rows evidence, smallest (source, row) first
 * @param rowsComplete whether these are all
 * @param missing fields whose values are missing and mattered
 * @param messages the message for people, by language
 * @param nearest of a failed check: the nearest value of the record's own field that would pass
 * @param suggestions what would have to be different, by language; empty texts when there is nothing to say
 */
public record Finding(String rule, String clause, String quote, Verdict verdict, Severity severity, String table,
        Map<String, Datum> keys, Optional<Datum> value, Optional<Datum> limit, List<Row> rows, boolean rowsComplete,
        List<String> missing, Map<Language, String> messages, Optional<Datum> nearest,
        Map<Language, String> suggestions) {

    /**
     * A row of the data.
     *
     * @param source the file, or what the source was called; empty when it has no name
     * @param number from 1, the first row below the header
     */
    public record Row(String source, long number) {}

    /**
     * The message for people.
     *
     * @param language which
     * @return by the pack's template, or the library's own sentence
     */
    public String message(Language language) {
        return messages.getOrDefault(language, "");
    }

    /**
     * What would have to be different.
     *
     * @param language which
     * @return for people; empty when there is nothing to say
     */
    public String suggestion(Language language) {
        return suggestions.getOrDefault(language, "");
    }

    static Finding read(long finding) {
        int count = (int) Native.finding_key_count(finding);
        Map<String, Datum> keys = new LinkedHashMap<>(2 * count);
        for (int i = 0; i < count; i++) {
            keys.put(Native.finding_key_name(finding, i), (Datum) Native.finding_key(finding, i));
        }
        count = (int) Native.finding_row_count(finding);
        List<Row> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String source = Native.finding_row_source(finding, i);
            rows.add(new Row(source == null ? "" : source, Native.finding_row(finding, i)));
        }
        count = (int) Native.finding_missing_count(finding);
        List<String> missing = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            missing.add(Native.finding_missing(finding, i));
        }
        return new Finding(Native.finding_rule(finding), Native.finding_clause(finding), Native.finding_quote(finding),
                Verdict.of(Native.finding_verdict(finding)), Severity.of(Native.finding_severity(finding)),
                Native.finding_table(finding), Collections.unmodifiableMap(keys),
                some((Datum) Native.finding_value(finding)), some((Datum) Native.finding_limit(finding)),
                Collections.unmodifiableList(rows), Native.finding_rows_complete(finding),
                Collections.unmodifiableList(missing),
                texts((language, out) -> Native.finding_message(finding, language, out)),
                some((Datum) Native.finding_nearest(finding)),
                texts((language, out) -> Native.finding_suggestion(finding, language, out)));
    }

    /** Makes a text in a language. */
    interface Render {
        void into(int language, byte[][] out);
    }

    static Map<Language, String> texts(Render render) {
        byte[][] text = new byte[1][];
        render.into(Language.ZH.code(), text);
        String zh = Utf8.decode(text[0]);
        render.into(Language.EN.code(), text);
        return Map.of(Language.ZH, zh, Language.EN, Utf8.decode(text[0]));
    }

    static Optional<Datum> some(Datum datum) {
        return datum.kind() == Datum.Kind.NONE ? Optional.empty() : Optional.of(datum);
    }

    /** All findings of a native list. */
    static List<Finding> readAll(long findings) {
        int count = (int) Native.findings_count(findings);
        if (count == 0) {
            return List.of();
        }
        List<Finding> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(read(Native.findings_at(findings, i)));
        }
        return Collections.unmodifiableList(all);
    }
}
