package org.libpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.libpolicy.Samples.ENGINE;
import static org.libpolicy.Samples.homework;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;
import org.libpolicy.arrow.ArrowTables;

/** Tables: the same rows give the same findings, however they come. */
class FeedTest {
    private static final int ROWS = 1000;

    private static List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            Map<String, Object> row = homework("学校" + i % 7, (1 + i % 9) + "", i % 50);
            row.put("assigned", LocalDate.of(2021, 12, 1 + i % 20));
            if (i % 100 == 3) {
                row.put("minutes", null);
            }
            rows.add(row);
        }
        return rows;
    }

    /** What is found, without the places of the evidence. */
    private static List<String> found(PolicyLedger ledger) {
        try (PolicyFindings findings = ledger.findings()) {
            assertEquals(ROWS, findings.records("homework").getAsLong());
            return findings.stream().map(f -> f.rule() + f.verdict() + f.keys() + f.value() + f.limit() + f.missing()
                    + f.message(Language.ZH)).sorted().toList();
        }
    }

    private static List<String> posted() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            rows().forEach(row -> ledger.post("homework", row));
            return found(ledger);
        }
    }

    @Test
    void mapsAsATableAreMapsOneByOne() {
        for (int chunk : new int[] {1, 7, 64, 8192}) {
            try (PolicyLedger ledger = ENGINE.ledger()) {
                List<Map<String, Object>> rows = rows();
                ledger.feed("homework", rows, FeedOptions.DEFAULT.withChunk(chunk));
                List<String> found = found(ledger);
                assertTrue(found.size() > 50);
                assertEquals(posted(), found, "rows at a time: " + chunk);
            }
        }
    }

    @Test
    void headersMayBeChineseAndColumnsMixed() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            ledger.feed("homework", List.of(
                    Map.of("学校", "长征小学", "年级", "三年级", "班级", "2班", "布置日期", "2021年12月1日", "作业类型", "书面", "预计时长", "40分钟"),
                    Map.of("学校", "长征小学", "年级", 3, "班级", "2班", "布置日期", LocalDate.of(2021, 12, 1), "作业类型", "书面", "预计时长", 35,
                            "颜色", "红")));
            assertTrue(ledger.notices().stream()
                    .anyMatch(n -> n.kind() == NoticeKind.UNKNOWN_COLUMN && n.column().equals("颜色")));
            try (PolicyFindings findings = ledger.findings()) {
                assertTrue(findings.stream().anyMatch(f -> f.verdict() == Verdict.FAIL
                        && f.value().filter(v -> v.text().equals("75")).isPresent()), findings.toList()::toString);
            }
        }
    }

    private static Connection database() throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("create table homework (school text, grade text, class text, subject text, assigned text, due text,"
                    + " form text, place text, mandatory integer, minutes integer)");
        }
        try (PreparedStatement insert = connection.prepareStatement("insert into homework values (?,?,?,?,?,?,?,?,?,?)")) {
            for (Map<String, Object> row : rows()) {
                int at = 1;
                for (Object value : row.values()) {
                    insert.setObject(at++, value instanceof LocalDate day ? day.toString() : value);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
        return connection;
    }

    private static final String QUERY = "select school, grade, class, subject, assigned, due, form, place,"
            + " case mandatory when 1 then 'true' else 'false' end as mandatory, minutes as 预计时长 from homework";

    @Test
    void aJdbcResultIsATable() throws SQLException {
        try (Connection connection = database(); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(QUERY); PolicyLedger ledger = ENGINE.ledger()) {
            AtomicLong told = new AtomicLong();
            ledger.feed("homework", result, FeedOptions.DEFAULT.withChunk(100).withSource("数据库").withProgress((rows, bytes) -> {
                told.set(rows);
                return true;
            }));
            assertEquals(posted(), found(ledger));
        }
    }

    @Test
    void whatADriverThrowsComesOutAndNothingWasChanged() throws SQLException {
        try (Connection connection = database(); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(QUERY); PolicyLedger ledger = ENGINE.ledger()) {
            result.close();
            assertThrows(SQLException.class, () -> ledger.feed("homework", result));
            try (ResultSet odd = statement.executeQuery(
                    "select school, minutes from (select school, minutes from homework limit 50) union all select 'x', 'zehn'")) {
                IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
                        () -> ledger.feed("homework", odd, FeedOptions.DEFAULT.withChunk(10)));
                assertTrue(e.getMessage().contains("'minutes'") && e.getMessage().contains("zehn"), e.getMessage());
            }
            try (PolicyFindings findings = ledger.findings()) {
                assertTrue(findings.records("homework").isEmpty(), "nothing was posted");
            }
        }
    }

    @Test
    void anEmptyTableIsNotAMissingOne() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            ledger.feed("homework", List.of());
            try (PolicyFindings findings = ledger.findings()) {
                assertEquals(0, findings.records("homework").getAsLong());
            }
        }
    }

    @Test
    void csvComesFromStreamsToo() throws IOException {
        byte[] bytes = Files.readAllBytes(Samples.DATA.resolve("homework.csv"));
        try (PolicyLedger ledger = ENGINE.ledger(); PolicyLedger other = ENGINE.ledger(); PolicyLedger fast = ENGINE.ledger()) {
            ledger.feedCsv("homework", "homework.csv", new ByteArrayInputStream(bytes));
            other.feedCsv("homework", Samples.DATA.resolve("homework.csv"));
            fast.feedCsv("homework", Samples.DATA.resolve("homework.csv"), FeedOptions.DEFAULT.withThreads(4));
            try (PolicyFindings a = ledger.findings(); PolicyFindings b = other.findings(); PolicyFindings c = fast.findings()) {
                assertEquals(b.size(), a.size());
                assertEquals(b.size(), c.size());
                assertTrue(a.size() > 0);
            }
            InputStream broken = new InputStream() {
                @Override
                public int read() throws IOException {
                    throw new IOException("the line is dead");
                }
            };
            try (PolicyLedger third = ENGINE.ledger()) {
                Exception e = assertThrows(IOException.class, () -> third.feedCsv("homework", "x.csv", broken));
                assertEquals("the line is dead", e.getMessage());
            }
        }
    }

    @Test
    void progressCanStopAFeed() {
        try (PolicyLedger ledger = ENGINE.ledger()) {
            PolicyException e = assertThrows(PolicyException.class,
                    () -> ledger.feedCsv("homework", Samples.DATA.resolve("homework.csv"), (rows, bytes) -> false));
            assertEquals(Status.CANCELLED, e.status());
            try (PolicyFindings findings = ledger.findings()) {
                assertTrue(findings.records("homework").isEmpty());
            }
        }
    }

    @Test
    void arrowGoesInAndOut() throws IOException {
        try (BufferAllocator allocator = new RootAllocator(); PolicyLedger ledger = ENGINE.ledger()) {
            try (VarCharVector school = new VarCharVector("school", allocator);
                    BigIntVector grade = new BigIntVector("grade", allocator);
                    VarCharVector form = new VarCharVector("form", allocator);
                    DateDayVector assigned = new DateDayVector("assigned", allocator);
                    BigIntVector minutes = new BigIntVector("minutes", allocator)) {
                for (int i = 0; i < 3; i++) {
                    school.setSafe(i, "长征小学🙂".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    grade.setSafe(i, 3);
                    form.setSafe(i, "written".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    assigned.setSafe(i, (int) Samples.DAY.toEpochDay());
                    minutes.setSafe(i, 25);
                }
                List<org.apache.arrow.vector.FieldVector> vectors = List.of(school, grade, form, assigned, minutes);
                vectors.forEach(vector -> vector.setValueCount(3));
                VectorSchemaRoot root = new VectorSchemaRoot(vectors);
                ArrowTables.feed(ledger, "homework", allocator, root, FeedOptions.DEFAULT.withSource("arrow"));
                assertThrows(PolicyException.class,
                        () -> ArrowTables.feed(ledger, "homwork", allocator, root, FeedOptions.DEFAULT));
            }
            List<String> rules = new ArrayList<>();
            List<String> expected;
            ArrowReader reader;
            try (PolicyFindings findings = ledger.findings()) {
                assertEquals(3, findings.records("homework").getAsLong());
                expected = findings.stream().map(Finding::rule).toList();
                assertFalse(expected.isEmpty());
                reader = ArrowTables.read(findings, Language.ZH, allocator);
            }
            try (reader) { // after the findings were closed
                while (reader.loadNextBatch()) {
                    VarCharVector rule = (VarCharVector) reader.getVectorSchemaRoot().getVector("rule");
                    for (int i = 0; i < rule.getValueCount(); i++) {
                        rules.add(rule.getObject(i).toString());
                    }
                }
            }
            assertEquals(expected, rules);
        }
    }

    @Test
    void javaRecordsAreTablesToo() {
        record Row(String school, int grade, LocalDate assigned, String form, Integer minutes, String recordId) {}
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            rows.add(new Row("长征小学", 3, Samples.DAY, "written", i == 4 ? null : 10, "r" + i));
        }
        try (PolicyLedger ledger = ENGINE.ledger()) {
            ledger.feed("homework", rows);
            try (PolicyFindings findings = ledger.findings()) {
                assertEquals(10, findings.records("homework").getAsLong());
            }
        }
        assertThrows(IllegalArgumentException.class, () -> {
            try (PolicyLedger ledger = ENGINE.ledger()) {
                ledger.feed("homework", List.of(new LinkedHashMap<>(Map.of("school", "\ud800"))));
            }
        });
    }
}
