/*
 * Readers: what schools really write, turned into typed values. In two steps.
 *
 *   text --reader_spell--> spelling          pure, once per distinct text: 初一 is "junior 1", 2021级 "cohort 2021"
 *   spelling + context --reader_value--> value   with the school's own system and the record's own date
 *
 * A cell that cannot be read is never guessed: the result says why, and the record holds UNKNOWN.
 */
#ifndef POLICY_SCHEMA_READER_H
#define POLICY_SCHEMA_READER_H

#include "base/text.h"
#include "expr/value.h"

typedef enum reader_kind {
    READER_TEXT = 0, /* trimmed */
    READER_INTEGER,  /* 12, １２, 1,200, "12人" with the unit after it */
    READER_NUMBER,
    READER_BOOL,        /* 是/否, 1/0, true/false, √/×, and the field's own aliases */
    READER_ENUM,        /* code or alias, folded */
    READER_DATE,        /* domain.md 3.4 */
    READER_TIME,        /* domain.md 3.4; a duration since midnight */
    READER_MINUTES,     /* domain.md 3.4; a range fills `high` too */
    READER_GRADE,       /* domain.md 3.5; 1..12 under the school's system */
    READER_CLASS,       /* canonical "2班" */
    READER_WEEKDAY,     /* 1 Monday ... 7 Sunday: 星期一, 周一, 1, Monday */
    READER_SCHOOL_YEAR, /* "2021-2022" */
    READER_TERM,        /* "2021-2022-1" */
    READER_LIST,        /* list(string): 、 , ; / separated */
    READER_STAGE,       /* primary / junior: 小学, 初中 */
    READER_DATE_TIME    /* timestamp; a bare date is its midnight */
} reader_kind;

bool reader_find(str name, reader_kind *out); /* "grade", "minutes" ... as the schema names them */

/* How a text was understood. What a, b, c mean is each reader's own business (reader_<kind>.c). */
typedef struct spelling {
    uint8_t reader, form; /* form 0: unreadable */
    uint16_t note;        /* reader_note */
    int32_t a, b, c;
    double number;
    str text; /* into the cell's text, or static */
} spelling;

typedef enum reader_note {
    READER_NOTE_NONE = 0,
    READER_NOTE_ASSUMED_AFTERNOON, /* 5:30 in a service table */
    READER_NOTE_RANGE,             /* 20-30分钟: the midpoint decides, the upper end warns */
    READER_NOTE_APPROXIMATE,       /* 约20分钟, ≤20 */
    READER_NOTE_OWN_COLUMN /* understood only because of the column it stands in (a bare 3 under 年级): never taken
                                      from another field's cell */
} reader_note;

struct schema_field;
void reader_spell(const struct schema_field *field, str text, str unit, spelling *out);

/* Why a spelling has no value. */
typedef enum reader_failure {
    READER_FINE = 0,
    READER_UNREADABLE,    /* not a spelling the reader knows */
    READER_OUT_OF_RANGE,  /* outside the field's minimum and maximum */
    READER_NEEDS_SYSTEM,  /* 初一, 六年级 ...: the school's system is not known */
    READER_NOT_IN_SYSTEM, /* 初四 under 六三, 小六 under 五四 */
    READER_NEEDS_DATE,    /* 2021级, 11月19日: no year to count from */
    READER_AMBIGUOUS      /* 2021级 without a stage; a bare NJ code */
} reader_failure;

typedef struct reader_context {
    int32_t primary_years, junior_years; /* of the school; 0: not known */
    uint8_t stage;                       /* 0 not known, 1 primary, 2 junior: of the class or school */
    int32_t school_year;                 /* start year of the record's school year; 0: not known */
    int32_t default_year;                /* year for dates without one; 0: none */
    bool afternoon;                      /* bare 5:30 is 17:30 here */
} reader_context;

/* STRING values point into static memory, the schema, or spelling.text; `scratch` takes what has to be made
 * ("2班", "2021-2022"); when it is full the failure is READER_FINE and *out a VALUE_ERROR. *high is set for minutes (equal
 * to *out unless a range) and for a range of times (else VALUE_NULL). */
reader_failure reader_value(const struct schema_field *field, const spelling *s, const reader_context *context,
                            arena *scratch, value *out, value *high);

/* What stands for "nothing" in a cell: - -- — / \ 无 N/A null. Counts as an empty cell unless the reader knows it. */
bool reader_is_placeholder(str text);

/* Shared by header matching, enums and readers: full-width to half-width, CJK brackets and dashes to ASCII, white space
 * dropped, ASCII lower case. Writes at most `room` bytes; returns the size it needs. */
size_t reader_fold(str text, char *out, size_t room);
/* Chinese numerals up to 9999: 二十三, 十, 廿一, 两百; false when not one. */
bool reader_chinese_number(str text, int64_t *out);

#endif
