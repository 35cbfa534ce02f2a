/*
 * A line in, a line out: requests of the calculator from standard input, its replies to standard output.
 */
#include <policy/policy.h>
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    int code = 0;
    while ((size = getline(&line, &room, stdin)) >= 0) {
        policy_text *reply = NULL;
        if (size && line[size - 1] == '\n')
            size--;
        policy_expression_evaluate(NULL, line, (size_t)size, POLICY_LANGUAGE_EN, &reply, NULL);
        if (!reply) {
            code = 1;
            break;
        }
        fwrite(policy_text_data(reply), 1, policy_text_size(reply), stdout);
        putchar('\n');
        fflush(stdout);
        policy_text_free(reply);
    }
    free(line);
    return code;
}
