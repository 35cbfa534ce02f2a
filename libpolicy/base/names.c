/*
 * The fixed names of public enumerations, and the version. See policy/common.h and policy/version.h.
 */
#include "policy/common.h"
#include "policy/version.h"

const char *policy_status_name(policy_status status)
{
    switch (status) {
    case POLICY_OK:
        return "POLICY_OK";
    case POLICY_E_NOMEM:
        return "POLICY_E_NOMEM";
    case POLICY_E_ARGUMENT:
        return "POLICY_E_ARGUMENT";
    case POLICY_E_STATE:
        return "POLICY_E_STATE";
    case POLICY_E_LIMIT:
        return "POLICY_E_LIMIT";
    case POLICY_E_CANCELLED:
        return "POLICY_E_CANCELLED";
    case POLICY_E_NOT_FOUND:
        return "POLICY_E_NOT_FOUND";
    case POLICY_E_IO:
        return "POLICY_E_IO";
    case POLICY_E_ENCODING:
        return "POLICY_E_ENCODING";
    case POLICY_E_SYNTAX:
        return "POLICY_E_SYNTAX";
    case POLICY_E_TYPE:
        return "POLICY_E_TYPE";
    case POLICY_E_NAME:
        return "POLICY_E_NAME";
    case POLICY_E_DUPLICATE:
        return "POLICY_E_DUPLICATE";
    case POLICY_E_VERSION:
        return "POLICY_E_VERSION";
    case POLICY_E_TIGHTEN:
        return "POLICY_E_TIGHTEN";
    case POLICY_E_DATA:
        return "POLICY_E_DATA";
    case POLICY_E_EVALUATE:
        return "POLICY_E_EVALUATE";
    case POLICY_E_SCRIPT:
        return "POLICY_E_SCRIPT";
    case POLICY_E_INTERNAL:
        return "POLICY_E_INTERNAL";
    default:
        return "POLICY_E_UNKNOWN";
    }
}

const char *policy_verdict_name(policy_verdict verdict)
{
    switch (verdict) {
    case POLICY_PASS:
        return "pass";
    case POLICY_FAIL:
        return "fail";
    case POLICY_UNKNOWN:
        return "unknown";
    case POLICY_NOT_APPLICABLE:
        return "not_applicable";
    case POLICY_NOT_IN_FORCE:
        return "not_in_force";
    case POLICY_ERROR:
        return "error";
    default:
        return "?";
    }
}

const char *policy_severity_name(policy_severity severity)
{
    switch (severity) {
    case POLICY_INFO:
        return "info";
    case POLICY_WARNING:
        return "warning";
    case POLICY_VIOLATION:
        return "violation";
    default:
        return "?";
    }
}

const char *policy_version(void)
{
    return POLICY_VERSION_TEXT;
}

uint32_t policy_version_number(void)
{
    return POLICY_VERSION_MAJOR * 1000000u + POLICY_VERSION_MINOR * 1000u + POLICY_VERSION_PATCH;
}

const char *policy_rules_directory(void)
{
    return POLICY_RULES_DIRECTORY;
}
