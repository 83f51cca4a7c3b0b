#include "db/engine.h"

#include "base/memory.h"

#include <assert.h>
#include <string.h>

enum { CONNECTION_ARENA_BYTES = 4 * 1024 * 1024, PARAMETERS_MAX = 64 };

static const struct {
    const char *name, *sqlite, *postgresql;
    bool is_long;
} STATEMENTS[] = {
#define STATEMENT(name, sql) {#name, sql, NULL, false},
#define STATEMENT2(name, sqlite, postgresql) {#name, sqlite, postgresql, false},
#define STATEMENT_EACH(name, sql) {#name, sql, NULL, true},
#include "db/sql/all.def"
#undef STATEMENT
#undef STATEMENT2
#undef STATEMENT_EACH
};
static_assert(ARRAY_COUNT(STATEMENTS) == DB_STATEMENT_COUNT, "one entry per statement");

const char *db__statement_name(enum db_statement statement) { return STATEMENTS[statement].name; }

bool db__statement_is_long(enum db_statement statement) { return STATEMENTS[statement].is_long; }

bool db__may_retry(struct db *db) { return db->engine->may_retry && db->engine->may_retry(db); }

bool db__in_transaction(struct db *db) { return db->engine->in_transaction(db); }

/* Opening */

static enum status choose_engine(slice location, const struct db_engine **engine, slice *address, struct error *error) {
    static const slice SQLITE = S_INIT("sqlite:");
    if (slice_starts(location, S("postgresql:")) || slice_starts(location, S("postgres:"))) {
        *engine = &db__postgresql;
        *address = location;
        return OK;
    }
    *engine = &db__sqlite;
    *address = slice_starts(location, SQLITE) ? slice_after(location, SQLITE.n) : location;
    if (slice_is_empty(*address)) return error_set(error, INVALID, "the database has no path: use sqlite:PATH");
    return OK;
}

static void assert_distinct(const struct db_names *names) {
    for (int i = 0; i < names->count; i++)
        for (int j = 0; j < i; j++) assert(strcmp(names->names[i], names->names[j]) != 0);
}

static const char *text_of(const struct db_rows *rows) {
    const char *other = rows->db->engine == &db__postgresql ? STATEMENTS[rows->which].postgresql : NULL;
    return other ? other : STATEMENTS[rows->which].sqlite;
}

static enum status prepare(struct db_rows *rows, struct error *error) {
    struct db *db = rows->db;
    enum status status = db->engine->prepare(db, rows, text_of(rows), error);
    if (status != OK) error_prefix(error, "statement %s", STATEMENTS[rows->which].name);
    assert(rows->parameters.count <= PARAMETERS_MAX);
    return status;
}

enum status db_prepare_all(struct db *db, struct error *error) {
    if (db->prepared) return OK;
    for (int i = 0; i < DB_STATEMENT_COUNT; i++) {
        if (db->rows[i].statement) continue;
        enum status status = prepare(&db->rows[i], error);
        if (status != OK) return status;
    }
    enum status status = db->engine->prepared ? db->engine->prepared(db, error) : OK;
    for (int i = 0; status == OK && i < DB_STATEMENT_COUNT; i++) assert_distinct(&db->rows[i].columns);
    db->prepared = status == OK;
    return status;
}

/* A statement takes some kilobytes, and of all there are a connection that reads uses few. */
static bool prepares_late(const struct db *db) { return db->mode == DB_READ && db->engine->prepares_late; }

static enum status prepare_for(struct db *db, struct error *error) {
    for (int i = 0; i < DB_STATEMENT_COUNT; i++) {
        db->rows[i].db = db;
        db->rows[i].which = (enum db_statement)i;
    }
    return prepares_late(db) ? OK : db_prepare_all(db, error);
}

static enum status bring_up(struct db *db, struct error *error) {
    int64_t version;
    enum status status = db->engine->schema_version(db, &version, error);
    if (status != OK || db->mode == DB_MIGRATE || db->mode == DB_COPY) return status;
    if (version != db_schema_latest()) {
        if (db->mode == DB_READ && version < db_schema_latest())
            return error_set(error, INVALID,
                             "the database has schema version %lld, and this program needs %lld: run 'palabre migrate'",
                             (long long)version, (long long)db_schema_latest());
        status = db_migrate(db, NULL, NULL, error);
    }
    return status == OK ? prepare_for(db, error) : status;
}

