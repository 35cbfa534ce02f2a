/*
 * format() and strings.quote(): values written into texts.
 *
 * The verbs are %s, %d, %f, %e (with a precision: %.2f), %b, %o, %x, %X and %%. What they take is checked when they are
 * run, since a format may be a variable; a wrong kind is an error, never a guess.
 */
#include "expr/string_format.h"

#include <math.h>

#include "base/buffer.h"
#include "base/civil.h"
#include "base/number.h"
#include "expr/time_text.h"

enum { MOST_PRECISION = 1000, DEFAULT_PRECISION = 6, MOST_NESTING = 100 };

typedef struct writer {
    evaluation *ev;
    buffer out;
    value error; /* VALUE_NULL while all is well */
} writer;

/* The type alone is named; what is at fault may be long. */
value fail_value(evaluation *ev, message_id message, const char *name, value culprit)
{
    buffer kind;
    buffer_init(&kind, evaluation_allocator(ev), 1 << 12);
    type_write(&kind, type_of_value(culprit));
    str arguments[] = {str_of(name), buffer_text(&kind)};
    bool nomem = kind.failed && !kind.full;
    value error = nomem ? evaluation_out_of_memory() : value_fail(ev, POLICY_E_EVALUATE, message, arguments, 2);
    buffer_free(&kind);
    return error;
}

static bool stop(writer *w, value error)
{
    w->error = error;
    return false;
}

/* Work is counted as it is done, so that a format over a huge value ends in time. */
static bool put(writer *w, str text)
{
    buffer_put(&w->out, text);
    return evaluation_charge(w->ev, 1 + text.size / 16) || stop(w, evaluation_exhausted(w->ev));
}

/* ---- %s ---- */

static bool put_string(writer *w, value v, int depth);

static bool put_list(writer *w, const value_list *list, int depth)
{
    if (!put(w, STR("[")))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if ((i && !put(w, STR(", "))) || !put_string(w, list->items[i], depth))
            return false;
    return put(w, STR("]"));
}

/* An entry of a map with its key as it will be written; they are sorted by that. */
typedef struct entry {
    str key;
    size_t place;
} entry;

/* Heap sort: the map may be large and hostile. */
static void sift(entry *entries, size_t root, size_t count)
{
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count)
            return;
        if (child + 1 < count && str_compare(entries[child + 1].key, entries[child].key) > 0)
            child++;
        if (str_compare(entries[root].key, entries[child].key) >= 0)
            return;
        entry swap = entries[root];
        entries[root] = entries[child];
        entries[child] = swap;
        root = child;
    }
}

static void sort(entry *entries, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift(entries, i, count);
    for (size_t end = count; end > 1; end--) {
        entry swap = entries[0];
        entries[0] = entries[end - 1];
        entries[end - 1] = swap;
        sift(entries, 0, end - 1);
    }
}

static bool put_map(writer *w, const value_map *map, int depth)
{
    arena *scratch = evaluation_scratch(w->ev);
    entry *entries = arena_array(scratch, map->count, sizeof *entries);
    if (!entries)
        return stop(w, evaluation_exhausted(w->ev));
    for (size_t i = 0; i < map->count; i++) {
        /* The key is written where it will not stay, to have its text. */
        size_t before = w->out.size;
        if (!put_string(w, map->keys[i], depth))
            return false;
        if (w->out.failed)
            return stop(w, w->out.full ? evaluation_exhausted(w->ev) : evaluation_out_of_memory());
        entries[i] = (entry){arena_text(scratch, str_slice(buffer_text(&w->out), before, w->out.size)), i};
        if (!entries[i].key.data)
            return stop(w, evaluation_exhausted(w->ev));
        w->out.size = before;
    }
    sort(entries, map->count);
    if (!put(w, STR("{")))
        return false;
    for (size_t i = 0; i < map->count; i++)
        if ((i && !put(w, STR(", "))) || !put(w, entries[i].key) || !put(w, STR(": ")) ||
            !put_string(w, map->values[entries[i].place], depth))
            return false;
    return put(w, STR("}"));
}

