#include "domain/decision.h"

#include "base/utf8.h"
#include "domain/comment_text.h"
#include "domain/decision_row.h"
#include "domain/notice_change.h"
#include "text/markdown.h"

#include <inttypes.h>
#include <stdio.h>

enum status decision__insert(struct db *db, const struct decision_row *row, decision_id *id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DECISION_INSERT);
    db_bind_int(rows, "number", row->subject->number.v);
    db_bind_int(rows, "article", row->subject->article.v);
    db_bind_int(rows, "version", row->subject->version);
    db_bind_id(rows, "account", row->by.v);
    db_bind_text(rows, "act", row->act);
    db_bind_text(rows, "from", comment_state_name(row->subject->state));
    db_bind_text(rows, "to", comment_state_name(row->to));
    db_bind_text(rows, "rule", row->rule_code);
    db_bind_int(rows, "charter", row->subject->charter_version);
    db_bind_text(rows, "note", row->note);
    db_bind_text(rows, "reason", row->reason);
    db_bind_int(rows, "now", row->now);
    enum status status = db_run(rows, NULL, error);
    if (status == OK) id->v = db_last_id(db);
    return status;
}

enum status decision__check_words(slice words, struct error *error) {
    if (!utf8_is_valid(words)) return error_set(error, INVALID, "a note or reason is not UTF-8");
    if (utf8_find_control(words) != SIZE_MAX)
        return error_set(error, INVALID, "a note or reason has control characters");
    if (utf8_length(words) > DECISION_WORDS_MAX) return error_set(error, INVALID, "a note or reason is too long");
    return OK;
}

enum status decision__check_rule(struct db *db, int64_t charter_version, slice code, struct error *error) {
    if (slice_is_empty(code)) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DECISION_RULE);
    db_bind_int(rows, "version", charter_version);
    db_bind_text(rows, "code", code);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return error_set(error, INVALID, "the charter has no such rule");
    return status;
}

/* Fills who and when from the last journal row about the comment: a moderator, its author, the program. */
static enum status find_other(struct db *db, struct arena *arena, const struct comment_subject *subject,
                              struct decision_other *other, struct error *error) {
    char name[48];
    (void)snprintf(name, sizeof name, "comment:%" PRId64, subject->number.v);
    *other = (struct decision_other){.state = subject->state, .at = subject->submitted_at};
    int64_t account = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DECISION_LAST_ACT);
    db_bind_int(rows, "article", subject->article.v);
    db_bind_text(rows, "subject", slice_of(name));
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND) return OK;
    if (status != OK) return status;
    other->at = db_int(rows, "at");
    slice actor = db_text_peek(rows, "actor");
    if (!slice_starts(actor, S("account:"))) return OK;
    if (!slice_to_int64(slice_after(actor, S("account:").n), &account)) return OK;
    struct db_rows *names CLEANUP(db_finish_p) = db_use(db, DB_DECISION_ACCOUNT_NAME);
    db_bind_int(names, "id", account);
    status = db_step(names, error);
    if (status == OK) other->account_name = db_text(names, "display_name", arena);
    return status == NOT_FOUND ? OK : status;
}

static enum status already_decided(struct db *db, struct arena *arena, const struct comment_subject *subject,
                                   struct decision_other *other, struct error *error) {
    enum status status = find_other(db, arena, subject, other, error);
    if (status != OK) return status;
    return error_set(error, CONFLICT, "comment %" PRId64 " is %.*s, version %" PRId64, subject->number.v,
                     SLICE_FMT(comment_state_name(subject->state)), subject->version);
}

static enum status check_order(struct db *db, const struct decision_order *order, int64_t charter_version,
                               struct error *error) {
    if (order->act == ACT_WITHDRAW) return error_set(error, INVALID, "only its author withdraws a message");
    enum status status = decision__check_words(order->note, error);
    if (status == OK) status = decision__check_words(order->reason, error);
    if (status == OK) status = decision__check_words(order->answer, error);
    return status == OK ? decision__check_rule(db, charter_version, order->rule_code, error) : status;
}

static void fill_result(const struct comment_subject *subject, decision_id id, enum comment_state from,
                        struct decision_result *out) {
    *out = (struct decision_result){
        .id = id,
        .article = subject->article,
        .from = from,
        .to = subject->state,
        .page = subject->root_ordinal,
        .root = subject->root.v ? subject->root : subject->number,
    };
}

