/*
 * `policy eval`: the calculator of the rule language.
 *
 * One expression is put into the same request that --jsonl reads from its lines, so both ask the library one way. What
 * comes back is printed bare (60, 三年级, [1, 2]) for people and as it is for programs.
 */
#include <stdlib.h>
#include <string.h>

#include <policy/expression.h>

#include "commands.h"
#include "json.h"
#include "print_error.h"
#include "terminal.h"
#include "texts.h"

enum { LINE_LIMIT = 64 * 1024 * 1024 };

/* A line of standard input, reused from line to line. */
typedef struct line {
    char *data;
    size_t size, room;
} line;

/* Read a line without its line break; false at the end. */
static bool read_line(line *l, FILE *from)
{
    int c = getc(from);
    l->size = 0;
    if (c == EOF) {
        return false;
    }
    for (; c != EOF && c != '\n'; c = getc(from)) {
        if (l->size == LINE_LIMIT) {
            continue; /* what is cut off is no JSON any more, and is answered so */
        }
        if (l->size == l->room) {
            l->room = l->room == 0 ? 4096 : l->room * 2;
            l->data = must_resize(l->data, l->room, 1);
        }
        l->data[l->size++] = (char)c;
    }
    if (l->size > 0 && l->data[l->size - 1] == '\r') {
        l->size--;
    }
    return true;
}

static exit_code answer_lines(const options *o)
{
    line l = {NULL, 0, 0};
    exit_code code = EXIT_CODE_CLEAN;
    while (code == EXIT_CODE_CLEAN && read_line(&l, stdin)) {
        policy_text *reply = NULL;
        policy_error *err = NULL;
        /* A line that is no request has a reply that says so: only without a reply is there nothing to go on with. */
        policy_expression_evaluate(NULL, l.data == NULL ? "" : l.data, l.size, o->language, &reply, &err);
        if (reply == NULL) {
            print_errors(stderr, err, o->language);
            code = EXIT_CODE_BROKEN;
        } else {
            json_write_text(stdout, policy_text_data(reply), policy_text_size(reply));
            fputc('\n', stdout);
            fflush(stdout); /* whoever asks line by line waits for each answer */
        }
        policy_text_free(reply);
        policy_error_free(err);
    }
    if (ferror(stdin) != 0) {
        say(stderr, o->language, TEXT_CANNOT_READ, "-");
        code = EXIT_CODE_BROKEN;
    }
    free(l.data);
    return code;
}

/* A typed value ({"type", "value"}, nested in lists and maps) as a person would write it. */
static void put_value(FILE *to, const json_t *typed, bool inside)
{
    const char *type = json_string_value(json_object_get(typed, "type"));
    const json_t *value = json_object_get(typed, "value");
    size_t count = json_array_size(value);
    if (json_is_array(value)) {
        bool is_map = type != NULL && strncmp(type, "map", 3) == 0;
        fputs(is_map ? "{" : "[", to);
        for (size_t i = 0; i < count; i++) {
            const json_t *item = json_array_get(value, i);
            fputs(i == 0 ? "" : ", ", to);
            put_value(to, is_map ? json_array_get(item, 0) : item, true);
            if (is_map) {
                fputs(": ", to);
                put_value(to, json_array_get(item, 1), true);
            }
        }
        fputs(is_map ? "}" : "]", to);
    } else if (json_is_string(value)) {
        bool is_text = inside && type != NULL && (strcmp(type, "string") == 0 || strcmp(type, "bytes") == 0);
        fputs(is_text ? "\"" : "", to);
        print_safe(to, json_string_value(value));
        fputs(is_text ? "\"" : "", to);
    } else {
        json_write(to, value);
    }
}

