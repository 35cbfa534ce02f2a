/*
 * See attacks.h.
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream, scandir */

#include "support/attacks.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/platform.h"

static const char schema[] = "schema: attacked\n"
                             "version: \"1.0\"\n"
                             "types:\n"
                             "  work:\n"
                             "    dated_by: day\n"
                             "    identity: [school, day]\n"
                             "    fields:\n"
                             "      school: {type: string}\n"
                             "      grade: {type: int}\n"
                             "      day: {type: date}\n"
                             "      minutes: {type: int, min: 0, max: 600}\n"
                             "      hours: {type: double, default: none}\n"
                             "      form: {type: enum, values: {written: [书面], oral: [口头]}}\n"
                             "      end: {type: time, default: none}\n"
                             "      note: {type: string, default: none}\n";

static const char pack[] = "pack: canary\n"
                           "version: \"1\"\n"
                           "schema: attacked\n"
                           "source: {issuer: 学校, issued: 2021-11-19}\n"
                           "params:\n"
                           "  cap: {value: 60, stricter: lower}\n"
                           "  words: {value: [抄写, 罚抄], open: true}\n"
                           "rules:\n"
                           "- id: daily\n"
                           "  table: work\n"
                           "  per: [school, day]\n"
                           "  measure: sum(minutes)\n"
                           "  at_most: params.cap\n"
                           "  message: {zh: \"{school}{day}共{value}分钟\", en: \"{value} minutes\"}\n"
                           "- id: long\n"
                           "  table: work\n"
                           "  deny: minutes > 40\n"
                           "  message: {zh: \"{minutes}分钟\", en: \"{minutes} minutes\"}\n";

/* Uses whatever an attack might have spoilt: strings and their methods, tables, order, numbers, what it keeps. */
static const char canary[] =
    "local cap, words = 30, {'b', 'a', 'c'}\n"
    "table.sort(words)\n"
    "local function show(t)\n"
    "  local out = {}\n"
    "  for k, v in pairs(t) do out[#out + 1] = string.format('%s=%s', k, tostring(v)) end\n"
    "  return table.concat(out, ' ')\n"
    "end\n"
    "rule{id = 'canary.row', table = 'work', needs = {'minutes', 'form', 'note'}, when = \"form == 'written'\",\n"
    "  check = function(r)\n"
    "    local note = (r.note or ''):upper():rep(2, '/'):gsub('%d+', '<%0>')\n"
    "    local half = string.format('%.1f %d %s', r.minutes / 4, math.floor(7.9), utf8.len('三年级'))\n"
    "    local first = ('k1=v1'):match('^(%w+)=') .. #words .. words[1] .. show({z = 1, y = 2, [1] = true})\n"
    "    return {pass = r.minutes <= cap, value = r.minutes, limit = cap,\n"
    "            message = {zh = '三年级 ' .. note, en = half .. ' ' .. first .. tostring(1.5)}}\n"
    "  end}\n"
    "rule{id = 'canary.group', table = 'work', per = {'school'}, needs = {'minutes', 'day'},\n"
    "  fold = function(acc, r) acc.total = (acc.total or 0) + r.minutes acc.last = r.day end,\n"
    "  judge = function(acc, key)\n"
    "    return {pass = acc.total < 100, value = acc.total, message = key.school .. ' until ' .. acc.last}\n"
    "  end}\n";

static const char *const rows[] = {
    "school=A|grade=3|day=2021-12-01|minutes=20|form=written|note=a1b22",
    "school=A|grade=3|day=2021-12-01|minutes=45|form=written|note=抄写5遍|hours=0.5|end=17:30",
    "school=A|grade=4|day=2021-12-02|minutes=35|form=written|note=",
    "school=B|grade=3|day=2021-12-01|minutes=15|form=oral|note=x",
    "school=B|grade=3|day=2021-12-03|minutes=|form=written|note=y",
    "school=B|grade=5|day=2021-12-06|minutes=70|form=written|note=z9",
};
#define ROWS (sizeof rows / sizeof *rows)

/* ---- the corpus ---- */

static void complain(const char *file, const char *what)
{
    fprintf(stderr, "%s: %s\n", file, what);
    exit(2);
}

static int is_lua(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name);
    return size > 4 && strcmp(entry->d_name + size - 4, ".lua") == 0;
}

