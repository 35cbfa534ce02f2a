/*
 * One row and its slots: lets, dated params, record ids and shared parts are computed when an expression first asks for them.
 */
#include "base/number.h"
#include "expr/share.h"
#include "ledger/state.h"

static value record_id(frame *f)
{
    const record *r = f->record;
    if (r == NULL) {
        return value_unknown(0);
    }
    if (r->id.data != NULL) {
        return value_string(r->id);
    }
    /* A row of a file by its place, a host's record by what it holds and which of its equals it is. */
    char number[NUMBER_TEXT];
    arena *scratch = evaluation_scratch(f->ev);
    str parts[5] = {r->source.data ? r->source : STR(""), STR("#"), {number, 0}, STR("."), {NULL, 0}};
    str id;
    if (r->row > 0) {
        parts[2].size = number_write_uint(number, r->row);
        char part[NUMBER_TEXT];
        parts[4] = (str){part, number_write_uint(part, r->part)};
        id = arena_join(scratch, parts, r->part > 0 ? 5 : 3);
    } else {
        if (!f->numbered) {
            frame_number(f);
        }
        char content[NUMBER_TEXT];
        parts[0] = (str){content, number_write_uint(content, f->content)};
        parts[2].size = number_write_int(number, f->occurrence);
        id = arena_join(scratch, parts, 3);
    }
    return id.data ? value_string(id) : value_fail(f->ev, POLICY_E_NOMEM, MESSAGE_NOMEM, NULL, 0);
}

/* Shared parts are many and few are asked for: those are noted, so that the next row sets back no others. */
static void note_filled(frame *f, int slot)
{
    if (slot < f->table->first_part) {
        return;
    }
    if (f->table != f->clean || f->filled_count == f->filled_most) {
        f->clean = NULL;
        return;
    }
    f->filled[f->filled_count++] = (uint32_t)slot;
}

static value resolve(void *context, evaluation *ev, int slot)
{
    frame *f = context;
    const plan_table *t = f->table;
    value v = value_unknown(0);
    if (slot >= t->first_let && slot < t->first_let + (int)t->let_count) {
        const expr *program = t->lets[slot - t->first_let].program;
        const date_range *in_force = f->ledger->run.in_force;
        f->ledger->run.in_force = NULL; /* a let is the same for every rule */
        v = program ? expr_evaluate(program, ev, &f->activation) : value_unknown(0);
        f->ledger->run.in_force = in_force;
    } else if (slot >= t->first_param && slot < t->record_id) {
        const policy_engine *e = f->ledger->engine;
        for (uint32_t i = 0; i < e->param_count; i++) {
            if (e->params[i].dated == slot - t->first_param) {
                v = f->dated ? engine_param_value(&e->params[i], true, f->day) : value_unknown(f->day_missing);
                break;
            }
        }
    } else if (slot == t->record_id) {
        v = record_id(f);
    } else if (slot >= t->first_part) {
        v = expr_evaluate_part(t->parts[slot - t->first_part], ev, &f->activation);
    }
    f->slots[slot] = v;
    note_filled(f, slot);
    return v;
}

frame *frame_take(policy_ledger *l, const plan_table *t)
{
    if (l->depth >= FRAMES_MAX) {
        return NULL;
    }
    frame *f = &l->frames[l->depth];
    if (f->ev == NULL) {
        f->ev = evaluation_new(&l->engine->options);
        if (f->ev == NULL) {
            return NULL;
        }
        evaluation_set_host(f->ev, &l->run);
    }
    if (f->slots == NULL) {
        uint32_t most = engine_slot_count(l->engine) + 1;
        f->slots = allocator_zero(l->allocator, most, sizeof(value) + sizeof *f->filled);
        if (f->slots == NULL) {
            return NULL;
        }
        f->filled = (uint32_t *)(void *)(f->slots + most);
        f->filled_most = most;
        f->clean = NULL;
    }
    l->depth++;
    f->ledger = l;
    f->table = t;
    f->activation = (activation){f->slots, resolve, f};
    f->record = NULL;
    f->rows = NULL;
    f->row = 0;
    f->source = 0;
    frame_reset(f);
    return f;
}

void frame_give(policy_ledger *l, frame *f)
{
    (void)f;
    l->depth--;
}

void frame_reset(frame *f)
{
    evaluation_reset(f->ev);
    bool clean = f->clean == f->table;
    int until = clean ? f->table->first_part : f->table->slot_count;
    for (int i = (int)f->table->column_count; i < until; i++) {
        f->slots[i] = (value){.kind = VALUE_PENDING};
    }
    for (uint32_t i = 0; clean && i < f->filled_count; i++) {
        f->slots[f->filled[i]] = (value){.kind = VALUE_PENDING};
    }
    f->clean = f->table;
    f->filled_count = 0;
    f->dated = false;
    f->day_missing = 0;
    f->maybe = false;
    f->maybe_missing = 0;
}

value frame_evaluate(frame *f, const expr *x)
{
    return expr_evaluate(x, f->ev, &f->activation);
}

static uint64_t missing_of(value v)
{
    return v.kind == VALUE_INTERVAL ? v.as.interval->missing : v.as.missing;
}

/* Settle a condition: bool, UNKNOWN or ERROR. */
static value settled(frame *f, const expr *x)
{
    value v = frame_evaluate(f, x);
    switch (v.kind) {
    case VALUE_BOOL:
    case VALUE_ERROR:
        return v;
    case VALUE_NONE:
    case VALUE_UNKNOWN:
    case VALUE_INTERVAL:
        return value_unknown(missing_of(v));
    default:
        return value_unknown(0);
    }
}

value frame_when(frame *f, const expr *when, const plan_also *also, uint32_t also_count)
{
    value v = when ? settled(f, when) : value_bool(true);
    for (uint32_t i = 0; i < also_count && !(v.kind == VALUE_BOOL && v.as.b); i++) {
        bool bounded = also[i].in_force.has_from || also[i].in_force.has_until;
        if (f->dated && !plan_in_force(&also[i].in_force, f->day)) {
            continue;
        }
        value more = settled(f, also[i].when);
        if (more.kind == VALUE_BOOL && !more.as.b) {
            continue;
        }
        if (more.kind == VALUE_BOOL && bounded && !f->dated) {
            more = value_unknown(f->day_missing);
        }
        if (more.kind == VALUE_BOOL) {
            return more;
        }
        /* unknown beats error beats false */
        if (more.kind == VALUE_UNKNOWN) {
            v = value_unknown(more.as.missing | (v.kind == VALUE_UNKNOWN ? v.as.missing : 0));
        } else if (v.kind == VALUE_BOOL) {
            v = more;
        }
    }
    return v;
}
