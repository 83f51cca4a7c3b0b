/* The connection and its stream. */
#include "db/postgresql.h"

#include "base/clock.h"
#include "base/crypto.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    OLDEST_SERVER = 150000, /* PQserverVersion's form */
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MAX_MS = 5000,
    KEYWORDS_MAX = 64,
    PENDING_ROOM = 8, /* places of pending kept for what ends a transaction */
};

/* What the address does not say. Seconds, but for tcp_user_timeout. */
static const struct {
    const char *keyword, *value;
} USUAL[] = {
    {"application_name", "palabre"}, {"client_encoding", "UTF8"},  {"connect_timeout", "5"},
    {"keepalives_idle", "5"},        {"keepalives_interval", "2"}, {"keepalives_count", "2"},
    {"tcp_user_timeout", "5000"},
};

/* Losing it */

void pg_disconnect(struct pg *pg) {
    if (pg->connection) PQfinish(pg->connection);
    pg->connection = NULL;
    pg->pending_count = pg->unread = 0;
    pg->synced = true;
    pg->in_transaction = false;
}

void pg_lost(struct pg *pg) {
    bool wrote = pg->in_transaction && !pg->reads_only;
    pg_disconnect(pg);
    pg->abandoned = pg->abandoned || wrote;
}

/* The stream */

static enum status push(struct pg *pg, enum pg_pending what, int sent, struct error *error) {
    if (!sent) return pg_fail_connection(pg, error);
    assert(pg->pending_count < PG_PENDING_MAX);
    pg->pending[pg->pending_count++] = what;
    pg->synced = what == PG_SYNC;
    return OK;
}

void pg_sync(struct pg *pg) {
    if (pg->connection && !pg->synced) (void)!push(pg, PG_SYNC, PQpipelineSync(pg->connection), NULL);
}

void pg_flush(struct pg *pg) {
    pg_sync(pg);
    if (pg->connection) (void)PQflush(pg->connection);
}

static enum status make_room(struct pg *pg, struct error *error) {
    if (!pg->connection) return error_set(error, UNAVAILABLE, "the connection to %s is lost", pg->place);
    return pg->pending_count < PG_PENDING_MAX - PENDING_ROOM ? OK : pg_receive(pg, NULL, error);
}

enum status pg_send(struct pg *pg, const char *sql, enum pg_pending what, struct error *error) {
    enum status status = make_room(pg, error);
    if (status != OK) return status;
    return push(pg, what, PQsendQueryParams(pg->connection, sql, 0, NULL, NULL, NULL, NULL, 1), error);
}

enum status pg_send_statement(struct pg *pg, struct pg_statement *s, struct error *error) {
    enum status status = make_room(pg, error);
    if (status != OK) return status;
    int sent = PQsendQueryPrepared(pg->connection, s->name, s->count, s->values, s->lengths, s->formats, 1);
    return push(pg, PG_WANTED, sent, error);
}

/* One command's answer. */
static PGresult *read_one(PGconn *connection) {
    PGresult *result = PQgetResult(connection);
    for (PGresult *rest; result && (rest = PQgetResult(connection)); PQclear(rest)) continue;
    return result;
}

static bool is_bad(const PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_PIPELINE_ABORTED;
}

/* Of what went wrong, that counts which came first, and was not a mere consequence. */
static void keep_failure(PGresult **kept, PGresult *result) {
    if (*kept &&
        (PQresultStatus(*kept) != PGRES_PIPELINE_ABORTED || PQresultStatus(result) == PGRES_PIPELINE_ABORTED)) {
        PQclear(result);
        return;
    }
    PQclear(*kept);
    *kept = result;
}

/* Reads all that is pending. False: the connection is of no use any more. */
static bool read_all(struct pg *pg, PGresult **last, PGresult **failed) {
    for (int i = 0; i < pg->pending_count; i++) {
        bool is_sync = pg->pending[i] == PG_SYNC;
        PGresult *result = is_sync ? PQgetResult(pg->connection) : read_one(pg->connection);
        if (!result || (PQresultStatus(result) == PGRES_PIPELINE_SYNC) != is_sync) {
            keep_failure(failed, result);
            return false;
        }
        if (is_sync) {
            PQclear(result);
        } else if (is_bad(result) && pg->pending[i] == PG_WANTED) {
            keep_failure(failed, result);
        } else {
            PQclear(*last);
            *last = result;
        }
    }
    return PQstatus(pg->connection) == CONNECTION_OK;
}

