/*
 * Our own functions that need no calendar: date, time, span, contains_any, numbers.
 *
 * numbers('抄写3遍，再默写二十遍', '抄写{n}遍') lists the numbers that stand where {n} stands: digits (full-width too) and
 * Chinese numerals. 三四遍 and 3-5遍 name two numbers each.
 */
#include "base/civil.h"
#include "base/number.h"
#include "expr/functions.h"
#include "expr/time_read.h"
#include "expr/words.h"

enum { DAY = 86400 };

static const char fine = 0; /* what preparations return that only check */

/* ---- date and time ---- */

static value date_of_text(evaluation *ev, const value *arguments, size_t count)
{
    int32_t days;
    (void)count;
    if (!civil_read(value_text(arguments[0]), &days)) {
        return fail_text(ev, MESSAGE_EXPR_BAD_DATE, value_text(arguments[0]));
    }
    return value_date(days);
}

static value date_of_timestamp(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    int64_t seconds = arguments[0].as.i - (value_nanoseconds(arguments[0]) < 0);
    int64_t days = seconds / DAY - (seconds % DAY < 0);
    return evaluation_date(ev, days);
}

static value date_itself(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return arguments[0];
}

/* A malformed constant is a load error. What is prepared is not needed later: the call itself is folded. */
static void *check_date(const policy_options *options, const policy_allocator *a, value constant,
                        preparation_failure *why)
{
    int32_t days;
    (void)options;
    (void)a;
    if (civil_read(value_text(constant), &days)) {
        return (void *)&fine;
    }
    why->message = MESSAGE_EXPR_BAD_DATE;
    why->arguments[0] = value_text(constant);
    return NULL;
}

static value time_of_text(evaluation *ev, const value *arguments, size_t count)
{
    int64_t seconds;
    (void)count;
    if (!time_read_of_day(value_text(arguments[0]), &seconds)) {
        return fail_text(ev, MESSAGE_EXPR_BAD_TIME, value_text(arguments[0]));
    }
    return value_duration(seconds, 0);
}

static void *check_time(const policy_options *options, const policy_allocator *a, value constant,
                        preparation_failure *why)
{
    int64_t seconds;
    (void)options;
    (void)a;
    if (time_read_of_day(value_text(constant), &seconds)) {
        return (void *)&fine;
    }
    why->message = MESSAGE_EXPR_BAD_TIME;
    why->arguments[0] = value_text(constant);
    return NULL;
}

static void nothing_to_release(void *prepared)
{
    (void)prepared;
}

static const preparation date_check = {0, check_date, nothing_to_release};
static const preparation time_check = {0, check_time, nothing_to_release};

/* ---- span ---- */

/* The dates in [a, b), at least [a]: the evenings on which something set on a and due on b may be done. */
static value span(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    int64_t from = arguments[0].as.i, until = arguments[1].as.i;
    size_t days = until > from ? (size_t)(until - from) : 1;
    value_list *list = evaluation_charge(ev, days) ? arena_new(evaluation_scratch(ev), sizeof *list) : NULL;
    value *items = list ? arena_array(evaluation_scratch(ev), days, sizeof *items) : NULL;
    if (!items) {
        return evaluation_exhausted(ev);
    }
    for (size_t i = 0; i < days; i++) {
        items[i] = value_date((int32_t)(from + (int64_t)i));
    }
    *list = (value_list){days, items};
    return (value){.kind = VALUE_LIST, .as.list = list};
}

/* ---- contains_any ---- */

typedef struct prepared_words {
    policy_allocator allocator;
    arena arena;
    words *words;
} prepared_words;

static bool fill(words *w, const value_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!words_add(w, value_text(list->items[i]))) {
            return false;
        }
    }
    return words_finish(w);
}

static bool all_text(const value_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != VALUE_STRING) {
            return false;
        }
    }
    return true;
}

static void release_words(void *prepared)
{
    prepared_words *p = prepared;
    policy_allocator allocator = p->allocator;
    arena_free(&p->arena);
    allocator_free(&allocator, p);
}

