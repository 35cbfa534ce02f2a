/*
 * The catalogue and the filling in of its sentences. See messages.h.
 */
#include "base/messages.h"

#define X(name, en, zh) [MESSAGE_##name] = {zh, en},
static const struct {
    const char *zh, *en;
} sentences[] = {
#include "base/messages/base.def"

#include "base/messages/columns.def"

#include "base/messages/expr.def"

#include "base/messages/schema.def"

#include "base/messages/table.def"

#include "base/messages/pack.def"

#include "base/messages/engine.def"

#include "base/messages/ledger.def"

#include "base/messages/script.def"

#include "base/messages/arrow.def"
};
#undef X

static const char *sentence(message_id id, policy_language language)
{
    return language == POLICY_LANGUAGE_EN ? sentences[id].en : sentences[id].zh;
}

str message_argument(message_id id)
{
    return str_of(sentences[id].en);
}

static void put_argument(buffer *out, str argument, policy_language language)
{
    for (int i = 0; argument.data && i < MESSAGE_COUNT; i++) {
        if (argument.data == sentences[i].en) {
            buffer_put_c(out, sentence((message_id)i, language));
            return;
        }
    }
    buffer_put(out, argument);
}

void message_write(buffer *out, message_id id, policy_language language, const str *arguments, size_t count)
{
    const char *p = sentence(id, language);
    while (*p) {
        const char *brace = strchr(p, '{');
        if (!brace) {
            buffer_put_c(out, p);
            return;
        }
        buffer_put(out, (str){p, (size_t)(brace - p)});
        if (brace[1] >= '1' && brace[1] <= '9' && brace[2] == '}') {
            size_t i = (size_t)(brace[1] - '1');
            if (i < count)
                put_argument(out, arguments[i], language);
            p = brace + 3;
        } else {
            buffer_put_char(out, '{');
            p = brace + 1;
        }
    }
}
