/* Regular expressions: what they find, what they refuse, and what they cost. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "expr/regex.h"
#include "support/failing_allocator.h"
#include "support/small_stack.h"

#define INSTRUCTIONS 10000

static regex *compile(str pattern, regex_failure *why)
{
    return regex_new(&allocator_system, pattern, INSTRUCTIONS, why);
}

/* 1 found, 0 not, -3 refused; the span of the whole match in *span. */
static int search(const char *pattern, const char *text, regex_span *span, uint64_t *steps)
{
    regex_failure why;
    regex *r = compile(str_of(pattern), &why);
    if (!r)
        return -3;
    arena scratch;
    arena_init(&scratch, &allocator_system, 0);
    regex_span spans[64];
    uint64_t with = 0, without = 0;
    int found = regex_search(r, str_of(text), 0, &scratch, spans, &with, 0);
    int again = regex_search(r, str_of(text), 0, &scratch, NULL, &without, 0);
    cr_assert_eq(found, again, "%s on %s: %d with spans, %d without", pattern, text, found, again);
    if (span)
        *span = spans[0];
    if (steps)
        *steps = without;
    arena_free(&scratch);
    regex_free(r);
    return found;
}

typedef struct finding {
    const char *pattern, *text;
    int from, until; /* -1: no match */
} finding;

static void check_findings(const finding *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        regex_span span = {0};
        int found = search(cases[i].pattern, cases[i].text, &span, NULL);
        cr_expect_eq(found, cases[i].from >= 0, "%s on '%s' gives %d", cases[i].pattern, cases[i].text, found);
        if (found == 1)
            cr_expect(span.from == (size_t)cases[i].from && span.until == (size_t)cases[i].until,
                      "%s on '%s' finds %zu to %zu, not %d to %d", cases[i].pattern, cases[i].text, span.from,
                      span.until, cases[i].from, cases[i].until);
    }
}
#define CHECK(cases) check_findings(cases, sizeof cases / sizeof *cases)

Test(regex, finds_the_leftmost_and_preferred_match)
{
    static const finding cases[] = {
        {"", "abc", 0, 0},
        {"b", "abc", 1, 2},
        {"a|ab", "xab", 1, 2},
        {"ab|a", "xab", 1, 3},
        {"(a|ab)(c|bcd)", "abcd", 0, 4},
        {"a*", "aaab", 0, 3},
        {"a*?", "aaab", 0, 0},
        {"a+?", "aaab", 0, 1},
        {"(?U)a+", "aaab", 0, 1},
        {"(?U)a+?", "aaab", 0, 3},
        {"a{2}", "aaaa", 0, 2},
        {"a{2,}", "aaaa", 0, 4},
        {"a{2,3}", "aaaa", 0, 3},
        {"a{2,3}?", "aaaa", 0, 2},
        {"a{0}", "aaaa", 0, 0},
        {"a{0,2}b", "aaab", 1, 4},
        {"(|a)*", "aa", 0, 0},
        {"(a*)*", "b", 0, 0},
        {"(a*)+$", "aab", 3, 3},
        {"(?:a|b)+c", "xababc", 1, 6},
        {"x*y*z*", "zzz", 0, 3},
        {"abc", "ab", -1, 0},
        {"[^a]", "aab", 2, 3},
        {".", "\n", -1, 0},
        {"(?s).", "\n", 0, 1},
        {"a.c", "a中c", 0, 5},
        {"中{2}", "中中", 0, 6},
        {"[一-龥]+", "3年级2班", 1, 7},
        {"{", "a{", 1, 2},
        {"a{,5}", "a{,5}", 0, 5},
        {"a{1", "a{1", 0, 3},
        {"\\Qa.b*\\E+", "xa.b**", 1, 6},
        {"\\x41\\x{4e2d}\\101\\0", "A中A", -1, 0},
        {"\\x41\\x{4e2d}\\101", "A中A", 0, 5},
        {"[]a]+", "a]", 0, 2},
        {"[a-]+", "a-b", 0, 2},
        {"[\\]\\-]+", "]-", 0, 2},
        {"[[:alpha:][:digit:]]+", "-a1-", 1, 3},
        {"[[:^alpha:]]", "ab1", 2, 3},
        {"[a[:b]+", "a[:b", 0, 4},
    };
    CHECK(cases);
}

