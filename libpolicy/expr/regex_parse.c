/*
 * Regular expressions: from the pattern's text to a tree.
 *
 * One pass without recursion: open groups lie on a stack of frames, whose height is bounded. What RE2 refuses is
 * refused here too (back-references, look-around, x**), with its place in the pattern.
 */
#include "base/map.h"
#include "expr/regex_program.h"

enum { FOLD_CASE = 1, MULTI_LINE = 2, DOT_NEWLINE = 4, UNGREEDY = 8 };

/* An open group, or the whole pattern: finished alternatives, and the items of the one being read. */
typedef struct frame {
    regex_node *alternatives, *last_alternative;
    regex_node *items, *last_item;
    uint32_t capture; /* 0: none */
    unsigned flags;   /* to go back to when the group closes */
    size_t offset;
} frame;

typedef struct parser {
    arena *nodes, *classes;
    str pattern;
    size_t at;
    unsigned flags;
    uint32_t captures;
    frame frames[REGEX_MAX_NESTING + 1];
    size_t depth;
    map names;
    size_t repeated_until; /* where the last repetition operator ended; 0 before the first */
    regex_failure *why;
} parser;

static bool refuse(parser *p, size_t offset, message_id message)
{
    *p->why = (regex_failure){.message = message, .offset = offset};
    return false;
}

static bool out_of_memory(parser *p)
{
    *p->why = (regex_failure){.nomem = true};
    return false;
}

static bool more(const parser *p)
{
    return p->at < p->pattern.size;
}

static bool next_is(const parser *p, const char *text)
{
    return str_starts(str_slice(p->pattern, p->at, p->pattern.size), str_of(text));
}

static bool read_rune(parser *p, uint32_t *out)
{
    size_t from = p->at;
    *out = utf8_next(p->pattern, &p->at);
    return *out != UTF8_BAD || refuse(p, from, MESSAGE_REGEX_BAD_UTF);
}

/* ---- building ---- */

static regex_node *node(parser *p, regex_node_kind kind)
{
    regex_node *n = arena_new(p->nodes, sizeof *n);
    if (n)
        n->kind = (uint8_t)kind;
    else
        out_of_memory(p);
    return n;
}

static bool append(parser *p, regex_node *n)
{
    if (!n)
        return false;
    frame *f = &p->frames[p->depth];
    if (f->last_item)
        f->last_item->next = n;
    else
        f->items = n;
    f->last_item = n;
    return true;
}

static bool append_rune(parser *p, uint32_t code_point)
{
    regex_node *n = node(p, REGEX_NODE_RUNE);
    if (!n)
        return false;
    n->folded = p->flags & FOLD_CASE;
    n->code_point = n->folded ? regex_fold(code_point) : code_point;
    return append(p, n);
}

static bool append_assertion(parser *p, regex_assertion assertion)
{
    regex_node *n = node(p, REGEX_NODE_ASSERT);
    if (!n)
        return false;
    n->assertion = (uint8_t)assertion;
    return append(p, n);
}

static regex_class *new_class(parser *p)
{
    regex_class *set = arena_new(p->classes, sizeof *set);
    if (set)
        set->folded = p->flags & FOLD_CASE;
    else
        out_of_memory(p);
    return set;
}

static bool append_class(parser *p, regex_class *set)
{
    if (!regex_class_close(p->classes, set))
        return out_of_memory(p);
    regex_node *n = node(p, REGEX_NODE_CLASS);
    if (!n)
        return false;
    n->set = set;
    return append(p, n);
}

/* The items read so far become an alternative. */
static bool close_alternative(parser *p)
{
    frame *f = &p->frames[p->depth];
    regex_node *n;
    if (f->items && f->items == f->last_item) {
        n = f->items;
    } else {
        n = node(p, f->items ? REGEX_NODE_CONCAT : REGEX_NODE_EMPTY);
        if (!n)
            return false;
        n->first = f->items;
    }
    if (f->last_alternative)
        f->last_alternative->next = n;
    else
        f->alternatives = n;
    f->last_alternative = n;
    f->items = f->last_item = NULL;
    return true;
}

