#include "app/reason.h"

#include "domain/charter.h"
#include "domain/decision.h"

void reason_find(struct db *db, struct arena *arena, const struct site *site, const struct comment *comment,
                 slice language, slice *rule_title, slice *reason) {
    struct decision_list decisions;
    struct error error;
    struct charter charter;
    if (!site->gives_reasons || comment->state == COMMENT_PENDING || comment->state == COMMENT_PUBLISHED) return;
    if (decision_list_comment(db, arena, comment->number, &decisions, &error) != OK) return;
    const struct decision *last = NULL;
    for (size_t i = 0; i < decisions.count; i++) {
        const struct decision *d = &decisions.items[i];
        if (!d->undone && d->to == comment->state && (!last || d->id.v > last->id.v)) last = d;
    }
    if (!last) return;
    *reason = last->reason;
    if (charter_load(db, arena, comment->charter_version, language, &charter, &error) != OK) return;
    for (size_t i = 0; i < charter.rule_count; i++)
        if (slice_equal(charter.rules[i].code, last->rule_code)) *rule_title = charter.rules[i].title;
}
