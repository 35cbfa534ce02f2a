/*
 * Columns fed through the Arrow C Data Interface: slices, nulls, ownership, and types a field cannot take.
 */
#include <criterion/criterion.h>

#include "support/world.h"

static const char pack[] =
    "pack: t\nversion: \"1.0\"\nschema: mini\nrules:\n"
    "- {id: daily, clause: '1', table: work, per: [school, day], measure: sum(minutes), at_most: "
    "60, severity: violation, message: {zh: x, en: x}}\n";

static int released;

static void release_array(struct ArrowArray *a)
{
    released++;
    a->release = NULL;
}

static void release_schema(struct ArrowSchema *s)
{
    s->release = NULL;
}

/* Three rows behind one that is sliced away: A 40, A 30 on one day, B 10 on the next. */
static policy_status feed(world *w, const char *day_format, uint8_t validity, struct ArrowArray *rows)
{
    static const int32_t offsets[] = {0, 0, 1, 2, 3}, days[] = {9, 18950, 18950, 18951};
    static const int16_t minutes[] = {9, 40, 30, 10};
    static uint8_t bits;
    bits = validity;
    const void *texts[] = {NULL, offsets, "AAB"}, *dates[] = {NULL, days}, *numbers[] = {&bits, minutes},
               *none[] = {NULL};
    struct ArrowArray columns[] = {{3, 0, 1, 3, 0, texts, NULL, NULL, release_array, NULL},
                                   {3, 0, 1, 2, 0, dates, NULL, NULL, release_array, NULL},
                                   {3, -1, 1, 2, 0, numbers, NULL, NULL, release_array, NULL}};
    struct ArrowArray *children[] = {&columns[0], &columns[1], &columns[2]};
    struct ArrowSchema names[] = {{"u", "学校", NULL, 2, 0, NULL, NULL, release_schema, NULL},
                                  {day_format, "day", NULL, 2, 0, NULL, NULL, release_schema, NULL},
                                  {"s", "minutes", NULL, 2, 0, NULL, NULL, release_schema, NULL}};
    struct ArrowSchema *fields[] = {&names[0], &names[1], &names[2]};
    struct ArrowSchema layout = {"+s", "", NULL, 0, 3, fields, NULL, release_schema, NULL};
    *rows = (struct ArrowArray){3, 0, 0, 1, 3, none, children, NULL, release_array, NULL};
    return policy_ledger_feed(w->ledger, "work", &layout, rows, NULL, NULL);
}

Test(feed, a_slice_gives_the_findings_of_its_rows)
{
    world *w = world_new(pack);
    struct ArrowArray rows;
    cr_assert_eq(feed(w, "tdD", 0x0F, &rows), POLICY_OK);
    cr_assert_null(rows.release);
    cr_assert_eq(released, 1);
    world_expect(w, "daily fail violation school=A day=2021-11-19 value=70 limit=60 rows=1,2\n");
    world_free(w);
}

Test(feed, a_null_is_an_empty_cell)
{
    world *w = world_new(pack);
    struct ArrowArray rows;
    cr_assert_eq(feed(w, "tdD", 0x0B, &rows), POLICY_OK); /* the 30 is not known */
    world_expect(w, "daily unknown violation school=A day=2021-11-19 value=40..640 limit=60 rows=2 missing=minutes\n");
    world_free(w);
}

Test(feed, a_type_the_field_cannot_take_is_refused_and_the_array_stays)
{
    world *w = world_new(pack);
    struct ArrowArray rows;
    cr_assert_eq(feed(w, "i", 0x0F, &rows), POLICY_E_ARGUMENT);
    cr_assert_not_null(rows.release);
    cr_assert_eq(released, 0);
    world_free(w);
}
