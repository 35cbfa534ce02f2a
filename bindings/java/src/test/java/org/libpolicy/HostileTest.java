package org.libpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.libpolicy.Samples.ENGINE;
import static org.libpolicy.Samples.homework;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a careless or unlucky host does: exceptions, never a crash. */
class HostileTest {
    /** Rounds of the long ones; -Dpolicy.rounds=10000000 for the full count. */
    private static final int ROUNDS = Integer.getInteger("policy.rounds", 100_000);

    /** Every public method of what was closed, with arguments of some kind, throws; none crashes. */
    private static void allRefuse(AutoCloseable closed, List<String> harmless) throws Exception {
        closed.close();
        closed.close();
        for (Method method : closed.getClass().getMethods()) {
            if (method.getDeclaringClass() == Object.class || Modifier.isStatic(method.getModifiers())
                    || harmless.contains(method.getName()) || method.isSynthetic() || method.isDefault()) {
                continue;
            }
            Object[] arguments = new Object[method.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = argument(method.getParameterTypes()[i]);
            }
            assertThrows(RuntimeException.class, () -> {
                try {
                    Object answer = method.invoke(closed, arguments);
                    if (answer instanceof java.util.stream.Stream<?> stream) {
                        stream.toList();
                    }
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }, method::toString);
        }
    }

    private static Object argument(Class<?> type) {
        return type == int.class ? 0 : type == long.class ? (Object) 1L : type == double.class ? (Object) 1.0
                : type == boolean.class ? (Object) true : type == String.class ? "homework"
                : type == Path.class ? Samples.DATA.resolve("homework.csv")
                : type == java.time.LocalDate.class ? Samples.DAY : type == Language.class ? Language.ZH
                : type == Verdict.class ? Verdict.PASS : type == Verdict[].class ? new Verdict[0]
                : type == FeedOptions.class ? FeedOptions.DEFAULT : type == Iterable.class ? List.of(Map.of("school", "a"))
                : type == Map.class ? Map.of("school", "a") : type == Object.class ? Map.of("school", "a")
                : type == Object[].class ? new Object[0] : type == java.io.OutputStream.class ? new java.io.ByteArrayOutputStream()
                : type == java.io.InputStream.class ? new java.io.ByteArrayInputStream(new byte[0])
                : type == PolicyEngine.class ? ENGINE : type == PolicyLedger.class ? ENGINE.ledger() : type == PolicyRecord.class ? ENGINE.record("homework") : type == java.time.LocalTime.class ? java.time.LocalTime.NOON
                : type == java.time.Instant.class ? java.time.Instant.EPOCH : null;
    }

    @Test
    void everyMethodOfWhatIsClosedRefuses() throws Exception {
        allRefuse(ENGINE.ledger(), List.of("close", "engine"));
        allRefuse(ENGINE.record("homework"), List.of("close", "type"));
        try (PolicyLedger ledger = ENGINE.ledger()) {
            ledger.post("homework", homework("a", "三年级", 75));
            allRefuse(ledger.findings(), List.of("close", "size", "iterator"));
        }
        allRefuse(PolicyEngine.load("national-2021"), List.of("close", "types", "type", "field"));
        allRefuse(ENGINE.suite(Samples.SOURCE.resolve("rules/huancui-2021").toString()), List.of("close", "cases"));
        allRefuse(ENGINE.bandSchemes().get(0).sheet(), List.of("close"));
    }

    @Test
    void childrenOutliveTheirEngine() {
        PolicyEngine engine = PolicyEngine.load("huancui-2021");
        PolicyLedger ledger = engine.ledger();
        PolicyRecord record = engine.record("homework");
        BandScheme scheme = engine.bandSchemes().get(0);
        engine.close();
        assertFalse(ledger.check(record.fill(homework("a", "三年级", 75))).isEmpty());
        assertThrows(IllegalStateException.class, () -> scheme.of(1, 2));
        PolicyFindings findings = ledger.findings();
        ledger.close();
        record.close();
        findings.forEach(f -> assertFalse(f.message(Language.ZH).isEmpty()));
        findings.close();
    }

    @Test
    void closeDuringCallsOfEightThreads() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        try {
            for (int round = 0; round < Math.max(20, ROUNDS / 500); round++) {
                PolicyLedger ledger = ENGINE.ledger();
                PolicyRecord shared = ENGINE.record("homework");
                List<Future<?>> all = new ArrayList<>();
                for (int thread = 0; thread < 8; thread++) {
                    int mine = thread;
                    all.add(pool.submit(() -> {
                        for (int i = 0; i < 20; i++) {
                            try {
                                if (mine == 7 && i == 10) {
                                    ledger.close();
                                    shared.close();
                                } else if (mine % 2 == 0) {
                                    ledger.check(shared.set(mine % 3, i));
                                } else {
                                    ledger.check("homework", homework("a", "三年级", i));
                                }
                                done.incrementAndGet();
                            } catch (RuntimeException e) { // refused in some way: in use, closed, nonsense in the record
                                refused.incrementAndGet();
                            }
                        }
                    }));
                }
                for (Future<?> one : all) {
                    one.get(60, TimeUnit.SECONDS);
                }
            }
        } finally {
            pool.shutdownNow();
        }
        assertTrue(refused.get() > 0 && done.get() > 0);
    }

