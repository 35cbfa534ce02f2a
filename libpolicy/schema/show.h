/*
 * How a field's values are said in a sentence: 三年级, 2班, 11月22日, 书面.
 */
#ifndef POLICY_SCHEMA_SHOW_H
#define POLICY_SCHEMA_SHOW_H

#include "base/buffer.h"
#include "schema/schema.h"

/* A plain value; false, and nothing written, where there is no wording but the usual one (value_write). */
bool field_show(const schema_field *f, value v, policy_language language, buffer *out);
/* A day: in Chinese without its year. */
void day_show(int32_t day, policy_language language, buffer *out);
/* A unit as a schema or pack names it: the word for it (static, or its own NUL-terminated text), and as it stands behind
 * a number. */
const char *unit_word(str unit, policy_language language);
void unit_show(str unit, policy_language language, buffer *out);

#endif
