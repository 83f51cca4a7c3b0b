/* PostgreSQL behind engine.h, through libpq: one connection per struct db, used by one thread at a time. Values travel in
   binary. Migrations, checks and the locks of a session: postgresql_schema.c. */
#include "db/postgresql.h"

#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { FETCH_ROWS = 512, RESULT_MAX_BYTES = 256 * 1024 * 1024 };

static struct pg_statement *statement_of(struct db_rows *rows) { return (struct pg_statement *)rows->statement; }

static enum status open_database(struct db *db, slice address, struct error *error) {
    struct pg *pg = ARENA_NEW(db->arena, struct pg);
    db->connection = pg;
    pg->synced = true;
    pg->url = arena_cstring(db->arena, address);
    if (!pg->url) return error_set(error, INVALID, "store: the address holds a NUL");
    enum status status = pg_connect(db, error);
    if (status == OK) status = pg_check_identity(db, error);
    return status == OK ? pg_take_session_lock(db, error) : status;
}

static void close_database(struct db *db) {
    if (db->connection) pg_disconnect(pg_of(db));
}

/* Statements */

static void names_init(struct db *db, struct db_rows *rows, const char *const *names, int count) {
    rows->parameters.count = count;
    rows->parameters.names = ARENA_ARRAY(db->arena, (size_t)count, const char *);
    rows->parameters.seen = ARENA_ARRAY(db->arena, (size_t)count, const char *);
    for (int i = 0; i < count; i++) rows->parameters.names[i] = names[i];
}

/* Only makes it ready for pg_prepare_all. */
static enum status prepare(struct db *db, struct db_rows *rows, const char *sql, struct error *error) {
    const char *names[64];
    int count;
    bool writes = pg_is_writing(sql);
    if (writes && db->mode == DB_READ) return OK;
    struct pg_statement *s = ARENA_NEW(db->arena, struct pg_statement);
    s->sql = pg_number_parameters(db->arena, sql, names, &count);
    if (!s->sql) return error_set(error, INTERNAL, "it has more than 64 parameters, or is too long");
    s->name = db__statement_name(rows->which);
    s->writes = writes;
    s->inserts = strstr(sql, "INSERT INTO") != NULL;
    s->cursor = db__statement_is_long(rows->which);
    s->count = count;
    s->types = ARENA_ARRAY(db->arena, (size_t)count, Oid);
    s->values = ARENA_ARRAY(db->arena, (size_t)count, const char *);
    s->lengths = ARENA_ARRAY(db->arena, (size_t)count, int);
    s->formats = ARENA_ARRAY(db->arena, (size_t)count, int);
    s->numbers = arena_alloc_array(db->arena, (size_t)count, sizeof *s->numbers);
    names_init(db, rows, names, count);
    rows->statement = s;
    return OK;
}

static void unprepare(struct db_rows *rows) {
    PQclear(statement_of(rows)->result);
    rows->statement = NULL;
}

static void close_cursor(struct db *db, struct pg_statement *s) {
    struct pg *pg = pg_of(db);
    if (!pg->in_transaction || pg->transaction != s->transaction) return;
    char sql[96];
    snprintf(sql, sizeof sql, "CLOSE \"%s\"", s->name);
    if (s->own_transaction)
        (void)!pg_control(db, CONTROL_ROLLBACK, NULL);
    else if (pg->connection)
        (void)!pg_send(pg, sql, PG_IGNORED, NULL);
}

static void reset(struct db_rows *rows) {
    struct pg_statement *s = statement_of(rows);
    if (s->cursor && s->ran) close_cursor(rows->db, s);
    PQclear(s->result);
    s->result = NULL;
    s->ran = s->own_transaction = false;
    for (int i = 0; i < s->count; i++) s->values[i] = NULL;
}

/* Binding. What a parameter is not in the server's eyes is sent as text, which the server then reads. */

static void put_big_endian(char *out, uint64_t value) {
    for (int i = 0; i < 8; i++) out[i] = (char)(value >> (56 - 8 * i));
}

static void bind_int(struct db_rows *rows, int index, int64_t value) {
    struct pg_statement *s = statement_of(rows);
    char *out = s->numbers[index];
    s->values[index] = out;
    s->formats[index] = s->types[index] == PG_INT8;
    s->lengths[index] = 8;
    if (s->types[index] == PG_INT8)
        put_big_endian(out, (uint64_t)value);
    else
        out[slice_from_int64(out, value).n] = '\0';
}

