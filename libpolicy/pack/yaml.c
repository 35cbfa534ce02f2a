/*
 * YAML through libyaml's event interface.
 *
 * Events and not libyaml's document loader, because the loader accepts duplicate keys and aliases to themselves, and
 * because its scanner is quadratic in the depth: we stop at YAML_DEPTH_MAX while events come in, before that costs
 * anything. The text is looked through first for what libyaml would report without a line (encodings, control bytes).
 *
 * Refused, each with a place: tags, directives of tags, merge keys, several documents, duplicate keys (both places),
 * anchors and aliases past a small number, keys that are not scalars.
 *
 * libyaml has no allocator hook: while a text is parsed it uses malloc.
 */
#include "pack/yaml.h"

#include <yaml.h>

#include "base/map.h"
#include "base/number.h"

#define FEW_KEYS 16 /* up to here, comparing each with each beats a hash table */

typedef struct anchor {
    str name;
    node target;
    size_t size; /* nodes below and with it; 0 while it is still open */
    place at;
} anchor;

typedef struct reading {
    loader *l;
    source_file *file;
    yaml_parser_t parser;
    size_t cursor_index, cursor_offset; /* libyaml counts characters, we need bytes */
    node *pending;                      /* children of the open lists and maps, innermost last */
    size_t pending_count, pending_capacity;
    size_t node_count;
    anchor *anchors;
    size_t anchor_count, anchor_capacity;
    size_t alias_count, repeated;
    map seen; /* of a map with many keys */
} reading;

/* ---- places ---- */

static size_t offset_of(reading *r, yaml_mark_t mark)
{
    if (mark.index < r->cursor_index)
        r->cursor_index = r->cursor_offset = 0;
    while (r->cursor_index < mark.index && r->cursor_offset < r->file->text.size) {
        (void)utf8_next(r->file->text, &r->cursor_offset);
        r->cursor_index++;
    }
    return r->cursor_offset;
}

