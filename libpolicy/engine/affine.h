/*
 * Is an expression affine in a field? Then its range over the field's range lies at the ends, and an unknown cell still
 * gives bounds: a written item without minutes is somewhere between none and the schema's maximum.
 */
#ifndef POLICY_ENGINE_AFFINE_H
#define POLICY_ENGINE_AFFINE_H

#include "engine/plan.h"

/* Fields (bits) in which the program is affine when all else is fixed. Lets of the table are looked into. */
uint64_t affine_fields(const plan_table *t, const expr *program);

#endif
