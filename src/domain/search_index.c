#include "domain/search_index.h"

#include "domain/comment_state.h"
#include "domain/search_ahead.h"
#include "domain/search_terms.h"

#include <inttypes.h>

enum {
    STEP_ALL = 32768,
    ALL_HASH_BYTES = 16 * 1024 * 1024, /* terms that FTS5 gathers in memory before it writes them out */
    HASH_BYTES = 1024 * 1024,          /* its own choice */
};

static enum status run_id(struct db *db, enum db_statement statement, const char *name, int64_t id,
                          struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, statement);
    db_bind_int(rows, name, id);
    return db_run(rows, NULL, error);
}

/* One document */

static enum status add_message(struct db *db, int64_t number, int64_t article, slice words, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SEARCH_MESSAGE_ADD);
    db_bind_int(rows, "number", number);
    db_bind_int(rows, "article", article);
    db_bind_text(rows, "words", words);
    return db_run(rows, NULL, error);
}

static bool is_published(struct db_rows *rows) {
    return slice_equal(db_text_peek(rows, "state"), comment_state_name(COMMENT_PUBLISHED));
}

static enum status drop_message(struct db *db, int64_t number, int64_t article, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SEARCH_MESSAGE_DROP);
    db_bind_int(rows, "article", article);
    db_bind_int(rows, "number", number);
    return db_run(rows, NULL, error);
}

enum status search__comment_changed(struct db *db, article_id article, comment_number number, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SEARCH_COMMENT);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", number.v);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    status = drop_message(db, number.v, article.v, error);
    if (status != OK || !is_published(rows)) return status;
    struct search_maker maker CLEANUP(search__maker_fini);
    search__maker_init(&maker);
    status = search__make_message(&maker, rows, error);
    if (status != OK) return status;
    return add_message(db, number.v, article.v, buf_slice(&maker.words), error);
}

static enum status put_article(struct search_maker *maker, struct db *db, article_id id, bool published, bool likes,
                               struct error *error) {
    enum status status = run_id(db, DB_SEARCH_ARTICLE_DROP, "id", id.v, error);
    if (status == OK && published) status = search__make_article(maker, db, id, error);
    if (status != OK) return status;
    slice words = published ? buf_slice(&maker->words) : S("");
    if (published) {
        struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SEARCH_ARTICLE_ADD);
        db_bind_int(rows, "id", id.v);
        db_bind_text(rows, "words", words);
        status = db_run(rows, NULL, error);
        if (status != OK) return status;
    }
    /* an imprint or a contact is like nothing */
    return search__article_likeness(db, id, published && maker->is_page ? S("") : words, likes, error);
}

enum status search__article_changed(struct db *db, article_id id, struct error *error) {
    struct article_standing standing;
    enum status status = article_standing(db, id, &standing, error);
    if (status != OK) return status;
    struct search_maker maker CLEANUP(search__maker_fini);
    search__maker_init(&maker);
    return put_article(&maker, db, id, standing.state == ARTICLE_PUBLISHED, true, error);
}

enum status search__comments_came(struct db *db, comment_number from, struct error *error) {
    return run_id(db, DB_SEARCH_MESSAGES_CAME, "from", from.v, error);
}

enum status search__article_came(struct db *db, article_id id, struct error *error) {
    return run_id(db, DB_SEARCH_ARTICLES_CAME, "from", id.v, error);
}

/* How far */

struct far {
    int64_t version, article, message, likeness; /* next; 0: all are done */
    int64_t last_article, last_message;
    bool rewriting;
};

static enum status load(struct db *db, struct far *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SEARCH_PROGRESS);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    *out = (struct far){
        .version = db_int(rows, "version"),
        .article = db_int(rows, "next_article"),
        .message = db_int(rows, "next_message"),
        .likeness = db_int(rows, "next_likeness"),
        .last_article = db_int(rows, "last_article"),
        .last_message = db_int(rows, "last_message"),
        .rewriting = db_bool(rows, "rewriting"),
    };
    if (out->version != SEARCH_VERSION) {
        out->article = out->message = out->likeness = 1;
        out->rewriting = true;
    }
    return OK;
}

