/* Decisions of moderators: on one message, on several, and their undoing. */
#include "app/desk_queue.h"

#include "app/desk_queue_routes.h"
#include "app/map_desk.h"

enum { SEVERAL_MAX = 60 };

/* One order and what became of it. */
struct order {
    comment_number number;
    int64_t version;
    decision_id decision; /* undo: which; afterwards: the one made */
    bool late;
    struct decision_other other;
};

struct deciding {
    struct view_queue_filter filter;
    enum { DO_DECIDE, DO_DISMISS, DO_UNDO } what;
    enum comment_act act;
    slice rule, note, reason, answer; /* answer: to whoever reported */
    struct order *orders;
    size_t count;
    bool several;        /* what comes too late is passed over; a single one is answered with 409 */
    comment_number next; /* looked up before the decision, for queues that forget what leaves them */
};

/* "publish", "spam", "reject", "reject:insult", "remove:insult", "dismiss". */
static bool read_act(struct request *r, struct deciding *d) {
    slice rest = request_field(r, "act"), act = slice_cut(&rest, ':');
    d->rule = rest.p ? rest : request_field(r, "rule");
    if (slice_equal(act, S("dismiss"))) {
        d->what = DO_DISMISS;
        return true;
    }
    if (!comment_act_parse(act, &d->act) || d->act == ACT_WITHDRAW) return false;
    if (d->act == ACT_PUBLISH || d->act == ACT_SPAM) d->rule = S(""); /* a rule left chosen in the list says nothing */
    return true;
}

static void touch(struct request *r, comment_number number, const struct decision_result *result) {
    bool was = result->from == COMMENT_PUBLISHED, is = result->to == COMMENT_PUBLISHED;
    if (!was && !is) return;
    request_touch_thread(r, result->article, result->root, result->page);
    request_tell(r, result->article, number, was && is ? LIVE_EDITED : is ? LIVE_PUBLISHED : LIVE_REMOVED);
}

/* --- Writer ------------------------------------------------------------------------------------------------------- */

/* A decision that names no version decides what waits, and nothing that somebody has decided: it cannot have been seen. */
static enum status find_version(struct db *db, struct request *r, const struct order *order, int64_t *version,
                                struct error *error) {
    struct comment comment;
    *version = order->version;
    if (order->version) return OK;
    enum status status = comment_get(db, r->arena, order->number, &comment, error);
    if (status == OK) *version = comment.state == COMMENT_PENDING ? comment.version : -1;
    return status;
}

static enum status apply_one(struct db *db, struct request *r, const struct deciding *d, struct order *order,
                             struct error *error) {
    struct decision_result result = {.from = COMMENT_PENDING, .to = COMMENT_PENDING};
    struct decision_order decision = {.number = order->number,
                                      .act = d->act,
                                      .by = r->account.id,
                                      .rule_code = d->rule,
                                      .note = d->note,
                                      .reason = d->reason,
                                      .answer = d->answer};
    enum status status = INVALID;
    switch (d->what) {
    case DO_DECIDE:
        status = find_version(db, r, order, &decision.version, error);
        if (status == OK) status = decision_make(db, r->arena, &decision, &result, &order->other, error);
        break;
    case DO_UNDO:
        status = decision_undo(db, r->arena, order->number, order->decision, r->account.id, &result, error);
        break;
    case DO_DISMISS: return decision_dismiss_reports(db, order->number, r->account.id, d->note, d->answer, error);
    }
    if (status != OK) return status;
    order->decision = result.id;
    touch(r, order->number, &result);
    return OK;
}

/* Each in a savepoint of its own: one that comes too late leaves the others standing. */
static enum status apply(struct db *db, struct request *r, void *data, struct error *error) {
    struct deciding *d = data;
    if (!d->several) return apply_one(db, r, d, &d->orders[0], error);
    for (size_t i = 0; i < d->count; i++) {
        struct order *order = &d->orders[i], before = *order;
        enum status status = db_savepoint(db, error);
        if (status != OK) return status;
        status = apply_one(db, r, d, order, error);
        if (status == OK) {
            status = db_savepoint_keep(db, error);
            if (status != OK) return status;
            continue;
        }
        db_savepoint_undo(db);
        *order = before; /* apply may run again, from the start */
        order->late = status == CONFLICT || status == NOT_FOUND;
        if (!order->late) return status;
    }
    return OK;
}

/* --- After -------------------------------------------------------------------------------------------------------- */

static void go_on(struct request *r, const struct deciding *d, comment_number next) {
    struct desk_outcome *outcomes = ARENA_ARRAY(r->arena, d->count, struct desk_outcome);
    for (size_t i = 0; i < d->count; i++) {
        const struct order *order = &d->orders[i];
        decision_id made = {d->what == DO_DISMISS ? 0 : order->decision.v};
        outcomes[i] = (struct desk_outcome){order->number, made, order->late};
    }
    desk_go_on(r, &d->filter, next, outcomes, d->count);
}

/* Too late: the message as it is now, who was faster, and what had been typed. */
static void reply_late(struct request *r, const struct deciding *d) {
    const struct order *order = &d->orders[0];
    struct error error = {OK, ""};
    struct view_late late = map_late(order->number, &order->other);
    enum status status = OK;
    if (d->what != DO_DECIDE) status = desk_find_late(r, order->number, &late, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_COMMENT, d->note, S("/moderation"));
        return;
    }
    struct desk_page page = {.filter = d->filter,
                             .number = order->number,
                             .is_message = true,
                             .overtaken = &late,
                             .overtaken_undo = d->what == DO_UNDO,
                             .note = d->note,
                             .reason = d->reason,
                             .answer = d->answer};
    desk_reply(r, &page, 409);
}

