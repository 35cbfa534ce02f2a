/*
 * The native part of a jar that is yet to come: it agrees on nothing but how to ask what it agrees on.
 */
#include <jni.h>

JNIEXPORT jint JNICALL Java_org_libpolicy_internal_NativeJNI_java_1border(JNIEnv *jenv, jclass type);

JNIEXPORT jint JNICALL Java_org_libpolicy_internal_NativeJNI_java_1border(JNIEnv *jenv, jclass type)
{
    (void)jenv;
    (void)type;
    return 1000;
}
