/*
 * Regular expressions: from the tree to the program.
 *
 * Thompson's construction in one walk: instructions follow each other, and only choices and loops name where to go.
 * x{n,m} is written out, so the instruction limit is what bounds it. An x* whose x can be empty becomes (x+)?, which
 * makes the search find what RE2 finds.
 */
#include "expr/regex_program.h"

typedef struct emitter {
    regex *r;
    size_t capacity, class_capacity;
    size_t max_instructions;
    size_t visits; /* of nodes: groups that emit nothing cost time too */
    bool nomem, over;
} emitter;

static bool failed(const emitter *e)
{
    return e->nomem || e->over;
}

/* Where the instruction was put. */
static uint32_t emit(emitter *e, regex_operation operation, uint32_t x)
{
    regex *r = e->r;
    if (failed(e))
        return 0;
    if (r->count >= e->max_instructions) {
        e->over = true;
        return 0;
    }
    if (r->count == e->capacity) {
        size_t wanted = e->capacity ? e->capacity * 2 : 32;
        regex_instruction *grown =
            arena_resize(&r->memory, r->code, e->capacity * sizeof *grown, wanted * sizeof *grown);
        if (!grown) {
            e->nomem = true;
            return 0;
        }
        r->code = grown;
        e->capacity = wanted;
    }
    r->code[r->count] = (regex_instruction){.operation = operation, .x = x};
    return (uint32_t)r->count++;
}

static uint32_t here(const emitter *e)
{
    return (uint32_t)e->r->count;
}

static uint32_t add_class(emitter *e, const regex_class *set)
{
    regex *r = e->r;
    /* Written-out repeats name the same class many times in a row. */
    for (size_t i = r->class_count; i > 0 && i + 4 > r->class_count; i--)
        if (r->classes[i - 1] == set)
            return (uint32_t)(i - 1);
    if (r->class_count == e->class_capacity) {
        size_t wanted = e->class_capacity ? e->class_capacity * 2 : 8;
        const regex_class **grown =
            arena_resize(&r->memory, (void *)r->classes, e->class_capacity * sizeof *grown, wanted * sizeof *grown);
        if (!grown) {
            e->nomem = true;
            return 0;
        }
        r->classes = grown;
        e->class_capacity = wanted;
    }
    r->classes[r->class_count] = set;
    return (uint32_t)r->class_count++;
}

/* A choice between going on and somewhere else; `lazy` prefers somewhere else. The other place is set later. */
static uint32_t emit_choice(emitter *e)
{
    return emit(e, REGEX_SPLIT, 0);
}

static void set_choice(emitter *e, uint32_t at, uint32_t inside, uint32_t outside, bool lazy)
{
    if (failed(e))
        return;
    e->r->code[at].x = lazy ? outside : inside;
    e->r->code[at].y = lazy ? inside : outside;
}

/* Trees are at most 4 * REGEX_MAX_NESTING high. */
static bool can_be_empty(const regex_node *n)
{
    switch (n->kind) {
    case REGEX_NODE_RUNE:
    case REGEX_NODE_ANY:
    case REGEX_NODE_NOT_NL:
    case REGEX_NODE_CLASS:
        return false;
    case REGEX_NODE_GROUP:
        return can_be_empty(n->first);
    case REGEX_NODE_CONCAT:
        for (const regex_node *i = n->first; i; i = i->next)
            if (!can_be_empty(i))
                return false;
        return true;
    case REGEX_NODE_ALTERNATE:
        for (const regex_node *i = n->first; i; i = i->next)
            if (can_be_empty(i))
                return true;
        return false;
    case REGEX_NODE_REPEAT:
        return n->min == 0 || can_be_empty(n->first);
    default:
        return true;
    }
}

static void emit_node(emitter *e, const regex_node *n);

static void emit_plus(emitter *e, const regex_node *inner, bool lazy)
{
    uint32_t start = here(e);
    emit_node(e, inner);
    if (here(e) == start) /* nothing, any number of times */
        return;
    uint32_t choice = emit_choice(e);
    set_choice(e, choice, start, choice + 1, lazy);
}

