/*
 * Every format that a field takes, in slices, with nulls and as dictionaries, gives what the same rows posted by hand give.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/arrow_rows.h"
#include "support/world.h"

static const char schema[] = "schema: mini\nversion: \"1.0\"\ntypes:\n"
                             "  all:\n"
                             "    identity: [text]\n"
                             "    fields:\n"
                             "      text: {type: string, default: none}\n"
                             "      number: {type: int}\n"
                             "      amount: {type: double}\n"
                             "      flag: {type: bool}\n"
                             "      form: {type: enum, values: {written: [书面], oral: [口头]}}\n"
                             "      day: {type: date}\n"
                             "      time: {type: time}\n"
                             "      moment: {type: timestamp}\n"
                             "      date: {type: date, reader: date}\n"
                             "      posted: {type: timestamp, reader: date_time}\n"
                             "      minutes: {type: int, reader: minutes}\n";

/* Whatever a field is, a group of its value is a finding that shows it, with its row; and a missing one is another. */
static policy_engine *engine_of(const char *field)
{
    char pack[600];
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_error *err = NULL;
    snprintf(
        pack, sizeof pack,
        "pack: t\nversion: \"1.0\"\nschema: mini\nrules:\n"
        "- {id: shown, table: all, per: [{shown: \"string(%s)\"}], measure: count(), at_least: 1000, severity: info}\n",
        field);
    cr_assert_eq(policy_builder_new(NULL, &builder, NULL), POLICY_OK);
    policy_builder_add_memory(builder, "schema/mini.yaml", schema, strlen(schema), NULL);
    policy_builder_load_memory(builder, "test.yaml", pack, strlen(pack), NULL);
    policy_status status = policy_builder_build(builder, &engine, &err);
    cr_assert_eq(status, POLICY_OK, "%s: %s", field, policy_error_message(err, POLICY_LANGUAGE_EN));
    policy_builder_free(builder);
    return engine;
}

static world *world_of(policy_engine *engine)
{
    world *w = calloc(1, sizeof *w);
    w->engine = policy_engine_ref(engine);
    cr_assert_eq(policy_ledger_new(engine, &w->ledger, NULL), POLICY_OK);
    cr_assert_eq(policy_ledger_set_evidence(w->ledger, POLICY_EVIDENCE_FIRST, 20, NULL), POLICY_OK);
    return w;
}

typedef struct field_case {
    const char *field;
    const char *formats[28];
    const char *cells[6];   /* as the format has them; NULL-terminated, a null is added */
    const char *by_hand[6]; /* as a person would write the same; {NULL}: alike */
} field_case;

#define TEXTS "u", "U", "vu", "c:u", "C:u", "s:U", "S:vu", "i:u", "I:U", "l:vu", "L:u"
#define WHOLE "c", "C", "s", "S", "i", "I", "l", "L", "c:s", "i:l"

static const field_case cases[] = {
    {"text", {TEXTS, "n"}, {"甲", "a text that is longer than twelve bytes", "短", "x"}, {NULL}},
    {"number", {WHOLE, "e", "f", "g", TEXTS, "n"}, {"0", "1", "7", "120", "64"}, {NULL}},
    {"number", {"c", "s", "i", "l", "f", "g", "u"}, {"-1", "-128", "-77", "0"}, {NULL}},
    {"number", {"l", "u"}, {"999999999999999", "-999999999999999", "1"}, {NULL}},
    {"amount", {WHOLE, "e", "f", "g", TEXTS}, {"0", "1", "2", "64"}, {NULL}},
    {"amount", {"f", "g", "u", "c:g"}, {"0.5", "-1.25", "1024.125"}, {NULL}},
    {"flag", {"b", "u", "c:u", "n"}, {"true", "false", "true"}, {NULL}},
    {"form", {TEXTS, "n"}, {"written", "书面", "oral", "口头"}, {NULL}},
    {"day",
     {"tdD", "tdm", "tss:", "tsm:", "tsu:", "tsn:", "tss:UTC", "c:tdD", TEXTS, "n"},
     {"2021-12-01", "1969-12-31", "2000-02-29", "2021-01-01"},
     {NULL}},
    {"date",
     {"tdD", "tdm", "tss:", "tsm:", "tsu:", "tsn:", "c:tdD", TEXTS},
     {"2021-12-01", "2022-02-28", "2021-01-01"},
     {NULL}},
    {"day",
     {"tss:Asia/Shanghai", "tsn:+08:00"},
     {"2021-12-01 15:59:59", "2021-12-01 16:00:00", "1969-12-31 20:00:00"},
     {"2021-12-01", "2021-12-02", "1970-01-01"}},
    {"time", {"tts", "ttm", "ttu", "ttn", TEXTS, "n"}, {"17:30", "00:00", "23:59"}, {NULL}},
    {"moment",
     {"tss:", "tsm:", "tsu:", "tsn:", "tss:UTC"},
     {"2021-12-01 08:00:00", "1969-12-31 23:59:59", "2000-02-29 12:30:15"},
     {"2021-12-01 08:00:00", "1969-12-31 23:59:59", "2000-02-29 12:30:15"}},
    {"posted",
     {"tss:", "tsm:", "tsu:", "tsn:"},
     {"2021-12-01 08:00:00", "2021-12-02 23:59:00"},
     {"2021-12-01 08:00", "2021-12-02 23:59"}},
    {"posted",
     {"tss:Asia/Shanghai", "tsu:+08:00"},
     {"2021-12-01 08:00:00", "2021-12-01 20:30:00"},
     {"2021-12-01 16:00", "2021-12-02 04:30"}},
    {"minutes", {"s", "i", "g", "u", "c:u"}, {"20", "45", "0"}, {NULL}},
};

