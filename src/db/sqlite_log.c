#include "db/sqlite_log.h"

#include "base/memory.h"

#include <pthread.h>
#include <string.h>

enum { GATHERED_MAX = 127 * 1024 }; /* SQLite's own file system writes less than 128 KiB by one call */

/* SQLite gives us the memory for this, and for the real file's own struct right behind it. */
struct log_file {
    sqlite3_file base; /* first */
    sqlite3_file *real;
    bool gathers;
    char *bytes; /* GATHERED_MAX; NULL until the first is gathered */
    size_t count;
    sqlite3_int64 offset; /* in the file, of the first of them */
};

static sqlite3_vfs *real_system;
static sqlite3_vfs gathering_system;
static const char *registered;

static struct log_file *of(sqlite3_file *file) { return (struct log_file *)(void *)file; }

static int write_gathered(struct log_file *log) {
    if (log->count == 0) return SQLITE_OK;
    int code = log->real->pMethods->xWrite(log->real, log->bytes, (int)log->count, log->offset);
    log->count = 0; /* what failed is not tried again: SQLite writes these frames anew, or not at all */
    return code;
}

static int log_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset) {
    struct log_file *log = of(file);
    if (!log->gathers) return log->real->pMethods->xWrite(log->real, bytes, n, offset);
    bool follows = log->count > 0 && offset == log->offset + (sqlite3_int64)log->count;
    if (!follows || log->count + (size_t)n > GATHERED_MAX) {
        int code = write_gathered(log);
        if (code != SQLITE_OK) return code;
        if (n > GATHERED_MAX) return log->real->pMethods->xWrite(log->real, bytes, n, offset);
        log->offset = offset;
    }
    if (!log->bytes) log->bytes = memory_alloc(GATHERED_MAX);
    memcpy(log->bytes + log->count, bytes, (size_t)n);
    log->count += (size_t)n;
    return SQLITE_OK;
}

static int log_close(sqlite3_file *file) {
    struct log_file *log = of(file);
    int written = write_gathered(log);
    int closed = log->real->pMethods->xClose(log->real);
    memory_free(log->bytes);
    log->bytes = NULL;
    return written != SQLITE_OK ? written : closed;
}

static int log_read(sqlite3_file *file, void *out, int n, sqlite3_int64 offset) {
    int code = write_gathered(of(file));
    return code != SQLITE_OK ? code : of(file)->real->pMethods->xRead(of(file)->real, out, n, offset);
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int code = write_gathered(of(file));
    return code != SQLITE_OK ? code : of(file)->real->pMethods->xTruncate(of(file)->real, size);
}

static int log_sync(sqlite3_file *file, int flags) {
    int code = write_gathered(of(file));
    return code != SQLITE_OK ? code : of(file)->real->pMethods->xSync(of(file)->real, flags);
}

static int log_size(sqlite3_file *file, sqlite3_int64 *size) {
    int code = write_gathered(of(file));
    return code != SQLITE_OK ? code : of(file)->real->pMethods->xFileSize(of(file)->real, size);
}

static int log_lock(sqlite3_file *file, int lock) { return of(file)->real->pMethods->xLock(of(file)->real, lock); }

static int log_unlock(sqlite3_file *file, int lock) { return of(file)->real->pMethods->xUnlock(of(file)->real, lock); }

static int log_check_lock(sqlite3_file *file, int *out) {
    return of(file)->real->pMethods->xCheckReservedLock(of(file)->real, out);
}

static int log_control(sqlite3_file *file, int what, void *argument) {
    return of(file)->real->pMethods->xFileControl(of(file)->real, what, argument);
}

static int log_sector_size(sqlite3_file *file) { return of(file)->real->pMethods->xSectorSize(of(file)->real); }

static int log_characteristics(sqlite3_file *file) {
    return of(file)->real->pMethods->xDeviceCharacteristics(of(file)->real);
}

/* Version 1: a log is neither mapped nor shared memory. */
static const sqlite3_io_methods LOG_METHODS = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_check_lock,
    .xFileControl = log_control,
    .xSectorSize = log_sector_size,
    .xDeviceCharacteristics = log_characteristics,
};

static int open_file(sqlite3_vfs *system, const char *name, sqlite3_file *file, int flags, int *out_flags) {
    (void)system;
    if (!(flags & SQLITE_OPEN_WAL)) return real_system->xOpen(real_system, name, file, flags, out_flags);
    struct log_file *log = of(file);
    *log = (struct log_file){.real = (sqlite3_file *)(void *)(log + 1)};
    log->real->pMethods = NULL;
    int code = real_system->xOpen(real_system, name, log->real, flags, out_flags);
    /* With methods, SQLite closes the file, opened or not. */
    if (code == SQLITE_OK) log->base.pMethods = &LOG_METHODS;
    return code;
}

static void register_once(void) {
    real_system = sqlite3_vfs_find(NULL);
    if (!real_system) return;
    gathering_system = *real_system;
    gathering_system.zName = "palabre";
    gathering_system.pNext = NULL;
    gathering_system.szOsFile = (int)sizeof(struct log_file) + real_system->szOsFile;
    gathering_system.xOpen = open_file;
    if (sqlite3_vfs_register(&gathering_system, 0) == SQLITE_OK) registered = gathering_system.zName;
}

const char *sqlite_log_file_system(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_once);
    return registered;
}

static void forget_gathered(void *ctx) { ((struct log_file *)ctx)->count = 0; }

void sqlite_log_gather(sqlite3 *handle, bool gathers) {
    sqlite3_file *file = NULL;
    int code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    if (code != SQLITE_OK || !file || file->pMethods != &LOG_METHODS) return;
    of(file)->gathers = gathers;
    sqlite3_rollback_hook(handle, gathers ? forget_gathered : NULL, of(file));
}
