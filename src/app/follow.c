/* Following a discussion by e-mail, and notices about one's own message: what readers do about mails. Links in mails are
   opened by machines, too: nothing happens on GET. RFC 8058: a POST to the address of List-Unsubscribe ends it at once. */
#include "app/handlers.h"

#include "app/links.h"
#include "app/map.h"
#include "app/reading.h"
#include "domain/notice.h"
#include "domain/recipient.h"
#include "mail/message.h"
#include "text/check.h"
#include "view/address.h"
#include "view/page_follow.h"

#include <string.h>

enum { SHOWN_SUBSCRIPTIONS = 100 };

/* --- Asking ---------------------------------------------------------------------------------------------------------- */

struct asking {
    struct article article;
    struct view_follow_ask page;
    struct view_problem problems[4];
    struct follow_request request;
};

static void reply_ask(struct request *r, struct asking *a, int http_status) {
    struct error error = {OK, ""};
    struct view_article article = map_article(&a->article);
    a->page.article = &article;
    a->page.token = request_token(r, reading_follow_purpose(r->arena, a->article.id));
    a->page.problems = a->problems;
    struct buf *body = request_buf(r);
    enum status status = view_follow_ask(request_view_in(r, a->article.language), &a->page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* False: answered. */
static bool load_asked(struct request *r, struct asking *a) {
    struct error error = {OK, ""};
    enum status status = article_get_brief(r->db, r->arena, (article_id){request_number(r, "id")}, &a->article, &error);
    if (status == OK && (a->article.state != ARTICLE_PUBLISHED || !app_sends_mail(r->app))) status = NOT_FOUND;
    if (status != OK) request_fail_status(r, status, &error, VIEW_ERROR_ARTICLE, S(""), S(""));
    return status == OK;
}

void follow_form(struct request *r) {
    struct asking *a = ARENA_NEW(r->arena, struct asking);
    if (load_asked(r, a)) reply_ask(r, a, 200);
}

static void add_problem(struct asking *a, enum view_field field, enum view_fault fault, int64_t limit) {
    a->problems[a->page.problem_count++] = (struct view_problem){field, fault, limit};
}

static enum status apply_ask(struct db *db, struct request *r, void *data, struct error *error) {
    struct asking *a = data;
    return follow_ask(db, r->arena, &a->request, error);
}

static void after_ask(struct request *r, void *data, enum status status, const struct error *error) {
    struct asking *a = data;
    if (status != OK) {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S(""));
        return;
    }
    a->page.sent = true;
    reply_ask(r, a, 200);
}

/* Mails that strangers can cause: few for one address they are sent to, and few from one they come from. The first limit
   says nothing: what is not sent is answered as what is. */
static bool take_limits(struct request *r, struct asking *a, bool *silent) {
    struct crypto_hash *hash = &a->request.hash;
    uint64_t key;
    memcpy(&key, hash->bytes, sizeof key);
    if (!limiter_take(r->app->following, request_address_key(r), NULL)) {
        add_problem(a, VIEW_FIELD_EMAIL, VIEW_FAULT_TOO_MANY, 0);
        return false;
    }
    *silent = !limiter_take(r->app->following_address, key, NULL);
    return true;
}

static int check_ask(struct request *r, struct asking *a, bool *silent) {
    slice email = S("");
    if (!request_token_ok(r, reading_follow_purpose(r->arena, a->article.id)) || request_field(r, VIEW_HONEYPOT).n) {
        add_problem(a, VIEW_FIELD_FORM, VIEW_FAULT_STALE, 0);
        return 403;
    }
    enum text_problem problem = text_check_email(r->arena, a->page.email, &email);
    if (problem != TEXT_FINE || !mail_address_is_sendable(email)) {
        add_problem(a, VIEW_FIELD_EMAIL, problem == TEXT_EMPTY ? VIEW_FAULT_EMPTY : VIEW_FAULT_NO_ADDRESS, 0);
        return 422;
    }
    a->request = (struct follow_request){.article = a->article.id,
                                         .email = email,
                                         .hash = keys_mail_hash(&r->app->keys, email),
                                         .frequency = a->page.daily ? FOLLOW_DAILY : FOLLOW_EACH,
                                         .language = a->article.language,
                                         .device_token = request_device(r),
                                         .now = clock_now()};
    return take_limits(r, a, silent) ? 0 : 429;
}

void follow_post(struct request *r) {
    struct asking *a = ARENA_NEW(r->arena, struct asking);
    bool silent = false;
    if (!load_asked(r, a)) return;
    a->page.email = request_field(r, "email");
    a->page.daily = slice_equal(request_field(r, "frequency"), S("daily"));
    int refused = check_ask(r, a, &silent);
    if (refused) {
        reply_ask(r, a, refused);
    } else if (silent) {
        a->page.sent = true;
        reply_ask(r, a, 200);
    } else {
        request_write(r, a, apply_ask, after_ask);
    }
}

/* --- With a link ------------------------------------------------------------------------------------------------------ */

enum follow_act { ACT_CONFIRM, ACT_EACH, ACT_DAILY, ACT_STOP, ACT_ALL, ACT_NEVER };

struct managing {
    struct subscription subscription;
    enum follow_act act;
};

static void reply_follow(struct request *r, const struct managing *m, enum view_follow_step step) {
    struct error error = {OK, ""};
    struct subscription_list list = {NULL, 0};
    const struct subscription *s = m ? &m->subscription : NULL;
    struct view_follow page = {.step = step};
    struct view_follow_entry *entries = ARENA_ARRAY(r->arena, SHOWN_SUBSCRIPTIONS + 1, struct view_follow_entry);
    page.entries = entries;
    bool all = step == VIEW_FOLLOW_CONFIRMED || step == VIEW_FOLLOW_MANAGE || step == VIEW_FOLLOW_SAVED;
    if (s && all && follow_list(r->db, r->arena, &s->hash, SHOWN_SUBSCRIPTIONS, &list, &error) != OK) list.count = 0;
    for (size_t i = 0; s && i <= list.count; i++) {
        const struct subscription *one = i == 0 ? s : &list.items[i - 1];
        if (i > 0 && one->id == s->id) continue;
        entries[page.entry_count++] =
            (struct view_follow_entry){.headline = one->headline,
                                       .language = one->article_language,
                                       .href = address_article(r->arena, one->article.v, one->slug),
                                       .link = links_follow(&r->app->keys, r->arena, one),
                                       .daily = one->frequency == FOLLOW_DAILY};
    }
    if (s && (all || step == VIEW_FOLLOW_CONFIRM)) page.email = s->email;
    struct buf *body = request_buf(r);
    const struct view_context *context = s ? request_view_in(r, s->language) : request_view(r);
    enum status status = view_follow(context, &page, body, &error);
    request_reply_page(r, step == VIEW_FOLLOW_GONE ? 404 : 200, body, status, &error);
}

/* NULL: answered. */
static struct managing *load_managed(struct request *r) {
    struct managing *m = ARENA_NEW(r->arena, struct managing);
    struct error error = {OK, ""};
    enum status status =
        links_find_follow(&r->app->keys, r->db, r->arena, request_parameter(r, "link"), &m->subscription, &error);
    if (status == OK) return m;
    if (status == NOT_FOUND)
        reply_follow(r, NULL, VIEW_FOLLOW_GONE);
    else
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S(""));
    return NULL;
}

