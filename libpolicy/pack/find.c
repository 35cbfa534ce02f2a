/*
 * Where packs come from: memory, added directories, the folder beside the extending pack, the installed rules, and last
 * the host's resolver. The library reads no environment and compiles nothing in.
 *
 * A name is [a-z0-9-]+; anything with / or . is a path, relative to the extending pack. A pack is a folder with a
 * pack.yaml and further *.yaml files, or one file; sub-folders (tests/) are no part of it.
 */
#include "pack/find.h"

#include "base/number.h"
#include "base/platform.h"
#include "pack/nodes.h"
#include "policy/version.h"

#define FILES_MAX 1000 /* of one pack */

typedef struct search {
    loader *l;
    const load_request *request;
    place at; /* who asked */
    found *out;
    uint32_t capacity;
} search;

/* ---- paths ---- */

static str join(loader *l, str directory, str name)
{
    if (!directory.data || directory.size == 0)
        return loader_text(l, name);
    bool slash = directory.data[directory.size - 1] == '/';
    str parts[3] = {directory, slash ? STR("") : STR("/"), name};
    str path = arena_join(l->memory, parts, 3);
    if (!path.data)
        loader_nomem(l);
    return path;
}

/* "rules/x/pack.yaml" is in "rules/x"; "x" is in ".". */
static str directory_of(str path)
{
    size_t size = path.size;
    while (size > 1 && path.data[size - 1] == '/')
        size--;
    while (size > 0 && path.data[size - 1] != '/')
        size--;
    while (size > 1 && path.data[size - 1] == '/')
        size--;
    return size ? str_slice(path, 0, size) : STR(".");
}

static bool is_yaml(str name)
{
    return name.size > 5 && str_ends(name, STR(".yaml")) && name.data[0] != '.';
}

/* ---- collecting files ---- */

static bool fail(search *s, policy_status status, message_id message, str a, str b)
{
    return loader_fail(s->l, &(error_spec){.status = status, .message = message, .arguments = {a, b}, .at = s->at});
}

static bool add_file(search *s, str path, str text)
{
    found *out = s->out;
    if (out->count == s->capacity) {
        if (s->capacity == FILES_MAX)
            return fail(s, POLICY_E_LIMIT, MESSAGE_PACK_FILES, path, str_none);
        uint32_t capacity = s->capacity ? s->capacity * 2 : 8;
        capacity = capacity > FILES_MAX ? FILES_MAX : capacity;
        found_file *files =
            arena_resize(s->l->memory, out->files, s->capacity * sizeof *files, capacity * sizeof *files);
        if (!files)
            return loader_nomem(s->l);
        out->files = files;
        s->capacity = capacity;
    }
    out->files[out->count++] = (found_file){path, text};
    return true;
}

/* The text is copied into the arena: the model and excerpts borrow from it. */
static bool read_file(search *s, str path)
{
    char *data = NULL;
    size_t size = 0;
    const char *reason = NULL;
    uint64_t limit = options_limit(s->l->options, POLICY_LIMIT_PACK_BYTES);
    policy_status status = platform_read_all(s->l->allocator, path.data, (size_t)limit, &data, &size, &reason);
    if (status == POLICY_E_NOMEM)
        return loader_nomem(s->l);
    if (status == POLICY_E_LIMIT) {
        char number[NUMBER_TEXT];
        size_t digits = number_write_uint(number, limit);
        return loader_fail(s->l, &(error_spec){.status = POLICY_E_LIMIT,
                                               .message = MESSAGE_FILE_TOO_LARGE,
                                               .arguments = {path, {number, digits}},
                                               .at = {.file = path}});
    }
    if (status != POLICY_OK)
        return loader_fail(s->l, &(error_spec){.status = POLICY_E_IO,
                                               .message = MESSAGE_CANNOT_READ,
                                               .arguments = {path, str_of(reason)},
                                               .at = s->at.line ? s->at : (place){.file = path}});
    str text = loader_text(s->l, (str){data, size});
    allocator_free(s->l->allocator, data);
    return text.data && add_file(s, path, text);
}

typedef struct listing {
    search *s;
    str directory;
    bool fine;
} listing;

static bool visit_file(void *context, const char *name)
{
    listing *list = context;
    str file = str_of(name);
    if (!is_yaml(file) || str_equal(file, STR("pack.yaml")))
        return true;
    str path = join(list->s->l, list->directory, file);
    list->fine = path.data && (!platform_is_file(path.data) || read_file(list->s, path));
    return list->fine;
}

