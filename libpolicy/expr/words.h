/*
 * Many words looked for in one pass over a text (Aho-Corasick over bytes).
 */
#ifndef POLICY_EXPR_WORDS_H
#define POLICY_EXPR_WORDS_H

#include "base/arena.h"

typedef struct words words;

/* In the arena; NULL when it is full. Add every word, then finish. */
words *words_new(arena *a);
bool words_add(words *w, str word);
bool words_finish(words *w);
size_t words_size(const words *w); /* nodes: for counting work */
bool words_in(const words *w, str text);

#endif
