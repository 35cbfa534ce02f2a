/*
 * The parser: tokens to a tree, by precedence climbing.
 *
 * Depth is counted twice: `depth` bounds the parser's own recursion (parentheses make no nodes), and the height of every
 * node is bounded too, which is what lets the checker and the compiler recurse. Chains of && and || become one wide
 * node, so a rule may have as many conditions as it likes.
 */
#include "expr/parser.h"

tree *parser_refuse(parser *p, uint32_t offset, message_id message, str argument)
{
    parse_failure *why = &p->lexer.why;
    if (!why->nomem && why->message == 0) {
        why->message = message;
        why->arguments[0] = argument;
        why->offset = offset;
    }
    return NULL;
}

static tree *no_memory(parser *p)
{
    p->lexer.why.nomem = true;
    return NULL;
}

static void advance(parser *p)
{
    p->taken = p->token.until;
    p->token = lexer_next(&p->lexer);
}

static tree *too_deep(parser *p, uint32_t offset)
{
    return parser_refuse(p, offset, MESSAGE_EXPR_TOO_DEEP, str_none);
}

tree *parser_node(parser *p, tree_kind kind, uint32_t offset, uint32_t until, tree **children, size_t count)
{
    size_t height = 1;
    uint32_t begin = offset;
    uint32_t from = offset;
    for (size_t i = 0; i < count; i++) {
        height = children[i]->height >= height ? children[i]->height + 1u : height;
        begin = children[i]->begin < begin ? children[i]->begin : begin;
        from = children[i]->from < from ? children[i]->from : from;
    }
    if (height > p->options->max_depth || height > UINT16_MAX) {
        return too_deep(p, offset);
    }
    tree *t = arena_new(p->lexer.arena, sizeof *t);
    if (!t) {
        return no_memory(p);
    }
    t->kind = (uint8_t)kind;
    t->height = (uint16_t)height;
    t->offset = offset;
    t->until = until;
    t->begin = begin;
    t->from = from;
    t->to = p->taken;
    t->children = children;
    t->count = (uint32_t)count;
    return t;
}

static tree **pair(parser *p, tree *a, tree *b, tree *c)
{
    tree **children = arena_array(p->lexer.arena, 3, sizeof *children);
    if (!children) {
        no_memory(p);
        return NULL;
    }
    children[0] = a;
    children[1] = b;
    children[2] = c;
    return children;
}

/* Children in the making. */
typedef struct nodes {
    tree **items;
    size_t count, capacity;
} nodes;

static bool add(parser *p, nodes *list, tree *item)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 4;
        tree **items =
            arena_resize(p->lexer.arena, list->items, list->capacity * sizeof *items, capacity * sizeof *items);
        if (!items) {
            no_memory(p);
            return false;
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
    return true;
}

/* ---- what was expected ---- */

static str token_source(const parser *p)
{
    if (p->token.kind == TOKEN_END) {
        return str_none;
    }
    return str_slice(p->lexer.text, p->token.offset, p->token.until);
}

static tree *unexpected(parser *p)
{
    if (p->token.kind == TOKEN_FAILED) {
        return NULL; /* the lexer has said it */
    }
    if (p->token.kind == TOKEN_END) {
        return parser_refuse(p, p->token.offset, MESSAGE_EXPR_UNEXPECTED_END, str_none);
    }
    return parser_refuse(p, p->token.offset, MESSAGE_EXPR_UNEXPECTED, token_source(p));
}

static bool expect(parser *p, token_kind kind, str text)
{
    if (p->token.kind == kind) {
        advance(p);
        return true;
    }
    if (p->token.kind != TOKEN_FAILED) {
        parse_failure *why = &p->lexer.why;
        bool first = !why->nomem && why->message == 0;
        parser_refuse(p, p->token.offset,
                      p->token.kind == TOKEN_END ? MESSAGE_EXPR_EXPECTED_AT_END : MESSAGE_EXPR_EXPECTED, text);
        if (first) {
            why->arguments[1] = token_source(p);
        }
    }
    return false;
}

/* ---- literals ---- */

static tree *constant(parser *p, const token *t, value v)
{
    tree *n = parser_node(p, TREE_CONSTANT, t->offset, t->until, NULL, 0);
    if (n) {
        n->constant = v;
    }
    return n;
}

