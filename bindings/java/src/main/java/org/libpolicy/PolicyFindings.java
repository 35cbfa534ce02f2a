package org.libpolicy;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.libpolicy.internal.Handle;
import org.libpolicy.internal.Native;

/**
 * What a ledger found, sorted by rule, key, source and row, and the counts of everything that was judged. Immutable; any number
 * of threads may read it. The findings are made as they are asked for, so that millions of them cost no Java memory.
 */
public final class PolicyFindings implements AutoCloseable, Iterable<Finding> {
    private final PolicyEngine engine;
    private final Handle handle;
    private final Cleaner.Cleanable cleanable;
    private final long size;

    PolicyFindings(PolicyEngine engine, long findings) {
        this.engine = engine;
        handle = new Handle(findings, "the list of findings", Native::findings_free);
        cleanable = handle.heldBy(this);
        size = Native.findings_count(findings);
    }

    /**
     * How many there are.
     *
     * @return a number of findings
     */
    public long size() {
        return size;
    }

    /**
     * One of them.
     *
     * @param index from 0
     * @return a finding that stands on its own
     */
    public Finding get(long index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("finding " + index + " of " + size);
        }
        long findings = handle.share();
        try {
            return Finding.read(Native.findings_at(findings, index));
        } finally {
            handle.leave();
        }
    }

    /**
     * All of them, one after the other.
     *
     * @return a stream to be used before this is closed
     */
    public Stream<Finding> stream() {
        return LongStream.range(0, size).mapToObj(this::get);
    }

    /**
     * All of them at once.
     *
     * @return a fixed list that outlives this
     */
    public List<Finding> toList() {
        return stream().toList();
    }

    @Override
    public Iterator<Finding> iterator() {
        return new Iterator<>() {
            private long at;

            @Override
            public boolean hasNext() {
                return at < size;
            }

            @Override
            public Finding next() {
                if (at >= size) {
                    throw new NoSuchElementException();
                }
                return get(at++);
            }
        };
    }

    /**
     * How many records or groups a rule gave a verdict, whether or not they are listed.
     *
     * @param rule its id
     * @param verdict which
     * @return a number of records or groups
     * @throws IllegalArgumentException if there is no such rule
     */
    public long count(String rule, Verdict verdict) {
        List<Rule> rules = engine.rules();
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).id().equals(rule)) {
                return count(i, verdict);
            }
        }
        throw new IllegalArgumentException("there is no rule '" + rule + "'");
    }

    /**
     * How many records or groups all rules together gave a verdict.
     *
     * @param verdict which
     * @return a number of records or groups
     */
    public long count(Verdict verdict) {
        return LongStream.range(0, engine.rules().size()).map(i -> count(i, verdict)).sum();
    }

    private long count(long rule, Verdict verdict) {
        long findings = handle.share();
        try {
            return verdict == Verdict.UNRECOGNIZED ? 0 : Native.findings_verdicts(findings, rule, verdict.code());
        } finally {
            handle.leave();
        }
    }

    /**
     * Records posted of a type.
     *
     * @param type its name
     * @return how many; empty when the type was not supplied at all
     */
    public OptionalLong records(String type) {
        int index = new ArrayList<>(engine.types().keySet()).indexOf(engine.type(type).name());
        long findings = handle.share();
        try {
            long records = Native.findings_records(findings, index);
            return records < 0 ? OptionalLong.empty() : OptionalLong.of(records);
        } finally {
            handle.leave();
        }
    }

    /**
     * Hands the findings to Arrow, one row a finding.
     *
     * @param language of the column {@code message}
     * @param address of an empty {@code ArrowArrayStream} structure, which receives them; they outlive this
     */
    public void exportArrowStream(Language language, long address) {
        if (address == 0) {
            throw new IllegalArgumentException("the address of an ArrowArrayStream is needed");
        }
        long findings = handle.share();
        try {
            Native.findings_stream(findings, language.code(), address);
        } finally {
            handle.leave();
        }
    }

    /** Closes it; again does nothing. Findings that were read from it stay. */
    @Override
    public void close() {
        cleanable.clean();
    }
}
