/*
 * Files, folders, threads, clock and locale on POSIX systems. See platform.h.
 */
#include "base/platform.h"

#include "base/messages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <xlocale.h>
#endif

struct platform_file {
    policy_allocator allocator;
    int descriptor;
};

/* strerror is not thread-safe and speaks the process's language; these sentences speak the caller's. */
static policy_status fail(int error, const char **reason)
{
    message_id id;
    switch (error) {
    case ENOENT:
        id = MESSAGE_REASON_NOT_FOUND;
        break;
    case EACCES:
    case EPERM:
        id = MESSAGE_REASON_PERMISSION;
        break;
    case EISDIR:
        id = MESSAGE_REASON_IS_FOLDER;
        break;
    case ENOTDIR:
        id = MESSAGE_REASON_NOT_FOLDER;
        break;
    case EMFILE:
    case ENFILE:
        id = MESSAGE_REASON_TOO_MANY_OPEN;
        break;
    case ENAMETOOLONG:
        id = MESSAGE_REASON_NAME_TOO_LONG;
        break;
    case ELOOP:
        id = MESSAGE_REASON_LINK_LOOP;
        break;
    case EFBIG:
        id = MESSAGE_REASON_TOO_LARGE;
        break;
    case ENOMEM:
        id = MESSAGE_NOMEM;
        break;
    default:
        id = MESSAGE_REASON_OTHER;
        break;
    }
    *reason = message_argument(id).data;
    return error == ENOMEM ? POLICY_E_NOMEM : error == EFBIG ? POLICY_E_LIMIT : POLICY_E_IO;
}

