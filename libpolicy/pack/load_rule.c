/*
 * Rules: which check, on which table, with which bounds. Expressions stay text; only their presence is checked here.
 */
#include "pack/parts.h"

static const str rule_keys[] = {
    STR_INIT("id"),         STR_INIT("clause"),     STR_INIT("document"), STR_INIT("quote"),    STR_INIT("title"),
    STR_INIT("note"),       STR_INIT("table"),      STR_INIT("each"),     STR_INIT("when"),     STR_INIT("deny"),
    STR_INIT("require"),    STR_INIT("measure"),    STR_INIT("at_most"),  STR_INIT("at_least"), STR_INIT("exactly"),
    STR_INIT("warn_above"), STR_INIT("warn_below"), STR_INIT("per"),      STR_INIT("severity"), STR_INIT("message"),
    STR_INIT("in_force"),   STR_INIT("readings"),
};

static const str script_keys[] = {STR_INIT("check"), STR_INIT("fold"), STR_INIT("judge"), STR_INIT("needs")};

static bool refuse(loader *l, place at, message_id message, str a, str b)
{
    return loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX, .message = message, .arguments = {a, b}, .at = at});
}

static void read_expression(loader *l, const node *n, str key, expr_text *out)
{
    const node *found = node_find(n, key);
    if (found)
        node_read_expression(l, found, key, out);
}

static void read_text(loader *l, const node *n, str key, str *out)
{
    const node *found = node_find(n, key);
    if (found)
        node_read_text(l, found, key, out);
}

static void read_localized(loader *l, const node *n, str key, localized *out)
{
    const node *found = node_find(n, key);
    if (found)
        node_read_localized(l, found, key, out);
}

/* What a script's rule may have beside the usual: fold with judge and per, and what its functions need. */
static void read_script(loader *l, const node *n, pack_rule *r)
{
    place at;
    const node *needs = node_find(n, STR("needs"));
    r->folds = node_find(n, STR("fold")) != NULL;
    if (needs)
        node_read_texts(l, needs, STR("needs"), &r->needs, &r->need_count);
    if (!r->folds)
        return;
    static const str with[] = {STR_INIT("judge"), STR_INIT("per"), STR_INIT("needs")};
    for (int i = 0; i < 3; i++)
        if (!node_find(n, with[i]) && node_find_at(n, STR("fold"), &at))
            refuse(l, at, MESSAGE_RULE_BOUND_ALONE, STR("fold"), with[i]);
}

/* Exactly one of deny, require, measure; in a script also check or fold. */
static void read_check(loader *l, const node *n, const pack *p, pack_rule *r)
{
    static const str kinds[] = {STR_INIT("deny"), STR_INIT("require"), STR_INIT("measure"), STR_INIT("check"),
                                STR_INIT("fold")};
    static const rule_check checks[] = {RULE_DENY, RULE_REQUIRE, RULE_LIMIT, RULE_SCRIPT, RULE_SCRIPT};
    int chosen = -1, count = p->is_script ? 5 : 3;
    for (int i = 0; i < count; i++) {
        place at;
        if (!node_find_at(n, kinds[i], &at))
            continue;
        if (chosen >= 0)
            refuse(l, at, MESSAGE_RULE_TWO_CHECKS, kinds[chosen], kinds[i]);
        else
            chosen = i;
    }
    if (chosen < 0) {
        refuse(l, r->at, p->is_script ? MESSAGE_RULE_NO_SCRIPT_CHECK : MESSAGE_RULE_NO_CHECK, r->id, str_none);
        return;
    }
    r->check = checks[chosen];
    if (r->check == RULE_SCRIPT) {
        r->script = p->script;
        read_script(l, n, r);
        return;
    }
    for (int i = 2; i < 4 && p->is_script; i++) { /* judge and needs serve functions only */
        place at;
        if (node_find_at(n, script_keys[i], &at))
            refuse(l, at, MESSAGE_RULE_BOUND_ALONE, script_keys[i], i == 2 ? STR("fold") : STR("check"));
    }
    read_expression(l, n, kinds[chosen], r->check == RULE_LIMIT ? &r->measure : &r->condition);
}

static void need(loader *l, const node *n, str key, bool there, message_id message, str argument)
{
    place at;
    if (!there && node_find_at(n, key, &at))
        refuse(l, at, message, key, argument);
}

