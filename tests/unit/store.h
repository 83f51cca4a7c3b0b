/* The engine that a test of the database runs on: SQLite, in a file of the test's folder, or, with
   PALABRE_TEST_STORE=postgresql, PostgreSQL: each program has a database of its own in the cluster whose folder
   PALABRE_TEST_CLUSTER names (tests/postgresql.py run), and each test finds it as new. SQL behind the program's back goes
   over a connection of its own. */
#ifndef PALABRE_TESTS_UNIT_STORE_H
#define PALABRE_TESTS_UNIT_STORE_H

#include "temp_folder.h"

#include "db/db.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

struct store {
    struct temp_folder folder;
    char location[400]; /* as db_open takes it */
};

UNUSED static bool store_is_postgresql(void) {
    const char *engine = getenv("PALABRE_TEST_STORE");
    return engine && strcmp(engine, "postgresql") == 0;
}

/* Where a database of the cluster is. */
UNUSED static void store_url(const char *database, char *out, size_t size) {
    const char *cluster = getenv("PALABRE_TEST_CLUSTER");
    if (!cluster) fail_msg("run it under tests/postgresql.py run");
    (void)snprintf(out, size, "postgresql://palabre@/%s?host=%s", database, cluster);
}

UNUSED static PGconn *store_connect(const char *location) {
    PGconn *connection = PQconnectdb(location);
    if (PQstatus(connection) != CONNECTION_OK) fail_msg("%s", PQerrorMessage(connection));
    return connection;
}

/* The first number of the last statement's first row; 0: there is none. */
UNUSED static int64_t store_postgresql_sql(const char *location, const char *sql) {
    PGconn *connection = store_connect(location);
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail_msg("%s%s", PQerrorMessage(connection), sql);
    int64_t number = 0;
    if (status == PGRES_TUPLES_OK && PQntuples(result) > 0) {
        const char *value = PQgetvalue(result, 0, 0);
        number = strcmp(value, "t") == 0 ? 1 : strtoll(value, NULL, 10);
    }
    PQclear(result);
    PQfinish(connection);
    return number;
}

UNUSED static int64_t store_sqlite_sql(const char *path, const char *sql) {
    sqlite3 *db = NULL;
    int64_t number = 0;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    for (const char *rest = sql; rest && *rest;) {
        sqlite3_stmt *statement = NULL;
        if (sqlite3_prepare_v2(db, rest, -1, &statement, &rest) != SQLITE_OK)
            fail_msg("%s: %s", sqlite3_errmsg(db), sql);
        if (!statement) continue;
        int result = sqlite3_step(statement);
        number = result == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
        if (result != SQLITE_ROW && result != SQLITE_DONE) fail_msg("%s: %s", sqlite3_errmsg(db), sql);
        sqlite3_finalize(statement);
    }
    sqlite3_close(db);
    return number;
}

/* Runs statements and commits them; gives the first number of the last one's first row. */
UNUSED static int64_t store_sql(const struct store *store, const char *sql) {
    return store_is_postgresql() ? store_postgresql_sql(store->location, sql)
                                 : store_sqlite_sql(store->folder.database, sql);
}

/* A value of bytes in SQL: this, hexadecimal digits, and an apostrophe. */
UNUSED static const char *store_bytes(void) { return store_is_postgresql() ? "'\\x" : "x'"; }

/* What a database holds once it is made is kept aside; all else goes, and ids are counted from one again. Only tables that
   have ever held something are touched: there are a hundred that have not. */
static const char STORE_KEEP[] =
    "DO $$ DECLARE t record; filled boolean; BEGIN CREATE SCHEMA kept; FOR t IN SELECT relname AS name FROM pg_class WHERE "
    "relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP "
    "EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', t.name) INTO filled; "
    "IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', t.name, t.name); END IF; END LOOP; END $$";
static const char STORE_WIPE[] =
    "SET session_replication_role = replica; "
    "DO $$ DECLARE t record; BEGIN FOR t IN SELECT relname AS name FROM pg_class WHERE "
    "relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 LOOP "
    "EXECUTE format('DELETE FROM public.%I', t.name); "
    "IF to_regclass(format('kept.%I', t.name)) IS NOT NULL THEN "
    "EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', t.name, t.name); END IF; END LOOP; "
    "PERFORM setval(format('public.%I', sequencename), start_value, false) FROM pg_sequences WHERE schemaname = 'public' AND "
    "last_value IS NOT NULL; END $$";

/* The database that each program's is a copy of: migrated once for all of them, by whichever comes first. */
static void store_make_template(PGconn *server) {
    char url[400];
    PGresult *there = PQexec(server, "SELECT pg_advisory_lock(1); SELECT 1 FROM pg_database WHERE datname = 'unit'");
    if (PQresultStatus(there) != PGRES_TUPLES_OK) fail_msg("%s", PQerrorMessage(server));
    if (PQntuples(there) == 0) {
        PQclear(PQexec(server, "CREATE DATABASE unit TEMPLATE template0"));
        store_url("unit", url, sizeof url);
        struct error error = {0};
        struct db *db = NULL;
        if (db_open(slice_of(url), DB_WRITE, &db, &error) != OK) fail_msg("%s", error.detail);
        db_close(db);
        (void)store_postgresql_sql(url, STORE_KEEP);
    }
    PQclear(there);
}

/* The program's database, made by its first test and emptied for each other one. */
static void store_prepare(struct store *store) {
    static bool made;
    char url[400], name[64], sql[128];
    (void)snprintf(name, sizeof name, "unit_%ld", (long)getpid());
    store_url(name, store->location, sizeof store->location);
    if (made) {
        (void)store_postgresql_sql(store->location, STORE_WIPE);
        return;
    }
    store_url("postgres", url, sizeof url);
    PGconn *server = store_connect(url);
    store_make_template(server);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE unit STRATEGY FILE_COPY", name);
    PGresult *result = PQexec(server, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail_msg("%s", PQerrorMessage(server));
    PQclear(result);
    PQfinish(server); /* and its lock */
    made = true;
}

UNUSED static void store_init(struct store *store) {
    temp_folder_init(&store->folder);
    (void)snprintf(store->location, sizeof store->location, "%s", store->folder.database);
    if (store_is_postgresql()) store_prepare(store);
}

/* The same, where nothing has been made yet. */
UNUSED static void store_init_empty(struct store *store) {
    static int count;
    temp_folder_init(&store->folder);
    (void)snprintf(store->location, sizeof store->location, "%s", store->folder.database);
    if (!store_is_postgresql()) return;
    char url[400], name[64], sql[128];
    store_url("postgres", url, sizeof url);
    (void)snprintf(name, sizeof name, "unit_%ld_%d", (long)getpid(), ++count);
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0 STRATEGY FILE_COPY", name);
    (void)store_postgresql_sql(url, sql);
    store_url(name, store->location, sizeof store->location);
}

UNUSED static void store_fini(struct store *store) { temp_folder_fini(&store->folder); }

/* Runs a group of tests, and after it another that is about SQLite's own file, on that engine only. */
#define store_run_groups(name, tests, sqlite_tests)                                                                    \
    (cmocka_run_group_tests_name(name, tests, NULL, NULL) +                                                            \
     (store_is_postgresql() ? 0 : cmocka_run_group_tests_name(name " (SQLite)", sqlite_tests, NULL, NULL)))
/* And one that is about PostgreSQL. */
#define store_run_group_on_postgresql(name, tests)                                                                     \
    (store_is_postgresql() ? cmocka_run_group_tests_name(name " (PostgreSQL)", tests, NULL, NULL) : 0)

#endif
