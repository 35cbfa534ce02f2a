/*
 * One cell of a batch as a record holds it, so that a row of columns is read exactly like any other row.
 *
 * Texts go to the field's reader as they are. Numbers, dates and times come as values. What no record can hold (a day in
 * the year 300000, a number that is none) comes as the number it is, or as text, and the record then says that the cell
 * cannot be read.
 */
#include "arrow/batch.h"

#include <math.h>

#include "base/civil.h"
#include "expr/zone.h"

static double half_of(uint16_t bits)
{
    int exponent = bits >> 10 & 0x1F;
    double fraction = bits & 0x3FF, v;
    if (exponent == 0x1F) {
        v = fraction != 0 ? (double)NAN : (double)INFINITY;
    } else if (exponent == 0) {
        v = fraction / 16777216; /* 2^24 */
    } else {
        v = (fraction + 1024) / 1024;
        for (; exponent > 15; exponent--) {
            v *= 2;
        }
        for (; exponent < 15; exponent++) {
            v /= 2;
        }
    }
    return bits >> 15 ? -v : v;
}

/* ---- what is stored ---- */

str column_text(const column *c, int64_t row)
{
    int64_t i = row + c->offset;
    str text;
    if (c->storage == COLUMN_UTF8_VIEW) {
        const char *view = (const char *)c->values + (size_t)i * 16;
        int32_t view_of[4]; /* size, first bytes, buffer, offset */
        memcpy(view_of, view, sizeof view_of);
        text = view_of[0] <= 12 ? (str){view + 4, (size_t)view_of[0]}
                                : (str){(const char *)c->buffers[view_of[2]] + view_of[3], (size_t)view_of[0]};
    } else if (c->storage == COLUMN_UTF8) {
        const int32_t *offsets = (const int32_t *)c->values + i;
        text = (str){c->text + offsets[0], (size_t)(offsets[1] - offsets[0])};
    } else {
        const int64_t *offsets = (const int64_t *)c->values + i;
        text = (str){c->text + offsets[0], (size_t)(offsets[1] - offsets[0])};
    }
    return text.size > 0 ? text : STR("");
}

int64_t column_integer(const column *c, int64_t row)
{
    int64_t i = row + c->offset;
    switch (c->storage) {
    case COLUMN_INT8:
        return ((const int8_t *)c->values)[i];
    case COLUMN_UINT8:
        return ((const uint8_t *)c->values)[i];
    case COLUMN_INT16:
        return ((const int16_t *)c->values)[i];
    case COLUMN_UINT16:
        return ((const uint16_t *)c->values)[i];
    case COLUMN_INT32:
        return ((const int32_t *)c->values)[i];
    case COLUMN_UINT32:
        return ((const uint32_t *)c->values)[i];
    case COLUMN_UINT64:
        return (int64_t)((const uint64_t *)c->values)[i];
    default:
        return ((const int64_t *)c->values)[i];
    }
}

static double stored_double(const column *c, int64_t row)
{
    int64_t i = row + c->offset;
    switch (c->storage) {
    case COLUMN_FLOAT16:
        return half_of(((const uint16_t *)c->values)[i]);
    case COLUMN_FLOAT32:
        return (double)((const float *)c->values)[i];
    default:
        return ((const double *)c->values)[i];
    }
}

/* ---- what it means ---- */

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

static cell of_value(value v)
{
    return (cell){.kind = CELL_VALUE, .v = v};
}

static cell of_day(int64_t day)
{
    return of_value(day >= CIVIL_MIN && day <= CIVIL_MAX ? value_date((int32_t)day) : value_int(day));
}

/* Seconds and nanoseconds since 1970 as the clock on the wall showed them. */
static cell of_instant(const column *c, int64_t stored, const schema_field *field)
{
    int64_t seconds = floor_divide(stored, c->unit), rest = stored - seconds * c->unit;
    bool counts = seconds >= (int64_t)CIVIL_MIN * 86400 && seconds < ((int64_t)CIVIL_MAX + 1) * 86400;
    if (counts && c->clock != NULL) {
        seconds += zone_offset(c->clock, seconds);
        counts = seconds >= (int64_t)CIVIL_MIN * 86400 && seconds < ((int64_t)CIVIL_MAX + 1) * 86400;
    }
    if (!counts) {
        return of_value(value_int(stored));
    }
    if (field->type->kind == TYPE_DATE) {
        return of_day(floor_divide(seconds, 86400));
    }
    int64_t nanoseconds = rest * (1000000000 / c->unit);
    if (seconds < 0 && nanoseconds > 0) { /* both have one sign */
        seconds++;
        nanoseconds -= 1000000000;
    }
    return of_value((value){.kind = VALUE_TIMESTAMP, .size = (uint32_t)(int32_t)nanoseconds, .as.i = seconds});
}

