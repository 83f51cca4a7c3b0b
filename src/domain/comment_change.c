#include "domain/comment_change.h"

#include "domain/outbox.h"
#include "domain/search_index.h"

#include <inttypes.h>
#include <stdio.h>

enum status comment__article(struct db *db, comment_number number, article_id *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_ARTICLE);
    db_bind_int(rows, "number", number.v);
    enum status status = db_step(rows, error);
    if (status == OK) out->v = db_int(rows, "article_id");
    return status == NOT_FOUND ? error_set(error, NOT_FOUND, "no comment %" PRId64, number.v) : status;
}

enum status comment__subject_load(struct db *db, article_id article, comment_number number, struct comment_subject *out,
                                  struct error *error) {
    enum status status = article.v ? OK : comment__article(db, number, &article, error);
    if (status == OK) status = db_lock(db, DB_LOCK_DISCUSSION, article.v, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_SUBJECT);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", number.v);
    status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, NOT_FOUND, "no comment %" PRId64, number.v);
    if (status != OK) return status;
    *out = (struct comment_subject){
        .number = number,
        .root = {db_int(rows, "root_number")},
        .parent = {db_int(rows, "parent_number")},
        .article = article,
        .ordinal = db_int(rows, "ordinal"),
        .version = db_int(rows, "version"),
        .report_count = db_int(rows, "report_count"),
        .submitted_at = db_int(rows, "submitted_at"),
        .published_at = db_int(rows, "published_at"),
        .text_hash = crypto_sha256(db_text_peek(rows, "text_source")),
        .charter_version = db_int(rows, "charter_version"),
    };
    out->root_ordinal = out->root.v ? db_int(rows, "root_ordinal") : out->ordinal;
    (void)snprintf(out->language, sizeof out->language, "%.*s", SLICE_FMT(db_text_peek(rows, "language")));
    if (!comment_state_parse(db_text_peek(rows, "state"), &out->state))
        return error_set(error, INTERNAL, "comment %" PRId64 " is in no known state", number.v);
    return OK;
}

/* The next ordinal of the discussion (or of the thread): taken first and read then, so that where several write at once
   the row is ours when we read it. */
static struct db_rows *use_thread(struct db *db, enum db_statement statement, article_id article, comment_number root) {
    struct db_rows *rows = db_use(db, statement);
    db_bind_int(rows, "article", article.v);
    if (root.v) db_bind_int(rows, "number", root.v);
    return rows;
}

/* root 0: of the discussion. */
static enum status next_ordinal(struct db *db, article_id article, comment_number root, int64_t *ordinal,
                                struct error *error) {
    struct db_rows *take CLEANUP(db_finish_p) =
        use_thread(db, root.v ? DB_THREAD_TAKE_ORDINAL : DB_DISCUSSION_TAKE_ORDINAL, article, root);
    enum status status = db_run_later(take, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) =
        use_thread(db, root.v ? DB_THREAD_LAST_ORDINAL : DB_DISCUSSION_LAST_ORDINAL, article, root);
    status = db_step(rows, error);
    if (status == OK) *ordinal = db_int(rows, "ordinal");
    return status;
}

static enum status set_ordinal(struct db *db, article_id article, comment_number number, int64_t ordinal,
                               struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_SET_ORDINAL);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", number.v);
    db_bind_int(rows, "ordinal", ordinal);
    return db_run_later(rows, error);
}

static enum status place_root(struct db *db, article_id article, comment_number root, int64_t *ordinal,
                              struct error *error) {
    enum status status = next_ordinal(db, article, (comment_number){0}, ordinal, error);
    return status == OK ? set_ordinal(db, article, root, *ordinal, error) : status;
}

/* The place it keeps for ever. A reply whose root has none (an imported one that was never published) gives it one: the
   root stands there as a stub. */
static enum status take_place(struct db *db, struct comment_subject *subject, struct error *error) {
    if (subject->root.v == 0) {
        enum status status = place_root(db, subject->article, subject->number, &subject->ordinal, error);
        subject->root_ordinal = subject->ordinal;
        return status;
    }
    if (subject->root_ordinal == 0) {
        enum status status = place_root(db, subject->article, subject->root, &subject->root_ordinal, error);
        if (status != OK) return status;
    }
    enum status status = next_ordinal(db, subject->article, subject->root, &subject->ordinal, error);
    return status == OK ? set_ordinal(db, subject->article, subject->number, subject->ordinal, error) : status;
}

static enum status set_state(struct db *db, const struct comment_subject *subject, enum comment_state to, time_ms now,
                             struct error *error) {
    int64_t changed = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_SET_STATE);
    db_bind_int(rows, "article", subject->article.v);
    db_bind_int(rows, "number", subject->number.v);
    db_bind_int(rows, "version", subject->version);
    db_bind_text(rows, "state", comment_state_name(to));
    db_bind_int(rows, "now", now);
    enum status status = db_run(rows, &changed, error);
    if (status == OK && changed != 1)
        return error_set(error, CONFLICT, "comment %" PRId64 " was changed meanwhile", subject->number.v);
    return status;
}

