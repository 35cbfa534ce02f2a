/*
 * A host in C that knows nothing but the installed headers, library and rules.
 *
 * The first argument is the folder of the installed rules: an installed tree may have been moved.
 */
#include <policy/policy.h>

#include <stdio.h>
#include <string.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            return 1;                                                                                                  \
        }                                                                                                              \
    } while (0)

static int check_options(void)
{
    policy_options *options = NULL;
    policy_error *error = NULL;
    CHECK(policy_options_new(NULL, &options, &error) == POLICY_OK);
    CHECK(policy_options_set_language(options, POLICY_LANGUAGE_EN, &error) == POLICY_OK);
    CHECK(policy_options_set_limit(options, POLICY_LIMIT_SCRIPT_STEPS, 1000, &error) == POLICY_OK);
    CHECK(policy_options_limit(options, POLICY_LIMIT_SCRIPT_STEPS) == 1000);
    CHECK(error == NULL);

    CHECK(policy_options_set_limit(options, 999, 1, &error) == POLICY_E_ARGUMENT);
    CHECK(policy_error_status(error) == POLICY_E_ARGUMENT);
    CHECK(strstr(policy_error_message(error, POLICY_LANGUAGE_EN), "999"));
    CHECK(strstr(policy_error_message(error, POLICY_LANGUAGE_ZH), "999"));
    policy_error_free(error);
    policy_options_free(options);
    return 0;
}

/* One homework of class 2, as a school management system would hand it over. */
static int post_homework(policy_engine *engine, policy_ledger *ledger, const char *subject, int64_t minutes)
{
    policy_record *record = NULL;
    CHECK(policy_record_new(engine, "homework", &record, NULL) == POLICY_OK);
    const char *const names[] = {"school", "grade", "class", "subject", "assigned", "form", "place"};
    const char *const texts[] = {"望海小学", "三年级", "2班", subject, "2021-12-01", "书面", "学校"};
    int32_t fields[8];
    policy_value values[8];
    memset(values, 0, sizeof values);
    for (size_t i = 0; i < 7; i++) {
        fields[i] = policy_engine_field(engine, "homework", names[i]);
        values[i].kind = POLICY_VALUE_TEXT;
        values[i].text = texts[i];
        values[i].size = strlen(texts[i]);
    }
    fields[7] = policy_engine_field(engine, "homework", "minutes");
    values[7].kind = POLICY_VALUE_INT;
    values[7].integer = minutes;
    CHECK(policy_record_set_many(record, fields, values, 8, NULL) == POLICY_OK);
    CHECK(policy_ledger_post(ledger, record, NULL) == POLICY_OK);
    policy_record_free(record);
    return 0;
}

static const policy_finding *failed(const policy_findings *findings, const char *rule)
{
    for (size_t i = 0; i < policy_findings_count(findings); i++) {
        const policy_finding *finding = policy_findings_at(findings, i);
        if (policy_finding_verdict(finding) == POLICY_FAIL && strcmp(policy_finding_rule(finding), rule) == 0) {
            return finding;
        }
    }
    return NULL;
}

static int check_homework(const char *rules)
{
    static const char rule[] = "homework.daily-minutes.primary";
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_ledger *ledger = NULL;
    policy_findings *before = NULL, *after = NULL;
    policy_text *text = NULL;
    CHECK(policy_builder_new(NULL, &builder, NULL) == POLICY_OK);
    CHECK(policy_builder_add_directory(builder, rules, NULL) == POLICY_OK);
    CHECK(policy_builder_load(builder, "huancui-2021", NULL) == POLICY_OK);
    CHECK(policy_builder_build(builder, &engine, NULL) == POLICY_OK);
    policy_builder_free(builder);
    CHECK(policy_ledger_new(engine, &ledger, NULL) == POLICY_OK);

    if (post_homework(engine, ledger, "语文", 60) != 0) {
        return 1;
    }
    CHECK(policy_ledger_findings(ledger, &before, NULL) == POLICY_OK);
    CHECK(failed(before, rule) == NULL); /* sixty minutes are allowed */
    if (post_homework(engine, ledger, "数学", 15) != 0) {
        return 1;
    }
    CHECK(policy_ledger_findings(ledger, &after, NULL) == POLICY_OK);
    policy_ledger_free(ledger);
    policy_engine_unref(engine); /* findings stand on their own */

    const policy_finding *finding = failed(after, rule);
    CHECK(finding != NULL);
    CHECK(strcmp(policy_finding_clause(finding), "2.1b") == 0);
    CHECK(strcmp(policy_finding_value(finding).text, "75") == 0);
    CHECK(strcmp(policy_finding_limit(finding).text, "60") == 0);
    CHECK(policy_finding_message(finding, POLICY_LANGUAGE_ZH, &text, NULL) == POLICY_OK);
    CHECK(strstr(policy_text_data(text), "望海小学"));
    policy_text_free(text);
    policy_findings_free(before);
    policy_findings_free(after);
    return 0;
}

int main(int argc, char **argv)
{
    CHECK(strcmp(policy_version(), POLICY_VERSION_TEXT) == 0);
    CHECK(policy_version_number() / 1000000 == POLICY_VERSION_MAJOR);
    CHECK(strlen(policy_rules_directory()) > 0);
    CHECK(argc == 2);
    if (check_options() != 0 || check_homework(argv[1]) != 0) {
        return 1;
    }
    printf("libpolicy %s\n", policy_version());
    return 0;
}
