/* A table of homework in columns, judged in one call; findings out as columns. */
#include <policy/policy.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 4, COLUMNS = 6 };

/* The columns: nothing is copied, so they have to live until the array is released. */
static const int32_t school_ends[] = {0, 12, 24, 36, 48}; /* utf8: where each text ends */
static const char schools[] = "长征小学长征小学长征小学长征小学";
static const int8_t grades[] = {3, 3, 3, 2};
static const char classes[] = "1班2班"; /* 班 has three bytes */
static const int32_t class_entry_ends[] = {0, 4, 8};
static const int8_t class_codes[] = {1, 1, 0, 1};
static const int32_t assigned[] = {18962, 18962, 18962, 18962}; /* date32: 2021-12-01 */
static const int32_t form_ends[] = {0, 6, 12, 18, 24};
static const char forms[] = "书面书面书面口头";
static const int16_t minutes[] = {45, 30, 20, 10};

static void release_array(struct ArrowArray *array)
{
    array->release = NULL; /* the memory is static */
}

static void release_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static policy_status feed(policy_ledger *ledger, policy_error **err)
{
    const void *texts[2][3] = {{NULL, school_ends, schools}, {NULL, form_ends, forms}};
    const void *entries[3] = {NULL, class_entry_ends, classes}, *none[1] = {NULL};
    const void *numbers[4][2] = {{NULL, grades}, {NULL, class_codes}, {NULL, assigned}, {NULL, minutes}};
    struct ArrowArray dictionary = {.length = 2, .n_buffers = 3, .buffers = entries, .release = release_array};
    struct ArrowArray columns[COLUMNS] = {
        {.length = ROWS, .n_buffers = 3, .buffers = texts[0], .release = release_array},
        {.length = ROWS, .n_buffers = 2, .buffers = numbers[0], .release = release_array},
        {.length = ROWS, .n_buffers = 2, .buffers = numbers[1], .dictionary = &dictionary, .release = release_array},
        {.length = ROWS, .n_buffers = 2, .buffers = numbers[2], .release = release_array},
        {.length = ROWS, .n_buffers = 3, .buffers = texts[1], .release = release_array},
        {.length = ROWS, .n_buffers = 2, .buffers = numbers[3], .release = release_array}};
    struct ArrowSchema entry = {.format = "u", .name = "", .release = release_schema};
    struct ArrowSchema fields[COLUMNS] = {
        {.format = "u", .name = "学校", .release = release_schema}, /* a field's name or any of its aliases */
        {.format = "c", .name = "grade", .release = release_schema},
        {.format = "c", .name = "班级", .dictionary = &entry, .release = release_schema},
        {.format = "tdD", .name = "assigned", .release = release_schema},
        {.format = "u", .name = "作业类型", .release = release_schema},
        {.format = "s", .name = "预计时长(分钟)", .release = release_schema}}; /* with its unit */
    struct ArrowArray *children[COLUMNS];
    struct ArrowSchema *names[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        children[i] = &columns[i];
        names[i] = &fields[i];
    }
    struct ArrowArray rows = {.length = ROWS,
                              .n_buffers = 1,
                              .buffers = none,
                              .n_children = COLUMNS,
                              .children = children,
                              .release = release_array};
    struct ArrowSchema schema = {
        .format = "+s", .name = "", .n_children = COLUMNS, .children = names, .release = release_schema};
    policy_feed_options options = {.struct_size = sizeof options, .source = "homework.arrow", .threads = 2};
    policy_status status = policy_ledger_feed(ledger, "homework", &schema, &rows, &options, err);
    if (rows.release != NULL) { /* refused: the array is still ours */
        rows.release(&rows);
    }
    return status;
}

/* Text i of a utf8 column of a batch. */
static void print_text(const struct ArrowArray *column, int64_t i, const char *after)
{
    const int32_t *ends = column->buffers[1];
    printf("%.*s%s", (int)(ends[i + 1] - ends[i]), (const char *)column->buffers[2] + ends[i], after);
}

static int print_failures(const policy_findings *findings, policy_error **err)
{
    struct ArrowArrayStream stream;
    struct ArrowSchema schema = {.release = NULL};
    struct ArrowArray batch;
    int64_t clause = 0, result = 0, message = 0;
    if (policy_findings_stream(findings, POLICY_LANGUAGE_ZH, &stream, err) != POLICY_OK) {
        return 1;
    }
    int failed = stream.get_schema(&stream, &schema);
    for (int64_t i = 0; !failed && i < schema.n_children; i++) {
        const char *name = schema.children[i]->name;
        clause = strcmp(name, "clause") == 0 ? i : clause;
        result = strcmp(name, "result") == 0 ? i : result;
        message = strcmp(name, "message") == 0 ? i : message;
    }
    while (!failed && !(failed = stream.get_next(&stream, &batch)) && batch.release != NULL) {
        for (int64_t i = 0; i < batch.length; i++) {
            const int32_t *ends = batch.children[result]->buffers[1];
            if (strncmp((const char *)batch.children[result]->buffers[2] + ends[i], "fail", 4) == 0) {
                print_text(batch.children[clause], i, " ");
                print_text(batch.children[message], i, "\n");
            }
        }
        batch.release(&batch);
    }
    if (schema.release != NULL) {
        schema.release(&schema);
    }
    stream.release(&stream);
    return failed;
}

int main(int argc, char **argv)
{
    policy_error *err = NULL;
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_ledger *ledger = NULL;
    policy_findings *findings = NULL;
    int failed = policy_builder_new(NULL, &builder, &err) ||
                 policy_builder_load(builder, argc > 1 ? argv[1] : "huancui-2021", &err) ||
                 policy_builder_build(builder, &engine, &err) || policy_ledger_new(engine, &ledger, &err) ||
                 feed(ledger, &err) || policy_ledger_findings(ledger, &findings, &err) ||
                 print_failures(findings, &err);
    if (err != NULL) {
        fprintf(stderr, "%s\n", policy_error_message(err, POLICY_LANGUAGE_ZH));
    }
    policy_findings_free(findings);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
    policy_builder_free(builder);
    policy_error_free(err);
    return failed;
}
