/*
 * Errors as a caller reads them: both languages, place, suggestion, chains, and out of memory.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/text_handle.h"
#include "policy/version.h"
#include "support/failing_allocator.h"

#include <criterion/criterion.h>

static policy_status set(policy_error **err, const char *file, uint32_t line, uint32_t column, const char *what)
{
    return error_set(err, &allocator_system,
                     &(error_spec){.status = POLICY_E_DATA,
                                   .message = MESSAGE_INTERNAL,
                                   .arguments = {str_of(what)},
                                   .at = {str_of(file), line, column}});
}

Test(error, says_everything_it_was_given_in_both_languages)
{
    policy_error *err = NULL;
    policy_status status = error_set(&err, &allocator_system,
                                     &(error_spec){.status = POLICY_E_NAME,
                                                   .message = MESSAGE_LIMIT,
                                                   .arguments = {STR("minuts"), STR("60")},
                                                   .at = {STR("规则/pack.yaml"), 12, 7},
                                                   .rule = STR("homework.daily"),
                                                   .nearest = STR("minutes"),
                                                   .other = {STR("base.yaml"), 3, 1},
                                                   .excerpt = STR("    measure: sum(minuts)"),
                                                   .caret_column = 18});
    cr_assert_eq(status, POLICY_E_NAME);
    cr_assert_eq(policy_error_status(err), POLICY_E_NAME);
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN),
                     "minuts is over its limit of 60; did you mean 'minutes'?");
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_ZH), "minuts 超过上限 60；是否想写 “minutes”？");
    cr_assert_str_eq(policy_error_file(err), "规则/pack.yaml");
    cr_assert_eq(policy_error_line(err), 12);
    cr_assert_eq(policy_error_column(err), 7);
    cr_assert_str_eq(policy_error_rule(err), "homework.daily");
    cr_assert_str_eq(policy_error_nearest(err), "minutes");
    cr_assert_str_eq(policy_error_other_file(err), "base.yaml");
    cr_assert_eq(policy_error_other_line(err), 3);
    cr_assert_eq(policy_error_other_column(err), 1);
    cr_assert_str_eq(policy_error_excerpt(err), "    measure: sum(minuts)\n                 ^");
    cr_assert_null(policy_error_next(err));
    policy_error_free(err);
}

Test(error, leaves_absent_parts_absent)
{
    policy_error *err = NULL;
    set(&err, NULL, 0, 0, "x");
    cr_assert_null(policy_error_file(err));
    cr_assert_null(policy_error_rule(err));
    cr_assert_null(policy_error_nearest(err));
    cr_assert_null(policy_error_other_file(err));
    cr_assert_null(policy_error_excerpt(err));
    cr_assert_eq(policy_error_line(err), 0);
    policy_error_free(err);
}

Test(error, reads_a_missing_error_as_success)
{
    policy_error_free(NULL);
    cr_assert_eq(policy_error_status(NULL), POLICY_OK);
    cr_assert_str_eq(policy_error_message(NULL, POLICY_LANGUAGE_ZH), "");
    cr_assert_null(policy_error_next(NULL));
    cr_assert_null(policy_error_file(NULL));
    cr_assert_null(policy_error_rule(NULL));
    cr_assert_null(policy_error_nearest(NULL));
    cr_assert_null(policy_error_excerpt(NULL));
    cr_assert_null(policy_error_other_file(NULL));
    cr_assert_eq(policy_error_line(NULL) + policy_error_column(NULL), 0);
    cr_assert_eq(policy_error_other_line(NULL) + policy_error_other_column(NULL), 0);
    cr_assert_eq(set(NULL, "f", 1, 1, "nobody listens"), POLICY_E_DATA);
    cr_assert_eq(error_nomem(NULL), POLICY_E_NOMEM);
}

Test(error, shows_chinese_when_asked_for_a_language_it_does_not_know)
{
    policy_error *err = NULL;
    set(&err, NULL, 0, 0, "x");
    cr_assert_str_eq(policy_error_message(err, 77), policy_error_message(err, POLICY_LANGUAGE_ZH));
    policy_error_free(err);
}

Test(error, makes_hostile_arguments_fit_to_show)
{
    policy_error *err = NULL;
    set(&err, NULL, 0, 0, "a\x1B[31m\nb\xFF\x7F");
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN),
                     "internal error: a\\x1B[31m\\x0Ab\xEF\xBF\xBD\\x7F");
    policy_error_free(err);

    static char huge[100000];
    memset(huge, 'x', sizeof huge);
    err = NULL;
    str argument = {huge, sizeof huge};
    error_set(&err, &allocator_system,
              &(error_spec){.status = POLICY_E_DATA,
                            .message = MESSAGE_LIMIT_RANGE,
                            .arguments = {argument, argument, argument, argument},
                            .nearest = argument,
                            .excerpt = argument,
                            .caret_column = 50000});
    cr_assert_lt(strlen(policy_error_message(err, POLICY_LANGUAGE_EN)), 1024);
    cr_assert_lt(strlen(policy_error_message(err, POLICY_LANGUAGE_ZH)), 1024);
    cr_assert_lt(strlen(policy_error_excerpt(err)), 1024);
    cr_assert(utf8_valid(str_of(policy_error_message(err, POLICY_LANGUAGE_ZH)), NULL));
    policy_error_free(err);
}

Test(error, does_not_expand_braces_inside_arguments)
{
    policy_error *err = NULL;
    set(&err, NULL, 0, 0, "{1}{2}{");
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN), "internal error: {1}{2}{");
    policy_error_free(err);
}

Test(error, translates_words_of_the_catalogue_within_a_sentence)
{
    policy_error *err = NULL;
    error_set(&err, &allocator_system,
              &(error_spec){.status = POLICY_E_IO,
                            .message = MESSAGE_CANNOT_OPEN,
                            .arguments = {STR("a.csv"), message_argument(MESSAGE_REASON_NOT_FOUND)}});
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN), "cannot open a.csv: no such file or folder");
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_ZH), "无法打开 a.csv：没有这个文件或文件夹");
    policy_error_free(err);
}

static const char *excerpt_of(policy_error **err, const char *line, uint32_t caret)
{
    policy_error_free(*err);
    *err = NULL;
    error_set(
        err, &allocator_system,
        &(error_spec){
            .status = POLICY_E_SYNTAX, .message = MESSAGE_INTERNAL, .excerpt = str_of(line), .caret_column = caret});
    return policy_error_excerpt(*err);
}

Test(error, points_its_caret_under_the_right_column)
{
    policy_error *err = NULL;
    cr_assert_str_eq(excerpt_of(&err, "abc", 1), "abc\n^");
    cr_assert_str_eq(excerpt_of(&err, "abc", 4), "abc\n   ^");
    cr_assert_str_eq(excerpt_of(&err, "abc", 99), "abc\n   ^", "not past the end");
    cr_assert_str_eq(excerpt_of(&err, "", 1), "\n^");
    cr_assert_str_eq(excerpt_of(&err, "年级: x", 5), "年级: x\n      ^", "Chinese characters are two cells wide");
    cr_assert_str_eq(excerpt_of(&err, "\tx", 2), " x\n ^");
    policy_error_free(err);
}

Test(error, chains_in_order_and_sorts_by_place)
{
    policy_error *err = NULL;
    set(&err, "b", 1, 1, "1");
    set(&err, "a", 9, 1, "2");
    set(&err, "a", 2, 7, "3");
    set(&err, "a", 2, 3, "4");
    set(&err, "a", 2, 7, "5");
    set(&err, NULL, 0, 0, "6");
    cr_assert_eq(error_count(err), 6);
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN), "internal error: 1", "the first stays first");
    error_sort(&err);
    static const char *const order[] = {"6", "4", "3", "5", "2", "1"};
    const policy_error *e = err;
    for (size_t i = 0; i < 6; i++, e = policy_error_next(e))
        cr_assert_eq(policy_error_message(e, POLICY_LANGUAGE_EN)[16], order[i][0], "place %zu", i);
    cr_assert_null(e);
    policy_error_free(err);
    err = NULL;
    error_sort(&err);
    cr_assert_null(err);
}

Test(error, moves_chains_and_completes_their_places)
{
    policy_error *a = NULL, *b = NULL;
    set(&a, "a", 1, 1, "1");
    set(&b, NULL, 2, 1, "2");
    set(&b, NULL, 3, 1, "3");
    error_move(&a, &b);
    cr_assert_null(b);
    cr_assert_eq(error_count(a), 3);
    error_add_file(a, &allocator_system, STR("late"));
    error_add_rule(a, &allocator_system, STR("r"));
    error_add_rule(a, &allocator_system, STR("too late"));
    cr_assert_str_eq(policy_error_file(a), "a");
    cr_assert_str_eq(policy_error_file(policy_error_next(a)), "late");
    cr_assert_str_eq(policy_error_rule(policy_error_next(policy_error_next(a))), "r");
    error_move(NULL, &a);
    cr_assert_null(a);
}

Test(error, keeps_out_of_memory_last_and_whole)
{
    policy_error *err = NULL, *more = NULL;
    cr_assert_eq(error_nomem(&err), POLICY_E_NOMEM);
    set(&err, "x", 1, 1, "dropped");
    cr_assert_eq(error_count(err), 1);
    cr_assert_eq(policy_error_status(err), POLICY_E_NOMEM);
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_ZH), "内存不足");
    cr_assert_str_eq(policy_error_message(err, POLICY_LANGUAGE_EN), "out of memory");
    error_add_file(err, &allocator_system, STR("f"));
    error_sort(&err);
    cr_assert_null(policy_error_file(err));
    policy_error_free(err);

    err = NULL;
    set(&err, "b", 1, 1, "1");
    error_nomem(&err);
    error_nomem(&err);
    set(&err, "a", 1, 1, "2");
    cr_assert_eq(error_count(err), 3);
    error_sort(&err);
    cr_assert_str_eq(policy_error_file(err), "a");
    const policy_error *last = policy_error_next(policy_error_next(err));
    cr_assert_eq(policy_error_status(last), POLICY_E_NOMEM);
    cr_assert_null(policy_error_next(last));
    set(&more, "c", 1, 1, "3");
    error_nomem(&more);
    error_move(&err, &more);
    cr_assert_eq(error_count(err), 4);
    policy_error_free(err);
}

static policy_status fail_with_much_text(const policy_allocator *a, void *context)
{
    (void)context;
    policy_error *err = NULL;
    for (uint32_t i = 1; i <= 2; i++)
        error_set(&err, a,
                  &(error_spec){.status = POLICY_E_NAME,
                                .message = MESSAGE_LIMIT,
                                .arguments = {STR("a"), STR("b")},
                                .at = {STR("f"), i, 1},
                                .rule = STR("r"),
                                .nearest = STR("n"),
                                .other = {STR("o"), 1, 1},
                                .excerpt = STR("line"),
                                .caret_column = 2});
    bool failed = false;
    for (const policy_error *e = err; e; e = policy_error_next(e)) {
        failed = failed || policy_error_status(e) == POLICY_E_NOMEM;
        cr_assert_gt(strlen(policy_error_message(e, POLICY_LANGUAGE_ZH)), 0);
    }
    policy_error_free(err);
    return failed ? POLICY_E_NOMEM : POLICY_OK;
}

Test(error, becomes_out_of_memory_when_it_cannot_be_made)
{
    cr_assert_gt(failing_allocator_sweep(fail_with_much_text, NULL), 20);
}

Test(messages, have_both_languages_with_the_same_arguments)
{
    str arguments[4] = {STR("\x01"), STR("\x02"), STR("\x03"), STR("\x04")};
    for (int id = 0; id < MESSAGE_COUNT; id++) {
        unsigned used[2] = {0, 0};
        for (policy_language language = 0; language < 2; language++) {
            buffer b;
            buffer_init(&b, &allocator_system, 0);
            message_write(&b, (message_id)id, language, arguments, 4);
            str text = buffer_text(&b);
            cr_assert_gt(text.size, 0, "sentence %d", id);
            cr_assert(utf8_valid(text, NULL), "sentence %d", id);
            for (size_t i = 0; i < text.size; i++)
                if (text.data[i] >= 1 && text.data[i] <= 4)
                    used[language] |= 1u << text.data[i];
            buffer_free(&b);
        }
        cr_assert_eq(used[0], used[1], "sentence %d: %s", id, message_argument((message_id)id).data);
    }
}

Test(options, start_with_defaults_and_move_within_bounds)
{
    policy_options *options = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_options_new(NULL, &options, &err), POLICY_OK);
    cr_assert_eq(policy_options_limit(options, POLICY_LIMIT_PACK_BYTES), 8u << 20);
    cr_assert_eq(policy_options_limit(options, POLICY_LIMIT_SCRIPT_MILLISECONDS), 250);
    cr_assert_eq(policy_options_set_limit(options, POLICY_LIMIT_SCRIPT_BYTES, 4u << 20, &err), POLICY_OK);
    cr_assert_eq(options_limit(options, POLICY_LIMIT_SCRIPT_BYTES), 4u << 20);
    cr_assert_eq(options->language, POLICY_LANGUAGE_ZH);
    cr_assert_eq(policy_options_set_language(options, POLICY_LANGUAGE_EN, &err), POLICY_OK);
    cr_assert_eq(options->language, POLICY_LANGUAGE_EN);
    cr_assert_null(err);

    static const struct {
        policy_limit limit;
        uint64_t value;
    } bad[] = {{POLICY_LIMIT_SCRIPT_BYTES, (4u << 20) + 1},
               {POLICY_LIMIT_COLUMNS, 0},
               {0, 1},
               {-1, 1},
               {12, 1},
               {INT32_MAX, 1},
               {POLICY_LIMIT_PACK_BYTES, UINT64_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_eq(policy_options_set_limit(options, bad[i].limit, bad[i].value, &err), POLICY_E_ARGUMENT);
        cr_assert_eq(policy_error_status(err), POLICY_E_ARGUMENT);
        policy_error_free(err);
        err = NULL;
    }
    cr_assert_eq(options_limit(options, POLICY_LIMIT_SCRIPT_BYTES), 4u << 20, "a refused value changes nothing");
    cr_assert_eq(policy_options_limit(options, 99), 0);
    cr_assert_eq(policy_options_limit(NULL, 1), 0);
    cr_assert_eq(policy_options_set_language(options, 2, NULL), POLICY_E_ARGUMENT);
    cr_assert_eq(policy_options_set_language(NULL, 0, NULL), POLICY_E_ARGUMENT);
    cr_assert_eq(policy_options_set_limit(NULL, 1, 1, NULL), POLICY_E_ARGUMENT);
    cr_assert_eq(policy_options_new(NULL, NULL, NULL), POLICY_E_ARGUMENT);
    policy_options_free(options);
    policy_options_free(NULL);
}

Test(options, refuse_an_allocator_that_is_not_whole)
{
    failing_allocator f;
    failing_allocator_init(&f, 0, FAIL_ONCE);
    policy_allocator a = f.allocator;
    policy_options *options = (policy_options *)&f;
    a.resize = NULL;
    policy_error *err = NULL;
    cr_assert_eq(policy_options_new(&a, &options, &err), POLICY_E_ARGUMENT);
    cr_assert_null(options);
    policy_error_free(err);
    a = f.allocator;
    a.struct_size = 8;
    cr_assert_eq(policy_options_new(&a, &options, NULL), POLICY_E_ARGUMENT);
    a.struct_size = sizeof a + 64;
    cr_assert_eq(policy_options_new(&a, &options, NULL), POLICY_OK, "a host compiled with a later header");
    policy_options_free(options);
    cr_assert_eq(failing_allocator_live(&f), 0);
}

static policy_status make_options_and_text(const policy_allocator *a, void *context)
{
    (void)context;
    policy_options *options = NULL;
    policy_text *text = NULL;
    policy_error *err = NULL;
    policy_status status = policy_options_new(a, &options, &err);
    if (status == POLICY_OK)
        status = text_handle_new(&options->allocator, STR("a\0b"), &text, &err);
    policy_options_free(options); /* the text outlives what its allocator came from */
    if (status == POLICY_OK) {
        cr_assert_eq(policy_text_size(text), 3);
        cr_assert_eq(memcmp(policy_text_data(text), "a\0b", 4), 0);
    }
    cr_assert_eq(policy_error_status(err), status);
    policy_text_free(text);
    policy_error_free(err);
    return status;
}

Test(text_handle, outlives_its_maker_and_survives_failing_allocations)
{
    cr_assert_eq(failing_allocator_sweep(make_options_and_text, NULL), 4);
    policy_text_free(NULL);
    cr_assert_eq(policy_text_size(NULL), 0);
    cr_assert_str_eq(policy_text_data(NULL), "");
}

Test(names, exist_for_every_number)
{
    cr_assert_str_eq(policy_status_name(POLICY_E_TIGHTEN), "POLICY_E_TIGHTEN");
    for (policy_status s = POLICY_OK; s <= POLICY_E_INTERNAL; s++)
        cr_assert_str_neq(policy_status_name(s), policy_status_name(999), "status %d", (int)s);
    cr_assert_str_eq(policy_verdict_name(POLICY_NOT_IN_FORCE), "not_in_force");
    cr_assert_str_eq(policy_verdict_name(-1), "?");
    cr_assert_str_eq(policy_severity_name(POLICY_VIOLATION), "violation");
    cr_assert_str_eq(policy_severity_name(3), "?");
    cr_assert_str_eq(policy_version(), POLICY_VERSION_TEXT);
    cr_assert_eq(policy_version_number(), 1000000);
}
