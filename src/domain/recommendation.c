#include "domain/recommendation.h"

#include "domain/comment_change.h"

#include <inttypes.h>

struct subject {
    struct recommendation_result place;
    struct crypto_hash author; /* where has_author */
    bool has_author, is_picked;
};

static enum status load(struct db *db, comment_number number, struct subject *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RECOMMENDATION_SUBJECT);
    db_bind_int(rows, "number", number.v);
    enum status status = db_step(rows, error);
    if (status != OK && status != NOT_FOUND) return status;
    bool is_public = status == OK && slice_equal(db_text_peek(rows, "state"), S("published")) &&
                     slice_equal(db_text_peek(rows, "article_state"), S("published"));
    if (!is_public) return error_set(error, NOT_FOUND, "comment %" PRId64 " is not published", number.v);
    bool is_root = db_is_null(rows, "root_number");
    *out = (struct subject){.is_picked = !db_is_null(rows, "picked_at")};
    out->place = (struct recommendation_result){
        .article = {db_int(rows, "article_id")},
        .root = {is_root ? number.v : db_int(rows, "root_number")},
        .root_ordinal = db_int(rows, is_root ? "ordinal" : "root_ordinal"),
        .ordinal = db_int(rows, "ordinal"),
        .count = db_int(rows, "recommendation_count"),
    };
    slice author = db_blob_peek(rows, "device_hash");
    out->has_author = author.n == sizeof out->author.bytes;
    for (size_t i = 0; out->has_author && i < author.n; i++) out->author.bytes[i] = (unsigned char)author.p[i];
    return OK;
}

static bool is_author(const struct subject *subject, slice token) {
    if (!subject->has_author || slice_is_empty(token)) return false;
    struct crypto_hash hash = crypto_sha256(token);
    return crypto_equal(hash.bytes, subject->author.bytes, sizeof hash.bytes);
}

enum status recommendation_find(struct db *db, article_id article, comment_number number, slice reader_token,
                                bool *found, struct error *error) {
    *found = false;
    if (slice_is_empty(reader_token)) return OK;
    struct crypto_hash reader = crypto_sha256(reader_token);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RECOMMENDATION_FIND);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", number.v);
    db_bind_blob(rows, "reader", slice_make(reader.bytes, sizeof reader.bytes));
    enum status status = db_step(rows, error);
    *found = status == OK;
    return status == NOT_FOUND ? OK : status;
}

static enum status check_block(struct db *db, const struct recommendation_order *order, article_id article,
                               struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RECOMMENDATION_BLOCK);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", order->number.v);
    db_bind_text(rows, "fingerprint", order->fingerprint);
    db_bind_int(rows, "most", RECOMMENDATIONS_PER_BLOCK);
    enum status status = db_step(rows, error);
    if (status == OK && db_int(rows, "count") >= RECOMMENDATIONS_PER_BLOCK)
        return error_set(error, LIMIT, "comment %" PRId64 " has enough recommendations from there", order->number.v);
    return status;
}

static enum status write(struct db *db, const struct recommendation_order *order, article_id article,
                         struct error *error) {
    struct crypto_hash reader = crypto_sha256(order->reader_token);
    struct db_rows *rows CLEANUP(db_finish_p) =
        db_use(db, order->undo ? DB_RECOMMENDATION_REMOVE : DB_RECOMMENDATION_ADD);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", order->number.v);
    db_bind_blob(rows, "reader", slice_make(reader.bytes, sizeof reader.bytes));
    if (!order->undo) {
        db_bind_text(rows, "fingerprint", order->fingerprint);
        db_bind_int(rows, "now", clock_now());
    }
    return db_run(rows, NULL, error);
}

static enum status count(struct db *db, article_id article, comment_number number, int64_t change,
                         struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_RECOMMENDATION_COUNT);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", number.v);
    db_bind_int(rows, "change", change);
    return db_run(rows, NULL, error);
}

enum status recommendation_set(struct db *db, const struct recommendation_order *order,
                               struct recommendation_result *out, struct error *error) {
    struct subject subject;
    bool stands;
    enum status status = load(db, order->number, &subject, error);
    if (status != OK) return status;
    if (is_author(&subject, order->author_token))
        return error_set(error, FORBIDDEN, "comment %" PRId64 " is the reader's own", order->number.v);
    article_id article = subject.place.article;
    status = recommendation_find(db, article, order->number, order->reader_token, &stands, error);
    if (status != OK) return status;
    *out = subject.place;
    if (stands != order->undo) return OK; /* as asked already */
    if (!order->undo) status = check_block(db, order, article, error);
    if (status == OK) status = write(db, order, article, error);
    if (status == OK) status = count(db, article, order->number, order->undo ? -1 : 1, error);
    if (status != OK) return status;
    out->count += order->undo ? -1 : 1;
    out->changed = true;
    return OK;
}

static enum status set_picked(struct db *db, article_id article, comment_number number, time_ms at,
                              struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_SET_PICKED);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", number.v);
    db_bind_id(rows, "at", at);
    return db_run(rows, NULL, error);
}

enum status comment_pick(struct db *db, comment_number number, bool picked, account_id by,
                         struct recommendation_result *out, struct error *error) {
    struct subject subject;
    struct comment_subject comment;
    enum status status = load(db, number, &subject, error);
    if (status != OK) return status;
    *out = subject.place;
    if (subject.is_picked == picked) return OK;
    status = comment__subject_load(db, subject.place.article, number, &comment, error);
    if (status == OK) status = set_picked(db, comment.article, number, picked ? clock_now() : 0, error);
    if (status == OK) status = comment__touch_discussion(db, &comment, error);
    if (status != OK) return status;
    out->changed = true;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    char actor[JOURNAL_ACTOR_SIZE];
    return comment__journal(db, &comment, journal__actor(actor, by), picked ? "comment.pick" : "comment.unpick", &note,
                            error);
}
