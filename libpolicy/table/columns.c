/*
 * Headers matched with fields; see columns.h for wide sheets.
 *
 * A sheet is taken for a wide one only when at least two groups have the same two or more fields, and no column of its
 * own says the subject: 家长意见 beside 家长意见时间 is a pair too, but only one. A header of two lines
 *
 *     日期  班级  语文        数学
 *                 内容  时长  内容  时长
 *
 * is read as the joined names; its second line is known by naming fields only where the first has no column.
 */
#include "table/columns.h"

#include "base/number.h"

typedef struct matcher {
    columns *c;
    sheet *s;
    const schema_type *t;
    policy_error **err;
} matcher;

static bool fold_name(str text, char *room, size_t most, str *out)
{
    size_t size = reader_fold(text, room, most);
    *out = (str){room, size};
    return size <= most;
}

/* The name of a field behind something else: 语文|预计时长(分钟). The longest name wins. */
static int match_behind(const schema_type *t, str header, str *prefix, str *unit, uint32_t *rank)
{
    char room[128];
    str folded;
    for (size_t at = 0; at < header.size;) {
        utf8_next(header, &at);
        if (at >= header.size)
            break;
        int field = schema_match_header_ranked(t, str_slice(header, at, header.size), unit, rank);
        if (field < 0)
            continue;
        *prefix = str_trim(str_slice(header, 0, at));
        while (prefix->size && (str_ends(*prefix, STR("-")) || str_ends(*prefix, STR(":")) ||
                                str_ends(*prefix, STR("_")) || str_ends(*prefix, STR("/"))))
            prefix->size--;
        return fold_name(*prefix, room, sizeof room, &folded) && folded.size ? field : -1;
    }
    return -1;
}

static size_t find_group(const columns *c, str prefix)
{
    for (size_t i = 0; i < c->group_count; i++)
        if (str_equal(c->groups[i], prefix))
            return i;
    return c->group_count;
}

static uint64_t fields_of_group(const columns *c, size_t column_count, int group)
{
    uint64_t fields = 0;
    for (size_t i = 0; i < column_count; i++)
        if (c->items[i].group == group && c->items[i].field >= 0)
            fields |= UINT64_C(1) << c->items[i].field;
    return fields;
}

static bool has_two(uint64_t fields)
{
    return (fields & (fields - 1)) != 0;
}

/* Drop what only looked like a group, and all of them when fewer than two are alike. */
static void keep_real_groups(matcher *m)
{
    columns *c = m->c;
    size_t count = m->s->column_count;
    uint64_t usual = 0;
    size_t most = 0;
    for (size_t g = 0; g < c->group_count; g++) {
        uint64_t fields = fields_of_group(c, count, (int)g);
        size_t alike = 0;
        for (size_t other = 0; other < c->group_count; other++)
            alike += fields_of_group(c, count, (int)other) == fields;
        if (has_two(fields) && alike > most) {
            most = alike;
            usual = fields;
        }
    }
    size_t kept = 0;
    for (size_t g = 0; g < c->group_count; g++) {
        uint64_t fields = fields_of_group(c, count, (int)g);
        bool real = most >= 2 && has_two(fields) && (fields & usual) == fields;
        for (size_t i = 0; i < count; i++) {
            column *col = &c->items[i];
            if (col->group != (int)g)
                continue;
            col->group = real ? (int)kept : GROUP_COMMON;
            if (!real)
                col->field = -1;
        }
        if (real)
            c->groups[kept++] = c->groups[g];
    }
    c->group_count = kept;
}

static policy_status find_groups(matcher *m)
{
    columns *c = m->c;
    sheet *s = m->s;
    c->group_field = schema_find_field(m->t, STR("subject"));
    if (c->group_field < 0)
        return POLICY_OK;
    for (size_t i = 0; i < s->column_count; i++)
        if (c->items[i].field == c->group_field)
            return POLICY_OK;
    c->groups = arena_array(&s->memory, s->column_count ? s->column_count : 1, sizeof *c->groups);
    if (!c->groups)
        return error_nomem(m->err);
    if (s->column_count > 500) /* no school has so many subjects; keeps the comparing of groups short */
        return POLICY_OK;
    for (size_t i = 0; i < s->column_count; i++) {
        column *col = &c->items[i];
        str prefix;
        uint32_t rank;
        if (col->field >= 0 || col->name.size == 0)
            continue;
        int field = match_behind(m->t, col->name, &prefix, &col->unit, &rank);
        if (field < 0 || field == c->group_field)
            continue;
        size_t group = find_group(c, prefix);
        if (group == c->group_count) {
            c->groups[group] = arena_text(&s->memory, prefix);
            if (!c->groups[group].data)
                return error_nomem(m->err);
            c->group_count++;
        }
        if (fields_of_group(c, s->column_count, (int)group) >> field & 1)
            continue; /* a second one: stays unknown */
        col->field = field;
        col->group = (int)group;
    }
    keep_real_groups(m);
    return POLICY_OK;
}

