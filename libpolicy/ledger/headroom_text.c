/*
 * Lines on what is left, as sentences: who and when, the limit, what is there, what is left of it.
 *
 *   三年级2班 11月22日：上限60分钟，已布置45分钟，还可布置15分钟
 *   at_least: 下限2，已有1，还差1      not added up: 上限30分钟，现为20分钟      broken: ，超出15分钟
 */
#include <math.h>

#include "base/text_handle.h"
#include "ledger/findings.h"
#include "ledger/headroom.h"
#include "schema/show.h"

typedef struct sentence {
    const headroom_line *line;
    const policy_engine *engine;
    const schema_type *root;
    policy_language language;
    str unit;
    buffer part; /* one amount */
    buffer *out;
} sentence;

/* ---- who and when ---- */

static void put_key(sentence *s, uint32_t i, buffer *out)
{
    const plan_key *key = &s->line->keys[i];
    value v = s->line->key_values[i];
    int at = schema_find_field(s->root, key->name);
    if (v.kind == VALUE_DATE) {
        day_show((int32_t)v.as.i, s->language, out);
    } else if (at < 0 || !field_show(&s->root->fields[at], v, s->language, out)) {
        value_write(out, v, key->type, s->language);
    }
}

static bool stands_alone(const sentence *s, uint32_t i)
{
    value_kind kind = (value_kind)s->line->key_values[i].kind;
    int at = schema_find_field(s->root, s->line->keys[i].name);
    return kind != VALUE_STRING && !(at >= 0 && s->root->fields[at].reader == READER_GRADE);
}

static void put_subject(sentence *s)
{
    const headroom_line *line = s->line;
    bool any = false, apart = false;
    for (uint32_t i = 0; i < line->key_count; i++) {
        const plan_key *key = &line->keys[i];
        bool named = schema_find_field(s->root, key->name) >= 0;
        if (line->key_values[i].kind == VALUE_NULL || (!named && key->type != NULL && key->type->domain != NULL)) {
            continue; /* a classifier such as `stage` follows from the others */
        }
        bool alone = stands_alone(s, i);
        if (any) {
            buffer_put_c(s->out, s->language == POLICY_LANGUAGE_EN ? ", " : alone || apart ? " " : "");
        }
        put_key(s, i, s->out);
        any = true;
        apart = alone;
    }
    if (!any) {
        buffer_put_c(s->out, policy_engine_rule_title(s->engine, line->version->rule->number, s->language));
    }
    buffer_put_c(s->out, s->language == POLICY_LANGUAGE_ZH ? "：" : ": ");
}

/* ---- amounts ---- */

static bool is_number(value v)
{
    return v.kind == VALUE_INT || v.kind == VALUE_UINT || v.kind == VALUE_DOUBLE;
}

/* A duration that is a rest, not a time of day, is said in minutes. */
static void put_amount(sentence *s, value v, const type *t, bool rest)
{
    if (v.kind == VALUE_DURATION && (rest || t == NULL || t->kind != TYPE_TIME)) {
        double minutes = findings_number(v) / 60;
        value_write(&s->part,
                    minutes == floor(minutes) && fabs(minutes) < 9e15 ? value_int((int64_t)minutes)
                                                                      : value_double(minutes),
                    NULL, s->language);
        unit_show(STR("min"), s->language, &s->part);
        return;
    }
    value_write(&s->part, v, t, s->language);
    if (is_number(v)) {
        unit_show(s->unit, s->language, &s->part);
    }
}

static str amount(sentence *s, value v, const type *t, bool rest)
{
    buffer_clear(&s->part);
    if (v.kind != VALUE_INTERVAL) {
        put_amount(s, v, t, rest);
        return buffer_text(&s->part);
    }
    const value_interval *i = v.as.interval;
    bool zh = s->language == POLICY_LANGUAGE_ZH;
    if (i->low.kind == VALUE_NULL || i->high.kind == VALUE_NULL) {
        buffer_put_c(&s->part, i->high.kind == VALUE_NULL ? (zh ? "至少" : "at least ") : (zh ? "至多" : "at most "));
        put_amount(s, i->high.kind == VALUE_NULL ? i->low : i->high, t, rest);
        return buffer_text(&s->part);
    }
    put_amount(s, i->low, t, rest);
    buffer_put_c(&s->part, zh ? "至" : " to ");
    put_amount(s, i->high, t, rest);
    return buffer_text(&s->part);
}

static void put(sentence *s, message_id message, str a, str b)
{
    str arguments[2] = {a, b};
    message_write(s->out, message, s->language, arguments, 2);
}

static value negated(value v)
{
    switch (v.kind) {
    case VALUE_INT:
        return value_int(-v.as.i);
    case VALUE_DOUBLE:
        return value_double(-v.as.d);
    case VALUE_DURATION:
        return value_duration(-v.as.i, -(int32_t)v.size);
    default:
        return v;
    }
}

static str verb_of(const sentence *s)
{
    return s->language == POLICY_LANGUAGE_ZH ? s->root->verb_zh : s->root->verb_en;
}

/* ---- the three parts ---- */

static void put_limit(sentence *s)
{
    const headroom_line *line = s->line;
    static const message_id words[] = {MESSAGE_HEADROOM_LIMIT_MOST, MESSAGE_HEADROOM_LIMIT_LEAST,
                                       MESSAGE_HEADROOM_LIMIT_EXACT};
    if (line->limit.kind == VALUE_NULL) {
        put(s, MESSAGE_HEADROOM_CANNOT_LIMIT, str_none, str_none);
        return;
    }
    put(s, words[line->bound], amount(s, line->limit, line->limit_type, false), str_none);
    if (line->warning.kind != VALUE_NULL) {
        put(s, MESSAGE_HEADROOM_WARNING, amount(s, line->warning, line->limit_type, false), str_none);
    }
}

