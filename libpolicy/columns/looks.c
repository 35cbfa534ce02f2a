/*
 * What the columns of a batch hold: which can be compared as they are, and which rows cannot be read by a look at them.
 *
 * A dictionary is read once, entry by entry, and known again when the next batch brings the same one.
 */
#include <float.h>
#include <math.h>

#include "base/civil.h"
#include "columns/coder.h"

#define ENTRIES_ALWAYS 4096          /* a dictionary of so many is read whatever the rows */
#define KNOWN_MOST     (1024 * 1024) /* bytes of a dictionary that are kept to know it again */

void looks_free(coder *k, const policy_allocator *a)
{
    allocator_free(a, k->readable);
    allocator_free(a, k->known.bytes);
}

static uint32_t log2_width(column_storage s)
{
    switch (s) {
    case COLUMN_INT8:
    case COLUMN_UINT8:
        return 0;
    case COLUMN_INT16:
    case COLUMN_UINT16:
        return 1;
    case COLUMN_INT32:
    case COLUMN_UINT32:
    case COLUMN_FLOAT32:
        return 2;
    default:
        return 3;
    }
}

/* ---- numbers ---- */

static bool is_integer(column_storage s)
{
    return s >= COLUMN_INT8 && s <= COLUMN_UINT64;
}

/* The least and the greatest that the storage holds and a 64-bit integer can say. */
static void storage_limits(column_storage s, int64_t *least, int64_t *most)
{
    switch (s) {
    case COLUMN_INT8:
        *least = INT8_MIN, *most = INT8_MAX;
        break;
    case COLUMN_INT16:
        *least = INT16_MIN, *most = INT16_MAX;
        break;
    case COLUMN_INT32:
        *least = INT32_MIN, *most = INT32_MAX;
        break;
    case COLUMN_UINT8:
        *least = 0, *most = UINT8_MAX;
        break;
    case COLUMN_UINT16:
        *least = 0, *most = UINT16_MAX;
        break;
    case COLUMN_UINT32:
        *least = 0, *most = UINT32_MAX;
        break;
    case COLUMN_UINT64:
        *least = 0, *most = INT64_MAX;
        break;
    default:
        *least = INT64_MIN, *most = INT64_MAX;
        break;
    }
}

static bool look_numbers(coder *k, const schema_field *f, value_kind kind)
{
    int64_t least, most;
    storage_limits(k->column->storage, &least, &most);
    k->least = least;
    k->most = most;
    if (kind == VALUE_DATE) {
        k->least = k->least > CIVIL_MIN ? k->least : CIVIL_MIN;
        k->most = k->most < CIVIL_MAX ? k->most : CIVIL_MAX;
    }
    if ((f->has_minimum && f->minimum.kind != kind) || (f->has_maximum && f->maximum.kind != kind)) {
        return false;
    }
    if (f->has_minimum && f->minimum.as.i > k->least) {
        k->least = f->minimum.as.i;
    }
    if (f->has_maximum && f->maximum.as.i < k->most) {
        k->most = f->maximum.as.i;
    }
    k->guarded = k->least > least || k->most < most || k->column->storage == COLUMN_UINT64;
    k->look = k->least <= k->most ? LOOK_NUMBERS : LOOK_CODES;
    return k->look == LOOK_NUMBERS;
}

float float_at_least(double d)
{
    float f = d > FLT_MAX ? INFINITY : d < -FLT_MAX ? -FLT_MAX : (float)d;
    return (double)f < d ? nextafterf(f, INFINITY) : f;
}

float float_at_most(double d)
{
    float f = d < -FLT_MAX ? -INFINITY : d > FLT_MAX ? FLT_MAX : (float)d;
    return (double)f > d ? nextafterf(f, -INFINITY) : f;
}

static bool as_double(value v, double *out)
{
    *out = v.kind == VALUE_INT ? (double)v.as.i : v.as.d;
    return v.kind == VALUE_DOUBLE || v.kind == VALUE_INT;
}

