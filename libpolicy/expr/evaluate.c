/*
 * The evaluator: runs a program over the values of one row.
 *
 * One loop, one switch. The cases for plain kinds are written out here; all others go to operators.c and call.c, after
 * the steps counted so far are handed over (they may charge more). Scalar programs touch no allocator.
 */
#include "expr/map_value.h"
#include "expr/program.h"
#include "expr/share.h"

/* ---- lists and maps in the making ---- */

typedef struct growing_list {
    value_list list;
    size_t capacity;
    value *items;
} growing_list;

typedef struct growing_map {
    value_map map;
    size_t capacity;
    value *keys, *values;
} growing_map;

static value new_list(evaluation *ev, size_t count)
{
    growing_list *made = arena_new(&ev->scratch, sizeof *made);
    value *items = made ? arena_array(&ev->scratch, count ? count : 1, sizeof *items) : NULL;
    if (!items) {
        return evaluation_exhausted(ev);
    }
    *made = (growing_list){{count, items}, count, items};
    return (value){.kind = VALUE_LIST, .as.list = &made->list};
}

static value new_map(evaluation *ev, size_t count)
{
    growing_map *made = arena_new(&ev->scratch, sizeof *made);
    value *keys = made ? arena_array(&ev->scratch, count ? count : 1, sizeof *keys) : NULL;
    value *values = keys ? arena_array(&ev->scratch, count ? count : 1, sizeof *values) : NULL;
    if (!values) {
        return evaluation_exhausted(ev);
    }
    *made = (growing_map){{.count = count, .keys = keys, .values = values}, count, keys, values};
    return (value){.kind = VALUE_MAP, .as.map = &made->map};
}

/* Lists and maps hold plain values only: a missing or broken element makes the whole what it is. */
static bool plain(value *to, value *element)
{
    if (element->kind >= VALUE_INTERVAL) {
        *element = operator_settle(*element);
    }
    if (element->kind >= VALUE_INTERVAL || to->kind >= VALUE_INTERVAL) {
        *to = element->kind >= VALUE_INTERVAL ? operator_merge(*to, *element) : *to;
        return false;
    }
    return true;
}

static void put(value *to, value element, size_t i)
{
    if (plain(to, &element)) {
        ((growing_list *)(void *)to->as.list)->items[i] = element;
    }
}

static void put_entry(evaluation *ev, value *to, value key, value held, size_t i)
{
    if (!plain(to, &key) || !plain(to, &held)) {
        return;
    }
    if (key.kind != VALUE_BOOL && key.kind != VALUE_INT && key.kind != VALUE_UINT && key.kind != VALUE_STRING) {
        *to = fail_text(ev, MESSAGE_EXPR_BAD_KEY, operator_kind_name(key));
        return;
    }
    growing_map *made = (growing_map *)(void *)to->as.map;
    made->keys[i] = key;
    made->values[i] = held;
}

static void finish_map(evaluation *ev, value *to)
{
    if (to->kind != VALUE_MAP) {
        return;
    }
    growing_map *made = (growing_map *)(void *)to->as.map;
    switch (map_value_fill(&ev->scratch, &made->map, made->keys, made->values, made->map.count)) {
    case MAP_VALUE_OK:
        return;
    case MAP_VALUE_FULL:
        *to = evaluation_exhausted(ev);
        return;
    default:
        break;
    }
    for (size_t i = 1; i < made->map.count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (value_equal(made->keys[i], made->keys[k])) {
                buffer b;
                buffer_init(&b, ev->allocator, 1 << 16);
                value_write(&b, made->keys[i], NULL, POLICY_LANGUAGE_EN);
                *to = fail_text(ev, MESSAGE_EXPR_DUPLICATE_KEY, buffer_text(&b));
                buffer_free(&b);
                return;
            }
        }
    }
}

/* ---- loops ---- */

