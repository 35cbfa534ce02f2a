/*
 * docs/write-a-pack.md: the files that the guide has its reader write are real. Every YAML block that begins with a file
 * name is loaded, the overlay over the pack, over the schema of this repository.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/platform.h"
#include "pack/cases.h"
#include "pack/help.h"

static str read(const char *path)
{
    char *data;
    size_t size;
    const char *reason;
    cr_assert_eq(platform_read_all(&allocator_system, path, 1 << 20, &data, &size, &reason), POLICY_OK, "%s", path);
    return (str){data, size};
}

/* Blocks "```yaml\n# path\n...```" of a text. */
static size_t blocks(str text, load_file *files, size_t room)
{
    static const char start[] = "```yaml\n# ";
    size_t count = 0;
    const char *at = text.data;
    while ((at = strstr(at, start)) != NULL) {
        at += strlen(start);
        const char *line = strchr(at, '\n'), *end = strstr(at, "\n```");
        cr_assert(line && end && count < room);
        files[count].path = (str){at, (size_t)(line - at)};
        files[count].data = (str){line + 1, (size_t)(end - line)};
        count++;
        at = end;
    }
    return count;
}

Test(guide, the_pack_it_writes_loads_and_its_cases_are_read)
{
    str guide = read(POLICY_SOURCE_DIR "/docs/write-a-pack.md");
    load_file files[10];
    size_t count = blocks(guide, files, 10);
    cr_assert_eq(count, 5);
    policy_options options;
    options_init(&options, NULL);
    str rules = STR(POLICY_SOURCE_DIR "/rules");
    load_root root = {.name = STR("my-school")};
    load_request request = {.roots = &root,
                            .root_count = 1,
                            .directories = &rules,
                            .directory_count = 1,
                            .files = files,
                            .file_count = count};
    ruleset *r = NULL;
    policy_error *err = NULL;
    cr_assert_eq(ruleset_load(&options, &request, &r, &err), POLICY_OK, "%s:%u: %s", policy_error_file(err),
                 policy_error_line(err), policy_error_message(err, POLICY_LANGUAGE_EN));
    cr_expect_eq(r->pack_count, 2);
    cr_expect_eq(r->packs[0]->rule_count, 2);
    ruleset_free(r);
    for (size_t i = 0; i < count; i++) {
        case_suite *suite;
        if (!str_contains(files[i].path, STR("/tests/")))
            continue;
        cr_assert_eq(cases_load_text(&options, files[i].path, files[i].data, &suite, &err), POLICY_OK, "%u: %s",
                     policy_error_line(err), policy_error_message(err, POLICY_LANGUAGE_EN));
        cr_expect_eq(suite->count, 7);
        case_suite_free(suite);
    }
    allocator_free(&allocator_system, (void *)guide.data);
}
