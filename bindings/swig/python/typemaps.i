/*
 * How arguments and answers cross between C and Python: stable ABI calls only.
 *
 *   policy_error **err   hidden; a failure raises what the package's factory makes of it
 *   type **out           hidden; the answer
 *   policy_text **       hidden; the answer, a str or None
 *   const char *         str without NUL, or None
 *   const char *, size_t str or bytes, NULs included
 *   policy_datum         None, bool, int, float or str
 *   policy_progress      a callable of (rows, bytes), or None; either way Ctrl-C ends the call
 *
 * The lock of the interpreter is released where %thread says so, and only round the C call.
 */
%rename("$ignore", %$isenumitem) ""; /* the package has enumerations of its own */
%rename("$ignore", %$isconstant) "";
%ignore policy_table_next; /* rows go from tables to ledgers, never through Python */
%ignore policy_datum; /* an object of the language, see below */

%nothread;
%thread policy_builder_build;
%thread policy_ledger_feed_table;
%thread policy_ledger_feed_table_parallel;
%thread policy_ledger_findings;
%thread policy_ledger_merge;
%thread policy_ledger_rebase;
%thread policy_ledger_restore;
%thread policy_ledger_restore_file;
%thread policy_ledger_save_file;
%thread policy_table_open;
%thread policy_band_sheet_read;
%thread policy_suite_run;
%thread policy_expression_evaluate;

