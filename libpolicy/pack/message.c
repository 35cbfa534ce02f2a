/*
 * Messages of rules: text with {placeholders}.
 *
 * A placeholder holds an expression; mostly a name. Its end is the brace that closes it, with braces of map literals
 * counted and quoted text skipped. Names are resolved where the rule's expressions are.
 */
#include "pack/parts.h"

/* The place of `part` in the file: searched from *cursor on, because escapes make the text differ from the file. */
static place locate(const node *n, str part, size_t *cursor)
{
    place at = n->raw_at;
    for (size_t i = *cursor; part.size <= n->raw.size && i <= n->raw.size - part.size; i++) {
        if (memcmp(n->raw.data + i, part.data, part.size) != 0)
            continue;
        *cursor = i + part.size;
        for (size_t j = 0; j < i;) {
            uint32_t c = utf8_next(n->raw, &j);
            at.column++;
            if (c == '\n') {
                at.line++;
                at.column = 1;
            }
        }
        break;
    }
    return at;
}

/* From after the opening brace to the one that closes it; SIZE_MAX when none does. */
static size_t find_end(str text, size_t from)
{
    unsigned depth = 0;
    for (size_t i = from; i < text.size; i++) {
        char c = text.data[i];
        if (c == '\'' || c == '"') {
            size_t j = i + 1;
            while (j < text.size && text.data[j] != c)
                j += text.data[j] == '\\' ? 2 : 1;
            if (j >= text.size)
                return SIZE_MAX;
            i = j;
        } else if (c == '{') {
            depth++;
        } else if (c == '}') {
            if (depth-- == 0)
                return i;
        }
    }
    return SIZE_MAX;
}

static bool add_literal(loader *l, message_template *out, str text, size_t from, size_t until)
{
    if (until == from)
        return true;
    /* {{ and }} in it become one brace each. */
    char *data = loader_array(l, until - from + 1, 1);
    if (!data)
        return false;
    size_t size = 0;
    for (size_t i = from; i < until; i++) {
        data[size++] = text.data[i];
        if (text.data[i] == '{' || text.data[i] == '}')
            i++;
    }
    out->parts[out->count++] = (template_part){.literal = {data, size}};
    return true;
}

static bool refuse(loader *l, const node *n, message_id message, str text, size_t from, size_t until, size_t *cursor)
{
    str part = str_slice(text, from, until);
    return loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX, .message = message, .at = locate(n, part, cursor)});
}

bool message_read(loader *l, const node *n, message_template *out)
{
    str text = n->scalar;
    size_t most = 1, cursor = 0, from = 0;
    for (size_t i = 0; i < text.size; i++)
        most += text.data[i] == '{' ? 2 : 0;
    message_template parts = {.parts = loader_array(l, most, sizeof *parts.parts)};
    if (!parts.parts)
        return false;
    for (size_t i = 0; i < text.size;) {
        char c = text.data[i];
        if ((c == '{' || c == '}') && i + 1 < text.size && text.data[i + 1] == c) {
            i += 2;
        } else if (c == '}') {
            return refuse(l, n, MESSAGE_MESSAGE_CLOSE, text, i, text.size, &cursor);
        } else if (c == '{') {
            size_t end = find_end(text, i + 1);
            if (end == SIZE_MAX)
                return refuse(l, n, MESSAGE_MESSAGE_OPEN, text, i, text.size, &cursor);
            str inside = str_trim(str_slice(text, i + 1, end));
            place at = locate(n, str_slice(text, i, end + 1), &cursor);
            if (inside.size == 0)
                return loader_fail(
                    l, &(error_spec){.status = POLICY_E_SYNTAX, .message = MESSAGE_MESSAGE_EMPTY, .at = at});
            if (!add_literal(l, &parts, text, from, i))
                return false;
            at.column += 1 + (uint32_t)utf8_count(str_slice(text, i + 1, (size_t)(inside.data - text.data)));
            parts.parts[parts.count++] = (template_part){.expression = {.text = inside, .at = at, .rule = l->rule}};
            i = from = end + 1;
        } else {
            i++;
        }
    }
    if (!add_literal(l, &parts, text, from, text.size))
        return false;
    *out = parts;
    return true;
}
