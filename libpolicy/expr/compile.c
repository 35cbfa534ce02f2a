/*
 * The compiler: a checked tree to register code.
 *
 * Registers are handed out like a stack: `generate(t, d)` leaves the node's value in register d and may use everything
 * above it. Variables of loops and cel.bind stay in a register and are used where they are. As deep as the tree is high.
 */
#include "expr/program.h"

#include "expr/map_value.h"

enum { MOST_REGISTERS = 60000 };

typedef struct compiler {
    expr *x;
    instruction *code;
    uint32_t *offsets;
    size_t size, code_capacity, offset_capacity;
    uint32_t registers;
    uint64_t *slots; /* bitmap of slots read */
    size_t slot_words;
    const tree *part;      /* the tree of a part's own program; NULL */
    bool own;              /* the code of a part in place: nothing in it is shared */
    const tree *probed;    /* the condition whose own code is being made; NULL */
    compile_result result; /* COMPILE_OK until something fails */
    compile_failure *failure;
} compiler;

static void stop(compiler *c, compile_result why)
{
    if (c->result == COMPILE_OK) {
        c->result = why;
    }
}

static size_t emit(compiler *c, const tree *t, instruction in)
{
    const policy_allocator *a = c->x->allocator;
    if (c->result != COMPILE_OK) {
        return 0;
    }
    if (!allocator_grow(a, (void **)&c->code, &c->code_capacity, c->size + 1, sizeof *c->code, UINT32_MAX) ||
        !allocator_grow(a, (void **)&c->offsets, &c->offset_capacity, c->size + 1, sizeof *c->offsets, UINT32_MAX)) {
        stop(c, COMPILE_NOMEM);
        return 0;
    }
    c->code[c->size] = in;
    c->offsets[c->size] = t->offset;
    return c->size++;
}

/* Claim register d. */
static uint16_t need(compiler *c, size_t d)
{
    if (d >= MOST_REGISTERS) {
        stop(c, COMPILE_TOO_LARGE);
        return 0;
    }
    if (d >= c->registers) {
        c->registers = (uint32_t)d + 1;
    }
    return (uint16_t)d;
}

static void aim(compiler *c, size_t at)
{
    if (c->result == COMPILE_OK) {
        c->code[at].as.jump.target = (uint32_t)c->size;
    }
}

static void aim_other(compiler *c, size_t at)
{
    if (c->result == COMPILE_OK) {
        c->code[at].as.jump.other = (uint32_t)c->size;
    }
}

/* A constant where the program can find it. */
static const value *keep(compiler *c, const tree *t)
{
    value *kept = arena_new(&c->x->keep, sizeof *kept);
    if (!kept) {
        stop(c, COMPILE_NOMEM);
        return NULL;
    }
    *kept = t->flags & TREE_BORROWED ? t->constant : value_copy(&c->x->keep, t->constant);
    if (c->x->keep.failed) {
        stop(c, COMPILE_NOMEM);
    }
    return kept;
}

static void read_slot(compiler *c, const env_variable *v)
{
    size_t word = (size_t)v->slot / 64;
    if (v->slot > UINT16_MAX) {
        stop(c, COMPILE_TOO_LARGE);
        return;
    }
    if (word >= c->slot_words) {
        size_t words = c->slot_words * 2 > word + 1 ? c->slot_words * 2 : word + 1;
        uint64_t *slots =
            allocator_resize(c->x->allocator, c->slots, c->slot_words * sizeof *slots, words * sizeof *slots);
        if (!slots) {
            stop(c, COMPILE_NOMEM);
            return;
        }
        memset(slots + c->slot_words, 0, (words - c->slot_words) * sizeof *slots);
        c->slots = slots;
        c->slot_words = words;
    }
    c->slots[word] |= UINT64_C(1) << (v->slot % 64);
    if (v->source >= 0) {
        c->x->sources |= UINT64_C(1) << v->source;
    }
}

static bool is_slot(const tree *t)
{
    return t->kind == TREE_NAME && !tree_is_constant(t) && !t->binder;
}