static char *answer_by_hand(policy_engine *engine, const field_case *c, bool nothing)
{
    world *w = world_of(engine);
    size_t rows = 0;
    policy_record *record = NULL;
    cr_assert_eq(policy_record_new(engine, "all", &record, NULL), POLICY_OK);
    for (size_t i = 0; i == 0 || c->cells[i - 1] != NULL; i++) { /* the last one is the null */
        const char *text = nothing ? NULL : c->by_hand[0] && c->cells[i] ? c->by_hand[i] : c->cells[i];
        policy_record_clear(record);
        cr_assert_eq(policy_record_set_text(record, c->field, text, NULL), POLICY_OK);
        cr_assert_eq(policy_record_set_source(record, "data", ++rows, NULL), POLICY_OK);
        cr_assert_eq(policy_ledger_post(w->ledger, record, NULL), POLICY_OK);
    }
    policy_record_free(record);
    char *answer = world_findings(w, NULL);
    world_free(w);
    return answer;
}

static void expect_format(policy_engine *engine, const field_case *c, const char *format, size_t offset)
{
    size_t count = 1;
    while (c->cells[count - 1] != NULL) {
        count++;
    }
    bool nothing = strcmp(format, "n") == 0;
    char *expected = answer_by_hand(engine, c, nothing);
    const arrow_rows rows = {1, &c->field, &format, count, c->cells};
    policy_feed_options options = {.struct_size = sizeof options, .source = "data"};
    for (int trusted = 0; trusted < 2; trusted++) {
        options.trusted = trusted;
        world *w = world_of(engine);
        struct ArrowSchema layout;
        struct ArrowArray array;
        policy_error *err = NULL;
        arrow_rows_schema(&rows, &layout);
        arrow_rows_export(&rows, NULL, 0, count, offset, &array);
        policy_status status = policy_ledger_feed(w->ledger, "all", &layout, &array, &options, &err);
        cr_assert_eq(status, POLICY_OK, "%s as %s: %s", c->field, format,
                     policy_error_message(err, POLICY_LANGUAGE_EN));
        cr_expect_null(array.release);
        layout.release(&layout);
        char *answer = world_findings(w, NULL);
        cr_expect_str_eq(answer, expected, "%s as %s behind %zu:\n%s\ninstead of\n%s", c->field, format, offset, answer,
                         expected);
        free(answer);
        world_free(w);
        cr_expect_eq(arrow_rows_live(), 0);
    }
    free(expected);
}

Test(formats, are_read_as_if_posted_by_hand)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        policy_engine *engine = engine_of(cases[i].field);
        for (size_t f = 0; f < 28 && cases[i].formats[f] != NULL; f++) {
            expect_format(engine, &cases[i], cases[i].formats[f], 0);
            expect_format(engine, &cases[i], cases[i].formats[f], 1);
            expect_format(engine, &cases[i], cases[i].formats[f], 9); /* bitmaps: past a byte */
        }
        policy_engine_unref(engine);
    }
}

