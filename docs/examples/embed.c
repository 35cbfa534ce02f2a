/* Is 75 minutes of written homework allowed for class 2 of grade 3? */
#include <policy/policy.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    policy_error *err = NULL;
    policy_builder *builder = NULL;
    policy_engine *engine = NULL; /* share it between threads */
    policy_ledger *ledger = NULL; /* one for each thread, audit or session */
    policy_record *record = NULL;
    policy_findings *findings = NULL;
    policy_text *message = NULL;
    if (!policy_builder_new(NULL, &builder, &err) &&
        !policy_builder_load(builder, argc > 1 ? argv[1] : "huancui-2021", &err) &&
        !policy_builder_build(builder, &engine, &err) && !policy_ledger_new(engine, &ledger, &err) &&
        !policy_record_new(engine, "homework", &record, &err) &&
        !policy_record_set_text(record, "school", "长征小学", &err) &&
        !policy_record_set_text(record, "grade", "三年级", &err) &&
        !policy_record_set_text(record, "class", "2班", &err) &&
        !policy_record_set_text(record, "assigned", "2021-12-01", &err) &&
        !policy_record_set_text(record, "form", "书面", &err) && !policy_record_set_int(record, "minutes", 75, &err) &&
        !policy_ledger_post(ledger, record, &err) && !policy_ledger_findings(ledger, &findings, &err)) {
        for (size_t i = 0; i < policy_findings_count(findings); i++, policy_text_free(message), message = NULL) {
            const policy_finding *finding = policy_findings_at(findings, i);
            if (policy_finding_verdict(finding) == POLICY_FAIL &&
                !policy_finding_message(finding, POLICY_LANGUAGE_ZH, &message, NULL)) {
                printf("%s %s\n", policy_finding_clause(finding), policy_text_data(message));
            }
        }
    }
    if (err != NULL) {
        fprintf(stderr, "%s\n", policy_error_message(err, POLICY_LANGUAGE_ZH));
    }
    int status = err != NULL;
    policy_findings_free(findings); /* handles may be freed in any order */
    policy_record_free(record);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
    policy_builder_free(builder);
    policy_error_free(err);
    return status;
}