static void generate(compiler *c, tree *t, size_t d);

/* The register that holds the value: a variable's own, or d after computing it there. */
static uint16_t operand(compiler *c, tree *t, size_t d)
{
    if (t->kind == TREE_NAME && t->binder && !tree_is_constant(t)) {
        return t->binder->registers[t->operation];
    }
    generate(c, t, d);
    return need(c, d);
}

/* ---- comparisons ---- */

static tree_operator mirrored(tree_operator operation)
{
    switch (operation) {
    case OPERATOR_LESS:
        return OPERATOR_GREATER;
    case OPERATOR_LESS_EQUAL:
        return OPERATOR_GREATER_EQUAL;
    case OPERATOR_GREATER:
        return OPERATOR_LESS;
    case OPERATOR_GREATER_EQUAL:
        return OPERATOR_LESS_EQUAL;
    default:
        return operation;
    }
}

/* A field against a constant, in one instruction. The order of opcodes is that of tree_operator. */
static bool slot_comparison(compiler *c, const tree *t, const tree *field, const tree *fixed, tree_operator operation,
                            uint16_t d)
{
    value v = fixed->constant;
    uint16_t slot = (uint16_t)field->variable->slot;
    instruction in = {.d = d, .a = slot};
    if (v.kind == VALUE_STRING && operation <= OPERATOR_NOT_EQUAL) {
        in.op = operation == OPERATOR_EQUAL ? OP_SLOT_EQUAL_TEXT : OP_SLOT_NOT_EQUAL_TEXT;
        in.as.constant = keep(c, fixed);
    } else if (v.kind == VALUE_DOUBLE || (v.kind == VALUE_INT && field->type->kind == TYPE_DOUBLE &&
                                          v.as.i < (INT64_C(1) << 53) && v.as.i > -(INT64_C(1) << 53))) {
        in.op = (uint8_t)(OP_SLOT_EQUAL_DOUBLE + operation);
        in.as.number = v.kind == VALUE_DOUBLE ? v.as.d : (double)v.as.i;
    } else if (v.kind == VALUE_INT || v.kind == VALUE_DATE) {
        in.op = (uint8_t)(OP_SLOT_EQUAL_WHOLE + operation);
        in.kind = v.kind;
        in.as.whole = v.as.i;
    } else {
        return false;
    }
    read_slot(c, field->variable);
    emit(c, t, in);
    return true;
}

static void comparison(compiler *c, tree *t, size_t d)
{
    tree *left = t->children[0], *right = t->children[1];
    tree_operator operation = (tree_operator)t->operation;
    uint16_t to = need(c, d);
    if (is_slot(left) && tree_is_constant(right) && slot_comparison(c, t, left, right, operation, to)) {
        return;
    }
    if (tree_is_constant(left) && is_slot(right) && slot_comparison(c, t, right, left, mirrored(operation), to)) {
        return;
    }
    uint16_t a = operand(c, left, d), b = operand(c, right, d + 1);
    emit(c, t, (instruction){.op = OP_COMPARE, .kind = t->operation, .d = to, .a = a, .b = b});
}

static void membership(compiler *c, tree *t, size_t d)
{
    tree *left = t->children[0], *right = t->children[1];
    uint16_t a = operand(c, left, d);
    if (tree_is_constant(right) && right->constant.kind == VALUE_LIST) {
        const value *list = keep(c, right);
        const value_map *set = list ? map_value_set(&c->x->keep, list->as.list) : NULL;
        if (!set) {
            stop(c, COMPILE_NOMEM);
        }
        emit(c, t, (instruction){.op = OP_IN_SET, .d = need(c, d), .a = a, .as.set = set});
        return;
    }
    uint16_t b = operand(c, right, d + 1);
    emit(c, t, (instruction){.op = OP_IN, .d = need(c, d), .a = a, .b = b});
}

