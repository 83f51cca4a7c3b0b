#include "domain/likeness.h"

enum {
    CANDIDATES_MAX = 12,              /* whose texts are read and compared */
    SCRATCH_BYTES = 64 * 1024 * 1024, /* a text is at most a request's body */
};

static bool same_author(struct db_rows *rows, struct arena *arena, slice *marks, size_t count) {
    slice device = db_blob(rows, "device_hash", arena), address = db_text(rows, "fingerprint", arena);
    slice mark = device.n ? device : address.n ? address : db_text(rows, "name", arena);
    marks[count] = mark;
    for (size_t i = 0; i < count; i++)
        if (slice_equal(marks[i], mark)) return true;
    return false;
}

static int compare_text(struct arena *scratch, const struct likeness *text, slice other) {
    arena_reset(scratch);
    struct evasion evasion = text_evasion(scratch, other);
    struct likeness likeness = text_likeness(scratch, &evasion);
    return likeness_percent(text, &likeness);
}

enum status likeness_find(struct db *db, struct arena *arena, const struct likeness *text, int percent,
                          comment_number but, struct likeness_near *out, struct error *error) {
    static const char *const KEYS[LIKENESS_KEYS] = {"key1", "key2", "key3", "key4"};
    int64_t keys[LIKENESS_KEYS];
    slice authors[CANDIDATES_MAX];
    size_t author_count = 0;
    *out = (struct likeness_near){0};
    if (text->count == 0) return OK;
    likeness_keys(text, keys);
    struct arena *scratch CLEANUP(arena_free_p) = arena_new(SCRATCH_BYTES);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_LIKENESS_FIND);
    for (int i = 0; i < LIKENESS_KEYS; i++) db_bind_int(rows, KEYS[i], keys[i]);
    db_bind_int(rows, "but", but.v);
    db_bind_int(rows, "limit", CANDIDATES_MAX);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        int share = compare_text(scratch, text, db_text_peek(rows, "text_source"));
        if (share < percent) continue;
        if (share > out->percent) out->percent = share;
        if (!same_author(rows, arena, authors, author_count)) author_count++;
        if (out->count < LIKENESS_NEAR_MAX) out->numbers[out->count++].v = db_int(rows, "number");
    }
    out->authors = (int64_t)author_count;
    return status == NOT_FOUND ? OK : status;
}

enum status likeness_keep(struct db *db, comment_number number, article_id article, const int64_t keys[LIKENESS_KEYS],
                          struct error *error) {
    enum status status = OK;
    for (int i = 0; i < LIKENESS_KEYS && keys[i] && status == OK; i++) {
        struct db_rows *rows = db_use(db, DB_LIKENESS_ADD);
        db_bind_int(rows, "key", keys[i]);
        db_bind_int(rows, "number", number.v);
        db_bind_int(rows, "article", article.v);
        status = db_run(rows, NULL, error);
    }
    return status;
}
