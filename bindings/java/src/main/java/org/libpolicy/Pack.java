package org.libpolicy;

import java.util.Map;

/**
 * A pack that an engine was built from.
 *
 * @param name its name
 * @param version its version
 * @param titles what people call it, by language
 */
public record Pack(String name, String version, Map<Language, String> titles) {
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