/* An int or double literal, with the minus before it if there is one: -9223372036854775808 is a number. */
static tree *number(parser *p, const token *minus)
{
    token t = p->token;
    if (minus) {
        t.offset = minus->offset;
    }
    value v;
    if (t.kind == TOKEN_DOUBLE) {
        v = value_double(minus ? -t.number : t.number);
    } else {
        uint64_t limit = (uint64_t)INT64_MAX + (minus != NULL);
        if (t.whole > limit) {
            return parser_refuse(p, t.offset, MESSAGE_EXPR_NUMBER_RANGE, str_none);
        }
        v = value_int(minus ? (int64_t)(0 - t.whole) : (int64_t)t.whole);
    }
    advance(p);
    return constant(p, &t, v);
}

static tree *text_literal(parser *p)
{
    token t = p->token;
    value v = value_string(t.text);
    v.kind = t.kind == TOKEN_BYTES ? VALUE_BYTES : VALUE_STRING;
    advance(p);
    return constant(p, &t, v);
}

static tree *word_literal(parser *p, value v)
{
    token t = p->token;
    advance(p);
    return constant(p, &t, v);
}

/* ---- primaries ---- */

static tree *expression(parser *p);

/* Items up to the closing mark, which is taken; a comma may follow the last one where `trailing`. */
static bool items(parser *p, token_kind close, str close_text, bool trailing, nodes *list)
{
    if (p->token.kind == close) {
        advance(p);
        return true;
    }
    for (;;) {
        tree *item = expression(p);
        if (!item || !add(p, list, item)) {
            return false;
        }
        if (p->token.kind == TOKEN_COMMA) {
            advance(p);
            if (trailing && p->token.kind == close) {
                advance(p);
                return true;
            }
            continue;
        }
        return expect(p, close, close_text);
    }
}

static tree *list_literal(parser *p)
{
    token open = p->token;
    nodes list = {0};
    advance(p);
    if (!items(p, TOKEN_CLOSE_BRACKET, STR("]"), true, &list)) {
        return NULL;
    }
    return parser_node(p, TREE_LIST, open.offset, open.until, list.items, list.count);
}

static tree *map_literal(parser *p)
{
    token open = p->token;
    nodes list = {0};
    advance(p);
    while (p->token.kind != TOKEN_CLOSE_BRACE) {
        tree *key = expression(p);
        if (!key || !add(p, &list, key) || !expect(p, TOKEN_COLON, STR(":"))) {
            return NULL;
        }
        tree *held = expression(p);
        if (!held || !add(p, &list, held)) {
            return NULL;
        }
        if (p->token.kind != TOKEN_COMMA) {
            break;
        }
        advance(p);
    }
    if (!expect(p, TOKEN_CLOSE_BRACE, STR("}"))) {
        return NULL;
    }
    return parser_node(p, TREE_MAP, open.offset, open.until, list.items, list.count);
}

/* name(...) and target.name(...), the name taken already and the next token an opening parenthesis. */
static tree *call(parser *p, tree *target, const token *name, uint32_t begin)
{
    nodes list = {0};
    if (target && !add(p, &list, target)) {
        return NULL;
    }
    advance(p);
    if (!items(p, TOKEN_CLOSE, STR(")"), false, &list)) {
        return NULL;
    }
    size_t own = target != NULL;
    if (!p->options->no_macros && name->kind == TOKEN_NAME) {
        written_call written = {target,          name->text, name->offset,
                                name->until,     begin,      list.count > own ? &list.items[own] : NULL,
                                list.count - own};
        tree *expanded = NULL;
        if (macro_expand(p, &written, &expanded)) {
            return expanded;
        }
    }
    tree *n = parser_node(p, TREE_CALL, name->offset, name->until, list.items, list.count);
    if (n) {
        n->name = name->text;
        n->flags = target ? TREE_MEMBER : 0;
        n->begin = begin < n->begin ? begin : n->begin;
        n->from = begin < n->from ? begin : n->from;
    }
    return n;
}

/* A name that stands alone, or calls a function; `.name` is looked up from the outermost namespace. */
static tree *name_or_call(parser *p)
{
    uint32_t begin = p->token.offset;
    bool absolute = p->token.kind == TOKEN_DOT;
    if (absolute) {
        advance(p);
        if (p->token.kind != TOKEN_NAME) {
            return unexpected(p);
        }
    }
    token name = p->token;
    if (lexer_reserved(name.text)) {
        return parser_refuse(p, name.offset, MESSAGE_EXPR_RESERVED, name.text);
    }
    advance(p);
    tree *n;
    if (p->token.kind == TOKEN_OPEN) {
        n = call(p, NULL, &name, begin);
        if (n && n->kind != TREE_CALL) {
            return n; /* a macro; there are no macros with a dot before them, but it does no harm */
        }
    } else {
        n = parser_node(p, TREE_NAME, name.offset, name.until, NULL, 0);
        if (n) {
            n->name = name.text;
            n->begin = n->from = begin;
        }
    }
    if (n && absolute) {
        n->flags |= TREE_ABSOLUTE;
    }
    return n;
}

