package org.libpolicy.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON that the library speaks about expressions: written from, and read into, Map, List, String, Double, Boolean and
 * null. The library refuses requests that are nested too deep, and replies in kind.
 */
public final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** Appends a value. */
    public static void write(StringBuilder into, Object value) {
        if (value instanceof Map<?, ?> map) {
            String before = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                into.append(before);
                quote(into, (String) entry.getKey());
                into.append(':');
                write(into, entry.getValue());
                before = ",";
            }
            into.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> list) {
            String before = "[";
            for (Object one : list) {
                into.append(before);
                write(into, one);
                before = ",";
            }
            into.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof String string) {
            quote(into, string);
        } else {
            into.append(value); // null, Boolean, Double: as Java writes them
        }
    }

    private static void quote(StringBuilder into, String string) {
        into.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                into.append('\\').append(c);
            } else if (c < 0x20) {
                into.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                into.append(c);
            }
        }
        into.append('"');
    }

    /** The value of a text that the library wrote. */
    public static Object read(String text) {
        return new Json(text).value();
    }

    private char next() {
        while (at < text.length() && text.charAt(at) <= ' ') {
            at++;
        }
        if (at >= text.length()) {
            throw broken();
        }
        return text.charAt(at);
    }

    private IllegalStateException broken() {
        return new IllegalStateException("a reply that is not JSON: " + text);
    }

    private boolean ends(char end) {
        if (next() == end) {
            at++;
            return true;
        }
        if (text.charAt(at) == ',') {
            at++;
        }
        return false;
    }

    private Object value() {
        char c = next();
        if (c == '{') {
            at++;
            Map<String, Object> map = new LinkedHashMap<>();
            while (!ends('}')) {
                next();
                String key = string();
                if (next() != ':') {
                    throw broken();
                }
                at++;
                map.put(key, value());
            }
            return map;
        } else if (c == '[') {
            at++;
            List<Object> list = new ArrayList<>();
            while (!ends(']')) {
                list.add(value());
            }
            return list;
        } else if (c == '"') {
            return string();
        }
        int from = at;
        while (at < text.length() && ",]} \n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String word = text.substring(from, at);
        return switch (word) {
            case "null" -> null;
            case "true", "false" -> Boolean.valueOf(word);
            default -> {
                if (word.isEmpty()) {
                    throw broken();
                }
                yield Double.valueOf(word);
            }
        };
    }

    private String string() {
        if (text.charAt(at) != '"') {
            throw broken();
        }
        StringBuilder out = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return out.toString();
            }
            if (c != '\\') {
                out.append(c);
                continue;
            }
            if (++at >= text.length()) {
                break;
            }
            c = text.charAt(at);
            switch (c) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'u' -> {
                    if (at + 4 >= text.length()) {
                        throw broken();
                    }
                    out.append((char) Integer.parseInt(text, at + 1, at + 5, 16));
                    at += 4;
                }
                default -> out.append(c);
            }
        }
        throw broken();
    }
}
