/*
 * What Java needs beside the C functions: several values in one crossing, and calls that call back.
 */
%{
#include "java/callbacks.h"
#include "java/stage.h"
#include "java/batches.h"
%}

%typemap(jni) (jbyteArray staged) "jbyteArray"
%typemap(in) jbyteArray staged "$1 = $input;"
%typemap(jtype) jbyteArray staged "byte[]"
%typemap(jstype) jbyteArray staged "byte[]"
%typemap(javain) jbyteArray staged "$javainput"
%apply jbyteArray staged { jbyteArray bytes };

%typemap(jni) jdoubleArray "jdoubleArray"
%typemap(jtype) jdoubleArray "double[]"
%typemap(jstype) jdoubleArray "double[]"
%typemap(javain) jdoubleArray "$javainput"
%typemap(in) jdoubleArray "$1 = $input;"
%typemap(jni) jintArray "jintArray"
%typemap(jtype) jintArray "int[]"
%typemap(jstype) jintArray "int[]"
%typemap(javain) jintArray "$javainput"
%typemap(in) jintArray "$1 = $input;"

%inline %{
/* What both sides must agree on: raised whenever Bridge, BatchSource or the staged form changes. */
int32_t java_border(void)
{
    return 2;
}

/* The major version of the headers this was compiled with. */
int32_t java_major(void)
{
    return POLICY_VERSION_MAJOR;
}

/* Settings for a builder, with every default. */
policy_status java_options_new(policy_options **out, policy_error **err)
{
    return policy_options_new(NULL, out, err);
}

/* A builder with these settings. */
policy_status java_builder_new(const policy_options *options, policy_builder **out, policy_error **err)
{
    return policy_builder_new(options, out, err);
}

/* Apply the values staged for a record (stage.h). */
policy_status java_record_apply(JNIEnv *jenv, policy_record *record, jbyteArray staged, int32_t size,
                                policy_error **err)
{
    return stage_apply(jenv, record, staged, size, err);
}

/* Apply what is staged, then check, post, post and report, or retract, as PolicyLedger numbers them. Gives the number of
 * findings; what fails is thrown. */
int64_t java_ledger_live(JNIEnv *jenv, int32_t call, policy_ledger *ledger, policy_record *record, jbyteArray staged,
                         int32_t size, policy_findings *findings)
{
    policy_error *err = NULL;
    policy_status status = stage_apply(jenv, record, staged, size, &err);
    if (!status)
        status = call == 0   ? policy_ledger_check(ledger, record, findings, &err)
                 : call == 1 ? policy_ledger_post(ledger, record, &err)
                 : call == 2 ? policy_ledger_post_findings(ledger, record, findings, &err)
                             : policy_ledger_retract(ledger, record, findings, &err);
    if (status) {
        java_raise(jenv, status, err);
        return 0;
    }
    return call == 1 ? 0 : (int64_t)policy_findings_count(findings);
}

/* What is left of one limit; the keys are staged as a record's values are. */
policy_status java_ledger_headroom_of(JNIEnv *jenv, policy_ledger *ledger, const char *rule, jbyteArray staged,
                                      int32_t size, policy_headroom *headroom, policy_error **err)
{
    policy_value keys[STAGE_AT_ONCE];
    char *bytes = malloc((size_t)(size > 0 ? size : 1));
    if (!bytes)
        return POLICY_E_NOMEM;
    (*jenv)->GetByteArrayRegion(jenv, staged, 0, size, (jbyte *)bytes);
    size_t n = stage_read_values(bytes, (size_t)size, keys, STAGE_AT_ONCE);
    policy_status status = policy_ledger_headroom_of(ledger, rule, keys, n, headroom, err);
    free(bytes);
    return status;
}

/* Save into an OutputStream. */
policy_status java_ledger_save(JNIEnv *jenv, policy_ledger *ledger, jobject output, policy_error **err)
{
    struct callback writer = {.jenv = jenv, .target = output};
    policy_status status = policy_ledger_save(ledger, callback_write, &writer, err);
    callback_rethrow(jenv, writer.thrown);
    return status;
}

/* Restore from all of an array. */
policy_status java_ledger_restore(JNIEnv *jenv, policy_engine *engine, jbyteArray bytes, policy_ledger **out,
                                  policy_carry **carry, policy_error **err)
{
    size_t size = (size_t)(*jenv)->GetArrayLength(jenv, bytes);
    char *data = malloc(size + 1);
    if (!data)
        return POLICY_E_NOMEM;
    (*jenv)->GetByteArrayRegion(jenv, bytes, 0, (jsize)size, (jbyte *)data);
    policy_status status = policy_ledger_restore(engine, data, size, out, carry, err);
    free(data);
    return status;
}

/* Feed what a BatchSource gives, as one transaction. */
policy_status java_ledger_feed_batches(JNIEnv *jenv, policy_ledger *ledger, const char *type, const char *source,
                                       int64_t first_row, int32_t threads, jobject batches, jobject progress,
                                       policy_error **err)
{
    struct callback callback = {.jenv = jenv, .target = progress};
    struct batch_stream from = {.jenv = jenv, .source = batches};
    struct ArrowArrayStream stream = batch_stream_open(&from);
    policy_feed_options options = {.struct_size = sizeof options, .threads = (uint32_t)threads, .source = source,
                                   .first_row = (uint64_t)first_row,
                                   .progress = progress ? callback_progress : NULL, .context = &callback};
    policy_status status = policy_ledger_feed_stream(ledger, type, &stream, &options, err);
    if (stream.release)
        stream.release(&stream);
    callback_rethrow(jenv, from.thrown ? from.thrown : callback.thrown);
    return status;
}

/* Feed an Arrow stream, or one batch with its schema, by address. Moved on success. */
policy_status java_ledger_feed_arrow(JNIEnv *jenv, policy_ledger *ledger, const char *type, const char *source,
                                     int64_t first_row, int32_t threads, int64_t stream, int64_t schema, int64_t array,
                                     jobject progress, policy_error **err)
{
    struct callback callback = {.jenv = jenv, .target = progress};
    policy_feed_options options = {.struct_size = sizeof options, .threads = (uint32_t)threads, .source = source,
                                   .first_row = (uint64_t)first_row,
                                   .progress = progress ? callback_progress : NULL, .context = &callback};
    policy_status status =
        stream ? policy_ledger_feed_stream(ledger, type, (struct ArrowArrayStream *)(intptr_t)stream, &options, err)
               : policy_ledger_feed(ledger, type, (struct ArrowSchema *)(intptr_t)schema,
                                    (struct ArrowArray *)(intptr_t)array, &options, err);
    callback_rethrow(jenv, callback.thrown);
    return status;
}

/* Feed a CSV file: `path`, or what `input` (an InputStream) reads under that name. */
policy_status java_ledger_feed_csv(JNIEnv *jenv, policy_ledger *ledger, policy_engine *engine, const char *type,
                                   const char *path, jobject input, uint32_t threads, jobject progress,
                                   policy_error **err)
{
    struct callback callback = {.jenv = jenv, .target = progress};
    struct callback reader = {.jenv = jenv, .target = input};
    policy_table *table = NULL;
    policy_status status = input ? policy_table_open_callback(engine, type, path, callback_read, &reader, &table, err)
                                 : policy_table_open(engine, type, path, &table, err);
    if (!status)
        status = policy_ledger_feed_table_parallel(ledger, table, threads, progress ? callback_progress : NULL,
                                                    &callback, err);
    policy_table_free(table);
    callback_rethrow(jenv, reader.thrown ? reader.thrown : callback.thrown);
    return status;
}

/* Read a score sheet: `path`, or what `input` reads under that name. */
policy_status java_band_sheet_read(JNIEnv *jenv, policy_band_sheet *sheet, const char *path, jobject input,
                                   policy_error **err)
{
    struct callback reader = {.jenv = jenv, .target = input};
    policy_status status = input ? policy_band_sheet_read_callback(sheet, path, callback_read, &reader, NULL, NULL, err)
                                 : policy_band_sheet_read(sheet, path, NULL, NULL, err);
    callback_rethrow(jenv, reader.thrown);
    return status;
}

/* The bands of a column of scores of one paper. */
policy_status java_bands_of_column(JNIEnv *jenv, const policy_bands *bands, jdoubleArray scores, double full,
                                   jintArray codes, policy_error **err)
{
    size_t count = (size_t)(*jenv)->GetArrayLength(jenv, scores);
    double *in = malloc((count + 1) * sizeof *in);
    policy_band *out = malloc((count + 1) * sizeof *out);
    policy_status status = POLICY_E_NOMEM;
    if (in && out) {
        (*jenv)->GetDoubleArrayRegion(jenv, scores, 0, (jsize)count, in);
        policy_scores column = {
            .struct_size = sizeof column, .count = count, .scores = in, .full_marks_of_all = full};
        status = policy_bands_of_column(bands, &column, out, err);
        if (!status)
            (*jenv)->SetIntArrayRegion(jenv, codes, 0, (jsize)count, out);
    }
    free(in);
    free(out);
    return status;
}
%}
