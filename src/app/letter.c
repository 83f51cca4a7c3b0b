#include "app/letter.h"

#include "app/dispatch.h"
#include "app/links.h"
#include "app/map.h"
#include "app/map_desk.h"
#include "app/reason.h"
#include "domain/notice.h"
#include "domain/recipient.h"
#include "mail/message.h"
#include "view/address.h"
#include "view/mail.h"

#include <inttypes.h>

enum { DIGEST_MESSAGES = 30 };

/* A letter in the making. */
struct writing {
    struct app *app;
    struct db *db;
    struct arena *arena;
    const struct outbox_item *item;
    struct site site;
    struct article article;
    struct view_article shown_article;
    struct subscription subscription; /* id 0: none */
    struct comment comment;           /* the author's own, or the one told of */
    struct report report;             /* id 0: none */
    struct view_mail view;
    slice language;
    slice unsubscribe, thread_id; /* a path; an id */
    struct error *error;
};

/* --- What it is about ------------------------------------------------------------------------------------------------ */

static enum status gone(struct writing *w) {
    return error_set(w->error, NOT_FOUND, "there is nothing to send any more");
}

static enum status load_article(struct writing *w, article_id id) {
    enum status status = article_get_brief(w->db, w->arena, id, &w->article, w->error);
    if (status == OK && w->article.state != ARTICLE_PUBLISHED) return gone(w);
    w->shown_article = map_article(&w->article);
    w->view.article = &w->shown_article;
    return status;
}

static enum status load_subscription(struct writing *w) {
    enum status status =
        follow_get(w->db, w->arena, w->item->subscription, w->item->article, &w->subscription, w->error);
    if (status != OK) return status;
    w->language = w->subscription.language;
    return load_article(w, w->item->article);
}

static void add_message(struct writing *w, const struct comment *comment) {
    struct view_mail_message *items = ARENA_ARRAY(w->arena, w->view.message_count + 1, struct view_mail_message);
    struct view_comment *shown = ARENA_NEW(w->arena, struct view_comment);
    *shown = map_comment(comment);
    for (size_t i = 0; i < w->view.message_count; i++) items[i] = w->view.messages[i];
    items[w->view.message_count++] = (struct view_mail_message){shown, comment->text_source};
    w->view.messages = items;
}

/* The page where it can be changed and stopped, and the address for a mail program's button. */
static void set_manage(struct writing *w) {
    slice link = links_follow(&w->app->keys, w->arena, &w->subscription);
    w->view.manage = address_follow(w->arena, link);
    w->unsubscribe = address_follow_stop(w->arena, link);
    w->thread_id = arena_format(w->arena, "discussion-%" PRId64, w->article.id.v);
}

static enum status about_wish(struct writing *w) {
    enum status status = load_subscription(w);
    if (status != OK) return status;
    slice link = links_follow(&w->app->keys, w->arena, &w->subscription);
    w->view.kind = w->subscription.active ? VIEW_MAIL_FOLLOWED : VIEW_MAIL_CONFIRM;
    w->view.address = w->subscription.active ? address_follow(w->arena, link) : address_follow_confirm(w->arena, link);
    return OK;
}

static enum status about_message(struct writing *w) {
    enum status status = load_subscription(w);
    if (status == OK && !w->subscription.active) return gone(w);
    if (status == OK) status = comment_get(w->db, w->arena, w->item->comment, &w->comment, w->error);
    if (status != OK) return status;
    if (w->comment.state != COMMENT_PUBLISHED) return gone(w);
    w->view.kind = VIEW_MAIL_MESSAGE;
    w->view.address = address_comment(w->arena, w->comment.number.v);
    add_message(w, &w->comment);
    set_manage(w);
    return OK;
}

static enum status about_news(struct writing *w, time_ms until) {
    struct follow_news news;
    enum status status = load_subscription(w);
    if (status == OK && !w->subscription.active) return gone(w);
    if (status == OK)
        status = follow_news_load(w->db, w->arena, w->item->subscription, until, DIGEST_MESSAGES, &news, w->error);
    for (size_t i = 0; status == OK && i < news.count; i++) {
        struct comment comment;
        status = comment_get(w->db, w->arena, news.numbers[i], &comment, w->error);
        if (status == OK) add_message(w, &comment);
    }
    if (status != OK) return status;
    if (!news.count) return gone(w);
    w->view.kind = VIEW_MAIL_DIGEST;
    w->view.more = news.more;
    slice path = address_article(w->arena, w->article.id.v, w->article.slug);
    w->view.address = arena_format(w->arena, "%.*s#comments", SLICE_FMT(path));
    set_manage(w);
    return OK;
}

