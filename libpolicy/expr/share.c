/*
 * Finding what is worth sharing.
 *
 * Three walks. The first gives every subtree that could be shared a class, equal trees the same one, and counts. Then
 * classes are chosen, the largest first: what lies within a chosen one is computed once for all its uses, so it is counted
 * only once from then on. The second marks the trees, the third compiles.
 */
#include "expr/share.h"

#include <stdlib.h>

#include "expr/program.h"

typedef struct share_class {
    tree *first; /* of the equal trees */
    const expr *program;
    uint64_t hash;
    uint32_t size, cost, uses;
    const void *group, *member; /* of the last use */
    uint32_t slot;              /* 0: not chosen */
} share_class;

typedef struct sharer {
    const share_request *request;
    const share_user *user; /* being walked */
    share_class *classes;
    size_t count, capacity;
    uint32_t *index; /* classes by hash, 1 more than their number; 0 is free */
    size_t index_size;
    bool nomem;
} sharer;

/* What is known of a subtree. */
typedef struct summary {
    uint64_t hash;
    uint32_t size, cost;
    int outermost; /* least depth of a binder named in it; INT32_MAX when none is */
    bool steady;
} summary;

/* In instructions or so. What it takes to compute a part once more than in place, and to read it. */
enum { COST_OF_PART = 8, COST_OF_READ = 1 };

/* ---- equal trees ---- */

static bool same_value(value a, value b)
{
    if (a.kind != b.kind || a.interned != b.interned) {
        return false;
    }
    switch (a.kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return a.as.b == b.as.b;
    case VALUE_STRING:
    case VALUE_BYTES:
        return str_equal(value_text(a), value_text(b));
    case VALUE_TYPE:
        return a.as.type == b.as.type || (a.as.type && b.as.type && type_equal(a.as.type, b.as.type));
    case VALUE_LIST:
        if (a.as.list->count != b.as.list->count) {
            return false;
        }
        for (size_t i = 0; i < a.as.list->count; i++) {
            if (!same_value(a.as.list->items[i], b.as.list->items[i])) {
                return false;
            }
        }
        return true;
    case VALUE_MAP:
        if (a.as.map->count != b.as.map->count) {
            return false;
        }
        for (size_t i = 0; i < a.as.map->count; i++) {
            if (!same_value(a.as.map->keys[i], b.as.map->keys[i]) ||
                !same_value(a.as.map->values[i], b.as.map->values[i])) {
                return false;
            }
        }
        return true;
    case VALUE_INT:
    case VALUE_UINT:
    case VALUE_DOUBLE: /* by its bits: -0.0 is not 0.0 */
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
    case VALUE_DATE:
        return a.as.u == b.as.u && a.size == b.size;
    default:
        return false;
    }
}

/* Binders that stand for each other, innermost first. */
typedef struct binder_pair {
    const tree *a, *b;
    const struct binder_pair *outer;
} binder_pair;

static bool same_binder(const tree *a, const tree *b, const binder_pair *pairs)
{
    for (const binder_pair *p = pairs; p; p = p->outer) {
        if (p->a == a || p->b == b) {
            return p->a == a && p->b == b;
        }
    }
    return a == b;
}

static bool same_candidate(const tree_candidate *a, const tree_candidate *b)
{
    if (a->library || b->library || !a->own || !b->own) {
        return a->library == b->library && a->own == b->own;
    }
    return a->own->call == b->own->call && a->own->context == b->own->context && a->own->source == b->own->source &&
           a->own->flags == b->own->flags;
}

static bool same_name(const tree *a, const tree *b, const binder_pair *pairs)
{
    if (a->binder || b->binder) {
        return a->binder && b->binder && a->operation == b->operation && same_binder(a->binder, b->binder, pairs);
    }
    return a->variable && b->variable && a->variable->slot == b->variable->slot &&
           a->variable->source == b->variable->source;
}

static bool is_binding(const tree *t)
{
    return t->kind == TREE_COMPREHENSION || t->kind == TREE_BIND;
}

static bool same_tree(const tree *a, const tree *b, const binder_pair *pairs)
{
    if (tree_is_constant(a) || tree_is_constant(b)) {
        return tree_is_constant(a) && tree_is_constant(b) && same_value(a->constant, b->constant);
    }
    enum { FLAGS = TREE_TEST | TREE_MEMBER | TREE_DYNAMIC };
    if (a->kind != b->kind || a->count != b->count || (a->flags & FLAGS) != (b->flags & FLAGS) ||
        !type_equal(a->type, b->type)) {
        return false;
    }
    if (a->kind == TREE_NAME) {
        return same_name(a, b, pairs);
    }
    if (a->operation != b->operation ||
        ((a->kind == TREE_SELECT || a->kind == TREE_CALL) && !str_equal(a->name, b->name))) {
        return false;
    }
    if (a->kind == TREE_CALL) {
        if (a->candidate_count != b->candidate_count) {
            return false;
        }
        for (uint32_t i = 0; i < a->candidate_count; i++) {
            if (!same_candidate(&a->candidates[i], &b->candidates[i])) {
                return false;
            }
        }
    }
    if (a->kind == TREE_COMPREHENSION && !a->names[1].data != !b->names[1].data) {
        return false;
    }
    binder_pair inside = {a, b, pairs};
    for (uint32_t i = 0; i < a->count; i++) {
        if (!same_tree(a->children[i], b->children[i], is_binding(a) && i > 0 ? &inside : pairs)) {
            return false;
        }
    }
    return true;
}

