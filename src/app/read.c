#include "app/charters.h"
#include "app/handlers.h"

#include "app/dispatch.h"
#include "app/map.h"
#include "app/pages.h"
#include "app/reading.h"
#include "app/tokens.h"
#include "domain/section.h"
#include "view/address.h"
#include "view/page_read.h"

void read_comment(struct request *r) {
    struct comment_place place;
    struct error error = {OK, ""};
    const struct app_options *o = &r->app->options;
    comment_number number = {request_number(r, "number")};
    enum status status =
        comment_locate(r->db, r->arena, number, o->comments_per_page, o->replies_per_page, &place, &error);
    if (status == FORBIDDEN) {
        request_fail(r, 410, VIEW_ERROR_COMMENT, S(""), S(""));
        return;
    }
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_COMMENT, S(""), S(""));
        return;
    }
    int64_t article = place.article.v;
    slice address = place.reply_page > 1 ? address_thread(r->arena, article, place.slug, place.root.v, place.reply_page)
                                         : address_article_page(r->arena, article, place.slug, place.page);
    request_redirect_found(r, address_with_anchor(r->arena, address, number.v));
}

void read_section_older(struct request *r) {
    struct section section;
    struct error error = {OK, ""};
    time_ms at;
    int64_t id;
    enum status status = section_find(r->db, r->arena, request_parameter(r, "slug"), &section, &error);
    if (status != OK || !address_parse_before(request_field(r, "before"), &at, &id)) {
        request_fail_status(r, status == OK ? NOT_FOUND : status, &error, VIEW_ERROR_PAGE, S(""), S(""));
        return;
    }
    struct article_filter filter = {.section = section.id, .before = at, .before_id = {id}, .limit = 20};
    struct article_list list;
    status = article_list_load(r->db, r->arena, &filter, &list, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S(""));
        return;
    }
    struct view_section shown = {section.slug, section.title, section.description, section.language};
    struct view_section_page page = {&shown, map_articles(r->arena, list.items, list.count), list.count, list.more,
                                     true};
    struct buf *body = request_buf(r);
    status = view_section(request_view_in(r, section.language), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

void read_archive_older(struct request *r) {
    struct reading_month wanted;
    struct view_archive page;
    struct error error = {OK, ""};
    const struct view_context *context = request_view(r);
    bool known = address_parse_month(request_parameter(r, "month"), &wanted.month.year, &wanted.month.month) &&
                 address_parse_before(request_field(r, "before"), &wanted.before, &wanted.before_id);
    enum status status = known ? reading_archive(r->db, r->arena, context->dates, &wanted, &page, &error) : NOT_FOUND;
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_PAGE, S(""), S(""));
        return;
    }
    struct buf *body = request_buf(r);
    status = view_archive(context, &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

const struct view_comment *reading_own(struct request *r, article_id article, size_t *count) {
    struct comment_list own;
    struct error error;
    slice device = request_device(r);
    *count = 0;
    if (!device.n || comment_list_own(r->db, r->arena, article, device, &own, &error) != OK) return NULL;
    struct view_comment *shown = ARENA_ARRAY(r->arena, own.count, struct view_comment);
    for (size_t i = 0; i < own.count; i++) {
        shown[i] = map_comment(&own.items[i]);
        shown[i].is_own = true;
    }
    *count = own.count;
    return shown;
}

slice reading_purpose(struct arena *arena, article_id article) {
    return arena_format(arena, "comment:%lld", (long long)article.v);
}

slice reading_follow_purpose(struct arena *arena, article_id article) {
    return arena_format(arena, "follow:%lld", (long long)article.v);
}

struct view_form *reading_form(const struct app *app, struct arena *arena, const struct article *article, time_ms now,
                               int64_t step_minutes) {
    if (!article->accepts_comments) return NULL;
    struct view_form *form = ARENA_NEW(arena, struct view_form);
    form->article = article->id.v;
    form->token = token_make(app, arena, reading_purpose(arena, article->id), now, step_minutes);
    form->pre_moderated = article->effective == MODERATION_PRE;
    form->max_characters = app->options.message_characters;
    form->offers_notices = app_sends_mail(app);
    if (app_sends_mail(app))
        form->follow_token = token_make(app, arena, reading_follow_purpose(arena, article->id), now, step_minutes);
    return form;
}

void read_own(struct request *r) {
    struct article article;
    struct error error = {OK, ""};
    enum status status = article_get(r->db, r->arena, (article_id){request_number(r, "id")}, &article, &error);
    if (status != OK || article.state != ARTICLE_PUBLISHED) {
        request_fail(r, 404, VIEW_ERROR_ARTICLE, S(""), S(""));
        return;
    }
    size_t count;
    const struct view_comment *own = reading_own(r, article.id, &count);
    struct view_article shown = map_article(&article);
    struct buf *body = request_buf(r);
    status = view_own(request_view_in(r, article.language), &shown, own, count, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

/* {"names":["…"]}: of the latest messages of a discussion, each once, the latest first. */
void read_names(struct request *r) {
    struct comment_names names;
    struct error error = {OK, ""};
    enum status status = comment_names_load(r->db, r->arena, (article_id){request_number(r, "id")}, &names, &error);
    if (status != OK) {
        request_fail_status(r, status, &error, VIEW_ERROR_ARTICLE, S(""), S(""));
        return;
    }
    struct buf *body = request_buf(r);
    buf_add(body, S("{\"names\":["));
    for (size_t i = 0; i < names.count; i++) {
        buf_add(body, i ? S(",\"") : S("\""));
        buf_add_json(body, names.items[i]);
        buf_add_char(body, '"');
    }
    buf_add(body, S("]}\n"));
    request_reply_buf(r, 200, S("application/json"), body);
}

/* The same page for one who has messages waiting in this discussion, or is of the house: with them, and with what the
   house may do, for nobody else. */
void read_discussion(struct request *r) {
    article_id id = {request_number(r, "id")};
    struct cache_key key;
    size_t count;
    bool known = dispatch_key(&r->match, http_call_query(r->call), &key);
    const struct view_comment *own = reading_own(r, id, &count);
    if (!known || (count == 0 && !r->signed_in)) {
        dispatch_shared(r, &key);
        return;
    }
    struct discussion_page loaded;
    struct error error = {OK, ""};
    enum status status = reading_page_load(r->app, r->db, r->arena, &key, &loaded, &error);
    if (status != OK || !slice_equal(loaded.article.slug, request_parameter(r, "slug"))) {
        dispatch_shared(r, &key); /* says 404, or leads to the right slug */
        return;
    }
    struct view_discussion page = reading_discussion(r->db, r->arena, &r->site, &key, &loaded);
    page.own = own;
    page.own_count = count;
    page.charter = charters_get(r->app->charters, r->db, r->arena, &r->site, loaded.article.language);
    page.form = reading_form(r->app, r->arena, &loaded.article, clock_now(), 1);
    page.reactions = reading_reactions(r->app, r->arena, &r->site, id, clock_now(), 1);
    struct buf *body = request_buf(r);
    status = view_discussion(request_view_in(r, loaded.article.language), &page, body, &error);
    request_reply_page(r, 200, body, status, &error);
}

void read_health(struct request *r) {
    /* the site's row was read on the way here: the database answers */
    request_reply_bytes(r, 200, S("text/plain; charset=utf-8"), S("ok\n"));
}

/* --- Addresses nobody knows --------------------------------------------------------------------------------------- */

/* Without '/comment-page-3' at the end, as WordPress numbers its comment pages. */
static slice without_comment_page(slice path) {
    slice trimmed = slice_ends(path, S("/")) ? slice_sub(path, 0, path.n - 1) : path;
    size_t at = slice_find(trimmed, S("/comment-page-"));
    int64_t number;
    if (at == SIZE_MAX || !slice_to_int64(slice_after(trimmed, at + S("/comment-page-").n), &number)) return path;
    return slice_sub(path, 0, at + 1);
}

static bool find_old(struct request *r, slice path, article_id *article, comment_number *comment) {
    struct error error;
    return redirect_find(r->db, path, article, comment, &error) == OK;
}

/* As it stands; with and without the last '/'; without the page of comments. */
static bool find_old_any(struct request *r, article_id *article, comment_number *comment) {
    slice path = http_call_path(r->call), target = http_call_target(r->call);
    if (find_old(r, target, article, comment) || find_old(r, path, article, comment)) return true;
    slice plain = without_comment_page(path);
    if (plain.n != path.n && find_old(r, plain, article, comment)) return true;
    if (slice_ends(plain, S("/"))) return find_old(r, slice_sub(plain, 0, plain.n - 1), article, comment);
    return find_old(r, arena_format(r->arena, "%.*s/", SLICE_FMT(plain)), article, comment);
}

/* "/category/sport/" and "/category/news/sport/": the section that was made of it. */
static bool find_old_category(struct request *r, slice path) {
    struct section section;
    struct error error;
    if (!slice_starts(path, S("/category/"))) return false;
    slice slug = slice_after(path, S("/category/").n);
    for (size_t at; (at = slice_find_char(slug, '/')) != SIZE_MAX;) slug = slice_after(slug, at + 1);
    if (section_find(r->db, r->arena, slug, &section, &error) != OK) return false;
    request_redirect_permanent(r, address_section(r->arena, section.slug));
    return true;
}

/* "…/feed/": of the site, of its comments (the same here), or of one article's. */
static bool find_old_feed(struct request *r, slice path) {
    article_id article = {0};
    comment_number comment = {0};
    struct article found;
    struct error error;
    if (slice_ends(path, S("/atom")) || slice_ends(path, S("/rss2"))) path.n -= S("/atom").n;
    if (!slice_ends(path, S("/feed"))) return false;
    slice of = slice_sub(path, 0, path.n - S("/feed").n);
    if (of.n == 0 || slice_equal(of, S("/comments"))) {
        request_redirect_permanent(r, address_feed_articles(r->arena, FEED_ATOM));
        return true;
    }
    slice with_slash = slice_sub(path, 0, of.n + 1);
    if (!find_old(r, with_slash, &article, &comment) && !find_old(r, of, &article, &comment)) return false;
    if (article_get_brief(r->db, r->arena, article, &found, &error) != OK || found.state != ARTICLE_PUBLISHED)
        return false;
    request_redirect_permanent(r, address_feed_comments(r->arena, found.id.v, found.slug, FEED_ATOM));
    return true;
}

bool reading_old_address(struct request *r) {
    article_id article = {0};
    comment_number comment = {0};
    struct article found;
    struct error error;
    if (!find_old_any(r, &article, &comment)) {
        slice path = http_call_path(r->call);
        while (slice_ends(path, S("/"))) path.n--;
        return find_old_category(r, path) || find_old_feed(r, path);
    }
    if (comment.v) {
        request_redirect_permanent(r, address_comment(r->arena, comment.v));
        return true;
    }
    if (article_get(r->db, r->arena, article, &found, &error) != OK || found.state != ARTICLE_PUBLISHED) return false;
    request_redirect_permanent(r, address_article(r->arena, found.id.v, found.slug));
    return true;
}

/* "/?p=123": an old site's address, or the home page. */
void read_front(struct request *r) {
    struct cache_key key = {.kind = PAGE_HOME};
    if (!reading_old_address(r)) dispatch_shared(r, &key);
}

void read_unknown(struct request *r) {
    bool reads = http_call_method(r->call) == HTTP_GET || http_call_method(r->call) == HTTP_HEAD;
    if (reads && reading_old_address(r)) return;
    if (reads && r->match.kind == HTTP_MATCH_REDIRECT) {
        struct buf b;
        slice query = http_call_query(r->call);
        buf_init(&b, 64 * 1024);
        slice target = http_call_target(r->call);
        slice path = query.p ? slice_sub(target, 0, target.n - query.n - 1) : target;
        while (slice_ends(path, S("/"))) path.n--;
        /* "//host" would name another site */
        while (slice_starts(path, S("//"))) path = slice_after(path, 1);
        buf_add(&b, path);
        if (query.p) buf_add_format(&b, "?%.*s", SLICE_FMT(query));
        slice location = arena_copy(r->arena, buf_slice(&b));
        buf_fini(&b);
        request_redirect_permanent(r, location);
        return;
    }
    enum view_error_about about = VIEW_ERROR_PAGE;
    slice path = http_call_path(r->call);
    if (slice_starts(path, S("/articles/"))) about = VIEW_ERROR_ARTICLE;
    if (slice_starts(path, S("/comments/"))) about = VIEW_ERROR_COMMENT;
    request_fail(r, 404, about, S(""), S(""));
}
