/*
 * The bytes of a saved ledger: what save.c writes and restore.c reads.
 *
 *   magic[8] version:u32 hash_check:u32 length:u64 body[length] sha256(all before it)[32]
 *
 * Fixed numbers are little-endian. In the body a number is LEB128 (signed ones zigzag), a text the number of its place
 * in the list of texts, which comes first and is sorted; a source likewise. Whatever has no order of its own (rows,
 * entries of a multiset, notices) is sorted by its bytes, groups by their keys.
 *
 *   body = settings texts sources types measures rules kept late keyless notices defaults schools covered days
 *
 * `hash_check` is the hash of a fixed text: where it differs, hashes of rows mean nothing and are left out.
 */
#ifndef POLICY_LEDGER_SAVED_H
#define POLICY_LEDGER_SAVED_H

#include "base/digest.h"
#include "ledger/state.h"
#include "policy/store.h"

#define SAVED_MAGIC      "policy\x1a\n"
#define SAVED_MAGIC_SIZE 8 /* with its NUL */
#define SAVED_VERSION    1u
#define SAVED_HEAD       24
#define SAVED_DEPTH      8 /* lists within lists */

static inline uint32_t saved_hash_check(void)
{
    return (uint32_t)str_hash(STR("policy rows"));
}

/* What the hash of a record's content depends on beside the values: its type's fields. 8 bytes. */
uint64_t saved_fields(const plan_table *t);
/* What policy_ledger_restore does; errors name the file. */
policy_status ledger_restore(policy_engine *engine, str file, const void *data, size_t size, policy_ledger **out,
                             policy_carry **carry, policy_error **err);
/* The name of a slot whose value waits with a row. */
str saved_slot_name(const plan_table *t, int slot);

#endif
