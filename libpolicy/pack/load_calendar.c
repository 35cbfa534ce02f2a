/*
 * The calendar of a pack: terms, holidays, make-up workdays. Terms come out sorted and may not overlap.
 */
#include "pack/parts.h"

static bool refuse(loader *l, place at, message_id message, str argument)
{
    return loader_fail(l,
                       &(error_spec){.status = POLICY_E_SYNTAX, .message = message, .arguments = {argument}, .at = at});
}

/* "2021-2022-1" */
static bool is_term_name(str s)
{
    if (s.size != 11 || s.data[4] != '-' || s.data[9] != '-' || (s.data[10] != '1' && s.data[10] != '2'))
        return false;
    int years[2] = {0, 0};
    for (int i = 0; i < 4; i++) {
        char a = s.data[i], b = s.data[5 + i];
        if (a < '0' || a > '9' || b < '0' || b > '9')
            return false;
        years[0] = years[0] * 10 + (a - '0');
        years[1] = years[1] * 10 + (b - '0');
    }
    return years[1] == years[0] + 1;
}

static void read_terms(loader *l, const node *n, pack_calendar *c)
{
    if (!node_expect(l, n, NODE_MAP, STR("terms")))
        return;
    c->terms = loader_array(l, n->count, sizeof *c->terms);
    for (uint32_t i = 0; c->terms && i < n->count; i++) {
        const node *key = &n->keys[i], *days = &n->items[i];
        calendar_term term = {.name = key->scalar};
        if (!is_term_name(term.name)) {
            refuse(l, key->at, MESSAGE_CALENDAR_TERM_NAME, term.name);
            continue;
        }
        if (!node_expect(l, days, NODE_LIST, term.name))
            continue;
        if (days->count != 2) {
            refuse(l, days->at, MESSAGE_CALENDAR_TERM_DAYS, term.name);
            continue;
        }
        bool start = node_read_date(l, &days->items[0], term.name, &term.start);
        bool end = node_read_date(l, &days->items[1], term.name, &term.end);
        if (!start || !end)
            continue;
        if (term.start > term.end) {
            refuse(l, days->at, MESSAGE_PACK_RANGE_ORDER, term.name);
            continue;
        }
        uint32_t at = c->term_count;
        while (at > 0 && c->terms[at - 1].start > term.start) {
            c->terms[at] = c->terms[at - 1];
            at--;
        }
        c->terms[at] = term;
        c->term_count++;
        if ((at > 0 && c->terms[at - 1].end >= term.start) ||
            (at + 1 < c->term_count && c->terms[at + 1].start <= term.end))
            refuse(l, key->at, MESSAGE_CALENDAR_TERM_OVERLAP, term.name);
    }
}

static void read_holiday(loader *l, const node *n, pack_calendar *c)
{
    static const str keys[] = {STR_INIT("name"), STR_INIT("from"), STR_INIT("until")};
    calendar_day day = {0};
    if (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_HOLIDAY) && n->kind != NODE_MAP)
        return;
    const node *name = node_find(n, keys[0]), *from = node_require(l, n, keys[1], MESSAGE_THING_HOLIDAY),
               *until = node_find(n, keys[2]);
    if (name)
        node_read_text(l, name, keys[0], &day.name);
    if (!from || !node_read_date(l, from, keys[1], &day.from))
        return;
    day.until = day.from;
    if (until && !node_read_date(l, until, keys[2], &day.until))
        return;
    if (day.from > day.until)
        refuse(l, n->at, MESSAGE_PACK_RANGE_ORDER, STR("holidays"));
    else
        c->days[c->day_count++] = day;
}

void load_calendar(loader *l, const pack_files *files, pack *p)
{
    static const str keys[] = {STR_INIT("terms"), STR_INIT("holidays"), STR_INIT("workdays")};
    const node *n = files_find_once(l, files, STR("calendar"));
    pack_calendar *c = &p->calendar;
    if (!n || (!node_check_keys(l, n, KNOWN(keys), MESSAGE_THING_CALENDAR) && n->kind != NODE_MAP))
        return;
    c->present = true;
    c->at = n->at;
    const node *terms = node_find(n, keys[0]), *holidays = node_find(n, keys[1]), *workdays = node_find(n, keys[2]);
    if (terms)
        read_terms(l, terms, c);
    if (holidays && !node_expect(l, holidays, NODE_LIST, keys[1]))
        holidays = NULL;
    if (workdays && !node_expect(l, workdays, NODE_LIST, keys[2]))
        workdays = NULL;
    c->days = loader_array(l, (holidays ? holidays->count : 0) + (workdays ? workdays->count : 0), sizeof *c->days);
    for (uint32_t i = 0; c->days && holidays && i < holidays->count; i++)
        read_holiday(l, &holidays->items[i], c);
    for (uint32_t i = 0; c->days && workdays && i < workdays->count; i++) {
        calendar_day day = {.teaching = true};
        if (!node_read_date(l, &workdays->items[i], keys[2], &day.from))
            continue;
        day.until = day.from;
        c->days[c->day_count++] = day;
    }
}
