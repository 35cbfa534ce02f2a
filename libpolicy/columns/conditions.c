/*
 * Splitting conditions, and their masks; see conditions.h.
 */
#include "columns/conditions.h"

#include "expr/env_model.h"
#include "expr/tree.h"

#define FIELDS_TOGETHER 6 /* more in one part are not worth a table */

typedef struct splitter {
    programs *p;
    const env *env;
    const date_range *in_force;
    bool nomem;
} splitter;

static condition *make(splitter *s, condition_kind kind, uint32_t children)
{
    condition *c = arena_new(&s->p->memory, sizeof *c);
    if (c != NULL) {
        *c = (condition){.kind = kind, .count = children};
        if (children > 0) {
            c->children = arena_array(&s->p->memory, children, sizeof(condition *));
            c->yes = arena_array(&s->p->memory, BLOCK_WORDS, sizeof *c->yes);
            c->no = arena_array(&s->p->memory, BLOCK_WORDS, sizeof *c->no);
        }
    }
    if (c == NULL || (children > 0 && (c->children == NULL || c->yes == NULL || c->no == NULL))) {
        s->nomem = true;
        return NULL;
    }
    return c;
}

static uint32_t field_count(uint64_t fields)
{
    uint32_t count = 0;
    for (; fields != 0; fields &= fields - 1) {
        count++;
    }
    return count;
}

static condition *look_up(splitter *s, const reads *r, const truth *like)
{
    bool fits = !r->each && !r->record_id && !r->beyond && field_count(r->fields) <= FIELDS_TOGETHER;
    condition *c = make(s, fits ? CONDITION_TRUTH : CONDITION_OTHER, 0);
    if (c == NULL || !fits) {
        return c;
    }
    truth t = *like;
    t.tuple = tuple_of(s->p, r->fields);
    t.in_force = r->calendar || like->kind == TRUTH_WHEN ? s->in_force : NULL;
    c->truth = t.tuple ? truth_of(s->p, &t) : NULL;
    s->nomem = s->nomem || c->truth == NULL;
    return c->truth ? c : NULL;
}

/* A part of a condition as a program of its own, made from its text. */
static condition *part_of(splitter *s, const env *e, const expr *x, const tree *t)
{
    programs *p = s->p;
    reads r = {0};
    reads_add_tree(&r, p->table, t);
    truth like = {.kind = TRUTH_CONDITION};
    if (t == expr_tree(x)) {
        like.program = x;
        like.text = expr_source_text(x);
        return look_up(s, &r, &like);
    }
    like.text = str_slice(expr_source_text(x), t->from, t->to);
    for (truth *known = p->truths; known != NULL; known = known->next) {
        if (known->kind == TRUTH_CONDITION && str_equal(known->text, like.text)) {
            like.program = known->program;
        }
    }
    if (like.program == NULL) {
        expr_text source = {.text = like.text, .rule = expr_source_rule(x)};
        expr_options options = {.options = &p->ledger->engine->options, .keep_tree = true};
        expr *made = NULL;
        if (!allocator_grow(p->ledger->allocator, (void **)&p->compiled, &p->compiled_capacity, p->compiled_count + 1,
                            sizeof *p->compiled, 0)) {
            s->nomem = true;
            return NULL;
        }
        policy_status status = expr_compile(e, &source, &options, &made, NULL);
        if (status != POLICY_OK) {
            s->nomem = s->nomem || status == POLICY_E_NOMEM;
            return s->nomem ? NULL : make(s, CONDITION_OTHER, 0);
        }
        p->compiled[p->compiled_count++] = made;
        like.program = made;
    }
    like.text = expr_source_text(like.program);
    return look_up(s, &r, &like);
}

