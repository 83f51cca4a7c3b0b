#include "view/page_follow.h"

#include "view/page_common.h"

static void begin(struct view__page *p, const struct view_context *context, slice title) {
    view__page_begin(p, context);
    view__page_noindex(p);
    view__page_title(p, title);
}

enum status view_follow_ask(const struct view_context *context, const struct view_follow_ask *page, struct buf *out,
                            struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    view__page_noindex(&p);
    slice title = view__text(&p, page->sent ? T("One more step") : T("Follow by e-mail"));
    if (page->problem_count)
        title = catalog_format(p.arena, view__text(&p, T("To be mended: {title}")),
                               (struct catalog_argument[]){{S("title"), title}}, 1);
    view__page_title(&p, title);
    view__page_set_section(&p, page->article->section_slug);
    view__set_article(&p, value_set_object(p.root, S("article")), page->article, VIEW__NAMED);
    view__set_problems(&p, page->problems, page->problem_count);
    value_set_bool(p.root, S("sent"), page->sent);
    struct value *follow = value_set_object(p.root, S("follow"));
    value_set_string(follow, S("action"), address_follow_article(p.arena, page->article->id));
    value_set_string(follow, S("token"), page->token);
    value_set_string(follow, S("email"), page->email);
    value_set_bool(follow, S("daily"), page->daily);
    value_set_bool(follow, S("primary"), true);
    value_set_string(follow, S("honeypot"), S(VIEW_HONEYPOT));
    return view__page_render(&p, S("follow"), out, error);
}

static const char *title_of(enum view_follow_step step) {
    switch (step) {
    case VIEW_FOLLOW_CONFIRM: return T("Follow this discussion?");
    case VIEW_FOLLOW_CONFIRMED:
    case VIEW_FOLLOW_MANAGE:
    case VIEW_FOLLOW_SAVED: return T("What I follow");
    case VIEW_FOLLOW_STOP: return T("Stop following?");
    case VIEW_FOLLOW_ENDED: return T("You no longer follow this discussion");
    case VIEW_FOLLOW_ENDED_ALL: return T("You no longer follow any discussion");
    case VIEW_FOLLOW_NEVER: return T("You will get no more mail from here");
    case VIEW_FOLLOW_GONE: break;
    }
    return T("This link leads nowhere any more");
}

static void set_entry(struct view__page *p, struct value *item, const struct view_follow_entry *entry) {
    value_set_string(item, S("headline"), view__title(p, entry->language, entry->headline));
    value_set_string(item, S("href"), entry->href);
    value_set_string(item, S("manage"), address_follow(p->arena, entry->link));
    value_set_string(item, S("confirm"), address_follow_confirm(p->arena, entry->link));
    value_set_string(item, S("stop"), address_follow_stop(p->arena, entry->link));
    value_set_bool(item, S("daily"), entry->daily);
    view__set_lang(p, item, entry->language);
}

enum status view_follow(const struct view_context *context, const struct view_follow *page, struct buf *out,
                        struct error *error) {
    struct view__page p;
    enum view_follow_step step = page->step;
    bool manages = step == VIEW_FOLLOW_CONFIRMED || step == VIEW_FOLLOW_MANAGE || step == VIEW_FOLLOW_SAVED;
    view__page_begin(&p, context);
    begin(&p, context, view__text(&p, title_of(step)));
    value_set_string(p.root, S("heading"), view__text(&p, title_of(step)));
    value_set_bool(p.root, S("asks"), step == VIEW_FOLLOW_CONFIRM);
    value_set_bool(p.root, S("confirmed"), step == VIEW_FOLLOW_CONFIRMED);
    value_set_bool(p.root, S("saved"), step == VIEW_FOLLOW_SAVED);
    value_set_bool(p.root, S("stops"), step == VIEW_FOLLOW_STOP);
    value_set_bool(p.root, S("ended"), step == VIEW_FOLLOW_ENDED);
    value_set_bool(p.root, S("ended_all"), step == VIEW_FOLLOW_ENDED_ALL);
    value_set_bool(p.root, S("never"), step == VIEW_FOLLOW_NEVER);
    value_set_bool(p.root, S("gone"), step == VIEW_FOLLOW_GONE);
    value_set_string(p.root, S("email"), page->email);
    struct value *list = value_set_list(p.root, S("entries"));
    if (page->entry_count) set_entry(&p, value_set_object(p.root, S("first")), &page->entries[0]);
    for (size_t i = 0; manages && i < page->entry_count; i++) set_entry(&p, value_list_add(list), &page->entries[i]);
    value_set_bool(p.root, S("manages"), manages);
    return view__page_render(&p, S("follow-manage"), out, error);
}

static const char *notices_title(enum view_notices_step step) {
    switch (step) {
    case VIEW_NOTICES_ASK: return T("Mails about your message");
    case VIEW_NOTICES_STOPPED: return T("You will get no more mails about this message");
    case VIEW_NOTICES_STARTED: return T("You will be told about this message");
    case VIEW_NOTICES_NEVER: break;
    }
    return T("You will get no more mail from here");
}

enum status view_notices(const struct view_context *context, const struct view_notices *page, struct buf *out,
                         struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    slice title = view__text(&p, notices_title(page->step));
    begin(&p, context, title);
    view__set_article(&p, value_set_object(p.root, S("article")), page->article, VIEW__NAMED);
    value_set_string(p.root, S("heading"), title);
    value_set_int(p.root, S("number"), page->number);
    value_set_string(p.root, S("action"), address_message_notices(p.arena, page->link));
    value_set_string(p.root, S("private"), address_message(p.arena, page->link));
    value_set_bool(p.root, S("never"), page->step == VIEW_NOTICES_NEVER);
    value_set_bool(p.root, S("wanted"), page->wanted);
    return view__page_render(&p, S("notices"), out, error);
}
