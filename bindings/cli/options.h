/*
 * What was asked for on the command line, read and checked once for every command.
 */
#ifndef POLICY_CLI_OPTIONS_H
#define POLICY_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <policy/common.h>

typedef enum command_id {
    COMMAND_CHECK,
    COMMAND_TEST,
    COMMAND_LINT,
    COMMAND_EXPLAIN,
    COMMAND_EVAL,
    COMMAND_LUA,
    COMMAND_BANDS,
    COMMAND_COUNT,
    COMMAND_NONE = COMMAND_COUNT
} command_id;

/* What a shell learns from the exit code; the same for every command. */
typedef enum exit_code {
    EXIT_CODE_CLEAN = 0,     /* no violation; no case failed */
    EXIT_CODE_VIOLATION = 1, /* a violation; a failed case; a note of lint */
    EXIT_CODE_BROKEN = 2,    /* bad usage, rules, expression or input */
    EXIT_CODE_UNDECIDED = 3  /* no violation, but something is unknown or broke, or no rule applied to anything */
} exit_code;

typedef enum report_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV } report_format;

typedef struct text_list {
    const char **items;
    size_t count;
} text_list;

typedef struct options {
    policy_language language;
    bool help;
    text_list rules;       /* -r */
    text_list directories; /* -I, then POLICY_PATH */
    text_list params;      /* -p, still name=value */
    text_list arguments;   /* everything that is no option */
    report_format format;
    const char *output; /* -o; NULL for standard output */
    policy_severity fail_on;
    bool allow_unknown;
    bool all;
    bool raw_csv;
    bool has_as_of, has_period;
    int32_t as_of, from, until; /* days since 1970-01-01 */
    uint32_t evidence;          /* rows a group's finding names at most */
    uint32_t jobs;              /* threads that read and judge; 0: as many as there are processors */
    const char *vars;
    bool jsonl;
    const char *junit;
    uint32_t min_coverage; /* percent */
    bool mutate;
    bool plan;            /* explain: how columns are judged */
    const char *scheme;   /* of bands; NULL: the only one */
    text_list full_marks; /* 100, or subject=120 */
    bool summary;
    uint32_t row; /* of a file, from 1 */
    char *path;   /* the copy of POLICY_PATH that `directories` points into */
} options;

/* Find the command's name among the arguments, and --lang, which decides the language of what may go wrong before the
 * rest is read. *index is the command's place, or `count` when there is none. */
command_id options_command(int count, char **arguments, int *index, policy_language *language);

/* Name of a command, as typed. */
const char *command_name(command_id command);

/* Read the arguments after the command's name. On failure one sentence is printed and false returned. */
bool options_read(options *o, command_id command, policy_language language, int count, char **arguments);
void options_free(options *o);

#endif
