// A host in C++ that knows nothing but the installed headers and library.
#include <policy/policy.h>

#include <cstdio>
#include <memory>
#include <string>

int main()
{
    policy_options *made = nullptr;
    if (policy_options_new(nullptr, &made, nullptr) != POLICY_OK)
        return 1;
    std::unique_ptr<policy_options, decltype(&policy_options_free)> options(made, &policy_options_free);

    policy_error *raised = nullptr;
    if (policy_options_set_language(options.get(), 42, &raised) != POLICY_E_ARGUMENT)
        return 2;
    std::unique_ptr<policy_error, decltype(&policy_error_free)> error(raised, &policy_error_free);
    std::string message = policy_error_message(error.get(), POLICY_LANGUAGE_ZH);
    if (message.find("42") == std::string::npos || policy_error_next(error.get()) != nullptr)
        return 3;
    if (policy_status_name(policy_error_status(error.get())) != std::string("POLICY_E_ARGUMENT"))
        return 4;
    std::printf("libpolicy %s\n", policy_version());
    return 0;
}
