#include "domain/notice.h"

#include "domain/notice_change.h"

static struct db_rows *use(struct db *db, enum db_statement statement, article_id article, comment_number number) {
    struct db_rows *rows = db_use(db, statement);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", number.v);
    return rows;
}

static enum status set_author_told(struct db *db, article_id article, comment_number number, slice state,
                                   struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use(db, DB_NOTICE_AUTHOR_TOLD, article, number);
    db_bind_text(rows, "state", state);
    return db_run(rows, NULL, error);
}

enum status notice__changed(struct db *db, const struct comment_subject *subject, bool at_once, time_ms now,
                            struct error *error) {
    struct db_rows *held CLEANUP(db_finish_p) = use(db, DB_OUTBOX_DROP_HELD, subject->article, subject->number);
    enum status status = db_run(held, NULL, error);
    bool told = subject->state == COMMENT_PUBLISHED || subject->state == COMMENT_REJECTED ||
                subject->state == COMMENT_REMOVED; /* who sends spam need not know that it was seen through */
    if (status == OK && at_once) status = set_author_told(db, subject->article, subject->number, S("published"), error);
    if (status != OK || !told) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = use(db, DB_OUTBOX_HOLD, subject->article, subject->number);
    db_bind_text(rows, "kind", outbox_kind_name(OUTBOX_STATE));
    db_bind_bool(rows, "published", subject->state == COMMENT_PUBLISHED);
    db_bind_int(rows, "now", now);
    return db_run(rows, NULL, error);
}

struct matter {
    article_id article;
    comment_number number, parent;
    enum comment_state state;
    bool tell_author, tell_parent, tell_followers;
};

static bool is_same_hand(struct db_rows *rows) {
    slice device = db_blob_peek(rows, "device_hash"), parent = db_blob_peek(rows, "parent_device");
    slice email = db_text_peek(rows, "email");
    if (device.p && parent.p && slice_equal(device, parent)) return true;
    return email.n && slice_equal_nocase(email, db_text_peek(rows, "parent_email"));
}

static enum status load(struct db *db, article_id article, comment_number number, struct matter *m,
                        struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use(db, DB_NOTICE_COMMENT, article, number);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    slice state = db_text_peek(rows, "state");
    *m = (struct matter){.article = article, .number = number, .parent = {db_int(rows, "parent_number")}};
    if (!comment_state_parse(state, &m->state)) return error_set(error, INTERNAL, "a comment is in no known state");
    m->tell_author = db_bool(rows, "notify") && db_text_peek(rows, "email").n > 0 &&
                     !slice_equal(db_text_peek(rows, "author_told"), state);
    m->tell_followers = m->state == COMMENT_PUBLISHED && db_is_null(rows, "followers_told_at");
    m->tell_parent = m->tell_followers && db_bool(rows, "parent_notify") && db_text_peek(rows, "parent_email").n > 0 &&
                     slice_equal(db_text_peek(rows, "parent_state"), S("published")) && !is_same_hand(rows);
    return OK;
}

static enum status add_author(struct db *db, const struct matter *m, time_ms now, struct error *error) {
    bool published = m->state == COMMENT_PUBLISHED;
    if (!published && m->state != COMMENT_REJECTED && m->state != COMMENT_REMOVED) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = use(db, DB_OUTBOX_ADD_AUTHOR, m->article, m->number);
    db_bind_text(rows, "kind", outbox_kind_name(published ? OUTBOX_PUBLISHED : OUTBOX_REFUSED));
    db_bind_int(rows, "now", now);
    enum status status = db_run(rows, NULL, error);
    return status == OK ? set_author_told(db, m->article, m->number, comment_state_name(m->state), error) : status;
}

static enum status add_answered(struct db *db, const struct matter *m, time_ms now, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use(db, DB_OUTBOX_ADD_ANSWERED, m->article, m->parent);
    db_bind_text(rows, "kind", outbox_kind_name(OUTBOX_ANSWERED));
    db_bind_int(rows, "answer", m->number.v);
    db_bind_int(rows, "now", now);
    return db_run(rows, NULL, error);
}

static enum status add_followers(struct db *db, const struct matter *m, time_ms now, time_ms digest_at,
                                 struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use(db, DB_NOTICE_FOLLOWERS_TOLD, m->article, m->number);
    db_bind_int(rows, "now", now);
    enum status status = db_run(rows, NULL, error);
    if (status != OK) return status;
    struct db_rows *each CLEANUP(db_finish_p) = use(db, DB_OUTBOX_ADD_EACH, m->article, m->number);
    db_bind_int(each, "now", now);
    status = db_run(each, NULL, error);
    if (status != OK) return status;
    struct db_rows *digests CLEANUP(db_finish_p) = use(db, DB_OUTBOX_ADD_DIGESTS, m->article, m->number);
    db_bind_int(digests, "now", now);
    db_bind_int(digests, "at", digest_at);
    return db_run(digests, NULL, error);
}

enum status notice_due(struct db *db, article_id article, comment_number number, time_ms now, time_ms digest_at,
                       struct error *error) {
    struct matter m;
    enum status status = load(db, article, number, &m, error);
    if (status == NOT_FOUND) return OK; /* erased meanwhile */
    if (status == OK && m.tell_author) status = add_author(db, &m, now, error);
    if (status == OK && m.tell_parent) status = add_answered(db, &m, now, error);
    if (status == OK && m.tell_followers) status = add_followers(db, &m, now, digest_at, error);
    return status;
}

enum status notice_want(struct db *db, article_id article, comment_number number, bool wanted, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use(db, DB_NOTICE_WANT, article, number);
    db_bind_bool(rows, "notify", wanted);
    return db_run(rows, NULL, error);
}

enum status notice_wanted(struct db *db, article_id article, comment_number number, bool *wanted, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use(db, DB_NOTICE_WANTED, article, number);
    enum status status = db_step(rows, error);
    if (status == OK) *wanted = db_bool(rows, "notify");
    return status;
}
