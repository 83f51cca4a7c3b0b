/* Versions, migrations, the locks of a session, and the engine's own check. */
#include "db/postgresql.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* One advisory lock of the database: servers share it, an import and a migration have it alone. The server lets go of it
   with the session, however that ends. The number is 'PALB'. */
#define LOCK_NUMBER "1346456642"

enum { POLL_MS = 50, MIGRATE_WAIT_MS = 60 * 1000, ALONE_WAIT_MS = 1000, CHECK_FAULTS_MAX = 100 };

static void nap(void) {
    struct timespec time = {.tv_nsec = POLL_MS * 1000 * 1000};
    nanosleep(&time, NULL);
}

/* Identity and version */

static enum status has_schema(struct pg *pg, int64_t *out, struct error *error) {
    return pg_run_int(pg,
                      "SELECT CASE WHEN to_regclass('palabre_copy') IS NOT NULL THEN 3 WHEN "
                      "to_regclass('palabre_schema') IS NOT NULL THEN 1 WHEN EXISTS (SELECT 1 FROM "
                      "pg_class WHERE relkind IN ('r', 'p') AND relnamespace = (SELECT oid FROM pg_namespace WHERE "
                      "nspname = current_schema())) THEN 2 ELSE 0 END",
                      out, error);
}

enum status pg_check_identity(struct db *db, struct error *error) {
    struct pg *pg = pg_of(db);
    int64_t what = 0;
    enum status status = has_schema(pg, &what, error);
    if (status != OK) return status;
    if (what == 2) return error_set(error, UNAVAILABLE, "%s holds tables of another program", pg->place);
    if (what == 0 && db->mode == DB_READ)
        return error_set(error, NOT_FOUND, "there is no publication in %s", pg->place);
    if (what == 3 && db->mode != DB_COPY) return error_set(error, UNAVAILABLE, DB_UNFINISHED, pg->place);
    return OK;
}

enum status pg_schema_version(struct db *db, int64_t *version, struct error *error) {
    int64_t what = 0;
    *version = 0;
    enum status status = pg_ensure(db, error);
    if (status == OK) status = has_schema(pg_of(db), &what, error);
    if (status != OK || (what != 1 && what != 3)) return status;
    return pg_run_int(pg_of(db), "SELECT version FROM palabre_schema", version, error);
}

/* Locks of the session */

static enum status try_lock(struct pg *pg, bool shared, bool *got, struct error *error) {
    int64_t is = 0;
    enum status status = pg_run_int(pg,
                                    shared ? "SELECT pg_try_advisory_lock_shared(" LOCK_NUMBER ")"
                                           : "SELECT pg_try_advisory_lock(" LOCK_NUMBER ")",
                                    &is, error);
    *got = is != 0;
    return status;
}

static enum status unlock(struct pg *pg, bool shared, struct error *error) {
    return pg_run(
        pg, shared ? "SELECT pg_advisory_unlock_shared(" LOCK_NUMBER ")" : "SELECT pg_advisory_unlock(" LOCK_NUMBER ")",
        NULL, error);
}

/* Whoever waits longer than a moment says so, once. */
static enum status wait_for_lock(struct pg *pg, bool shared, int patience_ms, struct error *error) {
    int64_t begun = clock_monotonic_ms(), deadline = begun + patience_ms;
    bool told = false;
    for (;;) {
        bool got;
        enum status status = try_lock(pg, shared, &got, error);
        if (status != OK || got) return status;
        if (clock_monotonic_ms() >= deadline)
            return error_set(error, BUSY,
                             "%s is in use by another palabre: stop the servers or wait for the import first",
                             pg->place);
        if (!told && clock_monotonic_ms() >= begun + ALONE_WAIT_MS) {
            log_line(LOG_WARN, "waiting",
                     "detail=\"%s is in use by another palabre, which imports or migrates\" most_s=%d", pg->place,
                     patience_ms / 1000);
            told = true;
        }
        nap();
    }
}

enum status pg_take_session_lock(struct db *db, struct error *error) {
    struct pg *pg = pg_of(db);
    pg->serves = pg->alone = false;
    enum status status = OK;
    if (db->mode == DB_SERVE) status = wait_for_lock(pg, true, MIGRATE_WAIT_MS, error);
    bool alone = db->mode == DB_WRITE_ALONE || db->mode == DB_COPY;
    if (alone) status = wait_for_lock(pg, false, ALONE_WAIT_MS, error);
    pg->serves = status == OK && db->mode == DB_SERVE;
    pg->alone = status == OK && alone;
    return status;
}

