/*
 * What makes a condition false at one look: parts of a conjunction that compare one variable with a constant.
 *
 * `false && x` is false whatever x is, unknown or an error included. So where a part such as grade <= 2 or form == 'written'
 * is surely false, the program need not run. Most conditions of most rules are settled so. What is missing, pending or of
 * another kind than the constant decides nothing here.
 */
#include "expr/program.h"

struct refutation {
    uint32_t count;
    expr_refuter items[];
};

static bool constant_of(const tree *t, value *out)
{
    bool is = t->kind == TREE_CONSTANT || (t->flags & TREE_FOLDED) != 0;
    *out = t->constant;
    return is && (out->kind == VALUE_INT || out->kind == VALUE_BOOL || (out->kind == VALUE_STRING && out->interned));
}

static int slot_of(const tree *t)
{
    return t->kind == TREE_NAME && !(t->flags & TREE_FOLDED) && t->variable != NULL ? t->variable->slot : -1;
}

static uint8_t turned(uint8_t operation)
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

static bool make(const tree *t, expr_refuter *out)
{
    *out = (expr_refuter){.slot = slot_of(t), .operation = OPERATOR_EQUAL, .constant = value_bool(true)};
    if (out->slot >= 0) {
        return true;
    }
    if (t->kind == TREE_NOT) {
        out->slot = slot_of(t->children[0]);
        out->constant = value_bool(false);
        return out->slot >= 0;
    }
    if (t->kind != TREE_BINARY || t->operation > OPERATOR_GREATER_EQUAL) {
        return false;
    }
    bool second = constant_of(t->children[1], &out->constant);
    out->slot = slot_of(t->children[second ? 0 : 1]);
    out->operation = second ? t->operation : turned(t->operation);
    return out->slot >= 0 && (second || constant_of(t->children[0], &out->constant)) &&
           (out->constant.kind == VALUE_INT || out->operation <= OPERATOR_NOT_EQUAL);
}

bool expr_note_refutation(expr *x, const tree *t)
{
    uint32_t most = t->kind == TREE_AND ? t->count : 1;
    if (x->probing || t->type == NULL || t->type->kind != TYPE_BOOL || x->single_slot >= 0) {
        return true;
    }
    refutation *r = arena_new(&x->keep, sizeof *r + most * sizeof *r->items);
    if (r == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < most; i++) {
        r->count += make(t->kind == TREE_AND ? t->children[i] : t, &r->items[r->count]);
    }
    x->refutation = r->count > 0 ? r : NULL;
    return true;
}

bool expr_refutes(const expr_refuter *one, const value *v)
{
    if (v->kind != one->constant.kind) {
        return false;
    }
    if (v->kind == VALUE_INT) {
        int64_t a = v->as.i, b = one->constant.as.i;
        switch (one->operation) {
        case OPERATOR_EQUAL:
            return a != b;
        case OPERATOR_NOT_EQUAL:
            return a == b;
        case OPERATOR_LESS:
            return a >= b;
        case OPERATOR_LESS_EQUAL:
            return a > b;
        case OPERATOR_GREATER:
            return a <= b;
        default:
            return a < b;
        }
    }
    bool equal = v->kind == VALUE_BOOL ? v->as.b == one->constant.as.b
                                       : v->as.text == one->constant.as.text ||
                                             (v->size == one->constant.size && /* codes of another list */
                                              memcmp(v->as.text, one->constant.as.text, v->size) == 0);
    return equal == (one->operation == OPERATOR_NOT_EQUAL);
}

bool expr_is_refuted(const refutation *r, const value *slots)
{
    for (uint32_t i = 0; i < r->count; i++) {
        if (expr_refutes(&r->items[i], &slots[r->items[i].slot])) {
            return true;
        }
    }
    return false;
}

bool expr_surely_false(const expr *x, const value *slots)
{
    return x->refutation != NULL && expr_is_refuted(x->refutation, slots);
}

const expr_refuter *expr_refuters(const expr *x, uint32_t *count)
{
    *count = x != NULL && x->refutation != NULL ? x->refutation->count : 0;
    return *count > 0 ? x->refutation->items : NULL;
}
