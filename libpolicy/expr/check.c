/*
 * The checker: gives every node a type and every name a meaning, before anything runs.
 *
 * One walk, bottom up, as deep as the tree is high (which the parser bounds). A fault is reported where it stands and
 * its node gets the type `error`, which agrees with everything, so one fault gives one message. In no_check mode all
 * types are dyn and what cannot be resolved becomes an error at run time, as the conformance suite wants.
 */
#include "expr/check.h"

/* ---- reporting ---- */

/* The line of the text that holds `offset`. */
static str line_of(str text, uint32_t offset, uint32_t *start)
{
    size_t from = offset < text.size ? offset : text.size, until = from;
    while (from > 0 && text.data[from - 1] != '\n') {
        from--;
    }
    while (until < text.size && text.data[until] != '\n' && text.data[until] != '\r') {
        until++;
    }
    *start = (uint32_t)from;
    return (str){text.data + from, until - from};
}

const type *check_report(checker *c, uint32_t offset, error_spec *spec)
{
    if (c->errors++ >= CHECK_ERRORS || c->nomem) {
        return &type_error;
    }
    uint32_t start;
    spec->excerpt = line_of(c->source->text, offset, &start);
    spec->caret_column = (uint32_t)utf8_count(str_slice(c->source->text, start, offset)) + 1;
    spec->at = expr_place(c->source, offset);
    spec->rule = c->source->rule;
    policy_status status = error_set(c->err, c->allocator, spec);
    c->nomem = c->nomem || status == POLICY_E_NOMEM;
    if (c->errors == 1) {
        c->status = status;
    }
    return &type_error;
}

str check_type_text(checker *c, const type *t)
{
    buffer b;
    buffer_init(&b, c->allocator, 1000);
    type_write(&b, unify_resolve(c, t, false));
    str text = arena_text(c->work, buffer_text(&b));
    buffer_free(&b);
    return text.data ? text : STR("?");
}

static str message_text(checker *c, message_id message, policy_language language, const str *arguments)
{
    buffer b;
    buffer_init(&b, c->allocator, 2000);
    message_write(&b, message, language, arguments, 2);
    str text = arena_text(c->keep, buffer_text(&b));
    buffer_free(&b);
    return text;
}

const type *check_defer(checker *c, tree *t, message_id message, str first, str second)
{
    str arguments[2] = {first.data ? first : STR(""), second.data ? second : STR("")};
    value_error *error = arena_new(c->keep, sizeof *error);
    if (!error) {
        c->nomem = true;
        return &type_error;
    }
    error->status = POLICY_E_EVALUATE;
    error->text_en = message_text(c, message, POLICY_LANGUAGE_EN, arguments);
    error->text_zh = message_text(c, message, POLICY_LANGUAGE_ZH, arguments);
    error->offset = t->offset;
    if (!error->text_en.data || !error->text_zh.data) {
        c->nomem = true;
    }
    t->kind = TREE_FAIL;
    t->count = 0;
    t->constant = (value){.kind = VALUE_ERROR, .as.error = error};
    return &type_dyn;
}

/* ---- the nodes ---- */

static const type *literal_type(const checker *c, value v)
{
    if (c->unchecked) {
        return &type_dyn;
    }
    switch (v.kind) {
    case VALUE_NULL:
        return &type_null;
    case VALUE_BOOL:
        return &type_bool;
    case VALUE_INT:
        return &type_int;
    case VALUE_UINT:
        return &type_uint;
    case VALUE_DOUBLE:
        return &type_double;
    case VALUE_STRING:
        return &type_string;
    case VALUE_BYTES:
        return &type_bytes;
    default:
        return &type_dyn;
    }
}

/* A condition, or an operand of a logical operator called `name`. */
static void want_bool(checker *c, tree *t, str name)
{
    const type *of = unify_follow(c, t->type);
    if (of->kind == TYPE_VARIABLE) {
        unify_fits(c, of, &type_bool);
    } else if (of->kind != TYPE_BOOL && !type_is_open(of)) {
        check_report(c, t->begin,
                     &(error_spec){.status = POLICY_E_TYPE,
                                   .message = MESSAGE_EXPR_NOT_BOOL,
                                   .arguments = {name, check_type_text(c, of)}});
    }
}

static const type *logical(checker *c, tree *t)
{
    str name = t->kind == TREE_AND ? STR("&&") : t->kind == TREE_OR ? STR("||") : STR("!");
    for (uint32_t i = 0; i < t->count; i++) {
        check(c, t->children[i]);
        want_bool(c, t->children[i], name);
    }
    return &type_bool;
}