static place place_of(const reading *r, yaml_mark_t mark)
{
    return (place){r->file->name, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

static bool refuse(reading *r, yaml_mark_t mark, message_id message)
{
    return loader_fail(r->l, &(error_spec){.status = POLICY_E_SYNTAX, .message = message, .at = place_of(r, mark)});
}

static bool refuse_limit(reading *r, yaml_mark_t mark, message_id message, size_t limit)
{
    char number[NUMBER_TEXT];
    size_t size = number_write_uint(number, limit);
    return loader_fail(r->l, &(error_spec){.status = POLICY_E_LIMIT,
                                           .message = message,
                                           .arguments = {{number, size}},
                                           .at = place_of(r, mark)});
}

/* ---- before libyaml: what it would report without a line ---- */

static bool refuse_character(loader *l, const source_file *file, size_t at, uint32_t c)
{
    static const char digits[] = "0123456789ABCDEF";
    char text[8];
    size_t size = 0;
    for (int shift = c > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4)
        text[size++] = digits[(c >> shift) & 15];
    return loader_fail(l, &(error_spec){.status = POLICY_E_ENCODING,
                                        .message = MESSAGE_YAML_CHARACTER,
                                        .arguments = {{text, size}},
                                        .at = source_place(file, at)});
}

static bool check_text(loader *l, const source_file *file)
{
    str text = file->text;
    if (text.size >= 2 &&
        ((text.data[0] == '\xFF' && text.data[1] == '\xFE') || (text.data[0] == '\xFE' && text.data[1] == '\xFF') ||
         text.data[0] == 0 || text.data[1] == 0))
        return loader_fail(
            l, &(error_spec){.status = POLICY_E_ENCODING, .message = MESSAGE_YAML_UTF16, .at = {file->name, 1, 1}});
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        unsigned char byte = (unsigned char)text.data[at];
        if (byte >= 0x20 && byte < 0x7F) {
            at++;
            continue;
        }
        uint32_t c = utf8_next(text, &at);
        if (c == UTF8_BAD)
            return loader_fail(l, &(error_spec){.status = POLICY_E_ENCODING,
                                                .message = MESSAGE_YAML_UTF8,
                                                .at = source_place(file, start)});
        bool fine = c == '\t' || c == '\n' || c == '\r' || (c >= 0xA0 && c <= 0xFFFD) || c >= 0x10000;
        /* Line and paragraph separators would count as line breaks to YAML and to no editor. */
        if (!fine || c == 0x2028 || c == 0x2029 || c == 0xFEFF)
            return refuse_character(l, file, start, c);
    }
    return true;
}

/* ---- libyaml's own complaints in our words ---- */

static const struct {
    const char *part; /* of libyaml's sentence */
    message_id message;
} complaints[] = {
    {"mapping values are not allowed", MESSAGE_YAML_COLON},
    {"did not find expected ',' or", MESSAGE_YAML_FLOW},
    {"could not find expected ':'", MESSAGE_YAML_NO_COLON},
    {"cannot start any token", MESSAGE_YAML_TOKEN},
    {"unexpected end of stream", MESSAGE_YAML_QUOTE},
    {"unexpected document indicator", MESSAGE_YAML_QUOTE},
    {"did not find expected key", MESSAGE_YAML_INDENT},
    {"did not find expected '-' indicator", MESSAGE_YAML_INDENT},
    {"block sequence entries are not allowed", MESSAGE_YAML_DASH},
    {"unknown escape", MESSAGE_YAML_ESCAPE},
    {"hexdecimal", MESSAGE_YAML_ESCAPE},
    {"invalid Unicode", MESSAGE_YAML_ESCAPE},
    {"expected <document start>", MESSAGE_YAML_DOCUMENTS},
    {"undefined tag handle", MESSAGE_YAML_TAG},
    {"tab character", MESSAGE_YAML_TAB},
};

static bool report_parser(reading *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return loader_nomem(r->l);
    str problem = str_of(p->problem ? p->problem : "");
    if (p->error == YAML_READER_ERROR)
        return loader_fail(r->l, &(error_spec){.status = POLICY_E_ENCODING,
                                               .message = MESSAGE_YAML_OTHER,
                                               .arguments = {problem},
                                               .at = source_place(r->file, p->problem_offset)});
    error_spec spec = {.status = POLICY_E_SYNTAX, .message = MESSAGE_YAML_OTHER, .arguments = {problem}};
    for (size_t i = 0; i < sizeof complaints / sizeof *complaints; i++) {
        if (str_contains(problem, str_of(complaints[i].part))) {
            spec.message = complaints[i].message;
            break;
        }
    }
    spec.at = place_of(r, p->problem_mark);
    /* Something left open: where it began says more than where the file ended. */
    if (spec.message == MESSAGE_YAML_QUOTE && p->context)
        spec.at = place_of(r, p->context_mark);
    else if (spec.message == MESSAGE_YAML_FLOW && p->context)
        spec.other = place_of(r, p->context_mark);
    return loader_fail(r->l, &spec);
}

/* ---- anchors ---- */

static anchor *find_anchor(const reading *r, str name)
{
    for (size_t i = 0; i < r->anchor_count; i++)
        if (str_equal(r->anchors[i].name, name))
            return &r->anchors[i];
    return NULL;
}

/* Opens an anchor for the node that begins with this event; *index is its number, or SIZE_MAX without one. */
static bool open_anchor(reading *r, const yaml_char_t *name, yaml_mark_t mark, size_t *index)
{
    *index = SIZE_MAX;
    if (!name)
        return true;
    str text = str_of((const char *)name);
    const anchor *before = find_anchor(r, text);
    if (before)
        return loader_fail(r->l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                               .message = MESSAGE_YAML_ANCHOR_TWICE,
                                               .arguments = {text},
                                               .at = place_of(r, mark),
                                               .other = before->at});
    if (r->anchor_count == YAML_ANCHORS_MAX)
        return refuse_limit(r, mark, MESSAGE_YAML_ANCHORS, YAML_ANCHORS_MAX);
    void *items = r->anchors;
    if (!allocator_grow(r->l->allocator, &items, &r->anchor_capacity, r->anchor_count + 1, sizeof *r->anchors,
                        YAML_ANCHORS_MAX))
        return loader_nomem(r->l);
    r->anchors = items;
    str copy = loader_text(r->l, text);
    if (!copy.data)
        return false;
    *index = r->anchor_count++;
    r->anchors[*index] = (anchor){.name = copy, .at = place_of(r, mark)};
    return true;
}

static void close_anchor(reading *r, size_t index, const node *n, size_t size)
{
    if (index == SIZE_MAX)
        return;
    r->anchors[index].target = *n;
    r->anchors[index].size = size;
}

