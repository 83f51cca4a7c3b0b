#include "domain/outbox.h"

#include "domain/journal_note.h"

static const slice KIND_NAMES[OUTBOX_KINDS] = {
    [OUTBOX_STATE] = S_INIT("state"),     [OUTBOX_PUBLISHED] = S_INIT("published"),
    [OUTBOX_REFUSED] = S_INIT("refused"), [OUTBOX_ANSWERED] = S_INIT("answered"),
    [OUTBOX_MESSAGE] = S_INIT("message"), [OUTBOX_DIGEST] = S_INIT("digest"),
    [OUTBOX_FOLLOW] = S_INIT("follow"),   [OUTBOX_RECEIVED] = S_INIT("received"),
    [OUTBOX_REPORT] = S_INIT("report"),
};

slice outbox_kind_name(enum outbox_kind kind) { return KIND_NAMES[kind]; }

static bool parse_kind(slice name, enum outbox_kind *out) {
    for (size_t i = 0; i < OUTBOX_KINDS; i++) {
        if (!slice_equal(name, KIND_NAMES[i])) continue;
        *out = (enum outbox_kind)i;
        return true;
    }
    return false;
}

enum status outbox_take(struct db *db, const struct outbox_claim *claim, struct outbox_item *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_OUTBOX_CLAIM);
    db_bind_int(rows, "until", claim->now + claim->lease_ms);
    db_bind_text(rows, "owner", claim->owner);
    db_bind_int(rows, "now", claim->now);
    db_bind_int(rows, "before", claim->now - claim->held_ms);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    *out = (struct outbox_item){.id = db_int(rows, "id"),
                                .article = {db_int(rows, "article_id")},
                                .comment = {db_int(rows, "comment_number")},
                                .answer = {db_int(rows, "answer_number")},
                                .subscription = db_int(rows, "subscription_id"),
                                .report = {db_int(rows, "report_id")},
                                .created_at = db_int(rows, "created_at"),
                                .attempts = db_int(rows, "attempts")};
    if (!parse_kind(db_text_peek(rows, "kind"), &out->kind))
        return error_set(error, INTERNAL, "the outbox holds something of an unknown kind");
    /* to its end: the statement writes */
    status = db_step(rows, error);
    return status == NOT_FOUND ? OK : status;
}

enum status outbox_next(struct db *db, int64_t held_ms, time_ms *next, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_OUTBOX_NEXT);
    db_bind_int(rows, "delay", held_ms);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    *next = db_is_null(rows, "next") ? INT64_MAX : db_int(rows, "next");
    return OK;
}

static struct db_rows *use_row(struct db *db, enum db_statement statement, int64_t id, slice owner) {
    struct db_rows *rows = db_use(db, statement);
    db_bind_int(rows, "id", id);
    db_bind_text(rows, "owner", owner);
    return rows;
}

enum status outbox_done(struct db *db, int64_t id, slice owner, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use_row(db, DB_OUTBOX_DELETE, id, owner);
    return db_run(rows, NULL, error);
}

enum status outbox_again(struct db *db, int64_t id, slice owner, time_ms next, bool counts, slice why,
                         struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use_row(db, DB_OUTBOX_AGAIN, id, owner);
    db_bind_int(rows, "next", next);
    db_bind_int(rows, "counts", counts ? 1 : 0);
    db_bind_text(rows, "error", why);
    return db_run(rows, NULL, error);
}

enum status outbox_fail(struct db *db, int64_t id, slice owner, time_ms now, slice why, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = use_row(db, DB_OUTBOX_FAIL, id, owner);
    db_bind_int(rows, "now", now);
    db_bind_text(rows, "error", why);
    return db_run(rows, NULL, error);
}

enum status outbox_release_all(struct db *db, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_OUTBOX_RELEASE_ALL);
    return db_run(rows, NULL, error);
}

enum status outbox_release(struct db *db, slice owner, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_OUTBOX_RELEASE);
    db_bind_text(rows, "owner", owner);
    return db_run(rows, NULL, error);
}

