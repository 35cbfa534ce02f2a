/*
 * Rows of cells from UTF-8 text: RFC 4180, with the separator given.
 *
 * Works on a stream through one buffer, whose size never shows in the result. Line ends may be LF, CR LF or CR, mixed.
 * Lines without a single character are no rows.
 */
#ifndef POLICY_TABLE_CSV_H
#define POLICY_TABLE_CSV_H

#include "base/error.h"

typedef struct csv csv;

struct csv {
    const policy_allocator *allocator;
    str file; /* for errors; borrowed */
    char delimiter;
    size_t cell_limit, column_limit, row_limit;

    /* More text: as decoder_read. NULL: only what is in the buffer. `fail` turns its status into an error at a place. */
    policy_status (*fill)(void *context, char *out, size_t room, size_t *got);
    policy_status (*fail)(void *context, policy_status status, place at, policy_error **err);
    void *context;

    char *buffer;
    size_t room, at, end;
    bool borrowed, ended, skip_line_feed;
    bool has_slack;          /* 64 bytes behind the text may be looked at */
    const char *looked;      /* from here on 64 bytes were, */
    uint64_t ends;           /* and of those that end a cell these are still to come */
    const char *plain_until; /* where the last row ended that was cut that way */
    uint64_t line;           /* of the next character, from 1 */
    uint64_t column;

    char *text; /* cells of the row that are not in the buffer as they are, one after the other, a NUL behind each */
    size_t text_size, text_capacity;
    size_t *starts;
    size_t start_capacity;
    str *cells; /* the row; valid until the next call */
    size_t cell_capacity;
    size_t count;
    uint64_t row_line; /* where it began */
};

/* `room`: bytes of the buffer, at least 16. Limits of 0 take the defaults of policy/options.h. */
policy_status csv_init(csv *c, const policy_allocator *a, str file, size_t room);
/* Over text that is already there; `whole`: the text ends there, else its last row may be cut and is not given out. */
void csv_init_text(csv *c, const policy_allocator *a, str text, bool whole);
void csv_free(csv *c);
/* The same with what is known of a parser already, from its first line on; memory for rows is kept. 64 bytes behind the
 * text may be looked at. */
void csv_turn_to(csv *c, str text, bool whole, uint64_t line);
/* Where the last row that surely ends in the text ends, a row beginning where the text does; 0: none does. */
size_t csv_rows_end(str text, char delimiter);
/* Line ends, of whichever kind. */
uint64_t csv_count_lines(str text);
/* The next row into c->cells. *more false: the end. POLICY_E_SYNTAX, POLICY_E_LIMIT, POLICY_E_NOMEM, or as `fail` says. */
policy_status csv_next(csv *c, bool *more, policy_error **err);

#endif
