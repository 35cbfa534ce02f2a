/*
 * A host's table: the module's table with its engine.
 */
#ifndef POLICY_ENGINE_TABLE_DOOR_H
#define POLICY_ENGINE_TABLE_DOOR_H

#include "engine/record_door.h"
#include "policy/table.h"
#include "table/table.h"

struct policy_table {
    policy_engine *engine;
    uint32_t type_at; /* of the rows */
    table *inner;
};

#endif