static tree *parenthesised(parser *p)
{
    uint32_t open = p->token.offset;
    advance(p);
    tree *inner = expression(p);
    if (!inner || !expect(p, TOKEN_CLOSE, STR(")"))) {
        return NULL;
    }
    inner->from = open;
    inner->to = p->taken;
    return inner;
}

static tree *primary(parser *p)
{
    switch (p->token.kind) {
    case TOKEN_NAME:
    case TOKEN_DOT:
        return name_or_call(p);
    case TOKEN_INT:
    case TOKEN_DOUBLE:
        return number(p, NULL);
    case TOKEN_UINT:
        return word_literal(p, value_uint(p->token.whole));
    case TOKEN_STRING:
    case TOKEN_BYTES:
        return text_literal(p);
    case TOKEN_TRUE:
        return word_literal(p, value_bool(true));
    case TOKEN_FALSE:
        return word_literal(p, value_bool(false));
    case TOKEN_NULL:
        return word_literal(p, value_null());
    case TOKEN_OPEN:
        return parenthesised(p);
    case TOKEN_OPEN_BRACKET:
        return list_literal(p);
    case TOKEN_OPEN_BRACE:
        return map_literal(p);
    default:
        return unexpected(p);
    }
}

/* ---- what follows a primary ---- */

static tree *member(parser *p, tree *target)
{
    advance(p); /* the dot */
    token name = p->token;
    if (name.kind != TOKEN_NAME && name.kind != TOKEN_QUOTED_NAME) {
        return unexpected(p);
    }
    advance(p);
    if (p->token.kind == TOKEN_OPEN) {
        return call(p, target, &name, target->begin);
    }
    tree **children = pair(p, target, NULL, NULL);
    tree *n = children ? parser_node(p, TREE_SELECT, name.offset, name.until, children, 1) : NULL;
    if (n) {
        n->name = name.text;
    }
    return n;
}

static tree *indexed(parser *p, tree *target)
{
    token open = p->token;
    advance(p);
    tree *index = expression(p);
    if (!index || !expect(p, TOKEN_CLOSE_BRACKET, STR("]"))) {
        return NULL;
    }
    tree **children = pair(p, target, index, NULL);
    return children ? parser_node(p, TREE_INDEX, open.offset, open.until, children, 2) : NULL;
}

static tree *postfix(parser *p, tree *n)
{
    while (n) {
        if (p->token.kind == TOKEN_DOT) {
            n = member(p, n);
        } else if (p->token.kind == TOKEN_OPEN_BRACKET) {
            n = indexed(p, n);
        } else if (p->token.kind == TOKEN_OPEN_BRACE && (n->kind == TREE_NAME || n->kind == TREE_SELECT)) {
            return parser_refuse(p, p->token.offset, MESSAGE_EXPR_NO_MESSAGES, str_none);
        } else {
            return n;
        }
    }
    return NULL;
}

static tree *unary(parser *p)
{
    token mark = p->token;
    if (mark.kind != TOKEN_NOT && mark.kind != TOKEN_MINUS) {
        return postfix(p, primary(p));
    }
    advance(p);
    if (mark.kind == TOKEN_MINUS && (p->token.kind == TOKEN_INT || p->token.kind == TOKEN_DOUBLE)) {
        return postfix(p, number(p, &mark));
    }
    if (++p->depth > p->options->max_depth) {
        return too_deep(p, mark.offset);
    }
    tree *operand = unary(p);
    p->depth--;
    tree **children = operand ? pair(p, operand, NULL, NULL) : NULL;
    return children
               ? parser_node(p, mark.kind == TOKEN_NOT ? TREE_NOT : TREE_NEGATE, mark.offset, mark.until, children, 1)
               : NULL;
}

/* ---- binary operators ---- */

enum { BIND_OR = 1, BIND_AND, BIND_RELATION, BIND_SUM, BIND_PRODUCT };

