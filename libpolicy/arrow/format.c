/*
 * Format strings, and which fields take which of them. See format.h.
 *
 * Text fits every field: its reader makes of it what it would make of a spreadsheet's cell. A number never stands for a
 * date: 44519 could be a spreadsheet's day, a day since 1970 or a mistake.
 */
#include "arrow/format.h"

static bool read_unit(char c, int64_t *unit)
{
    switch (c) {
    case 's':
        *unit = 1;
        return true;
    case 'm':
        *unit = 1000;
        return true;
    case 'u':
        *unit = 1000000;
        return true;
    case 'n':
        *unit = 1000000000;
        return true;
    default:
        return false;
    }
}

static bool read_letter(char c, column_storage *storage)
{
    static const struct {
        char letter;
        column_storage storage;
    } letters[] = {{'n', COLUMN_NULL},    {'b', COLUMN_BOOL},   {'c', COLUMN_INT8},      {'C', COLUMN_UINT8},
                   {'s', COLUMN_INT16},   {'S', COLUMN_UINT16}, {'i', COLUMN_INT32},     {'I', COLUMN_UINT32},
                   {'l', COLUMN_INT64},   {'L', COLUMN_UINT64}, {'e', COLUMN_FLOAT16},   {'f', COLUMN_FLOAT32},
                   {'g', COLUMN_FLOAT64}, {'u', COLUMN_UTF8},   {'U', COLUMN_LARGE_UTF8}};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (letters[i].letter == c) {
            *storage = letters[i].storage;
            return true;
        }
    }
    return false;
}

/* tdD tdm, tts ttm ttu ttn, tss: tsm: tsu: tsn: and a zone behind the colon. */
static bool read_temporal(str text, arrow_format *out)
{
    if (text.size < 3) {
        return false;
    }
    char kind = text.data[1], unit = text.data[2];
    if (kind == 'd' && text.size == 3 && (unit == 'D' || unit == 'm')) {
        out->storage = unit == 'D' ? COLUMN_INT32 : COLUMN_INT64;
        out->meaning = unit == 'D' ? MEANING_DATE_DAYS : MEANING_DATE_MILLIS;
        return true;
    }
    if (kind == 't' && text.size == 3 && read_unit(unit, &out->unit)) {
        out->storage = out->unit <= 1000 ? COLUMN_INT32 : COLUMN_INT64;
        out->meaning = MEANING_TIME;
        return true;
    }
    if (kind == 's' && text.size >= 4 && text.data[3] == ':' && read_unit(unit, &out->unit)) {
        out->storage = COLUMN_INT64;
        out->meaning = MEANING_TIMESTAMP;
        out->zone = text.size > 4 ? str_slice(text, 4, text.size) : str_none;
        return true;
    }
    return false;
}

bool arrow_format_read(const char *format, arrow_format *out)
{
    str text = str_of(format);
    *out = (arrow_format){.storage = COLUMN_NULL, .meaning = MEANING_PLAIN, .unit = 1, .zone = str_none};
    if (text.size == 1) {
        return read_letter(text.data[0], &out->storage);
    }
    if (str_equal(text, STR("vu"))) {
        out->storage = COLUMN_UTF8_VIEW;
        return true;
    }
    return text.size > 0 && text.data[0] == 't' && read_temporal(text, out);
}

size_t arrow_storage_width(column_storage s)
{
    switch (s) {
    case COLUMN_INT8:
    case COLUMN_UINT8:
        return 1;
    case COLUMN_INT16:
    case COLUMN_UINT16:
    case COLUMN_FLOAT16:
        return 2;
    case COLUMN_INT32:
    case COLUMN_UINT32:
    case COLUMN_FLOAT32:
    case COLUMN_UTF8:
        return 4;
    case COLUMN_INT64:
    case COLUMN_UINT64:
    case COLUMN_FLOAT64:
    case COLUMN_LARGE_UTF8:
        return 8;
    case COLUMN_UTF8_VIEW:
        return 16;
    default:
        return 0;
    }
}

bool arrow_storage_is_index(column_storage s)
{
    return s >= COLUMN_INT8 && s <= COLUMN_UINT64;
}

bool arrow_storage_is_text(column_storage s)
{
    return s == COLUMN_UTF8 || s == COLUMN_LARGE_UTF8 || s == COLUMN_UTF8_VIEW;
}

/* ---- which field takes what ---- */

static bool is_float(column_storage s)
{
    return s == COLUMN_FLOAT16 || s == COLUMN_FLOAT32 || s == COLUMN_FLOAT64;
}

bool arrow_field_takes(const schema_field *field, const arrow_format *f)
{
    bool plain = f->meaning == MEANING_PLAIN, whole = plain && arrow_storage_is_index(f->storage);
    if (f->storage == COLUMN_NULL || arrow_storage_is_text(f->storage)) {
        return true;
    }
    switch (field->type->kind) {
    case TYPE_BOOL:
        return whole || f->storage == COLUMN_BOOL;
    case TYPE_INT:
    case TYPE_DOUBLE:
        return whole || (plain && is_float(f->storage));
    case TYPE_STRING:
        return whole && field->domain == NULL; /* the number of a class, or of a pupil */
    case TYPE_DATE:
        return f->meaning == MEANING_DATE_DAYS || f->meaning == MEANING_DATE_MILLIS || f->meaning == MEANING_TIMESTAMP;
    case TYPE_TIMESTAMP:
        return f->meaning == MEANING_DATE_DAYS || f->meaning == MEANING_DATE_MILLIS || f->meaning == MEANING_TIMESTAMP;
    case TYPE_TIME:
    case TYPE_DURATION:
        return f->meaning == MEANING_TIME;
    default:
        return false;
    }
}

message_id arrow_field_accepted(const schema_field *field)
{
    switch (field->type->kind) {
    case TYPE_BOOL:
        return MESSAGE_ARROW_TAKES_BOOL;
    case TYPE_INT:
    case TYPE_DOUBLE:
        return MESSAGE_ARROW_TAKES_NUMBER;
    case TYPE_STRING:
        return field->domain == NULL ? MESSAGE_ARROW_TAKES_TEXT_OR_WHOLE : MESSAGE_ARROW_TAKES_TEXT;
    case TYPE_DATE:
    case TYPE_TIMESTAMP:
        return MESSAGE_ARROW_TAKES_DATE;
    case TYPE_TIME:
    case TYPE_DURATION:
        return MESSAGE_ARROW_TAKES_TIME;
    default:
        return MESSAGE_ARROW_TAKES_TEXT;
    }
}
