package org.libpolicy;

import java.util.Map;

/**
 * A rule of an engine.
 *
 * @param id its id
 * @param clause the clause it holds; empty when it names none
 * @param table the record type or measure it judges
 * @param severity how grave a failure is
 * @param titles what people call it, by language
 */
public record Rule(String id, String clause, String table, Severity severity, Map<Language, String> titles) {
    /**
     * What people call it.
     *
     * @param language which
     * @return the title in that language, else in the other, else its plain name
     */
    public String title(Language language) {
        return titles.getOrDefault(language, "");
    }
}
