package org.libpolicy;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.libpolicy.internal.Handle;
import org.libpolicy.internal.Native;

/**
 * The running account of what has been recorded: one for each audit or live session. Records are posted, findings are asked
 * for. For one thread at a time: a call while another is running is refused with an {@link IllegalStateException};
 * {@link PolicyLedgers} serves many threads.
 *
 * <p>Where a method takes {@code values}, that is a Map by field name, a Java record or a bean, as for
 * {@link PolicyRecord#fill}.
 */
public final class PolicyLedger implements AutoCloseable {
    private volatile PolicyEngine engine;
    private final Handle handle;
    private final Cleaner.Cleanable cleanable;
    private final long[] findings; // one list, filled by live calls; freed with the ledger
    private final Map<String, PolicyRecord> records = new HashMap<>();

    /** Makes the native ledger. */
    interface Maker {
        void make(long engine, long[] out);
    }

    PolicyLedger(PolicyEngine engine, long pointer) {
        this(engine, pointer, Native::ledger_new);
    }

    PolicyLedger(PolicyEngine engine, long pointer, Maker maker) {
        this.engine = engine;
        long[] made = new long[1];
        Native.findings_new(pointer, made);
        long list = made[0];
        try {
            maker.make(pointer, made);
        } catch (RuntimeException | Error e) {
            Native.findings_free(list);
            throw e;
        }
        long[] lists = {list};
        findings = lists;
        handle = new Handle(made[0], "the ledger", ledger -> {
            Native.ledger_free(ledger);
            Native.findings_free(lists[0]);
        });
        cleanable = handle.heldBy(this);
    }

    /**
     * The engine it was made from.
     *
     * @return the engine, which may be closed by now
     */
    public PolicyEngine engine() {
        return engine;
    }

    // ---- before the first record

    /**
     * Sets the days that the run speaks of, both included; default: the calendar's.
     *
     * @param from first day
     * @param until last day
     * @return this
     */
    public PolicyLedger period(LocalDate from, LocalDate until) {
        return run(l -> Native.ledger_set_period(l, Math.toIntExact(from.toEpochDay()), Math.toIntExact(until.toEpochDay())));
    }

    /**
     * Sets the day as of which undated records are judged; without one they are unknown where it matters.
     *
     * @param day which
     * @return this
     */
    public PolicyLedger asOf(LocalDate day) {
        return run(l -> Native.ledger_set_as_of(l, Math.toIntExact(day.toEpochDay())));
    }

    /**
     * Says how many rows the finding of a group can name; default none.
     *
     * @param rows the smallest so many are kept, 16 bytes each; 0 for none
     * @return this
     */
    public PolicyLedger evidence(int rows) {
        return run(l -> Native.ledger_set_evidence(l, rows > 0 ? 1 : 0, rows));
    }

    /**
     * Says which verdicts are listed as findings besides fail, unknown and error.
     *
     * @param verdicts such as {@link Verdict#PASS}
     * @return this
     */
    public PolicyLedger alsoReport(Verdict... verdicts) {
        int bits = 1 << Verdict.FAIL.code() | 1 << Verdict.UNKNOWN.code() | 1 << Verdict.ERROR.code();
        for (Verdict verdict : verdicts) {
            if (verdict != Verdict.UNRECOGNIZED) {
                bits |= 1 << verdict.code();
            }
        }
        int all = bits;
        return run(l -> Native.ledger_set_reported(l, all));
    }

    /**
     * Says that a record type is supplied though it may have no rows: an empty table is not a missing one.
     *
     * @param type its name
     * @return this
     */
    public PolicyLedger supply(String type) {
        return run(l -> Native.ledger_supply(l, type));
    }

    // ---- one record

    /**
     * What would posting this record cause? Changes nothing.
     *
     * @param record of this ledger's engine; it may be used again at once
     * @return the findings it causes, by the record itself and in every group it touches; none when all is well
     */
    public List<Finding> check(PolicyRecord record) {
        return live(record, CHECK);
    }

