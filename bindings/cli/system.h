/*
 * What the system knows: the time, files, processors.
 */
#ifndef POLICY_CLI_SYSTEM_H
#define POLICY_CLI_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

/* Seconds of a clock that never goes back. */
double seconds_now(void);

/* Do both paths name one existing file? */
bool is_same_file(const char *a, const char *b);

/* Bytes of a file; 0 where that is not known (a pipe, standard input). */
uint64_t file_size(const char *path);

/* Processors that may be used; 1 where that is not known. */
uint32_t processor_count(void);

#endif
