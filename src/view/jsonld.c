#include "view/jsonld.h"

#include "text/link.h"
#include "view/page_common.h"
#include "view/page_parts.h"

#include <assert.h>

enum {
    MAX_JSON = 2 * 1024 * 1024,
    COMMENT_TEXT = 500, /* bytes: the whole text stands in the page beside it */
};

struct writer {
    struct view__page p;
    struct buf b;
    bool comma;      /* the next member of the object needs one */
    bool recommends; /* readers' recommendations are said */
};

static void open_object(struct writer *w) {
    buf_add_char(&w->b, '{');
    w->comma = false;
}

static void close_object(struct writer *w) {
    buf_add_char(&w->b, '}');
    w->comma = true;
}

static void key(struct writer *w, slice name) {
    if (w->comma) buf_add_char(&w->b, ',');
    buf_add_char(&w->b, '"');
    buf_add(&w->b, name);
    buf_add(&w->b, S("\":"));
    w->comma = true;
}

static void text(struct writer *w, slice name, slice value) {
    if (value.n == 0) return;
    key(w, name);
    buf_add_char(&w->b, '"');
    buf_add_json(&w->b, value);
    buf_add_char(&w->b, '"');
}

static void number(struct writer *w, slice name, int64_t value) {
    key(w, name);
    buf_add_int(&w->b, value);
}

static void date(struct writer *w, slice name, time_ms t) {
    if (t != 0) text(w, name, date_iso_utc(w->p.arena, t));
}

static slice absolute(struct writer *w, slice address) {
    return address_absolute(w->p.arena, w->p.context->site->base_url, address);
}

static void named(struct writer *w, slice name, slice type, slice value) {
    if (value.n == 0) return;
    key(w, name);
    open_object(w);
    text(w, S("@type"), type);
    text(w, S("name"), value);
    close_object(w);
}

/* Of the page's machinery addresses and typography are used, which need no more of it. */
static void init(struct writer *w, const struct view_context *context) {
    *w = (struct writer){.p = {.context = context, .arena = context->arena}};
    buf_init(&w->b, MAX_JSON);
}

static void begin(struct writer *w, const struct view_context *context) {
    init(w, context);
    open_object(w);
    text(w, S("@context"), S("https://schema.org"));
}

/* Strings were written by buf_add_json, which leaves none of these: the bytes read the same as HTML and as JSON. A page
   too large to be described goes without. */
static struct html finish(struct writer *w) {
    close_object(w);
    slice json = w->b.status == OK ? arena_copy(w->p.arena, buf_slice(&w->b)) : S("");
    buf_fini(&w->b);
    assert(slice_find_char(json, '<') == SIZE_MAX && slice_find_char(json, '&') == SIZE_MAX);
    return html_from_stored(json);
}

static void publisher(struct writer *w) {
    key(w, S("publisher"));
    open_object(w);
    text(w, S("@type"), S("NewsMediaOrganization"));
    text(w, S("name"), w->p.context->site->name);
    text(w, S("url"), absolute(w, S(ADDRESS_HOME)));
    close_object(w);
}

static void add_comment(struct writer *w, const struct view_comment *c, const struct view_article *article) {
    open_object(w);
    text(w, S("@type"), S("Comment"));
    text(w, S("url"), absolute(w, address_comment(w->p.arena, c->number)));
    named(w, S("author"), S("Person"), c->name);
    date(w, S("datePublished"), view__comment_time(c));
    date(w, S("dateModified"), c->edited_at);
    text(w, S("headline"), c->title);
    text(w, S("text"), view__plain(w->p.arena, c->html, COMMENT_TEXT));
    if (w->recommends) number(w, S("upvoteCount"), c->recommendation_count);
    text(w, S("inLanguage"), c->language.n > 0 && !slice_equal(c->language, article->language) ? c->language : S(""));
}

static bool is_shown(const struct view_comment *c) { return c->state == VIEW_COMMENT_PUBLISHED && !c->is_own; }

static void add_thread(struct writer *w, const struct view_thread *thread, const struct view_article *article) {
    add_comment(w, &thread->root, article);
    bool any = false;
    for (size_t i = 0; i < thread->reply_count; i++) {
        if (!is_shown(&thread->replies[i])) continue;
        if (any) {
            buf_add_char(&w->b, ',');
        } else {
            key(w, S("comment"));
            buf_add_char(&w->b, '[');
        }
        any = true;
        add_comment(w, &thread->replies[i], article);
        close_object(w);
    }
    if (any) buf_add_char(&w->b, ']');
    close_object(w);
}

/* A thread whose root is a stub goes unsaid: schema.org has no word for an answer to nothing. */
static void add_threads(struct writer *w, const struct view_thread *threads, size_t count,
                        const struct view_article *article, const struct view_parts *parts) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_shown(&threads[i].root)) continue;
        if (any) {
            buf_add_char(&w->b, ',');
        } else {
            key(w, S("comment"));
            buf_add_char(&w->b, '[');
        }
        any = true;
        if (parts)
            buf_add(&w->b, view__parts_at(parts, i)->json);
        else
            add_thread(w, &threads[i], article);
    }
    if (any) buf_add_char(&w->b, ']');
    w->comma = true;
}

