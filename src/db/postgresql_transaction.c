/* Transactions. Each command but COMMIT goes out with what follows it; see postgresql.h. */
#include "db/postgresql.h"

#include <stdio.h>
#include <string.h>

static enum status begin(struct db *db, bool reads_only, struct error *error) {
    struct pg *pg = pg_of(db);
    enum status status = pg_ensure(db, error);
    if (status == OK)
        status =
            pg_send(pg, reads_only ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN", PG_WANTED, error);
    if (status != OK) return status;
    pg->in_transaction = pg->fresh = true;
    pg->reads_only = reads_only;
    pg->abandoned = pg->retry = false;
    pg->transaction++;
    return OK;
}

/* A transaction in which something failed is rolled back by COMMIT, which says so and calls it no error. */
static enum status commit(struct pg *pg, struct error *error) {
    PGresult *result = NULL;
    enum status status = pg_send(pg, "COMMIT", PG_WANTED, error);
    if (status == OK) status = pg_receive(pg, &result, error);
    bool committed = status == OK && strcmp(PQcmdStatus(result), "COMMIT") == 0;
    PQclear(result);
    pg->in_transaction = pg->in_transaction && status != OK && pg->connection;
    if (status == OK && !committed)
        return error_set(error, UNAVAILABLE, "the database has thrown the transaction away after an error");
    return status;
}

/* What has been sent, and not answered, does not matter any more. */
static void ignore_pending(struct pg *pg) {
    for (int i = 0; i < pg->pending_count; i++)
        if (pg->pending[i] == PG_WANTED) pg->pending[i] = PG_IGNORED;
    pg->unread = 0;
}

static enum status rollback(struct pg *pg) {
    pg->in_transaction = false;
    ignore_pending(pg);
    pg_sync(pg);
    struct error error = {0};
    if (pg->connection && pg_send(pg, "ROLLBACK", PG_IGNORED, &error) != OK)
        return OK; /* it ends with the connection */
    pg_flush(pg);
    return OK;
}

/* Behind a sync: an error of what is undone must not keep the undoing from being done. */
static enum status undo(struct pg *pg, struct error *error) {
    bool retry = pg->retry;
    ignore_pending(pg);
    pg_sync(pg);
    enum status status = pg_send(pg, "ROLLBACK TO job", PG_WANTED, error);
    pg->retry = retry;
    return status;
}

static enum status keep(struct pg *pg, struct error *error) {
    enum status status = pg_send(pg, "RELEASE job", PG_WANTED, error);
    return status == OK && pg->unread > 0 ? pg_receive(pg, NULL, error) : status;
}

enum status pg_control(struct db *db, enum db_control control, struct error *error) {
    struct pg *pg = pg_of(db);
    switch (control) {
    case CONTROL_BEGIN_READ: return begin(db, true, error);
    case CONTROL_BEGIN_WRITE: return begin(db, false, error);
    case CONTROL_COMMIT: return commit(pg, error);
    case CONTROL_ROLLBACK: return rollback(pg);
    case CONTROL_SAVEPOINT: pg->retry = false; return pg_send(pg, "SAVEPOINT job", PG_WANTED, error);
    case CONTROL_SAVEPOINT_KEEP: return keep(pg, error);
    case CONTROL_SAVEPOINT_UNDO: return undo(pg, error);
    case CONTROL_COUNT: break;
    }
    return INTERNAL;
}

/* What ran out of time has spoilt the transaction, but for what stands before the savepoint; going back to that takes the
   setting back as well. */
enum status pg_bound(struct db *db, int work_ms, struct error *error) {
    struct pg *pg = pg_of(db);
    enum status status = OK;
    if (work_ms == 0) {
        bool retry = pg->retry;
        if (!pg->in_transaction) return OK;
        ignore_pending(pg);
        pg_sync(pg);
        status = pg_send(pg, "ROLLBACK TO bound", PG_WANTED, error);
        if (status == OK) status = pg_send(pg, "RELEASE bound", PG_WANTED, error);
        pg->retry = retry;
        return status;
    }
    char setting[64];
    (void)snprintf(setting, sizeof setting, "SET LOCAL statement_timeout = %d", 2 * work_ms);
    if (pg->unread > 0) status = pg_receive(pg, NULL, error);
    if (status == OK) status = pg_send(pg, "SAVEPOINT bound", PG_WANTED, error);
    return status == OK ? pg_send(pg, setting, PG_WANTED, error) : status;
}

enum status pg_announce(struct db *db, slice text, struct error *error) {
    struct pg *pg = pg_of(db);
    const char *values[] = {text.p};
    int lengths[] = {(int)text.n}, formats[] = {1};
    Oid types[] = {PG_TEXT};
    if (!pg->connection || pg->pending_count > PG_PENDING_MAX / 2) {
        enum status status = pg_receive(pg, NULL, error);
        if (status != OK) return status;
    }
    if (!PQsendQueryParams(pg->connection, "SELECT pg_notify('palabre', $1)", 1, types, values, lengths, formats, 1))
        return pg_fail_connection(pg, error);
    pg->pending[pg->pending_count++] = PG_WANTED;
    pg->synced = false;
    return OK;
}
