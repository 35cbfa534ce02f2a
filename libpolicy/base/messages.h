/*
 * The catalogue: every sentence the library itself says, in Chinese and English.
 *
 * One list a module under base/messages/, each line X(NAME, "english with {1}", "中文 {1}"). Rules' own messages are
 * in the packs; the command's help is the command's.
 */
#ifndef POLICY_BASE_MESSAGES_H
#define POLICY_BASE_MESSAGES_H

#include "base/buffer.h"
#include "policy/common.h"

typedef enum message_id {
#define X(name, en, zh) MESSAGE_##name,
#include "base/messages/arrow.def"
#include "base/messages/base.def"
#include "base/messages/columns.def"
#include "base/messages/engine.def"
#include "base/messages/expr.def"
#include "base/messages/ledger.def"
#include "base/messages/pack.def"
#include "base/messages/schema.def"
#include "base/messages/script.def"
#include "base/messages/table.def"
#undef X
    MESSAGE_COUNT
} message_id;

/* Append the sentence with {1} ... {n} replaced by the arguments; a missing one leaves nothing. */
void message_write(buffer *out, message_id id, policy_language language, const str *arguments, size_t count);

/* A sentence or word of the catalogue as an argument of another: message_write renders it in the language of the whole.
 * It holds the English text, and is told from other text by its address; so pass it on uncopied. */
str message_argument(message_id id);

#endif
