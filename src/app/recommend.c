/* Recommendations of readers and picks of the house. A reader is known here by a cookie of its own: the author's has pages
   rendered for its bearer alone, and would make that of everybody who ever recommended a message. */
#include "domain/recommendation.h"

#include "app/desk_queue.h"
#include "app/desk_queue_routes.h"
#include "app/handlers.h"
#include "app/map.h"
#include "app/reading.h"
#include "view/address.h"
#include "view/page_write.h"

enum { READER_LIFE_S = 365 * 24 * 3600 };

struct recommending {
    struct comment comment;
    struct article article;
    struct recommendation_order order;
    struct recommendation_result result;
    bool new_reader;
};

static slice reader_of(struct request *r) {
    slice reader = http_call_cookie(r->call, S("palabre_reader"));
    return reader.n == CRYPTO_TOKEN_CHARS ? reader : S("");
}

/* For site.js, which does it in place. */
static bool wants_json(struct request *r) {
    return slice_equal(http_call_header(r->call, S("Accept")), S("application/json"));
}

static bool load(struct request *r, struct recommending *d) {
    struct error error = {OK, ""};
    enum status status =
        comment_get(r->db, r->arena, (comment_number){request_number(r, "number")}, &d->comment, &error);
    bool on = site_option(&r->site.options, SITE_OPTION_RECOMMENDATIONS) != 0;
    if (status == OK && (d->comment.state != COMMENT_PUBLISHED || !on)) status = NOT_FOUND;
    if (status == OK) status = article_get_brief(r->db, r->arena, d->comment.article, &d->article, &error);
    if (status == OK && d->article.state != ARTICLE_PUBLISHED) status = NOT_FOUND;
    if (status != OK) request_fail_status(r, status, &error, VIEW_ERROR_COMMENT, S(""), S(""));
    return status == OK;
}

static void reply(struct request *r, const struct recommending *d, int http_status, enum view_recommend_fault fault) {
    struct error error = {OK, ""};
    struct view_article article = map_article(&d->article);
    struct view_comment comment = map_comment(&d->comment);
    struct view_recommend page = {.article = &article, .comment = &comment, .fault = fault};
    enum status status =
        recommendation_find(r->db, d->article.id, d->comment.number, reader_of(r), &page.recommended, &error);
    page.token = request_token(r, reading_recommend_purpose(r->arena, d->article.id));
    struct buf *body = request_buf(r);
    if (status == OK) status = view_recommend(request_view_in(r, d->article.language), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

void recommend_form(struct request *r) {
    struct recommending *d = ARENA_NEW(r->arena, struct recommending);
    if (load(r, d)) reply(r, d, 200, VIEW_RECOMMEND_FINE);
}

static enum status apply(struct db *db, struct request *r, void *data, struct error *error) {
    struct recommending *d = data;
    enum status status = recommendation_set(db, &d->order, &d->result, error);
    const struct recommendation_result *done = &d->result;
    if (status == OK && done->changed)
        request_touch_counts(r, done->article, done->root, done->root_ordinal, done->ordinal);
    return status;
}

static void reply_json(struct request *r, const struct recommending *d) {
    slice json = arena_format(r->arena, "{\"recommended\":%s,\"count\":%lld}\n", d->order.undo ? "false" : "true",
                              (long long)d->result.count);
    request_reply_bytes(r, 200, S("application/json"), json);
}

static void after(struct request *r, void *data, enum status status, const struct error *error) {
    struct recommending *d = data;
    if (status == OK) {
        if (d->new_reader && !d->order.undo)
            request_set_cookie(r, S("palabre_reader"), d->order.reader_token, READER_LIFE_S);
        if (wants_json(r))
            reply_json(r, d);
        else
            request_redirect(r, address_comment_recommend(r->arena, d->comment.number.v));
    } else if (status == FORBIDDEN) {
        reply(r, d, 403, VIEW_RECOMMEND_OWN);
    } else if (status == LIMIT) {
        reply(r, d, 429, VIEW_RECOMMEND_BLOCK);
    } else {
        request_fail_status(r, status, error, VIEW_ERROR_COMMENT, S(""), S(""));
    }
}

void recommend(struct request *r) {
    struct recommending *d = ARENA_NEW(r->arena, struct recommending);
    int64_t retry_s = 0;
    if (!load(r, d)) return;
    if (!request_token_ok(r, reading_recommend_purpose(r->arena, d->article.id))) {
        reply(r, d, 403, VIEW_RECOMMEND_STALE);
        return;
    }
    if (!limiter_take(r->app->recommending, request_address_key(r), &retry_s)) {
        request_fail_limit(r, S(""), address_comment(r->arena, d->comment.number.v), retry_s);
        return;
    }
    d->order = (struct recommendation_order){.number = d->comment.number,
                                             .reader_token = reader_of(r),
                                             .author_token = request_device(r),
                                             .fingerprint = request_fingerprint(r),
                                             .undo = request_field(r, "undo").n > 0};
    d->new_reader = d->order.reader_token.n == 0;
    if (d->new_reader) d->order.reader_token = crypto_token(r->arena);
    request_write(r, d, apply, after);
}

/* --- Picks -------------------------------------------------------------------------------------------------------- */

struct picking {
    comment_number number;
    bool picked;
    struct recommendation_result result;
};

static enum status apply_pick(struct db *db, struct request *r, void *data, struct error *error) {
    struct picking *p = data;
    enum status status = comment_pick(db, p->number, p->picked, r->account.id, &p->result, error);
    if (status != OK || !p->result.changed) return status;
    request_touch_thread(r, p->result.article, p->result.root, p->result.root_ordinal);
    request_tell(r, p->result.article, p->number, LIVE_EDITED);
    return OK;
}

/* Back to where the button was: the desk's page of the message, or its place in the discussion. */
static void after_pick(struct request *r, void *data, enum status status, const struct error *error) {
    const struct picking *p = data;
    if (status != OK)
        request_fail_status(r, status, error, VIEW_ERROR_COMMENT, S(""), S("/moderation"));
    else if (request_has_field(r, "desk"))
        request_redirect(r, desk_message_address(r, p->number));
    else
        request_redirect(r, address_comment(r->arena, p->number.v));
}

void desk_pick(struct request *r) {
    struct picking *p = ARENA_NEW(r->arena, struct picking);
    p->number.v = request_number(r, "number");
    p->picked = request_field_int(r, "picked") != 0;
    if (site_option(&r->site.options, SITE_OPTION_PICKS))
        request_write(r, p, apply_pick, after_pick);
    else
        request_fail(r, 404, VIEW_ERROR_PAGE, S(""), S("/moderation"));
}