static void emit_repeat(emitter *e, const regex_node *n)
{
    for (uint32_t i = 0; i + 1 < n->min && !failed(e); i++) {
        uint32_t start = here(e);
        emit_node(e, n->first);
        if (here(e) == start)
            return;
    }
    if (n->max == UINT32_MAX) {
        if (n->min > 0) {
            emit_plus(e, n->first, n->lazy);
        } else if (can_be_empty(n->first)) {
            uint32_t choice = emit_choice(e);
            emit_plus(e, n->first, n->lazy);
            set_choice(e, choice, choice + 1, here(e), n->lazy);
        } else {
            uint32_t choice = emit_choice(e);
            emit_node(e, n->first);
            emit(e, REGEX_JUMP, choice);
            set_choice(e, choice, choice + 1, here(e), n->lazy);
        }
        return;
    }
    if (n->min > 0)
        emit_node(e, n->first);
    /* x{0,3} is (x(x(x)?)?)?: all choices leave for the same place, so a list of them runs through their y. */
    uint32_t open = UINT32_MAX;
    for (uint32_t i = n->min; i < n->max && !failed(e); i++) {
        uint32_t choice = emit_choice(e);
        if (failed(e))
            return;
        e->r->code[choice].y = open;
        open = choice;
        emit_node(e, n->first);
        if (here(e) == choice + 1)
            break;
    }
    while (open != UINT32_MAX && !failed(e)) {
        uint32_t before = e->r->code[open].y;
        set_choice(e, open, open + 1, here(e), n->lazy);
        open = before;
    }
}

static void emit_alternatives(emitter *e, const regex_node *n)
{
    /* Jumps to the common end are chained through their y until the end is known. */
    uint32_t open = UINT32_MAX;
    for (const regex_node *i = n->first; i && !failed(e); i = i->next) {
        if (!i->next) {
            emit_node(e, i);
            break;
        }
        uint32_t choice = emit_choice(e);
        emit_node(e, i);
        uint32_t jump = emit(e, REGEX_JUMP, 0);
        if (failed(e))
            return;
        e->r->code[jump].y = open;
        open = jump;
        set_choice(e, choice, choice + 1, here(e), false);
    }
    while (open != UINT32_MAX && !failed(e)) {
        uint32_t before = e->r->code[open].y;
        e->r->code[open].x = here(e);
        e->r->code[open].y = 0;
        open = before;
    }
}

static void emit_node(emitter *e, const regex_node *n)
{
    if (++e->visits > 16 * e->max_instructions)
        e->over = true;
    if (failed(e))
        return;
    switch (n->kind) {
    case REGEX_NODE_RUNE:
        emit(e, n->folded ? REGEX_FOLDED : REGEX_RUNE, n->code_point);
        break;
    case REGEX_NODE_ANY:
        emit(e, REGEX_ANY, 0);
        break;
    case REGEX_NODE_NOT_NL:
        emit(e, REGEX_ANY_NOT_NL, 0);
        break;
    case REGEX_NODE_CLASS:
        emit(e, REGEX_CLASS, add_class(e, n->set));
        break;
    case REGEX_NODE_ASSERT:
        emit(e, REGEX_ASSERT, n->assertion);
        break;
    case REGEX_NODE_GROUP:
        if (n->capture)
            emit(e, REGEX_SAVE, 2 * n->capture);
        emit_node(e, n->first);
        if (n->capture)
            emit(e, REGEX_SAVE, 2 * n->capture + 1);
        break;
    case REGEX_NODE_CONCAT:
        for (const regex_node *i = n->first; i; i = i->next)
            emit_node(e, i);
        break;
    case REGEX_NODE_ALTERNATE:
        emit_alternatives(e, n);
        break;
    case REGEX_NODE_REPEAT:
        emit_repeat(e, n);
        break;
    default:
        break;
    }
}

/* What every match begins with, read off the program: `^`, then plain characters up to the first choice. Capture marks
 * on the way do not matter. */
static bool find_prefix(regex *r)
{
    size_t at = 0, size = 0;
    while (r->code[at].operation == REGEX_SAVE)
        at++;
    if (r->code[at].operation == REGEX_ASSERT && r->code[at].x == REGEX_BEGIN_TEXT) {
        r->anchored = true;
        at++;
    }
    size_t from = at;
    for (; r->code[at].operation == REGEX_RUNE || r->code[at].operation == REGEX_SAVE; at++)
        size += r->code[at].operation == REGEX_RUNE ? 4 : 0;
    r->literal = r->code[at].operation == REGEX_MATCH && !r->groups;
    char *bytes = arena_new(&r->memory, size + 1);
    if (!bytes)
        return false;
    r->prefix = (str){bytes, 0};
    for (size_t i = from; i < at; i++) {
        if (r->code[i].operation != REGEX_RUNE)
            continue;
        size_t put = utf8_put(bytes + r->prefix.size, r->code[i].x);
        if (!put) { /* a surrogate half, which no text holds */
            r->literal = false;
            break;
        }
        r->prefix.size += put;
    }
    return true;
}

bool regex_emit(regex *r, const regex_node *tree, size_t max_instructions, bool *nomem)
{
    emitter e = {.r = r, .max_instructions = max_instructions < UINT32_MAX / 4 ? max_instructions : UINT32_MAX / 4};
    emit(&e, REGEX_SAVE, 0);
    emit_node(&e, tree);
    emit(&e, REGEX_SAVE, 1);
    emit(&e, REGEX_MATCH, 0);
    if (!failed(&e) && !find_prefix(r))
        e.nomem = true;
    *nomem = e.nomem;
    return !failed(&e);
}
