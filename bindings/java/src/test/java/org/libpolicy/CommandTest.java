package org.libpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What Java finds is what the command finds, on the sample data of a district. */
class CommandTest {
    private static final List<String> FILES = List.of("school=school.csv", "homework=homework.csv", "exam=exam.csv",
            "score_table=scores_ranked.csv", "score_table=scores_banded.csv");

    static List<JsonObject> fromCommand() throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(Samples.COMMAND.toString(), "check", "--format", "jsonl", "-r",
                Samples.SOURCE.resolve("rules/huancui-2021").toString(), "--as-of", "2022-01-25"));
        FILES.forEach(file -> words.add(file.replace("=", "=" + Samples.DATA + "/")));
        Process process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor());
        return out.lines().map(line -> JsonParser.parseString(line).getAsJsonObject()).toList();
    }

    static PolicyFindings fromJava(PolicyLedger ledger) {
        ledger.asOf(LocalDate.of(2022, 1, 25)).evidence(1000);
        for (String file : FILES) {
            String[] parts = file.split("=");
            ledger.feedCsv(parts[0], Samples.DATA.resolve(parts[1]));
        }
        return ledger.findings();
    }

    @Test
    void findingsEqualTheCommands() throws Exception {
        List<JsonObject> expected = fromCommand();
        assertTrue(expected.size() > 300);
        try (PolicyLedger ledger = Samples.ENGINE.ledger(); PolicyFindings findings = fromJava(ledger)) {
            List<Finding> all = findings.toList();
            assertEquals(expected.size(), all.size());
            for (int i = 0; i < all.size(); i++) {
                compare(expected.get(i), all.get(i));
            }
        }
    }

    private static void compare(JsonObject expected, Finding finding) {
        assertEquals(expected.get("rule").getAsString(), finding.rule());
        assertEquals(text(expected.get("clause")), finding.clause());
        assertEquals(expected.get("result").getAsString(), finding.verdict().name().toLowerCase());
        assertEquals(expected.get("severity").getAsString(), finding.severity().name().toLowerCase());
        assertEquals(expected.get("record").getAsString(), finding.table());
        JsonObject key = expected.getAsJsonObject("key");
        assertEquals(List.copyOf(key.keySet()), List.copyOf(finding.keys().keySet()));
        finding.keys().forEach((name, value) -> assertEquals(text(key.get(name)), value.text(), finding::toString));
        assertNumber(expected.get("value"), finding.value());
        assertNumber(expected.get("limit"), finding.limit());
        JsonArray rows = expected.getAsJsonArray("rows");
        List<Long> numbers = new ArrayList<>();
        rows.forEach(row -> numbers.add(row.getAsLong()));
        if (!finding.rows().isEmpty()) {
            assertEquals(numbers, finding.rows().stream().filter(r -> r.source().equals(finding.rows().get(0).source()))
                    .map(Finding.Row::number).toList());
        } else {
            assertEquals(List.of(), numbers);
        }
        List<String> missing = new ArrayList<>();
        expected.getAsJsonArray("missing").forEach(name -> missing.add(name.getAsString()));
        assertEquals(missing, finding.missing());
        assertEquals(expected.getAsJsonObject("message").get("zh").getAsString(), finding.message(Language.ZH));
        assertEquals(expected.getAsJsonObject("message").get("en").getAsString(), finding.message(Language.EN));
    }

    private static String text(JsonElement element) {
        return element == null || element.isJsonNull() ? "" : element.getAsString();
    }

    private static void assertNumber(JsonElement expected, Optional<Datum> datum) {
        if (expected == null || expected.isJsonNull()) {
            assertTrue(datum.isEmpty(), datum::toString);
        } else if (expected.isJsonPrimitive() && expected.getAsJsonPrimitive().isNumber()) {
            assertEquals(expected.getAsDouble(), Double.parseDouble(datum.orElseThrow().text()));
        } else {
            assertEquals(expected.getAsString(), datum.orElseThrow().text());
        }
    }
}
