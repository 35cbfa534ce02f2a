/*
 * Mutants: small changes to a pack's texts, parameters and dates.
 *
 *   mutants_steps.c  what a number, a date or a time becomes
 *   mutants_find.c   which changes there are
 *   mutants_edit.c   making one in a loaded ruleset, and undoing it
 *   mutants.c        trying them on the cases; the public functions
 */
#ifndef POLICY_LEDGER_MUTANTS_H
#define POLICY_LEDGER_MUTANTS_H

#include "ledger/suite.h"

typedef enum mutant_kind {
    MUTANT_OF_TEXT,   /* `text` becomes `changed` */
    MUTANT_OF_VALUE,  /* the scalar at `where` in a parameter's value becomes `changed` */
    MUTANT_OF_MEMBER, /* the list member at `where` goes */
    MUTANT_OF_DATE    /* the range at `where` begins or ends `days` later, and what follows it begins so */
} mutant_kind;

typedef struct mutant {
    policy_suite_mutant shown;
    mutant_kind kind;
    size_t text; /* number in suite_uses */
    str changed;
    place where;
    bool until; /* of a range: its last day */
    int32_t day, days;
    const bool *rules; /* that could notice, by number in the suite's engine */
} mutant;

typedef struct mutant_list {
    arena *memory;
    mutant *items;
    size_t count, capacity;
} mutant_list;

/* A value one step up or down, in the arena: the last digit of a number, a day, a minute. data NULL: there is no such step,
 * or the arena is full. */
str step_number(arena *memory, str text, int by);
str step_date(arena *memory, str text, int by);
str step_time(arena *memory, str text, int by);
str step_duration(arena *memory, str text, int by);

/* Find those of the suite's pack. `planned` was made from a ruleset of its own. False out of memory. */
bool mutants_find(mutant_list *out, const policy_suite *s, const suite_uses *u, const policy_engine *planned);

/* Make the change in a ruleset whose texts are `texts`, in the order of suite_uses; `memory` for what stands there meanwhile,
 * until it is undone. *done: there was something to change. */
struct moved;    /* a day that was changed */
struct replaced; /* a value that was */
typedef struct mutant_edit {
    const mutant *m;
    ruleset *rules;
    pack *p;
    pack_text *texts;
    arena *memory;
    str text_before;
    struct replaced *values;
    struct moved *moves;
} mutant_edit;
bool mutant_apply(mutant_edit *e, bool *done); /* false: out of memory */
void mutant_undo(mutant_edit *e);

#endif
