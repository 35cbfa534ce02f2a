/*
 * Functions on texts: the core language's, and the string extension. Positions count code points.
 *
 * Every one is linear in the texts it looks at and says so to the step counter before it looks.
 */
#include "base/number.h"
#include "expr/functions.h"
#include "expr/regex.h"
#include "expr/string_format.h"
#include "expr/text_search.h"

enum { REGEX_WORK = 16 /* regex steps that cost as much as one of ours */ };

/* Counts a look at this much text; false is out of budget. */
static bool charge_text(evaluation *ev, str text)
{
    return evaluation_charge(ev, 1 + text.size / 16);
}

static value bad_position(evaluation *ev, int64_t position, str text)
{
    char at[NUMBER_TEXT], size[NUMBER_TEXT];
    str arguments[2];
    arguments[0] = (str){at, number_write_int(at, position)};
    arguments[1] = (str){size, number_write_uint(size, utf8_count(text))};
    return value_fail(ev, POLICY_E_EVALUATE, MESSAGE_EXPR_TEXT_INDEX, arguments, 2);
}

/* The byte where code point `position` begins, counted from byte `from`; false when there are fewer. The position after
 * the last one is the end. */
static bool find_position(str text, size_t from, int64_t position, size_t *byte)
{
    if (position < 0 || (uint64_t)position > text.size - from)
        return false;
    size_t at = from;
    for (; position > 0 && at < text.size; position--)
        utf8_next(text, &at);
    *byte = at;
    return position == 0;
}

/* ---- the core language ---- */

static value string_size(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    str text = value_text(arguments[0]);
    if (!charge_text(ev, text))
        return evaluation_exhausted(ev);
    return value_int((int64_t)utf8_count(text));
}

static value bytes_size(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_int(arguments[0].size);
}

static value starts_with(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    if (!charge_text(ev, value_text(arguments[1])))
        return evaluation_exhausted(ev);
    return value_bool(str_starts(value_text(arguments[0]), value_text(arguments[1])));
}

static value ends_with(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    if (!charge_text(ev, value_text(arguments[1])))
        return evaluation_exhausted(ev);
    return value_bool(str_ends(value_text(arguments[0]), value_text(arguments[1])));
}

/* VALUE_NULL, or the error. The caller releases the mark. */
static value begin_search(evaluation *ev, text_search *s, str text, str wanted, bool overlapping)
{
    if (!charge_text(ev, text) || !charge_text(ev, wanted) ||
        !text_search_init(s, evaluation_scratch(ev), text, wanted, overlapping))
        return evaluation_exhausted(ev);
    return value_null();
}

static value contains(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    str text = value_text(arguments[0]), wanted = value_text(arguments[1]);
    if (!wanted.size)
        return value_bool(true);
    arena_mark mark = arena_here(evaluation_scratch(ev));
    text_search s;
    value error = begin_search(ev, &s, text, wanted, false);
    if (error.kind != VALUE_NULL)
        return error;
    bool found = text_search_next(&s) != TEXT_SEARCH_NONE;
    arena_release(evaluation_scratch(ev), mark);
    return value_bool(found);
}

/* ---- matches ---- */

static void write_position(char text[NUMBER_TEXT], str pattern, size_t offset, str *out)
{
    size_t count = utf8_count(str_slice(pattern, 0, offset)) + 1;
    *out = (str){text, number_write_uint(text, count)};
}

static void *compile_pattern(const policy_options *options, const policy_allocator *a, value constant,
                             preparation_failure *why)
{
    regex_failure failure;
    str pattern = value_text(constant);
    size_t limit = (size_t)options_limit(options, POLICY_LIMIT_REGEX_INSTRUCTIONS);
    regex *r = regex_new(a, pattern, limit, &failure);
    if (!r) {
        why->nomem = failure.nomem;
        why->message = MESSAGE_BAD_PATTERN;
        _Static_assert(sizeof why->text >= NUMBER_TEXT, "a number fits");
        write_position(why->text, pattern, failure.offset, &why->arguments[0]);
        why->arguments[1] = message_argument(failure.message);
    }
    return r;
}