enum status pg_receive(struct pg *pg, PGresult **out, struct error *error) {
    if (!pg->connection) return error_set(error, UNAVAILABLE, "the connection to %s is lost", pg->place);
    pg_sync(pg);
    PGresult *last = NULL, *failed = NULL;
    enum status status = OK;
    if (!pg->connection || !read_all(pg, &last, &failed)) {
        status = failed && PQresultErrorField(failed, PG_DIAG_SQLSTATE) ? pg_fail_result(pg, failed, error)
                                                                        : pg_fail_connection(pg, error);
        pg_lost(pg);
        pg->retry = true;
    } else if (failed) {
        pg->pending_count = pg->unread = 0;
        status = pg_fail_result(pg, failed, error);
    } else {
        pg->pending_count = pg->unread = 0;
        pg->fresh = false;
    }
    PQclear(failed);
    if (status == OK && out)
        *out = last;
    else
        PQclear(last);
    return status;
}

enum status pg_run(struct pg *pg, const char *sql, PGresult **out, struct error *error) {
    enum status status = pg_send(pg, sql, PG_WANTED, error);
    return status == OK ? pg_receive(pg, out, error) : status;
}

enum status pg_run_int(struct pg *pg, const char *sql, int64_t *out, struct error *error) {
    PGresult *result = NULL;
    enum status status = pg_run(pg, sql, &result, error);
    if (status == OK) *out = PQntuples(result) ? pg_value_int(result, 0, 0) : 0;
    PQclear(result);
    return status;
}

/* Making it */

static const char *option(const PQconninfoOption *options, const char *keyword) {
    for (; options->keyword; options++)
        if (strcmp(options->keyword, keyword) == 0) return options->val;
    return NULL;
}

/* Where it is, in words, from what the address says; never its password. */
static void name_place(struct db *db, const PQconninfoOption *options) {
    const char *name = option(options, "dbname");
    const char *host = option(options, "host");
    const char *port = option(options, "port");
    if (!host) host = option(options, "hostaddr");
    slice place = arena_format(db->arena, "database %s at %s%s%s", name ? name : "(unnamed)", host ? host : "localhost",
                               port ? ":" : "", port ? port : "");
    pg_of(db)->place = place.p;
}

static int fill_keywords(struct db *db, const PQconninfoOption *options, const char **keywords, const char **values) {
    int n = 0;
    for (const PQconninfoOption *o = options; o->keyword && n < KEYWORDS_MAX - (int)ARRAY_COUNT(USUAL) - 2; o++) {
        if (!o->val) continue;
        keywords[n] = o->keyword;
        values[n++] = o->val;
    }
    for (size_t i = 0; i < ARRAY_COUNT(USUAL); i++) {
        if (option(options, USUAL[i].keyword)) continue;
        keywords[n] = USUAL[i].keyword;
        values[n++] = USUAL[i].value;
    }
    /* Of several servers the one that takes writes: a standby would show readers what was. */
    const char *host = option(options, "host");
    bool several = host && strchr(host, ',');
    if ((db->mode != DB_READ || several) && !option(options, "target_session_attrs")) {
        keywords[n] = "target_session_attrs";
        values[n++] = "read-write";
    }
    keywords[n] = values[n] = NULL;
    return n;
}

static void keep_silent(void *ctx, const PGresult *notice) { (void)ctx, (void)notice; }

static enum status open_connection(struct db *db, struct error *error) {
    struct pg *pg = pg_of(db);
    const char *keywords[KEYWORDS_MAX], *values[KEYWORDS_MAX];
    PQconninfoOption *options = PQconninfoParse(pg->url, NULL);
    if (!options)
        return error_set(error, INVALID, "store: not a connection address such as postgresql://USER@HOST/DATABASE");
    if (!pg->place) name_place(db, options);
    fill_keywords(db, options, keywords, values);
    PGconn *connection = PQconnectdbParams(keywords, values, 0);
    PQconninfoFree(options);
    enum status status = OK;
    if (PQstatus(connection) == CONNECTION_OK) {
        pg->connection = connection;
        PQsetNoticeReceiver(connection, keep_silent, NULL);
        return OK;
    }
    if (pg->opened) {
        slice said = slice_trim(slice_of(PQerrorMessage(connection)));
        status =
            error_set(error, UNAVAILABLE, "%s cannot be reached: %.*s", pg->place, SLICE_FMT(slice_cut(&said, '\n')));
    } else {
        status = pg_fail_opening(pg, connection, error);
    }
    PQfinish(connection);
    return status;
}

