/*
 * Errors and notes of the library: place, sentence, excerpt, second place.
 */
#include "print_error.h"

#include <stdlib.h>
#include <string.h>

#include "terminal.h"
#include "texts.h"

static void print_place(FILE *to, const char *file, uint32_t line, uint32_t column)
{
    char number[NUMBER_ROOM];
    print_safe(to, file);
    if (line > 0) {
        fprintf(to, ":%s", number_text(number, line));
        if (column > 0) {
            fprintf(to, ":%s", number_text(number, column));
        }
    }
}

/* The excerpt, indented: its lines keep their columns to each other. */
static void print_excerpt(FILE *to, const char *excerpt)
{
    fputs("    ", to);
    for (const char *line = excerpt;;) {
        const char *end = strchr(line, '\n');
        char *copy = must_copy(line, end == NULL ? strlen(line) : (size_t)(end - line));
        print_safe_lines(to, copy);
        free(copy);
        fputc('\n', to);
        if (end == NULL || end[1] == 0) {
            break;
        }
        line = end + 1;
        fputs("    ", to);
    }
}

size_t print_errors(FILE *to, const policy_error *err, policy_language language)
{
    size_t count = 0;
    for (; err != NULL; err = policy_error_next(err), count++) {
        const char *file = policy_error_file(err);
        const char *excerpt = policy_error_excerpt(err);
        const char *other = policy_error_other_file(err);
        const char *rule = policy_error_rule(err);
        if (file != NULL) {
            print_place(to, file, policy_error_line(err), policy_error_column(err));
        } else {
            fputs("policy", to);
        }
        fputs(": ", to);
        print_safe(to, policy_error_message(err, language));
        if (rule != NULL) {
            say(to, language, TEXT_OF_RULE, rule);
        }
        fputc('\n', to);
        if (excerpt != NULL) {
            print_excerpt(to, excerpt);
        }
        if (other != NULL) {
            fputs("  ", to);
            print_place(to, other, policy_error_other_line(err), policy_error_other_column(err));
            say(to, language, TEXT_OTHER_PLACE);
        }
    }
    return count;
}
