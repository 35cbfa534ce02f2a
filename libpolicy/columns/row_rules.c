/*
 * Row rules on a block: verdicts that nobody wants to see are counted, the rest is left to judge_row.
 */
#include "columns/feed.h"

/* A verdict that becomes no finding is only counted. */
static bool only_counted(const policy_ledger *l, policy_verdict verdict)
{
    return (l->reported & (1u << verdict)) == 0;
}

/* What the block's rows come to under one rule. Masks of bits, all of the block's words: a count that compilers can
 * unroll; 0 behind the last row. */
typedef struct judging {
    type_columns *c;
    row_rule *rule;
    int64_t *counts;            /* of the rule, by verdict */
    uint64_t live[BLOCK_WORDS]; /* rows that are not odd */
    uint64_t live_count;
    bool whole;                 /* they are all rows of a full block */
    uint64_t nowhere_count;     /* rows of days on which no version of the rule speaks */
    uint64_t here[BLOCK_WORDS]; /* rows that the version speaks for, as far as they are not settled */
} judging;

static void keep(uint64_t *restrict rows, const uint64_t *restrict a)
{
    for (size_t w = 0; w < BLOCK_WORDS; w++) {
        rows[w] &= a[w];
    }
}

static void take(uint64_t *restrict rows, const uint64_t *restrict a)
{
    for (size_t w = 0; w < BLOCK_WORDS; w++) {
        rows[w] &= ~a[w];
    }
}

static void both(uint64_t *restrict into, const uint64_t *restrict a, const uint64_t *restrict b)
{
    for (size_t w = 0; w < BLOCK_WORDS; w++) {
        into[w] = a[w] & b[w];
    }
}

/* Of `rows`, those where a condition is surely false. */
static void where_false(uint64_t *restrict into, const uint64_t *rows, const uint64_t *yes, const uint64_t *no)
{
    memcpy(into, rows, BLOCK_WORDS * sizeof *into);
    if (no != NULL) {
        keep(into, no);
    } else {
        take(into, yes);
    }
}

static uint64_t count(const judging *x, const uint64_t *rows)
{
    return x->c->coding->kernels->meet(&(bit_part){.bits = rows}, 1, NULL, BLOCK_WORDS);
}

/* The rows that the first so many parts have in common. */
static uint64_t meet(const judging *x, const conjunction *parts, uint32_t part_count, uint64_t *into)
{
    return x->c->coding->kernels->meet(parts->parts, part_count, into, BLOCK_WORDS);
}

/* Count rows under a verdict and take them from what is left; or leave them. */
static void settle(const judging *x, policy_verdict verdict, const uint64_t *rows)
{
    if (only_counted(x->c->programs.ledger, verdict)) {
        x->counts[verdict] += (int64_t)count(x, rows);
        take(x->rule->left, rows);
    }
}

/* Rows of other days. False out of memory. */
static bool judge_days(judging *x)
{
    programs *p = &x->c->programs;
    const uint64_t *yes, *no, *nowhere_yes, *nowhere_no;
    uint64_t rows[BLOCK_WORDS];
    if (!truth_bits(p, x->rule->nowhere, &nowhere_yes, &nowhere_no) || !truth_bits(p, x->rule->here, &yes, &no)) {
        return false;
    }
    both(rows, x->here, nowhere_yes);
    settle(x, POLICY_NOT_IN_FORCE, rows);
    take(x->here, rows);
    where_false(rows, x->here, yes, no); /* another version speaks */
    take(x->rule->left, rows);
    keep(x->here, yes);
    return true;
}

/* The rows that the version speaks for; those that no version does are counted. False out of memory. */
static bool plain_days(judging *x, conjunction *here, uint64_t *here_count)
{
    programs *p = &x->c->programs;
    const uint64_t *yes, *no, *nowhere_yes, *nowhere_no;
    if (!truth_bits(p, x->rule->nowhere, &nowhere_yes, &nowhere_no) || !truth_bits(p, x->rule->here, &yes, &no)) {
        return false;
    }
    if (nowhere_no != NULL || no != NULL || !only_counted(p->ledger, POLICY_NOT_IN_FORCE)) {
        here->plain = false;
        return true;
    }
    here->parts[here->count] = (bit_part){.bits = nowhere_yes};
    x->nowhere_count = meet(x, here, here->count + 1, NULL);
    if (x->nowhere_count > 0) {
        here->parts[here->count++] = (bit_part){.bits = nowhere_yes, .flip = UINT64_MAX};
    }
    here->parts[here->count++] = (bit_part){.bits = yes};
    *here_count = meet(x, here, here->count, NULL);
    return true;
}

/* Where each row is surely one or the other and what nobody wants to see is not reported: all in a few steps over the
 * block. *done false: it is not so, and nothing has happened. False out of memory. */
