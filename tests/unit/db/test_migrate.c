#include "../store.h"
#include "db/db.h"

#include "base/buf.h"
#include "base/crypto.h"
#include "base/embedded.h"
#include "db/sqlite_handle.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

/* A migration that has landed is never edited: databases out there were made by it. Add a line with each new one; while
   0001 is not in any release yet, its line may change with it. */
struct landed {
    const char *path, *sha256;
};
static const struct landed LANDED_SQLITE[] = {
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
    {"0011_placing.sql", "fe50c95d487d5ccee2b70aaed5a8ffe8ca9c3945d6765f65cb94a6a719f91aaa"},
    {"0012_likeness_fill.sql", "5bfbba68a7791d85a820787376a3d58a589850a35f5bb97dc8ab65f9648c3b8a"},
    {"0013_likeness_due.sql", "23a24044f41cd1dfe0a84657ad61628809c76e7fbeb86a65dafceed2e714a8e9"},
    {"0014_state_check.sql", "030b0ca25d38892731ef13169581a3149a43091368d91ed1e39502de6016387c"},
};
static const struct landed LANDED_POSTGRESQL[] = {
    {"0001_initial.sql", "09a546950f4f789d4e6d5046aac1250cedb56b460546fe799d2f95905ef2a183"},
    {"0002_sparse_uniqueness.sql", "7451be7e6dd8415b308681e08c0bd3dbada6ec09e7bc4b1410147d09abd82863"},
    {"0003_posting.sql", "517b440a33b5aebaa4dcf614f388d431ffa669700a2da15f2e12d9d77fa2f10f"},
    {"0004_search.sql", "9b477e5748284ffd03f70ab784ac928ee36cf92364983799de129bfbfd5721f5"},
    {"0005_mail.sql", "727ba0a0daf825d986c28a61056f38b6b9003eda1f0a324407a404d5eee34d82"},
    {"0006_proofreading.sql", "7e20530efbbed953391a72042022e2bc368756e3221221ba61e0f67268122bd9"},
    {"0007_abuse.sql", "074075e2a72e6e70de6016b8151c0dc4579c6236af57f977927b95e6594bb3af"},
    {"0008_reading.sql", "e411c4fe5342b1c620079c030ff0562fc3c650f00efc51a25935fcbfd83eb149"},
    {"0009_nodes.sql", "e83b5f5e7b03f471238ded90049517a7f69e7c8cf9606bea77ed274ee24673ff"},
    {"0010_report_mail.sql", "702779b83b568ddd7d11667125d5c15ac0130606910ba8943b0c6521ac8263f7"},
    {"0011_placing.sql", "765ec0bba9bada413ca18140038c7c13603acd06907a46df8ed1275d71824c64"},
    {"0012_likeness_fill.sql", "ff467304b62688d73581dc40375f19d6b2cd331eebde2108261643dd46643aa1"},
    {"0013_likeness_due.sql", "15647d43cf2a9e6f0379d6798459355c2821960b3b4860eb79ac9e1232230fed"},
    {"0014_state_check.sql", "7eafa280e60dfb2d8f85697711b8f6b87b2dda210bc97dabc5f8c622bfd6f5ce"},
};

static void assert_landed(const struct embedded_file *files, size_t count, const struct landed *landed, size_t known) {
    assert_int_equal(count, known);
    for (size_t i = 0; i < count; i++) {
        struct crypto_hash hash = crypto_sha256(slice_make(files[i].data, files[i].size));
        struct buf hex;
        buf_init(&hex, 128);
        crypto_add_hex(&hex, slice_make(hash.bytes, sizeof hash.bytes));
        buf_add_char(&hex, '\0');
        assert_string_equal(files[i].path, landed[i].path);
        assert_string_equal(hex.p, landed[i].sha256);
        buf_fini(&hex);
    }
}

static void landed_migrations_are_as_they_were(void **state) {
    (void)state;
    assert_landed(embedded_migrations, embedded_migrations_count, LANDED_SQLITE, ARRAY_COUNT(LANDED_SQLITE));
    assert_landed(embedded_migrations_postgresql, embedded_migrations_postgresql_count, LANDED_POSTGRESQL,
                  ARRAY_COUNT(LANDED_POSTGRESQL));
}

