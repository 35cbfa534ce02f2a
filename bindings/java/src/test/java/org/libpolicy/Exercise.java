package org.libpolicy;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.util.List;

/** Uses a bit of everything; run in a Java of its own by HostileTest. */
final class Exercise {
    private Exercise() {}

    public static void main(String[] arguments) throws Exception {
        PolicyEngine engine = PolicyEngine.load("huancui-2021");
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
        }
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
}
