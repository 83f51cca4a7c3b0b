/* A folder of a test's own, made and removed with all that is in it. One level deep: databases need no more. */
#ifndef PALABRE_TESTS_UNIT_TEMP_FOLDER_H
#define PALABRE_TESTS_UNIT_TEMP_FOLDER_H

#include "base/attributes.h"
#include "base/slice.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct temp_folder {
    char path[256];
    char database[300]; /* path/palabre.db; not made */
};

UNUSED static void temp_folder_init(struct temp_folder *folder) {
    const char *top = getenv("TMPDIR");
    snprintf(folder->path, sizeof folder->path, "%s/palabre-test-XXXXXX", top ? top : "/tmp");
    if (!mkdtemp(folder->path)) abort();
    snprintf(folder->database, sizeof folder->database, "%s/palabre.db", folder->path);
}

UNUSED static void temp_folder_fini(struct temp_folder *folder) {
    DIR *dir = opendir(folder->path);
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(folder->path);
}

#endif
