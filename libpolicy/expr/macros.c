/*
 * Macros: calls that the parser turns into nodes of their own.
 *
 * has, all, exists, exists_one, map, filter; their two-variable forms and transformList, transformMap; cel.bind. The
 * loops stay one node each (tree_loop) and are not unfolded into a general fold: the compiler and the tighten gate can
 * then see what they are.
 */
#include "expr/parser.h"

static tree *has(parser *p, const written_call *call)
{
    tree *of = call->arguments[0];
    switch (of->kind) {
    case TREE_SELECT:
    case TREE_INDEX:
        of->flags |= TREE_TEST;
        of->begin = of->from = call->begin;
        of->to = p->taken;
        return of;
    case TREE_NAME:
    case TREE_CALL: {
        tree *n = parser_node(p, TREE_HAS, call->offset, call->until, call->arguments, 1);
        return n;
    }
    default:
        return parser_refuse(p, of->begin, MESSAGE_EXPR_HAS_ARGUMENT, str_none);
    }
}

static bool variable(parser *p, const tree *argument, str *out)
{
    if (argument->kind != TREE_NAME || (argument->flags & TREE_ABSOLUTE)) {
        parser_refuse(p, argument->begin, MESSAGE_EXPR_LOOP_VARIABLE, str_none);
        return false;
    }
    *out = argument->name;
    return true;
}

/* target.name(variables..., [filter,] body). */
static tree *loop(parser *p, const written_call *call, tree_loop kind, size_t variables)
{
    tree **children = arena_array(p->lexer.arena, 3, sizeof *children);
    str names[2] = {str_none, str_none};
    if (!children) {
        p->lexer.why.nomem = true;
        return NULL;
    }
    for (size_t i = 0; i < variables; i++) {
        if (!variable(p, call->arguments[i], &names[i])) {
            return NULL;
        }
    }
    if (variables == 2 && str_equal(names[0], names[1])) {
        return parser_refuse(p, call->arguments[1]->offset, MESSAGE_EXPR_LOOP_TWICE, names[1]);
    }
    bool filtered = call->count == variables + 2;
    children[0] = call->target;
    children[1] = call->arguments[call->count - 1];
    children[2] = filtered ? call->arguments[variables] : NULL;
    tree *n = parser_node(p, TREE_COMPREHENSION, call->offset, call->until, children, filtered ? 3 : 2);
    if (n) {
        n->operation = (uint8_t)kind;
        n->name = call->name;
        n->names[0] = names[0];
        n->names[1] = names[1];
    }
    return n;
}

static tree *bind(parser *p, const written_call *call)
{
    str name;
    if (!variable(p, call->arguments[0], &name)) {
        return NULL;
    }
    tree *n = parser_node(p, TREE_BIND, call->offset, call->until, call->arguments + 1, 2);
    if (n) {
        n->names[0] = name;
        n->begin = n->from = call->begin;
    }
    return n;
}

typedef struct macro {
    str name;
    uint8_t kind; /* tree_loop */
    uint8_t variables;
    uint8_t filtered; /* a filter may come before the body */
} macro;

static const macro macros[] = {
    {STR_INIT("all"), LOOP_ALL, 1, 0},
    {STR_INIT("all"), LOOP_ALL, 2, 0},
    {STR_INIT("exists"), LOOP_EXISTS, 1, 0},
    {STR_INIT("exists"), LOOP_EXISTS, 2, 0},
    {STR_INIT("exists_one"), LOOP_EXISTS_ONE, 1, 0},
    {STR_INIT("existsOne"), LOOP_EXISTS_ONE, 1, 0},
    {STR_INIT("existsOne"), LOOP_EXISTS_ONE, 2, 0},
    {STR_INIT("map"), LOOP_MAP, 1, 1},
    {STR_INIT("filter"), LOOP_FILTER, 1, 0},
    {STR_INIT("transformList"), LOOP_TRANSFORM_LIST, 2, 1},
    {STR_INIT("transformMap"), LOOP_TRANSFORM_MAP, 2, 1},
};

static bool is_named(const tree *t, str name)
{
    return t->kind == TREE_NAME && str_equal(t->name, name);
}

bool macro_expand(parser *p, const written_call *call, tree **out)
{
    if (!call->target) {
        if (!str_equal(call->name, STR("has")) || call->count != 1) {
            return false;
        }
        *out = has(p, call);
        return true;
    }
    if (is_named(call->target, STR("cel")) && str_equal(call->name, STR("bind")) && call->count == 3) {
        *out = bind(p, call);
        return true;
    }
    for (size_t i = 0; i < sizeof macros / sizeof *macros; i++) {
        const macro *m = &macros[i];
        size_t least = m->variables + 1u;
        if (str_equal(m->name, call->name) && (call->count == least || (m->filtered && call->count == least + 1))) {
            *out = loop(p, call, (tree_loop)m->kind, m->variables);
            return true;
        }
    }
    return false;
}
