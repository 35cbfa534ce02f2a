/*
 * Constant folding: a subexpression that reads nothing is computed once, at load.
 *
 * A node is closed when nothing below it reads a slot, calls an impure function, or names a loop variable declared
 * outside it. The largest closed subexpressions are compiled and run on their own, under a small budget; a result that
 * is plain is noted beside the node. An error or an exhausted budget leaves the node for run time, where && and || may
 * still absorb it.
 */
#include "expr/program.h"

enum { FOLD_STEPS = 20000, FOLD_BYTES = 1 << 18, NOT_PURE = -1 };

static bool is_impure(const tree *t)
{
    for (uint32_t i = 0; i < t->candidate_count; i++) {
        if (t->candidates[i].own && !(t->candidates[i].own->flags & ENV_PURE)) {
            return true;
        }
    }
    return false;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The least depth of a binder named at or below `t` (NOT_PURE when something else is read): t, standing under `depth`
 * binders, is closed when that is not less than `depth`. A binder's own depth is kept in registers[0]. */
static int mark(tree *t, int depth)
{
    int outermost = INT32_MAX;
    if (t->kind == TREE_NAME && !(t->flags & TREE_FOLDED)) {
        outermost = t->binder ? t->binder->registers[0] : NOT_PURE;
    } else if (t->kind == TREE_FAIL || (t->kind == TREE_CALL && is_impure(t))) {
        outermost = NOT_PURE;
    }
    bool binds = t->kind == TREE_COMPREHENSION || t->kind == TREE_BIND;
    t->registers[0] = (uint16_t)depth;
    for (uint32_t i = 0; i < t->count; i++) {
        outermost = least(outermost, mark(t->children[i], depth + (binds && i > 0)));
    }
    if (outermost >= depth) {
        t->flags |= TREE_CLOSED;
    }
    return outermost;
}

typedef struct folder {
    expr *of;
    evaluation *ev;
    policy_options options;
    bool nomem;
} folder;

/* Is the value, written out, within `*left` items and 16-byte pieces of text? A value can share its parts: ten lists of
 * ten times the one before are small, and ten billion numbers when copied. */
static bool is_small(value v, size_t *left)
{
    size_t size = 1 + (v.kind == VALUE_STRING || v.kind == VALUE_BYTES ? v.size / 16 : 0);
    if (size > *left) {
        return false;
    }
    *left -= size;
    if (v.kind == VALUE_LIST) {
        for (size_t i = 0; i < v.as.list->count; i++) {
            if (!is_small(v.as.list->items[i], left)) {
                return false;
            }
        }
    } else if (v.kind == VALUE_MAP) {
        for (size_t i = 0; i < v.as.map->count; i++) {
            if (!is_small(v.as.map->keys[i], left) || !is_small(v.as.map->values[i], left)) {
                return false;
            }
        }
    }
    return true;
}

/* A temporary program over the same environment. */
static value run(folder *f, tree *t)
{
    value none = value_unknown(0);
    if (!f->ev && !(f->ev = evaluation_new(&f->options))) {
        f->nomem = true;
        return none;
    }
    evaluation_reset(f->ev);
    expr part = {.allocator = f->of->allocator, .options = f->of->options, .env = f->of->env, .source = f->of->source};
    arena_init(&part.keep, f->of->allocator, 0);
    part.single_slot = -1;
    compile_failure failure;
    value out = none;
    compile_result result = compile_tree(&part, t, &failure);
    if (result == COMPILE_OK) {
        activation nothing = {0};
        out = expr_evaluate(&part, f->ev, &nothing);
        f->nomem = f->nomem || (out.kind == VALUE_ERROR && out.as.error->status == POLICY_E_NOMEM);
        size_t left = FOLD_BYTES / 16;
        if (out.kind < VALUE_INTERVAL) {
            out = is_small(out, &left) ? value_copy(&f->of->keep, out) : none;
        }
    }
    f->nomem = f->nomem || result == COMPILE_NOMEM || f->of->keep.failed;
    compile_release(&part);
    arena_free(&part.keep);
    return out;
}

static void set(tree *t, value v)
{
    t->constant = v;
    t->flags |= TREE_FOLDED;
}

/* && with a false operand, || with a true one: decided, whatever the others are. */
static void decide(tree *t)
{
    bool deciding = t->kind == TREE_OR;
    for (uint32_t i = 0; i < t->count; i++) {
        const tree *child = t->children[i];
        if (tree_is_constant(child) && child->constant.kind == VALUE_BOOL && child->constant.as.b == deciding) {
            set(t, value_bool(deciding));
        }
    }
}

static void fold(folder *f, tree *t)
{
    if (tree_is_constant(t) || f->nomem) {
        return;
    }
    if (t->flags & TREE_CLOSED) {
        value v = run(f, t);
        if (f->nomem) {
            return;
        }
        if (v.kind < VALUE_INTERVAL) {
            set(t, v);
            return;
        }
    }
    for (uint32_t i = 0; i < t->count; i++) {
        fold(f, t->children[i]);
    }
    if (t->kind == TREE_AND || t->kind == TREE_OR) {
        decide(t);
    }
}

bool fold_tree(expr *x, tree *root)
{
    folder f = {.of = x, .options = *x->options};
    f.options.limits[POLICY_LIMIT_EVALUATION_STEPS] = FOLD_STEPS;
    f.options.limits[POLICY_LIMIT_EVALUATION_BYTES] = FOLD_BYTES;
    mark(root, 0);
    fold(&f, root);
    evaluation_free(f.ev);
    return !f.nomem;
}