static enum status save(struct db *db, const struct far *far, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SEARCH_PROGRESS_SAVE);
    db_bind_int(rows, "version", SEARCH_VERSION);
    db_bind_bool(rows, "rewriting", far->rewriting);
    db_bind_int(rows, "article", far->article);
    db_bind_int(rows, "message", far->message);
    db_bind_int(rows, "likeness", far->likeness);
    return db_run(rows, NULL, error);
}

static void tell(const struct far *far, struct search_progress *out) {
    int64_t left = (far->article ? far->last_article - far->article + 1 : 0) +
                   (far->message ? far->last_message - far->message + 1 : 0);
    int64_t all = far->last_article + far->last_message;
    if (left < 0) left = 0;
    *out = (struct search_progress){
        .complete = !far->article && !far->message && !far->likeness,
        .percent = all ? (int)((all - left) * 100 / all) : 100,
        .next_article = far->article,
        .next_message = far->message,
    };
    if (!out->complete && out->percent > 99) out->percent = 99;
}

enum status search_progress_load(struct db *db, struct search_progress *out, struct error *error) {
    struct far far;
    enum status status = load(db, &far, error);
    if (status == OK) tell(&far, out);
    return status;
}

/* Step by step */

struct walk {
    struct db *db;
    struct search_maker maker;
    struct far *far;
    int64_t left;               /* of what may be looked at */
    struct search_ahead *ahead; /* makes the terms of messages; NULL: they are made here */
    struct search_batch *batch; /* being filled for it; NULL: none */
};

static void walk_fini(struct walk *walk) { search__maker_fini(&walk->maker); }

/* Writes what the other thread has made, until no more than so many batches are on their way. */
static enum status take_batches(struct walk *walk, size_t most, struct error *error) {
    enum status status = OK;
    while (status == OK && search__ahead_given(walk->ahead) > most) {
        const struct search_batch *batch = search__ahead_take(walk->ahead);
        status = batch->status;
        if (status != OK) *error = batch->error;
        for (size_t i = 0; i < batch->count && status == OK; i++) {
            const struct search_message *m = &batch->messages[i];
            status = add_message(walk->db, m->number, m->article, m->words, error);
        }
    }
    return status;
}

static enum status give_batch(struct walk *walk, size_t most, struct error *error) {
    if (walk->batch) search__ahead_give(walk->ahead);
    walk->batch = NULL;
    return take_batches(walk, most, error);
}

static enum status give_message(struct walk *walk, struct db_rows *rows, struct error *error) {
    if (!walk->batch) walk->batch = search__ahead_batch(walk->ahead);
    struct search_batch *batch = walk->batch;
    batch->messages[batch->count++] = (struct search_message){
        .number = db_int(rows, "number"),
        .article = db_int(rows, "article_id"),
        .language = db_text(rows, "language", batch->arena),
        .title = db_text(rows, "title", batch->arena),
        .name = db_text(rows, "name", batch->arena),
        .html = db_text(rows, "html", batch->arena),
    };
    return batch->count < SEARCH_BATCH ? OK : give_batch(walk, SEARCH_AHEAD_BATCHES - 1, error);
}

static enum status step_message(struct walk *walk, struct db_rows *rows, struct error *error) {
    int64_t number = db_int(rows, "number");
    bool indexed = db_bool(rows, "indexed"), published = is_published(rows);
    if (indexed && (walk->far->rewriting || !published)) {
        enum status status = drop_message(walk->db, number, db_int(rows, "article_id"), error);
        if (status != OK) return status;
    }
    if (!published || (indexed && !walk->far->rewriting)) return OK;
    if (walk->ahead) return give_message(walk, rows, error);
    enum status status = search__make_message(&walk->maker, rows, error);
    if (status != OK) return status;
    return add_message(walk->db, number, db_int(rows, "article_id"), buf_slice(&walk->maker.words), error);
}

static enum status step_article(struct walk *walk, struct db_rows *rows, struct error *error) {
    article_id id = {db_int(rows, "id")};
    bool indexed = db_bool(rows, "indexed");
    bool published = slice_equal(db_text_peek(rows, "state"), article_state_name(ARTICLE_PUBLISHED));
    if (indexed == published && !walk->far->rewriting) return OK;
    return put_article(&walk->maker, walk->db, id, published, false, error);
}

