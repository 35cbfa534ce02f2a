/*
 * Reading nodes: a YAML value as the type that its key expects, or an error at its place.
 *
 * Every reader returns false after reporting; what it was to fill stays as it was. NODE_NULL (an empty value, ~, null)
 * is no value and is refused wherever one is expected.
 */
#ifndef POLICY_PACK_NODES_H
#define POLICY_PACK_NODES_H

#include "pack/loader.h"

/* The value of a key; NULL when the map has none. `key_at` may be NULL. */
const node *node_find(const node *map, str key);
const node *node_find_at(const node *map, str key, place *key_at);

/* `what` names the thing in messages: a MESSAGE_THING_... of the catalogue. */
bool node_expect(loader *l, const node *n, node_kind kind, str key);
/* A map, all of whose keys are in `known`; else every other one is reported. */
bool node_check_keys(loader *l, const node *map, const str *known, size_t count, message_id what);
/* The value of a key that must be there. */
const node *node_require(loader *l, const node *map, str key, message_id what);

bool node_read_text(loader *l, const node *n, str key, str *out);
bool node_read_name(loader *l, const node *n, str key, str *out);       /* [a-z0-9-]+ */
bool node_read_identifier(loader *l, const node *n, str key, str *out); /* CEL identifier, not a reserved word */
bool node_read_id(loader *l, const node *n, str key, str *out);         /* letters, digits, . - _ */
bool node_read_localized(loader *l, const node *n, str key, localized *out);
bool node_read_date(loader *l, const node *n, str key, int32_t *out);
bool node_read_range(loader *l, const node *n, str key, date_range *out); /* {from, until} */
bool node_read_bool(loader *l, const node *n, str key, bool *out);
bool node_read_count(loader *l, const node *n, str key, int32_t *out); /* 0 ... 1,000,000,000 */
bool node_read_share(loader *l, const node *n, str key, double *out);  /* 0 ... 1 */
bool node_read_expression(loader *l, const node *n, str key, expr_text *out);
bool node_read_severity(loader *l, const node *n, str key, policy_severity *out);
/* A list of texts; a single text stands for a list of one. */
bool node_read_texts(loader *l, const node *n, str key, const str **out, uint32_t *count);

/* Is the text an identifier that CEL takes as a name? */
bool is_identifier(str text);
bool is_pack_name(str text);

#define KEYS(...)    (const str[]){__VA_ARGS__}, sizeof((const str[]){__VA_ARGS__}) / sizeof(str)
#define KNOWN(array) array, sizeof(array) / sizeof *(array)

#endif
