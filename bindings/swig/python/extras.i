/* Functions that Python needs beside the C ones: values, Arrow capsules, bytes in memory. */
%thread feed_stream;
%thread feed_array;
%thread feed_bytes;

%typemap(in, numinputs=0, noblock=1) saved_bytes *bytes (saved_bytes kept_bytes = {NULL, 0, 0}) { $1 = &kept_bytes; }
%typemap(argout, noblock=1) saved_bytes *bytes {
    if (result == POLICY_OK) {
        Py_XDECREF($result);
        $result = PyBytes_FromStringAndSize($1->data, (Py_ssize_t)$1->size);
    }
    free($1->data);
}

%typemap(in, numinputs=0, noblock=1) size_t *found (size_t counted = 0) { $1 = &counted; }
%typemap(argout, noblock=1) size_t *found {
    if (result == POLICY_OK) {
        Py_XDECREF($result);
        $result = PyLong_FromSize_t(counted$argnum);
    }
}

%{
/* One Python value; texts are borrowed from `object` or from `*keep`, which the caller releases. False with an exception. */
static bool value_of(PyObject *object, policy_value *out, PyObject **keep)
{
    *out = (policy_value){.kind = POLICY_VALUE_NONE};
    if (object == Py_None)
        return true;
    if (PyUnicode_Check(object)) {
        Py_ssize_t size = 0;
        out->text = PyUnicode_AsUTF8AndSize(object, &size);
        out->size = (size_t)size;
        out->kind = POLICY_VALUE_TEXT;
        return out->text != NULL;
    }
    if (PyBool_Check(object)) {
        out->kind = POLICY_VALUE_BOOL;
        out->integer = object == Py_True;
        return true;
    }
    if (PyLong_Check(object)) {
        out->kind = POLICY_VALUE_INT;
        out->integer = PyLong_AsLongLong(object);
        return !PyErr_Occurred();
    }
    if (PyFloat_Check(object)) {
        out->kind = POLICY_VALUE_DOUBLE;
        out->number = PyFloat_AsDouble(object);
        return true;
    }
    PyObject *converter = *keep ? NULL : package_function(value_converter);
    if (!converter) { /* the converter's answer must be one of the above, or a kind and a number */
        PyErr_Format(PyExc_TypeError, "a field cannot take %R", (PyObject *)Py_TYPE(object));
        return false;
    }
    *keep = PyObject_CallFunctionObjArgs(converter, object, NULL);
    if (!*keep)
        return false;
    int kind;
    long long number;
    if (PyTuple_Check(*keep)) {
        if (!PyArg_ParseTuple(*keep, "iL", &kind, &number))
            return false;
        out->kind = kind;
        out->integer = number;
        return true;
    }
    return value_of(*keep, out, keep);
}

/* Options with every default; policy_options_new also takes memory functions, which Python has none to give. */
static policy_status options_make(policy_options **out, policy_error **err)
{
    return policy_options_new(NULL, out, err);
}

static policy_status builder_make(policy_options *given, policy_builder **out, policy_error **err)
{
    return policy_builder_new(given, out, err);
}

#define VALUES_AT_ONCE 64

/* Fields (a tuple of handles) to values (a tuple or list of as many). */
static policy_status record_assign(policy_record *record, PyObject *fields, PyObject *values, policy_error **err)
{
    int32_t handles[VALUES_AT_ONCE];
    policy_value given[VALUES_AT_ONCE];
    PyObject *kept[VALUES_AT_ONCE] = {NULL};
    Py_ssize_t count = PyTuple_Check(fields) ? PyTuple_Size(fields) : -1;
    bool tuple = PyTuple_Check(values);
    if (count < 0 || count > VALUES_AT_ONCE || (!tuple && !PyList_Check(values)) ||
        (tuple ? PyTuple_Size(values) : PyList_Size(values)) != count) {
        PyErr_SetString(PyExc_TypeError, "expected a tuple of at most 64 handles and as many values");
        return POLICY_E_ARGUMENT;
    }
    bool fine = true;
    for (Py_ssize_t i = 0; i < count && fine; i++) {
        handles[i] = (int32_t)PyLong_AsLong(PyTuple_GetItem(fields, i));
        fine = !PyErr_Occurred() &&
               value_of(tuple ? PyTuple_GetItem(values, i) : PyList_GetItem(values, i), &given[i], &kept[i]);
    }
    policy_status status =
        fine ? policy_record_set_many(record, handles, given, (size_t)count, err) : POLICY_E_ARGUMENT;
    for (Py_ssize_t i = 0; i < count; i++)
        Py_XDECREF(kept[i]);
    return status;
}

static policy_feed_options feed_options(const char *source, uint64_t first_row, uint32_t threads, bool trusted,
                                        policy_progress progress, void *context)
{
    return (policy_feed_options){.struct_size = sizeof(policy_feed_options),
                                 .threads = threads,
                                 .source = source,
                                 .first_row = first_row,
                                 .trusted = trusted,
                                 .progress = progress,
                                 .context = context};
}

static policy_status feed_stream(policy_ledger *ledger, const char *type, struct ArrowArrayStream *stream,
                                 const char *source, uint64_t first_row, uint32_t threads, bool trusted,
                                 policy_progress progress, void *context, policy_error **err)
{
    policy_feed_options how = feed_options(source, first_row, threads, trusted, progress, context);
    return policy_ledger_feed_stream(ledger, type, stream, &how, err);
}

static policy_status feed_array(policy_ledger *ledger, const char *type, struct ArrowSchema *schema,
                                struct ArrowArray *array, const char *source, uint64_t first_row, uint32_t threads,
                                bool trusted, policy_progress progress, void *context, policy_error **err)
{
    policy_feed_options how = feed_options(source, first_row, threads, trusted, progress, context);
    return policy_ledger_feed(ledger, type, schema, array, &how, err);
}

typedef struct bytes_reader {
    const char *data;
    size_t left;
} bytes_reader;

static policy_status read_bytes(void *context, void *into, size_t room, size_t *got)
{
    bytes_reader *reader = context;
    *got = reader->left < room ? reader->left : room;
    if (*got)
        memcpy(into, reader->data, *got);
    reader->data += *got;
    reader->left -= *got;
    return POLICY_OK;
}

/* A spreadsheet in memory, as CSV. */
static policy_status feed_bytes(policy_ledger *ledger, policy_engine *engine, const char *type, const char *name,
                                const char *data, size_t size, uint32_t threads, policy_progress progress,
                                void *context, policy_error **err)
{
    bytes_reader reader = {data, size};
    policy_table *table = NULL;
    policy_status status = policy_table_open_callback(engine, type, name, read_bytes, &reader, &table, err);
    if (status == POLICY_OK)
        status = policy_ledger_feed_table_parallel(ledger, table, threads, progress, context, err);
    policy_table_free(table);
    return status;
}

typedef struct saved_bytes {
    char *data;
    size_t size, capacity;
} saved_bytes;

static int32_t keep_bytes(void *context, const void *data, size_t size)
{
    saved_bytes *kept = context;
    if (kept->size + size > kept->capacity) {
        size_t capacity = (kept->size + size) * 2;
        char *more = realloc(kept->data, capacity);
        if (!more)
            return 1;
        kept->data = more;
        kept->capacity = capacity;
    }
    memcpy(kept->data + kept->size, data, size);
    kept->size += size;
    return 0;
}

/* A ledger as bytes. */
static policy_status ledger_bytes(policy_ledger *ledger, saved_bytes *bytes, policy_error **err)
{
    return policy_ledger_save(ledger, keep_bytes, bytes, err);
}

/* A check and how much it found, in one call. */
static policy_status ledger_ask(policy_ledger *ledger, const policy_record *record, policy_findings *findings,
                                size_t *found, policy_error **err)
{
    policy_status status = policy_ledger_check(ledger, record, findings, err);
    *found = status == POLICY_OK ? policy_findings_count(findings) : 0;
    return status;
}

/* Keys in the order of the rule's: a list of values. */
static policy_status headroom_by_keys(policy_ledger *ledger, const char *rule, PyObject *keys, policy_headroom *headroom,
                                      policy_error **err)
{
    policy_value given[VALUES_AT_ONCE];
    PyObject *kept[VALUES_AT_ONCE] = {NULL};
    Py_ssize_t count = PyList_Check(keys) ? PyList_Size(keys) : -1;
    if (count < 0 || count > VALUES_AT_ONCE) {
        PyErr_SetString(PyExc_TypeError, "expected a list of keys");
        return POLICY_E_ARGUMENT;
    }
    bool fine = true;
    for (Py_ssize_t i = 0; i < count && fine; i++)
        fine = value_of(PyList_GetItem(keys, i), &given[i], &kept[i]);
    policy_status status =
        fine ? policy_ledger_headroom_of(ledger, rule, given, (size_t)count, headroom, err) : POLICY_E_ARGUMENT;
    for (Py_ssize_t i = 0; i < count; i++)
        Py_XDECREF(kept[i]);
    return status;
}

/* Who makes exceptions of failures: a callable of (status, list of errors). */
static PyObject *set_error_factory(PyObject *factory)
{
    return set_package_function(error_factory, factory);
}

/* Who knows other values than None, bool, int, float and str: answers one of those, or (kind, number). */
static PyObject *set_value_converter(PyObject *converter)
{
    return set_package_function(value_converter, converter);
}
%}