/* Registers of the loop at `r`. False: the range is no list or map, r[0] is the result. */
static bool start_loop(evaluation *ev, tree_loop kind, value *r)
{
    value range = operator_settle(r[LOOP_RANGE]);
    r[LOOP_RANGE] = range;
    if (range.kind != VALUE_LIST && range.kind != VALUE_MAP) {
        r[LOOP_RESULT] = range.kind >= VALUE_INTERVAL ? operator_merge(value_null(), range)
                                                      : fail_overload(ev, STR("all/exists/map/filter"), &range, 1);
        return false;
    }
    r[LOOP_INDEX] = value_int(0);
    r[LOOP_TROUBLE] = value_null();
    switch (kind) {
    case LOOP_ALL:
        r[LOOP_RESULT] = value_bool(true);
        return true;
    case LOOP_EXISTS:
        r[LOOP_RESULT] = value_bool(false);
        return true;
    case LOOP_EXISTS_ONE:
        r[LOOP_RESULT] = value_int(0);
        return true;
    case LOOP_TRANSFORM_MAP:
        r[LOOP_RESULT] = new_map(ev, 0);
        break;
    default:
        r[LOOP_RESULT] = new_list(ev, 0);
        break;
    }
    return r[LOOP_RESULT].kind != VALUE_ERROR;
}

/* The next element into the loop's variables; false at the end. */
static bool next_element(value *r, bool two)
{
    size_t i = (size_t)r[LOOP_INDEX].as.i;
    if (r[LOOP_RANGE].kind == VALUE_LIST) {
        const value_list *list = r[LOOP_RANGE].as.list;
        if (i >= list->count) {
            return false;
        }
        r[LOOP_FIRST] = two ? value_int((int64_t)i) : list->items[i];
        r[LOOP_SECOND] = list->items[i];
    } else {
        const value_map *of = r[LOOP_RANGE].as.map;
        if (i >= of->count) {
            return false;
        }
        r[LOOP_FIRST] = of->keys[i];
        r[LOOP_SECOND] = of->values[i];
    }
    r[LOOP_INDEX].as.i++;
    return true;
}

/* A condition that is not true or false: into the loop's trouble. */
static void note(evaluation *ev, value *r, value condition)
{
    condition = operator_settle(condition);
    r[LOOP_TROUBLE] =
        operator_merge(r[LOOP_TROUBLE], condition.kind < VALUE_INTERVAL ? operator_not_bool(ev, condition) : condition);
}

static bool grow(evaluation *ev, value **items, size_t count, size_t capacity, size_t wanted)
{
    value *grown = arena_resize(&ev->scratch, *items, capacity * sizeof **items, wanted * sizeof **items);
    if (!grown || !evaluation_charge(ev, count)) {
        return false;
    }
    *items = grown;
    return true;
}

static bool append(evaluation *ev, value to, value element)
{
    growing_list *list = (growing_list *)(void *)to.as.list;
    if (list->list.count == list->capacity) {
        size_t wanted = list->capacity < 4 ? 8 : list->capacity * 2;
        if (!grow(ev, &list->items, list->list.count, list->capacity ? list->capacity : 1, wanted)) {
            return false;
        }
        list->capacity = wanted;
        list->list.items = list->items;
    }
    list->items[list->list.count++] = element;
    return true;
}

static bool append_entry(evaluation *ev, value to, value key, value held)
{
    growing_map *of = (growing_map *)(void *)to.as.map;
    if (of->map.count == of->capacity) {
        size_t wanted = of->capacity < 4 ? 8 : of->capacity * 2, before = of->capacity ? of->capacity : 1;
        if (!grow(ev, &of->keys, of->map.count, before, wanted) ||
            !grow(ev, &of->values, of->map.count, before, wanted)) {
            return false;
        }
        of->capacity = wanted;
        of->map.keys = of->keys;
        of->map.values = of->values;
    }
    of->keys[of->map.count] = key;
    of->values[of->map.count++] = held;
    return true;
}

