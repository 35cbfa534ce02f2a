/*
 * Which changes there are: a walk over the checked trees of the pack's texts, over the values of its parameters and over
 * its dates.
 *
 * A change is made in the text, so that it is parsed, checked and compiled like anything else; the tree only says where.
 * What is shown of it is the smallest part that a reader would recognise: a literal with the operation around it.
 */
#include "base/civil.h"
#include "expr/tree.h"
#include "ledger/mutants.h"

#define SHOWN_MOST 60 /* bytes of the operation around a literal */

typedef struct finder {
    mutant_list *out;
    const policy_suite *suite;
    const suite_uses *uses;
    const policy_engine *planned;
    pack *p; /* of `planned` */
    /* The text that is being looked at. */
    size_t number;
    const expr_text *text;
    const expr *program;
    uint32_t base; /* where the program's text begins in it */
    bool nomem;
} finder;

/* ---- making one ---- */

/* White space is one blank, so that a part reads on one line and can be quoted as a reason's key. */
static str on_one_line(arena *memory, str text)
{
    char *out = arena_new(memory, text.size + 1);
    size_t size = 0;
    text = str_trim(text);
    for (size_t i = 0; out != NULL && i < text.size; i++) {
        char c = text.data[i] == '\n' || text.data[i] == '\t' || text.data[i] == '\r' ? ' ' : text.data[i];
        if (c != ' ' || out[size - 1] != ' ') {
            out[size++] = c;
        }
    }
    return (str){out, size};
}

static void add(finder *f, mutant m, str owner, place at, str original, str mutated)
{
    mutant_list *list = f->out;
    arena *memory = list->memory;
    str file = arena_text(memory, at.file), name = arena_text(memory, owner);
    str was = on_one_line(memory, original), becomes = on_one_line(memory, mutated);
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 64;
        mutant *items = arena_resize(memory, list->items, list->capacity * sizeof *items, capacity * sizeof *items);
        if (items == NULL) {
            f->nomem = true;
            return;
        }
        list->items = items;
        list->capacity = capacity;
    }
    if (file.data == NULL || name.data == NULL || was.data == NULL || becomes.data == NULL || m.rules == NULL) {
        f->nomem = true;
        return;
    }
    m.shown = (policy_suite_mutant){.file = file.data,
                                    .line = at.line,
                                    .column = at.column,
                                    .owner = name.data,
                                    .original = was.data,
                                    .mutated = becomes.data,
                                    .caught_by = SIZE_MAX};
    list->items[list->count++] = m;
}

/* In the program's text, [from, to) becomes `with`; `shown` is the part that a reader sees, [0, 0) for none of the change. */
typedef struct span {
    uint32_t from, to;
} span;

static void change_text(finder *f, span where, str with, span shown, bool dropped)
{
    arena *memory = f->out->memory;
    str text = f->text->text, own = expr_source_text(f->program);
    str whole[3] = {str_slice(text, 0, f->base + where.from), with, str_slice(text, f->base + where.to, text.size)};
    str part[3] = {str_slice(own, shown.from, where.from), with, str_slice(own, where.to, shown.to)};
    str changed = arena_join(memory, whole, 3);
    str mutated = dropped ? STR("") : arena_join(memory, part, 3);
    if (changed.data == NULL || mutated.data == NULL) {
        f->nomem = true;
        return;
    }
    add(f,
        (mutant){.kind = MUTANT_OF_TEXT,
                 .text = f->number,
                 .changed = changed,
                 .rules = &f->uses->by_text[f->number * f->uses->rule_count]},
        f->uses->texts[f->number].name, expr_where(f->program, where.from), str_slice(own, shown.from, shown.to),
        mutated);
}

/* ---- literals ---- */

typedef str (*stepper)(arena *memory, str text, int by);

static void step_literal(finder *f, span literal, span shown, stepper step)
{
    str own = expr_source_text(f->program);
    for (int by = -1; by <= 1; by += 2) {
        str next = step(f->out->memory, str_slice(own, literal.from, literal.to), by);
        if (next.data != NULL) {
            change_text(f, literal, next, shown, false);
        }
    }
}

static span span_of(const tree *t)
{
    return (span){t->from, t->to};
}

