package org.libpolicy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.libpolicy.internal.Handle;
import org.libpolicy.internal.Native;
import org.libpolicy.internal.NativeLoader;
import org.libpolicy.internal.Utf8;

/**
 * Packs, scripts and parameters, checked and compiled: make one, and share it between all threads. Ledgers and records made
 * from it stay good after it is closed.
 */
public final class PolicyEngine implements AutoCloseable {
    private final Handle handle;
    private final Cleaner.Cleanable cleanable;
    private final Map<String, RecordType> types;

    private PolicyEngine(long engine) {
        handle = new Handle(engine, "the engine", Native::engine_unref);
        cleanable = handle.heldBy(this);
        Map<String, RecordType> all = new LinkedHashMap<>();
        for (long i = 0, n = Native.engine_type_count(engine); i < n; i++) {
            RecordType type = RecordType.read(engine, i);
            all.put(type.name(), type);
        }
        types = Collections.unmodifiableMap(all);
    }

    /**
     * Loads packs and builds an engine.
     *
     * @param packs names of packs that come with this jar ({@code huancui-2021}), or paths of pack folders, pack files and Lua
     *     scripts; a later one is an overlay of an earlier one or stands beside it
     * @return an engine that the caller closes
     * @throws PolicyException if something is wrong in them; it lists everything, with file, line and column
     */
    public static PolicyEngine load(String... packs) {
        Builder builder = builder();
        Arrays.asList(packs).forEach(builder::load);
        return builder.build();
    }

    /**
     * Starts to build an engine.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Where packs are found and which to load; nothing happens before {@link #build}. For one thread. */
    public static final class Builder {
        private final List<Consumer<Long>> steps = new ArrayList<>();
        private final List<Consumer<Long>> settings = new ArrayList<>();
        private boolean bundled = true;

        private Builder() {}

        /**
         * Looks for packs in a folder, after those added before.
         *
         * @param path the folder that holds pack folders
         * @return this
         */
        public Builder directory(Path path) {
            String name = path.toString();
            steps.add(b -> Native.builder_add_directory(b, name));
            return this;
        }

        /**
         * Leaves out the packs that come with this jar, which otherwise come before all folders.
         *
         * @return this
         */
        public Builder withoutBundledPacks() {
            bundled = false;
            return this;
        }

        /**
         * Offers a file from memory.
         *
         * @param path as a pack would name it, such as {@code my-pack/pack.yaml}
         * @param content its bytes, UTF-8
         * @return this
         */
        public Builder memory(String path, byte[] content) {
            byte[] copy = content.clone();
            steps.add(b -> Native.builder_add_memory(b, path, copy));
            return this;
        }

        /**
         * Loads a pack by name, a pack folder or file by path, or a Lua script by path.
         *
         * @param nameOrPath names hold no {@code /} and no {@code .}
         * @return this
         */
        public Builder load(String nameOrPath) {
            steps.add(b -> Native.builder_load(b, nameOrPath));
            return this;
        }

        /**
         * Loads a pack folder or file, or a Lua script.
         *
         * @param path where it is
         * @return this
         */
        public Builder load(Path path) {
            return load(path.toAbsolutePath().toString());
        }

        /**
         * Loads one pack file or script from a text.
         *
         * @param file its name in messages; tells YAML from Lua
         * @param content the text
         * @return this
         */
        public Builder loadText(String file, String content) {
            byte[] bytes = Utf8.encode(content);
            steps.add(b -> Native.builder_load_memory(b, file, bytes));
            return this;
        }

        /**
         * Sets a parameter, through the same gate as an overlay.
         *
         * @param name its name
         * @param value YAML flow text: {@code 45}, <code>{primary: 45}</code>, {@code [周考, 周测]}
         * @return this
         */
        public Builder param(String name, String value) {
            steps.add(b -> Native.builder_set_param(b, name, value));
            return this;
        }

        /**
         * Moves a limit; it cannot be switched off.
         *
         * @param limit which
         * @param value above 0
         * @return this
         */
        public Builder limit(Limit limit, long value) {
            settings.add(o -> Native.options_set_limit(o, limit.code(), value));
            return this;
        }

        /**
         * Sets the language of messages where a call does not say; default Chinese.
         *
         * @param language which
         * @return this
         */
        public Builder language(Language language) {
            settings.add(o -> Native.options_set_language(o, language.code()));
            return this;
        }

        /**
         * Checks everything and builds. The builder can be used again.
         *
         * @return an engine that the caller closes
         * @throws PolicyException with everything that is wrong
         */
        public PolicyEngine build() {
            NativeLoader.ensure();
            long[] options = new long[1];
            long[] builder = new long[1];
            long[] engine = new long[1];
            try {
                Native.java_options_new(options);
                settings.forEach(setting -> setting.accept(options[0]));
                Native.java_builder_new(options[0], builder);
                if (bundled) {
                    BundledPacks.FILES.forEach((path, bytes) -> Native.builder_add_memory(builder[0], path, bytes));
                }
                steps.forEach(step -> step.accept(builder[0]));
                Native.builder_build(builder[0], engine);
                return new PolicyEngine(engine[0]);
            } finally {
                Native.builder_free(builder[0]);
                Native.options_free(options[0]);
            }
        }
    }

