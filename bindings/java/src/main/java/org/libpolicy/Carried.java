package org.libpolicy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.libpolicy.internal.Native;

/**
 * What became of one measure, rule or record type when a ledger was restored or moved to other rules.
 *
 * @param name id of the measure or rule, or name of the type
 * @param outcome what became of it
 * @param messages one line for people, by language
 */
public record Carried(String name, Outcome outcome, Map<Language, String> messages) {
    /** What became of a part of a ledger. */
    public enum Outcome {
        /** It is there, as if nothing had changed. */
        CARRIED,
        /** It means something else now and was left behind; unknown from now on. */
        CHANGED,
        /** The rules have none of that name; left behind. */
        GONE,
        /** It is new, and what was posted before is not in it: unknown. */
        NEW,
        /** An outcome of a newer library that this jar does not know. */
        UNRECOGNIZED
    }

    private static final Outcome[] OUTCOMES = Outcome.values();

    /**
     * One line for people.
     *
     * @param language which
     * @return the line
     */
    public String message(Language language) {
        return messages.getOrDefault(language, "");
    }

    /** The lines of a native list, which is freed. */
    static List<Carried> take(long carry) {
        try {
            List<Carried> all = new ArrayList<>();
            for (long i = 0, n = Native.carry_count(carry); i < n; i++) {
                long at = i;
                int what = Native.carry_what(carry, i);
                all.add(new Carried(Native.carry_name(carry, i),
                        what >= 0 && what < OUTCOMES.length ? OUTCOMES[what] : Outcome.UNRECOGNIZED,
                        Finding.texts((language, out) -> Native.carry_message(carry, at, language, out))));
            }
            return Collections.unmodifiableList(all);
        } finally {
            Native.carry_free(carry);
        }
    }
}
