#include "domain/likeness.h"

#include <stdlib.h>

enum {
    SHARED_MAX = 50,                  /* looked at of each key */
    CANDIDATES_MAX = 12,              /* LIKENESS_LOAD's */
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
    struct db *db;
    struct arena *arena, *scratch;
    slice text;
    const uint8_t *sketch;
    struct likeness likeness;
    int percent, open; /* open: texts that were compared though there was a sketch */
};

struct candidate {
    int64_t article, number;
    int shared; /* keys */
};

static enum status compare_text(struct comparing *c, const struct candidate *other, int *share, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(c->db, DB_LIKENESS_TEXT);
    db_bind_int(rows, "article", other->article);
    db_bind_int(rows, "number", other->number);
    enum status status = db_step(rows, error);
    *share = 0;
    if (status != OK) return status == NOT_FOUND ? OK : status;
    if (c->likeness.count == 0) {
        struct evasion own = text_evasion(c->arena, c->text);
        c->likeness = text_likeness(c->arena, &own);
    }
    if (!c->scratch) c->scratch = arena_new(SCRATCH_BYTES);
    arena_reset(c->scratch);
    struct evasion evasion = text_evasion(c->scratch, db_text_peek(rows, "text_source"));
    struct likeness likeness = text_likeness(c->scratch, &evasion);
    *share = likeness_percent(&c->likeness, &likeness);
    return OK;
}

static enum status compare(struct comparing *c, struct db_rows *rows, int *share, struct error *error) {
    struct candidate other = {.article = db_int(rows, "article_id"), .number = db_int(rows, "number")};
    slice sketch = db_blob_peek(rows, "likeness");
    if (sketch.n != LIKENESS_SKETCH_BYTES) return compare_text(c, &other, share, error);
    *share = likeness_estimate(c->sketch, (const uint8_t *)sketch.p);
    bool clear = *share >= c->percent + LIKENESS_ERROR || *share < c->percent - LIKENESS_ERROR || *share == 100;
    if (clear || c->open == COMPARED_MAX) return OK;
    c->open++;
    return compare_text(c, &other, share, error);
}

/* Those that share most keys first, then the newest. */
static int by_shared(const void *a, const void *b) {
    const struct candidate *x = a, *y = b;
    if (x->shared != y->shared) return x->shared < y->shared ? 1 : -1;
    return x->number < y->number ? 1 : x->number > y->number ? -1 : 0;
}

static void add_candidate(struct candidate *candidates, size_t *count, struct db_rows *rows) {
    int64_t number = db_int(rows, "number");
    for (size_t i = 0; i < *count; i++) {
        if (candidates[i].number != number) continue;
        candidates[i].shared++;
        return;
    }
    candidates[(*count)++] = (struct candidate){db_int(rows, "article_id"), number, 1};
}

/* Whoever shares a key, the best CANDIDATES_MAX first. Mostly there is nobody. */
static enum status find_candidates(struct db *db, const int64_t keys[static LIKENESS_KEYS], comment_number but,
                                   struct candidate candidates[static LIKENESS_KEYS * SHARED_MAX], size_t *count,
                                   struct error *error) {
    static const char *const NAMES[LIKENESS_KEYS] = {"key1", "key2", "key3", "key4"};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_LIKENESS_SHARED);
    for (int i = 0; i < LIKENESS_KEYS; i++) db_bind_int(rows, NAMES[i], keys[i]);
    db_bind_int(rows, "but", but.v);
    db_bind_int(rows, "limit", SHARED_MAX);
    enum status status;
    *count = 0;
    while ((status = db_step(rows, error)) == OK) add_candidate(candidates, count, rows);
    if (status != NOT_FOUND) return status;
    qsort(candidates, *count, sizeof *candidates, by_shared);
    if (*count > CANDIDATES_MAX) *count = CANDIDATES_MAX;
    return OK;
}

