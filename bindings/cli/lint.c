/*
 * `policy lint`: errors that keep a pack from loading, then notes about what is not fatal.
 */
#include <policy/policy.h>

#include "commands.h"
#include "load.h"
#include "print_error.h"
#include "terminal.h"
#include "texts.h"

exit_code command_lint(const options *o)
{
    if (o->arguments.count == 0) {
        say(stderr, o->language, TEXT_NO_PACK, "lint");
        return EXIT_CODE_BROKEN;
    }
    policy_engine *engine = load_on_top(o, o->arguments.items, o->arguments.count);
    if (engine == NULL) {
        return EXIT_CODE_BROKEN;
    }
    policy_error *notes = NULL;
    policy_error *err = NULL;
    exit_code code = EXIT_CODE_BROKEN;
    if (policy_engine_lint(engine, &notes, &err) != POLICY_OK) {
        print_errors(stderr, err, o->language);
    } else if (notes == NULL) {
        fputs(text_of(TEXT_LINT_CLEAN, o->language), stdout);
        code = EXIT_CODE_CLEAN;
    } else {
        char number[NUMBER_ROOM];
        size_t count = print_errors(stdout, notes, o->language);
        say(stdout, o->language, TEXT_LINT_COUNT, number_text(number, count));
        code = EXIT_CODE_VIOLATION;
    }
    policy_error_free(notes);
    policy_error_free(err);
    policy_engine_unref(engine);
    return code;
}
