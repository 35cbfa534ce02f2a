/*
 * The command line, read with getopt_long from one table of all options, each with the commands that take it.
 *
 * getopt is told to keep quiet: what is wrong is said here, in the language asked for and with the nearest name.
 */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "terminal.h"
#include "texts.h"

enum { DEFAULT_EVIDENCE = 1000 };

/* Numbers of options without a short form, above every character. */
enum {
    OPTION_LANG = 256,
    OPTION_FAIL_ON,
    OPTION_ALLOW_UNKNOWN,
    OPTION_AS_OF,
    OPTION_FROM,
    OPTION_UNTIL,
    OPTION_ALL,
    OPTION_EVIDENCE,
    OPTION_RAW_CSV,
    OPTION_VARS,
    OPTION_JSONL,
    OPTION_JUNIT,
    OPTION_MIN_COVERAGE,
    OPTION_MUTATE,
    OPTION_PLAN,
    OPTION_ROW,
    OPTION_SCHEME,
    OPTION_FULL,
    OPTION_SUMMARY,
};

enum {
    FOR_CHECK = 1 << COMMAND_CHECK,
    FOR_TEST = 1 << COMMAND_TEST,
    FOR_LINT = 1 << COMMAND_LINT,
    FOR_EXPLAIN = 1 << COMMAND_EXPLAIN,
    FOR_EVAL = 1 << COMMAND_EVAL,
    FOR_LUA = 1 << COMMAND_LUA,
    FOR_BANDS = 1 << COMMAND_BANDS,
    FOR_PACKS = FOR_CHECK | FOR_TEST | FOR_LINT | FOR_EXPLAIN | FOR_LUA | FOR_BANDS,
    FOR_ALL = FOR_PACKS | FOR_EVAL
};

typedef struct option_entry {
    const char *name;
    int id; /* the short letter, or one of the numbers above */
    bool takes_value;
    unsigned commands;
} option_entry;

static const option_entry entries[] = {
    {"rules", 'r', true, FOR_PACKS},
    {"directory", 'I', true, FOR_PACKS},
    {"param", 'p', true, FOR_CHECK | FOR_EXPLAIN | FOR_LUA},
    {"format", 'f', true, FOR_CHECK | FOR_TEST},
    {"output", 'o', true, FOR_CHECK | FOR_BANDS},
    {"fail-on", OPTION_FAIL_ON, true, FOR_CHECK},
    {"allow-unknown", OPTION_ALLOW_UNKNOWN, false, FOR_CHECK},
    {"as-of", OPTION_AS_OF, true, FOR_CHECK | FOR_LUA},
    {"from", OPTION_FROM, true, FOR_CHECK},
    {"until", OPTION_UNTIL, true, FOR_CHECK},
    {"all", OPTION_ALL, false, FOR_CHECK | FOR_TEST},
    {"evidence", OPTION_EVIDENCE, true, FOR_CHECK},
    {"jobs", 'j', true, FOR_CHECK},
    {"raw-csv", OPTION_RAW_CSV, false, FOR_CHECK | FOR_BANDS},
    {"vars", OPTION_VARS, true, FOR_EVAL},
    {"jsonl", OPTION_JSONL, false, FOR_EVAL},
    {"junit", OPTION_JUNIT, true, FOR_TEST},
    {"min-coverage", OPTION_MIN_COVERAGE, true, FOR_TEST},
    {"mutate", OPTION_MUTATE, false, FOR_TEST},
    {"plan", OPTION_PLAN, false, FOR_EXPLAIN},
    {"row", OPTION_ROW, true, FOR_LUA},
    {"scheme", OPTION_SCHEME, true, FOR_BANDS},
    {"full", OPTION_FULL, true, FOR_BANDS},
    {"summary", OPTION_SUMMARY, false, FOR_BANDS},
    {"lang", OPTION_LANG, true, FOR_ALL},
    {"help", 'h', false, FOR_ALL},
};
enum { ENTRY_COUNT = sizeof entries / sizeof *entries };

static const char *const names[COMMAND_COUNT] = {"check", "test", "lint", "explain", "eval", "lua", "bands"};

const char *command_name(command_id command)
{
    return command < COMMAND_COUNT ? names[command] : "";
}

command_id options_command(int count, char **arguments, int *index, policy_language *language)
{
    command_id found = COMMAND_NONE;
    *language = language_of_environment();
    *index = count;
    for (int i = 1; i < count; i++) {
        const char *argument = arguments[i];
        if (strcmp(argument, "--") == 0) {
            break;
        }
        if (strcmp(argument, "--lang") == 0 && i + 1 < count) {
            language_from_name(arguments[++i], language);
        } else if (strncmp(argument, "--lang=", 7) == 0) {
            language_from_name(argument + 7, language);
        } else if (argument[0] != '-' && *index == count) {
            *index = i;
            for (int c = 0; c < COMMAND_COUNT; c++) {
                if (strcmp(argument, names[c]) == 0) {
                    found = (command_id)c;
                }
            }
        }
    }
    return found;
}

