/* Reports about articles: reading them, closing them with an answer. */
#include "domain/report.h"

#include "app/desk_queue.h"
#include "app/desk_queue_routes.h"
#include "app/map_desk.h"
#include "view/page_desk_report.h"

enum { REPORTS_SHOWN = 50 };

struct closing {
    report_id id;
    bool upheld;
    slice answer;
};

static enum status load(struct request *r, const struct closing *typed, struct view_desk_reports *page,
                        struct error *error) {
    struct report *reports;
    struct charter charter;
    enum status status = report_list_articles(r->db, r->arena, REPORTS_SHOWN, &reports, &page->count, error);
    if (status != OK) return status;
    bool has_charter = charter_load(r->db, r->arena, 0, APP_LANGUAGE[r->language].tag, &charter, error) == OK;
    struct view_article_report *shown = ARENA_ARRAY(r->arena, page->count, struct view_article_report);
    for (size_t i = 0; i < page->count; i++) {
        struct article article;
        status = article_get_brief(r->db, r->arena, reports[i].article, &article, error);
        if (status != OK) return status;
        shown[i] = (struct view_article_report){.id = reports[i].id.v,
                                                .article = article.id.v,
                                                .slug = article.slug,
                                                .headline = article.headline,
                                                .rule = map_rule(has_charter ? &charter : NULL, reports[i].rule_code),
                                                .text = reports[i].text,
                                                .name = reports[i].name,
                                                .email = reports[i].email,
                                                .at = reports[i].at};
        if (typed && typed->id.v == shown[i].id) shown[i].answer = typed->answer;
    }
    page->reports = shown;
    return OK;
}

static void reply(struct request *r, int http_status, enum view_reports_notice notice, const struct closing *typed) {
    struct error error = {OK, ""};
    struct view_desk_reports page = {.notice = notice, .now = clock_now()};
    if (notice == VIEW_REPORTS_LATE && typed) page.kept = typed->answer;
    enum status status = load(r, typed, &page, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, typed ? typed->answer : S(""), S("/moderation"));
        return;
    }
    struct buf *body = request_buf(r);
    status = view_desk_reports(request_view(r), &page, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

void desk_reports(struct request *r) {
    reply(r, 200, request_has_field(r, "closed") ? VIEW_REPORTS_CLOSED : VIEW_REPORTS_NOTHING, NULL);
}

static enum status apply(struct db *db, struct request *r, void *data, struct error *error) {
    const struct closing *c = data;
    return report_close(db, c->id, c->upheld, c->answer, r->account.id, error);
}

static void after(struct request *r, void *data, enum status status, const struct error *error) {
    const struct closing *c = data;
    if (status == OK)
        request_redirect(r, S("/moderation/reports?closed"));
    else if (status == CONFLICT)
        reply(r, 409, VIEW_REPORTS_LATE, c);
    else
        request_fail_status(r, status, error, VIEW_ERROR_FORM, c->answer, S("/moderation/reports"));
}

void desk_report_close(struct request *r) {
    struct closing *c = ARENA_NEW(r->arena, struct closing);
    slice verdict = request_field(r, "verdict");
    c->id.v = request_number(r, "id");
    c->upheld = slice_equal(verdict, S("upheld"));
    if (!desk_words(r, "answer", &c->answer))
        reply(r, 422, VIEW_REPORTS_LONG, c);
    else if (!c->upheld && !slice_equal(verdict, S("dismissed")))
        request_fail(r, 422, VIEW_ERROR_FORM, c->answer, S("/moderation/reports"));
    else
        request_write(r, c, apply, after);
}