static enum status apply_managed(struct db *db, struct request *r, void *data, struct error *error) {
    struct managing *m = data;
    const struct subscription *s = &m->subscription;
    time_ms now = clock_now();
    (void)r;
    switch (m->act) {
    case ACT_CONFIRM: return follow_confirm(db, s, now, error);
    case ACT_EACH: return follow_set_frequency(db, s, FOLLOW_EACH, now, error);
    case ACT_DAILY: return follow_set_frequency(db, s, FOLLOW_DAILY, now, error);
    case ACT_STOP: return follow_end(db, s, error);
    case ACT_ALL: return follow_end_all(db, s, error);
    case ACT_NEVER: return recipient_never(db, &s->hash, s->email, now, error);
    }
    return INTERNAL;
}

static void after_managed(struct request *r, void *data, enum status status, const struct error *error) {
    static const enum view_follow_step STEPS[] = {
        [ACT_CONFIRM] = VIEW_FOLLOW_CONFIRMED, [ACT_EACH] = VIEW_FOLLOW_SAVED,    [ACT_DAILY] = VIEW_FOLLOW_SAVED,
        [ACT_STOP] = VIEW_FOLLOW_ENDED,        [ACT_ALL] = VIEW_FOLLOW_ENDED_ALL, [ACT_NEVER] = VIEW_FOLLOW_NEVER,
    };
    struct managing *m = data;
    if (status != OK) {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S(""));
        return;
    }
    m->subscription.active = true;
    if (m->act == ACT_EACH || m->act == ACT_DAILY)
        m->subscription.frequency = m->act == ACT_DAILY ? FOLLOW_DAILY : FOLLOW_EACH;
    reply_follow(r, m, STEPS[m->act]);
}

