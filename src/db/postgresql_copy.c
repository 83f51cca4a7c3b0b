/* PostgreSQL as an end of a copy: COPY in its binary format, both ways
   (https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format"), outside of pipeline mode, which has no COPY. */
#include "db/copy_end.h"
#include "db/postgresql.h"

#include <stdio.h>
#include <string.h>

enum {
    SQL_MAX = 64 * 1024,
    SEND_BYTES = 64 * 1024,
    ROW_MAX_BYTES = 256 * 1024 * 1024,
    HEADER_BYTES = 19, /* signature, flags, length of the extension: none */
};

static const char HEADER[HEADER_BYTES + 1] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";

static PGconn *connection_of(struct copy_end *end) { return pg_of(end->db)->connection; }

static enum status finish(struct copy_end *end, PGresult *result, ExecStatusType wanted, struct error *error) {
    ExecStatusType is = PQresultStatus(result);
    bool ok = is == wanted || (wanted == PGRES_COMMAND_OK && (is == PGRES_TUPLES_OK || is == PGRES_EMPTY_QUERY));
    enum status status = ok ? OK : pg_fail_result(pg_of(end->db), result, error);
    PQclear(result);
    return status;
}

static enum status lost(struct copy_end *end, struct error *error) {
    return error_set(error, UNAVAILABLE, "the connection to %s is lost", pg_of(end->db)->place);
}

static enum status run(struct copy_end *end, const char *sql, struct error *error) {
    if (!connection_of(end)) return lost(end, error);
    return finish(end, PQexec(connection_of(end), sql), PGRES_COMMAND_OK, error);
}

static enum status open_end(struct copy_end *end, struct error *error) {
    enum status status = pg_ensure(end->db, error);
    if (status != OK) return status;
    buf_init(&end->out, ROW_MAX_BYTES);
    if (PQexitPipelineMode(connection_of(end)) != 1) return pg_fail_connection(pg_of(end->db), error);
    return run(end, "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0", error);
}

/* Reading */

static uint64_t big_endian(const char *p, int n) {
    uint64_t value = 0;
    for (int i = 0; i < n; i++) value = value << 8 | (unsigned char)p[i];
    return value;
}

static bool take(slice *rest, int n, uint64_t *out) {
    if (rest->n < (size_t)n) return false;
    *out = big_endian(rest->p, n);
    *rest = slice_after(*rest, (size_t)n);
    return true;
}

static bool take_value(slice *rest, enum copy_type type, struct copy_value *out) {
    uint64_t length;
    *out = (struct copy_value){.is_null = true};
    if (!take(rest, 4, &length)) return false;
    if (length == UINT32_MAX) return true;
    if (length > rest->n || (type == COPY_INT && length != 8)) return false;
    out->is_null = false;
    out->bytes = slice_sub(*rest, 0, (size_t)length);
    if (type == COPY_INT) out->number = (int64_t)big_endian(out->bytes.p, 8);
    *rest = slice_after(*rest, (size_t)length);
    return true;
}

struct reading {
    const struct copy_columns *columns;
    copy_row row;
    void *ctx;
    bool headed;
};

/* The rows of one message: it holds whole ones. */
static enum status read_message(struct reading *r, slice rest, struct error *error) {
    struct copy_value values[COPY_COLUMNS_MAX];
    if (!r->headed) rest = slice_after(rest, HEADER_BYTES);
    r->headed = true;
    while (rest.n) {
        uint64_t count;
        bool ok = take(&rest, 2, &count);
        if (ok && count == UINT16_MAX) return OK;
        ok = ok && count == (uint64_t)r->columns->count;
        for (int i = 0; ok && i < r->columns->count; i++) ok = take_value(&rest, r->columns->of[i].type, &values[i]);
        if (!ok) return error_set(error, INTERNAL, "the server's answer cannot be read");
        enum status status = r->row(r->ctx, values, error);
        if (status != OK) return status;
    }
    return OK;
}

static enum status read_messages(struct copy_end *end, struct reading *r, struct error *error) {
    for (;;) {
        char *message = NULL;
        int n = PQgetCopyData(connection_of(end), &message, 0);
        if (n == -1) return OK;
        if (n < 0) return pg_fail_connection(pg_of(end->db), error);
        enum status status = read_message(r, slice_make(message, (size_t)n), error);
        PQfreemem(message);
        if (status != OK) return status;
    }
}

/* The answer to a COPY that has ended, and the end of all answers. */
static enum status finish_copy(struct copy_end *end, struct error *error) {
    enum status status = finish(end, PQgetResult(connection_of(end)), PGRES_COMMAND_OK, error);
    while (connection_of(end)) {
        PGresult *rest = PQgetResult(connection_of(end));
        if (!rest) break;
        PQclear(rest);
    }
    return status;
}