Test(regex, anchors_hold_where_they_should)
{
    static const finding cases[] = {
        {"^b", "ab", -1, 0},      {"^a", "ab", 0, 1},
        {"a$", "ab", -1, 0},      {"b$", "ab", 1, 2},
        {"^$", "", 0, 0},         {"^$", "\n", -1, 0},
        {"(?m)^b", "a\nb", 2, 3}, {"(?m)a$", "a\nb", 0, 1},
        {"\\Ab", "a\nb", -1, 0},  {"(?m)a\\z", "a\nb", -1, 0},
        {"b\\z", "a\nb", 2, 3},   {"\\bb", "ab b", 3, 4},
        {"\\Bb", "b ab", 3, 4},   {"\\bfoo\\b", "a foo.", 2, 5},
        {"\\b", "", -1, 0},       {"\\B", "", 0, 0},
        {"(^a|b)c", "abc", 1, 3}, {"^*", "ab", 0, 0},
        {"(^)*a", "ba", 1, 2},    {"$^", "", 0, 0},
        {"a\\b中", "a中", 0, 4},
    };
    CHECK(cases);
}

Test(regex, classes_and_properties)
{
    static const finding cases[] = {
        {"\\d+", "ab12", 2, 4},
        {"\\D+", "12ab", 2, 4},
        {"\\s", "a\tb", 1, 2},
        {"\\w+", "中a_1中", 3, 6},
        {"\\W+", "a中", 1, 4},
        {"[\\d\\s]+", "a1 2", 1, 4},
        {"[^\\d]", "12a", 2, 3},
        {"[\\D]", "12a", 2, 3},
        {"\\pL+", "1中é", 1, 6},
        {"\\p{Han}+", "ab三年级", 2, 11},
        {"\\P{Han}", "三a", 3, 4},
        {"\\p{^Han}", "三a", 3, 4},
        {"[^\\p{Han}]", "三a", 3, 4},
        {"\\p{Lu}", "aÉ", 1, 3},
        {"\\p{Ll}+", "Aé", 1, 3},
        {"\\pN+", "a٣5", 1, 4},
        {"\\p{Nd}", "Ⅷ", -1, 0},
        {"\\p{Nl}", "Ⅷ", 0, 3},
        {"\\p{P}", "a，", 1, 4},
        {"\\p{Zs}", "a\xe3\x80\x80", 1, 4},
        {"\\p{Any}", "中", 0, 3},
        {"[^\\p{Any}]", "中", -1, 0},
        {"\\p{Latin}+", "中abé", 3, 7},
        {"[\\P{L}a]+", "b1a", 1, 3},
        {"\\p{Hiragana}\\p{Katakana}", "あア", 0, 6},
        {"\\p{Greek}\\p{Cyrillic}", "αж", 0, 4},
        {"\\p{Bopomofo}", "ㄅ", 0, 3},
    };
    CHECK(cases);
}

Test(regex, case_can_be_ignored)
{
    static const finding cases[] = {
        {"(?i)abc", "xABC", 1, 4},       {"a(?i)b", "AB", -1, 0},
        {"a(?i)b", "aB", 0, 2},          {"a(?i:b)c", "aBC", -1, 0},
        {"a(?i:b)c", "aBc", 0, 3},       {"(?i)[a-c]+", "ABC", 0, 3},
        {"(?i)[^a]", "Ab", 1, 2},        {"(?i)é", "É", 0, 2},
        {"(?i)k", "\xe2\x84\xaa", 0, 3}, {"(?i)[k]", "\xe2\x84\xaa", 0, 3},
        {"(?i)\xe2\x84\xaa", "k", 0, 1}, {"(?i)[\xe2\x84\xaa]", "k", 0, 1},
        {"(?i)\\p{Lu}", "a", 0, 1},      {"(?i-i:a)", "A", -1, 0},
        {"(?i)(?-i)a", "A", -1, 0},      {"(?i)σ", "ς", 0, 2},
    };
    CHECK(cases);
}

Test(regex, captures_what_groups_matched)
{
    regex_failure why;
    regex *r = compile(STR("(?P<y>\\d{4})-(\\d\\d)(x)?|(?<other>o)"), &why);
    cr_assert_not_null(r);
    cr_assert_eq(regex_groups(r), 4);
    arena scratch;
    arena_init(&scratch, &allocator_system, 0);
    regex_span spans[5];
    uint64_t steps = 0;
    cr_assert_eq(regex_search(r, STR("on 2021-11"), 1, &scratch, spans, &steps, 0), 1);
    cr_expect(spans[0].from == 3 && spans[0].until == 10);
    cr_expect(spans[1].from == 3 && spans[1].until == 7);
    cr_expect(spans[2].from == 8 && spans[2].until == 10);
    cr_expect_eq(spans[3].from, SIZE_MAX);
    cr_expect_eq(spans[4].until, SIZE_MAX);
    regex_free(r);

    r = compile(STR("(a)|b)*"), &why);
    cr_assert_null(r);
    r = compile(STR("(?:(a)|b)*"), &why);
    cr_assert_eq(regex_search(r, STR("ab"), 0, &scratch, spans, &steps, 0), 1);
    cr_expect(spans[1].from == 0 && spans[1].until == 1);
    regex_free(r);
    arena_free(&scratch);
}

