/*
 * Records: cells kept from row to row, and how they become values.
 *
 * Readers need each other's results, so fields are resolved in passes: the school (and through it the years of its
 * system), its stage, the school year and the record's own date, then all the rest; last come the upper ends of ranges.
 * Every field gets exactly one value; what could not be read is listed as a problem and left unknown.
 */
#include "schema/record.h"

#include "base/civil.h"
#include "schema/readers.h"

policy_status record_init(record *r, const schema_type *t, const policy_allocator *a)
{
    *r = (record){.type = t, .source = str_none, .id = str_none};
    arena_init(&r->memory, a, 0);
    r->cells = allocator_zero(a, t->field_count ? t->field_count : 1, sizeof *r->cells);
    return r->cells ? POLICY_OK : POLICY_E_NOMEM;
}

void record_clear(record *r)
{
    if (r->cells)
        memset(r->cells, 0, r->type->field_count * sizeof *r->cells);
    r->source = r->id = str_none;
    r->row = 0;
    r->part = 0;
    arena_reset(&r->memory);
}

void record_free(record *r)
{
    if (!r->type)
        return;
    allocator_free(r->memory.allocator, r->cells);
    arena_free(&r->memory);
    *r = (record){.type = NULL};
}

/* What one call works on. */
typedef struct resolution {
    const record *r;
    reader_context context;
    arena *scratch;
    value *values;
    record_problem *problems;
    int problem_count;
    bool out_of_memory;
    uint64_t done;                   /* fields that have their value */
    value uppers[SCHEMA_FIELDS_MAX]; /* upper ends, by the field that was read */
} resolution;

static uint64_t bit(int field)
{
    return UINT64_C(1) << field;
}

static void report(resolution *x, int field, reader_failure failure, str text)
{
    x->problems[x->problem_count++] = (record_problem){field, failure, text};
    x->values[field] = value_unknown(bit(field));
    x->uppers[field] = value_null();
}

/* Is a host's number read like the text it would be? In a field of texts (class 2) or of booleans (1), under a header with a
 * unit (1.5 hours), and where a fraction stands for a whole number: the reader knows whether that can be. */
static bool reads_number(const cell *c, const schema_field *f)
{
    type_kind kind = f->type ? f->type->kind : TYPE_DYN;
    switch (c->v.kind) {
    case VALUE_INT:
    case VALUE_UINT:
        return kind == TYPE_STRING || kind == TYPE_BOOL || c->unit.size > 0;
    case VALUE_DOUBLE:
        return c->unit.size > 0 || (kind == TYPE_INT && c->v.as.d - c->v.as.d == 0 &&
                                    !(c->v.as.d >= -9007199254740992.0 && c->v.as.d <= 9007199254740992.0 &&
                                      c->v.as.d == (double)(int64_t)c->v.as.d));
    default:
        return false;
    }
}

/* The text a cell holds; str_none where there is nothing to read. */
static str cell_text(resolution *x, const cell *c, const schema_field *f)
{
    if (c->kind == CELL_TEXT)
        return c->text;
    if (c->kind == CELL_VALUE && c->v.kind == VALUE_STRING && !c->v.interned)
        return value_text(c->v);
    if (c->kind == CELL_VALUE && reads_number(c, f)) {
        char room[NUMBER_TEXT];
        size_t size = c->v.kind == VALUE_INT    ? number_write_int(room, c->v.as.i)
                      : c->v.kind == VALUE_UINT ? number_write_uint(room, c->v.as.u)
                                                : number_write_double(room, c->v.as.d);
        str made = arena_text(x->scratch, (str){room, size});
        x->out_of_memory |= !made.data;
        return made;
    }
    return str_none;
}

/* False when the text is nothing: blank, or a dash that the reader does not know. */
static bool spell_cell(const schema_field *f, str text, str unit, spelling *s)
{
    text = str_trim(text);
    if (text.size == 0)
        return false;
    if (f->reader == READER_TEXT || f->reader == READER_CLASS || f->reader == READER_LIST) {
        if (reader_is_placeholder(text))
            return false;
        reader_spell(f, text, unit, s);
        return true;
    }
    reader_spell(f, text, unit, s);
    return s->form != 0 || !reader_is_placeholder(text);
}

static reader_failure read_spelling(resolution *x, const schema_field *f, const spelling *s, value *v, value *high)
{
    reader_failure failure = reader_value(f, s, &x->context, x->scratch, v, high);
    x->out_of_memory |= failure == READER_FINE && v->kind == VALUE_ERROR;
    return failure;
}

