/*
 * Regular expressions: the front door and the search.
 *
 * The search is Pike's: all threads of the program walk through the text side by side, in order of preference, and no
 * two of them stand at the same instruction. So a text of n code points costs at most n times the program's size,
 * whatever the pattern. Threads carry captures only when spans are wanted.
 */
#include "expr/regex.h"

#include "expr/regex_program.h"

/* ---- making ---- */

regex *regex_new(const policy_allocator *a, str pattern, size_t max_instructions, regex_failure *why)
{
    *why = (regex_failure){.nomem = true};
    regex *r = allocator_zero(a, 1, sizeof *r);
    if (!r)
        return NULL;
    r->allocator = a;
    arena_init(&r->memory, a, 0);
    arena nodes;
    arena_init(&nodes, a, 0);
    bool good = false, nomem = false;
    regex_node *tree = regex_parse(&nodes, &r->memory, pattern, &r->groups, why);
    if (tree) {
        good = regex_emit(r, tree, max_instructions, &nomem);
        if (!good && !nomem)
            *why = (regex_failure){.message = MESSAGE_REGEX_TOO_LARGE};
    }
    arena_free(&nodes);
    if (good)
        return r;
    regex_free(r);
    return NULL;
}

void regex_free(regex *r)
{
    if (!r)
        return;
    const policy_allocator *a = r->allocator;
    arena_free(&r->memory);
    allocator_free(a, r);
}

size_t regex_groups(const regex *r)
{
    return r->groups;
}

/* ---- searching ---- */

/* Instructions that threads stand at, in order of preference: a sparse set, with each thread's captures beside it. */
typedef struct threads {
    uint32_t *dense, *sparse;
    size_t count;
    size_t *captures; /* capture_count of each; NULL when not wanted */
} threads;

/* What following an instruction without reading leaves to do: visit `pc`, or (pc UINT32_MAX) put a capture back. */
typedef struct todo {
    uint32_t pc, place;
    size_t value;
} todo;

typedef struct search {
    const regex *r;
    str text;
    size_t at;              /* bytes read */
    uint32_t before, after; /* code points around `at`; UTF8_BAD at the ends */
    size_t capture_count;
    size_t *captures; /* of the thread being followed */
    todo *stack;
    uint64_t steps;
    bool matched; /* without captures: as soon as MATCH is reached */
} search;

static bool holds(const search *s, uint32_t assertion)
{
    switch (assertion) {
    case REGEX_BEGIN_TEXT:
        return s->at == 0;
    case REGEX_END_TEXT:
        return s->at == s->text.size;
    case REGEX_BEGIN_LINE:
        return s->at == 0 || s->before == '\n';
    case REGEX_END_LINE:
        return s->at == s->text.size || s->after == '\n';
    default:
        return (regex_is_word(s->before) != regex_is_word(s->after)) == (assertion == REGEX_WORD);
    }
}

/* Add the thread at `pc` and all that it reaches without reading. */
static void follow(search *s, threads *list, uint32_t pc)
{
    size_t depth = 0;
    s->stack[depth++] = (todo){.pc = pc};
    while (depth) {
        todo next = s->stack[--depth];
        if (next.pc == UINT32_MAX) {
            s->captures[next.place] = next.value;
            continue;
        }
        for (pc = next.pc;;) {
            uint32_t seen = list->sparse[pc];
            if (seen < list->count && list->dense[seen] == pc)
                break;
            list->sparse[pc] = (uint32_t)list->count;
            list->dense[list->count] = pc;
            s->steps++;
            const regex_instruction *code = &s->r->code[pc];
            if (list->captures && (code->operation <= REGEX_CLASS))
                memcpy(list->captures + list->count * s->capture_count, s->captures,
                       s->capture_count * sizeof *s->captures);
            list->count++;
            if (code->operation == REGEX_JUMP) {
                pc = code->x;
            } else if (code->operation == REGEX_SPLIT) {
                s->stack[depth++] = (todo){.pc = code->y};
                pc = code->x;
            } else if (code->operation == REGEX_SAVE) {
                if (s->captures) {
                    s->stack[depth++] = (todo){UINT32_MAX, code->x, s->captures[code->x]};
                    s->captures[code->x] = s->at;
                }
                pc++;
            } else if (code->operation == REGEX_ASSERT && holds(s, code->x)) {
                pc++;
            } else {
                s->matched = s->matched || code->operation == REGEX_MATCH;
                break;
            }
        }
    }
}

static bool reads(const regex *r, const regex_instruction *code, uint32_t c)
{
    switch (code->operation) {
    case REGEX_RUNE:
        return c == code->x;
    case REGEX_FOLDED:
        return regex_fold(c) == code->x;
    case REGEX_ANY:
        return true;
    case REGEX_ANY_NOT_NL:
        return c != '\n';
    case REGEX_CLASS:
        return regex_class_has(r->classes[code->x], c);
    default:
        return false;
    }
}

/* Malformed bytes read as U+FFFD, one each. */
static uint32_t read_next(str text, size_t *at)
{
    unsigned char byte = (unsigned char)text.data[*at];
    if (byte < 0x80) {
        ++*at;
        return byte;
    }
    uint32_t c = utf8_next(text, at);
    return c == UTF8_BAD ? 0xFFFD : c;
}

static uint32_t read_before(str text, size_t at)
{
    if (at == 0)
        return UTF8_BAD;
    size_t from = at - 1;
    while (from > 0 && at - from < 4 && ((unsigned char)text.data[from] & 0xC0) == 0x80)
        from--;
    size_t end = from;
    uint32_t c = utf8_next(text, &end);
    return end == at && c != UTF8_BAD ? c : 0xFFFD;
}

