/*
 * Numbers, texts and values of a saved ledger; see restore.h.
 */
#include "ledger/restore.h"

#include <string.h>

uint64_t restore_fixed(restorer *r, size_t size)
{
    uint64_t number = 0;
    if ((size_t)(r->end - r->at) < size) {
        r->bad = true;
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        number |= (uint64_t)r->at[i] << 8 * i;
    }
    r->at += size;
    return number;
}

uint64_t restore_uint(restorer *r)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (r->at == r->end) {
            break;
        }
        uint8_t byte = *r->at++;
        if (shift == 63 && byte > 1) {
            break;
        }
        number |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) {
            return number;
        }
    }
    r->bad = true;
    return 0;
}

int64_t restore_int(restorer *r)
{
    uint64_t number = restore_uint(r);
    return (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
}

bool restore_bool(restorer *r)
{
    return restore_uint(r) != 0;
}

size_t restore_count(restorer *r)
{
    uint64_t count = restore_uint(r);
    if (count > (uint64_t)(r->end - r->at)) {
        r->bad = true;
        return 0;
    }
    return (size_t)count;
}

int64_t restore_between(restorer *r, int64_t least, int64_t most)
{
    int64_t number = restore_int(r);
    r->bad = r->bad || number < least || number > most;
    return r->bad ? least : number;
}

int64_t restore_tally(restorer *r, int64_t least)
{
    return restore_between(r, least, INT64_C(1) << 53);
}

int32_t restore_day(restorer *r)
{
    return (int32_t)restore_between(r, INT32_MIN, INT32_MAX);
}

wide restore_wide(restorer *r)
{
    if (restore_bool(r)) {
        return wide_of(restore_int(r));
    }
    uint64_t low = restore_fixed(r, 8);
    return (wide){restore_fixed(r, 8), low};
}

str restore_text(restorer *r)
{
    uint64_t at = restore_uint(r);
    if (at > r->text_count) {
        r->bad = true;
        return str_none;
    }
    return at == 0 ? str_none : r->texts[at - 1];
}

str restore_name(restorer *r)
{
    str name = restore_text(r);
    r->bad = r->bad || name.data == NULL;
    return name;
}

uint32_t restore_source(restorer *r)
{
    uint64_t at = restore_uint(r);
    r->bad = r->bad || at >= r->source_count;
    return r->bad ? 0 : r->sources[at];
}

void *restore_list(restorer *r, size_t count, size_t size)
{
    void *list = arena_array(&r->lists, count + 1, size);
    r->nomem = r->nomem || list == NULL;
    return list;
}

void restore_signature(restorer *r, signature *out)
{
    if ((size_t)(r->end - r->at) < sizeof out->bytes) {
        r->bad = true;
        return;
    }
    memcpy(out->bytes, r->at, sizeof out->bytes);
    r->at += sizeof out->bytes;
}

/* ---- values ---- */

uint64_t restore_missing(restorer *r, const env *e)
{
    uint64_t missing = 0;
    size_t count = restore_count(r);
    for (size_t i = 0; i < count && !r->bad; i++) {
        str name = restore_name(r);
        for (size_t k = 0; e != NULL && k < env_source_count(e); k++) {
            missing |= str_equal(env_source_name(e, (int)k), name) ? UINT64_C(1) << k : 0;
        }
    }
    return missing;
}

#define VALUE_DEPTH 40

static value value_at(restorer *r, const env *e, int depth);

static value *values_at(restorer *r, const env *e, size_t count, int depth)
{
    value *values = arena_array(&r->scratch, count + 1, sizeof(value));
    r->nomem = r->nomem || values == NULL;
    for (size_t i = 0; i < count && !restore_broken(r); i++) {
        values[i] = value_at(r, e, depth);
    }
    return values;
}

static value value_at(restorer *r, const env *e, int depth)
{
    uint64_t kind = restore_uint(r);
    if (depth > VALUE_DEPTH) {
        r->bad = true;
    }
    value v = value_null();
    if (restore_broken(r)) {
        return v;
    }
    switch (kind) {
    case VALUE_NULL:
        break;
    case VALUE_BOOL:
        v = value_bool(restore_bool(r));
        break;
    case VALUE_INT:
        v = value_int(restore_int(r));
        break;
    case VALUE_DATE:
        v = value_date(restore_day(r));
        break;
    case VALUE_UINT:
        v = value_uint(restore_uint(r));
        break;
    case VALUE_DOUBLE: {
        uint64_t bits = restore_fixed(r, 8);
        memcpy(&v.as.d, &bits, sizeof bits);
        v.kind = VALUE_DOUBLE;
        break;
    }
    case VALUE_STRING:
    case VALUE_BYTES: {
        str text = restore_text(r);
        r->bad = r->bad || text.data == NULL || text.size > UINT32_MAX;
        if (!r->bad) {
            v = value_string(text);
            v.kind = (uint8_t)kind;
        }
        break;
    }
    case VALUE_LIST: {
        value_list *list = arena_new(&r->scratch, sizeof *list);
        size_t count = restore_count(r);
        r->nomem = r->nomem || list == NULL;
        if (!restore_broken(r)) {
            *list = (value_list){count, values_at(r, e, count, depth + 1)};
            v = (value){.kind = VALUE_LIST, .as.list = list};
        }
        break;
    }
    case VALUE_TIMESTAMP:
    case VALUE_DURATION:
        v.as.i = restore_int(r);
        v.size = (uint32_t)(int32_t)restore_between(r, -999999999, 999999999);
        v.kind = (uint8_t)kind;
        break;
    case VALUE_INTERVAL: {
        value_interval *interval = arena_new(&r->scratch, sizeof *interval);
        r->nomem = r->nomem || interval == NULL;
        if (!restore_broken(r)) {
            interval->low = value_at(r, e, depth + 1);
            interval->high = value_at(r, e, depth + 1);
            interval->missing = restore_missing(r, e);
            v = (value){.kind = VALUE_INTERVAL, .as.interval = interval};
            r->bad = r->bad || interval->low.kind > VALUE_DATE || interval->high.kind > VALUE_DATE;
        }
        break;
    }
    case VALUE_NONE:
        v = value_none(restore_missing(r, e));
        break;
    case VALUE_UNKNOWN:
        v = value_unknown(restore_missing(r, e));
        break;
    case VALUE_ERROR: {
        value_error *error = arena_new(&r->scratch, sizeof *error);
        r->nomem = r->nomem || error == NULL;
        if (!restore_broken(r)) {
            error->status = (policy_status)restore_between(r, POLICY_E_NOMEM, INT32_MAX);
            error->text_en = restore_text(r);
            error->text_zh = restore_text(r);
            error->offset = (uint32_t)restore_uint(r);
            r->bad = r->bad || error->text_en.data == NULL || error->text_zh.data == NULL;
            v = (value){.kind = VALUE_ERROR, .as.error = error};
        }
        break;
    }
    default: /* maps, types: nothing that is kept holds one */
        r->bad = true;
    }
    return v;
}

value restore_value(restorer *r, const env *e)
{
    return value_at(r, e, 0);
}

value *restore_values(restorer *r, const env *e, size_t count)
{
    return values_at(r, e, count, 0);
}

static bool fits(const type *t, value v)
{
    if (v.kind == VALUE_INTERVAL) {
        return fits(t, v.as.interval->low) && fits(t, v.as.interval->high);
    }
    if (v.kind == VALUE_NULL || v.kind > VALUE_INTERVAL || t == NULL) {
        return true;
    }
    switch (t->kind) {
    case TYPE_NULL:
        return false;
    case TYPE_BOOL:
        return v.kind == VALUE_BOOL;
    case TYPE_INT:
    case TYPE_UINT:
    case TYPE_DOUBLE:
        return v.kind == VALUE_INT || v.kind == VALUE_UINT || v.kind == VALUE_DOUBLE;
    case TYPE_STRING:
        return v.kind == VALUE_STRING;
    case TYPE_BYTES:
        return v.kind == VALUE_BYTES;
    case TYPE_LIST:
        for (size_t i = 0; v.kind == VALUE_LIST && i < v.as.list->count; i++) {
            if (!fits(t->parameters[0], v.as.list->items[i])) {
                return false;
            }
        }
        return v.kind == VALUE_LIST;
    case TYPE_TIMESTAMP:
        return v.kind == VALUE_TIMESTAMP;
    case TYPE_DURATION:
    case TYPE_TIME:
        return v.kind == VALUE_DURATION;
    case TYPE_DATE:
        return v.kind == VALUE_DATE;
    default: /* not known before the run: whoever reads it looks */
        return true;
    }
}

void restore_expect(restorer *r, const type *t, value v)
{
    r->bad = r->bad || !fits(t, v);
}
