/*
 * Files, folders, clock and locale, on what a test may create: a folder of its own.
 */
#include "base/error.h"
#include "base/platform.h"
#include "support/failing_allocator.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/policy-test-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(platform, .init = make_folder, .fini = remove_folder);

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *data, size_t size)
{
    FILE *file = fopen(in_folder(name), "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(data, 1, size, file), size);
    fclose(file);
}

Test(platform, reads_a_file_piece_by_piece)
{
    write_file("a", "hello\0world", 11);
    platform_file *file;
    const char *reason;
    cr_assert_eq(platform_open(&allocator_system, in_folder("a"), &file, &reason), POLICY_OK);
    char piece[4], all[32];
    size_t got, filled = 0;
    do {
        cr_assert_eq(platform_read(file, piece, sizeof piece, &got, &reason), POLICY_OK);
        memcpy(all + filled, piece, got);
        filled += got;
    } while (got);
    cr_assert_eq(filled, 11);
    cr_assert_eq(memcmp(all, "hello\0world", 11), 0);
    platform_close(file);
    platform_close(NULL);
}

Test(platform, reads_a_whole_file_up_to_its_limit_and_not_beyond)
{
    char *data;
    size_t size;
    const char *reason = NULL;
    write_file("a", "0123456789", 10);
    cr_assert_eq(platform_read_all(&allocator_system, in_folder("a"), 10, &data, &size, &reason), POLICY_OK);
    cr_assert_eq(size, 10);
    cr_assert_str_eq(data, "0123456789");
    allocator_free(&allocator_system, data);
    cr_assert_eq(platform_read_all(&allocator_system, in_folder("a"), 11, &data, &size, &reason), POLICY_OK);
    allocator_free(&allocator_system, data);
    cr_assert_eq(platform_read_all(&allocator_system, in_folder("a"), 9, &data, &size, &reason), POLICY_E_LIMIT);
    cr_assert_null(data);
    write_file("empty", "", 0);
    cr_assert_eq(platform_read_all(&allocator_system, in_folder("empty"), 0, &data, &size, &reason), POLICY_OK);
    cr_assert(size == 0 && data[0] == '\0');
    allocator_free(&allocator_system, data);
}

Test(platform, reads_files_that_say_they_are_empty)
{
    char *data;
    size_t size;
    const char *reason;
    if (!platform_is_file("/proc/self/status"))
        cr_skip("no /proc");
    cr_assert_eq(platform_read_all(&allocator_system, "/proc/self/status", 1 << 20, &data, &size, &reason), POLICY_OK);
    cr_assert_gt(size, 100);
    allocator_free(&allocator_system, data);
    cr_assert_eq(platform_read_all(&allocator_system, "/proc/self/status", 10, &data, &size, &reason), POLICY_E_LIMIT);
}

Test(platform, gives_a_reason_in_words_of_the_catalogue)
{
    platform_file *file;
    char *data;
    size_t size;
    const char *reason = NULL;
    cr_assert_eq(platform_open(&allocator_system, in_folder("missing"), &file, &reason), POLICY_E_IO);
    cr_assert_null(file);
    cr_assert_eq(reason, message_argument(MESSAGE_REASON_NOT_FOUND).data);
    cr_assert_eq(platform_open(&allocator_system, folder, &file, &reason), POLICY_E_IO);
    cr_assert_eq(reason, message_argument(MESSAGE_REASON_IS_FOLDER).data);
    cr_assert_eq(platform_read_all(&allocator_system, folder, 10, &data, &size, &reason), POLICY_E_IO);
    cr_assert_eq(reason, message_argument(MESSAGE_REASON_IS_FOLDER).data);
    write_file("f", "", 0);
    cr_assert_eq(platform_open(&allocator_system, in_folder("f/g"), &file, &reason), POLICY_E_IO);
    cr_assert_eq(reason, message_argument(MESSAGE_REASON_NOT_FOLDER).data);
}

Test(platform, does_not_wait_for_a_pipe_or_read_a_device_whole, .timeout = 10)
{
    char *data;
    size_t size;
    const char *reason = NULL;
    cr_assert_eq(mkfifo(in_folder("pipe"), 0600), 0);
    cr_assert_eq(platform_read_all(&allocator_system, in_folder("pipe"), 10, &data, &size, &reason), POLICY_E_IO);
    cr_assert_eq(reason, message_argument(MESSAGE_REASON_NOT_REGULAR).data);
    cr_assert_eq(platform_read_all(&allocator_system, "/dev/zero", 10, &data, &size, &reason), POLICY_E_IO);
    cr_assert_not(platform_is_file(in_folder("pipe")));
}

Test(platform, tells_files_from_folders)
{
    write_file("f", "", 0);
    cr_assert(platform_is_file(in_folder("f")));
    cr_assert_not(platform_is_directory(in_folder("f")));
    cr_assert(platform_is_directory(folder));
    cr_assert_not(platform_is_file(folder));
    cr_assert_not(platform_is_file(in_folder("missing")));
    cr_assert_not(platform_is_directory(in_folder("missing")));
}

typedef struct seen {
    char names[200];
    int left;
} seen;

static bool remember(void *context, const char *name)
{
    seen *s = context;
    strcat(s->names, name);
    strcat(s->names, " ");
    return --s->left > 0;
}

Test(platform, lists_names_in_order_until_told_to_stop)
{
    write_file("b", "", 0);
    write_file("a", "", 0);
    write_file("年", "", 0);
    write_file(".hidden", "", 0);
    write_file("A", "", 0);
    const char *reason;
    seen s = {"", 100};
    cr_assert_eq(platform_list(&allocator_system, folder, remember, &s, &reason), POLICY_OK);
    cr_assert_str_eq(s.names, ".hidden A a b 年 ");
    s = (seen){"", 2};
    cr_assert_eq(platform_list(&allocator_system, folder, remember, &s, &reason), POLICY_OK);
    cr_assert_str_eq(s.names, ".hidden A ");
    cr_assert_eq(platform_list(&allocator_system, in_folder("a"), remember, &s, &reason), POLICY_E_IO);
    cr_assert_eq(reason, message_argument(MESSAGE_REASON_NOT_FOLDER).data);
}

static policy_status use_files(const policy_allocator *a, void *context)
{
    (void)context;
    const char *reason;
    platform_file *file = NULL;
    char *data = NULL;
    size_t size;
    platform_locale *locale = NULL;
    seen s = {"", 100};
    policy_status status = platform_open(a, in_folder("a"), &file, &reason);
    if (!status)
        status = platform_read_all(a, in_folder("a"), 100, &data, &size, &reason);
    if (!status)
        status = platform_list(a, folder, remember, &s, &reason);
    if (!status)
        status = platform_locale_new(a, &locale);
    platform_locale_free(locale);
    allocator_free(a, data);
    platform_close(file);
    return status;
}

Test(platform, survives_failing_allocations)
{
    write_file("a", "12345", 5);
    write_file("b", "", 0);
    cr_assert_gt(failing_allocator_sweep(use_files, NULL), 8);
}

Test(platform, clock_never_goes_back)
{
    uint64_t last = platform_monotonic_ns();
    cr_assert_gt(last, 0);
    for (int i = 0; i < 1000; i++) {
        uint64_t now = platform_monotonic_ns();
        cr_assert_geq(now, last);
        last = now;
    }
}

Test(platform, gives_the_c_locale_to_one_stretch_of_code)
{
    const char *name = setlocale(LC_ALL, "de_DE.UTF-8");
    platform_locale *locale;
    cr_assert_eq(platform_locale_new(&allocator_system, &locale), POLICY_OK);
    void *previous = platform_locale_enter(locale);
    cr_assert_eq(strtod("1.5", NULL), 1.5);
    platform_locale_leave(previous);
    if (name)
        cr_assert_eq(strtod("1.5", NULL), 1.0);
    platform_locale_free(locale);
    platform_locale_free(NULL);
}