/* all and exists are && and || over the elements: decided by the first that decides. False: decided. */
static bool fold_condition(evaluation *ev, value *r, value condition, bool deciding)
{
    if (condition.kind == VALUE_BOOL) {
        if (condition.as.b == deciding) {
            r[LOOP_RESULT] = condition;
            return false;
        }
        return true;
    }
    note(ev, r, condition);
    return true;
}

/* The body's value into the accumulator. False: the loop is over and r[0] is the result. */
static bool collect(evaluation *ev, tree_loop kind, value *r, value body)
{
    switch (kind) {
    case LOOP_ALL:
    case LOOP_EXISTS:
        return fold_condition(ev, r, body, kind == LOOP_EXISTS);
    case LOOP_EXISTS_ONE:
        if (body.kind == VALUE_BOOL) {
            r[LOOP_RESULT].as.i += body.as.b;
        } else {
            note(ev, r, body);
        }
        return true;
    case LOOP_FILTER:
        if (body.kind != VALUE_BOOL) {
            note(ev, r, body);
            return true;
        }
        if (!body.as.b || append(ev, r[LOOP_RESULT], r[LOOP_FIRST])) {
            return true;
        }
        break;
    default:
        body = operator_settle(body);
        if (body.kind >= VALUE_INTERVAL) {
            r[LOOP_TROUBLE] = operator_merge(r[LOOP_TROUBLE], body);
            return true;
        }
        if (kind == LOOP_TRANSFORM_MAP ? append_entry(ev, r[LOOP_RESULT], r[LOOP_FIRST], body)
                                       : append(ev, r[LOOP_RESULT], body)) {
            return true;
        }
        break;
    }
    r[LOOP_RESULT] = evaluation_exhausted(ev);
    return false;
}

static void finish_loop(evaluation *ev, tree_loop kind, value *r)
{
    if (r[LOOP_TROUBLE].kind != VALUE_NULL) {
        r[LOOP_RESULT] = r[LOOP_TROUBLE];
    } else if (kind == LOOP_EXISTS_ONE) {
        r[LOOP_RESULT] = value_bool(r[LOOP_RESULT].as.i == 1);
    } else if (kind == LOOP_TRANSFORM_MAP) {
        growing_map *of = (growing_map *)(void *)r[LOOP_RESULT].as.map;
        if (map_value_fill(&ev->scratch, &of->map, of->keys, of->values, of->map.count) == MAP_VALUE_FULL) {
            r[LOOP_RESULT] = evaluation_exhausted(ev);
        }
    }
}

/* ---- logic ---- */

/* An operand of && and || that is neither the deciding nor the neutral value. */
static value logical_operand(evaluation *ev, value v)
{
    v = operator_settle(v);
    if (v.kind >= VALUE_INTERVAL) {
        return value_is_missing(v) ? value_unknown(v.as.missing) : v;
    }
    return operator_not_bool(ev, v);
}

/* r[d] is true, unknown or an error (in &&); the next operand is neither true nor false. */
static value logical_merge(evaluation *ev, value acc, value v)
{
    v = logical_operand(ev, v);
    return acc.kind == VALUE_BOOL ? v : operator_merge(acc, v);
}

static uint64_t missing_in(value v)
{
    return value_is_missing(v) ? v.as.missing : 0;
}

/* ---- the loop ---- */

static value resolve_slot(evaluation *ev, const activation *a, int slot)
{
    value v = a->slots[slot];
    if (v.kind == VALUE_PENDING) {
        v = a->resolve ? a->resolve(a->context, ev, slot) : value_unknown(0);
    }
    return v;
}

/* An error made by this very instruction gets its place; one that came in with an operand has its own. */
static void place_error(evaluation *ev, value v, uint32_t offset)
{
    if (ev->fresh && ev->fresh == v.as.error) {
        ev->fresh->offset = offset;
        ev->fresh = NULL;
    }
}

/* The same for a loop at `r`: in its result, or in what it met and still carries. */
static void place_loop_error(evaluation *ev, const value *r, uint32_t offset)
{
    for (int i = LOOP_RESULT; ev->fresh && i <= LOOP_TROUBLE; i += LOOP_TROUBLE - LOOP_RESULT) {
        if (r[i].kind == VALUE_ERROR) {
            place_error(ev, r[i], offset);
        }
    }
}