enum status db_open(slice location, enum db_mode mode, struct db **out, struct error *error) {
    const struct db_engine *engine;
    slice address;
    enum status status = choose_engine(location, &engine, &address, error);
    if (status != OK) return status;
    struct db *db = NEW(struct db);
    db->engine = engine;
    db->mode = mode;
    db->arena = arena_new(CONNECTION_ARENA_BYTES);
    db->rows = ARENA_ARRAY(db->arena, DB_STATEMENT_COUNT, struct db_rows);
    status = engine->open(db, address, error);
    if (status == OK) status = bring_up(db, error);
    if (status != OK) {
        db_close(db);
        return status;
    }
    *out = db;
    return OK;
}

void db_close(struct db *db) {
    if (!db) return;
    for (int i = 0; i < DB_STATEMENT_COUNT; i++)
        if (db->rows[i].statement) db->engine->unprepare(&db->rows[i]);
    db->engine->close(db);
    arena_free(db->arena);
    memory_free(db);
}

bool db_location_is_shared(slice location) {
    const struct db_engine *engine;
    slice address;
    return choose_engine(location, &engine, &address, NULL) == OK && engine->announce != NULL;
}

bool db_is_shared(const struct db *db) { return db->engine->announce != NULL; }

slice db_engine_name(const struct db *db) { return db->engine->name; }

/* Names. A caller's literal is the same address each time, so after the first run a look-up is one comparison of
   pointers: callers mostly go through names in the order of the statement, and the search starts after the last hit. */

static int names_find(struct db_names *names, const char *name) {
    int i = names->next;
    for (int n = 0; n < names->count; n++, i++) {
        if (i == names->count) i = 0;
        if (names->seen[i] == name) {
            names->next = i + 1 == names->count ? 0 : i + 1;
            return i;
        }
    }
    for (i = 0; i < names->count; i++) {
        if (strcmp(names->names[i], name) != 0) continue;
        names->seen[i] = name;
        names->next = i + 1 == names->count ? 0 : i + 1;
        return i;
    }
    return -1;
}

/* Whoever binds to what could not be prepared is told when they step. */
static bool is_prepared(const struct db_rows *rows) { return rows->statement != NULL; }

static int parameter(struct db_rows *rows, const char *name) {
    int i = names_find(&rows->parameters, name);
    assert(i >= 0 && !rows->started);
    rows->bound |= UINT64_C(1) << i;
    return rows->row * rows->parameters.count + i;
}

static int column(struct db_rows *rows, const char *name) {
    assert(rows->on_row);
    int i = names_find(&rows->columns, name);
    assert(i >= 0);
    return i;
}

/* Using */

struct db_rows *db_use(struct db *db, enum db_statement statement) {
    struct db_rows *rows = &db->rows[statement];
    struct error error;
    assert(!rows->started);
    if (!rows->statement && prepares_late(db) && prepare(rows, &error) != OK) {
        db->failed = error;
        return rows;
    }
    assert(rows->statement);
    db_finish(rows);
    return rows;
}

void db_bind_int(struct db_rows *rows, const char *name, int64_t value) {
    if (is_prepared(rows)) rows->db->engine->bind_int(rows, parameter(rows, name), value);
}

void db_bind_bool(struct db_rows *rows, const char *name, bool value) { db_bind_int(rows, name, value ? 1 : 0); }

void db_bind_text(struct db_rows *rows, const char *name, slice value) {
    if (is_prepared(rows)) rows->db->engine->bind_text(rows, parameter(rows, name), value.p ? value : S(""));
}

void db_bind_blob(struct db_rows *rows, const char *name, slice value) {
    if (!value.p)
        db_bind_null(rows, name);
    else if (is_prepared(rows))
        rows->db->engine->bind_blob(rows, parameter(rows, name), value);
}

void db_bind_null(struct db_rows *rows, const char *name) {
    if (is_prepared(rows)) rows->db->engine->bind_null(rows, parameter(rows, name));
}

void db_bind_id(struct db_rows *rows, const char *name, int64_t id) {
    if (id)
        db_bind_int(rows, name, id);
    else
        db_bind_null(rows, name);
}

static bool all_bound(const struct db_rows *rows) {
    int n = rows->parameters.count;
    return rows->bound == (n == PARAMETERS_MAX ? UINT64_MAX : (UINT64_C(1) << n) - 1);
}

