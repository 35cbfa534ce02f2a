package org.libpolicy;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.libpolicy.internal.BatchSource;
import org.libpolicy.internal.Utf8;

/**
 * Rows packed as Arrow columns, some thousand at a time. The first rows decide what a column holds; where they differ it is
 * text. A later value that does not fit is refused, with its row and column.
 */
final class RowBatches implements BatchSource {
    /** Where rows come from: each call adds one row's values, or says that there are no more. */
    interface Rows {
        boolean next(Sink sink) throws Exception;
    }

    /** Takes the values of one row, by column name. */
    interface Sink {
        void put(String column, @Nullable Object value);
    }

    private enum Form {
        EMPTY("u"), BOOLEAN("b"), INTEGER("l"), DOUBLE("g"), DATE("tdD"), TIME("tts"), TIMESTAMP("tsu:UTC"), TEXT("u");

        final String arrow;

        Form(String arrow) {
            this.arrow = arrow;
        }
    }

    private static final class Column {
        final String name;
        final List<@Nullable Object> values = new ArrayList<>();
        Form form = Form.EMPTY;

        Column(String name) {
            this.name = name;
        }
    }

    private final Rows rows;
    private final int chunk;
    private final Map<String, Column> columns = new LinkedHashMap<>();
    private int count;
    private long done;
    private boolean first = true;
    private boolean ended;

    RowBatches(Rows rows, List<String> names, int chunk) {
        this.rows = rows;
        this.chunk = chunk;
        names.forEach(name -> columns.put(name, new Column(name)));
    }

    @Override
    public byte @Nullable [] next() throws Exception {
        count = 0;
        columns.values().forEach(column -> column.values.clear());
        while (!ended && count < chunk) {
            if (rows.next(this::put)) {
                count++;
            } else {
                ended = true;
            }
        }
        if (count == 0 && !first) {
            return null;
        }
        for (Column column : columns.values()) {
            while (column.values.size() < count) {
                column.values.add(null);
            }
            decide(column);
        }
        first = false;
        byte[] packed = pack();
        done += count;
        return packed;
    }

