/*
 * What an engine says of itself: record types, fields, rules and packs by name and title. All text is borrowed from it.
 */
#include "engine/engine.h"

/* Texts of the model end in NUL: they were kept by arena_text. */
static const char *text_or(str text, const char *otherwise)
{
    return text.data ? text.data : otherwise;
}

static const char *localized_or(const localized *l, policy_language language, const char *otherwise)
{
    str first = language == POLICY_LANGUAGE_EN ? l->en : l->zh, second = language == POLICY_LANGUAGE_EN ? l->zh : l->en;
    return text_or(first, text_or(second, otherwise));
}

size_t policy_engine_type_count(const policy_engine *engine)
{
    return engine->type_count;
}

const char *policy_engine_type_name(const policy_engine *engine, size_t type_at)
{
    return type_at < engine->type_count ? engine->tables[type_at]->name.data : NULL;
}

static const schema_type *find_type(const policy_engine *e, const char *name)
{
    int at = name ? engine_find_type(e, str_of(name)) : -1;
    return at < 0 ? NULL : e->tables[at]->record;
}

/* A handle is type * 64 + field, so that a record can tell a foreign one. */
int32_t policy_engine_field(const policy_engine *engine, const char *type_name, const char *field)
{
    int at = type_name ? engine_find_type(engine, str_of(type_name)) : -1;
    int number = at < 0 || field == NULL ? -1 : schema_find_field(engine->tables[at]->record, str_of(field));
    return number < 0 ? -1 : at * 64 + number;
}

size_t policy_engine_field_count(const policy_engine *engine, const char *type_name)
{
    const schema_type *t = find_type(engine, type_name);
    return t ? t->field_count : 0;
}

const char *policy_engine_field_name(const policy_engine *engine, const char *type_name, size_t field)
{
    const schema_type *t = find_type(engine, type_name);
    return t && field < t->field_count ? t->fields[field].name.data : NULL;
}

/* An enum's field; NULL for any other. */
static const schema_field *find_enum(const policy_engine *e, const char *type_name, const char *field)
{
    const schema_type *t = find_type(e, type_name);
    int at = t && field ? schema_find_field(t, str_of(field)) : -1;
    return at >= 0 && t->fields[at].domain != NULL ? &t->fields[at] : NULL;
}

int32_t policy_engine_code(const policy_engine *engine, const char *type_name, const char *field, const char *text)
{
    const schema_field *f = find_enum(engine, type_name, field);
    spelling s;
    if (f == NULL || text == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < f->value_count; i++) {
        if (str_equal(f->values[i].code, str_of(text))) {
            return (int32_t)i;
        }
    }
    reader_spell(f, str_trim(str_of(text)), str_none, &s);
    return (f->reader == READER_ENUM || f->reader == READER_STAGE) && s.form == 1 ? s.a : -1;
}

const char *policy_engine_code_text(const policy_engine *engine, const char *type_name, const char *field, int32_t code)
{
    const schema_field *f = find_enum(engine, type_name, field);
    return f != NULL && code >= 0 && (uint32_t)code < f->value_count ? f->values[code].code.data : NULL;
}

/* The newest version speaks for the rule. */
static const plan_version *last_version(const policy_engine *e, size_t rule)
{
    return rule < e->rule_count ? e->rule_list[rule]->versions[e->rule_list[rule]->version_count - 1] : NULL;
}

size_t policy_engine_rule_count(const policy_engine *engine)
{
    return engine->rule_count;
}

const char *policy_engine_rule_id(const policy_engine *engine, size_t rule)
{
    return rule < engine->rule_count ? engine->rule_list[rule]->id.data : NULL;
}

const char *policy_engine_rule_clause(const policy_engine *engine, size_t rule)
{
    const plan_version *v = last_version(engine, rule);
    return v ? text_or(v->from->clause, "") : NULL;
}

const char *policy_engine_rule_table(const policy_engine *engine, size_t rule)
{
    return rule < engine->rule_count ? engine->tables[engine->rule_list[rule]->root]->name.data : NULL;
}

