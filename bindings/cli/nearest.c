/*
 * The nearest name by edit distance, two swapped neighbours counting as one edit.
 */
#include "nearest.h"

#include <stdint.h>
#include <string.h>

enum { LENGTH_LIMIT = 48 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *a, const char *b)
{
    size_t m = strlen(a);
    size_t n = strlen(b);
    size_t cost[LENGTH_LIMIT + 1][LENGTH_LIMIT + 1];
    if (m > LENGTH_LIMIT || n > LENGTH_LIMIT) {
        return SIZE_MAX;
    }
    for (size_t i = 0; i <= m; i++) {
        for (size_t j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            size_t changed = a[i - 1] == b[j - 1] ? 0 : 1;
            cost[i][j] = least(cost[i - 1][j - 1] + changed, least(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[m][n];
}

const char *nearest_name(const char *name, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t best_distance = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(name, names[i]);
        if (d < best_distance && d <= strlen(names[i]) / 3 + 1 && d < strlen(names[i])) {
            best = names[i];
            best_distance = d;
        }
    }
    return best;
}
