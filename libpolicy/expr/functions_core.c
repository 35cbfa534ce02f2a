/*
 * Functions of the core language on lists and maps. (Operators and macros are the compiler's own.)
 */
#include "expr/functions.h"

static value list_size(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_int((int64_t)arguments[0].as.list->count);
}

static value map_size(evaluation *ev, const value *arguments, size_t count)
{
    (void)ev;
    (void)count;
    return value_int((int64_t)arguments[0].as.map->count);
}

static const overload overloads[] = {
    {"size", 0, list_size, &type_int, 1, {&type_list_a}, NULL},
    {"size", OVERLOAD_MEMBER, list_size, &type_int, 1, {&type_list_a}, NULL},
    {"size", 0, map_size, &type_int, 1, {&type_map_a_b}, NULL},
    {"size", OVERLOAD_MEMBER, map_size, &type_int, 1, {&type_map_a_b}, NULL},
};

const function_library functions_core = {"core", overloads, sizeof overloads / sizeof *overloads};