/* Migrations. Many nodes may start at once upon an empty database: each waits for the one that migrates, and finds it done.
   While another serves with an older schema nobody migrates. */

static enum status wait_to_migrate(struct db *db, struct error *error) {
    struct pg *pg = pg_of(db);
    int64_t deadline = clock_monotonic_ms() + MIGRATE_WAIT_MS;
    for (;;) {
        int64_t version = 0;
        enum status status = try_lock(pg, false, &pg->alone, error);
        if (status != OK || pg->alone) return status;
        status = pg_schema_version(db, &version, error);
        if (status != OK || version >= db_schema_latest()) return status;
        if (clock_monotonic_ms() >= deadline)
            return error_set(error, BUSY, "%s is in use by another palabre with an older schema: stop those first",
                             pg->place);
        nap();
    }
}

enum status pg_migrate_begin(struct db *db, struct error *error) {
    struct pg *pg = pg_of(db);
    if (pg->alone) return OK;
    enum status status = pg->serves ? unlock(pg, true, error) : OK;
    pg->serves = false;
    return status == OK ? wait_to_migrate(db, error) : status;
}

/* A whole file of statements: that is the simple protocol's, which has no pipeline. */
static enum status run_script(struct pg *pg, const char *sql, struct error *error) {
    if (PQexitPipelineMode(pg->connection) != 1) return pg_fail_connection(pg, error);
    PGresult *result = PQexec(pg->connection, sql);
    ExecStatusType is = PQresultStatus(result);
    bool ok = is == PGRES_COMMAND_OK || is == PGRES_TUPLES_OK || is == PGRES_EMPTY_QUERY;
    enum status status = ok ? OK : pg_fail_result(pg, result, error);
    PQclear(result);
    if (pg->connection && PQenterPipelineMode(pg->connection) != 1) return pg_fail_connection(pg, error);
    return status;
}

static enum status stamp(struct pg *pg, int64_t version, struct error *error) {
    char sql[160];
    enum status status = pg_run(pg, "CREATE TABLE IF NOT EXISTS palabre_schema (version BIGINT NOT NULL)", NULL, error);
    if (status == OK) status = pg_run(pg, "DELETE FROM palabre_schema", NULL, error);
    (void)snprintf(sql, sizeof sql, "INSERT INTO palabre_schema (version) VALUES (%" PRId64 ")", version);
    return status == OK ? pg_run(pg, sql, NULL, error) : status;
}

enum status pg_migrate_apply(struct db *db, int64_t version, const char *sql, struct error *error) {
    struct pg *pg = pg_of(db);
    int64_t present = 0;
    enum status status = pg_control(db, CONTROL_BEGIN_WRITE, error);
    if (status == OK) status = pg_run(pg, "SET LOCAL statement_timeout = 0", NULL, error);
    if (status == OK) status = pg_schema_version(db, &present, error);
    if (status == OK && present < version) {
        status = run_script(pg, sql, error);
        if (status == OK) status = stamp(pg, version, error);
    }
    if (status == OK) status = pg_control(db, CONTROL_COMMIT, error);
    if (pg->in_transaction) (void)!pg_control(db, CONTROL_ROLLBACK, NULL);
    return status;
}

void pg_migrate_end(struct db *db) {
    struct pg *pg = pg_of(db);
    struct error error = {0};
    if (pg->alone && db->mode != DB_WRITE_ALONE && db->mode != DB_COPY) {
        pg->alone = false;
        (void)!unlock(pg, false, &error); /* it is the session's: at worst it ends with it */
    }
    if (db->mode == DB_SERVE) pg->serves = wait_for_lock(pg, true, ALONE_WAIT_MS, &error) == OK;
}

/* The check. Each question gives lines of fault. */

