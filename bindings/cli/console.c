/*
 * `policy lua`: a small console with a record loaded, for trying out what a script would say of it.
 *
 * A line goes through the same door as any script: it becomes the check of a rule that stands on top of what -r names, is
 * judged against the record, and its answer is the finding's message. So everything the sandbox forbids is forbidden
 * here, and everything it allows (the scripts' own functions too) can be tried. A line that is no expression is kept as
 * a statement before the next ones: `local cap = 20`.
 */
#include <stdlib.h>
#include <string.h>

#include <policy/policy.h>

#include "commands.h"
#include "json.h"
#include "load.h"
#include "nearest.h"
#include "print_error.h"
#include "terminal.h"
#include "texts.h"

#define RULE_ID "console"

typedef struct console {
    const options *options;
    const char *type, *what; /* TYPE=WHAT: a file, or a record as a JSON object */
    json_t *record;          /* NULL for a file */
    char *kept;              /* statements so far, a line each */
    char *fields;            /* Lua text that lists the record */
    bool over;               /* there is no such row */
} console;

/* Shows any value on one line. Part of every check, so it stands on the first line of the text. */
static const char shower[] =
    "local function show(v, inside) "
    "if type(v) == 'string' then return inside and string.format('%q', v) or v end "
    "if type(v) ~= 'table' or inside == 4 then return tostring(v) end "
    "local parts, last = {}, 0 "
    "for i, item in ipairs(v) do parts[#parts + 1] = show(item, (inside or 0) + 1) last = i end "
    "for k, item in pairs(v) do if not (math.type(k) == 'integer' and k >= 1 and k <= last) then "
    "parts[#parts + 1] = (type(k) == 'string' and k or '[' .. tostring(k) .. ']') .. ' = ' .. show(item, (inside or 0) "
    "+ 1) "
    "end end "
    "return '{' .. table.concat(parts, ', ') .. '}' end ";

static char *joined(const char *const *parts, size_t count)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++) {
        size += strlen(parts[i]);
    }
    char *text = must_allocate(size, 1);
    *text = 0;
    for (size_t i = 0, at = 0; i < count; i++) {
        strcpy(text + at, parts[i]);
        at += strlen(parts[i]);
    }
    return text;
}

/* The script of one line; `answer` is Lua text that ends the check. */
static char *script_of(const console *c, const char *before, const char *answer, const char *after)
{
    const char *parts[] = {shower,
                           "rule{id = '" RULE_ID "', table = '",
                           c->type,
                           "', clause = '" RULE_ID
                           "', severity = 'info', message = {zh = '-', en = '-'}, check = function(r)\n",
                           c->kept,
                           before,
                           answer,
                           after,
                           "\nend} clause{id = '" RULE_ID "', quote = '-'}\n"};
    return joined(parts, sizeof parts / sizeof *parts);
}

/* ---- the record ---- */

static policy_status fill_record(const console *c, policy_record *record, policy_error **err)
{
    const char *name;
    json_t *value;
    policy_status status = POLICY_OK;
    json_object_foreach(c->record, name, value)
    {
        if (status != POLICY_OK) {
            break;
        }
        if (json_is_integer(value)) {
            status = policy_record_set_int(record, name, json_integer_value(value), err);
        } else if (json_is_null(value)) {
            status = policy_record_set_text(record, name, NULL, err);
        } else if (json_is_string(value)) {
            status = policy_record_set_text(record, name, json_string_value(value), err);
        } else {
            char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(17));
            status = policy_record_set_text(record, name, text == NULL ? "" : text, err);
            free(text);
        }
    }
    return status;
}

/* *found stays false when the file has no such row. */
static policy_status give_record(const console *c, policy_engine *engine, policy_ledger *ledger, bool *found,
                                 policy_error **err)
{
    policy_record *record = NULL;
    policy_table *table = NULL;
    policy_status status = policy_record_new(engine, c->type, &record, err);
    *found = c->record != NULL;
    if (status == POLICY_OK && c->record != NULL) {
        status = fill_record(c, record, err);
    } else if (status == POLICY_OK) {
        status = policy_table_open(engine, c->type, c->what, &table, err);
        bool more = true;
        for (uint32_t row = 0; status == POLICY_OK && more && row < c->options->row; row++) {
            status = policy_table_next(table, record, &more, err);
        }
        *found = more;
    }
    if (status == POLICY_OK && *found) {
        status = policy_ledger_post(ledger, record, err);
    }
    policy_table_free(table);
    policy_record_free(record);
    return status;
}

