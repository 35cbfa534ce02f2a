/*
 * Versions: compared number by number, missing numbers are 0. A range is one version, or terms that all must hold.
 */
#include "pack/version.h"

#include "base/number.h"

#define PARTS 4

static bool read(str version, uint64_t parts[PARTS])
{
    memset(parts, 0, PARTS * sizeof *parts);
    size_t at = 0;
    for (int i = 0; i < PARTS; i++) {
        size_t from = at;
        while (at < version.size && version.data[at] >= '0' && version.data[at] <= '9')
            at++;
        if (at == from || at - from > 9 || !number_read_uint(str_slice(version, from, at), &parts[i]))
            return false;
        if (at == version.size)
            return true;
        if (version.data[at++] != '.')
            return false;
    }
    return false;
}

bool version_valid(str version)
{
    uint64_t parts[PARTS];
    return read(version, parts);
}

int version_compare(str a, str b)
{
    uint64_t x[PARTS], y[PARTS];
    read(a, x);
    read(b, y);
    for (int i = 0; i < PARTS; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

typedef enum relation { EXACT, AT_LEAST, ABOVE, AT_MOST, BELOW } relation;

/* The next term from *at on; false at the end or when malformed (then *at is not at the end). */
static bool next_term(str range, size_t *at, relation *r, str *version)
{
    size_t i = *at;
    while (i < range.size && range.data[i] == ' ')
        i++;
    *at = i;
    if (i == range.size)
        return false;
    char c = range.data[i];
    *r = EXACT;
    if (c == '<' || c == '>') {
        bool or_equal = i + 1 < range.size && range.data[i + 1] == '=';
        *r = c == '<' ? (or_equal ? AT_MOST : BELOW) : (or_equal ? AT_LEAST : ABOVE);
        i += or_equal ? 2 : 1;
        while (i < range.size && range.data[i] == ' ')
            i++;
    }
    size_t from = i;
    while (i < range.size && range.data[i] != ' ')
        i++;
    *version = str_slice(range, from, i);
    if (!version_valid(*version))
        return false;
    *at = i;
    return true;
}

bool version_range_valid(str range)
{
    size_t at = 0;
    unsigned terms = 0, exact = 0;
    relation r;
    str version;
    while (next_term(range, &at, &r, &version)) {
        terms++;
        exact += r == EXACT;
    }
    return at == range.size && terms > 0 && (exact == 0 || terms == 1);
}

bool version_fits(str version, str range)
{
    size_t at = 0;
    relation r;
    str bound;
    while (next_term(range, &at, &r, &bound)) {
        int order = version_compare(version, bound);
        bool fits = r == EXACT      ? order == 0
                    : r == AT_LEAST ? order >= 0
                    : r == ABOVE    ? order > 0
                    : r == AT_MOST  ? order <= 0
                                    : order < 0;
        if (!fits)
            return false;
    }
    return true;
}