/* ---- classes ---- */

static uint64_t mix(uint64_t h, uint64_t more)
{
    h = (h ^ more) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 29;
}

static bool grow_index(sharer *s)
{
    size_t size = s->index_size ? s->index_size * 2 : 64;
    uint32_t *index = allocator_zero(s->request->allocator, size, sizeof *index);
    if (!index) {
        return false;
    }
    for (size_t i = 0; i < s->count; i++) {
        size_t at = s->classes[i].hash & (size - 1);
        while (index[at]) {
            at = (at + 1) & (size - 1);
        }
        index[at] = (uint32_t)i + 1;
    }
    allocator_free(s->request->allocator, s->index);
    s->index = index;
    s->index_size = size;
    return true;
}

/* The number of the tree's class plus 1, made when new; 0 out of memory. */
static uint32_t class_of(sharer *s, tree *t, const summary *of)
{
    if (s->count + 1 > s->index_size / 2 && !grow_index(s)) {
        return 0;
    }
    size_t at = of->hash & (s->index_size - 1);
    for (; s->index[at]; at = (at + 1) & (s->index_size - 1)) {
        const share_class *c = &s->classes[s->index[at] - 1];
        if (c->hash == of->hash && c->size == of->size && same_tree(c->first, t, NULL)) {
            return s->index[at];
        }
    }
    if (!allocator_grow(s->request->allocator, (void **)&s->classes, &s->capacity, s->count + 1, sizeof *s->classes,
                        UINT32_MAX / 2)) {
        return 0;
    }
    s->classes[s->count++] =
        (share_class){.first = t, .program = s->user->program, .hash = of->hash, .size = of->size, .cost = of->cost};
    return s->index[at] = (uint32_t)s->count;
}

static void count_use(sharer *s, tree *t, const summary *of)
{
    t->part = class_of(s, t, of);
    if (!t->part) {
        s->nomem = true;
        return;
    }
    share_class *c = &s->classes[t->part - 1];
    if (c->group && c->group == s->user->group && c->member != s->user->member) {
        return; /* the other version is in force, or this one */
    }
    c->uses++;
    c->group = s->user->group;
    c->member = s->user->member;
}

/* ---- the first walk ---- */

static uint32_t cost_of(const tree *t, uint32_t children, uint32_t body)
{
    switch (t->kind) {
    case TREE_AND:
    case TREE_OR:
        return children + t->count;
    case TREE_CALL:
        return children + 8;
    case TREE_LIST:
    case TREE_MAP:
        return children + 4 + t->count;
    case TREE_COMPREHENSION:
        return children + 8 + 3 * body;
    case TREE_CONDITIONAL:
    case TREE_INDEX:
    case TREE_SELECT:
        return children + 2;
    default:
        return children + (compile_is_link(t) ? 6 : 1);
    }
}

static bool is_steady_call(const tree *t)
{
    for (uint32_t i = 0; i < t->candidate_count; i++) {
        if (t->candidates[i].own && !(t->candidates[i].own->flags & (ENV_PURE | ENV_STEADY))) {
            return false;
        }
    }
    return true;
}

static summary leaf(const sharer *s, const tree *t, int depth)
{
    summary of = {.hash = mix(1, t->kind), .size = 1, .outermost = INT32_MAX, .steady = true};
    if (tree_is_constant(t)) {
        of.hash = mix(2, t->constant.kind < VALUE_INTERVAL ? value_hash(t->constant) : 0);
    } else if (t->binder) {
        of.outermost = t->binder->registers[0];
        of.hash = mix(of.hash, (uint64_t)(depth - of.outermost) * 2 + t->operation);
    } else if (t->kind == TREE_FAIL || !t->variable || t->variable->slot < 0) {
        of.steady = false;
    } else {
        of.cost = 1;
        of.hash = mix(of.hash, (uint64_t)t->variable->slot + 8);
        of.steady = s->request->steady(s->request->context, t->variable->slot);
    }
    return of;
}

