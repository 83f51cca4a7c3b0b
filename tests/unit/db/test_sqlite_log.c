#include "../temp_folder.h"
#include "db/sqlite_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

struct fixture {
    struct temp_folder folder;
    sqlite3 *writer, *other; /* the other: on the real file system, as another process would be */
};

static void run(sqlite3 *db, const char *sql) {
    char *message = NULL;
    int code = sqlite3_exec(db, sql, NULL, NULL, &message);
    if (code != SQLITE_OK) print_error("%s: %s\n", sql, message);
    assert_int_equal(code, SQLITE_OK);
}

static int64_t ask(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static int64_t log_bytes(struct fixture *f) {
    char path[512];
    struct stat about;
    snprintf(path, sizeof path, "%s-wal", f->folder.database);
    return stat(path, &about) == 0 ? about.st_size : 0;
}

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    temp_folder_init(&f->folder);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    assert_int_equal(sqlite3_open_v2(f->folder.database, &f->writer, flags, sqlite_log_file_system()), SQLITE_OK);
    run(f->writer, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = 10;"
                   "PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)");
    assert_int_equal(sqlite3_open_v2(f->folder.database, &f->other, flags, NULL), SQLITE_OK);
    sqlite_log_gather(f->writer, true);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    sqlite3_close(f->other);
    sqlite3_close(f->writer);
    temp_folder_fini(&f->folder);
    free(f);
    return 0;
}

#define ROWS(count, bytes)                                                                                             \
    "INSERT INTO t (text) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " count ") "       \
    "SELECT hex(zeroblob(" bytes ")) FROM n"
#define MANY ROWS("500", "1000")

static void what_is_committed_is_in_the_file(void **state) {
    struct fixture *f = *state;
    int64_t before = log_bytes(f);
    run(f->writer, MANY);
    assert_true(log_bytes(f) > before + 1000 * 1000);
    assert_int_equal(ask(f->other, "SELECT count(*) FROM t"), 500);
    assert_int_equal(ask(f->other, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check != 'ok'"), 0);
}

/* A transaction larger than the cache writes before it ends. What it had gathered when it was undone must not come down on
   what another process has committed in its place. */
static void what_was_undone_never_comes_back(void **state) {
    struct fixture *f = *state;
    for (int i = 0; i < 20; i++) {
        run(f->writer, "BEGIN IMMEDIATE");
        run(f->writer, ROWS("40", "1000"));
        run(f->writer, "ROLLBACK");
        run(f->other, ROWS("40", "300"));
        run(f->writer, "INSERT INTO t (text) VALUES ('afterwards')");
    }
    assert_int_equal(ask(f->other, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check != 'ok'"), 0);
    sqlite3_wal_checkpoint_v2(f->other, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    assert_int_equal(ask(f->other, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check != 'ok'"), 0);
    assert_int_equal(ask(f->other, "SELECT count(*) FROM t"), 20 * 41);
    assert_int_equal(ask(f->other, "SELECT count(*) FROM t WHERE length(text) = 600"), 20 * 40);
    assert_int_equal(ask(f->other, "SELECT count(*) FROM t WHERE text = 'afterwards'"), 20);
}

static void a_part_undone_leaves_the_rest(void **state) {
    struct fixture *f = *state;
    run(f->writer, "BEGIN IMMEDIATE; INSERT INTO t (text) VALUES ('before'); SAVEPOINT s");
    run(f->writer, MANY);
    run(f->writer, "ROLLBACK TO s; RELEASE s; INSERT INTO t (text) VALUES ('after'); COMMIT");
    assert_int_equal(ask(f->other, "SELECT count(*) FROM t"), 2);
    assert_int_equal(ask(f->other, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check != 'ok'"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_committed_is_in_the_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_undone_never_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_part_undone_leaves_the_rest, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