/* A pattern without choices is a plain search. */
static int find_literal(const regex *r, str text, size_t start, regex_span *spans, uint64_t *steps, uint64_t most)
{
    str wanted = r->prefix;
    size_t at = start;
    uint64_t work = 0;
    int found = 0;
    while (!found && wanted.size <= text.size - at && (!r->anchored || at == 0)) {
        const char *first = wanted.size && !r->anchored
                                ? memchr(text.data + at, wanted.data[0], text.size - at - wanted.size + 1)
                                : text.data + at;
        if (!first) {
            work += (text.size - at) / 16;
            break;
        }
        size_t place = (size_t)(first - text.data);
        work += 1 + (place - at) / 16 + wanted.size / 16;
        if (most && work > most) {
            found = -2;
        } else if (!wanted.size || memcmp(first, wanted.data, wanted.size) == 0) {
            found = 1;
            if (spans)
                spans[0] = (regex_span){place, place + wanted.size};
        }
        at = place + 1;
        if (at > text.size)
            break;
    }
    *steps += work;
    return found;
}

static bool make_list(threads *list, arena *scratch, size_t count, size_t capture_count)
{
    list->dense = arena_array(scratch, count, sizeof *list->dense);
    list->sparse = arena_array(scratch, count, sizeof *list->sparse);
    if (capture_count && count <= SIZE_MAX / capture_count)
        list->captures = arena_array(scratch, count * capture_count, sizeof *list->captures);
    return list->dense && list->sparse && (!capture_count || list->captures);
}

/* With nothing under way, hop to the next place where a match can begin. False: there is none. */
static bool hop(search *s)
{
    str prefix = s->r->prefix;
    if (s->r->anchored)
        return s->at == 0;
    if (!prefix.size)
        return true;
    size_t left = s->text.size - s->at;
    const char *first = left ? memchr(s->text.data + s->at, prefix.data[0], left) : NULL;
    size_t place = first ? (size_t)(first - s->text.data) : s->text.size;
    s->steps += (place - s->at) / 16;
    if (place > s->at) {
        s->at = place;
        s->before = read_before(s->text, place);
    }
    return first != NULL;
}

/* `best` receives the captures of the preferred match; without it any match will do. */
static int run(search *s, threads *now, threads *later, size_t start, size_t *best, uint64_t most)
{
    const regex *r = s->r;
    bool found = false;
    s->at = start;
    s->before = read_before(s->text, start);
    while (now->count || (!found && hop(s))) {
        size_t next = s->at;
        bool end = s->at >= s->text.size;
        uint32_t read = end ? UTF8_BAD : read_next(s->text, &next);
        s->after = read;
        if (!found && (!r->anchored || s->at == 0)) {
            for (size_t i = 0; i < s->capture_count; i++)
                s->captures[i] = SIZE_MAX;
            follow(s, now, 0); /* a match that begins here: less preferred than those under way */
        }
        if (!best && s->matched)
            return 1;
        /* Threads that read go on to `later`; assertions there look at the code points around `next`. */
        size_t past_next = next;
        s->at = next;
        s->before = read;
        s->after = next < s->text.size ? read_next(s->text, &past_next) : UTF8_BAD;
        for (size_t i = 0; i < now->count; i++) {
            const regex_instruction *code = &r->code[now->dense[i]];
            if (code->operation > REGEX_CLASS)
                continue;
            s->steps++;
            if (code->operation == REGEX_MATCH) {
                found = true;
                if (best)
                    memcpy(best, now->captures + i * s->capture_count, s->capture_count * sizeof *best);
                break; /* the rest is less preferred */
            }
            if (end || !reads(r, code, read))
                continue;
            if (s->captures)
                memcpy(s->captures, now->captures + i * s->capture_count, s->capture_count * sizeof *s->captures);
            follow(s, later, now->dense[i] + 1);
        }
        if (end)
            break;
        if (most && s->steps > most)
            return -2;
        threads swap = *now;
        *now = *later;
        *later = swap;
        later->count = 0;
    }
    return found;
}

int regex_search(const regex *r, str text, size_t start, arena *scratch, regex_span *spans, uint64_t *steps,
                 uint64_t most)
{
    if (start > text.size)
        return 0;
    if (r->literal)
        return find_literal(r, text, start, spans, steps, most);
    arena_mark mark = arena_here(scratch);
    search s = {.r = r, .text = text};
    threads now = {0}, later = {0};
    size_t *best = NULL;
    int result = -1;
    s.capture_count = spans ? 2 * (r->groups + 1) : 0;
    s.stack = arena_array(scratch, 2 * r->count + 2, sizeof *s.stack);
    if (!s.stack || !make_list(&now, scratch, r->count, s.capture_count) ||
        !make_list(&later, scratch, r->count, s.capture_count))
        goto out;
    if (spans) {
        s.captures = arena_array(scratch, s.capture_count, sizeof *s.captures);
        best = arena_array(scratch, s.capture_count, sizeof *best);
        if (!s.captures || !best)
            goto out;
    }
    s.steps = 1 + r->count / 16;
    result = run(&s, &now, &later, start, best, most);
    for (size_t i = 0; spans && result == 1 && i <= r->groups; i++) {
        bool whole = best[2 * i] != SIZE_MAX && best[2 * i + 1] != SIZE_MAX;
        spans[i] = whole ? (regex_span){best[2 * i], best[2 * i + 1]} : (regex_span){SIZE_MAX, SIZE_MAX};
    }
    *steps += s.steps;
out:
    arena_release(scratch, mark);
    return result;
}
