#include "base/footprint.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A page being made, in bytes, is smaller: its buffers come from what is at hand. */
enum { LARGE = 256 * 1024, KEPT_AT_TOP = 1024 * 1024 };

struct mapping {
    unsigned long start, end;
    bool is_file; /* of a file, and not writable */
};

/* "7f00-7f10 r-xp 00026000 fe:00 333420   /usr/lib/…": true for the first line of a mapping, and then all of *out set. */
static bool read_mapping(const char *line, struct mapping *out) {
    struct mapping found = {0, 0, false};
    char flags[5];
    int path = 0;
    if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &found.start, &found.end, flags, &path) != 3) return false;
    found.is_file = path > 0 && line[path] == '/' && flags[0] == 'r' && flags[1] == '-' && flags[3] == 'p';
    *out = found;
    return true;
}

/* Pages that were changed (relocations, now read-only) are nobody's but ours, and would be lost. */
static void trim_files(void) {
    FILE *file = fopen("/proc/self/smaps", "re");
    struct mapping mapping = {0, 0, false};
    char *line = NULL;
    size_t size = 0;
    if (!file) return;
    while (getline(&line, &size, file) > 0) {
        unsigned long kilobytes;
        if (read_mapping(line, &mapping)) continue;
        if (!mapping.is_file || sscanf(line, "Anonymous: %lu kB", &kilobytes) != 1 || kilobytes > 0) continue;
        /* An address of the system's, as text. NOLINTNEXTLINE(performance-no-int-to-ptr) */
        (void)madvise((void *)mapping.start, mapping.end - mapping.start, MADV_DONTNEED);
    }
    free(line); /* banned: the library gives this with malloc */
    fclose(file);
}

void footprint_begin(void) {
    mallopt(M_MMAP_THRESHOLD, LARGE);
    mallopt(M_TRIM_THRESHOLD, KEPT_AT_TOP);
}

void footprint_trim(void) {
    malloc_trim(0);
    trim_files();
}
