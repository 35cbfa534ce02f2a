/*
 * Restoring a ledger from bytes; see restore.h for the parts and saved.h for the bytes.
 *
 * The digest and the length are looked at first. What follows is read as if it were hostile all the same.
 */
#include "ledger/restore.h"

#include <string.h>

void restore_say(restorer *r, str name, policy_carry_kind kind, policy_carried what)
{
    if (r->carry != NULL && !restore_broken(r)) {
        r->nomem = !carry_add(r->carry, name, kind, what);
    }
}

/* ---- the whole ---- */

static void take_settings(restorer *r)
{
    policy_ledger *l = r->ledger;
    uint64_t flags = restore_uint(r);
    l->run.has_period = (flags & 1) != 0;
    l->run.has_as_of = (flags & 2) != 0;
    l->run.from = restore_day(r);
    l->run.until = restore_day(r);
    l->run.as_of = restore_day(r);
    l->evidence_mode = (policy_evidence)restore_between(r, 0, INT32_MAX);
    l->evidence_rows = (uint32_t)restore_uint(r);
    l->reported = (uint32_t)restore_uint(r);
    l->started = restore_bool(r);
}

static void take_texts(restorer *r)
{
    size_t count = restore_count(r);
    r->texts = restore_list(r, count, sizeof *r->texts);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        size_t size = restore_count(r);
        if (!r->bad) {
            r->texts[i] = (str){(const char *)r->at, size};
            r->at += size;
            r->text_count = i + 1;
        }
    }
}

static void take_sources(restorer *r)
{
    size_t count = restore_count(r);
    r->sources = restore_list(r, count, sizeof *r->sources);
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        str name = restore_name(r);
        if (!r->bad) {
            r->sources[i] = ledger_source(r->ledger, name);
            r->nomem = r->sources[i] == UINT32_MAX;
            r->source_count = i + 1;
        }
    }
}

static void take_body(restorer *r)
{
    take_settings(r);
    take_texts(r);
    take_sources(r);
    restore_types(r);
    restore_measures(r);
    restore_rules(r);
    restore_rows(r, ROWS_KEPT);
    restore_rows(r, ROWS_LATE);
    restore_rows(r, ROWS_KEYLESS);
    restore_notices(r);
    restore_defaults(r);
    restore_schools(r);
    restore_coverage(r);
    restore_calendar(r);
    r->bad = r->bad || r->at != r->end;
}

static policy_status refuse(const policy_engine *e, str file, policy_status status, message_id message,
                            policy_error **err)
{
    return error_set(err, &e->options.allocator,
                     &(error_spec){.status = status, .message = message, .at = {.file = file}});
}

/* The body, when the frame round it holds. */
static policy_status open_frame(const policy_engine *e, str file, const uint8_t *data, size_t size, restorer *r,
                                policy_error **err)
{
    if (size < SAVED_MAGIC_SIZE || memcmp(data, SAVED_MAGIC, SAVED_MAGIC_SIZE) != 0) {
        return refuse(e, file, POLICY_E_DATA, MESSAGE_STORE_FOREIGN, err);
    }
    r->at = data + SAVED_MAGIC_SIZE;
    r->end = data + size;
    uint64_t version = restore_fixed(r, 4), hash_check = restore_fixed(r, 4), length = restore_fixed(r, 8);
    if (!r->bad && version > SAVED_VERSION) {
        return refuse(e, file, POLICY_E_VERSION, MESSAGE_STORE_NEWER, err);
    }
    if (r->bad || version == 0 || size < SAVED_HEAD + DIGEST_SIZE || length != size - SAVED_HEAD - DIGEST_SIZE) {
        return refuse(e, file, POLICY_E_DATA, MESSAGE_STORE_CUT, err);
    }
    digest d;
    uint8_t own[DIGEST_SIZE];
    digest_begin(&d);
    digest_put(&d, data, size - DIGEST_SIZE);
    digest_end(&d, own);
    if (memcmp(own, data + size - DIGEST_SIZE, DIGEST_SIZE) != 0) {
        return refuse(e, file, POLICY_E_DATA, MESSAGE_STORE_ALTERED, err);
    }
    r->end = data + size - DIGEST_SIZE;
    r->hashes_hold = hash_check == saved_hash_check();
    return POLICY_OK;
}

policy_status ledger_restore(policy_engine *engine, str file, const void *data, size_t size, policy_ledger **out,
                             policy_carry **carry, policy_error **err)
{
    *out = NULL;
    if (carry != NULL) {
        *carry = NULL;
    }
    restorer r = {.allocator = &engine->options.allocator};
    policy_status status = open_frame(engine, file, data, size, &r, err);
    if (status == POLICY_OK) {
        status = policy_ledger_new(engine, &r.ledger, err);
    }
    if (status != POLICY_OK) {
        return status;
    }
    arena_init(&r.lists, r.allocator, 0);
    arena_init(&r.scratch, r.allocator, 0);
    r.carry = carry != NULL ? carry_new(r.allocator) : NULL;
    r.nomem = carry != NULL && r.carry == NULL;
    if (!r.nomem) {
        take_body(&r);
    }
    if (!restore_broken(&r)) {
        ledger_recall_kills(r.ledger);
        r.nomem = !ledger_list_work(r.ledger);
    }
    arena_free(&r.lists);
    arena_free(&r.scratch);
    if (restore_broken(&r)) {
        policy_carry_free(r.carry);
        policy_ledger_free(r.ledger);
        return r.nomem ? error_nomem(err) : refuse(engine, file, POLICY_E_DATA, MESSAGE_STORE_ALTERED, err);
    }
    *out = r.ledger;
    if (carry != NULL) {
        *carry = r.carry;
    }
    return POLICY_OK;
}

policy_status policy_ledger_restore(policy_engine *engine, const void *data, size_t size, policy_ledger **out,
                                    policy_carry **carry, policy_error **err)
{
    if (engine == NULL || out == NULL || data == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {STR("NULL"), engine == NULL ? STR("engine")
                                                                  : out == NULL  ? STR("out")
                                                                                 : STR("data")}});
    }
    return ledger_restore(engine, str_none, data, size, out, carry, err);
}
