/*
 * Findings as an Arrow stream: every column read by hand, batches, lifetimes, and memory that runs out.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "support/failing_allocator.h"
#include "support/world.h"

static const char pack[] =
    "pack: t\nversion: \"1.0\"\nschema: mini\nrules:\n"
    "- {id: daily, clause: '1', table: work, per: [school, day], measure: sum(minutes), at_most: "
    "60, severity: violation, message: {zh: '{school}{value}分钟', en: 'too much'}}\n";

/* ---- reading arrays by hand ---- */

static const struct ArrowArray *column_of(const struct ArrowSchema *s, const struct ArrowArray *a, const char *name)
{
    for (int64_t i = 0; i < s->n_children; i++)
        if (strcmp(s->children[i]->name, name) == 0)
            return a->children[i];
    cr_assert_fail("no column %s", name);
    return NULL;
}

static bool is_there(const struct ArrowArray *a, int64_t row)
{
    const uint8_t *bits = a->buffers[0];
    return !bits || (bits[row >> 3] >> (row & 7) & 1);
}

/* "-" for a null. */
static const char *text_at(const struct ArrowArray *a, int64_t row)
{
    static char text[4][256];
    static int turn;
    char *into = text[turn++ % 4];
    const int32_t *ends = a->buffers[1];
    snprintf(into, sizeof text[0], "%.*s", is_there(a, row) ? (int)(ends[row + 1] - ends[row]) : 1,
             is_there(a, row) ? (const char *)a->buffers[2] + ends[row] : "-");
    return into;
}

static void list_at(const struct ArrowArray *a, int64_t row, int32_t *from, int32_t *until)
{
    const int32_t *ends = a->buffers[1];
    *from = ends[row];
    *until = ends[row + 1];
}

typedef struct streamed {
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray batch;
} streamed;

static streamed stream_of(const policy_findings *findings, policy_language language)
{
    streamed s = {0};
    cr_assert_eq(policy_findings_stream(findings, language, &s.stream, NULL), POLICY_OK);
    cr_assert_eq(s.stream.get_schema(&s.stream, &s.schema), 0);
    cr_assert_eq(s.stream.get_next(&s.stream, &s.batch), 0);
    return s;
}

static void done(streamed *s)
{
    if (s->batch.release)
        s->batch.release(&s->batch);
    s->schema.release(&s->schema);
    s->stream.release(&s->stream);
}

static policy_findings *findings_of(world *w)
{
    policy_findings *findings = NULL;
    cr_assert_eq(policy_ledger_findings(w->ledger, &findings, NULL), POLICY_OK);
    return findings;
}

static world *busy_world(void)
{
    world *w = world_new(pack);
    world_row(w, "work", "school=A|day=2021-12-01|minutes=40");
    world_row(w, "work", "school=A|day=2021-12-01|minutes=30");
    world_row(w, "work", "school=B|day=2021-12-02|minutes=");
    world_row(w, "work", "school=C|day=2021-12-02|minutes=61");
    return w;
}

