/*
 * How columns are judged, in words; and that judging them survives every failing allocation.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "ledger/state.h"
#include "policy/policy.h"
#include "support/batches.h"
#include "support/failing_allocator.h"
#include "support/small_pack.h"

static const char schema_text[] =
    "schema: small\nversion: \"1.0\"\ntypes:\n  entry:\n    identity: [name]\n    dated_by: day\n    fields:\n"
    "      name: {type: string}\n      grade: {type: int, min: 1, max: 9}\n      minutes: {type: double}\n"
    "      posted: {type: bool}\n      day: {type: date}\n      form: {type: enum, values: {written: [], oral: []}}\n";
static const char pack_text[] = "pack: small\nversion: \"1.0\"\nschema: small\nrules:\n"
                                "- {id: one, table: entry, when: grade <= 2, deny: \"form == 'written' && !posted\"}\n"
                                "- {id: two, table: entry, in_force: {from: 2021-11-19}, deny: \"minutes > 20.0 && "
                                "minutes / double(grade) > 3.0\"}\n"
                                "- {id: three, table: entry, deny: \"record_id == name\"}\n"
                                "- {id: four, table: entry, per: [name], measure: count(), at_most: 3}\n";

static policy_status engine_of(policy_options *options, policy_engine **out)
{
    return small_engine(options, schema_text, pack_text, out);
}

Test(explain_plan, names_the_way_of_every_part)
{
    policy_engine *e = NULL;
    policy_text *text = NULL;
    cr_assert_eq(engine_of(NULL, &e), POLICY_OK);
    cr_assert_eq(policy_engine_explain_plan(e, POLICY_LANGUAGE_EN, &text, NULL), POLICY_OK);
    cr_assert_str_eq(policy_text_data(text),
                     "entry\n"
                     "  measure four: masks; rows added up by distinct value\n"
                     "  rule one: masks; rows that fail, or that no mask decides, one by one\n"
                     "    grade <= 2: compared in the column; of texts, once a distinct text (grade)\n"
                     "    form == 'written': once a distinct value (form)\n"
                     "    posted: the column's bits; of texts, once a distinct text (posted)\n"
                     "  rule two: masks; rows that fail, or that no mask decides, one by one\n"
                     "    minutes > 20.0: compared in the column; of texts, once a distinct text (minutes)\n"
                     "    minutes / double(grade) > 3.0: once a distinct combination (grade, minutes)\n"
                     "  rule three: masks; rows that fail, or that no mask decides, one by one\n"
                     "    record_id == name: row evaluator\n");
    policy_text_free(text);
    policy_engine_unref(e);
}

Test(explain_plan, refuses_what_is_not_there)
{
    policy_text *text = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_engine_explain_plan(NULL, POLICY_LANGUAGE_EN, &text, &err), POLICY_E_ARGUMENT);
    cr_assert_not_null(err);
    policy_error_free(err);
}

static policy_status explain_and_judge(const policy_allocator *allocator, void *context)
{
    static const char *const names[] = {"a", "b", "a name that is longer than two words", NULL};
    static const char *const forms[] = {"written", "oral", "other", NULL};
    static const char *const days[] = {"2021-11-19", "2021-11-18", NULL};
    static const made_field fields[] = {{"name", names, 0, 0},  {"grade", NULL, 1, 10},      {"minutes", NULL, 0, 60},
                                        {"posted", NULL, 0, 1}, {"day", days, 18940, 18960}, {"form", forms, 0, 0}};
    policy_options *options = NULL;
    policy_engine *e = NULL;
    policy_ledger *l = NULL;
    policy_text *text = NULL;
    policy_findings *all = NULL;
    (void)context;
    policy_status status = policy_options_new(allocator, &options, NULL);
    if (status == POLICY_OK) {
        status = engine_of(options, &e);
    }
    if (status == POLICY_OK) {
        status = policy_engine_explain_plan(e, POLICY_LANGUAGE_ZH, &text, NULL);
    }
    if (status == POLICY_OK) {
        status = policy_ledger_new(e, &l, NULL);
    }
    for (uint64_t seed = 1; seed <= 3 && status == POLICY_OK; seed++) {
        made_batch *m = made_batch_new(e->tables[0]->record, fields, 6, 70, seed);
        status = made_feed(l, 0, &m->batch, 0, true);
        made_batch_free(m);
    }
    if (status == POLICY_OK) {
        status = policy_ledger_findings(l, &all, NULL);
    }
    policy_findings_free(all);
    policy_text_free(text);
    policy_ledger_free(l);
    policy_engine_unref(e);
    policy_options_free(options);
    return status;
}

Test(explain_plan, columns_survive_every_failing_allocation)
{
    cr_assert_gt(failing_allocator_sweep(explain_and_judge, NULL), 50);
}
