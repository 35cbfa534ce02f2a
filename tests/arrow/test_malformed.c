/*
 * What a buggy producer may hand over: each field of each struct wrong in turn. The answer is an error that changes nothing
 * and takes nothing; under the address sanitizer no step beyond a buffer either. And who releases what, when memory runs
 * out or a stream fails half way.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "support/arrow_rows.h"
#include "support/failing_allocator.h"
#include "support/world.h"

static const char pack[] = "pack: t\nversion: \"1.0\"\nschema: mini\nrules:\n"
                           "- {id: daily, table: work, per: [school, day], measure: sum(minutes), at_most: 60}\n";

static const char *const names[] = {"school", "form", "minutes", "note", "day"};
static const char *const formats[] = {"u", "c:u", "s", "vu", "tdD"};
static const char *const cells[] = {
    "A",          "written", "40", "short",
    "2021-12-01", /* */
    "A",          "oral",    NULL, "a note that is longer than twelve",
    "2021-12-01", /* */
    "B",          NULL,      "30", "another note that is rather long",
    "2021-12-02", /* */
    NULL,         "written", "70", "and a fourth one, as long as these",
    "2021-12-02",
};
static const arrow_rows rows = {5, names, formats, 4, cells};
enum { SCHOOL, FORM, MINUTES, NOTE, DAY };

/* ---- mutations ---- */

typedef struct handed {
    struct ArrowSchema *schema;
    struct ArrowArray *array;
} handed;

#define MUTATION(name, statement)                                                                                      \
    static void name(handed *h)                                                                                        \
    {                                                                                                                  \
        struct ArrowSchema *s = h->schema;                                                                             \
        struct ArrowArray *a = h->array;                                                                               \
        (void)s;                                                                                                       \
        (void)a;                                                                                                       \
        statement;                                                                                                     \
    }

static struct ArrowSchema *no_schemas[5];
static struct ArrowArray *no_arrays[5];
static struct ArrowSchema spare_schema;
static struct ArrowArray spare_array;

MUTATION(root_released, a->release = NULL)
MUTATION(root_length_negative, a->length = -1)
MUTATION(root_length_beyond_columns, a->length = 5)
MUTATION(root_length_huge, a->length = INT64_MAX)
MUTATION(root_offset_negative, a->offset = -1)
MUTATION(root_offset_beyond_columns, a->offset = 1)
MUTATION(root_offset_huge, a->offset = INT64_MAX)
MUTATION(root_nulls_negative, a->null_count = -2)
MUTATION(root_nulls_beyond, a->null_count = 5)
MUTATION(root_nulls_without_bitmap, a->null_count = 1)
MUTATION(root_buffers_none, a->n_buffers = 0)
MUTATION(root_buffers_two, a->n_buffers = 2)
MUTATION(root_buffers_missing, a->buffers = NULL)
MUTATION(root_children_too_few, a->n_children = 4)
MUTATION(root_children_negative, a->n_children = -1)
MUTATION(root_children_missing, a->children = NULL)
MUTATION(root_child_missing, a->children = no_arrays)
MUTATION(root_dictionary, a->dictionary = &spare_array)
MUTATION(child_released, a->children[MINUTES]->release = NULL)
MUTATION(child_length_short, a->children[MINUTES]->length = 3)
MUTATION(child_length_negative, a->children[SCHOOL]->length = -4)
MUTATION(child_offset_negative, a->children[SCHOOL]->offset = -1)
MUTATION(child_offset_huge, a->children[SCHOOL]->offset = INT64_MAX - 1)
MUTATION(child_offset_overflows_bits, a->children[MINUTES]->offset = INT64_MAX / 2)
MUTATION(child_nulls_beyond, a->children[MINUTES]->null_count = 99)
MUTATION(child_nulls_negative, a->children[MINUTES]->null_count = INT64_MIN)
MUTATION(child_bitmap_missing, a->children[MINUTES]->null_count = 1; a->children[MINUTES]->buffers[0] = NULL)
MUTATION(child_buffers_missing, a->children[MINUTES]->buffers = NULL)
MUTATION(child_buffers_too_few, a->children[SCHOOL]->n_buffers = 2)
MUTATION(child_buffers_too_many, a->children[MINUTES]->n_buffers = 3)
MUTATION(child_buffers_negative, a->children[MINUTES]->n_buffers = -1)
MUTATION(child_values_missing, a->children[MINUTES]->buffers[1] = NULL)
MUTATION(child_offsets_missing, a->children[SCHOOL]->buffers[1] = NULL)
MUTATION(child_text_missing, a->children[SCHOOL]->buffers[2] = NULL)
MUTATION(child_children, a->children[MINUTES]->n_children = 1)
MUTATION(child_dictionary_unasked, a->children[MINUTES]->dictionary = &spare_array)
MUTATION(child_dictionary_missing, a->children[FORM]->dictionary = NULL)
MUTATION(dictionary_released, a->children[FORM]->dictionary->release = NULL)
MUTATION(dictionary_length_negative, a->children[FORM]->dictionary->length = -1)
MUTATION(dictionary_too_short, a->children[FORM]->dictionary->length = 1)
MUTATION(dictionary_offset_negative, a->children[FORM]->dictionary->offset = -1)
MUTATION(dictionary_buffers_too_few, a->children[FORM]->dictionary->n_buffers = 1)
MUTATION(dictionary_values_missing, a->children[FORM]->dictionary->buffers[1] = NULL)
MUTATION(views_too_few_buffers, a->children[NOTE]->n_buffers = 2)
MUTATION(views_sizes_missing, a->children[NOTE]->buffers[4] = NULL)
MUTATION(views_data_missing, a->children[NOTE]->buffers[3] = NULL)