static void bind_bytes(struct db_rows *rows, int index, slice value) {
    struct pg_statement *s = statement_of(rows);
    s->values[index] = value.p;
    s->lengths[index] = (int)value.n;
    s->formats[index] = 1;
}

static void bind_null(struct db_rows *rows, int index) { statement_of(rows)->values[index] = NULL; }

/* Running */

static enum status declare(struct pg *pg, struct pg_statement *s, struct error *error) {
    struct buf sql CLEANUP(buf_fini);
    buf_init(&sql, 128 * 1024);
    buf_add_format(&sql, "DECLARE \"%s\" NO SCROLL CURSOR FOR %s%c", s->name, s->sql, 0);
    if (sql.status != OK) return error_set(error, LIMIT, "the statement is too long");
    if (!pg->connection) return error_set(error, UNAVAILABLE, "the connection to %s is lost", pg->place);
    enum status status = pg->pending_count < PG_PENDING_MAX / 2 ? OK : pg_receive(pg, NULL, error);
    if (status != OK) return status;
    if (!PQsendQueryParams(pg->connection, sql.p, s->count, s->types, s->values, s->lengths, s->formats, 1))
        return pg_fail_connection(pg, error);
    pg->pending[pg->pending_count++] = PG_WANTED;
    pg->synced = false;
    return OK;
}

static enum status fetch(struct db_rows *rows, struct error *error) {
    struct pg_statement *s = statement_of(rows);
    char sql[96];
    snprintf(sql, sizeof sql, "FETCH %d FROM \"%s\"", FETCH_ROWS, s->name);
    PQclear(s->result);
    s->result = NULL;
    s->row = 0;
    return pg_run(pg_of(rows->db), sql, &s->result, error);
}

static enum status run_cursor(struct db_rows *rows, struct error *error) {
    struct pg *pg = pg_of(rows->db);
    struct pg_statement *s = statement_of(rows);
    enum status status = OK;
    if (!pg->in_transaction) {
        status = pg_control(rows->db, CONTROL_BEGIN_READ, error);
        s->own_transaction = status == OK;
    }
    s->transaction = pg->transaction;
    if (status == OK) status = declare(pg, s, error);
    return status == OK ? fetch(rows, error) : status;
}

static enum status run_once(struct db_rows *rows, struct error *error) {
    struct pg *pg = pg_of(rows->db);
    struct pg_statement *s = statement_of(rows);
    enum status status = pg_ensure(rows->db, error);
    if (status == OK && s->cursor) return run_cursor(rows, error);
    if (status == OK) status = pg_send_statement(pg, s, error);
    if (status == OK) status = pg_receive(pg, &s->result, error);
    if (status == OK && PQresultMemorySize(s->result) > RESULT_MAX_BYTES)
        return error_set(error, LIMIT, "the answer is larger than %d bytes", RESULT_MAX_BYTES);
    return status;
}

/* The server may have gone and come back since the last use of this connection: what only reads, and has read nothing yet
   that it should agree with, is simply asked again. */
static enum status run(struct db_rows *rows, struct error *error) {
    struct db *db = rows->db;
    struct pg *pg = pg_of(db);
    struct pg_statement *s = statement_of(rows);
    if (s->writes && pg->abandoned)
        return error_set(error, UNAVAILABLE, "the database has thrown the transaction away after an error");
    bool in_transaction = pg->in_transaction;
    bool again = !s->writes && (!in_transaction || (pg->reads_only && pg->fresh));
    bool had_connection = pg->connection != NULL;
    s->ran = true;
    s->row = 0;
    enum status status = run_once(rows, error);
    if (status != UNAVAILABLE || pg->connection || !again || !had_connection) return status;
    status = in_transaction ? pg_control(db, CONTROL_BEGIN_READ, error) : OK;
    return status == OK ? run_once(rows, error) : status;
}

static void keep_figures(struct pg *pg, const struct pg_statement *s) {
    if (!s->writes) return;
    slice changed = slice_of(PQcmdTuples(s->result));
    if (!slice_to_int64(changed, &pg->changed)) pg->changed = 0;
    if (s->inserts && PQntuples(s->result) > 0 && PQftype(s->result, 0) == PG_INT8)
        pg->last_id = pg_value_int(s->result, PQntuples(s->result) - 1, 0);
}

static enum status step(struct db_rows *rows, struct error *error) {
    struct pg_statement *s = statement_of(rows);
    enum status status = OK;
    if (!s->ran) {
        status = run(rows, error);
        if (status == OK) keep_figures(pg_of(rows->db), s);
    } else if (++s->row >= PQntuples(s->result) && s->cursor) {
        status = fetch(rows, error);
    }
    if (status != OK) return status;
    return s->row < PQntuples(s->result) ? OK : NOT_FOUND;
}

