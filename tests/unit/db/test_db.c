#include "../store.h"
#include "db/db.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

struct fixture {
    struct store store;
    struct db *db; /* DB_WRITE */
    struct arena *arena;
    struct error error;
};

static int set_up(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    store_init(&f->store);
    f->arena = arena_new(1 << 20);
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE, &f->db, &f->error), OK);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    db_close(f->db);
    arena_free(f->arena);
    store_fini(&f->store);
    free(f);
    return 0;
}

static void make_site(struct db *db, slice name) {
    struct db_rows *rows = db_use(db, DB_SITE_MAKE);
    db_bind_text(rows, "name", name);
    db_bind_text(rows, "tagline", (slice){NULL, 0});
    db_bind_text(rows, "language", S("fr"));
    db_bind_text(rows, "time_zone", S("Europe/Paris"));
    db_bind_int(rows, "now", 1);
    int64_t changed = -1;
    struct error error;
    assert_int_equal(db_run(rows, &changed, &error), OK);
    assert_int_equal(changed, 1);
}

static bool has_site(struct db *db) {
    struct db_rows *rows = db_use(db, DB_SITE_LOAD);
    enum status status = db_step(rows, NULL);
    db_finish(rows);
    return status == OK;
}

static void a_row_comes_back_as_it_was_written(void **state) {
    struct fixture *f = *state;
    make_site(f->db, S("L'arbre \xc3\xa0 palabres"));
    struct db_rows *rows = db_use(f->db, DB_SITE_LOAD);
    assert_int_equal(db_step(rows, &f->error), OK);
    assert_true(slice_equal(db_text(rows, "name", f->arena), S("L'arbre \xc3\xa0 palabres")));
    assert_true(slice_equal(db_text(rows, "tagline", f->arena), S("")));
    assert_false(db_is_null(rows, "tagline"));
    assert_int_equal(db_int(rows, "version"), 1);
    assert_false(db_bool(rows, "strict"));
    assert_true(db_bool(rows, "needs_setup"));
    /* in any order, and under another address than before */
    char version[] = "version";
    assert_int_equal(db_int(rows, version), 1);
    assert_int_equal(db_int(rows, "close_after_days"), 0);
    assert_true(slice_equal(db_text_peek(rows, "name"), S("L'arbre \xc3\xa0 palabres")));
    assert_int_equal(db_step(rows, &f->error), NOT_FOUND);
    db_finish(rows);
    db_finish(rows);
}