static void free_pattern(void *prepared)
{
    regex_free(prepared);
}

static const preparation pattern_preparation = {1, compile_pattern, free_pattern};

static value refuse_pattern(evaluation *ev, str pattern, const regex_failure *failure)
{
    if (failure->nomem)
        return evaluation_out_of_memory();
    char number[NUMBER_TEXT];
    str arguments[2] = {{NULL, 0}, message_argument(failure->message)};
    write_position(number, pattern, failure->offset, &arguments[0]);
    return value_fail(ev, POLICY_E_EVALUATE, MESSAGE_BAD_PATTERN, arguments, 2);
}

static value matches(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    const regex *r = evaluation_prepared(ev);
    regex *own = NULL;
    if (!r) {
        str pattern = value_text(arguments[1]);
        if (!evaluation_charge(ev, 1 + pattern.size))
            return evaluation_exhausted(ev);
        regex_failure failure;
        size_t limit = (size_t)options_limit(evaluation_options(ev), POLICY_LIMIT_REGEX_INSTRUCTIONS);
        r = own = regex_new(evaluation_allocator(ev), pattern, limit, &failure);
        if (!own)
            return refuse_pattern(ev, pattern, &failure);
    }
    uint64_t steps = 0, budget = options_limit(evaluation_options(ev), POLICY_LIMIT_EVALUATION_STEPS);
    uint64_t used = evaluation_steps(ev), left = budget > used ? budget - used : 0;
    uint64_t most = left < UINT64_MAX / REGEX_WORK ? left * REGEX_WORK + 1 : 0;
    int found = regex_search(r, value_text(arguments[0]), 0, evaluation_scratch(ev), NULL, &steps, most);
    regex_free(own);
    if (!evaluation_charge(ev, found == -2 ? left + 1 : 1 + steps / REGEX_WORK) || found < 0)
        return evaluation_exhausted(ev);
    return value_bool(found == 1);
}

/* ---- positions ---- */

static value char_at(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    str text = value_text(arguments[0]);
    size_t from;
    if (!charge_text(ev, text))
        return evaluation_exhausted(ev);
    if (!find_position(text, 0, arguments[1].as.i, &from))
        return bad_position(ev, arguments[1].as.i, text);
    size_t until = from;
    if (until < text.size)
        utf8_next(text, &until);
    return value_string(str_slice(text, from, until));
}

static value index_of(evaluation *ev, const value *arguments, size_t count)
{
    str text = value_text(arguments[0]), wanted = value_text(arguments[1]);
    int64_t from = count > 2 ? arguments[2].as.i : 0;
    size_t byte;
    arena_mark mark = arena_here(evaluation_scratch(ev));
    if (!charge_text(ev, text))
        return evaluation_exhausted(ev);
    if (!find_position(text, 0, from, &byte))
        return bad_position(ev, from, text);
    if (!wanted.size)
        return value_int(from);
    text_search s;
    str rest = str_slice(text, byte, text.size);
    value error = begin_search(ev, &s, rest, wanted, false);
    if (error.kind != VALUE_NULL)
        return error;
    size_t found_at = text_search_next(&s);
    arena_release(evaluation_scratch(ev), mark);
    if (found_at == TEXT_SEARCH_NONE)
        return value_int(-1);
    return value_int(from + (int64_t)utf8_count(str_slice(rest, 0, found_at)));
}

/* The last finding that begins at or before the given position. */
static value last_index_of(evaluation *ev, const value *arguments, size_t count)
{
    str text = value_text(arguments[0]), wanted = value_text(arguments[1]);
    size_t latest = text.size;
    arena_mark mark = arena_here(evaluation_scratch(ev));
    if (!charge_text(ev, text))
        return evaluation_exhausted(ev);
    if (count > 2 && !find_position(text, 0, arguments[2].as.i, &latest))
        return bad_position(ev, arguments[2].as.i, text);
    if (!wanted.size)
        return value_int((int64_t)utf8_count(str_slice(text, 0, latest)));
    text_search s;
    value error = begin_search(ev, &s, text, wanted, true);
    if (error.kind != VALUE_NULL)
        return error;
    size_t last = TEXT_SEARCH_NONE, found_at;
    while ((found_at = text_search_next(&s)) != TEXT_SEARCH_NONE && found_at <= latest)
        last = found_at;
    arena_release(evaluation_scratch(ev), mark);
    return value_int(last == TEXT_SEARCH_NONE ? -1 : (int64_t)utf8_count(str_slice(text, 0, last)));
}

