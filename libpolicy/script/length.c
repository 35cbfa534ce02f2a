/* The length of a table, the same in every run; see length.h. */
#include "script/length.h"

#include <lauxlib.h>

#include "script/sandbox.h"
#include "script/tokens.h"

/* Brackets and lengths inside each other; Lua's own parser gives up earlier. */
#define DEPTH_MAX 200

/* ---- the answer ---- */

static bool is_there(lua_State *lua, int index, lua_Integer at)
{
    bool there = lua_rawgeti(lua, index, at) != LUA_TNIL;
    lua_pop(lua, 1);
    return there;
}

lua_Integer length_of_table(lua_State *lua, int index)
{
    luaL_checkstack(lua, 1, NULL);
    lua_Integer last = 0, past = 1;
    while (is_there(lua, index, past)) {
        last = past;
        if (past == LUA_MAXINTEGER)
            return past;
        past = past > LUA_MAXINTEGER / 2 ? LUA_MAXINTEGER : past * 2;
    }
    while (past - last > 1) {
        lua_Integer middle = last + (past - last) / 2;
        if (is_there(lua, index, middle))
            last = middle;
        else
            past = middle;
    }
    return last;
}

int length_function(lua_State *lua)
{
    lua_settop(lua, 1);
    if (luaL_getmetafield(lua, 1, "__len") != LUA_TNIL || lua_type(lua, 1) == LUA_TSTRING) {
        lua_len(lua, 1);
    } else if (lua_type(lua, 1) == LUA_TTABLE) {
        lua_pushinteger(lua, length_of_table(lua, 1));
    } else {
        return luaL_error(lua, "attempt to get length of a %s value", luaL_typename(lua, 1));
    }
    return 1;
}

/* ---- the rewriting ---- */

typedef struct rewriter {
    tokens in;
    token_kind kind; /* of the token that comes next: in's last one */
    size_t end;      /* where the token before it ended */
    size_t copied;   /* the text before here is in `out` */
    bool expecting;  /* that token may be followed by an operand */
    bool gave_up;
    int depth;
    buffer *out;
} rewriter;

static void copy_until(rewriter *r, size_t at)
{
    buffer_put(r->out, str_slice(r->in.text, r->copied, at));
    r->copied = at;
}

static bool is_word(const rewriter *r, const char *word)
{
    return r->kind == TOKEN_WORD && str_equal(tokens_text(&r->in), str_of(word));
}

static bool is_one_of(const rewriter *r, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_word(r, words[i]))
            return true;
    return false;
}

static bool is_keyword(const rewriter *r)
{
    static const char *const words[] = {"and",    "break", "do",   "else",  "elseif", "end",     "false", "for",
                                        "goto",   "if",    "in",   "local", "nil",    "not",     "or",    "repeat",
                                        "return", "then",  "true", "until", "while",  "function"};
    return is_one_of(r, words, sizeof words / sizeof *words);
}

static char sign(const rewriter *r)
{
    return r->kind == TOKEN_SIGN ? r->in.text.data[r->in.from] : '\0';
}

/* On to the next token. */
static void advance(rewriter *r)
{
    static const char *const before[] = {"and", "or", "not", "return", "in", "if", "elseif", "while", "until"};
    r->expecting = r->kind == TOKEN_SIGN ? strchr("=({[,;+-*/%^#&~|<>.", sign(r)) != NULL
                                         : is_one_of(r, before, sizeof before / sizeof *before);
    r->end = r->in.at;
    r->kind = tokens_next(&r->in);
}

static bool take_length(rewriter *r);

/* From an opening bracket past its closing one. */
static bool take_brackets(rewriter *r)
{
    char closing = sign(r) == '(' ? ')' : sign(r) == '[' ? ']' : '}';
    if (++r->depth > DEPTH_MAX)
        return false;
    advance(r);
    while (r->kind != TOKEN_END && sign(r) != closing) {
        char c = sign(r);
        if (c == ')' || c == ']' || c == '}')
            return false;
        if (c == '(' || c == '[' || c == '{') {
            if (!take_brackets(r))
                return false;
        } else if (c == '#' && r->expecting) {
            if (!take_length(r))
                return false;
        } else {
            advance(r);
        }
    }
    r->depth--;
    if (r->kind == TOKEN_END)
        return false;
    advance(r);
    return true;
}

/* Indices and calls behind a name or a bracket. */
static bool take_suffixes(rewriter *r)
{
    for (;;) {
        char c = sign(r);
        bool doubled = tokens_peek(&r->in, 0) == c; /* .. joins, :: begins a label */
        if (c == '(' || c == '[' || c == '{') {
            if (!take_brackets(r))
                return false;
        } else if ((c == '.' || c == ':') && !doubled) {
            advance(r);
            if (r->kind != TOKEN_WORD || is_keyword(r))
                return false;
            advance(r);
        } else if (r->kind == TOKEN_STRING) {
            advance(r);
        } else {
            return true;
        }
    }
}

static bool take_simple(rewriter *r)
{
    static const char *const constants[] = {"nil", "true", "false"};
    if (r->kind == TOKEN_NUMBER || r->kind == TOKEN_STRING ||
        is_one_of(r, constants, sizeof constants / sizeof *constants)) {
        advance(r);
        return true;
    }
    if (r->kind == TOKEN_WORD && !is_keyword(r)) {
        advance(r);
        return take_suffixes(r);
    }
    if (sign(r) == '(')
        return take_brackets(r) && take_suffixes(r);
    if (sign(r) == '{')
        return take_brackets(r);
    for (int dots = 0; dots < 3; dots++) {
        if (sign(r) != '.')
            return false;
        advance(r);
    }
    return true;
}

/* What a prefix operator stands before: prefixes bind tighter than everything but ^. */
static bool take_operand(rewriter *r)
{
    for (;;) {
        while (sign(r) == '-' || sign(r) == '~' || is_word(r, "not"))
            advance(r);
        if (!(sign(r) == '#' ? take_length(r) : take_simple(r)))
            return false;
        if (sign(r) != '^')
            return true;
        advance(r);
    }
}

/* At a #. */
static bool take_length(rewriter *r)
{
    if (r->gave_up || ++r->depth > DEPTH_MAX)
        return false;
    size_t at = r->in.from, before = r->out->size + (at - r->copied);
    copy_until(r, at);
    buffer_put_c(r->out, " " LENGTH_NAME "(");
    r->copied = at + 1;
    advance(r);
    if (!take_operand(r)) {
        r->gave_up = true;
        if (before < r->out->size && !r->out->failed) {
            r->out->size = before;
            r->copied = at;
        }
        return false;
    }
    copy_until(r, r->end);
    buffer_put_char(r->out, ')');
    r->depth--;
    return true;
}

void length_rewrite(str text, buffer *out)
{
    rewriter r = {.in = tokens_new(text), .out = out};
    r.copied = r.in.at;
    r.kind = tokens_next(&r.in);
    buffer_put_c(out, "local " LENGTH_NAME " <const> = ...;");
    while (r.kind != TOKEN_END && !r.gave_up) {
        if (sign(&r) == '#' && r.expecting)
            take_length(&r);
        else
            advance(&r);
    }
    copy_until(&r, text.size);
}
