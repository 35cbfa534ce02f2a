/*
 * How arguments and answers cross between C and Java.
 *
 *   any handle           long; who owns it is the business of the Java classes above
 *   policy_error **err   hidden; a failure throws what org.libpolicy.internal.Bridge makes of it
 *   type **out           long[1]
 *   policy_text **       byte[1][], UTF-8, null when there is none
 *   const char *         String without NUL, or null; always UTF-8, never Java's modified form of it
 *   const char *, size_t byte[], NULs included
 *   policy_datum         what Bridge makes of it
 *
 * After something was thrown only C runs until the return: no JNI call, and nothing that was allocated is left behind.
 */
%rename("$ignore") policy_datum; /* answers are made by typemap, below */
%ignore policy_engine_ref;

/* Calls that call back have functions of their own in extras.i. */
%ignore policy_ledger_feed_table;
%ignore policy_ledger_feed_table_parallel;
%ignore policy_band_sheet_read;
%ignore policy_table_next;
%ignore policy_table_open;

%javaconst(1);

%{
#include <stdlib.h>
#include <string.h>

/* ---- what is called in Java ---- */

static struct {
    jclass bridge, object;
    jmethodID problem, exception, datum, read, write, next, progress;
} java;

static jclass global_class(JNIEnv *jenv, const char *name)
{
    jclass local = (*jenv)->FindClass(jenv, name);
    return local ? (*jenv)->NewGlobalRef(jenv, local) : NULL;
}

static jmethodID method_of(JNIEnv *jenv, const char *name, const char *method, const char *signature)
{
    jclass local = (*jenv)->FindClass(jenv, name);
    jmethodID id = local ? (*jenv)->GetMethodID(jenv, local, method, signature) : NULL;
    if (local)
        (*jenv)->DeleteLocalRef(jenv, local);
    return id;
}

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved)
{
    (void)reserved;
    JNIEnv *jenv = NULL;
    if ((*vm)->GetEnv(vm, (void **)&jenv, JNI_VERSION_1_8) != JNI_OK)
        return JNI_ERR;
    java.bridge = global_class(jenv, "org/libpolicy/internal/Bridge");
    java.object = java.bridge ? global_class(jenv, "java/lang/Object") : NULL;
    if (!java.object)
        return JNI_ERR;
    java.problem = (*jenv)->GetStaticMethodID(jenv, java.bridge, "problem",
                                              "(I[B[B[BII[B[B[BII[B)Ljava/lang/Object;");
    java.exception =
        java.problem ? (*jenv)->GetStaticMethodID(jenv, java.bridge, "exception",
                                                  "(I[Ljava/lang/Object;)Ljava/lang/Throwable;")
                     : NULL;
    java.datum = java.exception
                     ? (*jenv)->GetStaticMethodID(jenv, java.bridge, "datum", "(IJD[B)Ljava/lang/Object;")
                     : NULL;
    java.read = java.datum ? method_of(jenv, "java/io/InputStream", "read", "([BII)I") : NULL;
    java.write = java.read ? method_of(jenv, "java/io/OutputStream", "write", "([BII)V") : NULL;
    java.next = java.write ? method_of(jenv, "org/libpolicy/internal/BatchSource", "next", "()[B") : NULL;
    java.progress = java.next ? method_of(jenv, "org/libpolicy/Progress", "update", "(JJ)Z") : NULL;
    return java.progress ? JNI_VERSION_1_8 : JNI_ERR;
}

JNIEXPORT void JNICALL JNI_OnUnload(JavaVM *vm, void *reserved)
{
    (void)reserved;
    JNIEnv *jenv = NULL;
    if ((*vm)->GetEnv(vm, (void **)&jenv, JNI_VERSION_1_8) == JNI_OK) {
        (*jenv)->DeleteGlobalRef(jenv, java.bridge);
        (*jenv)->DeleteGlobalRef(jenv, java.object);
    }
}

/* ---- texts ---- */

/* A byte[] of these bytes; NULL for NULL, or with an OutOfMemoryError. */
static jbyteArray java_bytes(JNIEnv *jenv, const char *text, size_t size)
{
    if (!text)
        return NULL;
    jbyteArray array = size <= INT32_MAX ? (*jenv)->NewByteArray(jenv, (jsize)size) : NULL;
    if (array)
        (*jenv)->SetByteArrayRegion(jenv, array, 0, (jsize)size, (const jbyte *)text);
    return array;
}

