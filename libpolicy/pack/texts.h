/*
 * The texts of a pack: every expression that it holds, in the order of files, and whose it is.
 *
 * For what goes over a whole pack, as test runs do: coverage counts the conditions in these texts, mutants change them.
 * Messages are not among them; they say, they do not decide.
 */
#ifndef POLICY_PACK_TEXTS_H
#define POLICY_PACK_TEXTS_H

#include "pack/pack.h"

typedef enum text_owner { TEXT_OF_LET, TEXT_OF_MEASURE, TEXT_OF_RULE, TEXT_OF_TIGHTEN } text_owner;
typedef enum text_role { TEXT_VALUE, TEXT_LIST, TEXT_WHEN, TEXT_KEY, TEXT_CHECK, TEXT_AGGREGATE, TEXT_BOUND } text_role;

typedef struct pack_text {
    expr_text *text;
    text_owner owner;
    text_role role;
    uint32_t number; /* of the let, measure, rule or entry of `tighten` in its pack */
    str name;        /* let or id; of an entry of `tighten` the rule's */
    place at;        /* of the owner */
} pack_text;

/* All of them, in the arena; NULL when it is full. */
pack_text *pack_texts(pack *p, arena *memory, size_t *count);

/* Is a file one of the pack's? */
bool pack_holds_file(const pack *p, str file);

#endif