static void read_bounds(loader *l, const node *n, pack_rule *r)
{
    static const str names[] = {STR_INIT("at_most"), STR_INIT("at_least"), STR_INIT("exactly"), STR_INIT("warn_above"),
                                STR_INIT("warn_below")};
    expr_text *bounds[] = {&r->at_most, &r->at_least, &r->exactly, &r->warn_above, &r->warn_below};
    bool given[5];
    for (int i = 0; i < 5; i++) {
        read_expression(l, n, names[i], bounds[i]);
        given[i] = node_find(n, names[i]) != NULL;
    }
    if (!node_find(n, STR("measure"))) {
        for (int i = 0; i < 5; i++)
            need(l, n, names[i], false, MESSAGE_RULE_BOUND_ALONE, STR("measure"));
        return;
    }
    if (!given[0] && !given[1] && !given[2])
        refuse(l, r->at, MESSAGE_RULE_NO_BOUND, r->id, str_none);
    if (given[2]) {
        need(l, n, names[0], false, MESSAGE_RULE_BOUNDS_CLASH, names[2]);
        need(l, n, names[1], false, MESSAGE_RULE_BOUNDS_CLASH, names[2]);
    }
    need(l, n, names[3], given[0], MESSAGE_RULE_WARN_ALONE, names[0]);
    need(l, n, names[4], given[1], MESSAGE_RULE_WARN_ALONE, names[1]);
    /* Two degrees make sense only when the harder one is a violation. */
    need(l, n, names[3], r->severity == POLICY_VIOLATION, MESSAGE_RULE_WARN_SEVERITY, STR("violation"));
    need(l, n, names[4], r->severity == POLICY_VIOLATION, MESSAGE_RULE_WARN_SEVERITY, STR("violation"));
    if (!node_find(n, STR("per")))
        node_require(l, n, STR("per"), MESSAGE_THING_LIMIT);
}

static void read_message(loader *l, const node *n, pack_rule *r)
{
    const node *message = node_find(n, STR("message"));
    if (!message || !node_read_localized(l, message, STR("message"), &r->message))
        return;
    const node *zh = node_find(message, STR("zh")), *en = node_find(message, STR("en"));
    if (zh)
        message_read(l, zh, &r->message_zh);
    if (en)
        message_read(l, en, &r->message_en);
}

static void check_script_keys(loader *l, const node *n)
{
    enum { RULE_KEYS = sizeof rule_keys / sizeof *rule_keys, SCRIPT_KEYS = sizeof script_keys / sizeof *script_keys };
    str keys[RULE_KEYS + SCRIPT_KEYS];
    for (size_t i = 0; i < RULE_KEYS + SCRIPT_KEYS; i++)
        keys[i] = i < RULE_KEYS ? rule_keys[i] : script_keys[i - RULE_KEYS];
    node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_RULE);
}

static void read_rule(loader *l, pack *p, const node *key, const node *n)
{
    (void)key;
    pack_rule *r = &p->rules[p->rule_count++];
    *r = (pack_rule){.at = n->at, .severity = POLICY_VIOLATION, .in_force = p->in_force};
    if (!node_expect(l, n, NODE_MAP, message_argument(MESSAGE_THING_RULE)))
        return;
    const node *id = node_require(l, n, STR("id"), MESSAGE_THING_RULE);
    if (id && node_read_id(l, id, STR("id"), &r->id)) {
        r->at = id->at;
        l->rule = r->id;
    }
    if (p->is_script)
        check_script_keys(l, n);
    else
        node_check_keys(l, n, KNOWN(rule_keys), MESSAGE_THING_RULE);
    const node *found = node_find(n, STR("clause"));
    if (found && node_read_text(l, found, STR("clause"), &r->clause))
        r->clause_at = found->at;
    read_text(l, n, STR("document"), &r->document);
    read_text(l, n, STR("quote"), &r->quote);
    read_localized(l, n, STR("title"), &r->title);
    read_localized(l, n, STR("note"), &r->note);
    found = node_require(l, n, STR("table"), MESSAGE_THING_RULE);
    if (found && node_read_identifier(l, found, STR("table"), &r->table))
        r->table_at = found->at;
    if ((found = node_find(n, STR("each"))) != NULL)
        load_each(l, found, &r->each);
    read_expression(l, n, STR("when"), &r->when);
    if ((found = node_find(n, STR("severity"))) != NULL)
        node_read_severity(l, found, STR("severity"), &r->severity);
    if ((found = node_find(n, STR("per"))) != NULL)
        load_per(l, found, &r->per, &r->per_count);
    if ((found = node_find(n, STR("in_force"))) != NULL)
        node_read_range(l, found, STR("in_force"), &r->in_force);
    if ((found = node_find(n, STR("readings"))) != NULL)
        node_read_texts(l, found, STR("readings"), &r->readings, &r->reading_count);
    read_check(l, n, p, r);
    read_bounds(l, n, r);
    read_message(l, n, r);
    l->rule = str_none;
}

void load_rules(loader *l, const pack_files *files, pack *p)
{
    p->rules = loader_array(l, files_count(files, STR("rules")), sizeof *p->rules);
    if (p->rules)
        files_each(l, files, p, STR("rules"), NODE_LIST, read_rule);
}
