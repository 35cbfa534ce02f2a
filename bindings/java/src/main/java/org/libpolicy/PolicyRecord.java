package org.libpolicy;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.libpolicy.internal.Handle;
import org.libpolicy.internal.Native;
import org.libpolicy.internal.Utf8;

/**
 * One row to be judged, filled field by field and reused from row to row. A field that was never set counts as "column not
 * supplied". Text goes through the field's reader, as a spreadsheet's cell would. For one thread at a time.
 *
 * <p>Values are kept here and cross to the library in one go with the call that uses the record: what it refuses (a kind that
 * a field cannot take, a handle of another type) is refused by that call. Setting a field by its handle
 * ({@link RecordType#field}) makes no garbage.
 */
public final class PolicyRecord implements AutoCloseable {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    // As POLICY_VALUE_*, and STAGE_CLEAR of bindings/swig/java/stage.h.
    private static final int CLEAR = -1;
    private static final int ABSENT = 0;
    private static final int NONE = 1;
    private static final int TEXT = 2;
    private static final int INTEGER = 3;
    private static final int DOUBLE = 4;
    private static final int BOOLEAN = 5;
    private static final int DATE = 6;
    private static final int TIME = 7;
    private static final int TIMESTAMP = 8;
    private static final int CODE = 9;

    private final PolicyEngine engine;
    private final RecordType type;
    private final Handle handle;
    private final Cleaner.Cleanable cleanable;
    private byte[] staged = new byte[512];
    private int size;

    PolicyRecord(PolicyEngine engine, long pointer, String type) {
        long[] record = new long[1];
        Native.record_new(pointer, type, record);
        this.engine = engine;
        this.type = engine.type(type);
        handle = new Handle(record[0], "the record", Native::record_free);
        cleanable = handle.heldBy(this);
    }

    /** Room to stage values in that belong to no record. */
    private PolicyRecord(PolicyEngine engine, RecordType type) {
        this.engine = engine;
        this.type = type;
        handle = new Handle(0, "a key", pointer -> { });
        cleanable = () -> { };
    }

    /**
     * Its record type.
     *
     * @return the type
     */
    public RecordType type() {
        return type;
    }

    PolicyEngine engine() {
        return engine;
    }

    // ---- by handle

    /**
     * Sets a field to a text, which its reader reads as a spreadsheet's cell.
     *
     * @param field handle
     * @param text the text; null is an empty cell
     * @return this
     */
    public PolicyRecord set(int field, @Nullable String text) {
        if (text == null) {
            return setNone(field);
        }
        int length = text.length();
        if (length > 600_000_000) {
            throw new IllegalArgumentException("a text of " + length + " characters");
        }
        int start = room(16 + 3 * length + 8);
        int end = encode(text, staged, start + 16);
        put(start, field, TEXT, end - start - 16);
        size = (end + 7) & ~7;
        return this;
    }

    /**
     * Sets a field to a whole number.
     *
     * @param field handle
     * @param value the number
     * @return this
     */
    public PolicyRecord set(int field, long value) {
        return stage(field, INTEGER, value);
    }

    /**
     * Sets a field to a number.
     *
     * @param field handle
     * @param value the number
     * @return this
     */
    public PolicyRecord set(int field, double value) {
        return stage(field, DOUBLE, Double.doubleToRawLongBits(value));
    }

    /**
     * Sets a field to true or false.
     *
     * @param field handle
     * @param value which
     * @return this
     */
    public PolicyRecord set(int field, boolean value) {
        return stage(field, BOOLEAN, value ? 1 : 0);
    }

    /**
     * Sets a field to a day.
     *
     * @param field handle
     * @param day the day
     * @return this
     */
    public PolicyRecord set(int field, LocalDate day) {
        return stage(field, DATE, day.toEpochDay());
    }

    /**
     * Sets a field to a time of day.
     *
     * @param field handle
     * @param time the time; fractions of a second are dropped
     * @return this
     */
    public PolicyRecord set(int field, LocalTime time) {
        return stage(field, TIME, time.toSecondOfDay());
    }

    /**
     * Sets a field to a moment.
     *
     * @param field handle
     * @param moment the moment, kept to the microsecond
     * @return this
     */
    public PolicyRecord set(int field, Instant moment) {
        return stage(field, TIMESTAMP, Math.addExact(Math.multiplyExact(moment.getEpochSecond(), 1_000_000L),
                moment.getNano() / 1000));
    }

