#include "domain/report.h"

#include "domain/comment_change.h"
#include "domain/decision_row.h"
#include "domain/outbox.h"
#include "text/check.h"

#include <inttypes.h>

enum { REPORT_ARENA_MAX = 4 * 1024 * 1024, REPORT_FIELD_MAX_BYTES = 64 * 1024 };

static enum status check_field(enum text_problem problem, bool is_optional, slice *value, const char *field,
                               struct error *error) {
    if (problem == TEXT_FINE) return OK;
    if (problem == TEXT_EMPTY && is_optional) {
        *value = (slice){0};
        return OK;
    }
    return error_set(error, INVALID, "%s: %s", field, text_problem_name(problem));
}

/* Normalises in the arena what the reader typed. */
static enum status check_input(struct arena *arena, struct report_input *input, struct error *error) {
    if (input->text.n > REPORT_FIELD_MAX_BYTES || input->name.n > REPORT_FIELD_MAX_BYTES ||
        input->email.n > REPORT_FIELD_MAX_BYTES)
        return error_set(error, INVALID, "text: too_long");
    enum text_problem problem = text_check_body(arena, input->text, REPORT_TEXT_MAX, &input->text);
    enum status status = check_field(problem, !slice_is_empty(input->rule_code), &input->text, "text", error);
    if (status != OK) return status;
    problem = text_check_line(arena, input->name, COMMENT_NAME_MAX, &input->name);
    status = check_field(problem, true, &input->name, "name", error);
    if (status != OK) return status;
    problem = text_check_email(arena, input->email, &input->email);
    return check_field(problem, true, &input->email, "email", error);
}

static enum status check_first(struct db *db, const struct report_input *input, article_id article,
                               struct error *error) {
    if (slice_is_empty(input->fingerprint)) return OK;
    bool about_comment = input->comment.v != 0;
    struct db_rows *rows CLEANUP(db_finish_p) =
        db_use(db, about_comment ? DB_REPORT_BY_HAND : DB_REPORT_BY_HAND_ARTICLE);
    db_bind_int(rows, "article", article.v);
    if (about_comment) db_bind_int(rows, "number", input->comment.v);
    db_bind_text(rows, "fingerprint", input->fingerprint);
    enum status status = db_step(rows, error);
    if (status == OK) return error_set(error, CONFLICT, "the same hand has reported it already");
    return status == NOT_FOUND ? OK : status;
}

static enum status insert(struct db *db, const struct report_input *input, article_id article, report_id *id,
                          struct error *error) {
    struct crypto_hash secret = crypto_sha256(input->secret);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_INSERT);
    db_bind_id(rows, "number", input->comment.v);
    db_bind_int(rows, "article", article.v);
    db_bind_text(rows, "rule", input->rule_code);
    db_bind_text(rows, "text", input->text);
    db_bind_text(rows, "name", input->name);
    db_bind_text(rows, "email", input->email);
    db_bind_text(rows, "fingerprint", input->fingerprint);
    db_bind_int(rows, "now", clock_now());
    if (slice_is_empty(input->secret))
        db_bind_null(rows, "secret");
    else
        db_bind_blob(rows, "secret", slice_make(secret.bytes, sizeof secret.bytes));
    enum status status = db_step(rows, error);
    if (status == OK) id->v = db_int(rows, "id");
    return status;
}

static enum status count_site(struct db *db, article_id article, int64_t change, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_SITE_COUNT);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "version", 0);
    db_bind_int(rows, "pending", 0);
    db_bind_int(rows, "reports", change);
    return db_run(rows, NULL, error);
}

static enum status journal_article(struct db *db, article_id article, slice actor, const char *act, report_id id,
                                   slice rule, struct error *error) {
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_int(&note, "report", id.v);
    journal__note_text(&note, "rule", rule);
    return journal__note_write(&note, db, article.v, actor, act, "article", article.v, error);
}

static enum status submit_article(struct db *db, struct arena *arena, const struct report_input *input, report_id *id,
                                  struct error *error) {
    struct article article;
    struct site site;
    enum status status = article_get_brief(db, arena, input->article, &article, error);
    if (status == OK && article.state != ARTICLE_PUBLISHED)
        return error_set(error, NOT_FOUND, "article %" PRId64 " is not published", input->article.v);
    if (status == OK) status = site_load(db, arena, &site, error);
    if (status == OK) status = decision__check_rule(db, site.charter_version, input->rule_code, error);
    if (status == OK) status = check_first(db, input, article.id, error);
    if (status == OK) status = insert(db, input, article.id, id, error);
    if (status == OK) status = outbox__add_received(db, article.id, *id, clock_now(), error);
    if (status == OK) status = count_site(db, article.id, 1, error);
    if (status != OK) return status;
    return journal_article(db, article.id, S("reader"), "report.submit", *id, input->rule_code, error);
}

