/*
 * Errors: making, chaining, sorting and reading them. See error.h and policy/error.h.
 *
 * An error owns its texts, each by its own allocation, and a copy of the allocator, so that it outlives whatever made
 * it. Both languages are rendered when it is made: asking for a message cannot fail.
 *
 * Out of memory is one static object that is never written to. It is always the last of a chain: what comes after it is
 * put before it, or dropped when it stands alone.
 */
#include "base/error.h"

#include "base/buffer.h"

#define LONGEST_ARGUMENT 300
#define LONGEST_MESSAGE  1000
#define EXCERPT_WIDTH    100 /* code points of a source line that are shown */

struct policy_error {
    policy_allocator allocator;
    policy_status status;
    char *message[2]; /* by policy_language */
    char *file, *rule, *nearest, *other_file, *excerpt;
    uint32_t line, column, other_line, other_column;
    policy_error *next;
};

static policy_error *out_of_memory(void)
{
    static char zh[] = "内存不足", en[] = "out of memory";
    static const policy_error object = {.status = POLICY_E_NOMEM, .message = {zh, en}};
    return (policy_error *)&object;
}

/* --- text fit to show ----------------------------------------------------------------------------------------------*/

/* Append `text` with control bytes as \xNN and malformed bytes as U+FFFD, cut after `limit` bytes. */
static void put_clean(buffer *out, str text, size_t limit)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t start = out->size;
    for (size_t at = 0; at < text.size;) {
        size_t from = at;
        uint32_t c = utf8_next(text, &at);
        if (out->size - start + (at - from) + 4 > limit) {
            buffer_put_c(out, "…");
            return;
        }
        if (c == UTF8_BAD) {
            buffer_put_code_point(out, 0xFFFD);
        } else if (c < 0x20 || c == 0x7F) {
            buffer_put(out, STR("\\x"));
            buffer_put_char(out, hex[c >> 4]);
            buffer_put_char(out, hex[c & 15]);
        } else if (c >= 0x80 && c < 0xA0) {
            buffer_put_code_point(out, 0xFFFD);
        } else {
            buffer_put(out, str_slice(text, from, at));
        }
    }
}

/* Takes what is in the buffer as a C string of its own and empties the buffer; NULL when out of memory. */
static char *take_text(buffer *b)
{
    buffer_put(b, STR(""));
    if (b->failed)
        return NULL;
    char *text = allocator_new(b->allocator, b->size + 1);
    if (text)
        memcpy(text, b->data, b->size + 1);
    buffer_clear(b);
    return text;
}

static char *render_message(const error_spec *spec, policy_language language, buffer *sentence, buffer *part)
{
    str arguments[4];
    size_t starts[5] = {0};
    bool shown[4];
    buffer_clear(part);
    buffer_clear(sentence);
    for (size_t i = 0; i < 4; i++) {
        /* Words of the catalogue must keep their address, and need no cleaning. */
        shown[i] = false;
        for (int id = 0; spec->arguments[i].data && id < MESSAGE_COUNT && !shown[i]; id++)
            shown[i] = spec->arguments[i].data == message_argument((message_id)id).data;
        if (!shown[i])
            put_clean(part, spec->arguments[i], LONGEST_ARGUMENT);
        starts[i + 1] = part->size;
    }
    if (part->failed)
        return NULL;
    for (size_t i = 0; i < 4; i++)
        arguments[i] = shown[i] ? spec->arguments[i] : str_slice(buffer_text(part), starts[i], starts[i + 1]);
    message_write(sentence, spec->message, language, arguments, 4);
    if (spec->nearest.size) {
        buffer_clear(part);
        put_clean(part, spec->nearest, LONGEST_ARGUMENT);
        str nearest = buffer_text(part);
        message_write(sentence, MESSAGE_DID_YOU_MEAN, language, &nearest, 1);
    }
    if (sentence->failed || part->failed)
        return NULL;
    buffer_clear(part);
    put_clean(part, buffer_text(sentence), LONGEST_MESSAGE);
    return take_text(part);
}