static bool read_folder(search *s, str directory)
{
    str main = join(s->l, directory, STR("pack.yaml"));
    if (!main.data)
        return false;
    if (!platform_is_file(main.data))
        return fail(s, POLICY_E_NOT_FOUND, MESSAGE_PACK_NO_MAIN, directory, str_none);
    if (!read_file(s, main))
        return false;
    listing list = {s, directory, true};
    const char *reason = NULL;
    policy_status status = platform_list(s->l->allocator, directory.data, visit_file, &list, &reason);
    if (status == POLICY_E_NOMEM)
        return loader_nomem(s->l);
    if (status != POLICY_OK)
        return fail(s, POLICY_E_IO, MESSAGE_CANNOT_READ, directory, str_of(reason));
    s->out->directory = directory;
    s->out->parent = directory_of(directory);
    return list.fine;
}

static bool read_single(search *s, str path)
{
    if (!read_file(s, path))
        return false;
    s->out->directory = s->out->parent = directory_of(path);
    return true;
}

/* ---- memory ---- */

static const load_file *memory_file(const load_request *request, str path)
{
    for (size_t i = 0; i < request->file_count; i++)
        if (str_equal(request->files[i].path, path))
            return &request->files[i];
    return NULL;
}

/* Files of a pack in memory: `name`/pack.yaml and its neighbours by name. */
static bool add_memory_pack(search *s, const load_file *main, str folder)
{
    if (!add_file(s, main->path, main->data))
        return false;
    str last = str_none;
    for (;;) { /* the next path by bytes; files are few */
        const load_file *next = NULL;
        for (size_t i = 0; i < s->request->file_count; i++) {
            const load_file *file = &s->request->files[i];
            str rest = str_slice(file->path, folder.size, file->path.size);
            if (file == main || !str_starts(file->path, folder) || !is_yaml(rest) || str_contains(rest, STR("/")))
                continue;
            if ((!last.data || str_compare(file->path, last) > 0) && (!next || str_compare(file->path, next->path) < 0))
                next = file;
        }
        if (!next)
            return true;
        last = next->path;
        if (!add_file(s, next->path, next->data))
            return false;
    }
}

/* ---- by name ---- */

typedef enum answer { ABSENT, FOUND, FAILED } answer;

static answer said(bool fine)
{
    return fine ? FOUND : FAILED;
}

static answer try_memory(search *s, str folder_file, str folder, str single)
{
    const load_file *file = folder_file.data ? memory_file(s->request, folder_file) : NULL;
    if (file)
        return said(add_memory_pack(s, file, folder));
    file = memory_file(s->request, single);
    return file ? said(add_file(s, file->path, file->data)) : ABSENT;
}

/* `folder` is "NAME" for packs and none for schemas; `single` is "NAME.yaml" or "schema/NAME.yaml". */
static answer try_directory(search *s, str directory, str folder, str single)
{
    if (!directory.data)
        return ABSENT;
    if (folder.data) {
        str path = join(s->l, directory, folder);
        str main = path.data ? join(s->l, path, STR("pack.yaml")) : str_none;
        if (!main.data)
            return FAILED;
        if (platform_is_file(main.data))
            return said(read_folder(s, path));
    }
    str path = join(s->l, directory, single);
    if (!path.data)
        return FAILED;
    return platform_is_file(path.data) ? said(read_single(s, path)) : ABSENT;
}

static answer try_resolver(search *s, str path)
{
    if (!s->request->resolver || !path.data)
        return ABSENT;
    const char *data = NULL;
    size_t size = 0;
    policy_status status = s->request->resolver(s->request->resolver_context, path.data, &data, &size);
    if (status == POLICY_E_NOT_FOUND)
        return ABSENT;
    if (status != POLICY_OK || (!data && size > 0))
        return said(fail(s, status == POLICY_OK ? POLICY_E_ARGUMENT : status, MESSAGE_PACK_RESOLVER, path,
                         str_of(policy_status_name(status))));
    str text = loader_text(s->l, (str){data ? data : "", size});
    return said(text.data && add_file(s, path, text));
}

static answer find_named(search *s, const pack *from, str folder, str main, str prefix, str single)
{
    answer a = try_memory(s, main, prefix, single);
    for (size_t i = 0; a == ABSENT && i < s->request->directory_count; i++)
        a = try_directory(s, s->request->directories[i], folder, single);
    if (a == ABSENT && from)
        a = try_directory(s, from->parent, folder, single);
    if (a == ABSENT)
        a = try_directory(s, str_of(policy_rules_directory()), folder, single);
    if (a == ABSENT)
        a = try_resolver(s, main);
    if (a == ABSENT)
        a = try_resolver(s, single);
    return a;
}

