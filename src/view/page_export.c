#include "view/page_export.h"

#include "view/page_common.h"

/* Whoever sends spam need not know that it was seen through. */
static const slice STATES[] = {
    [VIEW_COMMENT_PUBLISHED] = S_INIT("published"), [VIEW_COMMENT_PENDING] = S_INIT("pending"),
    [VIEW_COMMENT_REJECTED] = S_INIT("rejected"),   [VIEW_COMMENT_SPAM] = S_INIT("rejected"),
    [VIEW_COMMENT_REMOVED] = S_INIT("removed"),     [VIEW_COMMENT_WITHDRAWN] = S_INIT("withdrawn"),
};
static const char *const STATE_WORDS[] = {
    [VIEW_COMMENT_PUBLISHED] = T("Published."),    [VIEW_COMMENT_PENDING] = T("Waiting for a moderator."),
    [VIEW_COMMENT_REJECTED] = T("Not published."), [VIEW_COMMENT_SPAM] = T("Not published."),
    [VIEW_COMMENT_REMOVED] = T("Removed."),        [VIEW_COMMENT_WITHDRAWN] = T("Withdrawn."),
};

static void text(struct buf *out, const char *name, slice value) {
    buf_add_format(out, "\"%s\":\"", name);
    buf_add_json(out, value);
    buf_add_char(out, '"');
}

static void next_text(struct buf *out, const char *name, slice value) {
    buf_add_char(out, ',');
    text(out, name, value);
}

static void next_date(struct buf *out, struct arena *arena, const char *name, time_ms t) {
    if (t)
        next_text(out, name, date_iso_utc(arena, t));
    else
        buf_add_format(out, ",\"%s\":null", name);
}

static void add_revisions(struct buf *out, struct arena *arena, const struct view_export *page) {
    buf_add(out, S(",\"revisions\":["));
    for (size_t i = 0; i < page->revision_count; i++) {
        const struct view_export_revision *revision = &page->revisions[i];
        if (i > 0) buf_add_char(out, ',');
        buf_add_char(out, '{');
        text(out, "name", revision->name);
        next_text(out, "title", revision->title);
        next_text(out, "text", revision->text);
        next_text(out, "replaced_by", revision->by_desk ? S("moderator") : S("author"));
        next_date(out, arena, "replaced_at", revision->replaced_at);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

static void add_decisions(struct buf *out, struct arena *arena, const struct view_export *page) {
    buf_add(out, S(",\"decisions\":["));
    for (size_t i = 0; i < page->decision_count; i++) {
        const struct view_export_decision *decision = &page->decisions[i];
        if (i > 0) buf_add_char(out, ',');
        buf_add_char(out, '{');
        text(out, "decision", decision->edit ? S("edited") : STATES[decision->to]);
        next_date(out, arena, "at", decision->at);
        next_text(out, "rule", decision->rule);
        next_text(out, "reason", decision->reason);
        buf_add_format(out, ",\"undone\":%s}", decision->undone ? "true" : "false");
    }
    buf_add_char(out, ']');
}

void view_export_json(const struct view_context *context, const struct view_export *page, struct buf *out) {
    struct arena *arena = context->arena;
    const struct view_comment *m = page->message;
    const struct view_article *a = page->article;
    slice base = context->site->base_url;
    buf_add_format(out, "{\"number\":%lld,", (long long)m->number);
    text(out, "address", address_absolute(arena, base, address_comment(arena, m->number)));
    buf_add(out, S(",\"article\":{"));
    text(out, "headline", a->headline);
    next_text(out, "address", address_absolute(arena, base, address_article(arena, a->id, a->slug)));
    buf_add_char(out, '}');
    if (m->parent) buf_add_format(out, ",\"in_reply_to\":%lld", (long long)m->parent);
    next_text(out, "state", STATES[m->state]);
    next_text(out, "name", m->name);
    next_text(out, "title", m->title);
    next_text(out, "text", page->text);
    next_text(out, "email", page->email);
    next_text(out, "website", m->website);
    buf_add_format(out, ",\"charter_version\":%lld", (long long)page->charter_version);
    next_date(out, arena, "sent_at", m->submitted_at);
    next_date(out, arena, "published_at", m->published_at);
    next_date(out, arena, "edited_at", m->edited_at);
    add_revisions(out, arena, page);
    add_decisions(out, arena, page);
    buf_add(out, S("}\n"));
}

enum status view_export_text(const struct view_context *context, const struct view_export *page, struct buf *out,
                             struct error *error) {
    struct view__page p;
    const struct view_comment *m = page->message;
    view__page_begin(&p, context);
    slice base = context->site->base_url;
    value_set_string(p.root, S("site"), context->site->name);
    value_set_string(p.root, S("headline"), page->article->headline);
    value_set_string(p.root, S("address"), address_absolute(p.arena, base, address_comment(p.arena, m->number)));
    value_set_int(p.root, S("number"), m->number);
    value_set_string(p.root, S("state"), view__text(&p, STATE_WORDS[m->state]));
    value_set_string(p.root, S("name"), m->name);
    value_set_string(p.root, S("title"), m->title);
    value_set_string(p.root, S("text"), page->text);
    value_set_string(p.root, S("email"), page->email);
    value_set_string(p.root, S("website"), m->website);
    view__set_moment(&p, p.root, S("sent"), m->submitted_at);
    view__set_moment(&p, p.root, S("shown"), m->published_at);
    struct value *decisions = value_set_list(p.root, S("decisions"));
    for (size_t i = 0; i < page->decision_count; i++) {
        const struct view_export_decision *decision = &page->decisions[i];
        struct value *item = value_list_add(decisions);
        const char *words = decision->edit ? T("Edited by a moderator.") : STATE_WORDS[decision->to];
        value_set_string(item, S("words"), view__text(&p, words));
        view__set_moment(&p, item, S("at"), decision->at);
        value_set_string(item, S("rule"), decision->rule);
        value_set_string(item, S("reason"), decision->reason);
        value_set_bool(item, S("undone"), decision->undone);
    }
    struct value *revisions = value_set_list(p.root, S("revisions"));
    for (size_t i = 0; i < page->revision_count; i++) {
        const struct view_export_revision *revision = &page->revisions[i];
        struct value *item = value_list_add(revisions);
        view__set_moment(&p, item, S("replaced"), revision->replaced_at);
        value_set_string(item, S("name"), revision->name);
        value_set_string(item, S("title"), revision->title);
        value_set_string(item, S("text"), revision->text);
    }
    return view__page_render(&p, S("export.text"), out, error);
}
