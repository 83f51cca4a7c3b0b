/* SQLite behind engine.h. A connection is used by one thread at a time (SQLITE_OPEN_NOMUTEX); the database is in WAL mode,
   so that readers never wait for the writer, nor it for them. */
#include "db/engine.h"
#include "db/sqlite_handle.h"
#include "db/sqlite_lock.h"
#include "db/sqlite_log.h"

#include "base/buf.h"
#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x50414C42, /* 'PALB', in the file's header: the file is ours */
    BUSY_TIMEOUT_MS = 5000,      /* how long a writer waits for one of another process */
    READ_CACHE_KB = 2048,
    WRITE_CACHE_KB = 16384,
    FILL_CACHE_KB = 131072,
    /* Pages in the WAL after which a commit writes them back into the database (SQLite's own value), and pays for it: for
       commands. The writer has a thread for that: checkpoint.h. */
    CHECKPOINT_PAGES = 1000,
    INTEGRITY_FAULTS_MAX = 100,
    /* Measured with phrases of common words in 900,000 messages: each piece of a list of FTS5 that is read is some operations
       of SQLite's machine, and so many are a millisecond. */
    WORK_OPERATIONS = 2,
    WORK_PER_MS = 53,
    WORK_PER_ROW = 4,
    FILL_THREADS = 1, /* that sort beside the one which reads, while indices are made */
};

static const char *const CONTROLS[CONTROL_COUNT] = {
    [CONTROL_BEGIN_READ] = "BEGIN",
    [CONTROL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [CONTROL_COMMIT] = "COMMIT",
    [CONTROL_ROLLBACK] = "ROLLBACK",
    [CONTROL_SAVEPOINT] = "SAVEPOINT job",
    [CONTROL_SAVEPOINT_KEEP] = "RELEASE job",
    [CONTROL_SAVEPOINT_UNDO] = "ROLLBACK TO job",
};

struct sqlite {
    sqlite3 *handle;
    sqlite3_stmt *controls[CONTROL_COUNT];
    const char *path;
    void (*committed)(void *ctx, int64_t size); /* log_watch's, or NULL */
    void *committed_ctx;
    int64_t frame_bytes; /* of the WAL: a page and its header */
    int alone_lock;      /* of DB_WRITE_ALONE; -1: none */
    int64_t work_left;   /* between both ends of a bound: in WORK_OPERATIONS; it goes below 0 when there is none */
    int migrate_lock;    /* between migrate_begin and migrate_end; -1: none */
};

static struct sqlite *of(struct db *db) { return db->connection; }
static sqlite3_stmt *statement_of(struct db_rows *rows) { return rows->together ? rows->many : rows->statement; }

/* Errors */

static enum status fail_constraint(sqlite3 *handle, int extended, struct error *error) {
    bool unique = extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
                  extended == SQLITE_CONSTRAINT_ROWID;
    return error_set(error, unique ? CONFLICT : INTERNAL, "%s", sqlite3_errmsg(handle));
}

static const char *system_reason(sqlite3 *handle) {
    int number = sqlite3_system_errno(handle);
    const char *text = number ? strerrordesc_np(number) : NULL;
    return text ? text : sqlite3_errmsg(handle);
}

/* The status and the sentence of a result code. */
static enum status fail(struct sqlite *sqlite, int code, struct error *error) {
    sqlite3 *handle = sqlite->handle;
    const char *path = sqlite->path;
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return fail_constraint(handle, code, error);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return sqlite_lock_say_busy(path, error);
    case SQLITE_FULL: return error_set(error, UNAVAILABLE, "the disk is full: %s could not be written", path);
    case SQLITE_NOTADB: return error_set(error, UNAVAILABLE, "%s is not a Palabre database", path);
    case SQLITE_CORRUPT:
        return error_set(error, UNAVAILABLE, "%s is damaged (%s): restore a backup", path, sqlite3_errmsg(handle));
    case SQLITE_READONLY:
        if (code == SQLITE_READONLY_ROLLBACK)
            return error_set(
                error, UNAVAILABLE,
                "%s holds half of an import that was cut short: run the import again, or start the server; "
                "either undoes it first",
                path);
        return error_set(error, UNAVAILABLE, "%s cannot be written: the file or its folder is read-only", path);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: return error_set(error, UNAVAILABLE, "cannot open %s: %s", path, system_reason(handle));
    case SQLITE_IOERR:
        return error_set(error, UNAVAILABLE, "reading or writing %s failed: %s", path, system_reason(handle));
    case SQLITE_NOMEM: return error_set(error, UNAVAILABLE, "%s: out of memory", path);
    case SQLITE_TOOBIG: return error_set(error, LIMIT, "a value is too large for the database");
    case SQLITE_INTERRUPT: return error_set(error, BUSY, "%s: interrupted", path);
    default: return error_set(error, INTERNAL, "%s", sqlite3_errmsg(handle));
    }
}