/* Values: the buffers are the test's own, so they may be written to. */
MUTATION(offsets_negative, ((int32_t *)(uintptr_t)a->children[SCHOOL]->buffers[1])[0] = -1)
MUTATION(offsets_fall, ((int32_t *)(uintptr_t)a->children[SCHOOL]->buffers[1])[1] = 3)
MUTATION(text_not_utf8, *(char *)(uintptr_t)a->children[SCHOOL]->buffers[2] = (char)0xFF)
MUTATION(index_beyond, *(int8_t *)(uintptr_t)a->children[FORM]->buffers[1] = 2)
MUTATION(index_negative, *(int8_t *)(uintptr_t)a->children[FORM]->buffers[1] = -1)
MUTATION(entry_not_utf8, *(char *)(uintptr_t)a->children[FORM]->dictionary->buffers[2] = (char)0xC0)
MUTATION(view_size_negative, ((int32_t *)(uintptr_t)a->children[NOTE]->buffers[1])[0] = -1)
MUTATION(view_size_beyond, ((int32_t *)(uintptr_t)a->children[NOTE]->buffers[1])[4] = 9999)
MUTATION(view_buffer_negative, ((int32_t *)(uintptr_t)a->children[NOTE]->buffers[1])[6] = -1)
MUTATION(view_buffer_beyond, ((int32_t *)(uintptr_t)a->children[NOTE]->buffers[1])[6] = 2)
MUTATION(view_offset_negative, ((int32_t *)(uintptr_t)a->children[NOTE]->buffers[1])[7] = -1)
MUTATION(view_offset_beyond, ((int32_t *)(uintptr_t)a->children[NOTE]->buffers[1])[7] = 60)
MUTATION(view_text_not_utf8, ((char *)(uintptr_t)a->children[NOTE]->buffers[1])[4] = (char)0x80)

MUTATION(schema_released, s->release = NULL)
MUTATION(schema_format_missing, s->format = NULL)
MUTATION(schema_not_rows, s->format = "u")
MUTATION(schema_children_negative, s->n_children = -1)
MUTATION(schema_children_too_few, s->n_children = 4)
MUTATION(schema_children_missing, s->children = NULL)
MUTATION(schema_child_missing, s->children = no_schemas)
MUTATION(schema_child_released, s->children[SCHOOL]->release = NULL)
MUTATION(schema_child_format_missing, s->children[SCHOOL]->format = NULL)
MUTATION(schema_child_format_other, s->children[SCHOOL]->format = "U"; s->children[SCHOOL]->dictionary = &spare_schema)
MUTATION(schema_name_not_utf8, s->children[SCHOOL]->name = "\xFF")
MUTATION(schema_dictionary_missing, s->children[FORM]->dictionary = NULL)
MUTATION(schema_dictionary_format_missing, s->children[FORM]->dictionary->format = NULL)
MUTATION(schema_dictionary_of_dictionary, s->children[FORM]->dictionary->dictionary = &spare_schema)
MUTATION(schema_index_not_integer, s->children[FORM]->format = "g")