static value compare_slot(evaluation *ev, const activation *a, const instruction *in, tree_operator operation,
                          value fixed)
{
    return operator_compare(ev, operation, resolve_slot(ev, a, in->a), fixed);
}

/* Parts that need parts. Each is a run on the C stack; past this, the code in place does as well. */
enum { PARTS_NESTED = 16 };

/* The value of a shared part into *out. False when it has none to share: an error, which everyone makes for themselves. Steps
 * that came to nothing are not counted, so that a budget ends where it would have ended without sharing. */
static bool read_part(evaluation *ev, const activation *a, int slot, value *out)
{
    if (a->slots[slot].kind == VALUE_ERROR || !a->resolve || ev->parts >= PARTS_NESTED) {
        return false;
    }
    uint64_t before = ev->steps;
    ev->parts++;
    value v = a->resolve(a->context, ev, slot);
    ev->parts--;
    if (v.kind >= VALUE_ERROR) {
        ev->steps = evaluation_over(ev) ? ev->steps : before;
        return false;
    }
    *out = v;
    return true;
}

#define FLUSH (ev->steps += steps, steps = 0)

/* A field and a whole number, or whatever they turn out to be. */
#define SLOT_WHOLE(name, mark)                                                                                         \
    case OP_SLOT_##name##_WHOLE: {                                                                                     \
        const value *v = &slots[in->a];                                                                                \
        if (v->kind == in->kind) {                                                                                     \
            r[in->d] = value_bool(v->as.i mark in->as.whole);                                                          \
            continue;                                                                                                  \
        }                                                                                                              \
        FLUSH;                                                                                                         \
        r[in->d] = compare_slot(ev, a, in, OPERATOR_##name, (value){.kind = in->kind, .as.i = in->as.whole});          \
        break;                                                                                                         \
    }

#define SLOT_DOUBLE(name, mark)                                                                                        \
    case OP_SLOT_##name##_DOUBLE: {                                                                                    \
        const value *v = &slots[in->a];                                                                                \
        if (v->kind == VALUE_DOUBLE) {                                                                                 \
            r[in->d] = value_bool(v->as.d mark in->as.number);                                                         \
            continue;                                                                                                  \
        }                                                                                                              \
        FLUSH;                                                                                                         \
        r[in->d] = compare_slot(ev, a, in, OPERATOR_##name, value_double(in->as.number));                              \
        break;                                                                                                         \
    }

#define SLOT_TEXT(name, wanted)                                                                                        \
    case OP_SLOT_##name##_TEXT: {                                                                                      \
        const value *v = &slots[in->a], *c = in->as.constant;                                                          \
        if (v->kind == VALUE_STRING) {                                                                                 \
            bool same =                                                                                                \
                v->size == c->size && (v->as.text == c->as.text || memcmp(v->as.text, c->as.text, c->size) == 0);      \
            r[in->d] = value_bool(same == (wanted));                                                                   \
            continue;                                                                                                  \
        }                                                                                                              \
        FLUSH;                                                                                                         \
        r[in->d] = compare_slot(ev, a, in, OPERATOR_##name, *c);                                                       \
        break;                                                                                                         \
    }

#define ARITHMETIC(name, sign)                                                                                         \
    case OP_##name: {                                                                                                  \
        const value *left = &r[in->a], *right = &r[in->b];                                                             \
        if (left->kind == VALUE_DOUBLE && right->kind == VALUE_DOUBLE) {                                               \
            r[in->d] = value_double(left->as.d sign right->as.d);                                                      \
            continue;                                                                                                  \
        }                                                                                                              \
        FLUSH;                                                                                                         \
        r[in->d] = operator_arithmetic(ev, OPERATOR_##name, *left, *right);                                            \
        break;                                                                                                         \
    }

