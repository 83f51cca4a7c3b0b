/* Reporting a message or an article, and the receipt. Who has the receipt's link is who reported. */
#include "domain/report.h"

#include "app/charters.h"
#include "app/handlers.h"
#include "app/links.h"
#include "app/map.h"
#include "app/map_desk.h"
#include "app/reading.h"
#include "app/tokens.h"
#include "view/address.h"
#include "view/page_write.h"

struct reporting {
    struct comment comment; /* number 0: the article itself */
    struct article article;
    struct report_input input;
    struct view_problem problems[4];
    size_t problem_count;
    bool repeated;
};

static slice purpose_of(struct request *r, const struct reporting *p) {
    if (p->comment.number.v) return arena_format(r->arena, "report:%lld", (long long)p->comment.number.v);
    return arena_format(r->arena, "report-article:%lld", (long long)p->article.id.v);
}

static void reply(struct request *r, struct reporting *p, int http_status) {
    struct error error = {OK, ""};
    struct view_article article = map_article(&p->article);
    struct view_comment comment = map_comment(&p->comment);
    struct view_report page = {.article = &article,
                               .comment = p->comment.number.v ? &comment : NULL,
                               .charter =
                                   charters_get(r->app->charters, r->db, r->arena, &r->site, p->article.language),
                               .rule_code = request_field(r, "rule"),
                               .text = request_field(r, "text"),
                               .name = request_field(r, "name"),
                               .email = request_field(r, "email"),
                               .token = request_token(r, purpose_of(r, p)),
                               .problems = p->problems,
                               .problem_count = p->problem_count,
                               .repeated = p->repeated};
    struct buf *body = request_buf(r);
    r->keep_for_back = true;
    enum status status = view_report(request_view_in(r, p->article.language), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

/* What is reported must be there to be read. */
static bool load(struct request *r, struct reporting *p) {
    struct error error = {OK, ""};
    enum status status = OK;
    comment_number number = {request_number(r, "number")};
    article_id article = {request_number(r, "id")};
    bool about_comment = request_parameter(r, "number").p != NULL;
    if (about_comment) status = comment_get(r->db, r->arena, number, &p->comment, &error);
    if (about_comment && status == OK) article = p->comment.article;
    if (about_comment && status == OK && p->comment.state != COMMENT_PUBLISHED) status = NOT_FOUND;
    if (status == OK) status = article_get_brief(r->db, r->arena, article, &p->article, &error);
    if (status == OK && p->article.state != ARTICLE_PUBLISHED) status = NOT_FOUND;
    if (status == OK) return true;
    request_fail_status(r, status, &error, about_comment ? VIEW_ERROR_COMMENT : VIEW_ERROR_ARTICLE,
                        request_field(r, "text"), S(""));
    return false;
}

void report_form(struct request *r) {
    struct reporting *p = ARENA_NEW(r->arena, struct reporting);
    if (load(r, p)) reply(r, p, 200);
}

static enum status apply(struct db *db, struct request *r, void *data, struct error *error) {
    struct reporting *p = data;
    report_id id;
    (void)r;
    return report_submit(db, &p->input, &id, error);
}

static bool has_receipt(struct request *r, const struct reporting *p) {
    struct report found;
    struct error error;
    return report_find_secret(r->db, r->arena, p->input.secret, &found, &error) == OK;
}

/* To the receipt, so that reloading sends nothing again; the same form sent twice leads to the same one. */
static void after(struct request *r, void *data, enum status status, const struct error *error) {
    struct reporting *p = data;
    if (status == OK || (status == CONFLICT && has_receipt(r, p))) {
        request_redirect(
            r, arena_format(r->arena, "%.*s?done=sent", SLICE_FMT(address_report(r->arena, p->input.secret))));
    } else if (status == CONFLICT) {
        p->repeated = true;
        reply(r, p, 200);
    } else if (status == INVALID) {
        p->problems[p->problem_count++] = (struct view_problem){VIEW_FIELD_TEXT, VIEW_FAULT_FORM, 0};
        reply(r, p, 422);
    } else {
        request_fail_status(r, status, error, VIEW_ERROR_FORM, request_field(r, "text"), S(""));
    }
}

static void read_input(struct request *r, struct reporting *p) {
    p->input = (struct report_input){.comment = p->comment.number,
                                     .article = p->article.id,
                                     .rule_code = request_field(r, "rule"),
                                     .text = request_field(r, "text"),
                                     .name = request_field(r, "name"),
                                     .email = request_field(r, "email"),
                                     .fingerprint = request_fingerprint(r)};
    slice form = arena_format(r->arena, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s", SLICE_FMT(purpose_of(r, p)),
                              SLICE_FMT(request_field(r, "token")), SLICE_FMT(p->input.fingerprint),
                              SLICE_FMT(p->input.rule_code), SLICE_FMT(p->input.email), SLICE_FMT(p->input.text));
    p->input.secret = token_derive(r->app, r->arena, S("report "), form);
}

void report(struct request *r) {
    struct reporting *p = ARENA_NEW(r->arena, struct reporting);
    int64_t retry_s = 0;
    if (!load(r, p)) return;
    read_input(r, p);
    int http_status = 422;
    if (!request_token_ok(r, purpose_of(r, p)) || request_field(r, VIEW_HONEYPOT).n) {
        p->problems[p->problem_count++] = (struct view_problem){VIEW_FIELD_FORM, VIEW_FAULT_STALE, 0};
        http_status = 403;
    }
    if (!request_has_field(r, "rule"))
        p->problems[p->problem_count++] = (struct view_problem){VIEW_FIELD_RULE, VIEW_FAULT_EMPTY, 0};
    else if (!p->input.rule_code.n && !slice_trim(p->input.text).n) /* 'Something else' says nothing by itself */
        p->problems[p->problem_count++] = (struct view_problem){VIEW_FIELD_TEXT, VIEW_FAULT_EMPTY, 0};
    if (!p->problem_count && !limiter_take(r->app->reporting, request_address_key(r), &retry_s)) {
        p->problems[p->problem_count++] = (struct view_problem){VIEW_FIELD_FORM, VIEW_FAULT_TOO_MANY, retry_s};
        http_status = 429;
    }
    if (p->problem_count)
        reply(r, p, http_status);
    else
        request_write(r, p, apply, after);
}

/* --- The receipt -------------------------------------------------------------------------------------------------- */

void report_receipt(struct request *r) {
    struct error error = {OK, ""};
    struct report found;
    struct article article;
    struct comment comment;
    struct charter charter;
    slice secret = request_parameter(r, "secret");
    enum status status = links_find_report(&r->app->keys, r->db, r->arena, secret, &found, &error);
    if (status == OK) status = article_get_brief(r->db, r->arena, found.article, &article, &error);
    if (status == OK && found.comment.v) status = comment_get(r->db, r->arena, found.comment, &comment, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S(""));
        return;
    }
    bool has_charter = charter_load(r->db, r->arena, 0, article.language, &charter, &error) == OK;
    struct view_article shown = map_article(&article);
    bool is_public = article.state == ARTICLE_PUBLISHED && (!found.comment.v || comment.state == COMMENT_PUBLISHED);
    struct view_receipt page = {.article = &shown,
                                .number = found.id.v,
                                .comment = found.comment.v,
                                .is_public = is_public,
                                .rule = map_rule(has_charter ? &charter : NULL, found.rule_code),
                                .text = found.text,
                                .email = found.email,
                                .state = map_report_state(found.state),
                                .withdrawn = found.comment.v && comment.state == COMMENT_WITHDRAWN,
                                .at = found.at,
                                .closed_at = found.closed_at,
                                .answer = found.answer,
                                .secret = secret,
                                .sent = slice_equal(request_field(r, "done"), S("sent"))};
    struct buf *body = request_buf(r);
    status = view_receipt(request_view_in(r, article.language), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}