static void put_measured(sentence *s)
{
    const headroom_line *line = s->line;
    const plan_measure *m = line->version->measure;
    if (line->measured.kind == VALUE_NULL) {
        if (line->missing_count == 0) {
            put(s, MESSAGE_HEADROOM_NOTHING, str_none, str_none);
        }
        return;
    }
    str text = amount(s, line->measured, m->value_type, false), verb = verb_of(s);
    if (!headroom_adds_up(m)) {
        put(s, MESSAGE_HEADROOM_NOW, text, str_none);
    } else if (verb.data != NULL) {
        put(s, MESSAGE_HEADROOM_DONE, text, verb);
    } else {
        put(s, MESSAGE_HEADROOM_DONE_SO_FAR, text, str_none);
    }
}

/* What is left, as far as it is known: of a range the ends decide. */
static void put_left(sentence *s)
{
    const headroom_line *line = s->line;
    value left = line->left;
    if (left.kind == VALUE_NULL) {
        return;
    }
    bool range = left.kind == VALUE_INTERVAL;
    value low = range ? left.as.interval->low : left, high = range ? left.as.interval->high : left;
    double least = low.kind == VALUE_NULL ? -INFINITY : findings_number(low);
    double most = high.kind == VALUE_NULL ? INFINITY : findings_number(high);
    const type *t = line->version->measure->value_type;
    bool adds = headroom_adds_up(line->version->measure);
    str verb = verb_of(s);
    if (most < 0 || (line->bound == POLICY_BOUND_EXACTLY && !range && least < 0)) { /* broken, at least by so much */
        value by = negated(high);
        value_interval at_least = {by, low.kind == VALUE_NULL ? value_null() : negated(low), 0};
        value shown = range ? (value){.kind = VALUE_INTERVAL, .as.interval = &at_least} : by;
        put(s,
            line->bound == POLICY_BOUND_AT_MOST    ? MESSAGE_HEADROOM_OVER
            : line->bound == POLICY_BOUND_AT_LEAST ? MESSAGE_HEADROOM_SHORT
                                                   : MESSAGE_HEADROOM_EXTRA,
            amount(s, shown, t, true), str_none);
    } else if (line->bound == POLICY_BOUND_EXACTLY) {
        if (most > 0) {
            put(s, MESSAGE_HEADROOM_SHORT, amount(s, left, t, true), str_none);
        }
    } else if (line->bound == POLICY_BOUND_AT_MOST && adds) {
        bool none = !range && most == 0;
        value_interval no_more = {value_null(), high, 0};
        if (range && least < 0 && most < INFINITY) { /* perhaps nothing at all */
            left = (value){.kind = VALUE_INTERVAL, .as.interval = &no_more};
        }
        if (none) {
            put(s, verb.data ? MESSAGE_HEADROOM_LEFT_NONE : MESSAGE_HEADROOM_LEFT_NO_MORE, verb, str_none);
        } else {
            put(s, verb.data ? MESSAGE_HEADROOM_LEFT : MESSAGE_HEADROOM_LEFT_MORE, amount(s, left, t, true), verb);
        }
    }
}

static void put_missing(sentence *s)
{
    const headroom_line *line = s->line;
    if (line->missing_count == 0) {
        return;
    }
    buffer_clear(&s->part);
    for (uint32_t i = 0; i < line->missing_count; i++) {
        buffer_put_c(&s->part, i == 0 ? "" : s->language == POLICY_LANGUAGE_ZH ? "、" : ", ");
        buffer_put_c(&s->part, policy_engine_field_title(s->engine, s->root->name.data, line->missing[i], s->language));
    }
    put(s, MESSAGE_HEADROOM_UNSURE, buffer_text(&s->part), str_none);
}

static const headroom_line *line_at(const policy_headroom *h, size_t i)
{
    return h && i < h->count ? &h->lines[i] : NULL;
}

const char *policy_headroom_unit(const policy_headroom *headroom, size_t i, policy_language language)
{
    const headroom_line *line = line_at(headroom, i);
    if (line == NULL) {
        return NULL;
    }
    str unit = headroom_unit(headroom->engine, line->version);
    return unit_word(unit, language);
}

policy_status policy_headroom_message(const policy_headroom *headroom, size_t i, policy_language language,
                                      policy_text **out, policy_error **err)
{
    const headroom_line *line = line_at(headroom, i);
    if (line == NULL || out == NULL || (language != POLICY_LANGUAGE_ZH && language != POLICY_LANGUAGE_EN)) {
        return error_set(err, headroom ? &headroom->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), line == NULL  ? STR("headroom")
                                                                  : out == NULL ? STR("out")
                                                                                : STR("language")}});
    }
    *out = NULL;
    buffer text;
    buffer_init(&text, &headroom->allocator, 0);
    sentence s = {.line = line,
                  .engine = headroom->engine,
                  .root = &headroom->engine->schema->types[line->version->table->root],
                  .language = language,
                  .unit = headroom_unit(headroom->engine, line->version),
                  .out = &text};
    buffer_init(&s.part, &headroom->allocator, 0);
    put_subject(&s);
    bool lost = line->measured.kind == VALUE_NULL && line->limit.kind == VALUE_NULL; /* it joins no group */
    if (lost && line->missing_count > 0) {
        put(&s, MESSAGE_HEADROOM_CANNOT, str_none, str_none);
    } else {
        put_limit(&s);
        put_measured(&s);
        put_left(&s);
    }
    put_missing(&s);
    text.failed = text.failed || s.part.failed;
    policy_status status =
        text.failed ? error_nomem(err) : text_handle_new(&headroom->allocator, buffer_text(&text), out, err);
    buffer_free(&s.part);
    buffer_free(&text);
    return status;
}
