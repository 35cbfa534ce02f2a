package org.libpolicy;

import java.util.Locale;

/** Languages in which texts for people can be had. */
public enum Language {
    /** Chinese. */
    ZH(0),
    /** English. */
    EN(1);

    private final int code;

    Language(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /**
     * The language of this Java's default locale: Chinese for {@code zh}, English for any other.
     *
     * @return the language
     */
    public static Language ofDefaultLocale() {
        return "zh".equals(Locale.getDefault().getLanguage()) ? ZH : EN;
    }
}