static bool put_string(writer *w, value v, int depth)
{
    char text[NUMBER_TEXT > TIME_TEXT ? NUMBER_TEXT : TIME_TEXT];
    if (depth >= MOST_NESTING)
        return stop(w, fail(w->ev, MESSAGE_EXPR_TOO_DEEP));
    switch (v.kind) {
    case VALUE_NULL:
        return put(w, STR("null"));
    case VALUE_BOOL:
        return put(w, v.as.b ? STR("true") : STR("false"));
    case VALUE_INT:
        return put(w, (str){text, number_write_int(text, v.as.i)});
    case VALUE_UINT:
        return put(w, (str){text, number_write_uint(text, v.as.u)});
    case VALUE_DOUBLE:
        return put(w, (str){text, number_write_double(text, v.as.d)});
    case VALUE_STRING:
        return put(w, value_text(v));
    case VALUE_BYTES:
        return utf8_valid(value_text(v), NULL) ? put(w, value_text(v))
                                               : stop(w, fail(w->ev, MESSAGE_EXPR_BYTES_NOT_UTF8));
    case VALUE_LIST:
        return put_list(w, v.as.list, depth + 1);
    case VALUE_MAP:
        return put_map(w, v.as.map, depth + 1);
    case VALUE_TYPE:
        type_write(&w->out, v.as.type);
        return true;
    case VALUE_TIMESTAMP:
        return put(w, (str){text, time_text_timestamp(text, v.as.i, value_nanoseconds(v))});
    case VALUE_DURATION:
        return put(w, (str){text, time_text_duration(text, v.as.i, value_nanoseconds(v))});
    case VALUE_DATE:
        return put(w, (str){text, civil_write(text, (int32_t)v.as.i)});
    default:
        return stop(w, fail_value(w->ev, MESSAGE_EXPR_FORMAT_KIND, "%s", v));
    }
}

/* ---- numbers ---- */

/* NaN and the infinities are written as words, whatever the verb. */
static bool put_special(writer *w, double number, bool *special)
{
    char text[NUMBER_TEXT];
    *special = !isfinite(number);
    return !*special || put(w, (str){text, number_write_double(text, number)});
}

static bool put_decimal(writer *w, value v)
{
    bool special;
    if (v.kind == VALUE_INT || v.kind == VALUE_UINT)
        return put_string(w, v, 0);
    if (v.kind == VALUE_DOUBLE) {
        if (!put_special(w, v.as.d, &special))
            return false;
        if (special)
            return true;
    }
    return stop(w, fail_value(w->ev, MESSAGE_EXPR_FORMAT_KIND, "%d", v));
}

static bool put_real(writer *w, value v, char verb, int precision)
{
    char text[400 + MOST_PRECISION];
    double number;
    bool special;
    if (v.kind == VALUE_DOUBLE)
        number = v.as.d;
    else if (v.kind == VALUE_INT)
        number = (double)v.as.i;
    else if (v.kind == VALUE_UINT)
        number = (double)v.as.u;
    else
        return stop(w, fail_value(w->ev, MESSAGE_EXPR_FORMAT_KIND, verb == 'f' ? "%f" : "%e", v));
    if (!put_special(w, number, &special))
        return false;
    if (special)
        return true;
    size_t size = verb == 'f' ? number_write_fixed(text, sizeof text, number, precision)
                              : number_write_scientific(text, sizeof text, number, precision);
    return put(w, (str){text, size});
}

static bool put_based(writer *w, uint64_t magnitude, bool negative, unsigned bits, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[65];
    size_t at = sizeof text;
    do {
        text[--at] = digits[magnitude & ((1u << bits) - 1)];
        magnitude >>= bits;
    } while (magnitude);
    if (negative)
        text[--at] = '-';
    return put(w, (str){text + at, sizeof text - at});
}

static bool put_hex(writer *w, str bytes, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char byte = (unsigned char)bytes.data[i];
        char pair[2] = {digits[byte >> 4], digits[byte & 15]};
        if (!put(w, (str){pair, 2}))
            return false;
    }
    return true;
}

static bool put_integer(writer *w, value v, char verb)
{
    unsigned bits = verb == 'b' ? 1 : verb == 'o' ? 3 : 4;
    char shown[3] = {'%', verb, '\0'};
    if (v.kind == VALUE_INT)
        return put_based(w, v.as.i < 0 ? 0 - (uint64_t)v.as.i : (uint64_t)v.as.i, v.as.i < 0, bits, verb == 'X');
    if (v.kind == VALUE_UINT)
        return put_based(w, v.as.u, false, bits, verb == 'X');
    if (v.kind == VALUE_BOOL && verb == 'b')
        return put(w, v.as.b ? STR("1") : STR("0"));
    if ((v.kind == VALUE_STRING || v.kind == VALUE_BYTES) && bits == 4)
        return put_hex(w, value_text(v), verb == 'X');
    return stop(w, fail_value(w->ev, MESSAGE_EXPR_FORMAT_KIND, shown, v));
}

/* ---- format() ---- */