enum status outbox_purge(struct db *db, time_ms before, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_OUTBOX_PURGE);
    db_bind_int(rows, "before", before);
    return db_run(rows, NULL, error);
}

enum status outbox_count(struct db *db, struct outbox_figures *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_OUTBOX_COUNTS);
    enum status status = db_step(rows, error);
    if (status != OK) return status;
    *out = (struct outbox_figures){.waiting = db_int(rows, "waiting"),
                                   .failed = db_int(rows, "failed"),
                                   .subscriptions = db_int(rows, "subscriptions"),
                                   .paused = db_int(rows, "paused"),
                                   .oldest = db_int(rows, "oldest")};
    return OK;
}

enum status outbox_list_load(struct db *db, struct arena *arena, bool failed, size_t limit, struct outbox_list *out,
                             struct error *error) {
    *out = (struct outbox_list){ARENA_ARRAY(arena, limit, struct outbox_row), 0};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, failed ? DB_OUTBOX_LIST_FAILED : DB_OUTBOX_LIST_WAITING);
    db_bind_int(rows, "limit", (int64_t)limit);
    enum status status;
    while ((status = db_step(rows, error)) == OK && out->count < limit) {
        struct outbox_row *row = &out->items[out->count++];
        *row = (struct outbox_row){.id = db_int(rows, "id"),
                                   .headline = db_text(rows, "headline", arena),
                                   .comment = {db_int(rows, "comment_number")},
                                   .created_at = db_int(rows, "created_at"),
                                   .next_at = db_int(rows, "next_at"),
                                   .attempts = db_int(rows, "attempts"),
                                   .error = db_text(rows, "error", arena)};
        if (!parse_kind(db_text_peek(rows, "kind"), &row->kind)) out->count--;
    }
    return status == NOT_FOUND ? OK : status;
}

static enum status journal_acts(struct db *db, const char *act, int64_t count, account_id by, struct error *error) {
    char actor[JOURNAL_ACTOR_SIZE];
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_int(&note, "mails", count);
    return journal__note_write(&note, db, 0, journal__actor(actor, by), act, "outbox", 0, error);
}

enum status outbox_retry_failed(struct db *db, time_ms now, account_id by, struct error *error) {
    int64_t count = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_OUTBOX_RETRY_FAILED);
    db_bind_int(rows, "now", now);
    enum status status = db_run(rows, &count, error);
    return status == OK && count > 0 ? journal_acts(db, "mail.retry", count, by, error) : status;
}

enum status outbox_forget_failed(struct db *db, account_id by, struct error *error) {
    int64_t count = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_OUTBOX_FORGET_FAILED);
    enum status status = db_run(rows, &count, error);
    return status == OK && count > 0 ? journal_acts(db, "mail.forget", count, by, error) : status;
}

enum status outbox__add_follow(struct db *db, article_id article, int64_t subscription, time_ms now,
                               struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_OUTBOX_ADD_FOLLOW);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "subscription", subscription);
    db_bind_int(rows, "now", now);
    return db_run(rows, NULL, error);
}

static enum status add_about(struct db *db, enum db_statement statement, article_id article, const char *name,
                             int64_t value, time_ms now, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, statement);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, name, value);
    db_bind_int(rows, "now", now);
    return db_run(rows, NULL, error);
}

enum status outbox__add_received(struct db *db, article_id article, report_id report, time_ms now,
                                 struct error *error) {
    return add_about(db, DB_OUTBOX_ADD_RECEIVED, article, "id", report.v, now, error);
}

enum status outbox__add_report(struct db *db, article_id article, report_id report, time_ms now, struct error *error) {
    return add_about(db, DB_OUTBOX_ADD_REPORT, article, "id", report.v, now, error);
}

enum status outbox__add_reports(struct db *db, article_id article, comment_number number, time_ms now,
                                struct error *error) {
    return add_about(db, DB_OUTBOX_ADD_REPORTS, article, "number", number.v, now, error);
}
