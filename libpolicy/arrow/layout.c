/*
 * Schemas: which column fills which field. See import.h.
 *
 * Columns that no field knows may be of any format, since nobody looks at them: a table handed over as it is has lists,
 * decimals and whatnot beside what the rules need.
 */
#include "arrow/import.h"

#include "base/number.h"
#include "expr/zone.h"

static policy_status refuse(const arrow_layout *l, message_id message, str first, str second, policy_error **err)
{
    return error_set(err, l->allocator,
                     &(error_spec){.status = POLICY_E_ARGUMENT, .message = message, .arguments = {first, second}});
}

static policy_status malformed(const arrow_layout *l, message_id what, policy_error **err)
{
    return refuse(l, MESSAGE_ARROW_SCHEMA, message_argument(what), str_none, err);
}

/* The name of a column, or its number where it has none. */
static bool name_column(arrow_layout *l, int64_t i, const struct ArrowSchema *from)
{
    str name = str_trim(str_of(from->name));
    if (name.data == NULL || name.size == 0) {
        char room[NUMBER_TEXT + 1] = "#";
        size_t size = 1 + number_write_int(room + 1, i + 1);
        name = arena_text(&l->memory, (str){room, size});
    } else {
        name = arena_text(&l->memory, name);
    }
    l->columns[i].name = name;
    return name.data != NULL;
}

/* Of two columns for one field that whose name the schema lists first fills it. */
static void match_names(arrow_layout *l)
{
    int64_t chosen[SCHEMA_FIELDS_MAX]; /* index + 1 */
    uint32_t ranks[SCHEMA_FIELDS_MAX];
    memset(chosen, 0, sizeof chosen);
    for (int64_t i = 0; i < l->column_count; i++) {
        layout_column *c = &l->columns[i];
        uint32_t rank;
        c->field = schema_match_header_ranked(l->type, c->name, &c->unit, &rank);
        if (c->field >= 0 && (!chosen[c->field] || rank < ranks[c->field])) {
            chosen[c->field] = i + 1;
            ranks[c->field] = rank;
        }
    }
    for (int64_t i = 0; i < l->column_count; i++) {
        layout_column *c = &l->columns[i];
        if (c->field >= 0 && chosen[c->field] == i + 1) {
            l->units[c->field] = c->unit;
        } else if (c->field >= 0) {
            c->field = -2; /* there is a better one */
        }
    }
}

static bool say_unused(arrow_layout *l, str source, notices *out)
{
    for (int64_t i = 0; i < l->column_count; i++) {
        layout_column *c = &l->columns[i];
        if (c->field >= 0) {
            continue;
        }
        policy_notice notice = {.kind = c->field == -2 ? POLICY_NOTICE_DUPLICATE_COLUMN : POLICY_NOTICE_UNKNOWN_COLUMN,
                                .type = l->type->name,
                                .source = source.data ? source : STR(""),
                                .column = c->name,
                                .text = STR("")};
        c->field = -1;
        if (!notices_add(out, &notice)) {
            return false;
        }
    }
    return true;
}

static policy_status refuse_format(const arrow_layout *l, const layout_column *c, const char *format,
                                   policy_error **err)
{
    const schema_field *f = &l->type->fields[c->field];
    return error_set(
        err, l->allocator,
        &(error_spec){.status = POLICY_E_ARGUMENT,
                      .message = MESSAGE_ARROW_TYPE,
                      .arguments = {c->name, str_of(format), f->name, message_argument(arrow_field_accepted(f))}});
}

