/*
 * Saved ledgers that somebody changed and signed again. Restoring one is refused, or gives a ledger that can be asked,
 * posted to, checked against, merged, moved to other rules and saved, and whose saved bytes restore to the same.
 *
 * Input: which ledger, what to do with it, then edits of its saved bytes (what, where, how much, ...). The ledgers are made
 * here, so inputs are short: random records under the huancui pack, and under a small one with every shape of measure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "ledger/saved.h"
#include "support/random_records.h"
#include "support/sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char schema_text[] =
    "schema: shapes\nversion: \"1.0\"\ntypes:\n  work:\n    dated_by: day\n    identity: [school, day]\n    fields:\n"
    "      school: {type: string}\n      day: {type: date}\n      minutes: {type: int}\n      high: {type: int, "
    "default: none}\n"
    "      hours: {type: double, default: none}\n      form: {type: enum, values: {written: [书面], oral: [口头]}}\n"
    "      tier: {type: string, default: none}\n      end: {type: time, default: none}\n"
    "      posted: {type: timestamp, reader: date_time, default: none}\n      parts: {type: list, reader: list, "
    "default: none}\n"
    "  place:\n    identity: [school]\n    default: none\n    fields:\n      school: {type: string}\n"
    "      years: {type: int, default: none}\n";
/* %: what the other version of the pack has otherwise. */
#define SHAPES(CAP, KEYS)                                                                                              \
    "pack: t\nversion: \"1.0\"\nschema: shapes\nparams: {cap: {value: " CAP ", stricter: lower}}\nmeasures:\n"         \
    "- {id: total, table: work, per: [" KEYS "], measure: sum(minutes)}\n"                                             \
    "- {id: all_hours, table: work, per: [school], measure: sum(hours)}\n"                                             \
    "- {id: rows, table: work, when: \"form == 'written'\", per: [form, day], measure: count()}\n"                     \
    "- {id: kinds, table: work, per: [school], measure: count_distinct(tier)}\n"                                       \
    "- {id: ends, table: work, per: [school], measure: max(end)}\n"                                                    \
    "- {id: starts, table: work, per: [posted], measure: min(posted)}\n"                                               \
    "- {id: one, table: work, per: [hours], measure: only(tier)}\n"                                                    \
    "- {id: part, table: work, per: [school], measure: \"share(minutes > 30)\"}\n"                                     \
    "- {id: rate, table: work, per: [school], measure: \"ratio(minutes, high)\"}\n"                                    \
    "- {id: streak, table: work, per: [school], measure: \"runs(day, 2)\"}\n"                                          \
    "- {id: tiers, table: work, per: [school, day, {group: \"has(tier) ? tier : record_id\"}], measure: "              \
    "max(minutes)}\n"                                                                                                  \
    "- {id: stacked, table: tiers, per: [school, day], measure: sum(value)}\n"                                         \
    "rules:\n"                                                                                                         \
    "- {id: daily, table: total, deny: value > params.cap, message: {zh: \"{school}{value}\", en: \"{value}\"}}\n"     \
    "- {id: sums, table: work, per: [school, form], measure: sum(minutes), at_most: 60, warn_above: 50}\n"             \
    "- {id: shares, table: part, deny: value > 0.5}\n"                                                                 \
    "- {id: kinds.few, table: kinds, deny: value > 2}\n"                                                               \
    "- {id: ends.late, table: ends, deny: \"value > duration('17h')\"}\n"                                              \
    "- {id: rates, table: rate, deny: value > 0.5}\n"                                                                  \
    "- {id: streaks, table: streak, deny: value > 1}\n"                                                                \
    "- {id: ones, table: one, deny: \"value == 'A'\"}\n"                                                               \
    "- {id: stacks, table: stacked, deny: value > 60}\n"                                                               \
    "- {id: long, table: work, deny: minutes > 90 || hours > 2.0, message: {zh: '{minutes}', en: "                     \
    "'{school}{parts}'}}\n"                                                                                            \
    "- {id: late, table: work, deny: \"total(" KEYS ") > 90 && tier != 'C'\", message: {zh: '{minutes}', en: "         \
    "'{tier}{end}{posted}'}}\n"                                                                                        \
    "- {id: busy, table: place, deny: \"all_hours(school) > 3.0 && years > 5\"}\n"