static const char *const QUESTIONS[] = {
    "SELECT 'integrity: index ' || CAST(CAST(indexrelid AS regclass) AS text) || ' is not whole: REINDEX it' FROM pg_index i "
    "JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid AND c.relnamespace = CAST(current_schema() AS "
    "regnamespace)",
    "SELECT 'integrity: constraint ' || conname || ' of ' || CAST(CAST(conrelid AS regclass) AS text) || ' is not "
    "validated' FROM pg_constraint WHERE NOT convalidated AND connamespace = CAST(current_schema() AS regnamespace)",
    "SELECT 'integrity: ' || checksum_failures || ' pages whose checksum is wrong' FROM pg_stat_database WHERE datname = "
    "current_database() AND checksum_failures > 0",
    /* References that the schema does not hold itself (0011_placing.sql). */
    "SELECT 'reference: redirect row ' || path || ' refers to a row of article that does not exist' FROM redirect r "
    "WHERE article_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM article a WHERE a.id = r.article_id) LIMIT 100",
    "SELECT 'reference: redirect row ' || path || ' refers to a row of comment that does not exist' FROM redirect r "
    "WHERE comment_number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM comment c WHERE c.article_id = r.article_id AND "
    "c.number = r.comment_number) LIMIT 100",
    "SELECT 'reference: article_related row (' || article_id || ',' || related_id || ') refers to a row of article that "
    "does not exist' FROM article_related r WHERE NOT EXISTS (SELECT 1 FROM article a WHERE a.id = r.related_id) LIMIT "
    "100",
    "SELECT 'reference: article_once row (' || source || ',' || key || ') refers to a row of article that does not exist' "
    "FROM article_once o WHERE NOT EXISTS (SELECT 1 FROM article a WHERE a.id = o.article_id) LIMIT 100",
};

/* One text for each reference between tables: the rows of it that lead nowhere. */
static const char REFERENCES[] =
    "SELECT format('SELECT ''reference: %s row '' || CAST(row(%s) AS text) || '' refers to a row of %s that does not exist'' "
    "FROM %s c WHERE %s AND NOT EXISTS (SELECT 1 FROM %s p WHERE %s) LIMIT 100', conrelid::regclass, "
    "(SELECT string_agg('c.' || quote_ident(a.attname), ', ' ORDER BY k.i) FROM unnest(conkey) WITH ORDINALITY AS k (n, i) "
    "JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n), confrelid::regclass, conrelid::regclass, "
    "(SELECT string_agg('c.' || quote_ident(a.attname) || ' IS NOT NULL', ' AND ') FROM unnest(conkey) AS k (n) JOIN "
    "pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n), confrelid::regclass, "
    "(SELECT string_agg('p.' || quote_ident(f.attname) || ' = c.' || quote_ident(a.attname), ' AND ') FROM "
    "unnest(conkey, confkey) AS k (n, m) JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.n JOIN pg_attribute "
    "f ON f.attrelid = confrelid AND f.attnum = k.m)) FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND "
    "connamespace = CAST(current_schema() AS regnamespace) ORDER BY conrelid::regclass::text, conname";

struct checking {
    struct pg *pg;
    void (*fault)(void *ctx, slice line);
    void *ctx;
    int64_t faults;
};

static enum status ask(struct checking *c, const char *sql, struct error *error) {
    PGresult *result = NULL;
    enum status status = pg_run(c->pg, sql, &result, error);
    for (int i = 0; status == OK && i < PQntuples(result); i++) {
        if (c->faults++ < CHECK_FAULTS_MAX)
            c->fault(c->ctx, slice_make(PQgetvalue(result, i, 0), (size_t)PQgetlength(result, i, 0)));
    }
    PQclear(result);
    return status;
}

static enum status ask_references(struct checking *c, struct error *error) {
    PGresult *texts = NULL;
    enum status status = pg_run(c->pg, REFERENCES, &texts, error);
    for (int i = 0; status == OK && i < PQntuples(texts); i++) status = ask(c, PQgetvalue(texts, i, 0), error);
    PQclear(texts);
    return status;
}

enum status pg_check(struct db *db, void (*fault)(void *ctx, slice line), void *ctx, struct error *error) {
    struct checking c = {.pg = pg_of(db), .fault = fault, .ctx = ctx};
    enum status status = pg_ensure(db, error);
    if (status == OK) status = pg_run(c.pg, "SET statement_timeout = 0", NULL, error);
    for (size_t i = 0; status == OK && i < ARRAY_COUNT(QUESTIONS); i++) status = ask(&c, QUESTIONS[i], error);
    if (status == OK) status = ask_references(&c, error);
    if (status == OK && c.faults) return error_set(error, INVALID, "%" PRId64 " faults", c.faults);
    return status;
}
