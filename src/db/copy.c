#include "db/copy.h"

#include "db/copy_end.h"
#include "db/engine.h"

#include "base/crypto.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH_ROWS = 5000,
    BATCH_BYTES = 8 * 1024 * 1024,
    ROW_MAX_BYTES = 512 * 1024 * 1024,
    SQL_MAX = 16 * 1024,
    ARENA_BYTES = 4 * 1024 * 1024,
    DIGITS = 64, /* of a sum, in base 16 */
};

static const struct table {
    const char *name, *key, *columns; /* key NULL: not copied */
    bool seeded;
} TABLES[] = {
#define COPY_TABLE(name, key) {#name, key, NULL, false},
#define COPY_TABLE_OF(name, key, columns) {#name, key, columns, false},
#define COPY_SEEDED(name, key) {#name, key, NULL, true},
#define COPY_NOT(name) {#name, NULL, NULL, false},
#include "db/sql/copy_table.def"
#undef COPY_TABLE
#undef COPY_TABLE_OF
#undef COPY_SEEDED
#undef COPY_NOT
};
enum { TABLE_COUNT = ARRAY_COUNT(TABLES) };

/* The rows of a table: how many, and their hashes added up modulo 2^256, whatever their order. */
struct sum {
    int64_t rows;
    uint64_t parts[4];
};

struct copy {
    const struct db_copy_options *options;
    struct db_copy_report *report;
    struct arena *arena;
    struct buf row; /* its canonical bytes */
    struct copy_end from, to;
    struct copy_columns columns[TABLE_COUNT];
    struct sum sums[TABLE_COUNT]; /* of the source */
    int64_t done, total;
};

/* Questions */

void copy__add_names(struct buf *out, const struct copy_columns *columns) {
    for (int i = 0; i < columns->count; i++) buf_add_format(out, "%s\"%s\"", i ? ", " : "", columns->of[i].name);
}

static const struct copy_columns ONE_INT = {1, {{"number", COPY_INT}}}, ONE_TEXT = {1, {{"text", COPY_TEXT}}},
                                 TWO_TEXTS = {2, {{"name", COPY_TEXT}, {"type", COPY_TEXT}}};

static enum status keep_int(void *ctx, const struct copy_value *values, struct error *error) {
    (void)error;
    *(int64_t *)ctx = values[0].number;
    return OK;
}

/* 0 when there is no row. */
static enum status ask_int(struct copy_end *end, const char *sql, int64_t *out, struct error *error) {
    *out = 0;
    return end->ops->read(end, sql, &ONE_INT, keep_int, out, error);
}

/* A text with {table}, {column} and {number} in it, as a statement. */
static const char *expand(struct arena *arena, const char *text, const char *table, const char *column,
                          int64_t number) {
    struct buf out CLEANUP(buf_fini);
    buf_init(&out, SQL_MAX);
    for (slice rest = slice_of(text); rest.n;) {
        if (slice_starts(rest, S("{table}")))
            buf_add(&out, slice_of(table));
        else if (slice_starts(rest, S("{column}")))
            buf_add(&out, slice_of(column));
        else if (slice_starts(rest, S("{number}")))
            buf_add_int(&out, number);
        else {
            buf_add_char(&out, *rest.p);
            rest = slice_after(rest, 1);
            continue;
        }
        rest = slice_after(rest, slice_find_char(rest, '}') + 1);
    }
    assert(out.status == OK);
    return arena_copy(arena, buf_slice(&out)).p;
}

/* Opening */

static enum status open_end(struct copy_end *end, slice location, enum db_mode mode, struct error *error) {
    enum status status = db_open(location, mode, &end->db, error);
    if (status != OK) return status;
    end->ops = end->db->engine == &db__sqlite ? &copy__sqlite : &copy__postgresql;
    return OK;
}

static enum status open_source(struct copy_end *end, slice location, struct error *error) {
    int64_t sites;
    enum status status = open_end(end, location, DB_READ, error);
    if (status == OK) status = end->ops->open(end, error);
    if (status == OK) status = end->ops->run(end, end->ops->begin_read, error);
    if (status == OK) status = ask_int(end, "SELECT count(*) FROM site", &sites, error);
    if (status == OK && sites == 0) return error_set(error, NOT_FOUND, "it has no publication yet");
    return status;
}

static void close_end(struct copy_end *end) {
    if (!end->db) return;
    end->ops->close(end);
    db_close(end->db);
}

