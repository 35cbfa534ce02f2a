/*
 * Where the cases of a pack are: in its folder tests/, or among the files that the host gave. A pack in a single file and
 * a script have theirs beside them: local.lua in local.cases.yaml.
 */
#include "base/platform.h"
#include "ledger/suite.h"

static policy_status take_cases(pack_cases *s, const policy_engine *e, case_suite *loaded, policy_error **err)
{
    if (!allocator_grow(&e->options.allocator, (void **)&s->files, &s->file_capacity, s->file_count + 1, sizeof(void *),
                        0)) {
        case_suite_free(loaded);
        return error_nomem(err);
    }
    s->files[s->file_count++] = loaded;
    s->count += loaded->count;
    return POLICY_OK;
}

policy_status pack_cases_load_path(pack_cases *s, const policy_engine *e, str path, policy_error **err)
{
    case_suite *loaded = NULL;
    policy_status status = cases_load(&e->options, path, &loaded, err);
    return status == POLICY_OK ? take_cases(s, e, loaded, err) : status;
}

/* "x/local.lua" has its cases in "x/local.cases.yaml". */
static str beside(arena *scratch, str file)
{
    static const str endings[] = {STR_INIT(".lua"), STR_INIT(".yaml"), STR_INIT(".yml")};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (str_ends(file, endings[i])) {
            file = str_slice(file, 0, file.size - endings[i].size);
            break;
        }
    }
    str parts[2] = {file, STR(".cases.yaml")};
    return arena_join(scratch, parts, 2);
}

/* A pack given in memory: among the files NAME/tests/anything.yaml, or the one beside its own. */
static policy_status load_memory(pack_cases *s, const policy_engine *e, const pack *p, policy_error **err)
{
    const request *r = e->request;
    arena scratch;
    arena_init(&scratch, &e->options.allocator, 0);
    str parts[2] = {p->name, STR("/tests/")};
    str folder = arena_join(&scratch, parts, 2);
    str single = beside(&scratch, p->file);
    policy_status status = folder.data && single.data ? POLICY_OK : error_nomem(err);
    for (size_t i = 0; status == POLICY_OK && i < r->count; i++) {
        const request_item *item = &r->items[i];
        if (item->kind == REQUEST_MEMORY &&
            (str_equal(item->name, single) || (str_starts(item->name, folder) && str_ends(item->name, STR(".yaml"))))) {
            case_suite *loaded = NULL;
            status = cases_load_text(&e->options, item->name, item->data, &loaded, err);
            status = status == POLICY_OK ? take_cases(s, e, loaded, err) : status;
        }
    }
    arena_free(&scratch);
    return status;
}

static bool is_in_memory(const policy_engine *e, const pack *p)
{
    for (size_t i = 0; i < e->request->count; i++) {
        const request_item *item = &e->request->items[i];
        if ((item->kind == REQUEST_MEMORY || item->kind == REQUEST_LOAD_MEMORY) && str_equal(item->name, p->file)) {
            return true;
        }
    }
    return p->directory.data == NULL && !p->is_script;
}

/* The folder tests/ of a pack that is a folder itself, else the file beside the pack's own, where there is one. */
policy_status pack_cases_load(pack_cases *s, const policy_engine *e, const pack *p, policy_error **err)
{
    if (is_in_memory(e, p)) {
        return load_memory(s, e, p, err);
    }
    arena scratch;
    arena_init(&scratch, &e->options.allocator, 0);
    str parts[2] = {p->directory, STR("/tests")};
    bool is_folder = str_ends(p->file, STR("pack.yaml"));
    str where = is_folder ? arena_join(&scratch, parts, 2) : beside(&scratch, p->file);
    policy_status status = where.data == NULL ? error_nomem(err)
                           : (is_folder ? platform_is_directory(where.data) : platform_is_file(where.data))
                               ? pack_cases_load_path(s, e, where, err)
                               : POLICY_OK;
    arena_free(&scratch);
    return status;
}

static str without_slash(str path)
{
    while (path.size > 1 && path.data[path.size - 1] == '/') {
        path.size--;
    }
    return path;
}

const pack *pack_cases_owner(const policy_engine *e, str name)
{
    for (uint32_t i = e->rules->pack_count; i > 0; i--) {
        const pack *p = e->rules->packs[i - 1];
        bool folder = p->directory.data != NULL && str_ends(p->file, STR("pack.yaml"));
        if (str_equal(p->name, name) || str_equal(p->file, name) ||
            (folder && str_equal(without_slash(p->directory), without_slash(name)))) {
            return p;
        }
    }
    return NULL;
}

const test_case *pack_cases_at(const pack_cases *s, size_t i)
{
    for (size_t f = 0; f < s->file_count; f++) {
        if (i < s->files[f]->count) {
            return &s->files[f]->cases[i];
        }
        i -= s->files[f]->count;
    }
    return NULL;
}

void pack_cases_free(pack_cases *s, const policy_allocator *a)
{
    for (size_t i = 0; i < s->file_count; i++) {
        case_suite_free(s->files[i]);
    }
    allocator_free(a, s->files);
    *s = (pack_cases){0};
}