/* As the parser nests it: ((a + b) + c). */
bool compile_is_link(const tree *t)
{
    return t->kind == TREE_BINARY && t->operation == OPERATOR_ADD && !tree_is_constant(t) &&
           (t->type->kind == TYPE_STRING || t->type->kind == TYPE_LIST || t->type->kind == TYPE_BYTES);
}

/* Operands from left to right, into d, d+1 ...; how many. */
static size_t operands(compiler *c, tree *t, size_t d)
{
    size_t count = 1;
    if (compile_is_link(t->children[0])) {
        count = operands(c, t->children[0], d);
    } else {
        generate(c, t->children[0], d);
    }
    generate(c, t->children[1], d + count);
    return count + 1;
}

static void join(compiler *c, tree *t, size_t d)
{
    size_t count = operands(c, t, d);
    emit(c, t, (instruction){.op = OP_JOIN, .d = need(c, d), .as.whole = (int64_t)count});
}

static void binary(compiler *c, tree *t, size_t d)
{
    static const uint8_t own[] = {[OPERATOR_ADD] = OP_ADD,
                                  [OPERATOR_SUBTRACT] = OP_SUBTRACT,
                                  [OPERATOR_MULTIPLY] = OP_MULTIPLY,
                                  [OPERATOR_DIVIDE] = OP_ARITHMETIC,
                                  [OPERATOR_MODULO] = OP_ARITHMETIC};
    if (t->operation < OPERATOR_IN) {
        comparison(c, t, d);
        return;
    }
    if (t->operation == OPERATOR_IN) {
        membership(c, t, d);
        return;
    }
    if (compile_is_link(t)) {
        join(c, t, d);
        return;
    }
    uint16_t a = operand(c, t->children[0], d), b = operand(c, t->children[1], d + 1);
    emit(c, t, (instruction){.op = own[t->operation], .kind = t->operation, .d = need(c, d), .a = a, .b = b});
}

/* ---- logic ---- */

/* Does nothing for the result: true in &&, false in ||. */
static bool is_neutral(const tree *t, const tree *operand_tree)
{
    return tree_is_constant(operand_tree) && operand_tree->constant.kind == VALUE_BOOL &&
           operand_tree->constant.as.b == (t->kind == TREE_AND);
}

/* The jumps out of a chain are strung together through their targets until the end is known. */
static void logical(compiler *c, tree *t, size_t d)
{
    uint8_t first = t->kind == TREE_AND ? OP_AND_FIRST : OP_OR_FIRST;
    size_t last = SIZE_MAX;
    for (uint32_t i = 0; i < t->count && c->result == COMPILE_OK; i++) {
        tree *child = t->children[i];
        if (is_neutral(t, child)) {
            continue;
        }
        instruction in = {.op = first, .d = need(c, d)};
        if (last == SIZE_MAX) {
            generate(c, child, d);
        } else {
            in.op = (uint8_t)(first + 1);
            in.a = operand(c, child, d + 1);
        }
        in.as.jump.target = (uint32_t)last;
        last = emit(c, child, in);
    }
    if (last == SIZE_MAX) { /* all neutral, but not folded: cannot be, yet harmless */
        tree neutral = *t;
        neutral.flags |= TREE_BORROWED;
        neutral.constant = value_bool(t->kind == TREE_AND);
        emit(c, t, (instruction){.op = OP_CONSTANT, .d = need(c, d), .as.constant = keep(c, &neutral)});
        return;
    }
    while (c->result == COMPILE_OK && last != UINT32_MAX && last != SIZE_MAX) {
        size_t before = c->code[last].as.jump.target;
        c->code[last].as.jump.target = (uint32_t)c->size;
        last = before;
    }
}

static void conditional(compiler *c, tree *t, size_t d)
{
    tree *condition = t->children[0];
    if (tree_is_constant(condition) && condition->constant.kind == VALUE_BOOL) {
        generate(c, t->children[condition->constant.as.b ? 1 : 2], d);
        return;
    }
    generate(c, condition, d);
    uint16_t to = need(c, d);
    size_t branch = emit(c, condition, (instruction){.op = OP_BRANCH, .d = to});
    uint16_t a = operand(c, t->children[1], d + 1);
    size_t then = emit(c, t, (instruction){.op = OP_THEN, .d = to, .a = a});
    aim(c, branch);
    a = operand(c, t->children[2], d + 1);
    emit(c, t, (instruction){.op = OP_ELSE, .d = to, .a = a});
    aim(c, then);
    aim_other(c, branch);
}