static void copy_fini(struct copy *c) {
    close_end(&c->to);
    close_end(&c->from);
    buf_fini(&c->row);
    arena_free(c->arena);
}

static void copy_init(struct copy *c, const struct db_copy_options *options, struct db_copy_report *report) {
    *c = (struct copy){.options = options, .report = report, .arena = arena_new(ARENA_BYTES)};
    *report = (struct db_copy_report){0};
    buf_init(&c->row, ROW_MAX_BYTES);
}

/* Schemas */

static enum status find_table(void *ctx, const struct copy_value *values, struct error *error) {
    (void)ctx;
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (slice_equal(values[0].bytes, slice_of(TABLES[i].name))) return OK;
    return error_set(error, INTERNAL, "the table %.*s is not among those that are copied", SLICE_FMT(values[0].bytes));
}

struct listing {
    struct arena *arena;
    struct copy_columns *columns;
};

static enum status keep_column(void *ctx, const struct copy_value *values, struct error *error) {
    static const struct {
        const char *name;
        enum copy_type type;
    } TYPES[] = {
        {"integer", COPY_INT}, {"bigint", COPY_INT}, {"text", COPY_TEXT}, {"blob", COPY_BLOB}, {"bytea", COPY_BLOB}};
    struct listing *l = ctx;
    if (l->columns->count == COPY_COLUMNS_MAX) return error_set(error, INTERNAL, "it has too many columns");
    for (size_t i = 0; i < ARRAY_COUNT(TYPES); i++) {
        if (!slice_equal(values[1].bytes, slice_of(TYPES[i].name))) continue;
        l->columns->of[l->columns->count++] =
            (struct copy_column){arena_copy(l->arena, values[0].bytes).p, TYPES[i].type};
        return OK;
    }
    return error_set(error, INTERNAL, "its column %.*s is of the type %.*s, which is not copied",
                     SLICE_FMT(values[0].bytes), SLICE_FMT(values[1].bytes));
}

/* "name:i name:t", by name. */
static void known_columns(struct arena *arena, const char *text, struct copy_columns *out) {
    for (slice rest = slice_of(text); rest.n;) {
        slice word = slice_cut(&rest, ' ');
        slice name = slice_cut(&word, ':');
        enum copy_type type = slice_equal(word, S("i")) ? COPY_INT : COPY_TEXT;
        out->of[out->count++] = (struct copy_column){arena_copy(arena, name).p, type};
    }
}

static enum status list_columns(struct copy *c, struct copy_end *end, const struct table *table,
                                struct copy_columns *out, struct error *error) {
    struct listing listing = {c->arena, out};
    *out = (struct copy_columns){0};
    if (table->columns) {
        known_columns(c->arena, table->columns, out);
        return OK;
    }
    const char *sql = expand(c->arena, end->ops->columns, table->name, "", 0);
    return end->ops->read(end, sql, &TWO_TEXTS, keep_column, &listing, error);
}

static enum status compare_columns(const struct copy_columns *a, const struct copy_columns *b, struct error *error) {
    for (int i = 0, j = 0; i < a->count || j < b->count; i++, j++) {
        int order = i == a->count ? 1 : j == b->count ? -1 : strcmp(a->of[i].name, b->of[j].name);
        if (order != 0)
            return error_set(error, INVALID, "only the %s has the column %s", order < 0 ? "source" : "target",
                             order < 0 ? a->of[i].name : b->of[j].name);
        if (a->of[i].type != b->of[j].type)
            return error_set(error, INVALID, "the column %s is of another type in the target", a->of[i].name);
    }
    return a->count ? OK : error_set(error, INVALID, "neither end has it");
}

/* Both ends have the same tables and columns, and each table is in the list. */
static enum status compare_schemas(struct copy *c, struct error *error) {
    enum status status = c->from.ops->read(&c->from, c->from.ops->tables, &ONE_TEXT, find_table, NULL, error);
    if (status == OK) status = c->to.ops->read(&c->to, c->to.ops->tables, &ONE_TEXT, find_table, NULL, error);
    for (size_t i = 0; status == OK && i < TABLE_COUNT; i++) {
        struct copy_columns other = {.count = 0};
        if (!TABLES[i].key) continue;
        status = list_columns(c, &c->from, &TABLES[i], &c->columns[i], error);
        if (status == OK) status = list_columns(c, &c->to, &TABLES[i], &other, error);
        if (status == OK) status = compare_columns(&c->columns[i], &other, error);
        if (status != OK) error_prefix(error, "table %s", TABLES[i].name);
    }
    return status;
}

