/* What an engine gives to copy.c: rows as values, tables by the name the schema has for them. For this room only.
   A connection that copies is used for nothing else afterwards than to be closed. */
#ifndef PALABRE_DB_COPY_END_H
#define PALABRE_DB_COPY_END_H

#include "base/buf.h"
#include "db/db.h"

enum { COPY_COLUMNS_MAX = 64 };

enum copy_type { COPY_INT, COPY_TEXT, COPY_BLOB };
struct copy_column {
    const char *name;
    enum copy_type type;
};
struct copy_columns {
    int count;
    struct copy_column of[COPY_COLUMNS_MAX]; /* by name */
};
struct copy_value {
    bool is_null;
    int64_t number;
    slice bytes; /* borrowed until the next row */
};
typedef enum status (*copy_row)(void *ctx, const struct copy_value *values, struct error *error);

struct copy_end {
    struct db *db;
    const struct copy_ops *ops;
    void *statement;            /* SQLite's, of the rows being written */
    struct buf out;             /* PostgreSQL's, likewise */
    struct copy_columns column; /* likewise */
};

struct copy_ops {
    const char *begin_read, *begin_write;
    const char *tables; /* gives each name */
    /* In these {table}, {column} and {number} stand for what they say. */
    const char *columns; /* name and type, by name; not those the engine computes */
    /* The largest number that the table has given in this column; 0: none, or it gives none. */
    const char *number, *set_number;
    const char *suspend; /* in the transaction that begins the copy: references are not looked at from now on */
    const char *resume;  /* in the one that ends it: they are again, and what is made from the tables is made */
    const char *after;   /* behind it */

    enum status (*open)(struct copy_end *end, struct error *error);
    enum status (*run)(struct copy_end *end, const char *sql, struct error *error); /* several statements are fine */
    /* Each row of a question, whose columns have these types. An error of row ends it. */
    enum status (*read)(struct copy_end *end, const char *sql, const struct copy_columns *columns, copy_row row,
                        void *ctx, struct error *error);
    /* In a transaction; between begin and end nothing else. */
    enum status (*write_begin)(struct copy_end *end, const char *table, const struct copy_columns *columns,
                               struct error *error);
    enum status (*write_row)(struct copy_end *end, const struct copy_value *values, struct error *error);
    enum status (*write_end)(struct copy_end *end, struct error *error);
    void (*close)(struct copy_end *end); /* at any moment, once */
};

extern const struct copy_ops copy__sqlite, copy__postgresql;

/* "a", "b" … */
void copy__add_names(struct buf *out, const struct copy_columns *columns);

#endif
