/* The one door to the database: statements by name, values bound by name, columns read by name.
   Two engines stand behind this header; nothing above it knows which. Only src/db holds SQL: every statement is a line
   of src/db/sql/(name).def, prepared on every connection when it is opened, so that a wrong one is found at start; but
   connections that only read from SQLite prepare one when they first use it, and keep little memory. One text serves both
   engines; STATEMENT2 has two, for what neither says in the other's words. STATEMENT_EACH: as many rows as the table has;
   they are fetched some hundreds at a time.

   A connection belongs to one thread at a time. Statements of a connection are reused: finish one (db_finish, or step
   it to its end) before you use the same name again; different names may be open at once.
   Names of parameters and columns are string literals (they are found by address first). A name that the statement does
   not have, a parameter left unbound, a column read when there is no row, a write on a reading connection: assertions.

   struct db_rows *rows = db_use(db, DB_ARTICLE_GET);
   db_bind_int(rows, "id", id.v);
   enum status status = db_step(rows, error);   OK: a row; NOT_FOUND: no (more) row; else an error
   out->headline = db_text(rows, "headline", arena);
   db_finish(rows); */
#ifndef PALABRE_DB_DB_H
#define PALABRE_DB_DB_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

struct db;
struct db_rows;

enum db_statement {
#define STATEMENT(name, sql) DB_##name,
#define STATEMENT2(name, sqlite, postgresql) DB_##name,
#define STATEMENT_EACH(name, sql) DB_##name,
#include "db/sql/all.def"
#undef STATEMENT
#undef STATEMENT2
#undef STATEMENT_EACH
    DB_STATEMENT_COUNT
};

enum db_mode {
    DB_READ,        /* an authorizer refuses every write */
    DB_WRITE,       /* writers of several processes wait for each other (some seconds, then BUSY) */
    DB_SERVE,       /* as DB_WRITE, of a server: SQLite takes one, PostgreSQL as many as there are nodes; none beside a
                       DB_WRITE_ALONE. BUSY */
    DB_WRITE_ALONE, /* as DB_WRITE, and no server nor second one in any process: `import`. BUSY when there is one */
    DB_MIGRATE,     /* as DB_WRITE, but opens any schema version and prepares nothing */
    DB_COPY         /* as DB_WRITE_ALONE and DB_MIGRATE, and an unfinished copy, too, which nobody else opens: copy.h */
};

/* location: "sqlite:PATH/palabre.db" (or a bare path), or "postgresql://USER@HOST/DATABASE" as libpq takes it (several
   hosts, too). A connection to a server that was lost is made again at the next use, at most every few seconds; what was
   under way is UNAVAILABLE. Fails with INVALID when the schema is newer than the program (on
   DB_READ: or older), NOT_FOUND when there is no database and mode is DB_READ, UNAVAILABLE when it cannot be opened or is
   no database of ours, FORBIDDEN when the server refuses the user or the password, BUSY when another process stands in
   the way. DB_WRITE, DB_SERVE and DB_WRITE_ALONE create (SQLite's file: mode 0600; PostgreSQL's database must be there)
   and migrate; the folder must be there. With SQLite the lock of both is a file beside the database, PATH.lock. */
enum status db_open(slice location, enum db_mode mode, struct db **out, struct error *error) MUST_USE;
void db_close(struct db *db); /* NULL is fine */
/* Prepares what was not yet: for tests, and for whoever wants to know now that all of it fits this database. Outside a
   transaction, nothing in use. */
enum status db_prepare_all(struct db *db, struct error *error) MUST_USE;

struct db_rows *db_use(struct db *db, enum db_statement statement); /* borrowed; reset, nothing bound */
void db_bind_int(struct db_rows *rows, const char *name, int64_t value);
void db_bind_bool(struct db_rows *rows, const char *name, bool value);
void db_bind_text(struct db_rows *rows, const char *name,
                  slice value); /* value must live until db_finish; never NULL */
void db_bind_blob(struct db_rows *rows, const char *name, slice value); /* the same; p NULL binds NULL */
void db_bind_null(struct db_rows *rows, const char *name);
void db_bind_id(struct db_rows *rows, const char *name, int64_t id); /* 0 binds NULL */
enum status db_step(struct db_rows *rows, struct error *error) MUST_USE;
void db_finish(struct db_rows *rows);    /* resets; fine twice */
void db_finish_p(struct db_rows **rows); /* for CLEANUP */

int64_t db_int(struct db_rows *rows, const char *column); /* 0 for NULL */
bool db_bool(struct db_rows *rows, const char *column);
bool db_is_null(struct db_rows *rows, const char *column);
slice db_text(struct db_rows *rows, const char *column, struct arena *arena); /* copied; empty for NULL */
slice db_blob(struct db_rows *rows, const char *column, struct arena *arena); /* copied; p NULL for NULL */
slice db_text_peek(struct db_rows *rows, const char *column); /* borrowed until the next step or finish */
slice db_blob_peek(struct db_rows *rows, const char *column); /* the same; p NULL for NULL */

/* Runs a statement whose rows, if any, nobody wants, and finishes it; *changed (may be NULL) = rows it changed.
   CONFLICT on a broken uniqueness (so does db_step, of an INSERT … RETURNING). */