    /**
     * Sets an enum field by the number of a value.
     *
     * @param field handle
     * @param code from {@link PolicyEngine#code}
     * @return this
     */
    public PolicyRecord setCode(int field, int code) {
        return stage(field, CODE, code);
    }

    /**
     * Says that a field is there and empty.
     *
     * @param field handle
     * @return this
     */
    public PolicyRecord setNone(int field) {
        return stage(field, NONE, 0);
    }

    /**
     * Takes a field back, as if it had never been set.
     *
     * @param field handle
     * @return this
     */
    public PolicyRecord unset(int field) {
        return stage(field, ABSENT, 0);
    }

    // ---- by name

    /**
     * Sets a field by name.
     *
     * @param field its name
     * @param value a String, Number, Boolean, LocalDate, LocalTime, Instant, a zoned or local date and time, an enum (its name in
     *     lower case), an Optional of these, or null for an empty cell
     * @return this
     * @throws IllegalArgumentException for a field that the type does not have, or a value of another class
     */
    public PolicyRecord set(String field, @Nullable Object value) {
        return setObject(type.field(field), value);
    }

    /**
     * Sets fields by name; others stay as they are.
     *
     * @param values by field name; see {@link #set(String, Object)}
     * @return this
     */
    public PolicyRecord setAll(Map<String, ?> values) {
        values.forEach(this::set);
        return this;
    }

