/* Runs each file of the folders and files named on the command line through a fuzz target, once.
 * Where libFuzzer is not linked, this makes the corpus a plain test; it is also how a crash is looked at. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return -1;
    }
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || info.st_size < 0) {
        perror(path);
        fclose(file);
        return -1;
    }
    /* Exactly the file's size, so that a sanitizer sees the first byte read past it. */
    size_t size = (size_t)info.st_size;
    uint8_t *data = malloc(size ? size : 1);
    size_t got = data ? fread(data, 1, size, file) : 0;
    fclose(file);
    if (!data || got != size) {
        fprintf(stderr, "%s: cannot be read whole\n", path);
        free(data);
        return -1;
    }
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

static int replay_folder(const char *path) {
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        perror(path);
        return -1;
    }
    int played = 0;
    for (int i = 0; i < count; i++) {
        char file[4096];
        int length = snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        int hidden = entries[i]->d_name[0] == '.';
        free(entries[i]);
        if (hidden || played < 0 || length < 0 || (size_t)length >= sizeof file) {
            continue;
        }
        int one = replay_file(file);
        played = one < 0 ? -1 : played + one;
    }
    free((void *)entries);
    return played;
}

int main(int argc, char **argv) {
    int total = 0;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        int is_folder = stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode);
        int played = is_folder ? replay_folder(argv[i]) : replay_file(argv[i]);
        if (played < 0) {
            return EXIT_FAILURE;
        }
        total += played;
    }
    printf("%d inputs replayed\n", total);
    /* An empty corpus proves nothing, and is most likely a wrong path. */
    return total > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