static jbyteArray java_text(JNIEnv *jenv, const char *text)
{
    return java_bytes(jenv, text, text ? strlen(text) : 0);
}

static void java_out_of_memory(JNIEnv *jenv)
{
    jclass type = (*jenv)->FindClass(jenv, "java/lang/OutOfMemoryError");
    if (type)
        (*jenv)->ThrowNew(jenv, type, "libpolicy: no native memory");
}

/* The bytes of an array with a NUL behind them: in `small` where they fit, else allocated. */
static char *native_bytes(JNIEnv *jenv, jbyteArray array, size_t size, char *small, size_t room)
{
    char *bytes = size < room ? small : malloc(size + 1);
    if (!bytes) {
        java_out_of_memory(jenv);
        return NULL;
    }
    (*jenv)->GetByteArrayRegion(jenv, array, 0, (jsize)size, (jbyte *)bytes);
    bytes[size] = '\0';
    return bytes;
}

/* ---- errors ---- */

/* All errors of a chain as Object[]; NULL with something thrown. */
static jobjectArray java_problems(JNIEnv *jenv, const policy_error *err)
{
    jsize count = 0;
    for (const policy_error *e = err; e; e = policy_error_next(e))
        count++;
    jobjectArray all = (*jenv)->NewObjectArray(jenv, count, java.object, NULL);
    jsize i = 0;
    for (const policy_error *e = err; e && all; e = policy_error_next(e), i++) {
        const char *texts[] = {policy_error_message(e, POLICY_LANGUAGE_ZH),
                               policy_error_message(e, POLICY_LANGUAGE_EN),
                               policy_error_file(e),
                               policy_error_rule(e),
                               policy_error_nearest(e),
                               policy_error_other_file(e),
                               policy_error_excerpt(e)};
        jbyteArray bytes[7] = {NULL};
        bool made = (*jenv)->PushLocalFrame(jenv, 10) == 0;
        if (!made)
            return NULL;
        for (size_t k = 0; k < 7 && made; k++) {
            bytes[k] = java_text(jenv, texts[k]);
            made = bytes[k] || !texts[k];
        }
        jobject one = made ? (*jenv)->CallStaticObjectMethod(
                                 jenv, java.bridge, java.problem, (jint)policy_error_status(e), bytes[0], bytes[1],
                                 bytes[2], (jint)policy_error_line(e), (jint)policy_error_column(e), bytes[3], bytes[4],
                                 bytes[5], (jint)policy_error_other_line(e), (jint)policy_error_other_column(e),
                                 bytes[6])
                           : NULL;
        one = (*jenv)->PopLocalFrame(jenv, (*jenv)->ExceptionCheck(jenv) ? NULL : one);
        if (!one)
            return NULL;
        (*jenv)->SetObjectArrayElement(jenv, all, i, one);
        (*jenv)->DeleteLocalRef(jenv, one);
    }
    return all;
}

/* Throw what a failure says, and free it. */
static void java_raise(JNIEnv *jenv, policy_status status, policy_error *err)
{
    if ((*jenv)->ExceptionCheck(jenv)) {
        policy_error_free(err);
        return;
    }
    jobjectArray all = java_problems(jenv, err);
    policy_error_free(err);
    if (!all)
        return;
    jthrowable thrown =
        (*jenv)->CallStaticObjectMethod(jenv, java.bridge, java.exception, (jint)status, all);
    if (thrown && !(*jenv)->ExceptionCheck(jenv))
        (*jenv)->Throw(jenv, thrown);
}
%}

/* ---- handles ---- */

%typemap(jni) SWIGTYPE *, SWIGTYPE & "jlong"
%typemap(jtype) SWIGTYPE *, SWIGTYPE & "long"
%typemap(jstype) SWIGTYPE *, SWIGTYPE & "long"
%typemap(javain) SWIGTYPE *, SWIGTYPE & "$javainput"
%typemap(javaout) SWIGTYPE *, SWIGTYPE & { return $jnicall; }
%typemap(in) SWIGTYPE * "$1 = ($1_ltype)(intptr_t)$input;"
%typemap(out) SWIGTYPE * "$result = (jlong)(intptr_t)$1;"
%typemap(argout) SWIGTYPE * ""
%typemap(freearg) SWIGTYPE * ""

