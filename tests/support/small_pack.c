/*
 * See small_pack.h.
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */

#include "support/small_pack.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/state.h"

policy_status small_engine(const policy_options *options, const char *schema_text, const char *pack_text,
                           policy_engine **out)
{
    policy_builder *b = NULL;
    policy_error *err = NULL;
    policy_status status = policy_builder_new(options, &b, &err);
    if (status == POLICY_OK) {
        status = policy_builder_add_memory(b, "schema/small.yaml", schema_text, strlen(schema_text), &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_load_memory(b, "small.yaml", pack_text, strlen(pack_text), &err);
    }
    if (status == POLICY_OK) {
        status = policy_builder_build(b, out, &err);
    }
    cr_assert(status == POLICY_OK || status == POLICY_E_NOMEM, "%s",
              err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "");
    policy_builder_free(b);
    policy_error_free(err);
    return status;
}

policy_ledger *small_ledger(policy_engine *e)
{
    policy_ledger *l = NULL;
    cr_assert_eq(policy_ledger_new(e, &l, NULL), POLICY_OK);
    return l;
}

static int32_t append(void *context, const void *data, size_t size)
{
    return fwrite(data, 1, size, context) == size ? 0 : 1;
}

policy_ledger *small_ledger_restored(policy_ledger *l)
{
    char *bytes = NULL;
    size_t size = 0;
    policy_ledger *out = NULL;
    FILE *file = open_memstream(&bytes, &size);
    cr_assert_eq(policy_ledger_save(l, append, file, NULL), POLICY_OK);
    fclose(file);
    cr_assert_eq(policy_ledger_restore(l->engine, bytes, size, &out, NULL, NULL), POLICY_OK);
    free(bytes);
    policy_ledger_free(l);
    return out;
}