/* ---- one line ---- */

/* The console's own finding. */
static const policy_finding *own_finding(const policy_findings *findings)
{
    for (size_t i = 0; i < policy_findings_count(findings); i++) {
        const policy_finding *f = policy_findings_at(findings, i);
        if (strcmp(policy_finding_rule(f), RULE_ID) == 0) {
            return f;
        }
    }
    return NULL;
}

typedef enum outcome { OUTCOME_SHOWN, OUTCOME_REFUSED, OUTCOME_BROKE } outcome;

/* Judge the record by a script. Refused: it did not load, and *err says why. */
static outcome judge(console *c, const char *script, bool quiet, policy_error **err)
{
    policy_engine *engine = load_with_script(c->options, RULE_ID ".lua", script, err);
    if (engine == NULL) {
        return OUTCOME_REFUSED;
    }
    policy_ledger *ledger = NULL;
    policy_findings *findings = NULL;
    policy_status status = policy_ledger_new(engine, &ledger, err);
    if (status == POLICY_OK && c->options->has_as_of) {
        status = policy_ledger_set_as_of(ledger, c->options->as_of, err);
    }
    bool found = false;
    if (status == POLICY_OK) {
        status = give_record(c, engine, ledger, &found, err);
    }
    if (status == POLICY_OK && found) {
        status = policy_ledger_findings(ledger, &findings, err);
    }
    outcome result = OUTCOME_BROKE;
    policy_text *text = NULL;
    const policy_finding *f = findings != NULL ? own_finding(findings) : NULL;
    if (status == POLICY_OK && !found) {
        char number[NUMBER_ROOM];
        c->over = true;
        say(stderr, c->options->language, TEXT_NO_ROW, c->what, number_text(number, c->options->row));
    } else if (f != NULL) {
        status = policy_finding_message(f, c->options->language, &text, err);
    }
    if (text != NULL) {
        bool fine = policy_finding_verdict(f) == POLICY_FAIL;
        if (!fine || !quiet) {
            print_safe_lines(fine ? stdout : stderr, policy_text_data(text));
            fputc('\n', fine ? stdout : stderr);
        }
        result = fine ? OUTCOME_SHOWN : OUTCOME_BROKE;
    }
    if (status != POLICY_OK) {
        print_errors(stderr, *err, c->options->language);
        policy_error_free(*err);
        *err = NULL;
    }
    policy_text_free(text);
    policy_findings_free(findings);
    policy_ledger_free(ledger);
    policy_engine_unref(engine);
    return result;
}

/* An expression is shown; what is none is tried as a statement, and kept when it runs. */
static bool answer(console *c, const char *line)
{
    policy_error *as_expression = NULL, *as_statement = NULL;
    bool fine = false;
    const char *whole = strcmp(line, "r") == 0 ? c->fields : line;
    char *script = script_of(c, "return {pass = false, message = show(", whole, "\n)}");
    outcome result = judge(c, script, false, &as_expression);
    free(script);
    if (result == OUTCOME_REFUSED) {
        script = script_of(c, "", line, "\nreturn {pass = false, message = '-'}");
        result = judge(c, script, true, &as_statement);
        free(script);
        if (result == OUTCOME_REFUSED) {
            print_errors(stderr, as_statement, c->options->language);
        } else if (result == OUTCOME_SHOWN) {
            const char *parts[] = {c->kept, line, "\n"};
            char *kept = joined(parts, 3);
            free(c->kept);
            c->kept = kept;
            fine = true;
        }
    } else {
        fine = result == OUTCOME_SHOWN;
    }
    policy_error_free(as_expression);
    policy_error_free(as_statement);
    return fine;
}

/* ---- the session ---- */

/* A line of standard input without its end; NULL at the end. The caller frees it. */
static char *read_line(void)
{
    char *line = NULL;
    size_t size = 0, room = 0;
    for (int ch = getchar();; ch = getchar()) {
        if (ch == EOF && size == 0) {
            free(line);
            return NULL;
        }
        if (size + 1 >= room) {
            room = room == 0 ? 256 : room * 2;
            line = must_resize(line, room, 1);
        }
        if (ch == EOF || ch == '\n') {
            break;
        }
        line[size++] = (char)ch;
    }
    while (size > 0 && (line[size - 1] == '\r' || line[size - 1] == ' ' || line[size - 1] == '\t')) {
        size--;
    }
    line[size] = 0;
    return line;
}

