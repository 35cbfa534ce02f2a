package org.libpolicy;

/** Hears how far a long call is, on the thread that made it. */
@FunctionalInterface
public interface Progress {
    /**
     * Called now and then.
     *
     * @param rows rows done so far
     * @param bytes bytes done so far, where the source knows them
     * @return true to go on; false to stop, which leaves everything as it was and ends the call with a
     *     {@link PolicyException} of status {@link Status#CANCELLED}
     */
    boolean update(long rows, long bytes);
}
