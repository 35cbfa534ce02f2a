/*
 * Any bytes as an expression: parsed, checked, folded, compiled and evaluated, once with checking and once without.
 * Nothing may crash or leak, budgets hold, and what checks and is true or false must be so without checking too.
 */
#include <stdlib.h>

#include "base/options.h"
#include "support/expressions.h"

enum { STEPS = 20000, BYTES = 1 << 18 };

static value run(expressions *e, evaluation *ev, str text, bool unchecked, expr **out)
{
    policy_error *err = NULL;
    expr_text source = {.text = text, .rule = STR("fuzz")};
    expr_options options = {.options = expressions_options(e), .no_check = unchecked, .keep_tree = !unchecked};
    policy_status status = expr_compile(expressions_env(e), &source, &options, out, &err);
    if ((status == POLICY_OK) != (err == NULL) || (status == POLICY_OK) != (*out != NULL)) {
        abort();
    }
    policy_error_free(err);
    return *out ? expr_evaluate(*out, ev, expressions_row(e)) : value_unknown(0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    expressions *e = expressions_new(NULL);
    policy_options *options = e ? expressions_options(e) : NULL;
    if (!e) {
        return 0;
    }
    options->limits[POLICY_LIMIT_EVALUATION_STEPS] = STEPS;
    options->limits[POLICY_LIMIT_EVALUATION_BYTES] = BYTES;
    evaluation *ev = evaluation_new(options);
    str text = {size ? (const char *)data : "", size};
    expr *checked = NULL, *open = NULL;
    value first = run(e, ev, text, false, &checked), second = run(e, ev, text, true, &open);
    if (checked && open && first.kind == VALUE_BOOL && second.kind == VALUE_BOOL && first.as.b != second.as.b) {
        abort();
    }
    if (first.kind == VALUE_PENDING || second.kind == VALUE_PENDING) {
        abort();
    }
    buffer out;
    buffer_init(&out, &allocator_system, 1 << 20);
    value_write(&out, first, checked ? expr_type(checked) : NULL, POLICY_LANGUAGE_EN);
    buffer_free(&out);
    expr_free(checked);
    expr_free(open);
    evaluation_free(ev);
    expressions_free(e);
    return 0;
}