static exit_code talk(console *c)
{
    bool watched = is_terminal(stdin) && is_terminal(stdout);
    exit_code code = EXIT_CODE_CLEAN;
    if (watched) {
        say(stdout, c->options->language, TEXT_CONSOLE_HELLO);
    }
    while (!c->over) {
        if (watched) {
            fputs("> ", stdout);
            fflush(stdout);
        }
        char *line = read_line();
        if (line == NULL || strcmp(line, "quit") == 0 || strcmp(line, "exit") == 0) {
            free(line);
            break;
        }
        const char *text = line + strspn(line, " \t=");
        if (*text != 0 && !answer(c, text) && (!watched || c->over)) {
            code = EXIT_CODE_BROKEN;
        }
        free(line);
    }
    if (watched) {
        fputc('\n', stdout);
    }
    return code;
}

/* Does the engine know the type? Says which it knows when it does not. Learns the fields. */
static bool learn_type(console *c, const policy_engine *engine)
{
    size_t count = policy_engine_field_count(engine, c->type);
    if (count == 0) {
        const char **names = must_allocate(policy_engine_type_count(engine) + 1, sizeof *names);
        size_t types = policy_engine_type_count(engine), size = 1;
        for (size_t i = 0; i < types; i++) {
            names[i] = policy_engine_type_name(engine, i);
            size += strlen(names[i]) + 2;
        }
        char *list = must_allocate(size, 1);
        *list = 0;
        for (size_t i = 0; i < types; i++) {
            strcat(strcat(list, i == 0 ? "" : ", "), names[i]);
        }
        const char *near = nearest_name(c->type, names, types);
        if (near != NULL) {
            say(stderr, c->options->language, TEXT_UNKNOWN_TYPE_NEAR, c->type, near, list);
        } else {
            say(stderr, c->options->language, TEXT_UNKNOWN_TYPE, c->type, list);
        }
        free(list);
        free((void *)names);
        return false;
    }
    char *text = must_copy("''", 2);
    for (size_t i = 0; i < count; i++) {
        const char *name = policy_engine_field_name(engine, c->type, i);
        const char *parts[] = {text, " .. '", i == 0 ? "" : ", ", name, " = ' .. show(r.", name, ", 1)"};
        char *longer = joined(parts, sizeof parts / sizeof *parts);
        free(text);
        text = longer;
    }
    c->fields = text;
    return true;
}

exit_code command_lua(const options *o)
{
    if (o->rules.count == 0) {
        say(stderr, o->language, TEXT_NO_RULES);
        return EXIT_CODE_BROKEN;
    }
    const char *equals = o->arguments.count == 1 ? strchr(o->arguments.items[0], '=') : NULL;
    if (equals == NULL || equals == o->arguments.items[0]) {
        say(stderr, o->language, TEXT_NO_RECORD);
        return EXIT_CODE_BROKEN;
    }
    char *type = must_copy(o->arguments.items[0], (size_t)(equals - o->arguments.items[0]));
    console c = {.options = o, .type = type, .what = equals + 1, .kept = must_copy("", 0)};
    exit_code code = EXIT_CODE_BROKEN;
    if (c.what[0] == '{') {
        json_error_t at;
        c.record = json_loads(c.what, JSON_REJECT_DUPLICATES, &at);
        if (c.record == NULL) {
            char line_text[NUMBER_ROOM], column_text[NUMBER_ROOM];
            say(stderr, o->language, TEXT_BAD_RECORD, number_text(line_text, at.line < 1 ? 1 : (uint64_t)at.line),
                number_text(column_text, at.column < 1 ? 1 : (uint64_t)at.column), at.text);
        }
    }
    policy_engine *engine = c.what[0] == '{' && c.record == NULL ? NULL : load_rules(o, o->rules.items, o->rules.count);
    if (engine != NULL && learn_type(&c, engine)) {
        code = talk(&c);
    }
    policy_engine_unref(engine);
    json_decref(c.record);
    free(c.kept);
    free(c.fields);
    free(type);
    return code;
}