static bool read_alias(reading *r, const yaml_event_t *event, node *out, size_t *size)
{
    str name = str_of((const char *)event->data.alias.anchor);
    const anchor *a = find_anchor(r, name);
    if (!a)
        return loader_fail(r->l, &(error_spec){.status = POLICY_E_NAME,
                                               .message = MESSAGE_YAML_ALIAS_UNKNOWN,
                                               .arguments = {name},
                                               .at = place_of(r, event->start_mark)});
    if (a->size == 0)
        return loader_fail(r->l, &(error_spec){.status = POLICY_E_SYNTAX,
                                               .message = MESSAGE_YAML_ALIAS_SELF,
                                               .arguments = {name},
                                               .at = place_of(r, event->start_mark),
                                               .other = a->at});
    if (++r->alias_count > YAML_ALIASES_MAX)
        return refuse_limit(r, event->start_mark, MESSAGE_YAML_ALIASES, YAML_ALIASES_MAX);
    r->repeated += a->size;
    if (r->repeated > YAML_REPEAT_MAX)
        return refuse_limit(r, event->start_mark, MESSAGE_YAML_REPEAT, YAML_REPEAT_MAX);
    *out = a->target;
    *size = a->size;
    return true;
}

/* ---- nodes ---- */

static bool push(reading *r, const node *n)
{
    void *items = r->pending;
    if (!allocator_grow(r->l->allocator, &items, &r->pending_capacity, r->pending_count + 1, sizeof *r->pending,
                        2 * YAML_NODES_MAX))
        return loader_nomem(r->l);
    r->pending = items;
    r->pending[r->pending_count++] = *n;
    return true;
}

/* The text of a scalar as it stands in the file: expressions are read from it, so that offsets are places. Text with
 * escapes or doubled quotes has no such form and is taken as understood. */
static void find_raw(reading *r, const yaml_event_t *event, node *n)
{
    size_t from = offset_of(r, event->start_mark), until = offset_of(r, event->end_mark);
    str raw = str_slice(r->file->text, from, until);
    yaml_scalar_style_t style = event->data.scalar.style;
    n->raw = n->scalar;
    n->raw_at = n->at;
    if (style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) {
        n->raw_at.column++;
        /* An anchor stands before the quote. */
        if (raw.size < 2 || (raw.data[0] != '"' && raw.data[0] != '\''))
            return;
        raw = str_slice(raw, 1, raw.size - 1);
        bool escapes =
            style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ? str_contains(raw, STR("\\")) : str_contains(raw, STR("''"));
        if (!escapes)
            n->raw = raw;
    } else if (n->block) {
        size_t line = 0;
        while (line < raw.size && raw.data[line] != '\n')
            line++;
        if (line == raw.size)
            return;
        n->raw = str_slice(raw, line + 1, raw.size);
        n->raw_at.line++;
        n->raw_at.column = 1;
    } else if (raw.size > 0 && raw.data[0] != '&') {
        n->raw = str_trim(raw);
    }
}

static bool is_null_word(str s)
{
    return s.size == 0 || str_equal(s, STR("~")) || str_equal(s, STR("null")) || str_equal(s, STR("Null")) ||
           str_equal(s, STR("NULL"));
}

static bool read_scalar(reading *r, const yaml_event_t *event, node *out)
{
    if (event->data.scalar.tag)
        return refuse(r, event->start_mark, MESSAGE_YAML_TAG);
    if (event->data.scalar.length > YAML_SCALAR_MAX)
        return refuse_limit(r, event->start_mark, MESSAGE_YAML_SCALAR, YAML_SCALAR_MAX);
    yaml_scalar_style_t style = event->data.scalar.style;
    out->kind = NODE_SCALAR;
    out->quoted = style != YAML_PLAIN_SCALAR_STYLE;
    out->block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    out->scalar = loader_text(r->l, (str){(const char *)event->data.scalar.value, event->data.scalar.length});
    if (!out->scalar.data)
        return false;
    if (!out->quoted && is_null_word(out->scalar))
        out->kind = NODE_NULL;
    find_raw(r, event, out);
    /* The NUL escape "\0" would cut texts short on their way through C. */
    if (memchr(out->scalar.data, 0, out->scalar.size))
        return refuse(r, event->start_mark, MESSAGE_YAML_NUL);
    return true;
}

