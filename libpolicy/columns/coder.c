/*
 * Contents to codes, and rows' codes by what they depend on; see coder.h.
 */
#include "columns/coder.h"

#include "columns/coder_cells.h"

#include "ledger/systems.h"

/* ---- making and freeing ---- */

static void chain_init(chain *x, const policy_allocator *a)
{
    *x = (chain){.inputs = 0};
    for (size_t i = 0; i < CHAIN_LINKS; i++) {
        pairs_init(&x->links[i], a);
    }
}

static void chain_free(chain *x, const policy_allocator *a)
{
    for (size_t i = 0; i < CHAIN_LINKS; i++) {
        pairs_free(&x->links[i]);
    }
    allocator_free(a, x->results);
    chain_init(x, a);
}

static void forget_raw(coder *k, const policy_allocator *a)
{
    integers_free(&k->integers);
    texts_free(&k->texts);
    chain_free(&k->chain, a);
    k->null_number = NUMBER_NONE;
    k->null_code = DOMAIN_FULL;
    k->raw_count = 0;
    k->known.length = -1;
}

/* Can a cell of it be unreadable? Then all of them must be looked at. */
static bool may_fail(const schema_field *f)
{
    return f->reader != READER_TEXT && f->reader != READER_LIST;
}

coding *coding_new(policy_ledger *l, uint32_t type_at)
{
    const policy_allocator *a = l->allocator;
    const schema_type *t = l->engine->tables[type_at]->record;
    coding *c = allocator_zero(a, 1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->ledger = l;
    c->type_at = type_at;
    c->type = t;
    c->kernels = kernels_best();
    c->checked = allocator_zero(a, (size_t)t->field_count + 1, sizeof *c->checked);
    chain_init(&c->contexts, a);
    c->coders = allocator_zero(a, (size_t)t->field_count + 1, sizeof *c->coders);
    c->values = allocator_zero(a, (size_t)t->field_count + 1, sizeof *c->values);
    c->problems = allocator_zero(a, (size_t)t->field_count + 4, sizeof *c->problems);
    c->context_numbers = allocator_zero(a, BLOCK_ROWS, sizeof(uint32_t));
    c->spare = allocator_zero(a, BLOCK_ROWS, sizeof(uint32_t));
    bool fine = record_init(&c->single, t, a) == POLICY_OK;
    fine = record_init(&c->whole, t, a) == POLICY_OK && fine;
    if (!fine || c->coders == NULL || c->values == NULL || c->problems == NULL || c->context_numbers == NULL ||
        c->spare == NULL || c->checked == NULL) {
        coding_free(c);
        return NULL;
    }
    for (uint32_t i = 0; i < t->field_count; i++) {
        coder *k = &c->coders[i];
        k->field = i;
        k->may_fail = may_fail(&t->fields[i]);
        k->odd_code = k->uncoded_code = DOMAIN_FULL;
        domain_init(&k->values, a);
        integers_init(&k->integers, a);
        texts_init(&k->texts, a);
        chain_init(&k->chain, a);
        k->null_number = NUMBER_NONE;
        k->null_code = DOMAIN_FULL;
        k->known.length = -1;
    }
    for (uint32_t i = 0; i < t->field_count; i++) {
        coder *k = &c->coders[i];
        k->numbers = allocator_zero(a, BLOCK_ROWS, sizeof(uint32_t));
        k->codes = allocator_zero(a, BLOCK_ROWS, sizeof(uint32_t));
        if (k->numbers == NULL || k->codes == NULL) {
            coding_free(c);
            return NULL;
        }
    }
    return c;
}

void coding_free(coding *c)
{
    if (c == NULL) {
        return;
    }
    const policy_allocator *a = c->ledger->allocator;
    for (uint32_t i = 0; c->coders != NULL && i < c->type->field_count; i++) {
        coder *k = &c->coders[i];
        if (k->values.allocator != NULL) {
            forget_raw(k, a);
            domain_free(&k->values);
        }
        allocator_free(a, (char *)k->unit.data);
        allocator_free(a, k->entries);
        allocator_free(a, k->value_of_raw);
        allocator_free(a, k->numbers);
        allocator_free(a, k->codes);
        looks_free(k, a);
    }
    chain_free(&c->contexts, a);
    allocator_free(a, c->seen);
    allocator_free(a, c->coders);
    allocator_free(a, c->values);
    allocator_free(a, c->problems);
    allocator_free(a, c->context_numbers);
    allocator_free(a, c->checked);
    allocator_free(a, c->spare);
    record_free(&c->single);
    record_free(&c->whole);
    allocator_free(a, c);
}

/* ---- what depends on what ---- */

static bool is_text(const column *k)
{
    const column *content = k->dictionary ? k->dictionary : k;
    return content->storage == COLUMN_UTF8 || content->storage == COLUMN_LARGE_UTF8 ||
           content->storage == COLUMN_UTF8_VIEW;
}

/* Do its cells go through the reader, as texts? A number in a field of dates or texts may. */
bool coding_is_read(const column *k, const schema_field *f, str unit)
{
    if (k == NULL) {
        return false;
    }
    if (is_text(k) || unit.size > 0) {
        return true;
    }
    type_kind kind = f->type ? f->type->kind : TYPE_DYN;
    bool number = kind == TYPE_INT || kind == TYPE_DOUBLE || kind == TYPE_BOOL;
    const column *content = k->dictionary ? k->dictionary : k;
    return content->meaning == MEANING_PLAIN && !number;
}

static bool has_empty(const column *k)
{
    return k == NULL || k->storage == COLUMN_NULL || k->validity != NULL ||
           (k->dictionary != NULL && k->dictionary->validity != NULL);
}

static bool reads_context(const schema_field *f)
{
    return f->reader == READER_GRADE || f->reader == READER_DATE || f->reader == READER_DATE_TIME ||
           f->reader == READER_TERM || f->reader == READER_CLASS || f->reader == READER_TIME;
}

static uint32_t kind_of(const column *k)
{
    if (k == NULL) {
        return 0;
    }
    const column *content = k->dictionary ? k->dictionary : k;
    uint32_t storage = (uint32_t)content->storage;
    bool integer = storage >= COLUMN_INT8 && storage <= COLUMN_UINT64;
    uint32_t unit = k->unit >= 1000000000 ? 3 : k->unit >= 1000000 ? 2 : k->unit >= 1000 ? 1 : 0;
    return 1 +
           (integer      ? (uint32_t)COLUMN_INT64
            : is_text(k) ? (uint32_t)COLUMN_UTF8
                         : storage) *
               1024 +
           (uint32_t)content->meaning * 16 + unit * 4 + (has_empty(k) ? 1 : 0);
}

static uint64_t bit(uint32_t i)
{
    return UINT64_C(1) << i;
}

static void find_dependence(coding *c)
{
    const schema_type *t = c->type;
    const schema *s = c->ledger->engine->schema;
    uint64_t context = 0, raw = 0;
    for (uint32_t i = 0; i < t->field_count; i++) {
        const schema_field *f = &t->fields[i];
        bool decides = str_equal(f->name, s->systems.school_field) || f->reader == READER_STAGE ||
                       f->reader == READER_SCHOOL_YEAR || f->reader == READER_TERM || (int)i == t->dated_by;
        context |= decides && c->coders[i].column != NULL ? bit(i) : 0;
    }
    c->context_fields = context;
    for (uint32_t i = 0; i < t->field_count; i++) {
        const schema_field *f = &t->fields[i];
        coder *k = &c->coders[i];
        k->depends = 0;
        k->in_context = coding_is_read(k->column, f, k->unit) && reads_context(f);
        if (f->also_from >= 0 && c->coders[f->also_from].column != NULL &&
            (has_empty(k->column) || (f->reader == READER_GRADE && coding_is_read(k->column, f, k->unit)))) {
            k->depends |= bit((uint32_t)f->also_from);
            k->in_context = k->in_context || reads_context(f);
        }
    }
    for (uint32_t i = 0; i < t->field_count; i++) { /* an upper end needs all that its field needs */
        int high = t->fields[i].high_field;
        if (high >= 0 && c->coders[i].column != NULL) {
            c->coders[high].depends |= bit(i) | c->coders[i].depends;
            c->coders[high].in_context = c->coders[high].in_context || c->coders[i].in_context;
        }
    }
    for (uint32_t i = 0; i < t->field_count; i++) {
        coder *k = &c->coders[i];
        if (k->in_context && (bit(i) & context)) { /* what makes the context can only ask its raw numbers */
            k->in_context = false;
            k->depends |= context;
        }
        k->dependent = k->depends != 0 || k->in_context;
        if (k->dependent) {
            k->depends |= bit(i);
            raw |= k->depends | (k->in_context ? context : 0);
        }
    }
    for (uint32_t i = 0; i < t->field_count; i++) {
        c->coders[i].raw = (raw >> i & 1) != 0;
    }
}

bool coding_begin(coding *c, const batch *b)
{
    const policy_allocator *a = c->ledger->allocator;
    bool same = c->laid_out;
    c->batch = b;
    for (uint32_t i = 0; i < c->type->field_count; i++) {
        coder *k = &c->coders[i];
        k->column = b->fields[i];
        uint32_t kind = kind_of(k->column);
        if (!c->laid_out || kind != k->kind || !str_equal(k->unit, b->units[i]) ||
            (k->column != NULL && k->column->clock != NULL)) {
            same = false;
            k->kind = kind;
            allocator_free(a, (char *)k->unit.data);
            k->unit = str_none;
            if (b->units[i].size > 0) {
                char *unit = allocator_new(a, b->units[i].size);
                if (unit == NULL) {
                    c->laid_out = false;
                    return false;
                }
                memcpy(unit, b->units[i].data, b->units[i].size);
                k->unit = (str){unit, b->units[i].size};
            }
        }
    }
    if (!same) { /* other columns, or of other kinds: what was learned of contents no longer holds; values do */
        for (uint32_t i = 0; i < c->type->field_count; i++) {
            forget_raw(&c->coders[i], a);
            c->coders[i].version = ++c->versions;
        }
        chain_free(&c->contexts, a);
        c->seen_count = 0;
        find_dependence(c);
    }
    c->laid_out = looks_begin(c);
    return c->laid_out;
}

/* ---- reading a new content ---- */

static uint32_t special_code(coder *k, uint32_t *code, uint64_t which)
{
    if (*code == DOMAIN_FULL) {
        *code = domain_put(&k->values, (value){.kind = VALUE_PENDING, .as.u = which});
    }
    return *code;
}

/* The record's values into c->values; the number of problems, -1 out of memory. */
static int resolve(coding *c, const record *r)
{
    policy_ledger *l = c->ledger;
    record_systems schools = systems_lookup(&l->delta.schools, c->type_at);
    arena *scratch = evaluation_scratch(l->frames[l->depth - 1].ev);
    return record_resolve_in(l->engine->schema, r, &schools, scratch, c->values, c->problems, &c->context);
}

/* The code of a field of a record; its problem makes it the odd one. DOMAIN_FULL out of memory. */
static uint32_t read_field(coding *c, coder *k, const record *r)
{
    policy_ledger *l = c->ledger;
    arena *scratch = evaluation_scratch(l->frames[l->depth - 1].ev);
    arena_mark mark = arena_here(scratch);
    int problems = resolve(c, r);
    uint32_t code = DOMAIN_FULL;
    if (problems >= 0) {
        bool odd = false;
        for (int i = 0; i < problems; i++) {
            odd = odd || c->problems[i].field == (int)k->field;
        }
        code = odd ? special_code(k, &k->odd_code, 1) : domain_put(&k->values, c->values[k->field]);
    }
    arena_release(scratch, mark);
    return code;
}

/* The same for a field that depends on nothing else: the cell that row `row` of `from` is, NULL for an absent column. */
static uint32_t read_single(coding *c, coder *k, const column *from, int64_t row)
{
    cell *own = &c->single.cells[k->field];
    if (from != NULL) {
        column_cell(from, row, &c->type->fields[k->field], c->batch->units[k->field], own);
    }
    uint32_t code = read_field(c, k, &c->single);
    *own = (cell){.kind = CELL_ABSENT};
    return code;
}

static void take_row(coding *c, size_t i)
{
    record_clear(&c->whole);
    batch_row(c->batch, c->row + (int64_t)i, &c->whole);
}

/* A number for a content met for the first time. False out of memory. */
static bool new_number(coding *c, coder *k, const column *from, int64_t row, uint32_t *number)
{
    if (!k->raw) {
        *number = k->values.count < CODES_MOST ? read_single(c, k, from, row)
                  : k->eager && k->may_fail    ? special_code(k, &k->odd_code, 1)
                                               : special_code(k, &k->uncoded_code, 0);
        return *number != DOMAIN_FULL;
    }
    if (k->raw_count >= CODES_MOST) {
        *number = NUMBER_NONE;
        return true;
    }
    if (!k->dependent) {
        if (!allocator_grow(c->ledger->allocator, (void **)&k->value_of_raw, &k->value_capacity,
                            (size_t)k->raw_count + 1, sizeof *k->value_of_raw, 0) ||
            (k->value_of_raw[k->raw_count] = read_single(c, k, from, row)) == DOMAIN_FULL) {
            return false;
        }
    }
    *number = k->raw_count++;
    return true;
}

/* Beyond CODES_MOST contents are not remembered, or they would fill the memory. */
static bool is_full(const coder *k)
{
    return (k->raw ? k->raw_count : k->values.count) >= CODES_MOST;
}

/* An empty cell is a row of this column. */
static const column no_content = {.storage = COLUMN_NULL, .unit = 1};

bool coding_number_null(coding *c, coder *k, uint32_t *out)
{
    if (k->null_number == NUMBER_NONE &&
        !new_number(c, k, k->column != NULL ? &no_content : NULL, 0, &k->null_number)) {
        return false;
    }
    *out = k->null_number;
    return true;
}

uint32_t coding_null_code(coding *c, uint32_t field)
{
    coder *k = &c->coders[field];
    if (k->null_code == DOMAIN_FULL) {
        k->null_code = read_single(c, k, k->column != NULL ? &no_content : NULL, 0);
    }
    return k->null_code;
}

bool coding_number_integer(coding *c, coder *k, const column *from, int64_t row, int64_t v, uint32_t *out)
{
    if (!integers_cover(&k->integers, v, v)) {
        return false;
    }
    *out = integers_find(&k->integers, v);
    if (*out == NUMBER_NONE) {
        bool full = is_full(k);
        return new_number(c, k, from, row, out) && (full || integers_cover(&k->integers, v, v)) &&
               (full || integers_add(&k->integers, v, *out));
    }
    return true;
}

bool coding_number_new_text(coding *c, coder *k, const column *from, int64_t row, const char *data, text_key key,
                            uint32_t *out)
{
    bool full = is_full(k);
    return new_number(c, k, from, row, out) && (full || texts_add(&k->texts, data, key, *out));
}

bool coding_number_text(coding *c, coder *k, const column *from, int64_t row, str text, uint32_t *out)
{
    text_key key = texts_key(text.data, text.size);
    *out = texts_find(&k->texts, text.data, key);
    return *out != NUMBER_NONE || coding_number_new_text(c, k, from, row, text.data, key, out);
}

/* ---- dependent fields ---- */

/* Number the block's combinations of some columns of numbers, into `out`. */
static bool chain_number(const coding *c, chain *x, const uint32_t *const *inputs, uint32_t count, uint32_t *out)
{
    if (count == 0) { /* depends on nothing: one combination */
        memset(out, 0, c->count * sizeof *out);
        return true;
    }
    const uint32_t *left = inputs[0];
    for (uint32_t i = 1; i < count; i++) {
        uint32_t *next = left == c->spare ? out : c->spare;
        if (!pairs_number(&x->links[i], left, inputs[i], c->count, next)) {
            return false;
        }
        left = next;
    }
    if (left != out) {
        memcpy(out, left, c->count * sizeof *out);
    }
    return true;
}

static uint32_t gather(const coding *c, uint64_t fields, const uint32_t **inputs, uint32_t count)
{
    for (uint32_t i = 0; i < c->type->field_count && count < CHAIN_LINKS; i++) {
        if (fields >> i & 1) {
            inputs[count++] = c->coders[i].numbers;
        }
    }
    return count;
}

/* A place for what combination `number` means; NUMBER_NONE until that was read. */
static bool reserve_results(coding *c, chain *x, uint32_t number)
{
    if (number < x->result_count) {
        return true;
    }
    if (!allocator_grow(c->ledger->allocator, (void **)&x->results, &x->result_capacity, (size_t)number + 1,
                        sizeof *x->results, 0)) {
        return false;
    }
    while (x->result_count <= number) {
        x->results[x->result_count++] = NUMBER_NONE;
    }
    return true;
}

static bool same_context(const reader_context *a, const reader_context *b)
{
    return a->primary_years == b->primary_years && a->junior_years == b->junior_years && a->stage == b->stage &&
           a->school_year == b->school_year && a->default_year == b->default_year && a->afternoon == b->afternoon;
}

static bool number_contexts(coding *c)
{
    if (c->context_block == c->block) {
        return true;
    }
    const uint32_t *inputs[CHAIN_LINKS];
    uint32_t count = gather(c, c->context_fields, inputs, 0), *out = c->context_numbers;
    chain *x = &c->contexts;
    if (count == 0) {
        memset(out, 0, c->count * sizeof *out);
    } else if (!chain_number(c, x, inputs, count, out)) {
        return false;
    }
    for (size_t i = 0; i < c->count; i++) {
        if (!reserve_results(c, x, out[i])) {
            return false;
        }
        if (x->results[out[i]] == NUMBER_NONE) {
            uint32_t n = 0;
            take_row(c, i);
            if (resolve(c, &c->whole) < 0) {
                return false;
            }
            while (n < c->seen_count && !same_context(&c->seen[n], &c->context)) {
                n++;
            }
            if (n == c->seen_count) {
                if (!allocator_grow(c->ledger->allocator, (void **)&c->seen, &c->seen_capacity, (size_t)n + 1,
                                    sizeof *c->seen, 0)) {
                    return false;
                }
                c->seen[c->seen_count++] = c->context;
            }
            x->results[out[i]] = n;
        }
        out[i] = x->results[out[i]];
    }
    c->context_block = c->block;
    return true;
}

static bool code_dependent(coding *c, coder *k)
{
    const uint32_t *inputs[CHAIN_LINKS];
    uint32_t count = 0;
    if (k->in_context && !number_contexts(c)) {
        return false;
    }
    if (k->in_context) {
        inputs[count++] = c->context_numbers;
    }
    count = gather(c, k->depends, inputs, count);
    chain *x = &k->chain;
    uint32_t *out = k->codes;
    if (!chain_number(c, x, inputs, count, out)) {
        return false;
    }
    for (size_t i = 0; i < c->count; i++) {
        if (!reserve_results(c, x, out[i])) {
            return false;
        }
        if (x->results[out[i]] == NUMBER_NONE) {
            take_row(c, i);
            uint32_t code = read_field(c, k, &c->whole);
            if (code == DOMAIN_FULL) {
                return false;
            }
            x->results[out[i]] = code;
        }
        out[i] = x->results[out[i]];
    }
    return true;
}

/* ---- a block ---- */

const uint64_t *coding_valid(coding *c, uint32_t field)
{
    coder *k = &c->coders[field];
    const column *from = k->column;
    if (from->validity == NULL) {
        return NULL;
    }
    if (k->valid_block != c->block) {
        bits_from_bitmap(from->validity, from->offset + c->row, c->count, k->valid);
        k->all_valid = c->kernels->meet(&(bit_part){.bits = k->valid}, 1, NULL, (c->count + 63) / 64) == c->count;
        k->valid_block = c->block;
    }
    return k->all_valid ? NULL : k->valid;
}

const void *coding_values(const coding *c, uint32_t field)
{
    const coder *k = &c->coders[field];
    return (const char *)k->column->values + ((size_t)(k->column->offset + c->row) << k->log2_width);
}

static void mark_odd(coding *c, const uint32_t *codes, uint32_t code)
{
    uint8_t any = 0, is[BLOCK_ROWS];
    for (size_t i = 0; i < c->count; i++) {
        is[i] = codes[i] == code ? 255 : 0;
        any |= is[i];
    }
    if (any != 0) {
        uint64_t bits[BLOCK_WORDS];
        c->kernels->pack(is, c->count, bits);
        for (size_t i = 0; i < (c->count + 63) / 64; i++) {
            c->odd_bits[i] |= bits[i];
        }
        c->any_odd = true;
    }
}

static bool make_numbers(coding *c, coder *k)
{
    if (k->numbers_block == c->block) {
        return true;
    }
    if (!coding_number_column(c, k)) {
        return false;
    }
    if (k->raw && k->raw_count >= CODES_MOST) {
        mark_odd(c, k->numbers, NUMBER_NONE);
        for (size_t i = 0; i < c->count; i++) {
            k->numbers[i] = k->numbers[i] == NUMBER_NONE ? 0 : k->numbers[i];
        }
    }
    k->numbers_block = c->block;
    return true;
}

/* The numbers of every field that others depend on are there already. */
const uint32_t *coding_codes(coding *c, uint32_t field)
{
    coder *k = &c->coders[field];
    if (k->codes_block == c->block) {
        return k->codes;
    }
    if (!make_numbers(c, k)) {
        return NULL;
    }
    if (k->dependent) {
        if (!code_dependent(c, k)) {
            return NULL;
        }
    } else if (k->raw) {
        for (size_t i = 0; i < c->count; i++) {
            k->codes[i] = k->value_of_raw[k->numbers[i]];
        }
    } else {
        uint32_t *swap = k->codes;
        k->codes = k->numbers;
        k->numbers = swap;
        k->numbers_block = 0;
    }
    k->codes_block = c->block;
    return k->codes;
}

uint32_t coding_cell_code(coding *c, uint32_t field, size_t i)
{
    coder *k = &c->coders[field];
    int64_t row = c->row + (int64_t)i;
    uint32_t code;
    if (k->codes_block == c->block) {
        return k->codes[i];
    }
    if (k->column == NULL || column_is_null(k->column, row)) {
        return coding_null_code(c, k->field);
    }
    if (k->raw || k->dependent) {
        const uint32_t *codes = coding_codes(c, k->field);
        return codes ? codes[i] : DOMAIN_FULL;
    }
    bool fine = k->column->dictionary != NULL ? coding_number_entry(c, k, column_integer(k->column, row), &code)
                                              : coding_number_content(c, k, k->column, row, &code);
    return fine ? code : DOMAIN_FULL;
}

bool coding_row(coding *c, size_t i, uint64_t fields, value *values, bool *whole)
{
    *whole = true;
    for (uint32_t f = 0; f < c->type->field_count; f++) {
        if (!(fields >> f & 1)) {
            continue;
        }
        coder *k = &c->coders[f];
        int64_t row = c->row + (int64_t)i;
        bool there = k->column != NULL && !column_is_null(k->column, row);
        if (there && k->look == LOOK_NUMBERS) {
            values[f] = value_int(column_integer(k->column, row));
            values[f].kind = c->type->fields[f].type->kind == TYPE_DATE ? VALUE_DATE : VALUE_INT;
            continue;
        }
        if (there && k->look == LOOK_FLAGS) {
            values[f] = value_bool(coding_content_bits(k->column, row) != 0);
            continue;
        }
        uint32_t code = coding_cell_code(c, f, i);
        if (code == DOMAIN_FULL) {
            return false;
        }
        values[f] = k->values.values[code];
        *whole = *whole && values[f].kind != VALUE_PENDING;
    }
    return true;
}

/* What a row's codes say is of cells that it may not have. */
static void mark_cut(coding *c)
{
    const uint32_t *cuts = c->batch->cuts != NULL ? c->batch->cuts + c->row : NULL;
    for (size_t i = 0; cuts != NULL && i < c->count; i++) {
        if (cuts[i] != 0) {
            c->odd_bits[i >> 6] |= UINT64_C(1) << (i & 63);
            c->any_odd = true;
        }
    }
}

bool coding_block(coding *c, int64_t row, size_t count)
{
    c->row = row;
    c->count = count;
    c->block++;
    c->any_odd = false;
    memset(c->odd_bits, 0, sizeof c->odd_bits);
    looks_block(c);
    mark_cut(c);
    for (uint32_t i = 0; i < c->checked_count; i++) {
        coder *k = &c->coders[c->checked[i]];
        if (k->eager && k->raw && !make_numbers(c, k)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < c->checked_count; i++) {
        coder *k = &c->coders[c->checked[i]];
        if (!k->eager) {
            continue;
        }
        const uint32_t *codes = coding_codes(c, k->field);
        if (codes == NULL) {
            return false;
        }
        if (k->odd_code != DOMAIN_FULL) {
            mark_odd(c, codes, k->odd_code);
        }
    }
    if (c->any_odd || c->was_odd) {
        bits_to_bytes(c->odd_bits, count, c->odd);
        if (!c->any_odd) {
            memset(c->odd, 0, sizeof c->odd);
        }
    }
    c->was_odd = c->any_odd;
    return true;
}
