/*
 * The loader: errors with excerpts, counted and sorted, and the arithmetic between offsets and places.
 */
#include "pack/loader.h"

#include "base/number.h"

#define EXCERPT_MAX 400 /* bytes of a source line that an error shows */

void loader_init(loader *l, const policy_options *options, arena *memory)
{
    *l = (loader){.options = options, .allocator = &options->allocator, .memory = memory};
}

policy_status loader_finish(loader *l, policy_error **err)
{
    policy_status status = POLICY_OK;
    if (l->nomem) {
        policy_error_free(l->errors);
        status = error_nomem(err);
    } else if (l->errors) {
        error_sort(&l->errors);
        status = policy_error_status(l->errors);
        error_move(err, &l->errors);
    }
    l->errors = NULL;
    return status;
}

bool loader_nomem(loader *l)
{
    l->nomem = true;
    if (l->status == POLICY_OK)
        l->status = POLICY_E_NOMEM;
    return false;
}

static const source_file *find_file(const loader *l, str name)
{
    for (const source_file *f = l->files; f; f = f->next)
        if (str_equal(f->name, name))
            return f;
    return NULL;
}

/* The line that an error points at. A very long one is cut to a window around the column. */
static void add_excerpt(const loader *l, error_spec *spec)
{
    const source_file *file = find_file(l, spec->at.file);
    if (!file || spec->at.line == 0 || spec->at.line > file->line_count)
        return;
    size_t from = file->lines[spec->at.line - 1], until = from;
    while (until < file->text.size && file->text.data[until] != '\n' && file->text.data[until] != '\r')
        until++;
    size_t at = source_offset(file, spec->at.line, spec->at.column);
    uint32_t column = spec->at.column;
    if (until - from > EXCERPT_MAX) {
        size_t start = at > from + EXCERPT_MAX / 4 ? at - EXCERPT_MAX / 4 : from;
        while (start > from && ((unsigned char)file->text.data[start] & 0xC0) == 0x80)
            start--;
        size_t stop = start + EXCERPT_MAX < until ? start + EXCERPT_MAX : until;
        while (stop > start && stop < until && ((unsigned char)file->text.data[stop] & 0xC0) == 0x80)
            stop--;
        column = (uint32_t)utf8_count(str_slice(file->text, start, at < start ? start : at)) + 1;
        from = start;
        until = stop;
    }
    spec->excerpt = str_slice(file->text, from, until);
    spec->caret_column = column;
}

bool loader_fail(loader *l, const error_spec *spec)
{
    if (l->status == POLICY_OK)
        l->status = spec->status;
    if (l->nomem || l->error_count >= LOADER_ERRORS_MAX)
        return false;
    error_spec whole = *spec;
    if (!whole.rule.data)
        whole.rule = l->rule;
    if (!whole.excerpt.data)
        add_excerpt(l, &whole);
    if (error_set(&l->errors, l->allocator, &whole) == POLICY_E_NOMEM && spec->status != POLICY_E_NOMEM)
        return loader_nomem(l);
    l->error_count++;
    return false;
}

void *loader_new(loader *l, size_t size)
{
    void *memory = arena_new(l->memory, size);
    if (!memory)
        loader_nomem(l);
    return memory;
}

void *loader_array(loader *l, size_t count, size_t size)
{
    void *memory = arena_array(l->memory, count ? count : 1, size);
    if (!memory)
        loader_nomem(l);
    return memory;
}

str loader_text(loader *l, str text)
{
    str copy = arena_text(l->memory, text);
    if (!copy.data)
        loader_nomem(l);
    return copy;
}

/* ---- files ---- */

source_file *loader_add_file(loader *l, str name, str text)
{
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_slice(text, 3, text.size);
    source_file *file = loader_new(l, sizeof *file);
    if (!file)
        return NULL;
    file->name = loader_text(l, name);
    file->text = loader_text(l, text);
    if (!file->name.data || !file->text.data)
        return NULL;
    text = file->text;
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\n' || (text.data[i] == '\r' && (i + 1 == text.size || text.data[i + 1] != '\n')))
            count++;
    file->lines = loader_array(l, count, sizeof *file->lines);
    if (!file->lines)
        return NULL;
    file->lines[file->line_count++] = 0;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\n' || (text.data[i] == '\r' && (i + 1 == text.size || text.data[i + 1] != '\n')))
            file->lines[file->line_count++] = i + 1;
    file->next = l->files;
    l->files = file;
    return file;
}

size_t source_offset(const source_file *file, uint32_t line, uint32_t column)
{
    if (line == 0 || line > file->line_count)
        return file->text.size;
    size_t at = file->lines[line - 1];
    size_t until = line < file->line_count ? file->lines[line] : file->text.size;
    for (uint32_t i = 1; i < column && at < until; i++)
        (void)utf8_next(file->text, &at);
    return at;
}

place source_place(const source_file *file, size_t offset)
{
    if (offset > file->text.size)
        offset = file->text.size;
    size_t low = 0, high = file->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (file->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    size_t column = utf8_count(str_slice(file->text, file->lines[low], offset)) + 1;
    return (place){file->name, (uint32_t)(low + 1), (uint32_t)column};
}
