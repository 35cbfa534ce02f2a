/*
 * Borrowed text: what trimming, comparing, decoding and "did you mean" promise.
 */
#include "base/text.h"

#include <criterion/criterion.h>

static bool same(str a, const char *b)
{
    return str_equal(a, str_of(b));
}

Test(text, compares_by_bytes_and_then_by_length)
{
    cr_assert_eq(str_compare(STR("a"), STR("b")), -1);
    cr_assert_eq(str_compare(STR("b"), STR("a")), 1);
    cr_assert_eq(str_compare(STR("a"), STR("aa")), -1);
    cr_assert_eq(str_compare(STR("a"), STR("a")), 0);
    cr_assert_eq(str_compare(STR("z"), STR("年")), -1, "bytes are unsigned");
    cr_assert_eq(str_compare(STR("a\0b"), STR("a\0c")), -1, "a NUL is a byte like others");
    cr_assert_eq(str_compare(str_none, STR("")), 0);
    cr_assert(str_equal(str_none, STR("")));
    cr_assert_not(str_equal(STR("a\0b"), STR("a\0c")));
}

Test(text, finds_prefix_suffix_and_part)
{
    cr_assert(str_starts(STR("三年级"), STR("三")));
    cr_assert(str_starts(STR("x"), STR("")));
    cr_assert_not(str_starts(STR("x"), STR("xy")));
    cr_assert(str_ends(STR("三年级"), STR("级")));
    cr_assert(str_ends(STR(""), STR("")));
    cr_assert_not(str_ends(STR("y"), STR("xy")));
    cr_assert(str_contains(STR("aaab"), STR("aab")));
    cr_assert(str_contains(STR("期末考试"), STR("考试")));
    cr_assert(str_contains(STR(""), STR("")));
    cr_assert_not(str_contains(STR("aaa"), STR("aab")));
    cr_assert_not(str_contains(STR("ab"), STR("abc")));
}

Test(text, trims_every_space_that_spreadsheets_leave)
{
    cr_assert(same(str_trim(STR("  a b\t\r\n")), "a b"));
    cr_assert(same(str_trim(STR("\xEF\xBB\xBF\xE3\x80\x80 年级\xC2\xA0\xE3\x80\x80")), "年级"));
    cr_assert(same(str_trim(STR(" \xE3\x80\x80 ")), ""));
    cr_assert(same(str_trim(STR("")), ""));
    cr_assert(same(str_trim(STR("\xA0x")), "\xA0x"), "half of a character is not white space");
}

Test(text, slices_within_bounds_only)
{
    cr_assert(same(str_slice(STR("abcdef"), 1, 3), "bc"));
    cr_assert(same(str_slice(STR("abc"), 2, 99), "c"));
    cr_assert(same(str_slice(STR("abc"), 5, 9), ""));
    cr_assert(same(str_slice(STR("abc"), 2, 1), ""));
    cr_assert_null(str_slice(str_none, 0, 4).data);
}

Test(text, hashes_depend_on_every_byte_and_on_the_length)
{
    char bytes[40];
    memset(bytes, 0, sizeof bytes);
    for (size_t size = 0; size < sizeof bytes; size++) {
        uint64_t h = str_hash((str){bytes, size});
        cr_assert_neq(h, str_hash((str){bytes, size + 1 < sizeof bytes ? size + 1 : 0}));
        for (size_t i = 0; i < size; i++) {
            bytes[i] = 1;
            cr_assert_neq(h, str_hash((str){bytes, size}), "byte %zu of %zu", i, size);
            bytes[i] = 0;
        }
    }
}

Test(utf8, reads_back_every_code_point_it_writes)
{
    for (uint32_t c = 0; c <= 0x110000; c++) {
        char bytes[4];
        size_t size = utf8_put(bytes, c);
        bool exists = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
        cr_assert_eq(size != 0, exists, "U+%04X", (unsigned)c);
        if (!exists)
            continue;
        size_t at = 0;
        cr_assert_eq(utf8_next((str){bytes, size}, &at), c, "U+%04X", (unsigned)c);
        cr_assert_eq(at, size);
        for (size_t cut = 1; cut < size; cut++) {
            at = 0;
            cr_assert_eq(utf8_next((str){bytes, cut}, &at), UTF8_BAD);
            cr_assert_eq(at, 1);
        }
    }
}

