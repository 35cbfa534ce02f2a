/*
 * The checker's part on operators, and on values of enums.
 *
 * Numbers compare across int, uint and double, as the language says; arithmetic does not mix them. Comparing an enum
 * with a literal outside its domain is an error, because it could never be true.
 */
#include "expr/check.h"

/* ---- enums ---- */

static str domain_text(checker *c, const type_domain *domain)
{
    buffer b;
    buffer_init(&b, c->allocator, 400);
    for (uint32_t i = 0; i < domain->count; i++) {
        if (i == 12 && domain->count > 14) {
            buffer_put_c(&b, ", ...");
            break;
        }
        buffer_put_c(&b, i ? ", " : "");
        buffer_put(&b, domain->codes[i]);
    }
    str text = arena_text(c->work, buffer_text(&b));
    buffer_free(&b);
    return text.data ? text : STR("...");
}

void check_enum(checker *c, const type *expression, tree *literal)
{
    const type_domain *domain = unify_follow(c, expression)->domain;
    if (!domain || literal->kind != TREE_CONSTANT || literal->constant.kind != VALUE_STRING) {
        return;
    }
    str text = value_text(literal->constant);
    for (uint32_t i = 0; i < domain->count; i++) {
        if (str_equal(domain->codes[i], text)) {
            literal->constant.as.text = domain->codes[i].data;
            literal->constant.interned = 1;
            literal->type = expression;
            return;
        }
    }
    check_report(c, literal->offset,
                 &(error_spec){.status = POLICY_E_NAME,
                               .message = MESSAGE_EXPR_NOT_IN_ENUM,
                               .arguments = {str_slice(c->source->text, literal->offset, literal->until), domain->name,
                                             domain_text(c, domain)},
                               .nearest = str_nearest(text, domain->codes, domain->count)});
}

/* ---- the inferred enum of a ?: ---- */

static bool has_domain(checker *c, const tree *t)
{
    return (t->kind == TREE_CONSTANT && t->constant.kind == VALUE_STRING) || unify_follow(c, t->type)->domain;
}

/* Add one code; false when the same text is there under another pointer, so that pointers would not be unique. */
static bool add_code(str *codes, uint32_t *count, str code)
{
    for (uint32_t i = 0; i < *count; i++) {
        if (str_equal(codes[i], code)) {
            return codes[i].data == code.data;
        }
    }
    codes[(*count)++] = code;
    return true;
}

static bool add_codes(str *codes, uint32_t *count, const type_domain *domain)
{
    for (uint32_t i = 0; domain && i < domain->count; i++) {
        if (!add_code(codes, count, domain->codes[i])) {
            return false;
        }
    }
    return true;
}

/* A literal takes the pointer of the equal code, or becomes a code. */
static bool add_literal(checker *c, str *codes, uint32_t *count, tree *literal)
{
    str text = value_text(literal->constant);
    uint32_t i = 0;
    while (i < *count && !str_equal(codes[i], text)) {
        i++;
    }
    if (i == *count) {
        codes[i] = arena_text(c->keep, text);
        if (!codes[i].data) {
            c->nomem = true;
            return false;
        }
        ++*count;
    }
    literal->constant.as.text = codes[i].data;
    literal->constant.interned = 1;
    return true;
}

static const type *inferred(checker *c, tree *t)
{
    tree *branches[2] = {t->children[1], t->children[2]};
    size_t most = 2;
    const type_domain *domains[2];
    for (int i = 0; i < 2; i++) {
        domains[i] = unify_follow(c, branches[i]->type)->domain;
        most += domains[i] ? domains[i]->count : 0;
    }
    if (domains[0] && domains[0] == domains[1]) {
        return branches[0]->type;
    }
    str *codes = arena_array(c->keep, most, sizeof *codes);
    type_domain *domain = arena_new(c->keep, sizeof *domain);
    if (!codes || !domain) {
        c->nomem = true;
        return &type_error;
    }
    uint32_t count = 0;
    if (!add_codes(codes, &count, domains[0]) || !add_codes(codes, &count, domains[1])) {
        return &type_string;
    }
    for (int i = 0; i < 2; i++) {
        if (!domains[i] && !add_literal(c, codes, &count, branches[i])) {
            return &type_error;
        }
    }
    if (domains[0] && count == domains[0]->count) {
        return branches[0]->type;
    }
    if (domains[1] && count == domains[1]->count) {
        return branches[1]->type;
    }
    str name = c->source->rule.size ? c->source->rule : STR("?:");
    domain->name = arena_text(c->keep, name);
    domain->codes = codes;
    domain->count = count;
    const type *made = domain->name.data ? type_enum(c->keep, domain) : NULL;
    if (!made) {
        c->nomem = true;
        return &type_error;
    }
    for (int i = 0; i < 2; i++) {
        if (!domains[i]) {
            branches[i]->type = made;
        }
    }
    return made;
}

