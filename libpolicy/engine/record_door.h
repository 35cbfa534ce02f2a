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

/* Copy everything that the record refers to into its own memory. False when out of memory. */
bool record_keep_texts(record *r);

#endif