#define ROW(name)                                                                                                      \
    {                                                                                                                  \
#name, name                                                                                                    \
    }
static const struct {
    const char *name;
    void (*apply)(handed *h);
} mutations[] = {
    ROW(root_released),
    ROW(root_length_negative),
    ROW(root_length_beyond_columns),
    ROW(root_length_huge),
    ROW(root_offset_negative),
    ROW(root_offset_beyond_columns),
    ROW(root_offset_huge),
    ROW(root_nulls_negative),
    ROW(root_nulls_beyond),
    ROW(root_nulls_without_bitmap),
    ROW(root_buffers_none),
    ROW(root_buffers_two),
    ROW(root_buffers_missing),
    ROW(root_children_too_few),
    ROW(root_children_negative),
    ROW(root_children_missing),
    ROW(root_child_missing),
    ROW(root_dictionary),
    ROW(child_released),
    ROW(child_length_short),
    ROW(child_length_negative),
    ROW(child_offset_negative),
    ROW(child_offset_huge),
    ROW(child_offset_overflows_bits),
    ROW(child_nulls_beyond),
    ROW(child_nulls_negative),
    ROW(child_bitmap_missing),
    ROW(child_buffers_missing),
    ROW(child_buffers_too_few),
    ROW(child_buffers_too_many),
    ROW(child_buffers_negative),
    ROW(child_values_missing),
    ROW(child_offsets_missing),
    ROW(child_text_missing),
    ROW(child_children),
    ROW(child_dictionary_unasked),
    ROW(child_dictionary_missing),
    ROW(dictionary_released),
    ROW(dictionary_length_negative),
    ROW(dictionary_too_short),
    ROW(dictionary_offset_negative),
    ROW(dictionary_buffers_too_few),
    ROW(dictionary_values_missing),
    ROW(views_too_few_buffers),
    ROW(views_sizes_missing),
    ROW(views_data_missing),
    ROW(offsets_negative),
    ROW(offsets_fall),
    ROW(text_not_utf8),
    ROW(index_beyond),
    ROW(index_negative),
    ROW(entry_not_utf8),
    ROW(view_size_negative),
    ROW(view_size_beyond),
    ROW(view_buffer_negative),
    ROW(view_buffer_beyond),
    ROW(view_offset_negative),
    ROW(view_offset_beyond),
    ROW(view_text_not_utf8),
    ROW(schema_released),
    ROW(schema_format_missing),
    ROW(schema_not_rows),
    ROW(schema_children_negative),
    ROW(schema_children_too_few),
    ROW(schema_children_missing),
    ROW(schema_child_missing),
    ROW(schema_child_released),
    ROW(schema_child_format_missing),
    ROW(schema_child_format_other),
    ROW(schema_name_not_utf8),
    ROW(schema_dictionary_missing),
    ROW(schema_dictionary_format_missing),
    ROW(schema_dictionary_of_dictionary),
    ROW(schema_index_not_integer),
};

/* The structs as they were, so that they can be released after a mutation. */
typedef struct saved {
    struct ArrowSchema schema, schemas[5], schema_dictionary;
    struct ArrowArray array, arrays[5], array_dictionary;
    const void *root_buffer, *buffers[5][5], *dictionary_buffers[3];
} saved;

static void save(saved *v, const handed *h)
{
    v->schema = *h->schema;
    v->array = *h->array;
    v->root_buffer = h->array->buffers[0];
    for (int i = 0; i < 5; i++) {
        v->schemas[i] = *h->schema->children[i];
        v->arrays[i] = *h->array->children[i];
        memcpy(v->buffers[i], h->array->children[i]->buffers, (size_t)v->arrays[i].n_buffers * sizeof(void *));
    }
    v->schema_dictionary = *v->schemas[FORM].dictionary;
    v->array_dictionary = *v->arrays[FORM].dictionary;
    memcpy(v->dictionary_buffers, v->array_dictionary.buffers, sizeof v->dictionary_buffers);
}

