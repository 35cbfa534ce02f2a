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

#endif