enum status db_step(struct db_rows *rows, struct error *error) {
    if (!is_prepared(rows)) {
        if (error) *error = rows->db->failed;
        return rows->db->failed.status;
    }
    assert(all_bound(rows));
    rows->started = true;
    enum status status = rows->db->engine->step(rows, error);
    rows->on_row = status == OK;
    if (status != OK) {
        db_finish(rows);
        if (status != NOT_FOUND) error_prefix(error, "%s", db__statement_name(rows->which));
    }
    return status;
}

void db_finish(struct db_rows *rows) {
    if (rows->started || rows->bound) rows->db->engine->reset(rows);
    rows->started = rows->on_row = rows->together = false;
    rows->bound = 0;
    rows->row = 0;
    rows->parameters.next = rows->columns.next = 0;
}

void db_finish_p(struct db_rows **rows) {
    if (*rows) db_finish(*rows);
}

enum status db_run(struct db_rows *rows, int64_t *changed, struct error *error) {
    enum status status;
    do {
        status = db_step(rows, error);
    } while (status == OK);
    if (status != NOT_FOUND) return status;
    if (changed) *changed = rows->db->engine->changed(rows->db);
    return OK;
}

enum status db_run_rows(struct db_rows *rows, size_t count, void (*bind)(void *ctx, struct db_rows *rows, size_t i),
                        void *ctx, struct error *error) {
    const struct db_engine *engine = rows->db->engine;
    enum status status = OK;
    if (!rows->many && engine->prepare_many && count >= DB_ROWS_AT_ONCE)
        status = engine->prepare_many(rows, text_of(rows), error);
    for (size_t i = 0; status == OK && i < count;) {
        rows->together = rows->many && count - i >= DB_ROWS_AT_ONCE;
        int together = rows->together ? DB_ROWS_AT_ONCE : 1;
        for (int k = 0; k < together; k++) {
            rows->row = k;
            rows->bound = 0;
            bind(ctx, rows, i++);
            assert(all_bound(rows));
        }
        status = db_run(rows, NULL, error);
    }
    return status;
}

enum status db_run_later(struct db_rows *rows, struct error *error) {
    const struct db_engine *engine = rows->db->engine;
    if (!engine->run_later) return db_run(rows, NULL, error);
    assert(all_bound(rows));
    rows->started = true;
    enum status status = engine->run_later(rows, error);
    if (status != OK) error_prefix(error, "%s", db__statement_name(rows->which));
    db_finish(rows);
    return status;
}

int64_t db_last_id(struct db *db) { return db->engine->last_id(db); }

int64_t db_int(struct db_rows *rows, const char *name) {
    return rows->db->engine->column_int(rows, column(rows, name));
}

bool db_bool(struct db_rows *rows, const char *name) { return db_int(rows, name) != 0; }

bool db_is_null(struct db_rows *rows, const char *name) {
    return rows->db->engine->column_is_null(rows, column(rows, name));
}

slice db_text_peek(struct db_rows *rows, const char *name) {
    return rows->db->engine->column_text(rows, column(rows, name));
}

slice db_text(struct db_rows *rows, const char *name, struct arena *arena) {
    slice text = db_text_peek(rows, name);
    return text.n ? arena_copy(arena, text) : S("");
}

slice db_blob_peek(struct db_rows *rows, const char *name) {
    int i = column(rows, name);
    if (rows->db->engine->column_is_null(rows, i)) return (slice){NULL, 0};
    return rows->db->engine->column_blob(rows, i);
}

slice db_blob(struct db_rows *rows, const char *name, struct arena *arena) {
    slice blob = db_blob_peek(rows, name);
    return blob.p ? arena_copy(arena, blob) : blob;
}

/* Transactions */

enum status db_read_begin(struct db *db, struct error *error) {
    if (db->read_depth == 0 && !db__in_transaction(db)) {
        enum status status = db->engine->control(db, CONTROL_BEGIN_READ, error);
        if (status != OK) return status;
        db->read_began = true;
    }
    db->read_depth++;
    return OK;
}

void db_read_end(struct db *db) {
    assert(db->read_depth > 0);
    if (--db->read_depth > 0 || !db->read_began) return;
    db->read_began = false;
    /* Nothing was written, so that both ends of the transaction come to the same; this one cannot fail half-way. */
    (void)!db->engine->control(db, CONTROL_ROLLBACK, NULL);
}

enum status db_bound_begin(struct db *db, int work_ms, struct error *error) {
    assert(db__in_transaction(db) && work_ms > 0);
    return db->engine->bound(db, work_ms, error);
}

