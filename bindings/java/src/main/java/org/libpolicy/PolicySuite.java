package org.libpolicy;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.libpolicy.internal.Handle;
import org.libpolicy.internal.Native;
import org.libpolicy.internal.Utf8;

/**
 * The test cases of a pack, to be run one by one: each gives records and the findings it expects. In JUnit each can be a test of
 * its own:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> ourRules() {
 *     PolicySuite suite = engine.suite("our-school");
 *     return suite.cases().stream().map(one -> DynamicTest.dynamicTest(one.name(),
 *             () -> assertEquals(Optional.empty(), suite.run(one, Language.EN))));
 * }
 * }</pre>
 *
 * <p>For one thread at a time. What cases cover, and which mutants they catch, the command says ({@code policy test}).
 */
public final class PolicySuite implements AutoCloseable {
    /**
     * A case.
     *
     * @param index from 0
     * @param name what it is about
     * @param file where it stands
     * @param line from 1
     */
    public record Case(int index, String name, String file, int line) {}

    private final Handle handle;
    private final Cleaner.Cleanable cleanable;
    private final List<Case> cases;

    PolicySuite(long engine, String packOrPath) {
        long[] made = new long[1];
        Native.suite_new(engine, packOrPath, made);
        long suite = made[0];
        handle = new Handle(suite, "the suite", Native::suite_free);
        cleanable = handle.heldBy(this);
        List<Case> all = new ArrayList<>();
        for (int i = 0, n = Math.toIntExact(Native.suite_count(suite)); i < n; i++) {
            all.add(new Case(i, Native.suite_case_name(suite, i), Native.suite_case_file(suite, i),
                    (int) Native.suite_case_line(suite, i)));
        }
        cases = List.copyOf(all);
    }

    /**
     * Its cases.
     *
     * @return in the order of files and lines
     */
    public List<Case> cases() {
        return cases;
    }

    /**
     * Runs a case.
     *
     * @param one which, of {@link #cases}
     * @param language of what is said
     * @return empty if it passes, else what was expected and what came
     * @throws PolicyException if it could not be run
     */
    public Optional<String> run(Case one, Language language) {
        return with(suite -> {
            if (one.index() < 0 || one.index() >= cases.size()) {
                throw new IllegalArgumentException(one + " is no case of this suite");
            }
            byte[][] difference = new byte[1][];
            Native.suite_run(suite, one.index(), language.code(), difference);
            return Optional.ofNullable(difference[0]).map(Utf8::decode);
        });
    }

    private <T> T with(LongFunction<T> use) {
        long suite = handle.enter();
        try {
            return use.apply(suite);
        } finally {
            handle.leave();
        }
    }

    /** Frees it; a call that runs ends first. */
    @Override
    public void close() {
        cleanable.clean();
    }
}
