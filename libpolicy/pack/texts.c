/*
 * The walk over a pack's expressions; see texts.h.
 */
#include "pack/texts.h"

typedef struct walk {
    pack_text *texts; /* NULL while they are only counted */
    size_t count;
    pack_text next;
} walk;

static void add(walk *w, expr_text *text, text_role role)
{
    if (text->text.data == NULL) {
        return;
    }
    if (w->texts != NULL) {
        w->texts[w->count] = w->next;
        w->texts[w->count].text = text;
        w->texts[w->count].role = role;
    }
    w->count++;
}

static void add_grouping(walk *w, pack_each *each, expr_text *when, pack_key *per, uint32_t per_count)
{
    if (each->present) {
        add(w, &each->list, TEXT_LIST);
    }
    add(w, when, TEXT_WHEN);
    for (uint32_t i = 0; i < per_count; i++) {
        if (!per[i].is_field) {
            add(w, &per[i].expression, TEXT_KEY);
        }
    }
}

static void visit(walk *w, pack *p)
{
    for (uint32_t i = 0; i < p->let_count; i++) {
        pack_let *let = &p->lets[i];
        w->next = (pack_text){.owner = TEXT_OF_LET, .number = i, .name = let->name, .at = let->at};
        add(w, &let->expression, TEXT_VALUE);
    }
    for (uint32_t i = 0; i < p->measure_count; i++) {
        pack_measure *m = &p->measures[i];
        w->next = (pack_text){.owner = TEXT_OF_MEASURE, .number = i, .name = m->id, .at = m->at};
        add_grouping(w, &m->each, &m->when, m->per, m->per_count);
        add(w, &m->measure, TEXT_AGGREGATE);
    }
    for (uint32_t i = 0; i < p->rule_count; i++) {
        pack_rule *r = &p->rules[i];
        w->next = (pack_text){.owner = TEXT_OF_RULE, .number = i, .name = r->id, .at = r->at};
        add_grouping(w, &r->each, &r->when, r->per, r->per_count);
        add(w, &r->condition, TEXT_CHECK);
        add(w, &r->measure, TEXT_AGGREGATE);
        expr_text *bounds[] = {&r->at_most, &r->at_least, &r->exactly, &r->warn_above, &r->warn_below};
        for (size_t k = 0; k < sizeof bounds / sizeof *bounds; k++) {
            add(w, bounds[k], TEXT_BOUND);
        }
    }
    for (uint32_t i = 0; i < p->tighten_count; i++) {
        pack_tighten *t = &p->tightens[i];
        w->next = (pack_text){.owner = TEXT_OF_TIGHTEN, .number = i, .name = t->rule, .at = t->at};
        add(w, &t->also_when, TEXT_WHEN);
        expr_text *bounds[] = {&t->at_most, &t->at_least, &t->warn_above, &t->warn_below};
        for (size_t k = 0; k < sizeof bounds / sizeof *bounds; k++) {
            add(w, bounds[k], TEXT_BOUND);
        }
    }
}

pack_text *pack_texts(pack *p, arena *memory, size_t *count)
{
    walk w = {0};
    visit(&w, p);
    *count = w.count;
    w.texts = arena_array(memory, w.count + 1, sizeof *w.texts);
    if (w.texts == NULL) {
        return NULL;
    }
    w.count = 0;
    visit(&w, p);
    return w.texts;
}

bool pack_holds_file(const pack *p, str file)
{
    static const str main = STR_INIT("/pack.yaml");
    if (str_equal(file, p->file)) {
        return true;
    }
    return str_ends(p->file, main) && str_starts(file, str_slice(p->file, 0, p->file.size - main.size + 1));
}
