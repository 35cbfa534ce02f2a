/*
 * See batches.h.
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */

#include "support/batches.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns/columns.h"
#include "policy/policy.h"

uint64_t made_random(uint64_t *seed)
{
    *seed += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void *keep(made_batch *m, size_t size)
{
    if (m->block_count == m->block_capacity) {
        m->block_capacity = m->block_capacity ? m->block_capacity * 2 : 64;
        m->blocks = realloc(m->blocks, m->block_capacity * sizeof *m->blocks);
    }
    void *p = calloc(1, size ? size : 1);
    m->blocks[m->block_count++] = p;
    return p;
}

static int below(uint64_t *seed, int n)
{
    return (int)(made_random(seed) % (uint64_t)n);
}

static size_t text_count(const made_field *f)
{
    size_t n = 0;
    while (f->texts != NULL && f->texts[n] != NULL) {
        n++;
    }
    return n;
}

static const uint8_t *some_nulls(made_batch *m, int64_t length, int one_in, uint64_t *seed)
{
    uint8_t *bits = keep(m, (size_t)length / 8 + 1);
    for (int64_t i = 0; i < length; i++) {
        bits[i >> 3] = (uint8_t)(bits[i >> 3] | (below(seed, one_in) != 0 ? (uint8_t)(1 << (i & 7)) : 0));
    }
    return bits;
}

static void vary_texts(made_batch *m, column *c, uint64_t *seed);

static column *texts_column(made_batch *m, const made_field *f, int64_t length, bool listed, uint64_t *seed)
{
    column *c = keep(m, sizeof *c);
    size_t count = text_count(f), size = 0;
    *c = (column){.storage = COLUMN_UTF8, .unit = 1, .length = length};
    int32_t *offsets = keep(m, ((size_t)length + 1) * sizeof *offsets);
    size_t *picked = keep(m, (size_t)length * sizeof *picked);
    for (int64_t i = 0; i < length; i++) {
        picked[i] = listed ? (size_t)i % count : (size_t)below(seed, (int)count);
        size += strlen(f->texts[picked[i]]);
        offsets[i + 1] = (int32_t)size;
    }
    char *text = keep(m, size);
    for (int64_t i = 0; i < length; i++) {
        memcpy(text + offsets[i], f->texts[picked[i]], strlen(f->texts[picked[i]]));
    }
    c->values = offsets;
    c->text = text;
    vary_texts(m, c, seed);
    return c;
}

/* The same texts under wider offsets, or as views. */
static void vary_texts(made_batch *m, column *c, uint64_t *seed)
{
    const int32_t *offsets = c->values;
    size_t length = (size_t)c->length;
    int kind = below(seed, 4);
    if (kind == 0) {
        int64_t *longer = keep(m, (length + 1) * sizeof *longer);
        for (size_t i = 0; i <= length; i++) {
            longer[i] = offsets[i];
        }
        c->values = longer;
        c->storage = COLUMN_LARGE_UTF8;
    } else if (kind == 1) {
        char *views = keep(m, length * 16);
        const void **buffers = keep(m, sizeof *buffers);
        int64_t *sizes = keep(m, sizeof *sizes);
        for (size_t i = 0; i < length; i++) {
            int32_t view[4] = {offsets[i + 1] - offsets[i], 0, 0, offsets[i]};
            if (view[0] <= 12) {
                memset(view + 1, 0, 12);
                memcpy(view + 1, c->text + offsets[i], (size_t)view[0]);
            } else {
                memcpy(view + 1, c->text + offsets[i], 4);
            }
            memcpy(views + i * 16, view, 16);
        }
        buffers[0] = c->text;
        sizes[0] = offsets[length];
        c->values = views;
        c->buffers = buffers;
        c->buffer_sizes = sizes;
        c->buffer_count = 1;
        c->storage = COLUMN_UTF8_VIEW;
    }
}

static void fill_numbers(made_batch *m, column *c, const made_field *f, int64_t length, int limit, uint64_t *seed)
{
    static const size_t sizes[] = {[COLUMN_INT8] = 1,  [COLUMN_INT16] = 2,  [COLUMN_INT32] = 4,  [COLUMN_INT64] = 8,
                                   [COLUMN_UINT8] = 1, [COLUMN_UINT16] = 2, [COLUMN_UINT32] = 4, [COLUMN_UINT64] = 8};
    char *values = keep(m, (size_t)length * 8);
    for (int64_t i = 0; i < length; i++) {
        int64_t v = limit > 0 ? below(seed, limit) : f->least + below(seed, f->most - f->least + 1);
        memcpy(values + (size_t)i * sizes[c->storage], &v, sizes[c->storage]); /* little end first, like Arrow */
    }
    c->values = values;
}

/* Days in milliseconds; times and timestamps. */
static void vary_meaning(column *c, type_kind kind, uint64_t *seed)
{
    if (kind == TYPE_TIME) {
        c->storage = COLUMN_INT32;
        c->meaning = MEANING_TIME;
    } else if (kind == TYPE_TIMESTAMP || (kind == TYPE_DATE && below(seed, 6) == 0)) {
        c->storage = COLUMN_INT64;
        c->meaning = kind == TYPE_DATE ? MEANING_DATE_MILLIS : MEANING_TIMESTAMP;
    }
}

/* What was filled in as small numbers, brought to the unit; a number that is far out. */
static void vary_numbers(made_batch *m, column *c, type_kind kind, int64_t length, uint64_t *seed)
{
    (void)m;
    if (c->storage == COLUMN_INT64 || c->storage == COLUMN_UINT64) {
        int64_t *values = (int64_t *)(void *)(uintptr_t)c->values;
        for (int64_t i = 0; i < length; i++) {
            values[i] *= c->meaning == MEANING_DATE_MILLIS ? 86400000 : c->meaning == MEANING_TIMESTAMP ? 3600 : 1;
            if (below(seed, 200) == 0) {
                values[i] = below(seed, 2) ? INT64_MAX : INT64_MIN;
            }
        }
    } else if (c->storage == COLUMN_INT32 && kind == TYPE_DATE && below(seed, 3) == 0) {
        int32_t *values = (int32_t *)(void *)(uintptr_t)c->values;
        values[below(seed, (int)length)] = INT32_MAX;
    }
}

static void fill_reals(made_batch *m, column *c, const made_field *f, int64_t length, uint64_t *seed)
{
    static const double odd[] = {0.0, -0.0, 0.1, 1e300, -1e300, (double)NAN, (double)INFINITY, 9007199254740993.0};
    double *values = keep(m, (size_t)length * sizeof *values);
    float *floats = keep(m, (size_t)length * sizeof *floats);
    for (int64_t i = 0; i < length; i++) {
        values[i] = below(seed, 40) == 0 ? odd[below(seed, 8)] : f->least + below(seed, 4 * (f->most - f->least)) / 4.0;
        floats[i] = values[i] > 1e30 ? 1e30f : values[i] < -1e30 ? -1e30f : (float)values[i];
    }
    bool narrow = below(seed, 3) == 0;
    c->storage = narrow ? COLUMN_FLOAT32 : COLUMN_FLOAT64;
    c->values = narrow ? (const void *)floats : values;
}

static const column *field_column(made_batch *m, const schema_field *field, const made_field *f, int64_t rows,
                                  uint64_t *seed)
{
    int64_t offset = below(seed, 3) == 0 ? below(seed, 20) : 0, length = rows + offset;
    type_kind kind = field->type ? field->type->kind : TYPE_STRING;
    bool numbers = f->most > f->least && below(seed, 2) == 0, large = f->least < -128 || f->most > 127;
    column *c;
    if (below(seed, 12) == 0) {
        c = keep(m, sizeof *c);
        *c = (column){.storage = COLUMN_NULL, .unit = 1};
    } else if (kind == TYPE_BOOL && below(seed, 2) == 0) {
        c = keep(m, sizeof *c);
        *c = (column){.storage = COLUMN_BOOL, .unit = 1};
        uint8_t *bits = keep(m, (size_t)length / 8 + 1);
        for (int64_t i = 0; i < length; i++) {
            bits[i >> 3] = (uint8_t)(bits[i >> 3] | (below(seed, 2) ? (uint8_t)(1 << (i & 7)) : 0));
        }
        c->values = bits;
    } else if (numbers) {
        static const column_storage narrow[] = {COLUMN_INT8, COLUMN_INT16, COLUMN_INT32, COLUMN_INT64};
        c = keep(m, sizeof *c);
        *c =
            (column){.storage = kind == TYPE_DATE ? COLUMN_INT32 : narrow[below(seed, large ? 3 : 4) + (large ? 1 : 0)],
                     .unit = 1,
                     .meaning = kind == TYPE_DATE ? MEANING_DATE_DAYS : MEANING_PLAIN};
        if (f->least >= 0 && kind != TYPE_DATE && below(seed, 2) == 0) {
            static const column_storage unsigned_too[] = {COLUMN_UINT8, COLUMN_UINT16, COLUMN_UINT32, COLUMN_UINT64};
            c->storage = unsigned_too[below(seed, large ? 3 : 4) + (large ? 1 : 0)];
        }
        vary_meaning(c, kind, seed);
        fill_numbers(m, c, f, length, 0, seed);
        vary_numbers(m, c, kind, length, seed);
        if (kind == TYPE_DOUBLE && below(seed, 3) != 0) {
            fill_reals(m, c, f, length, seed);
        }
    } else if (text_count(f) == 0) {
        return NULL;
    } else if (below(seed, 2) == 0) {
        static const column_storage indices[] = {COLUMN_INT8, COLUMN_UINT8, COLUMN_INT16, COLUMN_INT32, COLUMN_UINT32};
        column *entries = texts_column(m, f, (int64_t)text_count(f), true, seed);
        if (below(seed, 6) == 0) {
            entries->validity = some_nulls(m, entries->length, 6, seed);
        }
        c = keep(m, sizeof *c);
        *c = (column){.storage = indices[below(seed, 5)], .unit = 1, .dictionary = entries};
        fill_numbers(m, c, f, length, (int)entries->length, seed);
    } else {
        c = texts_column(m, f, length, false, seed);
    }
    c->offset = offset;
    c->length = rows;
    if (below(seed, 3) == 0) {
        c->validity = some_nulls(m, length, below(seed, 2) ? 4 : 40, seed);
    }
    return c;
}

made_batch *made_batch_new(const schema_type *t, const made_field *fields, size_t field_count, int64_t rows,
                           uint64_t seed)
{
    made_batch *m = calloc(1, sizeof *m);
    m->batch = (batch){.type = t,
                       .rows = rows,
                       .fields = keep(m, t->field_count * sizeof(column *)),
                       .units = keep(m, t->field_count * sizeof(str)),
                       .source = STR("made"),
                       .first_row = 1};
    for (size_t i = 0; i < field_count; i++) {
        int at = schema_find_field(t, str_of(fields[i].name));
        if (at >= 0 && below(&seed, 10) != 0) {
            m->batch.fields[at] = field_column(m, &t->fields[at], &fields[i], rows, &seed);
        }
    }
    return m;
}

void made_batch_free(made_batch *m)
{
    for (size_t i = 0; i < m->block_count; i++) {
        free(m->blocks[i]);
    }
    free(m->blocks);
    free(m);
}

static bool feed_part(policy_ledger *l, uint32_t type_at, const batch *b, int64_t from, int64_t until, bool columns)
{
    if (columns) {
        return columns_feed(l, type_at, b, from, until);
    }
    record r;
    bool fine = record_init(&r, b->type, l->allocator) == POLICY_OK;
    for (int64_t i = from; i < until && fine; i++) {
        batch_row(b, i, &r);
        fine = post_record(l, type_at, &r, NULL) == POLICY_OK;
    }
    record_free(&r);
    return fine;
}

policy_status made_feed(policy_ledger *l, uint32_t type_at, const batch *b, int64_t part, bool columns)
{
    int64_t step = part > 0 ? part : b->rows;
    for (int64_t i = 0; i < b->rows; i += step) {
        int64_t end = b->rows - i < step ? b->rows : i + step;
        if (!feed_part(l, type_at, b, i, end, columns)) {
            ledger_forget_delta(l);
            return POLICY_E_NOMEM;
        }
        policy_status status = ledger_commit(l, NULL);
        if (status != POLICY_OK) {
            return status;
        }
    }
    return POLICY_OK;
}

char *made_answer(policy_ledger *l, bool with_rows)
{
    policy_findings *all = NULL;
    if (policy_ledger_findings(l, &all, NULL) != POLICY_OK) {
        return NULL;
    }
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < policy_engine_rule_count(l->engine); i++) {
        fprintf(out, "%s", policy_engine_rule_id(l->engine, i));
        for (int v = 0; v < VERDICTS; v++) {
            fprintf(out, " %llu", (unsigned long long)policy_findings_verdicts(all, i, (policy_verdict)v));
        }
        fputc('\n', out);
    }
    for (size_t i = 0; i < policy_findings_count(all); i++) {
        const policy_finding *f = policy_findings_at(all, i);
        fprintf(out, "%s %d %d", policy_finding_rule(f), (int)policy_finding_verdict(f),
                (int)policy_finding_severity(f));
        for (size_t k = 0; k < policy_finding_key_count(f); k++) {
            fprintf(out, " %s=%s", policy_finding_key_name(f, k), policy_finding_key(f, k).text);
        }
        fprintf(out, " value=%s limit=%s", policy_finding_value(f).text, policy_finding_limit(f).text);
        for (size_t k = 0; with_rows && k < policy_finding_row_count(f); k++) {
            fprintf(out, " %s:%llu", policy_finding_row_source(f, k), (unsigned long long)policy_finding_row(f, k));
        }
        for (size_t k = 0; k < policy_finding_missing_count(f); k++) {
            fprintf(out, " ?%s", policy_finding_missing(f, k));
        }
        fputc('\n', out);
    }
    for (size_t i = 0; i < policy_ledger_notice_count(l); i++) {
        const policy_notice *n = policy_ledger_notice(l, i);
        if (policy_notice_kind_of(n) != POLICY_NOTICE_EQUAL_ROWS) {
            fprintf(out, "notice %d %llu %s %s\n", (int)policy_notice_kind_of(n),
                    (unsigned long long)policy_notice_row(n), policy_notice_column(n), policy_notice_text(n));
        }
    }
    fclose(out);
    policy_findings_free(all);
    return text;
}