void db_bound_end(struct db *db) {
    /* What fails here, the next statement says. */
    (void)!db->engine->bound(db, 0, &(struct error){OK, ""});
}

static void forget_memo(struct db *db) { memset(db->memo, 0, sizeof db->memo); }

void *db_memo(struct db *db) {
    if (!db__in_transaction(db)) forget_memo(db);
    return db->memo;
}

enum status db_write_begin(struct db *db, struct error *error) {
    forget_memo(db);
    assert(db->mode != DB_READ && !db__in_transaction(db));
    db->locked = false;
    return db->engine->control(db, CONTROL_BEGIN_WRITE, error);
}

enum status db_write_commit(struct db *db, struct error *error) {
    forget_memo(db);
    if (!db__in_transaction(db))
        return error_set(error, UNAVAILABLE, "the database has thrown the transaction away after an error");
    return db->engine->control(db, CONTROL_COMMIT, error);
}

enum status db_lock(struct db *db, enum db_lock lock, int64_t id, struct error *error) {
    static const enum db_statement STATEMENTS_OF[][2] = {
        [DB_LOCK_DISCUSSION] = {DB_LOCK_ARTICLE_WAIT, DB_LOCK_ARTICLE_NOW},
        [DB_LOCK_SITE] = {DB_LOCK_SITE_WAIT, DB_LOCK_SITE_NOW},
    };
    if (!db->engine->many_writers || !db__in_transaction(db)) return OK;
    struct db_rows *rows = db_use(db, STATEMENTS_OF[lock][db->locked]);
    db_bind_int(rows, "id", id);
    db->locked = true;
    return db_run_later(rows, error);
}

enum status db_announce(struct db *db, slice text, struct error *error) {
    assert(text.n <= DB_ANNOUNCE_MAX && db__in_transaction(db));
    return db->engine->announce ? db->engine->announce(db, text, error) : OK;
}

void db_write_rollback(struct db *db) {
    forget_memo(db);
    if (db__in_transaction(db)) (void)!db->engine->control(db, CONTROL_ROLLBACK, NULL);
}

enum status db_fill_begin(struct db *db, struct error *error) {
    const struct db_engine *engine = db->engine;
    if (!engine->fill_begin) return db_write_begin(db, error);
    engine->fill_enter(db);
    enum status status = db_write_begin(db, error);
    if (status == OK) status = engine->fill_begin(db, error);
    if (status != OK) db_fill_rollback(db);
    return status;
}

enum status db_fill_commit(struct db *db, struct error *error) {
    const struct db_engine *engine = db->engine;
    enum status status = engine->fill_end ? engine->fill_end(db, error) : OK;
    if (status == OK) status = db_write_commit(db, error);
    if (status != OK)
        db_fill_rollback(db);
    else if (engine->fill_leave)
        engine->fill_leave(db);
    return status;
}

void db_fill_rollback(struct db *db) {
    db_write_rollback(db);
    if (db->engine->fill_leave) db->engine->fill_leave(db);
}

enum status db_savepoint(struct db *db, struct error *error) {
    /* Outside of a transaction it would begin one of its own. */
    if (!db__in_transaction(db))
        return error_set(error, UNAVAILABLE, "the database has thrown the transaction away after an error");
    return db->engine->control(db, CONTROL_SAVEPOINT, error);
}

enum status db_savepoint_keep(struct db *db, struct error *error) {
    return db->engine->control(db, CONTROL_SAVEPOINT_KEEP, error);
}

void db_savepoint_undo(struct db *db) {
    forget_memo(db);
    if (!db__in_transaction(db)) return;
    enum status status = db->engine->control(db, CONTROL_SAVEPOINT_UNDO, NULL);
    if (status == OK) status = db->engine->control(db, CONTROL_SAVEPOINT_KEEP, NULL);
    /* What was to be undone stands, or may: nothing of this transaction may be committed. */
    if (status != OK) db_write_rollback(db);
}

void db__tend(struct db *db) {
    struct error error;
    if (!db->engine->many_writers) return;
    (void)!db_run(db_use(db, DB_SITE_FOLD), NULL, &error);
    (void)!db_run(db_use(db, DB_JOURNAL_MAKE_MONTHS), NULL, &error);
}

enum status db_check_engine(struct db *db, void (*fault)(void *ctx, slice line), void *ctx, struct error *error) {
    return db->engine->check(db, fault, ctx, error);
}