/* ---- fields, indexes, has ---- */

static void has(compiler *c, tree *t, size_t d)
{
    uint16_t a = operand(c, t->children[0], d);
    emit(c, t, (instruction){.op = OP_HAS, .d = need(c, d), .a = a});
}

static void select(compiler *c, tree *t, size_t d)
{
    tree key = *t;
    key.flags = 0;
    key.constant = value_string(t->name);
    uint16_t a = operand(c, t->children[0], d);
    emit(c, t,
         (instruction){.op = t->flags & TREE_TEST ? OP_SELECT_TEST : OP_SELECT,
                       .d = need(c, d),
                       .a = a,
                       .as.constant = keep(c, &key)});
}

static void indexed(compiler *c, tree *t, size_t d)
{
    uint16_t a = operand(c, t->children[0], d), b = operand(c, t->children[1], d + 1);
    emit(c, t, (instruction){.op = t->flags & TREE_TEST ? OP_INDEX_TEST : OP_INDEX, .d = need(c, d), .a = a, .b = b});
}

/* ---- calls ---- */

static const tree_candidate *keep_candidates(compiler *c, const tree *t)
{
    tree_candidate *kept = arena_array(&c->x->keep, t->candidate_count, sizeof *kept);
    if (!kept) {
        stop(c, COMPILE_NOMEM);
        return NULL;
    }
    memcpy(kept, t->candidates, t->candidate_count * sizeof *kept);
    for (uint32_t i = 0; i < t->candidate_count; i++) {
        if (kept[i].own && kept[i].own->source >= 0) {
            c->x->sources |= UINT64_C(1) << kept[i].own->source;
        }
    }
    return kept;
}

static void prepare(compiler *c, const tree *t, call_site *site)
{
    for (uint32_t i = 0; i < t->count && !(t->flags & TREE_DYNAMIC); i++) {
        if (tree_is_constant(t->children[i]) &&
            !call_prepare(c->x, site, i, t->children[i]->constant, &c->failure->why)) {
            c->failure->offset = t->children[i]->begin;
            stop(c, c->failure->why.nomem ? COMPILE_NOMEM : COMPILE_REFUSED);
            return;
        }
    }
}

static void call(compiler *c, tree *t, size_t d)
{
    for (uint32_t i = 0; i < t->count; i++) {
        generate(c, t->children[i], d + i);
    }
    call_site *site = arena_new(&c->x->keep, sizeof *site);
    str name = arena_text(&c->x->keep, t->name);
    if (!site || !name.data) {
        stop(c, COMPILE_NOMEM);
        return;
    }
    site->candidates = keep_candidates(c, t);
    site->candidate_count = t->candidate_count;
    site->count = t->count;
    site->name = name;
    if (c->result == COMPILE_OK) {
        prepare(c, t, site);
    }
    uint16_t to = need(c, d);
    emit(c, t,
         (instruction){.op = t->flags & TREE_DYNAMIC ? OP_CALL_DYNAMIC : OP_CALL, .d = to, .a = to, .as.call = site});
}

/* ---- lists, maps, loops ---- */

static void list(compiler *c, tree *t, size_t d)
{
    uint16_t to = need(c, d);
    emit(c, t, (instruction){.op = OP_LIST, .d = to, .as.whole = t->count});
    for (uint32_t i = 0; i < t->count; i++) {
        uint16_t a = operand(c, t->children[i], d + 1);
        emit(c, t->children[i], (instruction){.op = OP_PUT, .d = to, .a = a, .as.whole = i});
    }
}

