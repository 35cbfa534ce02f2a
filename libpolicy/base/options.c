/*
 * Settings that come before everything else. See policy/options.h and base/options.h.
 */
#include "base/options.h"

#include "base/error.h"
#include "base/number.h"

/* Defaults and hard maxima, by POLICY_LIMIT_ number. */
static const struct {
    uint64_t normal, most;
} limits[OPTIONS_LIMIT_COUNT] = {
    [POLICY_LIMIT_PACK_BYTES] = {UINT64_C(8) << 20, UINT64_C(64) << 20},
    [POLICY_LIMIT_EXPRESSION_BYTES] = {100000, 1000000},
    [POLICY_LIMIT_EXPRESSION_DEPTH] = {100, 250},
    [POLICY_LIMIT_EVALUATION_STEPS] = {1000000, 1000000000},
    [POLICY_LIMIT_EVALUATION_BYTES] = {UINT64_C(16) << 20, UINT64_C(1) << 30},
    [POLICY_LIMIT_REGEX_INSTRUCTIONS] = {10000, 100000},
    [POLICY_LIMIT_CELL_BYTES] = {UINT64_C(1) << 20, UINT64_C(64) << 20},
    [POLICY_LIMIT_COLUMNS] = {10000, 1000000},
    [POLICY_LIMIT_SCRIPT_BYTES] = {UINT64_C(1) << 20, UINT64_C(4) << 20},
    [POLICY_LIMIT_SCRIPT_STEPS] = {5000000, 1000000000},
    [POLICY_LIMIT_SCRIPT_MILLISECONDS] = {250, 60000},
};

bool options_init(policy_options *options, const policy_allocator *allocator)
{
    if (!allocator)
        allocator = &allocator_system;
    if (allocator->struct_size < sizeof *allocator || !allocator->allocate || !allocator->resize || !allocator->release)
        return false;
    *options = (policy_options){.allocator = *allocator, .language = POLICY_LANGUAGE_ZH};
    options->allocator.struct_size = sizeof options->allocator;
    for (int i = 1; i < OPTIONS_LIMIT_COUNT; i++)
        options->limits[i] = limits[i].normal;
    return true;
}

policy_status policy_options_new(const policy_allocator *allocator, policy_options **out, policy_error **err)
{
    if (!out)
        return error_set(
            err, &allocator_system,
            &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_NULL_ARGUMENT, .arguments = {STR("out")}});
    *out = NULL;
    policy_options options;
    if (!options_init(&options, allocator))
        return error_set(err, &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_ALLOCATOR_INCOMPLETE});
    policy_options *made = allocator_new(&options.allocator, sizeof *made);
    if (!made)
        return error_nomem(err);
    *made = options;
    *out = made;
    return POLICY_OK;
}

void policy_options_free(policy_options *options)
{
    if (!options)
        return;
    policy_allocator a = options->allocator;
    allocator_free(&a, options);
}

static policy_status refuse_null(policy_error **err)
{
    return error_set(
        err, &allocator_system,
        &(error_spec){.status = POLICY_E_ARGUMENT, .message = MESSAGE_NULL_ARGUMENT, .arguments = {STR("options")}});
}

policy_status policy_options_set_language(policy_options *options, policy_language language, policy_error **err)
{
    if (!options)
        return refuse_null(err);
    if (language != POLICY_LANGUAGE_ZH && language != POLICY_LANGUAGE_EN) {
        char number[NUMBER_TEXT];
        number_write_int(number, language);
        return error_set(err, &options->allocator,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NO_SUCH_LANGUAGE,
                                       .arguments = {str_of(number)}});
    }
    options->language = language;
    return POLICY_OK;
}

policy_status policy_options_set_limit(policy_options *options, policy_limit limit, uint64_t value, policy_error **err)
{
    if (!options)
        return refuse_null(err);
    char number[NUMBER_TEXT], most[NUMBER_TEXT], wanted[NUMBER_TEXT];
    number_write_int(number, limit);
    if (limit < 1 || limit >= OPTIONS_LIMIT_COUNT)
        return error_set(err, &options->allocator,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NO_SUCH_LIMIT,
                                       .arguments = {str_of(number)}});
    if (value < 1 || value > limits[limit].most) {
        number_write_uint(most, limits[limit].most);
        number_write_uint(wanted, value);
        return error_set(err, &options->allocator,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_LIMIT_RANGE,
                                       .arguments = {str_of(number), str_of(most), str_of(wanted)}});
    }
    options->limits[limit] = value;
    return POLICY_OK;
}

uint64_t policy_options_limit(const policy_options *options, policy_limit limit)
{
    if (!options || limit < 1 || limit >= OPTIONS_LIMIT_COUNT)
        return 0;
    return options->limits[limit];
}
