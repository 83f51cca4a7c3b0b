/* The inside of the PostgreSQL engine: its connection in pipeline mode, and its statements. Only src/db/postgresql*.c
   include it.

   What nobody waits for (BEGIN, SAVEPOINT, RELEASE, writes whose result is not read) is only put into the stream, and goes
   out with the next statement whose result somebody does wait for: one round trip for all of them. An error of such a
   one is told then; at the latest when the savepoint is kept, or the transaction committed. */
#ifndef PALABRE_DB_POSTGRESQL_H
#define PALABRE_DB_POSTGRESQL_H

#include "db/engine.h"

#include <libpq-fe.h>

/* pg_type.dat's numbers, which are part of the protocol and do not change. */
enum {
    PG_BOOL = 16,
    PG_BYTEA = 17,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_FLOAT4 = 700,
    PG_FLOAT8 = 701,
    PG_VARCHAR = 1043,
    PG_NUMERIC = 1700
};

enum { PG_PENDING_MAX = 256 };

/* What stands in the stream, its answer not read yet. */
enum pg_pending { PG_WANTED, PG_IGNORED, PG_SYNC };

struct pg {
    PGconn *connection; /* NULL: none */
    const char *url;
    const char *place; /* "DATABASE at HOST:PORT", for messages; without secrets */
    bool opened;       /* statements are known: a new connection prepares them again */

    enum pg_pending pending[PG_PENDING_MAX];
    int pending_count;
    int unread; /* writes among them whose error their savepoint must tell */
    bool synced;

    bool in_transaction, reads_only; /* the transaction's */
    bool fresh;                      /* nothing of the transaction has been answered yet */
    bool abandoned;                  /* a write transaction was lost: nothing may be written before the next begins */
    bool retry;                      /* the last error means: the same again may succeed */
    uint64_t transaction;            /* counts them */
    bool serves, alone;              /* locks of the session: see postgresql_schema.c */
    int64_t partitions_at_ms;        /* monotonic: when the journal's partitions were last looked at; 0: never */

    int64_t changed, last_id;
    int64_t next_try_ms; /* monotonic: no new connection is tried before */
    int failures;        /* in a row */
};

struct pg_statement {
    const char *name, *sql; /* $n instead of :names */
    bool writes, inserts;
    int count;
    Oid *types;
    const char **values;
    int *lengths, *formats;
    char (*numbers)[24]; /* where integers stand */

    PGresult *result; /* the run's; NULL: none yet */
    int row;
    bool ran;
    bool cursor, own_transaction; /* rows come through a cursor; its transaction was begun for it */
    uint64_t transaction;         /* the cursor's */
};

static inline struct pg *pg_of(struct db *db) { return (struct pg *)db->connection; }

/* postgresql_text.c: `:name` to $n (strings, quoted names, comments and casts are left alone); the same name, the same
   number. names has room for 64. NULL: more than that. */
const char *pg_number_parameters(struct arena *arena, const char *sql, const char **names, int *count);
bool pg_is_writing(const char *sql);

/* postgresql_error.c. */
enum status pg_fail_result(struct pg *pg, const PGresult *result, struct error *error);
/* What the connection itself says; it is lost afterwards. */
enum status pg_fail_connection(struct pg *pg, struct error *error);
/* Of a connection that could not be made. state: the five letters, where the server said them. */
enum status pg_fail_opening(struct pg *pg, PGconn *connection, struct error *error);

/* postgresql_pipe.c. pg_connect makes a new connection, and sets it up for the mode. */
enum status pg_connect(struct db *db, struct error *error);
void pg_disconnect(struct pg *pg);
/* A connection that is there, or a new one, unless one was tried a moment ago. */
enum status pg_ensure(struct db *db, struct error *error);

/* Put into the stream. wanted: PG_IGNORED for what may fail. */
enum status pg_send(struct pg *pg, const char *sql, enum pg_pending wanted, struct error *error);
enum status pg_send_statement(struct pg *pg, struct pg_statement *s, struct error *error);
/* Sends all, reads all: the first error among them, else the last one's result in *out (may be NULL; the caller's). */
enum status pg_receive(struct pg *pg, PGresult **out, struct error *error);
/* One command with its answer: pg_send and pg_receive. */
enum status pg_run(struct pg *pg, const char *sql, PGresult **out, struct error *error);
enum status pg_run_int(struct pg *pg, const char *sql, int64_t *out, struct error *error);
void pg_sync(struct pg *pg); /* ends the group of commands; asks for no answer yet */
void pg_lost(struct pg *pg); /* the connection is of no use any more */
/* What has been sent goes out; its answers are not waited for. */
void pg_flush(struct pg *pg);

/* postgresql_prepare.c: every statement that the mode may use, all in two round trips. */
enum status pg_prepare_all(struct db *db, struct error *error);
enum status pg_prepare_again(struct db *db, struct error *error);

/* postgresql_transaction.c. */
enum status pg_control(struct db *db, enum db_control control, struct error *error);
enum status pg_bound(struct db *db, int work_ms, struct error *error);
enum status pg_announce(struct db *db, slice text, struct error *error);

/* postgresql_schema.c. pg_check_identity: refuses what is no database of ours. */
enum status pg_check_identity(struct db *db, struct error *error);
enum status pg_take_session_lock(struct db *db, struct error *error);
enum status pg_schema_version(struct db *db, int64_t *version, struct error *error);
enum status pg_migrate_begin(struct db *db, struct error *error);
enum status pg_migrate_apply(struct db *db, int64_t version, const char *sql, struct error *error);
void pg_migrate_end(struct db *db);
enum status pg_check(struct db *db, void (*fault)(void *ctx, slice line), void *ctx, struct error *error);

int64_t pg_value_int(const PGresult *result, int row, int column);

#endif