static void look_reals(coder *k, const schema_field *f)
{
    double limit;
    k->low = -DBL_MAX;
    k->high = DBL_MAX;
    k->guarded = true; /* what is no number, or infinite */
    k->look = LOOK_REALS;
    if (f->has_minimum) {
        k->look = as_double(f->minimum, &limit) ? k->look : LOOK_CODES;
        k->low = limit > k->low ? limit : k->low;
    }
    if (f->has_maximum) {
        k->look = as_double(f->maximum, &limit) ? k->look : LOOK_CODES;
        k->high = limit < k->high ? limit : k->high;
    }
    k->low_float = float_at_least(k->low);
    k->high_float = float_at_most(k->high);
}

/* ---- dictionaries ---- */

static size_t entry_bytes(const column *d, size_t *text_size)
{
    size_t length = (size_t)d->length;
    *text_size = 0;
    if (d->validity != NULL || d->clock != NULL || length == 0) {
        return 0;
    }
    if (d->storage == COLUMN_UTF8) {
        const int32_t *offsets = (const int32_t *)d->values + d->offset;
        *text_size = (size_t)(offsets[length] - offsets[0]);
        return (length + 1) * sizeof *offsets;
    }
    if (d->storage == COLUMN_LARGE_UTF8) {
        const int64_t *offsets = (const int64_t *)d->values + d->offset;
        *text_size = (size_t)(offsets[length] - offsets[0]);
        return (length + 1) * sizeof *offsets;
    }
    return is_integer(d->storage) ? length << log2_width(d->storage) : 0;
}

/* The dictionary of the batch before, byte for byte? If not, it is from now on. False out of memory. */
static bool know_entries(coding *c, coder *k, bool *known)
{
    const column *d = k->column->dictionary;
    known_entries *x = &k->known;
    size_t text_size, size = entry_bytes(d, &text_size);
    *known = false;
    if (size == 0 || size > KNOWN_MOST || text_size > KNOWN_MOST) {
        x->length = -1;
        return true;
    }
    bool offsets = d->storage == COLUMN_UTF8 || d->storage == COLUMN_LARGE_UTF8;
    size_t width = offsets ? d->storage == COLUMN_UTF8 ? 4 : 8 : (size_t)1 << log2_width(d->storage);
    const char *values = (const char *)d->values + (size_t)d->offset * width;
    const char *text = "";
    if (text_size > 0) {
        text = d->text + (d->storage == COLUMN_UTF8 ? ((const int32_t *)(const void *)values)[0]
                                                    : ((const int64_t *)(const void *)values)[0]);
    }
    if (x->length == d->length && x->storage == d->storage && x->meaning == d->meaning && x->unit == d->unit &&
        x->size == size + text_size && memcmp(x->bytes, values, size) == 0 &&
        memcmp(x->bytes + size, text, text_size) == 0) {
        *known = true;
        return true;
    }
    if (!allocator_grow(c->ledger->allocator, (void **)&x->bytes, &x->capacity, size + text_size, 1, 0)) {
        return false;
    }
    memcpy(x->bytes, values, size);
    memcpy(x->bytes + size, text, text_size);
    x->size = size + text_size;
    x->length = d->length;
    x->storage = d->storage;
    x->meaning = d->meaning;
    x->unit = d->unit;
    return true;
}

/* Read all entries, when that is worth it. */
static bool look_entries(coding *c, coder *k)
{
    const policy_allocator *a = c->ledger->allocator;
    const column *d = k->column->dictionary;
    size_t length = (size_t)d->length;
    bool all = !k->dependent && d->length <= CODES_MOST / 2 &&
               (d->length <= ENTRIES_ALWAYS ? d->length <= 64 + 4 * c->batch->rows : d->length <= c->batch->rows / 2);
    bool known = false;
    k->log2_width = log2_width(k->column->storage);
    if (all && !know_entries(c, k, &known)) {
        return false;
    }
    if (known) {
        k->look = LOOK_ENTRIES;
        k->guarded = !k->known.readable;
        return true;
    }
    k->version = ++c->versions;
    k->known.length = all ? k->known.length : -1;
    if (!allocator_grow(a, (void **)&k->entries, &k->entry_capacity, length + 1, sizeof *k->entries, SIZE_MAX / 8)) {
        return false;
    }
    memset(k->entries, 0, (length + 1) * sizeof *k->entries);
    if (!all) {
        return true;
    }
    if (!allocator_grow(a, (void **)&k->readable, &k->readable_capacity, length + 1, 1, SIZE_MAX / 8)) {
        return false;
    }
    bool every = true;
    for (size_t i = 0; i < length; i++) {
        bool readable;
        if (!coding_read_entry(c, k, (int64_t)i, &readable)) {
            return false;
        }
        k->readable[i] = readable ? 255 : 0;
        every = every && readable;
    }
    k->known.readable = every;
    k->guarded = !every;
    k->look = LOOK_ENTRIES;
    return true;
}

