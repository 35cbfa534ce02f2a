/*
 * Finding one text in another in linear time. See text_search.h.
 */
#include "expr/text_search.h"

enum { SHORT = 32 };

bool text_search_init(text_search *s, arena *scratch, str text, str wanted, bool overlapping)
{
    *s = (text_search){.text = text, .wanted = wanted, .overlapping = overlapping};
    if (wanted.size <= SHORT || wanted.size > text.size)
        return true;
    s->fallback = arena_array(scratch, wanted.size, sizeof *s->fallback);
    if (!s->fallback)
        return false;
    for (size_t i = 1, matched = 0; i < wanted.size; i++) {
        while (matched && wanted.data[i] != wanted.data[matched])
            matched = s->fallback[matched - 1];
        if (wanted.data[i] == wanted.data[matched])
            matched++;
        s->fallback[i] = (uint32_t)matched;
    }
    return true;
}

static size_t next_short(text_search *s)
{
    while (s->wanted.size && s->wanted.size <= s->text.size - s->at) {
        const char *from = s->text.data + s->at;
        const char *first = memchr(from, s->wanted.data[0], s->text.size - s->at - s->wanted.size + 1);
        if (!first)
            break;
        size_t place = (size_t)(first - s->text.data);
        bool found = memcmp(first, s->wanted.data, s->wanted.size) == 0;
        s->at = place + (found && !s->overlapping ? s->wanted.size : 1);
        if (found)
            return place;
    }
    s->at = s->text.size;
    return TEXT_SEARCH_NONE;
}

size_t text_search_next(text_search *s)
{
    if (!s->fallback)
        return next_short(s);
    while (s->at < s->text.size) {
        char c = s->text.data[s->at++];
        while (s->matched && c != s->wanted.data[s->matched])
            s->matched = s->fallback[s->matched - 1];
        if (c == s->wanted.data[s->matched])
            s->matched++;
        if (s->matched == s->wanted.size) {
            s->matched = s->overlapping ? s->fallback[s->matched - 1] : 0;
            return s->at - s->wanted.size;
        }
    }
    return TEXT_SEARCH_NONE;
}