static enum status run_later(struct db_rows *rows, struct error *error) {
    struct pg *pg = pg_of(rows->db);
    if (!pg->in_transaction) {
        enum status status = step(rows, error);
        return status == NOT_FOUND ? OK : status;
    }
    enum status status = pg_send_statement(pg, statement_of(rows), error);
    pg->unread += status == OK;
    return status;
}

static int64_t changed(struct db *db) { return pg_of(db)->changed; }
static int64_t last_id(struct db *db) { return pg_of(db)->last_id; }

/* Columns */

static uint64_t big_endian(const char *p, int n) {
    uint64_t value = 0;
    for (int i = 0; i < n; i++) value = value << 8 | (unsigned char)p[i];
    return value;
}

/* numeric, as sums are: digits of base 10,000 (src/backend/utils/adt/numeric.c, numeric_send); its whole part. */
static int64_t whole_of_numeric(const char *p) {
    int digits = (int16_t)big_endian(p, 2);
    int weight = (int16_t)big_endian(p + 2, 2);
    bool negative = big_endian(p + 4, 2) == 0x4000;
    int64_t value = 0;
    for (int i = 0; i <= weight; i++) value = value * 10000 + (i < digits ? (int64_t)big_endian(p + 8 + 2 * i, 2) : 0);
    return negative ? -value : value;
}

static double float_of(const char *p, int n) {
    uint64_t bits = big_endian(p, n);
    uint32_t half = (uint32_t)bits;
    double wide;
    float narrow;
    memcpy(&wide, &bits, sizeof wide);
    memcpy(&narrow, &half, sizeof narrow);
    return n == 8 ? wide : (double)narrow;
}

int64_t pg_value_int(const PGresult *result, int row, int column) {
    if (PQgetisnull(result, row, column)) return 0;
    const char *p = PQgetvalue(result, row, column);
    int64_t value = 0;
    switch (PQftype(result, column)) {
    case PG_INT8: return (int64_t)big_endian(p, 8);
    case PG_INT4: return (int32_t)big_endian(p, 4);
    case PG_INT2: return (int16_t)big_endian(p, 2);
    case PG_BOOL: return p[0] != 0;
    case PG_NUMERIC: return whole_of_numeric(p);
    case PG_FLOAT4: return (int64_t)float_of(p, 4);
    case PG_FLOAT8: return (int64_t)float_of(p, 8);
    default: (void)!slice_to_int64(slice_make(p, (size_t)PQgetlength(result, row, column)), &value); return value;
    }
}

static int64_t column_int(struct db_rows *rows, int index) {
    struct pg_statement *s = statement_of(rows);
    return pg_value_int(s->result, s->row, index);
}

static slice column_bytes(struct db_rows *rows, int index) {
    struct pg_statement *s = statement_of(rows);
    if (PQgetisnull(s->result, s->row, index)) return (slice){NULL, 0};
    return slice_make(PQgetvalue(s->result, s->row, index), (size_t)PQgetlength(s->result, s->row, index));
}

static bool column_is_null(struct db_rows *rows, int index) {
    struct pg_statement *s = statement_of(rows);
    return PQgetisnull(s->result, s->row, index) == 1;
}

static bool in_transaction(struct db *db) { return pg_of(db)->in_transaction; }
static bool may_retry(struct db *db) { return pg_of(db)->retry; }

const struct db_engine db__postgresql = {
    .name = S_INIT("postgresql"),
    .many_writers = true,
    .migrations = embedded_migrations_postgresql,
    .migration_count = &embedded_migrations_postgresql_count,
    .open = open_database,
    .close = close_database,
    .prepare = prepare,
    .prepared = pg_prepare_all,
    .unprepare = unprepare,
    .reset = reset,
    .bind_int = bind_int,
    .bind_text = bind_bytes,
    .bind_blob = bind_bytes,
    .bind_null = bind_null,
    .step = step,
    .run_later = run_later,
    .changed = changed,
    .last_id = last_id,
    .column_int = column_int,
    .column_text = column_bytes,
    .column_blob = column_bytes,
    .column_is_null = column_is_null,
    .control = pg_control,
    .in_transaction = in_transaction,
    .may_retry = may_retry,
    .bound = pg_bound,
    .announce = pg_announce,
    .schema_version = pg_schema_version,
    .migrate_begin = pg_migrate_begin,
    .migrate_apply = pg_migrate_apply,
    .migrate_end = pg_migrate_end,
    .check = pg_check,
};
