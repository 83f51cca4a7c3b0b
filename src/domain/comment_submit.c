#include "domain/comment_change.h"
#include "domain/comment_submission.h"
#include "domain/decision.h"
#include "domain/likeness_due.h"
#include "text/markdown.h"

#include <inttypes.h>

enum { SUBMIT_REPEAT_WINDOW_MS = 24 * 3600 * 1000 };

/* What may have changed since the draft was prepared, or while it waited: two sends at once. */
static enum status check_again(struct db *db, struct arena *arena, struct comment_draft *draft,
                               enum moderation *moderation, struct comment_problems *problems, struct error *error) {
    struct article_admission admission;
    enum status status = article_admission(db, arena, draft->input.article, &admission, error);
    if (status != OK) return status;
    if (!admission.accepts_comments) comment__add_problem(problems, FIELD_NONE, FAULT_CLOSED, 0);
    *moderation = admission.effective;
    status = comment__check_parent(db, arena, draft, problems, error);
    if (status != OK) return status;
    struct crypto_hash device;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_SENT_TWICE);
    comment__bind_hand(rows, &draft->input, &device);
    db_bind_int(rows, "article", draft->input.article.v);
    db_bind_int(rows, "since", clock_now() - SUBMIT_REPEAT_WINDOW_MS);
    db_bind_int(rows, "hash", draft->text_hash);
    status = db_step(rows, error);
    if (status == OK) comment__add_problem(problems, FIELD_TEXT, FAULT_REPEATED, 0);
    return status == NOT_FOUND ? OK : status;
}

static enum status insert(struct db *db, const struct comment_draft *draft, slice secret, time_ms now,
                          comment_number *number, struct error *error) {
    const struct comment_input *input = &draft->input;
    struct crypto_hash device, secret_hash = crypto_sha256(secret);
    slice address = {0}; /* NULL when there is none */
    if (!slice_is_empty(input->address_sealed)) address = input->address_sealed;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_COMMENT_INSERT);
    comment__bind_hand(rows, input, &device);
    db_bind_int(rows, "article", input->article.v);
    db_bind_id(rows, "root", draft->root.v);
    db_bind_id(rows, "parent", input->reply_to.v);
    db_bind_text(rows, "name", input->name);
    db_bind_text(rows, "title", input->title);
    db_bind_text(rows, "text", input->text);
    db_bind_text(rows, "html", draft->html);
    db_bind_int(rows, "renderer", MARKDOWN_VERSION);
    db_bind_text(rows, "language", input->language);
    db_bind_text(rows, "website", input->website);
    db_bind_id(rows, "account", input->account.v);
    db_bind_int(rows, "now", now);
    db_bind_int(rows, "charter", draft->charter_version);
    db_bind_text(rows, "checks", draft->checks);
    db_bind_blob(rows, "secret", slice_make(secret_hash.bytes, sizeof secret_hash.bytes));
    db_bind_text(rows, "email", input->email);
    db_bind_bool(rows, "notify", input->notify && input->email.n > 0);
    db_bind_blob(rows, "address", address);
    db_bind_int(rows, "hash", draft->text_hash);
    likeness_bind(rows, &draft->likeness);
    enum status status = db_run(rows, NULL, error);
    if (status == OK) number->v = db_last_id(db);
    return status;
}

static enum status journal_submit(struct db *db, const struct comment_draft *draft, comment_number number,
                                  struct error *error) {
    struct comment_subject subject = {
        .number = number,
        .article = draft->input.article,
        .state = COMMENT_PENDING,
        .version = 1,
        .text_hash = crypto_sha256(draft->input.text),
        .charter_version = draft->charter_version,
    };
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    return comment__journal(db, &subject, S("author"), "comment.submit", &note, error);
}

static enum status decide_at_once(struct db *db, struct arena *arena, article_id article, enum comment_act act,
                                  struct comment_receipt *receipt, struct error *error) {
    struct decision_order order = {.number = receipt->number, .article = article, .act = act};
    struct decision_result result;
    struct decision_other other;
    enum status status = decision_make(db, arena, &order, &result, &other, error);
    if (status == OK) receipt->state = result.to;
    return status;
}

enum status comment_submit(struct db *db, struct arena *arena, const struct comment_draft *draft,
                           struct comment_receipt *out, struct comment_problems *problems, struct error *error) {
    *problems = (struct comment_problems){0};
    enum status status = db_lock(db, DB_LOCK_DISCUSSION, draft->input.article.v, error);
    if (status != OK) return status;
    struct comment_receipt sent = {.repeated = true};
    status = comment__find_sent(db, &draft->input, &sent.number, &sent.state, error);
    if (status == OK) *out = sent;
    if (status != NOT_FOUND) return status;
    struct comment_draft checked = *draft;
    enum moderation moderation;
    status = check_again(db, arena, &checked, &moderation, problems, error);
    if (status != OK) return status;
    if (problems->count) return comment__refuse(problems, error);
    struct comment_receipt receipt = {.state = COMMENT_PENDING,
                                      .uncounted = draft->counts_later,
                                      .secret = draft->input.secret.n ? draft->input.secret : crypto_token(arena)};
    status = insert(db, &checked, receipt.secret, clock_now(), &receipt.number, error);
    if (status == OK && !receipt.uncounted) status = comment__count_pending(db, checked.input.article, 1, error);
    if (status == OK) status = journal_submit(db, &checked, receipt.number, error);
    if (status == OK && (checked.likeness.keys[0] || checked.unread))
        status = likeness_put_off(db, receipt.number, checked.input.article, &checked.likeness, checked.unread, error);
    if (status == OK && checked.fate == FATE_SPAM)
        status = decide_at_once(db, arena, checked.input.article, ACT_SPAM, &receipt, error);
    if (status == OK && checked.fate == FATE_USUAL && moderation == MODERATION_POST)
        status = decide_at_once(db, arena, checked.input.article, ACT_PUBLISH, &receipt, error);
    if (status == OK) *out = receipt;
    return status;
}

enum status comment_count_submitted(struct db *db, article_id article, int64_t count, struct error *error) {
    return comment__count_pending(db, article, count, error);
}

enum status comment_withdraw(struct db *db, comment_number number, struct error *error) {
    struct comment_subject subject;
    enum status status = comment__subject_load(db, (article_id){0}, number, &subject, error);
    if (status != OK) return status;
    enum comment_state from = subject.state, to;
    if (!comment_state_after(from, ACT_WITHDRAW, &to))
        return error_set(error, CONFLICT, "comment %" PRId64 " is %.*s: it cannot be withdrawn", number.v,
                         SLICE_FMT(comment_state_name(from)));
    time_ms now = clock_now();
    status = comment__move(db, &subject, to, now, error);
    if (status == OK) status = comment__close_reports(db, &subject, S("dismissed"), S(""), 0, now, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "from", comment_state_name(from));
    return comment__journal(db, &subject, S("author"), "comment.withdraw", &note, error);
}