static int binding(token_kind kind, tree_operator *operation)
{
    switch (kind) {
    case TOKEN_OR:
        return BIND_OR;
    case TOKEN_AND:
        return BIND_AND;
    case TOKEN_EQUAL:
        *operation = OPERATOR_EQUAL;
        return BIND_RELATION;
    case TOKEN_NOT_EQUAL:
        *operation = OPERATOR_NOT_EQUAL;
        return BIND_RELATION;
    case TOKEN_LESS:
        *operation = OPERATOR_LESS;
        return BIND_RELATION;
    case TOKEN_LESS_EQUAL:
        *operation = OPERATOR_LESS_EQUAL;
        return BIND_RELATION;
    case TOKEN_GREATER:
        *operation = OPERATOR_GREATER;
        return BIND_RELATION;
    case TOKEN_GREATER_EQUAL:
        *operation = OPERATOR_GREATER_EQUAL;
        return BIND_RELATION;
    case TOKEN_IN:
        *operation = OPERATOR_IN;
        return BIND_RELATION;
    case TOKEN_PLUS:
        *operation = OPERATOR_ADD;
        return BIND_SUM;
    case TOKEN_MINUS:
        *operation = OPERATOR_SUBTRACT;
        return BIND_SUM;
    case TOKEN_STAR:
        *operation = OPERATOR_MULTIPLY;
        return BIND_PRODUCT;
    case TOKEN_SLASH:
        *operation = OPERATOR_DIVIDE;
        return BIND_PRODUCT;
    case TOKEN_PERCENT:
        *operation = OPERATOR_MODULO;
        return BIND_PRODUCT;
    default:
        return 0;
    }
}

static tree *binary(parser *p, int least);

/* first && second && ...: `first` is parsed, the next token is the operator. */
static tree *chain(parser *p, tree *first, token_kind mark, int strength)
{
    token mark_token = p->token;
    nodes list = {0};
    if (!add(p, &list, first)) {
        return NULL;
    }
    while (p->token.kind == mark) {
        advance(p);
        tree *next = binary(p, strength + 1);
        if (!next || !add(p, &list, next)) {
            return NULL;
        }
    }
    return parser_node(p, mark == TOKEN_AND ? TREE_AND : TREE_OR, mark_token.offset, mark_token.until, list.items,
                       list.count);
}

/* Operators that bind at least as strongly as `least`; at most one frame for each of the five strengths. */
static tree *binary(parser *p, int least)
{
    tree *left = unary(p);
    while (left) {
        token mark = p->token;
        tree_operator operation = OPERATOR_EQUAL;
        int strength = binding(mark.kind, &operation);
        if (strength == 0 || strength < least) {
            break;
        }
        if (strength <= BIND_AND) {
            left = chain(p, left, mark.kind, strength);
            continue;
        }
        advance(p);
        tree *right = binary(p, strength + 1);
        tree **children = right ? pair(p, left, right, NULL) : NULL;
        left = children ? parser_node(p, TREE_BINARY, mark.offset, mark.until, children, 2) : NULL;
        if (left) {
            left->operation = (uint8_t)operation;
        }
    }
    return left;
}

static tree *conditional(parser *p)
{
    tree *condition = binary(p, BIND_OR);
    if (!condition || p->token.kind != TOKEN_QUESTION) {
        return condition;
    }
    token mark = p->token;
    advance(p);
    tree *then = binary(p, BIND_OR);
    if (!then || !expect(p, TOKEN_COLON, STR(":"))) {
        return NULL;
    }
    tree *otherwise = expression(p);
    tree **children = otherwise ? pair(p, condition, then, otherwise) : NULL;
    return children ? parser_node(p, TREE_CONDITIONAL, mark.offset, mark.until, children, 3) : NULL;
}

static tree *expression(parser *p)
{
    if (++p->depth > p->options->max_depth) {
        return too_deep(p, p->token.offset);
    }
    tree *t = conditional(p);
    p->depth--;
    return t;
}

tree *tree_parse(arena *a, str text, const parse_options *options, parse_failure *why)
{
    parser p = {.lexer = {.arena = a, .text = text}, .options = options};
    size_t bad;
    tree *root = NULL;
    if (text.size > options->max_bytes || text.size >= UINT32_MAX / 2) {
        parser_refuse(&p, 0, MESSAGE_EXPR_TOO_LONG, str_none);
    } else if (!utf8_valid(text, &bad)) {
        parser_refuse(&p, (uint32_t)bad, MESSAGE_EXPR_NOT_UTF8, str_none);
    } else {
        advance(&p);
        root = expression(&p);
        if (root && p.token.kind != TOKEN_END) {
            root = unexpected(&p);
        }
    }
    *why = p.lexer.why;
    return root;
}

str tree_operator_text(tree_operator operation)
{
    static const str texts[] = {STR_INIT("=="), STR_INIT("!="), STR_INIT("<"),  STR_INIT("<="),
                                STR_INIT(">"),  STR_INIT(">="), STR_INIT("in"), STR_INIT("+"),
                                STR_INIT("-"),  STR_INIT("*"),  STR_INIT("/"),  STR_INIT("%")};
    return texts[operation];
}
