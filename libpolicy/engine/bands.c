/*
 * From scores to bands, exactly.
 *
 * A cut at share c of full marks f is the score c * f, and as decimals the product has no rounding. One score is held
 * against these products. A column is held against doubles: of each product the least double whose own decimal (the
 * shortest that reads back) is not below it. Decimals of doubles rise as the doubles do, so both ways agree on every
 * double, and a column with one kind of full marks costs four comparisons a score.
 */
#include "engine/bands.h"

#include <math.h>

#include "base/number.h"
#include "schema/readers.h"

/* ---- the engine's schemes ---- */

bool bands_word_of(arena *memory, message_id id, bands_word *out)
{
    buffer b;
    buffer_init(&b, memory->allocator, 0);
    message_write(&b, id, POLICY_LANGUAGE_ZH, NULL, 0);
    out->zh = b.failed ? str_none : arena_text(memory, buffer_text(&b));
    buffer_clear(&b);
    message_write(&b, id, POLICY_LANGUAGE_EN, NULL, 0);
    out->en = b.failed ? str_none : arena_text(memory, buffer_text(&b));
    buffer_free(&b);
    return out->zh.data != NULL && out->en.data != NULL;
}

bool engine_take_bands(policy_engine *e)
{
    size_t count = 0;
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        count += e->rules->packs[i]->scheme_count;
    }
    e->schemes = arena_array(&e->memory, count > 0 ? count : 1, sizeof *e->schemes);
    if (e->schemes == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < e->rules->pack_count; i++) {
        const pack *p = e->rules->packs[i];
        for (uint32_t j = 0; j < p->scheme_count; j++) {
            policy_bands *b = &e->schemes[e->scheme_count++];
            b->engine = e;
            b->from = &p->schemes[j];
            if (!bands_word_of(&e->memory, MESSAGE_BANDS_ABSENT, &b->absent) ||
                !bands_word_of(&e->memory, MESSAGE_BANDS_EXEMPT, &b->exempt) ||
                !bands_word_of(&e->memory, MESSAGE_BANDS_UNKNOWN, &b->unknown)) {
                return false;
            }
            for (uint32_t k = 0; k < b->from->band_count; k++) {
                decimal_from_double(b->from->bands[k].from, &b->cuts[k]);
            }
        }
    }
    return true;
}

size_t policy_engine_bands_count(const policy_engine *engine)
{
    return engine ? engine->scheme_count : 0;
}

const policy_bands *policy_engine_bands_at(const policy_engine *engine, size_t i)
{
    return engine && i < engine->scheme_count ? &engine->schemes[i] : NULL;
}

/* The ids, joined: which schemes there are. */
static policy_status refuse_choice(const policy_engine *engine, policy_error **err)
{
    buffer all;
    buffer_init(&all, &engine->options.allocator, 0);
    for (uint32_t i = 0; i < engine->scheme_count; i++) {
        buffer_put_c(&all, i > 0 ? ", " : "");
        buffer_put(&all, engine->schemes[i].from->id);
    }
    policy_status status = all.failed ? error_nomem(err)
                                      : error_set(err, &engine->options.allocator,
                                                  &(error_spec){.status = POLICY_E_ARGUMENT,
                                                                .message = MESSAGE_BANDS_WHICH,
                                                                .arguments = {buffer_text(&all)}});
    buffer_free(&all);
    return status;
}

static policy_status refuse_id(const policy_engine *engine, str id, policy_error **err)
{
    str *names = allocator_zero(&engine->options.allocator, engine->scheme_count + 1, sizeof *names);
    if (names == NULL) {
        return error_nomem(err);
    }
    for (uint32_t i = 0; i < engine->scheme_count; i++) {
        names[i] = engine->schemes[i].from->id;
    }
    policy_status status = error_set(err, &engine->options.allocator,
                                     &(error_spec){.status = POLICY_E_NOT_FOUND,
                                                   .message = MESSAGE_BANDS_NO_SCHEME,
                                                   .arguments = {id},
                                                   .nearest = str_nearest(id, names, engine->scheme_count)});
    allocator_free(&engine->options.allocator, names);
    return status;
}

policy_status policy_engine_bands(const policy_engine *engine, const char *id, const policy_bands **out,
                                  policy_error **err)
{
    if (engine == NULL || out == NULL) {
        return error_set(err, engine ? &engine->options.allocator : &allocator_system,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(engine ? "out" : "engine")}});
    }
    *out = NULL;
    if (engine->scheme_count == 0) {
        return error_set(err, &engine->options.allocator,
                         &(error_spec){.status = POLICY_E_NOT_FOUND, .message = MESSAGE_BANDS_NONE});
    }
    if (id == NULL || *id == 0) {
        if (engine->scheme_count > 1) {
            return refuse_choice(engine, err);
        }
        *out = &engine->schemes[0];
        return POLICY_OK;
    }
    for (uint32_t i = 0; i < engine->scheme_count; i++) {
        if (str_equal(engine->schemes[i].from->id, str_of(id))) {
            *out = &engine->schemes[i];
            return POLICY_OK;
        }
    }
    return refuse_id(engine, str_of(id), err);
}