    @Test
    void whatIsDroppedIsFreedAndCollectionsDoNoHarm() throws Exception {
        Thread storm = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                System.gc();
            }
        });
        storm.start();
        try {
            for (int i = 0; i < 300; i++) {
                assertFalse(ENGINE.ledger().check(ENGINE.record("homework").fill(homework("a", "三年级", 75))).isEmpty());
                ENGINE.ledger().findings().stream().count();
            }
        } finally {
            storm.interrupt();
            storm.join();
        }
    }

    /** In a Java of its own whose heap is all there from the start: what grows is native. */
    @Test
    void makingAndClosingManyKeepsMemoryFlat() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "there is no /proc here");
        String out = java(List.of("-Xms32m", "-Xmx32m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"), "many", String.valueOf(ROUNDS));
        Matcher said = Pattern.compile("^grown (-?\\d+) KB$", Pattern.MULTILINE).matcher(out);
        assertTrue(said.find() && out.endsWith("exit 0"), out);
        long grown = Long.parseLong(said.group(1));
        assertTrue(grown < 8 * 1024, "grown by " + grown + " KB over " + ROUNDS / 2 + " records");
    }

    @Test
    void emojiAndNulGoThroughUnharmed() {
        String odd = "x🙂y\0z";
        try (PolicyLedger ledger = ENGINE.ledger(); PolicyRecord record = ENGINE.record("homework")) {
            Map<String, Object> values = homework("🙂小学", "三年级", 75);
            List<Finding> findings = ledger.check("homework", values);
            assertTrue(findings.stream().anyMatch(f -> f.message(Language.ZH).contains("🙂小学")));
            values.put("school", odd);
            for (Finding finding : ledger.check("homework", values)) {
                if (finding.keys().containsKey("school")) {
                    assertTrue(finding.keys().get("school").text().startsWith("x🙂y"));
                }
            }
            values.put("school", "half \ud83d");
            assertThrows(IllegalArgumentException.class, () -> ledger.check("homework", values));
            assertThrows(IllegalArgumentException.class, () -> ENGINE.explain("a\0b", Language.ZH));
            assertThrows(PolicyException.class, () -> ENGINE.explain("🙂", Language.ZH));
        }
    }

    @Test
    void virtualThreadsShareShardedLedgers() throws Exception {
        ExecutorService pool;
        try {
            pool = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException e) {
            pool = Executors.newFixedThreadPool(8); // before Java 21: the same with threads of the system
        }
        try (PolicyLedgers ledgers = new PolicyLedgers(ENGINE, 4, ledger -> ledger.alsoReport(Verdict.PASS))) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                String school = "学校" + i % 20;
                all.add(pool.submit(() -> ledgers.postAndReport(school, "homework", homework(school, "三年级", 1)).stream()
                        .anyMatch(f -> f.verdict() == Verdict.FAIL && f.rule().equals("homework.daily-minutes.primary"))));
            }
            int failed = 0;
            for (Future<Boolean> one : all) {
                failed += one.get(60, TimeUnit.SECONDS) ? 1 : 0;
            }
            assertEquals(20 * 40, failed, "of each school's 100 minutes 60 are allowed, the rest make it worse one by one");
        } finally {
            pool.shutdownNow();
        }
    }

    // ---- in a Java of their own

    private static String java(List<String> options, String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
        words.addAll(options);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "-Dpolicy.source=" + Samples.SOURCE,
                "-Dpolicy.command=" + Samples.COMMAND, Exercise.class.getName()));
        words.addAll(List.of(arguments));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return out + "exit " + process.waitFor();
    }

    @Test
    void theCrossingIsCleanUnderXcheckJni() throws Exception {
        String out = java(List.of("-Xcheck:jni", "-Dfile.encoding=ISO-8859-1"));
        assertTrue(out.endsWith("exit 0"), out);
        assertFalse(out.contains("native method"), out);
    }

    @Test
    void aLibraryThatCannotBeLoadedSaysWhatWasTried() throws Exception {
        String out = java(List.of("-Dlibpolicy.library=/nowhere/at/all"));
        assertTrue(out.contains("UnsatisfiedLinkError") && out.contains("/nowhere/at/all")
                && out.contains("libpolicy.library") && out.endsWith("exit 1"), out);
        Path folder = Path.of(System.getProperty("policy.build"), "resources/org/libpolicy/native");
        try (var platforms = Files.list(folder)) {
            Path mine = platforms.findFirst().orElseThrow();
            assertTrue(java(List.of("-Dlibpolicy.library=" + mine)).endsWith("exit 0"));
            assertTrue(java(List.of("-Djava.library.path=" + mine)).endsWith("exit 0"));
        }
    }

    /** A library before or after this jar's: made by tests/java, each beside its own native part. */
    @Test
    void aLibraryOfAnotherTimeIsRefusedWithAReason() throws Exception {
        Path others = Path.of(System.getProperty("policy.build"), "other_libraries");
        String older = java(List.of("-Dlibpolicy.library=" + others.resolve("older")));
        assertTrue(older.contains("UnsatisfiedLinkError") && older.contains("policy_") && older.endsWith("exit 1"), older);
        String newer = java(List.of("-Dlibpolicy.library=" + others.resolve("newer")));
        assertTrue(newer.contains("another version (1000, this jar needs ") && newer.endsWith("exit 1"), newer);
        String foreign = java(List.of("-Dlibpolicy.library=" + others.resolve("foreign")));
        assertTrue(foreign.contains("UnsatisfiedLinkError") && foreign.contains("java_border") && foreign.endsWith("exit 1"), foreign);
    }
}
