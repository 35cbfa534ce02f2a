/*
 * Explaining: the text being written, and what its parts share.
 */
#ifndef POLICY_ENGINE_EXPLAIN_H
#define POLICY_ENGINE_EXPLAIN_H

#include "base/messages.h"
#include "engine/needs.h"

typedef struct explanation {
    const policy_engine *engine;
    policy_language language;
    buffer text;
    uint32_t indent; /* blanks before each line */
    bool nomem;      /* beside text.failed */
} explanation;

/* One line: the sentence with its arguments; texts may be str_none. */
void explain_line(explanation *x, message_id message, str first, str second);
void explain_count_line(explanation *x, message_id message, const str *arguments, size_t count);
void explain_blank(explanation *x);
/* The one in the explanation's language, else the other; str_none when neither is given. */
str explain_choose(const explanation *x, const localized *l);

/* Pieces of lines: each fills `out`, a buffer of the caller's, emptied before. */
void explain_range(const explanation *x, const date_range *range, buffer *out);
void explain_pack(const explanation *x, const pack *p, buffer *out); /* NAME VERSION */
void explain_document(const explanation *x, const pack *p, str number, buffer *out);
void explain_value(const explanation *x, const plan_param *p, uint32_t version, buffer *out);
void explain_expression(const expr_text *from, buffer *out); /* as written, on one line where that can be */
/* With parameters replaced by their values; false when it names none. */
bool explain_substituted(const explanation *x, const expr_text *from, buffer *out);
/* A title and, where it differs, the plain name that files and expressions use. */
void explain_titled(buffer *out, str title, str name);
void explain_type(const explanation *x, uint32_t type_at, buffer *out); /* 作业 homework */
void explain_field(const explanation *x, uint32_t type_at, str field, buffer *out);
void explain_buffer(const explanation *x, buffer *out);

/* explain_rule.c. `alone`: with clause and quote, and with what it reads. */
void explain_rule(explanation *x, const plan_rule *rule, bool alone);
void explain_needs(explanation *x, const needs *n); /* explain_needs.c */
/* explain_param.c */
void explain_param(explanation *x, const plan_param *p);
void explain_param_summary(explanation *x, const plan_param *p); /* in the list of a rule */

#endif
