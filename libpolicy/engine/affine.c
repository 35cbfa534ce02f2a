/*
 * The walk over the tree: sums, differences, products and quotients by something that does not read the field, conversions
 * and conditions that do not read it. Anything else that reads it ends the claim.
 */
#include "engine/affine.h"

#include "expr/env_model.h"
#include "expr/tree.h"

#define DEPTH 64 /* lets within lets */

static bool reads(const plan_table *t, const tree *x, int slot, int depth)
{
    if (depth > DEPTH) {
        return true;
    }
    if (x->kind == TREE_NAME && x->variable != NULL) {
        int own = x->variable->slot;
        if (own == slot) {
            return true;
        }
        if (own >= t->first_let && own < t->first_let + (int)t->let_count) {
            const expr *let = t->lets[own - t->first_let].program;
            const tree *inner = let ? expr_tree(let) : NULL;
            return let != NULL && (inner == NULL || reads(t, inner, slot, depth + 1));
        }
        return false;
    }
    for (uint32_t i = 0; i < x->count; i++) {
        if (reads(t, x->children[i], slot, depth)) {
            return true;
        }
    }
    return false;
}

static bool affine(const plan_table *t, const tree *x, int slot, int depth)
{
    if (depth > DEPTH) {
        return false;
    }
    if (!reads(t, x, slot, depth)) {
        return true;
    }
    switch (x->kind) {
    case TREE_NAME: {
        int own = x->variable ? x->variable->slot : -1;
        if (own == slot) {
            return true;
        }
        if (own < t->first_let || own >= t->first_let + (int)t->let_count) {
            return false;
        }
        const expr *let = t->lets[own - t->first_let].program;
        return let != NULL && expr_tree(let) != NULL && affine(t, expr_tree(let), slot, depth + 1);
    }
    case TREE_NEGATE:
        return affine(t, x->children[0], slot, depth);
    case TREE_CONDITIONAL:
        return !reads(t, x->children[0], slot, depth) && affine(t, x->children[1], slot, depth) &&
               affine(t, x->children[2], slot, depth);
    case TREE_BINARY: {
        const tree *left = x->children[0], *right = x->children[1];
        switch (x->operation) {
        case OPERATOR_ADD:
        case OPERATOR_SUBTRACT:
            return affine(t, left, slot, depth) && affine(t, right, slot, depth);
        case OPERATOR_MULTIPLY:
            return (affine(t, left, slot, depth) && !reads(t, right, slot, depth)) ||
                   (affine(t, right, slot, depth) && !reads(t, left, slot, depth));
        case OPERATOR_DIVIDE: /* integer division is monotone too, and a step function lies between its ends */
            return affine(t, left, slot, depth) && !reads(t, right, slot, depth);
        default:
            return false;
        }
    }
    case TREE_CALL:
        return x->count == 1 && (str_equal(x->name, STR("double")) || str_equal(x->name, STR("int"))) &&
               affine(t, x->children[0], slot, depth);
    default:
        return false;
    }
}

uint64_t affine_fields(const plan_table *t, const expr *program)
{
    const tree *root = program ? expr_tree(program) : NULL;
    uint64_t fields = 0;
    if (root == NULL) {
        return 0;
    }
    if (t->record == NULL) {
        return 0;
    }
    for (uint32_t i = 0; i < t->column_count && i < 64; i++) {
        switch (t->column_types[i]->kind) {
        case TYPE_INT:
        case TYPE_UINT:
        case TYPE_DOUBLE:
            if (reads(t, root, (int)i, 0) && affine(t, root, (int)i, 0)) {
                fields |= UINT64_C(1) << i;
            }
            break;
        default:
            break;
        }
    }
    return fields;
}
