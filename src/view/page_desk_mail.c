#include "view/page_desk_mail.h"

#include "view/page_desk_common.h"

static const struct {
    slice name;
    const char *label;
} KINDS[] = {
    {S_INIT("state"), T("a decision, held for a moment")},    {S_INIT("published"), T("to an author: published")},
    {S_INIT("refused"), T("to an author: refused")},          {S_INIT("answered"), T("to an author: answered")},
    {S_INIT("message"), T("to a follower: a new message")},   {S_INIT("digest"), T("to a follower: those of a day")},
    {S_INIT("follow"), T("to somebody who asked to follow")}, {S_INIT("received"), T("to whoever reported: received")},
    {S_INIT("report"), T("to whoever reported: decided")},
};

static slice kind_label(const struct view__page *p, slice kind) {
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (slice_equal(kind, KINDS[i].name)) return view__text(p, KINDS[i].label);
    return kind;
}

static void set_rows(struct view__page *p, slice key, const struct view_outgoing *rows, size_t count, time_ms now) {
    struct value *list = value_set_list(p->root, key);
    for (size_t i = 0; i < count; i++) {
        struct value *item = value_list_add(list);
        value_set_string(item, S("kind"), kind_label(p, rows[i].kind));
        value_set_string(item, S("headline"), rows[i].headline);
        value_set_int(item, S("comment"), rows[i].comment);
        value_set_string(item, S("comment_href"),
                         arena_format(p->arena, ADDRESS_DESK "/comments/%lld", (long long)rows[i].comment));
        value_set_int(item, S("attempts"), rows[i].attempts);
        value_set_string(item, S("error"), rows[i].error);
        view__desk_set_time(p, item, "created", rows[i].created_at, now);
        view__desk_set_time(p, item, "next", rows[i].next_at, now);
    }
}

enum status view_desk_mail(const struct view_context *context, const struct view_desk_mail *page, struct buf *out,
                           struct error *error) {
    struct view__page p;
    view__desk_begin(&p, context, &(struct view_desk){VIEW_DESK_MAIL, S(ADDRESS_DESK "/mail")}, T("Mail"));
    value_set_string(p.root, S("server"), page->server);
    value_set_bool(p.root, S("saved"), page->saved);
    value_set_int(p.root, S("waiting_count"), page->waiting);
    value_set_int(p.root, S("failed_count"), page->failed);
    value_set_int(p.root, S("paused_count"), page->paused);
    value_set_int(p.root, S("subscription_count"), page->subscriptions);
    value_set_string(p.root, S("waiting_text"), view__number(&p, page->waiting));
    value_set_string(p.root, S("failed_text"), view__number(&p, page->failed));
    value_set_string(p.root, S("paused_text"), view__number(&p, page->paused));
    value_set_string(p.root, S("subscription_text"), view__number(&p, page->subscriptions));
    view__desk_set_time(&p, p.root, "oldest", page->oldest, page->now);
    set_rows(&p, S("waiting"), page->waiting_rows, page->waiting_count, page->now);
    set_rows(&p, S("failed"), page->failed_rows, page->failed_count, page->now);
    struct value *paused = value_set_list(p.root, S("paused"));
    for (size_t i = 0; i < page->paused_count; i++) {
        struct value *item = value_list_add(paused);
        value_set_string(item, S("id"), page->paused_rows[i].id);
        value_set_string(item, S("email"), page->paused_rows[i].email);
        value_set_string(item, S("reason"), page->paused_rows[i].reason);
        view__desk_set_time(&p, item, "since", page->paused_rows[i].paused_at, page->now);
    }
    view__set_problems(&p, page->problems, page->problem_count);
    value_set_string(p.root, S("email"), page->email);
    return view__page_render(&p, S("desk/mail"), out, error);
}