/* The operation around a literal, if it is short. */
static span around(const tree *literal, const tree *parent)
{
    bool fits = parent != NULL && parent->to - parent->from <= SHOWN_MOST &&
                (parent->kind == TREE_BINARY || parent->kind == TREE_CALL || parent->kind == TREE_INDEX);
    return fits                             ? span_of(parent)
           : literal->kind == TREE_CONSTANT ? (span){literal->offset, literal->until}
                                            : span_of(literal);
}

static void mutate_constant(finder *f, const tree *t, const tree *parent, const tree *grandparent)
{
    span literal = {t->offset, t->until};
    if (t->constant.kind == VALUE_INT || t->constant.kind == VALUE_DOUBLE) {
        step_literal(f, literal, around(t, parent), step_number);
        return;
    }
    if (t->constant.kind != VALUE_STRING || parent == NULL || parent->kind != TREE_CALL ||
        literal.to < literal.from + 2) {
        return;
    }
    stepper step = str_equal(parent->name, STR("date"))       ? step_date
                   : str_equal(parent->name, STR("time"))     ? step_time
                   : str_equal(parent->name, STR("duration")) ? step_duration
                                                              : NULL;
    if (step != NULL && parent->count == 1) {
        step_literal(f, (span){literal.from + 1, literal.to - 1}, around(parent, grandparent ? grandparent : parent),
                     step);
    }
}

/* ---- operators ---- */

static void flip_comparison(finder *f, const tree *t)
{
    static const char *const flipped[] = {
        [OPERATOR_EQUAL] = "!=",     [OPERATOR_NOT_EQUAL] = "==", [OPERATOR_LESS] = "<=",
        [OPERATOR_LESS_EQUAL] = "<", [OPERATOR_GREATER] = ">=",   [OPERATOR_GREATER_EQUAL] = ">"};
    if (t->operation <= OPERATOR_GREATER_EQUAL) {
        change_text(f, (span){t->offset, t->until}, str_of(flipped[t->operation]), span_of(t), false);
    }
}

/* Item `i` of a row of operands or members, with the mark that joins it to a neighbour. */
static span with_mark(const tree *row, uint32_t i)
{
    if (row->count == 1) {
        return span_of(row->children[0]);
    }
    return i == 0 ? (span){row->children[0]->from, row->children[1]->from}
                  : (span){row->children[i - 1]->to, row->children[i]->to};
}

static void drop_items(finder *f, const tree *row)
{
    for (uint32_t i = 0; i < row->count; i++) {
        change_text(f, with_mark(row, i), STR(""), span_of(row->children[i]), true);
    }
}

static void walk(finder *f, const tree *t, const tree *parent, const tree *grandparent)
{
    switch (t->kind) {
    case TREE_CONSTANT:
        mutate_constant(f, t, parent, grandparent);
        break;
    case TREE_BINARY:
        flip_comparison(f, t);
        break;
    case TREE_AND:
    case TREE_OR:
        drop_items(f, t);
        break;
    case TREE_NOT:
        change_text(f, (span){t->offset, t->until}, STR(""), span_of(t), false);
        break;
    case TREE_LIST:
        if (parent != NULL && parent->kind == TREE_BINARY && parent->operation == OPERATOR_IN &&
            parent->children[1] == t) {
            drop_items(f, t);
            return; /* its members are no thresholds */
        }
        break;
    default:
        break;
    }
    for (uint32_t i = 0; i < t->count; i++) {
        walk(f, t->children[i], t, parent);
    }
}

/* ---- texts ---- */

/* A limit that is no bare number: one more and one less of whatever it is. */
static void step_bound(finder *f, const tree *root)
{
    type_kind kind = root->type->kind;
    str own = expr_source_text(f->program);
    bool times = kind == TYPE_TIME || kind == TYPE_DURATION;
    if (root->kind == TREE_CONSTANT || (!times && kind != TYPE_INT)) {
        return;
    }
    for (int by = -1; by <= 1; by += 2) {
        str sign = by < 0 ? STR(" - ") : STR(" + "), unit = times ? STR("duration('60s')") : STR("1");
        str parts[4] = {own, sign, unit, str_none};
        str closed[5] = {STR("("), own, STR(")"), sign, unit};
        str plain = arena_join(f->out->memory, parts, 3), changed = arena_join(f->out->memory, closed, 5);
        if (plain.data == NULL || changed.data == NULL) {
            f->nomem = true;
            return;
        }
        add(f,
            (mutant){.kind = MUTANT_OF_TEXT,
                     .text = f->number,
                     .changed = changed,
                     .rules = &f->uses->by_text[f->number * f->uses->rule_count]},
            f->uses->texts[f->number].name, expr_where(f->program, root->from), own, plain);
    }
}

