package org.libpolicy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Single expressions, and every kind of value on its way there and back. */
class ExpressionsTest {
    @Test
    void anExpressionOfVariablesHasAValue() {
        assertEquals(true, Expressions.evaluate("minutes <= cap", Map.of("minutes", 45, "cap", 60)));
        assertEquals(false, Expressions.evaluate("contains_any(name, words)",
                Map.of("name", "期末考试", "words", List.of("月考", "单元"))));
    }

    @Test
    void valuesComeBackAsTheyWent() {
        for (Object value : List.of(true, 9007199254740993L, -1L, new BigInteger("18446744073709551615"), 0.1, Double.NaN,
                Double.NEGATIVE_INFINITY, "环翠 🙂 \"\\\n\t\u0001\u007f", "", LocalDate.of(2021, 11, 19),
                Instant.parse("2021-11-19T09:30:00.25Z"), Duration.ofMillis(-1500), Duration.ofSeconds(90),
                List.of(1L, "a", List.of()), Map.of("a", LocalDate.EPOCH, "b", Map.of()))) {
            assertEquals(value, Expressions.evaluate("x", Map.of("x", value)));
        }
        assertArrayEquals(new byte[] {0, -1, 65}, (byte[]) Expressions.evaluate("x", Map.of("x", new byte[] {0, -1, 65})));
        assertNull(Expressions.evaluate("x", Collections.singletonMap("x", null)));
        assertEquals(Arrays.asList(1L, null), Expressions.evaluate("[1, null]", Map.of()));
        assertEquals(true, Expressions.evaluate("end > time('17:30')", Map.of("end", LocalTime.of(17, 31))));
        assertThrows(IllegalArgumentException.class, () -> Expressions.evaluate("x", Map.of("x", new Object())));
        assertThrows(IllegalArgumentException.class, () -> Expressions.evaluate("'\ud83d'", Map.of()));
    }

    @Test
    void aVariableWithoutAValueMakesTheAnswerUnknown() {
        assertEquals(new Expressions.Unknown(List.of("x")), Expressions.evaluate("x > 3", Map.of(), Map.of("x", "int")));
        assertEquals(false, Expressions.evaluate("x > 3 && y", Map.of("y", false), Map.of("x", "int")));
    }

    @Test
    void whatIsWrongIsToldFromWhatBreaks() {
        PolicyException wrong = assertThrows(PolicyException.class, () -> Expressions.evaluate("1 +", Map.of()));
        assertEquals(Status.SYNTAX, wrong.status());
        assertEquals(OptionalInt.of(1), wrong.line());
        PolicyException broken = assertThrows(PolicyException.class, () -> Expressions.evaluate("1 / n", Map.of("n", 0)));
        assertEquals(Status.EVALUATE, broken.status());
        assertTrue(broken.problems().get(0).message(Language.ZH).contains("除数"), broken.getMessage());
        assertEquals("list(int)", Expressions.check("[x]", Map.of("x", "int")));
        assertEquals(Status.SYNTAX,
                assertThrows(PolicyException.class, () -> Expressions.check("x + 'a'", Map.of("x", "int"))).status());
        List<Object> deep = List.of();
        for (int i = 0; i < 1000; i++) {
            deep = List.of(deep);
        }
        Object nested = deep;
        assertEquals(Status.LIMIT, assertThrows(PolicyException.class,
                () -> Expressions.evaluate("x", Map.of("x", nested))).status());
    }
}
