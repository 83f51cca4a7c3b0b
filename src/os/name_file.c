#include "os/name_file.h"

#include "base/crypto.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONTENT_BYTES = 80 };

static_assert((int)NAME_FILE_CHARS == (int)CRYPTO_TOKEN_CHARS, "a name is a token");

static void make_name(char name[static NAME_FILE_CHARS + 1]) {
    struct arena *arena = arena_new(4096);
    slice token = crypto_token(arena);
    memcpy(name, token.p, NAME_FILE_CHARS);
    name[NAME_FILE_CHARS] = '\0';
    arena_free(arena);
}

/* What the file says when this name is good for it: a copy of it is another file. */
static int write_content(int fd, const char *name, char out[static CONTENT_BYTES]) {
    struct stat stat;
    if (fstat(fd, &stat) != 0) return 0;
    return snprintf(out, CONTENT_BYTES, "%s %jd\n", name, (intmax_t)stat.st_ino);
}

static bool read_name(int fd, char name[static NAME_FILE_CHARS + 1]) {
    char content[CONTENT_BYTES], expected[CONTENT_BYTES], found[NAME_FILE_CHARS + 1] = "";
    ssize_t n = pread(fd, content, sizeof content, 0);
    if (n < NAME_FILE_CHARS) return false;
    memcpy(found, content, NAME_FILE_CHARS);
    int length = write_content(fd, found, expected);
    if (length != n || memcmp(content, expected, (size_t)n) != 0) return false;
    memcpy(name, found, sizeof found);
    return true;
}

static bool keep(int fd, const char *name) {
    char content[CONTENT_BYTES];
    int n = write_content(fd, name, content);
    return n > 0 && ftruncate(fd, 0) == 0 && pwrite(fd, content, (size_t)n, 0) == n;
}

static int open_and_lock(const char *path) {
    if (!path) return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

void name_file_take(const char *path, struct name_file *out) {
    *out = (struct name_file){.fd = open_and_lock(path)};
    out->is_old = out->fd >= 0 && read_name(out->fd, out->name);
    if (out->is_old) return;
    make_name(out->name);
    if (out->fd >= 0 && !keep(out->fd, out->name)) name_file_drop(out);
}

void name_file_drop(struct name_file *file) {
    if (file->fd >= 0) close(file->fd);
    file->fd = -1;
}