/* The value that another field's text says, quietly: its absence is that of the field itself. */
static bool read_from_other(resolution *x, const schema_field *f, value *v, value *high, reader_failure *failure,
                            str *text)
{
    if (f->also_from < 0)
        return false;
    const cell *other = &x->r->cells[f->also_from];
    spelling s;
    *text = cell_text(x, other, &x->r->type->fields[f->also_from]);
    if (!text->data || !spell_cell(f, *text, str_none, &s) || s.form == 0 || s.note == READER_NOTE_OWN_COLUMN)
        return false;
    *failure = read_spelling(x, f, &s, v, high);
    return true;
}

static void set_default(resolution *x, int i, bool empty)
{
    const schema_field *f = &x->r->type->fields[i];
    if (empty && f->empty_is_none)
        x->values[i] = value_none(bit(i));
    else if (f->absent == SCHEMA_DEFAULT_VALUE)
        x->values[i] = f->default_value;
    else if (!empty && f->absent == SCHEMA_DEFAULT_NONE)
        x->values[i] = value_none(bit(i));
    else
        x->values[i] = value_unknown(bit(i));
}

static void resolve_missing(resolution *x, int i, bool empty)
{
    const schema_field *f = &x->r->type->fields[i];
    value v, high;
    reader_failure failure;
    str text;
    if (!read_from_other(x, f, &v, &high, &failure, &text)) {
        set_default(x, i, empty);
    } else if (failure == READER_FINE) {
        x->values[i] = v;
        x->uppers[i] = high;
    } else {
        report(x, i, failure, text);
    }
}

static bool same_kind(const schema_field *f, value v)
{
    switch (f->type ? f->type->kind : TYPE_DYN) {
    case TYPE_BOOL:
        return v.kind == VALUE_BOOL;
    case TYPE_INT:
        return v.kind == VALUE_INT;
    case TYPE_DOUBLE:
        return v.kind == VALUE_DOUBLE;
    case TYPE_DATE:
        return v.kind == VALUE_DATE;
    case TYPE_TIME:
    case TYPE_DURATION:
        return v.kind == VALUE_DURATION;
    case TYPE_TIMESTAMP:
        return v.kind == VALUE_TIMESTAMP;
    case TYPE_LIST:
        return v.kind == VALUE_LIST;
    default:
        return true;
    }
}

/* A host's typed value needs no reader, only its range and, for whole numbers and doubles, the field's own kind. */
static void resolve_value(resolution *x, int i, value v)
{
    const schema_field *f = &x->r->type->fields[i];
    if (f->type && f->type->kind == TYPE_DOUBLE && v.kind == VALUE_INT)
        v = value_double((double)v.as.i);
    if (f->type && f->type->kind == TYPE_INT && v.kind == VALUE_DOUBLE && v.as.d >= -9007199254740992.0 &&
        v.as.d <= 9007199254740992.0 && v.as.d == (double)(int64_t)v.as.d)
        v = value_int((int64_t)v.as.d);
    if (!same_kind(f, v)) {
        report(x, i, READER_UNREADABLE, str_none);
        return;
    }
    if ((f->has_minimum && value_compare(v, f->minimum) == -1) ||
        (f->has_maximum && value_compare(v, f->maximum) == 1)) {
        report(x, i, READER_OUT_OF_RANGE, str_none);
        return;
    }
    x->values[i] = v;
    if (f->reader == READER_MINUTES)
        x->uppers[i] = v;
}

static void resolve_field(resolution *x, int i)
{
    if (x->done & bit(i))
        return;
    x->done |= bit(i);
    const schema_field *f = &x->r->type->fields[i];
    const cell *c = &x->r->cells[i];
    x->uppers[i] = value_null();
    if (c->kind == CELL_VALUE && c->v.kind == VALUE_STRING && c->v.interned && f->domain != NULL) {
        x->values[i] = c->v; /* a code of the field */
        return;
    }
    if (c->kind == CELL_LOST) {
        x->values[i] = value_unknown(bit(i));
        return;
    }

    str text = cell_text(x, c, f);
    if (c->kind == CELL_VALUE && !text.data) {
        if (c->v.kind == VALUE_NONE || c->v.kind == VALUE_UNKNOWN)
            resolve_missing(x, i, c->v.kind == VALUE_NONE);
        else
            resolve_value(x, i, c->v);
        return;
    }
    spelling s;
    if (!text.data || !spell_cell(f, text, c->unit, &s)) {
        resolve_missing(x, i, c->kind != CELL_ABSENT);
        return;
    }
    value v, high, other, other_high;
    reader_failure failure = read_spelling(x, f, &s, &v, &high), other_failure;
    if (failure != READER_FINE) {
        report(x, i, failure, text);
        return;
    }
    x->values[i] = v;
    x->uppers[i] = high;
    str other_text;
    if (f->reader == READER_GRADE && read_from_other(x, f, &other, &other_high, &other_failure, &other_text) &&
        other_failure == READER_FINE && !value_equal(v, other))
        report(x, i, READER_AMBIGUOUS, other_text); /* 四(2)班 under 三年级: one of them is wrong */
}