static void *prepare_words(const policy_options *options, const policy_allocator *a, value constant,
                           preparation_failure *why)
{
    (void)options;
    if (!all_text(constant.as.list)) {
        why->message = MESSAGE_EXPR_NO_OVERLOAD;
        why->arguments[0] = STR("contains_any");
        why->arguments[1] = STR("string, list(dyn)");
        return NULL;
    }
    prepared_words *p = allocator_zero(a, 1, sizeof *p);
    why->nomem = true;
    if (!p) {
        return NULL;
    }
    p->allocator = *a;
    arena_init(&p->arena, &p->allocator, 0);
    p->words = words_new(&p->arena);
    if (!p->words || !fill(p->words, constant.as.list)) {
        release_words(p);
        return NULL;
    }
    why->nomem = false;
    return p;
}

static const preparation words_preparation = {1, prepare_words, release_words};

static value contains_any(evaluation *ev, const value *arguments, size_t count)
{
    const prepared_words *prepared = evaluation_prepared(ev);
    const words *look = prepared ? prepared->words : NULL;
    (void)count;
    if (!look) {
        const value_list *list = arguments[1].as.list;
        words *made = all_text(list) ? words_new(evaluation_scratch(ev)) : NULL;
        if (!all_text(list)) {
            return fail_text(ev, MESSAGE_EXPR_RUN_NAME, STR("contains_any(list)"));
        }
        if (!made || !fill(made, list) || !evaluation_charge(ev, words_size(made))) {
            return evaluation_exhausted(ev);
        }
        look = made;
    }
    if (!evaluation_charge(ev, 1 + arguments[0].size / 16)) {
        return evaluation_exhausted(ev);
    }
    return value_bool(words_in(look, value_text(arguments[0])));
}

/* ---- numbers ---- */

/* Value of a Chinese numeral digit, or of a unit as its negative power of ten's value; 0 is 零. */
static bool numeral(uint32_t c, int64_t *digit, int64_t *unit)
{
    static const uint32_t digits[10][5] = {{0x96F6, 0x3007}, {0x4E00, 0x58F9}, {0x4E8C, 0x4E24, 0x8D30, 0x8CB3},
                                           {0x4E09, 0x53C1}, {0x56DB, 0x8086}, {0x4E94, 0x4F0D},
                                           {0x516D, 0x9646}, {0x4E03, 0x67D2}, {0x516B, 0x634C},
                                           {0x4E5D, 0x7396}};
    static const struct {
        uint32_t c;
        int64_t worth;
    } units[] = {{0x5341, 10},   {0x62FE, 10},   {0x767E, 100},   {0x4F70, 100},
                 {0x5343, 1000}, {0x4EDF, 1000}, {0x4E07, 10000}, {0x842C, 10000}};
    *digit = -1;
    *unit = 0;
    for (int d = 0; d < 10; d++) {
        for (int i = 0; i < 5 && digits[d][i]; i++) {
            if (digits[d][i] == c) {
                *digit = d;
                return true;
            }
        }
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (units[i].c == c) {
            *unit = units[i].worth;
            return true;
        }
    }
    return false;
}