policy_severity policy_engine_rule_severity(const policy_engine *engine, size_t rule)
{
    const plan_version *v = last_version(engine, rule);
    if (v == NULL) {
        return -1;
    }
    policy_severity severity = v->severity;
    for (uint32_t i = 0; i < v->raise_count; i++) {
        severity = v->raises[i].severity > severity ? v->raises[i].severity : severity;
    }
    return severity;
}

const char *policy_engine_rule_title(const policy_engine *engine, size_t rule, policy_language language)
{
    const plan_version *v = last_version(engine, rule);
    return v ? localized_or(&v->from->title, language, v->rule->id.data) : NULL;
}

static const char *two_titles(str zh, str en, policy_language language, str otherwise)
{
    return localized_or(&(localized){.zh = zh, .en = en}, language, otherwise.data);
}

const char *policy_engine_type_title(const policy_engine *engine, size_t type_at, policy_language language)
{
    if (type_at >= engine->type_count) {
        return NULL;
    }
    const schema_type *t = engine->tables[type_at]->record;
    return two_titles(t->title_zh, t->title_en, language, t->name);
}

/* What the packs call a key of their own, the last one first: a district may say it in its own words. */
static const pack_title *find_title(const policy_engine *e, str name)
{
    for (uint32_t i = e->rules->pack_count; i > 0; i--) {
        const pack *p = e->rules->packs[i - 1];
        for (uint32_t k = 0; k < p->title_count; k++) {
            if (str_equal(p->titles[k].name, name)) {
                return &p->titles[k];
            }
        }
    }
    return NULL;
}

const char *policy_engine_value_title(const policy_engine *engine, const char *type_name, const char *field,
                                      const char *code, policy_language language)
{
    const schema_type *t = find_type(engine, type_name);
    int at = t && field ? schema_find_field(t, str_of(field)) : -1;
    if (field == NULL || code == NULL) {
        return code;
    }
    if (at >= 0) {
        const schema_field *f = &t->fields[at];
        for (uint32_t i = 0; language == POLICY_LANGUAGE_ZH && i < f->value_count; i++) {
            if (str_equal(f->values[i].code, str_of(code)) && f->values[i].alias_count > 0) {
                return f->values[i].aliases[0].data;
            }
        }
        return code;
    }
    const pack_title *title = find_title(engine, str_of(field));
    for (uint32_t i = 0; title != NULL && i < title->value_count; i++) {
        if (str_equal(title->values[i].value, str_of(code))) {
            const localized *text = &title->values[i].title;
            return text_or(language == POLICY_LANGUAGE_EN ? text->en : text->zh, code);
        }
    }
    return code;
}

const char *policy_engine_field_title(const policy_engine *engine, const char *type_name, const char *field,
                                      policy_language language)
{
    const schema_type *t = find_type(engine, type_name);
    int at = t && field ? schema_find_field(t, str_of(field)) : -1;
    if (at < 0) {
        const pack_title *title = field ? find_title(engine, str_of(field)) : NULL;
        return title ? localized_or(&title->title, language, field) : field;
    }
    const schema_field *f = &t->fields[at];
    str zh = f->title_zh.data ? f->title_zh : f->alias_count > 0 ? f->aliases[0] : str_none;
    if (language == POLICY_LANGUAGE_EN && f->title_en.data == NULL) {
        return f->name.data; /* the plain name is English already */
    }
    return two_titles(zh, f->title_en, language, f->name);
}

size_t policy_engine_pack_count(const policy_engine *engine)
{
    return engine->rules->pack_count;
}

const char *policy_engine_pack_name(const policy_engine *engine, size_t at)
{
    return at < engine->rules->pack_count ? engine->rules->packs[at]->name.data : NULL;
}

const char *policy_engine_pack_version(const policy_engine *engine, size_t at)
{
    return at < engine->rules->pack_count ? text_or(engine->rules->packs[at]->version, "") : NULL;
}

const char *policy_engine_pack_title(const policy_engine *engine, size_t at, policy_language language)
{
    return at < engine->rules->pack_count
               ? localized_or(&engine->rules->packs[at]->title, language, engine->rules->packs[at]->name.data)
               : NULL;
}

size_t policy_engine_feed_order(const policy_engine *engine, size_t position)
{
    return position < engine->type_count ? engine->feed_order[position] : SIZE_MAX;
}