#define SAME_KEYS "school, day"

enum { BIG = 6, SMALL = 10, LEDGERS = BIG + SMALL, ENGINES = 3, BODY = 1 << 16 };

typedef struct block {
    uint8_t *data;
    size_t size;
} block;

static void need_at(bool holds, int line)
{
    if (!holds) {
        fprintf(stderr, "fuzz_ledger.c:%d: this must hold\n", line);
        abort();
    }
}
#define need(holds) need_at(holds, __LINE__)

static int32_t keep(void *context, const void *data, size_t size)
{
    block *b = context;
    b->data = realloc(b->data, b->size + size);
    need(b->data != NULL);
    memcpy(b->data + b->size, data, size);
    b->size += size;
    return 0;
}

static block saved(policy_ledger *l)
{
    block b = {0};
    need(policy_ledger_save(l, keep, &b, NULL) == POLICY_OK);
    return b;
}

static void sign(block b)
{
    digest d;
    digest_begin(&d);
    digest_put(&d, b.data, b.size - DIGEST_SIZE);
    digest_end(&d, b.data + b.size - DIGEST_SIZE);
}

/* ---- the ledgers ---- */

static policy_engine *small_engine(const char *text, size_t size)
{
    policy_builder *builder = NULL;
    policy_engine *made = NULL;
    policy_error *err = NULL;
    need(policy_builder_new(NULL, &builder, NULL) == POLICY_OK);
    need(policy_builder_add_memory(builder, "schema/shapes.yaml", schema_text, sizeof schema_text - 1, NULL) ==
         POLICY_OK);
    if (policy_builder_load_memory(builder, "t.yaml", text, size, &err) != POLICY_OK ||
        policy_builder_build(builder, &made, &err) != POLICY_OK) {
        fprintf(stderr, "%s\n", policy_error_message(err, POLICY_LANGUAGE_EN));
        abort();
    }
    policy_builder_free(builder);
    return made;
}

/* 0: huancui; 1: shapes; 2: shapes with another bound and other keys. */
static policy_engine *engine(size_t which)
{
    static const char first[] = SHAPES("60", SAME_KEYS), other[] = SHAPES("40", "school, tier");
    static policy_engine *made[ENGINES];
    if (made[which] == NULL) {
        made[which] = which == 0   ? sample_engine(POLICY_SOURCE_DIR)
                      : which == 1 ? small_engine(first, sizeof first - 1)
                                   : small_engine(other, sizeof other - 1);
        need(made[which] != NULL);
    }
    return made[which];
}

static policy_record *small_record(policy_engine *e, uint64_t *chance)
{
    static const struct {
        const char *field, *texts[6]; /* "-": not set, "": an empty cell */
    } cells[] = {{"school", {"甲校", "甲校", "乙校", "a long name of a school that has many bytes", ""}},
                 {"day", {"2021-12-01", "2021-12-01", "2021-12-02", "2021-12-03", ""}},
                 {"minutes", {"20", "40", "95", "20-30", "", "好多"}},
                 {"high", {"60", "-", "90", "0"}},
                 {"hours", {"1.5", "0.1", "-", "", "2.5"}},
                 {"form", {"书面", "书面", "口头", ""}},
                 {"tier", {"A", "B", "C", "-"}},
                 {"end", {"16:00", "17:30", "-", ""}},
                 {"posted", {"2021-12-01 08:00", "2021-12-01 09:30", "-", ""}},
                 {"parts", {"甲、乙", "甲", "-", ""}}};
    bool of_place = random_below(chance, 6) == 0;
    policy_record *r = NULL;
    need(policy_record_new(e, of_place ? "place" : "work", &r, NULL) == POLICY_OK);
    for (size_t i = 0; i < (of_place ? 1 : sizeof cells / sizeof *cells); i++) {
        uint32_t count = 0;
        while (count < 6 && cells[i].texts[count] != NULL) {
            count++;
        }
        const char *text = cells[i].texts[random_below(chance, count)];
        if (*text != '-') {
            need(policy_record_set_text(r, cells[i].field, *text ? text : NULL, NULL) == POLICY_OK);
        }
    }
    if (of_place && random_below(chance, 2) == 0) {
        need(policy_record_set_int(r, "years", random_below(chance, 8), NULL) == POLICY_OK);
    }
    if (random_below(chance, 3) > 0) {
        need(policy_record_set_source(r, random_below(chance, 2) ? "a.csv" : "b.csv", 1 + random_below(chance, 30),
                                      NULL) == POLICY_OK);
    }
    return r;
}

