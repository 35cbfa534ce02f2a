package org.libpolicy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The library refused. Says what, where and, for a misspelt name, what is nearest. {@link #getMessage} is Chinese where Java's
 * default locale is, and English elsewhere.
 */
public class PolicyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status status;
    private final int code;
    private final transient @Nullable List<Problem> problems;

    /**
     * An exception for a failure of the library.
     *
     * @param status its kind
     * @param code its number in C, also where this jar has no name for it
     * @param problems everything that was found wrong, in order of place; may be empty
     */
    public PolicyException(Status status, int code, List<Problem> problems) {
        super(text(status, code, problems));
        this.status = status;
        this.code = code;
        this.problems = List.copyOf(problems);
    }

    private static String text(Status status, int code, List<Problem> problems) {
        if (problems.isEmpty()) {
            return status == Status.UNRECOGNIZED ? "status " + code : status.toString();
        }
        Problem first = problems.get(0);
        String place = first.place();
        return (place.isEmpty() ? "" : place + ": ") + first.message(Language.ofDefaultLocale())
                + (problems.size() > 1 ? " (+" + (problems.size() - 1) + ")" : "");
    }

    /**
     * What kind of failure.
     *
     * @return the status of the first problem
     */
    public Status status() {
        return status;
    }

    /**
     * The number of the status.
     *
     * @return as the C library numbers it, also where {@link #status} is {@link Status#UNRECOGNIZED}
     */
    public int code() {
        return code;
    }

    /**
     * All that was found wrong.
     *
     * @return in order of place; empty for an exception that was sent from another Java
     */
    public List<Problem> problems() {
        return problems == null ? List.of() : problems;
    }

    private Optional<Problem> first() {
        return problems().stream().findFirst();
    }

    /**
     * The file of the first problem.
     *
     * @return as the caller named it
     */
    public Optional<String> file() {
        return first().map(Problem::file);
    }

    /**
     * The line of the first problem.
     *
     * @return from 1
     */
    public OptionalInt line() {
        return first().filter(p -> p.line() > 0).map(p -> OptionalInt.of(p.line())).orElse(OptionalInt.empty());
    }

    /**
     * The column of the first problem.
     *
     * @return from 1, in code points
     */
    public OptionalInt column() {
        return first().filter(p -> p.column() > 0).map(p -> OptionalInt.of(p.column())).orElse(OptionalInt.empty());
    }

    /**
     * The rule that the first problem belongs to.
     *
     * @return its id
     */
    public Optional<String> rule() {
        return first().map(Problem::rule);
    }

    /**
     * The nearest existing name.
     *
     * @return for a name that does not exist, where one is near
     */
    public Optional<String> nearest() {
        return first().map(Problem::nearest);
    }
}
