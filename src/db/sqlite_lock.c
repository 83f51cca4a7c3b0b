#include "db/sqlite_lock.h"

#include "base/clock.h"
#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 20, PATH_BYTES = 4096, HOLDER_BYTES = 32 };

static void nap(void) {
    struct timespec time = {.tv_nsec = POLL_MS * 1000 * 1000};
    nanosleep(&time, NULL);
}

/* Who holds it: what the holder wrote into the file. For a person to read; the lock itself is the kernel's. */
static slice read_holder(int fd, char text[static HOLDER_BYTES]) {
    ssize_t n = pread(fd, text, HOLDER_BYTES, 0);
    return slice_trim(slice_make(text, n > 0 ? (size_t)n : 0));
}

static enum status say_busy(int fd, const char *path, struct error *error) {
    char text[HOLDER_BYTES];
    slice holder = read_holder(fd, text);
    return error_set(error, BUSY,
                     "%s is in use by another palabre (process %.*s): stop the server or wait for the import first",
                     path, SLICE_FMT(holder));
}

enum status sqlite_lock_say_busy(const char *database_path, struct error *error) {
    char path[PATH_BYTES], text[HOLDER_BYTES];
    int64_t holder = 0;
    int n = snprintf(path, sizeof path, "%s.lock", database_path);
    int fd = n > 0 && (size_t)n < sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    bool is_held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    bool by_another = is_held && slice_to_int64(read_holder(fd, text), &holder) && holder != getpid();
    enum status status = by_another ? say_busy(fd, database_path, error)
                                    : error_set(error, BUSY, "%s is locked by another program", database_path);
    if (fd >= 0) close(fd); /* and the lock, if we had it for that moment */
    return status;
}

static void sign(int fd) {
    char text[32];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n) return; /* only a courtesy to say_busy */
}

enum status sqlite_lock_take(const char *database_path, int *out, struct error *error) {
    char path[PATH_BYTES];
    int n = snprintf(path, sizeof path, "%s.lock", database_path);
    if (n < 0 || (size_t)n >= sizeof path) return error_set(error, INVALID, "the path of the database is too long");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return error_set(error, UNAVAILABLE, "cannot open %s: %s", path, strerrordesc_np(errno));
    int64_t deadline = clock_monotonic_ms() + SQLITE_LOCK_WAIT_MS;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int reason = errno;
        if (reason == EWOULDBLOCK && clock_monotonic_ms() < deadline) {
            nap();
            continue;
        }
        enum status status = reason == EWOULDBLOCK
                                 ? say_busy(fd, database_path, error)
                                 : error_set(error, UNAVAILABLE, "cannot lock %s: %s", path, strerrordesc_np(reason));
        close(fd);
        return status;
    }
    sign(fd);
    *out = fd;
    return OK;
}

void sqlite_lock_drop(int fd) {
    if (fd >= 0) close(fd);
}
