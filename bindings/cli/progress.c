/*
 * Progress on standard error, only when it is a terminal.
 */
#include "progress.h"

#include <stdio.h>

#include "system.h"
#include "terminal.h"
#include "texts.h"

#define TIME_ROOM 32

/* 0:07, 12:30, 1:02:03 */
static const char *time_text(char room[TIME_ROOM], double seconds)
{
    unsigned long rest = seconds < 359999 ? (unsigned long)(seconds + 0.999) : 359999;
    if (rest >= 3600) {
        snprintf(room, TIME_ROOM, "%lu:%02lu:%02lu", rest / 3600, rest / 60 % 60, rest % 60);
    } else {
        snprintf(room, TIME_ROOM, "%lu:%02lu", rest / 60, rest % 60);
    }
    return room;
}

void progress_start(progress *p, const char *source, policy_language language)
{
    double now = seconds_now();
    *p = (progress){.shown = is_terminal(stderr),
                    .started = now,
                    .last = now,
                    .size = file_size(source),
                    .source = source,
                    .language = language};
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
    double seconds = now - p->started;
    char row_text[NUMBER_ROOM], speed[NUMBER_ROOM], percent[NUMBER_ROOM], left[TIME_ROOM];
    number_text(row_text, rows);
    number_text(speed, (uint64_t)((double)rows / seconds));
    fputs("\r\033[K", stderr);
    if (p->size > 0 && bytes > 0 && bytes <= p->size) {
        number_text(percent, bytes * 100 / p->size);
        double rest = seconds * ((double)p->size / (double)bytes - 1);
        say(stderr, p->language, TEXT_PROGRESS_OF, p->source, row_text, speed, percent, time_text(left, rest));
    } else {
        say(stderr, p->language, TEXT_PROGRESS, p->source, row_text, speed);
    }
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
