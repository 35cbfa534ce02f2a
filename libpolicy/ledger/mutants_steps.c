/*
 * Steps: what a literal becomes when it is one more or one less, as text.
 */
#include "base/civil.h"
#include "base/number.h"
#include "ledger/mutants.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The digits without their point are a whole number; the point goes back to where it was. */
str step_number(arena *memory, str text, int by)
{
    char digits[32];
    size_t count = 0, decimals = 0;
    bool point = false;
    bool negative = text.size > 0 && text.data[0] == '-';
    for (size_t i = negative; i < text.size; i++) {
        if (text.data[i] == '.' && !point) {
            point = true;
        } else if (is_digit(text.data[i]) && count < 17) {
            digits[count++] = text.data[i];
            decimals += point;
        } else {
            return str_none;
        }
    }
    int64_t whole;
    if (count == 0 || !number_read_int((str){digits, count}, &whole)) {
        return str_none;
    }
    whole = (negative ? -whole : whole) + by;
    char number[NUMBER_TEXT];
    size_t size = number_write_int(number, whole < 0 ? -whole : whole);
    size_t zeros = size <= decimals ? decimals + 1 - size : 0;
    str all[5] = {whole < 0 ? STR("-") : STR(""), str_slice(STR("000000000000000000"), 0, zeros), str_none,
                  decimals > 0 ? STR(".") : STR(""), str_none};
    size_t before = size > decimals ? size - decimals : 0;
    all[2] = (str){number, before};
    all[4] = (str){number + before, size - before};
    if (zeros > 0) { /* 0.05: one zero before the point, the others after it */
        str small[4] = {all[0], STR("0."), str_slice(all[1], 0, zeros - 1), {number, size}};
        return arena_join(memory, small, 4);
    }
    return arena_join(memory, all, 5);
}

str step_date(arena *memory, str text, int by)
{
    int32_t day;
    char out[16];
    if (!civil_read(text, &day) || day + by < CIVIL_MIN || day + by > CIVIL_MAX) {
        return str_none;
    }
    return arena_text(memory, (str){out, civil_write(out, day + by)});
}

/* H:MM or HH:MM, seconds kept. */
str step_time(arena *memory, str text, int by)
{
    size_t colon = text.size > 1 && text.data[1] == ':' ? 1 : 2;
    bool fits = text.size >= colon + 3 && text.data[colon] == ':' && is_digit(text.data[0]) &&
                is_digit(text.data[colon - 1]) && is_digit(text.data[colon + 1]) && is_digit(text.data[colon + 2]) &&
                (text.size == colon + 3 || (text.size == colon + 6 && text.data[colon + 3] == ':'));
    if (!fits) {
        return str_none;
    }
    int hours = colon == 1 ? text.data[0] - '0' : (text.data[0] - '0') * 10 + text.data[1] - '0';
    int minutes = hours * 60 + (text.data[colon + 1] - '0') * 10 + (text.data[colon + 2] - '0') + by;
    if (minutes < 0 || minutes >= 24 * 60) {
        return str_none;
    }
    char out[5] = {(char)('0' + minutes / 600), (char)('0' + minutes / 60 % 10), ':', (char)('0' + minutes % 60 / 10),
                   (char)('0' + minutes % 10)};
    str parts[2] = {{out, 5}, str_slice(text, colon + 3, text.size)};
    return arena_join(memory, parts, 2);
}

/* '90m', '1h30m': the last number in it. */
str step_duration(arena *memory, str text, int by)
{
    size_t until = text.size;
    while (until > 0 && !is_digit(text.data[until - 1])) {
        until--;
    }
    size_t from = until;
    while (from > 0 && (is_digit(text.data[from - 1]) || text.data[from - 1] == '.')) {
        from--;
    }
    str stepped = from < until ? step_number(memory, str_slice(text, from, until), by) : str_none;
    if (stepped.data == NULL || stepped.data[0] == '-') {
        return str_none;
    }
    str parts[3] = {str_slice(text, 0, from), stepped, str_slice(text, until, text.size)};
    return arena_join(memory, parts, 3);
}
