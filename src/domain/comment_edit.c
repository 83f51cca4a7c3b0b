#include "domain/comment_change.h"
#include "domain/decision.h"
#include "domain/decision_row.h"
#include "domain/likeness_due.h"
#include "text/markdown.h"

#include <inttypes.h>

enum { EDIT_ARENA_MAX = 4 * 1024 * 1024 /* an article without its texts */ };

static enum status load_version(struct db *db, article_id article, comment_number number, int64_t version,
                                struct comment_subject *subject, struct error *error) {
    enum status status = comment__subject_load(db, article, number, subject, error);
    if (status == OK && subject->version != version)
        return error_set(error, CONFLICT, "comment %" PRId64 " was changed meanwhile", number.v);
    return status;
}

enum status comment__keep_revision(struct db *db, const struct comment_subject *subject, bool by_desk, time_ms now,
                                   struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_KEEP_REVISION);
    db_bind_int(rows, "article", subject->article.v);
    db_bind_int(rows, "number", subject->number.v);
    db_bind_int(rows, "version", subject->version);
    db_bind_bool(rows, "by_desk", by_desk);
    db_bind_int(rows, "now", now);
    return db_run(rows, NULL, error);
}

static void bind_text(struct db_rows *rows, const struct comment_subject *subject, const struct comment_draft *draft,
                      time_ms now) {
    db_bind_int(rows, "article", subject->article.v);
    db_bind_int(rows, "number", subject->number.v);
    db_bind_int(rows, "version", subject->version);
    db_bind_text(rows, "name", draft->input.name);
    db_bind_text(rows, "title", draft->input.title);
    db_bind_text(rows, "text", draft->input.text);
    db_bind_text(rows, "html", draft->html);
    db_bind_int(rows, "renderer", MARKDOWN_VERSION);
    db_bind_text(rows, "website", draft->input.website);
    db_bind_int(rows, "now", now);
}

/* The new text stands; the journal tells it from the one before. */
static enum status finish_edit(struct db *db, struct comment_subject *subject, const struct comment_draft *draft,
                               slice actor, struct journal_note *note, struct error *error) {
    journal__note_hash(note, "from_text_sha256", &subject->text_hash);
    subject->text_hash = crypto_sha256(draft->input.text);
    subject->version++;
    enum status status =
        likeness_put_off(db, subject->number, subject->article, &draft->likeness, draft->unread, error);
    if (status == OK && subject->ordinal != 0) status = comment__touch_discussion(db, subject, error);
    if (status != OK) return status;
    return comment__journal(db, subject, actor, "comment.edit", note, error);
}

/* A message that waits may be edited; a published one within the window, and only where messages appear without having
   been read first: under pre-moderation nothing unread may take the place of what was approved. */
static enum status check_editable(struct db *db, const struct comment_subject *subject, int64_t edit_window_ms,
                                  time_ms now, struct error *error) {
    if (subject->state == COMMENT_PENDING) return OK;
    if (subject->state != COMMENT_PUBLISHED)
        return error_set(error, CONFLICT, "comment %" PRId64 " is %.*s: it cannot be edited", subject->number.v,
                         SLICE_FMT(comment_state_name(subject->state)));
    if (edit_window_ms <= 0 || now - subject->submitted_at > edit_window_ms)
        return error_set(error, CONFLICT, "comment %" PRId64 ": the time for editing is over", subject->number.v);
    struct arena *arena CLEANUP(arena_free_p) = arena_new(EDIT_ARENA_MAX);
    struct article article;
    enum status status = article_get_brief(db, arena, subject->article, &article, error);
    if (status == OK && article.effective != MODERATION_POST)
        return error_set(error, CONFLICT, "comment %" PRId64 " was published by a moderator", subject->number.v);
    return status;
}

enum status comment_edit_own(struct db *db, comment_number number, int64_t version, const struct comment_draft *draft,
                             int64_t edit_window_ms, struct error *error) {
    time_ms now = clock_now();
    struct comment_subject subject;
    enum status status = load_version(db, draft->input.article, number, version, &subject, error);
    if (status == OK) status = check_editable(db, &subject, edit_window_ms, now, error);
    if (status == OK) status = comment__keep_revision(db, &subject, false, now, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_EDIT_OWN);
    bind_text(rows, &subject, draft, now);
    db_bind_text(rows, "email", draft->input.email);
    db_bind_text(rows, "checks", draft->checks);
    db_bind_int(rows, "hash", draft->text_hash);
    likeness_bind(rows, &draft->likeness);
    status = db_run(rows, NULL, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    return finish_edit(db, &subject, draft, S("author"), &note, error);
}

enum status comment_edit_desk(struct db *db, comment_number number, int64_t version, const struct comment_draft *draft,
                              account_id by, slice words, struct error *error) {
    time_ms now = clock_now();
    struct comment_subject subject;
    enum status status = decision__check_words(words, error);
    if (status == OK) status = load_version(db, draft->input.article, number, version, &subject, error);
    if (status != OK) return status;
    if (subject.state == COMMENT_WITHDRAWN)
        return error_set(error, CONFLICT, "comment %" PRId64 " was withdrawn by its author", number.v);
    status = comment__keep_revision(db, &subject, true, now, error);
    if (status != OK) return status;
    struct decision_row row = {
        .subject = &subject, .act = S("edit"), .to = subject.state, .by = by, .note = words, .now = now};
    decision_id decision;
    status = decision__insert(db, &row, &decision, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_EDIT_DESK);
    bind_text(rows, &subject, draft, now);
    status = db_run(rows, NULL, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_int(&note, "decision", decision.v);
    char actor[JOURNAL_ACTOR_SIZE];
    return finish_edit(db, &subject, draft, journal__actor(actor, by), &note, error);
}
