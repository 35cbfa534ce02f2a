/*
 * Score tables row by row: who, what, and the cells that hold scores.
 *
 * The profiler (profile.h) says what a score table shows; this reads it, wide (a column a subject) or long (a row a
 * subject), for those who turn scores into something else. It knows no scheme and no engine. What it leaves out, and why,
 * is in the notices.
 */
#ifndef POLICY_TABLE_SCORES_H
#define POLICY_TABLE_SCORES_H

#include "table/profile_internal.h"
#include "table/table.h"

typedef enum scores_who { /* what tells a row from others */
                          SCORES_SCHOOL,
                          SCORES_GRADE,
                          SCORES_CLASS,
                          SCORES_NUMBER,
                          SCORES_NAME,
                          SCORES_EVENT,
                          SCORES_SUBJECT,
                          SCORES_WHO_COUNT
} scores_who;

typedef struct scores_field { /* a column of scores */
    str subject;              /* 语文; "" under 成绩 */
    str header;               /* as it stands there */
    str full;                 /* 120 of 语文(满分120); str_none */
    size_t column;
} scores_field;

typedef struct scores {
    sheet sheet;
    int who[SCORES_WHO_COUNT];        /* columns, -1 where there is none */
    str from_title[SCORES_WHO_COUNT]; /* where there is none: what the title says; str_none */
    int full;                         /* column of full marks, -1 */
    scores_field *fields;
    size_t field_count;
    uint64_t left_out; /* rows that may be students and could not be taken */
} scores;

typedef enum scores_row { SCORES_END, SCORES_STUDENT, SCORES_FULL_MARKS } scores_row;

/* Takes the source's bytes but not the source. `subjects` are columns that hold scores though their names do not say so.
 * Notices go to `n`. Close it also on failure. */
policy_status scores_open(scores *s, const table_options *options, const table_source *source, const str *subjects,
                          size_t subject_count, notices *n, policy_error **err);
void scores_close(scores *s);
/* The next row that says anything. */
policy_status scores_next(scores *s, scores_row *kind, policy_error **err);
/* Of that row, trimmed; "" where there is none. Valid until the next one. */
str scores_who_is(const scores *s, scores_who which);
str scores_text(const scores *s, size_t field);
str scores_full(const scores *s); /* the cell under 满分 */

#endif
