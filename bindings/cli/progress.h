/*
 * One line on a terminal that says how far the reading has come.
 */
#ifndef POLICY_CLI_PROGRESS_H
#define POLICY_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <policy/common.h>

typedef struct progress {
    bool shown; /* somebody watches standard error */
    bool drawn; /* the line is on the screen now */
    double started, last;
    uint64_t size; /* of the file in bytes; 0: not known */
    const char *source;
    policy_language language;
} progress;

void progress_start(progress *p, const char *source, policy_language language);
/* A policy_progress: draws at most ten times a second and never cancels. */
int32_t progress_step(void *context, uint64_t rows, uint64_t bytes);
/* Take the line off the screen. */
void progress_end(progress *p);

#endif
