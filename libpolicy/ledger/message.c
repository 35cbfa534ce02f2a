/*
 * Messages of findings, rendered when asked for: the pack's template for a fail, the library's own sentences otherwise.
 */
#include "base/text_handle.h"
#include "ledger/findings.h"

static const char *title_of(const policy_finding *f, policy_language language)
{
    return policy_engine_rule_title(f->all->engine, f->version->rule->number, language);
}

/* By the template; false when the pack gives none. */
static bool by_template(const policy_finding *f, policy_language language, buffer *out)
{
    const plan_version *v = f->version;
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
        value held = f->placeholders[part->number];
        if (held.kind == VALUE_NONE) {
            continue; /* an empty cell is nothing to say */
        }
        if (held.kind == VALUE_NULL || held.kind == VALUE_UNKNOWN) {
            buffer_put_c(out, "?");
        } else if (held.kind == VALUE_INTERVAL) {
            const type *t = expr_type(v->placeholders[part->number]);
            if (held.as.interval->low.kind != VALUE_NULL) {
                value_write(out, held.as.interval->low, t, language);
            }
            buffer_put_c(out, "..");
            if (held.as.interval->high.kind != VALUE_NULL) {
                value_write(out, held.as.interval->high, t, language);
            }
        } else {
            value_write(out, held, expr_type(v->placeholders[part->number]), language);
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
        value_write(out, f->key_values[i], f->keys[i].type, language);
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
        break;
    case POLICY_FAIL:
        arguments[1] = str_of(f->value_datum.text);
        arguments[2] = str_of(f->limit_datum.text);
        message_write(out, f->limit_datum.kind == POLICY_DATUM_NONE ? MESSAGE_LEDGER_FAILED : MESSAGE_LEDGER_FAILED_VALUE,
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
    if (finding == NULL || out == NULL ||
        (language != POLICY_LANGUAGE_ZH && language != POLICY_LANGUAGE_EN)) {
        return error_set(err, finding ? &finding->all->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_ARGUMENT,
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
