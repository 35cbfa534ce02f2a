/*
 * A host's record: the schema's record with its engine.
 */
#ifndef POLICY_ENGINE_RECORD_DOOR_H
#define POLICY_ENGINE_RECORD_DOOR_H

#include "engine/engine.h"
#include "policy/record.h"
#include "schema/record.h"

struct policy_record {
    policy_engine *engine;
    uint32_t type_at;
    record inner;
};

/* The handle of a field of the record's type. */
int32_t record_handle(const policy_record *row, int field);
/* Clear the record and set these fields. What a field cannot take is refused first, and changes nothing. */
policy_status record_replace(policy_record *row, const int32_t *handles, const policy_value *values, size_t n,
                             policy_error **err);
/* Copy everything that the record refers to into its own memory. False when out of memory. */
bool record_keep_texts(record *r);

#endif