static enum status read(struct copy_end *end, const char *sql, const struct copy_columns *columns, copy_row row,
                        void *ctx, struct error *error) {
    struct reading reading = {.columns = columns, .row = row, .ctx = ctx};
    struct buf copy CLEANUP(buf_fini);
    buf_init(&copy, SQL_MAX);
    buf_add_format(&copy, "COPY (%s) TO STDOUT (FORMAT binary)%c", sql, 0);
    if (copy.status != OK) return error_set(error, LIMIT, "the question is too long");
    if (!connection_of(end)) return lost(end, error);
    enum status status = finish(end, PQexec(connection_of(end), copy.p), PGRES_COPY_OUT, error);
    if (status == OK) status = read_messages(end, &reading, error);
    return status == OK ? finish_copy(end, error) : status;
}

/* Writing */

static void add_big_endian(struct buf *out, uint64_t value, int n) {
    char bytes[8];
    for (int i = 0; i < n; i++) bytes[i] = (char)(value >> (8 * (n - 1 - i)));
    buf_add(out, slice_make(bytes, (size_t)n));
}

static enum status send(struct copy_end *end, struct error *error) {
    if (end->out.status != OK) return error_set(error, LIMIT, "a row is larger than %d bytes", ROW_MAX_BYTES);
    int sent = end->out.n ? PQputCopyData(connection_of(end), end->out.p, (int)end->out.n) : 1;
    buf_clear(&end->out);
    return sent == 1 ? OK : pg_fail_connection(pg_of(end->db), error);
}

static enum status write_begin(struct copy_end *end, const char *table, const struct copy_columns *columns,
                               struct error *error) {
    struct buf sql CLEANUP(buf_fini);
    buf_init(&sql, SQL_MAX);
    buf_add_format(&sql, "COPY \"%s\" (", table);
    copy__add_names(&sql, columns);
    buf_add_format(&sql, ") FROM STDIN (FORMAT binary)%c", 0);
    if (sql.status != OK) return error_set(error, LIMIT, "%s has too many columns", table);
    if (!connection_of(end)) return lost(end, error);
    end->column = *columns;
    buf_clear(&end->out);
    buf_add(&end->out, slice_make(HEADER, HEADER_BYTES));
    return finish(end, PQexec(connection_of(end), sql.p), PGRES_COPY_IN, error);
}

static enum status write_row(struct copy_end *end, const struct copy_value *values, struct error *error) {
    add_big_endian(&end->out, (uint64_t)end->column.count, 2);
    for (int i = 0; i < end->column.count; i++) {
        bool is_int = end->column.of[i].type == COPY_INT;
        size_t length = is_int ? 8 : values[i].bytes.n;
        add_big_endian(&end->out, values[i].is_null ? UINT32_MAX : length, 4);
        if (values[i].is_null) continue;
        if (is_int)
            add_big_endian(&end->out, (uint64_t)values[i].number, 8);
        else
            buf_add(&end->out, values[i].bytes);
    }
    return end->out.n >= SEND_BYTES || end->out.status != OK ? send(end, error) : OK;
}

static enum status write_end(struct copy_end *end, struct error *error) {
    add_big_endian(&end->out, UINT16_MAX, 2);
    enum status status = send(end, error);
    if (status != OK) return status;
    if (PQputCopyEnd(connection_of(end), NULL) != 1) return pg_fail_connection(pg_of(end->db), error);
    return finish_copy(end, error);
}

static void close_end(struct copy_end *end) { buf_fini(&end->out); }

#define SCHEMA "CAST(current_schema() AS regnamespace)"

const struct copy_ops copy__postgresql = {
    .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .begin_write = "BEGIN",
    .tables = "SELECT CAST(relname AS TEXT) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
              " AND relnamespace = " SCHEMA,
    .columns = "SELECT CAST(attname AS TEXT), format_type(atttypid, NULL) FROM pg_attribute"
               " WHERE attrelid = to_regclass('{table}') AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
               " ORDER BY CAST(attname AS TEXT) COLLATE \"C\"",
    .number = "SELECT COALESCE((SELECT last_value FROM pg_sequences WHERE schemaname = current_schema()"
              " AND format('%I.%I', schemaname, sequencename) = pg_get_serial_sequence('{table}', '{column}')), 0)",
    .set_number = "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), {number})",
    /* Only a superuser may keep references from being looked at; the owner of the tables may take them away. */
    .suspend =
        "CREATE TABLE palabre_copy_reference (relation TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL);"
        "INSERT INTO palabre_copy_reference SELECT CAST(conrelid AS regclass), conname, pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND connamespace = " SCHEMA ";"
        "DO $$ DECLARE r RECORD; BEGIN FOR r IN SELECT relation, name FROM palabre_copy_reference LOOP"
        " EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.relation, r.name); END LOOP; END $$",
    .resume =
        "DO $$ DECLARE r RECORD; BEGIN FOR r IN SELECT * FROM palabre_copy_reference ORDER BY relation, name LOOP"
        " EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.relation, r.name, r.definition); END LOOP; END $$;"
        "DROP TABLE palabre_copy_reference;"
        "INSERT INTO journal_head (chain, sequence, hash) SELECT DISTINCT ON (chain) chain, sequence, hash"
        " FROM journal ORDER BY chain, sequence DESC;"
        "SELECT journal_make_months()",
    .after = "ANALYZE",
    .open = open_end,
    .run = run,
    .read = read,
    .write_begin = write_begin,
    .write_row = write_row,
    .write_end = write_end,
    .close = close_end,
};
