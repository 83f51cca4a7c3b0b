/* Preparing every statement, all of them in one stream.

   A parameter's type is what the server makes of its place; but where it makes a small integer (of `:body = 1`), the
   statement is prepared again with a large one: our integers have 64 bits wherever they stand. */
#include "db/postgresql.h"

#include <stdio.h>

static struct pg_statement *statement_of(struct db *db, int i) { return (struct pg_statement *)db->rows[i].statement; }

static bool is_small(Oid type) { return type == PG_INT4 || type == PG_INT2; }

static bool widen(struct pg_statement *s) {
    bool any = false;
    for (int i = 0; i < s->count; i++) {
        if (!is_small(s->types[i])) continue;
        s->types[i] = PG_INT8;
        any = true;
    }
    return any;
}

/* Each ends with a sync of its own, so that a wrong one takes no other with it. */
static bool send_prepare(struct pg *pg, struct pg_statement *s, bool again) {
    if (again) {
        char sql[96];
        snprintf(sql, sizeof sql, "DEALLOCATE \"%s\"", s->name);
        if (!PQsendQueryParams(pg->connection, sql, 0, NULL, NULL, NULL, NULL, 0)) return false;
    }
    return PQsendPrepare(pg->connection, s->name, s->sql, s->count, s->types) &&
           PQsendDescribePrepared(pg->connection, s->name) && PQpipelineSync(pg->connection);
}

static void read_names(struct db *db, struct db_rows *rows, const PGresult *result) {
    struct pg_statement *s = (struct pg_statement *)rows->statement;
    for (int i = 0; i < s->count; i++) s->types[i] = PQparamtype(result, i);
    if (rows->columns.names) return;
    int count = PQnfields(result);
    rows->columns.count = count;
    rows->columns.names = ARENA_ARRAY(db->arena, (size_t)count, const char *);
    rows->columns.seen = ARENA_ARRAY(db->arena, (size_t)count, const char *);
    for (int i = 0; i < count; i++) rows->columns.names[i] = arena_copy(db->arena, slice_of(PQfname(result, i))).p;
}

/* The answers to one send_prepare. */
static enum status read_prepare(struct db *db, struct db_rows *rows, int commands, struct error *error) {
    struct pg *pg = pg_of(db);
    enum status status = OK;
    for (int i = 0; i < commands; i++) {
        PGresult *result = PQgetResult(pg->connection);
        ExecStatusType is = PQresultStatus(result);
        if (!result) status = pg_fail_connection(pg, error);
        if (result && is != PGRES_COMMAND_OK && status == OK) status = pg_fail_result(pg, result, error);
        if (result && is == PGRES_COMMAND_OK && i == commands - 1) read_names(db, rows, result);
        PQclear(result);
        if (!pg->connection) return status;
        PQclear(PQgetResult(pg->connection)); /* the NULL between two commands */
    }
    PQclear(PQgetResult(pg->connection)); /* the sync */
    return status;
}

/* wanted: by index. */
static enum status prepare_some(struct db *db, const bool *wanted, bool again, struct error *error) {
    struct pg *pg = pg_of(db);
    for (int i = 0; i < DB_STATEMENT_COUNT; i++)
        if (wanted[i] && !send_prepare(pg, statement_of(db, i), again)) return pg_fail_connection(pg, error);
    enum status first = OK;
    int wrong = 0;
    for (int i = 0; i < DB_STATEMENT_COUNT && pg->connection; i++) {
        if (!wanted[i]) continue;
        struct error own = {0};
        enum status status = read_prepare(db, &db->rows[i], again ? 3 : 2, &own);
        if (status == OK || wrong++ > 0) continue;
        first = status;
        if (error) *error = own;
        error_prefix(error, "statement %s", db__statement_name((enum db_statement)i));
    }
    if (wrong > 1) error_prefix(error, "%d statements are wrong, the first", wrong);
    return first;
}

static enum status prepare_known(struct db *db, struct error *error) {
    bool wanted[DB_STATEMENT_COUNT];
    for (int i = 0; i < DB_STATEMENT_COUNT; i++) wanted[i] = db->rows[i].statement != NULL;
    return prepare_some(db, wanted, false, error);
}

enum status pg_prepare_all(struct db *db, struct error *error) {
    enum status status = prepare_known(db, error);
    if (status != OK) return status;
    bool wanted[DB_STATEMENT_COUNT];
    for (int i = 0; i < DB_STATEMENT_COUNT; i++) wanted[i] = db->rows[i].statement && widen(statement_of(db, i));
    status = prepare_some(db, wanted, true, error);
    if (status == OK) pg_of(db)->opened = true;
    return status;
}

/* The types are known by now. */
enum status pg_prepare_again(struct db *db, struct error *error) {
    return pg_of(db)->opened ? prepare_known(db, error) : OK;
}
