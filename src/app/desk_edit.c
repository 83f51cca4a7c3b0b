/* The editors' pages: the list of articles, the form of one, the switch of its discussion. */
#include "app/desk_edit.h"

#include "app/desk_edit_related.h"
#include "app/desk_edit_routes.h"
#include "app/map.h"
#include "domain/article_revision.h"
#include "view/address.h"

enum { LIST_ARTICLES = 30 };

static const slice NOTICES[] = {
    [VIEW_ARTICLE_NOTHING] = S_INIT(""),
    [VIEW_ARTICLE_SAVED] = S_INIT("saved"),
    [VIEW_ARTICLE_PAGE_READ] = S_INIT("read"),
    [VIEW_ARTICLE_NOW_PUBLISHED] = S_INIT("published"),
    [VIEW_ARTICLE_NOW_WITHDRAWN] = S_INIT("withdrawn"),
    [VIEW_ARTICLE_NOW_DRAFT] = S_INIT("draft"),
    [VIEW_ARTICLE_OPENED] = S_INIT("opened"),
    [VIEW_ARTICLE_CLOSED] = S_INIT("closed"),
};

slice desk_edit_notice_name(enum view_article_notice notice) { return NOTICES[notice]; }

static enum view_article_notice notice_of(slice name) {
    for (size_t i = 0; i < ARRAY_COUNT(NOTICES); i++)
        if (slice_equal(name, NOTICES[i])) return (enum view_article_notice)i;
    return VIEW_ARTICLE_NOTHING;
}

const struct date_formats *desk_edit_dates(struct request *r) {
    return app_dates(r->app, r->language, r->site.time_zone);
}

slice desk_edit_address(struct request *r, article_id id, enum view_article_notice notice) {
    return arena_format(r->arena, "/moderation/articles/%lld%s%.*s", (long long)id.v, notice ? "?done=" : "",
                        SLICE_FMT(NOTICES[notice]));
}

bool desk_edit_load(struct request *r, struct article *out) {
    struct error error = {OK, ""};
    enum status status = article_get(r->db, r->arena, (article_id){request_number(r, "id")}, out, &error);
    if (status == OK) return true;
    request_fail_status(r, status, &error, VIEW_ERROR_ARTICLE, request_field(r, "body"), S("/moderation/articles"));
    return false;
}

/* --- The list ----------------------------------------------------------------------------------------------------- */

/* What was just done to which article: ?done=closed&article=12. */
static void read_notice(struct request *r, struct view_desk_articles *page) {
    struct article article;
    struct error error;
    article_id id = {request_field_int(r, "article")};
    if (article_get_brief(r->db, r->arena, id, &article, &error) != OK) return;
    page->notice = notice_of(request_field(r, "done"));
    page->notice_headline = article.headline;
}

