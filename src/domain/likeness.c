#include "domain/likeness.h"

enum {
    CANDIDATES_MAX = 12,
    COMPARED_MAX = 2,                 /* of them, whose text is read where the sketch leaves it open */
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

/* What the look-up compares with, its shingles made when they are first needed. */
struct comparing {
    struct arena *arena, *scratch;
    const struct evasion *text;
    const struct likeness_mark *mark;
    struct likeness likeness;
    int percent, open; /* open: texts that were compared though there was a sketch */
};

static int compare_text(struct comparing *c, slice other) {
    if (c->likeness.count == 0) c->likeness = text_likeness(c->arena, c->text);
    if (!c->scratch) c->scratch = arena_new(SCRATCH_BYTES);
    arena_reset(c->scratch);
    struct evasion evasion = text_evasion(c->scratch, other);
    struct likeness likeness = text_likeness(c->scratch, &evasion);
    return likeness_percent(&c->likeness, &likeness);
}

static int compare(struct comparing *c, struct db_rows *rows) {
    slice sketch = db_blob(rows, "likeness", c->arena);
    if (sketch.n != LIKENESS_SKETCH_BYTES) return compare_text(c, db_text_peek(rows, "text_source"));
    int share = likeness_estimate(c->mark->sketch, (const uint8_t *)sketch.p);
    bool clear = share >= c->percent + LIKENESS_ERROR || share < c->percent - LIKENESS_ERROR || share == 100;
    if (clear || c->open == COMPARED_MAX) return share;
    c->open++;
    return compare_text(c, db_text_peek(rows, "text_source"));
}

enum status likeness_find(struct db *db, struct arena *arena, const struct evasion *text,
                          const struct likeness_mark *mark, int percent, comment_number but, struct likeness_near *out,
                          struct error *error) {
    static const char *const KEYS[LIKENESS_KEYS] = {"key1", "key2", "key3", "key4"};
    slice authors[CANDIDATES_MAX];
    size_t author_count = 0;
    *out = (struct likeness_near){0};
    if (mark->keys[0] == 0) return OK;
    struct comparing comparing = {.arena = arena, .text = text, .mark = mark, .percent = percent};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_LIKENESS_FIND);
    for (int i = 0; i < LIKENESS_KEYS; i++) db_bind_int(rows, KEYS[i], mark->keys[i]);
    db_bind_int(rows, "but", but.v);
    db_bind_int(rows, "limit", CANDIDATES_MAX);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        int share = compare(&comparing, rows);
        if (share < percent) continue;
        if (share > out->percent) out->percent = share;
        if (!same_author(rows, arena, authors, author_count)) author_count++;
        if (out->count < LIKENESS_NEAR_MAX) out->numbers[out->count++].v = db_int(rows, "number");
    }
    arena_free(comparing.scratch);
    out->authors = (int64_t)author_count;
    return status == NOT_FOUND ? OK : status;
}

enum status likeness_keep(struct db *db, comment_number number, article_id article, const struct likeness_mark *mark,
                          struct error *error) {
    enum status status = OK;
    for (int i = 0; i < LIKENESS_KEYS && mark->keys[i] && status == OK; i++) {
        struct db_rows *rows = db_use(db, DB_LIKENESS_ADD);
        db_bind_int(rows, "key", mark->keys[i]);
        db_bind_int(rows, "number", number.v);
        db_bind_int(rows, "article", article.v);
        status = db_run(rows, NULL, error);
    }
    return status;
}

void likeness_bind(struct db_rows *rows, const struct likeness_mark *mark) {
    slice sketch = slice_make((const char *)mark->sketch, sizeof mark->sketch);
    db_bind_blob(rows, "sketch", mark->keys[0] ? sketch : (slice){0});
}