static void restore(const saved *v, handed *h)
{
    *h->schema = v->schema;
    *h->array = v->array;
    h->array->buffers[0] = v->root_buffer;
    for (int i = 0; i < 5; i++) {
        *h->schema->children[i] = v->schemas[i];
        *h->array->children[i] = v->arrays[i];
        memcpy(v->arrays[i].buffers, v->buffers[i], (size_t)v->arrays[i].n_buffers * sizeof(void *));
    }
    *v->schemas[FORM].dictionary = v->schema_dictionary;
    *v->arrays[FORM].dictionary = v->array_dictionary;
    memcpy(v->array_dictionary.buffers, v->dictionary_buffers, sizeof v->dictionary_buffers);
}

Test(malformed, structs_are_refused_and_stay_the_callers)
{
    world *w = world_new(pack);
    char *before = world_findings(w, NULL);
    for (size_t i = 0; i < sizeof mutations / sizeof *mutations; i++) {
        struct ArrowSchema layout;
        struct ArrowArray array;
        handed h = {&layout, &array};
        saved v;
        arrow_rows_schema(&rows, &layout);
        arrow_rows_export(&rows, NULL, 0, 4, 0, &array);
        save(&v, &h);
        mutations[i].apply(&h);
        struct ArrowArray mutated = array;
        policy_error *err = NULL;
        policy_status status = policy_ledger_feed(w->ledger, "work", &layout, &array, NULL, &err);
        cr_expect_eq(status, POLICY_E_ARGUMENT, "%s: %s", mutations[i].name, policy_status_name(status));
        cr_expect_not_null(err, "%s", mutations[i].name);
        cr_expect_eq(memcmp(&array, &mutated, sizeof array), 0, "%s: it was not left alone", mutations[i].name);
        policy_error_free(err);
        if (status == POLICY_OK) {
            continue; /* said above; what was taken cannot be put right */
        }
        restore(&v, &h);
        array.release(&array);
        layout.release(&layout);
        cr_expect_eq(arrow_rows_live(), 0, "%s: live %d", mutations[i].name, arrow_rows_live());
    }
    char *after = world_findings(w, NULL);
    cr_expect_str_eq(after, before);
    free(before);
    free(after);
    world_free(w);
}

Test(malformed, rows_outside_the_slice_are_nobodys_business)
{
    world *w = world_new(pack);
    struct ArrowSchema layout;
    struct ArrowArray array;
    arrow_rows_schema(&rows, &layout);
    arrow_rows_export(&rows, NULL, 0, 2, 2, &array); /* rows 0 and 1 behind two that are cut off */
    ((int32_t *)(uintptr_t)array.children[SCHOOL]->buffers[1])[0] = 77;
    ((int8_t *)(uintptr_t)array.children[FORM]->buffers[1])[1] = 99;
    ((int32_t *)(uintptr_t)array.children[NOTE]->buffers[1])[0] = -5;
    cr_expect_eq(policy_ledger_feed(w->ledger, "work", &layout, &array, NULL, NULL), POLICY_OK);
    layout.release(&layout);
    cr_expect_eq(arrow_rows_live(), 0);
    world_free(w);
}

/* ---- who releases what ---- */

typedef struct broken_stream {
    struct ArrowArrayStream inner;
    int schema_code, fail_after, batches; /* batches before an error; -1: none */
    const char *says;
} broken_stream;

static int broken_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    broken_stream *b = stream->private_data;
    return b->schema_code != 0 ? b->schema_code : b->inner.get_schema(&b->inner, out);
}

static int broken_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    broken_stream *b = stream->private_data;
    if (b->batches++ == b->fail_after) {
        return EIO;
    }
    return b->inner.get_next(&b->inner, out);
}

static const char *broken_says(struct ArrowArrayStream *stream)
{
    return ((broken_stream *)stream->private_data)->says;
}

static void broken_release(struct ArrowArrayStream *stream)
{
    broken_stream *b = stream->private_data;
    b->inner.release(&b->inner);
    stream->release = NULL;
}

