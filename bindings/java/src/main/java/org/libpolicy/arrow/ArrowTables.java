package org.libpolicy.arrow;

import org.apache.arrow.c.ArrowArray;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.ArrowSchema;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.libpolicy.FeedOptions;
import org.libpolicy.Language;
import org.libpolicy.PolicyFindings;
import org.libpolicy.PolicyLedger;

/** Tables of Arrow's Java library into a ledger, and findings out of it, without copying. */
public final class ArrowTables {
    private ArrowTables() {}

    /**
     * Posts every row of a batch, as one transaction.
     *
     * @param ledger where to
     * @param type the record type; vectors are matched to its fields by name or header alias
     * @param allocator of the batch
     * @param rows the batch, which stays the caller's
     * @param options source, threads, progress
     */
    public static void feed(PolicyLedger ledger, String type, BufferAllocator allocator, VectorSchemaRoot rows,
            FeedOptions options) {
        try (ArrowSchema schema = ArrowSchema.allocateNew(allocator);
                ArrowArray array = ArrowArray.allocateNew(allocator)) {
            Data.exportVectorSchemaRoot(allocator, rows, null, array, schema);
            try {
                ledger.feedArrowBatch(type, schema.memoryAddress(), array.memoryAddress(), options);
            } finally {
                if (array.snapshot().release != 0) {
                    array.release();
                }
                schema.release();
            }
        }
    }

    /**
     * Posts every row of a reader, as one transaction.
     *
     * @param ledger where to
     * @param type the record type
     * @param allocator of the reader
     * @param rows the reader, which is closed
     * @param options source, threads, progress
     */
    public static void feed(PolicyLedger ledger, String type, BufferAllocator allocator, ArrowReader rows,
            FeedOptions options) {
        try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
            Data.exportArrayStream(allocator, rows, stream);
            try {
                ledger.feedArrowStream(type, stream.memoryAddress(), options);
            } finally {
                if (stream.snapshot().release != 0) {
                    stream.release();
                }
            }
        }
    }

    /**
     * Findings as Arrow batches, one row a finding.
     *
     * @param findings which; they may be closed before the reader
     * @param language of the column {@code message}
     * @param allocator for the batches
     * @return a reader that the caller closes
     */
    public static ArrowReader read(PolicyFindings findings, Language language, BufferAllocator allocator) {
        try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator)) {
            findings.exportArrowStream(language, stream.memoryAddress());
            return Data.importArrayStream(allocator, stream);
        }
    }
}