const type *check_branches(checker *c, tree *t)
{
    const type *then = t->children[1]->type, *otherwise = t->children[2]->type;
    if (!c->unchecked && has_domain(c, t->children[1]) && has_domain(c, t->children[2])) {
        return inferred(c, t);
    }
    const type *joined = unify_join(c, then, otherwise);
    if (!joined) {
        return check_report(c, t->offset,
                            &(error_spec){.status = POLICY_E_TYPE,
                                          .message = MESSAGE_EXPR_BRANCHES,
                                          .arguments = {check_type_text(c, then), check_type_text(c, otherwise)}});
    }
    return joined;
}

/* ---- operators ---- */

static const type *no_operator(checker *c, tree *t, const type *left, const type *right)
{
    return check_report(c, t->offset,
                        &(error_spec){.status = POLICY_E_TYPE,
                                      .message = MESSAGE_EXPR_NO_OPERATOR_PAIR,
                                      .arguments = {tree_operator_text((tree_operator)t->operation),
                                                    check_type_text(c, left), check_type_text(c, right)}});
}

static bool comparable(checker *c, const type *left, const type *right)
{
    if (type_is_number(left) && type_is_number(right)) {
        return true;
    }
    size_t mark = unify_mark(c);
    if (unify_fits(c, left, right)) {
        return true;
    }
    unify_undo(c, mark);
    if (unify_fits(c, right, left)) {
        return true;
    }
    unify_undo(c, mark);
    return false;
}

static bool ordered(const type *t)
{
    switch (t->kind) {
    case TYPE_BOOL:
    case TYPE_INT:
    case TYPE_UINT:
    case TYPE_DOUBLE:
    case TYPE_STRING:
    case TYPE_BYTES:
    case TYPE_TIMESTAMP:
    case TYPE_DURATION:
    case TYPE_TIME:
    case TYPE_DATE:
        return true;
    default:
        return type_is_open(t);
    }
}

static void enum_pair(checker *c, tree *t)
{
    check_enum(c, t->children[0]->type, t->children[1]);
    check_enum(c, t->children[1]->type, t->children[0]);
}

static const type *membership(checker *c, tree *t, const type *left, const type *right)
{
    if (type_is_open(right)) {
        return &type_bool;
    }
    if ((right->kind != TYPE_LIST && right->kind != TYPE_MAP) ||
        !comparable(c, left, unify_follow(c, right->parameters[0]))) {
        return no_operator(c, t, left, right);
    }
    tree *of = t->children[1];
    for (uint32_t i = 0; of->kind == TREE_LIST && i < of->count; i++) {
        check_enum(c, left, of->children[i]);
    }
    check_enum(c, right->parameters[0], t->children[0]);
    return &type_bool;
}

