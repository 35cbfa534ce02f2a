package org.libpolicy.internal;

/** Rows packed as columns, batch by batch; the form is that of bindings/swig/java/batches.h. */
@FunctionalInterface
public interface BatchSource {
    /** The next batch, or null at the end. The first call gives a batch even if it has no rows: it names the columns. */
    byte[] next() throws Exception;
}
