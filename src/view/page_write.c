#include "view/page_write.h"

#include "view/page_common.h"

/* What all these pages are about. */
static void begin(struct view__page *p, const struct view_context *context, const struct view_article *article) {
    view__page_begin(p, context);
    view__page_noindex(p);
    view__page_set_section(p, article->section_slug);
    view__set_article(p, value_set_object(p->root, S("article")), article, VIEW__NAMED);
    value_set_string(p->root, S("discussion_href"),
                     arena_format(p->arena, "%.*s#comments", SLICE_FMT(view__article_address(p, article))));
}

static void set_standing(struct view__page *p, slice key, const struct view_comment *comment,
                         const struct view_article *article) {
    struct view__comment_setting setting = {.article = article, .level = 3, .standalone = true};
    struct view_comment plain = *comment;
    plain.is_own = false; /* these pages say in their own words what it waits for */
    view__set_comment(p, value_set_object(p->root, key), &plain, &setting);
}

static slice title_of(struct view__page *p, const char *message, slice name) {
    return catalog_format(p->arena, view__text(p, message), (struct catalog_argument[]){{S("name"), name}}, 1);
}

/* A page with something wrong says so first: a screen reader reads the title before anything else. */
static void set_title(struct view__page *p, slice title, size_t problem_count) {
    if (problem_count > 0) {
        title = catalog_format(p->arena, view__text(p, T("To be mended: {title}")),
                               (struct catalog_argument[]){{S("title"), title}}, 1);
    }
    view__page_title(p, title);
}

enum status view_compose(const struct view_context *context, const struct view_compose *page, struct buf *out,
                         struct error *error) {
    struct view__page p;
    begin(&p, context, page->article);
    slice title = view__text(&p, T("Your message"));
    if (page->answered) title = title_of(&p, T("Reply to {name}"), page->answered->name);
    if (page->preview) title = view__text(&p, T("Preview of your message"));
    set_title(&p, title, page->form->problem_count);
    view__set_charter(&p, page->charter);
    view__set_form(&p, page->form, page->preview != NULL);
    value_set_bool(p.root, S("previewed"), page->preview != NULL);
    if (page->answered) set_standing(&p, S("answered"), page->answered, page->article);
    if (page->preview) set_standing(&p, S("preview"), page->preview, page->article);
    view__set_proofreading(&p, page->proofreading);
    return view__page_render(&p, S("compose"), out, error);
}

enum status view_received(const struct view_context *context, const struct view_received *page, struct buf *out,
                          struct error *error) {
    struct view__page p;
    begin(&p, context, page->article);
    bool pending = page->message->state == VIEW_COMMENT_PENDING;
    view__page_title(&p, pending ? view__text(&p, T("Your message waits for a moderator"))
                                 : view__text(&p, T("Your message is published")));
    value_set_bool(p.root, S("pending"), pending);
    value_set_bool(p.root, S("repeated"), page->repeated);
    value_set_int(p.root, S("number"), page->message->number);
    value_set_string(p.root, S("comment_href"), address_comment(p.arena, page->message->number));
    value_set_string(
        p.page, S("draft_sent"),
        arena_format(p.arena, "%lld:%lld", (long long)page->article->id, (long long)page->message->parent));
    if (page->secret.n > 0) {
        slice private = address_message(p.arena, page->secret);
        value_set_string(p.root, S("private"), private);
        value_set_string(p.root, S("private_absolute"), address_absolute(p.arena, context->site->base_url, private));
    }
    set_standing(&p, S("message"), page->message, page->article);
    return view__page_render(&p, S("received"), out, error);
}

enum status view_recommend(const struct view_context *context, const struct view_recommend *page, struct buf *out,
                           struct error *error) {
    static const char *const FAULTS[] = {
        [VIEW_RECOMMEND_STALE] = T("This page had been open for too long. Please try once more."),
        [VIEW_RECOMMEND_OWN] = T("This message is your own: others may recommend it."),
        [VIEW_RECOMMEND_BLOCK] = T("This message has been recommended several times from your network already."),
    };
    struct view__page p;
    begin(&p, context, page->article);
    const struct view_comment *c = page->comment;
    view__page_title(&p, page->recommended ? view__text(&p, T("You recommend this message"))
                                           : view__text(&p, T("Recommend this message?")));
    value_set_bool(p.root, S("recommended"), page->recommended);
    value_set_string(p.root, S("fault"), page->fault ? view__text(&p, FAULTS[page->fault]) : S(""));
    value_set_bool(p.root, S("may"), page->fault != VIEW_RECOMMEND_OWN && page->fault != VIEW_RECOMMEND_BLOCK);
    value_set_int(p.root, S("count"), c->recommendation_count);
    value_set_string(p.root, S("count_text"), view__number(&p, c->recommendation_count));
    value_set_string(p.root, S("action"), address_comment_recommend(p.arena, c->number));
    value_set_string(p.root, S("token"), page->token);
    value_set_string(p.root, S("comment_href"), address_comment(p.arena, c->number));
    set_standing(&p, S("message"), c, page->article);
    return view__page_render(&p, S("recommend"), out, error);
}

