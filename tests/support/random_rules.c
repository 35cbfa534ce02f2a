/*
 * A grammar walked at random; see random_rules.h.
 */
#define _POSIX_C_SOURCE 200809L /* open_memstream */

#include "support/random_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct writer {
    FILE *out;
    uint64_t seed;
} writer;

static int below(writer *w, int n)
{
    return (int)(made_random(&w->seed) % (uint64_t)n);
}

#define PICK(W, LIST) ((LIST)[below((W), (int)(sizeof(LIST) / sizeof *(LIST)))])

/* ---- the record type ---- */

static const char *const words[] = {"a",  "b", "abc", "期中考试", "a, b", "这是一个很长的文字用来超过十二个字节",
                                    "x1", NULL};
static const char *const forms[] = {"written", "oral",    "reading", "written", "oral",
                                    "reading", "written", "oral",    "nothing", NULL};
static const char *const levels[] = {"high", "low", NULL};
static const char *const days[] = {"2021-11-19", "2021-12-31", "2022-01-01", "2021-11-30", "2021-12-01",
                                   "2021-12-20", "2021-12-21", "2022-01-02", "2021-11-14", "2021-11-15",
                                   "2021/12/5",  "2020-02-29", "2021-12-11", "2022-02-30", NULL};
static const char *const times[] = {"17:30", "08:00", "23:59", "17:29", "17:31",
                                    "0:00",  "12:00", "24:00", "late",  NULL};
static const char *const stamps[] = {"2021-11-19 08:30", "2021-12-01 00:00", "2022-01-01T10:00:00Z", NULL};
static const char *const numbers[] = {"1", "2",  "3",  "12", "4",  "5",    "6", "10",
                                      "0", "20", "15", "7",  "-4", "many", NULL};
static const char *const flags[] = {"true", "false", "是", "否", "yes", "no", "1", "0", "perhaps", NULL};

static const made_field fields[] = {
    {"b1", flags, 0, 1},         {"b2", NULL, 0, 1},          {"n1", numbers, 0, 21},  {"n2", numbers, -300, 300},
    {"n3", NULL, 9, 2000},       {"n4", NULL, 0, 200},        {"d1", numbers, -3, 12}, {"d2", NULL, 0, 11},
    {"s1", words, 0, 0},         {"s2", words, 0, 0},         {"e1", forms, 0, 0},     {"e2", levels, 0, 0},
    {"day", days, 18940, 19000}, {"due", days, 18930, 19010}, {"at", times, 0, 90000}, {"seen", stamps, 453000, 457000},
    {"tags", words, 0, 0},       {"rest", words, 0, 0},
};

const made_field *random_fields(size_t *count)
{
    *count = sizeof fields / sizeof *fields;
    return fields;
}

char *random_schema(void)
{
    static const char text[] =
        "schema: random\nversion: \"1.0\"\ntypes:\n  entry:\n    identity: [s1, n1]\n    dated_by: day\n    fields:\n"
        "      b1: {type: bool}\n      b2: {type: bool, default: true, empty: default}\n      n1: {type: int, min: 0, "
        "max: 20}\n"
        "      n2: {type: int}\n      n3: {type: int, min: 10}\n      n4: {type: int, default: 4, empty: default}\n"
        "      d1: {type: double}\n      d2: {type: double, min: 0, max: 10}\n      s1: {type: string}\n"
        "      s2: {type: string, default: none}\n"
        "      e1: {type: enum, values: {written: [], oral: [], reading: []}}\n"
        "      e2: {type: enum, values: {high: [], low: []}, default: low, empty: default}\n      day: {type: date}\n"
        "      due: {type: date, default: none}\n      at: {type: time}\n      seen: {type: timestamp}\n"
        "      tags: {type: list}\n      rest: {type: string}\n";
    return strdup(text);
}

/* ---- expressions ---- */

static const char *const compares[] = {"==", "!=", "<", "<=", ">", ">="};
static const char *const names[] = {"b1", "b2", "n1", "n2",  "n3",  "n4", "d1",   "d2",   "s1",
                                    "s2", "e1", "e2", "day", "due", "at", "seen", "tags", "rest"};
static const char *const int_names[] = {"n1", "n1", "n2", "n3", "n4"};
static const char *const ints[] = {"0",   "1",   "3",   "5",    "20",    "-1",
                                   "100", "127", "255", "-129", "70000", "9223372036854775807"};