/* Arithmetic: operation, left, right, result. Lists are apart. */
static const struct {
    uint8_t operation;
    const type *left, *right, *result;
} arithmetic[] = {
    {OPERATOR_ADD, &type_int, &type_int, &type_int},
    {OPERATOR_ADD, &type_uint, &type_uint, &type_uint},
    {OPERATOR_ADD, &type_double, &type_double, &type_double},
    {OPERATOR_ADD, &type_string, &type_string, &type_string},
    {OPERATOR_ADD, &type_bytes, &type_bytes, &type_bytes},
    {OPERATOR_ADD, &type_time, &type_duration, &type_time},
    {OPERATOR_ADD, &type_duration, &type_time, &type_time},
    {OPERATOR_ADD, &type_duration, &type_duration, &type_duration},
    {OPERATOR_ADD, &type_timestamp, &type_duration, &type_timestamp},
    {OPERATOR_ADD, &type_duration, &type_timestamp, &type_timestamp},
    {OPERATOR_ADD, &type_date, &type_duration, &type_date},
    {OPERATOR_ADD, &type_duration, &type_date, &type_date},
    {OPERATOR_SUBTRACT, &type_int, &type_int, &type_int},
    {OPERATOR_SUBTRACT, &type_uint, &type_uint, &type_uint},
    {OPERATOR_SUBTRACT, &type_double, &type_double, &type_double},
    {OPERATOR_SUBTRACT, &type_time, &type_time, &type_duration},
    {OPERATOR_SUBTRACT, &type_time, &type_duration, &type_time},
    {OPERATOR_SUBTRACT, &type_duration, &type_duration, &type_duration},
    {OPERATOR_SUBTRACT, &type_timestamp, &type_timestamp, &type_duration},
    {OPERATOR_SUBTRACT, &type_timestamp, &type_duration, &type_timestamp},
    {OPERATOR_SUBTRACT, &type_date, &type_date, &type_duration},
    {OPERATOR_SUBTRACT, &type_date, &type_duration, &type_date},
    {OPERATOR_MULTIPLY, &type_int, &type_int, &type_int},
    {OPERATOR_MULTIPLY, &type_uint, &type_uint, &type_uint},
    {OPERATOR_MULTIPLY, &type_double, &type_double, &type_double},
    {OPERATOR_DIVIDE, &type_int, &type_int, &type_int},
    {OPERATOR_DIVIDE, &type_uint, &type_uint, &type_uint},
    {OPERATOR_DIVIDE, &type_double, &type_double, &type_double},
    {OPERATOR_MODULO, &type_int, &type_int, &type_int},
    {OPERATOR_MODULO, &type_uint, &type_uint, &type_uint},
};

/* Exact for known types, so that time - time does not also match duration - duration; open types match anything. */
static bool stands_for(const type *want, const type *have)
{
    return type_is_open(have) || want->kind == have->kind;
}

static const type *calculate(checker *c, tree *t, const type *left, const type *right)
{
    if (t->operation == OPERATOR_ADD && left->kind == TYPE_LIST && right->kind == TYPE_LIST) {
        const type *joined = unify_join(c, left, right);
        return joined ? joined : no_operator(c, t, left, right);
    }
    const type *result = NULL;
    for (size_t i = 0; i < sizeof arithmetic / sizeof *arithmetic; i++) {
        if (arithmetic[i].operation == t->operation && stands_for(arithmetic[i].left, left) &&
            stands_for(arithmetic[i].right, right)) {
            result = !result || result == arithmetic[i].result ? arithmetic[i].result : &type_dyn;
        }
    }
    bool lists = t->operation == OPERATOR_ADD && (left->kind == TYPE_LIST || type_is_open(left)) &&
                 (right->kind == TYPE_LIST || type_is_open(right));
    if (lists) {
        return result ? &type_dyn : left->kind == TYPE_LIST ? left : right;
    }
    return result ? result : no_operator(c, t, left, right);
}

const type *check_binary(checker *c, tree *t)
{
    const type *left = unify_follow(c, check(c, t->children[0]));
    const type *right = unify_follow(c, check(c, t->children[1]));
    if (left->kind == TYPE_ERROR || right->kind == TYPE_ERROR) {
        return t->operation <= OPERATOR_IN ? &type_bool : &type_error;
    }
    switch (t->operation) {
    case OPERATOR_EQUAL:
    case OPERATOR_NOT_EQUAL:
        if (!comparable(c, left, right)) {
            return no_operator(c, t, left, right);
        }
        enum_pair(c, t);
        return &type_bool;
    case OPERATOR_LESS:
    case OPERATOR_LESS_EQUAL:
    case OPERATOR_GREATER:
    case OPERATOR_GREATER_EQUAL:
        if (!ordered(left) || !ordered(right) || !comparable(c, left, right)) {
            return no_operator(c, t, left, right);
        }
        return &type_bool;
    case OPERATOR_IN:
        return membership(c, t, left, right);
    default:
        return calculate(c, t, left, right);
    }
}
