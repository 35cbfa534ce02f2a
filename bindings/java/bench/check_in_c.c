/*
 * The checks of CheckBenchmark.java from C: nanoseconds each, in the quietest round.
 *
 *   check_in_c RULES PACK
 */
#include <policy/policy.h>
#include <stdio.h>
#include <time.h>

enum { ROUNDS = 15, CALLS = 200000, FIELDS = 4 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_ledger *ledger = NULL;
    policy_record *record = NULL;
    policy_findings *caused = NULL;
    policy_error *err = NULL;
    if (argc != 3 || policy_builder_new(NULL, &builder, &err) || policy_builder_add_directory(builder, argv[1], &err) ||
        policy_builder_load(builder, argv[2], &err) || policy_builder_build(builder, &engine, &err) ||
        policy_ledger_new(engine, &ledger, &err) || policy_ledger_supply(ledger, "homework", &err) ||
        policy_record_new(engine, "homework", &record, &err) || policy_findings_new(engine, &caused, &err)) {
        fprintf(stderr, "check_in_c: %s\n", err ? policy_error_message(err, POLICY_LANGUAGE_EN) : "RULES PACK");
        return 2;
    }
    static const char *const names[FIELDS] = {"grade", "form", "minutes", "mandatory"};
    int32_t fields[FIELDS];
    policy_value values[FIELDS] = {{.kind = POLICY_VALUE_INT, .integer = 3},
                                   {.kind = POLICY_VALUE_TEXT, .text = "written", .size = 7},
                                   {.kind = POLICY_VALUE_INT, .integer = 20},
                                   {.kind = POLICY_VALUE_BOOL, .integer = 1}};
    for (int i = 0; i < FIELDS; i++) {
        fields[i] = policy_engine_field(engine, "homework", names[i]);
    }
    static const char *const what[2] = {"fillAndCheck", "changeAndCheck"};
    for (int change = 0; change < 2; change++) {
        double least = 1e9;
        for (int round = 0; round < ROUNDS; round++) {
            double from = seconds();
            for (int i = 0; i < CALLS; i++) {
                if (change) {
                    (void)policy_record_set_many(record, &fields[2], &values[2], 1, NULL);
                } else {
                    policy_record_clear(record);
                    (void)policy_record_set_many(record, fields, values, FIELDS, NULL);
                }
                if (policy_ledger_check(ledger, record, caused, NULL) || policy_findings_count(caused) != 0) {
                    fprintf(stderr, "check_in_c: there are findings\n");
                    return 2;
                }
            }
            double now = (seconds() - from) * 1e9 / CALLS;
            least = now < least ? now : least;
        }
        printf("%s %.1f\n", what[change], least);
    }
    policy_findings_free(caused);
    policy_record_free(record);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
    policy_builder_free(builder);
    return 0;
}