/* What a field cannot take is refused by name, format and what would do. */
Test(formats, that_a_field_cannot_take_are_refused)
{
    static const struct {
        const char *field, *format, *says;
    } wrong[] = {
        {"day", "i", "column day has the format i, which day cannot take: it takes dates, timestamps or text"},
        {"number", "b", "column number has the format b, which number cannot take: it takes integers"},
        {"number", "tdD", "integers"},
        {"text", "g", "text"},
        {"time", "tdD", "times of day or text"},
        {"form", "c", "text"},
        {"flag", "g", "booleans, integers or text"},
        {"moment", "ttu", "dates, timestamps or text"},
        {"number", "w:4", "number"},
        {"number", "+l", "number"},
        {"number", "d:9,2", "number"},
        {"number", "", "number"},
        {"number", "zzz", "number"},
        {"day", "tss:Nowhere/Town", "Nowhere/Town"},
    };
    policy_engine *engine = engine_of("day");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        static const char *const cells[] = {NULL};
        const char *plain = "u";
        const arrow_rows rows = {1, &wrong[i].field, &plain, 1, cells};
        world *w = world_of(engine);
        struct ArrowSchema layout;
        struct ArrowArray array;
        policy_error *err = NULL;
        arrow_rows_schema(&rows, &layout);
        arrow_rows_export(&rows, NULL, 0, 1, 0, &array);
        const char *kept = layout.children[0]->format;
        layout.children[0]->format = wrong[i].format;
        cr_expect_eq(policy_ledger_feed(w->ledger, "all", &layout, &array, NULL, &err), POLICY_E_ARGUMENT, "%s as %s",
                     wrong[i].field, wrong[i].format);
        const char *said = err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "";
        cr_expect_not_null(strstr(said, wrong[i].says), "%s as %s says: %s", wrong[i].field, wrong[i].format, said);
        policy_error_free(err);
        layout.children[0]->format = kept;
        cr_expect_not_null(array.release, "what is refused stays the caller's");
        array.release(&array);
        layout.release(&layout);
        world_free(w);
    }
    policy_engine_unref(engine);
    cr_expect_eq(arrow_rows_live(), 0);
}

Test(formats, of_no_rows_and_no_batches_are_an_empty_table)
{
    policy_engine *engine = engine_of("text");
    static const char *const names[] = {"text", "number"}, *const formats[] = {"u", "i:u"};
    const arrow_rows rows = {2, names, formats, 0, NULL};
    for (int batches = 0; batches < 2; batches++) {
        world *w = world_of(engine);
        if (batches) {
            struct ArrowSchema layout;
            struct ArrowArray array;
            arrow_rows_schema(&rows, &layout);
            arrow_rows_export(&rows, NULL, 0, 0, 0, &array);
            cr_expect_eq(policy_ledger_feed(w->ledger, "all", &layout, &array, NULL, NULL), POLICY_OK);
            layout.release(&layout);
        } else {
            struct ArrowArrayStream stream;
            arrow_rows_stream(&rows, NULL, 0, 0, 0, &stream);
            cr_expect_eq(policy_ledger_feed_stream(w->ledger, "all", &stream, NULL, NULL), POLICY_OK);
            cr_expect_null(stream.release);
        }
        policy_findings *all = NULL;
        cr_assert_eq(policy_ledger_findings(w->ledger, &all, NULL), POLICY_OK);
        cr_expect_eq(policy_findings_records(all, 0), 0, "supplied, and empty");
        policy_findings_free(all);
        world_free(w);
    }
    policy_engine_unref(engine);
    cr_expect_eq(arrow_rows_live(), 0);
}

Test(formats, of_unknown_columns_are_a_notice_and_absent_ones_not_supplied)
{
    policy_engine *engine = engine_of("number");
    static const char *const names[] = {"nobody", "text"}, *const formats[] = {"+l", "u"}, *const cells[] = {NULL, "x"};
    static const char *const plain[] = {"u", "u"};
    arrow_rows rows = {2, names, plain, 1, cells};
    struct ArrowSchema layout;
    struct ArrowArray array;
    arrow_rows_schema(&rows, &layout);
    arrow_rows_export(&rows, NULL, 0, 1, 0, &array);
    const char *kept = layout.children[0]->format;
    layout.children[0]->format = formats[0]; /* what nobody reads may be of any format */
    world *w = world_of(engine);
    cr_expect_eq(policy_ledger_feed(w->ledger, "all", &layout, &array, NULL, NULL), POLICY_OK);
    layout.children[0]->format = kept;
    cr_assert_geq(policy_ledger_notice_count(w->ledger), 1);
    cr_expect_eq(policy_notice_kind_of(policy_ledger_notice(w->ledger, 0)), POLICY_NOTICE_UNKNOWN_COLUMN);
    cr_expect_str_eq(policy_notice_column(policy_ledger_notice(w->ledger, 0)), "nobody");
    world_expect(w, "shown unknown info shown= rows=1 missing=number\n");
    layout.release(&layout);
    world_free(w);
    policy_engine_unref(engine);
}