static const type *negate(checker *c, tree *t)
{
    const type *of = unify_follow(c, check(c, t->children[0]));
    if (of->kind == TYPE_INT || of->kind == TYPE_DOUBLE || type_is_open(of)) {
        return of;
    }
    return check_report(c, t->offset,
                        &(error_spec){.status = POLICY_E_TYPE,
                                      .message = MESSAGE_EXPR_NO_OPERATOR,
                                      .arguments = {STR("-"), check_type_text(c, of)}});
}

static const type *conditional(checker *c, tree *t)
{
    check(c, t->children[0]);
    want_bool(c, t->children[0], STR("?:"));
    const type *then = check(c, t->children[1]), *otherwise = check(c, t->children[2]);
    return then->kind == TYPE_ERROR || otherwise->kind == TYPE_ERROR ? &type_error : check_branches(c, t);
}

static const type *made(checker *c, const type *t)
{
    if (!t) {
        c->nomem = true;
        return &type_error;
    }
    return t;
}

/* The type of several elements: what all fit, else dyn. */
static const type *common(checker *c, const type *so_far, const type *next)
{
    if (!so_far) {
        return next;
    }
    const type *joined = unify_join(c, so_far, next);
    return joined ? joined : &type_dyn;
}

static const type *list(checker *c, tree *t)
{
    const type *element = NULL;
    bool faulty = false;
    for (uint32_t i = 0; i < t->count; i++) {
        const type *of = check(c, t->children[i]);
        faulty |= of->kind == TYPE_ERROR;
        element = common(c, element, of);
    }
    if (faulty) {
        return &type_error;
    }
    return made(c, type_list(c->work, element ? element : c->unchecked ? &type_dyn : unify_fresh(c)));
}

static void want_key(checker *c, tree *key)
{
    const type *of = unify_follow(c, key->type);
    if (of->kind != TYPE_BOOL && of->kind != TYPE_INT && of->kind != TYPE_UINT && of->kind != TYPE_STRING &&
        !type_is_open(of)) {
        check_report(c, key->begin,
                     &(error_spec){.status = POLICY_E_TYPE,
                                   .message = MESSAGE_EXPR_BAD_KEY,
                                   .arguments = {check_type_text(c, of)}});
    }
}

static const type *map_of(checker *c, tree *t)
{
    const type *key = NULL, *held = NULL;
    bool faulty = false;
    for (uint32_t i = 0; i + 1 < t->count; i += 2) {
        const type *k = check(c, t->children[i]), *v = check(c, t->children[i + 1]);
        want_key(c, t->children[i]);
        faulty |= k->kind == TYPE_ERROR || v->kind == TYPE_ERROR;
        key = common(c, key, k);
        held = common(c, held, v);
    }
    if (faulty) {
        return &type_error;
    }
    return made(c, type_map(c->work,
                            key            ? key
                            : c->unchecked ? &type_dyn
                                           : unify_fresh(c),
                            held           ? held
                            : c->unchecked ? &type_dyn
                                           : unify_fresh(c)));
}

static const type *indexed(checker *c, tree *t)
{
    const type *of = unify_follow(c, check(c, t->children[0]));
    const type *index = unify_follow(c, check(c, t->children[1]));
    if (of->kind == TYPE_ERROR || index->kind == TYPE_ERROR) {
        return &type_error;
    }
    const type *result = NULL;
    if (type_is_open(of)) {
        result = &type_dyn;
    } else if (of->kind == TYPE_LIST && unify_fits(c, &type_int, index)) {
        result = of->parameters[0];
    } else if (of->kind == TYPE_MAP) {
        const type *key = unify_follow(c, of->parameters[0]);
        if ((type_is_number(key) && type_is_number(index)) || unify_fits(c, key, index)) {
            check_enum(c, key, t->children[1]);
            result = of->parameters[1];
        }
    }
    if (!result) {
        return check_report(c, t->offset,
                            &(error_spec){.status = POLICY_E_TYPE,
                                          .message = MESSAGE_EXPR_NO_OPERATOR_PAIR,
                                          .arguments = {STR("[]"), check_type_text(c, of), check_type_text(c, index)}});
    }
    return t->flags & TREE_TEST ? &type_bool : result;
}

