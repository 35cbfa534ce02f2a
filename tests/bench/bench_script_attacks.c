/*
 * How long each hostile script of tests/lua-attacks lives, with the limits as they are: milliseconds to build the engine, to
 * judge, and to close everything. The longest last.
 */
#include <stdio.h>

#include "support/attacks.h"

int main(void)
{
    attacks all = attacks_read(POLICY_SOURCE_DIR "/tests/lua-attacks");
    uint64_t longest = 0, longest_close = 0;
    const char *which = "", *which_close = "";
    printf("%-36s %9s %9s %9s\n", "attack", "build", "judge", "close");
    for (size_t i = 0; i < all.count; i++) {
        attack_run how = {.attack_first = true};
        attack_outcome o = attack_go(&all.items[i], &how);
        printf("%-36s %9.2f %9.2f %9.2f\n", all.items[i].name, (double)o.build_ns / 1e6, (double)o.run_ns / 1e6,
               (double)o.close_ns / 1e6);
        if (o.build_ns + o.run_ns > longest) {
            longest = o.build_ns + o.run_ns;
            which = all.items[i].name;
        }
        if (o.close_ns > longest_close) {
            longest_close = o.close_ns;
            which_close = all.items[i].name;
        }
        attack_outcome_free(&o);
    }
    printf("%zu attacks; longest %.1f ms (%s), slowest to close %.2f ms (%s)\n", all.count, (double)longest / 1e6,
           which, (double)longest_close / 1e6, which_close);
    attacks_free(&all);
    return 0;
}
