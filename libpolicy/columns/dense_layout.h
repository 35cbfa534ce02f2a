/*
 * How a table of places is laid out: rooms of its keys, outermost first.
 */
#ifndef POLICY_COLUMNS_DENSE_LAYOUT_H
#define POLICY_COLUMNS_DENSE_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#define DENSE_PARTS 8

typedef struct dense_layout {
    uint32_t rooms[DENSE_PARTS]; /* outermost first */
    uint32_t count;
    size_t places;
} dense_layout;

#endif
