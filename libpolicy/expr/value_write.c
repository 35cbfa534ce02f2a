/*
 * Values as findings and messages show them.
 */
#include "expr/expr.h"

#include "base/civil.h"
#include "expr/time_text.h"

enum { WRITE_DEPTH = 32 };

static void write_at(buffer *out, value v, const type *t, policy_language language, int depth);

static const type *part(const type *t, int i)
{
    return t && t->parameters[i] ? t->parameters[i] : NULL;
}

static void write_list(buffer *out, const value_list *list, const type *t, policy_language language, int depth)
{
    for (size_t i = 0; i < list->count && !out->failed; i++) {
        if (i) {
            buffer_put_c(out, language == POLICY_LANGUAGE_ZH ? "、" : ", ");
        }
        write_at(out, list->items[i], part(t, 0), language, depth);
    }
}

static void write_map(buffer *out, const value_map *m, const type *t, policy_language language, int depth)
{
    buffer_put_char(out, '{');
    for (size_t i = 0; i < m->count && !out->failed; i++) {
        buffer_put_c(out, i ? ", " : "");
        write_at(out, m->keys[i], part(t, 0), language, depth);
        buffer_put_c(out, ": ");
        write_at(out, m->values[i], part(t, 1), language, depth);
    }
    buffer_put_char(out, '}');
}

/* 30 to 45; an unbounded end is left out. */
static void write_interval(buffer *out, const value_interval *in, const type *t, policy_language language, int depth)
{
    bool chinese = language == POLICY_LANGUAGE_ZH;
    if (in->low.kind == VALUE_NULL && in->high.kind == VALUE_NULL) {
        buffer_put_c(out, chinese ? "未知" : "unknown");
    } else if (in->high.kind == VALUE_NULL) {
        buffer_put_c(out, chinese ? "至少 " : "at least ");
        write_at(out, in->low, t, language, depth);
    } else if (in->low.kind == VALUE_NULL) {
        buffer_put_c(out, chinese ? "至多 " : "at most ");
        write_at(out, in->high, t, language, depth);
    } else if (value_equal(in->low, in->high)) {
        write_at(out, in->low, t, language, depth);
    } else {
        write_at(out, in->low, t, language, depth);
        buffer_put_c(out, chinese ? " 至 " : " to ");
        write_at(out, in->high, t, language, depth);
    }
}

static void write_moment(buffer *out, value v, const type *t)
{
    char text[TIME_TEXT];
    int32_t nanoseconds = (int32_t)v.size;
    size_t n;
    if (v.kind == VALUE_TIMESTAMP) {
        n = time_text_timestamp(text, v.as.i, nanoseconds);
    } else if (t && t->kind == TYPE_TIME) {
        n = time_text_of_day(text, v.as.i, nanoseconds);
    } else {
        n = time_text_duration(text, v.as.i, nanoseconds);
    }
    buffer_put(out, (str){text, n});
}

static void write_at(buffer *out, value v, const type *t, policy_language language, int depth)
{
    bool chinese = language == POLICY_LANGUAGE_ZH;
    if (depth > WRITE_DEPTH) {
        buffer_put_c(out, "...");
        return;
    }
    switch (v.kind) {
    case VALUE_NULL:
        buffer_put_c(out, "null");
        return;
    case VALUE_BOOL:
        buffer_put_c(out, v.as.b ? "true" : "false");
        return;
    case VALUE_INT:
        buffer_put_int(out, v.as.i);
        return;
    case VALUE_UINT:
        buffer_put_uint(out, v.as.u);
        return;
    case VALUE_DOUBLE:
        buffer_put_double(out, v.as.d);
        return;
    case VALUE_STRING:
    case VALUE_BYTES:
        buffer_put(out, value_text(v));
        return;
    case VALUE_LIST:
        write_list(out, v.as.list, t, language, depth + 1);
        return;
    case VALUE_MAP:
        write_map(out, v.as.map, t, language, depth + 1);
        return;
    case VALUE_TYPE:
        type_write(out, v.as.type);
        return;
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        write_moment(out, v, t);
        return;
    case VALUE_DATE: {
        char text[16];
        buffer_put(out, (str){text, civil_write(text, (int32_t)v.as.i)});
        return;
    }
    case VALUE_INTERVAL:
        write_interval(out, v.as.interval, t, language, depth + 1);
        return;
    case VALUE_NONE:
        buffer_put_c(out, chinese ? "空" : "none");
        return;
    case VALUE_ERROR:
        buffer_put(out, chinese ? v.as.error->text_zh : v.as.error->text_en);
        return;
    default:
        buffer_put_c(out, chinese ? "未知" : "unknown");
        return;
    }
}

void value_write(buffer *out, value v, const type *t, policy_language language)
{
    write_at(out, v, t, language, 0);
}