static const char *select_rows(struct copy *c, size_t table) {
    struct buf sql CLEANUP(buf_fini);
    buf_init(&sql, SQL_MAX);
    buf_add(&sql, S("SELECT "));
    copy__add_names(&sql, &c->columns[table]);
    buf_add_format(&sql, " FROM \"%s\" ORDER BY %s", TABLES[table].name, TABLES[table].key);
    assert(sql.status == OK);
    return arena_copy(c->arena, buf_slice(&sql)).p;
}

static enum status count_rows(struct copy *c, struct copy_end *end, struct error *error) {
    enum status status = OK;
    for (size_t i = 0; status == OK && i < TABLE_COUNT; i++) {
        int64_t rows = 0;
        if (!TABLES[i].key) continue;
        const char *sql = expand(c->arena, "SELECT count(*) FROM {table}", TABLES[i].name, "", 0);
        status = ask_int(end, sql, &rows, error);
        c->total += rows;
    }
    return status;
}

/* Sums */

static void add_number(struct buf *out, uint64_t value) {
    for (int i = 56; i >= 0; i -= 8) buf_add_char(out, (char)(value >> i));
}

static enum status add_row(struct copy *c, const struct copy_columns *columns, const struct copy_value *values,
                           struct sum *sum, struct error *error) {
    static const char LETTERS[] = {[COPY_INT] = 'i', [COPY_TEXT] = 't', [COPY_BLOB] = 'b'};
    uint64_t words[4];
    buf_clear(&c->row);
    for (int i = 0; i < columns->count; i++) {
        enum copy_type type = columns->of[i].type;
        buf_add_char(&c->row, values[i].is_null ? 'n' : LETTERS[type]);
        if (values[i].is_null) continue;
        add_number(&c->row, type == COPY_INT ? (uint64_t)values[i].number : values[i].bytes.n);
        if (type != COPY_INT) buf_add(&c->row, values[i].bytes);
    }
    if (c->row.status != OK) return error_set(error, LIMIT, "a row is larger than %d bytes", ROW_MAX_BYTES);
    struct crypto_hash hash = crypto_blake2b(buf_slice(&c->row));
    static_assert(sizeof hash.bytes == sizeof words, "256 bits");
    memcpy(words, hash.bytes, sizeof words);
    uint64_t carry = 0;
    for (int i = 0; i < 4; i++) {
        uint64_t with_carry = words[i] + carry;
        carry = with_carry < carry;
        sum->parts[i] += with_carry;
        carry += sum->parts[i] < with_carry;
    }
    sum->rows++;
    return OK;
}

static void sum_text(const struct sum *sum, char out[static DIGITS + 1]) {
    for (int i = 0; i < 4; i++)
        (void)snprintf(out + (ptrdiff_t)i * 16, 17, "%016llx", (unsigned long long)sum->parts[3 - i]);
}

static bool sum_equal(const struct sum *a, const struct sum *b) {
    return a->rows == b->rows && memcmp(a->parts, b->parts, sizeof a->parts) == 0;
}

struct summing {
    struct copy *copy;
    const struct copy_columns *columns;
    struct sum sum;
};

static void step_on(struct copy *c) {
    c->done++;
    if (c->options->progress) c->options->progress(c->options->ctx, c->done, c->total);
}

static enum status sum_row(void *ctx, const struct copy_value *values, struct error *error) {
    struct summing *s = ctx;
    step_on(s->copy);
    return add_row(s->copy, s->columns, values, &s->sum, error);
}

static enum status sum_table(struct copy *c, struct copy_end *end, size_t table, struct sum *out, struct error *error) {
    struct summing summing = {.copy = c, .columns = &c->columns[table]};
    enum status status = end->ops->read(end, select_rows(c, table), summing.columns, sum_row, &summing, error);
    if (status != OK) error_prefix(error, "table %s", TABLES[table].name);
    *out = summing.sum;
    return status;
}

static void say_difference(struct copy *c, size_t table, const struct sum *source, const struct sum *target) {
    char line[512], from[DIGITS + 1], to[DIGITS + 1];
    sum_text(source, from);
    sum_text(target, to);
    int n =
        source->rows != target->rows
            ? snprintf(line, sizeof line, "table %s: %lld rows in the source, %lld in the target", TABLES[table].name,
                       (long long)source->rows, (long long)target->rows)
            : snprintf(line, sizeof line, "table %s: %lld rows at both ends, which differ (checksums %.16s…, %.16s…)",
                       TABLES[table].name, (long long)source->rows, from, to);
    if (c->options->say) c->options->say(c->options->ctx, slice_make(line, (size_t)n));
}