static void map_of(compiler *c, tree *t, size_t d)
{
    uint16_t to = need(c, d);
    emit(c, t, (instruction){.op = OP_MAP, .d = to, .as.whole = t->count / 2});
    for (uint32_t i = 0; i + 1 < t->count; i += 2) {
        uint16_t a = operand(c, t->children[i], d + 1), b = operand(c, t->children[i + 1], d + 2);
        emit(c, t->children[i], (instruction){.op = OP_PUT_ENTRY, .d = to, .a = a, .b = b, .as.whole = i / 2});
    }
    emit(c, t, (instruction){.op = OP_MAP_DONE, .d = to});
}

static void loop(compiler *c, tree *t, size_t d)
{
    uint16_t to = need(c, d);
    generate(c, t->children[0], d + LOOP_RANGE);
    need(c, d + LOOP_BODY);
    t->registers[0] = (uint16_t)(d + LOOP_FIRST);
    t->registers[1] = (uint16_t)(d + LOOP_SECOND);
    size_t start = emit(c, t, (instruction){.op = OP_LOOP, .kind = t->operation, .d = to});
    size_t next = emit(c, t, (instruction){.op = OP_NEXT, .kind = t->names[1].data != NULL, .d = to});
    if (t->count == 3) {
        uint16_t a = operand(c, t->children[2], d + LOOP_BODY);
        emit(c, t->children[2], (instruction){.op = OP_FILTERED, .d = to, .a = a, .as.jump.target = (uint32_t)next});
    }
    uint16_t a = operand(c, t->children[1], d + LOOP_BODY);
    size_t collect =
        emit(c, t->children[1],
             (instruction){.op = OP_COLLECT, .kind = t->operation, .d = to, .a = a, .as.jump.target = (uint32_t)next});
    aim(c, next);
    emit(c, t, (instruction){.op = OP_DONE, .kind = t->operation, .d = to});
    aim(c, start);
    aim_other(c, collect);
}

static void bind(compiler *c, tree *t, size_t d)
{
    uint16_t to = need(c, d);
    generate(c, t->children[0], d);
    t->registers[0] = to;
    uint16_t a = operand(c, t->children[1], d + 1);
    emit(c, t, (instruction){.op = OP_MOVE, .d = to, .a = a});
}

static void name(compiler *c, tree *t, size_t d)
{
    if (t->binder) {
        emit(c, t, (instruction){.op = OP_MOVE, .d = need(c, d), .a = t->binder->registers[t->operation]});
        return;
    }
    read_slot(c, t->variable);
    emit(c, t, (instruction){.op = OP_SLOT, .d = need(c, d), .a = (uint16_t)t->variable->slot});
}

/* The value in its slot, and the code of its own for when that is an error: an error names the place where it arose, in
 * the text of whoever asks. */
static void shared(compiler *c, tree *t, size_t d)
{
    size_t read = emit(c, t, (instruction){.op = OP_PART, .d = need(c, d), .a = (uint16_t)t->part});
    c->own = true;
    generate(c, t, d);
    c->own = false;
    aim(c, read);
}

static bool is_condition(const tree *t)
{
    switch (t->kind) {
    case TREE_NOT:
    case TREE_AND:
    case TREE_OR:
    case TREE_CONDITIONAL:
    case TREE_BIND:
    case TREE_FAIL:
        return false;
    default:
        return t->type->kind == TYPE_BOOL && !tree_is_constant(t);
    }
}

static void watch(compiler *c, tree *t, size_t d)
{
    expr_probe *probe = arena_new(&c->x->keep, sizeof *probe);
    if (!probe) {
        stop(c, COMPILE_NOMEM);
        return;
    }
    *probe = (expr_probe){.from = t->from, .to = t->to};
    expr_probe **link = c->x->last_probe ? &c->x->last_probe->next : &c->x->probes;
    *link = c->x->last_probe = probe;
    c->probed = t;
    generate(c, t, d);
    emit(c, t, (instruction){.op = OP_PROBE, .d = need(c, d), .as.probe = probe});
}