struct state_words {
    slice signal;
    const char *state, *explanation;
};

static struct state_words words_of(enum view_comment_state state) {
    switch (state) {
    case VIEW_COMMENT_PENDING:
        return (struct state_words){S("waiting"), T("Waiting for a moderator."), T("Only you can see it for now.")};
    case VIEW_COMMENT_PUBLISHED:
        return (struct state_words){S("accepted"), T("Published."), T("Everybody can read it.")};
    case VIEW_COMMENT_REJECTED:
    case VIEW_COMMENT_SPAM: /* whoever sends spam need not know that it was seen through */
        return (struct state_words){S("refused"), T("Not published."),
                                    T("A moderator has read it and decided against it.")};
    case VIEW_COMMENT_REMOVED:
        return (struct state_words){S("refused"), T("Removed."), T("A moderator has taken it out of the discussion.")};
    case VIEW_COMMENT_WITHDRAWN:
        return (struct state_words){S("waiting"), T("Withdrawn."), T("You took it back; nobody else can read it.")};
    }
    return (struct state_words){S(""), "", ""};
}

static void set_edit_form(struct view__page *p, const struct view_message *page) {
    if (!page->form || !page->may_edit) return;
    view__set_form(p, page->form, false);
    struct value *form = value_set_object(p->root, S("form"));
    value_set_string(form, S("action"), address_message(p->arena, page->secret));
    value_set_string(form, S("token"), page->token);
    value_set_string(form, S("version"), page->version);
    value_set_string(form, S("name"), page->form->name);
    value_set_string(form, S("title"), page->form->title);
    value_set_string(form, S("text"), page->form->text);
}

enum status view_message(const struct view_context *context, const struct view_message *page, struct buf *out,
                         struct error *error) {
    struct view__page p;
    begin(&p, context, page->article);
    const struct view_comment *message = page->message;
    const struct state_words words = words_of(message->state);
    slice number = view__decimal(p.arena, message->number);
    slice title = catalog_format(p.arena, view__text(&p, T("Your message no. {number}")),
                                 (struct catalog_argument[]){{S("number"), number}}, 1);
    set_title(&p, title, page->form ? page->form->problem_count : 0);
    value_set_int(p.root, S("number"), message->number);
    value_set_string(p.root, S("signal"), words.signal);
    value_set_string(p.root, S("state"), view__text(&p, words.state));
    value_set_string(p.root, S("explanation"), view__text(&p, words.explanation));
    value_set_bool(p.root, S("saved"), page->notice == VIEW_MESSAGE_SAVED);
    view__set_moment(&p, p.root, S("sent"), message->submitted_at);
    view__set_moment(&p, p.root, S("decided"), page->decided_at);
    view__set_moment(&p, p.root, S("edit_until"), page->edit_until);
    value_set_bool(p.root, S("waits"), message->state == VIEW_COMMENT_PENDING);
    value_set_string(p.root, S("export_json"), address_message_export(p.arena, page->secret, S("json")));
    value_set_string(p.root, S("export_text"), address_message_export(p.arena, page->secret, S("txt")));
    value_set_string(p.root, S("rule_title"), page->rule_title);
    value_set_string(p.root, S("reason"), page->reason);
    value_set_string(p.root, S("token"), page->token);
    if (message->state == VIEW_COMMENT_PUBLISHED) {
        value_set_string(p.root, S("comment_href"), address_comment(p.arena, message->number));
    }
    if (page->may_withdraw) {
        value_set_string(p.root, S("withdraw"), address_message_withdraw(p.arena, page->secret));
    }
    view__set_problems(&p, NULL, 0);
    view__set_proofreading(&p, page->proofreading);
    set_edit_form(&p, page);
    /* To its author the text of a removed message is no secret: it stands here as it was. */
    struct view_comment shown = *message;
    if (page->preview) {
        set_standing(&p, S("preview"), page->preview, page->article);
    } else if (shown.html.s.n > 0) {
        shown.state = VIEW_COMMENT_PUBLISHED;
        set_standing(&p, S("message"), &shown, page->article);
    }
    return view__page_render(&p, S("message"), out, error);
}

