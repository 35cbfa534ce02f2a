/*
 * Columns from bytes: one column in a format the input chooses, its bitmap, values, offsets, views and texts as the input
 * has them, in buffers of exactly the right length. Whatever is in them, the answer is an error or findings.
 *
 * What no reader can check is kept right: a utf8 column does not say how long its text is, so offsets that point past it
 * are moved back. Input: format, field, rows, offset, then the buffers' bytes; what is missing is zero.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char schema_text[] = "schema: mini\nversion: \"1.0\"\ntypes:\n  all:\n    identity: [text]\n    fields:\n"
                                  "      text: {type: string, default: none}\n      number: {type: int}\n"
                                  "      amount: {type: double}\n      flag: {type: bool}\n"
                                  "      form: {type: enum, values: {written: [书面], oral: [口头]}}\n"
                                  "      day: {type: date}\n      time: {type: time}\n      moment: {type: timestamp}\n"
                                  "      posted: {type: timestamp, reader: date_time}\n"
                                  "      minutes: {type: int, reader: minutes}\n";
static const char pack_text[] =
    "pack: t\nversion: \"1.0\"\nschema: mini\nrules:\n"
    "- {id: a, table: all, per: [text], measure: sum(number), at_most: 60}\n"
    "- {id: b, table: all, per: [day], measure: max(minutes), at_most: 60}\n"
    "- {id: c, table: all, deny: \"flag || form == 'oral' || amount > 2.0 || time > duration('1h')\"}\n"
    "- {id: d, table: all, deny: \"moment > posted\"}\n";
static const char *const fields[] = {"text", "number", "amount", "flag",   "form",
                                     "day",  "time",   "moment", "posted", "minutes"};
static const struct {
    const char *format;
    uint8_t width; /* of a value; 0: a bit */
} formats[] = {{"b", 0},   {"c", 1},   {"C", 1},   {"s", 2},    {"S", 2},    {"i", 4},    {"I", 4},
               {"l", 8},   {"L", 8},   {"e", 2},   {"f", 4},    {"g", 8},    {"tdD", 4},  {"tdm", 8},
               {"tts", 4}, {"ttm", 4}, {"ttu", 8}, {"ttn", 8},  {"tss:", 8}, {"tsn:", 8}, {"tsu:Asia/Shanghai", 8},
               {"u", 4},   {"U", 8},   {"vu", 16}, {"dict", 1}, {"n", 0}};

typedef struct input {
    const uint8_t *at;
    size_t left;
} input;

static uint8_t next(input *in)
{
    uint8_t b = in->left > 0 ? *in->at : 0;
    in->at += in->left > 0;
    in->left -= in->left > 0;
    return b;
}

static void *buffer(input *in, size_t size)
{
    char *p = calloc(1, size ? size : 1);
    size_t given = size < in->left ? size : in->left;
    if (p == NULL) {
        abort();
    }
    memcpy(p, in->at, given);
    in->at += given;
    in->left -= given;
    return p;
}

static void release_array(struct ArrowArray *a)
{
    a->release = NULL;
}

static void release_schema(struct ArrowSchema *s)
{
    s->release = NULL;
}

static policy_engine *engine(void)
{
    static policy_engine *made;
    policy_builder *builder = NULL;
    if (made == NULL && policy_builder_new(NULL, &builder, NULL) == POLICY_OK) {
        policy_builder_add_memory(builder, "schema/mini.yaml", schema_text, sizeof schema_text - 1, NULL);
        policy_builder_load_memory(builder, "t.yaml", pack_text, sizeof pack_text - 1, NULL);
        policy_builder_build(builder, &made, NULL);
        policy_builder_free(builder);
    }
    return made;
}

static void keep_inside(void *offsets, size_t count, size_t width, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        int64_t end = 0;
        char *at = (char *)offsets + i * width;
        memcpy(&end, at, width);
        if (width == 4 ? (int32_t)end > (int64_t)size : end > (int64_t)size) {
            end = (int64_t)size;
            memcpy(at, &end, width);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {data, size};
    size_t kind = next(&in) % (sizeof formats / sizeof *formats), field = next(&in) % 10;
    size_t rows = next(&in) % 40, offset = next(&in) % 12, all = rows + offset;
    const char *format = formats[kind].format;
    bool utf8 = strcmp(format, "u") == 0 || strcmp(format, "U") == 0, views = strcmp(format, "vu") == 0;
    bool dictionary = strcmp(format, "dict") == 0, none = strcmp(format, "n") == 0, nulls = next(&in) & 1;
    size_t width = formats[kind].width;
    void *bits = buffer(&in, (all + 7) / 8);
    void *values = buffer(&in, width == 0 ? (all + 7) / 8 : (all + (utf8 ? 1 : 0)) * width);
    size_t text_size = utf8 ? in.left : views ? in.left / 2 : 0, rest = views ? in.left - text_size : 0;
    void *text = buffer(&in, text_size), *more = buffer(&in, rest);
    int64_t sizes[2] = {(int64_t)text_size, (int64_t)rest};
    if (utf8) {
        keep_inside(values, all + 1, width, text_size);
    }
    static const int32_t entry_ends[] = {0, 2, 9, 15};
    const void *entry_buffers[] = {NULL, entry_ends, "20writtenUTF-8!"}, *root_buffers[] = {NULL};
    const void *buffers[] = {nulls ? bits : NULL, values, text, more, sizes};
    struct ArrowArray entries = {.length = 3, .n_buffers = 3, .buffers = entry_buffers, .release = release_array};
    struct ArrowArray column = {.length = (int64_t)rows,
                                .offset = (int64_t)offset,
                                .null_count = nulls ? -1 : 0,
                                .n_buffers = none    ? 0
                                             : views ? 5
                                             : utf8  ? 3
                                                     : 2,
                                .buffers = buffers,
                                .dictionary = dictionary ? &entries : NULL,
                                .release = release_array};
    struct ArrowArray *children[] = {&column};
    struct ArrowArray array = {.length = (int64_t)rows,
                               .n_buffers = 1,
                               .n_children = 1,
                               .buffers = root_buffers,
                               .children = children,
                               .release = release_array};
    struct ArrowSchema entry = {.format = "u", .name = "", .release = release_schema};
    struct ArrowSchema name = {.format = dictionary ? "c" : format,
                               .name = fields[field],
                               .dictionary = dictionary ? &entry : NULL,
                               .release = release_schema};
    struct ArrowSchema *names[] = {&name};
    struct ArrowSchema layout = {
        .format = "+s", .name = "", .n_children = 1, .children = names, .release = release_schema};
    policy_ledger *ledger = NULL;
    policy_findings *findings = NULL;
    if (policy_ledger_new(engine(), &ledger, NULL) == POLICY_OK) {
        policy_error *err = NULL;
        policy_status status = policy_ledger_feed(ledger, "all", &layout, &array, NULL, &err);
        if ((status == POLICY_OK) != (array.release == NULL) || (status == POLICY_OK) != (err == NULL)) {
            abort(); /* taken when refused, or the other way round */
        }
        policy_error_free(err);
        (void)policy_ledger_findings(ledger, &findings, NULL);
    }
    policy_findings_free(findings);
    policy_ledger_free(ledger);
    free(bits);
    free(values);
    free(text);
    free(more);
    return 0;
}
