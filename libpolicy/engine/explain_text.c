/*
 * The pieces that explanations are made of.
 */
#include "engine/explain.h"

#include "base/civil.h"

void explain_buffer(const explanation *x, buffer *out)
{
    buffer_init(out, x->text.allocator, 0);
}

static void put_indent(explanation *x)
{
    for (uint32_t i = 0; i < x->indent; i++) {
        buffer_put_char(&x->text, ' ');
    }
}

void explain_count_line(explanation *x, message_id message, const str *arguments, size_t count)
{
    put_indent(x);
    message_write(&x->text, message, x->language, arguments, count);
    buffer_put_char(&x->text, '\n');
}

void explain_line(explanation *x, message_id message, str first, str second)
{
    explain_count_line(x, message, (const str[]){first, second}, 2);
}

void explain_blank(explanation *x)
{
    buffer_put_char(&x->text, '\n');
}

str explain_choose(const explanation *x, const localized *l)
{
    str first = x->language == POLICY_LANGUAGE_EN ? l->en : l->zh;
    return first.data ? first : x->language == POLICY_LANGUAGE_EN ? l->zh : l->en;
}

void explain_range(const explanation *x, const date_range *range, buffer *out)
{
    char from[16], until[16];
    str arguments[2] = {str_none, str_none};
    message_id message = MESSAGE_EXPLAIN_ALWAYS;
    if (range->has_from) {
        arguments[0] = (str){from, civil_write(from, range->from)};
        message = MESSAGE_EXPLAIN_FROM;
    }
    if (range->has_until) {
        str day = {until, civil_write(until, range->until)};
        message = range->has_from ? MESSAGE_EXPLAIN_FROM_UNTIL : MESSAGE_EXPLAIN_UNTIL;
        arguments[range->has_from ? 1 : 0] = day;
    }
    message_write(out, message, x->language, arguments, 2);
}

void explain_pack(const explanation *x, const pack *p, buffer *out)
{
    (void)x;
    buffer_put(out, p->name);
    if (p->version.data != NULL) {
        buffer_put_char(out, ' ');
        buffer_put(out, p->version);
    }
}

void explain_document(const explanation *x, const pack *p, str number, buffer *out)
{
    char day[16];
    str title = explain_choose(x, &p->title);
    str parts[4] = {p->issuer, title, number.data ? number : p->number, str_none};
    if (p->has_issued) {
        parts[3] = (str){day, civil_write(day, p->issued)};
    }
    for (int i = 0; i < 4; i++) {
        if (parts[i].data != NULL) {
            buffer_put_c(out, out->size == 0 ? "" : x->language == POLICY_LANGUAGE_EN ? ", " : "，");
            buffer_put(out, parts[i]);
        }
    }
}

void explain_value(const explanation *x, const plan_param *p, uint32_t version, buffer *out)
{
    value_write(out, p->values[version], p->type, x->language);
    if (p->from->declared->unit.data != NULL) {
        buffer_put_char(out, ' ');
        buffer_put(out, p->from->declared->unit);
    }
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Line breaks of a block become blanks, but for comments, which they end, and what stands in quotes. */
void explain_expression(const expr_text *from, buffer *out)
{
    str text = str_trim(from->text);
    if (str_contains(text, STR("//"))) {
        buffer_put(out, text);
        return;
    }
    char quote = '\0';
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (quote != '\0') {
            buffer_put_char(out, c);
            if (c == '\\' && i + 1 < text.size) {
                buffer_put_char(out, text.data[++i]);
            } else if (c == quote) {
                quote = '\0';
            }
        } else if (is_space(c)) {
            while (i + 1 < text.size && is_space(text.data[i + 1])) {
                i++;
            }
            buffer_put_char(out, ' ');
        } else {
            quote = c == '\'' || c == '"' ? c : '\0';
            buffer_put_char(out, c);
        }
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool explain_substituted(const explanation *x, const expr_text *from, buffer *out)
{
    static const char prefix[] = "params.";
    buffer plain;
    explain_buffer(x, &plain);
    explain_expression(from, &plain);
    str text = buffer_text(&plain);
    bool replaced = false;
    char quote = '\0';
    for (size_t i = 0; i < text.size;) {
        char c = text.data[i];
        bool starts = quote == '\0' && (i == 0 || (!is_word(text.data[i - 1]) && text.data[i - 1] != '.')) &&
                      str_starts(str_slice(text, i, text.size), STR("params."));
        if (starts) {
            size_t at = i + sizeof prefix - 1, until = at;
            while (until < text.size && is_word(text.data[until])) {
                until++;
            }
            const plan_param *p = engine_find_param(x->engine, str_slice(text, at, until));
            if (p != NULL && p->from->version_count > 0) {
                value_write(out, p->values[p->from->version_count - 1], p->type, x->language);
                replaced = true;
                i = until;
                continue;
            }
        }
        if (quote != '\0' && c == '\\' && i + 1 < text.size) {
            buffer_put_char(out, c);
            c = text.data[++i];
        } else if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        }
        buffer_put_char(out, c);
        i++;
    }
    out->failed = out->failed || plain.failed;
    buffer_free(&plain);
    return replaced;
}

void explain_titled(buffer *out, str title, str name)
{
    buffer_put(out, title);
    if (!str_equal(title, name)) {
        buffer_put_char(out, ' ');
        buffer_put(out, name);
    }
}

void explain_type(const explanation *x, uint32_t type_at, buffer *out)
{
    explain_titled(out, str_of(policy_engine_type_title(x->engine, type_at, x->language)),
                   x->engine->tables[type_at]->name);
}

void explain_field(const explanation *x, uint32_t type_at, str field, buffer *out)
{
    const schema_type *t = x->engine->tables[type_at]->record;
    int at = schema_find_field(t, field);
    if (at < 0) {
        buffer_put(out, field);
        return;
    }
    explain_titled(
        out, str_of(policy_engine_field_title(x->engine, t->name.data, t->fields[at].name.data, x->language)), field);
}
