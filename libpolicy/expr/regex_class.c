/*
 * Character classes of regular expressions: sets of code points, from [a-z\d] to \p{Lu}.
 *
 * General categories and case come from utf8proc, so that there is no table of them here; the few scripts that
 * school records are written in are short lists of ranges.
 */
#include "expr/regex_program.h"

#include <utf8proc.h>

#define LAST_CODE_POINT 0x10FFFFu

/* ---- adding ---- */

bool regex_class_add(arena *a, regex_class *c, uint32_t low, uint32_t high)
{
    if (c->count == c->capacity) {
        size_t wanted = c->capacity ? c->capacity * 2 : 8;
        regex_range *grown = arena_resize(a, c->ranges, c->capacity * sizeof *grown, wanted * sizeof *grown);
        if (!grown)
            return false;
        c->ranges = grown;
        c->capacity = wanted;
    }
    c->ranges[c->count++] = (regex_range){low, high};
    return true;
}

bool regex_class_add_ranges(arena *a, regex_class *c, const regex_range *ranges, size_t count, bool negated)
{
    uint32_t from = 0; /* of the gap before the next range */
    for (size_t i = 0; i < count; i++) {
        if (!negated) {
            if (!regex_class_add(a, c, ranges[i].low, ranges[i].high))
                return false;
        } else {
            if (ranges[i].low > from && !regex_class_add(a, c, from, ranges[i].low - 1))
                return false;
            from = ranges[i].high + 1;
        }
    }
    return !negated || from > LAST_CODE_POINT || regex_class_add(a, c, from, LAST_CODE_POINT);
}