static void count_line(void *ctx, slice line) {
    assert_true(slice_ends(line, S(".sql")));
    ++*(int *)ctx;
}

/* As if the database were of another program's version. */
static void set_version(struct store *store, int version) {
    char sql[96];
    (void)snprintf(sql, sizeof sql,
                   store_is_postgresql() ? "UPDATE palabre_schema SET version = %d" : "PRAGMA user_version = %d",
                   version);
    (void)store_sql(store, sql);
}

/* A database of ours that no migration has been run upon. */
static void mark_as_ours(struct store *store) {
    (void)store_sql(store, store_is_postgresql() ? "CREATE TABLE palabre_schema (version BIGINT NOT NULL); "
                                                   "INSERT INTO palabre_schema VALUES (0)"
                                                 : "PRAGMA application_id = 1346456642");
}

static void an_empty_database_is_brought_to_the_latest(void **state) {
    struct store *store = *state;
    struct error error;
    struct db *db;
    assert_int_equal(db_open(slice_of(store->location), DB_MIGRATE, &db, &error), OK);
    assert_int_equal(db_schema_version(db), 0);
    struct db *reader;
    assert_int_equal(db_open(slice_of(store->location), DB_READ, &reader, &error),
                     store_is_postgresql() ? NOT_FOUND : INVALID);
    int lines = 0;
    assert_int_equal(db_migrate(db, count_line, &lines, &error), OK);
    assert_int_equal(lines, db_schema_latest());
    assert_int_equal(db_schema_version(db), db_schema_latest());
    assert_int_equal(db_migrate(db, count_line, &lines, &error), OK);
    assert_int_equal(lines, db_schema_latest());
    assert_int_equal(db_open(slice_of(store->location), DB_READ, &reader, &error), OK);
    db_close(reader);
    db_close(db);
}

static void a_newer_schema_is_left_alone(void **state) {
    struct store *store = *state;
    struct error error;
    struct db *db;
    assert_int_equal(db_open(slice_of(store->location), DB_WRITE, &db, &error), OK);
    db_close(db);
    set_version(store, 9999);
    assert_int_equal(db_open(slice_of(store->location), DB_WRITE, &db, &error), INVALID);
    assert_non_null(strstr(error.detail, "newer Palabre"));
    assert_int_equal(db_open(slice_of(store->location), DB_READ, &db, &error), INVALID);
    assert_int_equal(db_open(slice_of(store->location), DB_MIGRATE, &db, &error), OK);
    assert_int_equal(db_schema_version(db), 9999);
    assert_int_equal(db_migrate(db, NULL, NULL, &error), INVALID);
    db_close(db);
}

static void a_reader_migrates_nothing(void **state) {
    struct store *store = *state;
    struct error error;
    struct db *db;
    mark_as_ours(store);
    assert_int_equal(db_open(slice_of(store->location), DB_READ, &db, &error), INVALID);
    assert_non_null(strstr(error.detail, "palabre migrate"));
}

static void a_migration_that_fails_leaves_nothing(void **state) {
    struct store *store = *state;
    struct error error;
    struct db *db;
    /* what the last table of the first migration will stumble over */
    mark_as_ours(store);
    (void)store_sql(store, "CREATE TABLE outbox (id BIGINT)");
    assert_int_equal(db_open(slice_of(store->location), DB_WRITE, &db, &error), INTERNAL);
    assert_non_null(strstr(error.detail, "migration 0001_initial.sql"));
    assert_int_equal(db_open(slice_of(store->location), DB_MIGRATE, &db, &error), OK);
    assert_int_equal(db_schema_version(db), 0);
    db_close(db);
    (void)store_sql(store, "CREATE TABLE article (id BIGINT)"); /* was not left behind */
}

static void nothing_migrates_under_a_server(void **state) {
    struct store *store = *state;
    struct error error;
    struct db *server;
    struct db *db;
    assert_int_equal(db_open(slice_of(store->location), DB_WRITE_ALONE, &server, &error), OK);
    set_version(store, 0); /* as if the server were an older program */
    assert_int_equal(db_open(slice_of(store->location), DB_WRITE, &db, &error), BUSY);
    assert_non_null(strstr(error.detail, "in use by another palabre"));
    db_close(server);
}