/* The author's own message, if they still want to hear of it. */
static enum status load_own(struct writing *w) {
    bool wanted = false;
    enum status status = comment_get(w->db, w->arena, w->item->comment, &w->comment, w->error);
    if (status == OK) status = notice_wanted(w->db, w->item->article, w->item->comment, &wanted, w->error);
    if (status == OK && (!wanted || !w->comment.email.n)) return gone(w);
    if (status == OK) status = load_article(w, w->comment.article);
    if (status != OK) return status;
    slice link = links_message(&w->app->keys, w->arena, &w->comment);
    w->language = w->article.language;
    w->view.number = w->comment.number.v;
    w->view.private = address_message(w->arena, link);
    w->view.stop = address_message_notices(w->arena, link);
    w->unsubscribe = w->view.stop;
    w->thread_id = arena_format(w->arena, "message-%" PRId64, w->comment.number.v);
    return OK;
}

static enum status about_own(struct writing *w) {
    enum status status = load_own(w);
    if (status != OK) return status;
    enum comment_state state = w->comment.state;
    bool published = w->item->kind == OUTBOX_PUBLISHED;
    if (published != (state == COMMENT_PUBLISHED)) return gone(w);
    if (!published && state != COMMENT_REJECTED && state != COMMENT_REMOVED) return gone(w);
    w->view.kind = published ? VIEW_MAIL_PUBLISHED : VIEW_MAIL_REFUSED;
    w->view.removed = state == COMMENT_REMOVED;
    w->view.address = w->view.private;
    reason_find(w->db, w->arena, &w->site, &w->comment, w->article.language, &w->view.rule_title, &w->view.reason);
    add_message(w, &w->comment);
    return OK;
}

static enum status about_answer(struct writing *w) {
    struct comment answer;
    enum status status = load_own(w);
    if (status == OK) status = comment_get(w->db, w->arena, w->item->answer, &answer, w->error);
    if (status != OK) return status;
    if (answer.state != COMMENT_PUBLISHED || w->comment.state != COMMENT_PUBLISHED) return gone(w);
    w->view.kind = VIEW_MAIL_ANSWERED;
    w->view.address = address_comment(w->arena, answer.number.v);
    add_message(w, &answer);
    return OK;
}

/* The article may be gone, because of that report. */
static enum status load_report(struct writing *w) {
    struct charter charter;
    enum status status = report_get(w->db, w->arena, w->item->article, w->item->report, &w->report, w->error);
    if (status == OK) status = article_get_brief(w->db, w->arena, w->report.article, &w->article, w->error);
    if (status == OK && w->report.comment.v)
        status = comment_get(w->db, w->arena, w->report.comment, &w->comment, w->error);
    if (status != OK) return status;
    status = charter_load(w->db, w->arena, 0, w->article.language, &charter, w->error);
    if (status != OK && status != NOT_FOUND) return status;
    w->shown_article = map_article(&w->article);
    w->view.article = &w->shown_article;
    w->view.number = w->report.id.v;
    w->view.reported = w->report.comment.v;
    w->view.rule_title = map_rule(status == OK ? &charter : NULL, w->report.rule_code);
    w->view.address = address_report(w->arena, links_report(&w->app->keys, w->arena, &w->report));
    w->language = w->article.language;
    w->thread_id = arena_format(w->arena, "report-%" PRId64, w->report.id.v);
    return OK;
}

/* Whether it came, or what was decided: what stands when the mail leaves. */
static enum status about_report(struct writing *w, struct letter *out) {
    enum status status = load_report(w);
    if (status != OK) return status;
    bool open = w->report.closed_at == 0, decision = w->item->kind == OUTBOX_REPORT;
    if (decision == open) return gone(w);
    w->view.kind = decision ? VIEW_MAIL_REPORT : VIEW_MAIL_RECEIVED;
    if (!decision) return OK;
    if (slice_equal(w->report.told, w->report.state) && !w->report.answer.n) return gone(w);
    out->told = w->report.state;
    w->view.upheld = slice_equal(w->report.state, S("upheld"));
    w->view.withdrawn = w->report.comment.v && w->comment.state == COMMENT_WITHDRAWN;
    w->view.reason = w->report.answer;
    return OK;
}

