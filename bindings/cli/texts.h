/*
 * The command's own sentences, in Chinese and English, and the choice between the two.
 *
 * What the library says comes from the library in the language asked for; here is only what belongs to a shell: usage,
 * headings, column titles. Sentences live in texts.def; help texts, which are pages, in help.c.
 */
#ifndef POLICY_CLI_TEXTS_H
#define POLICY_CLI_TEXTS_H

#include <stdio.h>

#include <policy/common.h>

typedef enum text_id {
#define TEXT(id, en, zh) TEXT_##id,
#include "texts.def"
#undef TEXT
    TEXT_COUNT
} text_id;

/* The sentence itself, placeholders and all. Static. */
const char *text_of(text_id id, policy_language language);

/* Write a sentence with its placeholders {0} ... {5} filled in. As many `const char *` follow as the sentence has
 * placeholders. What is filled in is made safe for a terminal; the sentence may hold line breaks. */
void say(FILE *to, policy_language language, text_id id, ...);

/* The language of the environment: English when LC_ALL, LC_MESSAGES or LANG (the first that is set) says so, else
 * Chinese. */
policy_language language_of_environment(void);

/* "zh" or "en"; false for anything else. */
bool language_from_name(const char *name, policy_language *language);

#endif