Test(findings_stream, a_row_says_what_the_finding_says)
{
    world *w = busy_world();
    policy_findings *findings = findings_of(w);
    streamed s = stream_of(findings, POLICY_LANGUAGE_ZH);
    cr_assert_eq(s.batch.length, 3);
    cr_expect_str_eq(s.schema.format, "+s");
#define COLUMN(name) column_of(&s.schema, &s.batch, name)
    cr_expect_str_eq(text_at(COLUMN("rule"), 0), "daily");
    cr_expect_str_eq(text_at(COLUMN("clause"), 0), "1");
    cr_expect_str_eq(text_at(COLUMN("result"), 0), "fail");
    cr_expect_str_eq(text_at(COLUMN("result"), 1), "unknown");
    cr_expect_str_eq(text_at(COLUMN("severity"), 0), "violation");
    cr_expect_str_eq(text_at(COLUMN("record"), 0), "work");
    cr_expect_str_eq(text_at(COLUMN("source"), 0), "data");
    cr_expect_str_eq(text_at(COLUMN("message"), 0), "A70分钟");
    cr_expect_eq(((const double *)COLUMN("value")->buffers[1])[0], 70.0);
    cr_expect_str_eq(text_at(COLUMN("value_text"), 0), "70");
    cr_expect_not(is_there(COLUMN("value"), 1), "a range is no number");
    cr_expect_eq(((const double *)COLUMN("limit")->buffers[1])[2], 60.0);
    int32_t from, until;
    list_at(COLUMN("rows"), 0, &from, &until);
    const uint64_t *rows = COLUMN("rows")->children[0]->buffers[1];
    cr_assert_eq(until - from, 2);
    cr_expect_eq(rows[from], 1u);
    cr_expect_eq(rows[from + 1], 2u);
    list_at(COLUMN("key"), 2, &from, &until);
    const struct ArrowArray *entries = COLUMN("key")->children[0];
    cr_assert_eq(until - from, 2);
    cr_expect_str_eq(text_at(entries->children[0], from), "school");
    cr_expect_str_eq(text_at(entries->children[1], from), "C");
    cr_expect_str_eq(text_at(entries->children[0], from + 1), "day");
    cr_expect_str_eq(text_at(entries->children[1], from + 1), "2021-12-02");
    list_at(COLUMN("missing"), 0, &from, &until);
    cr_expect_eq(from, until);
    list_at(COLUMN("missing"), 1, &from, &until);
    cr_assert_eq(until - from, 1);
    cr_expect_str_eq(text_at(COLUMN("missing")->children[0], from), "minutes");
    list_at(COLUMN("other_sources"), 0, &from, &until);
    cr_expect_eq(from, until);
    cr_expect(((const uint8_t *)COLUMN("rows_complete")->buffers[1])[0] & 1);
    struct ArrowArray end;
    cr_expect_eq(s.stream.get_next(&s.stream, &end), 0);
    cr_expect_null(end.release, "the end of the stream");
    done(&s);
    policy_findings_free(findings);
    world_free(w);
}

Test(findings_stream, rows_of_other_files_stand_beside)
{
    world *w = world_new(pack);
    policy_record *r = NULL;
    cr_assert_eq(policy_record_new(w->engine, "work", &r, NULL), POLICY_OK);
    static const char *const sources[] = {"b.csv", "a.csv", "b.csv"};
    for (uint64_t i = 0; i < 3; i++) {
        policy_record_set_text(r, "school", "A", NULL);
        policy_record_set_text(r, "day", "2021-12-01", NULL);
        policy_record_set_int(r, "minutes", 30, NULL);
        policy_record_set_source(r, sources[i], i + 1, NULL);
        cr_assert_eq(policy_ledger_post(w->ledger, r, NULL), POLICY_OK);
    }
    policy_record_free(r);
    policy_findings *findings = findings_of(w);
    streamed s = stream_of(findings, POLICY_LANGUAGE_EN);
    cr_assert_eq(s.batch.length, 1);
    cr_expect_str_eq(text_at(COLUMN("source"), 0), "a.csv");
    cr_expect_str_eq(text_at(COLUMN("message"), 0), "too much");
    int32_t from, until;
    list_at(COLUMN("other_sources"), 0, &from, &until);
    cr_assert_eq(until - from, 1);
    const struct ArrowArray *other = COLUMN("other_sources")->children[0];
    cr_expect_str_eq(text_at(other->children[0], from), "b.csv");
    list_at(other->children[1], from, &from, &until);
    const uint64_t *rows = other->children[1]->children[0]->buffers[1];
    cr_assert_eq(until - from, 2);
    cr_expect_eq(rows[from], 1u);
    cr_expect_eq(rows[from + 1], 3u);
    done(&s);
    policy_findings_free(findings);
    world_free(w);
}