    private void put(String name, @Nullable Object value) {
        Column column = columns.get(name);
        if (column == null) {
            if (!first) {
                throw new IllegalArgumentException("row " + (done + count + 1) + " has a column that the first rows did not"
                        + " have: '" + name + "'");
            }
            column = new Column(name);
            columns.put(name, column);
        }
        while (column.values.size() < count) {
            column.values.add(null);
        }
        if (column.values.size() > count) {
            throw new IllegalArgumentException("row " + (done + count + 1) + " has two values of '" + name + "'");
        }
        column.values.add(plain(value));
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Long || value instanceof Double
                || value instanceof Boolean || value instanceof LocalDate || value instanceof LocalTime
                || value instanceof Instant) {
            return value;
        } else if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        } else if (value instanceof Float number) {
            return number.doubleValue();
        } else if (value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT);
        } else if (value instanceof Optional<?> optional) {
            return plain(optional.orElse(null));
        }
        return PolicyRecord.plain(value);
    }

    private static Form formOf(Object value) {
        return value instanceof Long ? Form.INTEGER
                : value instanceof Double ? Form.DOUBLE
                : value instanceof Boolean ? Form.BOOLEAN
                : value instanceof LocalDate ? Form.DATE
                : value instanceof LocalTime ? Form.TIME
                : value instanceof Instant ? Form.TIMESTAMP : Form.TEXT;
    }

    private void decide(Column column) {
        Form form = first ? Form.EMPTY : column.form;
        for (int i = 0; i < count; i++) {
            Object value = column.values.get(i);
            if (value == null) {
                continue;
            }
            Form its = formOf(value);
            if (form == its || form == Form.TEXT || (form == Form.DOUBLE && its == Form.INTEGER)) {
                continue;
            }
            if (first) {
                form = form == Form.EMPTY || (form == Form.INTEGER && its == Form.DOUBLE) ? its : Form.TEXT;
            } else if (form != Form.EMPTY) { // an empty column is one of texts
                throw new IllegalArgumentException("row " + (done + i + 1) + ", column '" + column.name + "': '" + value
                        + "' does not fit what came before (" + form.name().toLowerCase(Locale.ROOT)
                        + "); hand the column over as text");
            }
        }
        column.form = form;
    }

    private static String text(Object value) {
        return value instanceof Double number && Double.isFinite(number) ? new BigDecimal(number.toString()).toPlainString()
                : value.toString();
    }

    // ---- the form of bindings/swig/java/batches.h

    private byte[] pack() {
        Out out = new Out();
        out.number(count);
        out.number(columns.size());
        for (Column column : columns.values()) {
            out.bytes(column.form.arrow.getBytes(StandardCharsets.US_ASCII));
            out.bytes(Utf8.encode(column.name));
            int nulls = 0;
            byte[] validity = new byte[(count + 7) / 8];
            for (int i = 0; i < count; i++) {
                if (column.values.get(i) == null) {
                    nulls++;
                } else {
                    validity[i >> 3] |= (byte) (1 << (i & 7));
                }
            }
            out.number(nulls);
            boolean isText = column.form == Form.TEXT || column.form == Form.EMPTY;
            out.number(isText ? 3 : 2);
            out.bytes(nulls == 0 ? new byte[0] : validity);
            if (isText) {
                texts(out, column);
            } else {
                out.bytes(fixed(column));
            }
        }
        return out.toArray();
    }

    private void texts(Out out, Column column) {
        ByteBuffer offsets = buffer(4 * (count + 1));
        byte[][] texts = new byte[count][];
        int size = 0;
        offsets.putInt(0);
        for (int i = 0; i < count; i++) {
            Object value = column.values.get(i);
            if (value != null) {
                texts[i] = Utf8.encode(text(value));
                size = Math.addExact(size, texts[i].length);
            }
            offsets.putInt(size);
        }
        out.bytes(offsets.array());
        byte[] all = new byte[size];
        int at = 0;
        for (byte[] text : texts) {
            if (text != null) {
                System.arraycopy(text, 0, all, at, text.length);
                at += text.length;
            }
        }
        out.bytes(all);
    }

    private byte[] fixed(Column column) {
        if (column.form == Form.BOOLEAN) {
            byte[] bits = new byte[(count + 7) / 8];
            for (int i = 0; i < count; i++) {
                if (Boolean.TRUE.equals(column.values.get(i))) {
                    bits[i >> 3] |= (byte) (1 << (i & 7));
                }
            }
            return bits;
        }
        boolean isSmall = column.form == Form.DATE || column.form == Form.TIME;
        ByteBuffer buffer = buffer((isSmall ? 4 : 8) * count);
        for (int i = 0; i < count; i++) {
            Object value = column.values.get(i);
            switch (column.form) {
                case DATE -> buffer.putInt(value == null ? 0 : Math.toIntExact(((LocalDate) value).toEpochDay()));
                case TIME -> buffer.putInt(value == null ? 0 : ((LocalTime) value).toSecondOfDay());
                case DOUBLE -> buffer.putDouble(value == null ? 0 : ((Number) value).doubleValue());
                case TIMESTAMP -> buffer.putLong(value == null ? 0
                        : Math.addExact(Math.multiplyExact(((Instant) value).getEpochSecond(), 1_000_000L),
                                ((Instant) value).getNano() / 1000));
                default -> buffer.putLong(value == null ? 0 : (Long) value);
            }
        }
        return buffer.array();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    /** Bytes padded to 8, each with its size before it. */
    private static final class Out {
        private ByteBuffer buffer = RowBatches.buffer(65_536);

        private void room(int bytes) {
            if (buffer.remaining() < bytes) {
                ByteBuffer larger = RowBatches.buffer(Math.addExact(Math.max(buffer.capacity(), bytes), buffer.capacity()));
                buffer = larger.put(buffer.flip());
            }
        }

        void number(long number) {
            room(8);
            buffer.putLong(number);
        }

        void bytes(byte[] bytes) {
            number(bytes.length);
            room(bytes.length + 8);
            buffer.put(bytes);
            while (buffer.position() % 8 != 0) {
                buffer.put((byte) 0);
            }
        }

        byte[] toArray() {
            byte[] all = new byte[buffer.position()];
            buffer.flip().get(all);
            return all;
        }
    }
}