static void read_one(attack *a, const char *folder, const char *name)
{
    char path[4096], end[32] = "";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(a->name, sizeof a->name, "%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        complain(path, "cannot be read");
    a->text = malloc((size_t)1 << 20);
    a->size = a->text ? fread(a->text, 1, ((size_t)1 << 20) - 1, file) : 0;
    fclose(file);
    if (!a->text)
        complain(path, "not enough memory");
    a->text[a->size] = '\0';
    /* Byte code and shell lines cannot begin with a comment: there the line stands last. */
    const char *line = NULL;
    for (size_t i = 0; i + 3 < a->size && !line; i++)
        if ((i == 0 || a->text[i - 1] == '\n') && strncmp(a->text + i, "-- ", 3) == 0)
            line = a->text + i;
    static const char *const ends[] = {"refused", "steps", "memory", "time", "error", "contained", "quiet"};
    bool known = line && sscanf(line, "-- %31[a-z ]: %31[a-z]", a->class_name, end) == 2;
    bool found = false;
    for (int i = ATTACK_REFUSED; i <= ATTACK_QUIET && known; i++) {
        if (strcmp(end, ends[i]) == 0) {
            a->end = (attack_end)i;
            found = true;
        }
    }
    if (!found)
        complain(path, "the first line must say '-- class: end'");
}

attacks attacks_read(const char *folder)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, is_lua, alphasort);
    if (count <= 0)
        complain(folder, "no attacks there");
    attacks all = {calloc((size_t)count, sizeof(attack)), (size_t)count};
    if (!all.items)
        complain(folder, "not enough memory");
    for (int i = 0; i < count; i++) {
        read_one(&all.items[i], folder, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return all;
}

void attacks_free(attacks *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->items[i].text);
    free(all->items);
    *all = (attacks){0};
}

/* ---- one run ---- */

static policy_status build(const attack *a, const attack_run *how, policy_engine **engine, policy_error **err)
{
    policy_options *options = NULL;
    policy_builder *builder = NULL;
    policy_status status = policy_options_new(how->allocator, &options, err);
    if (status == POLICY_OK && how->milliseconds)
        status = policy_options_set_limit(options, POLICY_LIMIT_SCRIPT_MILLISECONDS, how->milliseconds, err);
    if (status == POLICY_OK && how->steps)
        status = policy_options_set_limit(options, POLICY_LIMIT_SCRIPT_STEPS, how->steps, err);
    if (status == POLICY_OK)
        status = policy_builder_new(options, &builder, err);
    if (status == POLICY_OK)
        status = policy_builder_add_memory(builder, "schema/attacked.yaml", schema, sizeof schema - 1, err);
    if (status == POLICY_OK)
        status = policy_builder_load_memory(builder, "canary.yaml", pack, sizeof pack - 1, err);
    if (status == POLICY_OK && a && how->attack_first)
        status = policy_builder_load_memory(builder, "attack.lua", a->text, a->size, err);
    if (status == POLICY_OK)
        status = policy_builder_load_memory(builder, "canary.lua", canary, sizeof canary - 1, err);
    if (status == POLICY_OK && a && !how->attack_first)
        status = policy_builder_load_memory(builder, "attack.lua", a->text, a->size, err);
    if (status == POLICY_OK)
        status = policy_builder_build(builder, engine, err);
    policy_builder_free(builder);
    policy_options_free(options);
    return status;
}

static policy_status post_row(policy_engine *engine, policy_ledger *ledger, uint64_t number, const char *cells,
                              policy_error **err)
{
    policy_record *record = NULL;
    policy_status status = policy_record_new(engine, "work", &record, err);
    char copy[512];
    snprintf(copy, sizeof copy, "%s", cells);
    for (char *at = copy; status == POLICY_OK && at;) {
        char *next = strchr(at, '|');
        if (next)
            *next++ = '\0';
        char *text = strchr(at, '=');
        *text++ = '\0';
        status = policy_record_set_text(record, at, *text ? text : NULL, err);
        at = next;
    }
    if (status == POLICY_OK)
        status = policy_record_set_source(record, "data", number, err);
    if (status == POLICY_OK)
        status = policy_ledger_post(ledger, record, err);
    policy_record_free(record);
    return status;
}