static int64_t added(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static int64_t times(int64_t a, int64_t b)
{
    return b && a > INT64_MAX / b ? INT64_MAX : a * b;
}

/* Up to two numbers: 三四 means three or four. */
typedef struct found {
    int64_t numbers[2];
    size_t count;
} found;

/* 一百零五, 二十, 十, 两万三, 二〇二一: a total of sections of ten thousand, a section of units, a digit waiting for its
 * unit. A digit right after a unit above ten is of the next unit down (一百五 is 150), one after 零 is itself. */
static bool read_chinese(str text, size_t *at, found *out)
{
    int64_t total = 0, section = 0, waiting = -1, last_unit = 0, digit, unit, before = -1;
    int64_t positional = 0;
    size_t digits = 0, units = 0;
    bool zero = false;
    for (size_t next = *at; next < text.size; *at = next) {
        if (!numeral(utf8_next(text, &next), &digit, &unit)) {
            break;
        }
        if (unit == 0) {
            zero = zero || digit == 0;
            before = waiting;
            waiting = digit;
            positional = added(times(positional, 10), digit);
            digits++;
            last_unit = digit == 0 ? 0 : last_unit;
            continue;
        }
        units++;
        if (unit == 10000) {
            section = added(section, waiting > 0 ? waiting : section || waiting == 0 ? 0 : 1);
            total = times(added(total, section), unit);
            section = 0;
        } else {
            section = added(section, (waiting < 0 ? 1 : waiting) * unit);
        }
        waiting = -1;
        last_unit = unit;
    }
    if (digits + units == 0) {
        return false;
    }
    *out = (found){.count = 1};
    if (units == 0) {
        out->numbers[0] = positional;
        if (digits == 2 && !zero && waiting == before + 1) {
            *out = (found){{before, waiting}, 2};
        }
        return true;
    }
    if (waiting > 0) {
        section = added(section, waiting * (last_unit > 10 ? last_unit / 10 : 1));
    }
    out->numbers[0] = added(total, section);
    return true;
}

static int digit_of(uint32_t c)
{
    if (c >= '0' && c <= '9') {
        return (int)(c - '0');
    }
    return c >= 0xFF10 && c <= 0xFF19 ? (int)(c - 0xFF10) : -1;
}

/* 20, ２０, 2万. */
static bool read_digits(str text, size_t *at, found *out)
{
    int64_t number = 0, digit, unit;
    size_t next = *at, count = 0;
    while (next < text.size) {
        int d = digit_of(utf8_next(text, &next));
        if (d < 0) {
            break;
        }
        number = added(times(number, 10), d);
        *at = next;
        count++;
    }
    if (count == 0) {
        return false;
    }
    next = *at;
    if (next < text.size && numeral(utf8_next(text, &next), &digit, &unit) && unit > 1) {
        number = times(number, unit);
        *at = next;
    }
    *out = (found){{number}, 1};
    return true;
}

static bool read_number(str text, size_t *at, found *out)
{
    return read_digits(text, at, out) || read_chinese(text, at, out);
}

static void skip_spaces(str text, size_t *at)
{
    for (size_t next = *at; next < text.size; *at = next) {
        uint32_t c = utf8_next(text, &next);
        if (c != ' ' && c != '\t' && c != 0x3000 && c != 0xA0) {
            return;
        }
    }
}

/* Between the two numbers of a range. */
static bool skip_range_mark(str text, size_t *at)
{
    static const uint32_t marks[] = {'-', '~', 0xFF5E, 0x2014, 0x2013, 0xFF0D, 0x81F3, 0x5230};
    size_t next = *at;
    uint32_t c = next < text.size ? utf8_next(text, &next) : 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (c == marks[i]) {
            *at = next;
            return true;
        }
    }
    return false;
}

/* A number or range at *at. */
static bool read_numbers(str text, size_t *at, found *out)
{
    found second;
    if (!read_number(text, at, out)) {
        return false;
    }
    size_t ahead = *at;
    skip_spaces(text, &ahead);
    if (out->count == 1 && skip_range_mark(text, &ahead)) {
        skip_spaces(text, &ahead);
        if (read_number(text, &ahead, &second)) {
            out->numbers[1] = second.numbers[second.count - 1];
            out->count = 2;
            *at = ahead;
        }
    }
    return true;
}

static bool split_pattern(str pattern, str *before, str *after)
{
    str mark = STR("{n}");
    for (size_t i = 0; i + mark.size <= pattern.size; i++) {
        if (memcmp(pattern.data + i, mark.data, mark.size) == 0) {
            *before = str_trim((str){pattern.data, i});
            *after = str_trim((str){pattern.data + i + mark.size, pattern.size - i - mark.size});
            return !str_contains(*after, mark) && before->size + after->size > 0;
        }
    }
    return false;
}