%typemap(jni) SWIGTYPE **out, SWIGTYPE **more "jlongArray"
%typemap(jtype) SWIGTYPE **out "long[]"
%typemap(jstype) SWIGTYPE **out "long[]"
%typemap(javain) SWIGTYPE **out "$javainput"
%typemap(in) SWIGTYPE **out ($*1_ltype made = NULL) "$1 = &made;"
%typemap(argout) SWIGTYPE **out {
    jlong answer = (jlong)(intptr_t)*$1;
    (*jenv)->SetLongArrayRegion(jenv, $input, 0, 1, &answer);
}
%apply SWIGTYPE **out { policy_carry **carry }

/* ---- numbers ---- */

%apply long long { uint64_t, size_t };
%apply long long { const uint64_t &, const size_t & };

/* ---- texts ---- */

%typemap(jni) const char * "jbyteArray"
%typemap(jtype) const char * "byte[]"
%typemap(jstype) const char * "String"
%typemap(javain) const char * "Utf8.terminated($javainput)"
%typemap(javaout) const char * { return Utf8.decode($jnicall); }
%typemap(in) const char * (char small[256]) {
    $1 = NULL;
    if ($input) {
        $1 = native_bytes(jenv, $input, (size_t)(*jenv)->GetArrayLength(jenv, $input), small, sizeof small);
        if (!$1)
            return $null;
    }
}
%typemap(freearg) const char * {
    if ($1 && $1 != small$argnum)
        free((void *)$1);
}
%typemap(out) const char * "$result = java_text(jenv, $1);"

%typemap(jni) (const char *data, size_t size) "jbyteArray"
%typemap(jtype) (const char *data, size_t size) "byte[]"
%typemap(jstype) (const char *data, size_t size) "byte[]"
%typemap(javain) (const char *data, size_t size) "$javainput"
%typemap(in) (const char *data, size_t size) (char small[256]) {
    $2 = $input ? (size_t)(*jenv)->GetArrayLength(jenv, $input) : 0;
    $1 = $input ? native_bytes(jenv, $input, $2, small, sizeof small) : NULL;
    if ($input && !$1)
        return $null;
}
%typemap(freearg) (const char *data, size_t size) {
    if ($1 && $1 != small$argnum)
        free((void *)$1);
}
%apply (const char *data, size_t size) { (const char *text, size_t size), (const char *request, size_t size) };

%typemap(jni) policy_text ** "jobjectArray"
%typemap(jtype) policy_text ** "byte[][]"
%typemap(jstype) policy_text ** "byte[][]"
%typemap(javain) policy_text ** "$javainput"
%typemap(in) policy_text ** (policy_text *made = NULL) "$1 = &made;"
%typemap(argout) policy_text ** {
    if (*$1) {
        jbyteArray answer = java_bytes(jenv, policy_text_data(*$1), policy_text_size(*$1));
        policy_text_free(*$1);
        if (answer)
            (*jenv)->SetObjectArrayElement(jenv, $input, 0, answer);
    }
}
%apply policy_text ** { policy_text **out, policy_text **reply, policy_text **difference };

/* ---- values ---- */

%typemap(jni) policy_datum "jobject"
%typemap(jtype) policy_datum "Object"
%typemap(jstype) policy_datum "Object"
%typemap(javaout) policy_datum { return $jnicall; }
%typemap(out) policy_datum {
    jbyteArray text = java_text(jenv, $1.text);
    $result = text || !$1.text ? (*jenv)->CallStaticObjectMethod(jenv, java.bridge, java.datum, (jint)$1.kind,
                                                                 (jlong)$1.integer, (jdouble)$1.number, text)
                               : NULL;
}

/* ---- errors ---- */

%typemap(in, numinputs=0) policy_error **err (policy_error *failure = NULL) "$1 = &failure;"
%typemap(argout) policy_error **err {
    if (result != POLICY_OK)
        java_raise(jenv, result, *$1);
}

%typemap(jni) policy_error **notes "jobjectArray"
%typemap(jtype) policy_error **notes "Object[][]"
%typemap(jstype) policy_error **notes "Object[][]"
%typemap(javain) policy_error **notes "$javainput"
%typemap(in) policy_error **notes (policy_error *chain = NULL) "$1 = &chain;"
%typemap(argout) policy_error **notes {
    jobjectArray all = java_problems(jenv, *$1);
    policy_error_free(*$1);
    if (all)
        (*jenv)->SetObjectArrayElement(jenv, $input, 0, all);
}

%typemap(in, numinputs=0) JNIEnv *jenv "$1 = jenv;"
