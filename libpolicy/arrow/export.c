/* Rows out as Arrow arrays; see export.h. */
#include "arrow/export.h"

#include <string.h>

typedef struct bytes {
    void *data;
    size_t size, capacity; /* capacity in bytes */
} bytes;

struct export_column {
    policy_allocator allocator;
    const export_field *field;
    export_column **children;
    int64_t length, nulls;
    bytes validity, offsets, data;
    bool failed;
};

static bool is_nested(export_kind kind)
{
    return kind >= EXPORT_LIST;
}

static bool has_offsets(export_kind kind)
{
    return kind == EXPORT_TEXT || kind == EXPORT_LIST || kind == EXPORT_MAP;
}

/* ---- columns ---- */

export_column *export_column_new(const policy_allocator *a, const export_field *field)
{
    export_column *c = allocator_zero(a, 1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->allocator = *a;
    c->field = field;
    c->children = allocator_zero(a, (size_t)field->child_count + 1, sizeof(export_column *));
    bool fine = c->children != NULL;
    for (uint32_t i = 0; fine && i < field->child_count; i++) {
        c->children[i] = export_column_new(a, &field->children[i]);
        fine = c->children[i] != NULL;
    }
    if (!fine) {
        export_column_free(c);
        return NULL;
    }
    return c;
}

void export_column_free(export_column *c)
{
    if (c == NULL)
        return;
    policy_allocator a = c->allocator;
    for (uint32_t i = 0; c->children != NULL && i < c->field->child_count; i++)
        export_column_free(c->children[i]);
    allocator_free(&a, c->children);
    allocator_free(&a, c->validity.data);
    allocator_free(&a, c->offsets.data);
    allocator_free(&a, c->data.data);
    allocator_free(&a, c);
}

export_column *export_child(export_column *c, uint32_t i)
{
    return c->children[i];
}

size_t export_bytes(const export_column *c)
{
    size_t total = c->field->kind == EXPORT_TEXT ? c->data.size : 0;
    for (uint32_t i = 0; i < c->field->child_count; i++)
        total += export_bytes(c->children[i]);
    return total;
}

/* ---- values ---- */

static void put(export_column *c, bytes *into, const void *data, size_t size)
{
    if (c->failed || size == 0)
        return;
    if (!allocator_grow(&c->allocator, &into->data, &into->capacity, into->size + size, 1, SIZE_MAX / 2)) {
        c->failed = true;
        return;
    }
    memcpy((char *)into->data + into->size, data, size);
    into->size += size;
}

static void put_bit(export_column *c, bytes *into, int64_t at, bool bit)
{
    if ((at & 7) == 0)
        put(c, into, &(uint8_t){0}, 1);
    if (bit && !c->failed)
        ((uint8_t *)into->data)[at >> 3] |= (uint8_t)(1u << (at & 7));
}

static void put_offset(export_column *c, size_t end)
{
    if (c->length == 0)
        put(c, &c->offsets, &(int32_t){0}, sizeof(int32_t));
    c->failed = c->failed || end > INT32_MAX;
    put(c, &c->offsets, &(int32_t){(int32_t)end}, sizeof(int32_t));
}

static void count_value(export_column *c, bool there)
{
    put_bit(c, &c->validity, c->length, there);
    c->nulls += there ? 0 : 1;
    c->length++;
}

void export_text(export_column *c, str text)
{
    put(c, &c->data, text.data, text.size);
    put_offset(c, c->data.size);
    count_value(c, true);
}

void export_int64(export_column *c, int64_t number)
{
    put(c, &c->data, &number, sizeof number);
    count_value(c, true);
}

void export_uint64(export_column *c, uint64_t number)
{
    put(c, &c->data, &number, sizeof number);
    count_value(c, true);
}

void export_double(export_column *c, double number)
{
    put(c, &c->data, &number, sizeof number);
    count_value(c, true);
}

void export_bool(export_column *c, bool truth)
{
    put_bit(c, &c->data, c->length, truth);
    count_value(c, true);
}

void export_null(export_column *c)
{
    switch (c->field->kind) {
    case EXPORT_TEXT:
        put_offset(c, c->data.size);
        break;
    case EXPORT_BOOL:
        put_bit(c, &c->data, c->length, false);
        break;
    default:
        put(c, &c->data, &(int64_t){0}, sizeof(int64_t));
    }
    count_value(c, false);
}

void export_close(export_column *c)
{
    if (has_offsets(c->field->kind))
        put_offset(c, (size_t)c->children[0]->length);
    count_value(c, true);
}

/* ---- arrays ---- */

typedef struct exported_array {
    policy_allocator allocator;
    const void *buffers[3]; /* as the interface shows them */
    void *owned[3];
    struct ArrowArray **children;
    struct ArrowArray *items;
} exported_array;

static void release_array(struct ArrowArray *array)
{
    exported_array *e = array->private_data;
    policy_allocator a = e->allocator;
    for (int64_t i = 0; i < array->n_children; i++)
        if (e->items[i].release != NULL) /* a consumer may have moved it */
            e->items[i].release(&e->items[i]);
    for (size_t i = 0; i < 3; i++)
        allocator_free(&a, e->owned[i]);
    allocator_free(&a, e->children);
    allocator_free(&a, e->items);
    allocator_free(&a, e);
    array->release = NULL;
}

static void give(exported_array *e, size_t at, bytes *from)
{
    static const int64_t nothing; /* buffers of arrays without values must not be NULL */
    e->owned[at] = from->data;
    e->buffers[at] = from->data != NULL ? from->data : &nothing;
    *from = (bytes){0};
}

static bool any_failed(const export_column *c)
{
    bool failed = c->failed;
    for (uint32_t i = 0; i < c->field->child_count && !failed; i++)
        failed = any_failed(c->children[i]);
    return failed;
}

static bool array_of(export_column *c, struct ArrowArray *out)
{
    const policy_allocator *a = &c->allocator;
    uint32_t count = c->field->child_count;
    exported_array *e = allocator_zero(a, 1, sizeof *e);
    struct ArrowArray *items = allocator_zero(a, (size_t)count + 1, sizeof *items);
    struct ArrowArray **children = allocator_zero(a, (size_t)count + 1, sizeof *children);
    if (e == NULL || items == NULL || children == NULL) {
        allocator_free(a, e);
        allocator_free(a, items);
        allocator_free(a, children);
        return false;
    }
    *e = (exported_array){.allocator = *a, .children = children, .items = items};
    *out = (struct ArrowArray){.length = c->length,
                               .null_count = c->nulls,
                               .n_children = count,
                               .buffers = e->buffers,
                               .children = children,
                               .release = release_array,
                               .private_data = e};
    give(e, 0, &c->validity);
    if (c->nulls == 0)
        e->buffers[0] = NULL;
    out->n_buffers = 1;
    if (has_offsets(c->field->kind))
        give(e, (size_t)out->n_buffers++, &c->offsets);
    if (!is_nested(c->field->kind))
        give(e, (size_t)out->n_buffers++, &c->data);
    c->length = c->nulls = 0;
    for (uint32_t i = 0; i < count; i++) {
        children[i] = &items[i];
        if (!array_of(c->children[i], &items[i])) {
            release_array(out);
            return false;
        }
    }
    return true;
}

bool export_array(export_column *c, struct ArrowArray *out)
{
    *out = (struct ArrowArray){0};
    return !any_failed(c) && array_of(c, out);
}

/* ---- schemas ---- */

typedef struct exported_schema {
    policy_allocator allocator;
    struct ArrowSchema **children;
    struct ArrowSchema *items;
} exported_schema;

static void release_schema(struct ArrowSchema *schema)
{
    exported_schema *e = schema->private_data;
    policy_allocator a = e->allocator;
    for (int64_t i = 0; i < schema->n_children; i++)
        if (e->items[i].release != NULL)
            e->items[i].release(&e->items[i]);
    allocator_free(&a, e->children);
    allocator_free(&a, e->items);
    allocator_free(&a, e);
    schema->release = NULL;
}

static const char *format_of(export_kind kind)
{
    static const char *const formats[] = {
        [EXPORT_TEXT] = "u", [EXPORT_INT64] = "l", [EXPORT_UINT64] = "L", [EXPORT_DOUBLE] = "g",
        [EXPORT_BOOL] = "b", [EXPORT_LIST] = "+l", [EXPORT_MAP] = "+m",   [EXPORT_STRUCT] = "+s"};
    return formats[kind];
}

bool export_schema(const policy_allocator *a, const export_field *field, struct ArrowSchema *out)
{
    *out = (struct ArrowSchema){0};
    uint32_t count = field->child_count;
    exported_schema *e = allocator_zero(a, 1, sizeof *e);
    struct ArrowSchema *items = allocator_zero(a, (size_t)count + 1, sizeof *items);
    struct ArrowSchema **children = allocator_zero(a, (size_t)count + 1, sizeof *children);
    if (e == NULL || items == NULL || children == NULL) {
        allocator_free(a, e);
        allocator_free(a, items);
        allocator_free(a, children);
        return false;
    }
    *e = (exported_schema){*a, children, items};
    *out = (struct ArrowSchema){.format = format_of(field->kind),
                                .name = field->name,
                                .flags = field->nullable ? ARROW_FLAG_NULLABLE : 0,
                                .n_children = count,
                                .children = children,
                                .release = release_schema,
                                .private_data = e};
    for (uint32_t i = 0; i < count; i++) {
        children[i] = &items[i];
        if (!export_schema(a, &field->children[i], &items[i])) {
            release_schema(out);
            return false;
        }
    }
    return true;
}