static void append(text_list *list, const char *text)
{
    list->items = must_resize(list->items, list->count + 1, sizeof *list->items);
    list->items[list->count++] = text;
}

/* Two digits at `p`, or -1. */
static int two_digits(const char *p)
{
    return p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9' ? (p[0] - '0') * 10 + (p[1] - '0') : -1;
}

/* YYYY-MM-DD as days since 1970-01-01. */
static bool read_date(const char *text, int32_t *day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || two_digits(text) < 0 || two_digits(text + 2) < 0) {
        return false;
    }
    int year = two_digits(text) * 100 + two_digits(text + 2);
    int month = two_digits(text + 5);
    int date = two_digits(text + 8);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (year < 1 || month < 1 || month > 12 || date < 1 || date > lengths[month - 1] + (month == 2 && leap ? 1 : 0)) {
        return false;
    }
    int before = year - 1; /* whole years since 0001-01-01 */
    int days = before * 365 + before / 4 - before / 100 + before / 400 + date - 1;
    for (int m = 1; m < month; m++) {
        days += lengths[m - 1] + (m == 2 && leap ? 1 : 0);
    }
    *day = days - 719162; /* days from 0001-01-01 to 1970-01-01 */
    return true;
}

static bool read_count(const char *text, uint32_t *count)
{
    uint64_t value = 0;
    if (*text == 0) {
        return false;
    }
    for (; *text != 0; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > UINT32_MAX) {
            return false;
        }
    }
    *count = (uint32_t)value;
    return true;
}

/* The place of a word in a short list, or -1 with a sentence that names the choices. */
static int choose(const options *o, const char *option, const char *word, const char *const *words, size_t count,
                  const char *choices)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0) {
            return (int)i;
        }
    }
    say(stderr, o->language, TEXT_BAD_CHOICE, option, word, choices);
    return -1;
}

static bool read_day(const options *o, const char *option, const char *text, int32_t *day)
{
    if (!read_date(text, day)) {
        say(stderr, o->language, TEXT_BAD_DATE, option, text);
        return false;
    }
    return true;
}

static bool take(options *o, int id, const char *value, bool *has_from, bool *has_until)
{
    static const char *const formats[] = {"text", "json", "jsonl", "csv"};
    static const char *const severities[] = {"info", "warning", "violation"};
    int choice = 0;
    switch (id) {
    case 'r':
        append(&o->rules, value);
        return true;
    case 'I':
        append(&o->directories, value);
        return true;
    case 'p':
        if (strchr(value, '=') == NULL || value[0] == '=') {
            say(stderr, o->language, TEXT_BAD_PARAM, value);
            return false;
        }
        append(&o->params, value);
        return true;
    case 'f':
        choice = choose(o, "--format", value, formats, 4, "text, json, jsonl, csv");
        o->format = choice < 0 ? FORMAT_TEXT : (report_format)choice;
        return choice >= 0;
    case 'o':
        o->output = strcmp(value, "-") == 0 ? NULL : value;
        return true;
    case 'h':
        o->help = true;
        return true;
    case OPTION_LANG:
        if (!language_from_name(value, &o->language)) {
            say(stderr, o->language, TEXT_BAD_CHOICE, "--lang", value, "zh, en");
            return false;
        }
        return true;
    case OPTION_FAIL_ON:
        choice = choose(o, "--fail-on", value, severities, 3, "info, warning, violation");
        o->fail_on = choice < 0 ? POLICY_VIOLATION : choice;
        return choice >= 0;
    case OPTION_ALLOW_UNKNOWN:
        o->allow_unknown = true;
        return true;
    case OPTION_AS_OF:
        o->has_as_of = true;
        return read_day(o, "--as-of", value, &o->as_of);
    case OPTION_FROM:
        *has_from = true;
        return read_day(o, "--from", value, &o->from);
    case OPTION_UNTIL:
        *has_until = true;
        return read_day(o, "--until", value, &o->until);
    case OPTION_ALL:
        o->all = true;
        return true;
    case OPTION_EVIDENCE:
        if (!read_count(value, &o->evidence)) {
            say(stderr, o->language, TEXT_BAD_COUNT, "--evidence", value);
            return false;
        }
        return true;
    case 'j':
        if (!read_count(value, &o->jobs) || o->jobs == 0) {
            say(stderr, o->language, TEXT_BAD_JOBS, value);
            return false;
        }
        return true;
    case OPTION_RAW_CSV:
        o->raw_csv = true;
        return true;
    case OPTION_VARS:
        o->vars = value;
        return true;
    case OPTION_JSONL:
        o->jsonl = true;
        return true;
    case OPTION_JUNIT:
        o->junit = value;
        return true;
    case OPTION_MIN_COVERAGE:
        if (!read_count(value, &o->min_coverage) || o->min_coverage > 100) {
            say(stderr, o->language, TEXT_BAD_SHARE, "--min-coverage", value);
            return false;
        }
        return true;
    case OPTION_MUTATE:
        o->mutate = true;
        return true;
    case OPTION_SCHEME:
        o->scheme = value;
        return true;
    case OPTION_FULL:
        append(&o->full_marks, value);
        return true;
    case OPTION_SUMMARY:
        o->summary = true;
        return true;
    case OPTION_PLAN:
        o->plan = true;
        return true;
    case OPTION_ROW:
        if (!read_count(value, &o->row) || o->row == 0) {
            say(stderr, o->language, TEXT_BAD_COUNT, "--row", value);
            return false;
        }
        return true;
    default:
        return false;
    }
}

