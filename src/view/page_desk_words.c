/* What the desk says of states, acts and checks. */
#include "view/page_desk_common.h"

#include <assert.h>

static const char *const STATES[] = {
    [VIEW_COMMENT_PUBLISHED] = T("Published"), [VIEW_COMMENT_PENDING] = T("Pending"),
    [VIEW_COMMENT_REJECTED] = T("Rejected"),   [VIEW_COMMENT_SPAM] = T("Spam"),
    [VIEW_COMMENT_REMOVED] = T("Removed"),     [VIEW_COMMENT_WITHDRAWN] = T("Withdrawn by its author"),
};
static const char *const SIGNALS[] = {
    [VIEW_COMMENT_PUBLISHED] = "accepted", [VIEW_COMMENT_PENDING] = "waiting", [VIEW_COMMENT_REJECTED] = "refused",
    [VIEW_COMMENT_SPAM] = "refused",       [VIEW_COMMENT_REMOVED] = "refused", [VIEW_COMMENT_WITHDRAWN] = "refused",
};

void view__desk_set_state(const struct view__page *p, struct value *object, enum view_comment_state state) {
    value_set_string(object, S("state"), view__text(p, STATES[state]));
    value_set_string(object, S("signal"), slice_of(SIGNALS[state]));
}

/* --- Acts --------------------------------------------------------------------------------------------------------- */

struct act {
    slice name;
    const char *by;         /* {name} */
    const char *done;       /* {number} */
    const char *one, *many; /* of several at once: {count} */
};

static const struct act ACTS[] = {
    {S_INIT("publish"), T("Published by {name}"), T("Message #{number} published."),
     TN("One message published.", "{count} messages published.")},
    {S_INIT("reject"), T("Rejected by {name}"), T("Message #{number} rejected."),
     TN("One message rejected.", "{count} messages rejected.")},
    {S_INIT("spam"), T("Marked as spam by {name}"), T("Message #{number} marked as spam."),
     TN("One message marked as spam.", "{count} messages marked as spam.")},
    {S_INIT("remove"), T("Removed by {name}"), T("Message #{number} removed."),
     TN("One message removed.", "{count} messages removed.")},
    {S_INIT("edit"), T("Edited by {name}"), T("Message #{number} edited."),
     TN("One message edited.", "{count} messages edited.")},
    {S_INIT("dismiss"), T("Reports dismissed by {name}"), T("Reports on message #{number} dismissed."),
     TN("Reports on one message dismissed.", "Reports on {count} messages dismissed.")},
    {S_INIT("undo"), T("Decision undone by {name}"), T("Decision on message #{number} undone."),
     TN("One decision undone.", "{count} decisions undone.")},
};

static const struct act *find_act(slice name) {
    for (size_t i = 0; i < ARRAY_COUNT(ACTS); i++)
        if (slice_equal(ACTS[i].name, name)) return &ACTS[i];
    return NULL;
}

slice view__desk_act_by(const struct view__page *p, slice act, slice account_name) {
    const struct act *found = find_act(act);
    if (!found) return act;
    slice name = account_name.n > 0 ? account_name : S("Palabre"); /* the program itself */
    return catalog_format(p->arena, view__text(p, found->by), (struct catalog_argument[]){{S("name"), name}}, 1);
}

static slice done_one(const struct view__page *p, const struct view_done *done) {
    const struct act *act = find_act(done->act);
    if (!act) return done->act;
    const char *message = act->done;
    if (slice_equal(done->act, S("undo")) && done->to == VIEW_COMMENT_PENDING)
        message = T("Decision undone: message #{number} is waiting again.");
    if (slice_equal(done->act, S("undo")) && done->to == VIEW_COMMENT_PUBLISHED)
        message = T("Decision undone: message #{number} is published again.");
    return catalog_format(p->arena, view__text(p, message),
                          (struct catalog_argument[]){{S("number"), view__decimal(p->arena, done->number)}}, 1);
}

slice view__desk_done(const struct view__page *p, const struct view_done *done, size_t count) {
    assert(count > 0);
    const struct act *act = find_act(done[0].act);
    if (count == 1 || !act) return done_one(p, done);
    return catalog_format(p->arena, catalog_get_plural(p->catalog, act->one, act->many, (int64_t)count),
                          (struct catalog_argument[]){{S("count"), view__number(p, (int64_t)count)}}, 1);
}

/* --- Too late ----------------------------------------------------------------------------------------------------- */

slice view__desk_late(const struct view__page *p, const struct view_late *late, time_ms now) {
    static const char *const BY_HOUSE[] = {
        [VIEW_COMMENT_PUBLISHED] = T("{name} published message #{number}, {age}."),
        [VIEW_COMMENT_PENDING] = T("{name} changed message #{number}, {age}."),
        [VIEW_COMMENT_REJECTED] = T("{name} rejected message #{number}, {age}."),
        [VIEW_COMMENT_SPAM] = T("{name} marked message #{number} as spam, {age}."),
        [VIEW_COMMENT_REMOVED] = T("{name} removed message #{number}, {age}."),
        [VIEW_COMMENT_WITHDRAWN] = T("Its author withdrew message #{number}, {age}."),
    };
    const char *message = BY_HOUSE[late->state];
    if (late->account_name.n == 0 && late->state != VIEW_COMMENT_WITHDRAWN)
        message = T("Its author changed message #{number}, {age}.");
    const struct catalog_argument arguments[] = {{S("name"), late->account_name},
                                                 {S("number"), view__decimal(p->arena, late->number)},
                                                 {S("age"), view__desk_age(p, late->at, now)}};
    return catalog_format(p->arena, view__text(p, message), arguments, 3);
}