static void only_the_owner_may_open_the_files(void **state) {
    struct fixture *f = *state;
    static const char *const SUFFIXES[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_COUNT(SUFFIXES); i++) {
        char path[320];
        struct stat st;
        snprintf(path, sizeof path, "%s%s", f->store.folder.database, SUFFIXES[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
}

static void the_location_may_name_its_engine(void **state) {
    struct fixture *f = *state;
    slice location = arena_format(f->arena, "sqlite:%s", f->store.folder.database);
    struct db *reader;
    assert_int_equal(db_open(location, DB_READ, &reader, &f->error), OK);
    assert_true(slice_equal(db_engine_name(reader), S("sqlite")));
    db_close(reader);
    assert_int_equal(db_open(S("postgresql://127.0.0.1:1/x?connect_timeout=2"), DB_READ, &reader, &f->error),
                     UNAVAILABLE);
    assert_int_equal(db_open(S("sqlite:"), DB_READ, &reader, &f->error), INVALID);
    assert_int_equal(db_open(slice_make("a\0b", 3), DB_READ, &reader, &f->error), INVALID);
}

static void transactions_and_savepoints_nest(void **state) {
    struct fixture *f = *state;
    assert_int_equal(db_write_begin(f->db, &f->error), OK);
    assert_int_equal(db_savepoint(f->db, &f->error), OK);
    assert_int_equal(db_savepoint(f->db, &f->error), OK);
    make_site(f->db, S("inner"));
    assert_true(has_site(f->db));
    db_savepoint_undo(f->db);
    assert_false(has_site(f->db));
    make_site(f->db, S("outer"));
    assert_int_equal(db_savepoint_keep(f->db, &f->error), OK);
    /* a read transaction inside only counts: it must not end the one that writes */
    assert_int_equal(db_read_begin(f->db, &f->error), OK);
    db_read_end(f->db);
    assert_int_equal(db_write_commit(f->db, &f->error), OK);
    assert_true(has_site(f->db));
}

static void a_rolled_back_transaction_leaves_nothing(void **state) {
    struct fixture *f = *state;
    assert_int_equal(db_write_begin(f->db, &f->error), OK);
    make_site(f->db, S("x"));
    db_write_rollback(f->db);
    db_write_rollback(f->db);
    assert_false(has_site(f->db));
}

static void a_reader_keeps_its_snapshot(void **state) {
    struct fixture *f = *state;
    struct db *reader;
    assert_int_equal(db_open(slice_of(f->store.location), DB_READ, &reader, &f->error), OK);
    assert_int_equal(db_read_begin(reader, &f->error), OK);
    assert_int_equal(db_read_begin(reader, &f->error), OK);
    assert_false(has_site(reader));
    make_site(f->db, S("x"));
    assert_false(has_site(reader));
    db_read_end(reader);
    assert_false(has_site(reader));
    db_read_end(reader);
    assert_true(has_site(reader));
    db_close(reader);
}

static void find_article(struct db *db, enum status *status, struct error *error) {
    struct db_rows *rows = db_use(db, DB_ARTICLE_STANDING);
    db_bind_int(rows, "id", 1);
    *status = db_step(rows, error);
    db_finish(rows);
}

/* Its schema is changed behind the program's back: whoever uses a statement is told, nothing breaks, and what was wrong for
   once is right when it is used again. */
static void a_statement_that_cannot_be_prepared_is_told_when_it_is_used(void **state) {
    struct fixture *f = *state;
    struct db *reader;
    enum status status;
    sqlite3 *raw;
    assert_int_equal(sqlite3_open(f->store.folder.database, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_exec(raw, "ALTER TABLE article RENAME TO elsewhere", 0, 0, 0), SQLITE_OK);
    assert_int_equal(db_open(slice_of(f->store.location), DB_READ, &reader, &f->error), OK);
    find_article(reader, &status, &f->error);
    assert_int_equal(status, INTERNAL);
    assert_non_null(strstr(f->error.detail, "statement ARTICLE_STANDING"));
    assert_int_equal(db_prepare_all(reader, &f->error), INTERNAL);
    find_article(reader, &status, NULL);
    assert_int_equal(status, INTERNAL);
    assert_int_equal(sqlite3_exec(raw, "ALTER TABLE elsewhere RENAME TO article", 0, 0, 0), SQLITE_OK);
    sqlite3_close(raw);
    find_article(reader, &status, &f->error);
    assert_int_equal(status, NOT_FOUND);
    assert_int_equal(db_prepare_all(reader, &f->error), OK);
    assert_int_equal(db_prepare_all(reader, &f->error), OK);
    db_close(reader);
}

/* Runs fn in a child, on a connection of its own; true when an assertion ended it. */
static bool aborts(void (*fn)(struct db *db), struct fixture *f, enum db_mode mode) {
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit none = {0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        int sink = open("/dev/null", O_WRONLY);
        dup2(sink, STDERR_FILENO);
        struct db *db;
        if (db_open(slice_of(f->store.location), mode, &db, NULL) != OK) _exit(1);
        fn(db);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_false(WIFEXITED(status) && WEXITSTATUS(status) != 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void use_a_write(struct db *db) { db_use(db, DB_SITE_MAKE); }
static void use_a_read(struct db *db) { db_use(db, DB_SITE_LOAD); }
static void name_no_parameter(struct db *db) { db_bind_int(db_use(db, DB_SITE_MAKE), "nmae", 1); }
static void forget_a_parameter(struct db *db) { (void)!db_run(db_use(db, DB_SITE_MAKE), NULL, NULL); }
static void name_no_column(struct db *db) {
    struct db_rows *rows = db_use(db, DB_SITE_LOAD);
    (void)!db_step(rows, NULL);
    db_int(rows, "nmae");
}
static void read_without_a_row(struct db *db) { db_int(db_use(db, DB_SITE_LOAD), "version"); }
static void use_twice(struct db *db) {
    (void)!db_step(db_use(db, DB_SITE_LOAD), NULL);
    db_use(db, DB_SITE_LOAD);
}

static void our_own_mistakes_are_assertions(void **state) {
    struct fixture *f = *state;
    make_site(f->db, S("x"));
    assert_false(aborts(use_a_read, f, DB_READ));
    assert_true(aborts(use_a_write, f, DB_READ));
    assert_true(aborts(name_no_parameter, f, DB_WRITE));
    assert_true(aborts(forget_a_parameter, f, DB_WRITE));
    assert_true(aborts(name_no_column, f, DB_WRITE));
    assert_true(aborts(read_without_a_row, f, DB_WRITE));
    assert_true(aborts(use_twice, f, DB_WRITE));
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void what_cannot_be_opened_is_said_in_a_sentence(void **state) {
    struct fixture *f = *state;
    struct db *db = NULL;
    char path[320];
    snprintf(path, sizeof path, "%s/none.db", f->store.folder.path);
    assert_int_equal(db_open(slice_of(path), DB_READ, &db, &f->error), NOT_FOUND);
    assert_non_null(strstr(f->error.detail, "there is no database at"));
    assert_int_not_equal(access(path, F_OK), 0);

    snprintf(path, sizeof path, "%s/none/none.db", f->store.folder.path);
    assert_int_equal(db_open(slice_of(path), DB_WRITE, &db, &f->error), UNAVAILABLE);
    assert_non_null(strstr(f->error.detail, "No such file or directory"));

    snprintf(path, sizeof path, "%s/text.db", f->store.folder.path);
    write_file(path, "Sous l'arbre, on parle. On parle longtemps, et l'on s'entend quelquefois.");
    assert_int_equal(db_open(slice_of(path), DB_WRITE, &db, &f->error), UNAVAILABLE);
    assert_non_null(strstr(f->error.detail, "is not a Palabre database"));
    assert_int_equal(db_open(slice_of(path), DB_READ, &db, &f->error), UNAVAILABLE);

    snprintf(path, sizeof path, "%s/other.db", f->store.folder.path);
    sqlite3 *other;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE comments (id)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    assert_int_equal(db_open(slice_of(path), DB_WRITE, &db, &f->error), UNAVAILABLE);
    assert_non_null(strstr(f->error.detail, "of another program"));
    assert_null(db);
}

static void a_read_only_folder_is_said_in_a_sentence(void **state) {
    struct fixture *f = *state;
    if (geteuid() == 0) skip();
    struct db *db = NULL;
    db_close(f->db);
    f->db = NULL;
    assert_int_equal(chmod(f->store.folder.path, 0500), 0);
    char path[320];
    snprintf(path, sizeof path, "%s/new.db", f->store.folder.path);
    assert_int_equal(db_open(slice_of(path), DB_WRITE, &db, &f->error), UNAVAILABLE);
    assert_non_null(strstr(f->error.detail, "read-only"));
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE, &db, &f->error), UNAVAILABLE);
    assert_int_equal(chmod(f->store.folder.database, 0400), 0);
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE, &db, &f->error), UNAVAILABLE);
    assert_non_null(strstr(f->error.detail, "read-only"));
    assert_int_equal(chmod(f->store.folder.path, 0700), 0);
}

static void writing_alone_is_for_one(void **state) {
    struct fixture *f = *state;
    struct db *alone;
    struct db *second;
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE_ALONE, &alone, &f->error), OK);
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE_ALONE, &second, &f->error), BUSY);
    assert_non_null(strstr(f->error.detail, store_is_postgresql() ? "stop the servers" : "stop the server"));
    char process[32];
    snprintf(process, sizeof process, "process %ld)", (long)getpid());
    assert_true(store_is_postgresql() || strstr(f->error.detail, process));
    /* a short command beside it may */
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE, &second, &f->error), OK);
    make_site(second, S("x"));
    db_close(second);
    assert_true(has_site(alone));
    db_close(alone);
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE_ALONE, &alone, &f->error), OK);
    db_close(alone);
}

