/*
 * Where the cases of a pack are: in its folder tests/, or among the files that the host gave.
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

/* A pack given in memory: NAME/tests/anything.yaml among the files. */
static policy_status load_memory(pack_cases *s, const policy_engine *e, const pack *p, policy_error **err)
{
    const request *r = e->request;
    arena scratch;
    arena_init(&scratch, &e->options.allocator, 0);
    str parts[2] = {p->name, STR("/tests/")};
    str folder = arena_join(&scratch, parts, 2);
    policy_status status = folder.data ? POLICY_OK : error_nomem(err);
    for (size_t i = 0; status == POLICY_OK && i < r->count; i++) {
        const request_item *item = &r->items[i];
        if (item->kind == REQUEST_MEMORY && str_starts(item->name, folder) && str_ends(item->name, STR(".yaml"))) {
            case_suite *loaded = NULL;
            status = cases_load_text(&e->options, item->name, item->data, &loaded, err);
            status = status == POLICY_OK ? take_cases(s, e, loaded, err) : status;
        }
    }
    arena_free(&scratch);
    return status;
}

/* The folder tests/ of a pack that is a folder itself; a pack in a single file has no cases of its own. */
policy_status pack_cases_load(pack_cases *s, const policy_engine *e, const pack *p, policy_error **err)
{
    if (p->directory.data == NULL) {
        return load_memory(s, e, p, err);
    }
    if (!str_ends(p->file, STR("pack.yaml"))) {
        return POLICY_OK;
    }
    arena scratch;
    arena_init(&scratch, &e->options.allocator, 0);
    str parts[2] = {p->directory, STR("/tests")};
    str folder = arena_join(&scratch, parts, 2);
    policy_status status = folder.data == NULL                  ? error_nomem(err)
                           : platform_is_directory(folder.data) ? pack_cases_load_path(s, e, folder, err)
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