static enum status find_matter(struct writing *w, struct letter *out) {
    switch (w->item->kind) {
    case OUTBOX_FOLLOW: return about_wish(w);
    case OUTBOX_MESSAGE: return about_message(w);
    case OUTBOX_DIGEST: out->until = clock_now(); return about_news(w, out->until);
    case OUTBOX_PUBLISHED:
    case OUTBOX_REFUSED: return about_own(w);
    case OUTBOX_ANSWERED: return about_answer(w);
    case OUTBOX_RECEIVED:
    case OUTBOX_REPORT: return about_report(w, out);
    case OUTBOX_STATE:
    case OUTBOX_KINDS: break;
    }
    return error_set(w->error, INTERNAL, "this kind of row makes no mail");
}

/* --- The mail -------------------------------------------------------------------------------------------------------- */

static slice host_of(slice address) { return slice_after(address, slice_find_char(address, '@') + 1); }

static slice absolute(struct writing *w, slice path) {
    return path.n ? address_absolute(w->arena, w->app->options.base_url, path) : S("");
}

static enum status write_mail(struct writing *w, slice message_id, struct letter *out) {
    const struct app_mail_options *o = &w->app->options.mail;
    size_t language = app_language_find(w->language, app_language_find(w->site.language, APP_LANGUAGE_FR));
    struct view_context *context = dispatch_context(w->app, w->db, w->arena, &w->site, language);
    struct buf text CLEANUP(buf_fini), html CLEANUP(buf_fini);
    slice subject, host = host_of(o->from);
    buf_init(&text, MAIL_MESSAGE_MAX);
    buf_init(&html, MAIL_MESSAGE_MAX);
    enum status status = view_mail_write(context, &w->view, &subject, &text, &html, w->error);
    if (status != OK) return status;
    bool is_list = w->view.manage.n > 0;
    struct mail_message message = {
        .from_name = o->name.n ? o->name : w->site.name,
        .from = o->from,
        .to = out->to,
        .reply_to = o->reply_to,
        .subject = subject,
        .message_id = arena_format(w->arena, "%.*s@%.*s", SLICE_FMT(message_id), SLICE_FMT(host)),
        .date = date_rfc822(context->dates, w->arena, clock_now()),
        .language = APP_LANGUAGE[language].tag,
        .text = buf_slice(&text),
        .html = buf_slice(&html),
        .unsubscribe = absolute(w, w->unsubscribe),
        .bulk = is_list,
    };
    if (w->thread_id.n)
        message.thread_id = arena_format(w->arena, "%.*s@%.*s", SLICE_FMT(w->thread_id), SLICE_FMT(host));
    if (is_list) {
        message.list_name = w->article.headline;
        message.list_id = arena_format(w->arena, "discussion-%" PRId64 ".%.*s", w->article.id.v, SLICE_FMT(host));
        message.archive = absolute(w, address_article(w->arena, w->article.id.v, w->article.slug));
    }
    buf_init(&out->mail, MAIL_MESSAGE_MAX);
    return mail_message_write(&message, &out->mail, w->error);
}

static enum status check_recipient(struct writing *w, struct letter *out) {
    bool may = false;
    out->to = w->comment.email;
    if (w->subscription.id) out->to = w->subscription.email;
    if (w->report.id.v) out->to = w->report.email;
    out->hash = keys_mail_hash(&w->app->keys, out->to);
    if (!mail_address_is_sendable(out->to)) return gone(w);
    enum status status = recipient_may_receive(w->db, &out->hash, &may, w->error);
    return status == OK && !may ? gone(w) : status;
}

enum status letter_write(struct app *app, struct db *db, struct arena *arena, const struct outbox_item *item,
                         struct letter *out, struct error *error) {
    struct writing *w = ARENA_NEW(arena, struct writing);
    *w = (struct writing){.app = app, .db = db, .arena = arena, .item = item, .error = error};
    *out = (struct letter){.until = 0};
    enum status status = db_read_begin(db, error);
    if (status != OK) return status;
    status = site_load(db, arena, &w->site, error);
    if (status == OK) status = find_matter(w, out);
    if (status == OK) status = check_recipient(w, out);
    slice id = arena_format(arena, "outbox-%" PRId64 ".%" PRId64, item->id, item->created_at);
    if (status == OK) status = write_mail(w, id, out);
    db_read_end(db);
    return status;
}

enum status letter_write_test(struct app *app, struct db *db, struct arena *arena, slice to, struct letter *out,
                              struct error *error) {
    struct writing *w = ARENA_NEW(arena, struct writing);
    *w = (struct writing){.app = app, .db = db, .arena = arena, .error = error};
    *out = (struct letter){.to = to};
    enum status status = site_load(db, arena, &w->site, error);
    if (status != OK) return status;
    w->language = w->site.language;
    w->view.kind = VIEW_MAIL_TEST;
    slice id = arena_format(arena, "test.%" PRId64, clock_now());
    return write_mail(w, id, out);
}