static policy_record *any_record(size_t which, uint64_t *chance)
{
    return which == 0 ? random_record(engine(0), chance) : small_record(engine(which), chance);
}

static policy_ledger *filled(size_t number)
{
    size_t which = number < BIG ? 0 : 1;
    uint64_t chance = number * 7919 + 1;
    policy_ledger *l = NULL;
    if (which == 0) {
        l = random_records_ledger(engine(0), number % 2 == 0);
    } else {
        need(policy_ledger_new(engine(1), &l, NULL) == POLICY_OK);
    }
    if (number % 3 > 0) {
        need(policy_ledger_set_evidence(l, POLICY_EVIDENCE_FIRST, number % 3 == 1 ? 3 : 50, NULL) == POLICY_OK);
    }
    if (number % 5 == 4) {
        need(policy_ledger_set_reported(l, 63, NULL) == POLICY_OK &&
             policy_ledger_set_period(l, 18870, 19010, NULL) == POLICY_OK);
    }
    if (which == 0) {
        random_background(l, engine(0), number);
    }
    for (size_t i = 0; i < 2 + 3 * (number % BIG); i++) {
        policy_record *r = any_record(which, &chance);
        need(policy_ledger_post(l, r, NULL) == POLICY_OK);
        policy_record_free(r);
    }
    return l;
}

static block seed(size_t number)
{
    static block made[LEDGERS];
    if (made[number].data == NULL) {
        policy_ledger *l = filled(number);
        made[number] = saved(l);
        need(made[number].size < BODY / 2);
        policy_ledger_free(l);
    }
    return made[number];
}

/* ---- edits ---- */

typedef struct input {
    const uint8_t *at;
    size_t left;
} input;

static uint32_t next(input *in, size_t bytes)
{
    uint32_t number = 0;
    for (; bytes > 0; bytes--) {
        number = number << 8 | (in->left > 0 ? *in->at : 0);
        in->at += in->left > 0;
        in->left -= in->left > 0;
    }
    return number;
}

static void insert(block *b, size_t at, const uint8_t *bytes, size_t count)
{
    if (b->size + count <= BODY) {
        memmove(b->data + at + count, b->data + at, b->size - at);
        memmove(b->data + at, bytes, count);
        b->size += count;
    }
}

static void cut(block *b, size_t at, size_t count)
{
    count = count < b->size - at ? count : b->size - at;
    memmove(b->data + at, b->data + at + count, b->size - at - count);
    b->size -= count;
}

static size_t number_bytes(uint8_t *out, uint64_t number)
{
    size_t count = 0;
    do {
        out[count++] = (uint8_t)((number & 0x7F) | (number > 0x7F ? 0x80 : 0));
        number >>= 7;
    } while (number > 0);
    return count;
}