Test(regex, searches_go_on_from_where_they_are_told)
{
    regex_failure why;
    regex *words = compile(STR("\\b\\w"), &why), *begin = compile(STR("^a"), &why), *plain = compile(STR("a"), &why);
    arena scratch;
    arena_init(&scratch, &allocator_system, 0);
    regex_span span;
    uint64_t steps = 0;
    cr_assert_eq(regex_search(words, STR("ab cd"), 1, &scratch, &span, &steps, 0), 1);
    cr_expect_eq(span.from, 3);
    cr_expect_eq(regex_search(begin, STR("aa"), 1, &scratch, NULL, &steps, 0), 0);
    cr_expect_eq(regex_search(plain, STR("ba"), 1, &scratch, &span, &steps, 0), 1);
    cr_expect_eq(regex_search(plain, STR("ba"), 2, &scratch, &span, &steps, 0), 0);
    cr_expect_eq(regex_search(plain, STR("ba"), 3, &scratch, &span, &steps, 0), 0);
    regex_free(words);
    regex_free(begin);
    regex_free(plain);
    arena_free(&scratch);
}

Test(regex, malformed_text_is_read_byte_by_byte)
{
    cr_expect_eq(search("a.b",
                        "a\xff"
                        "b",
                        NULL, NULL),
                 1);
    cr_expect_eq(search("a..b",
                        "a\xe4\xb8"
                        "b",
                        NULL, NULL),
                 1);
}