static void in_program(finder *f, const expr *x)
{
    const tree *root = expr_tree(x);
    const pack_text *t = &f->uses->texts[f->number];
    f->program = x;
    f->base = 0;
    place at = expr_where(x, 0);
    while (t->role == TEXT_AGGREGATE && f->base < f->text->text.size) {
        place here = expr_place(f->text, f->base);
        if (here.line == at.line && here.column == at.column) {
            break;
        }
        f->base++;
    }
    if (t->role == TEXT_WHEN && !(root->kind == TREE_CONSTANT)) {
        change_text(f, (span){0, (uint32_t)expr_source_text(x).size}, STR("true"), span_of(root), true);
    }
    if (t->role == TEXT_BOUND) {
        step_bound(f, root);
    }
    walk(f, root, NULL, NULL);
}

/* A `let` of several tables has one text and several programs; they differ in nothing that matters here. */
static void in_texts(finder *f)
{
    const policy_engine *e = f->planned;
    size_t *last = arena_array(f->out->memory, e->program_count + 1, sizeof *last);
    if (last == NULL) {
        f->nomem = true;
        return;
    }
    for (size_t i = 0; i < e->program_count; i++) {
        last[i] = suite_text_of(f->uses, e->programs[i]);
    }
    for (size_t t = 0; t < f->uses->text_count && !f->nomem; t++) {
        bool done = false;
        f->number = t;
        f->text = f->uses->texts[t].text;
        for (size_t i = 0; i < e->program_count && !done && !f->nomem; i++) {
            if (last[i] == t) {
                in_program(f, e->programs[i]);
                done = f->uses->texts[t].role != TEXT_AGGREGATE;
            }
        }
    }
}

/* ---- parameters ---- */

static void step_value(finder *f, uint32_t param, const node *n, str key)
{
    arena *memory = f->out->memory;
    str name = f->planned->params[param].from->declared->name;
    const bool *rules = &f->uses->by_param[(size_t)param * f->uses->rule_count];
    stepper steps[] = {step_date, step_time, step_number};
    str prefix[3] = {key, STR(": "), n->scalar};
    str original = key.data ? arena_join(memory, prefix, 3) : n->scalar;
    for (int by = -1; by <= 1; by += 2) {
        str next = str_none;
        bool flag = str_equal(n->scalar, STR("true")) || str_equal(n->scalar, STR("false"));
        for (size_t i = 0; i < sizeof steps / sizeof *steps && next.data == NULL && !n->quoted; i++) {
            next = steps[i](memory, n->scalar, by);
        }
        if (flag && by > 0 && !n->quoted) {
            next = str_equal(n->scalar, STR("true")) ? STR("false") : STR("true");
        }
        if (next.data == NULL) {
            continue;
        }
        prefix[2] = next;
        add(f, (mutant){.kind = MUTANT_OF_VALUE, .where = n->at, .changed = next, .rules = rules}, name, n->at,
            original, key.data ? arena_join(memory, prefix, 3) : next);
    }
}

static void in_value(finder *f, uint32_t param, const node *n, str key)
{
    if (n->kind == NODE_SCALAR) {
        step_value(f, param, n, key);
        return;
    }
    for (uint32_t i = 0; i < n->count && !f->nomem; i++) {
        const node *item = &n->items[i];
        if (n->kind == NODE_MAP) {
            in_value(f, param, item, n->keys[i].scalar);
        } else if (item->kind == NODE_SCALAR) {
            add(f,
                (mutant){.kind = MUTANT_OF_MEMBER,
                         .where = item->at,
                         .rules = &f->uses->by_param[(size_t)param * f->uses->rule_count]},
                f->planned->params[param].from->declared->name, item->at, item->scalar, STR(""));
        }
    }
}

static bool seen_place(const finder *f, size_t from, place at)
{
    for (size_t i = from; i < f->out->count; i++) {
        const policy_suite_mutant *m = &f->out->items[i].shown;
        if (m->line == at.line && m->column == at.column && str_equal(str_of(m->file), at.file)) {
            return true;
        }
    }
    return false;
}

