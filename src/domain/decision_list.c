#include "domain/decision.h"

enum { DECISIONS_OF_COMMENT_MAX = 100 };

static enum status read_decision(struct db_rows *rows, struct arena *arena, struct decision *out, struct error *error) {
    *out = (struct decision){
        .id = {db_int(rows, "id")},
        .comment = {db_int(rows, "comment_number")},
        .act = db_text(rows, "act", arena),
        .account_name = db_text(rows, "account_name", arena),
        .rule_code = db_text(rows, "rule_code", arena),
        .note = db_text(rows, "note", arena),
        .reason = db_text(rows, "reason", arena),
        .at = db_int(rows, "at"),
        .undone = !db_is_null(rows, "undone_by"),
    };
    bool known = comment_state_parse(db_text_peek(rows, "from_state"), &out->from) &&
                 comment_state_parse(db_text_peek(rows, "to_state"), &out->to);
    return known ? OK : error_set(error, INTERNAL, "a decision knows no such state");
}

static enum status read_list(struct db_rows *rows, struct arena *arena, size_t limit, struct decision_list *out,
                             struct error *error) {
    struct decision_list list = {.items = ARENA_ARRAY(arena, limit ? limit : 1, struct decision)};
    db_bind_int(rows, "limit", (int64_t)limit);
    enum status status;
    while ((status = db_step(rows, error)) == OK && list.count < limit) {
        status = read_decision(rows, arena, &list.items[list.count++], error);
        if (status != OK) return status;
    }
    if (status != OK && status != NOT_FOUND) return status;
    *out = list;
    return OK;
}

enum status decision_list_comment(struct db *db, struct arena *arena, comment_number number, struct decision_list *out,
                                  struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, DB_DECISION_LIST_COMMENT);
    db_bind_int(rows, "number", number.v);
    return read_list(rows, arena, DECISIONS_OF_COMMENT_MAX, out, error);
}

enum status decision_list_latest(struct db *db, struct arena *arena, account_id by, size_t limit,
                                 struct decision_list *out, struct error *error) {
    struct db_rows *rows CLEANUP(db_finish_p) = db_use(db, by.v ? DB_DECISION_LIST_ACCOUNT : DB_DECISION_LIST_LATEST);
    if (by.v) db_bind_int(rows, "account", by.v);
    return read_list(rows, arena, limit, out, error);
}
