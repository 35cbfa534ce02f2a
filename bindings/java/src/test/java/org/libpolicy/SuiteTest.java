package org.libpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.libpolicy.Samples.ENGINE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases of a pack, run from Java. */
class SuiteTest {
    private static final String CASES = """
            cases:
            - name: an hour and a quarter is too long
              rule: homework.daily-minutes.primary
              given:
                homework:
                - {school: 长征小学, grade: 3, class: 2班, assigned: 2021-12-01, form: written, place: school, mandatory: true, minutes: 75}
              expect:
              - {result: %s}
            """;

    private static Path cases(Path folder, String result) throws IOException {
        return Files.writeString(folder.resolve("cases.yaml"), CASES.formatted(result));
    }

    @Test
    void aPacksOwnCasesPass() {
        try (PolicySuite suite = ENGINE.suite(Samples.SOURCE.resolve("rules/huancui-2021").toString())) {
            assertTrue(suite.cases().size() > 50);
            for (PolicySuite.Case one : suite.cases()) {
                assertEquals(Optional.empty(), suite.run(one, Language.EN), one::toString);
            }
        }
    }

    @Test
    void aCaseThatExpectsOtherwiseSaysWhatCame(@TempDir Path folder) throws IOException {
        try (PolicySuite suite = ENGINE.suite(cases(folder, "fail").toString())) {
            PolicySuite.Case one = suite.cases().get(0);
            assertEquals("an hour and a quarter is too long", one.name());
            assertEquals(2, one.line());
            assertTrue(one.file().endsWith("cases.yaml"), one.file());
            assertEquals(Optional.empty(), suite.run(one, Language.ZH));
            assertThrows(IllegalArgumentException.class,
                    () -> suite.run(new PolicySuite.Case(1, "", "", 1), Language.ZH));
            suite.close();
            assertThrows(IllegalStateException.class, () -> suite.run(one, Language.ZH));
        }
        try (PolicySuite suite = ENGINE.suite(cases(folder, "unknown").toString())) {
            String difference = suite.run(suite.cases().get(0), Language.EN).orElseThrow();
            assertTrue(difference.contains("unknown") && difference.contains("fail"), difference);
        }
    }

    @Test
    void aSuiteThatIsNotThereIsAnException() {
        assertThrows(PolicyException.class, () -> ENGINE.suite("no-such-pack"));
    }
}
