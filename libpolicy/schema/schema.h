/*
 * Record types: what a row of each kind holds, as declared in YAML (pack/schema_yaml.c reads it).
 *
 * The C code knows no education: names, enum values, Chinese aliases, units and ranges are data. The only C that knows
 * schools are the readers (reader.h), which a field chooses by name. Immutable once built; lives in its pack's arena.
 */
#ifndef POLICY_SCHEMA_SCHEMA_H
#define POLICY_SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "base/error.h"
#include "expr/type.h"
#include "expr/value.h"
#include "schema/reader.h"

#define SCHEMA_FIELDS_MAX 60 /* per record type: four of the 64 sources stay free for measures read by key */

typedef struct schema_enum_value {
    str code;           /* English, interned: type_domain.codes points at the same bytes */
    const str *aliases; /* as schools write it */
    uint32_t alias_count;
    const str *folded; /* the code, then the aliases, as readers compare them (enum_value_fold); NULL: not made yet */
} schema_enum_value;

typedef enum schema_default { SCHEMA_DEFAULT_UNKNOWN, SCHEMA_DEFAULT_NONE, SCHEMA_DEFAULT_VALUE } schema_default;

typedef struct schema_field {
    str name;
    str title_zh, title_en; /* str_none: the first alias, the name */
    const type *type;       /* bool, int, double, string, enum, date, time, timestamp, list(string) */
    reader_kind reader;
    const str *aliases; /* header spellings; title_zh is one of them */
    uint32_t alias_count;
    str unit;              /* "min" ... or str_none */
    schema_default absent; /* what an absent column means */
    value default_value;   /* SCHEMA_DEFAULT_VALUE */
    bool empty_is_none;    /* an empty cell is none (the usual); false: takes default_value */
    bool has_minimum, has_maximum;
    value minimum, maximum; /* closed range; an unreadable cell is one outside it */
    const schema_enum_value *values;
    uint32_t value_count;
    int high_field; /* minutes: index of the field that takes the upper end of a range; -1 */
    int also_from;  /* index of a field whose text is read when this one has none (grade from class); -1 */
    const type_domain *domain;
    place at;
} schema_field;

typedef struct schema_type {
    str name;
    str title_zh, title_en;
    str verb_zh, verb_en; /* what is done with such records, in sentences on what is left: 布置, set; str_none */
    const schema_field *fields;
    uint32_t field_count;
    int dated_by;             /* field index, -1: judged as of the run's as_of */
    const uint32_t *identity; /* fields that name a row in findings and messages */
    uint32_t identity_count;
    bool default_none; /* a type nobody supplied reads as empty, not as unknown (`school`) */
    place at;
} schema_type;

/* Where a school's own system comes from: a record type with years per school, else parameters of the pack. */
typedef struct schema_systems {
    int table;                                  /* index of the record type, -1: none */
    int key, primary_years, junior_years, kind; /* its fields, -1 where absent */
    str school_field;                           /* the field of other types that names the school */
    str primary_param, junior_param;            /* names of pack parameters */
} schema_systems;

typedef struct schema {
    str name, version;
    const schema_type *types;
    uint32_t type_count;
    schema_systems systems;
    place at;
} schema;

/* Fill `folded`, in memory that lives as long as the value. False out of memory. (reader_enum.c) */
bool enum_value_fold(schema_enum_value *v, arena *memory);

const schema_type *schema_find_type(const schema *s, str name); /* NULL when absent */
int schema_find_field(const schema_type *t, str name);          /* -1 when absent */
/* Match a spreadsheet header: exact name or alias after folding full-width forms, spaces and a unit in brackets.
 * *unit is that unit ("分钟", "小时") or str_none. -1 when nothing matches. */
int schema_match_header(const schema_type *t, str header, str *unit);
/* The same, with the place of the matched name in its field's list (0: name or title, then the aliases in order): of two
 * columns for one field the smaller one is meant. */
int schema_match_header_ranked(const schema_type *t, str header, str *unit, uint32_t *rank);

#endif