static void count_line(void *ctx, slice line) {
    (void)line;
    ++*(int *)ctx;
}

/* Two rows of an article that is not there, one of them of a comment that is not, either. */
#define BROKEN "INSERT INTO redirect VALUES ('/x', 7, NULL), ('/y', 7, 8)"

static void the_engines_check_sees_a_broken_reference(void **state) {
    struct fixture *f = *state;
    struct db *reader;
    int faults = 0;
    assert_int_equal(db_open(slice_of(f->store.location), DB_READ, &reader, &f->error), OK);
    assert_int_equal(db_check_engine(reader, count_line, &faults, &f->error), OK);
    assert_int_equal(faults, 0);
    (void)store_sql(&f->store, store_is_postgresql() ? "SET session_replication_role = replica; " BROKEN : BROKEN);
    assert_int_equal(db_check_engine(reader, count_line, &faults, &f->error), INVALID);
    assert_int_equal(faults, 3);
    db_close(reader);
}

/* PostgreSQL: every connection prepares all, and says what does not fit. */
static void a_statement_that_does_not_fit_is_told_at_once(void **state) {
    struct fixture *f = *state;
    struct db *db = NULL;
    (void)store_sql(&f->store, "ALTER TABLE site_word RENAME TO elsewhere");
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE, &db, &f->error), INTERNAL);
    (void)store_sql(&f->store, "ALTER TABLE elsewhere RENAME TO site_word");
    assert_null(db);
    assert_non_null(strstr(f->error.detail, "statement SITE_WORD"));
    assert_int_equal(db_open(slice_of(f->store.location), DB_WRITE, &db, &f->error), OK);
    db_close(db);
}

