/*
 * The parts of a pack, one reader a noun. Each fills its vectors of the pack from all files of the pack and reports what
 * is wrong in itself; what concerns several parts or packs is merge.c's, in_force.c's and tighten.c's.
 */
#ifndef POLICY_PACK_PARTS_H
#define POLICY_PACK_PARTS_H

#include "pack/nodes.h"

typedef struct pack_files { /* the top-level maps of a pack's files, pack.yaml first */
    const node **roots;
    uint32_t count;
} pack_files;

/* Items of a list or map that may be spread over the files: how many, and each in turn (`key` NULL for lists). */
uint32_t files_count(const pack_files *files, str key);
typedef void (*files_visit)(loader *l, pack *p, const node *key, const node *item);
void files_each(loader *l, const pack_files *files, pack *p, str key, node_kind kind, files_visit visit);
/* A key that may be given once in all files; NULL when it is not given. */
const node *files_find_once(loader *l, const pack_files *files, str key);

bool load_pack(loader *l, const pack_files *files, pack *p); /* load_pack.c: all of the below */
void load_params(loader *l, const pack_files *files, pack *p);
void load_lets(loader *l, const pack_files *files, pack *p);
void load_titles(loader *l, const pack_files *files, pack *p);
void load_measures(loader *l, const pack_files *files, pack *p);
void load_rules(loader *l, const pack_files *files, pack *p);
void load_calendar(loader *l, const pack_files *files, pack *p);
void load_bands(loader *l, const pack_files *files, pack *p);
void load_clauses(loader *l, const pack_files *files, pack *p);
void load_tightens(loader *l, const pack_files *files, pack *p); /* tighten.c */

/* What measures and rules have in common; load_measure.c. */
bool load_each(loader *l, const node *n, pack_each *out);
bool load_per(loader *l, const node *n, pack_key **out, uint32_t *count);

/* message.c: split a message at its placeholders; reports a brace without its partner and an empty placeholder. */
bool message_read(loader *l, const node *n, message_template *out);

/* load_schema.c */
schema *load_schema(loader *l, const node *root, str name);

#endif
