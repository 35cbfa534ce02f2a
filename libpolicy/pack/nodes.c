/*
 * Reading nodes as typed values. Nothing here knows a pack's keys; it only knows shapes.
 */
#include "pack/nodes.h"

#include "base/civil.h"
#include "base/number.h"

/* ---- maps ---- */

const node *node_find_at(const node *map, str key, place *key_at)
{
    if (map->kind != NODE_MAP)
        return NULL;
    for (uint32_t i = 0; i < map->count; i++) {
        if (str_equal(map->keys[i].scalar, key)) {
            if (key_at)
                *key_at = map->keys[i].at;
            return &map->items[i];
        }
    }
    return NULL;
}

const node *node_find(const node *map, str key)
{
    return node_find_at(map, key, NULL);
}

static message_id kind_message(node_kind kind)
{
    switch (kind) {
    case NODE_LIST:
        return MESSAGE_PACK_LIST;
    case NODE_MAP:
        return MESSAGE_PACK_MAP;
    default:
        return MESSAGE_PACK_SCALAR;
    }
}

static bool refuse(loader *l, const node *n, message_id message, str key)
{
    str shown = n->kind == NODE_SCALAR ? n->scalar : str_none;
    return loader_fail(
        l, &(error_spec){.status = POLICY_E_SYNTAX, .message = message, .arguments = {key, shown}, .at = n->at});
}

bool node_expect(loader *l, const node *n, node_kind kind, str key)
{
    return n->kind == kind || refuse(l, n, n->kind == NODE_NULL ? MESSAGE_PACK_NO_VALUE : kind_message(kind), key);
}

bool node_check_keys(loader *l, const node *map, const str *known, size_t count, message_id what)
{
    if (!node_expect(l, map, NODE_MAP, message_argument(what)))
        return false;
    bool fine = true;
    for (uint32_t i = 0; i < map->count; i++) {
        size_t k = 0;
        while (k < count && !str_equal(known[k], map->keys[i].scalar))
            k++;
        if (k < count)
            continue;
        fine = loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                            .message = MESSAGE_PACK_UNKNOWN_KEY,
                                            .arguments = {map->keys[i].scalar, message_argument(what)},
                                            .at = map->keys[i].at,
                                            .nearest = str_nearest(map->keys[i].scalar, known, count)});
    }
    return fine;
}

const node *node_require(loader *l, const node *map, str key, message_id what)
{
    const node *n = node_find(map, key);
    if (!n)
        loader_fail(l, &(error_spec){.status = POLICY_E_SYNTAX,
                                     .message = MESSAGE_PACK_MISSING_KEY,
                                     .arguments = {message_argument(what), key},
                                     .at = map->at});
    return n;
}

/* ---- names ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_pack_name(str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!((text.data[i] >= 'a' && text.data[i] <= 'z') || is_digit(text.data[i]) || text.data[i] == '-'))
            return false;
    return text.size > 0;
}

/* CEL's reserved words, and those that its grammar takes for itself. */
static const str reserved[] = {
    {"false", 5},    {"in", 2},      {"null", 4},      {"true", 4},     {"as", 2},  {"break", 5},  {"const", 5},
    {"continue", 8}, {"else", 4},    {"for", 3},       {"function", 8}, {"if", 2},  {"import", 6}, {"let", 3},
    {"loop", 4},     {"package", 7}, {"namespace", 9}, {"return", 6},   {"var", 3}, {"void", 4},   {"while", 5},
};

bool is_identifier(str text)
{
    if (text.size == 0 || is_digit(text.data[0]))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!is_letter(text.data[i]) && !is_digit(text.data[i]) && text.data[i] != '_')
            return false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_equal(text, reserved[i]))
            return false;
    return true;
}

static bool is_id(str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!is_letter(c) && !is_digit(c) && c != '_' && c != '-' && c != '.' && (unsigned char)c < 0x80)
            return false;
    }
    return text.size > 0 && text.data[0] != '.' && text.data[0] != '-';
}

/* ---- scalars ---- */

static bool is_filled(loader *l, const node *n, str key)
{
    if (!node_expect(l, n, NODE_SCALAR, key))
        return false;
    return str_trim(n->scalar).size > 0 || refuse(l, n, MESSAGE_PACK_NO_VALUE, key);
}

bool node_read_text(loader *l, const node *n, str key, str *out)
{
    if (!is_filled(l, n, key))
        return false;
    *out = n->scalar;
    return true;
}

static bool read_if(loader *l, const node *n, str key, str *out, bool (*fits)(str), message_id message)
{
    if (!is_filled(l, n, key))
        return false;
    if (!fits(n->scalar))
        return refuse(l, n, message, key);
    *out = n->scalar;
    return true;
}

bool node_read_name(loader *l, const node *n, str key, str *out)
{
    return read_if(l, n, key, out, is_pack_name, MESSAGE_PACK_NAME);
}

bool node_read_identifier(loader *l, const node *n, str key, str *out)
{
    return read_if(l, n, key, out, is_identifier, MESSAGE_PACK_IDENTIFIER);
}