    /** The packs inside the jar, read once. */
    private static final class BundledPacks {
        static final Map<String, byte[]> FILES = read();

        private BundledPacks() {}

        private static Map<String, byte[]> read() {
            Map<String, byte[]> files = new LinkedHashMap<>();
            try {
                for (String path : new String(bytes("files.txt"), StandardCharsets.UTF_8).split("\n")) {
                    if (!path.isBlank()) {
                        files.put(path, bytes(path));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the packs inside the jar cannot be read", e);
            }
            return files;
        }

        private static byte[] bytes(String path) throws IOException {
            try (InputStream in = PolicyEngine.class.getResourceAsStream("/org/libpolicy/rules/" + path)) {
                if (in == null) {
                    throw new IOException("this jar is damaged: " + path + " is missing");
                }
                return in.readAllBytes();
            }
        }
    }

    // ---- what is made from it

    /**
     * Makes an empty ledger: one for each audit or live session.
     *
     * @return a ledger that the caller closes
     */
    public PolicyLedger ledger() {
        return with(engine -> new PolicyLedger(this, engine));
    }

    /**
     * Makes a ledger from one that was saved. What the rules of this engine count in another way is left behind and judged
     * unknown, never a pass.
     *
     * @param file as {@link PolicyLedger#save} wrote it
     * @return the ledger, which the caller closes, and what became of each of its parts
     * @throws PolicyException if the file was cut short or altered, or is from a newer version
     */
    public Restored restore(Path file) {
        return with(engine -> {
            long[] carry = new long[1];
            PolicyLedger ledger = new PolicyLedger(this, engine,
                    (e, out) -> Native.ledger_restore_file(e, file.toString(), out, carry));
            return new Restored(ledger, Carried.take(carry[0]));
        });
    }

    /**
     * Makes a ledger from the bytes of one that was saved.
     *
     * @param input what {@link PolicyLedger#save(java.io.OutputStream)} wrote, read to its end; not closed
     * @return as {@link #restore(Path)}
     * @throws IOException what `input` throws
     */
    public Restored restore(InputStream input) throws IOException {
        byte[] bytes = input.readAllBytes();
        return with(engine -> {
            long[] carry = new long[1];
            PolicyLedger ledger =
                    new PolicyLedger(this, engine, (e, out) -> Native.java_ledger_restore(e, bytes, out, carry));
            return new Restored(ledger, Carried.take(carry[0]));
        });
    }

    /**
     * Fields by which the records of a type may be split so that every group is whole: a ledger for each part then says all that
     * is to be said of it.
     *
     * @param type its name
     * @return any one of them will do, or several together; none: parts have to be merged
     */
    public List<String> partitionKeys(String type) {
        return with(engine -> {
            List<String> keys = new ArrayList<>();
            for (long i = 0, n = Native.engine_partition_key_count(engine, type); i < n; i++) {
                keys.add(Native.engine_partition_key(engine, type, i));
            }
            return List.copyOf(keys);
        });
    }

    /**
     * The number of an enum value, for {@link PolicyRecord#setCode}: nothing is read from text then.
     *
     * @param type name of a record type
     * @param field one of its fields
     * @param text the value's code ({@code written}) or one of its spellings (书面)
     * @return the number, good for all records of this engine; empty when there is no such value, or the field is no enum
     */
    public OptionalInt code(String type, String field, String text) {
        int code = with(engine -> Native.engine_code(engine, type, field, text));
        return code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
    }

    /**
     * The values of an enum field.
     *
     * @param type name of a record type
     * @param field one of its fields
     * @return their codes, each at its number; empty when the field is no enum
     */
    public List<String> codes(String type, String field) {
        return with(engine -> {
            List<String> all = new ArrayList<>();
            for (String code; (code = Native.engine_code_text(engine, type, field, all.size())) != null;) {
                all.add(code);
            }
            return List.copyOf(all);
        });
    }

    /**
     * Reads the test cases of a pack.
     *
     * @param packOrPath name of a pack that this engine was built from, or a folder or file of cases
     * @return a suite that the caller closes
     * @throws PolicyException if there is none, or something is wrong in it
     */
    public PolicySuite suite(String packOrPath) {
        return with(engine -> new PolicySuite(engine, packOrPath));
    }

    /**
     * A ledger that was restored.
     *
     * @param ledger the ledger, which the caller closes
     * @param parts what became of its measures, rules and record types
     */
    public record Restored(PolicyLedger ledger, List<Carried> parts) {
        /**
         * Whether everything was carried over.
         *
         * @return true if nothing is new, gone or changed
         */
        public boolean isComplete() {
            return parts.stream().allMatch(part -> part.outcome() == Carried.Outcome.CARRIED);
        }
    }

    /**
     * Makes an empty record, to be filled and filled again.
     *
     * @param type its record type
     * @return a record that the caller closes
     * @throws PolicyException if there is no such type
     */
    public PolicyRecord record(String type) {
        return with(engine -> new PolicyRecord(this, engine, type));
    }

    // ---- what is in it

    /**
     * The record types of the schema.
     *
     * @return by name, in the schema's order
     */
    public Map<String, RecordType> types() {
        return types;
    }

    /**
     * A record type.
     *
     * @param name its name
     * @return the type
     * @throws IllegalArgumentException if there is none of that name
     */
    public RecordType type(String name) {
        RecordType type = types.get(name);
        if (type == null) {
            throw new IllegalArgumentException("there is no record type '" + name + "'; there are " + types.keySet());
        }
        return type;
    }

    /**
     * The handle of a field; as {@code type(type).field(field)}.
     *
     * @param type a record type
     * @param field a field of it
     * @return the handle
     */
    public int field(String type, String field) {
        return type(type).field(field);
    }

    /**
     * The record types in the order in which they should be fed, so that what a record's grouping reads is there before it.
     *
     * @return their names
     */
    public List<String> feedOrder() {
        return list(Native::engine_type_count, (e, i) -> Native.engine_type_name(e, Native.engine_feed_order(e, i)));
    }

    /**
     * The rules, in order.
     *
     * @return a fixed list
     */
    public List<Rule> rules() {
        return list(Native::engine_rule_count, (e, i) -> new Rule(Native.engine_rule_id(e, i),
                Native.engine_rule_clause(e, i), Native.engine_rule_table(e, i),
                Severity.of(Native.engine_rule_severity(e, i)),
                Map.of(Language.ZH, Native.engine_rule_title(e, i, 0), Language.EN, Native.engine_rule_title(e, i, 1))));
    }

    /**
     * The packs it was built from, bases first.
     *
     * @return a fixed list
     */
    public List<Pack> packs() {
        return list(Native::engine_pack_count, (e, i) -> new Pack(Native.engine_pack_name(e, i),
                Native.engine_pack_version(e, i),
                Map.of(Language.ZH, Native.engine_pack_title(e, i, 0), Language.EN, Native.engine_pack_title(e, i, 1))));
    }

    /**
     * Explains a rule or a clause by its id, a parameter ({@code params.NAME}), or everything (an empty text).
     *
     * @param what which
     * @param language of the text
     * @return a text for people: what it says, quote, parameters and their origin, data needed, state in force
     * @throws PolicyException if there is no such thing, with the nearest name
     */
    public String explain(String what, Language language) {
        return with(engine -> {
            byte[][] text = new byte[1][];
            Native.engine_explain(engine, what, language.code(), text);
            return Utf8.decode(text[0]);
        });
    }

    /**
     * What is wrong in the packs but not fatal.
     *
     * @return unused parameters, rules without a clause, messages without a language and the like; empty when clean
     */
    public List<Problem> lint() {
        return with(engine -> {
            Object[][] notes = new Object[1][];
            Native.engine_lint(engine, notes);
            return Arrays.stream(notes[0]).map(Problem.class::cast).toList();
        });
    }

    /**
     * The band schemes of its packs, bases first.
     *
     * @return a fixed list
     */
    public List<BandScheme> bandSchemes() {
        return list(Native::engine_bands_count, (e, i) -> new BandScheme(this, Native.engine_bands_at(e, i)));
    }

    /**
     * A band scheme.
     *
     * @param id as the pack names it; empty for the only one there is
     * @return the scheme
     * @throws PolicyException if there is none of that id, with the nearest
     */
    public BandScheme bandScheme(String id) {
        return with(engine -> {
            long[] bands = new long[1];
            Native.engine_bands(engine, id, bands);
            return new BandScheme(this, bands[0]);
        });
    }

    /**
     * The version of the native library.
     *
     * @return such as {@code 1.0.0}
     */
    public static String libraryVersion() {
        NativeLoader.ensure();
        return Native.version();
    }

    /** Closes it; again does nothing. Calls that run are not disturbed. */
    @Override
    public void close() {
        cleanable.clean();
    }

    <T> T with(LongFunction<T> call) {
        long engine = handle.share();
        try {
            return call.apply(engine);
        } finally {
            handle.leave();
        }
    }

    private interface Count {
        long of(long engine);
    }

    private interface Item<T> {
        T at(long engine, long index);
    }

    private <T> List<T> list(Count count, Item<T> item) {
        return with(engine -> {
            List<T> all = new ArrayList<>();
            for (long i = 0, n = count.of(engine); i < n; i++) {
                all.add(item.at(engine, i));
            }
            return Collections.unmodifiableList(all);
        });
    }
}