/* Of the source: c->sums. */
static enum status compare_sums(struct copy *c, struct error *error) {
    int differing = 0;
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        struct sum target;
        if (!TABLES[i].key) continue;
        enum status status = sum_table(c, &c->to, i, &target, error);
        if (status != OK) return status;
        c->report->tables++;
        c->report->rows += target.rows;
        if (sum_equal(&c->sums[i], &target)) continue;
        differing++;
        say_difference(c, i, &c->sums[i], &target);
    }
    if (differing == 0) return OK;
    return error_set(error, INVALID, "the target differs from the source in %d table%s", differing,
                     differing > 1 ? "s" : "");
}

/* The state of the target */

static enum status has_copy_table(struct copy *c, bool *out, struct error *error) {
    const char *sql = expand(c->arena, c->to.ops->columns, "palabre_copy", "", 0);
    struct copy_columns columns = {0};
    struct listing listing = {c->arena, &columns};
    enum status status = c->to.ops->read(&c->to, sql, &TWO_TEXTS, keep_column, &listing, error);
    *out = columns.count > 0;
    return status;
}

static enum status look_whether_empty(struct copy *c, struct error *error) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        int64_t rows = 0;
        if (!TABLES[i].key || TABLES[i].seeded) continue;
        const char *sql = expand(c->arena, "SELECT count(*) FROM {table}", TABLES[i].name, "", 0);
        enum status status = ask_int(&c->to, sql, &rows, error);
        if (status != OK) return status;
        if (rows > 0) return error_set(error, CONFLICT, "the target holds a publication already: name an empty one");
    }
    return OK;
}

static enum status run_in_transaction(struct copy_end *end, const char *sql, struct error *error) {
    enum status status = end->ops->run(end, end->ops->begin_write, error);
    if (status == OK) status = end->ops->run(end, sql, error);
    return status == OK ? end->ops->run(end, "COMMIT", error) : status;
}

/* A publication is known by the moment when it was made. */
static enum status note_beginning(struct copy *c, int64_t made_at, struct error *error) {
    struct buf sql CLEANUP(buf_fini);
    buf_init(&sql, SQL_MAX);
    buf_add_format(&sql,
                   "CREATE TABLE palabre_copy (name TEXT PRIMARY KEY, row_count BIGINT NOT NULL, sum TEXT NOT NULL);"
                   "INSERT INTO palabre_copy (name, row_count, sum) VALUES ('', ");
    buf_add_int(&sql, made_at);
    buf_add(&sql, S(", '');"));
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (TABLES[i].seeded) buf_add_format(&sql, "DELETE FROM %s;", TABLES[i].name);
    buf_add_format(&sql, "%s%c", c->to.ops->suspend, 0);
    assert(sql.status == OK);
    return run_in_transaction(&c->to, sql.p, error);
}

static enum status begin_copy(struct copy *c, struct error *error) {
    int64_t made_at = 0, known = 0;
    bool unfinished;
    enum status status = ask_int(&c->from, "SELECT created_at FROM site", &made_at, error);
    if (status == OK) status = has_copy_table(c, &unfinished, error);
    if (status != OK) return status;
    c->report->resumed = unfinished;
    if (!unfinished) {
        status = look_whether_empty(c, error);
        return status == OK ? note_beginning(c, made_at, error) : status;
    }
    status = ask_int(&c->to, "SELECT row_count FROM palabre_copy WHERE name = ''", &known, error);
    if (status == OK && known != made_at)
        return error_set(error, CONFLICT,
                         "the target holds an unfinished copy of another publication: name an empty one");
    return status;
}

/* Rows */

struct moving {
    struct copy *copy;
    size_t table;
    struct sum sum, noted; /* of what has been read; of what is in the target */
    char noted_text[DIGITS + 1];
    bool writing, changed; /* changed: what is in the target is not what the source begins with */
    int64_t batch_rows;
    size_t batch_bytes;
};

static enum status begin_batch(struct moving *m, struct error *error) {
    struct copy_end *to = &m->copy->to;
    enum status status = to->ops->run(to, to->ops->begin_write, error);
    if (status == OK) status = to->ops->write_begin(to, TABLES[m->table].name, &m->copy->columns[m->table], error);
    m->writing = status == OK;
    m->batch_rows = 0;
    m->batch_bytes = 0;
    return status;
}

