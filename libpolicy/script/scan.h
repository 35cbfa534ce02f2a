/*
 * A look at a script's text before Lua sees it.
 *
 * Lua 5.4.4 has two mistakes that source text alone can reach: very long chains of field accesses overflow the C stack
 * while an error message is made, and functions with more than 255 constants can compile to wrong code. Neither is
 * possible for a text that passes here. What would be too deep for its parser is refused too, since here the line is known.
 * Byte code and shell lines are refused as well.
 */
#ifndef POLICY_SCRIPT_SCAN_H
#define POLICY_SCRIPT_SCAN_H

#include "base/allocator.h"
#include "base/messages.h"
#include "base/text.h"

#define SCAN_BYTES     (64 * 1024) /* of one script */
#define SCAN_CHAIN     200         /* index suffixes in a row: a.b[c].d */
#define SCAN_CONSTANTS 250         /* distinct numbers, strings and names of one script */
#define SCAN_NESTING   100         /* brackets and blocks */
#define SCAN_OPERATORS 100         /* of one expression that group to the right: - not # ~ .. ^ */

typedef struct scan_failure {
    message_id message;
    str argument; /* of the message: static */
    uint32_t line, column;
    bool nomem;
} scan_failure;

/* True when the text may be given to Lua. */
bool scan_script(const policy_allocator *a, str text, scan_failure *why);

#endif
