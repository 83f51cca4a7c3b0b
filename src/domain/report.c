#include "domain/report.h"

#include "domain/comment_change.h"
#include "domain/decision_row.h"
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

static enum status check_first(struct db *db, const struct report_input *input, struct error *error) {
    if (slice_is_empty(input->fingerprint)) return OK;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_BY_HAND);
    db_bind_int(rows, "number", input->comment.v);
    db_bind_text(rows, "fingerprint", input->fingerprint);
    enum status status = db_step(rows, error);
    if (status == OK) return error_set(error, CONFLICT, "comment %" PRId64 " was reported already", input->comment.v);
    return status == NOT_FOUND ? OK : status;
}

static enum status insert(struct db *db, const struct report_input *input, const struct comment_subject *subject,
                          report_id *id, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_INSERT);
    db_bind_int(rows, "number", input->comment.v);
    db_bind_int(rows, "article", subject->article.v);
    db_bind_text(rows, "rule", input->rule_code);
    db_bind_text(rows, "text", input->text);
    db_bind_text(rows, "name", input->name);
    db_bind_text(rows, "email", input->email);
    db_bind_text(rows, "fingerprint", input->fingerprint);
    db_bind_int(rows, "now", clock_now());
    enum status status = db_run(rows, NULL, error);
    if (status == OK) id->v = db_last_id(db);
    return status;
}

enum status report_submit(struct db *db, const struct report_input *input, report_id *id, struct error *error) {
    struct arena *arena CLEANUP(arena_free_p) = arena_new(REPORT_ARENA_MAX);
    struct report_input checked = *input;
    struct comment_subject subject;
    enum status status = check_input(arena, &checked, error);
    if (status == OK) status = comment__subject_load(db, checked.comment, &subject, error);
    if (status != OK) return status;
    if (subject.state != COMMENT_PUBLISHED)
        return error_set(error, NOT_FOUND, "comment %" PRId64 " is not published", checked.comment.v);
    status = decision__check_rule(db, subject.charter_version, checked.rule_code, error);
    if (status == OK) status = check_first(db, &checked, error);
    if (status == OK) status = insert(db, &checked, &subject, id, error);
    if (status == OK) status = comment__count_reports(db, checked.comment, 1, error);
    if (status != OK) return status;
    struct journal_note note CLEANUP(journal__note_fini);
    journal__note_init(&note);
    journal__note_int(&note, "report", id->v);
    journal__note_text(&note, "rule", checked.rule_code);
    return comment__journal(db, &subject, S("reader"), "report.submit", &note, error);
}

enum status report__list_comment(struct db *db, struct arena *arena, comment_number number, size_t limit,
                                 struct report **items, size_t *count, struct error *error) {
    struct report *list = ARENA_ARRAY(arena, limit ? limit : 1, struct report);
    size_t n = 0;
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_REPORT_LIST);
    db_bind_int(rows, "number", number.v);
    db_bind_int(rows, "limit", (int64_t)limit);
    enum status status;
    while ((status = db_step(rows, error)) == OK && n < limit) {
        list[n++] = (struct report){
            .id = {db_int(rows, "id")},
            .comment = number,
            .rule_code = db_text(rows, "rule_code", arena),
            .text = db_text(rows, "text", arena),
            .name = db_text(rows, "name", arena),
            .email = db_text(rows, "email", arena),
            .state = db_text(rows, "state", arena),
            .at = db_int(rows, "at"),
        };
    }
    if (status != OK && status != NOT_FOUND) return status;
    *items = list;
    *count = n;
    return OK;
}
