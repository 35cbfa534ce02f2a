package org.libpolicy;

import java.util.Map;
import org.libpolicy.internal.Native;
import org.libpolicy.internal.Utf8;

/**
 * Something that a person should know about the data, though it is no failure.
 *
 * @param kind what it is about
 * @param type record type; empty when none
 * @param source file; empty when none
 * @param row from 1, the first row below the header; 0 when none
 * @param column header or field; empty when none
 * @param text the cell's text; empty when none
 * @param messages one sentence without the place, by language
 */
public record Notice(NoticeKind kind, String type, String source, long row, String column, String text,
        Map<Language, String> messages) {

    /**
     * The sentence in a language.
     *
     * @param language which
     * @return without the place
     */
    public String message(Language language) {
        return messages.getOrDefault(language, "");
    }

    static Notice read(long notice) {
        byte[][] text = new byte[1][];
        Native.notice_message(notice, Language.ZH.code(), text);
        String zh = Utf8.decode(text[0]);
        Native.notice_message(notice, Language.EN.code(), text);
        return new Notice(NoticeKind.of(Native.notice_kind_of(notice)), Native.notice_type(notice),
                Native.notice_source(notice), Native.notice_row(notice), Native.notice_column(notice),
                Native.notice_text(notice), Map.of(Language.ZH, zh, Language.EN, Utf8.decode(text[0])));
    }
}
