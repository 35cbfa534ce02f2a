/*
 * Band schemes: how score rates are cut into bands. Cuts fall strictly, and the last band begins at 0, so that every
 * score has exactly one band. An author may also write where a band ends (`below`); then it must fit the one above.
 *
 * A scheme by place among others (the best 15 %) is no mistake in spelling: it ranks, and is told so.
 */
#include "base/number.h"
#include "pack/parts.h"

#define BANDS_MIN 2
#define BANDS_MAX 5

/* What a pack that does not say gets: a group of ten, and no count from one to four (domain practice). */
#define MINIMUM_GROUP 10
#define MINIMUM_COUNT 5

static bool refuse(loader *l, place at, message_id message, str argument)
{
    return loader_fail(l,
                       &(error_spec){.status = POLICY_E_SYNTAX, .message = message, .arguments = {argument}, .at = at});
}

/* Keys that would give bands by place. False after reporting one. */
static bool is_absolute(loader *l, const node *n)
{
    static const char *const words[] = {"share", "quota",    "percent",    "percentage", "percentile",
                                        "top",   "quantile", "proportion", "rank",       "ratio"};
    bool fine = true;
    for (uint32_t i = 0; n->kind == NODE_MAP && i < n->count; i++)
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            if (str_equal(n->keys[i].scalar, str_of(words[w])))
                fine = refuse(l, n->keys[i].at, MESSAGE_BANDS_RELATIVE, n->keys[i].scalar);
    return fine;
}

/* The upper end, where it is written: it is where the band above begins. */
static bool check_end(loader *l, const node *n, const pack_band *b, const pack_band *above, place above_at)
{
    double below;
    if (!above)
        return refuse(l, n->at, MESSAGE_BANDS_TOP, b->name);
    if (!node_read_share(l, n, STR("below"), &below))
        return false;
    if (below == above->from)
        return true;
    char room[NUMBER_TEXT];
    return loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                        .message = below < above->from ? MESSAGE_BANDS_GAP : MESSAGE_BANDS_OVERLAP,
                                        .arguments = {b->name, {room, number_write_double(room, above->from)}},
                                        .at = n->at,
                                        .other = above_at});
}

static bool read_band(loader *l, const node *n, pack_band *out, const pack_band *above, place above_at)
{
    static const str keys[] = {STR_INIT("name"), STR_INIT("from"), STR_INIT("below")};
    if (!is_absolute(l, n) || (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_BAND) && n->kind != NODE_MAP))
        return false;
    const node *name = node_require(l, n, keys[0], MESSAGE_THING_BAND);
    const node *from = node_require(l, n, keys[1], MESSAGE_THING_BAND);
    const node *below = node_find(n, keys[2]);
    return name && from && node_read_text(l, name, keys[0], &out->name) &&
           node_read_share(l, from, keys[1], &out->from) && (!below || check_end(l, below, out, above, above_at));
}

static void read_bands(loader *l, const node *n, pack_band_scheme *s)
{
    if (!node_expect(l, n, NODE_LIST, STR("bands")))
        return;
    if (n->count < BANDS_MIN || n->count > BANDS_MAX) {
        refuse(l, n->at, MESSAGE_BANDS_COUNT, s->id);
        return;
    }
    s->bands = loader_array(l, n->count, sizeof *s->bands);
    if (!s->bands)
        return;
    for (uint32_t i = 0; i < n->count; i++) {
        if (!read_band(l, &n->items[i], &s->bands[i], i > 0 ? &s->bands[i - 1] : NULL,
                       i > 0 ? n->items[i - 1].at : (place){.line = 0}))
            return;
        if (i > 0 && s->bands[i].from >= s->bands[i - 1].from)
            refuse(l, n->items[i].at, MESSAGE_BANDS_ORDER, s->bands[i].name);
        for (uint32_t j = 0; j < i; j++)
            if (str_equal(s->bands[i].name, s->bands[j].name))
                loader_fail(l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                             .message = MESSAGE_BANDS_TWICE,
                                             .arguments = {s->bands[i].name},
                                             .at = n->items[i].at,
                                             .other = n->items[j].at});
    }
    s->band_count = n->count;
    if (s->bands[n->count - 1].from > 0)
        refuse(l, n->items[n->count - 1].at, MESSAGE_BANDS_ZERO, s->bands[n->count - 1].name);
}

/* A word for absent or exempt is no band (of `s`, where given) and means one thing. */
static void check_words(loader *l, const pack_band_scheme *s, const str *words, uint32_t count, const str *others,
                        uint32_t other_count, place at)
{
    for (uint32_t i = 0; i < count; i++) {
        bool taken = false;
        for (uint32_t b = 0; s && b < s->band_count; b++)
            taken |= str_equal(words[i], s->bands[b].name);
        for (uint32_t o = 0; o < other_count; o++)
            taken |= str_equal(words[i], others[o]);
        if (taken)
            loader_fail(
                l, &(error_spec){
                       .status = POLICY_E_DUPLICATE, .message = MESSAGE_BANDS_WORD, .arguments = {words[i]}, .at = at});
    }
}

static void read_scheme(loader *l, pack *p, const node *key, const node *n)
{
    static const str keys[] = {STR_INIT("title"),  STR_INIT("bands"),         STR_INIT("absent"),
                               STR_INIT("exempt"), STR_INIT("minimum_group"), STR_INIT("minimum_count")};
    static const str always_absent[] = {STR_INIT("缺考"), STR_INIT("absent")},
                     always_exempt[] = {STR_INIT("免考"), STR_INIT("exempt")};
    pack_band_scheme *s = &p->schemes[p->scheme_count++];
    s->at = key->at;
    s->minimum_group = MINIMUM_GROUP;
    s->minimum_count = MINIMUM_COUNT;
    if (!node_read_id(l, key, STR("bands"), &s->id))
        return;
    if (!is_absolute(l, n) || (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_SCHEME) && n->kind != NODE_MAP))
        return;
    const node *title = node_find(n, keys[0]), *bands = node_require(l, n, keys[1], MESSAGE_THING_SCHEME),
               *absent = node_find(n, keys[2]), *exempt = node_find(n, keys[3]), *group = node_find(n, keys[4]),
               *count = node_find(n, keys[5]);
    if (title)
        node_read_localized(l, title, keys[0], &s->title);
    if (bands)
        read_bands(l, bands, s);
    if (absent)
        node_read_texts(l, absent, keys[2], &s->absent, &s->absent_count);
    if (exempt)
        node_read_texts(l, exempt, keys[3], &s->exempt, &s->exempt_count);
    if (absent)
        check_words(l, s, s->absent, s->absent_count, always_exempt, 2, absent->at);
    if (exempt) {
        check_words(l, s, s->exempt, s->exempt_count, always_absent, 2, exempt->at);
        check_words(l, NULL, s->exempt, s->exempt_count, s->absent, s->absent_count, exempt->at);
    }
    if (bands) {
        check_words(l, s, always_absent, 2, NULL, 0, bands->at);
        check_words(l, s, always_exempt, 2, NULL, 0, bands->at);
    }
    if (group)
        node_read_count(l, group, keys[4], &s->minimum_group);
    if (count)
        node_read_count(l, count, keys[5], &s->minimum_count);
}

void load_bands(loader *l, const pack_files *files, pack *p)
{
    p->schemes = loader_array(l, files_count(files, STR("bands")), sizeof *p->schemes);
    if (p->schemes)
        files_each(l, files, p, STR("bands"), NODE_MAP, read_scheme);
}