static enum status end_batch(struct moving *m, struct error *error) {
    char sql[512], text[DIGITS + 1];
    struct copy_end *to = &m->copy->to;
    if (!m->writing) return OK;
    m->writing = false;
    enum status status = to->ops->write_end(to, error);
    sum_text(&m->sum, text);
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO palabre_copy (name, row_count, sum) VALUES ('%s', %lld, '%s')"
                   " ON CONFLICT (name) DO UPDATE SET row_count = excluded.row_count, sum = excluded.sum",
                   TABLES[m->table].name, (long long)m->sum.rows, text);
    if (status == OK) status = to->ops->run(to, sql, error);
    if (status == OK) status = to->ops->run(to, "COMMIT", error);
    m->copy->report->written += m->batch_rows;
    return status;
}

static bool is_as_noted(const struct moving *m) {
    char text[DIGITS + 1];
    sum_text(&m->sum, text);
    return strcmp(text, m->noted_text) == 0;
}

static enum status move_row(void *ctx, const struct copy_value *values, struct error *error) {
    struct moving *m = ctx;
    if (m->changed) return OK;
    enum status status = add_row(m->copy, &m->copy->columns[m->table], values, &m->sum, error);
    if (status != OK) return status;
    if (m->sum.rows <= m->noted.rows) {
        m->changed = m->sum.rows == m->noted.rows && !is_as_noted(m);
        if (!m->changed) step_on(m->copy);
        return OK;
    }
    step_on(m->copy);
    if (!m->writing) status = begin_batch(m, error);
    if (status == OK) status = m->copy->to.ops->write_row(&m->copy->to, values, error);
    if (status != OK) return status;
    m->batch_bytes += m->copy->row.n;
    return ++m->batch_rows >= BATCH_ROWS || m->batch_bytes >= BATCH_BYTES ? end_batch(m, error) : OK;
}

static enum status keep_noted(void *ctx, const struct copy_value *values, struct error *error) {
    struct moving *m = ctx;
    (void)error;
    m->noted.rows = values[0].number;
    (void)snprintf(m->noted_text, sizeof m->noted_text, "%.*s", SLICE_FMT(values[1].bytes));
    return OK;
}

static enum status move_rows(struct moving *m, struct error *error) {
    static const struct copy_columns NOTED = {2, {{"row_count", COPY_INT}, {"sum", COPY_TEXT}}};
    struct copy *c = m->copy;
    int64_t done = c->done;
    m->noted_text[0] = '\0';
    const char *sql = expand(c->arena, "SELECT row_count, sum FROM palabre_copy WHERE name = '{table}'",
                             TABLES[m->table].name, "", 0);
    enum status status = c->to.ops->read(&c->to, sql, &NOTED, keep_noted, m, error);
    if (status == OK)
        status = c->from.ops->read(&c->from, select_rows(c, m->table), &c->columns[m->table], move_row, m, error);
    m->changed = m->changed || m->sum.rows < m->noted.rows;
    if (m->changed) c->done = done;
    return status == OK ? end_batch(m, error) : status;
}

/* A table that the source has changed since the copy was begun: from its first row. */
static enum status empty_table(struct copy *c, size_t table, struct error *error) {
    const char *sql = expand(c->arena, "DELETE FROM {table}; DELETE FROM palabre_copy WHERE name = '{table}'",
                             TABLES[table].name, "", 0);
    enum status status = run_in_transaction(&c->to, sql, error);
    if (status != OK)
        error_prefix(error, "the source has changed since the copy was begun: begin again with an empty target");
    return status;
}

static enum status move_table(struct copy *c, size_t table, struct error *error) {
    struct moving moving = {.copy = c, .table = table};
    enum status status = move_rows(&moving, error);
    if (status == OK && moving.changed) {
        status = empty_table(c, table, error);
        moving = (struct moving){.copy = c, .table = table};
        if (status == OK) status = move_rows(&moving, error);
    }
    if (status != OK) error_prefix(error, "table %s", TABLES[table].name);
    c->sums[table] = moving.sum;
    return status;
}

/* The end */