/* `depth` binders are around; a binder's own depth is kept in registers[0] until the compiler needs them. */
static summary classify(sharer *s, tree *t, int depth, bool link)
{
    t->part = 0;
    if (tree_is_constant(t) || t->kind == TREE_NAME || t->kind == TREE_FAIL) {
        return leaf(s, t, depth);
    }
    t->registers[0] = (uint16_t)depth;
    summary of = {.hash = mix(mix(3, t->kind), t->operation), .size = 1, .outermost = INT32_MAX, .steady = true};
    uint32_t body = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        bool chained = i == 0 && compile_is_link(t) && compile_is_link(t->children[0]);
        summary child = classify(s, t->children[i], depth + (is_binding(t) && i > 0), chained);
        of.hash = mix(of.hash, child.hash);
        of.size += child.size;
        of.cost += child.cost;
        body += i > 0 ? child.cost : 0;
        of.outermost = child.outermost < of.outermost ? child.outermost : of.outermost;
        of.steady = of.steady && child.steady;
    }
    if (t->kind == TREE_SELECT || t->kind == TREE_CALL) {
        of.hash = mix(of.hash, str_hash(t->name));
    }
    of.cost = cost_of(t, of.cost, body);
    of.cost = of.cost < 100000 ? of.cost : 100000;
    of.steady = of.steady && is_steady_call(t);
    if (of.steady && of.outermost >= depth && !link && !s->nomem) {
        count_use(s, t, &of);
    }
    return of;
}

/* ---- choosing ---- */

static bool pays(const share_class *c)
{
    uint64_t in_place = (uint64_t)c->uses * c->cost;
    return c->uses >= 2 && in_place > (uint64_t)c->cost + COST_OF_PART + (uint64_t)c->uses * COST_OF_READ;
}

/* What lies within a chosen class is computed once instead of `uses` times. */
static void discount(sharer *s, const tree *t, uint32_t saved)
{
    if (tree_is_constant(t)) {
        return;
    }
    for (uint32_t i = 0; i < t->count; i++) {
        const tree *child = t->children[i];
        if (child->part) {
            share_class *c = &s->classes[child->part - 1];
            c->uses = c->uses > saved ? c->uses - saved : 0;
        }
        discount(s, child, saved);
    }
}

typedef struct rank {
    uint32_t size, number;
} rank;

static int by_size(const void *a, const void *b)
{
    const rank *left = a, *right = b;
    if (left->size != right->size) {
        return left->size < right->size ? 1 : -1;
    }
    return (left->number > right->number) - (left->number < right->number);
}

/* The largest first; of equal size in the order of their first use, so that the same pack is always shared alike. */
static size_t choose(sharer *s, share_class *chosen[SHARE_PARTS])
{
    size_t count = 0;
    rank *order = allocator_zero(s->request->allocator, s->count + 1, sizeof *order);
    if (!order) {
        s->nomem = true;
        return 0;
    }
    for (size_t i = 0; i < s->count; i++) {
        order[i] = (rank){s->classes[i].size, (uint32_t)i};
    }
    qsort(order, s->count, sizeof *order, by_size);
    for (size_t i = 0; i < s->count && count < SHARE_PARTS; i++) {
        share_class *c = &s->classes[order[i].number];
        if (pays(c) && s->request->first_slot + (int)count <= UINT16_MAX) {
            c->slot = (uint32_t)s->request->first_slot + (uint32_t)count;
            chosen[count++] = c;
            discount(s, c->first, c->uses - 1);
        }
    }
    allocator_free(s->request->allocator, order);
    return count;
}

/* ---- marking ---- */

/* From numbers of classes to slots; does the tree use any part? */
static bool mark(const sharer *s, tree *t)
{
    bool any = false;
    if (!tree_is_constant(t)) {
        for (uint32_t i = 0; i < t->count; i++) {
            any = mark(s, t->children[i]) || any;
        }
    }
    t->part = t->part ? s->classes[t->part - 1].slot : 0;
    return any || t->part;
}

static bool share(sharer *s, share_class **chosen, expr **parts, size_t *part_count)
{
    const share_request *r = s->request;
    for (size_t i = 0; i < r->user_count && !s->nomem; i++) {
        s->user = &r->users[i];
        classify(s, s->user->program->tree, 0, false);
    }
    size_t count = s->nomem ? 0 : choose(s, chosen);
    if (s->nomem) {
        return false;
    }
    for (size_t i = 0; i < r->user_count; i++) {
        r->users[i].program->shares = mark(s, r->users[i].program->tree);
    }
    for (size_t i = 0; i < count; i++) {
        parts[i] = expr_part(chosen[i]->program, chosen[i]->first);
        if (!parts[i]) {
            return false;
        }
        ++*part_count;
    }
    for (size_t i = 0; i < r->user_count; i++) {
        if (r->users[i].program->shares && !expr_recompile(r->users[i].program)) {
            return false;
        }
    }
    return true;
}

bool expr_share(const share_request *request, expr *parts[SHARE_PARTS], size_t *part_count)
{
    sharer s = {.request = request};
    share_class *chosen[SHARE_PARTS];
    *part_count = 0;
    bool fine = share(&s, chosen, parts, part_count);
    allocator_free(request->allocator, s.classes);
    allocator_free(request->allocator, s.index);
    return fine;
}