static enum status check_server(struct pg *pg, struct error *error) {
    int version = PQserverVersion(pg->connection);
    if (version < OLDEST_SERVER)
        return error_set(error, UNAVAILABLE, "%s runs PostgreSQL %d: 15 or later is needed", pg->place,
                         version / 10000);
    const char *encoding = PQparameterStatus(pg->connection, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return error_set(error, UNAVAILABLE, "%s is encoded as %s: UTF8 is needed", pg->place,
                         encoding ? encoding : "something unknown");
    return OK;
}

/* Times in milliseconds. What is read or written for readers is short; a migration, a check or an import may take long. A
   server's write transaction is never idle for more than moments: when it is, its node is gone, or cut off, and the
   others wait for what it has locked. No statement is worth being compiled: those over many partitions look costly to the
   planner, and compiling them takes seconds where running them takes milliseconds. Nor to be planned more than once for
   each connection: with all partitions and their indexes that costs more than to run it. That plan has to be right before
   the tables have grown, too, and nothing short reads a table from end to end: it goes by an index, row by row. */
static enum status set_up(struct db *db, struct error *error) {
    struct pg *pg = pg_of(db);
    bool is_long = db->mode == DB_MIGRATE || db->mode == DB_WRITE_ALONE || db->mode == DB_COPY;
    const char *const settings[] = {
        "SET client_min_messages = warning",
        "SET jit = off",
        is_long ? "SET statement_timeout = 0" : "SET statement_timeout = 30000",
        "SET lock_timeout = 10000",
        is_long                ? "SET idle_in_transaction_session_timeout = 0"
        : db->mode == DB_SERVE ? "SET idle_in_transaction_session_timeout = 3000"
                               : "SET idle_in_transaction_session_timeout = 60000",
        is_long ? NULL : "SET plan_cache_mode = force_generic_plan",
        is_long ? NULL : "SET enable_seqscan = off",
        is_long ? NULL : "SET enable_hashjoin = off",
        is_long ? NULL : "SET enable_mergejoin = off",
        "SET tcp_keepalives_idle = 5",
        "SET tcp_keepalives_interval = 2",
        "SET tcp_keepalives_count = 2",
        db->mode == DB_READ ? "SET default_transaction_read_only = on" : NULL,
    };
    if (PQenterPipelineMode(pg->connection) != 1) return pg_fail_connection(pg, error);
    enum status status = OK;
    for (size_t i = 0; i < ARRAY_COUNT(settings) && status == OK; i++)
        if (settings[i]) status = pg_send(pg, settings[i], PG_WANTED, error);
    return status == OK ? pg_receive(pg, NULL, error) : status;
}

enum status pg_connect(struct db *db, struct error *error) {
    struct pg *pg = pg_of(db);
    enum status status = open_connection(db, error);
    if (status == OK) status = check_server(pg, error);
    if (status == OK) status = set_up(db, error);
    if (status != OK) pg_disconnect(pg);
    return status;
}

/* A little by chance, so that many nodes do not all come at once. */
static int64_t backoff_ms(int failures) {
    int64_t most = failures > 6 ? BACKOFF_MAX_MS : (int64_t)BACKOFF_FIRST_MS << failures;
    uint16_t chance;
    crypto_random(&chance, sizeof chance);
    if (most > BACKOFF_MAX_MS) most = BACKOFF_MAX_MS;
    return most / 2 + most * chance / (2 * UINT16_MAX);
}

enum status pg_ensure(struct db *db, struct error *error) {
    struct pg *pg = pg_of(db);
    if (pg->connection && PQstatus(pg->connection) == CONNECTION_OK) return OK;
    pg_lost(pg);
    if (clock_monotonic_ms() < pg->next_try_ms)
        return error_set(error, UNAVAILABLE, "%s is away; it is tried again soon", pg->place);
    enum status status = pg_connect(db, error);
    if (status == OK) status = pg_take_session_lock(db, error);
    if (status == OK) status = pg_prepare_again(db, error);
    pg->failures = status == OK ? 0 : pg->failures + 1;
    if (status == OK) return OK;
    pg_disconnect(pg);
    pg->next_try_ms = clock_monotonic_ms() + backoff_ms(pg->failures);
    return status;
}
