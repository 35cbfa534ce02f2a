package org.libpolicy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.libpolicy.internal.Json;
import org.libpolicy.internal.Native;
import org.libpolicy.internal.NativeLoader;
import org.libpolicy.internal.Utf8;

/** Single expressions of the rule language, outside any rule. For any number of threads. */
public final class Expressions {
    /**
     * The value of an expression that depends on variables without a value.
     *
     * @param missing their names
     */
    public record Unknown(List<String> missing) {}

    private Expressions() {}

    /**
     * Evaluates an expression: {@code evaluate("minutes <= cap", Map.of("minutes", 45, "cap", 60))}.
     *
     * @param expression the text
     * @param variables by name: null, Boolean, whole numbers (a {@link BigInteger} is unsigned), Double or Float, CharSequence,
     *     byte[], LocalDate, LocalTime (a duration since midnight), Instant, Duration, and Lists and Maps of these
     * @return null, a Boolean, Long, BigInteger (unsigned), Double, String, byte[], LocalDate, Instant, Duration, List or Map; a
     *     type as a String of its name
     * @throws PolicyException if the expression is wrong ({@link Status#SYNTAX}), or breaks as it runs ({@link Status#EVALUATE})
     */
    public static @Nullable Object evaluate(String expression, Map<String, ?> variables) {
        return evaluate(expression, variables, Map.of());
    }

    /**
     * Evaluates an expression, some of whose variables may have no value.
     *
     * @param expression the text
     * @param variables as for {@link #evaluate(String, Map)}
     * @param types static types by name, such as {@code int} or {@code list(string)}, of variables without a value
     * @return as {@link #evaluate(String, Map)}, or {@link Unknown}
     * @throws PolicyException as {@link #evaluate(String, Map)}
     */
    public static @Nullable Object evaluate(String expression, Map<String, ?> variables, Map<String, String> types) {
        Map<String, Object> typed = new LinkedHashMap<>();
        variables.forEach((name, value) -> typed.put(name, typed(value)));
        Map<?, ?> reply = ask(expression, typed, types, false);
        return "unknown".equals(reply.get("type"))
                ? new Unknown(((List<?>) reply.get("missing")).stream().map(String.class::cast).toList())
                : plain(reply);
    }

    /**
     * Checks an expression without a value for anything.
     *
     * @param expression the text
     * @param types static types of its variables
     * @return the type of its value, such as {@code bool}
     * @throws PolicyException if it is wrong, with line and column
     */
    public static String check(String expression, Map<String, String> types) {
        return (String) ask(expression, Map.of(), types, true).get("checked");
    }

    private static Map<?, ?> ask(String expression, Map<String, Object> typed, Map<String, String> types, boolean check) {
        NativeLoader.ensure();
        StringBuilder request = new StringBuilder();
        Json.write(request, Map.of("expr", expression, "typed", typed, "types", types, "check", check));
        byte[] bytes = Utf8.encode(request.toString());
        Map<?, ?> reply = reply(bytes, Language.EN);
        if (reply.get("error") instanceof String english) {
            Status status = Status.SYNTAX;
            if (!check) {
                // What is wrong as it stands is wrong whatever the values are.
                request.setLength(0);
                Json.write(request, Map.of("expr", expression, "typed", typed, "types", types, "check", true));
                status = reply(Utf8.encode(request.toString()), Language.EN).containsKey("error") ? status : Status.EVALUATE;
            }
            throw new PolicyException(status, status.code(), List.of(new Problem(status,
                    (String) reply(bytes, Language.ZH).get("error"), english, null, number(reply.get("line")),
                    number(reply.get("column")), null, null, null, 0, 0, null)));
        }
        return reply;
    }

    private static int number(@Nullable Object value) {
        return value instanceof Double number ? number.intValue() : 0;
    }

    private static Map<?, ?> reply(byte[] request, Language language) {
        byte[][] reply = new byte[1][];
        Native.expression_evaluate(0, request, language.code(), reply);
        return (Map<?, ?>) Json.read(Utf8.decode(reply[0]));
    }

    // ---- values, as include/policy/expression.h spells them

    private static Map<String, Object> typed(@Nullable Object value) {
        if (value == null) {
            Map<String, Object> nothing = new LinkedHashMap<>();
            nothing.put("type", "null");
            nothing.put("value", null);
            return nothing;
        } else if (value instanceof Boolean) {
            return typed("bool", value);
        } else if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return typed("int", value.toString());
        } else if (value instanceof BigInteger) {
            return typed("uint", value.toString());
        } else if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
            double number = ((Number) value).doubleValue();
            return typed("double", Double.isFinite(number) ? (Object) number : Double.toString(number));
        } else if (value instanceof CharSequence) {
            return typed("string", value.toString());
        } else if (value instanceof byte[] bytes) {
            return typed("bytes", Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof LocalDate) {
            return typed("date", value.toString());
        } else if (value instanceof Instant) {
            return typed("timestamp", value.toString());
        } else if (value instanceof LocalTime time) {
            return typed(Duration.ofNanos(time.toNanoOfDay()));
        } else if (value instanceof Duration duration) {
            return typed("duration", BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9))
                    .toPlainString() + "s");
        } else if (value instanceof List<?> list) {
            List<Object> all = new ArrayList<>();
            list.forEach(one -> all.add(typed(one)));
            return typed("list", all);
        } else if (value instanceof Map<?, ?> map) {
            List<Object> all = new ArrayList<>();
            map.forEach((key, one) -> all.add(List.of(typed(key), typed(one))));
            return typed("map", all);
        }
        throw new IllegalArgumentException("a value of " + value.getClass().getName() + " has no place in an expression");
    }

    private static Map<String, Object> typed(String type, Object value) {
        return Map.of("type", type, "value", value);
    }

    private static @Nullable Object plain(Map<?, ?> typed) {
        Object value = typed.get("value");
        return switch ((String) typed.get("type")) {
            case "int" -> Long.valueOf((String) value);
            case "uint" -> new BigInteger((String) value);
            case "double" -> value instanceof String name ? Double.valueOf(name) : value;
            case "bytes" -> Base64.getDecoder().decode((String) value);
            case "date" -> LocalDate.parse((String) value);
            case "timestamp" -> OffsetDateTime.parse((String) value).toInstant();
            case "duration" -> duration((String) value);
            case "list" -> {
                List<@Nullable Object> all = new ArrayList<>();
                for (Object one : (List<?>) value) {
                    all.add(plain((Map<?, ?>) one));
                }
                yield all;
            }
            case "map" -> {
                Map<@Nullable Object, @Nullable Object> all = new LinkedHashMap<>();
                for (Object entry : (List<?>) value) {
                    List<?> pair = (List<?>) entry;
                    all.put(plain((Map<?, ?>) pair.get(0)), plain((Map<?, ?>) pair.get(1)));
                }
                yield all;
            }
            default -> value; // null, bool, string, type
        };
    }

    private static Duration duration(String seconds) {
        BigDecimal exact = new BigDecimal(seconds.substring(0, seconds.length() - 1));
        BigInteger nanos = exact.movePointRight(9).toBigInteger();
        BigInteger[] parts = nanos.divideAndRemainder(BigInteger.valueOf(1_000_000_000));
        return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact());
    }
}