/* Numbers that were given once are not given again, even of rows that are gone. */
static enum status set_numbers(struct copy *c, struct buf *script, struct error *error) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        int64_t number = 0;
        if (!TABLES[i].key) continue;
        slice key = slice_of(TABLES[i].key);
        const char *column = arena_copy(c->arena, slice_cut(&key, ',')).p;
        const char *sql = expand(c->arena, c->from.ops->number, TABLES[i].name, column, 0);
        enum status status = ask_int(&c->from, sql, &number, error);
        if (status != OK) return status;
        if (number == 0) continue;
        buf_add(script, slice_of(expand(c->arena, c->to.ops->set_number, TABLES[i].name, column, number)));
        buf_add_char(script, ';');
    }
    return OK;
}

static enum status finish_copy(struct copy *c, struct error *error) {
    struct buf script CLEANUP(buf_fini);
    buf_init(&script, 4 * (size_t)SQL_MAX);
    enum status status = set_numbers(c, &script, error);
    if (status != OK) return status;
    buf_add_format(&script, "%s;DROP TABLE palabre_copy%c", c->to.ops->resume, 0);
    assert(script.status == OK);
    status = run_in_transaction(&c->to, script.p, error);
    return status == OK ? c->to.ops->run(&c->to, c->to.ops->after, error) : status;
}

static enum status refuse_same(slice from, slice to, struct error *error) {
    static const slice SQLITE = S_INIT("sqlite:");
    char first[4096], second[4096];
    if (slice_starts(from, SQLITE)) from = slice_after(from, SQLITE.n);
    if (slice_starts(to, SQLITE)) to = slice_after(to, SQLITE.n);
    bool same = slice_equal(from, to);
    if (!same && from.n < sizeof first && to.n < sizeof second) {
        char a[4096], b[4096];
        (void)snprintf(a, sizeof a, "%.*s", SLICE_FMT(from));
        (void)snprintf(b, sizeof b, "%.*s", SLICE_FMT(to));
        same = realpath(a, first) && realpath(b, second) && strcmp(first, second) == 0;
    }
    return same ? error_set(error, INVALID, "the source and the target are the same") : OK;
}

static enum status open_target(struct copy *c, slice to, struct error *error) {
    enum status status = open_end(&c->to, to, DB_COPY, error);
    if (status != OK) return status;
    int64_t version = db_schema_version(c->to.db);
    if (version > 0 && version < db_schema_latest())
        return error_set(error, CONFLICT, "the target was made by an earlier Palabre: name an empty one");
    status = db_migrate(c->to.db, NULL, NULL, error); /* refuses a later one */
    return status == OK ? c->to.ops->open(&c->to, error) : status;
}

static enum status copy_all(struct copy *c, slice from, slice to, struct error *error) {
    enum status status = open_source(&c->from, from, error);
    if (status != OK) {
        error_prefix(error, "source");
        return status;
    }
    status = open_target(c, to, error);
    if (status == OK) status = compare_schemas(c, error);
    if (status == OK) status = begin_copy(c, error);
    if (status == OK) status = count_rows(c, &c->from, error);
    c->total *= 2; /* each is read again, at the other end */
    for (size_t i = 0; status == OK && i < TABLE_COUNT; i++)
        if (TABLES[i].key) status = move_table(c, i, error);
    if (status == OK) status = compare_sums(c, error);
    return status == OK ? finish_copy(c, error) : status;
}

enum status db_copy(slice from, slice to, const struct db_copy_options *options, struct db_copy_report *out,
                    struct error *error) {
    struct copy c;
    enum status status = refuse_same(from, to, error);
    if (status != OK) return status;
    copy_init(&c, options, out);
    status = copy_all(&c, from, to, error);
    copy_fini(&c);
    return status;
}

static enum status verify_all(struct copy *c, slice from, slice to, struct error *error) {
    enum status status = open_source(&c->from, from, error);
    if (status != OK) {
        error_prefix(error, "source");
        return status;
    }
    status = open_source(&c->to, to, error);
    if (status != OK) {
        error_prefix(error, "target");
        return status;
    }
    status = compare_schemas(c, error);
    if (status == OK) status = count_rows(c, &c->from, error);
    if (status == OK) status = count_rows(c, &c->to, error);
    for (size_t i = 0; status == OK && i < TABLE_COUNT; i++)
        if (TABLES[i].key) status = sum_table(c, &c->from, i, &c->sums[i], error);
    return status == OK ? compare_sums(c, error) : status;
}

enum status db_copy_verify(slice from, slice to, const struct db_copy_options *options, struct db_copy_report *out,
                           struct error *error) {
    struct copy c;
    enum status status = refuse_same(from, to, error);
    if (status != OK) return status;
    copy_init(&c, options, out);
    status = verify_all(&c, from, to, error);
    copy_fini(&c);
    return status;
}
