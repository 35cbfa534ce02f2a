/*
 * The pages that --help prints, in Chinese and English.
 */
#ifndef POLICY_CLI_HELP_H
#define POLICY_CLI_HELP_H

#include "options.h"

/* The page of a command; COMMAND_NONE for the overview. Static. */
const char *help_page(command_id command, policy_language language);

#endif