    /**
     * What would posting this record cause? Changes nothing.
     *
     * @param type its record type
     * @param values its values
     * @return as {@link #check(PolicyRecord)}
     */
    public List<Finding> check(String type, Object values) {
        return check(filled(type, values));
    }

    /**
     * Posts a record. Either all of it is counted or nothing is. A cell that cannot be read is no failure: it is listed in the
     * notices and makes what needs it unknown.
     *
     * @param record of this ledger's engine; it may be used again at once
     */
    public void post(PolicyRecord record) {
        live(record, POST);
    }

    /**
     * Posts a record.
     *
     * @param type its record type
     * @param values its values
     */
    public void post(String type, Object values) {
        post(filled(type, values));
    }

    /**
     * Posts a record and hears what it causes, as {@link #check(PolicyRecord)} would have said.
     *
     * @param record of this ledger's engine
     * @return the findings
     */
    public List<Finding> postAndReport(PolicyRecord record) {
        return live(record, POST_AND_REPORT);
    }

    /**
     * Posts a record and hears what it causes.
     *
     * @param type its record type
     * @param values its values
     * @return the findings
     */
    public List<Finding> postAndReport(String type, Object values) {
        return postAndReport(filled(type, values));
    }

    /**
     * Takes a record back, as if it had never been posted.
     *
     * @param record the whole old record, as it was posted, source and row included
     * @return what this causes, such as a required record that is gone
     * @throws PolicyException of status {@link Status#NOT_FOUND} if no such record was posted; nothing is changed
     */
    public List<Finding> retract(PolicyRecord record) {
        return live(record, RETRACT);
    }

    /**
     * Takes a record back.
     *
     * @param type its record type
     * @param values the values as they were posted
     * @return as {@link #retract(PolicyRecord)}
     */
    public List<Finding> retract(String type, Object values) {
        return retract(filled(type, values));
    }

    /**
     * Puts a record in the place of another of the same type, in one step.
     *
     * @param old as it was posted
     * @param record what takes its place
     * @return what this causes
     * @throws PolicyException as for {@link #retract(PolicyRecord)}
     */
    public List<Finding> amend(PolicyRecord old, PolicyRecord record) {
        long ledger = handle.enter();
        try {
            long before = old.enter();
            try {
                old.apply(before);
                long after = record.enter();
                try {
                    record.apply(after);
                    Native.ledger_amend(ledger, before, after, findings[0]);
                } finally {
                    record.leave();
                }
            } finally {
                old.leave();
            }
            return Finding.readAll(findings[0]);
        } finally {
            handle.leave();
        }
    }

    /**
     * Puts a record in the place of another of the same type, in one step.
     *
     * @param type their record type
     * @param old its values as they were posted
     * @param values what takes its place
     * @return what this causes
     */
    public List<Finding> amend(String type, Object old, Object values) {
        try (PolicyRecord before = engine.record(type)) {
            return amend(before.fill(old), filled(type, values));
        }
    }

    // As in bindings/swig/java/extras.i.
    private static final int CHECK = 0;
    private static final int POST = 1;
    private static final int POST_AND_REPORT = 2;
    private static final int RETRACT = 3;

    /** One crossing: hands over what the record staged, makes the call, counts what it found. */
    private List<Finding> live(PolicyRecord record, int call) {
        long ledger = handle.enter();
        try {
            long count;
            long r = record.enter();
            try {
                count = Native.java_ledger_live(call, ledger, r, record.staged(), record.take(), findings[0]);
            } finally {
                record.leave();
            }
            return count == 0 ? List.of() : Finding.readAll(findings[0]);
        } finally {
            handle.leave();
        }
    }

