/*
 * `tighten`: what an overlay may say of a rule of its base, as far as that can be decided without types.
 *
 * The gate never guesses. A bound moves only if the rule has it, and the engine takes the stricter of both per group; two
 * plain numbers are compared here, so that a looser one is refused at load. Everything else of a base is closed.
 */
#include "pack/tighten.h"

#include "pack/parts.h"
#include "pack/stages.h"

#include "base/number.h"

static const str tighten_keys[] = {STR_INIT("rule"),       STR_INIT("at_most"),    STR_INIT("at_least"),
                                   STR_INIT("warn_above"), STR_INIT("warn_below"), STR_INIT("also_when"),
                                   STR_INIT("severity")};

/* What a rule has and an overlay cannot touch; `enabled` and the like are what people try. */
static const str closed_keys[] = {
    STR_INIT("clause"),   STR_INIT("document"), STR_INIT("quote"),    STR_INIT("title"),   STR_INIT("note"),
    STR_INIT("table"),    STR_INIT("each"),     STR_INIT("when"),     STR_INIT("deny"),    STR_INIT("require"),
    STR_INIT("measure"),  STR_INIT("exactly"),  STR_INIT("per"),      STR_INIT("message"), STR_INIT("in_force"),
    STR_INIT("readings"), STR_INIT("enabled"),  STR_INIT("disabled"), STR_INIT("remove"),  STR_INIT("delete"),
};

typedef struct gate {
    loader *l;
    const ruleset *r;
    const pack *overlay;
    pack_tighten *t;
    const pack_rule *rule; /* of the base: the version that is being looked at */
} gate;

static bool refuse(gate *g, message_id message, place at, str a, str b, str c)
{
    return loader_fail(g->l, &(error_spec){.status = POLICY_E_TIGHTEN,
                                           .message = message,
                                           .arguments = {a, g->t->rule, b, c},
                                           .at = at,
                                           .rule = g->t->rule,
                                           .other = g->rule ? g->rule->at : (place){.line = 0}});
}

static bool listed(str key, const str *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(keys[i], key))
            return true;
    return false;
}

static void check_keys(gate *g)
{
    const node *n = g->t->source;
    for (uint32_t i = 0; i < n->count; i++) {
        str key = n->keys[i].scalar;
        if (listed(key, KNOWN(tighten_keys)))
            continue;
        if (listed(key, KNOWN(closed_keys)))
            refuse(g, MESSAGE_TIGHTEN_CLOSED, n->keys[i].at, key, str_none, str_none);
        else
            loader_fail(g->l, &(error_spec){.status = POLICY_E_NAME,
                                            .message = MESSAGE_PACK_UNKNOWN_KEY,
                                            .arguments = {key, message_argument(MESSAGE_THING_TIGHTEN)},
                                            .at = n->keys[i].at,
                                            .rule = g->t->rule,
                                            .nearest = str_nearest(key, KNOWN(tighten_keys)),
                                            .other = g->rule->at});
    }
    if (n->count == 1)
        refuse(g, MESSAGE_TIGHTEN_NOTHING, n->at, str_none, str_none, str_none);
}

/* ---- one key each ---- */

static void check_bound(gate *g, str key, const expr_text *base, expr_text *out, bool lower)
{
    const node *n = node_find(g->t->source, key);
    if (!n || (!out->text.data && !node_read_expression(g->l, n, key, out)))
        return;
    if (!base->text.data) {
        refuse(g, MESSAGE_TIGHTEN_NO_BOUND, n->at, key, str_none, str_none);
        return;
    }
    double was, now;
    if (number_read_double(str_trim(base->text), false, &was) && number_read_double(str_trim(n->raw), false, &now) &&
        (lower ? now > was : now < was))
        refuse(g, MESSAGE_TIGHTEN_LOOSER, n->at, key, str_trim(n->raw), str_trim(base->text));
}

/* The name before the parenthesis, and what is between: sum(minutes). */
static bool split_call(str text, str *name, str *argument)
{
    text = str_trim(text);
    size_t i = 0;
    while (i < text.size && text.data[i] != '(')
        i++;
    if (i == text.size || text.data[text.size - 1] != ')')
        return false;
    *name = str_trim(str_slice(text, 0, i));
    *argument = str_trim(str_slice(text, i + 1, text.size - 1));
    return true;
}

bool rule_only_grows(const schema *s, const pack_rule *rule)
{
    str name, argument;
    if (!split_call(rule->measure.text, &name, &argument))
        return false;
    if (str_equal(name, STR("count")) || str_equal(name, STR("count_distinct")) || str_equal(name, STR("max")))
        return true;
    const schema_type *t = str_equal(name, STR("sum")) && s ? schema_find_type(s, rule->table) : NULL;
    int field = t ? schema_find_field(t, argument) : -1;
    if (field < 0 || !t->fields[field].has_minimum)
        return false;
    value least = t->fields[field].minimum;
    return value_compare(least, least.kind == VALUE_DURATION ? value_duration(0, 0) : value_int(0)) >= 0;
}