static condition *split(splitter *s, const env *e, const expr *x, const tree *t)
{
    const plan_table *table = s->p->table;
    if (tree_is_constant(t) && t->constant.kind == VALUE_BOOL) {
        condition *c = make(s, CONDITION_CONSTANT, 0);
        if (c != NULL) {
            c->constant = t->constant.as.b;
        }
        return c;
    }
    if (t->kind == TREE_AND || t->kind == TREE_OR || t->kind == TREE_NOT) {
        for (uint32_t i = 0; i < t->count; i++) {
            if (t->children[i]->type->kind != TYPE_BOOL) {
                return part_of(s, e, x, t);
            }
        }
        condition *c = make(s,
                            t->kind == TREE_AND  ? CONDITION_ALL
                            : t->kind == TREE_OR ? CONDITION_ANY
                                                 : CONDITION_NOT,
                            t->count);
        for (uint32_t i = 0; c != NULL && i < t->count; i++) {
            c->children[i] = split(s, e, x, t->children[i]);
            if (c->children[i] == NULL) {
                return NULL;
            }
        }
        return c;
    }
    if (t->kind == TREE_NAME && t->variable != NULL && t->variable->slot >= table->first_let &&
        t->variable->slot < table->first_let + (int)table->let_count) {
        const expr *let = table->lets[t->variable->slot - table->first_let].program;
        const tree *inner = let ? expr_tree(let) : NULL;
        if (inner != NULL && inner->type->kind == TYPE_BOOL) {
            const date_range *outer = s->in_force;
            s->in_force = NULL; /* a let is the same for every rule */
            condition *c = split(s, table->env, let, inner);
            s->in_force = outer;
            return c;
        }
    }
    return part_of(s, e, x, t);
}

condition *condition_of(programs *p, const env *e, const expr *x, const plan_also *also, uint32_t also_count,
                        const date_range *in_force)
{
    splitter s = {.p = p, .env = e, .in_force = in_force};
    condition *c;
    if (also_count > 0) {
        reads r = {0};
        reads_add(&r, p->table, x);
        for (uint32_t i = 0; i < also_count; i++) {
            reads_add(&r, p->table, also[i].when);
        }
        int own = p->table->record ? p->table->record->dated_by : -1;
        r.fields |= own >= 0 ? UINT64_C(1) << own : 0;
        c = look_up(&s, &r, &(truth){.kind = TRUTH_WHEN, .program = x, .also = also, .also_count = also_count});
    } else if (x == NULL) {
        c = make(&s, CONDITION_CONSTANT, 0);
        if (c != NULL) {
            c->constant = true;
        }
    } else {
        const tree *t = expr_tree(x);
        c = t != NULL ? split(&s, e, x, t) : make(&s, CONDITION_OTHER, 0);
    }
    return s.nomem ? NULL : c;
}

/* ---- masks of a block ---- */

/* Always the whole block, which is a count that compilers can unroll. */
static void widen(uint64_t *restrict either, const uint64_t *restrict a, bool turned)
{
    for (size_t w = 0; w < BLOCK_WORDS && !turned; w++) {
        either[w] |= a[w];
    }
    for (size_t w = 0; w < BLOCK_WORDS && turned; w++) {
        either[w] |= ~a[w];
    }
}

static void turn(uint64_t *restrict into, const uint64_t *restrict a)
{
    for (size_t w = 0; w < BLOCK_WORDS; w++) {
        into[w] = ~a[w];
    }
}

/* && of the parts in `yes` and `no`, or, the two exchanged, || of them. Once no row is left that the rest could decide
 * otherwise (false && x, true || x), the rest is not looked at. */
static bool combine(programs *p, condition *c, bool all, const uint64_t **yes, const uint64_t **no)
{
    uint64_t *both = all ? c->yes : c->no, *either = all ? c->no : c->yes;
    bool plain = true, rest = true;
    for (uint32_t i = 0; i < c->count && (rest || !plain); i++) {
        const uint64_t *y, *n;
        if (!condition_bits(p, c->children[i], &y, &n)) {
            return false;
        }
        const uint64_t *more = all ? y : n, *less = all ? n : y; /* one of each two is there */
        if (n != NULL && plain) {
            if (i == 0) {
                memset(either, 0, BLOCK_WORDS * sizeof *either);
            } else {
                turn(either, both); /* all was plain so far */
            }
            plain = false;
        }
        if (i > 0) {
            rest = p->coding->kernels->narrow(both, more ? more : less, more == NULL, BLOCK_WORDS);
        } else if (more != NULL) {
            memcpy(both, more, BLOCK_WORDS * sizeof *both);
        } else {
            turn(both, less);
        }
        if (!plain) {
            widen(either, less ? less : more, less == NULL);
        }
    }
    if (plain && !all) {
        turn(either, both);
    }
    *yes = c->yes;
    *no = plain ? NULL : c->no;
    return true;
}