enum status decision_make(struct db *db, struct arena *arena, const struct decision_order *order,
                          struct decision_result *out, struct decision_other *other, struct error *error) {
    *other = (struct decision_other){0};
    struct comment_subject subject;
    enum status status = comment__subject_load(db, order->article, order->number, &subject, error);
    if (status == OK) status = check_order(db, order, subject.charter_version, error);
    if (status != OK) return status;
    enum comment_state from = subject.state, to;
    bool is_seen = order->version == 0 || order->version == subject.version;
    if (!is_seen || !comment_state_after(from, order->act, &to))
        return already_decided(db, arena, &subject, other, error);
    struct decision_row row = {
        .subject = &subject,
        .act = comment_act_name(order->act),
        .to = to,
        .by = order->by,
        .now = clock_now(),
        .rule_code = order->rule_code,
        .note = order->note,
        .reason = order->reason,
    };
    decision_id id;
    status = decision__insert(db, &row, &id, error);
    if (status == OK) status = comment__move(db, &subject, to, row.now, error);
    slice as = to == COMMENT_PUBLISHED ? S("dismissed") : S("upheld");
    if (status == OK) status = comment__close_reports(db, &subject, as, order->answer, id.v, row.now, error);
    if (status == OK) status = notice__changed(db, &subject, order->by.v == 0, row.now, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "from", comment_state_name(from));
    journal__note_int(&note, "decision", id.v);
    if (!slice_is_empty(order->rule_code)) journal__note_text(&note, "rule", order->rule_code);
    char actor[JOURNAL_ACTOR_SIZE], act[32];
    (void)snprintf(act, sizeof act, "comment.%.*s", SLICE_FMT(row.act));
    status = comment__journal(db, &subject, journal__actor(actor, order->by), act, &note, error);
    if (status == OK) fill_result(&subject, id, from, out);
    return status;
}

struct last_decision {
    int64_t id, comment_version;
    bool is_edit;
    enum comment_state from, to;
};

static enum status load_last(struct db *db, const struct comment_subject *subject, struct last_decision *out,
                             struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DECISION_LAST);
    db_bind_int(rows, "article", subject->article.v);
    db_bind_int(rows, "number", subject->number.v);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND)
        return error_set(error, CONFLICT, "comment %" PRId64 ": nothing to undo", subject->number.v);
    if (status != OK) return status;
    out->id = db_int(rows, "id");
    out->comment_version = db_int(rows, "comment_version");
    out->is_edit = slice_equal(db_text_peek(rows, "act"), S("edit"));
    bool known = comment_state_parse(db_text_peek(rows, "from_state"), &out->from) &&
                 comment_state_parse(db_text_peek(rows, "to_state"), &out->to);
    if (!known) return error_set(error, INTERNAL, "decision %" PRId64 " knows no such state", out->id);
    return OK;
}

static enum status mark_undone(struct db *db, article_id article, int64_t id, decision_id by, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DECISION_MARK_UNDONE);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "id", id);
    db_bind_int(rows, "by", by.v);
    return db_run(rows, NULL, error);
}

struct earlier_text {
    slice name, title, text, html;
    time_ms edited_at; /* 0: it bore no mark then */
    bool edited_by_desk;
};

/* The text that the edit replaced; CONFLICT when its author has written another since. */
static enum status load_earlier(struct db *db, struct arena *arena, const struct comment_subject *subject,
                                int64_t version, struct earlier_text *out, struct error *error) {
    *out = (struct earlier_text){0};
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DECISION_EDITED_TEXT);
    db_bind_int(rows, "article", subject->article.v);
    db_bind_int(rows, "number", subject->number.v);
    db_bind_int(rows, "version", version);
    enum status status = db_step(rows, error);
    if (status == NOT_FOUND || (status == OK && !db_is_null(rows, "later")))
        return error_set(error, CONFLICT, "comment %" PRId64 ": its text was changed since", subject->number.v);
    if (status != OK) return status;
    out->name = db_text(rows, "name", arena);
    out->title = db_text(rows, "title", arena);
    out->text = db_text(rows, "text_source", arena);
    struct db_rows *before CLEANUP(db_finish_p) = db_use(db, DB_DECISION_EDIT_BEFORE);
    db_bind_int(before, "article", subject->article.v);
    db_bind_int(before, "number", subject->number.v);
    db_bind_int(before, "version", version);
    db_bind_int(before, "published", subject->published_at ? subject->published_at : INT64_MAX);
    status = db_step(before, error);
    if (status == OK) {
        out->edited_at = db_int(before, "at");
        out->edited_by_desk = db_bool(before, "by_desk");
    }
    if (status != OK && status != NOT_FOUND) return status;
    return comment__render(db, arena, subject->article, slice_of(subject->language), out->text, &out->html, error);
}