static enum status step_likeness(struct walk *walk, struct db_rows *rows, struct error *error) {
    bool published = slice_equal(db_text_peek(rows, "state"), article_state_name(ARTICLE_PUBLISHED));
    return published ? search__find_likes(walk->db, (article_id){db_int(rows, "id")}, error) : OK;
}

/* Rows from *next on, until there are no more (*next is 0 then) or enough have been looked at. */
static enum status go_on(struct walk *walk, enum db_statement statement, const char *key, int64_t *next,
                         enum status (*step)(struct walk *walk, struct db_rows *rows, struct error *error),
                         struct error *error) {
    if (*next == 0 || walk->left <= 0) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(walk->db, statement);
    int64_t limit = walk->left, seen = 0;
    db_bind_int(rows, "from", *next);
    db_bind_int(rows, "limit", limit);
    enum status status;
    while ((status = db_step(rows, error)) == OK) {
        status = step(walk, rows, error);
        if (status != OK) return status;
        *next = db_int(rows, key) + 1;
        seen++;
    }
    walk->left -= seen;
    if (status == NOT_FOUND && seen < limit) *next = 0;
    return status == NOT_FOUND ? OK : status;
}

static enum status index_step(struct db *db, struct search_ahead *ahead, int64_t most, struct search_progress *out,
                              struct error *error) {
    struct far far;
    /* one at a time, where there are several nodes */
    enum status status = db_run(db_use(db, DB_SEARCH_PROGRESS_LOCK), NULL, error);
    if (status == OK) status = load(db, &far, error);
    if (status != OK) return status;
    struct walk walk CLEANUP(walk_fini) = {.db = db, .far = &far, .left = most, .ahead = ahead};
    search__maker_init(&walk.maker);
    search_stemmers_remember(walk.maker.stemmers);
    status = go_on(&walk, DB_SEARCH_WALK_ARTICLES, "id", &far.article, step_article, error);
    if (status == OK && !far.article)
        status = go_on(&walk, DB_SEARCH_WALK_ARTICLES, "id", &far.likeness, step_likeness, error);
    if (status == OK) status = go_on(&walk, DB_SEARCH_WALK_MESSAGES, "number", &far.message, step_message, error);
    if (status == OK && ahead) status = give_batch(&walk, 0, error);
    tell(&far, out);
    if (out->complete) far.rewriting = false;
    return status == OK ? save(db, &far, error) : status;
}

enum status search_index_step(struct db *db, int64_t most, struct search_progress *out, struct error *error) {
    return index_step(db, NULL, most, out, error);
}

/* What the engine gathers in memory is kept in the database: a little at a time again, once all is in. */
static enum status set_gathering(struct db *db, int64_t bytes, struct error *error) {
    return run_id(db, DB_SEARCH_GATHER, "bytes", bytes, error);
}

static enum status all_step(struct db *db, struct search_ahead *ahead, struct search_progress *at,
                            struct error *error) {
    enum status status = db_write_begin(db, error);
    if (status != OK) return status;
    status = set_gathering(db, ALL_HASH_BYTES, error);
    if (status == OK) status = index_step(db, ahead, STEP_ALL, at, error);
    if (status == OK) status = set_gathering(db, HASH_BYTES, error);
    if (status == OK) status = db_write_commit(db, error);
    if (status != OK) db_write_rollback(db);
    return status;
}

enum status search_index_all(struct db *db, void (*progress)(void *ctx, int percent), void *ctx, struct error *error) {
    struct search_progress at;
    enum status status = search_progress_load(db, &at, error);
    if (status != OK || at.complete) return status;
    struct search_ahead *ahead = search__ahead_new();
    while (!at.complete && status == OK) {
        status = all_step(db, ahead, &at, error);
        if (status == OK && progress) progress(ctx, at.percent);
    }
    search__ahead_free(ahead);
    return status;
}

enum status search_index_again(struct db *db, struct error *error) {
    struct far far = {.article = 1, .message = 1, .likeness = 1, .rewriting = true};
    return save(db, &far, error);
}