/* The plain operands most rules compare; false leaves it to operator_compare. */
static inline bool compare_plain(tree_operator operation, const value *a, const value *b, bool *out)
{
    int order;
    if (a->kind != b->kind) {
        return false;
    }
    if (a->kind == VALUE_INT || a->kind == VALUE_DATE) {
        order = (a->as.i > b->as.i) - (a->as.i < b->as.i);
    } else if (a->kind == VALUE_DOUBLE && a->as.d == a->as.d && b->as.d == b->as.d) { /* no NaN */
        order = (a->as.d > b->as.d) - (a->as.d < b->as.d);
    } else {
        return false;
    }
    switch (operation) {
    case OPERATOR_EQUAL:
        *out = order == 0;
        break;
    case OPERATOR_NOT_EQUAL:
        *out = order != 0;
        break;
    case OPERATOR_LESS:
        *out = order < 0;
        break;
    case OPERATOR_LESS_EQUAL:
        *out = order <= 0;
        break;
    case OPERATOR_GREATER:
        *out = order > 0;
        break;
    default:
        *out = order >= 0;
        break;
    }
    return true;
}

/* A whole number or text among a few constants of its own kind. A set of several kinds, and a miss that another kind of
 * number could still turn into a hit, are left to operator_in_set. */
static inline bool in_plain(const value *a, const value_map *set, bool *out)
{
    if (set->index || (a->kind != VALUE_INT && a->kind != VALUE_STRING)) {
        return false;
    }
    for (size_t i = 0; i < set->count; i++) {
        const value *key = &set->keys[i];
        if (key->kind != a->kind) {
            return false;
        }
        if (a->kind == VALUE_INT ? key->as.i == a->as.i
                                 : key->size == a->size &&
                                       (key->as.text == a->as.text || memcmp(key->as.text, a->as.text, a->size) == 0)) {
            *out = true;
            return true;
        }
    }
    *out = false;
    return true;
}

