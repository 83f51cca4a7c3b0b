/* SQLite as an end of a copy. */
#include "db/copy_end.h"
#include "db/engine.h"
#include "db/sqlite_handle.h"

#include <stdio.h>

enum { SQL_MAX = 16 * 1024 };

static enum status run(struct copy_end *end, const char *sql, struct error *error) {
    int code = sqlite3_exec(sqlite_handle(end->db), sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_failed(end->db, error);
}

/* Rows come in the order of their keys, not of their references: those are looked at when all are there. */
static enum status open_end(struct copy_end *end, struct error *error) {
    return end->db->mode == DB_READ ? OK : run(end, "PRAGMA foreign_keys = OFF", error);
}

static struct copy_value value_of(sqlite3_stmt *row, int i, enum copy_type type) {
    if (sqlite3_column_type(row, i) == SQLITE_NULL) return (struct copy_value){.is_null = true};
    if (type == COPY_INT) return (struct copy_value){.number = sqlite3_column_int64(row, i)};
    const void *p = type == COPY_TEXT ? (const void *)sqlite3_column_text(row, i) : sqlite3_column_blob(row, i);
    return (struct copy_value){.bytes = p ? slice_make(p, (size_t)sqlite3_column_bytes(row, i)) : S("")};
}

static enum status read(struct copy_end *end, const char *sql, const struct copy_columns *columns, copy_row row,
                        void *ctx, struct error *error) {
    struct copy_value values[COPY_COLUMNS_MAX];
    sqlite3_stmt *statement = NULL;
    enum status status = OK;
    if (sqlite3_prepare_v2(sqlite_handle(end->db), sql, -1, &statement, NULL) != SQLITE_OK)
        return sqlite_failed(end->db, error);
    while (status == OK) {
        int code = sqlite3_step(statement);
        if (code == SQLITE_DONE) break;
        if (code != SQLITE_ROW) {
            status = sqlite_failed(end->db, error);
            break;
        }
        for (int i = 0; i < columns->count; i++) values[i] = value_of(statement, i, columns->of[i].type);
        status = row(ctx, values, error);
    }
    sqlite3_finalize(statement);
    return status;
}

static enum status write_begin(struct copy_end *end, const char *table, const struct copy_columns *columns,
                               struct error *error) {
    struct buf sql CLEANUP(buf_fini);
    buf_init(&sql, SQL_MAX);
    buf_add_format(&sql, "INSERT INTO \"%s\" (", table);
    copy__add_names(&sql, columns);
    buf_add(&sql, S(") VALUES (?"));
    for (int i = 1; i < columns->count; i++) buf_add(&sql, S(", ?"));
    buf_add(&sql, S(")"));
    if (sql.status != OK) return error_set(error, LIMIT, "%s has too many columns", table);
    end->column = *columns;
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(sqlite_handle(end->db), sql.p, (int)sql.n, &statement, NULL);
    end->statement = statement;
    return code == SQLITE_OK ? OK : sqlite_failed(end->db, error);
}

static int bind(sqlite3_stmt *statement, int i, enum copy_type type, const struct copy_value *value) {
    if (value->is_null) return sqlite3_bind_null(statement, i);
    if (type == COPY_INT) return sqlite3_bind_int64(statement, i, value->number);
    const char *p = value->bytes.p ? value->bytes.p : "";
    if (type == COPY_TEXT) return sqlite3_bind_text64(statement, i, p, value->bytes.n, SQLITE_STATIC, SQLITE_UTF8);
    return sqlite3_bind_blob64(statement, i, p, value->bytes.n, SQLITE_STATIC);
}

static enum status write_row(struct copy_end *end, const struct copy_value *values, struct error *error) {
    sqlite3_stmt *statement = end->statement;
    int code = SQLITE_OK;
    for (int i = 0; code == SQLITE_OK && i < end->column.count; i++)
        code = bind(statement, i + 1, end->column.of[i].type, &values[i]);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    enum status status = code == SQLITE_DONE ? OK : sqlite_failed(end->db, error);
    sqlite3_reset(statement);
    return status;
}

static enum status write_end(struct copy_end *end, struct error *error) {
    (void)error;
    sqlite3_finalize(end->statement);
    end->statement = NULL;
    return OK;
}

static void close_end(struct copy_end *end) { sqlite3_finalize(end->statement); }

const struct copy_ops copy__sqlite = {
    .begin_read = "BEGIN",
    .begin_write = "BEGIN IMMEDIATE",
    /* Not what a virtual table keeps its index in. */
    .tables = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
              " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    .columns = "SELECT name, lower(type) FROM pragma_table_xinfo('{table}') WHERE hidden = 0 ORDER BY name",
    .number = "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0)",
    .set_number = "INSERT INTO sqlite_sequence (name, seq) SELECT '{table}', 0"
                  " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '{table}');"
                  "UPDATE sqlite_sequence SET seq = max(seq, {number}) WHERE name = '{table}'",
    .suspend = "",
    .resume = "",
    .after = "PRAGMA foreign_keys = ON",
    .open = open_end,
    .run = run,
    .read = read,
    .write_begin = write_begin,
    .write_row = write_row,
    .write_end = write_end,
    .close = close_end,
};
