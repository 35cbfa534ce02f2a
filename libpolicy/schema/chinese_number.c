/*
 * Chinese numerals up to 9999, as people write them in lists and headings: 三, 十, 十二, 二十三, 廿一, 卅, 两百, 一百零五,
 * 一千二百. A row of digits without units is read by place as in a year: 二〇二一, 一二.
 *
 * Strict: units must fall, 零 stands for skipped places, nothing may be left over. 一百二 (short for 120) and the banker's
 * forms (壹, 贰) are not taken: they are rare here and easily something else.
 */
#include "schema/readers.h"

int chinese_digit(uint32_t c)
{
    switch (c) {
    case 0x3007: /* 〇 */
    case 0x96F6: /* 零 */
        return 0;
    case 0x4E00: /* 一 */
        return 1;
    case 0x4E8C: /* 二 */
    case 0x4E24: /* 两 */
        return 2;
    case 0x4E09: /* 三 */
        return 3;
    case 0x56DB: /* 四 */
        return 4;
    case 0x4E94: /* 五 */
        return 5;
    case 0x516D: /* 六 */
        return 6;
    case 0x4E03: /* 七 */
        return 7;
    case 0x516B: /* 八 */
        return 8;
    case 0x4E5D: /* 九 */
        return 9;
    default:
        return -1;
    }
}

static int unit_of(uint32_t c)
{
    return c == 0x5341 ? 10 : c == 0x767E ? 100 : c == 0x5343 ? 1000 : 0; /* 十 百 千 */
}

static int tens_of(uint32_t c)
{
    return c == 0x5EFF ? 20 : c == 0x5345 ? 30 : 0; /* 廿 卅 */
}

bool chinese_is_numeral(uint32_t c)
{
    return chinese_digit(c) >= 0 || unit_of(c) || tens_of(c);
}

/* 二〇二一: two to four digits by place. */
static bool by_place(str text, int64_t *out)
{
    int64_t n = 0;
    int count = 0;
    for (size_t at = 0; at < text.size;) {
        uint32_t c = utf8_next(text, &at);
        int digit = chinese_digit(c);
        if (digit < 0 || c == 0x4E24 || (digit == 0 && count == 0) || ++count > 4)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return count >= 2;
}

bool reader_chinese_number(str text, int64_t *out)
{
    int64_t total = 0;
    int last_unit = 10000, digit = -1;
    bool gap = false; /* after 零, or where none is needed */
    size_t at = 0;
    if (text.size == 0)
        return false;
    while (at < text.size) {
        uint32_t c = utf8_next(text, &at);
        int d = chinese_digit(c), unit = unit_of(c), tens = tens_of(c);
        if (d >= 0) {
            if (digit >= 0)
                return by_place(text, out);
            if (d == 0 && (at < text.size || total > 0)) { /* 零 between places; alone it is the number 0 */
                if (total == 0)
                    return by_place(text, out);
                if (gap || at == text.size)
                    return false;
                gap = true;
                continue;
            }
            digit = d;
        } else if (unit) {
            if (unit >= last_unit)
                return false;
            if (digit < 0 && !(unit == 10 && total == 0)) /* only 十 may stand without a digit, and only first */
                return false;
            if (digit == 0)
                return false;
            if (gap ? unit * 10 >= last_unit : last_unit != 10000 && unit * 10 < last_unit)
                return false; /* 零 exactly where a place is skipped */
            total += (digit < 0 ? 1 : digit) * (int64_t)unit;
            last_unit = unit;
            digit = -1;
            gap = false;
        } else if (tens) {
            if (total || digit >= 0)
                return false;
            total = tens;
            last_unit = 10;
        } else {
            return false;
        }
    }
    if (digit >= 0) {
        if (last_unit != 10000 && (gap ? last_unit <= 10 : last_unit > 10))
            return false;
        total += digit;
    } else if (gap) {
        return false;
    }
    *out = total;
    return true;
}