/* Cases end in `continue` when the result is surely no error, in `break` when it may be one. */
static value run(const expr *x, evaluation *ev, const activation *a, value *r)
{
    const instruction *in = x->code;
    const value *slots = a->slots;
    uint64_t steps = 0;
    bool truth;
    for (;; in++) {
        steps++;
        switch (in->op) {
        case OP_CONSTANT:
            r[in->d] = *in->as.constant;
            continue;
        case OP_SLOT:
            r[in->d] = slots[in->a];
            if (r[in->d].kind == VALUE_PENDING) {
                FLUSH;
                r[in->d] = resolve_slot(ev, a, in->a);
            }
            continue;
        case OP_PART:
            if (slots[in->a].kind < VALUE_ERROR) {
                r[in->d] = slots[in->a];
                in = x->code + in->as.jump.target - 1;
                continue;
            }
            FLUSH;
            if (read_part(ev, a, in->a, &r[in->d])) {
                in = x->code + in->as.jump.target - 1;
            }
            continue;
        case OP_MOVE:
            r[in->d] = r[in->a];
            continue;

            SLOT_TEXT(EQUAL, true)
            SLOT_TEXT(NOT_EQUAL, false)
            SLOT_WHOLE(EQUAL, ==)
            SLOT_WHOLE(NOT_EQUAL, !=)
            SLOT_WHOLE(LESS, <)
            SLOT_WHOLE(LESS_EQUAL, <=)
            SLOT_WHOLE(GREATER, >)
            SLOT_WHOLE(GREATER_EQUAL, >=)
            SLOT_DOUBLE(EQUAL, ==)
            SLOT_DOUBLE(NOT_EQUAL, !=)
            SLOT_DOUBLE(LESS, <)
            SLOT_DOUBLE(LESS_EQUAL, <=)
            SLOT_DOUBLE(GREATER, >)
            SLOT_DOUBLE(GREATER_EQUAL, >=)
            ARITHMETIC(ADD, +)
            ARITHMETIC(SUBTRACT, -)
            ARITHMETIC(MULTIPLY, *)

        case OP_COMPARE:
            if (compare_plain((tree_operator)in->kind, &r[in->a], &r[in->b], &truth)) {
                r[in->d] = value_bool(truth);
                continue;
            }
            FLUSH;
            r[in->d] = operator_compare(ev, (tree_operator)in->kind, r[in->a], r[in->b]);
            break;
        case OP_IN:
            FLUSH;
            r[in->d] = operator_in(ev, r[in->a], r[in->b]);
            break;
        case OP_IN_SET:
            if (in_plain(&r[in->a], in->as.set, &truth)) {
                r[in->d] = value_bool(truth);
                continue;
            }
            r[in->d] = operator_in_set(ev, r[in->a], in->as.set);
            break;
        case OP_JOIN:
            FLUSH;
            r[in->d] = operator_join(ev, &r[in->d], (size_t)in->as.whole);
            break;
        case OP_ARITHMETIC:
            FLUSH;
            r[in->d] = operator_arithmetic(ev, (tree_operator)in->kind, r[in->a], r[in->b]);
            break;
        case OP_NOT:
            if (r[in->a].kind == VALUE_BOOL) {
                r[in->d] = value_bool(!r[in->a].as.b);
                continue;
            }
            r[in->d] = operator_not(ev, r[in->a]);
            break;
        case OP_NEGATE:
            r[in->d] = operator_negate(ev, r[in->a]);
            break;

        case OP_AND_FIRST:
        case OP_OR_FIRST:
            if (r[in->d].kind == VALUE_BOOL) {
                if (r[in->d].as.b == (in->op == OP_OR_FIRST)) {
                    in = x->code + in->as.jump.target - 1;
                }
                continue;
            }
            r[in->d] = logical_operand(ev, r[in->d]);
            break;
        case OP_AND:
        case OP_OR:
            if (r[in->a].kind == VALUE_BOOL) {
                if (r[in->a].as.b == (in->op == OP_OR)) {
                    r[in->d] = r[in->a];
                    in = x->code + in->as.jump.target - 1;
                }
                continue;
            }
            r[in->d] = logical_merge(ev, r[in->d], r[in->a]);
            break;

        case OP_BRANCH:
            if (r[in->d].kind == VALUE_BOOL) {
                if (!r[in->d].as.b) {
                    in = x->code + in->as.jump.target - 1;
                }
                continue;
            }
            r[in->d] = logical_operand(ev, r[in->d]);
            if (r[in->d].kind == VALUE_ERROR) {
                place_error(ev, r[in->d], x->offsets[in - x->code]);
                in = x->code + in->as.jump.other - 1;
            }
            continue;
        case OP_THEN:
            if (r[in->d].kind == VALUE_BOOL) {
                r[in->d] = r[in->a];
                in = x->code + in->as.jump.target - 1;
            } else {
                r[in->d].as.missing |= missing_in(r[in->a]);
            }
            continue;
        case OP_ELSE:
            if (r[in->d].kind == VALUE_BOOL) {
                r[in->d] = r[in->a];
            } else {
                r[in->d].as.missing |= missing_in(r[in->a]);
            }
            continue;

        case OP_PROBE:
            steps--; /* watching is no work of the program's */
            if (r[in->d].kind == VALUE_BOOL) {
                in->as.probe->seen_true |= r[in->d].as.b;
                in->as.probe->seen_false |= !r[in->d].as.b;
            }
            continue;

        case OP_HAS:
            r[in->d] = operator_has(r[in->a]);
            continue;
        case OP_SELECT:
        case OP_SELECT_TEST:
            FLUSH;
            r[in->d] = operator_select(ev, r[in->a], *in->as.constant, in->op == OP_SELECT_TEST);
            break;
        case OP_INDEX:
        case OP_INDEX_TEST:
            FLUSH;
            r[in->d] = operator_index(ev, r[in->a], r[in->b], in->op == OP_INDEX_TEST);
            break;
        case OP_CALL:
        case OP_CALL_DYNAMIC:
            FLUSH;
            r[in->d] = call_run(ev, in->as.call, &r[in->a], in->op == OP_CALL_DYNAMIC);
            break;

        case OP_LIST:
            r[in->d] = new_list(ev, (size_t)in->as.whole);
            break;
        case OP_PUT:
            put(&r[in->d], r[in->a], (size_t)in->as.whole);
            continue;
        case OP_MAP:
            r[in->d] = new_map(ev, (size_t)in->as.whole);
            break;
        case OP_PUT_ENTRY:
            put_entry(ev, &r[in->d], r[in->a], r[in->b], (size_t)in->as.whole);
            break;
        case OP_MAP_DONE:
            finish_map(ev, &r[in->d]);
            break;

        case OP_LOOP:
            FLUSH;
            if (!start_loop(ev, (tree_loop)in->kind, &r[in->d])) {
                uint32_t offset = x->offsets[in - x->code];
                if (r[in->d].kind == VALUE_ERROR) {
                    place_error(ev, r[in->d], offset);
                }
                in = x->code + in->as.jump.target - 1;
            }
            continue;
        case OP_NEXT:
            FLUSH;
            if (evaluation_over(ev)) {
                value over = evaluation_exhausted(ev);
                place_error(ev, over, x->offsets[in - x->code]);
                return over;
            }
            if (!next_element(&r[in->d], in->kind)) {
                in = x->code + in->as.jump.target - 1;
            }
            continue;
        case OP_FILTERED:
            if (r[in->a].kind == VALUE_BOOL) {
                if (!r[in->a].as.b) {
                    in = x->code + in->as.jump.target - 1;
                }
                continue;
            }
            note(ev, &r[in->d], r[in->a]);
            place_loop_error(ev, &r[in->d], x->offsets[in - x->code]);
            in = x->code + in->as.jump.target - 1;
            continue;
        case OP_COLLECT: {
            FLUSH;
            bool on = collect(ev, (tree_loop)in->kind, &r[in->d], r[in->a]);
            place_loop_error(ev, &r[in->d], x->offsets[in - x->code]);
            in = x->code + (on ? in->as.jump.target : in->as.jump.other) - 1;
            continue;
        }
        case OP_DONE:
            finish_loop(ev, (tree_loop)in->kind, &r[in->d]);
            break;
        default:
            FLUSH;
            return r[0];
        }
        if (r[in->d].kind == VALUE_ERROR) {
            place_error(ev, r[in->d], x->offsets[in - x->code]);
        }
    }
}

