#include "domain/likeness_fill.h"

enum { STEP_ALL = 20000 };
static const size_t SCRATCH_BYTES = (size_t)64 * 1024 * 1024; /* a text is at most a request's body */

static enum status keep(struct db *db, struct db_rows *message, const struct likeness_mark *mark, struct error *error) {
    comment_number number = {db_int(message, "number")};
    article_id article = {db_int(message, "article_id")};
    struct db_rows *rows = db_use(db, DB_LIKENESS_FILL_SET);
    likeness_bind(rows, mark);
    db_bind_int(rows, "number", number.v);
    db_bind_int(rows, "article", article.v);
    enum status status = db_run(rows, NULL, error);
    return status == OK ? likeness_keep(db, number, article, mark->keys, error) : status;
}

/* Messages from *next on; *next is 0 when there are no more. */
static enum status fill(struct db *db, struct arena *arena, int64_t most, int64_t *next, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_LIKENESS_FILL_WALK);
    int64_t seen = 0;
    enum status status;
    db_bind_int(rows, "from", *next);
    db_bind_int(rows, "limit", most);
    while ((status = db_step(rows, error)) == OK) {
        if (db_bool(rows, "without")) {
            struct evasion text = text_evasion(arena, db_text_peek(rows, "text_source"));
            struct likeness_mark mark = likeness_mark(&text);
            arena_reset(arena);
            if (mark.keys[0]) status = keep(db, rows, &mark, error); /* else it is too short to be like anything */
        }
        if (status != OK) return status;
        *next = db_int(rows, "number") + 1;
        seen++;
    }
    if (status != NOT_FOUND) return status;
    if (seen < most) *next = 0;
    return OK;
}

static enum status load_next(struct db *db, int64_t *next, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_LIKENESS_FILL_NEXT);
    enum status status = db_step(rows, error);
    if (status == OK) *next = db_int(rows, "next");
    return status;
}

enum status likeness_fill_step(struct db *db, int64_t most, bool *complete, struct error *error) {
    int64_t next;
    enum status status = load_next(db, &next, error);
    *complete = status == OK && next == 0;
    if (status != OK || *complete) return status;
    /* one at a time, where there are several nodes */
    status = db_run(db_use(db, DB_SEARCH_PROGRESS_LOCK), NULL, error);
    if (status == OK) status = load_next(db, &next, error);
    if (status != OK) return status;
    struct arena *arena CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    if (next) status = fill(db, arena, most, &next, error);
    *complete = next == 0;
    if (status != OK) return status;
    struct db_rows *rows = db_use(db, DB_LIKENESS_FILL_SAVE);
    db_bind_int(rows, "next", next);
    return db_run(rows, NULL, error);
}

enum status likeness_fill_all(struct db *db, struct error *error) {
    bool complete = false;
    while (!complete) {
        enum status status = db_write_begin(db, error);
        if (status != OK) return status;
        status = likeness_fill_step(db, STEP_ALL, &complete, error);
        if (status == OK) status = db_write_commit(db, error);
        if (status != OK) {
            db_write_rollback(db);
            return status;
        }
    }
    return OK;
}