Test(malformed, a_stream_that_fails_half_way_changes_nothing)
{
    world *w = world_new(pack);
    char *before = world_findings(w, NULL);
    for (int fail_after = -1; fail_after < 4; fail_after++) { /* -1: the schema already */
        for (uint32_t threads = 1; threads < 4; threads += 2) {
            broken_stream b = {.schema_code = fail_after < 0 ? EINVAL : 0,
                               .fail_after = fail_after,
                               .says = fail_after % 2 ? "the disk is on fire" : NULL};
            arrow_rows_stream(&rows, NULL, 0, 4, 1, &b.inner);
            struct ArrowArrayStream stream = {broken_schema, broken_next, broken_says, broken_release, &b};
            policy_feed_options options = {.struct_size = sizeof options, .threads = threads};
            policy_error *err = NULL;
            policy_status status = policy_ledger_feed_stream(w->ledger, "work", &stream, &options, &err);
            cr_expect_eq(status, POLICY_E_IO, "after %d: %s", fail_after, policy_status_name(status));
            if (b.says != NULL) {
                cr_expect_not_null(strstr(policy_error_message(err, POLICY_LANGUAGE_EN), b.says));
            }
            policy_error_free(err);
            char *after = world_findings(w, NULL);
            cr_expect_str_eq(after, before);
            free(after);
            cr_assert_not_null(stream.release, "it stays the caller's");
            stream.release(&stream);
            cr_expect_eq(arrow_rows_live(), 0);
        }
    }
    free(before);
    world_free(w);
}

static int changing_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    broken_stream *b = stream->private_data;
    int code = b->inner.get_next(&b->inner, out);
    if (code == 0 && b->batches++ == 1) { /* the second batch has another shape */
        out->children[MINUTES]->length = 0;
    }
    return code;
}

Test(malformed, a_batch_that_differs_from_the_schema_ends_the_stream)
{
    world *w = world_new(pack);
    char *before = world_findings(w, NULL);
    broken_stream b = {.fail_after = -1};
    arrow_rows_stream(&rows, NULL, 0, 4, 1, &b.inner);
    struct ArrowArrayStream stream = {broken_schema, changing_next, broken_says, broken_release, &b};
    cr_expect_eq(policy_ledger_feed_stream(w->ledger, "work", &stream, NULL, NULL), POLICY_E_ARGUMENT);
    char *after = world_findings(w, NULL);
    cr_expect_str_eq(after, before, "the first batch is out again");
    free(after);
    free(before);
    cr_assert_not_null(stream.release);
    stream.release(&stream);
    world_free(w);
}

Test(malformed, each_failing_allocation_leaves_the_ledger_and_the_producer_whole)
{
    failing_allocator f;
    failing_allocator_init(&f, 0, FAIL_ONCE);
    policy_options *options = NULL;
    cr_assert_eq(policy_options_new(&f.allocator, &options, NULL), POLICY_OK);
    for (int mode = FAIL_ONCE; mode <= FAIL_STICKY; mode++) {
        for (int streamed = 0; streamed < 2; streamed++) {
            world *w = world_try(options, pack, NULL);
            cr_assert_not_null(w);
            world_row(w, "work", "school=A|day=2021-12-01|minutes=45");
            char *before = world_findings(w, NULL);
            policy_status status = POLICY_E_NOMEM;
            size_t failures = 0;
            f.mode = (failing_mode)mode;
            for (size_t k = 1; status != POLICY_OK; k++) {
                struct ArrowSchema layout;
                struct ArrowArray array;
                struct ArrowArrayStream stream;
                size_t failed = f.failures;
                if (streamed) {
                    arrow_rows_stream(&rows, NULL, 0, 4, 2, &stream);
                    f.fail_at = f.calls + k;
                    status = policy_ledger_feed_stream(w->ledger, "work", &stream, NULL, NULL);
                } else {
                    arrow_rows_schema(&rows, &layout);
                    arrow_rows_export(&rows, NULL, 0, 4, 0, &array);
                    f.fail_at = f.calls + k;
                    status = policy_ledger_feed(w->ledger, "work", &layout, &array, NULL, NULL);
                    layout.release(&layout);
                }
                f.fail_at = 0;
                cr_assert_eq(status, f.failures > failed ? POLICY_E_NOMEM : POLICY_OK, "allocation %zu", k);
                if (status != POLICY_OK) {
                    failures++;
                    char *after = world_findings(w, NULL);
                    cr_assert_str_eq(after, before, "allocation %zu", k);
                    free(after);
                    if (streamed) {
                        cr_assert_not_null(stream.release, "it stays the caller's");
                        stream.release(&stream);
                    } else {
                        cr_assert_not_null(array.release, "it stays the caller's");
                        array.release(&array);
                    }
                }
                cr_assert_eq(arrow_rows_live(), 0, "released once, at allocation %zu", k);
            }
            cr_expect_gt(failures, 20);
            free(before);
            world_free(w);
        }
    }
    policy_options_free(options);
    cr_expect_eq(failing_allocator_live(&f), 0);
}
