package org.libpolicy.internal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Strings to UTF-8 and back, without Java's modified form and without replacing what cannot be written. */
public final class Utf8 {
    private Utf8() {}

    /** The bytes of a text; null for null. Half of a surrogate pair is an IllegalArgumentException. */
    public static byte[] encode(String text) {
        if (text == null) {
            return null;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (text.length() <= bytes.length) {
            for (int i = 0; i < text.length(); i++) {
                if (Character.isSurrogate(text.charAt(i))) {
                    return strict(text);
                }
            }
        }
        return bytes;
    }

    private static byte[] strict(String text) {
        try {
            ByteBuffer buffer = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("half of a surrogate pair cannot be written as UTF-8", e);
        }
    }

    /** The bytes of a name, path or the like, which C reads up to the first NUL and which therefore must not hold one. */
    public static byte[] terminated(String text) {
        if (text != null && text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a NUL character is not allowed here");
        }
        return encode(text);
    }

    /** The text of bytes; null for null. */
    public static String decode(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
