// A host in C++ that knows nothing but the installed headers and library.
#include <policy/policy.h>

#include <cstdio>
#include <memory>
#include <string>

// Rules that the host carries itself, handed over as memory.
static bool judge(const policy_options *options)
{
    const std::string schema = "schema: desk\nversion: \"1\"\ntypes:\n  work:\n    identity: [who]\n    fields:\n"
                               "      who: {type: string}\n      minutes: {type: int, min: 0}\n";
    const std::string pack = "pack: desk\nversion: \"1\"\nschema: desk\nrules:\n"
                             "- {id: short, table: work, deny: minutes > 60, message: {en: \"{who}: {minutes}\"}}\n";
    policy_builder *made = nullptr;
    policy_engine *built = nullptr;
    policy_builder_new(options, &made, nullptr);
    std::unique_ptr<policy_builder, decltype(&policy_builder_free)> builder(made, &policy_builder_free);
    policy_builder_add_memory(made, "schema/desk.yaml", schema.data(), schema.size(), nullptr);
    policy_builder_load_memory(made, "desk.yaml", pack.data(), pack.size(), nullptr);
    if (policy_builder_build(made, &built, nullptr) != POLICY_OK)
        return false;
    std::unique_ptr<policy_engine, decltype(&policy_engine_unref)> engine(built, &policy_engine_unref);

    policy_ledger *opened = nullptr;
    policy_record *filled = nullptr;
    policy_findings *found = nullptr;
    policy_text *said = nullptr;
    policy_ledger_new(built, &opened, nullptr);
    std::unique_ptr<policy_ledger, decltype(&policy_ledger_free)> ledger(opened, &policy_ledger_free);
    policy_record_new(built, "work", &filled, nullptr);
    std::unique_ptr<policy_record, decltype(&policy_record_free)> record(filled, &policy_record_free);
    policy_record_set_text(filled, "who", "A", nullptr);
    policy_record_set_int(filled, "minutes", 61, nullptr);
    policy_ledger_set_as_of(opened, 18962, nullptr);
    if (policy_ledger_post(opened, filled, nullptr) != POLICY_OK ||
        policy_ledger_findings(opened, &found, nullptr) != POLICY_OK)
        return false;
    std::unique_ptr<policy_findings, decltype(&policy_findings_free)> findings(found, &policy_findings_free);
    if (policy_findings_count(found) != 1 ||
        policy_finding_message(policy_findings_at(found, 0), POLICY_LANGUAGE_EN, &said, nullptr) != POLICY_OK)
        return false;
    std::unique_ptr<policy_text, decltype(&policy_text_free)> message(said, &policy_text_free);
    return std::string(policy_text_data(said)) == "A: 61";
}

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
    return judge(options.get()) ? (std::printf("libpolicy %s\n", policy_version()), 0) : 5;
}