bool regex_class_add_perl(arena *a, regex_class *c, char letter)
{
    static const regex_range digit[] = {{'0', '9'}};
    static const regex_range space[] = {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
    static const regex_range word[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
    bool negated = letter >= 'A' && letter <= 'Z';
    switch (letter) {
    case 'd':
    case 'D':
        return regex_class_add_ranges(a, c, digit, 1, negated);
    case 's':
    case 'S':
        return regex_class_add_ranges(a, c, space, 3, negated);
    default:
        return regex_class_add_ranges(a, c, word, 4, negated);
    }
}

typedef struct named_ranges {
    const char *name;
    size_t count;
    regex_range ranges[40];
} named_ranges;

static const named_ranges posix_classes[] = {
    {"alnum", 3, {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
    {"alpha", 2, {{'A', 'Z'}, {'a', 'z'}}},
    {"ascii", 1, {{0, 0x7F}}},
    {"blank", 2, {{'\t', '\t'}, {' ', ' '}}},
    {"cntrl", 2, {{0, 0x1F}, {0x7F, 0x7F}}},
    {"digit", 1, {{'0', '9'}}},
    {"graph", 1, {{'!', '~'}}},
    {"lower", 1, {{'a', 'z'}}},
    {"print", 1, {{' ', '~'}}},
    {"punct", 4, {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
    {"space", 2, {{'\t', '\r'}, {' ', ' '}}},
    {"upper", 1, {{'A', 'Z'}}},
    {"word", 4, {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
    {"xdigit", 3, {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
};

/* Unicode 14 Scripts.txt. */
static const named_ranges scripts[] = {
    {"Bopomofo", 3, {{0x2EA, 0x2EB}, {0x3105, 0x312F}, {0x31A0, 0x31BF}}},
    {"Cyrillic",
     8,
     {{0x400, 0x484},
      {0x487, 0x52F},
      {0x1C80, 0x1C88},
      {0x1D2B, 0x1D2B},
      {0x1D78, 0x1D78},
      {0x2DE0, 0x2DFF},
      {0xA640, 0xA69F},
      {0xFE2E, 0xFE2F}}},
    {"Greek", 36, {{0x370, 0x373},    {0x375, 0x377},   {0x37A, 0x37D},   {0x37F, 0x37F},     {0x384, 0x384},
                   {0x386, 0x386},    {0x388, 0x38A},   {0x38C, 0x38C},   {0x38E, 0x3A1},     {0x3A3, 0x3E1},
                   {0x3F0, 0x3FF},    {0x1D26, 0x1D2A}, {0x1D5D, 0x1D61}, {0x1D66, 0x1D6A},   {0x1DBF, 0x1DBF},
                   {0x1F00, 0x1F15},  {0x1F18, 0x1F1D}, {0x1F20, 0x1F45}, {0x1F48, 0x1F4D},   {0x1F50, 0x1F57},
                   {0x1F59, 0x1F59},  {0x1F5B, 0x1F5B}, {0x1F5D, 0x1F5D}, {0x1F5F, 0x1F7D},   {0x1F80, 0x1FB4},
                   {0x1FB6, 0x1FC4},  {0x1FC6, 0x1FD3}, {0x1FD6, 0x1FDB}, {0x1FDD, 0x1FEF},   {0x1FF2, 0x1FF4},
                   {0x1FF6, 0x1FFE},  {0x2126, 0x2126}, {0xAB65, 0xAB65}, {0x10140, 0x1018E}, {0x101A0, 0x101A0},
                   {0x1D200, 0x1D245}}},
    {"Han", 20, {{0x2E80, 0x2E99},   {0x2E9B, 0x2EF3},   {0x2F00, 0x2FD5},   {0x3005, 0x3005},   {0x3007, 0x3007},
                 {0x3021, 0x3029},   {0x3038, 0x303B},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFA6D},
                 {0xFA70, 0xFAD9},   {0x16FE2, 0x16FE3}, {0x16FF0, 0x16FF1}, {0x20000, 0x2A6DF}, {0x2A700, 0x2B738},
                 {0x2B740, 0x2B81D}, {0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0}, {0x2F800, 0x2FA1D}, {0x30000, 0x3134A}}},
    {"Hiragana", 5, {{0x3041, 0x3096}, {0x309D, 0x309F}, {0x1B001, 0x1B11F}, {0x1B150, 0x1B152}, {0x1F200, 0x1F200}}},
    {"Katakana",
     13,
     {{0x30A1, 0x30FA},
      {0x30FD, 0x30FF},
      {0x31F0, 0x31FF},
      {0x32D0, 0x32FE},
      {0x3300, 0x3357},
      {0xFF66, 0xFF6F},
      {0xFF71, 0xFF9D},
      {0x1AFF0, 0x1AFF3},
      {0x1AFF5, 0x1AFFB},
      {0x1AFFD, 0x1AFFE},
      {0x1B000, 0x1B000},
      {0x1B120, 0x1B122},
      {0x1B164, 0x1B167}}},
    {"Latin", 38, {{0x41, 0x5A},       {0x61, 0x7A},       {0xAA, 0xAA},      {0xBA, 0xBA},     {0xC0, 0xD6},
                   {0xD8, 0xF6},       {0xF8, 0x2B8},      {0x2E0, 0x2E4},    {0x1D00, 0x1D25}, {0x1D2C, 0x1D5C},
                   {0x1D62, 0x1D65},   {0x1D6B, 0x1D77},   {0x1D79, 0x1DBE},  {0x1E00, 0x1EFF}, {0x2071, 0x2071},
                   {0x207F, 0x207F},   {0x2090, 0x209C},   {0x212A, 0x212B},  {0x2132, 0x2132}, {0x214E, 0x214E},
                   {0x2160, 0x2188},   {0x2C60, 0x2C7F},   {0xA722, 0xA787},  {0xA78B, 0xA7CA}, {0xA7D0, 0xA7D1},
                   {0xA7D3, 0xA7D3},   {0xA7D5, 0xA7D9},   {0xA7F2, 0xA7FF},  {0xAB30, 0xAB5A}, {0xAB5C, 0xAB64},
                   {0xAB66, 0xAB69},   {0xFB00, 0xFB06},   {0xFF21, 0xFF3A},  {0xFF41, 0xFF5A}, {0x10780, 0x10785},
                   {0x10787, 0x107B0}, {0x107B2, 0x107BA}, {0x1DF00, 0x1DF1E}}},
};

static const named_ranges *find_ranges(const named_ranges *lists, size_t count, str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(name, str_of(lists[i].name)))
            return &lists[i];
    return NULL;
}

regex_named regex_class_add_posix(arena *a, regex_class *c, str name, bool negated)
{
    const named_ranges *found = find_ranges(posix_classes, sizeof posix_classes / sizeof *posix_classes, name);
    if (!found)
        return REGEX_NAMED_UNKNOWN;
    return regex_class_add_ranges(a, c, found->ranges, found->count, negated) ? REGEX_NAMED_OK : REGEX_NAMED_NOMEM;
}

#define CATEGORY(name) (UINT32_C(1) << UTF8PROC_CATEGORY_##name)

static const struct {
    const char *name;
    uint32_t categories;
} categories[] = {
    {"C", CATEGORY(CC) | CATEGORY(CF) | CATEGORY(CS) | CATEGORY(CO)},
    {"Cc", CATEGORY(CC)},
    {"Cf", CATEGORY(CF)},
    {"Co", CATEGORY(CO)},
    {"Cs", CATEGORY(CS)},
    {"L", CATEGORY(LU) | CATEGORY(LL) | CATEGORY(LT) | CATEGORY(LM) | CATEGORY(LO)},
    {"Ll", CATEGORY(LL)},
    {"Lm", CATEGORY(LM)},
    {"Lo", CATEGORY(LO)},
    {"Lt", CATEGORY(LT)},
    {"Lu", CATEGORY(LU)},
    {"M", CATEGORY(MN) | CATEGORY(MC) | CATEGORY(ME)},
    {"Mc", CATEGORY(MC)},
    {"Me", CATEGORY(ME)},
    {"Mn", CATEGORY(MN)},
    {"N", CATEGORY(ND) | CATEGORY(NL) | CATEGORY(NO)},
    {"Nd", CATEGORY(ND)},
    {"Nl", CATEGORY(NL)},
    {"No", CATEGORY(NO)},
    {"P", CATEGORY(PC) | CATEGORY(PD) | CATEGORY(PS) | CATEGORY(PE) | CATEGORY(PI) | CATEGORY(PF) | CATEGORY(PO)},
    {"Pc", CATEGORY(PC)},
    {"Pd", CATEGORY(PD)},
    {"Pe", CATEGORY(PE)},
    {"Pf", CATEGORY(PF)},
    {"Pi", CATEGORY(PI)},
    {"Po", CATEGORY(PO)},
    {"Ps", CATEGORY(PS)},
    {"S", CATEGORY(SM) | CATEGORY(SC) | CATEGORY(SK) | CATEGORY(SO)},
    {"Sc", CATEGORY(SC)},
    {"Sk", CATEGORY(SK)},
    {"Sm", CATEGORY(SM)},
    {"So", CATEGORY(SO)},
    {"Z", CATEGORY(ZS) | CATEGORY(ZL) | CATEGORY(ZP)},
    {"Zl", CATEGORY(ZL)},
    {"Zp", CATEGORY(ZP)},
    {"Zs", CATEGORY(ZS)},
};

#define EVERY_CATEGORY ((UINT32_C(1) << 30) - 1)

regex_named regex_class_add_property(arena *a, regex_class *c, str name, bool negated)
{
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
        if (!str_equal(name, str_of(categories[i].name)))
            continue;
        uint32_t wanted = categories[i].categories;
        uint32_t cased = CATEGORY(LU) | CATEGORY(LL) | CATEGORY(LT);
        if (c->folded && (wanted & cased)) /* (?i)\p{Lu} is any letter that has a case */
            wanted |= cased;
        /* The categories part all code points among them, so the others are the complement. */
        c->categories |= negated ? ~wanted & EVERY_CATEGORY : wanted;
        return REGEX_NAMED_OK;
    }
    if (str_equal(name, STR("Any"))) {
        if (!negated)
            c->categories = EVERY_CATEGORY;
        return REGEX_NAMED_OK;
    }
    const named_ranges *found = find_ranges(scripts, sizeof scripts / sizeof *scripts, name);
    if (!found)
        return REGEX_NAMED_UNKNOWN;
    return regex_class_add_ranges(a, c, found->ranges, found->count, negated) ? REGEX_NAMED_OK : REGEX_NAMED_NOMEM;
}

/* ---- closing ---- */

/* Heap sort by lower end: no memory, no worst case. */
static void sift(regex_range *ranges, size_t root, size_t count)
{
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count)
            return;
        if (child + 1 < count && ranges[child + 1].low > ranges[child].low)
            child++;
        if (ranges[root].low >= ranges[child].low)
            return;
        regex_range swap = ranges[root];
        ranges[root] = ranges[child];
        ranges[child] = swap;
        root = child;
    }
}

static void sort_and_merge(regex_class *c)
{
    for (size_t i = c->count / 2; i-- > 0;)
        sift(c->ranges, i, c->count);
    for (size_t end = c->count; end > 1; end--) {
        regex_range swap = c->ranges[0];
        c->ranges[0] = c->ranges[end - 1];
        c->ranges[end - 1] = swap;
        sift(c->ranges, 0, end - 1);
    }
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (kept && c->ranges[i].low <= c->ranges[kept - 1].high + 1) {
            if (c->ranges[i].high > c->ranges[kept - 1].high)
                c->ranges[kept - 1].high = c->ranges[i].high;
        } else {
            c->ranges[kept++] = c->ranges[i];
        }
    }
    c->count = kept;
}

uint32_t regex_fold(uint32_t code_point)
{
    if (code_point < 128)
        return code_point >= 'A' && code_point <= 'Z' ? code_point + 32 : code_point;
    if (code_point > LAST_CODE_POINT)
        return code_point;
    int32_t upper = utf8proc_toupper((int32_t)code_point);
    return (uint32_t)utf8proc_tolower(upper);
}

/* Upper, lower and folded forms of what a class names, as far as it names few; the search looks at the forms of the
 * code point it reads as well, so wide ranges need not be spelt out. */
static bool add_cases(arena *a, regex_class *c)
{
    enum { FEW = 512 };
    size_t count = c->count;
    for (size_t i = 0; i < count; i++) {
        if (c->ranges[i].high - c->ranges[i].low >= FEW)
            continue;
        for (uint32_t p = c->ranges[i].low; p <= c->ranges[i].high; p++) {
            uint32_t forms[3] = {(uint32_t)utf8proc_toupper((int32_t)p), (uint32_t)utf8proc_tolower((int32_t)p),
                                 regex_fold(p)};
            for (int f = 0; f < 3; f++)
                if (forms[f] != p && !regex_class_add(a, c, forms[f], forms[f]))
                    return false;
        }
    }
    return true;
}

/* Without case and negation. */
static bool names(const regex_class *c, uint32_t code_point)
{
    if (code_point > LAST_CODE_POINT)
        return false;
    size_t low = 0, high = c->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code_point > c->ranges[middle].high)
            low = middle + 1;
        else if (code_point < c->ranges[middle].low)
            high = middle;
        else
            return true;
    }
    return c->categories && (c->categories >> utf8proc_category((int32_t)code_point) & 1);
}

static bool looked_up(const regex_class *c, uint32_t code_point)
{
    bool in = names(c, code_point);
    if (!in && c->folded && code_point <= LAST_CODE_POINT)
        in = names(c, regex_fold(code_point)) || names(c, (uint32_t)utf8proc_toupper((int32_t)code_point)) ||
             names(c, (uint32_t)utf8proc_tolower((int32_t)code_point));
    return in != c->negated;
}

bool regex_class_close(arena *a, regex_class *c)
{
    if (c->folded && !add_cases(a, c))
        return false;
    sort_and_merge(c);
    for (uint32_t p = 0; p < 128; p++)
        if (looked_up(c, p))
            c->ascii[p / 32] |= UINT32_C(1) << (p % 32);
    return true;
}

bool regex_class_has(const regex_class *c, uint32_t code_point)
{
    if (code_point < 128)
        return c->ascii[code_point / 32] >> (code_point % 32) & 1;
    return looked_up(c, code_point);
}

bool regex_is_word(uint32_t code_point)
{
    return (code_point >= '0' && code_point <= '9') || (code_point >= 'A' && code_point <= 'Z') || code_point == '_' ||
           (code_point >= 'a' && code_point <= 'z');
}
