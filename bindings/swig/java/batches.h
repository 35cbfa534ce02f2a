/*
 * An Arrow stream over batches that Java packs: rows of maps, beans or a JDBC result, some thousand at a time.
 *
 * BatchSource.next() gives a byte[], or null at the end. Everything in it is int64 in the byte order of the machine, or bytes
 * padded to 8, so that the copy made here serves as Arrow buffers as it is:
 *
 *   rows, columns, then for each column:
 *     size of the Arrow format, format, size of the name, name, null count, number of buffers,
 *     and for each buffer: size, bytes (the first is the validity bitmap; size 0: no nulls)
 *
 * All batches of a source have the columns of the first. Sizes are checked against the array's end.
 */
#ifndef POLICY_JAVA_BATCHES_H
#define POLICY_JAVA_BATCHES_H

#include <errno.h>

struct batch_stream {
    JNIEnv *jenv;
    jobject source;
    jthrowable thrown;
    char *first; /* read for the schema, not given out yet */
    size_t first_size;
    bool started;
    const char *problem;
};

struct batch_cursor {
    char *bytes;
    size_t size, at;
    bool bad;
};

static int64_t batch_number(struct batch_cursor *cursor)
{
    int64_t number = 0;
    if (cursor->size - cursor->at < sizeof number) {
        cursor->bad = true;
        return 0;
    }
    memcpy(&number, cursor->bytes + cursor->at, sizeof number);
    cursor->at += sizeof number;
    return number;
}

static char *batch_bytes(struct batch_cursor *cursor, size_t *size)
{
    int64_t count = batch_number(cursor);
    if (cursor->bad || count < 0 || (uint64_t)count > cursor->size - cursor->at) {
        cursor->bad = true;
        *size = 0;
        return NULL;
    }
    char *bytes = cursor->bytes + cursor->at;
    size_t padded = ((size_t)count + 7) & ~(size_t)7;
    cursor->at += padded < cursor->size - cursor->at ? padded : cursor->size - cursor->at;
    *size = (size_t)count;
    return bytes;
}

static char *batch_copy(const char *bytes, size_t size)
{
    char *copy = malloc(size + 1);
    if (copy) {
        memcpy(copy, bytes, size);
        copy[size] = '\0';
    }
    return copy;
}

/* ---- schema ---- */

static void batch_schema_release(struct ArrowSchema *schema)
{
    for (int64_t i = 0; schema->children && i < schema->n_children; i++) {
        struct ArrowSchema *child = schema->children[i];
        if (child && child->release)
            child->release(child);
        free(child);
    }
    free(schema->children);
    free(schema->private_data);
    free((void *)schema->name);
    schema->release = NULL;
}

static struct ArrowSchema *batch_schema_child(struct batch_cursor *cursor)
{
    size_t format_size, name_size, size;
    const char *format = batch_bytes(cursor, &format_size);
    const char *name = batch_bytes(cursor, &name_size);
    batch_number(cursor); /* nulls */
    int64_t buffers = batch_number(cursor);
    for (int64_t i = 0; i < buffers && !cursor->bad; i++)
        batch_bytes(cursor, &size);
    struct ArrowSchema *child = cursor->bad ? NULL : calloc(1, sizeof *child);
    if (!child)
        return NULL;
    child->release = batch_schema_release;
    child->flags = ARROW_FLAG_NULLABLE;
    child->format = child->private_data = batch_copy(format, format_size);
    child->name = batch_copy(name, name_size);
    if (!child->format || !child->name) {
        batch_schema_release(child);
        free(child);
        return NULL;
    }
    return child;
}

static int batch_schema(struct batch_cursor cursor, struct ArrowSchema *out)
{
    batch_number(&cursor); /* rows */
    int64_t columns = batch_number(&cursor);
    if (cursor.bad || columns < 0 || (uint64_t)columns > cursor.size)
        return EINVAL;
    *out = (struct ArrowSchema){.format = "+s", .release = batch_schema_release};
    out->children = calloc((size_t)columns + 1, sizeof *out->children);
    out->name = batch_copy("", 0);
    out->n_children = out->children ? columns : 0;
    bool made = out->children && out->name;
    for (int64_t i = 0; i < columns && made; i++) {
        out->children[i] = batch_schema_child(&cursor);
        made = out->children[i] != NULL;
    }
    if (!made)
        batch_schema_release(out);
    return made ? 0 : cursor.bad ? EINVAL : ENOMEM;
}

/* ---- arrays: the parent owns the bytes, the children and their lists of buffers ---- */

struct batch_block {
    char *bytes;
    struct ArrowArray *children;
    struct ArrowArray **list;
    const void *none;
};

static void batch_child_release(struct ArrowArray *array)
{
    free(array->buffers);
    array->release = NULL;
}

