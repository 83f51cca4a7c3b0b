/* What an engine gives to db.c: the inside of this room. Callers of src/db never include it.
   db.c owns names, modes, and the nesting of transactions; an engine knows its library, its dialect and its files. */
#ifndef PALABRE_DB_ENGINE_H
#define PALABRE_DB_ENGINE_H

#include "base/embedded.h"
#include "db/db.h"

/* Names of a statement's parameters or columns, looked up by the address of a literal first: see names_find in db.c. */
struct db_names {
    const char **names; /* ours; in the connection's arena */
    const char **seen;  /* the literal that was last found to mean names[i], or NULL */
    int count;
    int next; /* where the next look-up starts: callers go through names in order */
};

struct db_rows {
    struct db *db;
    void *statement; /* the engine's; NULL: a write, on a connection that only reads, or not prepared (yet) */
    enum db_statement which;
    struct db_names parameters, columns;
    uint64_t bound; /* one bit for each parameter bound since db_use */
    bool started;   /* stepped since db_use, and not reset */
    bool on_row;
    void *many;    /* the engine's, of db_run_rows: the same for DB_ROWS_AT_ONCE rows; NULL: not prepared */
    bool together; /* it is that which is used */
    int row;       /* for which values are bound */
};

enum { DB_ROWS_AT_ONCE = 64 };

struct db {
    const struct db_engine *engine;
    void *connection; /* the engine's */
    enum db_mode mode;
    struct arena *arena; /* lives as long as the connection */
    int read_depth;
    bool locked;          /* db_lock was called in this transaction */
    bool prepared;        /* every statement is */
    bool read_began;      /* the outermost db_read_begin opened a transaction of its own */
    struct db_rows *rows; /* DB_STATEMENT_COUNT */
    struct error failed;  /* of the latest statement that could not be prepared when it was used */
    int64_t memo[DB_MEMO_BYTES / sizeof(int64_t)];
};

enum db_control {
    CONTROL_BEGIN_READ,
    CONTROL_BEGIN_WRITE,
    CONTROL_COMMIT,
    CONTROL_ROLLBACK,
    CONTROL_SAVEPOINT,
    CONTROL_SAVEPOINT_KEEP,
    CONTROL_SAVEPOINT_UNDO,
    CONTROL_COUNT
};

/* How the log is carried over into the database (checkpoint.h). */
enum db_log_carry {
    LOG_CARRY_BESIDE,  /* as much as nobody needs, without keeping anybody waiting */
    LOG_CARRY_RESTART, /* all of it, while who writes waits; the next commit starts the log again from its beginning */
    LOG_CARRY_CUT      /* the same, and the file becomes empty */
};
struct db_log_state {
    int64_t size, carried; /* bytes of the log, and how many of them the database has; equal: all */
};

struct db_engine {
    slice name;
    bool many_writers;  /* several connections may write at once, of several processes: see db_lock */
    bool prepares_late; /* a connection that reads prepares a statement when it is first used */
    const struct embedded_file *migrations; /* sorted by path: NNNN_what.sql, from 0001, without gaps */
    const size_t *migration_count;

    /* Sets db->connection (also when it fails half-way: close follows). Refuses what is not a database of ours.
       Migrates nothing, prepares nothing. */
    enum status (*open)(struct db *db, slice address, struct error *error);
    void (*close)(struct db *db);

