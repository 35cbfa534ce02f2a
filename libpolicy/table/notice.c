/*
 * Notices: the vector, and what policy/notice.h says of one.
 */
#include "table/notice.h"

#include "base/error.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text_handle.h"

#define TEXT_SHOWN 200 /* of a cell; enough to find it again */

void notices_init(notices *n, const policy_allocator *a)
{
    *n = (notices){.allocator = a};
    arena_init(&n->memory, a, 0);
}

void notices_free(notices *n)
{
    if (!n->allocator)
        return;
    allocator_free(n->allocator, n->items);
    arena_free(&n->memory);
    *n = (notices){.allocator = NULL};
}

/* Cut between two characters, never inside one. */
static str shortened(str text)
{
    if (text.size <= TEXT_SHOWN)
        return text;
    size_t size = TEXT_SHOWN;
    while (size > 0 && ((unsigned char)text.data[size] & 0xC0) == 0x80)
        size--;
    return (str){text.data, size};
}

static bool copy_text(notices *n, str *text)
{
    *text = arena_text(&n->memory, text->data ? shortened(*text) : STR(""));
    return text->data != NULL;
}

bool notices_add(notices *n, const policy_notice *notice)
{
    if (n->count >= NOTICES_MAX) {
        n->full = true;
        return false;
    }
    if (!allocator_grow(n->allocator, (void **)&n->items, &n->capacity, n->count + 1, sizeof *n->items, NOTICES_MAX))
        return false;
    policy_notice *copy = arena_new(&n->memory, sizeof *copy);
    if (!copy)
        return false;
    *copy = *notice;
    copy->allocator = n->allocator;
    if (!copy_text(n, &copy->type) || !copy_text(n, &copy->column) || !copy_text(n, &copy->text))
        return false;
    /* Most notices of a table share its name. */
    const policy_notice *last = n->count ? n->items[n->count - 1] : NULL;
    if (last && copy->source.data && str_equal(last->source, copy->source))
        copy->source = last->source;
    else if (!copy_text(n, &copy->source))
        return false;
    n->items[n->count++] = copy;
    return true;
}

bool notices_append(notices *to, const notices *from)
{
    size_t before = to->count;
    for (size_t i = 0; i < from->count; i++) {
        if (!notices_add(to, from->items[i])) { /* its reason stays known */
            to->count = before;
            return false;
        }
    }
    return true;
}

void notices_truncate(notices *n, size_t count)
{
    if (count < n->count)
        n->count = count;
    n->full = false;
}

policy_status notices_error(const notices *n, policy_error **err)
{
    if (!n->full)
        return error_nomem(err);
    const policy_notice *last = n->count ? n->items[n->count - 1] : NULL;
    return error_set(err, n->allocator,
                     &(error_spec){.status = POLICY_E_LIMIT,
                                   .message = MESSAGE_NOTICES_TOO_MANY,
                                   .arguments = {last ? last->column : STR("")},
                                   .at = {.file = last ? last->source : str_none}});
}

policy_notice_kind policy_notice_kind_of(const policy_notice *notice)
{
    return notice->kind;
}
const char *policy_notice_type(const policy_notice *notice)
{
    return notice->type.data;
}
const char *policy_notice_source(const policy_notice *notice)
{
    return notice->source.data;
}
uint64_t policy_notice_row(const policy_notice *notice)
{
    return notice->row;
}
const char *policy_notice_column(const policy_notice *notice)
{
    return notice->column.data;
}
const char *policy_notice_text(const policy_notice *notice)
{
    return notice->text.data;
}

/* "9/7": nine cells under seven columns. */
static bool is_long(str text)
{
    const char *slash = text.size ? memchr(text.data, '/', text.size) : NULL;
    uint64_t found, expected;
    if (!slash)
        return false;
    size_t at = (size_t)(slash - text.data);
    return number_read_uint(str_slice(text, 0, at), &found) &&
           number_read_uint(str_slice(text, at + 1, text.size), &expected) && found > expected;
}

static message_id sentence_of(const policy_notice *notice)
{
    switch (notice->kind) {
    case POLICY_NOTICE_UNREADABLE_CELL:
        return MESSAGE_NOTICE_UNREADABLE_CELL;
    case POLICY_NOTICE_UNKNOWN_COLUMN:
        return MESSAGE_NOTICE_UNKNOWN_COLUMN;
    case POLICY_NOTICE_RAGGED_ROW:
        return is_long(notice->text) ? MESSAGE_NOTICE_RAGGED_LONG : MESSAGE_NOTICE_RAGGED_SHORT;
    case POLICY_NOTICE_SKIPPED_ROW:
        return notice->text.size ? MESSAGE_NOTICE_SKIPPED_ROW : MESSAGE_NOTICE_SKIPPED_BLANK;
    case POLICY_NOTICE_DEFAULT_USED:
        return MESSAGE_NOTICE_DEFAULT_USED;
    case POLICY_NOTICE_EQUAL_ROWS:
        return MESSAGE_NOTICE_EQUAL_ROWS;
    case POLICY_NOTICE_ENCODING:
        return MESSAGE_NOTICE_ENCODING;
    case POLICY_NOTICE_ASSUMPTION:
        return MESSAGE_NOTICE_ASSUMPTION;
    case POLICY_NOTICE_TYPE_NOT_SUPPLIED:
        return MESSAGE_NOTICE_TYPE_NOT_SUPPLIED;
    case POLICY_NOTICE_TITLE_LINE:
        return MESSAGE_NOTICE_TITLE_LINE;
    case POLICY_NOTICE_DUPLICATE_COLUMN:
        return MESSAGE_NOTICE_DUPLICATE_COLUMN;
    case POLICY_NOTICE_COLUMN_LEFT_OUT:
        return MESSAGE_NOTICE_COLUMN_LEFT_OUT;
    case POLICY_NOTICE_SCORE_RANGE:
        return MESSAGE_NOTICE_SCORE_RANGE;
    case POLICY_NOTICE_FULL_MARKS:
        return MESSAGE_NOTICE_FULL_MARKS;
    case POLICY_NOTICE_NO_STUDENT:
        return MESSAGE_NOTICE_NO_STUDENT;
    case POLICY_NOTICE_NOT_COMPARED:
        return MESSAGE_NOTICE_NOT_COMPARED;
    default:
        return MESSAGE_NOTICE_OTHER;
    }
}

policy_status policy_notice_message(const policy_notice *notice, policy_language language, policy_text **out,
                                    policy_error **err)
{
    str name = notice->column, text = notice->text;
    if (notice->kind == POLICY_NOTICE_TYPE_NOT_SUPPLIED) /* its text is the type's Chinese title */
        name = language == POLICY_LANGUAGE_ZH && text.size > 0 ? text : notice->type;
    buffer b;
    buffer_init(&b, notice->allocator, 0);
    message_write(&b, sentence_of(notice), language, (const str[]){name, text}, 2);
    policy_status status = b.failed ? error_nomem(err) : text_handle_new(notice->allocator, buffer_text(&b), out, err);
    if (b.failed)
        *out = NULL;
    buffer_free(&b);
    return status;
}
