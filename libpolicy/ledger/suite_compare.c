/*
 * What a case expects against what was found.
 *
 * Expectations are partial, so which finding each of them means is decided for all together: the case passes when they can
 * be paired off with nothing left on either side. A difference is written as the case would say it, so that it can be
 * copied into the file.
 */
#include "base/number.h"
#include "base/text_handle.h"
#include "ledger/suite.h"

size_t suite_rule_index(const policy_engine *e, str id)
{
    for (uint32_t i = 0; i < e->rule_count; i++) {
        if (str_equal(e->rule_list[i]->id, id)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* ---- does a finding fit an expectation? ---- */

static bool same_text(str expected, const char *got)
{
    double a, b;
    str text = str_of(got ? got : "");
    return str_equal(expected, text) ||
           (number_read_double(expected, false, &a) && number_read_double(text, false, &b) && a == b);
}

static bool same_keys(const case_expectation *e, const policy_finding *f)
{
    for (uint32_t i = 0; i < e->key_count; i++) {
        bool fits = false;
        for (size_t k = 0; k < policy_finding_key_count(f) && !fits; k++) {
            fits = str_equal(e->keys[i].name, str_of(policy_finding_key_name(f, k))) &&
                   same_text(e->keys[i].text, policy_finding_key(f, k).text);
        }
        if (!fits) {
            return false;
        }
    }
    return true;
}

static bool same_rows(const case_expectation *e, const policy_finding *f)
{
    size_t count = policy_finding_row_count(f);
    if (!e->has_rows) {
        return true;
    }
    if (count != e->row_count) {
        return false;
    }
    for (uint32_t i = 0; i < e->row_count; i++) {
        bool there = false;
        for (size_t k = 0; k < count && !there; k++) {
            there = policy_finding_row(f, k) == (uint64_t)e->rows[i];
        }
        if (!there) {
            return false;
        }
    }
    return true;
}

static bool same_missing(const case_expectation *e, const policy_finding *f)
{
    size_t count = policy_finding_missing_count(f);
    if (!e->has_missing) {
        return true;
    }
    if (count != e->missing_count) {
        return false;
    }
    for (uint32_t i = 0; i < e->missing_count; i++) {
        bool there = false;
        for (size_t k = 0; k < count && !there; k++) {
            there = str_equal(e->missing[i], str_of(policy_finding_missing(f, k)));
        }
        if (!there) {
            return false;
        }
    }
    return true;
}

/* False when out of memory. */
static bool same_message(str expected, const policy_finding *f, policy_language language, bool *fits)
{
    if (expected.data == NULL) {
        return true;
    }
    policy_text *text = NULL;
    if (policy_finding_message(f, language, &text, NULL) != POLICY_OK) {
        return false;
    }
    *fits = *fits && str_equal(expected, (str){policy_text_data(text), policy_text_size(text)});
    policy_text_free(text);
    return true;
}

static bool fits_expectation(const case_expectation *e, const policy_finding *f, bool *fits)
{
    *fits = e->result == policy_finding_verdict(f) &&
            (e->rule.data == NULL || str_equal(e->rule, str_of(policy_finding_rule(f)))) &&
            (!e->has_severity || e->severity == policy_finding_severity(f)) && same_keys(e, f) &&
            (e->value.data == NULL || same_text(e->value, policy_finding_value(f).text)) &&
            (e->limit.data == NULL || same_text(e->limit, policy_finding_limit(f).text)) && same_rows(e, f) &&
            same_missing(e, f);
    return !*fits || (same_message(e->message.zh, f, POLICY_LANGUAGE_ZH, fits) &&
                      same_message(e->message.en, f, POLICY_LANGUAGE_EN, fits));
}

/* ---- pairing ---- */

typedef struct pairing {
    size_t expected, found;
    bool *fits;    /* expected * found */
    size_t *owner; /* of a finding: expectation + 1 */
    bool *visited; /* findings, in one search */
    size_t *path;  /* expectations on the way */
    size_t *next;  /* and the finding each tries next */
} pairing;

/* Find a finding for one more expectation, moving others when that helps; without recursion, since cases may be long. */
static bool pair_one(pairing *p, size_t expectation)
{
    memset(p->visited, 0, p->found * sizeof *p->visited);
    size_t depth = 0;
    p->path[0] = expectation;
    p->next[0] = 0;
    for (;;) {
        size_t e = p->path[depth];
        while (p->next[depth] < p->found && (!p->fits[e * p->found + p->next[depth]] || p->visited[p->next[depth]])) {
            p->next[depth]++;
        }
        if (p->next[depth] == p->found) {
            if (depth == 0) {
                return false;
            }
            p->next[--depth]++;
            continue;
        }
        size_t f = p->next[depth];
        p->visited[f] = true;
        if (p->owner[f] != 0) {
            p->path[depth + 1] = p->owner[f] - 1;
            p->next[++depth] = 0;
            continue;
        }
        for (size_t i = 0; i <= depth; i++) {
            p->owner[p->next[i]] = p->path[i] + 1;
        }
        return true;
    }
}

/* ---- telling the difference ---- */

static void put_list(buffer *b, const char *name, bool *first)
{
    buffer_put_c(b, *first ? "" : ", ");
    buffer_put_c(b, name);
    *first = false;
}

static void put_expectation(buffer *b, const case_expectation *e)
{
    bool first = true;
    buffer_put_c(b, "  - {result: ");
    buffer_put_c(b, policy_verdict_name(e->result));
    if (e->rule.data != NULL) {
        buffer_put_c(b, ", rule: ");
        buffer_put(b, e->rule);
    }
    if (e->has_severity) {
        buffer_put_c(b, ", severity: ");
        buffer_put_c(b, policy_severity_name(e->severity));
    }
    if (e->key_count > 0) {
        buffer_put_c(b, ", key: {");
        for (uint32_t i = 0; i < e->key_count; i++) {
            put_list(b, e->keys[i].name.data, &first);
            buffer_put_c(b, ": ");
            buffer_put(b, e->keys[i].text);
        }
        buffer_put_c(b, "}");
    }
    if (e->value.data != NULL) {
        buffer_put_c(b, ", value: ");
        buffer_put(b, e->value);
    }
    if (e->limit.data != NULL) {
        buffer_put_c(b, ", limit: ");
        buffer_put(b, e->limit);
    }
    if (e->has_rows) {
        buffer_put_c(b, ", rows: [");
        for (uint32_t i = 0; i < e->row_count; i++) {
            buffer_put_c(b, i ? ", " : "");
            buffer_put_int(b, e->rows[i]);
        }
        buffer_put_c(b, "]");
    }
    if (e->has_missing) {
        first = true;
        buffer_put_c(b, ", missing: [");
        for (uint32_t i = 0; i < e->missing_count; i++) {
            put_list(b, e->missing[i].data, &first);
        }
        buffer_put_c(b, "]");
    }
    str messages[2] = {e->message.zh, e->message.en};
    for (int i = 0; i < 2; i++) {
        if (messages[i].data != NULL) {
            buffer_put_c(b, i == 0 ? ", zh: \"" : ", en: \"");
            buffer_put(b, messages[i]);
            buffer_put_c(b, "\"");
        }
    }
    buffer_put_c(b, "}\n");
}

static void put_datum(buffer *b, const char *name, policy_datum d)
{
    if (d.kind != POLICY_DATUM_NONE) {
        buffer_put_c(b, name);
        buffer_put_c(b, d.text ? d.text : "");
    }
}

static bool put_finding(buffer *b, const policy_finding *f, policy_language language)
{
    buffer_put_c(b, "  - {result: ");
    buffer_put_c(b, policy_verdict_name(policy_finding_verdict(f)));
    buffer_put_c(b, ", rule: ");
    buffer_put_c(b, policy_finding_rule(f));
    buffer_put_c(b, ", severity: ");
    buffer_put_c(b, policy_severity_name(policy_finding_severity(f)));
    buffer_put_c(b, ", key: {");
    for (size_t i = 0; i < policy_finding_key_count(f); i++) {
        policy_datum key = policy_finding_key(f, i);
        buffer_put_c(b, i ? ", " : "");
        buffer_put_c(b, policy_finding_key_name(f, i));
        buffer_put_c(b, ": ");
        buffer_put_c(b, key.text ? key.text : "");
    }
    buffer_put_c(b, "}");
    put_datum(b, ", value: ", policy_finding_value(f));
    put_datum(b, ", limit: ", policy_finding_limit(f));
    buffer_put_c(b, ", rows: [");
    for (size_t i = 0; i < policy_finding_row_count(f); i++) {
        buffer_put_c(b, i ? ", " : "");
        buffer_put_uint(b, policy_finding_row(f, i));
    }
    buffer_put_c(b, "]");
    bool first = true;
    for (size_t i = 0; i < policy_finding_missing_count(f); i++) {
        buffer_put_c(b, first ? ", missing: [" : "");
        put_list(b, policy_finding_missing(f, i), &first);
    }
    buffer_put_c(b, first ? "" : "]");
    policy_text *text = NULL;
    if (policy_finding_message(f, language, &text, NULL) != POLICY_OK) {
        return false;
    }
    buffer_put_c(b, language == POLICY_LANGUAGE_EN ? ", en: \"" : ", zh: \"");
    buffer_put_c(b, policy_text_data(text));
    buffer_put_c(b, "\"}\n");
    policy_text_free(text);
    return true;
}

static void put_sentence(buffer *b, message_id message, policy_language language, str first, str second, str third)
{
    message_write(b, message, language, (const str[]){first, second, third}, 3);
    buffer_put_c(b, "\n");
}

/* One word for all: pass leaves room for records that the rule does not speak of; nothing else may have happened. */
static bool compare_counts(case_run *trial, policy_language language, buffer *b)
{
    bool fine = true;
    policy_verdict expected = trial->c->counts;
    for (uint32_t i = 0; i < trial->c->rule_count; i++) {
        size_t rule = suite_rule_index(trial->engine, trial->c->rules[i]);
        buffer counts;
        buffer_init(&counts, b->allocator, 0);
        bool same = true;
        for (policy_verdict v = POLICY_PASS; v <= POLICY_ERROR; v++) {
            uint64_t count = policy_findings_verdicts(trial->findings, rule, v);
            bool allowed = v == expected || (v == POLICY_NOT_APPLICABLE && expected == POLICY_PASS);
            same = same && (allowed || count == 0);
            same = same && (v != expected || count > 0 || v == POLICY_NOT_APPLICABLE);
            if (count > 0) {
                buffer_put_c(&counts, counts.size ? ", " : "");
                buffer_put_c(&counts, policy_verdict_name(v));
                buffer_put_char(&counts, ' ');
                buffer_put_uint(&counts, count);
            }
        }
        if (!same) {
            put_sentence(b, counts.size ? MESSAGE_SUITE_COUNTS : MESSAGE_SUITE_NOTHING, language, trial->c->rules[i],
                         str_of(policy_verdict_name(expected)), buffer_text(&counts));
        }
        b->failed = b->failed || counts.failed;
        buffer_free(&counts);
        fine = fine && same;
    }
    for (size_t i = 0; i < trial->found_count && !fine; i++) {
        b->failed = b->failed || !put_finding(b, trial->found[i], language);
    }
    return fine;
}

/* False when out of memory. */
static bool compare_pairs(case_run *trial, pairing *p, policy_language language, buffer *b)
{
    for (size_t e = 0; e < p->expected; e++) {
        for (size_t f = 0; f < p->found; f++) {
            if (!fits_expectation(&trial->c->expected[e], trial->found[f], &p->fits[e * p->found + f])) {
                return false;
            }
        }
    }
    bool first = true;
    for (size_t e = 0; e < p->expected; e++) {
        if (pair_one(p, e)) {
            continue;
        }
        if (first) {
            put_sentence(b, MESSAGE_SUITE_ABSENT, language, str_none, str_none, str_none);
            first = false;
        }
        put_expectation(b, &trial->c->expected[e]);
    }
    first = true;
    for (size_t f = 0; f < p->found; f++) {
        if (p->owner[f] != 0) {
            continue;
        }
        if (first) {
            put_sentence(b, MESSAGE_SUITE_EXTRA, language, str_none, str_none, str_none);
            first = false;
        }
        if (!put_finding(b, trial->found[f], language)) {
            return false;
        }
    }
    return true;
}

static bool compare_findings(case_run *trial, policy_language language, buffer *b)
{
    arena memory;
    arena_init(&memory, b->allocator, 0);
    pairing p = {.expected = trial->c->expected_count, .found = trial->found_count};
    p.fits = arena_array(&memory, p.expected + 1, p.found + 1);
    p.owner = arena_array(&memory, p.found + 1, sizeof *p.owner);
    p.visited = arena_array(&memory, p.found + 1, sizeof *p.visited);
    p.path = arena_array(&memory, p.expected + 1, sizeof *p.path);
    p.next = arena_array(&memory, p.expected + 1, sizeof *p.next);
    bool fine = p.fits && p.owner && p.visited && p.path && p.next && compare_pairs(trial, &p, language, b);
    arena_free(&memory);
    return fine;
}

policy_status suite_compare(case_run *trial, policy_language language, policy_text **difference)
{
    buffer b;
    buffer_init(&b, trial->allocator, 0);
    bool fine = true;
    if (trial->c->counts_only) {
        (void)compare_counts(trial, language, &b);
    } else {
        fine = compare_findings(trial, language, &b);
    }
    policy_status status = !fine || b.failed ? error_nomem(trial->err)
                           : b.size > 0 ? text_handle_new(trial->allocator, buffer_text(&b), difference, trial->err)
                                        : POLICY_OK;
    buffer_free(&b);
    return status;
}