static struct db_rows *load_candidates(struct db *db, const struct candidate *candidates, size_t count) {
    static const char *const NAMES[CANDIDATES_MAX][2] = {{"a1", "n1"}, {"a2", "n2"},   {"a3", "n3"},   {"a4", "n4"},
                                                         {"a5", "n5"}, {"a6", "n6"},   {"a7", "n7"},   {"a8", "n8"},
                                                         {"a9", "n9"}, {"a10", "n10"}, {"a11", "n11"}, {"a12", "n12"}};
    struct db_rows *rows = db_use(db, DB_LIKENESS_LOAD);
    for (size_t i = 0; i < CANDIDATES_MAX; i++) {
        struct candidate one = i < count ? candidates[i] : (struct candidate){0};
        db_bind_int(rows, NAMES[i][0], one.article);
        db_bind_int(rows, NAMES[i][1], one.number);
    }
    return rows;
}

static enum status compare_all(struct comparing *c, const struct candidate *candidates, size_t count,
                               struct likeness_near *out, struct error *error) {
    slice authors[CANDIDATES_MAX];
    size_t author_count = 0;
    enum status status;
    struct db_rows *rows CLEANUP(db_finish_p) = load_candidates(c->db, candidates, count);
    while ((status = db_step(rows, error)) == OK) {
        int share;
        status = compare(c, rows, &share, error);
        if (status != OK) return status;
        if (share < c->percent) continue;
        if (share > out->percent) out->percent = share;
        if (!same_author(rows, c->arena, authors, author_count)) author_count++;
        if (out->count < LIKENESS_NEAR_MAX) out->numbers[out->count++].v = db_int(rows, "number");
    }
    out->authors = (int64_t)author_count;
    return status == NOT_FOUND ? OK : status;
}

/* What the keys' message is compared by. NOT_FOUND: it is gone. */
static enum status load_own(struct comparing *c, const struct likeness_of *of, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(c->db, DB_LIKENESS_TEXT);
    db_bind_int(rows, "article", of->article.v);
    db_bind_int(rows, "number", of->number.v);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    c->text = db_text(rows, "text_source", c->arena);
    slice sketch = db_blob(rows, "likeness", c->arena);
    if (sketch.n == LIKENESS_SKETCH_BYTES) {
        c->sketch = (const uint8_t *)sketch.p;
        return OK;
    }
    struct evasion own = text_evasion(c->arena, c->text);
    struct likeness_mark *mark = ARENA_NEW(c->arena, struct likeness_mark);
    *mark = likeness_mark(&own);
    c->sketch = mark->sketch;
    return OK;
}

enum status likeness_find(struct db *db, struct arena *arena, const struct likeness_of *of, int percent,
                          struct likeness_near *out, struct error *error) {
    struct candidate candidates[LIKENESS_KEYS * SHARED_MAX];
    size_t count;
    *out = (struct likeness_near){0};
    if (of->keys[0] == 0) return OK;
    enum status status = find_candidates(db, of->keys, of->number, candidates, &count, error);
    if (status != OK || count == 0) return status;
    struct comparing comparing = {.db = db, .arena = arena, .text = of->text, .sketch = of->sketch, .percent = percent};
    if (!of->sketch) status = load_own(&comparing, of, error);
    if (status == OK) status = compare_all(&comparing, candidates, count, out, error);
    arena_free(comparing.scratch);
    return status == NOT_FOUND ? OK : status;
}

enum status likeness_keep(struct db *db, comment_number number, article_id article,
                          const int64_t keys[static LIKENESS_KEYS], struct error *error) {
    enum status status = OK;
    for (int i = 0; i < LIKENESS_KEYS && keys[i] && status == OK; i++) {
        struct db_rows *rows = db_use(db, DB_LIKENESS_ADD);
        db_bind_int(rows, "key", keys[i]);
        db_bind_int(rows, "number", number.v);
        db_bind_int(rows, "article", article.v);
        status = db_run_later(rows, error);
    }
    return status;
}

void likeness_bind(struct db_rows *rows, const struct likeness_mark *mark) {
    slice sketch = slice_make((const char *)mark->sketch, sizeof mark->sketch);
    db_bind_blob(rows, "sketch", mark->keys[0] ? sketch : (slice){0});
}