static policy_status read_column(arrow_layout *l, layout_column *c, const struct ArrowSchema *from, policy_error **err)
{
    const schema_field *f = &l->type->fields[c->field];
    const struct ArrowSchema *values = from;
    c->dictionary = from->dictionary != NULL;
    if (c->dictionary) {
        if (from->format == NULL || from->dictionary->format == NULL) {
            return malformed(l, MESSAGE_ARROW_BAD_POINTER, err);
        }
        if (from->dictionary->dictionary != NULL) {
            return refuse(l, MESSAGE_ARROW_ARRAY, c->name, message_argument(MESSAGE_ARROW_BAD_DEPTH), err);
        }
        values = from->dictionary;
        if (!arrow_format_read(from->format, &c->indices) || !arrow_storage_is_index(c->indices.storage) ||
            c->indices.meaning != MEANING_PLAIN) {
            return refuse(l, MESSAGE_ARROW_ARRAY, c->name, message_argument(MESSAGE_ARROW_BAD_INDEX), err);
        }
    }
    if (values->format == NULL) {
        return malformed(l, MESSAGE_ARROW_BAD_POINTER, err);
    }
    if (!arrow_format_read(values->format, &c->values) || !arrow_field_takes(f, &c->values)) {
        return refuse_format(l, c, values->format, err);
    }
    if (values->n_children != 0 || from->n_children != 0) {
        return refuse(l, MESSAGE_ARROW_ARRAY, c->name, message_argument(MESSAGE_ARROW_BAD_CHILDREN), err);
    }
    if (c->values.zone.data != NULL) {
        bool nomem = false;
        c->clock = zone_new(l->allocator, c->values.zone, &nomem);
        if (c->clock == NULL) {
            return nomem ? error_nomem(err) : refuse(l, MESSAGE_ARROW_ZONE, c->name, c->values.zone, err);
        }
        c->values.zone = str_none; /* the text is the producer's */
    }
    return POLICY_OK;
}

policy_status arrow_layout_read(arrow_layout *l, const policy_allocator *a, const schema_type *t,
                                const struct ArrowSchema *from, str source, notices *out, policy_error **err)
{
    *l = (arrow_layout){.allocator = a, .type = t};
    arena_init(&l->memory, a, 0);
    if (from->release == NULL) {
        return refuse(l, MESSAGE_ARROW_RELEASED, STR("ArrowSchema"), str_none, err);
    }
    if (from->format == NULL) {
        return malformed(l, MESSAGE_ARROW_BAD_POINTER, err);
    }
    if (strcmp(from->format, "+s") != 0 || from->dictionary != NULL) {
        return refuse(l, MESSAGE_ARROW_NOT_ROWS, str_of(from->format), str_none, err);
    }
    if (from->n_children < 0 || (from->n_children > 0 && from->children == NULL)) {
        return malformed(l, MESSAGE_ARROW_BAD_POINTER, err);
    }
    if (from->n_children > INT32_MAX) {
        return malformed(l, MESSAGE_ARROW_BAD_LENGTH, err);
    }
    l->columns = arena_array(&l->memory, (size_t)from->n_children + 1, sizeof *l->columns);
    l->units = arena_array(&l->memory, t->field_count + 1, sizeof *l->units);
    if (l->columns == NULL || l->units == NULL) {
        return error_nomem(err);
    }
    l->column_count = from->n_children;
    for (int64_t i = 0; i < l->column_count; i++) {
        const struct ArrowSchema *child = from->children[i];
        if (child == NULL) {
            return malformed(l, MESSAGE_ARROW_BAD_POINTER, err);
        }
        if (child->release == NULL || (child->dictionary != NULL && child->dictionary->release == NULL)) {
            return malformed(l, MESSAGE_ARROW_BAD_RELEASED, err);
        }
        if (!utf8_valid(str_of(child->name ? child->name : ""), NULL)) {
            return malformed(l, MESSAGE_ARROW_BAD_NAME, err);
        }
        if (!name_column(l, i, child)) {
            return error_nomem(err);
        }
    }
    match_names(l);
    if (!say_unused(l, source, out)) {
        return error_nomem(err);
    }
    policy_status status = POLICY_OK;
    for (int64_t i = 0; i < l->column_count && status == POLICY_OK; i++) {
        if (l->columns[i].field >= 0) {
            status = read_column(l, &l->columns[i], from->children[i], err);
        }
    }
    return status;
}

void arrow_layout_free(arrow_layout *l)
{
    if (l->allocator == NULL) {
        return;
    }
    for (int64_t i = 0; i < l->column_count; i++) {
        zone_free(l->columns[i].clock);
    }
    arena_free(&l->memory);
    *l = (arrow_layout){.allocator = NULL};
}
