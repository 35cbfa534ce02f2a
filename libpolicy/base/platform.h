/*
 * What the C standard does not give: files, threads, a monotonic clock, the C locale for a stretch of code, terminals.
 * One platform_<system>.c each; nothing else in the library includes a system header.
 */
#ifndef POLICY_BASE_PLATFORM_H
#define POLICY_BASE_PLATFORM_H

#include "base/allocator.h"
#include "base/text.h"
#include "policy/common.h"

typedef struct platform_file platform_file;

/* Regular files (and what a shell hands over: pipes, /dev/stdin) for reading. On failure *reason is a
 * message_argument of the catalogue: hand it to an error with str_of(reason). */
policy_status platform_open(const policy_allocator *a, const char *path, platform_file **out, const char **reason);
policy_status platform_read(platform_file *file, void *into, size_t room, size_t *got, const char **reason);
void platform_close(platform_file *file);
/* A whole regular file of at most `limit` bytes, with a NUL after it; caller frees *data with the allocator.
 * POLICY_E_LIMIT when it is larger. */
policy_status platform_read_all(const policy_allocator *a, const char *path, size_t limit, char **data, size_t *size,
                                const char **reason);

/* A file that takes the place of `path` when it is whole: written beside it under another name. After replace or discard
 * the handle is gone, and so is the other file. */
typedef struct platform_output platform_output;
policy_status platform_create(const policy_allocator *a, const char *path, platform_output **out, const char **reason);
policy_status platform_write(platform_output *file, const void *data, size_t size, const char **reason);
policy_status platform_replace(platform_output *file, const char **reason); /* flushed to the disk first */
void platform_discard(platform_output *file);

bool platform_is_directory(const char *path);
bool platform_is_file(const char *path);
/* Names in a directory, sorted by bytes, without . and .. ; each a call. Stops when the visitor returns false. */
policy_status platform_list(const policy_allocator *a, const char *path, bool (*visit)(void *context, const char *name),
                            void *context, const char **reason);

uint64_t platform_monotonic_ns(void);
uint64_t platform_thread_cpu_ns(void); /* what the calling thread has computed, waiting left out */

/* The C locale on the calling thread alone, for code that is not ours (Lua): enter, call, leave with what enter
 * returned. The handle may be shared by threads. */
typedef struct platform_locale platform_locale;
policy_status platform_locale_new(const policy_allocator *a, platform_locale **out);
void platform_locale_free(platform_locale *locale);
void *platform_locale_enter(const platform_locale *locale);
void platform_locale_leave(void *previous);

/* A thread that runs one function. False when there is no memory or the system gives no more threads. What it wrote is
 * seen after the join, which also frees it; NULL is fine. */
typedef struct platform_thread platform_thread;
bool platform_thread_start(const policy_allocator *a, void (*work)(void *context), void *context,
                           platform_thread **out);
void platform_thread_join(platform_thread *thread);

/* Text decoding by the C library (iconv): GB18030, UTF-16. See table/encoding.c. */

#endif
