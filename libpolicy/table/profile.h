/*
 * The profiler of score tables: what a published sheet shows (numeric scores, ranks, bands, an order by score).
 */
#ifndef POLICY_TABLE_PROFILE_H
#define POLICY_TABLE_PROFILE_H

#include "schema/record.h"
#include "table/sheet.h"

/* Reads the whole sheet (opened, header not yet found) and fills the fields of `out`, a record of type score_sheet, that
 * it can tell: sheet, school, grade, class, event, audience, date, scores_shown, ranks_shown, bands_shown, band_count,
 * ordered_by_score. Those it cannot stay absent. */
policy_status profile_read(sheet *s, const schema_type *score_sheet, record *out, policy_error **err);

#endif