/* getopt's tables for one command: the long options, and the letters with a leading ':' so that a missing value is
 * told from an unknown option. */
static void tables_of(command_id command, struct option *longs, char *letters)
{
    *letters++ = ':';
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        const option_entry *e = &entries[i];
        if ((e->commands & 1u << command) == 0) {
            continue;
        }
        *longs++ = (struct option){e->name, e->takes_value ? required_argument : no_argument, NULL, e->id};
        if (e->id < 256) {
            *letters++ = (char)e->id;
            if (e->takes_value) {
                *letters++ = ':';
            }
        }
    }
    *longs = (struct option){NULL, 0, NULL, 0};
    *letters = 0;
}

static void say_unknown(const options *o, command_id command, const char *argument)
{
    const char *known[ENTRY_COUNT];
    size_t count = 0;
    char name[64] = "";
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        if ((entries[i].commands & 1u << command) != 0) {
            known[count++] = entries[i].name;
        }
    }
    if (strncmp(argument, "--", 2) == 0) {
        size_t size = strcspn(argument + 2, "=");
        size = size < sizeof name ? size : sizeof name - 1;
        memcpy(name, argument + 2, size);
        name[size] = 0;
    }
    const char *near = nearest_name(name, known, count);
    if (near != NULL) {
        say(stderr, o->language, TEXT_UNKNOWN_OPTION_NEAR, argument, near, command_name(command));
    } else {
        say(stderr, o->language, TEXT_UNKNOWN_OPTION, argument, command_name(command));
    }
}

/* The folders of POLICY_PATH, after those of -I. */
static void take_path(options *o)
{
    const char *value = getenv("POLICY_PATH");
    if (value == NULL || *value == 0) {
        return;
    }
    o->path = must_copy(value, strlen(value));
    for (char *part = o->path; part != NULL;) {
        char *colon = strchr(part, ':');
        if (colon != NULL) {
            *colon = 0;
        }
        if (*part != 0) {
            append(&o->directories, part);
        }
        part = colon == NULL ? NULL : colon + 1;
    }
}

bool options_read(options *o, command_id command, policy_language language, int count, char **arguments)
{
    struct option longs[ENTRY_COUNT + 1];
    char letters[2 * ENTRY_COUNT + 2];
    bool has_from = false;
    bool has_until = false;
    *o = (options){.language = language, .fail_on = POLICY_VIOLATION, .evidence = DEFAULT_EVIDENCE, .row = 1};
    tables_of(command, longs, letters);
    opterr = 0;
    optind = 1;
    for (;;) {
        int at = optind;
        int id = getopt_long(count, arguments, letters, longs, NULL);
        if (id == -1) {
            break;
        }
        if (id == '?' || id == ':') {
            /* A letter in a cluster leaves optind where it was. */
            const char *argument = arguments[optind > at ? optind - 1 : at];
            char letter[3] = {'-', (char)optopt, 0};
            if (id == ':') {
                say(stderr, language, TEXT_MISSING_VALUE, optopt > 0 && optopt < 256 ? letter : argument,
                    command_name(command));
            } else if (optopt > 0 && optopt < 256 && strncmp(argument, "--", 2) != 0) {
                say_unknown(o, command, letter);
            } else {
                say_unknown(o, command, argument);
            }
            return false;
        }
        if (!take(o, id, optarg, &has_from, &has_until)) {
            return false;
        }
    }
    for (int i = optind; i < count; i++) {
        append(&o->arguments, arguments[i]);
    }
    if (has_from != has_until) {
        say(stderr, o->language, TEXT_HALF_PERIOD);
        return false;
    }
    if (has_from && o->from > o->until) {
        say(stderr, o->language, TEXT_EMPTY_PERIOD);
        return false;
    }
    o->has_period = has_from;
    take_path(o);
    return true;
}

void options_free(options *o)
{
    free((void *)o->rules.items);
    free((void *)o->directories.items);
    free((void *)o->params.items);
    free((void *)o->arguments.items);
    free((void *)o->full_marks.items);
    free(o->path);
    *o = (options){0};
}