/* The line of the expression that an error is in, with a caret under the place. */
static void put_caret(FILE *to, const char *expression, json_int_t line_number, json_int_t column)
{
    const char *start = expression;
    for (json_int_t i = 1; i < line_number && start != NULL; i++) {
        start = strchr(start, '\n');
        start = start == NULL ? NULL : start + 1;
    }
    if (start == NULL || column < 1) {
        return;
    }
    char *text = must_copy(start, strcspn(start, "\n"));
    /* Up to the place in code points; as wide as those are on the screen. */
    size_t bytes = 0;
    for (json_int_t i = 1; i < column && text[bytes] != 0; i++) {
        bytes++;
        while (((unsigned char)text[bytes] & 0xC0) == 0x80) {
            bytes++;
        }
    }
    fputs("    ", to);
    print_safe(to, text);
    text[bytes] = 0;
    fputs("\n    ", to);
    for (size_t i = text_width(text); i > 0; i--) {
        fputc(' ', to);
    }
    fputs("^\n", to);
    free(text);
}

static exit_code print_reply(const options *o, const char *expression, const policy_text *text)
{
    json_t *reply = json_loadb(policy_text_data(text), policy_text_size(text), 0, NULL);
    const char *error = json_string_value(json_object_get(reply, "error"));
    exit_code code = EXIT_CODE_BROKEN;
    if (error != NULL) {
        json_int_t line_number = json_integer_value(json_object_get(reply, "line"));
        json_int_t column = json_integer_value(json_object_get(reply, "column"));
        if (line_number > 0) {
            fprintf(stderr, "EXPR:%lld:%lld: ", (long long)line_number, (long long)column);
        } else {
            fputs("policy: ", stderr);
        }
        print_safe(stderr, error);
        fputc('\n', stderr);
        put_caret(stderr, expression, line_number, column);
    } else if (json_array_size(json_object_get(reply, "missing")) > 0) {
        const json_t *missing = json_object_get(reply, "missing");
        fputs(text_of(TEXT_MISSING, o->language), stdout);
        for (size_t i = 0; i < json_array_size(missing); i++) {
            const char *name = json_string_value(json_array_get(missing, i));
            fputs(i == 0 ? "" : text_of(TEXT_COMMA, o->language), stdout);
            print_safe(stdout, name == NULL ? "" : name);
        }
        fputc('\n', stdout);
        code = EXIT_CODE_UNDECIDED;
    } else if (reply != NULL) {
        put_value(stdout, reply, false);
        fputc('\n', stdout);
        code = EXIT_CODE_CLEAN;
    }
    json_decref(reply);
    return code;
}

static exit_code answer_one(const options *o, const char *expression)
{
    json_t *request = json_must(json_object());
    json_put(request, "expr", json_text(expression));
    if (o->vars != NULL) {
        json_error_t at;
        json_t *vars = json_loads(o->vars, JSON_REJECT_DUPLICATES, &at);
        if (!json_is_object(vars)) {
            char line_text[NUMBER_ROOM];
            char column_text[NUMBER_ROOM];
            bool is_json = vars != NULL;
            say(stderr, o->language, TEXT_BAD_VARS,
                number_text(line_text, is_json || at.line < 1 ? 1 : (uint64_t)at.line),
                number_text(column_text, is_json || at.column < 1 ? 1 : (uint64_t)at.column),
                is_json ? o->vars : at.text);
            json_decref(vars);
            json_decref(request);
            return EXIT_CODE_BROKEN;
        }
        json_put(request, "vars", vars);
    }
    char *text = json_dumps(request, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(request);
    policy_text *reply = NULL;
    policy_error *err = NULL;
    exit_code code = EXIT_CODE_BROKEN;
    if (text == NULL) {
        json_must(NULL);
    }
    policy_expression_evaluate(NULL, text, strlen(text), o->language, &reply, &err);
    if (reply == NULL) {
        print_errors(stderr, err, o->language);
    } else {
        code = print_reply(o, expression, reply);
    }
    policy_text_free(reply);
    policy_error_free(err);
    free(text);
    return code;
}

exit_code command_eval(const options *o)
{
    if (o->jsonl) {
        if (o->arguments.count > 0 || o->vars != NULL) {
            say(stderr, o->language, TEXT_JSONL_ALONE);
            return EXIT_CODE_BROKEN;
        }
        return answer_lines(o);
    }
    if (o->arguments.count != 1) {
        say(stderr, o->language, o->arguments.count == 0 ? TEXT_NO_EXPRESSION : TEXT_ONE_ARGUMENT, "eval");
        return EXIT_CODE_BROKEN;
    }
    return answer_one(o, o->arguments.items[0]);
}