/* The directories that were looked through, for the error. */
static bool report_absent(search *s, const pack *from, str name, message_id message)
{
    buffer where;
    buffer_init(&where, s->l->allocator, 0);
    for (size_t i = 0; i < s->request->directory_count; i++) {
        buffer_put(&where, s->request->directories[i]);
        buffer_put_c(&where, ", ");
    }
    if (from && from->parent.data) {
        buffer_put(&where, from->parent);
        buffer_put_c(&where, ", ");
    }
    buffer_put_c(&where, policy_rules_directory());
    bool nomem = where.failed;
    if (!nomem)
        fail(s, POLICY_E_NOT_FOUND, message, name, buffer_text(&where));
    buffer_free(&where);
    return nomem ? loader_nomem(s->l) : false;
}

/* ---- by path ---- */

static str resolve_path(loader *l, str path, const pack *from)
{
    while (path.size > 1 && path.data[path.size - 1] == '/')
        path.size--;
    bool absolute = path.data[0] == '/' || path.data[0] == '\\' || (path.size > 1 && path.data[1] == ':');
    return absolute || !from ? loader_text(l, path) : join(l, from->directory, path);
}

static bool find_path(search *s, str path, const pack *from)
{
    str whole = resolve_path(s->l, path, from);
    if (!whole.data)
        return false;
    if (from && !from->directory.data) { /* from memory: paths are those of the files given */
        const load_file *file = memory_file(s->request, path);
        if (!file)
            return fail(s, POLICY_E_NOT_FOUND, MESSAGE_CANNOT_OPEN, path, message_argument(MESSAGE_REASON_NOT_FOUND));
        return add_file(s, file->path, file->data);
    }
    if (platform_is_directory(whole.data))
        return read_folder(s, whole);
    if (str_equal(whole, STR("pack.yaml")) || str_ends(whole, STR("/pack.yaml"))) {
        str directory = loader_text(s->l, directory_of(whole));
        return directory.data && platform_is_file(whole.data)
                   ? read_folder(s, directory)
                   : fail(s, POLICY_E_IO, MESSAGE_CANNOT_OPEN, whole, message_argument(MESSAGE_REASON_NOT_FOUND));
    }
    if (!platform_is_file(whole.data))
        return fail(s, POLICY_E_IO, MESSAGE_CANNOT_OPEN, whole, message_argument(MESSAGE_REASON_NOT_FOUND));
    return read_single(s, whole);
}

/* ---- public ---- */

bool find_pack(loader *l, const load_request *request, str name, const pack *from, place at, found *out)
{
    *out = (found){0};
    search s = {.l = l, .request = request, .at = at, .out = out};
    if (name.size == 0)
        return fail(&s, POLICY_E_ARGUMENT, MESSAGE_PACK_NAME, STR("pack"), name);
    if (!is_pack_name(name))
        return find_path(&s, name, from);
    str parts[2] = {name, STR("/pack.yaml")};
    str main = arena_join(l->memory, parts, 2);
    str prefix = main.data ? str_slice(main, 0, name.size + 1) : str_none;
    parts[1] = STR(".yaml");
    str single = arena_join(l->memory, parts, 2);
    if (!main.data || !single.data)
        return loader_nomem(l);
    answer a = find_named(&s, from, name, main, prefix, single);
    return a == ABSENT ? report_absent(&s, from, name, MESSAGE_PACK_NOT_FOUND) : a == FOUND;
}

bool find_schema(loader *l, const load_request *request, str name, const pack *from, place at, found *out)
{
    *out = (found){0};
    search s = {.l = l, .request = request, .at = at, .out = out};
    if (!is_pack_name(name))
        return find_path(&s, name, from);
    str parts[3] = {STR("schema/"), name, STR(".yaml")};
    str single = arena_join(l->memory, parts, 3);
    if (!single.data)
        return loader_nomem(l);
    answer a = find_named(&s, from, str_none, str_none, str_none, single);
    return a == ABSENT ? report_absent(&s, from, name, MESSAGE_SCHEMA_NOT_FOUND) : a == FOUND;
}

bool find_script(loader *l, const load_request *request, str path, found *out)
{
    *out = (found){0};
    search s = {.l = l, .request = request, .at = {.file = path}, .out = out};
    const load_file *file = memory_file(request, path);
    if (file)
        return add_file(&s, file->path, file->data);
    str whole = loader_text(l, path);
    return whole.data && read_file(&s, whole);
}