static enum status submit_comment(struct db *db, const struct report_input *input, report_id *id, struct error *error) {
    struct comment_subject subject;
    enum status status = comment__subject_load(db, (article_id){0}, input->comment, &subject, error);
    if (status != OK) return status;
    if (subject.state != COMMENT_PUBLISHED)
        return error_set(error, NOT_FOUND, "comment %" PRId64 " is not published", input->comment.v);
    status = decision__check_rule(db, subject.charter_version, input->rule_code, error);
    if (status == OK) status = check_first(db, input, subject.article, error);
    if (status == OK) status = insert(db, input, subject.article, id, error);
    if (status == OK) status = outbox__add_received(db, subject.article, *id, clock_now(), error);
    if (status == OK) status = comment__count_reports(db, &subject, 1, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_int(&note, "report", id->v);
    journal__note_text(&note, "rule", input->rule_code);
    return comment__journal(db, &subject, S("reader"), "report.submit", &note, error);
}

enum status report_submit(struct db *db, const struct report_input *input, report_id *id, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(REPORT_ARENA_MAX);
    struct report_input checked = *input;
    enum status status = check_input(arena, &checked, error);
    if (status != OK) return status;
    return checked.comment.v ? submit_comment(db, &checked, id, error) : submit_article(db, arena, &checked, id, error);
}

/* --- Reading ------------------------------------------------------------------------------------------------------ */

static struct report read_row(struct db_rows *rows, struct arena *arena) {
    return (struct report){
        .id = {db_int(rows, "id")},
        .comment = {db_int(rows, "comment_number")},
        .article = {db_int(rows, "article_id")},
        .rule_code = db_text(rows, "rule_code", arena),
        .text = db_text(rows, "text", arena),
        .name = db_text(rows, "name", arena),
        .email = db_text(rows, "email", arena),
        .state = db_text(rows, "state", arena),
        .at = db_int(rows, "at"),
        .closed_at = db_int(rows, "closed_at"),
        .answer = db_text(rows, "answer", arena),
        .told = db_text(rows, "told", arena),
    };
}

static enum status read_list(struct db_rows *rows, struct arena *arena, size_t limit, struct report **items,
                             size_t *count, struct error *error) {
    struct report *list = ARENA_ARRAY(arena, limit ? limit : 1, struct report);
    size_t n = 0;
    enum status status;
    while ((status = db_step(rows, error)) == OK && n < limit) list[n++] = read_row(rows, arena);
    if (status != OK && status != NOT_FOUND) return status;
    *items = list;
    *count = n;
    return OK;
}

enum status report__list_comment(struct db *db, struct arena *arena, const struct comment *comment, size_t limit,
                                 struct report **items, size_t *count, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_LIST);
    db_bind_int(rows, "article", comment->article.v);
    db_bind_int(rows, "number", comment->number.v);
    db_bind_int(rows, "limit", (int64_t)limit);
    return read_list(rows, arena, limit, items, count, error);
}

enum status report_list_articles(struct db *db, struct arena *arena, size_t limit, struct report **items, size_t *count,
                                 struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_LIST_ARTICLES);
    db_bind_int(rows, "limit", (int64_t)limit);
    return read_list(rows, arena, limit, items, count, error);
}

enum status report_count_articles(struct db *db, int64_t *count, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_COUNT_ARTICLES);
    enum status status = db_step(rows, error);
    if (status == OK) *count = db_int(rows, "count");
    return status;
}

enum status report_find_secret(struct db *db, struct arena *arena, slice secret, struct report *out,
                               struct error *error) {
    struct crypto_hash hash = crypto_sha256(secret);
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_BY_SECRET);
    db_bind_blob(rows, "secret", slice_make(hash.bytes, sizeof hash.bytes));
    enum status status = db_step(rows, error);
    if (status == OK) *out = read_row(rows, arena);
    return status == NOT_FOUND ? error_set(error, NOT_FOUND, "no report with this secret") : status;
}

enum status report_get(struct db *db, struct arena *arena, article_id article, report_id id, struct report *out,
                       struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_GET);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "id", id.v);
    enum status status = db_step(rows, error);
    if (status == OK) *out = read_row(rows, arena);
    return status == NOT_FOUND ? error_set(error, NOT_FOUND, "no report %" PRId64, id.v) : status;
}

enum status report_told(struct db *db, article_id article, report_id id, slice state, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_TOLD);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "id", id.v);
    db_bind_text(rows, "state", state);
    return db_run(rows, NULL, error);
}

/* --- Closing ------------------------------------------------------------------------------------------------------ */

static enum status load_article_report(struct db *db, struct arena *arena, report_id id, struct report *out,
                                       struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_GET_ARTICLE);
    db_bind_int(rows, "id", id.v);
    enum status status = db_step(rows, error);
    if (status == OK) *out = read_row(rows, arena);
    return status == NOT_FOUND ? error_set(error, NOT_FOUND, "no report %" PRId64 " about an article", id.v) : status;
}

static enum status close_one(struct db *db, article_id article, report_id id, bool upheld, slice answer, account_id by,
                             int64_t *closed, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_CLOSE_ONE);
    db_bind_int(rows, "article", article.v);
    db_bind_int(rows, "id", id.v);
    db_bind_text(rows, "state", upheld ? S("upheld") : S("dismissed"));
    db_bind_int(rows, "now", clock_now());
    db_bind_id(rows, "account", by.v);
    db_bind_text(rows, "answer", answer);
    return db_run(rows, closed, error);
}

enum status report_close(struct db *db, report_id id, bool upheld, slice answer, account_id by, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(REPORT_ARENA_MAX);
    struct report report;
    int64_t closed = 0;
    enum status status = decision__check_words(answer, error);
    if (status == OK) status = load_article_report(db, arena, id, &report, error);
    if (status == OK) status = outbox__add_report(db, report.article, id, clock_now(), error);
    if (status == OK) status = close_one(db, report.article, id, upheld, answer, by, &closed, error);
    if (status == OK && closed == 0) return error_set(error, CONFLICT, "report %" PRId64 " is closed", id.v);
    if (status == OK) status = count_site(db, report.article, -1, error);
    if (status != OK) return status;
    char actor[JOURNAL_ACTOR_SIZE];
    return journal_article(db, report.article, journal__actor(actor, by), upheld ? "report.uphold" : "report.dismiss",
                           id, report.rule_code, error);
}