static enum status count_discussion(struct db *db, article_id article, bool version, int64_t published, int64_t pending,
                                    struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DISCUSSION_COUNT);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "version", version ? 1 : 0);
    db_bind_int(rows, "published", published);
    db_bind_int(rows, "pending", pending);
    return db_run_later(rows, error);
}

static enum status count_site(struct db *db, article_id article, bool version, int64_t pending, int64_t reports,
                              struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_COUNT);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "version", version ? 1 : 0);
    db_bind_int(rows, "pending", pending);
    db_bind_int(rows, "reports", reports);
    return db_run_later(rows, error);
}

static enum status count_comment(struct db *db, enum db_statement statement, article_id article, comment_number number,
                                 int64_t change, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, statement);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "number", number.v);
    db_bind_int(rows, "change", change);
    return db_run_later(rows, error);
}

enum status comment__count_pending(struct db *db, article_id article, int64_t change, struct error *error) {
    enum status status = count_discussion(db, article, false, 0, change, error);
    return status == OK ? count_site(db, article, false, change, 0, error) : status;
}

enum status comment__count_reports(struct db *db, const struct comment_subject *subject, int64_t change,
                                   struct error *error) {
    if (change == 0) return OK;
    enum status status = count_comment(db, DB_COMMENT_COUNT_REPORTS, subject->article, subject->number, change, error);
    return status == OK ? count_site(db, subject->article, false, 0, change, error) : status;
}

enum status comment__move(struct db *db, struct comment_subject *subject, enum comment_state to, time_ms now,
                          struct error *error) {
    int64_t published = (to == COMMENT_PUBLISHED) - (subject->state == COMMENT_PUBLISHED);
    int64_t pending = (to == COMMENT_PENDING) - (subject->state == COMMENT_PENDING);
    enum status status = set_state(db, subject, to, now, error);
    if (status == OK && to == COMMENT_PUBLISHED && subject->ordinal == 0) status = take_place(db, subject, error);
    /* Once it has a place its stub may come and go. */
    bool shown = subject->ordinal != 0;
    if (status == OK && (shown || pending != 0))
        status = count_discussion(db, subject->article, shown, published, pending, error);
    if (status == OK && (published != 0 || pending != 0))
        status = count_site(db, subject->article, published != 0, pending, 0, error);
    if (status == OK && published != 0 && subject->root.v != 0)
        status = count_comment(db, DB_COMMENT_COUNT_REPLIES, subject->article, subject->root, published, error);
    if (status == OK && published != 0) status = search__comment_changed(db, subject->article, subject->number, error);
    if (status != OK) return status;
    subject->state = to;
    subject->version++;
    if (to == COMMENT_PUBLISHED && subject->published_at == 0) subject->published_at = now;
    return OK;
}

enum status comment__touch_discussion(struct db *db, const struct comment_subject *subject, struct error *error) {
    enum status status = count_discussion(db, subject->article, true, 0, 0, error);
    return status == OK ? search__comment_changed(db, subject->article, subject->number, error) : status;
}

enum status comment__close_reports(struct db *db, const struct comment_subject *subject, slice as, slice answer,
                                   int64_t decision, time_ms now, struct error *error) {
    int64_t closed = 0;
    /* Not even asked when none is open, as nearly always: after the search index was written, a change of several rows makes
       the database write that out first, which costs more than all of the decision. */
    if (subject->report_count == 0) return OK;
    enum status status = outbox__add_reports(db, subject->article, subject->number, now, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_CLOSE);
    db_bind_int(rows, "article", subject->article.v);
    db_bind_int(rows, "number", subject->number.v);
    db_bind_text(rows, "state", as);
    db_bind_text(rows, "answer", answer);
    db_bind_id(rows, "decision", decision);
    db_bind_int(rows, "now", now);
    status = db_run(rows, &closed, error);
    return status == OK ? comment__count_reports(db, subject, -closed, error) : status;
}

enum status comment__reopen_reports(struct db *db, const struct comment_subject *subject, int64_t decision,
                                    struct error *error) {
    int64_t opened = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_REOPEN);
    db_bind_int(rows, "article", subject->article.v);
    db_bind_int(rows, "number", subject->number.v);
    db_bind_int(rows, "decision", decision);
    enum status status = db_run(rows, &opened, error);
    return status == OK ? comment__count_reports(db, subject, opened, error) : status;
}

enum status comment__journal(struct db *db, const struct comment_subject *subject, slice actor, const char *act,
                             struct journal_note *note, struct error *error) {
    journal__note_text(note, "state", comment_state_name(subject->state));
    journal__note_int(note, "version", subject->version);
    journal__note_int(note, "charter", subject->charter_version);
    journal__note_hash(note, "text_sha256", &subject->text_hash);
    return journal__note_write(note, db, subject->article.v, actor, act, "comment", subject->number.v, error);
}
