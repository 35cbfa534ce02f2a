/*
 * Cells of CSV files. See csv.h.
 */
#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "terminal.h"

/* Would a spreadsheet compute it? Also after spaces, and in full-width forms. */
static bool is_formula(const char *text)
{
    static const char *const signs[] = {
        "=", "+", "-", "@", "\t", "\r", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    static const char *const spaces[] = {" ", "\xC2\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF", "\n"};
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
            if (strncmp(text, spaces[i], strlen(spaces[i])) == 0) {
                text += strlen(spaces[i]);
                again = true;
            }
        }
    }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strncmp(text, signs[i], strlen(signs[i])) == 0) {
            return true;
        }
    }
    return false;
}

void csv_put(FILE *to, const char *text, bool guarded)
{
    char *safe = safe_text(text);
    guarded = guarded && is_formula(text);
    if (guarded || strpbrk(safe, ",\"") != NULL || safe[0] == ' ') {
        fputc('"', to);
        fputs(guarded ? "'" : "", to);
        for (const char *p = safe; *p != 0; p++) {
            if (*p == '"') {
                fputc('"', to);
            }
            fputc(*p, to);
        }
        fputc('"', to);
    } else {
        fputs(safe, to);
    }
    free(safe);
}