/* Room for masks that are not put together. */
static bool room(programs *p, condition *c)
{
    if (c->yes == NULL) {
        c->yes = arena_array(&p->memory, BLOCK_WORDS, sizeof *c->yes);
        c->no = arena_array(&p->memory, BLOCK_WORDS, sizeof *c->no);
        if (c->yes == NULL || c->no == NULL) {
            c->yes = NULL;
            return false;
        }
        bool yes = c->kind == CONDITION_CONSTANT && c->constant;
        memset(c->yes, yes ? 255 : 0, BLOCK_WORDS * sizeof *c->yes);
        memset(c->no, 0, BLOCK_WORDS * sizeof *c->no);
    }
    return true;
}

bool condition_bits(programs *p, condition *c, const uint64_t **yes, const uint64_t **no)
{
    switch (c->kind) {
    case CONDITION_TRUTH:
        return truth_bits(p, c->truth, yes, no);
    case CONDITION_ALL:
        return combine(p, c, true, yes, no);
    case CONDITION_ANY:
        return combine(p, c, false, yes, no);
    case CONDITION_NOT: {
        const uint64_t *y, *n;
        if (!condition_bits(p, c->children[0], &y, &n)) {
            return false;
        }
        if (n != NULL) {
            *yes = n;
            *no = y;
            return true;
        }
        turn(c->yes, y);
        *yes = c->yes;
        *no = NULL;
        return true;
    }
    default:
        if (!room(p, c)) {
            return false;
        }
        *yes = c->yes;
        *no = c->kind == CONDITION_CONSTANT ? NULL : c->no;
        return true;
    }
}

bool condition_rows(programs *p, condition *c, const uint8_t **yes, const uint8_t **no)
{
    const uint64_t *y, *n;
    if (c->yes_rows == NULL) {
        c->no_rows = arena_array(&p->memory, BLOCK_ROWS, 1);
        c->yes_rows = c->no_rows ? arena_array(&p->memory, BLOCK_ROWS, 1) : NULL;
    }
    if (c->yes_rows == NULL || !condition_bits(p, c, &y, &n)) {
        return false;
    }
    bits_to_bytes(y, p->coding->count, c->yes_rows);
    if (n != NULL) {
        bits_to_bytes(n, p->coding->count, c->no_rows);
    }
    *yes = c->yes_rows;
    *no = n ? c->no_rows : NULL;
    return true;
}

/* ---- conjunctions ---- */

static void add_part(conjunction *x, const uint64_t *bits, bool turned)
{
    if (x->count == PARTS_MOST) {
        x->plain = false;
        return;
    }
    x->parts[x->count++] = (bit_part){bits, turned ? UINT64_MAX : 0};
}

/* Does the condition ask for a column that nobody has looked at in this block? */
static bool is_costly(const programs *p, const condition *c)
{
    return c->kind == CONDITION_TRUTH && c->truth->block != p->block;
}

static bool add_parts(programs *p, conjunction *x, condition *c, bool turned)
{
    if (c->kind == CONDITION_NOT) {
        return add_parts(p, x, c->children[0], !turned);
    }
    if (c->kind == CONDITION_CONSTANT) {
        x->never = x->never || c->constant == turned;
        return true;
    }
    if (c->kind == (turned ? CONDITION_ANY : CONDITION_ALL)) {
        for (uint32_t i = 0; i < c->count && x->plain && !x->never; i++) {
            if (x->count > 0 && is_costly(p, c->children[i])) {
                x->never = p->coding->kernels->meet(x->parts, x->count, NULL, BLOCK_WORDS) == 0;
            }
            if (!x->never && !add_parts(p, x, c->children[i], turned)) {
                return false;
            }
        }
        return true;
    }
    const uint64_t *yes, *no;
    if (!condition_bits(p, c, &yes, &no)) {
        return false;
    }
    x->plain = x->plain && no == NULL;
    add_part(x, yes, turned);
    return true;
}

bool conjunction_add(programs *p, conjunction *x, condition *c)
{
    return !x->plain || x->never || add_parts(p, x, c, false);
}