static bool judge_plainly(judging *x, bool every, bool *done)
{
    programs *p = &x->c->programs;
    row_rule *r = x->rule;
    bool require = r->version->require;
    policy_verdict if_true = require ? POLICY_PASS : POLICY_FAIL, if_false = require ? POLICY_FAIL : POLICY_PASS;
    bool count_true = only_counted(p->ledger, if_true), count_false = only_counted(p->ledger, if_false);
    conjunction parts; /* of the rows it speaks for, then of those that are bad, or good */
    parts.parts[0] = (bit_part){.bits = x->live};
    parts.count = x->whole && r->always && count_false ? 0 : 1;
    parts.plain = true;
    parts.never = false;
    uint64_t here_count = x->live_count, applies = here_count, true_count = 0;
    *done = false;
    if (r->check == NULL || (!count_true && !count_false) ||
        (!every && !only_counted(p->ledger, POLICY_NOT_APPLICABLE))) {
        return true;
    }
    x->nowhere_count = 0;
    if (!r->always && !plain_days(x, &parts, &here_count)) {
        return false;
    }
    if (!conjunction_add(p, &parts, r->when)) {
        return false;
    }
    if (!parts.plain) {
        return true;
    }
    uint32_t of_when = parts.count;
    if (!every) {
        applies = parts.never ? 0 : meet(x, &parts, of_when, NULL);
    } else {
        applies = here_count;
    }
    parts.never = parts.never || applies == 0;
    if (!conjunction_add(p, &parts, r->check)) {
        return false;
    }
    if (!parts.plain || parts.count == 0) {
        return true;
    }
    true_count = parts.never ? 0 : meet(x, &parts, parts.count, count_true ? NULL : r->left);
    uint64_t left = count_true ? 0 : true_count;
    if (!count_false) {
        left = applies - true_count;
        if (left > 0) {
            uint64_t good[BLOCK_WORDS];
            (void)meet(x, &parts, of_when, r->left);
            if (true_count > 0) {
                (void)meet(x, &parts, parts.count, good);
                take(r->left, good);
            }
        }
    }
    x->counts[POLICY_NOT_IN_FORCE] += (int64_t)x->nowhere_count;
    x->counts[POLICY_NOT_APPLICABLE] += (int64_t)(here_count - applies);
    x->counts[if_true] += count_true ? (int64_t)true_count : 0;
    x->counts[if_false] += count_false ? (int64_t)(applies - true_count) : 0;
    r->any_left = left > 0;
    r->any_failed = left > 0 && (require ? !count_false : !count_true);
    if (r->any_failed) {
        memcpy(r->failed, r->left, BLOCK_WORDS * sizeof *r->failed);
    }
    *done = true;
    return true;
}

static bool judge(judging *x)
{
    programs *p = &x->c->programs;
    row_rule *r = x->rule;
    const uint64_t *yes, *no;
    uint64_t rows[BLOCK_WORDS];
    bool require = r->version->require;
    policy_verdict if_true = require ? POLICY_PASS : POLICY_FAIL, if_false = require ? POLICY_FAIL : POLICY_PASS;
    bool every = r->when->kind == CONDITION_CONSTANT && r->when->constant, done;
    r->any_left = r->any_failed = false;
    if (!judge_plainly(x, every, &done) || done) {
        return done;
    }
    r->any_left = true;
    memcpy(r->left, x->live, sizeof x->live);
    memcpy(x->here, x->live, sizeof x->live);
    if (!r->always && !judge_days(x)) {
        return false;
    }
    if (!every) {
        if (!condition_bits(p, r->when, &yes, &no)) {
            return false;
        }
        where_false(rows, x->here, yes, no);
        settle(x, POLICY_NOT_APPLICABLE, rows);
        keep(x->here, yes);
        uint64_t any = 0;
        for (size_t w = 0; w < BLOCK_WORDS; w++) {
            any |= x->here[w];
        }
        if (any == 0) {
            return true;
        }
    }
    if (r->check == NULL) {
        return true;
    }
    if (!condition_bits(p, r->check, &yes, &no)) {
        return false;
    }
    both(rows, x->here, yes);
    settle(x, if_true, rows);
    if (!require) {
        both(r->failed, rows, r->left);
    }
    where_false(rows, x->here, yes, no);
    settle(x, if_false, rows);
    if (require) {
        both(r->failed, rows, r->left);
    }
    r->any_failed = true;
    return true;
}

bool row_rules_block(type_columns *c)
{
    const coding *rows = c->coding;
    judging x = {.c = c};
    size_t whole = rows->count / 64;
    memset(x.live, 255, whole * sizeof *x.live);
    memset(x.live + whole, 0, (BLOCK_WORDS - whole) * sizeof *x.live);
    if (rows->count % 64 != 0) {
        x.live[whole] = (UINT64_C(1) << rows->count % 64) - 1;
    }
    if (rows->any_odd) {
        take(x.live, rows->odd_bits);
    }
    x.whole = !rows->any_odd && rows->count == BLOCK_ROWS;
    x.live_count = rows->any_odd ? count(&x, x.live) : rows->count;
    memset(c->rules_left, 0, sizeof c->rules_left);
    c->any_rules_left = false;
    for (uint32_t i = 0; i < c->rule_count; i++) {
        x.rule = &c->rules[i];
        x.counts = &c->programs.ledger->delta.verdicts[(size_t)x.rule->version->rule->number * VERDICTS];
        if (!x.rule->by_codes) {
            x.rule->any_left = true;
            memcpy(x.rule->left, x.live, sizeof x.live);
        } else if (!judge(&x)) {
            return false;
        }
        c->any_rules_left = c->any_rules_left || x.rule->any_left;
        for (size_t w = 0; w < BLOCK_WORDS && x.rule->any_left; w++) {
            c->rules_left[w] |= x.rule->left[w];
        }
    }
    return true;
}