    private PolicyRecord filled(String type, Object values) {
        PolicyRecord record;
        synchronized (records) {
            if (handle.isClosed()) {
                throw new IllegalStateException("the ledger is closed");
            }
            record = records.computeIfAbsent(type, engine::record);
        }
        return record.fill(values);
    }

    // ---- tables; each is one transaction: on failure nothing was changed

    /**
     * Posts every row of a collection or stream.
     *
     * @param type the record type
     * @param rows Maps by field name or header alias, Java records or beans; an absent key of a column that others have is an
     *     empty cell
     */
    public void feed(String type, Iterable<?> rows) {
        feed(type, rows, FeedOptions.DEFAULT);
    }

    /**
     * Posts every row of a collection or stream.
     *
     * @param type the record type
     * @param rows as for {@link #feed(String, Iterable)}
     * @param options source, rows at a time, progress
     */
    public void feed(String type, Iterable<?> rows, FeedOptions options) {
        RecordType its = engine.type(type);
        Iterator<?> all = rows.iterator();
        if (!all.hasNext()) {
            supply(type);
            return;
        }
        feed(type, options, new RowBatches(sink -> {
            if (!all.hasNext()) {
                return false;
            }
            Object row = all.next();
            if (row == null) {
                throw new IllegalArgumentException("a row is null");
            }
            Map<?, ?> values = row instanceof Map<?, ?> map ? map : Shape.of(row.getClass()).values(its, row);
            values.forEach((name, value) -> sink.put(String.valueOf(name), value));
            return true;
        }, List.of(), options.chunk()));
    }

    /**
     * Posts every row that is left of a JDBC result, some thousand at a time.
     *
     * @param type the record type
     * @param rows its columns' labels are field names or header aliases; it is read to its end and not closed
     * @throws SQLException as the driver does; nothing was changed
     */
    public void feed(String type, ResultSet rows) throws SQLException {
        feed(type, rows, FeedOptions.DEFAULT);
    }

