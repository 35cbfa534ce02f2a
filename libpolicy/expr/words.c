/*
 * The automaton: a trie of the words, each node with a link to the longest proper suffix that is in the trie too.
 *
 *      words: 周考 月考        root -> 周 -> 考*          (bytes in truth; * accepts)
 *                                   -> 月 -> 考*
 *
 * On a byte that a node has no child for, the link is followed, so the text is never read twice. A node whose link
 * leads to an accepting node accepts too: that is the hard case (word `a` inside `bab`).
 */
#include "expr/words.h"

typedef struct node {
    uint32_t child, sibling, link; /* 0: none; the root is node 0 and nobody's child */
    unsigned char byte;
    bool accepts;
} node;

struct words {
    arena *arena;
    node *nodes;
    size_t count, capacity;
};

static uint32_t find(const words *w, uint32_t at, unsigned char byte)
{
    uint32_t child = w->nodes[at].child;
    while (child && w->nodes[child].byte != byte) {
        child = w->nodes[child].sibling;
    }
    return child;
}

static uint32_t add_node(words *w, uint32_t parent, unsigned char byte)
{
    if (w->count == w->capacity) {
        size_t capacity = w->capacity * 2;
        node *nodes = capacity > UINT32_MAX / 2
                          ? NULL
                          : arena_resize(w->arena, w->nodes, w->capacity * sizeof *nodes, capacity * sizeof *nodes);
        if (!nodes) {
            return 0;
        }
        w->nodes = nodes;
        w->capacity = capacity;
    }
    uint32_t made = (uint32_t)w->count++;
    w->nodes[made] = (node){.sibling = w->nodes[parent].child, .byte = byte};
    w->nodes[parent].child = made;
    return made;
}

words *words_new(arena *a)
{
    words *w = arena_new(a, sizeof *w);
    node *nodes = w ? arena_array(a, 64, sizeof *nodes) : NULL;
    if (!nodes) {
        return NULL;
    }
    *w = (words){a, nodes, 1, 64};
    return w;
}

bool words_add(words *w, str word)
{
    uint32_t at = 0;
    for (size_t i = 0; i < word.size; i++) {
        unsigned char byte = (unsigned char)word.data[i];
        uint32_t child = find(w, at, byte);
        if (!child) {
            child = add_node(w, at, byte);
        }
        if (!child) {
            return false;
        }
        at = child;
    }
    w->nodes[at].accepts = true;
    return true;
}

/* From `at`, by links, to a node that has a child for the byte: that child, or the root. */
static uint32_t step(const words *w, uint32_t at, unsigned char byte)
{
    for (;;) {
        uint32_t child = find(w, at, byte);
        if (child || at == 0) {
            return child;
        }
        at = w->nodes[at].link;
    }
}

/* Breadth first, because a node's link is nearer to the root than the node. */
bool words_finish(words *w)
{
    uint32_t *queue = arena_array(w->arena, w->count, sizeof *queue);
    if (!queue) {
        return false;
    }
    size_t from = 0, until = 1;
    while (from < until) {
        uint32_t parent = queue[from++];
        for (uint32_t child = w->nodes[parent].child; child; child = w->nodes[child].sibling) {
            node *n = &w->nodes[child];
            n->link = parent ? step(w, w->nodes[parent].link, n->byte) : 0;
            n->accepts = n->accepts || w->nodes[n->link].accepts;
            queue[until++] = child;
        }
    }
    return true;
}

size_t words_size(const words *w)
{
    return w->count;
}

bool words_in(const words *w, str text)
{
    uint32_t at = 0;
    if (w->nodes[0].accepts) {
        return true;
    }
    for (size_t i = 0; i < text.size; i++) {
        at = step(w, at, (unsigned char)text.data[i]);
        if (w->nodes[at].accepts) {
            return true;
        }
    }
    return false;
}