static void generate(compiler *c, tree *t, size_t d)
{
    if (c->result != COMPILE_OK) {
        return;
    }
    if (c->x->probing && c->probed != t && is_condition(t)) {
        watch(c, t, d);
        return;
    }
    if (t->part && !c->own && t != c->part) {
        shared(c, t, d);
        return;
    }
    if (tree_is_constant(t) || t->kind == TREE_FAIL) {
        emit(c, t, (instruction){.op = OP_CONSTANT, .d = need(c, d), .as.constant = keep(c, t)});
        return;
    }
    switch (t->kind) {
    case TREE_NAME:
        name(c, t, d);
        return;
    case TREE_SELECT:
        select(c, t, d);
        return;
    case TREE_INDEX:
        indexed(c, t, d);
        return;
    case TREE_HAS:
        has(c, t, d);
        return;
    case TREE_NOT:
    case TREE_NEGATE: {
        uint16_t a = operand(c, t->children[0], d);
        emit(c, t, (instruction){.op = t->kind == TREE_NOT ? OP_NOT : OP_NEGATE, .d = need(c, d), .a = a});
        return;
    }
    case TREE_AND:
    case TREE_OR:
        logical(c, t, d);
        return;
    case TREE_CONDITIONAL:
        conditional(c, t, d);
        return;
    case TREE_BINARY:
        binary(c, t, d);
        return;
    case TREE_CALL:
        call(c, t, d);
        return;
    case TREE_LIST:
        list(c, t, d);
        return;
    case TREE_MAP:
        map_of(c, t, d);
        return;
    case TREE_COMPREHENSION:
        loop(c, t, d);
        return;
    default:
        bind(c, t, d);
        return;
    }
}

/* ---- the program ---- */

static void keep_slots(compiler *c)
{
    size_t count = 0;
    for (size_t slot = 0; slot < c->slot_words * 64; slot++) {
        count += c->slots[slot / 64] >> (slot % 64) & 1;
    }
    int *slots = arena_array(&c->x->keep, count ? count : 1, sizeof *slots);
    if (!slots) {
        stop(c, COMPILE_NOMEM);
        return;
    }
    c->x->slots = slots;
    for (size_t slot = 0; slot < c->slot_words * 64; slot++) {
        if (c->slots[slot / 64] >> (slot % 64) & 1) {
            slots[c->x->slot_count++] = (int)slot;
        }
    }
}

static void keep_code(compiler *c)
{
    instruction *code = arena_array(&c->x->keep, c->size, sizeof *code);
    uint32_t *offsets = arena_array(&c->x->keep, c->size, sizeof *offsets);
    if (!code || !offsets) {
        stop(c, COMPILE_NOMEM);
        return;
    }
    memcpy(code, c->code, c->size * sizeof *code);
    memcpy(offsets, c->offsets, c->size * sizeof *offsets);
    c->x->code = code;
    c->x->offsets = offsets;
    c->x->size = c->size;
    c->x->registers = c->registers;
}

compile_result compile_tree(expr *x, tree *root, compile_failure *failure)
{
    compiler c = {.x = x, .part = x->is_part ? root : NULL, .failure = failure};
    bool watched = x->probing && root->type->kind == TYPE_BOOL; /* a shortcut past the probe */
    x->single_slot = is_slot(root) && !watched ? root->variable->slot : -1;
    x->keeps_none = root->kind == TREE_NAME || root->kind == TREE_CALL;
    generate(&c, root, 0);
    emit(&c, root, (instruction){.op = OP_END});
    if (c.result == COMPILE_OK) {
        keep_slots(&c);
    }
    if (c.result == COMPILE_OK) {
        keep_code(&c);
    }
    allocator_free(x->allocator, c.code);
    allocator_free(x->allocator, c.offsets);
    allocator_free(x->allocator, c.slots);
    return c.result;
}

void compile_release(expr *x)
{
    for (call_site *site = x->prepared; site; site = site->next) {
        site->prepare->release(site->prepared);
    }
    x->prepared = NULL;
}