Test(findings_stream, comes_in_batches_and_outlives_everything)
{
    world *w = world_new(pack);
    enum { SCHOOLS = 65536 + 3 };
    for (int i = 0; i < SCHOOLS; i++) {
        char cells[80];
        snprintf(cells, sizeof cells, "school=S%d|day=2021-12-01|minutes=61", i);
        world_row(w, "work", cells);
    }
    policy_findings *findings = findings_of(w);
    streamed s = stream_of(findings, POLICY_LANGUAGE_EN);
    policy_findings_free(findings);
    world_free(w);
    cr_expect_eq(s.batch.length, 65536);
    struct ArrowArray second, moved;
    cr_assert_eq(s.stream.get_next(&s.stream, &second), 0);
    cr_expect_eq(second.length, 3);
    moved = *second.children[0]; /* a consumer may take one column and let the rest go */
    second.children[0]->release = NULL;
    second.release(&second);
    cr_expect_eq(moved.length, 3);
    cr_expect_str_eq(text_at(&moved, 2), "daily");
    moved.release(&moved);
    done(&s);
}

Test(findings_stream, no_findings_are_a_stream_without_batches)
{
    world *w = world_new(pack);
    policy_findings *findings = findings_of(w);
    streamed s = stream_of(findings, POLICY_LANGUAGE_EN);
    cr_expect_null(s.batch.release);
    cr_expect_eq(s.schema.n_children, 16);
    done(&s);
    policy_findings_free(findings);
    world_free(w);
}

Test(findings_stream, filling_the_findings_again_ends_it)
{
    world *w = busy_world();
    policy_findings *findings = findings_of(w);
    struct ArrowArrayStream stream;
    cr_assert_eq(policy_findings_stream(findings, POLICY_LANGUAGE_EN, &stream, NULL), POLICY_OK);
    policy_findings_clear(findings);
    struct ArrowArray batch;
    cr_expect_eq(stream.get_next(&stream, &batch), EINVAL);
    cr_expect_not_null(strstr(stream.get_last_error(&stream), "cleared"));
    cr_expect_null(batch.release);
    stream.release(&stream);
    cr_expect_null(stream.release);
    cr_expect_eq(policy_findings_stream(NULL, POLICY_LANGUAGE_EN, &stream, NULL), POLICY_E_ARGUMENT);
    cr_expect_eq(policy_findings_stream(findings, POLICY_LANGUAGE_EN, NULL, NULL), POLICY_E_ARGUMENT);
    policy_findings_free(findings);
    world_free(w);
}

static policy_status stream_once(const policy_allocator *allocator, void *context)
{
    (void)context;
    policy_options *options = NULL;
    policy_error *err = NULL;
    policy_status status = policy_options_new(allocator, &options, NULL);
    if (status != POLICY_OK)
        return status;
    world *w = world_try(options, pack, &err);
    policy_options_free(options);
    if (w == NULL) {
        status = err ? policy_error_status(err) : POLICY_E_NOMEM; /* no memory for the error either */
        policy_error_free(err);
        return status;
    }
    static const char *const cells[] = {"school=A|day=2021-12-01|minutes=61", "school=B|day=2021-12-01|minutes="};
    for (size_t i = 0; i < 2 && status == POLICY_OK; i++)
        status = world_try_row(w, "work", cells[i], NULL);
    policy_findings *findings = NULL;
    if (status == POLICY_OK)
        status = policy_ledger_findings(w->ledger, &findings, NULL);
    struct ArrowArrayStream stream = {0};
    if (status == POLICY_OK)
        status = policy_findings_stream(findings, POLICY_LANGUAGE_ZH, &stream, NULL);
    if (status == POLICY_OK) {
        struct ArrowSchema schema;
        struct ArrowArray batch;
        int code = stream.get_schema(&stream, &schema);
        if (code == 0)
            schema.release(&schema);
        if (code == 0)
            code = stream.get_next(&stream, &batch);
        if (code == 0) {
            cr_expect_eq(batch.length, 2);
            batch.release(&batch);
        } else {
            cr_expect_eq(code, ENOMEM);
            status = POLICY_E_NOMEM;
        }
        stream.release(&stream);
    }
    policy_findings_free(findings);
    world_free(w);
    return status;
}

Test(findings_stream, without_memory_it_says_so_and_leaves_nothing)
{
    cr_expect_gt(failing_allocator_sweep(stream_once, NULL), 50u);
}
