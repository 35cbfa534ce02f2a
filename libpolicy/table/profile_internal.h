/*
 * What the parts of the profiler say to each other: roles of columns, kinds of cells, tests of order.
 */
#ifndef POLICY_TABLE_PROFILE_INTERNAL_H
#define POLICY_TABLE_PROFILE_INTERNAL_H

#include "table/profile.h"

typedef enum column_role {
    ROLE_UNKNOWN = 0,
    ROLE_NAME,      /* 姓名: a person */
    ROLE_NUMBER,    /* 学号, 考号, 座号: a number that stands for a person */
    ROLE_SERIAL,    /* 序, 序号 */
    ROLE_SUBJECT,   /* 科目: which subject, in a long table */
    ROLE_SCORE,     /* 成绩, 语文, 总分 */
    ROLE_BAND,      /* 等级, 语文等第 */
    ROLE_RANK,      /* 名次, 班级排名, 百分位 */
    ROLE_ATTRIBUTE, /* 学校, 年级, 班级, 考试名称 */
    ROLE_COMMENT,   /* 备注, 评语 */
    ROLE_OTHER      /* 性别, 满分, 人数: known, and neither score nor rank */
} column_role;

/* What a header says of its column; *total: it is a total or average of others. */
column_role column_role_of(str header, bool *total);

typedef enum score_cell {
    SCORE_EMPTY = 0,
    SCORE_STATUS, /* 缺考, 免考, -, / */
    SCORE_NUMBER, /* 84.5, 84.5分, 84/100 */
    SCORE_BAND,   /* 优秀, A+, 甲 */
    SCORE_TEXT
} score_cell;

/* *number is set for SCORE_NUMBER; *band, the band folded into `room`, for SCORE_BAND, and also for a short text. */
score_cell score_cell_of(str text, double *number, char room[32], str *band);
/* Lower is better: 优秀 0, 良好 1 ... A 0, A- 1; -1 when the band's place is not known. */
int band_place(str band);
/* 1 letters, 2 Chinese words, 3 digits: schemes that are not mixed when bands are counted. */
int band_family(str band);
bool comment_has_score(str text); /* 考了95分 */
bool comment_has_rank(str text);  /* 班级第3名 */
bool is_summary_word(str text);   /* 平均分, 最高分, 合格率: a row below the data */

/* One row's value in the column that is tested, and the score it is held against. */
typedef struct ordered_pair {
    double score, value;
} ordered_pair;
/* Do the values rank the scores: a better score never has a higher value, however ties are numbered? Sorts `pairs`. */
bool values_rank_scores(ordered_pair *pairs, size_t count);

typedef enum row_order { ORDER_NO = 0, ORDER_YES, ORDER_TOO_FEW } row_order;
/* Are the scores, in the order of rows, sorted? NaN where a row has none; groups: rows of one class, sorted apart. */
row_order rows_ordered(const double *scores, const uint32_t *groups, size_t count, bool is_total);
bool numbers_sorted(const double *numbers, size_t count); /* either way, NaN left out; needs two */

/* Parts of a title such as 环翠实验小学三年级2班期中成绩表; str_none where it does not say. In `memory`. */
typedef struct title_parts {
    str school, grade, class, event, audience, date;
    bool names_best; /* 前十名, 光荣榜 */
    bool failed;     /* out of memory */
} title_parts;
void title_read(str title, arena *memory, title_parts *out);

#endif
