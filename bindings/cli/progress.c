/*
 * Progress on standard error, only when it is a terminal.
 */
#include "progress.h"

#include <stdio.h>

#include "terminal.h"
#include "texts.h"

void progress_start(progress *p, const char *source, policy_language language)
{
    double now = seconds_now();
    *p = (progress){.shown = is_terminal(stderr), .started = now, .last = now, .source = source, .language = language};
}

int32_t progress_step(void *context, uint64_t rows, uint64_t bytes)
{
    progress *p = context;
    if (!p->shown) {
        return 0;
    }
    double now = seconds_now();
    if (now - p->last < 0.1) {
        return 0;
    }
    p->last = now;
    p->drawn = true;
    char row_text[NUMBER_ROOM];
    char speed[32];
    snprintf(speed, sizeof speed, "%.1f", (double)bytes / 1e6 / (now - p->started));
    fputs("\r\033[K", stderr);
    say(stderr, p->language, TEXT_PROGRESS, p->source, number_text(row_text, rows), speed);
    fflush(stderr);
    return 0;
}

void progress_end(progress *p)
{
    if (p->drawn) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
        p->drawn = false;
    }
}