/* ---- a batch ---- */

static bool look_at(coding *c, coder *k)
{
    const schema_field *f = &c->type->fields[k->field];
    const column *from = k->column;
    type_kind kind = f->type ? f->type->kind : TYPE_DYN;
    if (from == NULL || from->storage == COLUMN_NULL) {
        k->look = k->dependent ? LOOK_CODES : LOOK_NOTHING;
        return true;
    }
    if (from->dictionary != NULL) {
        return look_entries(c, k);
    }
    if (k->dependent || coding_is_read(from, f, k->unit)) {
        return true;
    }
    k->log2_width = log2_width(from->storage);
    if (from->storage == COLUMN_BOOL && kind == TYPE_BOOL) {
        k->look = LOOK_FLAGS;
    } else if (is_integer(from->storage) && from->meaning == MEANING_PLAIN && kind == TYPE_INT) {
        (void)look_numbers(k, f, VALUE_INT);
    } else if (from->storage == COLUMN_INT32 && from->meaning == MEANING_DATE_DAYS && kind == TYPE_DATE) {
        (void)look_numbers(k, f, VALUE_DATE);
    } else if ((from->storage == COLUMN_FLOAT32 || from->storage == COLUMN_FLOAT64) && kind == TYPE_DOUBLE) {
        look_reals(k, f);
    }
    return true;
}

bool looks_begin(coding *c)
{
    c->checked_count = 0;
    for (uint32_t i = 0; i < c->type->field_count; i++) {
        coder *k = &c->coders[i];
        column_look before = k->look;
        uint32_t width = k->log2_width;
        int64_t least = k->least, most = k->most;
        k->look = LOOK_CODES;
        k->guarded = false;
        k->eager = k->raw || k->dependent;
        if (!look_at(c, k)) {
            return false;
        }
        if (k->look != before || k->log2_width != width || k->least != least || k->most != most) {
            k->version = ++c->versions;
        }
        k->eager = k->eager || (k->look == LOOK_CODES && k->may_fail);
        if (k->eager || k->guarded) {
            c->checked[c->checked_count++] = i;
        }
    }
    return true;
}

/* ---- a block ---- */

void looks_block(coding *c)
{
    size_t words = (c->count + 63) / 64;
    for (uint32_t i = 0; i < c->checked_count; i++) {
        const coder *k = &c->coders[c->checked[i]];
        if (!k->guarded) {
            continue;
        }
        const uint64_t *valid = coding_valid(c, k->field);
        const void *values = coding_values(c, k->field);
        uint64_t fine[BLOCK_WORDS];
        if (k->look == LOOK_NUMBERS) {
            range_test test = {(uint64_t)k->least, (uint64_t)k->most - (uint64_t)k->least, fine};
            if (c->kernels->all_within[k->log2_width](values, c->count, test.low, test.span)) {
                continue;
            }
            c->kernels->within[k->log2_width](values, c->count, &test, 1);
        } else if (k->look == LOOK_ENTRIES) {
            uint8_t bytes[BLOCK_ROWS];
            bytes_of_entries(values, k->log2_width, c->count, valid, k->readable, bytes);
            c->kernels->pack(bytes, c->count, fine);
        } else if (k->log2_width == 2) {
            c->kernels->within_float(values, c->count, k->low_float, k->high_float, fine);
        } else {
            c->kernels->within_double(values, c->count, k->low, k->high, fine);
        }
        uint64_t any = 0;
        for (size_t w = 0; w < words; w++) {
            uint64_t rows = c->count - 64 * w < 64 ? (UINT64_C(1) << (c->count - 64 * w)) - 1 : UINT64_MAX;
            uint64_t odd = ~fine[w] & (valid ? valid[w] : rows);
            c->odd_bits[w] |= odd;
            any |= odd;
        }
        c->any_odd = c->any_odd || any != 0;
    }
}
