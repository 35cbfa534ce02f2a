package org.libpolicy.internal;

import java.util.ArrayList;
import java.util.List;
import org.libpolicy.Datum;
import org.libpolicy.PolicyException;
import org.libpolicy.Problem;
import org.libpolicy.Status;

/** What the native side calls to make Java objects. */
final class Bridge {
    /** As java_border() in bindings/swig/java/extras.i. */
    static final int BORDER = 2;

    private Bridge() {}

    static Object problem(int status, byte[] zh, byte[] en, byte[] file, int line, int column, byte[] rule, byte[] nearest,
            byte[] otherFile, int otherLine, int otherColumn, byte[] excerpt) {
        return new Problem(Status.of(status), Utf8.decode(zh), Utf8.decode(en), Utf8.decode(file), line, column,
                Utf8.decode(rule), Utf8.decode(nearest), Utf8.decode(otherFile), otherLine, otherColumn,
                Utf8.decode(excerpt));
    }

    static Throwable exception(int status, Object[] problems) {
        List<Problem> list = new ArrayList<>();
        for (Object problem : problems) {
            list.add((Problem) problem);
        }
        return new PolicyException(Status.of(status), status, list);
    }

    static Object datum(int kind, long integer, double number, byte[] text) {
        return Datum.of(kind, integer, number, text == null ? "" : Utf8.decode(text));
    }
}
