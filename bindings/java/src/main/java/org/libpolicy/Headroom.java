package org.libpolicy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.libpolicy.internal.Native;

/**
 * How much is left of one limit for one group.
 *
 * @param rule the rule's id
 * @param keys the group's keys, in order; one that is not known has kind {@link Datum.Kind#NONE}
 * @param bound what side of the value the limit is on
 * @param value the value now
 * @param limit the bound
 * @param warning the warning threshold on the same side
 * @param left what is left; negative when the bound is broken; empty when it cannot be told
 * @param units the unit of value, limit and rest, by language; empty without one
 * @param missing fields whose missing values keep it from being exact
 * @param messages the line for people, by language
 */
public record Headroom(String rule, Map<String, Datum> keys, Bound bound, Optional<Datum> value, Optional<Datum> limit,
        Optional<Datum> warning, Optional<Datum> left, Map<Language, String> units, List<String> missing,
        Map<Language, String> messages) {

    /** What side of the value a limit is on. */
    public enum Bound {
        /** The value may be as much. */
        AT_MOST,
        /** The value must be as much. */
        AT_LEAST,
        /** The value must be just that. */
        EXACTLY,
        /** A bound of a newer library that this jar does not know. */
        UNRECOGNIZED
    }

    private static final Bound[] BOUNDS = Bound.values();

    /**
     * The line for people.
     *
     * @param language which
     * @return such as {@code 三年级2班 11月22日：上限60分钟，已布置45分钟，还可布置15分钟}
     */
    public String message(Language language) {
        return messages.getOrDefault(language, "");
    }

    /** All lines of a native list. */
    static List<Headroom> readAll(long list) {
        List<Headroom> all = new ArrayList<>();
        for (long i = 0, n = Native.headroom_count(list); i < n; i++) {
            all.add(read(list, i));
        }
        return Collections.unmodifiableList(all);
    }

    private static Headroom read(long list, long i) {
        Map<String, Datum> keys = new LinkedHashMap<>();
        for (long k = 0, n = Native.headroom_key_count(list, i); k < n; k++) {
            keys.put(Native.headroom_key_name(list, i, k), (Datum) Native.headroom_key(list, i, k));
        }
        List<String> missing = new ArrayList<>();
        for (long k = 0, n = Native.headroom_missing_count(list, i); k < n; k++) {
            missing.add(Native.headroom_missing(list, i, k));
        }
        int bound = Native.headroom_bound(list, i);
        return new Headroom(Native.headroom_rule(list, i), Collections.unmodifiableMap(keys),
                bound >= 0 && bound < BOUNDS.length ? BOUNDS[bound] : Bound.UNRECOGNIZED,
                Finding.some((Datum) Native.headroom_value(list, i)), Finding.some((Datum) Native.headroom_limit(list, i)),
                Finding.some((Datum) Native.headroom_warning(list, i)), Finding.some((Datum) Native.headroom_left(list, i)),
                Map.of(Language.ZH, Native.headroom_unit(list, i, 0), Language.EN, Native.headroom_unit(list, i, 1)),
                Collections.unmodifiableList(missing),
                Finding.texts((language, out) -> Native.headroom_message(list, i, language, out)));
    }
}
