/*
 * policy_text: header and bytes in one allocation. See text_handle.h.
 */
#include "base/text_handle.h"

#include "base/error.h"

struct policy_text {
    policy_allocator allocator;
    size_t size;
    char data[];
};

policy_status text_handle_new(const policy_allocator *a, str text, policy_text **out, policy_error **err)
{
    *out = NULL;
    if (text.size > SIZE_MAX - sizeof(policy_text) - 1)
        return error_nomem(err);
    policy_text *made = allocator_new(a, sizeof *made + text.size + 1);
    if (!made)
        return error_nomem(err);
    made->allocator = *a;
    made->size = text.size;
    if (text.size)
        memcpy(made->data, text.data, text.size);
    made->data[text.size] = '\0';
    *out = made;
    return POLICY_OK;
}

const char *policy_text_data(const policy_text *text)
{
    return text ? text->data : "";
}

size_t policy_text_size(const policy_text *text)
{
    return text ? text->size : 0;
}

void policy_text_free(policy_text *text)
{
    if (!text)
        return;
    policy_allocator a = text->allocator;
    allocator_free(&a, text);
}