static value substring(evaluation *ev, const value *arguments, size_t count)
{
    str text = value_text(arguments[0]);
    size_t from, until = text.size;
    if (!charge_text(ev, text))
        return evaluation_exhausted(ev);
    if (!find_position(text, 0, arguments[1].as.i, &from))
        return bad_position(ev, arguments[1].as.i, text);
    if (count > 2) {
        if (!find_position(text, 0, arguments[2].as.i, &until))
            return bad_position(ev, arguments[2].as.i, text);
        if (until < from) {
            char first[NUMBER_TEXT], second[NUMBER_TEXT];
            str ends[2];
            ends[0] = (str){first, number_write_int(first, arguments[1].as.i)};
            ends[1] = (str){second, number_write_int(second, arguments[2].as.i)};
            return value_fail(ev, POLICY_E_EVALUATE, MESSAGE_EXPR_TEXT_RANGE, ends, 2);
        }
    }
    return value_string(str_slice(text, from, until));
}

/* ---- changed texts ---- */

/* Room in scratch for a new text of this size, counted as work; NULL: return evaluation_exhausted(). */
static char *new_text(evaluation *ev, size_t size)
{
    if (size > UINT32_MAX || !evaluation_charge(ev, 1 + size / 16))
        return NULL;
    return arena_new(evaluation_scratch(ev), size + 1);
}

static value change_case(evaluation *ev, str text, char first, char last, int step)
{
    char *out = new_text(ev, text.size);
    if (!out)
        return evaluation_exhausted(ev);
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        out[i] = c >= first && c <= last ? (char)(c + step) : c;
    }
    return value_string((str){out, text.size});
}

static value lower_ascii(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return change_case(ev, value_text(arguments[0]), 'A', 'Z', 'a' - 'A');
}

static value upper_ascii(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    return change_case(ev, value_text(arguments[0]), 'a', 'z', 'A' - 'a');
}

/* Unicode's White_Space. */
static bool is_space(uint32_t c)
{
    return (c >= 0x9 && c <= 0xD) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static value trim(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    str text = value_text(arguments[0]);
    if (!charge_text(ev, text))
        return evaluation_exhausted(ev);
    size_t from = text.size, until = 0;
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        if (is_space(utf8_next(text, &at)))
            continue;
        from = start < from ? start : from;
        until = at;
    }
    return value_string(from < until ? str_slice(text, from, until) : str_slice(text, 0, 0));
}

static value reverse(evaluation *ev, const value *arguments, size_t count)
{
    (void)count;
    str text = value_text(arguments[0]);
    char *out = new_text(ev, text.size);
    if (!out)
        return evaluation_exhausted(ev);
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        utf8_next(text, &at);
        memcpy(out + text.size - at, text.data + start, at - start);
    }
    return value_string((str){out, text.size});
}

/* Replacements before each code point and at the end, which is where an empty text is found. */
static value spread(evaluation *ev, str text, str with, uint64_t most)
{
    uint64_t places = utf8_count(text) + 1;
    places = places < most ? places : most;
    if (with.size && places > UINT32_MAX / with.size)
        return evaluation_exhausted(ev);
    size_t size = text.size + (size_t)places * with.size, put = 0;
    char *out = new_text(ev, size);
    if (!out)
        return evaluation_exhausted(ev);
    for (size_t at = 0;; places -= places > 0) {
        if (places) {
            memcpy(out + put, with.data, with.size);
            put += with.size;
        }
        if (at >= text.size)
            break;
        size_t start = at;
        utf8_next(text, &at);
        memcpy(out + put, text.data + start, at - start);
        put += at - start;
    }
    return value_string((str){out, size});
}