void desk_articles(struct request *r) {
    struct article_list list;
    struct error error = {OK, ""};
    struct article_filter filter = {.all_states = true, .limit = LIST_ARTICLES};
    slice before = request_field(r, "before");
    bool older = before.n && address_parse_before(before, &filter.before, &filter.before_id.v);
    enum status status = article_list_load(r->db, r->arena, &filter, &list, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation"));
        return;
    }
    struct view_article_row *rows = ARENA_ARRAY(r->arena, list.count, struct view_article_row);
    const struct view_article *articles = map_articles(r->arena, list.items, list.count);
    for (size_t i = 0; i < list.count; i++)
        rows[i] = (struct view_article_row){&articles[i], map_article_status(&list.items[i])};
    struct view_desk_articles page = {
        .rows = rows, .count = list.count, .more = list.more, .is_older = older, .now = clock_now()};
    page.here = older ? arena_format(r->arena, "/moderation/articles?before=%.*s", SLICE_FMT(before))
                      : S("/moderation/articles");
    read_notice(r, &page);
    struct buf *body = request_buf(r);
    status = view_desk_articles(request_view(r), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

/* --- One article -------------------------------------------------------------------------------------------------- */

static void map_revisions(struct request *r, article_id id, struct view_desk_article *shown) {
    struct article_revision_list list;
    struct error error;
    if (article_revision_list_load(r->db, r->arena, id, &list, &error) != OK) return;
    struct view_article_revision *mapped = ARENA_ARRAY(r->arena, list.count, struct view_article_revision);
    for (size_t i = 0; i < list.count; i++)
        mapped[i] =
            (struct view_article_revision){list.items[i].revision, list.items[i].replaced_at, list.items[i].by_name};
    shown->revisions = mapped;
    shown->revision_count = list.count;
}

/* Who saved what stands now is who replaced the text before it. */
static const struct view_article_conflict *map_conflict(struct request *r, const struct article *stored,
                                                        const struct view_desk_article *shown) {
    struct view_article_conflict *conflict = ARENA_NEW(r->arena, struct view_article_conflict);
    *conflict = (struct view_article_conflict){.saved_at = stored->updated_at,
                                               .headline = stored->headline,
                                               .standfirst = stored->standfirst,
                                               .body = stored->body_source};
    if (shown->revision_count) {
        conflict->saved_by = shown->revisions[0].replaced_by;
        conflict->saved_at = shown->revisions[0].replaced_at;
    }
    return conflict;
}

void desk_edit_reply(struct request *r, const struct desk_edit_page *page, int http_status) {
    struct error error = {OK, ""};
    struct view_article_form form = page->form;
    struct view_article_status article_status;
    form.problems = page->problems.items;
    form.problem_count = page->problems.count;
    struct view_desk_article shown = {
        .form = &form, .notice = page->notice, .from_revision = page->from_revision, .now = clock_now()};
    if (page->stored) {
        article_status = map_article_status(page->stored);
        shown.status = &article_status;
        shown.slug = page->stored->slug;
        struct desk_related related;
        desk_related_load(r, page->stored->id, &related);
        shown.related = related.articles;
        shown.related_count = related.count;
        map_revisions(r, page->stored->id, &shown);
        if (page->conflict) shown.conflict = map_conflict(r, page->stored, &shown);
    }
    struct buf *body = request_buf(r);
    enum status status = view_desk_article(request_view(r), &shown, body, &error);
    request_reply_page(r, http_status, body, status, &error);
}

void desk_article_new(struct request *r) {
    struct desk_edit_page *page = ARENA_NEW(r->arena, struct desk_edit_page);
    page->form = (struct view_article_form){.language = r->site.language,
                                            .kind = S("article"),
                                            .moderation = S(""),
                                            .discussion = S("open"),
                                            .send_key = crypto_token(r->arena)};
    desk_edit_reply(r, page, 200);
}

/* ?from=3: an earlier text, to be looked over and saved anew. */
static void take_earlier(struct request *r, struct desk_edit_page *page) {
    struct article_revision revision;
    struct error error;
    int64_t number = request_field_int(r, "from");
    if (article_revision_get(r->db, r->arena, page->stored->id, number, &revision, &error) != OK) return;
    page->form.headline = revision.headline;
    page->form.standfirst = revision.standfirst;
    page->form.body = revision.body_source;
    page->from_revision = number;
}

void desk_article(struct request *r) {
    struct article *article = ARENA_NEW(r->arena, struct article);
    struct desk_edit_page *page = ARENA_NEW(r->arena, struct desk_edit_page);
    if (!desk_edit_load(r, article)) return;
    page->stored = article;
    struct desk_related related;
    desk_related_load(r, article->id, &related);
    page->form = map_article_form(r->arena, desk_edit_dates(r), article);
    page->form.related = related.chosen;
    page->notice = notice_of(request_field(r, "done"));
    take_earlier(r, page);
    desk_edit_reply(r, page, 200);
}

void desk_article_preview(struct request *r) {
    struct article article;
    struct error error = {OK, ""};
    if (!desk_edit_load(r, &article)) return;
    struct view_article shown = map_article(&article);
    struct view_article_preview page = {
        .article = &shown, .state = map_article_status(&article).state, .id = article.id.v};
    struct buf *body = request_buf(r);
    enum status status = view_article_preview(request_view_in(r, article.language), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

void desk_article_revision(struct request *r) {
    struct article article;
    struct article_revision revision;
    struct error error = {OK, ""};
    if (!desk_edit_load(r, &article)) return;
    int64_t number = request_number(r, "revision");
    enum status status = article_revision_get(r->db, r->arena, article.id, number, &revision, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S("/moderation/articles"));
        return;
    }
    struct view_desk_revision page = {.id = article.id.v,
                                      .revision = {revision.revision, revision.replaced_at, revision.by_name},
                                      .headline = revision.headline,
                                      .standfirst = revision.standfirst,
                                      .body = revision.body_source,
                                      .language = article.language,
                                      .now = clock_now()};
    struct buf *body = request_buf(r);
    status = view_desk_revision(request_view(r), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

/* --- The switch of the discussion --------------------------------------------------------------------------------- */

struct switching {
    article_id id;
    bool closed, has_moderation;
    enum moderation moderation;
};

static enum status apply_switch(struct db *db, struct request *r, void *data, struct error *error) {
    struct switching *s = data;
    struct article article;
    enum status status = article_get_brief(db, r->arena, s->id, &article, error);
    if (status != OK) return status;
    enum moderation moderation = s->has_moderation ? s->moderation : article.moderation;
    status = article_set_discussion(db, s->id, s->closed, moderation, r->account.id, error);
    request_touch_article(r, s->id);
    return status;
}

static void after_switch(struct request *r, void *data, enum status status, const struct error *error) {
    struct switching *s = data;
    if (status != OK) {
        request_fail_status(r, status, error, VIEW_ERROR_ARTICLE, S(""), S("/moderation/articles"));
        return;
    }
    enum view_article_notice notice = s->closed ? VIEW_ARTICLE_CLOSED : VIEW_ARTICLE_OPENED;
    slice next = request_field(r, "next"), list = S("/moderation/articles"), before;
    if (!slice_starts(next, list)) {
        request_redirect(r, desk_edit_address(r, s->id, notice));
        return;
    }
    before = slice_starts(next, S("/moderation/articles?before=")) ? slice_after(next, list.n + 1) : S("");
    time_ms at;
    int64_t id;
    if (!address_parse_before(slice_after(before, S("before=").n), &at, &id)) before = S("");
    request_redirect(r, arena_format(r->arena, "%.*s?%.*s%sarticle=%lld&done=%.*s", SLICE_FMT(list), SLICE_FMT(before),
                                     before.n ? "&" : "", (long long)s->id.v, SLICE_FMT(NOTICES[notice])));
}

void desk_article_discussion(struct request *r) {
    struct switching *s = ARENA_NEW(r->arena, struct switching);
    slice discussion = request_field(r, "discussion");
    s->id.v = request_number(r, "id");
    s->closed = slice_equal(discussion, S("closed"));
    s->has_moderation = request_has_field(r, "moderation");
    bool known = s->closed || slice_equal(discussion, S("open"));
    if (known && moderation_parse(request_field(r, "moderation"), &s->moderation))
        request_write(r, s, apply_switch, after_switch);
    else
        request_fail(r, 422, VIEW_ERROR_FORM, S(""), S("/moderation/articles"));
}