/* What a loop's variables hold. One variable over a map gets its keys; two over a list get index and element. */
static bool loop_types(checker *c, const tree *t, const type *range, const type **first, const type **second)
{
    bool two = t->names[1].data != NULL;
    if (type_is_open(range)) {
        *first = *second = &type_dyn;
    } else if (range->kind == TYPE_LIST) {
        *first = two ? &type_int : range->parameters[0];
        *second = range->parameters[0];
    } else if (range->kind == TYPE_MAP) {
        *first = range->parameters[0];
        *second = range->parameters[1];
    } else {
        check_report(c, t->offset,
                     &(error_spec){.status = POLICY_E_TYPE,
                                   .message = MESSAGE_EXPR_NOT_ITERABLE,
                                   .arguments = {t->name, check_type_text(c, range)}});
        return false;
    }
    return true;
}

static const type *loop_result(checker *c, const tree *t, const type *first, const type *body)
{
    switch (t->operation) {
    case LOOP_FILTER:
        return made(c, type_list(c->work, first));
    case LOOP_MAP:
    case LOOP_TRANSFORM_LIST:
        return made(c, type_list(c->work, body));
    case LOOP_TRANSFORM_MAP:
        return made(c, type_map(c->work, first, body));
    default:
        return &type_bool;
    }
}

static const type *comprehension(checker *c, tree *t)
{
    const type *range = unify_follow(c, check(c, t->children[0])), *first, *second;
    if (range->kind == TYPE_ERROR || !loop_types(c, t, range, &first, &second)) {
        return &type_error;
    }
    const scope *outside = c->scopes;
    scope one = {outside, t->names[0], t, 0, first}, two = {&one, t->names[1], t, 1, second};
    c->scopes = t->names[1].data ? &two : &one;
    if (t->count == 3) {
        check(c, t->children[2]);
        want_bool(c, t->children[2], t->name);
    }
    const type *body = check(c, t->children[1]);
    c->scopes = outside;
    if (t->operation <= LOOP_FILTER) {
        want_bool(c, t->children[1], t->name);
    }
    if (body->kind == TYPE_ERROR) {
        return &type_error;
    }
    return loop_result(c, t, first, body);
}

static const type *bind(checker *c, tree *t)
{
    const type *of = check(c, t->children[0]);
    const scope *outside = c->scopes;
    scope inside = {outside, t->names[0], t, 0, of};
    c->scopes = &inside;
    const type *body = check(c, t->children[1]);
    c->scopes = outside;
    return body;
}

static const type *visit(checker *c, tree *t)
{
    switch (t->kind) {
    case TREE_CONSTANT:
        return literal_type(c, t->constant);
    case TREE_NAME:
        return check_name(c, t);
    case TREE_SELECT:
        return check_select(c, t);
    case TREE_INDEX:
        return indexed(c, t);
    case TREE_HAS:
        return check(c, t->children[0])->kind == TYPE_ERROR ? &type_error : &type_bool;
    case TREE_NOT:
    case TREE_AND:
    case TREE_OR:
        return logical(c, t);
    case TREE_NEGATE:
        return negate(c, t);
    case TREE_CONDITIONAL:
        return conditional(c, t);
    case TREE_BINARY:
        return check_binary(c, t);
    case TREE_CALL:
        return check_call(c, t);
    case TREE_LIST:
        return list(c, t);
    case TREE_MAP:
        return map_of(c, t);
    case TREE_COMPREHENSION:
        return comprehension(c, t);
    case TREE_BIND:
        return bind(c, t);
    default:
        return &type_dyn;
    }
}

const type *check(checker *c, tree *t)
{
    if (c->nomem) {
        return t->type = &type_error;
    }
    if (!t->type) {
        const type *found = visit(c, t);
        t->type = c->unchecked && found->kind != TYPE_ERROR ? &type_dyn : found;
    }
    return t->type;
}

/* Write the final types: no variables are left. */
static void close(checker *c, tree *t)
{
    t->type = unify_resolve(c, t->type ? t->type : &type_dyn, true);
    for (uint32_t i = 0; i < t->count; i++) {
        close(c, t->children[i]);
    }
}

bool check_tree(checker *c, tree *root, const type *expected)
{
    const type *found = check(c, root);
    if (expected && !c->nomem && !c->unchecked && c->errors == 0) {
        const type *have = unify_follow(c, found);
        bool number = expected->kind == TYPE_DOUBLE && have->kind == TYPE_INT;
        if (!number && !unify_fits(c, expected, found)) {
            check_report(c, root->begin,
                         &(error_spec){.status = POLICY_E_TYPE,
                                       .message = MESSAGE_EXPR_WRONG_TYPE,
                                       .arguments = {check_type_text(c, expected), check_type_text(c, found)}});
        }
        check_enum(c, expected, root);
    }
    if (c->nomem || c->errors) {
        return false;
    }
    close(c, root);
    return !c->nomem;
}
