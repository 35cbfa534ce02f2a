package org.libpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Packs from the jar, from folders and from memory, and what is said when they are wrong. */
class LoadTest {
    private static final String PACK = """
            pack: local
            version: "1.0"
            title: {zh: 本地, en: local}
            schema: school
            rules:
            - id: local.minutes
              table: homework
              deny: %s
              message: {zh: 太长, en: too long}
            """;

    @Test
    void packsComeFromMemory() {
        try (PolicyEngine engine = PolicyEngine.builder().loadText("local.yaml", PACK.formatted("minutes > 10")).build();
                PolicyLedger ledger = engine.ledger()) {
            List<Finding> findings = ledger.check("homework", Samples.homework("a", "三年级", 11));
            assertEquals(List.of("too long"), findings.stream().map(f -> f.message(Language.EN)).toList());
        }
    }

    @Test
    void anErrorHasFileLineColumnAndTheNearestName() {
        PolicyException e = assertThrows(PolicyException.class,
                () -> PolicyEngine.builder().loadText("local.yaml", PACK.formatted("minuts > 10")).build());
        assertEquals(Optional.of("local.yaml"), e.file());
        assertEquals(OptionalInt.of(8), e.line());
        assertEquals(OptionalInt.of(9), e.column());
        assertEquals(Optional.of("local.minutes"), e.rule());
        assertEquals(Optional.of("minutes"), e.nearest());
        assertEquals("local.yaml:8:9", e.problems().get(0).place());
        assertTrue(e.getMessage().startsWith("local.yaml:8:9: "), e.getMessage());
        assertTrue(e.problems().get(0).excerpt().contains("^"));
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnce() {
        String two = PACK.formatted("minuts > 10") + """
                - id: local.other
                  table: homework
                  deny: gradee > 3
                  message: {zh: 太长, en: too long}
                """;
        PolicyException e = assertThrows(PolicyException.class,
                () -> PolicyEngine.builder().loadText("local.yaml", two).build());
        assertEquals(List.of(8, 12), e.problems().stream().map(Problem::line).toList());
    }

    @Test
    void overlaysTightenAndParametersPassTheGate() {
        try (PolicyEngine engine = PolicyEngine.builder().load("huancui-2021").param("minutes", "{primary: 45}").build();
                PolicyLedger ledger = engine.ledger()) {
            assertTrue(ledger.check("homework", Samples.homework("a", "三年级", 46)).stream()
                    .anyMatch(f -> f.limit().filter(l -> l.text().equals("45")).isPresent()));
        }
        PolicyException loosened = assertThrows(PolicyException.class,
                () -> PolicyEngine.builder().load("huancui-2021").param("minutes", "{primary: 90}").build());
        assertEquals(Status.TIGHTEN, loosened.status());
    }

    @Test
    void foldersAndBundledPacks() {
        try (PolicyEngine engine = PolicyEngine.builder().withoutBundledPacks()
                .directory(Samples.SOURCE.resolve("rules")).load("huancui-2021").build()) {
            assertEquals(Samples.ENGINE.rules(), engine.rules());
            assertEquals(List.of(), engine.lint());
        }
        try (PolicyEngine engine = PolicyEngine.builder().load(Samples.SOURCE.resolve("rules/national-2021")).build()) {
            assertEquals("national-2021", engine.packs().get(0).name());
        }
        assertEquals(Status.NOT_FOUND, assertThrows(PolicyException.class, () -> PolicyEngine.load("huancui-2022")).status());
    }

    @Test
    void limitsCanBeMoved() {
        PolicyException e = assertThrows(PolicyException.class,
                () -> PolicyEngine.builder().limit(Limit.PACK_BYTES, 100).load("huancui-2021").build());
        assertEquals(Status.LIMIT, e.status());
        assertThrows(PolicyException.class, () -> PolicyEngine.builder().limit(Limit.PACK_BYTES, 0).build());
    }
}
