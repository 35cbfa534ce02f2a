/*
 * `policy explain`: what a rule, clause or parameter says.
 *
 * With -r in those packs. Without it every pack that can be found by name is asked in turn: an inspector who holds a
 * clause in his hand need not know which pack it is in. With --plan, how the rules are computed over columns.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include <policy/policy.h>

#include "commands.h"
#include "load.h"
#include "print_error.h"
#include "terminal.h"
#include "texts.h"

typedef struct name_list {
    char **items;
    size_t count;
} name_list;

static bool has_name(const name_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Does the folder hold a pack.yaml? */
static bool is_pack(const char *directory, const char *name)
{
    static const char file[] = "/pack.yaml";
    size_t room = strlen(directory) + strlen(name) + sizeof file + 1;
    char *path = must_allocate(room, 1);
    snprintf(path, room, "%s/%s%s", directory, name, file);
    FILE *f = fopen(path, "rb");
    free(path);
    if (f == NULL) {
        return false;
    }
    fclose(f);
    return true;
}

/* Names of the packs in a folder, added to the list; a folder that is not there holds none. */
static void find_packs(name_list *list, const char *directory)
{
    DIR *d = opendir(directory);
    if (d == NULL) {
        return;
    }
    for (struct dirent *entry = readdir(d); entry != NULL; entry = readdir(d)) {
        if (entry->d_name[0] != '.' && !has_name(list, entry->d_name) && is_pack(directory, entry->d_name)) {
            list->items = must_resize(list->items, list->count + 1, sizeof *list->items);
            list->items[list->count++] = must_copy(entry->d_name, strlen(entry->d_name));
        }
    }
    closedir(d);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* How rows that come as columns are judged. */
static exit_code explain_plan(const options *o, policy_engine *engine)
{
    policy_text *text = NULL;
    policy_error *err = NULL;
    policy_status status = policy_engine_explain_plan(engine, o->language, &text, &err);
    if (status == POLICY_OK) {
        print_safe_lines(stdout, policy_text_data(text));
    } else {
        print_errors(stderr, err, o->language);
    }
    policy_text_free(text);
    policy_error_free(err);
    return status == POLICY_OK ? EXIT_CODE_CLEAN : EXIT_CODE_BROKEN;
}

/* Explain in one engine; says nothing when `quiet` and not found. */
static policy_status explain_in(const options *o, const policy_engine *engine, const char *what, bool quiet)
{
    policy_text *text = NULL;
    policy_error *err = NULL;
    policy_status status = policy_engine_explain(engine, what, o->language, &text, &err);
    if (status == POLICY_OK) {
        const char *data = policy_text_data(text);
        size_t size = policy_text_size(text);
        print_safe_lines(stdout, data);
        fputs(size > 0 && data[size - 1] == '\n' ? "" : "\n", stdout);
    } else if (status != POLICY_E_NOT_FOUND || !quiet) {
        print_errors(stderr, err, o->language);
    }
    policy_text_free(text);
    policy_error_free(err);
    return status;
}

static exit_code explain_anywhere(const options *o, const char *what)
{
    name_list packs = {NULL, 0};
    exit_code code = EXIT_CODE_BROKEN;
    bool said = false;
    for (size_t i = 0; i < o->directories.count; i++) {
        find_packs(&packs, o->directories.items[i]);
    }
    find_packs(&packs, policy_rules_directory());
    if (packs.count == 0) {
        say(stderr, o->language, TEXT_NO_RULES);
        return EXIT_CODE_BROKEN;
    }
    qsort(packs.items, packs.count, sizeof *packs.items, by_name);
    for (size_t i = 0; i < packs.count; i++) {
        const char *name = packs.items[i];
        policy_engine *engine = load_rules(o, &name, 1);
        policy_status status = engine == NULL ? POLICY_E_INTERNAL : explain_in(o, engine, what, true);
        said = said || (status != POLICY_OK && status != POLICY_E_NOT_FOUND);
        code = status == POLICY_OK ? EXIT_CODE_CLEAN : code;
        policy_engine_unref(engine);
        free(packs.items[i]);
    }
    if (code != EXIT_CODE_CLEAN && !said) {
        say(stderr, o->language, TEXT_NOT_EXPLAINED, what);
    }
    free(packs.items);
    return code;
}

exit_code command_explain(const options *o)
{
    const char *what = o->arguments.count == 1 ? o->arguments.items[0] : "";
    if (o->arguments.count > 1) {
        say(stderr, o->language, TEXT_ONE_ARGUMENT, "explain");
        return EXIT_CODE_BROKEN;
    }
    if (o->plan && (o->rules.count == 0 || *what != '\0')) {
        say(stderr, o->language, TEXT_PLAN_USE);
        return EXIT_CODE_BROKEN;
    }
    if (o->rules.count == 0) {
        return explain_anywhere(o, what);
    }
    policy_engine *engine = load_rules(o, o->rules.items, o->rules.count);
    if (engine == NULL) {
        return EXIT_CODE_BROKEN;
    }
    if (o->plan) {
        exit_code code = explain_plan(o, engine);
        policy_engine_unref(engine);
        return code;
    }
    policy_status status = explain_in(o, engine, what, false);
    policy_engine_unref(engine);
    return status == POLICY_OK ? EXIT_CODE_CLEAN : EXIT_CODE_BROKEN;
}