static regex_node *close_frame(parser *p)
{
    if (!close_alternative(p))
        return NULL;
    frame *f = &p->frames[p->depth];
    if (f->alternatives == f->last_alternative)
        return f->alternatives;
    regex_node *n = node(p, REGEX_NODE_ALTERNATE);
    if (n)
        n->first = f->alternatives;
    return n;
}

/* ---- groups ---- */

static bool open_group(parser *p, size_t offset, bool captures, unsigned flags_after)
{
    if (p->depth == REGEX_MAX_NESTING)
        return refuse(p, offset, MESSAGE_REGEX_TOO_DEEP);
    p->depth++;
    p->frames[p->depth] = (frame){.capture = captures ? ++p->captures : 0, .flags = flags_after, .offset = offset};
    return true;
}

static bool read_group_name(parser *p, size_t offset)
{
    size_t from = p->at;
    while (more(p) && regex_is_word((unsigned char)p->pattern.data[p->at]))
        p->at++;
    str name = str_slice(p->pattern, from, p->at);
    if (!name.size || !more(p) || p->pattern.data[p->at] != '>')
        return refuse(p, offset, MESSAGE_REGEX_BAD_GROUP_NAME);
    p->at++;
    if (map_get(&p->names, name) != MAP_NONE)
        return refuse(p, from, MESSAGE_REGEX_DUPLICATE_GROUP_NAME);
    return map_put(&p->names, name, p->captures + 1) || out_of_memory(p);
}

/* After "(?": (?:x), (?P<n>x), (?<n>x), (?i), (?i:x), (?i-s:x). */
static bool read_group_start(parser *p, size_t offset)
{
    if (next_is(p, "P<") || (next_is(p, "<") && !next_is(p, "<=") && !next_is(p, "<!"))) {
        p->at += p->pattern.data[p->at] == 'P' ? 2 : 1;
        return read_group_name(p, offset) && open_group(p, offset, true, p->flags);
    }
    if (next_is(p, "=") || next_is(p, "!") || next_is(p, "<"))
        return refuse(p, offset, MESSAGE_REGEX_LOOK_AROUND);
    if (next_is(p, "P"))
        return refuse(p, offset, MESSAGE_REGEX_BACK_REFERENCE);
    unsigned flags = p->flags;
    bool clearing = false, named = true;
    while (more(p)) {
        unsigned flag = 0;
        switch (p->pattern.data[p->at++]) {
        case 'i':
            flag = FOLD_CASE;
            break;
        case 'm':
            flag = MULTI_LINE;
            break;
        case 's':
            flag = DOT_NEWLINE;
            break;
        case 'U':
            flag = UNGREEDY;
            break;
        case '-':
            if (clearing)
                goto bad;
            clearing = true;
            named = false;
            continue;
        case ':':
        case ')':
            if (!named)
                goto bad;
            if (p->pattern.data[p->at - 1] == ':') {
                if (!open_group(p, offset, false, p->flags))
                    return false;
            }
            p->flags = flags;
            return true;
        default:
            goto bad;
        }
        named = true;
        flags = clearing ? flags & ~flag : flags | flag;
    }
bad:
    return refuse(p, offset, MESSAGE_REGEX_BAD_GROUP_FLAGS);
}

static bool close_group(parser *p, size_t offset)
{
    if (p->depth == 0)
        return refuse(p, offset, MESSAGE_REGEX_UNEXPECTED_PARENTHESIS);
    regex_node *inner = close_frame(p);
    if (!inner)
        return false;
    regex_node *n = node(p, REGEX_NODE_GROUP);
    if (!n)
        return false;
    n->first = inner;
    n->capture = p->frames[p->depth].capture;
    p->flags = p->frames[p->depth].flags;
    p->depth--;
    return append(p, n);
}

/* ---- repetition ---- */