sqlite3 *sqlite_handle(struct db *db) { return of(db)->handle; }

enum status sqlite_failed(struct db *db, struct error *error) {
    return fail(of(db), sqlite3_extended_errcode(of(db)->handle), error);
}

static enum status run_script(struct sqlite *sqlite, const char *sql, struct error *error) {
    int code = sqlite3_exec(sqlite->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : fail(sqlite, sqlite3_extended_errcode(sqlite->handle), error);
}

/* The integer in the first column of the first row. */
static enum status query_int(struct sqlite *sqlite, const char *sql, int64_t *out, struct error *error) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(sqlite->handle, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_ROW) *out = sqlite3_column_int64(statement, 0);
    enum status status = code == SQLITE_ROW ? OK : fail(sqlite, sqlite3_extended_errcode(sqlite->handle), error);
    sqlite3_finalize(statement);
    return status;
}

/* Opening */

/* Makes the file with a mode of our own (SQLite gives its -wal and -shm the same): there is personal data in it.
   A file that is there is never opened here: closing it would drop every POSIX lock this process holds on it (fcntl(2)),
   its other connections' too, and another process that closes the database would then delete the log they write into
   (https://www.sqlite.org/howtocorrupt.html §2.2). */
static enum status make_file(struct sqlite *sqlite, struct error *error) {
    int fd = open(sqlite->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        close(fd);
        return OK;
    }
    if (errno == EEXIST && access(sqlite->path, R_OK | W_OK) == 0) return OK;
    if (errno == EACCES || errno == EROFS) return fail(sqlite, SQLITE_READONLY, error);
    return error_set(error, UNAVAILABLE, "cannot open %s: %s", sqlite->path, strerrordesc_np(errno));
}

/* Nobody asks SQLite how much memory it has, and counting it costs a lock for each piece taken. Before its first use, once;
   fine where another part of the process has used it already. */