static value replace(evaluation *ev, const value *arguments, size_t count)
{
    str text = value_text(arguments[0]), old = value_text(arguments[1]), with = value_text(arguments[2]);
    uint64_t most = count > 3 && arguments[3].as.i >= 0 ? (uint64_t)arguments[3].as.i : UINT64_MAX;
    if (most == 0)
        return arguments[0];
    if (!old.size)
        return spread(ev, text, with, most);
    text_search s;
    value error = begin_search(ev, &s, text, old, false);
    if (error.kind != VALUE_NULL)
        return error;
    text_search again = s; /* one pass to count, one to write */
    uint64_t found = 0;
    while (found < most && text_search_next(&s) != TEXT_SEARCH_NONE)
        found++;
    if (!found)
        return arguments[0];
    uint64_t size = text.size - found * old.size;
    if (with.size && found > (UINT32_MAX - size) / with.size)
        return evaluation_exhausted(ev);
    size += found * with.size;
    char *out = new_text(ev, (size_t)size);
    if (!out)
        return evaluation_exhausted(ev);
    size_t put = 0, copied = 0;
    for (uint64_t i = 0; i < found; i++) {
        size_t found_at = text_search_next(&again);
        memcpy(out + put, text.data + copied, found_at - copied);
        put += found_at - copied;
        memcpy(out + put, with.data, with.size);
        put += with.size;
        copied = found_at + old.size;
    }
    memcpy(out + put, text.data + copied, text.size - copied);
    return value_string((str){out, (size_t)size});
}

/* ---- lists of texts ---- */

static value new_list(evaluation *ev, const value *items, size_t count)
{
    value_list *list = arena_new(evaluation_scratch(ev), sizeof *list);
    if (!list)
        return evaluation_exhausted(ev);
    *list = (value_list){.count = count, .items = items};
    return (value){.kind = VALUE_LIST, .as.list = list};
}

/* At most `most` pieces, the last of them with all that is left. */
static value split(evaluation *ev, const value *arguments, size_t count)
{
    str text = value_text(arguments[0]), separator = value_text(arguments[1]);
    uint64_t most = count > 2 && arguments[2].as.i >= 0 ? (uint64_t)arguments[2].as.i : UINT64_MAX;
    if (most == 0)
        return new_list(ev, NULL, 0);
    text_search s;
    value error = begin_search(ev, &s, text, separator, false);
    if (error.kind != VALUE_NULL)
        return error;
    text_search again = s;
    uint64_t pieces = separator.size ? 1 : utf8_count(text);
    while (separator.size && pieces < most && text_search_next(&s) != TEXT_SEARCH_NONE)
        pieces++;
    pieces = pieces < most ? pieces : most;
    if (!evaluation_charge(ev, pieces))
        return evaluation_exhausted(ev);
    value *items = arena_array(evaluation_scratch(ev), (size_t)pieces, sizeof *items);
    if (!items)
        return evaluation_exhausted(ev);
    size_t from = 0;
    for (uint64_t i = 0; i < pieces; i++) {
        size_t until = text.size, next = text.size;
        if (i + 1 < pieces) {
            if (separator.size) {
                until = text_search_next(&again);
                next = until + separator.size;
            } else {
                until = from;
                utf8_next(text, &until);
                next = until;
            }
        }
        items[i] = value_string(str_slice(text, from, until));
        from = next;
    }
    return new_list(ev, items, (size_t)pieces);
}

static value join(evaluation *ev, const value *arguments, size_t count)
{
    const value_list *list = arguments[0].as.list;
    str separator = count > 1 ? value_text(arguments[1]) : STR("");
    uint64_t size = 0;
    if (!evaluation_charge(ev, list->count))
        return evaluation_exhausted(ev);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != VALUE_STRING)
            return fail_value(ev, MESSAGE_EXPR_LIST_ITEM, "join", list->items[i]);
        size += list->items[i].size + (i ? separator.size : 0);
    }
    char *out = new_text(ev, size < UINT32_MAX ? (size_t)size : SIZE_MAX);
    if (!out)
        return evaluation_exhausted(ev);
    size_t put = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (i && separator.size) {
            memcpy(out + put, separator.data, separator.size);
            put += separator.size;
        }
        str item = value_text(list->items[i]);
        if (item.size)
            memcpy(out + put, item.data, item.size);
        put += item.size;
    }
    return value_string((str){out, put});
}