/* Values written in the pack's files: its own parameters, and those of its bases that it changes. */
static void in_params(finder *f)
{
    const ruleset *r = f->planned->rules;
    for (uint32_t i = 0; i < r->param_count && !f->nomem; i++) {
        size_t before = f->out->count;
        for (uint32_t v = 0; v < r->params[i].version_count; v++) {
            const node *n = r->params[i].versions[v].value;
            if (pack_holds_file(f->p, n->at.file) && !seen_place(f, before, n->at)) {
                in_value(f, i, n, str_none);
            }
        }
    }
}

/* ---- dates ---- */

static bool same_place(place a, place b)
{
    return a.line == b.line && a.column == b.column && str_equal(a.file, b.file);
}

static bool *rules_in_force(finder *f, place at)
{
    const policy_engine *e = f->suite->engine;
    bool *rules = arena_array(f->out->memory, e->rule_count + 1, sizeof *rules);
    for (uint32_t i = 0; rules != NULL && i < e->rule_count; i++) {
        for (uint32_t k = 0; k < e->rule_list[i]->version_count; k++) {
            rules[i] = rules[i] || same_place(e->rule_list[i]->versions[k]->from->in_force.at, at);
        }
    }
    return rules;
}

/* `follows`: another version ends the day before, and its end is what moves. */
static void move_range(finder *f, const date_range *range, bool follows, str owner, const bool *rules)
{
    for (int end = 0; end < 2; end++) {
        if (end == 0 ? !range->has_from || follows : !range->has_until) {
            continue;
        }
        char day[16];
        int32_t on = end == 0 ? range->from : range->until;
        str head = end == 0 ? STR("from: ") : STR("until: ");
        str was[2] = {head, {day, civil_write(day, on)}};
        str original = arena_join(f->out->memory, was, 2);
        for (int by = -1; by <= 1; by += 2) {
            was[1].size = civil_write(day, on + by);
            add(f,
                (mutant){.kind = MUTANT_OF_DATE,
                         .where = range->at,
                         .until = end == 1,
                         .day = on,
                         .days = by,
                         .rules = rules},
                owner, range->at, original, arena_join(f->out->memory, was, 2));
        }
    }
}

static bool meets(const date_range *before, const date_range *after)
{
    return before->has_until && after->has_from && before->until + 1 == after->from;
}

static void in_dates(finder *f)
{
    const pack *p = f->p;
    if (p->in_force.has_from || p->in_force.has_until) {
        move_range(f, &p->in_force, false, p->name, rules_in_force(f, p->in_force.at));
    }
    for (uint32_t i = 0; i < p->rule_count && !f->nomem; i++) {
        const pack_rule *r = &p->rules[i];
        if (same_place(r->in_force.at, p->in_force.at)) {
            continue;
        }
        bool follows = false;
        for (uint32_t k = 0; k < p->rule_count; k++) {
            follows = follows || (str_equal(p->rules[k].id, r->id) && meets(&p->rules[k].in_force, &r->in_force));
        }
        move_range(f, &r->in_force, follows, r->id, rules_in_force(f, r->in_force.at));
    }
    for (uint32_t i = 0; i < p->param_count && !f->nomem; i++) {
        const pack_param *param = &p->params[i];
        uint32_t number = 0;
        while (number < f->planned->param_count && f->planned->params[number].from->declared != param) {
            number++;
        }
        for (uint32_t v = 0; v < param->version_count && number < f->planned->param_count; v++) {
            const date_range *range = &param->versions[v].in_force;
            bool follows = false;
            for (uint32_t k = 0; k < param->version_count; k++) {
                follows = follows || meets(&param->versions[k].in_force, range);
            }
            move_range(f, range, follows, param->name, &f->uses->by_param[(size_t)number * f->uses->rule_count]);
        }
    }
}

bool mutants_find(mutant_list *out, const policy_suite *s, const suite_uses *u, const policy_engine *planned)
{
    finder f = {.out = out, .suite = s, .uses = u, .planned = planned, .p = planned->rules->packs[s->pack_number]};
    in_params(&f);
    in_texts(&f);
    in_dates(&f);
    return !f.nomem && !out->memory->failed;
}