    /**
     * Empties it and fills it from a Map, a Java record or a bean; keys and properties are field names, properties also in
     * camel case. Properties that are no field are ignored; a Map's key that is none is refused.
     *
     * @param values where the values are
     * @return this
     */
    public PolicyRecord fill(Object values) {
        clear();
        if (values instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                set(String.valueOf(entry.getKey()), entry.getValue());
            }
        } else {
            Shape.of(values.getClass()).fill(this, values);
        }
        return this;
    }

    /**
     * Empties it and fills it from a JSON object, at once: strings are read as a spreadsheet's cell would be, null is an empty cell.
     *
     * @param object the text, by field name
     * @return this
     * @throws PolicyException if it is no JSON object, with line and column, or names what is no field; the record is then as it was
     */
    public PolicyRecord fillJson(String object) {
        byte[] text = Utf8.encode(object);
        long record = handle.enter();
        try {
            apply(record);
            Native.record_set_json(record, text);
        } finally {
            handle.leave();
        }
        return this;
    }

    PolicyRecord setObject(int field, @Nullable Object given) {
        Object value = given instanceof Enum<?> constant ? constant.name().toLowerCase(Locale.ROOT) : given;
        if (value == null) {
            return setNone(field);
        } else if (value instanceof String text) {
            return set(field, text);
        } else if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return set(field, ((Number) value).longValue());
        } else if (value instanceof Double || value instanceof Float) {
            return set(field, ((Number) value).doubleValue());
        } else if (value instanceof Boolean truth) {
            return set(field, truth.booleanValue());
        } else if (value instanceof LocalDate day) {
            return set(field, day);
        } else if (value instanceof LocalTime time) {
            return set(field, time);
        } else if (value instanceof Instant moment) {
            return set(field, moment);
        } else if (value instanceof Optional<?> optional) {
            return setObject(field, optional.orElse(null));
        }
        Object plain = plain(value);
        return plain instanceof Instant moment ? set(field, moment)
                : plain instanceof LocalDate day ? set(field, day)
                : plain instanceof LocalTime time ? set(field, time)
                : set(field, (String) plain);
    }

    /** Rarer classes as one of the plain ones: String, LocalDate, LocalTime, Instant. */
    static Object plain(Object value) {
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        } else if (value instanceof BigInteger || value instanceof CharSequence || value instanceof Character) {
            return value.toString();
        } else if (value instanceof OffsetDateTime moment) {
            return moment.toInstant();
        } else if (value instanceof ZonedDateTime moment) {
            return moment.toInstant();
        } else if (value instanceof LocalDateTime local) {
            return local.toString().replace('T', ' ');
        } else if (Dates.isSqlDate(value)) {
            return Dates.of(value);
        } else if (value instanceof java.util.Date moment) {
            return moment.toInstant();
        }
        throw new IllegalArgumentException("a value of " + value.getClass().getName() + " cannot be a field");
    }

    /** java.sql is optional, so its classes are named only here. */
    private static final class Dates {
        private Dates() {}

        static boolean isSqlDate(Object value) {
            return value.getClass().getName().startsWith("java.sql.");
        }

        static Object of(Object value) {
            if (value instanceof java.sql.Date date) {
                return date.toLocalDate();
            } else if (value instanceof java.sql.Time time) {
                return time.toLocalTime();
            } else if (value instanceof java.sql.Timestamp moment) {
                return moment.toLocalDateTime().toString().replace('T', ' ');
            }
            throw new IllegalArgumentException("a value of " + value.getClass().getName() + " cannot be a field");
        }
    }

    /**
     * Says where the record comes from, for findings.
     *
     * @param source a file's name or the like; null for none
     * @param row from 1
     * @return this
     */
    public PolicyRecord source(@Nullable String source, long row) {
        long record = handle.enter();
        try {
            apply(record);
            Native.record_set_source(record, source, row);
        } finally {
            handle.leave();
        }
        return this;
    }

    /**
     * Empties it.
     *
     * @return this
     */
    public PolicyRecord clear() {
        size = 0;
        return stage(0, CLEAR, 0);
    }

    /** Closes it; again does nothing. */
    @Override
    public void close() {
        cleanable.clean();
    }

    // ---- for the ledger: enter, hand over, leave

    long enter() {
        return handle.enter();
    }

    void leave() {
        handle.leave();
    }

    byte[] staged() {
        return staged;
    }

    /** How much is staged; it counts as handed over from now on. */
    int take() {
        int all = size;
        size = 0;
        return all;
    }

    void apply(long record) {
        byte[] bytes = staged;
        int all = take();
        if (all > 0) {
            Native.java_record_apply(record, bytes, all);
        }
    }

    /** Values without a record, as they cross. */
    record Stage(byte[] bytes, int size) {}

    /** Several values in their order. */
    static Stage stageAll(PolicyEngine engine, @Nullable Object... values) {
        PolicyRecord staging = new PolicyRecord(engine, engine.types().get(0));
        for (int i = 0; i < values.length; i++) {
            staging.setObject(i, values[i]);
        }
        return new Stage(staging.staged, staging.size);
    }

    // ---- staging

    private PolicyRecord stage(int field, int kind, long payload) {
        if (handle.isClosed()) {
            throw new IllegalStateException("the record is closed");
        }
        int start = room(16);
        put(start, field, kind, payload);
        size = start + 16;
        return this;
    }

    private void put(int at, int field, int kind, long payload) {
        INT.set(staged, at, field);
        INT.set(staged, at + 4, kind);
        LONG.set(staged, at + 8, payload);
    }

    private int room(int bytes) {
        if (handle.isClosed()) {
            throw new IllegalStateException("the record is closed");
        }
        if (staged.length - size < bytes) {
            staged = Arrays.copyOf(staged, Math.addExact(Math.max(2 * size, 512), bytes));
        }
        return size;
    }

    private static int encode(String text, byte[] into, int at) {
        int to = at;
        for (int i = 0, n = text.length(); i < n; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                into[to++] = (byte) c;
            } else if (c < 0x800) {
                into[to++] = (byte) (0xC0 | c >> 6);
                into[to++] = (byte) (0x80 | c & 0x3F);
            } else if (!Character.isSurrogate(c)) {
                into[to++] = (byte) (0xE0 | c >> 12);
                into[to++] = (byte) (0x80 | c >> 6 & 0x3F);
                into[to++] = (byte) (0x80 | c & 0x3F);
            } else if (Character.isHighSurrogate(c) && i + 1 < n && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                into[to++] = (byte) (0xF0 | point >> 18);
                into[to++] = (byte) (0x80 | point >> 12 & 0x3F);
                into[to++] = (byte) (0x80 | point >> 6 & 0x3F);
                into[to++] = (byte) (0x80 | point & 0x3F);
            } else {
                throw new IllegalArgumentException("half of a surrogate pair cannot be written as UTF-8");
            }
        }
        return to;
    }
}