static int open_retrying(const char *path, int flags)
{
    int descriptor;
    do
        descriptor = open(path, flags | O_CLOEXEC);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

static ssize_t read_retrying(int descriptor, void *into, size_t room)
{
    ssize_t got;
    do
        got = read(descriptor, into, room);
    while (got < 0 && errno == EINTR);
    return got;
}

policy_status platform_open(const policy_allocator *a, const char *path, platform_file **out, const char **reason)
{
    *out = NULL;
    int descriptor = open_retrying(path, O_RDONLY);
    if (descriptor < 0)
        return fail(errno, reason);
    struct stat info;
    int error = fstat(descriptor, &info) != 0 ? errno : S_ISDIR(info.st_mode) ? EISDIR : 0;
    platform_file *file = error ? NULL : allocator_new(a, sizeof *file);
    if (!file) {
        close(descriptor);
        return fail(error ? error : ENOMEM, reason);
    }
    file->allocator = *a;
    file->descriptor = descriptor;
    *out = file;
    return POLICY_OK;
}

policy_status platform_read(platform_file *file, void *into, size_t room, size_t *got, const char **reason)
{
    *got = 0;
    if (room > (size_t)1 << 30)
        room = (size_t)1 << 30;
    ssize_t n = read_retrying(file->descriptor, into, room);
    if (n < 0)
        return fail(errno, reason);
    *got = (size_t)n;
    return POLICY_OK;
}

void platform_close(platform_file *file)
{
    if (!file)
        return;
    close(file->descriptor);
    policy_allocator a = file->allocator;
    allocator_free(&a, file);
}

/* ---- a file in the place of another ---- */

struct platform_output {
    policy_allocator allocator;
    int descriptor;
    size_t size;  /* of the path */
    char names[]; /* the path, a NUL, the other name, a NUL */
};

#define OTHER_NAMES 100

policy_status platform_create(const policy_allocator *a, const char *path, platform_output **out, const char **reason)
{
    *out = NULL;
    size_t size = strlen(path), room = sizeof(platform_output) + 2 * size + 32;
    platform_output *file = allocator_zero(a, 1, room);
    if (!file)
        return fail(ENOMEM, reason);
    file->allocator = *a;
    file->size = size;
    memcpy(file->names, path, size);
    char *other = file->names + size + 1;
    memcpy(other, path, size);
    file->descriptor = -1;
    for (int i = 0; i < OTHER_NAMES && file->descriptor < 0; i++) {
        memcpy(other + size, ".part00", 8);
        other[size + 5] = (char)('0' + i / 10);
        other[size + 6] = (char)('0' + i % 10);
        file->descriptor = open(other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file->descriptor < 0 && errno != EEXIST && errno != EINTR)
            break;
    }
    if (file->descriptor < 0) {
        int error = errno;
        allocator_free(a, file);
        return fail(error, reason);
    }
    *out = file;
    return POLICY_OK;
}

policy_status platform_write(platform_output *file, const void *data, size_t size, const char **reason)
{
    for (const char *at = data; size > 0;) {
        ssize_t n = write(file->descriptor, at, size > (size_t)1 << 30 ? (size_t)1 << 30 : size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(errno, reason);
        at += n;
        size -= (size_t)n;
    }
    return POLICY_OK;
}

static void forget_output(platform_output *file)
{
    policy_allocator a = file->allocator;
    allocator_free(&a, file);
}

void platform_discard(platform_output *file)
{
    if (!file)
        return;
    close(file->descriptor);
    unlink(file->names + file->size + 1);
    forget_output(file);
}

/* The folder's own entry has to reach the disk too. A file system that cannot do that has done what it can. */
static void flush_folder(char *path, size_t size)
{
    while (size > 0 && path[size - 1] != '/')
        size--;
    char after = path[size];
    path[size] = '\0';
    int folder = open(size > 0 ? path : ".", O_RDONLY | O_CLOEXEC);
    path[size] = after;
    if (folder >= 0) {
        (void)fsync(folder);
        close(folder);
    }
}

policy_status platform_replace(platform_output *file, const char **reason)
{
    const char *other = file->names + file->size + 1;
    int error = fsync(file->descriptor) != 0 ? errno : 0;
    struct stat old;
    if (!error && stat(file->names, &old) == 0)
        (void)fchmod(file->descriptor, old.st_mode & 07777); /* as the one it replaces */
    if (close(file->descriptor) != 0 && !error)
        error = errno;
    if (!error && rename(other, file->names) != 0)
        error = errno;
    if (error)
        unlink(other);
    else
        flush_folder(file->names, file->size);
    forget_output(file);
    return error ? fail(error, reason) : POLICY_OK;
}

/* All that is left in the file, at most `limit` bytes, starting with room for what it is said to hold. */
static int read_rest(const policy_allocator *a, int descriptor, size_t expected, size_t limit, char **data,
                     size_t *size)
{
    void *bytes = NULL;
    size_t capacity = 0, filled = 0;
    for (;;) {
        /* One byte beyond the limit tells a file that is too large; one more is for the NUL. */
        size_t need = filled + 2 > expected + 2 ? filled + 2 : expected + 2;
        if (!allocator_grow(a, &bytes, &capacity, need, 1, limit + 2)) {
            allocator_free(a, bytes);
            return ENOMEM;
        }
        ssize_t got = read_retrying(descriptor, (char *)bytes + filled, capacity - filled - 1);
        int error = got < 0 ? errno : filled + (size_t)got > limit ? EFBIG : 0;
        if (error) {
            allocator_free(a, bytes);
            return error;
        }
        filled += (size_t)got;
        if (got == 0)
            break;
    }
    ((char *)bytes)[filled] = '\0';
    *data = bytes;
    *size = filled;
    return 0;
}

policy_status platform_read_all(const policy_allocator *a, const char *path, size_t limit, char **data, size_t *size,
                                const char **reason)
{
    *data = NULL;
    *size = 0;
    if (limit > SIZE_MAX - 2)
        limit = SIZE_MAX - 2;
    /* Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever. */
    int descriptor = open_retrying(path, O_RDONLY | O_NONBLOCK);
    if (descriptor < 0)
        return fail(errno, reason);
    struct stat info;
    policy_status status;
    if (fstat(descriptor, &info) != 0) {
        status = fail(errno, reason);
    } else if (S_ISDIR(info.st_mode)) {
        status = fail(EISDIR, reason);
    } else if (!S_ISREG(info.st_mode)) {
        *reason = message_argument(MESSAGE_REASON_NOT_REGULAR).data;
        status = POLICY_E_IO;
    } else if ((uintmax_t)info.st_size > limit) {
        status = fail(EFBIG, reason);
    } else {
        int error = read_rest(a, descriptor, (size_t)info.st_size, limit, data, size);
        status = error ? fail(error, reason) : POLICY_OK;
    }
    close(descriptor);
    return status;
}

bool platform_is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool platform_is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

typedef struct name_list {
    char **names;
    size_t count, capacity;
} name_list;

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns an errno, 0 when the folder was read to its end. */
static int read_names(const policy_allocator *a, DIR *directory, name_list *list)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry)
            return errno;
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        void *names = list->names;
        if (!allocator_grow(a, &names, &list->capacity, list->count + 1, sizeof *list->names, 0))
            return ENOMEM;
        list->names = names;
        size_t size = strlen(name) + 1;
        char *copy = allocator_new(a, size);
        if (!copy)
            return ENOMEM;
        memcpy(copy, name, size);
        list->names[list->count++] = copy;
    }
}