static bool repeat(parser *p, size_t offset, uint32_t min, uint32_t max)
{
    frame *f = &p->frames[p->depth];
    if (!f->last_item)
        return refuse(p, offset, MESSAGE_REGEX_NOTHING_TO_REPEAT);
    if (p->repeated_until && p->repeated_until == offset)
        return refuse(p, offset, MESSAGE_REGEX_BAD_REPETITION_OPERATOR);
    bool lazy = (p->flags & UNGREEDY) != 0;
    if (next_is(p, "?")) {
        p->at++;
        lazy = !lazy;
    }
    p->repeated_until = p->at;
    /* The item is moved into a new node that takes its place. */
    regex_node *inner = node(p, REGEX_NODE_EMPTY);
    if (!inner)
        return false;
    *inner = *f->last_item;
    inner->next = NULL;
    *f->last_item = (regex_node){.kind = REGEX_NODE_REPEAT, .first = inner, .min = min, .max = max, .lazy = lazy};
    return true;
}

static bool read_count(parser *p, uint32_t *out)
{
    size_t from = p->at;
    uint32_t n = 0;
    while (more(p) && p->pattern.data[p->at] >= '0' && p->pattern.data[p->at] <= '9') {
        if (n <= REGEX_MAX_REPEAT)
            n = n * 10 + (uint32_t)(p->pattern.data[p->at] - '0');
        p->at++;
    }
    *out = n;
    return p->at > from;
}

/* At "{" of {n}, {n,} or {n,m}. What only looks like one is text, as in RE2: then *counted is false. */
static bool read_counted(parser *p, size_t offset, bool *counted)
{
    uint32_t min, max;
    *counted = false;
    p->at = offset + 1;
    bool whole = read_count(p, &min);
    max = min;
    if (whole && next_is(p, ",")) {
        p->at++;
        if (next_is(p, "}"))
            max = UINT32_MAX;
        else
            whole = read_count(p, &max);
    }
    if (!whole || !next_is(p, "}")) {
        p->at = offset + 1;
        return true;
    }
    p->at++;
    *counted = true;
    if (min > REGEX_MAX_REPEAT || (max != UINT32_MAX && (max > REGEX_MAX_REPEAT || max < min)))
        return refuse(p, offset, MESSAGE_REGEX_BAD_REPETITION_COUNT);
    return repeat(p, offset, min, max);
}

/* ---- escapes ---- */