static const char *const reals[] = {"0.0", "1.5", "3.0", "-0.25", "9.75", "1e18", "2"};
static const char *const texts[] = {"'a'", "'b'", "'abc'", "'期中'", "''", "'x1'"};
static const char *const dates[] = {"date('2021-11-19')", "date('2021-12-10')", "date('2021-12-31')",
                                    "date('2022-01-01')"};

static void write_bool(writer *w, int depth);
static void write_int(writer *w, int depth);

#define SAY(...) fprintf(w->out, __VA_ARGS__)

static void write_choice(writer *w, int depth, void (*write)(writer *w, int depth))
{
    SAY("(");
    write_bool(w, depth - 1);
    SAY(" ? ");
    write(w, depth - 1);
    SAY(" : ");
    write(w, depth - 1);
    SAY(")");
}

static void write_text(writer *w, int depth)
{
    static const char *const plain[] = {"s1", "s2", "s1", "rest"};
    switch (depth > 0 ? below(w, 6) : 1 + below(w, 3)) {
    case 0:
        write_choice(w, depth, write_text);
        return;
    case 1:
        SAY("%s", PICK(w, texts));
        return;
    case 4:
        SAY("(");
        write_text(w, depth - 1);
        SAY(" + ");
        write_text(w, depth - 1);
        SAY(")");
        return;
    case 5:
        SAY("string(");
        write_int(w, depth - 1);
        SAY(")");
        return;
    default:
        SAY("%s", PICK(w, plain));
    }
}

static void write_date(writer *w, int depth)
{
    static const char *const own[] = {"day", "due"};
    if (depth > 0 && below(w, 5) == 0) {
        write_choice(w, depth, write_date);
    } else if (below(w, 2) == 0) {
        SAY("%s", PICK(w, dates));
    } else {
        SAY("%s", PICK(w, own));
    }
}

static void write_int(writer *w, int depth)
{
    static const char *const signs[] = {"+", "-", "*", "/", "%"};
    switch (depth > 0 ? below(w, 10) : below(w, 3)) {
    case 0:
        SAY("%s", PICK(w, ints));
        return;
    case 1:
    case 2:
        SAY("%s", PICK(w, int_names));
        return;
    case 3:
        write_choice(w, depth, write_int);
        return;
    case 4:
        SAY("size(");
        write_text(w, depth - 1);
        SAY(")");
        return;
    case 5:
        SAY("size(span(");
        write_date(w, depth - 1);
        SAY(", ");
        write_date(w, depth - 1);
        SAY("))");
        return;
    case 6:
        SAY("params.cap");
        return;
    case 7:
        SAY("half");
        return;
    default: /* a constant on the left could be an error that needs no record: refused */
        SAY("(%s %s ", PICK(w, int_names), PICK(w, signs));
        if (below(w, 2)) {
            SAY("%s)", PICK(w, int_names));
        } else {
            SAY("%d)", 1 + below(w, 9));
        }
    }
}

static void write_real(writer *w, int depth)
{
    static const char *const own[] = {"d1", "d2"}, *const signs[] = {"+", "-", "*", "/"};
    switch (depth > 0 ? below(w, 6) : below(w, 2)) {
    case 0:
        SAY("%s", PICK(w, own));
        return;
    case 2:
        write_choice(w, depth, write_real);
        return;
    case 3:
        SAY("double(%s)", PICK(w, int_names));
        return;
    case 4:
        SAY("(%s %s %s)", PICK(w, own), PICK(w, signs), PICK(w, own));
        return;
    default:
        SAY("%s", PICK(w, own));
    }
}

