/*
 * JSON on its way out: jansson builds values, this writes them so that they are safe to print.
 */
#ifndef POLICY_CLI_JSON_H
#define POLICY_CLI_JSON_H

#include <stdio.h>

#include <jansson.h>

#include <policy/finding.h>

/* A string from text that may hold bytes that are no UTF-8 (a file name): those become U+FFFD. New reference. */
json_t *json_text(const char *text);

/* The typed value of a datum: null, boolean, integer, number or string. New reference. */
json_t *json_datum(policy_datum datum);

/* Add to an object and give the reference away; memory running out ends the command. */
void json_put(json_t *object, const char *name, json_t *value);
void json_add(json_t *array, json_t *value);
json_t *json_must(json_t *value);

/* Write a value on one line, without a line break at the end. jansson escapes the control characters below a space;
 * DEL and the C1 controls, which some terminals obey, are escaped here. False when it could not be written. */
bool json_write(FILE *to, const json_t *value);

/* The same for JSON that is text already. */
bool json_write_text(FILE *to, const char *text, size_t size);

#endif
