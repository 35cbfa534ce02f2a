/*
 * Messages of findings, rendered when asked for: the pack's template for a fail, the library's own sentences otherwise.
 */
#include "base/number.h"
#include "base/text_handle.h"
#include "ledger/findings.h"

static const char *title_of(const policy_finding *f, policy_language language)
{
    return policy_engine_rule_title(f->all->engine, f->version->rule->number, language);
}

/* An enum's code as schools write it: by the field it belongs to, else by a field of its name that has the code (a let
 * like `stage`). str_none where the schema knows no word. */
static str spelling_of(const policy_engine *e, str code, const type *t, str name)
{
    if (t == NULL || t->kind != TYPE_STRING || t->domain == NULL) {
        return str_none;
    }
    for (int by_name = 0; by_name < 2; by_name++) {
        for (uint32_t i = 0; i < e->type_count; i++) {
            const schema_type *of = e->tables[i]->record;
            for (uint32_t k = 0; k < of->field_count; k++) {
                const schema_field *f = &of->fields[k];
                if (by_name ? !str_equal(f->name, name) && !str_equal(f->name, t->domain->name)
                            : f->domain != t->domain) {
                    continue;
                }
                for (uint32_t n = 0; n < f->value_count; n++) {
                    if (str_equal(f->values[n].code, code) && f->values[n].alias_count > 0) {
                        return f->values[n].aliases[0];
                    }
                }
            }
        }
    }
    return str_none;
}

/* A value for people: enum codes in their Chinese spelling, the rest as everywhere. */
static void write_shown(const policy_finding *f, value v, const type *t, str name, policy_language language,
                        buffer *out)
{
    str word = language == POLICY_LANGUAGE_ZH && v.kind == VALUE_STRING
                   ? spelling_of(f->all->engine, value_text(v), t, name)
                   : str_none;
    if (word.data != NULL) {
        buffer_put(out, word);
    } else {
        value_write(out, v, t, language);
    }
}

/* An interval in words. */
static void write_interval(value v, const type *t, policy_language language, buffer *out, const policy_allocator *a)
{
    buffer low, high;
    buffer_init(&low, a, 0);
    buffer_init(&high, a, 0);
    const value_interval *i = v.as.interval;
    if (i->low.kind != VALUE_NULL) {
        value_write(&low, i->low, t, language);
    }
    if (i->high.kind != VALUE_NULL) {
        value_write(&high, i->high, t, language);
    }
    str ends[2] = {buffer_text(&low), buffer_text(&high)};
    if (i->high.kind == VALUE_NULL) {
        message_write(out, MESSAGE_LEDGER_AT_LEAST, language, ends, 1);
    } else if (i->low.kind == VALUE_NULL) {
        message_write(out, MESSAGE_LEDGER_AT_MOST, language, &ends[1], 1);
    } else {
        message_write(out, MESSAGE_LEDGER_RANGE, language, ends, 2);
    }
    out->failed = out->failed || low.failed || high.failed;
    buffer_free(&low);
    buffer_free(&high);
}

/* By the template; false when the pack gives none. */
static bool by_template(const policy_finding *f, policy_language language, buffer *out)
{
    const plan_version *v = f->version;
    if (v->script && f->placeholders != NULL) { /* value, limit, Chinese, English: what the check said itself */
        value text = f->placeholders[language == POLICY_LANGUAGE_ZH ? 2 : 3];
        text = text.kind == VALUE_STRING ? text : f->placeholders[language == POLICY_LANGUAGE_ZH ? 3 : 2];
        if (text.kind == VALUE_STRING) {
            buffer_put(out, value_text(text));
            return true;
        }
    }
    const plan_message *m = &v->message[language];
    if (m->count == 0) { /* better the other language than none */
        m = &v->message[language == POLICY_LANGUAGE_ZH ? POLICY_LANGUAGE_EN : POLICY_LANGUAGE_ZH];
    }
    if (m->count == 0 || f->placeholders == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < m->count; i++) {
        const plan_part *part = &m->parts[i];
        if (part->literal.data != NULL) {
            buffer_put(out, part->literal);
            continue;
        }
        uint32_t number = part->number;
        if (number <= PLAN_PART_VALUE && number >= PLAN_PART_LIMIT) {
            value answered = f->placeholders[number == PLAN_PART_VALUE ? 0 : 1];
            if (answered.kind == VALUE_NULL) {
                buffer_put_c(out, "?");
            } else {
                value_write(out, answered, NULL, language);
            }
            continue;
        }
        if (number <= PLAN_PART_KEY && number > PLAN_PART_KEY - f->key_count) {
            const plan_key *key = &f->keys[PLAN_PART_KEY - number];
            write_shown(f, f->key_values[PLAN_PART_KEY - number], key->type, key->name, language, out);
            continue;
        }
        value held = f->placeholders[number + (v->script ? 4 : 0)];
        if (held.kind == VALUE_NONE) {
            continue; /* an empty cell is nothing to say */
        }
        if (held.kind == VALUE_NULL || held.kind == VALUE_UNKNOWN) {
            buffer_put_c(out, "?");
        } else if (held.kind == VALUE_INTERVAL) {
            write_interval(held, expr_type(v->placeholders[part->number]), language, out, &f->all->allocator);
        } else {
            const expr *x = v->placeholders[part->number];
            write_shown(f, held, expr_type(x), expr_source_text(x), language, out);
        }
    }
    return true;
}

