/*
 * Which encoding a file has, and its text as UTF-8.
 *
 * A byte order mark decides. Without one: line ends and separators two bytes wide mean UTF-16; else bytes pass as ASCII
 * until the first that is not, and then up to 64 KiB from there are looked at. Strict UTF-8 is UTF-8. Otherwise it is
 * GB18030, which every double-byte file of a Chinese Windows is, unless most of it is good UTF-8: then the file is UTF-8
 * with something broken in it, and reading it as GB18030 would turn all its Chinese into other Chinese.
 *
 * Nothing is ever replaced: a byte that does not belong stops the reading, and the rows' parser knows line and column.
 */
#include "table/encoding.h"

#include <errno.h>
#include <iconv.h>

const char *encoding_name(encoding e)
{
    switch (e) {
    case ENCODING_UTF16LE:
        return "UTF-16LE";
    case ENCODING_UTF16BE:
        return "UTF-16BE";
    case ENCODING_GB18030:
        return "GB18030";
    default:
        return "UTF-8";
    }
}

policy_status decoder_init(decoder *d, const policy_allocator *a, const table_source *source)
{
    *d = (decoder){.allocator = a, .source = *source};
    d->raw = allocator_new(a, DECODER_ROOM);
    return d->raw ? POLICY_OK : POLICY_E_NOMEM;
}

void decoder_free(decoder *d)
{
    if (d->converter)
        iconv_close((iconv_t)d->converter);
    if (d->allocator)
        allocator_free(d->allocator, d->raw);
    *d = (decoder){.allocator = NULL};
}

/* Have at least `need` raw bytes ahead, or all there are. A failure of the source waits until they are used up. */
static policy_status fill(decoder *d, size_t need)
{
    if (d->end - d->at >= need || d->ended)
        return POLICY_OK;
    memmove(d->raw, d->raw + d->at, d->end - d->at);
    d->end -= d->at;
    d->at = 0;
    while (d->end < need && !d->ended && d->failure == POLICY_OK) {
        size_t got = 0;
        d->reason = NULL;
        d->failure = d->source.read(d->source.context, d->raw + d->end, DECODER_ROOM - d->end, &got, &d->reason);
        if (d->failure == POLICY_OK && got > DECODER_ROOM - d->end)
            d->failure = POLICY_E_ARGUMENT; /* the callback claims more than there was room for */
        if (d->failure != POLICY_OK)
            break;
        d->ended = got == 0;
        d->end += got;
        d->bytes += got;
    }
    return d->end > d->at ? POLICY_OK : d->failure;
}

static bool is_separator(unsigned unit)
{
    return unit == '\n' || unit == '\r' || unit == ',' || unit == '\t' || unit == ';';
}

/* Without a mark: separators are pairs of one kind only. Zero bytes alone say little: 一 is 4E00. */
static encoding guess_wide(const unsigned char *p, size_t n)
{
    size_t even = 0, odd = 0, little = 0, big = 0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        even += p[i] == 0;
        odd += p[i + 1] == 0;
        little += p[i + 1] == 0 && is_separator(p[i]);
        big += p[i] == 0 && is_separator(p[i + 1]);
    }
    if (little >= 1 && big == 0 && odd > even)
        return ENCODING_UTF16LE;
    if (big >= 1 && little == 0 && even > odd)
        return ENCODING_UTF16BE;
    return ENCODING_ASCII;
}

static policy_status start(decoder *d)
{
    policy_status status = fill(d, 512);
    if (status != POLICY_OK)
        return status;
    d->started = true;
    const unsigned char *p = (const unsigned char *)d->raw;
    size_t n = d->end;
    d->has_mark = true;
    if (n >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF) {
        d->encoding = ENCODING_UTF8;
        d->at = 3;
    } else if (n >= 2 && p[0] == 0xFF && p[1] == 0xFE) {
        d->encoding = ENCODING_UTF16LE;
        d->at = 2;
    } else if (n >= 2 && p[0] == 0xFE && p[1] == 0xFF) {
        d->encoding = ENCODING_UTF16BE;
        d->at = 2;
    } else {
        d->has_mark = false;
        d->encoding = guess_wide(p, n < 512 ? n : 512);
    }
    return POLICY_OK;
}

/* At the first byte past ASCII: UTF-8 or GB18030? */
static policy_status decide(decoder *d)
{
    policy_status status = fill(d, DECODER_ROOM);
    if (status != POLICY_OK)
        return status;
    str ahead = {d->raw + d->at, d->end - d->at};
    size_t good = 0, bad = 0; /* bad: runs of bytes, so that half a character counts once */
    bool in_run = false;
    for (size_t at = 0; at < ahead.size;) {
        size_t from = at;
        uint32_t c = utf8_next(ahead, &at);
        if (c == UTF8_BAD) {
            if (!d->ended && ahead.size - from < 4)
                break; /* may be cut by the end of what was looked at */
            bad += !in_run;
            in_run = true;
        } else {
            good += c >= 0x80;
            in_run = false;
        }
    }
    if (bad == 0 || good > 4 * bad) {
        d->encoding = ENCODING_UTF8;
        return POLICY_OK;
    }
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == (iconv_t)-1)
        return POLICY_E_NOMEM;
    d->converter = (void *)converter;
    d->encoding = ENCODING_GB18030;
    return POLICY_OK;
}

