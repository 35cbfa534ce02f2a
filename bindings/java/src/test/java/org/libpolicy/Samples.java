package org.libpolicy;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

/** What several tests start from. */
final class Samples {
    static final Path SOURCE = Path.of(System.getProperty("policy.source")).toAbsolutePath().normalize();
    static final Path DATA = SOURCE.resolve("tests/data");
    static final Path COMMAND = Path.of(System.getProperty("policy.command"));
    static final LocalDate DAY = LocalDate.of(2021, 12, 1);

    private Samples() {}

    /** The engine of the README. Made once, shared by all tests, closed by none. */
    static final PolicyEngine ENGINE = PolicyEngine.load("huancui-2021");

    static Map<String, Object> homework(String school, String grade, int minutes) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("school", school);
        values.put("grade", grade);
        values.put("class", "2班");
        values.put("subject", "数学");
        values.put("assigned", DAY);
        values.put("due", null);
        values.put("form", "书面");
        values.put("place", "school");
        values.put("mandatory", true);
        values.put("minutes", minutes);
        return values;
    }
}
