/*
 * policy_text: text made on demand for a caller.
 */
#ifndef POLICY_BASE_TEXT_HANDLE_H
#define POLICY_BASE_TEXT_HANDLE_H

#include "base/allocator.h"
#include "base/text.h"
#include "policy/error.h"

/* A copy of `text` that the caller of the library owns; the allocator is copied too. *out is NULL on failure. */
policy_status text_handle_new(const policy_allocator *a, str text, policy_text **out, policy_error **err);

#endif
