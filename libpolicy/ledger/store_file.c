/* Saved ledgers as files. */
#include "base/platform.h"
#include "ledger/saved.h"

#define FILE_BYTES ((size_t)1 << 40)

static policy_status fail(const policy_allocator *a, policy_status status, const char *path, const char *reason,
                          policy_error **err)
{
    return status == POLICY_E_NOMEM ? error_nomem(err)
                                    : error_set(err, a,
                                                &(error_spec){.status = status,
                                                              .message = MESSAGE_STORE_FILE,
                                                              .arguments = {str_of(path), str_of(reason)},
                                                              .at = {.file = str_of(path)}});
}

typedef struct output {
    platform_output *file;
    const char *reason;
    policy_status status;
} output;

static int32_t write_on(void *context, const void *data, size_t size)
{
    output *o = context;
    o->status = platform_write(o->file, data, size, &o->reason);
    return o->status != POLICY_OK;
}

policy_status policy_ledger_save_file(policy_ledger *ledger, const char *path, policy_error **err)
{
    if (ledger == NULL || path == NULL) {
        return error_set(err, ledger ? ledger->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), ledger ? STR("path") : STR("ledger")}});
    }
    output o = {0};
    policy_status status = platform_create(ledger->allocator, path, &o.file, &o.reason);
    if (status != POLICY_OK) {
        return fail(ledger->allocator, status, path, o.reason, err);
    }
    status = policy_ledger_save(ledger, write_on, &o, NULL);
    if (status != POLICY_OK) {
        platform_discard(o.file);
        return o.status != POLICY_OK ? fail(ledger->allocator, o.status, path, o.reason, err) : error_nomem(err);
    }
    status = platform_replace(o.file, &o.reason);
    return status == POLICY_OK ? POLICY_OK : fail(ledger->allocator, status, path, o.reason, err);
}

policy_status policy_ledger_restore_file(policy_engine *engine, const char *path, policy_ledger **out,
                                         policy_carry **carry, policy_error **err)
{
    if (engine == NULL || path == NULL || out == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), engine == NULL ? STR("engine")
                                                                  : path == NULL ? STR("path")
                                                                                 : STR("out")}});
    }
    *out = NULL;
    const policy_allocator *a = &engine->options.allocator;
    char *data = NULL;
    size_t size = 0;
    const char *reason = NULL;
    policy_status status = platform_read_all(a, path, FILE_BYTES, &data, &size, &reason);
    if (status != POLICY_OK) {
        return fail(a, status, path, reason, err);
    }
    status = ledger_restore(engine, str_of(path), data, size, out, carry, err);
    allocator_free(a, data);
    return status;
}
