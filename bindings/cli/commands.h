/*
 * The commands, each in its own file. Options have been read; the result is the exit code.
 */
#ifndef POLICY_CLI_COMMANDS_H
#define POLICY_CLI_COMMANDS_H

#include "options.h"

exit_code command_check(const options *o);
exit_code command_test(const options *o);
exit_code command_lint(const options *o);
exit_code command_explain(const options *o);
exit_code command_eval(const options *o);
exit_code command_lua(const options *o);
exit_code command_bands(const options *o);

#endif