static policy_status refuse(decoder *d, size_t count)
{
    static const char hex[] = "0123456789ABCDEF";
    if (d->failure != POLICY_OK && d->end - d->at < 4)
        return d->failure; /* cut off by it */
    d->cut_off = d->ended && d->end - d->at < 4 && d->end - d->at <= count;
    size_t n = 0;
    for (size_t i = 0; i < count && d->at + i < d->end && n + 3 < sizeof d->bad; i++) {
        unsigned char byte = (unsigned char)d->raw[d->at + i];
        if (n)
            d->bad[n++] = ' ';
        d->bad[n++] = hex[byte >> 4];
        d->bad[n++] = hex[byte & 15];
    }
    d->bad[n] = '\0';
    return POLICY_E_ENCODING;
}

static size_t copy(decoder *d, char *out, size_t count)
{
    memcpy(out, d->raw + d->at, count);
    d->at += count;
    return count;
}

static policy_status read_ascii(decoder *d, char *out, size_t room, size_t *got)
{
    policy_status status = fill(d, 1);
    if (status != POLICY_OK)
        return status;
    size_t n = 0, most = d->end - d->at < room ? d->end - d->at : room;
    while (n < most && (unsigned char)d->raw[d->at + n] < 0x80)
        n++;
    *got = copy(d, out, n);
    if (n || d->at == d->end)
        return POLICY_OK;
    status = decide(d);
    return status == POLICY_OK ? decoder_read(d, out, room, got) : status;
}

/* The beginning of a character, and nothing behind it. */
static bool may_be_cut(str ahead)
{
    unsigned char lead = (unsigned char)ahead.data[0];
    size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    for (size_t i = 1; i < ahead.size; i++)
        if (((unsigned char)ahead.data[i] & 0xC0) != 0x80)
            return false;
    return ahead.size < size;
}

static policy_status read_utf8(decoder *d, char *out, size_t room, size_t *got)
{
    policy_status status = fill(d, 4);
    if (status != POLICY_OK)
        return status;
    str ahead = {d->raw + d->at, d->end - d->at < room ? d->end - d->at : room};
    size_t good = ahead.size;
    if (!utf8_valid(ahead, &good) && good == 0)
        return refuse(d, may_be_cut(ahead) ? ahead.size : 1);
    *got = copy(d, out, good);
    return POLICY_OK;
}

static unsigned unit_at(const decoder *d, size_t at)
{
    unsigned a = (unsigned char)d->raw[at], b = (unsigned char)d->raw[at + 1];
    return d->encoding == ENCODING_UTF16LE ? b << 8 | a : a << 8 | b;
}

static policy_status read_utf16(decoder *d, char *out, size_t room, size_t *got)
{
    policy_status status = fill(d, 4);
    if (status != POLICY_OK)
        return status;
    size_t n = 0;
    while (d->end - d->at >= 2 && room - n >= 4) {
        uint32_t c = unit_at(d, d->at);
        size_t size = 2;
        if (c >= 0xDC00 && c <= 0xDFFF) {
            *got = n;
            return n ? POLICY_OK : refuse(d, 2);
        }
        if (c >= 0xD800 && c <= 0xDBFF) {
            if (d->end - d->at < 4 && !d->ended)
                break; /* its other half is still to come */
            uint32_t low = d->end - d->at >= 4 ? unit_at(d, d->at + 2) : 0;
            if (low < 0xDC00 || low > 0xDFFF) {
                *got = n;
                return n ? POLICY_OK : refuse(d, 2);
            }
            c = 0x10000 + ((c - 0xD800) << 10 | (low - 0xDC00));
            size = 4;
        }
        n += utf8_put(out + n, c);
        d->at += size;
    }
    *got = n;
    if (n == 0 && d->at < d->end)
        return refuse(d, d->end - d->at); /* half a unit at the end */
    return POLICY_OK;
}

static policy_status read_gb18030(decoder *d, char *out, size_t room, size_t *got)
{
    policy_status status = fill(d, 4);
    if (status != POLICY_OK)
        return status;
    char *in = d->raw + d->at, *to = out;
    size_t left = d->end - d->at, free_room = room;
    size_t result = iconv((iconv_t)d->converter, &in, &left, &to, &free_room);
    int error = result == (size_t)-1 ? errno : 0;
    d->at = d->end - left;
    *got = room - free_room;
    if (*got || left == 0 || error == E2BIG)
        return POLICY_OK;
    return refuse(d,
                  error == EINVAL ? left : 2); /* EINVAL: cut off at the end, for fill() gave all a character needs */
}

policy_status decoder_read(decoder *d, char *out, size_t room, size_t *got)
{
    *got = 0;
    if (!d->started) {
        policy_status status = start(d);
        if (status != POLICY_OK)
            return status;
    }
    switch (d->encoding) {
    case ENCODING_UTF8:
        return read_utf8(d, out, room, got);
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
        return read_utf16(d, out, room, got);
    case ENCODING_GB18030:
        return read_gb18030(d, out, room, got);
    default:
        return read_ascii(d, out, room, got);
    }
}