Test(regex, refuses_what_re2_refuses_and_says_where)
{
    static const struct {
        const char *pattern;
        message_id message;
        size_t offset;
    } cases[] = {
        {"a(b", MESSAGE_REGEX_MISSING_PARENTHESIS, 1},
        {"ab)", MESSAGE_REGEX_UNEXPECTED_PARENTHESIS, 2},
        {"a[b", MESSAGE_REGEX_MISSING_BRACKET, 1},
        {"[]", MESSAGE_REGEX_MISSING_BRACKET, 0},
        {"*a", MESSAGE_REGEX_NOTHING_TO_REPEAT, 0},
        {"a|*", MESSAGE_REGEX_NOTHING_TO_REPEAT, 2},
        {"(+)", MESSAGE_REGEX_NOTHING_TO_REPEAT, 1},
        {"a**", MESSAGE_REGEX_BAD_REPETITION_OPERATOR, 2},
        {"a+*?", MESSAGE_REGEX_BAD_REPETITION_OPERATOR, 2},
        {"a{2}{3}", MESSAGE_REGEX_BAD_REPETITION_OPERATOR, 4},
        {"a{1001}", MESSAGE_REGEX_BAD_REPETITION_COUNT, 1},
        {"a{3,2}", MESSAGE_REGEX_BAD_REPETITION_COUNT, 1},
        {"a{99999999999999999999}", MESSAGE_REGEX_BAD_REPETITION_COUNT, 1},
        {"[z-a]", MESSAGE_REGEX_BAD_CHARACTER_RANGE, 1},
        {"[a-\\d]", MESSAGE_REGEX_BAD_ESCAPE, 3},
        {"(a)\\1", MESSAGE_REGEX_BACK_REFERENCE, 3},
        {"(?P=x)", MESSAGE_REGEX_BACK_REFERENCE, 0},
        {"(?=a)", MESSAGE_REGEX_LOOK_AROUND, 0},
        {"a(?!b)", MESSAGE_REGEX_LOOK_AROUND, 1},
        {"(?<=a)b", MESSAGE_REGEX_LOOK_AROUND, 0},
        {"(?<!a)b", MESSAGE_REGEX_LOOK_AROUND, 0},
        {"(?i", MESSAGE_REGEX_BAD_GROUP_FLAGS, 0},
        {"(?i-)", MESSAGE_REGEX_BAD_GROUP_FLAGS, 0},
        {"(?x)", MESSAGE_REGEX_BAD_GROUP_FLAGS, 0},
        {"(?P<a-b>x)", MESSAGE_REGEX_BAD_GROUP_NAME, 0},
        {"(?P<>x)", MESSAGE_REGEX_BAD_GROUP_NAME, 0},
        {"(?P<a>x)(?P<a>y)", MESSAGE_REGEX_DUPLICATE_GROUP_NAME, 12},
        {"\\p{Klingon}", MESSAGE_REGEX_NO_SUCH_PROPERTY, 0},
        {"[\\pX]", MESSAGE_REGEX_NO_SUCH_PROPERTY, 1},
        {"\\p{Han", MESSAGE_REGEX_BAD_ESCAPE, 0},
        {"[[:nope:]]", MESSAGE_REGEX_NO_SUCH_CLASS, 1},
        {"a\\", MESSAGE_REGEX_TRAILING_BACKSLASH, 1},
        {"\\y", MESSAGE_REGEX_BAD_ESCAPE, 0},
        {"\\x{110000}", MESSAGE_REGEX_BAD_ESCAPE, 0},
        {"\\x4", MESSAGE_REGEX_BAD_ESCAPE, 0},
        {"\\中", MESSAGE_REGEX_BAD_ESCAPE, 0},
        {"a\xff", MESSAGE_REGEX_BAD_UTF, 1},
        {"(a{1000}){1000}", MESSAGE_REGEX_TOO_LARGE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        regex_failure why;
        regex *r = compile(str_of(cases[i].pattern), &why);
        cr_expect_null(r, "%s is accepted", cases[i].pattern);
        cr_expect(!why.nomem && why.message == cases[i].message && why.offset == cases[i].offset,
                  "%s: message %d (not %d) at %zu", cases[i].pattern, (int)why.message, (int)cases[i].message,
                  why.offset);
        regex_free(r);
    }
}

Test(regex, groups_nest_a_hundred_deep_and_no_deeper)
{
    char pattern[1000] = "";
    for (int depth = 100; depth <= 101; depth++) {
        size_t size = 0;
        for (int i = 0; i < depth; i++)
            pattern[size++] = '(';
        pattern[size++] = 'a';
        for (int i = 0; i < depth; i++)
            pattern[size++] = ')';
        regex_failure why;
        regex *r = compile((str){pattern, size}, &why);
        cr_expect_eq(r != NULL, depth == 100);
        cr_expect(r || why.message == MESSAGE_REGEX_TOO_DEEP);
        regex_free(r);
    }
}

Test(regex, the_instruction_limit_is_exact)
{
    regex_failure why;
    regex *r = regex_new(&allocator_system, STR("a{7}"), 10, &why); /* begin, seven, end, match */
    cr_expect_not_null(r);
    regex_free(r);
    r = regex_new(&allocator_system, STR("a{7}"), 9, &why);
    cr_expect_null(r);
    cr_expect_eq(why.message, MESSAGE_REGEX_TOO_LARGE);
}

/* ---- cost ---- */

/* A pattern, and the piece of text that is repeated to make a hostile subject; `end` follows. */
static const struct {
    const char *pattern, *piece, *end;
} hostile[] = {
    {"(a+)+$", "a", "b"},
    {"(a+)+b", "a", ""},
    {"(a*)*b", "a", ""},
    {"(a|a)*b", "a", ""},
    {"(a|aa)+$", "a", "b"},
    {"(.*)*x", "a", ""},
    {"(.*)(.*)(.*)(.*)(.*)(.*)x", "a", ""},
    {".*.*.*.*.*.*.*.*.*=", "x", ""},
    {"(a?){30}a{30}", "a", "b"},
    {"(a?){100}b", "a", ""},
    {"(([a-z])+.)+[A-Z]([a-z])+$", "a", ""},
    {"^(([a-z])+)+$", "a", "1"},
    {"(x+x+)+y", "x", ""},
    {"(?:(?:(?:a*)*)*)*b", "a", ""},
    {"((a{1,10}){1,10}){1,10}b", "a", ""},
    {"a{1,500}a{1,500}b", "a", ""},
    {"[ab]*[ab]*[ab]*[ab]*c", "ab", ""},
    {"(?:a|b|ab)*c", "ab", ""},
    {"(?i)(A+)+$", "a", "b"},
    {"(\\w+\\s?)*!", "ab ", ""},
    {"^(\\w+\\s?)*$", "ab ", "!"},
    {"(\\d+)*-", "1", ""},
    {"\\b(\\w+\\b ?)+;", "ab ", ""},
    {"(中+)+国", "中", ""},
    {"(\\p{Han}*)*[^\\p{Han}]", "文", ""},
    {"(a.*)*b.*c", "a", ""},
    {"(?:.*a){12}$", "a", "b"},
    {"(.*?,){11}P", "1,", ""},
    {"<(?:[^>]+>)*<!", "<x>", ""},
    {"(?m)^(\\s*#.*\\n)*x$", " #\n", ""},
    {"(?s).*?.*?.*?$x", "\n", ""},
    {"(a|b|c|d|e|f|g|h|i|j|k)*z", "abcdefghijk", ""},
};

typedef struct searching {
    size_t which, repeats;
    uint64_t steps;
} searching;

static void *search_hostile(void *context)
{
    searching *s = context;
    size_t which = s->which, repeats = s->repeats;
    size_t piece = strlen(hostile[which].piece), end = strlen(hostile[which].end);
    char *text = malloc(repeats * piece + end + 1);
    for (size_t i = 0; i < repeats; i++)
        memcpy(text + i * piece, hostile[which].piece, piece);
    memcpy(text + repeats * piece, hostile[which].end, end + 1);
    int found = search(hostile[which].pattern, text, NULL, &s->steps);
    cr_assert_neq(found, -3, "%s is refused", hostile[which].pattern);
    free(text);
    return NULL;
}

/* Compiled and searched on a thread with a small stack. */
static uint64_t cost(size_t which, size_t repeats)
{
    searching s = {which, repeats, 0};
    small_stack_run(search_hostile, &s);
    return s.steps;
}

Test(regex, twice_the_text_costs_at_most_two_and_a_half_times_as_much)
{
    cr_assert_geq(sizeof hostile / sizeof *hostile, 30);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        uint64_t once = cost(i, 2000), twice = cost(i, 4000);
        cr_expect_leq(twice * 2, once * 5, "%s: %llu steps, then %llu", hostile[i].pattern, (unsigned long long)once,
                      (unsigned long long)twice);
    }
}