/* Body bytes only. */
static void edit(block *b, input *in)
{
    static const uint64_t numbers[] = {0,           1,
                                       2,           3,
                                       127,         128,
                                       UINT32_MAX,  INT32_MAX,
                                       UINT64_MAX,  INT64_MAX,
                                       0xFFFFFFFEu, (uint64_t)1 << 32,
                                       1000,        UINT64_MAX - 1,
                                       1u << 20,    64};
    uint32_t what = next(in, 1), at = next(in, 2) % (uint32_t)(b->size + 1);
    size_t until = at;
    uint8_t bytes[16];
    switch (what % 8) {
    case 0:
        if (at < b->size) {
            b->data[at] = (uint8_t)next(in, 1);
        }
        break;
    case 1:
        if (at < b->size) {
            b->data[at] ^= (uint8_t)(1u << next(in, 1) % 8);
        }
        break;
    case 2: { /* a number for the number that is there, or before it */
        size_t count = number_bytes(bytes, numbers[next(in, 1) % (sizeof numbers / sizeof *numbers)]);
        while (until < b->size && b->data[until++] & 0x80) {
        }
        if (what & 8) {
            cut(b, at, until - at);
        }
        insert(b, at, bytes, count);
        break;
    }
    case 3: {
        size_t count = 1 + next(in, 1) % 8;
        for (size_t i = 0; i < count; i++) {
            bytes[i] = (uint8_t)next(in, 1);
        }
        insert(b, at, bytes, count);
        break;
    }
    case 4:
        cut(b, at, 1 + next(in, 1) % 64);
        break;
    case 5: { /* twice */
        size_t count = 1 + next(in, 1) % 64;
        count = count < b->size - at ? count : b->size - at;
        insert(b, at, b->data + at, count);
        break;
    }
    case 6: { /* over what is there: another ledger's, or another place's */
        block other = seed(next(in, 1) % LEDGERS);
        size_t from = next(in, 2) % other.size, count = 1 + next(in, 1);
        count = count < other.size - from ? count : other.size - from;
        count = count < b->size - at ? count : b->size - at;
        memcpy(b->data + at, other.data + from, count);
        break;
    }
    default: /* a number one more or one less, and what it counted cut out or put in */
        while (at < b->size && b->data[at] & 0x80) {
            at++;
        }
        if (at < b->size) {
            b->data[at] = (uint8_t)((b->data[at] + (what & 8 ? 1 : -1)) & 0x7F);
        }
        if (what & 16 && at < b->size) {
            size_t count = 1 + next(in, 1) % 8;
            if (what & 8) {
                insert(b, at + 1, (const uint8_t[8]){0}, count);
            } else {
                cut(b, at + 1, count);
            }
        }
    }
}

static block edited(size_t number, input *in)
{
    block from = seed(number), body = {malloc(BODY + SAVED_HEAD + DIGEST_SIZE), from.size - SAVED_HEAD - DIGEST_SIZE};
    need(body.data != NULL);
    memcpy(body.data, from.data + SAVED_HEAD, body.size);
    for (int i = 0; i < 40 && in->left > 0; i++) {
        edit(&body, in);
    }
    /* Of exactly its size, so that a sanitizer sees a step beyond. */
    block whole = {malloc(SAVED_HEAD + body.size + DIGEST_SIZE), SAVED_HEAD + body.size + DIGEST_SIZE};
    need(whole.data != NULL);
    memcpy(whole.data, from.data, SAVED_HEAD);
    memcpy(whole.data + SAVED_HEAD, body.data, body.size);
    for (int i = 0; i < 8; i++) {
        whole.data[SAVED_HEAD - 8 + i] = (uint8_t)(body.size >> 8 * i);
    }
    sign(whole);
    free(body.data);
    return whole;
}

/* ---- what is done with what came back ---- */

static void read_findings(const policy_findings *all)
{
    for (size_t i = 0; i < policy_findings_count(all) && i < 200; i++) {
        const policy_finding *f = policy_findings_at(all, i);
        for (size_t k = 0; k < policy_finding_key_count(f); k++) {
            need(policy_finding_key(f, k).text != NULL);
        }
        for (size_t k = 0; k < policy_finding_row_count(f); k++) {
            need(policy_finding_row_source(f, k) != NULL);
        }
        need(policy_finding_value(f).text != NULL && policy_finding_limit(f).text != NULL);
        for (int language = 0; language < 2; language++) {
            policy_text *text = NULL;
            if (policy_finding_message(f, language ? POLICY_LANGUAGE_EN : POLICY_LANGUAGE_ZH, &text, NULL) ==
                POLICY_OK) {
                policy_text_free(text);
            }
        }
    }
}