static bool check_key(reading *r, const node *key, yaml_mark_t mark)
{
    if (key->kind == NODE_LIST || key->kind == NODE_MAP)
        return refuse(r, mark, MESSAGE_YAML_KEY_KIND);
    if (key->kind == NODE_NULL && key->scalar.size == 0)
        return refuse(r, mark, MESSAGE_YAML_KEY_EMPTY);
    if (!key->quoted && str_equal(key->scalar, STR("<<")))
        return refuse(r, mark, MESSAGE_YAML_MERGE);
    return true;
}

static void refuse_duplicate(reading *r, const node *key, const node *before)
{
    loader_fail(r->l, &(error_spec){.status = POLICY_E_DUPLICATE,
                                    .message = MESSAGE_YAML_KEY_TWICE,
                                    .arguments = {key->scalar},
                                    .at = key->at,
                                    .other = before->at});
}

/* Keys and values alternate in `pending` from `base` on. A duplicate is reported and reading goes on. */
static bool check_duplicates(reading *r, size_t base)
{
    size_t count = (r->pending_count - base) / 2;
    const node *keys = r->pending + base;
    if (count <= FEW_KEYS) {
        for (size_t i = 1; i < count; i++) {
            size_t j = 0;
            while (j < i && !str_equal(keys[2 * i].scalar, keys[2 * j].scalar))
                j++;
            if (j < i)
                refuse_duplicate(r, &keys[2 * i], &keys[2 * j]);
        }
        return !r->l->nomem;
    }
    if (r->seen.slot_count > 8 * count) { /* clearing a large table for each small map would be quadratic */
        map_free(&r->seen);
        map_init(&r->seen, r->l->allocator);
    }
    map_clear(&r->seen);
    for (size_t i = 0; i < count; i++) {
        uint32_t before = map_get(&r->seen, keys[2 * i].scalar);
        if (before != MAP_NONE)
            refuse_duplicate(r, &keys[2 * i], &keys[2 * before]);
        else if (!map_put(&r->seen, keys[2 * i].scalar, (uint32_t)i))
            return loader_nomem(r->l);
    }
    return !r->l->nomem;
}

static bool next_event(reading *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) ? true : report_parser(r);
}

static bool read_node(reading *r, const yaml_event_t *event, unsigned depth, node *out, size_t *size);

/* Children up to the closing event, pushed on `pending`. */
static bool read_children(reading *r, yaml_event_type_t end, unsigned depth, size_t *size)
{
    for (size_t i = 0;; i++) {
        yaml_event_t event;
        if (!next_event(r, &event))
            return false;
        if (event.type == end) {
            yaml_event_delete(&event);
            return true;
        }
        node child;
        size_t child_size = 0;
        bool fine = read_node(r, &event, depth, &child, &child_size) &&
                    (end == YAML_SEQUENCE_END_EVENT || i % 2 == 1 || check_key(r, &child, event.start_mark)) &&
                    push(r, &child);
        yaml_event_delete(&event);
        if (!fine)
            return false;
        *size += child_size;
    }
}

static bool close_list(reading *r, size_t base, node *out)
{
    size_t count = r->pending_count - base;
    node *items = loader_array(r->l, count, sizeof *items);
    if (!items)
        return false;
    if (count)
        memcpy(items, r->pending + base, count * sizeof *items);
    out->items = items;
    out->count = (uint32_t)count;
    return true;
}

static bool close_map(reading *r, size_t base, node *out)
{
    if (!check_duplicates(r, base))
        return false;
    size_t count = (r->pending_count - base) / 2;
    node *keys = loader_array(r->l, count, sizeof *keys), *values = loader_array(r->l, count, sizeof *values);
    if (!keys || !values)
        return false;
    for (size_t i = 0; i < count; i++) {
        keys[i] = r->pending[base + 2 * i];
        values[i] = r->pending[base + 2 * i + 1];
    }
    out->keys = keys;
    out->items = values;
    out->count = (uint32_t)count;
    return true;
}

