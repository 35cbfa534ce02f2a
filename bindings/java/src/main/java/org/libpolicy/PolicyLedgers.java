package org.libpolicy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Many ledgers for many threads: each key (a school, a class) belongs to one of them, and each is locked while it is used.
 * Waiting does not pin a virtual thread.
 *
 * <p>A group of a limit rule must not be split: name the field that the keys are values of, such as the school, and every type is
 * held against {@link PolicyEngine#partitionKeys}. What spans keys (a district's filings) belongs in a ledger of its own. Keys are
 * compared as they are, so 2班 and 二班 are two: give one spelling.
 */
public final class PolicyLedgers implements AutoCloseable {
    private record Shard(PolicyLedger ledger, ReentrantLock lock) {}

    private final List<Shard> shards = new ArrayList<>();
    private final PolicyEngine engine;
    private final @Nullable String field;
    private final Set<String> whole = ConcurrentHashMap.newKeySet(); // types whose groups the field keeps whole

    /**
     * Makes ledgers of one engine.
     *
     * @param engine shared by all
     * @param count how many; some times the number of threads that work at once
     */
    public PolicyLedgers(PolicyEngine engine, int count) {
        this(engine, count, ledger -> {});
    }

    /**
     * Makes ledgers of one engine.
     *
     * @param engine shared by all
     * @param count how many
     * @param prepare called once for each, to set its period, its day or what it reports
     */
    public PolicyLedgers(PolicyEngine engine, int count, Consumer<PolicyLedger> prepare) {
        this(engine, null, count, prepare);
    }

    /**
     * Makes ledgers of one engine, for keys that are values of a field. A type whose groups that field does not keep whole is
     * refused by {@link #check}, {@link #post} and {@link #postAndReport}.
     *
     * @param engine shared by all
     * @param field such as {@code school}; null: nothing is refused, and whole groups are the caller's business
     * @param count how many
     * @param prepare called once for each, to set its period, its day or what it reports
     */
    public PolicyLedgers(PolicyEngine engine, @Nullable String field, int count, Consumer<PolicyLedger> prepare) {
        this.engine = engine;
        this.field = field;
        if (count < 1) {
            throw new IllegalArgumentException("at least one ledger is needed");
        }
        try {
            for (int i = 0; i < count; i++) {
                PolicyLedger ledger = engine.ledger();
                shards.add(new Shard(ledger, new ReentrantLock()));
                prepare.accept(ledger);
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Works with the ledger of a key, alone.
     *
     * @param <T> what comes of it
     * @param key which
     * @param work done while the ledger is locked; it must not keep the ledger
     * @return what `work` gives
     */
    public <T> T with(Object key, Function<PolicyLedger, T> work) {
        return with(shards.get(Math.floorMod(spread(Objects.hashCode(key)), shards.size())), work);
    }

    private void keepsWhole(String type) {
        if (field == null || whole.contains(type)) {
            return;
        }
        List<String> keys = engine.partitionKeys(type);
        if (!keys.contains(field)) {
            throw new IllegalArgumentException("ledgers by '" + field + "' would split groups of " + type
                    + (keys.isEmpty() ? "; no field keeps them whole" : "; these fields keep them whole: " + keys));
        }
        whole.add(type);
    }

    private static <T> T with(Shard shard, Function<PolicyLedger, T> work) {
        shard.lock().lock();
        try {
            return work.apply(shard.ledger());
        } finally {
            shard.lock().unlock();
        }
    }

    private static int spread(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed ^ mixed >>> 16;
    }

    /**
     * What would posting this record cause?
     *
     * @param key whose ledger
     * @param type its record type
     * @param values its values
     * @return as {@link PolicyLedger#check(String, Object)}
     * @throws IllegalArgumentException if the field of these ledgers splits groups of the type
     */
    public List<Finding> check(Object key, String type, Object values) {
        keepsWhole(type);
        return with(key, ledger -> ledger.check(type, values));
    }

    /**
     * Posts a record.
     *
     * @param key whose ledger
     * @param type its record type
     * @param values its values
     * @throws IllegalArgumentException if the field of these ledgers splits groups of the type
     */
    public void post(Object key, String type, Object values) {
        keepsWhole(type);
        with(key, ledger -> {
            ledger.post(type, values);
            return type;
        });
    }

    /**
     * Posts a record and hears what it causes.
     *
     * @param key whose ledger
     * @param type its record type
     * @param values its values
     * @return as {@link PolicyLedger#postAndReport(String, Object)}
     * @throws IllegalArgumentException if the field of these ledgers splits groups of the type
     */
    public List<Finding> postAndReport(Object key, String type, Object values) {
        keepsWhole(type);
        return with(key, ledger -> ledger.postAndReport(type, values));
    }

    /**
     * Does something to every ledger, one after the other, each locked meanwhile.
     *
     * @param work such as {@code ledger -> ledger.supply("exam")}
     */
    public void forEach(Consumer<PolicyLedger> work) {
        for (Shard shard : shards) {
            with(shard, ledger -> {
                work.accept(ledger);
                return null;
            });
        }
    }

    /**
     * What all ledgers found, one after the other.
     *
     * @return a fixed list
     */
    public List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        forEach(ledger -> {
            try (PolicyFindings findings = ledger.findings()) {
                findings.forEach(all::add);
            }
        });
        return List.copyOf(all);
    }

    /** Closes all of them. Calls that run end first. */
    @Override
    public void close() {
        shards.forEach(shard -> shard.ledger().close());
    }
}