static void ask(policy_ledger *l)
{
    policy_findings *all = NULL;
    if (policy_ledger_findings(l, &all, NULL) == POLICY_OK) {
        read_findings(all);
    }
    policy_findings_free(all);
    for (size_t i = 0; i < policy_ledger_notice_count(l); i++) {
        policy_text *text = NULL;
        if (policy_notice_message(policy_ledger_notice(l, i), POLICY_LANGUAGE_ZH, &text, NULL) == POLICY_OK) {
            policy_text_free(text);
        }
    }
}

/* What it saves restores to what it is. */
static void expect_kept(policy_ledger *l, size_t which)
{
    policy_ledger *again = NULL;
    block first = saved(l);
    need(policy_ledger_restore(engine(which), first.data, first.size, &again, NULL, NULL) == POLICY_OK);
    block second = saved(again);
    need(first.size == second.size && memcmp(first.data, second.data, first.size) == 0);
    policy_ledger_free(again);
    free(first.data);
    free(second.data);
}

static void use(policy_ledger *l, size_t which, uint64_t chance)
{
    policy_findings *caused = NULL;
    policy_headroom *left = NULL;
    need(policy_findings_new(engine(which), &caused, NULL) == POLICY_OK);
    need(policy_headroom_new(engine(which), &left, NULL) == POLICY_OK);
    for (int i = 0; i < 3; i++) {
        policy_record *r = any_record(which, &chance), *other = any_record(which, &chance);
        if (policy_ledger_check_with_headroom(l, r, caused, left, NULL) == POLICY_OK) {
            read_findings(caused);
        }
        if (policy_ledger_post_findings(l, r, caused, NULL) == POLICY_OK) {
            read_findings(caused);
            (void)policy_ledger_amend(l, r, other, caused, NULL);
        }
        (void)policy_ledger_retract(l, i == 0 ? r : other, caused, NULL);
        policy_record_free(r);
        policy_record_free(other);
    }
    policy_headroom_free(left);
    policy_findings_free(caused);
}

static void join(policy_ledger *l, size_t which, size_t number)
{
    policy_ledger *good = NULL;
    block b = seed(number);
    if (policy_ledger_restore(engine(which), b.data, b.size, &good, NULL, NULL) == POLICY_OK) {
        policy_ledger *into = number % 2 ? l : good, *from = number % 2 ? good : l;
        if (policy_ledger_merge(into, from, NULL) == POLICY_OK) {
            ask(into);
            expect_kept(into, which);
        }
    }
    policy_ledger_free(good);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {data, size};
    size_t number = next(&in, 1) % LEDGERS, todo = next(&in, 1), partner = next(&in, 1);
    size_t which = number < BIG ? 0 : 1 + (todo & 1);
    block b = edited(number, &in);
    policy_ledger *l = NULL;
    policy_carry *carry = NULL;
    policy_error *err = NULL;
    policy_status status = policy_ledger_restore(engine(which), b.data, b.size, &l, &carry, &err);
    need((status == POLICY_OK) == (l != NULL) && (status == POLICY_OK) == (err == NULL));
    if (status != POLICY_OK && status != POLICY_E_DATA) {
        fprintf(stderr, "%s: %s\n", policy_status_name(status), policy_error_message(err, POLICY_LANGUAGE_EN));
        abort();
    }
    policy_error_free(err);
    if (l != NULL) {
        for (size_t i = 0; i < policy_carry_count(carry); i++) {
            need(policy_carry_name(carry, i) != NULL);
        }
        if (todo & 2) {
            ask(l);
        }
        expect_kept(l, which);
        if (todo & 4) {
            use(l, which, size);
            expect_kept(l, which);
        }
        if (todo & 8) {
            join(l, which, which == 0 ? partner % BIG : BIG + partner % SMALL);
        }
        if (todo & 16 && which != 0) {
            if (policy_ledger_rebase(l, engine(3 - which), NULL, NULL) == POLICY_OK) {
                ask(l);
            }
        }
        ask(l);
    }
    policy_carry_free(carry);
    policy_ledger_free(l);
    free(b.data);
    return 0;
}
