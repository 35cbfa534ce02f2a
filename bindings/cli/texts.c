/*
 * The command's own sentences: lookup, filling in, choice of language.
 */
#include "texts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "terminal.h"

enum { ARGUMENT_LIMIT = 6 };

static const char *const sentences[TEXT_COUNT][2] = {
#define TEXT(id, en, zh) {zh, en},
#include "texts.def"
#undef TEXT
};

const char *text_of(text_id id, policy_language language)
{
    return sentences[id][language == POLICY_LANGUAGE_EN ? 1 : 0];
}

static bool is_placeholder(const char *p)
{
    return p[0] == '{' && p[1] >= '0' && p[1] < '0' + ARGUMENT_LIMIT && p[2] == '}';
}

void say(FILE *to, policy_language language, text_id id, ...)
{
    const char *text = text_of(id, language);
    const char *arguments[ARGUMENT_LIMIT];
    int count = 0;
    for (const char *p = text; *p != 0; p++) {
        if (is_placeholder(p) && p[1] - '0' >= count) {
            count = p[1] - '0' + 1;
        }
    }
    va_list list;
    va_start(list, id);
    for (int i = 0; i < count; i++) {
        arguments[i] = va_arg(list, const char *);
    }
    va_end(list);
    for (const char *p = text; *p != 0; p++) {
        if (is_placeholder(p)) {
            print_safe(to, arguments[p[1] - '0']);
            p += 2;
        } else {
            fputc(*p, to);
        }
    }
}

policy_language language_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != 0) {
            return strncmp(value, "en", 2) == 0 ? POLICY_LANGUAGE_EN : POLICY_LANGUAGE_ZH;
        }
    }
    return POLICY_LANGUAGE_ZH;
}

bool language_from_name(const char *name, policy_language *language)
{
    if (strcmp(name, "zh") == 0) {
        *language = POLICY_LANGUAGE_ZH;
        return true;
    }
    if (strcmp(name, "en") == 0) {
        *language = POLICY_LANGUAGE_EN;
        return true;
    }
    return false;
}