static void resolve_school(resolution *x, const schema *s, const record_systems *systems)
{
    int i = s->systems.school_field.size ? schema_find_field(x->r->type, s->systems.school_field) : -1;
    str name = str_none;
    if (i >= 0) {
        resolve_field(x, i);
        if (x->values[i].kind == VALUE_STRING)
            name = value_text(x->values[i]);
    }
    if (!systems)
        return;
    x->context.default_year = systems->default_year;
    int32_t primary = 0, junior = 0;
    uint8_t stage = 0;
    if (systems->find && systems->find(systems->context, name, &primary, &junior, &stage)) {
        x->context.primary_years = primary;
        x->context.junior_years = junior;
        x->context.stage = stage;
    }
}

static void resolve_stage(resolution *x)
{
    for (uint32_t i = 0; i < x->r->type->field_count; i++) {
        if (x->r->type->fields[i].reader != READER_STAGE)
            continue;
        resolve_field(x, (int)i);
        value v = x->values[i];
        if (v.kind != VALUE_STRING)
            continue;
        if (str_equal(value_text(v), STR("primary")))
            x->context.stage = 1;
        else if (str_equal(value_text(v), STR("junior")))
            x->context.stage = 2;
    }
}

static int32_t leading_year(value v)
{
    int64_t year;
    if (v.kind != VALUE_STRING || v.size < 4 || !number_read_int((str){v.as.text, 4}, &year))
        return 0;
    return (int32_t)year;
}

/* The school year of a day, and none in the last days of August: some schools have begun by then, others have not. */
static int32_t school_year_of(int32_t days)
{
    int year, month, day;
    civil_split(days, &year, &month, &day);
    if (month == 8 && day >= 20)
        return 0;
    return month >= 9 ? year : year - 1;
}

static void resolve_years(resolution *x)
{
    const schema_type *t = x->r->type;
    for (int pass = 0; pass < 2; pass++) {
        reader_kind kind = pass ? READER_TERM : READER_SCHOOL_YEAR;
        for (uint32_t i = 0; i < t->field_count && !x->context.school_year; i++) {
            if (t->fields[i].reader != kind)
                continue;
            /* A term without its year (上学期) may still find it from the own date, so it is tried here and left. */
            const cell *c = &x->r->cells[i];
            spelling s;
            if (kind == READER_TERM && c->kind == CELL_TEXT && spell_cell(&t->fields[i], c->text, c->unit, &s) &&
                s.form && s.a == 0)
                continue;
            resolve_field(x, (int)i);
            x->context.school_year = leading_year(x->values[i]);
        }
    }
    if (t->dated_by < 0)
        return;
    resolve_field(x, t->dated_by);
    value own = x->values[t->dated_by];
    if (x->context.school_year)
        return;
    if (own.kind == VALUE_DATE)
        x->context.school_year = school_year_of((int32_t)own.as.i);
    else if (own.kind == VALUE_TIMESTAMP)
        x->context.school_year =
            school_year_of((int32_t)(own.as.i >= 0 ? own.as.i / 86400 : (own.as.i - 86399) / 86400));
}

/* 20-30分钟 fills the upper end's own field, unless the sheet has a column for it. */
static void resolve_uppers(resolution *x)
{
    const schema_type *t = x->r->type;
    for (uint32_t i = 0; i < t->field_count; i++) {
        int target = t->fields[i].high_field;
        if (target < 0 || x->uppers[i].kind == VALUE_NULL)
            continue;
        uint8_t kind = x->r->cells[target].kind;
        if (kind == CELL_ABSENT || kind == CELL_EMPTY || x->values[target].kind == VALUE_NONE)
            x->values[target] = x->uppers[i];
    }
}

int record_resolve_in(const schema *s, const record *r, const record_systems *systems, arena *scratch, value *values,
                      record_problem *problems, reader_context *context)
{
    resolution x; /* `uppers` are set as their fields are read */
    x.r = r;
    x.context = (reader_context){.default_year = 0};
    x.scratch = scratch;
    x.values = values;
    x.problems = problems;
    x.problem_count = 0;
    x.out_of_memory = false;
    x.done = 0;
    resolve_school(&x, s, systems);
    resolve_stage(&x);
    resolve_years(&x);
    for (uint32_t i = 0; i < r->type->field_count; i++)
        resolve_field(&x, (int)i);
    resolve_uppers(&x);
    if (context)
        *context = x.context;
    return x.out_of_memory ? -1 : x.problem_count;
}

int record_resolve(const schema *s, const record *r, const record_systems *systems, arena *scratch, value *values,
                   record_problem *problems)
{
    return record_resolve_in(s, r, systems, scratch, values, problems, NULL);
}
