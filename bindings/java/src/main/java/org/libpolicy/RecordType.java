package org.libpolicy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.libpolicy.internal.Native;

/** A record type of an engine: the names of its fields, and their handles. Immutable. */
public final class RecordType {
    private final String name;
    private final Map<String, Integer> fields;
    private final Map<Language, String> titles;
    private final Map<String, Map<Language, String>> fieldTitles;

    private RecordType(String name, Map<String, Integer> fields, Map<Language, String> titles,
            Map<String, Map<Language, String>> fieldTitles) {
        this.name = name;
        this.fields = Collections.unmodifiableMap(fields);
        this.titles = titles;
        this.fieldTitles = fieldTitles;
    }

    static RecordType read(long engine, long index) {
        String name = Native.engine_type_name(engine, index);
        Map<String, Integer> fields = new LinkedHashMap<>();
        Map<String, Map<Language, String>> titles = new LinkedHashMap<>();
        for (long i = 0, n = Native.engine_field_count(engine, name); i < n; i++) {
            String field = Native.engine_field_name(engine, name, i);
            fields.put(field, Native.engine_field(engine, name, field));
            titles.put(field, Map.of(Language.ZH, Native.engine_field_title(engine, name, field, Language.ZH.code()),
                    Language.EN, Native.engine_field_title(engine, name, field, Language.EN.code())));
        }
        return new RecordType(name, fields,
                Map.of(Language.ZH, Native.engine_type_title(engine, index, Language.ZH.code()), Language.EN,
                        Native.engine_type_title(engine, index, Language.EN.code())), titles);
    }

    /**
     * Its name, such as {@code homework}.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Its fields.
     *
     * @return their names, in the schema's order
     */
    public Set<String> fields() {
        return fields.keySet();
    }

    /**
     * Whether there is a field of that name.
     *
     * @param field a name
     * @return whether the type has it
     */
    public boolean has(String field) {
        return fields.containsKey(field);
    }

    /**
     * The handle of a field, for {@link PolicyRecord}: the fast way to set it. Good for all records of this engine.
     *
     * @param field its name
     * @return the handle
     * @throws IllegalArgumentException if there is no such field
     */
    public int field(String field) {
        Integer handle = fields.get(field);
        if (handle == null) {
            throw new IllegalArgumentException(name + " has no field '" + field + "'; it has " + fields.keySet());
        }
        return handle;
    }

    /**
     * What people call the type.
     *
     * @param language which
     * @return the title
     */
    public String title(Language language) {
        return titles.getOrDefault(language, name);
    }

    /**
     * What people call a field.
     *
     * @param field its name
     * @param language which
     * @return the title; the name itself for what is no field
     */
    public String title(String field, Language language) {
        return fieldTitles.getOrDefault(field, Map.of()).getOrDefault(language, field);
    }

    @Override
    public String toString() {
        return name + fields.keySet();
    }
}
