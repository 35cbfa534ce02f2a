/*
 * The module's front door: from text to a program, and what may be asked of it.
 */
#include "expr/expr.h"

#include "expr/check.h"
#include "expr/program.h"

place expr_place(const expr_text *source, uint32_t offset)
{
    place at = source->at;
    size_t start = 0, end = offset < source->text.size ? offset : source->text.size;
    uint32_t lines = 0;
    for (size_t i = 0; i < end; i++) {
        if (source->text.data[i] == '\n') {
            lines++;
            start = i + 1;
        }
    }
    uint32_t columns = (uint32_t)utf8_count((str){source->text.data + start, end - start});
    if (at.line) {
        at.line += lines;
    } else if (lines) {
        at.line = lines + 1;
    }
    if (lines) {
        at.column = source->indent + columns + 1;
    } else if (at.column) {
        at.column += columns;
    } else {
        at.column = columns + 1;
        at.line = at.line ? at.line : 1;
    }
    return at;
}

void expr_free(expr *x)
{
    if (!x) {
        return;
    }
    compile_release(x);
    arena_free(&x->keep);
    arena_free(&x->work);
    allocator_free(x->allocator, x);
}

/* ---- compiling ---- */

static policy_status parse_status(message_id message)
{
    return message == MESSAGE_EXPR_TOO_DEEP || message == MESSAGE_EXPR_TOO_LONG ? POLICY_E_LIMIT : POLICY_E_SYNTAX;
}

static tree *parse(checker *c, const expr_options *options, arena *work, policy_status *status)
{
    parse_failure why;
    parse_options limits = {
        .max_bytes = (size_t)options_limit(options->options, POLICY_LIMIT_EXPRESSION_BYTES),
        .max_depth = (size_t)options_limit(options->options, POLICY_LIMIT_EXPRESSION_DEPTH),
        .no_macros = options->no_macros,
    };
    tree *root = tree_parse(work, c->source->text, &limits, &why);
    if (!root && why.nomem) {
        *status = error_nomem(c->err);
    } else if (!root) {
        check_report(
            c, why.offset,
            &(error_spec){.status = parse_status(why.message),
                          .message = why.message,
                          .arguments = {why.arguments[0], why.arguments[1], why.arguments[2], why.arguments[3]},
                          .nearest = why.nearest});
        *status = c->status;
    }
    return root;
}

static policy_status report_compile(checker *c, compile_result result, const compile_failure *failure)
{
    switch (result) {
    case COMPILE_OK:
        return POLICY_OK;
    case COMPILE_NOMEM:
        return error_nomem(c->err);
    case COMPILE_TOO_LARGE:
        check_report(c, 0, &(error_spec){.status = POLICY_E_LIMIT, .message = MESSAGE_EXPR_TOO_LARGE});
        return c->status;
    default:
        check_report(c, failure->offset,
                     &(error_spec){.status = POLICY_E_SYNTAX,
                                   .message = failure->why.message,
                                   .arguments = {failure->why.arguments[0], failure->why.arguments[1],
                                                 failure->why.arguments[2], failure->why.arguments[3]}});
        return c->status;
    }
}

/* The text and names of the source, owned by the expression. */
static bool keep_source(expr *x, const expr_text *source)
{
    x->source = *source;
    x->source.text = arena_text(&x->keep, source->text);
    x->source.rule = arena_text(&x->keep, source->rule.data ? source->rule : STR(""));
    x->source.at.file = source->at.file.data ? arena_text(&x->keep, source->at.file) : str_none;
    return x->source.text.data && x->source.rule.data && (!source->at.file.data || x->source.at.file.data);
}

static const type *keep_type(arena *a, const type *t)
{
    type *kept = arena_new(a, sizeof *kept);
    if (!kept) {
        return NULL;
    }
    *kept = *t;
    for (int i = 0; i < 2; i++) {
        if (t->parameters[i] && !(kept->parameters[i] = keep_type(a, t->parameters[i]))) {
            return NULL;
        }
    }
    return kept;
}

static bool keep_constant(expr *x, const tree *root)
{
    if (tree_is_constant(root) && root->constant.kind < VALUE_INTERVAL) {
        x->is_constant = true;
        x->constant = root->flags & TREE_BORROWED ? root->constant : value_copy(&x->keep, root->constant);
    }
    return !x->keep.failed;
}

