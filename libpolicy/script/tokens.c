/* Lua's tokens; see tokens.h. */
#include "script/tokens.h"

#include <string.h>

tokens tokens_new(str text)
{
    tokens l = {.text = text, .line = 1};
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        l.from = l.at = l.line_start = 3;
    return l;
}

int tokens_peek(const tokens *l, size_t ahead)
{
    return ahead < l->text.size - l->at ? (unsigned char)l->text.data[l->at + ahead] : -1;
}

str tokens_text(const tokens *l)
{
    return str_slice(l->text, l->from, l->at);
}

static bool is_line_end(int c)
{
    return c == '\n' || c == '\r';
}

/* Past a line end: one byte, or two different ones. */
static void take_line_end(tokens *l)
{
    int first = tokens_peek(l, 0), second = tokens_peek(l, 1);
    l->at += is_line_end(second) && second != first ? 2 : 1;
    l->line++;
    l->line_start = l->at;
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(int c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\v';
}

/* At a '[': the number of '=' of a long bracket, or -1. */
static int long_bracket(const tokens *l)
{
    size_t level = 0;
    while (tokens_peek(l, 1 + level) == '=')
        level++;
    return tokens_peek(l, 1 + level) == '[' ? (int)level : -1;
}

/* Past a long bracket of `level`; to the end of the text when it is not closed (Lua reports that). */
static void take_long_bracket(tokens *l, int level)
{
    l->at += (size_t)level + 2;
    while (l->at < l->text.size) {
        if (is_line_end(tokens_peek(l, 0))) {
            take_line_end(l);
            continue;
        }
        if (l->text.data[l->at++] != ']')
            continue;
        int signs = 0;
        while (tokens_peek(l, 0) == '=' && signs < level) {
            l->at++;
            signs++;
        }
        if (signs == level && tokens_peek(l, 0) == ']') {
            l->at++;
            return;
        }
    }
}

static void take_string(tokens *l, int quote)
{
    l->at++;
    while (l->at < l->text.size) {
        int c = tokens_peek(l, 0);
        if (is_line_end(c))
            return; /* unfinished: Lua reports it */
        l->at++;
        if (c == quote)
            return;
        if (c != '\\' || l->at == l->text.size)
            continue;
        if (is_line_end(tokens_peek(l, 0))) {
            take_line_end(l);
        } else if (l->text.data[l->at++] == 'z') { /* all space that follows, with its line ends */
            for (;;) {
                if (is_line_end(tokens_peek(l, 0)))
                    take_line_end(l);
                else if (is_space(tokens_peek(l, 0)))
                    l->at++;
                else
                    break;
            }
        }
    }
}

static void skip_space_and_comments(tokens *l)
{
    for (;;) {
        int c = tokens_peek(l, 0);
        if (is_line_end(c)) {
            take_line_end(l);
        } else if (is_space(c)) {
            l->at++;
        } else if (c == '-' && tokens_peek(l, 1) == '-') {
            l->at += 2;
            int level = tokens_peek(l, 0) == '[' ? long_bracket(l) : -1;
            if (level >= 0)
                take_long_bracket(l, level);
            else
                while (l->at < l->text.size && !is_line_end(tokens_peek(l, 0)))
                    l->at++;
        } else {
            return;
        }
    }
}

token_kind tokens_next(tokens *l)
{
    skip_space_and_comments(l);
    l->from = l->at;
    int c = tokens_peek(l, 0);
    if (c < 0)
        return TOKEN_END;
    if (is_letter(c)) {
        while (is_letter(tokens_peek(l, 0)) || is_digit(tokens_peek(l, 0)))
            l->at++;
        return TOKEN_WORD;
    }
    if (is_digit(c) || (c == '.' && is_digit(tokens_peek(l, 1)))) {
        for (int last = 0; (c = tokens_peek(l, 0)) >= 0; last = c) {
            bool exponent = (c == '+' || c == '-') && (last == 'e' || last == 'E' || last == 'p' || last == 'P');
            if (!is_letter(c) && !is_digit(c) && c != '.' && !exponent)
                break;
            l->at++;
        }
        return TOKEN_NUMBER;
    }
    if (c == '"' || c == '\'') {
        take_string(l, c);
        return TOKEN_STRING;
    }
    if (c == '[' && long_bracket(l) >= 0) {
        take_long_bracket(l, long_bracket(l));
        return TOKEN_STRING;
    }
    l->at++;
    return TOKEN_SIGN;
}