/* Of two columns for one field (考试日期 and 考试时间) that whose name the schema lists first fills it; a group's own column
 * goes before a common one. */
static policy_status match_names(matcher *m)
{
    columns *c = m->c;
    sheet *s = m->s;
    size_t chosen[SCHEMA_FIELDS_MAX] = {0}; /* index + 1 */
    uint32_t ranks[SCHEMA_FIELDS_MAX] = {0};
    for (size_t i = 0; i < s->column_count; i++) {
        column *col = &c->items[i];
        uint32_t rank;
        col->name = s->header[i];
        col->group = GROUP_COMMON;
        col->field = col->name.size ? schema_match_header_ranked(m->t, col->name, &col->unit, &rank) : -1;
        if (col->field >= 0 && (!chosen[col->field] || rank < ranks[col->field])) {
            chosen[col->field] = i + 1;
            ranks[col->field] = rank;
        }
    }
    policy_status status = find_groups(m);
    uint64_t grouped = 0;
    for (size_t g = 0; g < c->group_count; g++)
        grouped |= fields_of_group(c, s->column_count, (int)g);
    for (size_t i = 0; i < s->column_count && status == POLICY_OK; i++) {
        column *col = &c->items[i];
        if (col->group != GROUP_COMMON || col->name.size == 0)
            continue; /* a column without a name is said when a cell of it holds something */
        bool known = col->field >= 0;
        if (known && chosen[col->field] == i + 1 && !(grouped >> col->field & 1))
            continue;
        col->field = -1;
        status = sheet_notice(s, known ? POLICY_NOTICE_DUPLICATE_COLUMN : POLICY_NOTICE_UNKNOWN_COLUMN, 0, col->name,
                              str_none, m->err);
    }
    return status;
}

/* Does the row below the header go on with it? It fills in only where the header has no known column, and at least two
 * of its cells name fields there. */
static bool is_second_line(const matcher *m, const str *cells, size_t count)
{
    size_t named = 0;
    for (size_t i = 0; i < count; i++) {
        str text = str_trim(cells[i]), unit;
        if (text.size == 0)
            continue;
        if (i >= m->s->column_count || schema_match_header(m->t, text, &unit) < 0)
            return false;
        if (m->s->header[i].size && schema_match_header(m->t, m->s->header[i], &unit) >= 0)
            return false;
        named++;
    }
    return named >= 2;
}

/* 语文 over 内容, 时长: a merged cell stands in its first column. */
static policy_status join_lines(matcher *m, const str *cells, size_t count)
{
    sheet *s = m->s;
    str above = str_none;
    for (size_t i = 0; i < count && i < s->column_count; i++) {
        str below = str_trim(cells[i]);
        if (s->header[i].size)
            above = s->header[i];
        if (below.size == 0) {
            above = str_none;
            continue;
        }
        s->header[i] = arena_join(&s->memory, (const str[]){above, below}, 2);
        if (!s->header[i].data)
            return error_nomem(m->err);
    }
    return POLICY_OK;
}

policy_status columns_match(columns *c, sheet *s, const schema_type *t, policy_error **err)
{
    matcher m = {.c = c, .s = s, .t = t, .err = err};
    bool more;
    c->items = arena_array(&s->memory, s->column_count ? s->column_count : 1, sizeof *c->items);
    if (!c->items)
        return error_nomem(err);
    policy_status status = sheet_next(s, &more, err);
    if (status != POLICY_OK)
        return status;
    if (more && is_second_line(&m, s->csv.cells, s->csv.count)) {
        status = join_lines(&m, s->csv.cells, s->csv.count);
        s->rows = 0;
    } else if (more) {
        sheet_hold(s);
    }
    return status == POLICY_OK ? match_names(&m) : status;
}