/* Long texts are looked at many bytes at a time; what is found must be what one character after the other gives. */
Test(utf8, long_texts_are_valid_exactly_when_their_characters_are)
{
    static const char *const parts[] = {
        "a", "0,", "年", "级三", "\xC2\xB7", "\xF0\x9F\x98\x80", "\xE0\xA4\x85", "\xED\x9F\xBF"};
    static const char wrong[] = "\x80\xBF\xC0\xED\xE0\xE5\xF0\xF8\xFF";
    uint64_t seed = 5;
    for (int round = 0; round < 20000; round++) {
        char bytes[400];
        size_t size = 0, most = 300;
        int kinds = round % 3 == 0 ? 4 : 8;
        while (size < most - 10) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            const char *part = parts[(seed >> 33) % (unsigned)kinds];
            memcpy(bytes + size, part, strlen(part));
            size += strlen(part);
        }
        size -= (size_t)round % 70;
        if (round % 2) {
            bytes[(seed >> 20) % size] = wrong[(seed >> 50) % (sizeof wrong - 1)];
        }
        size_t wanted = 0, at = 0, bad_at = SIZE_MAX;
        while (wanted < size && utf8_next((str){bytes, size}, &at) != UTF8_BAD) {
            wanted = at;
        }
        bool valid = utf8_valid((str){bytes, size}, &bad_at);
        cr_assert_eq(valid, wanted == size, "round %d", round);
        cr_assert(valid || bad_at == wanted, "round %d: %zu, not %zu", round, bad_at, wanted);
    }
}

Test(utf8, refuses_what_the_standard_forbids_and_moves_one_byte)
{
    static const char *const bad[] = {
        "\x80",             /* continuation alone */
        "\xC0\x80",         /* overlong NUL */
        "\xC1\xBF",         /* overlong DEL */
        "\xE0\x9F\xBF",     /* overlong U+07FF */
        "\xED\xA0\x80",     /* surrogate U+D800 */
        "\xED\xBF\xBF",     /* surrogate U+DFFF */
        "\xF0\x8F\xBF\xBF", /* overlong U+FFFF */
        "\xF4\x90\x80\x80", /* U+110000 */
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xE5\xB9",
        "\xE5\x28\xB4",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t at = 0, bad_at = 99;
        cr_assert_eq(utf8_next(str_of(bad[i]), &at), UTF8_BAD, "case %zu", i);
        cr_assert_eq(at, 1, "case %zu", i);
        cr_assert_not(utf8_valid(str_of(bad[i]), &bad_at), "case %zu", i);
        cr_assert_eq(bad_at, 0);
    }
    size_t bad_at = 0;
    cr_assert_not(utf8_valid(STR("年级\xFF"), &bad_at));
    cr_assert_eq(bad_at, 6);
    cr_assert(utf8_valid(STR("a\0年"), NULL));
    cr_assert(utf8_valid(str_none, NULL));
}

Test(utf8, counts_code_points_and_stands_still_at_the_end)
{
    cr_assert_eq(utf8_count(STR("三年级2班")), 5);
    cr_assert_eq(utf8_count(STR("\xFF\xFE")), 2);
    cr_assert_eq(utf8_count(str_none), 0);
    size_t at = 1;
    cr_assert_eq(utf8_next(STR("a"), &at), UTF8_BAD);
    cr_assert_eq(at, 1);
}

static const str fields[] = {{"minutes", 7}, {"minutes_high", 12}, {"mandatory", 9}, {"form", 4},
                             {"grade", 5},   {"布置日期", 12},     {"完成日期", 12}, {"due", 3}};
#define FIELD_COUNT (sizeof fields / sizeof *fields)

Test(nearest, offers_the_name_that_was_meant)
{
    cr_assert(same(str_nearest(STR("minuts"), fields, FIELD_COUNT), "minutes"));
    cr_assert(same(str_nearest(STR("Minutes"), fields, FIELD_COUNT), "minutes"));
    cr_assert(same(str_nearest(STR("minutes-high"), fields, FIELD_COUNT), "minutes_high"));
    cr_assert(same(str_nearest(STR("from"), fields, FIELD_COUNT), "form"), "two neighbours swapped are one mistake");
    cr_assert(same(str_nearest(STR("grades"), fields, FIELD_COUNT), "grade"));
    cr_assert(same(str_nearest(STR("布置日"), fields, FIELD_COUNT), "布置日期"), "a Chinese character is one letter");
}

Test(nearest, offers_nothing_when_nothing_is_near)
{
    cr_assert_null(str_nearest(STR("teacher"), fields, FIELD_COUNT).data);
    cr_assert_null(str_nearest(STR(""), fields, FIELD_COUNT).data);
    cr_assert_null(str_nearest(STR("x"), fields, FIELD_COUNT).data);
    cr_assert_null(str_nearest(STR("form"), NULL, 0).data);
    str single = STR("y");
    cr_assert_null(str_nearest(STR("x"), &single, 1).data, "two letters that differ have nothing in common");
}

Test(nearest, allows_a_third_of_the_length_and_not_more)
{
    str name = STR("abcdefghi");
    cr_assert(same(str_nearest(STR("abcdefxyz"), &name, 1), "abcdefghi"));
    cr_assert_null(str_nearest(STR("abcdewxyz"), &name, 1).data);
}

Test(nearest, survives_names_of_any_length)
{
    char huge[5000];
    memset(huge, 'a', sizeof huge);
    str names[] = {{huge, sizeof huge}, {huge, 96}, {huge, 97}};
    cr_assert_null(str_nearest((str){huge, sizeof huge}, names, 3).data);
    cr_assert_eq(str_nearest((str){huge, 95}, names, 3).size, 96);
}