static void act(struct request *r, struct managing *m, enum follow_act what) {
    m->act = what;
    request_write(r, m, apply_managed, after_managed);
}

void follow_manage(struct request *r) {
    struct managing *m = load_managed(r);
    if (m) reply_follow(r, m, m->subscription.active ? VIEW_FOLLOW_MANAGE : VIEW_FOLLOW_CONFIRM);
}

void follow_manage_post(struct request *r) {
    static const slice NAMES[] = {
        [ACT_CONFIRM] = S_INIT("confirm"), [ACT_EACH] = S_INIT("each"), [ACT_DAILY] = S_INIT("daily"),
        [ACT_STOP] = S_INIT("stop"),       [ACT_ALL] = S_INIT("all"),   [ACT_NEVER] = S_INIT("never")};
    struct managing *m = load_managed(r);
    slice name = request_field(r, "action");
    if (!m) return;
    for (size_t i = ACT_EACH; i < ARRAY_COUNT(NAMES); i++) {
        if (!slice_equal(name, NAMES[i])) continue;
        act(r, m, (enum follow_act)i);
        return;
    }
    reply_follow(r, m, m->subscription.active ? VIEW_FOLLOW_MANAGE : VIEW_FOLLOW_CONFIRM);
}

void follow_confirm_form(struct request *r) { follow_manage(r); }

void follow_confirm_post(struct request *r) {
    struct managing *m = load_managed(r);
    if (m) act(r, m, ACT_CONFIRM);
}

void follow_stop_form(struct request *r) {
    struct managing *m = load_managed(r);
    if (m) reply_follow(r, m, VIEW_FOLLOW_STOP);
}

void follow_stop_post(struct request *r) {
    struct managing *m = load_managed(r);
    if (m) act(r, m, ACT_STOP);
}

/* --- Notices about one's own message ---------------------------------------------------------------------------------- */

struct noticing {
    struct comment comment;
    struct article article;
    struct view_notices page;
};

static void reply_notices(struct request *r, struct noticing *n) {
    struct error error = {OK, ""};
    struct view_article article = map_article(&n->article);
    n->page.article = &article;
    n->page.number = n->comment.number.v;
    n->page.link = request_parameter(r, "secret");
    struct buf *body = request_buf(r);
    enum status status = view_notices(request_view_in(r, n->article.language), &n->page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

static struct noticing *load_noticed(struct request *r) {
    struct noticing *n = ARENA_NEW(r->arena, struct noticing);
    struct error error = {OK, ""};
    slice link = request_parameter(r, "secret");
    enum status status = links_find_message(&r->app->keys, r->db, r->arena, link, &n->comment, &error);
    if (status == OK) status = article_get_brief(r->db, r->arena, n->comment.article, &n->article, &error);
    if (status == OK) status = notice_wanted(r->db, n->comment.article, n->comment.number, &n->page.wanted, &error);
    if (status == OK && !n->comment.email.n) status = NOT_FOUND;
    if (status == OK) return n;
    request_fail_status(r, status, &error, VIEW_ERROR_MESSAGE, S(""), S(""));
    return NULL;
}

void message_notices(struct request *r) {
    struct noticing *n = load_noticed(r);
    if (n) reply_notices(r, n);
}

static enum status apply_notices(struct db *db, struct request *r, void *data, struct error *error) {
    struct noticing *n = data;
    if (n->page.step != VIEW_NOTICES_NEVER)
        return notice_want(db, n->comment.article, n->comment.number, n->page.wanted, error);
    struct crypto_hash hash = keys_mail_hash(&r->app->keys, n->comment.email);
    return recipient_never(db, &hash, n->comment.email, clock_now(), error);
}

static void after_notices(struct request *r, void *data, enum status status, const struct error *error) {
    if (status == OK)
        reply_notices(r, data);
    else
        request_fail_status(r, status, error, VIEW_ERROR_FORM, S(""), S(""));
}

/* Anything that is not `start` or `never` ends them: RFC 8058's own field among it. */
void message_notices_post(struct request *r) {
    struct noticing *n = load_noticed(r);
    slice action = request_field(r, "action");
    if (!n) return;
    n->page.wanted = slice_equal(action, S("start"));
    n->page.step = n->page.wanted                    ? VIEW_NOTICES_STARTED
                   : slice_equal(action, S("never")) ? VIEW_NOTICES_NEVER
                                                     : VIEW_NOTICES_STOPPED;
    request_write(r, n, apply_notices, after_notices);
}