%{
/* ---- the package's own functions ---- */

static const char error_factory[] = "libpolicy.error_factory", value_converter[] = "libpolicy.value_converter";

/* Kept by the interpreter, not the process: a sub-interpreter has a package of its own. Borrowed; NULL when not set yet. */
static PyObject *package_function(const char *name)
{
    PyObject *kept = PyInterpreterState_GetDict(PyInterpreterState_Get());
    return kept ? PyDict_GetItemString(kept, name) : NULL;
}

static PyObject *set_package_function(const char *name, PyObject *function)
{
    PyObject *kept = PyInterpreterState_GetDict(PyInterpreterState_Get());
    if (!kept) {
        PyErr_SetString(PyExc_RuntimeError, "the interpreter keeps no functions");
        return NULL;
    }
    if (PyDict_SetItemString(kept, name, function) != 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---- errors ---- */

/* Everything that was said, and the exception that the package makes of it. */
static void raise_error(policy_status status, policy_error *err)
{
    if (PyErr_Occurred() || status == POLICY_E_NOMEM) {
        if (!PyErr_Occurred())
            PyErr_NoMemory();
        policy_error_free(err);
        return;
    }
    PyObject *all = PyList_New(0);
    for (const policy_error *e = err; all && e; e = policy_error_next(e)) {
        PyObject *one =
            Py_BuildValue("(issziizzziiz)", (int)policy_error_status(e), policy_error_message(e, POLICY_LANGUAGE_ZH),
                          policy_error_message(e, POLICY_LANGUAGE_EN), policy_error_file(e), (int)policy_error_line(e),
                          (int)policy_error_column(e), policy_error_rule(e), policy_error_nearest(e),
                          policy_error_other_file(e), (int)policy_error_other_line(e),
                          (int)policy_error_other_column(e), policy_error_excerpt(e));
        if (!one || PyList_Append(all, one) != 0)
            Py_CLEAR(all);
        Py_XDECREF(one);
    }
    policy_error_free(err);
    PyObject *factory = package_function(error_factory);
    PyObject *exception = !all      ? NULL
                          : factory ? PyObject_CallFunction(factory, "iO", (int)status, all)
                                    : PyObject_CallFunction(PyExc_RuntimeError, "s", policy_status_name(status));
    Py_XDECREF(all);
    if (exception) {
        PyErr_SetObject((PyObject *)Py_TYPE(exception), exception);
        Py_DECREF(exception);
    }
}

/* ---- texts ---- */

/* NULL with an exception for what is no text, or holds a NUL where C would stop at it. None is NULL without one. */
static const char *text_of(PyObject *object, bool *failed)
{
    Py_ssize_t size = 0;
    if (object == Py_None)
        return NULL;
    const char *text = PyUnicode_Check(object) ? PyUnicode_AsUTF8AndSize(object, &size) : NULL;
    if (!text) {
        if (!PyErr_Occurred())
            PyErr_Format(PyExc_TypeError, "expected str, not %R", (PyObject *)Py_TYPE(object));
        *failed = true;
    } else if (strlen(text) != (size_t)size) {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        *failed = true;
        text = NULL;
    }
    return text;
}

static bool bytes_of(PyObject *object, const char **data, size_t *size)
{
    Py_ssize_t length = 0;
    char *bytes = NULL;
    if (PyUnicode_Check(object)) {
        *data = PyUnicode_AsUTF8AndSize(object, &length);
    } else {
        *data = PyBytes_AsStringAndSize(object, &bytes, &length) == 0 ? bytes : NULL;
    }
    *size = (size_t)length;
    return *data != NULL;
}

static PyObject *text_object(const char *text)
{
    if (!text)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
}

static PyObject *owned_text_object(policy_text *text)
{
    if (!text)
        Py_RETURN_NONE;
    PyObject *object =
        PyUnicode_DecodeUTF8(policy_text_data(text), (Py_ssize_t)policy_text_size(text), "replace");
    policy_text_free(text);
    return object;
}

static PyObject *datum_object(policy_datum d)
{
    switch (d.kind) {
    case POLICY_DATUM_NONE:
        Py_RETURN_NONE;
    case POLICY_DATUM_BOOL:
        return PyBool_FromLong(d.integer != 0);
    case POLICY_DATUM_INT:
        return PyLong_FromLongLong(d.integer);
    case POLICY_DATUM_DOUBLE:
        return PyFloat_FromDouble(d.number);
    default:
        return text_object(d.text);
    }
}

/* ---- callbacks ---- */

typedef struct progress_call {
    PyObject *call; /* borrowed; None for none */
    PyObject *type, *value, *trace;
} progress_call;

static int32_t progress_step(void *context, uint64_t rows, uint64_t bytes)
{
    progress_call *p = context;
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *answer = NULL;
    bool stop = PyErr_CheckSignals() != 0;
    if (!stop && p->call != Py_None) {
        answer = PyObject_CallFunction(p->call, "KK", (unsigned long long)rows, (unsigned long long)bytes);
        stop = answer == NULL;
        Py_XDECREF(answer);
    }
    if (stop)
        PyErr_Fetch(&p->type, &p->value, &p->trace);
    PyGILState_Release(state);
    return stop;
}
%}

%typemap(out, noblock=1) policy_status { $result = SWIG_Py_Void(); }

%typemap(in, numinputs=0, noblock=1) policy_error **err (policy_error *failure = NULL) { $1 = &failure; }
%typemap(argout, noblock=1) policy_error **err {
    if (result != POLICY_OK || PyErr_Occurred()) {
        Py_CLEAR($result);
        raise_error(result, failure$argnum);
        SWIG_fail;
    }
}

%typemap(in, noblock=1) const char * (bool failed = false) {
    $1 = (char *)text_of($input, &failed);
    if (failed)
        SWIG_fail;
}
%typemap(freearg) const char * ""
%typemap(out, noblock=1) const char * { $result = text_object($1); }

%typemap(in, noblock=1) (const char *data, size_t size) {
    if (!bytes_of($input, (const char **)&$1, &$2))
        SWIG_fail;
}
%apply (const char *data, size_t size) { (const char *request, size_t size), (const char *text, size_t size) };

%typemap(out, noblock=1) policy_datum { $result = datum_object($1); }

%typemap(in, numinputs=0, noblock=1) policy_text ** (policy_text *made = NULL) { $1 = &made; }
%typemap(argout, noblock=1) policy_text ** {
    if (result == POLICY_OK) {
        Py_XDECREF($result);
        $result = owned_text_object(made$argnum);
        if (!$result)
            SWIG_fail;
    } else {
        policy_text_free(made$argnum);
    }
}

%typemap(in, noblock=1) (policy_progress progress, void *context) (progress_call progress_state) {
    progress_state = (progress_call){.call = $input};
    $1 = progress_step;
    $2 = &progress_state;
}
%typemap(argout, noblock=1) (policy_progress progress, void *context) {
    if (progress_state$argnum.type)
        PyErr_Restore(progress_state$argnum.type, progress_state$argnum.value, progress_state$argnum.trace);
}

%define POLICY_MADE(TYPE, NAME)
%typemap(in, numinputs=0, noblock=1) TYPE **NAME (TYPE *made = NULL) { $1 = ($1_ltype)&made; }
%typemap(argout, noblock=1) TYPE **NAME {
    if (result == POLICY_OK) {
        Py_XDECREF($result);
        $result = SWIG_NewPointerObj((void *)made$argnum, $descriptor(TYPE *), 0);
    }
}
%enddef
POLICY_MADE(policy_options, out)
POLICY_MADE(policy_builder, out)
POLICY_MADE(policy_engine, out)
POLICY_MADE(policy_record, out)
POLICY_MADE(policy_table, out)
POLICY_MADE(policy_ledger, out)
POLICY_MADE(policy_findings, out)
POLICY_MADE(policy_headroom, out)
POLICY_MADE(policy_suite, out)
POLICY_MADE(policy_band_sheet, out)
POLICY_MADE(policy_band_summary, out)
POLICY_MADE(const policy_bands, out)

/* What was carried over, as (name, kind, what, zh, en): the answer, or beside the ledger that is it. */
%{
static PyObject *carry_object(policy_carry *carry)
{
    PyObject *all = PyList_New(0);
    for (size_t i = 0; all && i < policy_carry_count(carry); i++) {
        policy_text *zh = NULL, *en = NULL;
        PyObject *line = NULL;
        if (policy_carry_message(carry, i, POLICY_LANGUAGE_ZH, &zh, NULL) == POLICY_OK &&
            policy_carry_message(carry, i, POLICY_LANGUAGE_EN, &en, NULL) == POLICY_OK)
            line = Py_BuildValue("(siiss)", policy_carry_name(carry, i), (int)policy_carry_kind_of(carry, i),
                                 (int)policy_carry_what(carry, i), policy_text_data(zh), policy_text_data(en));
        else
            PyErr_NoMemory();
        policy_text_free(zh);
        policy_text_free(en);
        if (!line || PyList_Append(all, line) != 0)
            Py_CLEAR(all);
        Py_XDECREF(line);
    }
    policy_carry_free(carry);
    return all;
}
%}
%typemap(in, numinputs=0, noblock=1) policy_carry **carry (policy_carry *carried = NULL) { $1 = &carried; }
%typemap(argout, noblock=1) policy_carry **carry {
    if (result == POLICY_OK) {
        PyObject *told = carry_object(carried$argnum);
        if (!told) {
            Py_CLEAR($result);
            SWIG_fail;
        }
        if ($result == Py_None) {
            Py_DECREF($result);
            $result = told;
        } else {
            PyObject *both = PyTuple_Pack(2, $result, told);
            Py_DECREF($result);
            Py_DECREF(told);
            $result = both;
        }
    }
}
%typemap(in, noblock=1) (const void *data, size_t size) {
    if (!bytes_of($input, (const char **)&$1, &$2))
        SWIG_fail;
}

/* A chain of notes that is no failure: a list of tuples as the factory gets them. */
%typemap(in, numinputs=0, noblock=1) policy_error **notes (policy_error *said = NULL) { $1 = &said; }
%typemap(argout, noblock=1) policy_error **notes {
    if (result == POLICY_OK && said$argnum) {
        PyObject *error = NULL, *kind = NULL, *trace = NULL;
        raise_error(POLICY_OK, said$argnum);
        PyErr_Fetch(&kind, &error, &trace);
        PyErr_NormalizeException(&kind, &error, &trace);
        Py_XDECREF(kind);
        Py_XDECREF(trace);
        Py_XDECREF($result);
        $result = error;
    }
}

/* Handles that were closed are None in the package: a clear error instead of a crash. */
%define POLICY_HANDLE(TYPE)
%typemap(check, noblock=1) TYPE *, const TYPE * {
    if (!$1) {
        PyErr_SetString(PyExc_ValueError, "the object is closed");
        SWIG_fail;
    }
}
%enddef
POLICY_HANDLE(policy_builder)
POLICY_HANDLE(policy_engine)
POLICY_HANDLE(policy_record)
POLICY_HANDLE(policy_table)
POLICY_HANDLE(policy_ledger)
POLICY_HANDLE(policy_findings)
POLICY_HANDLE(policy_finding)
POLICY_HANDLE(policy_notice)
POLICY_HANDLE(policy_headroom)
POLICY_HANDLE(policy_suite)
POLICY_HANDLE(policy_bands)
POLICY_HANDLE(policy_band_sheet)
POLICY_HANDLE(policy_band_summary)
/* Where NULL means something. */
%typemap(check) policy_findings *out_or_none ""
%typemap(in, numinputs=0, noblock=1) const policy_options *options { $1 = NULL; }
%apply const policy_options *options { const policy_options * };

/* ---- Arrow ---- */

%{
static void free_stream(PyObject *capsule)
{
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    if (stream && stream->release)
        stream->release(stream);
    free(stream);
}
%}
%typemap(in, noblock=1) struct ArrowArrayStream *stream {
    $1 = PyCapsule_GetPointer($input, "arrow_array_stream");
    if (!$1)
        SWIG_fail;
}
%typemap(in, noblock=1) struct ArrowSchema *schema {
    $1 = PyCapsule_GetPointer($input, "arrow_schema");
    if (!$1)
        SWIG_fail;
}
%typemap(in, noblock=1) struct ArrowArray *array {
    $1 = PyCapsule_GetPointer($input, "arrow_array");
    if (!$1)
        SWIG_fail;
}
%typemap(in, numinputs=0, noblock=1) struct ArrowArrayStream *out {
    $1 = calloc(1, sizeof(struct ArrowArrayStream));
    if (!$1) {
        PyErr_NoMemory();
        SWIG_fail;
    }
}
%typemap(argout, noblock=1) struct ArrowArrayStream *out {
    if (result == POLICY_OK) {
        Py_XDECREF($result);
        $result = PyCapsule_New($1, "arrow_array_stream", free_stream);
        if (!$result) {
            $1->release($1);
            free($1);
            SWIG_fail;
        }
    } else {
        free($1);
    }
}