static const overload overloads[] = {
    {"size", 0, string_size, &type_int, 1, {&type_string}, NULL},
    {"size", OVERLOAD_MEMBER, string_size, &type_int, 1, {&type_string}, NULL},
    {"size", 0, bytes_size, &type_int, 1, {&type_bytes}, NULL},
    {"size", OVERLOAD_MEMBER, bytes_size, &type_int, 1, {&type_bytes}, NULL},
    {"startsWith", OVERLOAD_MEMBER, starts_with, &type_bool, 2, {&type_string, &type_string}, NULL},
    {"endsWith", OVERLOAD_MEMBER, ends_with, &type_bool, 2, {&type_string, &type_string}, NULL},
    {"contains", OVERLOAD_MEMBER, contains, &type_bool, 2, {&type_string, &type_string}, NULL},
    {"matches", OVERLOAD_MEMBER, matches, &type_bool, 2, {&type_string, &type_string}, &pattern_preparation},
    {"matches", 0, matches, &type_bool, 2, {&type_string, &type_string}, &pattern_preparation},
    {"charAt", OVERLOAD_MEMBER, char_at, &type_string, 2, {&type_string, &type_int}, NULL},
    {"indexOf", OVERLOAD_MEMBER, index_of, &type_int, 2, {&type_string, &type_string}, NULL},
    {"indexOf", OVERLOAD_MEMBER, index_of, &type_int, 3, {&type_string, &type_string, &type_int}, NULL},
    {"lastIndexOf", OVERLOAD_MEMBER, last_index_of, &type_int, 2, {&type_string, &type_string}, NULL},
    {"lastIndexOf", OVERLOAD_MEMBER, last_index_of, &type_int, 3, {&type_string, &type_string, &type_int}, NULL},
    {"substring", OVERLOAD_MEMBER, substring, &type_string, 2, {&type_string, &type_int}, NULL},
    {"substring", OVERLOAD_MEMBER, substring, &type_string, 3, {&type_string, &type_int, &type_int}, NULL},
    {"lowerAscii", OVERLOAD_MEMBER, lower_ascii, &type_string, 1, {&type_string}, NULL},
    {"upperAscii", OVERLOAD_MEMBER, upper_ascii, &type_string, 1, {&type_string}, NULL},
    {"trim", OVERLOAD_MEMBER, trim, &type_string, 1, {&type_string}, NULL},
    {"reverse", OVERLOAD_MEMBER, reverse, &type_string, 1, {&type_string}, NULL},
    {"replace", OVERLOAD_MEMBER, replace, &type_string, 3, {&type_string, &type_string, &type_string}, NULL},
    {"replace", OVERLOAD_MEMBER, replace, &type_string, 4, {&type_string, &type_string, &type_string, &type_int}, NULL},
    {"split", OVERLOAD_MEMBER, split, &type_list_string, 2, {&type_string, &type_string}, NULL},
    {"split", OVERLOAD_MEMBER, split, &type_list_string, 3, {&type_string, &type_string, &type_int}, NULL},
    {"join", OVERLOAD_MEMBER, join, &type_string, 1, {&type_list_string}, NULL},
    {"join", OVERLOAD_MEMBER, join, &type_string, 2, {&type_list_string, &type_string}, NULL},
    {"format", OVERLOAD_MEMBER, string_format, &type_string, 2, {&type_string, &type_list_dyn}, NULL},
    {"strings.quote", 0, string_quote, &type_string, 1, {&type_string}, NULL},
};

const function_library functions_string = {"string", overloads, sizeof overloads / sizeof *overloads};