/* A server with an older schema is there: who comes with a newer one waits until it has gone. */

struct latecomer {
    slice location;
    struct db *db;
    struct error error;
    enum status status;
    atomic_bool over;
};

static void *come_late(void *ctx) {
    struct latecomer *late = ctx;
    late->status = db_open(late->location, DB_WRITE, &late->db, &late->error);
    atomic_store(&late->over, true);
    return NULL;
}

static void who_migrates_waits_for_older_servers(void **state) {
    struct store *store = *state;
    mark_as_ours(store);
    PGconn *server = store_connect(store->location);
    PQclear(PQexec(server, "SELECT pg_advisory_lock_shared(1346456642)"));
    struct latecomer late = {.location = slice_of(store->location)};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, come_late, &late), 0);
    nanosleep(&(struct timespec){.tv_nsec = 300 * 1000 * 1000}, NULL);
    assert_false(atomic_load(&late.over));
    assert_int_equal(store_sql(store, "SELECT version FROM palabre_schema"), 0);
    PQfinish(server);
    pthread_join(thread, NULL);
    if (late.status != OK) fail_msg("%s", late.error.detail);
    assert_int_equal(db_schema_version(late.db), db_schema_latest());
    db_close(late.db);
}

/* 0014: the check is there, and none that SQLite makes a table for with each row. */
static void a_state_is_checked_by_comparing(void **state) {
    static const char INSERT[] =
        "INSERT INTO comment (article_id, last_reply_ordinal, reply_count, state, version, name, title, text_source, html, "
        "renderer_version, language, website, submitted_at, edited_by_desk, charter_version, checks, report_count, "
        "secret_hash, email, fingerprint) VALUES (1, 0, 0, '%s', 1, '', '', '', '', 1, 'fr', '', 1, 0, 1, '[]', 0, x'00', '', '')";
    struct store *store = *state;
    struct error error;
    struct db *db;
    char sql[sizeof INSERT + 32];
    assert_int_equal(db_open(slice_of(store->location), DB_WRITE, &db, &error), OK);
    int defensive = 0;
    sqlite3_db_config(sqlite_handle(db), SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive);
    assert_int_equal(defensive, 1); /* but for the time of migrating */
    db_close(db);
    sqlite3 *handle = NULL;
    assert_int_equal(sqlite3_open(store->folder.database, &handle), SQLITE_OK);
    (void)snprintf(sql, sizeof sql, INSERT, "lost");
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_CONSTRAINT);
    static const char *const STATES[] = {"pending", "published", "rejected", "spam", "removed", "withdrawn"};
    for (size_t i = 0; i < ARRAY_COUNT(STATES); i++) {
        (void)snprintf(sql, sizeof sql, INSERT, STATES[i]);
        assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_exec(handle, "DELETE FROM comment", NULL, NULL, NULL), SQLITE_OK);
    }
    char explain[sizeof sql + 16];
    (void)snprintf(explain, sizeof explain, "EXPLAIN %s", sql);
    sqlite3_stmt *steps = NULL;
    assert_int_equal(sqlite3_prepare_v2(handle, explain, -1, &steps, NULL), SQLITE_OK);
    while (sqlite3_step(steps) == SQLITE_ROW)
        assert_string_not_equal((const char *)sqlite3_column_text(steps, 1), "OpenEphemeral");
    sqlite3_finalize(steps);
    sqlite3_close(handle);
}

static int set_up(void **state) {
    struct store *store = calloc(1, sizeof *store);
    store_init_empty(store);
    *state = store;
    return 0;
}

static int tear_down(void **state) {
    store_fini(*state);
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
    };
    const struct CMUnitTest sqlite_tests[] = {
        cmocka_unit_test_setup_teardown(nothing_migrates_under_a_server, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_state_is_checked_by_comparing, set_up, tear_down),
    };
    const struct CMUnitTest postgresql_tests[] = {
        cmocka_unit_test_setup_teardown(who_migrates_waits_for_older_servers, set_up, tear_down),
    };
    return store_run_groups("migrate", tests, sqlite_tests) +
           store_run_group_on_postgresql("migrate", postgresql_tests);
}
