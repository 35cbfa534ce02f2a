/*
 * "Did you mean": the name that a misspelt one is near to.
 */
#ifndef POLICY_CLI_NEAREST_H
#define POLICY_CLI_NEAREST_H

#include <stddef.h>

/* The nearest of `count` names that differs in at most a third of its letters; NULL when none is near. Borrowed. */
const char *nearest_name(const char *name, const char *const *names, size_t count);

#endif