/* ".2" after a %; -1 when there is none. */
static bool read_precision(writer *w, str format, size_t *at, int *precision)
{
    *precision = -1;
    if (*at >= format.size || format.data[*at] != '.')
        return true;
    size_t from = (*at)++;
    int number = 0;
    while (*at < format.size && format.data[*at] >= '0' && format.data[*at] <= '9' && number <= MOST_PRECISION)
        number = number * 10 + (format.data[(*at)++] - '0');
    if (*at == from + 1 || number > MOST_PRECISION) {
        char most[NUMBER_TEXT];
        str arguments[] = {str_slice(format, from - 1, *at), {most, number_write_int(most, MOST_PRECISION)}};
        return stop(w, value_fail(w->ev, POLICY_E_EVALUATE, MESSAGE_EXPR_FORMAT_PRECISION, arguments, 2));
    }
    *precision = number;
    return true;
}

static bool put_argument(writer *w, value v, char verb, int precision)
{
    switch (verb) {
    case 's':
        return put_string(w, v, 0);
    case 'd':
        return put_decimal(w, v);
    case 'f':
    case 'e':
        return put_real(w, v, verb, precision < 0 ? DEFAULT_PRECISION : precision);
    default:
        return put_integer(w, v, verb);
    }
}

static bool too_few(writer *w, size_t wanted, size_t given)
{
    char one[NUMBER_TEXT], other[NUMBER_TEXT];
    str arguments[2];
    arguments[0] = (str){one, number_write_uint(one, wanted)};
    arguments[1] = (str){other, number_write_uint(other, given)};
    return stop(w, value_fail(w->ev, POLICY_E_EVALUATE, MESSAGE_EXPR_FORMAT_FEW, arguments, 2));
}

/* At a %. */
static bool put_clause(writer *w, str format, size_t *at, const value_list *given, size_t *used)
{
    size_t from = (*at)++;
    int precision;
    if (*at < format.size && format.data[*at] == '%') {
        ++*at;
        return put(w, STR("%"));
    }
    if (!read_precision(w, format, at, &precision))
        return false;
    if (*at >= format.size)
        return stop(w, fail(w->ev, MESSAGE_EXPR_FORMAT_END));
    char verb = format.data[*at];
    bool known = verb && strchr("sdfeboxX", verb) && (precision < 0 || verb == 'f' || verb == 'e');
    utf8_next(format, at);
    if (!known)
        return stop(w, fail_text(w->ev, MESSAGE_EXPR_FORMAT_VERB, str_slice(format, from, *at)));
    if (*used == given->count)
        return too_few(w, *used + 1, given->count);
    return put_argument(w, given->items[(*used)++], verb, precision);
}

static void begin(writer *w, evaluation *ev)
{
    *w = (writer){.ev = ev, .error = value_null()};
    uint64_t bytes = options_limit(evaluation_options(ev), POLICY_LIMIT_EVALUATION_BYTES);
    buffer_init(&w->out, evaluation_allocator(ev), bytes < UINT32_MAX ? (size_t)bytes : UINT32_MAX);
}

static value end(writer *w)
{
    if (w->error.kind != VALUE_NULL) {
        buffer_free(&w->out);
        return w->error;
    }
    return evaluation_text(w->ev, &w->out);
}

value string_format(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    str format = value_text(arguments[0]);
    const value_list *given = arguments[1].as.list;
    writer w;
    begin(&w, ev);
    size_t at = 0, used = 0;
    bool good = true;
    while (good && at < format.size) {
        const char *percent = memchr(format.data + at, '%', format.size - at);
        size_t until = percent ? (size_t)(percent - format.data) : format.size;
        good = until == at || put(&w, str_slice(format, at, until));
        at = until;
        if (good && percent)
            good = put_clause(&w, format, &at, given, &used);
    }
    return end(&w);
}

/* ---- strings.quote() ---- */

value string_quote(evaluation *ev, const value *arguments, size_t count)
{
    static const char escaped[] = "\a\b\f\n\r\t\v\\\"", letters[] = "abfnrtv\\\"";
    (void)count;
    str text = value_text(arguments[0]);
    writer w;
    if (!evaluation_charge(ev, 1 + text.size / 8))
        return evaluation_exhausted(ev);
    begin(&w, ev);
    buffer_put_char(&w.out, '"');
    for (size_t at = 0; at < text.size;) {
        uint32_t c = utf8_next(text, &at);
        const char *found = c && c < 128 ? strchr(escaped, (int)c) : NULL;
        if (found) {
            buffer_put_char(&w.out, '\\');
            buffer_put_char(&w.out, letters[found - escaped]);
        } else {
            buffer_put_code_point(&w.out, c == UTF8_BAD ? 0xFFFD : c);
        }
    }
    buffer_put_char(&w.out, '"');
    return end(&w);
}