/* counted: how many comments there are is said, too; pages that stay cached for ever leave it out. */
static void add_article(struct writer *w, const struct view_article *a, slice url, bool counted) {
    bool excerpt = a->kind == VIEW_ARTICLE_EXCERPT;
    text(w, S("headline"), view__title(&w->p, a->language, a->headline));
    text(w, S("description"), view__article_summary(w->p.arena, a, 300));
    text(w, S("url"), absolute(w, url));
    text(w, S("inLanguage"), a->language);
    date(w, S("datePublished"), a->published_at);
    date(w, S("dateModified"), a->updated_at > a->published_at ? a->updated_at : 0);
    text(w, S("articleSection"), a->section_title);
    if (a->byline.n > 0)
        named(w, S("author"), S("Person"), a->byline);
    else if (excerpt && a->source_author.n > 0)
        named(w, S("author"), S("Person"), a->source_author);
    else
        named(w, S("author"), S("Organization"), w->p.context->site->name);
    publisher(w);
    slice image = view__article_image(a);
    if (image.n > 0) text(w, S("image"), absolute(w, image));
    if (excerpt && url_is_web(a->source_url)) text(w, S("isBasedOn"), a->source_url);
    if (a->accepts_comments || a->comment_count > 0) {
        if (counted) number(w, S("commentCount"), a->comment_count);
        slice address = view__article_address(&w->p, a);
        text(w, S("discussionUrl"), absolute(w, arena_format(w->p.arena, "%.*s#comments", SLICE_FMT(address))));
    }
}

slice jsonld__thread_part(const struct view_context *context, const struct view_discussion *page,
                          const struct view_thread *thread) {
    if (!is_shown(&thread->root)) return S("");
    struct writer w;
    init(&w, context);
    w.recommends = page->reactions.recommends;
    add_thread(&w, thread, page->article);
    slice json = arena_copy(context->arena, buf_slice(&w.b));
    buf_fini(&w.b);
    return json;
}

struct html jsonld_discussion(const struct view_context *context, const struct view_discussion *page) {
    return jsonld__discussion(context, page, NULL);
}

struct html jsonld__discussion(const struct view_context *context, const struct view_discussion *page,
                               const struct view_parts *parts) {
    const struct view_article *a = page->article;
    if (a->is_draft) return html_from_stored(S(""));
    struct writer w;
    begin(&w, context);
    w.recommends = page->reactions.recommends;
    bool news = page->is_article && a->kind == VIEW_ARTICLE_PLAIN;
    slice type = news ? S("NewsArticle") : S("DiscussionForumPosting");
    if (a->kind == VIEW_ARTICLE_PAGE) type = S("WebPage");
    text(&w, S("@type"), type);
    bool at_article = page->is_article || page->order == VIEW_MOST_RECOMMENDED;
    slice url =
        at_article ? view__article_address(&w.p, a) : address_article_page(w.p.arena, a->id, a->slug, page->page);
    add_article(&w, a, url, page->is_article);
    add_threads(&w, page->threads, page->thread_count, a, parts);
    return finish(&w);
}

struct html jsonld_thread(const struct view_context *context, const struct view_thread_page *page) {
    const struct view_article *a = page->article;
    struct writer w;
    begin(&w, context);
    w.recommends = page->reactions.recommends;
    text(&w, S("@type"), S("DiscussionForumPosting"));
    add_article(&w, a, address_thread(w.p.arena, a->id, a->slug, page->thread->root.number, page->page), false);
    add_threads(&w, page->thread, 1, a, NULL);
    return finish(&w);
}

/* https://schema.org/SearchAction */
static void add_search(struct writer *w) {
    key(w, S("potentialAction"));
    open_object(w);
    text(w, S("@type"), S("SearchAction"));
    key(w, S("target"));
    open_object(w);
    text(w, S("@type"), S("EntryPoint"));
    text(w, S("urlTemplate"), absolute(w, S(ADDRESS_SEARCH "?q={search_term_string}")));
    close_object(w);
    text(w, S("query-input"), S("required name=search_term_string"));
    close_object(w);
}

struct html jsonld_site(const struct view_context *context) {
    struct writer w;
    begin(&w, context);
    text(&w, S("@type"), S("WebSite"));
    text(&w, S("name"), context->site->name);
    text(&w, S("description"), view__title(&w.p, context->site->language, context->site->tagline));
    text(&w, S("url"), absolute(&w, S(ADDRESS_HOME)));
    text(&w, S("inLanguage"), context->site->language);
    publisher(&w);
    add_search(&w);
    return finish(&w);
}