static enum status restore_text(struct db *db, struct arena *arena, struct comment_subject *subject, int64_t version,
                                time_ms now, struct error *error) {
    struct earlier_text earlier;
    enum status status = load_earlier(db, arena, subject, version, &earlier, error);
    if (status == OK) status = comment__keep_revision(db, subject, true, now, error);
    if (status != OK) return status;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DECISION_RESTORE_TEXT);
    db_bind_int(rows, "article", subject->article.v);
    db_bind_int(rows, "number", subject->number.v);
    db_bind_int(rows, "version", subject->version);
    db_bind_text(rows, "name", earlier.name);
    db_bind_text(rows, "title", earlier.title);
    db_bind_text(rows, "text", earlier.text);
    db_bind_text(rows, "html", earlier.html);
    db_bind_int(rows, "renderer", MARKDOWN_VERSION);
    db_bind_id(rows, "edited", earlier.edited_at);
    db_bind_bool(rows, "by_desk", earlier.edited_by_desk);
    status = db_run(rows, NULL, error);
    if (status != OK) return status;
    subject->version++;
    subject->text_hash = crypto_sha256(earlier.text);
    return subject->ordinal ? comment__touch_discussion(db, subject, error) : OK;
}

/* Takes back what the last decision did. The reports that it closed are open again, but where the earlier state is one
   of refusal: what is refused has no open reports. */
static enum status take_back(struct db *db, struct arena *arena, struct comment_subject *subject,
                             const struct last_decision *last, decision_id undo, time_ms now, struct error *error) {
    enum status status = OK;
    if (last->is_edit)
        status = restore_text(db, arena, subject, last->comment_version, now, error);
    else if (last->from != last->to)
        status = comment__move(db, subject, last->from, now, error);
    if (status == OK && !last->is_edit) status = notice__changed(db, subject, false, now, error);
    if (status == OK) status = comment__reopen_reports(db, subject, last->id, error);
    bool refused = subject->state != COMMENT_PENDING && subject->state != COMMENT_PUBLISHED;
    if (status == OK && refused) status = comment__close_reports(db, subject, S("upheld"), S(""), undo.v, now, error);
    return status;
}

enum status decision_undo(struct db *db, struct arena *arena, comment_number number, decision_id expected,
                          account_id by, struct decision_result *out, struct error *error) {
    struct comment_subject subject;
    struct last_decision last = {0};
    enum status status = comment__subject_load(db, (article_id){0}, number, &subject, error);
    if (status != OK) return status;
    if (subject.state == COMMENT_WITHDRAWN)
        return error_set(error, CONFLICT, "comment %" PRId64 " was withdrawn by its author", number.v);
    status = load_last(db, &subject, &last, error);
    if (status != OK) return status;
    if ((expected.v != 0 && expected.v != last.id) || subject.state != last.to)
        return error_set(error, CONFLICT, "comment %" PRId64 ": something else was decided meanwhile", number.v);
    enum comment_state from = subject.state;
    struct decision_row row = {.subject = &subject, .act = S("undo"), .to = last.from, .by = by, .now = clock_now()};
    decision_id id;
    status = decision__insert(db, &row, &id, error);
    if (status == OK) status = mark_undone(db, subject.article, last.id, id, error);
    if (status == OK) status = take_back(db, arena, &subject, &last, id, row.now, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_text(&note, "from", comment_state_name(from));
    journal__note_int(&note, "decision", id.v);
    journal__note_int(&note, "undone", last.id);
    char actor[JOURNAL_ACTOR_SIZE];
    status = comment__journal(db, &subject, journal__actor(actor, by), "comment.undo", &note, error);
    if (status == OK) fill_result(&subject, id, from, out);
    return status;
}

enum status decision_dismiss_reports(struct db *db, comment_number number, account_id by, slice words, slice answer,
                                     struct error *error) {
    struct comment_subject subject;
    enum status status = decision__check_words(words, error);
    if (status == OK) status = decision__check_words(answer, error);
    if (status == OK) status = comment__subject_load(db, (article_id){0}, number, &subject, error);
    if (status != OK) return status;
    if (subject.report_count == 0)
        return error_set(error, CONFLICT, "comment %" PRId64 " has no open reports", number.v);
    struct decision_row row = {
        .subject = &subject, .act = S("dismiss"), .to = subject.state, .by = by, .note = words, .now = clock_now()};
    decision_id id;
    status = decision__insert(db, &row, &id, error);
    if (status == OK) status = comment__close_reports(db, &subject, S("dismissed"), answer, id.v, row.now, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_int(&note, "decision", id.v);
    char actor[JOURNAL_ACTOR_SIZE];
    return comment__journal(db, &subject, journal__actor(actor, by), "report.dismiss", &note, error);
}
