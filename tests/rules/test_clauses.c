/*
 * Every sentence of the Huancui plan is held: clauses.yaml quotes the plan word for word, leaves out no sentence of its
 * fifteen sections, and every rule stands under one of its clauses.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/options.h"
#include "pack/load.h"

#define CLAUSE_COUNT 83

static policy_options *options;
static ruleset *rules;
static const pack *plan;
static char *body; /* the plan from its first section on, without white space */

/* Copy without spaces: the source sets some numbers apart with them, and none carries meaning. */
static char *without_spaces(const char *text, size_t size)
{
    char *out = malloc(size + 1), *p = out;
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] == 0xE3 && i + 2 < size && (unsigned char)text[i + 1] == 0x80 &&
            (unsigned char)text[i + 2] == 0x80) {
            i += 2; /* U+3000 */
        } else if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n') {
            *p++ = text[i];
        }
    }
    *p = 0;
    return out;
}

static char *read_all(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    cr_assert(f, "%s", path);
    char *out = malloc(1 << 20);
    *size = fread(out, 1, (1 << 20) - 1, f);
    out[*size] = 0;
    fclose(f);
    return out;
}

static void load(void)
{
    policy_error *err = NULL;
    cr_assert_eq(policy_options_new(NULL, &options, &err), POLICY_OK);
    load_root root = {.name = STR("huancui-2021")};
    str directory = STR(POLICY_SOURCE_DIR "/rules");
    load_request request = {.roots = &root, .root_count = 1, .directories = &directory, .directory_count = 1};
    cr_assert_eq(ruleset_load(options, &request, &rules, &err), POLICY_OK);
    plan = rules->packs[rules->pack_count - 1];
    cr_assert_eq(plan->clause_count, CLAUSE_COUNT);

    size_t size;
    char *text = read_all(POLICY_SOURCE_DIR "/rules/huancui-2021/source.txt", &size);
    char *start = strstr(text, "1.健全作业管理机制");
    cr_assert(start);
    body = without_spaces(start, size - (size_t)(start - text));
    free(text);
}

static void unload(void)
{
    free(body);
    ruleset_free(rules);
    policy_options_free(options);
}

TestSuite(clauses, .init = load, .fini = unload);

Test(clauses, quote_the_plan_word_for_word)
{
    for (uint32_t i = 0; i < plan->clause_count; i++) {
        const pack_clause *c = &plan->clauses[i];
        char *quote = without_spaces(c->quote.data, c->quote.size);
        cr_expect(strlen(quote) > 10 && strstr(body, quote), "%.*s", (int)c->id.size, c->id.data);
        free(quote);
    }
}

Test(clauses, stand_under_the_section_they_quote)
{
    for (uint32_t i = 0; i < plan->clause_count; i++) {
        const pack_clause *c = &plan->clauses[i];
        cr_expect(c->id.size > c->section.size && !memcmp(c->id.data, c->section.data, c->section.size) &&
                      c->id.data[c->section.size] == '.',
                  "%.*s", (int)c->id.size, c->id.data);
    }
}

/* Part, chapter and section titles: names of what follows. */
static bool is_heading(const char *s, size_t size)
{
    return size < 120 && ((s[0] >= '0' && s[0] <= '9') || !strncmp(s, "（", 3) || !strncmp(s, "三、", 6));
}

Test(clauses, leave_out_no_sentence)
{
    size_t sentences = 0;
    char *quotes[CLAUSE_COUNT];
    for (uint32_t i = 0; i < CLAUSE_COUNT; i++) {
        quotes[i] = without_spaces(plan->clauses[i].quote.data, plan->clauses[i].quote.size);
    }
    for (char *s = body; *s;) {
        char *stop = strstr(s, "。");
        size_t size = stop ? (size_t)(stop - s) : strlen(s);
        char *sentence = strndup(s, size);
        bool held = is_heading(sentence, size);
        for (uint32_t i = 0; i < CLAUSE_COUNT && !held; i++) {
            held = strstr(sentence, quotes[i]) != NULL;
        }
        cr_expect(held, "%s", sentence);
        free(sentence);
        sentences++;
        s = stop ? stop + strlen("。") : s + size;
    }
    for (uint32_t i = 0; i < CLAUSE_COUNT; i++) {
        free(quotes[i]);
    }
    cr_expect_eq(sentences, 15 + 45); /* section titles, and what the sections say */
}

Test(clauses, are_held_or_say_why_not)
{
    for (uint32_t i = 0; i < plan->clause_count; i++) {
        const pack_clause *c = &plan->clauses[i];
        cr_expect(c->rule_count > 0 || c->attested_by.size > 0 || (c->reason.zh.size > 0 && c->reason.en.size > 0),
                  "%.*s", (int)c->id.size, c->id.data);
        cr_expect(c->duty.size > 0 && c->kind.size > 0, "%.*s", (int)c->id.size, c->id.data);
    }
}

Test(clauses, name_every_rule_and_every_rule_names_one)
{
    for (uint32_t r = 0; r < plan->rule_count; r++) {
        const pack_rule *rule = &plan->rules[r];
        bool named = false;
        for (uint32_t i = 0; i < plan->clause_count; i++) {
            if (str_equal(plan->clauses[i].id, rule->clause)) {
                for (uint32_t k = 0; k < plan->clauses[i].rule_count; k++) {
                    named = named || str_equal(plan->clauses[i].rules[k], rule->id);
                }
            }
        }
        cr_expect(named, "%.*s under %.*s", (int)rule->id.size, rule->id.data, (int)rule->clause.size,
                  rule->clause.data);
    }
}

Test(clauses, rules_speak_both_languages)
{
    for (uint32_t p = 0; p < rules->pack_count; p++) {
        for (uint32_t r = 0; r < rules->packs[p]->rule_count; r++) {
            const pack_rule *rule = &rules->packs[p]->rules[r];
            cr_expect(rule->title.zh.size && rule->title.en.size && rule->message.zh.size && rule->message.en.size,
                      "%.*s", (int)rule->id.size, rule->id.data);
        }
    }
}