static slice words_kept(struct request *r, const struct deciding *d) {
    const slice words[] = {d->note, d->reason, d->answer};
    slice kept = S("");
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (!words[i].n) continue;
        kept = kept.n ? arena_format(r->arena, "%.*s\n\n%.*s", SLICE_FMT(kept), SLICE_FMT(words[i])) : words[i];
    }
    return kept;
}

static void after(struct request *r, void *data, enum status status, const struct error *error) {
    struct deciding *d = data;
    comment_number number = d->count ? d->orders[0].number : (comment_number){0};
    if (status == CONFLICT && !d->several) {
        reply_late(r, d);
    } else if (status != OK) {
        request_fail_status(r, status, error, status == NOT_FOUND ? VIEW_ERROR_COMMENT : VIEW_ERROR_FORM,
                            words_kept(r, d), S("/moderation"));
    } else if (d->several) {
        go_on(r, d, (comment_number){0});
    } else if (d->what == DO_UNDO) {
        go_on(r, d, number); /* back to the message itself */
    } else {
        bool pending = d->filter.queue == VIEW_QUEUE_PENDING;
        go_on(r, d, pending ? desk_next(r, &d->filter, number) : d->next);
    }
}

/* --- Handlers ----------------------------------------------------------------------------------------------------- */

static struct deciding *begin(struct request *r, size_t orders) {
    struct deciding *d = ARENA_NEW(r->arena, struct deciding);
    d->filter = desk_filter(r);
    d->orders = ARENA_ARRAY(r->arena, orders, struct order);
    d->rule = d->note = d->reason = d->answer = S("");
    return d;
}

static void refuse_form(struct request *r, const struct deciding *d) {
    request_fail(r, 422, VIEW_ERROR_FORM, words_kept(r, d), S("/moderation"));
}

/* A single message: by its address. */
static struct deciding *begin_one(struct request *r) {
    struct deciding *d = begin(r, 1);
    d->orders[0] = (struct order){.number = {request_number(r, "number")},
                                  .version = request_field_int(r, "version"),
                                  .decision = {request_field_int(r, "decision")}};
    d->count = 1;
    return d;
}

static void submit_one(struct request *r, struct deciding *d) {
    bool forgets = d->filter.queue != VIEW_QUEUE_PENDING && d->what != DO_UNDO;
    if (forgets) d->next = desk_next(r, &d->filter, d->orders[0].number);
    request_write(r, d, apply, after);
}

void desk_decide(struct request *r) {
    struct deciding *d = begin_one(r);
    bool words = desk_words(r, "note", &d->note);
    words = desk_words(r, "reason", &d->reason) && words;
    words = desk_words(r, "answer", &d->answer) && words;
    if (!words || !read_act(r, d))
        refuse_form(r, d);
    else
        submit_one(r, d);
}

void desk_dismiss(struct request *r) {
    struct deciding *d = begin_one(r);
    d->what = DO_DISMISS;
    bool words = desk_words(r, "note", &d->note);
    if (!desk_words(r, "answer", &d->answer) || !words)
        refuse_form(r, d);
    else
        submit_one(r, d);
}

void desk_undo(struct request *r) {
    struct deciding *d = begin_one(r);
    d->what = DO_UNDO;
    submit_one(r, d);
}

/* "12:3" into two numbers; the second is optional. */
static bool read_pair(slice text, int64_t *first, int64_t *second) {
    slice rest = text, head = slice_cut(&rest, ':');
    *second = 0;
    return slice_to_int64(head, first) && *first > 0 && (!rest.p || slice_to_int64(rest, second));
}

static bool is_ordered(const struct deciding *d, int64_t number) {
    for (size_t i = 0; i < d->count; i++)
        if (d->orders[i].number.v == number) return true;
    return false;
}

/* Every field of that name: number and version, or number and decision. A message is decided once, however often it is
   named: its second decision would come too late for the first, and be told as a colleague's. */
static void read_orders(struct request *r, struct deciding *d, slice field) {
    for (size_t i = 0; i < r->form.count && d->count < SEVERAL_MAX; i++) {
        int64_t number, second;
        if (!slice_equal(r->form.fields[i].name, field)) continue;
        if (!read_pair(r->form.fields[i].value, &number, &second) || is_ordered(d, number)) continue;
        struct order *order = &d->orders[d->count++];
        *order = (struct order){.number = {number}};
        if (d->what == DO_UNDO)
            order->decision.v = second;
        else
            order->version = second;
    }
}

static void submit_several(struct request *r, struct deciding *d, slice field) {
    read_orders(r, d, field);
    if (d->count == 0) {
        slice back = view_queue_address(r->arena, &d->filter, 0);
        bool more = slice_find_char(back, '?') != SIZE_MAX;
        request_redirect(r, arena_format(r->arena, "%.*s%snone", SLICE_FMT(back), more ? "&" : "?"));
        return;
    }
    d->several = d->what != DO_UNDO || d->count > 1;
    request_write(r, d, apply, after);
}

void desk_decide_several(struct request *r) {
    struct deciding *d = begin(r, SEVERAL_MAX);
    if (read_act(r, d))
        submit_several(r, d, S("numbers"));
    else
        refuse_form(r, d);
}

void desk_undo_several(struct request *r) {
    struct deciding *d = begin(r, SEVERAL_MAX);
    d->what = DO_UNDO;
    submit_several(r, d, S("decision"));
}
