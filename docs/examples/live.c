/*
 * A server loop that asks before it saves. Each line of standard input is one homework form:
 *
 *     class;subject;date;minutes          三年级2班;数学;2021-11-22;25
 *
 * The answer says what is wrong, by which clause and what would pass; what is left of each limit; and whether it was
 * saved. One ledger belongs to one thread at a time; the engine may be shared by all (docs/threading.md).
 */
#include <policy/policy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHOOL, CLASS, SUBJECT, ASSIGNED, FORM, PLACE, MINUTES, POSTED, FIELDS };
static const char *const names[FIELDS] = {"school", "class", "subject", "assigned",
                                          "form",   "place", "minutes", "posted"};

static policy_value text(const char *bytes)
{
    return (policy_value){.kind = POLICY_VALUE_TEXT, .text = bytes, .size = strlen(bytes)};
}

static void say(const char *before, policy_text *sentence)
{
    if (sentence != NULL && policy_text_size(sentence) > 0) {
        printf("%s%s\n", before, policy_text_data(sentence));
    }
    policy_text_free(sentence);
}

/* What stands against saving it; returns how much of that is a violation. */
static int show_findings(const policy_findings *caused)
{
    int violations = 0;
    for (size_t i = 0; i < policy_findings_count(caused); i++) {
        const policy_finding *finding = policy_findings_at(caused, i);
        if (policy_finding_verdict(finding) != POLICY_FAIL) {
            continue; /* `unknown`: something is not filled in yet */
        }
        violations += policy_finding_severity(finding) == POLICY_VIOLATION;
        policy_text *sentence = NULL;
        if (policy_finding_message(finding, POLICY_LANGUAGE_ZH, &sentence, NULL) == POLICY_OK) {
            printf("  [%s] ", policy_finding_clause(finding));
            say("", sentence);
        }
        sentence = NULL;
        if (policy_finding_suggestion(finding, POLICY_LANGUAGE_ZH, &sentence, NULL) == POLICY_OK) {
            say("    → ", sentence);
        }
    }
    return violations;
}

static void show_headroom(const policy_headroom *room)
{
    for (size_t i = 0; i < policy_headroom_count(room); i++) {
        policy_text *sentence = NULL;
        if (policy_headroom_bound(room, i) == POLICY_BOUND_AT_MOST && /* the rest is for inspectors */
            policy_headroom_message(room, i, POLICY_LANGUAGE_ZH, &sentence, NULL) == POLICY_OK) {
            say("  ", sentence);
        }
    }
}

int main(int argc, char **argv)
{
    policy_error *err = NULL;
    policy_builder *builder = NULL;
    policy_engine *engine = NULL;
    policy_ledger *ledger = NULL;
    policy_record *record = NULL;
    policy_findings *caused =
        NULL; /* both are filled again and again: after the first few forms nothing is allocated */
    policy_headroom *room = NULL;
    if (!policy_builder_new(NULL, &builder, &err) &&
        !policy_builder_load(builder, argc > 1 ? argv[1] : "huancui-2021", &err) &&
        !policy_builder_build(builder, &engine, &err) && !policy_ledger_new(engine, &ledger, &err) &&
        !policy_ledger_supply(ledger, "homework", &err) && /* the forms are all there is */
        !policy_record_new(engine, "homework", &record, &err) && !policy_findings_new(engine, &caused, &err) &&
        !policy_headroom_new(engine, &room, &err)) {
        int32_t fields[FIELDS];
        for (int i = 0; i < FIELDS; i++) {
            fields[i] = policy_engine_field(engine, "homework", names[i]);
        }
        policy_value values[FIELDS] = {[SCHOOL] = text("长征小学")};
        values[FORM].kind = values[PLACE].kind = POLICY_VALUE_CODE; /* the page offers these as choices */
        values[FORM].integer = policy_engine_code(engine, "homework", "form", "书面");
        values[PLACE].integer = policy_engine_code(engine, "homework", "place", "校内");
        char line[512];
        while (err == NULL && fgets(line, sizeof line, stdin) != NULL) {
            char *cells[4] = {line};
            int count = 1;
            line[strcspn(line, "\r\n")] = '\0';
            for (char *at = line; (at = strchr(at, ';')) != NULL && count < 4; at++) {
                *at = '\0';
                cells[count++] = at + 1;
            }
            if (count < 4) {
                printf("? class;subject;date;minutes\n");
                continue;
            }
            values[CLASS] = text(cells[0]);
            values[SUBJECT] = text(cells[1]);
            values[ASSIGNED] = values[POSTED] = text(cells[2]);
            values[MINUTES] = text(cells[3]);
            policy_record_clear(record);
            /* The line stays as it is until the record is cleared, so its texts need not be copied. */
            if (policy_record_set_borrowed(record, fields, values, FIELDS, &err) ||
                policy_ledger_check(ledger, record, caused, &err)) {
                break;
            }
            printf("%s %s %s %s\n", cells[0], cells[1], cells[2], cells[3]);
            bool allowed = show_findings(caused) == 0;
            if ((allowed && policy_ledger_post(ledger, record, &err)) ||
                policy_ledger_headroom(ledger, record, room, &err)) {
                break;
            }
            printf(allowed ? "  已保存。\n" : "  未保存。\n");
            show_headroom(room);
        }
    }
    if (err != NULL) {
        fprintf(stderr, "%s\n", policy_error_message(err, POLICY_LANGUAGE_ZH));
    }
    int status = err != NULL ? EXIT_FAILURE : EXIT_SUCCESS;
    policy_headroom_free(room);
    policy_findings_free(caused);
    policy_record_free(record);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
    policy_builder_free(builder);
    policy_error_free(err);
    return status;
}