    /* Makes rows->statement, and both lists of names, from SQL with :named parameters. On DB_READ a writing statement
       gives OK and no statement. */
    enum status (*prepare)(struct db *db, struct db_rows *rows, const char *sql, struct error *error);
    /* After the last `prepare`; NULL: there is nothing left to do. */
    enum status (*prepared)(struct db *db, struct error *error);
    /* Makes rows->many of the same SQL; NULL: the engine gains nothing by it. Values of row k are bound from
       k × parameters.count on. */
    enum status (*prepare_many)(struct db_rows *rows, const char *sql, struct error *error);
    void (*unprepare)(struct db_rows *rows); /* both */
    void (*reset)(struct db_rows *rows);     /* ends the run, forgets what was bound */
    /* Index: from 0. The bytes stay the caller's until reset. */
    void (*bind_int)(struct db_rows *rows, int index, int64_t value);
    void (*bind_text)(struct db_rows *rows, int index, slice value);
    void (*bind_blob)(struct db_rows *rows, int index, slice value);
    void (*bind_null)(struct db_rows *rows, int index);
    enum status (*step)(struct db_rows *rows, struct error *error); /* OK: a row; NOT_FOUND: the end, locks released */
    /* As step to the end, for a statement whose result nobody reads; NULL: then it is. See db_run_later. */
    enum status (*run_later)(struct db_rows *rows, struct error *error);
    int64_t (*changed)(struct db *db); /* rows, by the last writing statement */
    /* Rows written by this connection, ever: the same before and after, nothing was written. NULL: the engine cannot say. */
    int64_t (*written)(struct db *db);
    int64_t (*last_id)(struct db *db);
    int64_t (*column_int)(struct db_rows *rows, int index);
    slice (*column_text)(struct db_rows *rows, int index); /* borrowed until the next step */
    slice (*column_blob)(struct db_rows *rows, int index); /* the same */
    bool (*column_is_null)(struct db_rows *rows, int index);

    enum status (*control)(struct db *db, enum db_control control, struct error *error);
    bool (*in_transaction)(struct db *db);
    /* See db_bound_begin; 0: its end. */
    enum status (*bound)(struct db *db, int work_ms, struct error *error);
    bool (*may_retry)(struct db *db); /* see db__may_retry; NULL: never */
    /* NULL: no other process could listen. */
    enum status (*announce)(struct db *db, slice text, struct error *error);

    enum status (*schema_version)(struct db *db, int64_t *version, struct error *error);
    /* Keeps every other process's migrations and exclusive writers out until migrate_end. BUSY. */
    enum status (*migrate_begin)(struct db *db, struct error *error);
    /* One migration and its number, in one transaction; OK and nothing done when the database has it already. */
    enum status (*migrate_apply)(struct db *db, int64_t version, const char *sql, struct error *error);
    void (*migrate_end)(struct db *db);

    /* Both NULL in an engine that keeps no log of this kind. log_watch: from now on commits carry nothing over, and tell
       the size of the log, in bytes, on the committing thread (which must not use the connection then); NULL: as before. */
    void (*log_watch)(struct db *db, void (*committed)(void *ctx, int64_t size), void *ctx);
    /* Outside a transaction. BUSY when a reader or a writer stood in the way longer than patience_ms, though part may be
       carried. */
    enum status (*log_carry)(struct db *db, enum db_log_carry how, int patience_ms, struct db_log_state *out,
                             struct error *error);

    /* All NULL in an engine that gains nothing by it. db_fill_begin: before its transaction, in it; db_fill_commit: before
       its commit; whatever became of it, after its end. */
    void (*fill_enter)(struct db *db);
    enum status (*fill_begin)(struct db *db, struct error *error);
    enum status (*fill_end)(struct db *db, struct error *error);
    void (*fill_leave)(struct db *db);

    enum status (*check)(struct db *db, void (*fault)(void *ctx, slice line), void *ctx, struct error *error);
};

extern const struct db_engine db__sqlite, db__postgresql;

/* For error_set; with the database's place. */
#define DB_UNFINISHED "%s holds an unfinished copy: run the same `palabre copy` again, which finishes it"

const char *db__statement_name(enum db_statement statement); /* "ARTICLE_GET"; static */
bool db__statement_is_long(enum db_statement statement);     /* STATEMENT_EACH: as many rows as the table has */
/* What the engine wants done now and then, by whoever serves; outside a transaction. What fails is done next time. */
void db__tend(struct db *db);
/* The job that failed last may succeed when it is run again: another connection stood in its way, or ours was lost. */
bool db__may_retry(struct db *db);
/* False when an error has made the engine throw the whole transaction away. */
bool db__in_transaction(struct db *db);

#endif