static value run_nested(const expr *x, evaluation *ev, const activation *a)
{
    value *registers = evaluation_registers(ev, x->registers);
    if (!registers) {
        return evaluation_out_of_memory();
    }
    value out = run(x, ev, a, registers);
    evaluation_give_back(ev, registers, x->registers);
    return out;
}

value expr_evaluate(const expr *x, evaluation *ev, const activation *a)
{
    if (x->is_constant) {
        return x->constant;
    }
    if (x->single_slot >= 0 && a->slots[x->single_slot].kind != VALUE_PENDING) {
        return a->slots[x->single_slot];
    }
    if (x->refutation != NULL && expr_is_refuted(x->refutation, a->slots)) {
        return value_bool(false);
    }
    const expr *outer = ev->running;
    if (ev->nesting == 0) {
        ev->step_limit = ev->steps > UINT64_MAX - ev->step_budget ? UINT64_MAX : ev->steps + ev->step_budget;
    }
    ev->running = x;
    ev->nesting++;
    value out;
    if (ev->nesting > ev->nesting_limit) {
        out = evaluation_exhausted(ev);
        place_error(ev, out, 0);
    } else {
        out = run_nested(x, ev, a);
    }
    ev->nesting--;
    ev->running = outer;
    if (out.kind == VALUE_NONE && !x->keeps_none) {
        out.kind = VALUE_UNKNOWN;
    }
    return out;
}

value expr_evaluate_part(const expr *part, evaluation *ev, const activation *a)
{
    return run_nested(part, ev, a);
}
