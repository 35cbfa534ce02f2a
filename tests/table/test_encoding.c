/*
 * Encodings: every file a school's computer writes, and none that is broken.
 */
#include "table/encoding.h"

#include "sheets.h"

#include <iconv.h>

static char *decode(const char *data, size_t size, size_t chunk, size_t room, size_t *got, encoding *which,
                    policy_status *status)
{
    static char out[400000];
    bytes_source bytes = {.data = data, .size = size, .chunk = chunk};
    table_source source = source_of(&bytes);
    decoder d;
    cr_assert_eq(decoder_init(&d, &allocator_system, &source), POLICY_OK);
    size_t n = 0, part;
    do {
        *status = decoder_read(&d, out + n, room, &part);
        n += part;
    } while (*status == POLICY_OK && part);
    *which = d.encoding;
    *got = n;
    decoder_free(&d);
    return out;
}

static size_t encode(const char *name, const char *text, size_t size, char *out, size_t room)
{
    iconv_t cd = iconv_open(name, "UTF-8");
    cr_assert_neq(cd, (iconv_t)-1);
    char *in = (char *)(uintptr_t)text, *to = out;
    size_t left = size, free_room = room;
    cr_assert_neq(iconv(cd, &in, &left, &to, &free_room), (size_t)-1);
    iconv_close(cd);
    return room - free_room;
}

static const char sample[] = "日期,班级,作业内容\r\n2021-11-19,三年级2班,抄写“春”字３遍，背诵——𠀀𪚥 é\r\n";

static void check_round_trip(const char *name, const char *mark, size_t mark_size, encoding expected)
{
    static char bytes[2000];
    memcpy(bytes, mark, mark_size);
    size_t size = mark_size + encode(name, sample, sizeof sample - 1, bytes + mark_size, sizeof bytes - mark_size);
    for (size_t chunk = 1; chunk <= 65; chunk++) {
        for (size_t room = 16; room <= 4096; room = room < 40 ? room + 1 : 4096 + (room == 4096)) {
            size_t got;
            encoding which;
            policy_status status;
            char *text = decode(bytes, size, chunk == 65 ? 4096 : chunk, room, &got, &which, &status);
            cr_assert_eq(status, POLICY_OK, "%s in pieces of %zu", name, chunk);
            cr_assert_eq(which, expected, "%s is %s", name, encoding_name(which));
            cr_assert(str_equal((str){text, got},
                                STR("日期,班级,作业内容\r\n2021-11-19,三年级2班,抄写“春”字３遍，背诵——𠀀𪚥 é\r\n")));
            if (room == 4096)
                break;
        }
    }
}

Test(encoding, reads_every_encoding_in_pieces_of_any_size)
{
    check_round_trip("UTF-8", "", 0, ENCODING_UTF8);
    check_round_trip("UTF-8", "\xEF\xBB\xBF", 3, ENCODING_UTF8);
    check_round_trip("UTF-16LE", "\xFF\xFE", 2, ENCODING_UTF16LE);
    check_round_trip("UTF-16BE", "\xFE\xFF", 2, ENCODING_UTF16BE);
    check_round_trip("UTF-16LE", "", 0, ENCODING_UTF16LE);
    check_round_trip("UTF-16BE", "", 0, ENCODING_UTF16BE);
    check_round_trip("GB18030", "", 0, ENCODING_GB18030);
}

Test(encoding, is_decided_at_the_first_byte_that_is_not_ascii)
{
    static char bytes[300000];
    memset(bytes, 'x', 200000);
    size_t size = 200000 + encode("GB18030", sample, sizeof sample - 1, bytes + 200000, 1000), got;
    encoding which;
    policy_status status;
    decode(bytes, size, 0, 65536, &got, &which, &status);
    cr_assert_eq(status, POLICY_OK);
    cr_assert_eq(which, ENCODING_GB18030);
    cr_assert_eq(got, 200000 + sizeof sample - 1);
    decode("abc,def\n", 8, 0, 64, &got, &which, &status);
    cr_assert_eq(which, ENCODING_ASCII);
    cr_assert_str_eq(encoding_name(which), "UTF-8");
}

static void check_refused(const char *data, size_t size, encoding expected, size_t before)
{
    for (size_t chunk = 1; chunk < 8; chunk++) {
        size_t got;
        encoding which;
        policy_status status;
        decode(data, size, chunk, 64, &got, &which, &status);
        cr_expect_eq(status, POLICY_E_ENCODING, "status %d", (int)status);
        cr_expect_eq(which, expected, "%s", encoding_name(which));
        cr_expect_eq(got, before, "%zu bytes before the bad one", got);
    }
}
#define CHECK_REFUSED(literal, expected, before) check_refused(literal, sizeof(literal) - 1, expected, before)

Test(encoding, refuses_what_is_broken_and_replaces_nothing)
{
    CHECK_REFUSED("\xFF\xFE"
                  "a\0\x00\xD8"
                  "b\0",
                  ENCODING_UTF16LE, 1); /* a lone high surrogate */
    CHECK_REFUSED("\xFF\xFE"
                  "a\0\x00\xDC"
                  "b\0",
                  ENCODING_UTF16LE, 1); /* a lone low one */
    CHECK_REFUSED("\xFF\xFE"
                  "a\0b",
                  ENCODING_UTF16LE, 1); /* half a unit */
    CHECK_REFUSED("\xFE\xFF"
                  "\0a\xD8\x00",
                  ENCODING_UTF16BE, 1);                           /* half a pair */
    CHECK_REFUSED("日期班级年级学校\xE4\xB8", ENCODING_UTF8, 24); /* cut at the end */
    CHECK_REFUSED("日期班级年级学校\xFF,x", ENCODING_UTF8, 24);
    CHECK_REFUSED("\xEF\xBB\xBF"
                  "ab\xC8\xD5",
                  ENCODING_UTF8, 2); /* a mark, then GBK */
    CHECK_REFUSED("\xC8\xD5\xC6\xDA,\xFF\xFF", ENCODING_GB18030, 7);
    CHECK_REFUSED("\xC8\xD5\xC6", ENCODING_GB18030, 3);
}

Test(encoding, of_utf8_with_a_few_broken_bytes_is_not_taken_for_gb18030)
{
    /* Read as GB18030 this would decode, into other Chinese. */
    CHECK_REFUSED("年级,班级,日期,作业\xE5\xAD\n三年级,二班,今天,语文数学英语", ENCODING_UTF8, 27);
}
