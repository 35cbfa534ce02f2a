/* What restoring could carry over; see carry.h. */
#include "ledger/carry.h"

#include "base/error.h"
#include "base/text_handle.h"

policy_carry *carry_new(const policy_allocator *a)
{
    policy_carry *c = allocator_zero(a, 1, sizeof *c);
    if (c != NULL) {
        c->allocator = *a;
        arena_init(&c->memory, &c->allocator, 0);
    }
    return c;
}

bool carry_add(policy_carry *c, str name, policy_carry_kind kind, policy_carried what)
{
    str copy = arena_text(&c->memory, name);
    if (copy.data == NULL ||
        !allocator_grow(&c->allocator, (void **)&c->lines, &c->capacity, c->count + 1, sizeof *c->lines, 0)) {
        return false;
    }
    c->lines[c->count++] = (carry_line){copy, kind, what};
    return true;
}

void policy_carry_free(policy_carry *carry)
{
    if (carry == NULL) {
        return;
    }
    policy_allocator a = carry->allocator;
    allocator_free(&a, carry->lines);
    arena_free(&carry->memory);
    allocator_free(&a, carry);
}

size_t policy_carry_count(const policy_carry *carry)
{
    return carry ? carry->count : 0;
}

static const carry_line *line_at(const policy_carry *carry, size_t i)
{
    static const carry_line none = {{"", 0}, POLICY_CARRY_MEASURE, POLICY_CARRIED};
    return carry != NULL && i < carry->count ? &carry->lines[i] : &none;
}

const char *policy_carry_name(const policy_carry *carry, size_t i)
{
    return line_at(carry, i)->name.data;
}

policy_carry_kind policy_carry_kind_of(const policy_carry *carry, size_t i)
{
    return line_at(carry, i)->kind;
}

policy_carried policy_carry_what(const policy_carry *carry, size_t i)
{
    return line_at(carry, i)->what;
}

bool policy_carry_is_complete(const policy_carry *carry)
{
    for (size_t i = 0; carry != NULL && i < carry->count; i++) {
        if (carry->lines[i].what != POLICY_CARRIED) {
            return false;
        }
    }
    return true;
}

policy_status policy_carry_message(const policy_carry *carry, size_t i, policy_language language, policy_text **out,
                                   policy_error **err)
{
    if (carry == NULL || out == NULL || i >= carry->count) {
        return error_set(err, carry ? &carry->allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_ARGUMENT,
                                       .arguments = {carry != NULL && out != NULL ? STR("i") : STR("NULL"),
                                                     carry == NULL ? STR("carry")
                                                     : out == NULL ? STR("out")
                                                                   : str_none}});
    }
    static const message_id sentences[3][4] = {
        {MESSAGE_CARRY_MEASURE, MESSAGE_CARRY_MEASURE_CHANGED, MESSAGE_CARRY_MEASURE_GONE, MESSAGE_CARRY_MEASURE_NEW},
        {MESSAGE_CARRY_RULE, MESSAGE_CARRY_RULE_CHANGED, MESSAGE_CARRY_RULE_GONE, MESSAGE_CARRY_RULE_NEW},
        {MESSAGE_CARRY_TYPE_CHANGED, MESSAGE_CARRY_TYPE_CHANGED, MESSAGE_CARRY_TYPE_GONE, MESSAGE_CARRY_TYPE_CHANGED}};
    const carry_line *line = &carry->lines[i];
    buffer b;
    buffer_init(&b, &carry->allocator, 0);
    message_write(&b, sentences[line->kind][line->what], language, &line->name, 1);
    policy_status status = b.failed ? error_nomem(err) : text_handle_new(&carry->allocator, buffer_text(&b), out, err);
    buffer_free(&b);
    return status;
}