/* Cells a terminal gives a code point: two for East Asian wide characters, none for combining marks. */
static int cell_width(uint32_t c)
{
    if ((c >= 0x0300 && c <= 0x036F) || (c >= 0x200B && c <= 0x200F) || c == 0xFEFF)
        return 0;
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                   (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                   (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD)
               ? 2
               : 1;
}

/* The line, or a window of it round the caret, and a line below with ^ under the caret's column. */
static char *render_excerpt(str line, uint32_t caret_column, buffer *out)
{
    size_t count = utf8_count(line);
    size_t caret = caret_column ? caret_column - 1 : 0;
    if (caret > count)
        caret = count;
    size_t from = 0, until = count;
    if (count > EXCERPT_WIDTH) {
        from = caret > EXCERPT_WIDTH / 2 ? caret - EXCERPT_WIDTH / 2 : 0;
        until = from + EXCERPT_WIDTH < count ? from + EXCERPT_WIDTH : count;
    }
    buffer_clear(out);
    int cells = 0;
    if (from) {
        buffer_put_c(out, "…");
        cells = 1;
    }
    for (size_t at = 0, i = 0; at < line.size && i < until; i++) {
        uint32_t c = utf8_next(line, &at);
        if (i < from)
            continue;
        if (c == UTF8_BAD)
            c = 0xFFFD;
        else if (c < 0x20 || (c >= 0x7F && c < 0xA0))
            c = ' ';
        buffer_put_code_point(out, c);
        if (i < caret)
            cells += cell_width(c);
    }
    if (until < count)
        buffer_put_c(out, "…");
    buffer_put_char(out, '\n');
    while (cells-- > 0)
        buffer_put_char(out, ' ');
    buffer_put_char(out, '^');
    return take_text(out);
}

/* --- one error -----------------------------------------------------------------------------------------------------*/

/* Copy text into *to; a text that is absent stays NULL. */
static bool copy_text(const policy_allocator *a, str text, char **to)
{
    if (!text.data)
        return true;
    *to = allocator_new(a, text.size + 1);
    if (!*to)
        return false;
    if (text.size)
        memcpy(*to, text.data, text.size);
    (*to)[text.size] = '\0';
    return true;
}

static void free_one(policy_error *e)
{
    policy_allocator a = e->allocator;
    allocator_free(&a, e->message[0]);
    allocator_free(&a, e->message[1]);
    allocator_free(&a, e->file);
    allocator_free(&a, e->rule);
    allocator_free(&a, e->nearest);
    allocator_free(&a, e->other_file);
    allocator_free(&a, e->excerpt);
    allocator_free(&a, e);
}

static policy_error *make(const policy_allocator *a, const error_spec *spec)
{
    policy_error *e = allocator_zero(a, 1, sizeof *e);
    if (!e)
        return NULL;
    buffer sentence, part;
    buffer_init(&sentence, a, 0);
    buffer_init(&part, a, 0);
    e->allocator = *a;
    e->status = spec->status;
    e->line = spec->at.line;
    e->column = spec->at.column;
    e->other_line = spec->other.line;
    e->other_column = spec->other.column;
    bool made = copy_text(a, spec->at.file, &e->file) && copy_text(a, spec->other.file, &e->other_file) &&
                copy_text(a, spec->rule.size ? spec->rule : str_none, &e->rule) &&
                copy_text(a, spec->nearest.size ? spec->nearest : str_none, &e->nearest) &&
                (e->message[POLICY_LANGUAGE_ZH] = render_message(spec, POLICY_LANGUAGE_ZH, &sentence, &part)) &&
                (e->message[POLICY_LANGUAGE_EN] = render_message(spec, POLICY_LANGUAGE_EN, &sentence, &part)) &&
                (!spec->excerpt.data || (e->excerpt = render_excerpt(spec->excerpt, spec->caret_column, &part)));
    buffer_free(&sentence);
    buffer_free(&part);
    if (!made) {
        free_one(e);
        return NULL;
    }
    return e;
}

/* --- chains --------------------------------------------------------------------------------------------------------*/

/* Where a new error goes: the end, or before out-of-memory. */
static policy_error **end_of(policy_error **err)
{
    while (*err && *err != out_of_memory())
        err = &(*err)->next;
    return err;
}

policy_status error_set(policy_error **err, const policy_allocator *a, const error_spec *spec)
{
    if (spec->status == POLICY_E_NOMEM)
        return error_nomem(err);
    if (!err || *err == out_of_memory())
        return spec->status;
    policy_error *e = make(a, spec);
    if (!e)
        return error_nomem(err);
    policy_error **end = end_of(err);
    e->next = *end;
    *end = e;
    return spec->status;
}

policy_status error_nomem(policy_error **err)
{
    if (err) {
        policy_error **end = end_of(err);
        *end = out_of_memory();
    }
    return POLICY_E_NOMEM;
}

size_t error_count(const policy_error *err)
{
    size_t count = 0;
    for (; err; err = err->next)
        count++;
    return count;
}

void error_add_file(policy_error *err, const policy_allocator *a, str file)
{
    (void)a; /* an error's texts come from its own allocator */
    for (; err && err != out_of_memory(); err = err->next)
        if (!err->file)
            copy_text(&err->allocator, file, &err->file);
}

void error_add_rule(policy_error *err, const policy_allocator *a, str rule)
{
    (void)a;
    for (; err && err != out_of_memory(); err = err->next)
        if (!err->rule)
            copy_text(&err->allocator, rule, &err->rule);
}

void error_move(policy_error **to, policy_error **from)
{
    policy_error *moved = *from;
    *from = NULL;
    if (!to || *to == out_of_memory()) {
        policy_error_free(moved);
        return;
    }
    while (moved) {
        policy_error *e = moved;
        if (e == out_of_memory()) {
            error_nomem(to);
            return;
        }
        moved = e->next;
        policy_error **end = end_of(to);
        e->next = *end;
        *end = e;
        to = &e->next;
    }
}

static int compare_places(const policy_error *a, const policy_error *b)
{
    int order = str_compare(str_of(a->file), str_of(b->file));
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    if (order == 0)
        order = (a->column > b->column) - (a->column < b->column);
    return order;
}

/* Merge sort of a list that ends in NULL. */
static policy_error *sort_list(policy_error *list)
{
    if (!list || !list->next)
        return list;
    policy_error *middle = list;
    for (policy_error *fast = list->next; fast && fast->next; fast = fast->next->next)
        middle = middle->next;
    policy_error *b = middle->next;
    middle->next = NULL;
    policy_error *a = sort_list(list);
    b = sort_list(b);
    policy_error *first = NULL, **end = &first;
    while (a && b) {
        policy_error **smaller = compare_places(b, a) < 0 ? &b : &a;
        *end = *smaller;
        end = &(*end)->next;
        *smaller = *end;
    }
    *end = a ? a : b;
    return first;
}

void error_sort(policy_error **err)
{
    policy_error **end = end_of(err);
    policy_error *last = *end; /* out of memory, or nothing */
    *end = NULL;
    *err = sort_list(*err);
    *end_of(err) = last;
}

/* --- public --------------------------------------------------------------------------------------------------------*/

void policy_error_free(policy_error *err)
{
    while (err && err != out_of_memory()) {
        policy_error *next = err->next;
        free_one(err);
        err = next;
    }
}

const policy_error *policy_error_next(const policy_error *err)
{
    return err ? err->next : NULL;
}

policy_status policy_error_status(const policy_error *err)
{
    return err ? err->status : POLICY_OK;
}

const char *policy_error_message(const policy_error *err, policy_language language)
{
    if (!err)
        return "";
    return err->message[language == POLICY_LANGUAGE_EN ? POLICY_LANGUAGE_EN : POLICY_LANGUAGE_ZH];
}

const char *policy_error_file(const policy_error *err)
{
    return err ? err->file : NULL;
}

uint32_t policy_error_line(const policy_error *err)
{
    return err ? err->line : 0;
}

uint32_t policy_error_column(const policy_error *err)
{
    return err ? err->column : 0;
}

const char *policy_error_rule(const policy_error *err)
{
    return err ? err->rule : NULL;
}

const char *policy_error_nearest(const policy_error *err)
{
    return err ? err->nearest : NULL;
}

const char *policy_error_other_file(const policy_error *err)
{
    return err ? err->other_file : NULL;
}

uint32_t policy_error_other_line(const policy_error *err)
{
    return err ? err->other_line : 0;
}

uint32_t policy_error_other_column(const policy_error *err)
{
    return err ? err->other_column : 0;
}

const char *policy_error_excerpt(const policy_error *err)
{
    return err ? err->excerpt : NULL;
}