enum status db_run(struct db_rows *rows, int64_t *changed, struct error *error) MUST_USE;
/* db_run for each of count rows of values, in this order: bind binds all parameters for row i. For an INSERT of one row,
   "… VALUES (…)" at its end: an engine may take many rows as one statement. What was bound stays the caller's until this
   returns. At the first error, which rows were kept is not known: the transaction must be undone. */
enum status db_run_rows(struct db_rows *rows, size_t count, void (*bind)(void *ctx, struct db_rows *rows, size_t i),
                        void *ctx, struct error *error) MUST_USE;
/* db_run, where nobody needs to know before the savepoint is kept, nor how many rows there were: where a question and
   its answer take time, it goes out with the next one. An error may be told by any later call on this connection, at the
   latest by db_savepoint_keep (or db_write_commit). */
enum status db_run_later(struct db_rows *rows, struct error *error) MUST_USE;
/* The id given by the last INSERT of one row on this connection; on PostgreSQL its statement says RETURNING id. */
int64_t db_last_id(struct db *db);

/* A snapshot for several reads. Nests (the outermost counts); inside a write transaction it only counts. */
enum status db_read_begin(struct db *db, struct error *error) MUST_USE;
void db_read_end(struct db *db);

/* Between these, in a transaction, a reading statement may do so much work, in milliseconds of one core, besides what its rows
   ask for; then it fails with BUSY, and the transaction can still be used. SQLite: by what it does, not by the clock;
   PostgreSQL: by the clock, twice as long. Not nested; db_bound_end after each db_bound_begin that gave OK, the statement
   finished. */
enum status db_bound_begin(struct db *db, int work_ms, struct error *error) MUST_USE;
void db_bound_end(struct db *db);

/* The write transaction and its savepoints (which nest): the writer's and the importers' only. */
enum status db_write_begin(struct db *db, struct error *error) MUST_USE;
enum status db_write_commit(struct db *db, struct error *error) MUST_USE; /* on the disk when it returns OK */
void db_write_rollback(struct db *db);
/* First in a job, before it reads what it decides upon: nobody else changes that discussion (id: the article's), or the
   site, until the transaction ends. On an engine with one writer it does nothing. In a
   transaction that holds such a lock already it never waits for another: BUSY, and the job is run again in a transaction
   of its own (the writer does that), so that two writers can never wait for each other. */
enum db_lock { DB_LOCK_DISCUSSION, DB_LOCK_SITE };
enum status db_lock(struct db *db, enum db_lock lock, int64_t id, struct error *error) MUST_USE;
/* Tells every process that listens (listen.h), once this transaction is committed. Where there is only one: nothing. */
enum { DB_ANNOUNCE_MAX = 7900 }; /* bytes; PostgreSQL's NOTIFY takes less than 8,000 */
enum status db_announce(struct db *db, slice text, struct error *error) MUST_USE;
enum status db_savepoint(struct db *db, struct error *error) MUST_USE;
enum status db_savepoint_keep(struct db *db, struct error *error) MUST_USE;
/* What cannot be undone alone takes the whole transaction with it: the next savepoint, and the commit, are UNAVAILABLE. */
void db_savepoint_undo(struct db *db);

/* The same three for a transaction of very many comments while their table has no row. The indices whose keys come in no
   order are taken away, and made before the commit, each from rows already sorted, which costs a fraction of keeping them
   row by row; what would look something up by one of them is slow meanwhile. And each page is written once, into the
   database, not into the log first: other processes are kept out until the end. Neither is anything less durable, nor a
   half of it ever seen: whoever next opens for writing what a crash has left undoes it first. On an engine that gains
   nothing by it they are as above. */
enum status db_fill_begin(struct db *db, struct error *error) MUST_USE;
enum status db_fill_commit(struct db *db, struct error *error) MUST_USE;
void db_fill_rollback(struct db *db);

/* DB_MEMO_BYTES of the caller's choice, all zero at first, and again whenever a write transaction begins or ends, or a
   part of it is undone: for what has been read or written in it and would have to be read again. One module's: journal. */
enum { DB_MEMO_BYTES = 64 };
void *db_memo(struct db *db);

/* Migrations. */
int64_t db_schema_version(struct db *db); /* of the database; 0: empty; -1: cannot be read */
int64_t db_schema_latest(void);           /* of this program */
/* Applies what is missing, each in a transaction; calls progress (may be NULL) with a line for each. Outside a
   transaction. BUSY while another process has the database with DB_WRITE_ALONE, INVALID as db_open. */
enum status db_migrate(struct db *db, void (*progress)(void *ctx, slice line), void *ctx, struct error *error) MUST_USE;

/* The engine's own integrity check and foreign keys. Calls fault with a line for each. INVALID when any. */
enum status db_check_engine(struct db *db, void (*fault)(void *ctx, slice line), void *ctx,
                            struct error *error) MUST_USE;
bool db_location_is_shared(slice location); /* the same of a database that is not open; false: it has no such engine */
bool db_is_shared(const struct db *db);     /* other processes may serve from the same database, now */
slice db_engine_name(const struct db *db);  /* "sqlite" | "postgresql" */

#endif
