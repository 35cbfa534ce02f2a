/*
 * The pack model: what YAML said, checked for shape, with every place kept. Expressions are still text.
 *
 * A `ruleset` is what the engine plans: packs from the base to the last overlay, one schema, and scripts. Everything in
 * it lives in the ruleset's arena. Order of packs: base first.
 *
 * An `expr_text` of a pack is the text as it stands in the file, line breaks and indentation included (CEL skips them), so
 * that an offset in it is a place in the file.
 */
#ifndef POLICY_PACK_PACK_H
#define POLICY_PACK_PACK_H

#include "expr/expr.h"
#include "schema/schema.h"

typedef struct localized { /* a text by language; str_none where not given */
    str zh, en;
    place at_zh, at_en;
} localized;

typedef struct date_range { /* in force from `from` up to and including `until` */
    bool has_from, has_until;
    int32_t from, until; /* days since 1970 */
    place at;
} date_range;

/* A YAML value kept as data (parameter values, case cells, script tables). */
typedef enum node_kind { NODE_NULL, NODE_SCALAR, NODE_LIST, NODE_MAP } node_kind;
typedef struct node node;
struct node {
    node_kind kind;
    bool quoted; /* a scalar in quotes is text whatever it looks like */
    bool block;  /* | or > scalar */
    str scalar;
    str raw;           /* SCALAR: as it stands in the file, without quotes: what expressions are read from */
    place raw_at;      /* of the first character of `raw` */
    const node *items; /* LIST: items; MAP: values */
    const node *keys;  /* MAP: scalars */
    uint32_t count;
    place at;
};

typedef struct pack_key { /* one column of `per`: a field, or {name: expression} */
    str name;
    expr_text expression; /* text is the field's name for a bare field */
    bool is_field;
} pack_key;

typedef struct pack_each {
    bool present;
    str name;
    expr_text list;
} pack_each;

/* A message between its placeholders: {expression} in the text, {{ and }} for braces. */
typedef struct template_part {
    str literal;          /* data NULL for a placeholder */
    expr_text expression; /* a placeholder's text; a name is the usual case */
} template_part;
typedef struct message_template {
    template_part *parts;
    uint32_t count; /* 0 where the message is not given in the language */
} message_template;

typedef enum param_direction {
    PARAM_FIXED,
    PARAM_OPEN,
    PARAM_LOWER,
    PARAM_HIGHER,
    PARAM_SUPERSET,
    PARAM_SUBSET
} param_direction;

typedef struct param_version {
    date_range in_force;
    const node *value;
} param_version;

typedef struct pack_param {
    str name;
    param_version *versions; /* sorted, no gaps or overlaps; one without dates is the usual case */
    uint32_t version_count;
    param_direction direction;
    str unit;
    localized doc;
    place at;
} pack_param;

typedef struct pack_let {
    const str *tables;
    uint32_t table_count;
    str name;
    expr_text expression;
    place at;
} pack_let;

/* What people call a computed key, and its values. */
typedef struct pack_value_title {
    str value;
    localized title;
} pack_value_title;
typedef struct pack_title {
    str name;
    localized title;
    pack_value_title *values;
    uint32_t value_count;
    place at;
} pack_title;

typedef struct pack_measure {
    str id;
    str table;
    place table_at;
    pack_each each;
    expr_text when; /* text.data NULL when absent */
    pack_key *per;
    uint32_t per_count;
    expr_text measure; /* sum(minutes), count(), share(p, w) ... */
    localized title;
    place at;
} pack_measure;

typedef enum rule_check { RULE_DENY, RULE_REQUIRE, RULE_LIMIT, RULE_SCRIPT } rule_check;

typedef struct pack_rule {
    str id;
    bool broken;  /* something in it was refused; of a ruleset that did not load */
    str clause;   /* "2.1b" */
    str document; /* number of the document, where a pack quotes several */
    str quote;    /* from clauses.yaml, or given in place */
    localized title;
    str table;
    place table_at, clause_at;
    pack_each each;
    expr_text when;
    rule_check check;
    expr_text condition; /* DENY, REQUIRE */
    pack_key *per;       /* LIMIT; also shown keys of a predicate rule */
    uint32_t per_count;
    expr_text measure;
    expr_text at_most, at_least, exactly, warn_above, warn_below; /* text.data NULL when absent */
    policy_severity severity;
    localized message;
    message_template message_zh, message_en;
    date_range in_force; /* given or the pack's; versions of one id leave no gaps and do not overlap */
    const str *readings; /* ids of the ambiguities it reads: A1 ... */
    uint32_t reading_count;
    localized note;
    place at;
    uint32_t script;  /* RULE_SCRIPT: index of the script; functions are found by rule id */
    const str *needs; /* RULE_SCRIPT */
    uint32_t need_count;
    bool folds; /* RULE_SCRIPT with per/fold/judge */
} pack_rule;