static void check_also_when(gate *g)
{
    const node *n = node_find(g->t->source, STR("also_when"));
    if (!n || (!g->t->also_when.text.data && !node_read_expression(g->l, n, STR("also_when"), &g->t->also_when)))
        return;
    if (g->rule->check != RULE_LIMIT)
        return;
    if (!g->rule->at_most.text.data || g->rule->at_least.text.data || g->rule->exactly.text.data ||
        !rule_only_grows(g->r->schema, g->rule))
        refuse(g, MESSAGE_TIGHTEN_ALSO_WHEN, n->at, STR("also_when"), str_none, str_none);
}

static void check_severity(gate *g)
{
    const node *n = node_find(g->t->source, STR("severity"));
    if (!n || (!g->t->has_severity && !node_read_severity(g->l, n, STR("severity"), &g->t->severity)))
        return;
    g->t->has_severity = true;
    if (g->t->severity < g->rule->severity)
        refuse(g, MESSAGE_TIGHTEN_SEVERITY, n->at, STR("severity"), n->scalar,
               str_of(policy_severity_name(g->rule->severity)));
}

static void check_version(gate *g, bool first)
{
    if (first)
        check_keys(g);
    check_bound(g, STR("at_most"), &g->rule->at_most, &g->t->at_most, true);
    check_bound(g, STR("at_least"), &g->rule->at_least, &g->t->at_least, false);
    check_bound(g, STR("warn_above"), &g->rule->warn_above, &g->t->warn_above, true);
    check_bound(g, STR("warn_below"), &g->rule->warn_below, &g->t->warn_below, false);
    check_also_when(g);
    check_severity(g);
}

/* ---- all of them ---- */

static void refuse_unknown(gate *g)
{
    const pack *where = NULL;
    const pack_rule *rule = ruleset_find_rule(g->r, g->t->rule, &where);
    place at = node_find(g->t->source, STR("rule"))->at;
    if (rule) {
        g->rule = rule;
        refuse(g, where == g->overlay ? MESSAGE_TIGHTEN_OWN : MESSAGE_TIGHTEN_NOT_BASE, at, where->name, str_none,
               str_none);
        return;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->r->pack_count; i++)
        count += g->r->packs[i]->rule_count;
    str *known = loader_array(g->l, count, sizeof *known);
    count = 0;
    for (uint32_t i = 0; known && i < g->r->pack_count; i++)
        for (uint32_t j = 0; pack_extends(g->overlay, g->r->packs[i]) && j < g->r->packs[i]->rule_count; j++)
            if (g->r->packs[i]->rules[j].id.data)
                known[count++] = g->r->packs[i]->rules[j].id;
    if (known)
        loader_fail(g->l, &(error_spec){.status = POLICY_E_NAME,
                                        .message = MESSAGE_TIGHTEN_UNKNOWN,
                                        .arguments = {g->t->rule},
                                        .at = at,
                                        .rule = g->t->rule,
                                        .nearest = str_nearest(g->t->rule, known, count)});
}

static void check_one(loader *l, const ruleset *r, const pack *overlay, pack_tighten *t)
{
    gate g = {.l = l, .r = r, .overlay = overlay, .t = t};
    l->rule = t->rule;
    for (uint32_t i = 0; i < r->pack_count && !t->base; i++) {
        const pack *p = r->packs[i];
        for (uint32_t j = 0; pack_extends(overlay, p) && j < p->rule_count; j++) {
            if (!str_equal(p->rules[j].id, t->rule))
                continue;
            g.rule = &p->rules[j];
            check_version(&g, !t->base);
            t->base = p;
        }
    }
    if (!t->base)
        refuse_unknown(&g);
    l->rule = str_none;
}

void check_tightens(loader *l, ruleset *r)
{
    for (uint32_t i = 0; i < r->pack_count; i++)
        for (uint32_t j = 0; j < r->packs[i]->tighten_count && !l->nomem; j++)
            check_one(l, r, r->packs[i], &r->packs[i]->tightens[j]);
}

static void read_tighten(loader *l, pack *p, const node *key, const node *n)
{
    (void)key;
    if (!node_expect(l, n, NODE_MAP, STR("tighten")))
        return;
    const node *rule = node_require(l, n, STR("rule"), MESSAGE_THING_TIGHTEN);
    pack_tighten *t = &p->tightens[p->tighten_count];
    *t = (pack_tighten){.source = n, .at = n->at};
    if (rule && node_read_text(l, rule, STR("rule"), &t->rule))
        p->tighten_count++;
}

void load_tightens(loader *l, const pack_files *files, pack *p)
{
    p->tightens = loader_array(l, files_count(files, STR("tighten")), sizeof *p->tightens);
    if (p->tightens)
        files_each(l, files, p, STR("tighten"), NODE_LIST, read_tighten);
}