    /**
     * Posts every row that is left of a JDBC result.
     *
     * @param type the record type
     * @param rows as for {@link #feed(String, ResultSet)}
     * @param options source, rows at a time, progress
     * @throws SQLException as the driver does; nothing was changed
     */
    public void feed(String type, ResultSet rows, FeedOptions options) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            names.add(meta.getColumnLabel(i));
        }
        RowBatches batches = new RowBatches(sink -> {
            if (!rows.next()) {
                return false;
            }
            for (int i = 0; i < names.size(); i++) {
                sink.put(names.get(i), rows.getObject(i + 1));
            }
            return true;
        }, names, options.chunk());
        PolicyLedger.<SQLException>undeclared(() -> feed(type, options, batches));
    }

    /** What Java threw inside the call comes out of it as it was, though javac cannot see it. */
    private static <E extends Exception> void undeclared(Runnable call) throws E {
        call.run();
    }

    private void feed(String type, FeedOptions options, RowBatches batches) {
        run(l -> Native.java_ledger_feed_batches(l, type, options.source(), options.firstRow(), options.threads(), batches,
                options.progress()));
    }

    /**
     * Posts every row of a CSV file as schools keep it: UTF-8, UTF-16 or GB18030, headers by name or alias, or a score table as
     * type {@code score_table}.
     *
     * @param type the record type
     * @param file where it is
     */
    public void feedCsv(String type, Path file) {
        feedCsv(type, file.toString(), null, 1, null);
    }

    /**
     * Posts every row of a CSV file.
     *
     * @param type the record type
     * @param file where it is
     * @param progress hears how far it is; null for none
     */
    public void feedCsv(String type, Path file, @Nullable Progress progress) {
        feedCsv(type, file.toString(), null, 1, progress);
    }

    /**
     * Posts every row of a CSV file by several threads; what comes of it is the same for any number of them.
     *
     * @param type the record type
     * @param file where it is
     * @param options threads, progress; what else they say is of no concern here, but for a source, which is the file
     */
    public void feedCsv(String type, Path file, FeedOptions options) {
        feedCsv(type, file.toString(), null, options.threads(), options.progress());
    }

    /**
     * Posts every row of CSV that is read from a stream.
     *
     * @param type the record type
     * @param name what findings and errors call it
     * @param input read to its end, not closed
     */
    public void feedCsv(String type, String name, InputStream input) {
        feedCsv(type, name, input, 1, null);
    }

    private void feedCsv(String type, String name, @Nullable InputStream input, int threads,
            @Nullable Progress progress) {
        engine.with(e -> run(l -> Native.java_ledger_feed_csv(l, e, type, name, input, threads, progress)));
    }

    /**
     * Posts every row of an Arrow stream, without copying it.
     *
     * @param type the record type
     * @param address of an {@code ArrowArrayStream} structure, which is moved from unless this fails
     * @param options source, threads, progress
     */
    public void feedArrowStream(String type, long address, FeedOptions options) {
        if (address == 0) {
            throw new IllegalArgumentException("the address of an ArrowArrayStream is needed");
        }
        run(l -> Native.java_ledger_feed_arrow(l, type, options.source(), options.firstRow(), options.threads(), address, 0, 0,
                options.progress()));
    }

    /**
     * Posts every row of one Arrow batch, without copying it.
     *
     * @param type the record type
     * @param schema address of an {@code ArrowSchema}, borrowed
     * @param array address of an {@code ArrowArray}, which is moved from unless this fails
     * @param options source, threads, progress
     */
    public void feedArrowBatch(String type, long schema, long array, FeedOptions options) {
        if (schema == 0 || array == 0) {
            throw new IllegalArgumentException("the addresses of an ArrowSchema and an ArrowArray are needed");
        }
        run(l -> Native.java_ledger_feed_arrow(l, type, options.source(), options.firstRow(), options.threads(), 0, schema,
                array, options.progress()));
    }

    // ---- several ledgers, and ledgers that are kept

    /**
     * Takes in all that another ledger of the same engine holds; that one is empty afterwards. Both must have the same period,
     * day, evidence and reported verdicts. On failure both are unchanged.
     *
     * @param from what is emptied
     * @return this
     */
    public PolicyLedger merge(PolicyLedger from) {
        return run(l -> from.run(other -> Native.ledger_merge(l, other)));
    }

    /**
     * Saves it into a file, which a crash leaves as it was or as it is to be.
     *
     * @param file where to
     */
    public void save(Path file) {
        run(l -> Native.ledger_save_file(l, file.toString()));
    }

    /**
     * Saves it as bytes.
     *
     * @param output where to; not closed. What it throws comes out of this call as it was
     */
    public void save(OutputStream output) {
        run(l -> Native.java_ledger_save(l, Objects.requireNonNull(output)));
    }

    /**
     * Moves it to another engine: new rules, a tightened parameter, a new pack. What was posted stays where it means the same
     * under the new rules, as after saving and restoring. Records made for the old engine no longer fit it.
     *
     * @param other the new engine
     * @return what became of its measures, rules and record types
     * @throws PolicyException if it fails; the ledger is then as it was
     */
    public List<Carried> rebase(PolicyEngine other) {
        return other.with(e -> with(ledger -> {
            long[] made = new long[1];
            Native.findings_new(e, made);
            long list = made[0];
            try {
                Native.ledger_rebase(ledger, e, made);
            } catch (RuntimeException | Error failed) {
                Native.findings_free(list);
                throw failed;
            }
            Native.findings_free(findings[0]);
            findings[0] = list;
            engine = other;
            synchronized (records) {
                records.values().forEach(PolicyRecord::close);
                records.clear();
            }
            return Carried.take(made[0]);
        }));
    }

    // ---- results

    /**
     * What would posting this record cause, and what is left of every limit it touches? For little more than the price of one of
     * the two; changes nothing.
     *
     * @param record of this ledger's engine
     * @return both answers
     */
    public Check checkWithHeadroom(PolicyRecord record) {
        return withHeadroom(made -> with(ledger -> {
            long r = record.enter();
            try {
                record.apply(r);
                Native.ledger_check_with_headroom(ledger, r, findings[0], made);
            } finally {
                record.leave();
            }
            return new Check(Finding.readAll(findings[0]), Headroom.readAll(made));
        }));
    }

    /**
     * What would posting this record cause, and what is left of every limit it touches?
     *
     * @param type its record type
     * @param values its values
     * @return both answers
     */
    public Check checkWithHeadroom(String type, Object values) {
        return checkWithHeadroom(filled(type, values));
    }

    /**
     * What is left of one rule's limit for one group.
     *
     * @param rule id of a rule with a bound
     * @param keys a value for each of the rule's keys, in its order; texts are read as the field of that name would be
     * @return a line for each side with a bound; none when the rule is not in force on the group's day
     * @throws PolicyException for an unknown rule, one without a bound, another number of keys, or a key that cannot be read
     */
    public List<Headroom> headroomOf(String rule, Object... keys) {
        PolicyRecord.Stage staged = PolicyRecord.stageAll(engine, keys);
        return withHeadroom(made -> with(ledger -> {
            Native.java_ledger_headroom_of(ledger, rule, staged.bytes(), staged.size(), made);
            return Headroom.readAll(made);
        }));
    }

    /**
     * What is left of every limit that a record would touch, as things stand before it. Changes nothing; a field that is not
     * set yet (the minutes still to be typed) does no harm.
     *
     * @param record of this ledger's engine
     * @return a line for each rule with a bound and each of its groups that the record would join
     */
    public List<Headroom> headroom(PolicyRecord record) {
        return withHeadroom(made -> with(ledger -> {
            long r = record.enter();
            try {
                record.apply(r);
                Native.ledger_headroom(ledger, r, made);
            } finally {
                record.leave();
            }
            return Headroom.readAll(made);
        }));
    }

    /**
     * What is left of every limit that a record would touch.
     *
     * @param type its record type
     * @param values its values, as far as they are known
     * @return as {@link #headroom(PolicyRecord)}
     */
    public List<Headroom> headroom(String type, Object values) {
        return headroom(filled(type, values));
    }

    private <T> T withHeadroom(LongFunction<T> work) {
        return engine.with(e -> {
            long[] made = new long[1];
            Native.headroom_new(e, made);
            try {
                return work.apply(made[0]);
            } finally {
                Native.headroom_free(made[0]);
            }
        });
    }

    /**
     * Judges everything posted so far; may be called again after more records.
     *
     * @return findings that the caller closes
     */
    public PolicyFindings findings() {
        return with(ledger -> {
            long[] made = new long[1];
            Native.ledger_findings(ledger, made);
            return new PolicyFindings(engine, made[0]);
        });
    }

    /**
     * Things a reader of the result should know: unreadable cells, unknown columns, ragged rows, defaults that were used.
     *
     * @return a fixed list
     */
    public List<Notice> notices() {
        return with(ledger -> {
            List<Notice> all = new ArrayList<>();
            for (long i = 0, n = Native.ledger_notice_count(ledger); i < n; i++) {
                all.add(Notice.read(Native.ledger_notice(ledger, i)));
            }
            return Collections.unmodifiableList(all);
        });
    }

    /** Closes it; again does nothing. A call that runs in another thread ends first. */
    @Override
    public void close() {
        cleanable.clean();
        synchronized (records) {
            records.values().forEach(PolicyRecord::close);
            records.clear();
        }
    }

    <T> T with(LongFunction<T> call) {
        long ledger = handle.enter();
        try {
            return call.apply(ledger);
        } finally {
            handle.leave();
        }
    }

    private PolicyLedger run(LongConsumer call) {
        return with(ledger -> {
            call.accept(ledger);
            return this;
        });
    }
}
