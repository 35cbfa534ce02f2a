/*
 * Runs a fuzz target over files, without a fuzzer: each argument is a folder, and every file in it is an input. For
 * ./dev test, which needs no clang. A folder that cannot be read or holds nothing is a failure.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        if (file) {
            fclose(file);
        }
        return 0;
    }
    long size = ftell(file);
    /* Of exactly the input's size, so that the sanitizers see a read past its end. */
    uint8_t *data = size >= 0 ? malloc(size ? (size_t)size : 1) : NULL;
    rewind(file);
    int fine = data && fread(data, 1, (size_t)size, file) == (size_t)size;
    fclose(file);
    if (fine) {
        printf("%s\n", path);
        fflush(stdout); /* the last one printed is the one that crashed */
        LLVMFuzzerTestOneInput(data, (size_t)size);
    } else {
        fprintf(stderr, "%s cannot be read\n", path);
    }
    free(data);
    return fine;
}

static int replay_folder(const char *folder)
{
    DIR *open = opendir(folder);
    if (!open) {
        perror(folder);
        return 0;
    }
    size_t count = 0;
    int fine = 1;
    for (const struct dirent *entry = readdir(open); entry; entry = readdir(open)) {
        char path[4096];
        if (entry->d_name[0] == '.') {
            continue;
        }
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        fine = length > 0 && (size_t)length < sizeof path && replay(path) && fine;
        count++;
    }
    closedir(open);
    printf("%zu inputs\n", count);
    return fine && count > 0;
}

int main(int count, char **arguments)
{
    int fine = count > 1;
    for (int i = 1; i < count; i++) {
        fine = replay_folder(arguments[i]) && fine;
    }
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