typedef struct pack pack;

typedef struct pack_tighten {
    const node *source; /* its keys are checked by pack/tighten.c, which knows the rule that is meant */
    str rule;
    const pack *base; /* whose rule it is */
    expr_text at_most, at_least, also_when, warn_above, warn_below;
    bool has_severity;
    policy_severity severity;
    place at;
} pack_tighten;

typedef struct pack_extend {
    str pack;
    str version; /* ">=1 <2" or "1.2" */
    place at, version_at;
    const pack *base;
} pack_extend;

typedef struct calendar_term {
    str name;           /* "2021-2022-1" */
    int32_t start, end; /* both included */
} calendar_term;
typedef struct calendar_day {
    int32_t from, until; /* both included */
    bool teaching;       /* holiday: false; make-up workday (调休): true */
    str name;
} calendar_day;
typedef struct pack_calendar {
    bool present;
    calendar_term *terms;
    uint32_t term_count;
    calendar_day *days;
    uint32_t day_count;
    place at;
} pack_calendar;

typedef struct pack_band {
    str name;    /* 优秀 */
    double from; /* score rate, included */
} pack_band;
typedef struct pack_band_scheme {
    str id;
    localized title;
    pack_band *bands; /* best first; the last starts at 0 */
    uint32_t band_count;
    const str *absent, *exempt; /* cell texts, beside those that are always understood */
    uint32_t absent_count, exempt_count;
    int32_t minimum_group; /* smaller groups are suppressed */
    int32_t minimum_count; /* and counts from 1 to below it */
    place at;
} pack_band_scheme;

typedef struct pack_clause {
    str id;
    str section;
    str quote;
    const str *rules;
    uint32_t rule_count;
    place rules_at;
    str attested_by;  /* filing kind */
    localized reason; /* why no computer can check it, or what is read into it */
    str duty, kind;
    str document; /* number of the document, where a pack quotes several */
    place at;
} pack_clause;

struct pack {
    str name, version, schema_name;
    localized title;
    str issuer, number, source_text; /* source_text: file beside the pack */
    bool has_issued;
    int32_t issued;
    date_range in_force;
    pack_extend *extends;
    uint32_t extend_count;
    pack_param *params;
    uint32_t param_count;
    pack_let *lets;
    uint32_t let_count;
    pack_title *titles;
    uint32_t title_count;
    pack_measure *measures;
    uint32_t measure_count;
    pack_rule *rules;
    uint32_t rule_count;
    pack_tighten *tightens;
    uint32_t tighten_count;
    pack_param *param_changes; /* an overlay's new values for parameters of its bases; in force while the overlay is */
    uint32_t param_change_count;
    pack_calendar calendar;
    pack_band_scheme *schemes;
    uint32_t scheme_count;
    pack_clause *clauses;
    uint32_t clause_count;
    str directory;   /* where its files are; str_none from memory */
    str parent;      /* where its neighbours are: packs it extends, schema/ */
    str file;        /* its pack.yaml, as found */
    bool is_script;  /* read from a script: extends every pack before it */
    uint32_t script; /* index of that script */
    place at;
};

typedef struct pack_script {
    str file, text;
} pack_script;

/* A parameter after all overlays: which value is in force when, and where each came from. */
typedef struct ruleset_param {
    const pack *declared_by;
    const pack_param *declared;
    param_version *versions; /* sorted, no gaps or overlaps */
    uint32_t version_count;
} ruleset_param;

typedef struct ruleset {
    arena memory;
    const policy_options *options;
    pack **packs; /* base first */
    uint32_t pack_count;
    schema *schema;
    ruleset_param *params; /* in the order of the packs */
    uint32_t param_count;
    pack_script *scripts;
    uint32_t script_count;
} ruleset;

/* Loading is in pack/load.h. Frees the ruleset and all packs in it; NULL is fine. */
void ruleset_free(ruleset *r);

/* Does `p` extend `base`, directly or through others? */
bool pack_extends(const pack *p, const pack *base);

#endif
