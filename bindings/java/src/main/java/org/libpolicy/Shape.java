package org.libpolicy;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The properties of a Java record or bean: looked up once for each class, then read through method handles. */
final class Shape {
    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return new Shape(type);
        }
    };

    /** One property; of the handles the one that fits its type, so that numbers are not boxed. */
    private static final class Property {
        final String name;
        final Class<?> carrier;
        final MethodHandle read;

        Property(String name, MethodHandle handle) {
            Class<?> type = handle.type().returnType();
            this.name = name;
            carrier = type == int.class || type == long.class || type == short.class || type == byte.class ? long.class
                    : type == double.class || type == float.class ? double.class
                    : type == boolean.class ? boolean.class : Object.class;
            read = handle.asType(MethodType.methodType(carrier, Object.class));
        }

        Object value(Object from) {
            try {
                return carrier == long.class ? (Object) (long) read.invokeExact(from)
                        : carrier == double.class ? (Object) (double) read.invokeExact(from)
                        : carrier == boolean.class ? (Object) (boolean) read.invokeExact(from)
                        : (Object) read.invokeExact(from);
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        void copy(Object from, PolicyRecord into, int field) {
            try {
                if (carrier == long.class) {
                    into.set(field, (long) read.invokeExact(from));
                } else if (carrier == double.class) {
                    into.set(field, (double) read.invokeExact(from));
                } else if (carrier == boolean.class) {
                    into.set(field, (boolean) read.invokeExact(from));
                } else {
                    into.setObject(field, (Object) read.invokeExact(from));
                }
            } catch (Throwable e) {
                throw failed(e);
            }
        }

        private RuntimeException failed(Throwable e) {
            if (e instanceof Error error) {
                throw error;
            }
            return e instanceof RuntimeException runtime ? runtime
                    : new IllegalArgumentException("property '" + name + "' cannot be read", e);
        }
    }

    private final List<Property> properties = new ArrayList<>();
    /** Handles of the fields that the properties fill, -1 for none, of the type that was filled last. */
    private volatile Target target = new Target(null, new int[0]);

    private record Target(RecordType type, int[] fields) {}

    static Shape of(Class<?> type) {
        return SHAPES.get(type);
    }

    private Shape(Class<?> type) {
        Map<String, Method> getters = new LinkedHashMap<>();
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                getters.put(component.getName(), component.getAccessor());
            }
        } else {
            beanGetters(type, getters);
        }
        if (getters.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " is no Map, Java record or bean with getters");
        }
        getters.forEach((name, method) -> properties.add(new Property(name, handle(method))));
    }

    private static void beanGetters(Class<?> type, Map<String, Method> getters) {
        for (Method method : type.getMethods()) {
            String name = method.getName();
            boolean truth = method.getReturnType() == boolean.class || method.getReturnType() == Boolean.class;
            int prefix = name.startsWith("get") && name.length() > 3 ? 3 : name.startsWith("is") && truth && name.length() > 2 ? 2
                    : 0;
            if (prefix > 0 && method.getParameterCount() == 0 && method.getReturnType() != void.class
                    && !Modifier.isStatic(method.getModifiers()) && method.getDeclaringClass() != Object.class) {
                getters.put(decapitalize(name.substring(prefix)), method);
            }
        }
    }

    private static String decapitalize(String name) {
        return name.length() > 1 && Character.isUpperCase(name.charAt(1)) && Character.isUpperCase(name.charAt(0)) ? name
                : name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    private static MethodHandle handle(Method method) {
        try {
            if (!Modifier.isPublic(method.getDeclaringClass().getModifiers()) && !method.trySetAccessible()) {
                throw new IllegalArgumentException(method + " is not open to org.libpolicy: make its class public");
            }
            return MethodHandles.lookup().unreflect(method);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(method + " is not open to org.libpolicy: make its class public", e);
        }
    }

    /** The field that a property fills: of the same name, or of its name in snake case. */
    static String fieldName(String property) {
        StringBuilder name = new StringBuilder();
        for (char c : property.toCharArray()) {
            if (Character.isUpperCase(c)) {
                name.append('_').append(Character.toLowerCase(c));
            } else {
                name.append(c);
            }
        }
        return name.toString();
    }

    private int[] fieldsOf(RecordType type) {
        Target now = target;
        if (now.type != type) {
            int[] fields = new int[properties.size()];
            for (int i = 0; i < fields.length; i++) {
                String name = properties.get(i).name;
                String snake = fieldName(name);
                fields[i] = type.has(name) ? type.field(name) : type.has(snake) ? type.field(snake) : -1;
            }
            now = new Target(type, fields);
            target = now;
        }
        return now.fields;
    }

    void fill(PolicyRecord record, Object from) {
        int[] fields = fieldsOf(record.type());
        boolean any = false;
        for (int i = 0; i < fields.length; i++) {
            if (fields[i] >= 0) {
                properties.get(i).copy(from, record, fields[i]);
                any = true;
            }
        }
        if (!any) {
            throw new IllegalArgumentException("no property of " + from.getClass().getName() + " is a field of "
                    + record.type().name() + ": " + record.type().fields());
        }
    }

    /** The values by field name, for batches. */
    Map<String, Object> values(RecordType type, Object from) {
        int[] fields = fieldsOf(type);
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < fields.length; i++) {
            if (fields[i] >= 0) {
                String name = properties.get(i).name;
                values.put(type.has(name) ? name : fieldName(name), properties.get(i).value(from));
            }
        }
        return values;
    }
}
