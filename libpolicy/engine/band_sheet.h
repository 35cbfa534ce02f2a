/*
 * A sheet of bands as it is kept: who each row is, and the bands of its columns.
 */
#ifndef POLICY_ENGINE_BAND_SHEET_H
#define POLICY_ENGINE_BAND_SHEET_H

#include "engine/bands.h"
#include "table/scores.h"

typedef struct sheet_row {
    str who[SCORES_WHO_COUNT]; /* "" where not said */
    policy_band *bands;        /* one for each column of scores */
    str *texts;                /* the cells behind them, until all is read */
    str full;                  /* the cell under 满分 */
    uint64_t number;           /* in the file */
    uint32_t field_count;
} sheet_row;

typedef struct sheet_full { /* full marks of a subject, as given */
    str subject;            /* str_none: of all others */
    double full;
    bool used;
} sheet_full;

typedef struct sheet_field {
    str subject;      /* "" for the only one of a long sheet */
    str stated;       /* full marks in the header or a row below it; str_none */
    bands_word title; /* 语文等级 */
} sheet_field;

struct policy_band_sheet {
    policy_engine *engine;
    const policy_bands *bands;
    arena memory;
    notices notices;
    sheet_full *fulls;
    size_t full_count, full_capacity;
    bool begun, done;
    bool shows[SCORES_WHO_COUNT];
    bands_word titles[SCORES_WHO_COUNT];
    sheet_field *fields;
    size_t field_count;
    sheet_row **rows; /* in the order that is shown */
    size_t row_count, row_capacity;
    uint64_t unknown;
    str source;
};

/* Like people sort: 2班 before 10班, 三年级 before 四年级. */
int natural_compare(str a, str b);

#endif
