package org.libpolicy.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.libpolicy.Finding;
import org.libpolicy.PolicyEngine;
import org.libpolicy.PolicyLedger;
import org.libpolicy.PolicyRecord;
import org.libpolicy.RecordType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A check of a reused record by field handle: the very pack, record and calls of check_in_c.c. One ledger for each thread. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 25, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class CheckBenchmark {
    /** Shared by all threads. */
    @State(Scope.Benchmark)
    public static class Shared {
        PolicyEngine engine;

        @Setup
        public void open() throws Exception {
            engine = PolicyEngine.builder().loadText("bench.yaml",
                    java.nio.file.Files.readString(java.nio.file.Path.of(System.getProperty("bench.pack")))).build();
        }

        @TearDown
        public void close() {
            engine.close();
        }
    }

    /** Of one thread. */
    @State(Scope.Thread)
    public static class Own {
        PolicyLedger ledger;
        PolicyRecord record;
        int grade;
        int form;
        int minutes;
        int mandatory;

        @Setup
        public void open(Shared shared) {
            ledger = shared.engine.ledger();
            ledger.supply("homework");
            record = shared.engine.record("homework");
            RecordType type = shared.engine.type("homework");
            grade = type.field("grade");
            form = type.field("form");
            minutes = type.field("minutes");
            mandatory = type.field("mandatory");
            fill();
            if (!ledger.check(record).isEmpty()) {
                throw new IllegalStateException("there are findings");
            }
        }

        void fill() {
            record.clear().set(grade, 3).set(form, "written").set(minutes, 20).set(mandatory, true);
        }

        @TearDown
        public void close() {
            record.close();
            ledger.close();
        }
    }

    /** The form is filled and asked about. */
    @Benchmark
    public List<Finding> fillAndCheck(Own own) {
        own.fill();
        return own.ledger.check(own.record);
    }

    /** One field of the form changes. */
    @Benchmark
    public List<Finding> changeAndCheck(Own own) {
        own.record.set(own.minutes, 20);
        return own.ledger.check(own.record);
    }
}
