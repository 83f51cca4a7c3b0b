#include "../temp_folder.h"
#include "db/db.h"

#include "base/buf.h"
#include "base/crypto.h"
#include "base/embedded.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* A migration that has landed is never edited: databases out there were made by it. Add a line with each new one; while
   0001 is not in any release yet, its line may change with it. */
static const struct {
    const char *path, *sha256;
} LANDED[] = {
    {"0001_initial.sql", "c9637029df2e8e3a0da82c7058f600c1e0065b9c682d4745e92acdd0abe88f6d"},
    {"0002_sparse_uniqueness.sql", "c41b2d089c7d239a04ab2a853794cbbccdf0f1c3dffe057c38a996ce335c452e"},
    {"0003_posting.sql", "d61892b56edbb9689992e5c780baab8eb9587a7cc4eb82c572547d96f42776b9"},
    {"0004_search.sql", "7945b40fdf4593088006760d42c626180c6e70dd01dbe5c901a6631586c7bee7"},
    {"0005_mail.sql", "b1ee03e83f2173c53dba29cc14bd261db552ed9f3bc760919cd656ab7f365b8a"},
    {"0006_proofreading.sql", "5f6a18935e0f63db67a466d366de4b72e8aaaeb6913789b6c21276d4bd40a8ab"},
    {"0007_abuse.sql", "08711df9d7598aff46a27ddf7b388f92fa7cb754b593f8c9dba286a2ce5d6098"},
    {"0008_reading.sql", "6e7a86e467d83ae2a459b5856fb77907364e76bc76178c82edc81365b8a4a28f"},
    {"0009_nodes.sql", "a42934773eb0f3dab678347abba08a548b2f0c9bd550082096a8d29b0bdd459e"},
    {"0010_report_mail.sql", "55c76dde1e68e8464d0b90c4180256e02431641d3b37e1e11a10be2d70b99915"},
};

static void landed_migrations_are_as_they_were(void **state) {
    (void)state;
    assert_int_equal(embedded_migrations_count, ARRAY_COUNT(LANDED));
    for (size_t i = 0; i < ARRAY_COUNT(LANDED); i++) {
        const struct embedded_file *file = &embedded_migrations[i];
        struct crypto_hash hash = crypto_sha256(slice_make(file->data, file->size));
        struct buf hex;
        buf_init(&hex, 128);
        crypto_add_hex(&hex, slice_make(hash.bytes, sizeof hash.bytes));
        buf_add_char(&hex, '\0');
        assert_string_equal(file->path, LANDED[i].path);
        assert_string_equal(hex.p, LANDED[i].sha256);
        buf_fini(&hex);
    }
}

static void count_line(void *ctx, slice line) {
    assert_true(slice_ends(line, S(".sql")));
    ++*(int *)ctx;
}

static void execute(const char *path, const char *sql) {
    sqlite3 *raw;
    assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
}

static void an_empty_database_is_brought_to_the_latest(void **state) {
    struct temp_folder *folder = *state;
    struct error error;
    struct db *db;
    assert_int_equal(db_open(slice_of(folder->database), DB_MIGRATE, &db, &error), OK);
    assert_int_equal(db_schema_version(db), 0);
    struct db *reader;
    assert_int_equal(db_open(slice_of(folder->database), DB_READ, &reader, &error), INVALID);
    int lines = 0;
    assert_int_equal(db_migrate(db, count_line, &lines, &error), OK);
    assert_int_equal(lines, db_schema_latest());
    assert_int_equal(db_schema_version(db), db_schema_latest());
    assert_int_equal(db_migrate(db, count_line, &lines, &error), OK);
    assert_int_equal(lines, db_schema_latest());
    assert_int_equal(db_open(slice_of(folder->database), DB_READ, &reader, &error), OK);
    db_close(reader);
    db_close(db);
}

static void a_newer_schema_is_left_alone(void **state) {
    struct temp_folder *folder = *state;
    struct error error;
    struct db *db;
    assert_int_equal(db_open(slice_of(folder->database), DB_WRITE, &db, &error), OK);
    db_close(db);
    execute(folder->database, "PRAGMA user_version = 9999");
    assert_int_equal(db_open(slice_of(folder->database), DB_WRITE, &db, &error), INVALID);
    assert_non_null(strstr(error.detail, "newer Palabre"));
    assert_int_equal(db_open(slice_of(folder->database), DB_READ, &db, &error), INVALID);
    assert_int_equal(db_open(slice_of(folder->database), DB_MIGRATE, &db, &error), OK);
    assert_int_equal(db_schema_version(db), 9999);
    assert_int_equal(db_migrate(db, NULL, NULL, &error), INVALID);
    db_close(db);
}

static void a_reader_migrates_nothing(void **state) {
    struct temp_folder *folder = *state;
    struct error error;
    struct db *db;
    execute(folder->database, "PRAGMA application_id = 1346456642");
    assert_int_equal(db_open(slice_of(folder->database), DB_READ, &db, &error), INVALID);
    assert_non_null(strstr(error.detail, "palabre migrate"));
}

static void a_migration_that_fails_leaves_nothing(void **state) {
    struct temp_folder *folder = *state;
    struct error error;
    struct db *db;
    /* what the last table of the first migration will stumble over */
    execute(folder->database, "PRAGMA application_id = 1346456642; CREATE TABLE outbox (id)");
    assert_int_equal(db_open(slice_of(folder->database), DB_WRITE, &db, &error), INTERNAL);
    assert_non_null(strstr(error.detail, "migration 0001_initial.sql"));
    assert_int_equal(db_open(slice_of(folder->database), DB_MIGRATE, &db, &error), OK);
    assert_int_equal(db_schema_version(db), 0);
    db_close(db);
    execute(folder->database, "CREATE TABLE article (id)"); /* was not left behind */
}

static void nothing_migrates_under_a_server(void **state) {
    struct temp_folder *folder = *state;
    struct error error;
    struct db *server;
    struct db *db;
    assert_int_equal(db_open(slice_of(folder->database), DB_WRITE_ALONE, &server, &error), OK);
    execute(folder->database, "PRAGMA user_version = 0"); /* as if the server were an older program */
    assert_int_equal(db_open(slice_of(folder->database), DB_WRITE, &db, &error), BUSY);
    assert_non_null(strstr(error.detail, "in use by another palabre"));
    db_close(server);
}

static int set_up(void **state) {
    struct temp_folder *folder = calloc(1, sizeof *folder);
    temp_folder_init(folder);
    *state = folder;
    return 0;
}

static int tear_down(void **state) {
    temp_folder_fini(*state);
    free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(landed_migrations_are_as_they_were),
        cmocka_unit_test_setup_teardown(an_empty_database_is_brought_to_the_latest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_schema_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_migrates_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_migration_that_fails_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_migrates_under_a_server, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