bool node_read_id(loader *l, const node *n, str key, str *out)
{
    return read_if(l, n, key, out, is_id, MESSAGE_PACK_ID);
}

bool node_read_localized(loader *l, const node *n, str key, localized *out)
{
    if (n->kind == NODE_SCALAR)
        return refuse(l, n, MESSAGE_PACK_LANGUAGES, key);
    if (!node_expect(l, n, NODE_MAP, key))
        return false;
    bool fine = node_check_keys(l, n, KEYS(STR_INIT("zh"), STR_INIT("en")), MESSAGE_THING_TEXT);
    const node *zh = node_find(n, STR("zh")), *en = node_find(n, STR("en"));
    if (!zh && !en && n->count == 0)
        return refuse(l, n, MESSAGE_PACK_LANGUAGES, key);
    if (zh && node_read_text(l, zh, STR("zh"), &out->zh))
        out->at_zh = zh->raw_at;
    if (en && node_read_text(l, en, STR("en"), &out->en))
        out->at_en = en->raw_at;
    return fine && (!zh || out->zh.data) && (!en || out->en.data);
}

bool node_read_date(loader *l, const node *n, str key, int32_t *out)
{
    if (!is_filled(l, n, key))
        return false;
    return civil_read(n->scalar, out) || refuse(l, n, MESSAGE_PACK_DATE, key);
}

bool node_read_range(loader *l, const node *n, str key, date_range *out)
{
    date_range range = {.at = n->at};
    if (!node_expect(l, n, NODE_MAP, key) ||
        !node_check_keys(l, n, KEYS(STR_INIT("from"), STR_INIT("until")), MESSAGE_THING_RANGE))
        return false;
    const node *from = node_find(n, STR("from")), *until = node_find(n, STR("until"));
    if (!from && !until)
        return refuse(l, n, MESSAGE_PACK_RANGE_EMPTY, key);
    range.has_from = from && node_read_date(l, from, STR("from"), &range.from);
    range.has_until = until && node_read_date(l, until, STR("until"), &range.until);
    if ((from && !range.has_from) || (until && !range.has_until))
        return false;
    if (from && until && range.from > range.until)
        return refuse(l, n, MESSAGE_PACK_RANGE_ORDER, key);
    *out = range;
    return true;
}

bool node_read_bool(loader *l, const node *n, str key, bool *out)
{
    if (!is_filled(l, n, key))
        return false;
    bool yes = str_equal(n->scalar, STR("true"));
    if (!yes && !str_equal(n->scalar, STR("false")))
        return refuse(l, n, MESSAGE_PACK_BOOL, key);
    *out = yes;
    return true;
}

bool node_read_count(loader *l, const node *n, str key, int32_t *out)
{
    int64_t number;
    if (!is_filled(l, n, key))
        return false;
    if (!number_read_int(n->scalar, &number) || number < 0 || number > 1000000000)
        return refuse(l, n, MESSAGE_PACK_COUNT, key);
    *out = (int32_t)number;
    return true;
}

bool node_read_share(loader *l, const node *n, str key, double *out)
{
    double number;
    if (!is_filled(l, n, key))
        return false;
    if (!number_read_double(n->scalar, false, &number) || !(number >= 0 && number <= 1))
        return refuse(l, n, MESSAGE_PACK_SHARE, key);
    *out = number;
    return true;
}

bool node_read_expression(loader *l, const node *n, str key, expr_text *out)
{
    if (!is_filled(l, n, key))
        return false;
    *out = (expr_text){.text = n->raw, .at = n->raw_at, .rule = l->rule};
    return true;
}

bool node_read_severity(loader *l, const node *n, str key, policy_severity *out)
{
    static const str names[] = {STR_INIT("info"), STR_INIT("warning"), STR_INIT("violation")};
    if (!is_filled(l, n, key))
        return false;
    for (policy_severity i = POLICY_INFO; i <= POLICY_VIOLATION; i++) {
        if (str_equal(n->scalar, names[i])) {
            *out = i;
            return true;
        }
    }
    return loader_fail(l, &(error_spec){.status = POLICY_E_NAME,
                                        .message = MESSAGE_PACK_SEVERITY,
                                        .arguments = {n->scalar},
                                        .at = n->at,
                                        .nearest = str_nearest(n->scalar, names, 3)});
}

bool node_read_texts(loader *l, const node *n, str key, const str **out, uint32_t *count)
{
    const node *items = n;
    uint32_t item_count = 1;
    if (n->kind == NODE_LIST) {
        items = n->items;
        item_count = n->count;
    } else if (n->kind != NODE_SCALAR) {
        return node_expect(l, n, NODE_LIST, key);
    }
    str *texts = loader_array(l, item_count, sizeof *texts);
    if (!texts)
        return false;
    bool fine = true;
    for (uint32_t i = 0; i < item_count; i++)
        fine = node_read_text(l, &items[i], key, &texts[i]) && fine;
    if (!fine)
        return false;
    *out = texts;
    *count = item_count;
    return true;
}
