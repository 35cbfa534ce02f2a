package org.libpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.libpolicy.Samples.DAY;
import static org.libpolicy.Samples.ENGINE;
import static org.libpolicy.Samples.homework;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One record at a time: asking, posting, taking back. */
class LedgerTest {
    private static final String LIMIT = "homework.daily-minutes.primary";

    private static List<Finding> failures(List<Finding> findings, String rule) {
        return findings.stream().filter(f -> f.verdict() == Verdict.FAIL && f.rule().equals(rule)).toList();
    }

    @Test
    void aCheckNamesTheClauseTheLimitAndTheGroup() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            List<Finding> findings = failures(ledger.check("homework", homework("长征小学", "三年级", 75)), LIMIT);
            assertEquals(1, findings.size());
            Finding finding = findings.get(0);
            assertEquals("2.1b", finding.clause());
            assertEquals(Severity.VIOLATION, finding.severity());
            assertEquals("长征小学3年级2班2021-12-01书面作业合计75分钟，超过上限60分钟", finding.message(Language.ZH));
            assertEquals("75", finding.value().orElseThrow().text());
            assertEquals("60", finding.limit().orElseThrow().text());
            assertEquals("长征小学", finding.keys().get("school").text());
            assertEquals(3L, finding.keys().get("grade").value());
            assertTrue(finding.quote().contains("60 分钟"), finding.quote());
            assertFalse(finding.message(Language.EN).isEmpty());
        }
    }

    @Test
    void aCheckChangesNothingAndAPostCounts() {
        try (PolicyLedger ledger = ENGINE.ledger(); PolicyRecord record = ENGINE.record("homework")) {
            record.fill(homework("长征小学", "三年级", 40));
            assertEquals(List.of(), failures(ledger.check(record), LIMIT));
            assertEquals(List.of(), failures(ledger.check(record), LIMIT));
            ledger.post(record);
            assertEquals(1, failures(ledger.check(record), LIMIT).size(), "40 and 40 are 80");
            assertEquals(1, failures(ledger.postAndReport(record), LIMIT).size());
            assertEquals(List.of(), failures(ledger.retract(record), LIMIT));
            try (PolicyFindings findings = ledger.findings()) {
                assertEquals(0, findings.count(LIMIT, Verdict.FAIL));
                assertEquals(1, findings.count(LIMIT, Verdict.PASS));
                assertEquals(1, findings.records("homework").getAsLong());
                assertTrue(findings.records("exam").isEmpty());
            }
        }
    }

    @Test
    void amendPutsOneRecordInThePlaceOfAnother() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            ledger.post("homework", homework("长征小学", "三年级", 50));
            assertEquals(List.of(), failures(ledger.amend("homework", homework("长征小学", "三年级", 50),
                    homework("长征小学", "三年级", 60)), LIMIT));
            assertEquals(1, failures(ledger.amend("homework", homework("长征小学", "三年级", 60),
                    homework("长征小学", "三年级", 61)), LIMIT).size());
            PolicyException e = assertThrows(PolicyException.class,
                    () -> ledger.retract("homework", homework("长征小学", "三年级", 50)));
            assertEquals(Status.NOT_FOUND, e.status());
        }
    }

    @Test
    void fieldsAreSetByHandle() {
        RecordType type = ENGINE.type("homework");
        try (PolicyLedger ledger = ENGINE.ledger(); PolicyRecord record = ENGINE.record("homework")) {
            record.set(type.field("school"), "长征小学").set(type.field("grade"), 3).set(type.field("class"), "2班")
                    .set(type.field("assigned"), DAY).set(type.field("form"), "written")
                    .set(type.field("mandatory"), true).set(type.field("minutes"), 61.0);
            assertEquals(1, failures(ledger.check(record), LIMIT).size());
            record.set(type.field("minutes"), 60);
            assertEquals(List.of(), failures(ledger.check(record), LIMIT));
            record.unset(type.field("minutes"));
            Finding unknown = ledger.check(record).stream().filter(f -> f.rule().equals(LIMIT)).findFirst().orElseThrow();
            assertEquals(Verdict.UNKNOWN, unknown.verdict());
            assertEquals(List.of("minutes"), unknown.missing());
        }
    }

    /** A record as a vendor has it: other names are none of the library's business. */
    record Homework(String school, String grade, String recordId, LocalDate assigned, Form form, int minutes,
            Optional<String> subject, Object secret) {}

    enum Form { WRITTEN, ORAL }

    /** A bean as a vendor has it. */
    public static final class HomeworkBean {
        public String getSchool() {
            return "长征小学";
        }

        public int getGrade() {
            return 3;
        }

        public LocalDate getAssigned() {
            return DAY;
        }

        public String getForm() {
            return "书面";
        }

        public double getMinutes() {
            return 75;
        }

        public boolean isMandatory() {
            return true;
        }
    }

    @Test
    void javaRecordsAndBeansAreRecordsToo() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            Object record = new Homework("长征小学", "三年级", "r1", DAY, Form.WRITTEN, 75, Optional.of("数学"), new Object());
            for (Object values : List.of(record, new HomeworkBean())) {
                List<Finding> findings = ledger.check("homework", values);
                assertTrue(findings.stream().anyMatch(f -> f.rule().startsWith("homework.daily")), findings::toString);
            }
            assertThrows(IllegalArgumentException.class, () -> ledger.check("homework", new Object()));
            assertThrows(IllegalArgumentException.class, () -> ledger.check("homework", "text"));
            assertThrows(IllegalArgumentException.class, () -> ledger.check("homework", Map.of("minuts", 3)));
            assertThrows(IllegalArgumentException.class, () -> ledger.check("homework", Map.of("minutes", new Object())));
        }
    }

    @Test
    void whatTheLibraryRefusesIsAnException() {
        try (PolicyLedger ledger = ENGINE.ledger(); PolicyRecord record = ENGINE.record("homework");
                PolicyRecord exam = ENGINE.record("exam")) {
            PolicyException foreign = assertThrows(PolicyException.class, () -> ledger.check(record.set(12345, 1)));
            assertEquals(Status.ARGUMENT, foreign.status());
            assertThrows(PolicyException.class, () -> ENGINE.record("homwork"));
            ledger.post(exam.fill(Map.of("school", "长征小学")));
            assertEquals(Status.STATE, assertThrows(PolicyException.class, () -> ledger.period(DAY, DAY)).status());
            PolicyException explain = assertThrows(PolicyException.class,
                    () -> ENGINE.explain("homework.daily-minutes.primry", Language.EN));
            assertEquals(Status.NOT_FOUND, explain.status());
            assertEquals(Optional.of(LIMIT), explain.nearest());
        }
    }

    @Test
    void aCheckByHandleThatFindsNothingMakesNoGarbage() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        String pack = """
                pack: one
                version: "1.0"
                title: {zh: 一, en: one}
                schema: school
                rules:
                - {id: sum, table: homework, per: [school, class], measure: sum(minutes), at_most: 60, message: {zh: 多, en: much}}
                - {id: row, table: homework, deny: minutes > 60 && form == 'written', message: {zh: 多, en: much}}
                """;
        try (PolicyEngine engine = PolicyEngine.builder().loadText("one.yaml", pack).build();
                PolicyLedger ledger = engine.ledger(); PolicyRecord record = engine.record("homework")) {
            int minutes = engine.field("homework", "minutes");
            int school = engine.field("homework", "school");
            record.fill(homework("长征小学", "三年级", 20));
            ledger.supply("homework");
            long bytes = 0;
            for (int i = 0; i < 40_000; i++) {
                if (i == 30_000) {
                    bytes = threads.getCurrentThreadAllocatedBytes();
                }
                if (!ledger.check(record.set(minutes, i % 60).set(school, "长征小学")).isEmpty()) {
                    throw new AssertionError("found something");
                }
            }
            long made = threads.getCurrentThreadAllocatedBytes() - bytes;
            assertTrue(made < 10_000, made + " bytes in 10,000 checks");
        }
    }

    @Test
    void headroomSaysWhatIsLeftAndAFailureWhatWouldPass() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            ledger.post("homework", homework("长征小学", "三年级", 45));
            Headroom left = ledger.headroom("homework", homework("长征小学", "三年级", 0)).stream()
                    .filter(h -> h.rule().equals(LIMIT)).findFirst().orElseThrow();
            assertEquals("15", left.left().orElseThrow().text());
            assertEquals("60", left.limit().orElseThrow().text());
            assertEquals(Headroom.Bound.AT_MOST, left.bound());
            assertEquals("分钟", left.units().get(Language.ZH));
            assertTrue(left.message(Language.ZH).contains("15分钟"), left.message(Language.ZH));
            Finding finding = failures(ledger.check("homework", homework("长征小学", "三年级", 20)), LIMIT).get(0);
            assertEquals("15", finding.nearest().orElseThrow().text());
            assertTrue(finding.suggestion(Language.ZH).contains("15"), finding.suggestion(Language.ZH));
        }
    }

    @Test
    void ledgersAreMergedSavedAndRestored(@TempDir Path folder) {
        try (PolicyLedger ledger = ENGINE.ledger(); PolicyLedger other = ENGINE.ledger()) {
            ledger.post("homework", homework("长征小学", "三年级", 40));
            other.post("homework", homework("长征小学", "三年级", 40));
            ledger.merge(other);
            ledger.save(folder.resolve("term.ledger"));
            PolicyEngine.Restored restored = ENGINE.restore(folder.resolve("term.ledger"));
            try (PolicyLedger kept = restored.ledger(); PolicyFindings findings = kept.findings();
                    PolicyFindings before = ledger.findings()) {
                assertTrue(restored.isComplete(), restored.parts()::toString);
                assertEquals(1, findings.count(LIMIT, Verdict.FAIL));
                assertEquals(before.toList(), findings.toList());
            }
            assertThrows(IllegalStateException.class, () -> ledger.merge(ledger));
            assertEquals(Status.IO, assertThrows(PolicyException.class, () -> ENGINE.restore(folder)).status());
        }
    }

    @Test
    void anEngineSaysWhatItHolds() {
        assertTrue(ENGINE.types().containsKey("homework"));
        assertEquals(ENGINE.types().size(), ENGINE.feedOrder().size());
        assertTrue(ENGINE.rules().stream().anyMatch(r -> r.id().equals(LIMIT) && r.clause().equals("2.1b")));
        assertEquals(List.of("national-2021", "huancui-2021"), ENGINE.packs().stream().map(Pack::name).toList());
        assertTrue(ENGINE.explain("2.1b", Language.ZH).contains("60"));
        assertEquals("作业", ENGINE.type("homework").title(Language.ZH));
        assertEquals("年级", ENGINE.type("homework").title("grade", Language.ZH));
    }

    @Test
    void aCheckWithHeadroomSaysBoth() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            ledger.post("homework", homework("长征小学", "三年级", 45));
            Check check = ledger.checkWithHeadroom("homework", homework("长征小学", "三年级", 16));
            assertFalse(check.passes());
            assertEquals(1, failures(check.findings(), LIMIT).size());
            assertEquals(ledger.headroom("homework", homework("长征小学", "三年级", 16)), check.headroom());
            assertTrue(check.headroom().stream().anyMatch(
                    h -> h.rule().equals(LIMIT) && h.left().orElseThrow().text().equals("15")), check.toString());
            assertTrue(ledger.checkWithHeadroom("homework", homework("长征小学", "三年级", 15)).passes());
        }
    }

    @Test
    void headroomIsAskedByRuleAndKeysToo() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            ledger.post("homework", homework("长征小学", "三年级", 45));
            List<Headroom> left = ledger.headroomOf(LIMIT, "长征小学", "三年级", "2班", "primary", DAY);
            assertEquals("15", left.get(0).left().orElseThrow().text());
            assertEquals(left, ledger.headroomOf(LIMIT, "长征小学", 3, "二班", "小学", "2021年12月1日"));
            assertEquals(Status.NOT_FOUND,
                    assertThrows(PolicyException.class, () -> ledger.headroomOf("homework.daily", "a")).status());
            assertEquals(Status.ARGUMENT, assertThrows(PolicyException.class, () -> ledger.headroomOf(LIMIT, "a")).status());
        }
    }

    @Test
    void aLedgerMovesToOtherRulesAndThroughStreams() throws Exception {
        try (PolicyEngine strict = PolicyEngine.builder().load("huancui-2021").param("minutes", "{primary: 45}").build();
                PolicyLedger ledger = ENGINE.ledger()) {
            ledger.post("homework", homework("长征小学", "三年级", 45));
            assertEquals(List.of(), failures(ledger.check("homework", homework("长征小学", "三年级", 5)), LIMIT));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ledger.save(bytes);
            List<Carried> parts = ledger.rebase(strict);
            assertTrue(parts.stream().anyMatch(part -> part.outcome() == Carried.Outcome.CARRIED));
            assertEquals(strict, ledger.engine());
            assertEquals(1, failures(ledger.check("homework", homework("长征小学", "三年级", 5)), LIMIT).size());
            PolicyEngine.Restored back = ENGINE.restore(new ByteArrayInputStream(bytes.toByteArray()));
            try (PolicyLedger restored = back.ledger()) {
                assertTrue(back.isComplete());
                assertEquals(1, failures(restored.check("homework", homework("长征小学", "三年级", 16)), LIMIT).size());
            }
            bytes.reset();
            bytes.writeBytes("no ledger".getBytes(StandardCharsets.UTF_8));
            assertEquals(Status.DATA, assertThrows(PolicyException.class,
                    () -> ENGINE.restore(new ByteArrayInputStream(bytes.toByteArray()))).status());
            IOException full = new IOException("full");
            assertEquals(full, assertThrows(IOException.class, () -> ledger.save(new OutputStream() {
                @Override
                public void write(int b) throws IOException {
                    throw full;
                }
            })));
        }
    }

    @Test
    void partitionKeysAreFieldsThatKeepGroupsWhole() {
        assertTrue(ENGINE.partitionKeys("homework").contains("school"), ENGINE.partitionKeys("homework").toString());
        assertEquals(List.of(), ENGINE.partitionKeys("nothing"));
    }

    @Test
    void ledgersByAFieldRefuseTypesWhoseGroupsItSplits() {
        try (PolicyLedgers bySchool = new PolicyLedgers(ENGINE, "school", 3, ledger -> {})) {
            bySchool.post("长征小学", "homework", homework("长征小学", "三年级", 45));
            assertEquals(1, failures(bySchool.check("长征小学", "homework", homework("长征小学", "三年级", 16)), LIMIT).size());
        }
        assertFalse(ENGINE.partitionKeys("homework").contains("subject"));
        try (PolicyLedgers bySubject = new PolicyLedgers(ENGINE, "subject", 3, ledger -> {})) {
            for (Runnable call : List.<Runnable>of(() -> bySubject.post("数学", "homework", homework("a", "三年级", 1)),
                    () -> bySubject.check("数学", "homework", homework("a", "三年级", 1)),
                    () -> bySubject.postAndReport("数学", "homework", homework("a", "三年级", 1)))) {
                String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
                assertTrue(said.contains("'subject'") && said.contains("homework") && said.contains("school"), said);
            }
            assertTrue(bySubject.findings().stream().noneMatch(finding -> finding.table().equals("homework")));
        }
    }

    @Test
    void aRecordIsFilledFromJson() {
        String json = """
                {"school": "长征小学🙂", "grade": "三年级", "class": "2班", "assigned": "2021-12-01", "form": "书面", "mandatory": true,
                 "minutes": 75}""";
        try (PolicyLedger ledger = ENGINE.ledger(); PolicyRecord record = ENGINE.record("homework")) {
            record.set("subject", "数学").fillJson(json);
            assertEquals("75", failures(ledger.check(record), LIMIT).get(0).value().orElseThrow().text());
            PolicyException wrong = assertThrows(PolicyException.class, () -> record.fillJson("{\"minutes\": 1,\n \"minuts\": 2}"));
            assertEquals(Status.NOT_FOUND, wrong.status());
            assertEquals("minutes", wrong.nearest().orElseThrow());
            assertEquals(Status.SYNTAX, assertThrows(PolicyException.class, () -> record.fillJson("[1")).status());
            assertEquals(1, failures(ledger.check(record), LIMIT).size(), "as it was");
        }
    }

    @Test
    void enumValuesAreSetByNumber() {
        int written = ENGINE.code("homework", "form", "书面").orElseThrow();
        assertEquals(written, ENGINE.code("homework", "form", "written").orElseThrow());
        assertEquals("written", ENGINE.codes("homework", "form").get(written));
        assertTrue(ENGINE.code("homework", "form", "唱歌").isEmpty());
        assertTrue(ENGINE.code("homework", "minutes", "书面").isEmpty());
        assertEquals(List.of(), ENGINE.codes("homework", "minutes"));
        try (PolicyLedger ledger = ENGINE.ledger(); PolicyRecord record = ENGINE.record("homework")) {
            int form = record.type().field("form");
            record.fill(homework("a", "三年级", 75)).setCode(form, written);
            assertEquals(1, failures(ledger.check(record), LIMIT).size());
            record.setCode(form, ENGINE.code("homework", "form", "口头").orElseThrow());
            assertEquals(0, failures(ledger.check(record), LIMIT).size());
            record.setCode(form, 1000);
            assertThrows(PolicyException.class, () -> ledger.check(record));
        }
    }
}