/* ---- what a scheme says of itself ---- */

const char *policy_bands_id(const policy_bands *bands)
{
    return bands ? bands->from->id.data : NULL;
}

const char *policy_bands_title(const policy_bands *bands, policy_language language)
{
    if (bands == NULL) {
        return NULL;
    }
    const localized *title = &bands->from->title;
    str first = language == POLICY_LANGUAGE_EN ? title->en : title->zh;
    str second = language == POLICY_LANGUAGE_EN ? title->zh : title->en;
    return first.data ? first.data : second.data ? second.data : bands->from->id.data;
}

size_t policy_bands_count(const policy_bands *bands)
{
    return bands ? bands->from->band_count : 0;
}

static bool is_band(const policy_bands *b, policy_band band)
{
    return b != NULL && band >= 0 && (uint32_t)band < b->from->band_count;
}

double policy_bands_from(const policy_bands *bands, policy_band band)
{
    return is_band(bands, band) ? bands->from->bands[band].from : (double)NAN;
}

const char *policy_bands_text(const policy_bands *bands, policy_band band, policy_language language)
{
    if (band == POLICY_BAND_NONE || bands == NULL) {
        return "";
    }
    if (is_band(bands, band)) {
        return bands->from->bands[band].name.data;
    }
    const bands_word *word = band == POLICY_BAND_ABSENT   ? &bands->absent
                             : band == POLICY_BAND_EXEMPT ? &bands->exempt
                                                          : &bands->unknown;
    return language == POLICY_LANGUAGE_EN ? word->en.data : word->zh.data;
}

uint32_t policy_bands_minimum_group(const policy_bands *bands)
{
    return bands ? (uint32_t)bands->from->minimum_group : 0;
}

uint32_t policy_bands_minimum_count(const policy_bands *bands)
{
    return bands ? (uint32_t)bands->from->minimum_count : 0;
}

/* ---- one score ---- */

static policy_band band_of(const policy_bands *b, const decimal *score, const decimal *full)
{
    if (score->negative) {
        return POLICY_BAND_NEGATIVE;
    }
    if (decimal_compare(score, full) > 0) {
        return POLICY_BAND_ABOVE_FULL;
    }
    uint32_t i = 0;
    for (; i + 1 < b->from->band_count; i++) {
        decimal cut;
        decimal_multiply(&b->cuts[i], full, &cut);
        if (decimal_compare(score, &cut) >= 0) {
            break;
        }
    }
    return (policy_band)i;
}

bool bands_full_marks(double full, decimal *out)
{
    if (!isfinite(full) || !(full > 0)) {
        return false;
    }
    decimal_from_double(full, out);
    return true;
}

policy_band policy_bands_of(const policy_bands *bands, double score, double full)
{
    decimal marks, all;
    if (bands == NULL || isnan(score)) {
        return POLICY_BAND_NONE;
    }
    if (isinf(score)) {
        return POLICY_BAND_UNREADABLE;
    }
    if (!bands_full_marks(full, &all)) {
        return score < 0 ? POLICY_BAND_NEGATIVE : POLICY_BAND_NO_FULL_MARKS;
    }
    decimal_from_double(score, &marks);
    return band_of(bands, &marks, &all);
}

/* ---- one cell ---- */

static bool is_word(str folded, const str *words, uint32_t count)
{
    char room[128];
    for (uint32_t i = 0; i < count; i++) {
        size_t size = fold_with(words[i], FOLD_SPACES, room, sizeof room);
        if (size <= sizeof room && str_equal((str){room, size}, folded)) {
            return true;
        }
    }
    return false;
}

/* 84.5, 84.5分, 84/100; *own: the cell states full marks, in *full. */
static bool read_marks(str text, decimal *score, decimal *full, bool *own)
{
    const char *slash = text.size > 0 ? memchr(text.data, '/', text.size) : NULL;
    *own = slash != NULL;
    if (slash != NULL) {
        size_t at = (size_t)(slash - text.data);
        if (!decimal_read(str_trim(str_slice(text, at + 1, text.size)), full)) {
            return false;
        }
        text = str_trim(str_slice(text, 0, at));
    }
    if (text.size > 3 && str_ends(text, STR("分"))) {
        text = str_trim(str_slice(text, 0, text.size - 3));
    }
    return decimal_read(text, score);
}

