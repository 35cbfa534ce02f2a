/*
 * Another engine for a live ledger: its content saved and restored under the new one, in memory, and then put in the old
 * one's place, so that the caller's handle stays.
 */
#include <string.h>

#include "ledger/state.h"
#include "policy/store.h"

typedef struct block {
    const policy_allocator *allocator;
    void *data;
    size_t size, capacity;
} block;

static int32_t keep(void *context, const void *data, size_t size)
{
    block *b = context;
    if (!allocator_grow(b->allocator, &b->data, &b->capacity, b->size + size, 1, SIZE_MAX / 2)) {
        return 1;
    }
    memcpy((char *)b->data + b->size, data, size);
    b->size += size;
    return 0;
}

/* What points into a ledger's own struct. */
static void settle(policy_ledger *l)
{
    l->delta.schools.parent = &l->state.schools;
    for (uint32_t i = 0; i < l->frame_count; i++) {
        l->frames[i].ledger = l;
    }
}

policy_status policy_ledger_rebase(policy_ledger *ledger, policy_engine *engine, policy_carry **carry,
                                   policy_error **err)
{
    if (ledger == NULL || engine == NULL) {
        return error_set(err, ledger ? ledger->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), ledger ? STR("engine") : STR("ledger")}});
    }
    block b = {.allocator = ledger->allocator};
    policy_ledger *fresh = NULL;
    policy_status status = policy_ledger_save(ledger, keep, &b, NULL);
    if (status == POLICY_OK) {
        status = policy_ledger_restore(engine, b.data, b.size, &fresh, carry, err);
    } else {
        status = error_nomem(err); /* nothing else stops it */
    }
    allocator_free(b.allocator, b.data);
    if (status != POLICY_OK) {
        return status;
    }
    policy_ledger old = *ledger;
    *ledger = *fresh;
    *fresh = old;
    settle(ledger);
    settle(fresh);
    policy_ledger_free(fresh);
    return POLICY_OK;
}
