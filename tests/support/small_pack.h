/*
 * Engines of one schema and one pack given as texts, and ledgers of theirs.
 */
#ifndef TESTS_SUPPORT_SMALL_PACK_H
#define TESTS_SUPPORT_SMALL_PACK_H

#include <policy/policy.h>

/* The schema is called "small". Fails the test where anything but memory is wrong. */
policy_status small_engine(const policy_options *options, const char *schema_text, const char *pack_text,
                           policy_engine **out);
policy_ledger *small_ledger(policy_engine *e);
/* The ledger restored from its saved bytes; frees the one given. */
policy_ledger *small_ledger_restored(policy_ledger *l);

#endif