/* Fields by their own titles: 预计时长、公示时间. */
static void write_missing(const policy_finding *f, policy_language language, buffer *out)
{
    const policy_engine *e = f->all->engine;
    const char *type_name = policy_finding_table(f);
    for (uint32_t i = 0; i < f->missing_count; i++) {
        if (i > 0) {
            buffer_put_c(out, language == POLICY_LANGUAGE_ZH ? "、" : ", ");
        }
        static const struct {
            const char *name;
            message_id message;
        } special[] = {{"as_of", MESSAGE_LEDGER_NAME_AS_OF},
                       {"calendar", MESSAGE_LEDGER_NAME_CALENDAR},
                       {"params", MESSAGE_LEDGER_NAME_PARAMS},
                       {"coverage", MESSAGE_LEDGER_NAME_COVERAGE}};
        const schema_type *root = e->tables[f->version->table->root]->record;
        bool done = false;
        for (size_t k = 0; k < sizeof special / sizeof *special && !done; k++) {
            done = str_equal(str_of(f->missing[i]), str_of(special[k].name)) &&
                   schema_find_field(root, str_of(f->missing[i])) < 0;
            if (done) {
                message_write(out, special[k].message, language, NULL, 0);
            }
        }
        if (done) {
            continue;
        }
        int other = engine_find_type(e, str_of(f->missing[i]));
        if (schema_find_field(e->tables[f->version->table->root]->record, str_of(f->missing[i])) < 0 && other >= 0) {
            str name = str_of(policy_engine_type_title(e, (size_t)other, language));
            message_write(out, MESSAGE_LEDGER_SUPPLIED, language, &name, 1);
        } else {
            buffer_put_c(out, policy_engine_field_title(e, type_name, f->missing[i], language));
        }
    }
}

static void write_keys(const policy_finding *f, policy_language language, buffer *out)
{
    bool any = false;
    for (uint32_t i = 0; i < f->key_count; i++) {
        if (f->key_data[i].kind == POLICY_DATUM_NONE) {
            continue;
        }
        buffer_put_c(out, any ? (language == POLICY_LANGUAGE_ZH ? "、" : ", ")
                              : (language == POLICY_LANGUAGE_ZH ? "（" : " ("));
        write_shown(f, f->key_values[i], f->keys[i].type, f->keys[i].name, language, out);
        any = true;
    }
    if (any) {
        buffer_put_c(out, language == POLICY_LANGUAGE_ZH ? "）" : ")");
    }
}

static void own_sentence(const policy_finding *f, policy_language language, buffer *out)
{
    buffer subject, fields;
    buffer_init(&subject, &f->all->allocator, 0);
    buffer_init(&fields, &f->all->allocator, 0);
    buffer_put_c(&subject, title_of(f, language));
    write_keys(f, language, &subject);
    str arguments[3] = {buffer_text(&subject), str_none, str_none};
    switch (f->verdict) {
    case POLICY_UNKNOWN:
        if (f->lost) {
            message_write(out, MESSAGE_LEDGER_LOST, language, arguments, 1);
            break;
        }
        write_missing(f, language, &fields);
        arguments[1] = buffer_text(&fields);
        message_write(out, f->missing_count > 0 ? MESSAGE_LEDGER_MISSING : MESSAGE_LEDGER_MISSING_NOTHING, language,
                      arguments, 2);
        if (f->value_datum.kind == POLICY_DATUM_RANGE && f->limit_datum.kind != POLICY_DATUM_NONE) {
            str range[2] = {str_of(f->value_datum.text), str_of(f->limit_datum.text)};
            message_write(out, MESSAGE_LEDGER_BETWEEN, language, range, 2);
        }
        break;
    case POLICY_ERROR:
        if (f->error != NULL) {
            arguments[1] = language == POLICY_LANGUAGE_ZH ? f->error->text_zh : f->error->text_en;
        }
        message_write(out, MESSAGE_LEDGER_BROKE, language, arguments, 2);
        if (f->more > 0) {
            char number[NUMBER_TEXT];
            str more = {number, number_write_uint(number, f->more)};
            message_write(out, MESSAGE_LEDGER_MORE_ERRORS, language, &more, 1);
        }
        break;
    case POLICY_FAIL:
        arguments[1] = str_of(f->value_datum.text);
        arguments[2] = str_of(f->limit_datum.text);
        message_write(out,
                      f->limit_datum.kind == POLICY_DATUM_NONE ? MESSAGE_LEDGER_FAILED : MESSAGE_LEDGER_FAILED_VALUE,
                      language, arguments, 3);
        break;
    case POLICY_PASS:
        message_write(out, MESSAGE_LEDGER_PASSED, language, arguments, 1);
        break;
    case POLICY_NOT_APPLICABLE:
        message_write(out, MESSAGE_LEDGER_NOT_APPLICABLE, language, arguments, 1);
        break;
    default:
        message_write(out, MESSAGE_LEDGER_NOT_IN_FORCE, language, arguments, 1);
        break;
    }
    out->failed = out->failed || subject.failed || fields.failed;
    buffer_free(&subject);
    buffer_free(&fields);
}

policy_status policy_finding_message(const policy_finding *finding, policy_language language, policy_text **out,
                                     policy_error **err)
{
    if (finding == NULL || out == NULL || (language != POLICY_LANGUAGE_ZH && language != POLICY_LANGUAGE_EN)) {
        return error_set(err, finding ? &finding->all->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), finding == NULL ? STR("finding")
                                                                  : out == NULL   ? STR("out")
                                                                                  : STR("language")}});
    }
    *out = NULL;
    buffer b;
    buffer_init(&b, &finding->all->allocator, 0);
    if (finding->verdict != POLICY_FAIL || !by_template(finding, language, &b)) {
        own_sentence(finding, language, &b);
    }
    policy_status status =
        b.failed ? error_nomem(err) : text_handle_new(&finding->all->allocator, buffer_text(&b), out, err);
    buffer_free(&b);
    return status;
}
