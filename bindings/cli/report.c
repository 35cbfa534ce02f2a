/*
 * What all forms of a report share: totals and messages.
 */
#include "report.h"

uint64_t report_applicable(const policy_findings *findings, size_t rule)
{
    return policy_findings_verdicts(findings, rule, POLICY_PASS) +
           policy_findings_verdicts(findings, rule, POLICY_FAIL) +
           policy_findings_verdicts(findings, rule, POLICY_UNKNOWN) +
           policy_findings_verdicts(findings, rule, POLICY_ERROR);
}

report_totals report_total(const report *r)
{
    report_totals totals = {{0}, 0, 0, 0};
    size_t rules = policy_engine_rule_count(r->engine);
    for (size_t i = 0; i < rules; i++) {
        totals.unknown += policy_findings_verdicts(r->findings, i, POLICY_UNKNOWN);
        totals.errors += policy_findings_verdicts(r->findings, i, POLICY_ERROR);
        totals.applicable += report_applicable(r->findings, i);
    }
    size_t count = policy_findings_count(r->findings);
    for (size_t i = 0; i < count; i++) {
        const policy_finding *finding = policy_findings_at(r->findings, i);
        policy_severity severity = policy_finding_severity(finding);
        if (policy_finding_verdict(finding) == POLICY_FAIL) {
            /* A severity of a later release is taken for the gravest: nothing gets off lightly by being new. */
            totals.by_severity[severity >= POLICY_INFO && severity <= POLICY_VIOLATION ? severity : POLICY_VIOLATION]++;
        }
    }
    return totals;
}

const char *finding_message(const policy_finding *finding, policy_language language, policy_text **text)
{
    *text = NULL;
    return policy_finding_message(finding, language, text, NULL) == POLICY_OK ? policy_text_data(*text) : "";
}

const char *notice_message(const policy_notice *notice, policy_language language, policy_text **text)
{
    *text = NULL;
    return policy_notice_message(notice, language, text, NULL) == POLICY_OK ? policy_text_data(*text) : "";
}
