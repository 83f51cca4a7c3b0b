/* What stands in the feeds; how it is written is the three writers'. */
#include "view/feed_common.h"

static const struct feed__writer *writer_of(enum feed_format format) {
    switch (format) {
    case FEED_ATOM: return &feed__atom;
    case FEED_RSS: return &feed__rss;
    case FEED_JSON: return &feed__json;
    case FEED_FORMATS: break;
    }
    return &feed__atom;
}

static slice absolute(struct view__page *p, slice address) {
    return address_absolute(p->arena, p->context->site->base_url, address);
}

/* Without a base there is no URI of one's own to be had but a URN. */
static slice entry_id(struct view__page *p, const char *kind, int64_t id) {
    slice base = p->context->site->base_url;
    if (base.n == 0) return arena_format(p->arena, "urn:palabre:%s:%lld", kind, (long long)id);
    return arena_format(p->arena, "%.*s/%ss/%lld", SLICE_FMT(base), kind, (long long)id);
}

static time_ms latest(time_ms a, time_ms b) { return a > b ? a : b; }

static bool is_news(const struct view_article *article) {
    return !article->is_draft && article->kind != VIEW_ARTICLE_PAGE;
}

static struct feed__entry article_entry(struct view__page *p, const struct view_article *a) {
    struct feed__entry entry = {
        .id = entry_id(p, "article", a->id),
        .link = absolute(p, view__article_address(p, a)),
        .title = view__title(p, a->language, a->headline),
        .author = a->byline,
        .language = a->language,
        .summary = view__article_summary(p->arena, a, 300),
        .content = view__absolute_html(p, a->body).s,
        .category = a->section_title,
        .published_at = a->published_at,
        .updated_at = latest(a->updated_at, a->published_at),
        .has_discussion = a->accepts_comments || a->comment_count > 0,
        .comment_count = a->comment_count,
    };
    entry.discussion = arena_format(p->arena, "%.*s#comments", SLICE_FMT(entry.link));
    entry.discussion_atom = absolute(p, address_feed_comments(p->arena, a->id, a->slug, FEED_ATOM));
    entry.discussion_rss = absolute(p, address_feed_comments(p->arena, a->id, a->slug, FEED_RSS));
    entry.discussion_json = absolute(p, address_feed_comments(p->arena, a->id, a->slug, FEED_JSON));
    return entry;
}

enum status feed_write_articles(const struct view_context *context, enum feed_format format,
                                const struct feed_articles *feed, struct buf *out, struct error *error) {
    const struct feed__writer *writer = writer_of(format);
    const struct view_site *site = context->site;
    struct view__page p;
    view__page_begin(&p, context);
    slice self = absolute(&p, address_feed_articles(p.arena, format));
    struct feed__head head = {.title = site->name,
                              .subtitle = view__title(&p, site->language, site->tagline),
                              .language = site->language,
                              .self = self,
                              .home = absolute(&p, S(ADDRESS_HOME)),
                              .id = site->base_url.n > 0 ? absolute(&p, S(ADDRESS_HOME)) : S("urn:palabre:articles")};
    for (size_t i = 0; i < feed->article_count; i++) {
        const struct view_article *a = &feed->articles[i];
        if (is_news(a)) head.updated_at = latest(head.updated_at, latest(a->updated_at, a->published_at));
    }
    writer->begin(&p, &head, out);
    bool first = true;
    for (size_t i = 0; i < feed->article_count; i++) {
        if (!is_news(&feed->articles[i])) continue;
        const struct feed__entry entry = article_entry(&p, &feed->articles[i]);
        writer->entry(&p, &entry, first, out);
        first = false;
    }
    writer->end(out);
    return out->status == OK ? OK : error_set(error, out->status, "feed of articles: too large");
}

static struct feed__entry comment_entry(struct view__page *p, const struct view_comment *c,
                                        const struct view_article *article) {
    time_ms published = view__comment_time(c);
    struct feed__entry entry = {
        .id = entry_id(p, "comment", c->number),
        .link = absolute(p, address_comment(p->arena, c->number)),
        .title = view__comment_title(p, c, article),
        .author = c->name,
        .language = view__comment_language(c, article),
        .content = view__absolute_html(p, c->html).s,
        .published_at = published,
        .updated_at = latest(c->edited_at, published),
    };
    if (c->parent != 0) {
        entry.answers_id = entry_id(p, "comment", c->parent);
        entry.answers_link = absolute(p, address_comment(p->arena, c->parent));
    } else {
        entry.answers_id = entry_id(p, "article", article->id);
        entry.answers_link = absolute(p, view__article_address(p, article));
    }
    return entry;
}

static struct feed__head comments_head(struct view__page *p, enum feed_format format,
                                       const struct view_article *article) {
    slice headline = view__title(p, article->language, article->headline);
    slice title = catalog_format(p->arena, view__text(p, T("Comments on “{title}”")),
                                 (struct catalog_argument[]){{S("title"), headline}}, 1);
    slice link = absolute(p, view__article_address(p, article));
    return (struct feed__head){
        .title = title,
        .subtitle = p->context->site->name,
        .language = article->language,
        .self = absolute(p, address_feed_comments(p->arena, article->id, article->slug, format)),
        .home = arena_format(p->arena, "%.*s#comments", SLICE_FMT(link)),
        .id = arena_format(p->arena, "%.*s/comments", SLICE_FMT(entry_id(p, "article", article->id)))};
}

enum status feed_write_comments(const struct view_context *context, enum feed_format format,
                                const struct feed_comments *feed, struct buf *out, struct error *error) {
    const struct feed__writer *writer = writer_of(format);
    struct view__page p;
    view__page_begin(&p, context);
    struct feed__head head = comments_head(&p, format, feed->article);
    head.updated_at = feed->article->published_at;
    for (size_t i = 0; i < feed->comment_count; i++) {
        const struct view_comment *c = &feed->comments[i];
        if (c->state != VIEW_COMMENT_PUBLISHED) continue;
        head.updated_at = latest(head.updated_at, latest(c->edited_at, view__comment_time(c)));
    }
    writer->begin(&p, &head, out);
    bool first = true;
    for (size_t i = 0; i < feed->comment_count; i++) {
        if (feed->comments[i].state != VIEW_COMMENT_PUBLISHED) continue;
        const struct feed__entry entry = comment_entry(&p, &feed->comments[i], feed->article);
        writer->entry(&p, &entry, first, out);
        first = false;
    }
    writer->end(out);
    return out->status == OK ? OK : error_set(error, out->status, "feed of a discussion: too large");
}