static bool read_collection(reading *r, const yaml_event_t *event, unsigned depth, node *out, size_t *size)
{
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    if (list ? event->data.sequence_start.tag != NULL : event->data.mapping_start.tag != NULL)
        return refuse(r, event->start_mark, MESSAGE_YAML_TAG);
    if (depth == YAML_DEPTH_MAX)
        return refuse_limit(r, event->start_mark, MESSAGE_YAML_DEPTH, YAML_DEPTH_MAX);
    size_t base = r->pending_count;
    out->kind = list ? NODE_LIST : NODE_MAP;
    if (!read_children(r, list ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT, depth + 1, size))
        return false;
    bool fine = list ? close_list(r, base, out) : close_map(r, base, out);
    r->pending_count = base;
    return fine;
}

static bool read_node(reading *r, const yaml_event_t *event, unsigned depth, node *out, size_t *size)
{
    *out = (node){.at = place_of(r, event->start_mark)};
    if (++r->node_count > YAML_NODES_MAX)
        return refuse_limit(r, event->start_mark, MESSAGE_YAML_NODES, YAML_NODES_MAX);
    *size = 1;
    size_t index;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return read_alias(r, event, out, size);
    case YAML_SCALAR_EVENT:
        if (!open_anchor(r, event->data.scalar.anchor, event->start_mark, &index) || !read_scalar(r, event, out))
            return false;
        break;
    case YAML_SEQUENCE_START_EVENT:
        if (!open_anchor(r, event->data.sequence_start.anchor, event->start_mark, &index) ||
            !read_collection(r, event, depth, out, size))
            return false;
        break;
    case YAML_MAPPING_START_EVENT:
        if (!open_anchor(r, event->data.mapping_start.anchor, event->start_mark, &index) ||
            !read_collection(r, event, depth, out, size))
            return false;
        break;
    default:
        return refuse(r, event->start_mark, MESSAGE_YAML_EMPTY);
    }
    close_anchor(r, index, out, *size);
    return true;
}

/* Stream start, document start, one node, document end, stream end. */
static bool read_document(reading *r, node *out)
{
    yaml_event_t event;
    if (!next_event(r, &event))
        return false;
    yaml_event_delete(&event); /* stream start */
    if (!next_event(r, &event))
        return false;
    if (event.type != YAML_DOCUMENT_START_EVENT) {
        yaml_mark_t mark = {0};
        yaml_event_delete(&event);
        return refuse(r, mark, MESSAGE_YAML_EMPTY);
    }
    bool tags = event.data.document_start.tag_directives.start != event.data.document_start.tag_directives.end;
    yaml_mark_t start = event.start_mark;
    yaml_event_delete(&event);
    if (tags)
        return refuse(r, start, MESSAGE_YAML_TAG);
    if (!next_event(r, &event))
        return false;
    size_t size = 0;
    bool fine = read_node(r, &event, 0, out, &size);
    yaml_event_delete(&event);
    if (!fine)
        return false;
    if (!next_event(r, &event))
        return false;
    yaml_event_delete(&event); /* document end */
    if (!next_event(r, &event))
        return false;
    bool more = event.type != YAML_STREAM_END_EVENT;
    start = event.start_mark;
    yaml_event_delete(&event);
    return more ? refuse(r, start, MESSAGE_YAML_DOCUMENTS) : true;
}

const node *yaml_read(loader *l, str file, str text)
{
    uint64_t limit = options_limit(l->options, POLICY_LIMIT_PACK_BYTES);
    if (text.size > limit) {
        char number[NUMBER_TEXT];
        size_t size = number_write_uint(number, limit);
        loader_fail(l, &(error_spec){.status = POLICY_E_LIMIT,
                                     .message = MESSAGE_FILE_TOO_LARGE,
                                     .arguments = {file, {number, size}},
                                     .at = {.file = file}});
        return NULL;
    }
    reading r = {.l = l, .file = loader_add_file(l, file, text)};
    if (!r.file || !check_text(l, r.file))
        return NULL;
    node *root = loader_new(l, sizeof *root);
    if (!root)
        return NULL;
    if (!yaml_parser_initialize(&r.parser)) {
        loader_nomem(l);
        return NULL;
    }
    map_init(&r.seen, l->allocator);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.file->text.data, r.file->text.size);
    bool fine = read_document(&r, root);
    yaml_parser_delete(&r.parser);
    map_free(&r.seen);
    allocator_free(l->allocator, r.pending);
    allocator_free(l->allocator, r.anchors);
    return fine && !l->nomem ? root : NULL;
}