policy_status platform_list(const policy_allocator *a, const char *path, bool (*visit)(void *context, const char *name),
                            void *context, const char **reason)
{
    DIR *directory = opendir(path);
    if (!directory)
        return fail(errno, reason);
    name_list list = {NULL, 0, 0};
    int error = read_names(a, directory, &list);
    closedir(directory);
    if (!error && list.count) {
        qsort(list.names, list.count, sizeof *list.names, compare_names);
        for (size_t i = 0; i < list.count && visit(context, list.names[i]); i++)
            ;
    }
    for (size_t i = 0; i < list.count; i++)
        allocator_free(a, list.names[i]);
    allocator_free(a, list.names);
    return error ? fail(error, reason) : POLICY_OK;
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t platform_monotonic_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

uint64_t platform_thread_cpu_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

struct platform_thread {
    policy_allocator allocator;
    pthread_t id;
    void (*work)(void *context);
    void *context;
};

static void *run_thread(void *context)
{
    platform_thread *t = context;
    t->work(t->context);
    return NULL;
}

bool platform_thread_start(const policy_allocator *a, void (*work)(void *context), void *context, platform_thread **out)
{
    platform_thread *t = allocator_zero(a, 1, sizeof *t);
    *out = NULL;
    if (t == NULL) {
        return false;
    }
    *t = (platform_thread){.allocator = *a, .work = work, .context = context};
    if (pthread_create(&t->id, NULL, run_thread, t) != 0) {
        allocator_free(a, t);
        return false;
    }
    *out = t;
    return true;
}

void platform_thread_join(platform_thread *thread)
{
    if (thread == NULL) {
        return;
    }
    pthread_join(thread->id, NULL);
    policy_allocator a = thread->allocator;
    allocator_free(&a, thread);
}

struct platform_locale {
    policy_allocator allocator;
    locale_t locale;
};

policy_status platform_locale_new(const policy_allocator *a, platform_locale **out)
{
    *out = NULL;
    platform_locale *made = allocator_new(a, sizeof *made);
    if (!made)
        return POLICY_E_NOMEM;
    made->allocator = *a;
    made->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!made->locale) {
        allocator_free(a, made);
        return POLICY_E_NOMEM;
    }
    *out = made;
    return POLICY_OK;
}

void platform_locale_free(platform_locale *locale)
{
    if (!locale)
        return;
    freelocale(locale->locale);
    policy_allocator a = locale->allocator;
    allocator_free(&a, locale);
}

void *platform_locale_enter(const platform_locale *locale)
{
    return (void *)uselocale(locale->locale);
}

void platform_locale_leave(void *previous)
{
    uselocale((locale_t)previous);
}