static bool starts_at(str text, size_t at, str part)
{
    return text.size - at >= part.size && memcmp(text.data + at, part.data, part.size) == 0;
}

/* The pattern at exactly `at`: true, with the end in *end. */
static bool match_at(str text, size_t at, str before, str after, found *out, size_t *end)
{
    if (!starts_at(text, at, before)) {
        return false;
    }
    at += before.size;
    skip_spaces(text, &at);
    if (!read_numbers(text, &at, out)) {
        return false;
    }
    skip_spaces(text, &at);
    *end = at + after.size;
    return starts_at(text, at, after);
}

static bool put_numbers(evaluation *ev, value **items, size_t *count, size_t *capacity, const found *f)
{
    if (*count + 2 > *capacity) {
        size_t wanted = *capacity ? *capacity * 2 : 8;
        value *grown =
            arena_resize(evaluation_scratch(ev), *items, *capacity * sizeof **items, wanted * sizeof **items);
        if (!grown) {
            return false;
        }
        *items = grown;
        *capacity = wanted;
    }
    for (size_t i = 0; i < f->count; i++) {
        (*items)[(*count)++] = value_int(f->numbers[i]);
    }
    return true;
}

/* Skip the rest of the number that starts at `at`, so that 2021年 does not also give 021, 21 and 1. */
static size_t after_number(str text, size_t at)
{
    found ignored;
    size_t end = at;
    if (read_number(text, &end, &ignored)) {
        return end;
    }
    utf8_next(text, &at);
    return at;
}

static value numbers(evaluation *ev, const value *arguments, size_t count)
{
    str text = value_text(arguments[0]), before, after;
    value *items = NULL;
    size_t found_count = 0, capacity = 0;
    (void)count;
    if (!split_pattern(value_text(arguments[1]), &before, &after)) {
        return fail_text(ev, MESSAGE_EXPR_BAD_PATTERN, value_text(arguments[1]));
    }
    for (size_t at = 0, end; at < text.size;) {
        found f;
        if (!evaluation_charge(ev, 1 + before.size / 16)) {
            return evaluation_exhausted(ev);
        }
        if (match_at(text, at, before, after, &f, &end)) {
            if (!put_numbers(ev, &items, &found_count, &capacity, &f)) {
                return evaluation_exhausted(ev);
            }
            at = end;
        } else {
            at = before.size ? at + 1 : after_number(text, at);
        }
    }
    value_list *list = arena_new(evaluation_scratch(ev), sizeof *list);
    if (!list) {
        return evaluation_exhausted(ev);
    }
    *list = (value_list){found_count, items};
    return (value){.kind = VALUE_LIST, .as.list = list};
}

static void *check_pattern(const policy_options *options, const policy_allocator *a, value constant,
                           preparation_failure *why)
{
    str before, after;
    (void)options;
    (void)a;
    if (split_pattern(value_text(constant), &before, &after)) {
        return (void *)&fine;
    }
    why->message = MESSAGE_EXPR_BAD_PATTERN;
    why->arguments[0] = value_text(constant);
    return NULL;
}

static const preparation pattern_check = {1, check_pattern, nothing_to_release};

static const overload overloads[] = {
    {"date", 0, date_of_text, &type_date, 1, {&type_string}, &date_check},
    {"date", 0, date_of_timestamp, &type_date, 1, {&type_timestamp}, NULL},
    {"date", 0, date_itself, &type_date, 1, {&type_date}, NULL},
    {"time", 0, time_of_text, &type_time, 1, {&type_string}, &time_check},
    {"span", 0, span, &type_list_date, 2, {&type_date, &type_date}, NULL},
    {"contains_any", 0, contains_any, &type_bool, 2, {&type_string, &type_list_string}, &words_preparation},
    {"numbers", 0, numbers, &type_list_int, 2, {&type_string, &type_string}, &pattern_check},
};

const function_library functions_policy = {"policy", overloads, sizeof overloads / sizeof *overloads};
