/*
 * Callbacks of the library into Java. They come on the thread that made the call, so its JNIEnv holds. What Java throws is
 * kept, the library is told to stop, and the exception goes on once the call is over.
 */
#ifndef POLICY_JAVA_CALLBACKS_H
#define POLICY_JAVA_CALLBACKS_H

struct callback {
    JNIEnv *jenv;
    jobject target;
    jthrowable thrown;
    jbyteArray buffer;
};

/* Take away what was thrown; true if there was something. */
static bool callback_caught(JNIEnv *jenv, jthrowable *thrown)
{
    jthrowable what = (*jenv)->ExceptionOccurred(jenv);
    if (!what)
        return false;
    (*jenv)->ExceptionClear(jenv);
    if (*thrown)
        (*jenv)->DeleteLocalRef(jenv, what);
    else
        *thrown = what;
    return true;
}

static void callback_rethrow(JNIEnv *jenv, jthrowable thrown)
{
    if (thrown)
        (*jenv)->Throw(jenv, thrown);
}

/* policy_progress over a Progress. */
static int32_t callback_progress(void *context, uint64_t rows, uint64_t bytes)
{
    struct callback *self = context;
    jboolean goes_on =
        (*self->jenv)->CallBooleanMethod(self->jenv, self->target, java.progress, (jlong)rows, (jlong)bytes);
    return callback_caught(self->jenv, &self->thrown) || !goes_on;
}

/* policy_read over an InputStream. */
static policy_status callback_read(void *context, void *into, size_t room, size_t *got)
{
    enum { BLOCK = 65536 };
    struct callback *self = context;
    JNIEnv *jenv = self->jenv;
    *got = 0;
    if (self->thrown)
        return POLICY_E_IO;
    if (!self->buffer)
        self->buffer = (*jenv)->NewByteArray(jenv, BLOCK);
    if (!self->buffer) {
        callback_caught(jenv, &self->thrown);
        return POLICY_E_NOMEM;
    }
    jint wanted = room < BLOCK ? (jint)room : BLOCK;
    jint count = (*jenv)->CallIntMethod(jenv, self->target, java.read, self->buffer, (jint)0, wanted);
    if (callback_caught(jenv, &self->thrown))
        return POLICY_E_IO;
    if (count > wanted)
        return POLICY_E_IO;
    if (count > 0) {
        (*jenv)->GetByteArrayRegion(jenv, self->buffer, 0, count, into);
        *got = (size_t)count;
    }
    return POLICY_OK;
}

/* policy_writer over an OutputStream. */
static policy_status callback_write(void *context, const void *data, size_t size)
{
    enum { BLOCK = 65536 };
    struct callback *self = context;
    JNIEnv *jenv = self->jenv;
    if (self->thrown)
        return POLICY_E_IO;
    if (!self->buffer)
        self->buffer = (*jenv)->NewByteArray(jenv, BLOCK);
    if (!self->buffer) {
        callback_caught(jenv, &self->thrown);
        return POLICY_E_NOMEM;
    }
    for (const char *from = data; size > 0;) {
        jint now = size < BLOCK ? (jint)size : BLOCK;
        (*jenv)->SetByteArrayRegion(jenv, self->buffer, 0, now, (const jbyte *)from);
        (*jenv)->CallVoidMethod(jenv, self->target, java.write, self->buffer, (jint)0, now);
        if (callback_caught(jenv, &self->thrown))
            return POLICY_E_IO;
        from += now;
        size -= (size_t)now;
    }
    return POLICY_OK;
}

#endif
