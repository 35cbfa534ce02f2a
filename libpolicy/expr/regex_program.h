/*
 * Inside the regular expressions: the tree that the parser makes and the program that the search runs.
 *
 *   pattern --regex_parse--> tree (a throw-away arena) --regex_emit--> program (the regex's own arena)
 *
 * Both work on code points, not on bytes. Character classes are the only structure that the two share.
 */
#ifndef POLICY_EXPR_REGEX_PROGRAM_H
#define POLICY_EXPR_REGEX_PROGRAM_H

#include "base/arena.h"
#include "expr/regex.h"

enum {
    REGEX_MAX_NESTING = 100, /* groups in groups; bounds every recursion over the tree */
    REGEX_MAX_REPEAT = 1000  /* n and m of x{n,m} */
};

typedef struct regex_range {
    uint32_t low, high;
} regex_range;

/* A set of code points: ranges, or general categories (bit i is category i of utf8proc), or all but those. */
typedef struct regex_class {
    regex_range *ranges; /* sorted, disjoint and not touching once regex_class_close was called */
    size_t count, capacity;
    uint32_t categories;
    bool negated, folded; /* folded: a code point is in when one that differs only by case is */
    uint32_t ascii[4];    /* bit map of the first 128, everything above applied */
} regex_class;

/* ---- character classes: regex_class.c ---- */

bool regex_class_add(arena *a, regex_class *c, uint32_t low, uint32_t high);
/* What is in `ranges` (sorted), or with `negated` what is not. */
bool regex_class_add_ranges(arena *a, regex_class *c, const regex_range *ranges, size_t count, bool negated);
/* \d \s \w (and in upper case what is not); false when out of memory. */
bool regex_class_add_perl(arena *a, regex_class *c, char letter);
typedef enum regex_named { REGEX_NAMED_OK, REGEX_NAMED_UNKNOWN, REGEX_NAMED_NOMEM } regex_named;
regex_named regex_class_add_posix(arena *a, regex_class *c, str name, bool negated); /* alpha, digit ... */
/* \p{name}: a general category (L, Lu, N, Nd ...), Any, or one of a few scripts. */
regex_named regex_class_add_property(arena *a, regex_class *c, str name, bool negated);
/* Sort, merge, add what differs by case, fill the bit map. */
bool regex_class_close(arena *a, regex_class *c);
bool regex_class_has(const regex_class *c, uint32_t code_point);
/* Code points that differ only by case fold to one. */
uint32_t regex_fold(uint32_t code_point);
/* ASCII letters, digits and _, as \w and \b see them. */
bool regex_is_word(uint32_t code_point);

/* ---- the tree: regex_parse.c ---- */

typedef enum regex_node_kind {
    REGEX_NODE_EMPTY,
    REGEX_NODE_RUNE,      /* code_point, folded */
    REGEX_NODE_ANY,       /* . with (?s) */
    REGEX_NODE_NOT_NL,    /* . */
    REGEX_NODE_CLASS,     /* set */
    REGEX_NODE_ASSERT,    /* assertion */
    REGEX_NODE_GROUP,     /* capture (0: none), first */
    REGEX_NODE_CONCAT,    /* first, next ... */
    REGEX_NODE_ALTERNATE, /* first, next ... */
    REGEX_NODE_REPEAT     /* first, min, max (UINT32_MAX: no bound), lazy */
} regex_node_kind;

typedef enum regex_assertion {
    REGEX_BEGIN_TEXT,
    REGEX_END_TEXT,
    REGEX_BEGIN_LINE,
    REGEX_END_LINE,
    REGEX_WORD,
    REGEX_NOT_WORD
} regex_assertion;

typedef struct regex_node regex_node;
struct regex_node {
    uint8_t kind;
    uint8_t assertion;
    bool folded, lazy;
    uint32_t code_point;
    uint32_t capture;
    uint32_t min, max;
    regex_class *set;
    regex_node *first; /* child */
    regex_node *next;  /* sibling */
};

/* NULL with *why filled. Classes live in `classes`, nodes in `nodes`. */
regex_node *regex_parse(arena *nodes, arena *classes, str pattern, size_t *groups, regex_failure *why);

/* ---- the program: regex_emit.c ---- */

typedef enum regex_operation {
    REGEX_MATCH,
    REGEX_RUNE,   /* x: code point; then the next instruction */
    REGEX_FOLDED, /* x: folded code point */
    REGEX_ANY,
    REGEX_ANY_NOT_NL,
    REGEX_CLASS, /* x: index of the class */
    REGEX_JUMP,  /* x: where */
    REGEX_SPLIT, /* x: preferred, y: other */
    REGEX_SAVE,  /* x: place in the captures: 2g begin, 2g + 1 end of group g */
    REGEX_ASSERT /* x: regex_assertion */
} regex_operation;

typedef struct regex_instruction {
    uint32_t operation;
    uint32_t x, y;
} regex_instruction;

struct regex {
    const policy_allocator *allocator;
    arena memory;
    regex_instruction *code;
    size_t count;
    const regex_class **classes;
    size_t class_count;
    size_t groups;
    bool anchored; /* every match begins at the beginning of the text */
    bool literal;  /* nothing but `prefix`, which then is the whole pattern */
    str prefix;    /* bytes that every match begins with; may be empty */
};

/* Fill code, classes, anchored, literal and prefix. False: over `max_instructions` or out of memory (*nomem). */
bool regex_emit(regex *r, const regex_node *tree, size_t max_instructions, bool *nomem);

#endif