static cell of_midnight(int64_t day)
{
    if (day < CIVIL_MIN || day > CIVIL_MAX) {
        return of_value(value_int(day));
    }
    return of_value((value){.kind = VALUE_TIMESTAMP, .as.i = day * 86400});
}

static cell of_time(const column *c, int64_t stored)
{
    int64_t seconds = stored / c->unit;
    if (stored < 0 || seconds > 86400 || (seconds == 86400 && stored % c->unit != 0)) {
        return of_value(value_int(stored));
    }
    return of_value(value_duration(seconds, (int32_t)(stored % c->unit * (1000000000 / c->unit))));
}

static cell of_text(str text)
{
    return (cell){.kind = text.size > 0 ? CELL_TEXT : CELL_EMPTY, .text = text};
}

static cell of_double(double d)
{
    if (d != d) {
        return of_text(STR("NaN"));
    }
    if (d - d != 0) {
        return of_text(d > 0 ? STR("Infinity") : STR("-Infinity"));
    }
    return of_value(value_double(d));
}

static cell of_stored(const column *c, int64_t row, const schema_field *field)
{
    switch (c->storage) {
    case COLUMN_BOOL: {
        int64_t i = row + c->offset;
        return of_value(value_bool((((const uint8_t *)c->values)[i >> 3] >> (i & 7) & 1) != 0));
    }
    case COLUMN_FLOAT16:
    case COLUMN_FLOAT32:
    case COLUMN_FLOAT64:
        return of_double(stored_double(c, row));
    case COLUMN_UTF8:
    case COLUMN_LARGE_UTF8:
    case COLUMN_UTF8_VIEW:
        return of_text(column_text(c, row));
    default:
        break;
    }
    int64_t stored = column_integer(c, row);
    bool dated = field->type->kind == TYPE_DATE;
    switch (c->meaning) {
    case MEANING_DATE_DAYS:
        return dated ? of_day(stored) : of_midnight(stored);
    case MEANING_DATE_MILLIS:
        stored = floor_divide(stored, 86400000);
        return dated ? of_day(stored) : of_midnight(stored);
    case MEANING_TIME:
        return of_time(c, stored);
    case MEANING_TIMESTAMP:
        return of_instant(c, stored, field);
    default:
        return of_value(c->storage == COLUMN_UINT64 && stored < 0 ? value_uint((uint64_t)stored) : value_int(stored));
    }
}

void column_cell(const column *c, int64_t row, const schema_field *field, str unit, cell *out)
{
    if (column_is_null(c, row)) {
        *out = (cell){.kind = CELL_EMPTY};
        return;
    }
    *out = of_stored(c, row, field);
    out->unit = unit;
}

void batch_cell(const batch *b, uint32_t field, int64_t row, cell *out)
{
    const column *c = b->fields[field];
    if (c == NULL) {
        *out = (cell){.kind = CELL_ABSENT};
        return;
    }
    if (c->dictionary != NULL) {
        if (column_is_null(c, row)) {
            *out = (cell){.kind = CELL_EMPTY};
            return;
        }
        row = column_integer(c, row);
        c = c->dictionary;
    }
    column_cell(c, row, &b->type->fields[field], b->units[field], out);
}

void batch_row(const batch *b, int64_t row, record *out)
{
    for (uint32_t i = 0; i < b->type->field_count; i++) {
        batch_cell(b, i, row, &out->cells[i]);
    }
    out->source = b->source;
    out->row = batch_number(b, row);
}

void batch_row_as_cut(const batch *b, int64_t row, record *out)
{
    batch_row(b, row, out);
    uint32_t cut = b->cuts != NULL ? b->cuts[row] : 0;
    for (uint32_t i = 0; cut != 0 && i < b->type->field_count; i++) {
        if (b->fields[i] != NULL && (cut == BATCH_CUT_LOST || b->places[i] + 1 >= cut)) {
            out->cells[i] = (cell){.kind = cut == BATCH_CUT_LOST ? CELL_LOST : CELL_ABSENT};
        }
    }
}