static void set_rules(struct view__page *p, struct value *form, const struct view_report *page) {
    struct value *rules = value_set_list(form, S("rules"));
    bool known = false;
    for (size_t i = 0; page->charter && i < page->charter->rule_count; i++) {
        const struct view_rule *rule = &page->charter->rules[i];
        bool checked = page->rule_code.n > 0 && slice_equal(rule->code, page->rule_code);
        struct value *item = value_list_add_object(rules);
        value_set_string(item, S("code"), rule->code);
        value_set_html(item, S("title"), html_escape_typographic(p->arena, page->charter->language, rule->title));
        value_set_bool(item, S("checked"), checked);
        known = known || checked;
    }
    value_set_bool(form, S("has_rules"), value_list_count(rules) > 0);
    /* Nothing is chosen beforehand on a fresh form; after a round trip, what was chosen is. */
    value_set_bool(form, S("other"), !known && page->text.n > 0);
}

static slice report_title(struct view__page *p, const struct view_report *page) {
    if (page->repeated) return view__text(p, T("You have reported it already"));
    return view__text(p, page->comment ? T("Report a message") : T("Report an article"));
}

enum status view_report(const struct view_context *context, const struct view_report *page, struct buf *out,
                        struct error *error) {
    struct view__page p;
    begin(&p, context, page->article);
    set_title(&p, report_title(&p, page), page->problem_count);
    value_set_bool(p.root, S("repeated"), page->repeated);
    value_set_bool(p.root, S("about_article"), !page->comment);
    value_set_string(p.root, S("back"),
                     page->comment ? address_comment(p.arena, page->comment->number)
                                   : view__article_address(&p, page->article));
    view__set_problems(&p, page->problems, page->problem_count);
    if (page->comment) set_standing(&p, S("message"), page->comment, page->article);
    struct value *form = value_set_object(p.root, S("form"));
    value_set_string(form, S("action"),
                     page->comment ? address_comment_report(p.arena, page->comment->number)
                                   : address_article_report(p.arena, page->article->id));
    value_set_string(form, S("token"), page->token);
    value_set_string(form, S("text"), page->text);
    value_set_string(form, S("name"), page->name);
    value_set_string(form, S("email"), page->email);
    value_set_string(form, S("honeypot"), S(VIEW_HONEYPOT));
    set_rules(&p, form, page);
    return view__page_render(&p, S("report"), out, error);
}

enum status view_receipt(const struct view_context *context, const struct view_receipt *page, struct buf *out,
                         struct error *error) {
    static const struct state_words WORDS[] = {
        [VIEW_REPORT_OPEN] = {S_INIT("waiting"), T("Received."),
                              T("A moderator will read it. Until then nothing changes.")},
        [VIEW_REPORT_UPHELD] = {S_INIT("accepted"), T("Upheld."), T("A moderator agreed with you, and acted.")},
        [VIEW_REPORT_DISMISSED] = {S_INIT("refused"), T("Not upheld."),
                                   T("A moderator has read your report, and found that what you reported may stay.")},
    };
    static const struct state_words WITHDRAWN = {S_INIT("accepted"), T("Settled."),
                                                 T("Its author has withdrawn the message: it is no longer shown.")};
    struct view__page p;
    begin(&p, context, page->article);
    slice number = view__decimal(p.arena, page->number);
    view__page_title(&p, catalog_format(p.arena, view__text(&p, T("Your report no. {number}")),
                                        (struct catalog_argument[]){{S("number"), number}}, 1));
    view__page_noindex(&p);
    bool settled = page->withdrawn && page->state == VIEW_REPORT_DISMISSED;
    const struct state_words *words = settled ? &WITHDRAWN : &WORDS[page->state];
    value_set_bool(p.root, S("redress"), page->state == VIEW_REPORT_DISMISSED && !settled);
    value_set_int(p.root, S("number"), page->number);
    value_set_bool(p.root, S("sent"), page->sent && page->state == VIEW_REPORT_OPEN);
    value_set_string(p.root, S("signal"), words->signal);
    value_set_string(p.root, S("state"), view__text(&p, words->state));
    value_set_string(p.root, S("explanation"), view__text(&p, words->explanation));
    view__set_moment(&p, p.root, S("received"), page->at);
    view__set_moment(&p, p.root, S("closed"), page->closed_at);
    value_set_int(p.root, S("comment"), page->comment);
    if (page->is_public)
        value_set_string(p.root, S("reported_href"),
                         page->comment ? address_comment(p.arena, page->comment)
                                       : view__article_address(&p, page->article));
    value_set_string(p.root, S("rule"), page->rule);
    value_set_string(p.root, S("text"), page->text);
    value_set_string(p.root, S("answer"), page->answer);
    value_set_string(p.root, S("email"), page->state == VIEW_REPORT_OPEN ? page->email : S(""));
    slice private = address_report(p.arena, page->secret);
    value_set_string(p.root, S("private"), private);
    value_set_string(p.root, S("private_absolute"), address_absolute(p.arena, context->site->base_url, private));
    return view__page_render(&p, S("receipt"), out, error);
}