static policy_status write_finding(const policy_finding *f, FILE *out)
{
    fprintf(out, "%s %s %s", policy_finding_rule(f), policy_verdict_name(policy_finding_verdict(f)),
            policy_severity_name(policy_finding_severity(f)));
    for (size_t i = 0; i < policy_finding_key_count(f); i++)
        fprintf(out, " %s=%s", policy_finding_key_name(f, i), policy_finding_key(f, i).text);
    fprintf(out, " value=%s limit=%s", policy_finding_value(f).text, policy_finding_limit(f).text);
    for (size_t i = 0; i < policy_finding_row_count(f); i++)
        fprintf(out, "%s%llu", i == 0 ? " rows=" : ",", (unsigned long long)policy_finding_row(f, i));
    for (size_t i = 0; i < policy_finding_missing_count(f); i++)
        fprintf(out, "%s%s", i == 0 ? " missing=" : ",", policy_finding_missing(f, i));
    for (policy_language language = POLICY_LANGUAGE_ZH; language <= POLICY_LANGUAGE_EN; language++) {
        policy_text *text = NULL;
        policy_status status = policy_finding_message(f, language, &text, NULL);
        if (status != POLICY_OK)
            return status;
        fprintf(out, " | %s", policy_text_data(text));
        policy_text_free(text);
    }
    fputc('\n', out);
    return POLICY_OK;
}

static bool is_attackers(const char *rule)
{
    return strncmp(rule, "attack.", 7) == 0;
}

static policy_status write_findings(policy_engine *engine, const policy_findings *all, attack_outcome *o)
{
    policy_status status = POLICY_OK;
    size_t sizes[2];
    FILE *canaries = open_memstream(&o->canaries, &sizes[0]), *attacker = open_memstream(&o->attacker, &sizes[1]);
    for (size_t i = 0; i < policy_findings_count(all) && status == POLICY_OK; i++) {
        const policy_finding *f = policy_findings_at(all, i);
        status = write_finding(f, is_attackers(policy_finding_rule(f)) ? attacker : canaries);
    }
    for (size_t i = 0; i < policy_engine_rule_count(engine); i++) {
        const char *rule = policy_engine_rule_id(engine, i);
        FILE *out = is_attackers(rule) ? attacker : canaries;
        fprintf(out, "%s:", rule);
        for (policy_verdict v = POLICY_PASS; v <= POLICY_ERROR; v++) {
            uint64_t count = policy_findings_verdicts(all, i, v);
            fprintf(out, " %llu", (unsigned long long)count);
            if (out == attacker)
                o->attack_counts[v] += count;
        }
        fputc('\n', out);
    }
    fclose(canaries);
    fclose(attacker);
    return status;
}

static char *describe(const policy_error *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (; err; err = policy_error_next(err))
        fprintf(out, "%s:%u %s\n", policy_error_file(err) ? policy_error_file(err) : "", policy_error_line(err),
                policy_error_message(err, POLICY_LANGUAGE_EN));
    fclose(out);
    return text;
}

attack_outcome attack_go(const attack *a, const attack_run *how)
{
    attack_outcome o = {.status = POLICY_OK};
    policy_engine *engine = NULL;
    policy_ledger *ledger = NULL;
    policy_findings *all = NULL;
    policy_error *err = NULL;
    uint64_t begun = platform_monotonic_ns();
    o.status = build(a, how, &engine, &err);
    uint64_t built = platform_monotonic_ns();
    if (o.status != POLICY_OK)
        o.refusal = describe(err);
    else
        o.status = policy_ledger_new(engine, &ledger, &err);
    if (o.status == POLICY_OK)
        o.status = policy_ledger_set_evidence(ledger, POLICY_EVIDENCE_FIRST, 20, &err);
    for (size_t i = 0; i < ROWS && o.status == POLICY_OK; i++)
        o.status = post_row(engine, ledger, i + 1, rows[i], &err);
    if (o.status == POLICY_OK)
        o.status = policy_ledger_findings(ledger, &all, &err);
    if (o.status == POLICY_OK)
        o.status = write_findings(engine, all, &o);
    uint64_t ran = platform_monotonic_ns();
    policy_findings_free(all);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
    policy_error_free(err);
    o.build_ns = built - begun;
    o.run_ns = ran - built;
    o.close_ns = platform_monotonic_ns() - ran;
    return o;
}

void attack_outcome_free(attack_outcome *o)
{
    free(o->refusal);
    free(o->canaries);
    free(o->attacker);
    *o = (attack_outcome){0};
}