static void configure(void) { (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

static enum status open_handle(struct sqlite *sqlite, bool reads_only, struct error *error) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (reads_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    int code = sqlite3_open_v2(sqlite->path, &sqlite->handle, flags, reads_only ? NULL : sqlite_log_file_system());
    if (code != SQLITE_OK) return fail(sqlite, code, error);
    sqlite3_busy_timeout(sqlite->handle, BUSY_TIMEOUT_MS);
    sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* "text" in double quotes is a mistake, not a string */
    sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    if (!reads_only && sqlite3_db_readonly(sqlite->handle, "main") == 1) return fail(sqlite, SQLITE_READONLY, error);
    return OK;
}

/* Before anything is written to it: an empty file, or one that Palabre has made. */
static enum status check_identity(struct sqlite *sqlite, enum db_mode mode, struct error *error) {
    int64_t application = 0;
    int64_t objects = 0;
    int64_t unfinished = 0;
    enum status status = query_int(sqlite, "PRAGMA application_id", &application, error);
    if (status == OK) status = query_int(sqlite, "SELECT count(*) FROM sqlite_schema", &objects, error);
    if (status != OK) return status;
    if (application != APPLICATION_ID && !(application == 0 && objects == 0))
        return error_set(error, UNAVAILABLE, "%s is a SQLite database of another program", sqlite->path);
    status = query_int(sqlite, "SELECT count(*) FROM sqlite_schema WHERE name = 'palabre_copy'", &unfinished, error);
    if (status == OK && unfinished && mode != DB_COPY)
        return error_set(error, UNAVAILABLE, DB_UNFINISHED, sqlite->path);
    return status;
}

/* A file system that cannot share memory between processes keeps SQLite out of WAL mode without an error. */
static enum status enter_wal(struct sqlite *sqlite, struct error *error) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(sqlite->handle, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    enum status status = OK;
    if (code != SQLITE_ROW)
        status = fail(sqlite, code, error);
    else if (strcmp((const char *)sqlite3_column_text(statement, 0), "wal") != 0)
        status = error_set(error, UNAVAILABLE, "%s: the file system does not support a write-ahead log", sqlite->path);
    sqlite3_finalize(statement);
    return status;
}

static enum status set_pragmas(struct sqlite *sqlite, bool reads_only, struct error *error) {
    char sql[512];
    if (reads_only) {
        /* Not mapped into memory: SQLite gives the whole mapping up at each read after a commit, and pays for every page
           of it again. */
        snprintf(sql, sizeof sql, "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -%d",
                 READ_CACHE_KB);
        return run_script(sqlite, sql, error);
    }
    snprintf(
        sql, sizeof sql,
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
        " PRAGMA cache_size = -%d; PRAGMA wal_autocheckpoint = %d",
        WRITE_CACHE_KB, CHECKPOINT_PAGES);
    enum status status = enter_wal(sqlite, error);
    return status == OK ? run_script(sqlite, sql, error) : status;
}

static bool pragma_reads(const char *name, const char *value) {
    if (sqlite3_stricmp(name, "user_version") == 0) return !value;
    if (sqlite3_stricmp(name, "data_version") == 0) return true; /* FTS5 looks whether its index has changed */
    if (sqlite3_stricmp(name, "table_list") == 0 || sqlite3_stricmp(name, "table_xinfo") == 0) return true; /* copy.c */
    return sqlite3_stricmp(name, "integrity_check") == 0 || sqlite3_stricmp(name, "foreign_key_check") == 0;
}

/* What a reading connection may do: the second wall, behind SQLITE_OPEN_READONLY. */
static int authorize_reading(void *ctx, int action, const char *first, const char *second, const char *database,
                             const char *trigger) {
    (void)ctx, (void)database, (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION: return SQLITE_OK;
    /* So is asked when a virtual table is declared to SQLite. Nothing is written: the schema of a connection that only
       reads cannot be. */
    case SQLITE_UPDATE: return sqlite3_stricmp(first, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA: return pragma_reads(first, second) ? SQLITE_OK : SQLITE_DENY;
    default: return SQLITE_DENY;
    }
}

static enum status prepare_controls(struct sqlite *sqlite, bool reads_only, struct error *error) {
    for (int i = 0; i < CONTROL_COUNT; i++) {
        if (reads_only && i != CONTROL_BEGIN_READ && i != CONTROL_ROLLBACK) continue;
        int code =
            sqlite3_prepare_v3(sqlite->handle, CONTROLS[i], -1, SQLITE_PREPARE_PERSISTENT, &sqlite->controls[i], NULL);
        if (code != SQLITE_OK) return fail(sqlite, code, error);
    }
    return OK;
}

static enum status open_database(struct db *db, slice address, struct error *error) {
    bool reads_only = db->mode == DB_READ;
    struct sqlite *sqlite = ARENA_NEW(db->arena, struct sqlite);
    sqlite->alone_lock = sqlite->migrate_lock = -1;
    sqlite->path = arena_cstring(db->arena, address);
    if (!sqlite->path) return error_set(error, INVALID, "the path of the database holds a NUL");
    db->connection = sqlite;
    if (reads_only && access(sqlite->path, F_OK) != 0)
        return error_set(error, NOT_FOUND, "there is no database at %s", sqlite->path);
    enum status status = reads_only ? OK : make_file(sqlite, error);
    bool alone = db->mode == DB_WRITE_ALONE || db->mode == DB_COPY || db->mode == DB_SERVE;
    if (status == OK && alone) status = sqlite_lock_take(sqlite->path, &sqlite->alone_lock, error);
    if (status == OK) status = open_handle(sqlite, reads_only, error);
    if (status == OK) status = check_identity(sqlite, db->mode, error);
    if (status == OK) status = set_pragmas(sqlite, reads_only, error);
    if (status == OK) status = prepare_controls(sqlite, reads_only, error);
    if (status == OK && reads_only) sqlite3_set_authorizer(sqlite->handle, authorize_reading, NULL);
    return status;
}

static void close_database(struct db *db) {
    struct sqlite *sqlite = of(db);
    if (!sqlite) return;
    for (int i = 0; i < CONTROL_COUNT; i++) sqlite3_finalize(sqlite->controls[i]);
    int code = sqlite3_close(sqlite->handle);
    assert(code == SQLITE_OK);
    sqlite_lock_drop(sqlite->migrate_lock);
    sqlite_lock_drop(sqlite->alone_lock);
}

/* Statements */

static void names_init(struct db_names *names, struct arena *arena, int count) {
    names->count = count;
    names->names = ARENA_ARRAY(arena, (size_t)count, const char *);
    names->seen = ARENA_ARRAY(arena, (size_t)count, const char *);
}

static enum status prepare(struct db *db, struct db_rows *rows, const char *sql, struct error *error) {
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v3(of(db)->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code == SQLITE_AUTH && db->mode == DB_READ) return OK;
    if (code != SQLITE_OK) return fail(of(db), code, error);
    names_init(&rows->parameters, db->arena, sqlite3_bind_parameter_count(statement));
    for (int i = 0; i < rows->parameters.count; i++) {
        const char *name = sqlite3_bind_parameter_name(statement, i + 1);
        assert(name && name[0] == ':');
        rows->parameters.names[i] = arena_copy(db->arena, slice_of(name + 1)).p;
    }
    names_init(&rows->columns, db->arena, sqlite3_column_count(statement));
    for (int i = 0; i < rows->columns.count; i++)
        rows->columns.names[i] = arena_copy(db->arena, slice_of(sqlite3_column_name(statement, i))).p;
    rows->statement = statement;
    return OK;
}

static bool in_name(char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/* The statement has it: it was prepared from the same text. */
static int parameter_index(const struct db_rows *rows, slice name) {
    int i = 0;
    while (i < rows->parameters.count && !slice_equal(slice_of(rows->parameters.names[i]), name)) i++;
    assert(i < rows->parameters.count);
    return i;
}

/* "(:a, 0, :b)" as "(?1, 0, ?2)", each number that much larger. */
static void add_row(struct buf *sql, const struct db_rows *rows, slice row, int larger) {
    for (size_t at; (at = slice_find_char(row, ':')) != SIZE_MAX;) {
        size_t end = at + 1;
        while (end < row.n && in_name(row.p[end])) end++;
        buf_add(sql, slice_sub(row, 0, at));
        buf_add_format(sql, "?%d", larger + parameter_index(rows, slice_sub(row, at + 1, end)) + 1);
        row = slice_after(row, end);
    }
    buf_add(sql, row);
}

/* One INSERT of many rows opens and closes the table's indices once, not for each of them. */
static enum status prepare_many(struct db_rows *rows, const char *text, struct error *error) {
    static const slice VALUES = S_INIT(" VALUES ");
    enum { SQL_MAX = 1024 * 1024 };
    struct buf sql CLEANUP(buf_fini);
    sqlite3_stmt *statement = NULL;
    slice whole = slice_of(text);
    size_t begin = slice_find(whole, VALUES);
    assert(begin != SIZE_MAX);
    buf_init(&sql, SQL_MAX);
    buf_add(&sql, slice_sub(whole, 0, begin));
    for (int k = 0; k < DB_ROWS_AT_ONCE; k++) {
        buf_add(&sql, k == 0 ? VALUES : S(", "));
        add_row(&sql, rows, slice_after(whole, begin + VALUES.n), k * rows->parameters.count);
    }
    assert(sql.status == OK);
    int code = sqlite3_prepare_v3(of(rows->db)->handle, sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code != SQLITE_OK) return fail(of(rows->db), code, error);
    rows->many = statement;
    return OK;
}

static void unprepare(struct db_rows *rows) {
    sqlite3_finalize(rows->many);
    sqlite3_finalize(rows->statement);
    rows->many = rows->statement = NULL;
}

static void reset(struct db_rows *rows) {
    sqlite3_reset(statement_of(rows));
    sqlite3_clear_bindings(statement_of(rows));
}

/* Binding fails only for an index that does not exist or a value over SQLITE_MAX_LENGTH (a gigabyte), which no input of
   ours comes near. */
static void bound(int code) { assert(code == SQLITE_OK); }

static void bind_int(struct db_rows *rows, int index, int64_t value) {
    bound(sqlite3_bind_int64(statement_of(rows), index + 1, value));
}

static void bind_text(struct db_rows *rows, int index, slice value) {
    bound(sqlite3_bind_text64(statement_of(rows), index + 1, value.p, value.n, SQLITE_STATIC, SQLITE_UTF8));
}

static void bind_blob(struct db_rows *rows, int index, slice value) {
    bound(sqlite3_bind_blob64(statement_of(rows), index + 1, value.p, value.n, SQLITE_STATIC));
}

static void bind_null(struct db_rows *rows, int index) { bound(sqlite3_bind_null(statement_of(rows), index + 1)); }

static enum status step(struct db_rows *rows, struct error *error) {
    int code = sqlite3_step(statement_of(rows));
    if (code == SQLITE_ROW) of(rows->db)->work_left += WORK_PER_ROW;
    if (code == SQLITE_ROW) return OK;
    if (code == SQLITE_DONE) return NOT_FOUND;
    return fail(of(rows->db), code, error);
}

static int is_too_much(void *ctx) {
    struct sqlite *sqlite = ctx;
    return --sqlite->work_left < 0;
}

static enum status bound_work(struct db *db, int work_ms, struct error *error) {
    struct sqlite *sqlite = of(db);
    (void)error;
    sqlite->work_left = (int64_t)work_ms * WORK_PER_MS;
    sqlite3_progress_handler(sqlite->handle, WORK_OPERATIONS, work_ms ? is_too_much : NULL, sqlite);
    return OK;
}

static int64_t changed(struct db *db) { return sqlite3_changes64(of(db)->handle); }
static int64_t written(struct db *db) { return sqlite3_total_changes64(of(db)->handle); }
static int64_t last_id(struct db *db) { return sqlite3_last_insert_rowid(of(db)->handle); }

static int64_t column_int(struct db_rows *rows, int index) { return sqlite3_column_int64(statement_of(rows), index); }

static slice column_text(struct db_rows *rows, int index) {
    const unsigned char *text = sqlite3_column_text(statement_of(rows), index);
    return slice_make(text, text ? (size_t)sqlite3_column_bytes(statement_of(rows), index) : 0);
}

/* SQLite gives no pointer for an empty value; db.h promises one for what is not NULL. */
static slice column_blob(struct db_rows *rows, int index) {
    const void *blob = sqlite3_column_blob(statement_of(rows), index);
    return blob ? slice_make(blob, (size_t)sqlite3_column_bytes(statement_of(rows), index)) : S("");
}

static bool column_is_null(struct db_rows *rows, int index) {
    return sqlite3_column_type(statement_of(rows), index) == SQLITE_NULL;
}

static enum status control(struct db *db, enum db_control which, struct error *error) {
    sqlite3_stmt *statement = of(db)->controls[which];
    int code = sqlite3_step(statement);
    enum status status = code == SQLITE_DONE ? OK : fail(of(db), code, error);
    sqlite3_reset(statement);
    return status;
}

static bool in_transaction(struct db *db) { return !sqlite3_get_autocommit(of(db)->handle); }

/* Migrations */

static enum status schema_version(struct db *db, int64_t *version, struct error *error) {
    return query_int(of(db), "PRAGMA user_version", version, error);
}

static enum status migrate_begin(struct db *db, struct error *error) {
    struct sqlite *sqlite = of(db);
    enum status status = sqlite->alone_lock >= 0 ? OK : sqlite_lock_take(sqlite->path, &sqlite->migrate_lock, error);
    /* A migration may have to rebuild a table that others refer to (https://www.sqlite.org/lang_altertable.html §7); what
       it leaves is checked before it is committed. */
    if (status == OK) status = run_script(sqlite, "PRAGMA foreign_keys = OFF", error);
    /* One that changes a table's definition alone writes to the schema itself (the same page). */
    sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    return status;
}

static enum status check_references(struct sqlite *sqlite, struct error *error) {
    int64_t broken = 0;
    enum status status = query_int(sqlite, "SELECT count(*) FROM pragma_foreign_key_check", &broken, error);
    if (status == OK && broken > 0)
        return error_set(error, INTERNAL, "it would leave %lld broken references", (long long)broken);
    return status;
}

static enum status migrate_apply(struct db *db, int64_t version, const char *sql, struct error *error) {
    struct sqlite *sqlite = of(db);
    int64_t present = 0;
    enum status status = control(db, CONTROL_BEGIN_WRITE, error);
    if (status == OK) status = schema_version(db, &present, error);
    if (status == OK && present < version) {
        char stamp[128];
        snprintf(stamp, sizeof stamp, "PRAGMA user_version = %lld; PRAGMA application_id = %d", (long long)version,
                 APPLICATION_ID);
        status = run_script(sqlite, sql, error);
        if (status == OK) status = check_references(sqlite, error);
        if (status == OK) status = run_script(sqlite, stamp, error);
    }
    if (status == OK) status = control(db, CONTROL_COMMIT, error);
    if (in_transaction(db)) (void)!control(db, CONTROL_ROLLBACK, NULL);
    return status;
}

static void migrate_end(struct db *db) {
    struct sqlite *sqlite = of(db);
    sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_exec(sqlite->handle, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
    sqlite_lock_drop(sqlite->migrate_lock);
    sqlite->migrate_lock = -1;
}

/* Filling: the statements that make the indices again are kept, in the order in which they were made. */

/* Those whose keys come in no order. To make an index is to read the whole table once more: for the others, in which most
   imported rows have no place or the last one, that would cost more than to keep them. */
#define FILLED                                                                                                         \
    "tbl_name = 'comment' AND type = 'index' AND name IN"                                                              \
    " ('comment_by_name', 'comment_by_fingerprint', 'comment_mention', 'comment_latest')"

static enum status run_each(struct sqlite *sqlite, const char *query, struct error *error) {
    char *script = NULL;
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(sqlite->handle, query, -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_ROW) script = sqlite3_mprintf("%s", sqlite3_column_text(statement, 0));
    enum status status = code == SQLITE_ROW ? OK : fail(sqlite, sqlite3_extended_errcode(sqlite->handle), error);
    sqlite3_finalize(statement);
    if (status == OK) status = run_script(sqlite, script, error);
    sqlite3_free(script);
    return status;
}

static void set_cache(struct sqlite *sqlite, int kb) {
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d", kb);
    (void)sqlite3_exec(sqlite->handle, sql, NULL, NULL, NULL); /* if not, it only takes longer */
}

/* With a rollback journal new pages go into the database at once, and nothing of them into the journal: it holds the few
   that were there before. EXTRA: the commit is the journal's removal, so the folder is synced after it. Where another
   process has the database open it stays in WAL mode, and that only takes longer. What a row refers to is not looked up
   again for each: the importer has just found it, or made it. */
static void fill_enter(struct db *db) {
    struct sqlite *sqlite = of(db);
    set_cache(sqlite, FILL_CACHE_KB);
    sqlite3_busy_timeout(sqlite->handle, 0);
    (void)sqlite3_exec(sqlite->handle,
                       "PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE", NULL,
                       NULL, NULL);
    sqlite3_busy_timeout(sqlite->handle, BUSY_TIMEOUT_MS);
}

/* Opening enters WAL mode as well: should it fail here, it is only later. */
static void fill_leave(struct db *db) {
    struct sqlite *sqlite = of(db);
    set_cache(sqlite, WRITE_CACHE_KB);
    (void)sqlite3_exec(sqlite->handle,
                       "DROP TABLE IF EXISTS temp.filling; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                       "PRAGMA foreign_keys = ON",
                       NULL, NULL, NULL);
}

static enum status fill_begin(struct db *db, struct error *error) {
    struct sqlite *sqlite = of(db);
    enum status status =
        run_script(sqlite,
                   "CREATE TEMP TABLE IF NOT EXISTS filling (sql TEXT NOT NULL); DELETE FROM filling;"
                   "INSERT INTO filling SELECT sql FROM main.sqlite_schema WHERE " FILLED " ORDER BY rowid",
                   error);
    if (status != OK) return status;
    return run_each(sqlite,
                    "SELECT coalesce(group_concat('DROP INDEX main.' || name, '; '), '') FROM main.sqlite_schema"
                    " WHERE " FILLED,
                    error);
}

static enum status fill_end(struct db *db, struct error *error) {
    struct sqlite *sqlite = of(db);
    sqlite3_limit(sqlite->handle, SQLITE_LIMIT_WORKER_THREADS, FILL_THREADS);
    return run_each(sqlite, "SELECT coalesce(group_concat(sql, '; '), '') FROM filling", error);
}

/* The log */

enum { FRAME_HEADER_BYTES = 24 }; /* https://www.sqlite.org/fileformat2.html §4.1 */

static int on_commit(void *ctx, sqlite3 *handle, const char *name, int pages) {
    struct sqlite *sqlite = ctx;
    (void)handle, (void)name;
    sqlite->committed(sqlite->committed_ctx, pages * sqlite->frame_bytes);
    return SQLITE_OK;
}

static int64_t frame_bytes(struct sqlite *sqlite) {
    int64_t page = 0;
    if (query_int(sqlite, "PRAGMA page_size", &page, NULL) != OK) page = 4096;
    return page + FRAME_HEADER_BYTES;
}

static void log_watch(struct db *db, void (*committed)(void *ctx, int64_t size), void *ctx) {
    struct sqlite *sqlite = of(db);
    sqlite->committed = committed;
    sqlite->committed_ctx = ctx;
    sqlite->frame_bytes = frame_bytes(sqlite);
    sqlite_log_gather(sqlite->handle, committed != NULL);
    /* SQLite's own checkpoints are a hook of the same kind: each of these replaces the other. */
    if (committed)
        sqlite3_wal_hook(sqlite->handle, on_commit, sqlite);
    else
        sqlite3_wal_autocheckpoint(sqlite->handle, CHECKPOINT_PAGES);
}

static enum status log_carry(struct db *db, enum db_log_carry how, int patience_ms, struct db_log_state *out,
                             struct error *error) {
    static const int MODES[] = {[LOG_CARRY_BESIDE] = SQLITE_CHECKPOINT_PASSIVE,
                                [LOG_CARRY_RESTART] = SQLITE_CHECKPOINT_RESTART,
                                [LOG_CARRY_CUT] = SQLITE_CHECKPOINT_TRUNCATE};
    struct sqlite *sqlite = of(db);
    int pages = 0;
    int carried = 0;
    int64_t bytes = frame_bytes(sqlite);
    sqlite3_busy_timeout(sqlite->handle, patience_ms);
    int code = sqlite3_wal_checkpoint_v2(sqlite->handle, "main", MODES[how], &pages, &carried);
    sqlite3_busy_timeout(sqlite->handle, BUSY_TIMEOUT_MS);
    *out = (struct db_log_state){.size = pages * bytes, .carried = carried * bytes};
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return error_set(error, BUSY, "the log is being read");
    return code == SQLITE_OK ? OK : fail(sqlite, code, error);
}

/* `palabre check` */

static void say_fault(sqlite3_stmt *row, bool reference, void (*fault)(void *ctx, slice line), void *ctx) {
    char line[512];
    const char *first = (const char *)sqlite3_column_text(row, 0);
    if (reference)
        snprintf(line, sizeof line, "reference: %s row %lld refers to a row of %s that does not exist", first,
                 (long long)sqlite3_column_int64(row, 1), (const char *)sqlite3_column_text(row, 2));
    else
        snprintf(line, sizeof line, "integrity: %.480s", first);
    fault(ctx, slice_of(line));
}

/* Runs a checking pragma: one row for each fault, or a single 'ok'. */
static enum status check_with(struct db *db, const char *sql, bool references, void (*fault)(void *ctx, slice line),
                              void *ctx, struct error *error) {
    sqlite3_stmt *statement = NULL;
    int64_t faults = 0;
    int code = sqlite3_prepare_v2(of(db)->handle, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
        const char *first = (const char *)sqlite3_column_text(statement, 0);
        if (!first || strcmp(first, "ok") == 0) continue;
        faults++;
        say_fault(statement, references, fault, ctx);
    }
    enum status status = code == SQLITE_DONE ? OK : fail(of(db), code, error);
    sqlite3_finalize(statement);
    if (status == OK && faults) return error_set(error, INVALID, "%lld faults", (long long)faults);
    return status;
}

static enum status check(struct db *db, void (*fault)(void *ctx, slice line), void *ctx, struct error *error) {
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA integrity_check(%d)", INTEGRITY_FAULTS_MAX);
    enum status whole = check_with(db, sql, false, fault, ctx, error);
    if (whole != OK && whole != INVALID) return whole;
    enum status references = check_with(db, "PRAGMA foreign_key_check", true, fault, ctx, error);
    return references != OK ? references : whole;
}

const struct db_engine db__sqlite = {
    .name = S_INIT("sqlite"),
    .prepares_late = true,
    .migrations = embedded_migrations,
    .migration_count = &embedded_migrations_count,
    .open = open_database,
    .close = close_database,
    .prepare = prepare,
    .prepare_many = prepare_many,
    .unprepare = unprepare,
    .reset = reset,
    .bind_int = bind_int,
    .bind_text = bind_text,
    .bind_blob = bind_blob,
    .bind_null = bind_null,
    .step = step,
    .changed = changed,
    .written = written,
    .last_id = last_id,
    .column_int = column_int,
    .column_text = column_text,
    .column_blob = column_blob,
    .column_is_null = column_is_null,
    .control = control,
    .bound = bound_work,
    .in_transaction = in_transaction,
    .schema_version = schema_version,
    .migrate_begin = migrate_begin,
    .migrate_apply = migrate_apply,
    .migrate_end = migrate_end,
    .log_watch = log_watch,
    .log_carry = log_carry,
    .fill_enter = fill_enter,
    .fill_begin = fill_begin,
    .fill_end = fill_end,
    .fill_leave = fill_leave,
    .check = check,
};
