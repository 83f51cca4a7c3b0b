#include "view/mail.h"

#include "view/page_common.h"

static const struct {
    slice html, text;
} TEMPLATES[VIEW_MAIL_KINDS] = {
    [VIEW_MAIL_CONFIRM] = {S_INIT("mail/confirm"), S_INIT("mail/confirm.text")},
    [VIEW_MAIL_FOLLOWED] = {S_INIT("mail/followed"), S_INIT("mail/followed.text")},
    [VIEW_MAIL_MESSAGE] = {S_INIT("mail/message"), S_INIT("mail/message.text")},
    [VIEW_MAIL_DIGEST] = {S_INIT("mail/digest"), S_INIT("mail/digest.text")},
    [VIEW_MAIL_PUBLISHED] = {S_INIT("mail/published"), S_INIT("mail/published.text")},
    [VIEW_MAIL_REFUSED] = {S_INIT("mail/refused"), S_INIT("mail/refused.text")},
    [VIEW_MAIL_ANSWERED] = {S_INIT("mail/answered"), S_INIT("mail/answered.text")},
    [VIEW_MAIL_RECEIVED] = {S_INIT("mail/received"), S_INIT("mail/received.text")},
    [VIEW_MAIL_REPORT] = {S_INIT("mail/report"), S_INIT("mail/report.text")},
    [VIEW_MAIL_TEST] = {S_INIT("mail/test"), S_INIT("mail/test.text")},
};

static const char *subject_of(const struct view_mail *mail) {
    switch (mail->kind) {
    case VIEW_MAIL_CONFIRM: return T("Please confirm: follow “{headline}”");
    case VIEW_MAIL_FOLLOWED: return T("You follow “{headline}” already");
    case VIEW_MAIL_MESSAGE: return T("{name} on “{headline}”");
    case VIEW_MAIL_DIGEST: return T("New messages on “{headline}”");
    case VIEW_MAIL_PUBLISHED: return T("Your message is published: “{headline}”");
    case VIEW_MAIL_REFUSED:
        return mail->removed ? T("Your message was removed: “{headline}”")
                             : T("Your message was not published: “{headline}”");
    case VIEW_MAIL_ANSWERED: return T("{name} has answered you on “{headline}”");
    case VIEW_MAIL_RECEIVED: return T("Your report no. {number} was received: “{headline}”");
    case VIEW_MAIL_REPORT: return T("What became of your report no. {number}: “{headline}”");
    case VIEW_MAIL_TEST:
    case VIEW_MAIL_KINDS: break;
    }
    return T("A test of {site}");
}

static void set_path(struct view__page *p, slice key, slice path) {
    if (path.n)
        value_set_string(p->root, key, address_absolute(p->arena, p->context->site->base_url, path));
    else
        value_set_null(p->root, key);
}

static void set_messages(struct view__page *p, const struct view_mail *mail) {
    struct value *list = value_set_list(p->root, S("messages"));
    for (size_t i = 0; i < mail->message_count; i++) {
        const struct view_comment *c = mail->messages[i].comment;
        struct value *item = value_list_add(list);
        slice url = address_comment(p->arena, c->number);
        value_set_string(item, S("name"), c->name);
        value_set_int(item, S("number"), c->number);
        value_set_string(item, S("date"), view__date_within(p, view__comment_time(c)));
        value_set_string(item, S("url"), address_absolute(p->arena, p->context->site->base_url, url));
        value_set_string(item, S("parent_name"), c->parent_name);
        value_set_string(item, S("source"), mail->messages[i].source);
        value_set_html(item, S("html"), view__absolute_html(p, c->html));
        view__set_lang(p, item, view__comment_language(c, mail->article));
    }
}

static slice subject(struct view__page *p, const struct view_mail *mail) {
    const struct catalog_argument arguments[] = {
        {S("headline"), mail->article ? view__title(p, mail->article->language, mail->article->headline) : S("")},
        {S("name"), mail->message_count ? mail->messages[0].comment->name : S("")},
        {S("site"), p->context->site->name},
        {S("number"), view__decimal(p->arena, mail->number)},
    };
    return catalog_format(p->arena, view__text(p, subject_of(mail)), arguments, ARRAY_COUNT(arguments));
}

enum status view_mail_write(const struct view_context *context, const struct view_mail *mail, slice *out_subject,
                            struct buf *text, struct buf *html, struct error *error) {
    struct view__page p;
    view__page_begin(&p, context);
    *out_subject = subject(&p, mail);
    value_set_string(p.root, S("subject"), *out_subject);
    if (mail->article) {
        struct value *article = value_set_object(p.root, S("article"));
        value_set_string(article, S("headline"), view__title(&p, mail->article->language, mail->article->headline));
        view__set_lang(&p, article, mail->article->language);
    }
    set_path(&p, S("home"), S(ADDRESS_HOME));
    set_path(&p, S("address"), mail->address);
    set_path(&p, S("private"), mail->private);
    set_path(&p, S("manage"), mail->manage);
    set_path(&p, S("stop"), mail->stop);
    value_set_int(p.root, S("number"), mail->number);
    value_set_int(p.root, S("count"), (int64_t)mail->message_count);
    value_set_bool(p.root, S("more"), mail->more);
    value_set_bool(p.root, S("removed"), mail->removed);
    value_set_int(p.root, S("reported"), mail->reported);
    value_set_bool(p.root, S("upheld"), mail->upheld && !mail->withdrawn);
    value_set_bool(p.root, S("is_report"), mail->kind == VIEW_MAIL_REPORT || mail->kind == VIEW_MAIL_RECEIVED);
    value_set_bool(p.root, S("withdrawn"), mail->withdrawn);
    value_set_bool(p.root, S("kept"), mail->kind == VIEW_MAIL_REPORT && !mail->upheld && !mail->withdrawn);
    value_set_string(p.root, S("rule_title"), mail->rule_title);
    value_set_string(p.root, S("reason"), mail->reason);
    value_set_string(p.root, S("answer_name"), mail->message_count ? mail->messages[0].comment->name : S(""));
    set_messages(&p, mail);
    enum status status = templates_render(context->templates, TEMPLATES[mail->kind].text, p.root, text, error);
    if (status == OK) status = templates_render(context->templates, TEMPLATES[mail->kind].html, p.root, html, error);
    return status;
}
