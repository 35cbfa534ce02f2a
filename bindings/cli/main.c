/*
 * The `policy` command: finds the command's name and hands over.
 *
 * It uses the public headers and nothing else of the library, as any other program would.
 */
#include <stdio.h>
#include <string.h>

#include <policy/policy.h>

#include "commands.h"
#include "help.h"
#include "nearest.h"
#include "terminal.h"
#include "texts.h"

typedef exit_code (*command_function)(const options *o);

static exit_code without_command(int count, char **arguments, int index, policy_language language)
{
    if (index < count) {
        const char *names[COMMAND_COUNT];
        for (int c = 0; c < COMMAND_COUNT; c++) {
            names[c] = command_name((command_id)c);
        }
        if (strcmp(arguments[index], "help") == 0) {
            fputs(help_page(COMMAND_NONE, language), stdout);
            return EXIT_CODE_CLEAN;
        }
        const char *near = nearest_name(arguments[index], names, COMMAND_COUNT);
        if (near != NULL) {
            say(stderr, language, TEXT_UNKNOWN_COMMAND_NEAR, arguments[index], near);
        } else {
            say(stderr, language, TEXT_UNKNOWN_COMMAND, arguments[index]);
        }
        return EXIT_CODE_BROKEN;
    }
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--version") == 0) {
            printf("policy %s (%s)\n", policy_version(), policy_lua_release());
            say(stdout, language, TEXT_RULES_DIRECTORY, policy_rules_directory());
            return EXIT_CODE_CLEAN;
        }
        if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0) {
            fputs(help_page(COMMAND_NONE, language), stdout);
            return EXIT_CODE_CLEAN;
        }
        if (strcmp(arguments[i], "--lang") == 0 && i + 1 < count) {
            i++;
        } else if (strncmp(arguments[i], "--lang=", 7) != 0) {
            say(stderr, language, TEXT_UNKNOWN_FIRST_OPTION, arguments[i]);
            return EXIT_CODE_BROKEN;
        }
    }
    fputs(help_page(COMMAND_NONE, language), stderr);
    return EXIT_CODE_BROKEN;
}

/* What was written has to have arrived: a full disk is not a clean run. */
static exit_code finish(exit_code code, policy_language language)
{
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        say(stderr, language, TEXT_CANNOT_WRITE, "-");
        return EXIT_CODE_BROKEN;
    }
    return code;
}

int main(int count, char **arguments)
{
    static const command_function functions[COMMAND_COUNT] = {
        [COMMAND_CHECK] = command_check,     [COMMAND_TEST] = command_test, [COMMAND_LINT] = command_lint,
        [COMMAND_EXPLAIN] = command_explain, [COMMAND_EVAL] = command_eval, [COMMAND_LUA] = command_lua,
        [COMMAND_BANDS] = command_bands,
    };
    policy_language language = POLICY_LANGUAGE_ZH;
    int index = count;
    command_id command = options_command(count, arguments, &index, &language);
    if (command == COMMAND_NONE) {
        return finish(without_command(count, arguments, index, language), language);
    }
    /* What stands before the command's name (--lang) is read together with what stands after it. */
    char *name = arguments[index];
    for (int i = index; i > 1; i--) {
        arguments[i] = arguments[i - 1];
    }
    if (index >= 1) {
        arguments[1] = name;
    }
    options o;
    exit_code code = EXIT_CODE_BROKEN;
    if (options_read(&o, command, language, count - 1, arguments + 1)) {
        if (o.help) {
            fputs(help_page(command, o.language), stdout);
            code = EXIT_CODE_CLEAN;
        } else {
            code = functions[command](&o);
        }
    }
    options_free(&o);
    return finish(code, language);
}