static void what_is_no_database_of_ours_is_said_in_a_sentence(void **state) {
    struct store *store = *state;
    struct db *db = NULL;
    struct error error;
    assert_int_equal(db_open(slice_of(store->location), DB_READ, &db, &error), NOT_FOUND);
    assert_non_null(strstr(error.detail, "there is no publication in"));
    (void)store_sql(store, "CREATE TABLE comments (id BIGINT)");
    assert_int_equal(db_open(slice_of(store->location), DB_WRITE, &db, &error), UNAVAILABLE);
    assert_non_null(strstr(error.detail, "of another program"));
    assert_null(db);
}

static int set_up_empty(void **state) {
    struct store *store = calloc(1, sizeof *store);
    store_init_empty(store);
    *state = store;
    return 0;
}

static int tear_down_empty(void **state) {
    store_fini(*state);
    free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_comes_back_as_it_was_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(transactions_and_savepoints_nest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rolled_back_transaction_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_keeps_its_snapshot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(our_own_mistakes_are_assertions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writing_alone_is_for_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_engines_check_sees_a_broken_reference, set_up, tear_down),
    };
    const struct CMUnitTest sqlite_tests[] = {
        cmocka_unit_test_setup_teardown(only_the_owner_may_open_the_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_location_may_name_its_engine, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_statement_that_cannot_be_prepared_is_told_when_it_is_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_opened_is_said_in_a_sentence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_read_only_folder_is_said_in_a_sentence, set_up, tear_down),
    };
    const struct CMUnitTest postgresql_tests[] = {
        cmocka_unit_test_setup_teardown(a_statement_that_does_not_fit_is_told_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_database_of_ours_is_said_in_a_sentence, set_up_empty,
                                        tear_down_empty),
    };
    return store_run_groups("db", tests, sqlite_tests) + store_run_group_on_postgresql("db", postgresql_tests);
}
