/*
 * What the readers share: folding with options, numerals, and a cursor over folded text. Private to schema/.
 *
 * Each reader is a pair of functions, one a step (see reader.h); reader.c picks them by kind and looks at the range.
 */
#ifndef POLICY_SCHEMA_READERS_H
#define POLICY_SCHEMA_READERS_H

#include "base/number.h"
#include "schema/reader.h"
#include "schema/schema.h"

enum { FOLD_SPACES = 1 /* a run of white space becomes one blank */, FOLD_CASE = 2 /* letters keep their case */ };
size_t fold_with(str text, unsigned flags, char *out, size_t room);

/* Cells longer than this hold no grade, date, time or number. */
typedef struct fold_room {
    char data[256];
} fold_room;
bool fold_cell(str text, unsigned flags, fold_room *room, str *out); /* false: too long */

int chinese_digit(uint32_t c); /* 0 ... 9; -1 */
bool chinese_is_numeral(uint32_t c);

/* A place in folded text. Every take_ moves on only when it succeeds. */
typedef struct cursor {
    str text;
    size_t at;
} cursor;

static inline cursor cursor_of(str text)
{
    return (cursor){text, 0};
}
static inline bool cursor_done(const cursor *c)
{
    return c->at >= c->text.size;
}
static inline str cursor_rest(const cursor *c)
{
    return str_slice(c->text, c->at, c->text.size);
}
static inline char cursor_char(const cursor *c)
{
    return cursor_done(c) ? '\0' : c->text.data[c->at];
}
bool take(cursor *c, str literal);
bool take_any(cursor *c, const char *const *literals, size_t count,
              size_t *which); /* first that fits; which may be NULL */
size_t digits_ahead(const cursor *c);
/* `least` to `most` ASCII digits and not one more. */
bool take_digits(cursor *c, size_t least, size_t most, int32_t *out);
/* ASCII digits (at most four) or a Chinese numeral. */
bool take_numeral(cursor *c, int32_t *out);
bool take_decimal(cursor *c, double *out); /* 12, 1.5, .5 is not one */
#define TAKE_ANY(c, words, which) take_any((c), (words), sizeof(words) / sizeof *(words), (which))

/* One step each. A spell function returns false for what it does not know; reader.c has set reader and form 0 before. */
typedef bool spell_function(const schema_field *field, str text, str unit, spelling *out);
typedef reader_failure value_function(const schema_field *field, const spelling *s, const reader_context *context,
                                      arena *scratch, value *out, value *high);

spell_function spell_text, spell_integer, spell_number, spell_list, spell_bool, spell_enum, spell_stage, spell_date,
    spell_date_time, spell_time, spell_minutes, spell_grade, spell_class, spell_weekday, spell_school_year, spell_term;
value_function value_of_text, value_of_integer, value_of_number, value_of_list, value_of_bool, value_of_enum,
    value_of_stage, value_of_date, value_of_date_time, value_of_time, value_of_minutes, value_of_grade, value_of_class,
    value_of_weekday, value_of_school_year, value_of_term;

/* Pieces that several readers use. */
bool take_date(cursor *c, int32_t *year, int32_t *month, int32_t *day); /* year and month 0 where not said */
bool take_time(cursor *c, int32_t *seconds, bool *bare_morning);        /* bare_morning: 1:00 ... 7:59 without 上午 */
bool excel_fraction(str digits, int32_t *seconds); /* "0.729167", the part before the point ignored */
bool take_weekday(cursor *c, int32_t *weekday);    /* 星期五, 周五, (周五), Friday */
bool take_school_year(cursor *c, int32_t *start);
/* A text made in scratch, as a value; VALUE_ERROR when out of memory. */
value value_made(arena *scratch, str text);
value value_out_of_memory(void);

/* Units that headers and cells name; canonical ("分钟", "小时", "人" ...), static; str_none when not a unit. Folded text. */
str unit_find(str folded);

#endif