policy_band bands_of_cell(const policy_bands *b, str text, const decimal *full)
{
    static const str absent[] = {STR_INIT("缺考"), STR_INIT("absent")};
    static const str exempt[] = {STR_INIT("免考"), STR_INIT("exempt")};
    char room[128];
    text = str_trim(text);
    size_t size = fold_with(text, FOLD_SPACES, room, sizeof room);
    if (text.size == 0 || size == 0) {
        return POLICY_BAND_NONE;
    }
    if (size > sizeof room) {
        return POLICY_BAND_UNREADABLE;
    }
    str folded = {room, size};
    const pack_band_scheme *s = b->from;
    if (is_word(folded, absent, 2) || is_word(folded, s->absent, s->absent_count)) {
        return POLICY_BAND_ABSENT;
    }
    if (is_word(folded, exempt, 2) || is_word(folded, s->exempt, s->exempt_count)) {
        return POLICY_BAND_EXEMPT;
    }
    if (reader_is_placeholder(text)) {
        return POLICY_BAND_NONE;
    }
    decimal score, stated;
    bool own;
    if (!read_marks(folded, &score, &stated, &own)) {
        return POLICY_BAND_UNREADABLE;
    }
    if (score.negative) {
        return POLICY_BAND_NEGATIVE;
    }
    if (own && (stated.negative || stated.count == 0 || (full != NULL && decimal_compare(full, &stated) != 0))) {
        return POLICY_BAND_NO_FULL_MARKS;
    }
    if (!own && full == NULL) {
        return POLICY_BAND_NO_FULL_MARKS;
    }
    return band_of(b, &score, own ? &stated : full);
}

policy_band policy_bands_of_text(const policy_bands *bands, const char *text, size_t size, double full)
{
    decimal all;
    if (bands == NULL || text == NULL) {
        return POLICY_BAND_NONE;
    }
    return bands_of_cell(bands, (str){text, size}, bands_full_marks(full, &all) ? &all : NULL);
}

/* ---- a column ---- */

typedef struct cut_points { /* for one kind of full marks */
    double full;            /* NaN: none yet */
    bool usable;
    double from[BANDS_MOST];
} cut_points;

/* The least double whose decimal is not below `cut`: the nearest to it, or the next. */
static double least_from(const decimal *cut)
{
    double near = decimal_to_double(cut);
    decimal shown;
    if (isinf(near)) {
        return near;
    }
    decimal_from_double(near, &shown);
    return decimal_compare(&shown, cut) >= 0 ? near : nextafter(near, (double)INFINITY);
}

static void find_cut_points(const policy_bands *b, double full, cut_points *out)
{
    decimal all;
    *out = (cut_points){.full = full, .usable = bands_full_marks(full, &all)};
    for (uint32_t i = 0; out->usable && i < b->from->band_count; i++) {
        decimal cut;
        decimal_multiply(&b->cuts[i], &all, &cut);
        out->from[i] = least_from(&cut);
    }
}

static policy_band band_at(const cut_points *c, uint32_t count, double score)
{
    if (isnan(score)) {
        return POLICY_BAND_NONE;
    }
    if (isinf(score)) {
        return POLICY_BAND_UNREADABLE;
    }
    if (score < 0) {
        return POLICY_BAND_NEGATIVE;
    }
    if (!c->usable) {
        return POLICY_BAND_NO_FULL_MARKS;
    }
    if (score > c->full) {
        return POLICY_BAND_ABOVE_FULL;
    }
    uint32_t i = 0;
    while (i + 1 < count && score < c->from[i]) {
        i++;
    }
    return (policy_band)i;
}

policy_status policy_bands_of_column(const policy_bands *bands, const policy_scores *scores, policy_band *out,
                                     policy_error **err)
{
    const policy_allocator *a = bands ? &bands->engine->options.allocator : &allocator_system;
    const char *missing = bands == NULL                                 ? "bands"
                          : scores == NULL                              ? "scores"
                          : scores->count > 0 && scores->scores == NULL ? "scores->scores"
                          : scores->count > 0 && out == NULL            ? "out"
                                                                        : NULL;
    if (missing != NULL) {
        return error_set(err, a,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_NULL_ARGUMENT,
                                       .arguments = {str_of(missing)}});
    }
    if (scores->struct_size < sizeof *scores) {
        return error_set(err, a,
                         &(error_spec){.status = POLICY_E_ARGUMENT,
                                       .message = MESSAGE_BANDS_STRUCT_SIZE,
                                       .arguments = {STR("policy_scores")}});
    }
    cut_points c;
    find_cut_points(bands, scores->full_marks_of_all, &c);
    uint32_t count = bands->from->band_count;
    for (size_t i = 0; i < scores->count; i++) {
        size_t bit = i + scores->validity_offset;
        if (scores->validity != NULL && (scores->validity[bit / 8] >> (bit % 8) & 1) == 0) {
            out[i] = POLICY_BAND_NONE;
            continue;
        }
        if (scores->full_marks != NULL && !(scores->full_marks[i] == c.full)) {
            find_cut_points(bands, scores->full_marks[i], &c);
        }
        out[i] = band_at(&c, count, scores->scores[i]);
    }
    return POLICY_OK;
}