static void batch_array_release(struct ArrowArray *array)
{
    struct batch_block *block = array->private_data;
    for (int64_t i = 0; i < array->n_children; i++)
        if (block->children[i].release)
            block->children[i].release(&block->children[i]);
    free(block->bytes);
    free(block->children);
    free(block->list);
    free(block);
    array->release = NULL;
}

static bool batch_child(struct batch_cursor *cursor, int64_t rows, struct ArrowArray *out)
{
    size_t size;
    batch_bytes(cursor, &size); /* format */
    batch_bytes(cursor, &size); /* name */
    int64_t nulls = batch_number(cursor), buffers = batch_number(cursor);
    if (cursor->bad || buffers < 1 || buffers > 3)
        return false;
    *out = (struct ArrowArray){.length = rows, .null_count = nulls, .n_buffers = buffers};
    out->buffers = calloc((size_t)buffers, sizeof *out->buffers);
    if (!out->buffers)
        return false;
    out->release = batch_child_release;
    for (int64_t i = 0; i < buffers; i++) {
        const char *bytes = batch_bytes(cursor, &size);
        out->buffers[i] = i == 0 && size == 0 ? NULL : bytes;
    }
    return !cursor->bad;
}

/* Takes `bytes`, whatever comes of it. */
static int batch_array(char *bytes, size_t size, struct ArrowArray *out)
{
    struct batch_cursor cursor = {.bytes = bytes, .size = size};
    int64_t rows = batch_number(&cursor), columns = batch_number(&cursor);
    struct batch_block *block = calloc(1, sizeof *block);
    if (!block || cursor.bad || rows < 0 || columns < 0 || (uint64_t)columns > size) {
        free(bytes);
        free(block);
        return block ? EINVAL : ENOMEM;
    }
    block->bytes = bytes;
    block->children = calloc((size_t)columns + 1, sizeof *block->children);
    block->list = calloc((size_t)columns + 1, sizeof *block->list);
    *out = (struct ArrowArray){
        .length = rows, .n_buffers = 1, .buffers = &block->none, .private_data = block, .release = batch_array_release};
    bool made = block->children && block->list;
    for (int64_t i = 0; i < columns && made; i++) {
        block->list[i] = &block->children[i];
        out->n_children = i + 1;
        made = batch_child(&cursor, rows, &block->children[i]);
    }
    out->children = block->list;
    if (!made)
        batch_array_release(out);
    return made ? 0 : cursor.bad ? EINVAL : ENOMEM;
}

/* ---- the stream ---- */

/* The next batch's bytes; NULL at the end. Not 0: failed. */
static int batch_pull(struct batch_stream *self, char **bytes, size_t *size)
{
    JNIEnv *jenv = self->jenv;
    *bytes = NULL;
    *size = 0;
    if (self->thrown)
        return EIO;
    jbyteArray array = (*jenv)->CallObjectMethod(jenv, self->source, java.next);
    if (callback_caught(jenv, &self->thrown))
        return EIO;
    if (!array)
        return 0;
    *size = (size_t)(*jenv)->GetArrayLength(jenv, array);
    *bytes = malloc(*size + 1);
    if (*bytes)
        (*jenv)->GetByteArrayRegion(jenv, array, 0, (jsize)*size, (jbyte *)*bytes);
    (*jenv)->DeleteLocalRef(jenv, array);
    return *bytes ? 0 : ENOMEM;
}

static int batch_stream_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    struct batch_stream *self = stream->private_data;
    out->release = NULL;
    if (!self->started) {
        int failure = batch_pull(self, &self->first, &self->first_size);
        if (failure)
            return failure;
        self->started = true;
    }
    if (!self->first) {
        self->problem = "the schema was asked for after the first batch";
        return EINVAL;
    }
    return batch_schema((struct batch_cursor){.bytes = self->first, .size = self->first_size}, out);
}

static int batch_stream_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    struct batch_stream *self = stream->private_data;
    char *bytes = self->first;
    size_t size = self->first_size;
    out->release = NULL;
    self->first = NULL;
    self->started = true;
    if (!bytes) {
        int failure = batch_pull(self, &bytes, &size);
        if (failure || !bytes)
            return failure;
    }
    return batch_array(bytes, size, out);
}

static const char *batch_stream_error(struct ArrowArrayStream *stream)
{
    struct batch_stream *self = stream->private_data;
    return self->problem;
}

static void batch_stream_release(struct ArrowArrayStream *stream)
{
    struct batch_stream *self = stream->private_data;
    free(self->first);
    self->first = NULL;
    stream->release = NULL;
}

/* `self` must outlive the stream. */
static struct ArrowArrayStream batch_stream_open(struct batch_stream *self)
{
    return (struct ArrowArrayStream){.get_schema = batch_stream_schema,
                                     .get_next = batch_stream_next,
                                     .get_last_error = batch_stream_error,
                                     .release = batch_stream_release,
                                     .private_data = self};
}

#endif