/* A test on one field or little more. */
static void write_atom(writer *w, int depth)
{
    static const char *const bools[] = {"b1", "b2", "big", "late"};
    static const char *const whole[] = {"n1", "n2", "n3", "n4"};
    switch (below(w, 26)) {
    case 0:
    case 1:
        SAY("%s", PICK(w, bools));
        return;
    case 2:
    case 3:
    case 4:
        SAY("%s %s %s", PICK(w, whole), PICK(w, compares), PICK(w, ints));
        return;
    case 5:
        SAY("%s %s %s", PICK(w, ints), PICK(w, compares), PICK(w, whole));
        return;
    case 6:
        SAY("%s in [1, 3, %s]", PICK(w, whole), PICK(w, ints));
        return;
    case 7:
    case 8:
        SAY("%s %s %s", below(w, 2) ? "d1" : "d2", PICK(w, compares), PICK(w, reals));
        return;
    case 9:
    case 10:
        SAY("e1 %s '%s'", below(w, 3) ? "==" : "!=", forms[below(w, 3)]);
        return;
    case 11:
        SAY("e1 in ['%s', '%s']", forms[below(w, 3)], forms[below(w, 3)]);
        return;
    case 12:
        SAY("e2 == '%s'", levels[below(w, 2)]);
        return;
    case 13:
    case 14:
        SAY("%s %s %s", below(w, 2) ? "day" : "due", PICK(w, compares), PICK(w, dates));
        return;
    case 15:
    case 16:
        SAY("has(%s)", PICK(w, names));
        return;
    case 17:
        SAY("s1 %s %s", PICK(w, compares), PICK(w, texts));
        return;
    case 18:
        SAY("s2.%s(%s)", below(w, 2) ? "startsWith" : "contains", PICK(w, texts));
        return;
    case 19:
        SAY("contains_any(s1, ['%s', '考'])", words[below(w, 3)]);
        return;
    case 20:
        SAY("at %s time('17:30')", PICK(w, compares));
        return;
    case 21:
        SAY("seen %s timestamp('2021-12-01T00:00:00Z')", PICK(w, compares));
        return;
    case 22:
        SAY("tags.%s(t, t == %s)", below(w, 2) ? "exists" : "all", PICK(w, texts));
        return;
    case 23:
        SAY("stage == '%s'", below(w, 2) ? "lower" : "upper");
        return;
    case 24:
        SAY("dyn(%s) == %s", PICK(w, names), below(w, 2) ? PICK(w, ints) : PICK(w, texts));
        return;
    default:
        write_int(w, depth);
        SAY(" %s params.cap", PICK(w, compares));
    }
}

static void write_bool(writer *w, int depth)
{
    if (depth <= 0) {
        SAY("(");
        write_atom(w, 0);
        SAY(")");
        return;
    }
    switch (below(w, 11)) {
    case 0:
    case 1:
    case 2:
    case 3: {
        int parts = 2 + below(w, 3);
        const char *sign = below(w, 2) ? " && " : " || ";
        SAY("(");
        for (int i = 0; i < parts; i++) {
            SAY("%s", i ? sign : "");
            write_bool(w, depth - 1);
        }
        SAY(")");
        return;
    }
    case 4:
        SAY("!");
        write_bool(w, depth - 1);
        return;
    case 5:
        write_choice(w, depth, write_bool);
        return;
    case 6:
        SAY("(");
        write_int(w, depth - 1);
        SAY(" %s ", PICK(w, compares));
        SAY("%s)", PICK(w, int_names));
        return;
    case 7:
        SAY("(");
        write_real(w, depth - 1);
        SAY(" %s d1)", PICK(w, compares));
        return;
    case 8:
        SAY("(");
        write_date(w, depth - 1);
        SAY(" %s due)", PICK(w, compares));
        return;
    case 9:
        SAY("(");
        write_text(w, depth - 1);
        SAY(" == s1)");
        return;
    default:
        SAY("(");
        write_atom(w, depth - 1);
        SAY(")");
    }
}

/* ---- the pack ---- */

static void write_rule(writer *w, size_t number)
{
    int versions = below(w, 6) == 0 ? 2 : 1, depth = below(w, 4);
    for (int i = 0; i < versions; i++) {
        SAY("- id: r%zu\n  table: entry\n", number);
        if (versions == 2) {
            SAY("  in_force: {%s}\n", i == 0 ? "from: 2021-11-15, until: 2021-12-20" : "from: 2021-12-21");
        } else if (below(w, 8) == 0) {
            SAY("  in_force: {from: 2021-11-19}\n");
        }
        if (below(w, 2)) {
            SAY("  when: \"");
            write_bool(w, depth - 1);
            SAY("\"\n");
        }
        SAY("  %s: \"", below(w, 4) ? "deny" : "require");
        write_bool(w, depth);
        SAY("\"\n");
    }
}

char *random_pack(uint64_t seed, size_t rules)
{
    char *text = NULL;
    size_t size = 0;
    writer all = {.out = open_memstream(&text, &size), .seed = seed}, *w = &all;
    SAY("pack: random\nversion: \"1.0\"\nschema: random\n"
        "params:\n  cap: {versions: [{in_force: {until: 2021-11-30}, value: 3}, {in_force: {from: 2021-12-01}, value: "
        "7}]}\n"
        "let:\n  entry:\n    stage: \"n1 <= 5 ? 'lower' : 'upper'\"\n    half: \"n2 / 2\"\n    big: \"n3 > 1000 || d1 "
        "> 5.0\"\n"
        "    late: \"has(due) && due > day\"\nrules:\n");
    for (size_t i = 0; i < rules; i++) {
        write_rule(w, i);
    }
    fclose(all.out);
    return text;
}
