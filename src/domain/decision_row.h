/* A row of the table of decisions. For this room only; writer. */
#ifndef PALABRE_DOMAIN_DECISION_ROW_H
#define PALABRE_DOMAIN_DECISION_ROW_H

#include "domain/comment_change.h"
#include "domain/decision.h"

struct decision_row {
    const struct comment_subject *subject; /* as it was when decided upon: its state, version */
    slice act;                             /* "publish" … "edit" "undo" "dismiss" */
    enum comment_state to;
    account_id by; /* 0: the program itself */
    slice rule_code, note, reason;
    time_ms now;
};
enum status decision__insert(struct db *db, const struct decision_row *row, decision_id *id,
                             struct error *error) MUST_USE;

/* INVALID: not UTF-8, control characters, or longer than DECISION_WORDS_MAX characters. */
enum status decision__check_words(slice words, struct error *error) MUST_USE;
/* INVALID: the charter of this version has no such rule. Empty is fine. */
enum status decision__check_rule(struct db *db, int64_t charter_version, slice code, struct error *error) MUST_USE;

#endif
