/*
 * The cursor that readers walk over folded text with: literals, digits, Chinese or ASCII numerals, decimals.
 */
#include "schema/readers.h"

bool take(cursor *c, str literal)
{
    if (!str_starts(cursor_rest(c), literal))
        return false;
    c->at += literal.size;
    return true;
}

bool take_any(cursor *c, const char *const *literals, size_t count, size_t *which)
{
    for (size_t i = 0; i < count; i++) {
        if (take(c, str_of(literals[i]))) {
            if (which)
                *which = i;
            return true;
        }
    }
    return false;
}

size_t digits_ahead(const cursor *c)
{
    size_t n = 0;
    while (c->at + n < c->text.size && c->text.data[c->at + n] >= '0' && c->text.data[c->at + n] <= '9')
        n++;
    return n;
}

bool take_digits(cursor *c, size_t least, size_t most, int32_t *out)
{
    size_t n = digits_ahead(c);
    if (n < least || n > most || n > 9)
        return false;
    int32_t number = 0;
    for (size_t i = 0; i < n; i++)
        number = number * 10 + (c->text.data[c->at + i] - '0');
    c->at += n;
    *out = number;
    return true;
}

bool take_numeral(cursor *c, int32_t *out)
{
    if (take_digits(c, 1, 4, out))
        return true;
    size_t end = c->at;
    for (size_t at = c->at; at < c->text.size && chinese_is_numeral(utf8_next(c->text, &at));)
        end = at;
    int64_t number;
    if (end == c->at || !reader_chinese_number(str_slice(c->text, c->at, end), &number))
        return false;
    c->at = end;
    *out = (int32_t)number;
    return true;
}

bool take_decimal(cursor *c, double *out)
{
    cursor end = *c;
    size_t whole = digits_ahead(&end);
    if (whole == 0 || whole > 15)
        return false;
    end.at += whole;
    if (cursor_char(&end) == '.') {
        cursor after = end;
        after.at++;
        size_t fraction = digits_ahead(&after);
        if (fraction == 0 || fraction > 17)
            return false;
        end.at = after.at + fraction;
    }
    if (!number_read_double(str_slice(c->text, c->at, end.at), false, out))
        return false;
    c->at = end.at;
    return true;
}
