/*
 * Values as data, and the names behind what is missing; see datum.h.
 */
#include "ledger/datum.h"

const char *datum_keep(arena *memory, str text)
{
    return arena_text(memory, text.data ? text : STR("")).data;
}

/* Text of any value in its canonical spelling, kept; NULL out of memory. */
static const char *text_of(const datum_room *room, value v, const type *t)
{
    buffer_clear(room->text);
    value_write(room->text, v, t, POLICY_LANGUAGE_EN);
    return room->text->failed ? NULL : datum_keep(room->memory, buffer_text(room->text));
}

bool datum_make(const datum_room *room, value v, const type *t, policy_datum *out)
{
    *out = (policy_datum){.kind = POLICY_DATUM_TEXT};
    switch (v.kind) {
    case VALUE_NULL:
    case VALUE_NONE:
    case VALUE_UNKNOWN:
    case VALUE_PENDING:
    case VALUE_ERROR:
        out->kind = POLICY_DATUM_NONE;
        out->text = "";
        return true;
    case VALUE_INTERVAL: {
        const char *low = v.as.interval->low.kind == VALUE_NULL ? "" : text_of(room, v.as.interval->low, t);
        const char *high = v.as.interval->high.kind == VALUE_NULL ? "" : text_of(room, v.as.interval->high, t);
        if (low == NULL || high == NULL) {
            return false;
        }
        str parts[3] = {str_of(low), STR(".."), str_of(high)};
        out->kind = POLICY_DATUM_RANGE;
        out->text = arena_join(room->memory, parts, 3).data;
        return out->text != NULL;
    }
    case VALUE_BOOL:
        out->kind = POLICY_DATUM_BOOL;
        out->integer = v.as.b ? 1 : 0;
        break;
    case VALUE_INT:
        out->kind = POLICY_DATUM_INT;
        out->integer = v.as.i;
        out->number = (double)v.as.i;
        break;
    case VALUE_UINT:
        out->kind = v.as.u <= INT64_MAX ? POLICY_DATUM_INT : POLICY_DATUM_DOUBLE;
        out->integer = v.as.u <= INT64_MAX ? (int64_t)v.as.u : INT64_MAX;
        out->number = (double)v.as.u;
        break;
    case VALUE_DOUBLE:
        out->kind = POLICY_DATUM_DOUBLE;
        out->number = v.as.d;
        break;
    default:
        break;
    }
    out->text = text_of(room, v, t);
    return out->text != NULL;
}

/* ---- what is missing ---- */

enum { NAMES_MOST = 64 + READ_NOTES * 8 };

typedef struct name_list {
    arena *memory;
    const char *names[NAMES_MOST];
    uint32_t count;
} name_list;

static bool add_name(name_list *list, str name)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (str_equal(str_of(list->names[i]), name)) {
            return true;
        }
    }
    if (list->count >= NAMES_MOST) {
        return true;
    }
    const char *kept = datum_keep(list->memory, name);
    list->names[list->count] = kept;
    list->count += kept ? 1 : 0;
    return kept != NULL;
}

/* The sources themselves, but those that what was read explains. */
static bool add_sources(name_list *list, const datum_doubt *d)
{
    bool fine = true;
    for (uint32_t i = 0; i < 64 && fine && d->sources != NULL; i++) {
        if (!(d->missing >> i & 1)) {
            continue;
        }
        str name = env_source_name(d->sources, (int)i);
        bool through = false; /* a measure, explained by what was read of it */
        for (uint32_t k = 0; k < d->note_count; k++) {
            through = through || (str_equal(d->notes[k].measure->id, name) &&
                                  (d->notes[k].missing != 0 || d->notes[k].not_supplied));
        }
        if (name.data != NULL && !through && !str_equal(name, STR("value"))) {
            fine = add_name(list, name);
        }
    }
    return fine;
}

bool datum_name_missing(arena *memory, const policy_ledger *l, const datum_doubt *d, const char ***names,
                        uint32_t *count)
{
    name_list list; /* its places are filled in order */
    list.memory = memory;
    list.count = 0;
    bool fine = add_sources(&list, d);
    for (uint32_t k = 0; k < d->note_count && fine; k++) {
        const read_note *n = &d->notes[k];
        const schema_type *root = &l->engine->schema->types[n->measure->source->root];
        if (n->not_supplied) {
            fine = add_name(&list, root->name);
            continue;
        }
        for (uint32_t i = 0; i < 64 && fine; i++) {
            if (n->missing >> i & 1) {
                str name = i < root->field_count ? root->fields[i].name : env_source_name(n->measure->env, (int)i);
                fine = name.data == NULL || add_name(&list, name);
            }
        }
    }
    *names = fine && list.count > 0 ? arena_array(memory, list.count, sizeof **names) : NULL;
    *count = *names != NULL ? list.count : 0;
    for (uint32_t i = 0; i < *count; i++) {
        (*names)[i] = list.names[i];
    }
    return fine && *count == list.count;
}
