/*
 * Cells of CSV files that people open in a spreadsheet.
 */
#ifndef POLICY_CLI_CSV_H
#define POLICY_CLI_CSV_H

#include <stdbool.h>
#include <stdio.h>

/* Write one cell, quoted where need be, control characters as \xNN. `guarded`: what a spreadsheet would take for a formula
 * gets an apostrophe in front. */
void csv_put(FILE *to, const char *text, bool guarded);

#endif
