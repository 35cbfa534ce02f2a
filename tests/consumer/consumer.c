/*
 * A host in C that knows nothing but the installed headers and library.
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

int main(void)
{
    CHECK(strcmp(policy_version(), POLICY_VERSION_TEXT) == 0);
    CHECK(policy_version_number() / 1000000 == POLICY_VERSION_MAJOR);
    CHECK(strlen(policy_rules_directory()) > 0);

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

    printf("libpolicy %s\n", policy_version());
    return 0;
}