Test(regex, a_search_stops_at_its_step_limit)
{
    regex_failure why;
    regex *r = compile(STR("(a+)+b"), &why);
    arena scratch;
    arena_init(&scratch, &allocator_system, 0);
    char text[5000];
    memset(text, 'a', sizeof text);
    uint64_t steps = 0;
    cr_expect_eq(regex_search(r, (str){text, sizeof text}, 0, &scratch, NULL, &steps, 1000), -2);
    cr_expect(steps >= 1000 && steps < 1100, "%llu", (unsigned long long)steps);
    regex_free(r);
    r = compile(STR("aaaab"), &why);
    cr_expect_eq(regex_search(r, (str){text, sizeof text}, 0, &scratch, NULL, &steps, 1000), -2);
    regex_free(r);
    arena_free(&scratch);
}

Test(regex, a_search_gives_its_memory_back)
{
    regex_failure why;
    regex *r = compile(STR("(a|b)*c"), &why);
    arena scratch;
    arena_init(&scratch, &allocator_system, 1 << 16);
    uint64_t steps = 0;
    regex_span spans[2];
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(regex_search(r, STR("abababc"), 0, &scratch, spans, &steps, 0), 1);
    regex_free(r);
    arena_free(&scratch);
}

Test(regex, without_scratch_memory_it_says_so)
{
    regex_failure why;
    regex *r = compile(STR("(a|b)*c"), &why);
    arena scratch;
    arena_init(&scratch, &allocator_system, 16);
    uint64_t steps = 0;
    cr_expect_eq(regex_search(r, STR("abababc"), 0, &scratch, NULL, &steps, 0), -1);
    regex_free(r);
    arena_free(&scratch);
}

static policy_status compile_and_search(const policy_allocator *a, void *context)
{
    (void)context;
    regex_failure why;
    regex *r = regex_new(a, STR("(?P<a>x|[a-z\\p{Han}]{3,40})+(?i)[é-ü]?$"), INSTRUCTIONS, &why);
    if (!r)
        return why.nomem ? POLICY_E_NOMEM : POLICY_E_INTERNAL;
    arena scratch;
    arena_init(&scratch, a, 0);
    regex_span spans[2];
    uint64_t steps = 0;
    int found = regex_search(r, STR("abc中文É"), 0, &scratch, spans, &steps, 0);
    arena_free(&scratch);
    regex_free(r);
    return found == 1 ? POLICY_OK : found == -1 ? POLICY_E_NOMEM : POLICY_E_INTERNAL;
}

Test(regex, every_failed_allocation_is_a_clean_failure)
{
    cr_assert_gt(failing_allocator_sweep(compile_and_search, NULL), 5);
}