policy_status options_make(policy_options **out, policy_error **err);
policy_status builder_make(policy_options *given, policy_builder **out, policy_error **err);
policy_status record_assign(policy_record *record, PyObject *fields, PyObject *values, policy_error **err);
policy_status feed_stream(policy_ledger *ledger, const char *type, struct ArrowArrayStream *stream,
                          const char *source, uint64_t first_row, uint32_t threads, bool trusted,
                          policy_progress progress, void *context, policy_error **err);
policy_status feed_array(policy_ledger *ledger, const char *type, struct ArrowSchema *schema, struct ArrowArray *array,
                         const char *source, uint64_t first_row, uint32_t threads, bool trusted,
                         policy_progress progress, void *context, policy_error **err);
policy_status feed_bytes(policy_ledger *ledger, policy_engine *engine, const char *type, const char *name,
                         const char *data, size_t size, uint32_t threads, policy_progress progress, void *context,
                         policy_error **err);
policy_status ledger_bytes(policy_ledger *ledger, saved_bytes *bytes, policy_error **err);
policy_status ledger_ask(policy_ledger *ledger, const policy_record *record, policy_findings *findings, size_t *found,
                         policy_error **err);
policy_status headroom_by_keys(policy_ledger *ledger, const char *rule, PyObject *keys, policy_headroom *headroom,
                               policy_error **err);
PyObject *set_error_factory(PyObject *factory);
PyObject *set_value_converter(PyObject *converter);