static policy_status build(expr *x, checker *c, const expr_options *options)
{
    policy_status status = POLICY_OK;
    tree *root = parse(c, options, &x->work, &status);
    if (!root) {
        return status;
    }
    if (!check_tree(c, root, options->expected)) {
        return c->nomem ? error_nomem(c->err) : c->status;
    }
    if (!fold_tree(x, root)) {
        return error_nomem(c->err);
    }
    compile_failure failure;
    status = report_compile(c, compile_tree(x, root, &failure), &failure);
    if (status != POLICY_OK) {
        return status;
    }
    x->type = keep_type(&x->keep, root->type);
    if (!x->type || !keep_constant(x, root) || !expr_note_refutation(x, root)) {
        return error_nomem(c->err);
    }
    if (options->keep_tree) {
        x->tree = root;
    } else {
        arena_free(&x->work);
        arena_init(&x->work, x->allocator, 0);
    }
    return POLICY_OK;
}

policy_status expr_compile(const env *e, const expr_text *source, const expr_options *options, expr **out,
                           policy_error **err)
{
    const policy_allocator *a = &options->options->allocator;
    *out = NULL;
    expr *x = allocator_zero(a, 1, sizeof *x);
    if (!x) {
        return error_nomem(err);
    }
    x->allocator = a;
    x->options = options->options;
    x->env = e;
    x->single_slot = -1;
    x->probing = options->probes;
    arena_init(&x->keep, a, 0);
    arena_init(&x->work, a, 0);
    if (!keep_source(x, source)) {
        expr_free(x);
        return error_nomem(err);
    }
    checker c = {.env = e,
                 .work = &x->work,
                 .keep = &x->keep,
                 .source = &x->source,
                 .allocator = a,
                 .unchecked = options->no_check,
                 .err = err};
    policy_status status = build(x, &c, options);
    if (status != POLICY_OK) {
        expr_free(x);
        return status;
    }
    *out = x;
    return POLICY_OK;
}

/* ---- sharing (share.c) ---- */

expr *expr_part(const expr *of, tree *part)
{
    expr *x = allocator_zero(of->allocator, 1, sizeof *x);
    if (!x) {
        return NULL;
    }
    *x = (expr){.allocator = of->allocator,
                .options = of->options,
                .env = of->env,
                .source = of->source,
                .single_slot = -1,
                .is_part = true};
    arena_init(&x->keep, x->allocator, 0);
    arena_init(&x->work, x->allocator, 0);
    x->type = keep_type(&x->keep, part->type);
    compile_failure failure;
    if (!x->type || compile_tree(x, part, &failure) != COMPILE_OK) {
        expr_free(x);
        return NULL;
    }
    return x;
}

bool expr_recompile(expr *x)
{
    call_site *before = x->prepared, *made;
    size_t slot_count = x->slot_count;
    compile_failure failure;
    x->prepared = NULL;
    x->slot_count = 0;
    bool done = compile_tree(x, x->tree, &failure) == COMPILE_OK;
    made = x->prepared;
    x->prepared = done ? before : made;
    compile_release(x);
    x->prepared = done ? made : before;
    x->slot_count = done ? x->slot_count : slot_count;
    return done;
}

/* ---- questions ---- */

const type *expr_type(const expr *x)
{
    return x->type;
}

bool expr_constant(const expr *x, value *out)
{
    if (x->is_constant && out) {
        *out = x->constant;
    }
    return x->is_constant;
}

const int *expr_slots(const expr *x, size_t *count)
{
    *count = x->slot_count;
    return x->slots;
}

uint64_t expr_sources(const expr *x)
{
    return x->sources;
}

int expr_single_slot(const expr *x)
{
    return x->single_slot;
}

str expr_source_rule(const expr *x)
{
    return x->source.rule;
}

place expr_where(const expr *x, uint32_t offset)
{
    return expr_place(&x->source, offset);
}

expr_probe *expr_probes(expr *x)
{
    return x->probes;
}

str expr_source_text(const expr *x)
{
    return x->source.text;
}

const struct tree *expr_tree(const expr *x)
{
    return x->tree;
}