static bool is_octal(const parser *p)
{
    return more(p) && p->pattern.data[p->at] >= '0' && p->pattern.data[p->at] <= '7';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool read_hex(parser *p, size_t offset, uint32_t *out)
{
    uint32_t n = 0;
    size_t digits = 0;
    bool braced = next_is(p, "{");
    if (braced)
        p->at++;
    while (more(p) && (braced || digits < 2)) {
        int digit = hex_digit(p->pattern.data[p->at]);
        if (digit < 0)
            break;
        n = n * 16 + (uint32_t)digit;
        if (n > 0x10FFFF)
            return refuse(p, offset, MESSAGE_REGEX_BAD_ESCAPE);
        digits++;
        p->at++;
    }
    if (braced ? !digits || !next_is(p, "}") : digits != 2)
        return refuse(p, offset, MESSAGE_REGEX_BAD_ESCAPE);
    p->at += braced;
    *out = n;
    return true;
}

/* After the backslash at `offset`: an escape that stands for one code point. */
static bool read_escaped_rune(parser *p, size_t offset, uint32_t *out)
{
    if (!more(p))
        return refuse(p, offset, MESSAGE_REGEX_TRAILING_BACKSLASH);
    uint32_t c;
    if (!read_rune(p, &c))
        return false;
    switch (c) {
    case 'a':
        *out = 7;
        return true;
    case 'f':
        *out = '\f';
        return true;
    case 'n':
        *out = '\n';
        return true;
    case 'r':
        *out = '\r';
        return true;
    case 't':
        *out = '\t';
        return true;
    case 'v':
        *out = '\v';
        return true;
    case 'x':
        return read_hex(p, offset, out);
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
        if (c != '0' && !is_octal(p))
            break;
        *out = c - '0';
        for (int i = 0; i < 2 && is_octal(p); i++)
            *out = *out * 8 + (uint32_t)(p->pattern.data[p->at++] - '0');
        return true;
    default:
        if (c < 128 && (!regex_is_word(c) || c == '_')) {
            *out = c;
            return true;
        }
        break;
    }
    if (c >= '1' && c <= '9')
        return refuse(p, offset, MESSAGE_REGEX_BACK_REFERENCE);
    return refuse(p, offset, MESSAGE_REGEX_BAD_ESCAPE);
}

/* After "\p" or "\P": one letter, or a name in braces, which ^ negates once more. */
static bool read_property(parser *p, size_t offset, regex_class *set, bool negated)
{
    str name;
    if (next_is(p, "{")) {
        size_t from = ++p->at;
        while (more(p) && p->pattern.data[p->at] != '}')
            p->at++;
        if (!more(p))
            return refuse(p, offset, MESSAGE_REGEX_BAD_ESCAPE);
        name = str_slice(p->pattern, from, p->at++);
        if (name.size && name.data[0] == '^') {
            negated = !negated;
            name = str_slice(name, 1, name.size);
        }
    } else {
        size_t from = p->at;
        uint32_t c;
        if (!more(p))
            return refuse(p, offset, MESSAGE_REGEX_BAD_ESCAPE);
        if (!read_rune(p, &c))
            return false;
        name = str_slice(p->pattern, from, p->at);
    }
    switch (regex_class_add_property(p->classes, set, name, negated)) {
    case REGEX_NAMED_OK:
        return true;
    case REGEX_NAMED_NOMEM:
        return out_of_memory(p);
    default:
        return refuse(p, offset, MESSAGE_REGEX_NO_SUCH_PROPERTY);
    }
}

/* At a backslash: \d \s \w \p and their opposites are added to the set; anything else leaves *added false. */
static bool read_class_escape(parser *p, regex_class *set, bool *added)
{
    *added = false;
    if (p->at + 1 >= p->pattern.size)
        return true;
    size_t offset = p->at;
    char letter = p->pattern.data[p->at + 1];
    switch (letter) {
    case 'd':
    case 'D':
    case 's':
    case 'S':
    case 'w':
    case 'W':
        p->at += 2;
        *added = true;
        return regex_class_add_perl(p->classes, set, letter) || out_of_memory(p);
    case 'p':
    case 'P':
        p->at += 2;
        *added = true;
        return read_property(p, offset, set, letter == 'P');
    default:
        return true;
    }
}

/* ---- [classes] ---- */

static bool read_class_rune(parser *p, size_t open, uint32_t *out)
{
    if (!more(p))
        return refuse(p, open, MESSAGE_REGEX_MISSING_BRACKET);
    size_t offset = p->at;
    if (!next_is(p, "\\"))
        return read_rune(p, out);
    p->at++;
    return read_escaped_rune(p, offset, out);
}

/* At "[:": [:alpha:] or [:^alpha:]; without a ":]" it is an ordinary character and *added stays false. */
static bool read_posix(parser *p, regex_class *set, bool *added)
{
    *added = false;
    size_t from = p->at + 2, until = from;
    while (until < p->pattern.size &&
           (regex_is_word((unsigned char)p->pattern.data[until]) || (until == from && p->pattern.data[until] == '^')))
        until++;
    if (!str_starts(str_slice(p->pattern, until, p->pattern.size), STR(":]")))
        return true;
    bool negated = until > from && p->pattern.data[from] == '^';
    *added = true;
    switch (regex_class_add_posix(p->classes, set, str_slice(p->pattern, from + negated, until), negated)) {
    case REGEX_NAMED_OK:
        p->at = until + 2;
        return true;
    case REGEX_NAMED_NOMEM:
        return out_of_memory(p);
    default:
        return refuse(p, p->at, MESSAGE_REGEX_NO_SUCH_CLASS);
    }
}

static bool read_class(parser *p, size_t open)
{
    regex_class *set = new_class(p);
    if (!set)
        return false;
    if (next_is(p, "^")) {
        p->at++;
        set->negated = true;
    }
    for (bool first = true; !next_is(p, "]") || first; first = false) {
        if (!more(p))
            return refuse(p, open, MESSAGE_REGEX_MISSING_BRACKET);
        bool added = false;
        if (next_is(p, "[:") && !read_posix(p, set, &added))
            return false;
        if (!added && next_is(p, "\\") && !read_class_escape(p, set, &added))
            return false;
        if (added)
            continue;
        size_t offset = p->at;
        uint32_t low, high;
        if (!read_class_rune(p, open, &low))
            return false;
        high = low;
        if (next_is(p, "-") && p->at + 1 < p->pattern.size && p->pattern.data[p->at + 1] != ']') {
            p->at++;
            if (!read_class_rune(p, open, &high))
                return false;
            if (high < low)
                return refuse(p, offset, MESSAGE_REGEX_BAD_CHARACTER_RANGE);
        }
        if (!regex_class_add(p->classes, set, low, high))
            return out_of_memory(p);
    }
    p->at++;
    return append_class(p, set);
}

/* ---- the loop ---- */

static bool read_escape(parser *p, size_t offset)
{
    /* p->at is after the backslash. */
    char letter = more(p) ? p->pattern.data[p->at] : '\0';
    switch (letter) {
    case 'A':
        p->at++;
        return append_assertion(p, REGEX_BEGIN_TEXT);
    case 'z':
        p->at++;
        return append_assertion(p, REGEX_END_TEXT);
    case 'b':
        p->at++;
        return append_assertion(p, REGEX_WORD);
    case 'B':
        p->at++;
        return append_assertion(p, REGEX_NOT_WORD);
    case 'Q':
        for (p->at++; more(p) && !next_is(p, "\\E");) {
            uint32_t c;
            if (!read_rune(p, &c) || !append_rune(p, c))
                return false;
        }
        p->at += more(p) ? 2 : 0;
        return true;
    case 'E': /* the end of a \Q that is not there */
        p->at++;
        return true;
    case 'd':
    case 'D':
    case 's':
    case 'S':
    case 'w':
    case 'W':
    case 'p':
    case 'P': {
        regex_class *set = new_class(p);
        bool added;
        p->at = offset;
        return set && read_class_escape(p, set, &added) && append_class(p, set);
    }
    default: {
        uint32_t c;
        return read_escaped_rune(p, offset, &c) && append_rune(p, c);
    }
    }
}

static bool read_item(parser *p)
{
    size_t offset = p->at;
    uint32_t c;
    if (!read_rune(p, &c))
        return false;
    switch (c) {
    case '(':
        if (next_is(p, "?")) {
            p->at++;
            return read_group_start(p, offset);
        }
        return open_group(p, offset, true, p->flags);
    case ')':
        return close_group(p, offset);
    case '|':
        return close_alternative(p);
    case '*':
        return repeat(p, offset, 0, UINT32_MAX);
    case '+':
        return repeat(p, offset, 1, UINT32_MAX);
    case '?':
        return repeat(p, offset, 0, 1);
    case '{': {
        bool counted;
        if (!read_counted(p, offset, &counted))
            return false;
        return counted || append_rune(p, '{');
    }
    case '[':
        return read_class(p, offset);
    case '.':
        return append(p, node(p, p->flags & DOT_NEWLINE ? REGEX_NODE_ANY : REGEX_NODE_NOT_NL));
    case '^':
        return append_assertion(p, p->flags & MULTI_LINE ? REGEX_BEGIN_LINE : REGEX_BEGIN_TEXT);
    case '$':
        return append_assertion(p, p->flags & MULTI_LINE ? REGEX_END_LINE : REGEX_END_TEXT);
    case '\\':
        return read_escape(p, offset);
    default:
        return append_rune(p, c);
    }
}

regex_node *regex_parse(arena *nodes, arena *classes, str pattern, size_t *groups, regex_failure *why)
{
    parser *p = arena_new(nodes, sizeof *p);
    if (!p) {
        *why = (regex_failure){.nomem = true};
        return NULL;
    }
    *p = (parser){.nodes = nodes, .classes = classes, .pattern = pattern, .why = why};
    map_init(&p->names, nodes->allocator);
    bool good = true;
    while (good && more(p))
        good = read_item(p);
    regex_node *tree = NULL;
    if (good && p->depth)
        refuse(p, p->frames[p->depth].offset, MESSAGE_REGEX_MISSING_PARENTHESIS);
    else if (good)
        tree = close_frame(p);
    *groups = p->captures;
    map_free(&p->names);
    return tree;
}
