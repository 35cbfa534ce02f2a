package org.libpolicy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Uses a bit of everything; run in a Java of its own by HostileTest. */
final class Exercise {
    private Exercise() {}

    public static void main(String[] arguments) throws Exception {
        PolicyEngine engine = PolicyEngine.load("huancui-2021");
        if (arguments.length == 2 && arguments[0].equals("many")) {
            makeMany(engine, Integer.parseInt(arguments[1]));
            return;
        }
        try (PolicyLedger ledger = engine.ledger()) {
            for (int i = 0; i < 20; i++) {
                List<Finding> findings = ledger.check("homework", Samples.homework("长征小学🙂", "三年级", 75));
                if (findings.isEmpty() || !findings.get(0).message(Language.ZH).contains("长征小学🙂")) {
                    throw new AssertionError(findings);
                }
            }
            ledger.feed("homework", List.of(Samples.homework("a", "三年级", 1), Samples.homework("b", "三年级", 2)));
            ledger.feedCsv("exam", "exam.csv", new ByteArrayInputStream(Files.readAllBytes(Samples.DATA.resolve("exam.csv"))));
            try (PolicyFindings findings = ledger.findings()) {
                findings.forEach(Finding::toString);
            }
            ledger.notices();
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            ledger.save(saved);
            engine.restore(new ByteArrayInputStream(saved.toByteArray())).ledger().close();
            try (PolicyRecord record = engine.record("homework")) {
                record.fillJson("{\"school\": \"长征小学\", \"minutes\": 75}").setCode(record.type().field("form"),
                        engine.code("homework", "form", "书面").orElseThrow());
                ledger.checkWithHeadroom(record);
            }
        }
        try (PolicySuite suite = engine.suite(Samples.SOURCE.resolve("rules/huancui-2021").toString())) {
            suite.run(suite.cases().get(0), Language.ZH);
        }
        Expressions.evaluate("x", Map.of("x", List.of("🙂", 1)));
        engine.explain("", Language.EN);
        engine.lint();
        engine.bandSchemes().get(0).of("缺考", 100);
        engine.bandSchemes().get(0).of(new double[] {1, 2, 3}, 100);
        try {
            engine.explain("nothing", Language.ZH);
            throw new AssertionError("found");
        } catch (PolicyException e) {
            engine.close();
        }
    }

    /** Makes and closes so many records, and an eighth as many ledgers; says by how many KB the second half made memory grow. */
    private static void makeMany(PolicyEngine engine, int rounds) throws IOException {
        long before = 0;
        for (int i = 0; i < rounds; i++) {
            if (i == rounds / 2) {
                before = residentKilobytes();
            }
            try (PolicyRecord record = engine.record("homework")) {
                record.set(0, "a");
            }
            if (i % 8 == 0) {
                engine.ledger().close();
            }
        }
        System.out.println("grown " + (residentKilobytes() - before) + " KB");
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith("VmRSS"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("[^0-9]", ""))).sum();
    }
}
