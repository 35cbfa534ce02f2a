package org.libpolicy.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.util.function.LongConsumer;

/**
 * A native object with a count of the calls that are inside it. Closing it while a call runs frees it when that call returns;
 * a call that comes later is refused. Whoever holds it registers it with a cleaner, so it must not refer to its holder.
 */
public final class Handle implements Runnable {
    private static final Cleaner CLEANER = Cleaner.create();
    private static final int CLOSED = 1 << 31;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Handle.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long pointer;
    private final String name;
    private final LongConsumer release;
    private volatile int state;

    /**
     * Takes a native object over.
     *
     * @param pointer what it is
     * @param name what it is called when someone uses it at the wrong time
     * @param release frees it
     */
    public Handle(long pointer, String name, LongConsumer release) {
        this.pointer = pointer;
        this.name = name;
        this.release = release;
    }

    /** Closes this handle when `holder` is closed, or is gone. */
    public Cleaner.Cleanable heldBy(Object holder) {
        return CLEANER.register(holder, this);
    }

    /** Enters a call that must be the only one. */
    public long enter() {
        if (!STATE.compareAndSet(this, 0, 1)) {
            throw refused();
        }
        return pointer;
    }

    /** Enters a call beside which others may run. */
    public long share() {
        int now;
        do {
            now = state;
            if (now < 0) {
                throw refused();
            }
        } while (!STATE.compareAndSet(this, now, now + 1));
        return pointer;
    }

    /** Leaves a call. */
    public void leave() {
        if ((int) STATE.getAndAdd(this, -1) == (CLOSED | 1)) {
            release.accept(pointer);
        }
    }

    /** Whether it was closed. */
    public boolean isClosed() {
        return state < 0;
    }

    /** Closes it: at once, or when the last call leaves. */
    @Override
    public void run() {
        if ((int) STATE.getAndBitwiseOr(this, CLOSED) == 0) {
            release.accept(pointer);
        }
    }

    private IllegalStateException refused() {
        return new IllegalStateException(
                state < 0 ? name + " is closed" : name + " is in use by another call; it takes one at a time");
    }
}
