/* Shared pages are made here, on workers: same database, same bytes. What a page shows and when it is made again is
   after.c's business. */
#include "app/pages.h"

#include "app/charters.h"
#include "app/dispatch.h"
#include "app/headers.h"
#include "app/map.h"
#include "app/nodes.h"
#include "app/reading.h"
#include "app/tokens.h"
#include "domain/charter.h"
#include "domain/discussion.h"
#include "view/feed.h"
#include "view/page_read.h"
#include "view/sitemap.h"

enum {
    PAGE_MAX_BYTES = 64 * 1024 * 1024,
    HOME_ARTICLES = 20,
    FEED_ARTICLES = 20,
    FEED_COMMENTS = 30,
    FIRST_MONTHS = 64,
    DAY_MS = 24 * 3600 * 1000,
};

/* One page being made. */
struct making {
    struct app *app;
    struct db *db;
    struct arena *arena;
    const struct cache_key *key;
    const struct page *former; /* NULL: none */
    struct view_parts *parts;  /* of the page being made */
    struct site site;
    struct buf body;
    slice content_type, tag;
    int64_t article, version; /* of a page of a discussion */
    time_ms fresh_until;
    struct error *error;
};

static const slice HTML = S_INIT("text/html; charset=utf-8");

int64_t pages_slug_id(slice slug) { return (int64_t)slice_hash(slug); }

static struct view_context *context_in(struct making *m, slice language) {
    size_t fallback = app_language_find(m->site.language, APP_LANGUAGE_FR);
    return dispatch_context(m->app, m->db, m->arena, &m->site, app_language_find(language, fallback));
}

/* Of pages that know no article: the key's language, or the site's. */
static struct view_context *context_of_key(struct making *m) {
    slice language = m->key->language ? APP_LANGUAGE[m->key->language - 1].tag : m->site.language;
    return context_in(m, language);
}

/* The form at the foot of a shared page: its token is dated to the step, so that the bytes stay the same. */
static const struct view_form *form_of(struct making *m, const struct article *article) {
    time_ms now = clock_now(), closing = article->published_at + m->site.close_after_days * DAY_MS;
    const struct view_form *form = reading_form(m->app, m->arena, article, now, TOKEN_STEP_MINUTES);
    if (!form) return NULL;
    m->fresh_until = token_step_end(now);
    if (m->site.close_after_days && closing < m->fresh_until) m->fresh_until = closing;
    return form;
}

static const struct view_charter *charter_in(struct making *m, slice language) {
    return charters_get(m->app->charters, m->db, m->arena, &m->site, language);
}

/* What is noted beside the bytes of a page of a discussion. */
static void note_article(struct making *m, const struct article *article) {
    m->tag = arena_format(m->arena, "%lld-%.*s", (long long)article->id.v, SLICE_FMT(article->slug));
    m->article = article->id.v;
    m->version = article->version;
}

/* A page with a token for recommendations, too, is made again after each step. */
static struct view_reactions reactions_of(struct making *m, article_id article) {
    time_ms now = clock_now();
    struct view_reactions reactions = reading_reactions(m->app, m->arena, &m->site, article, now, TOKEN_STEP_MINUTES);
    if (reactions.recommends && !m->fresh_until) m->fresh_until = token_step_end(now);
    return reactions;
}

static enum status make_discussion(struct making *m) {
    struct discussion_page loaded;
    bool off = m->key->order == PAGE_ORDER_RECOMMENDED && !site_option(&m->site.options, SITE_OPTION_RECOMMENDATIONS);
    if (off) return error_set(m->error, NOT_FOUND, "messages are not recommended here");
    enum status status = reading_page_load(m->app, m->db, m->arena, m->key, &loaded, m->error);
    if (status != OK) return status;
    struct view_discussion page = reading_discussion(m->db, m->arena, &m->site, m->key, &loaded);
    page.charter = charter_in(m, loaded.article.language);
    page.form = form_of(m, &loaded.article);
    page.reactions = reactions_of(m, loaded.article.id);
    /* A page that is made anew while it is read will be again: its threads are kept. */
    if (m->former) {
        page.former = m->former->kept;
        page.made = &m->parts;
    }
    note_article(m, &loaded.article);
    m->content_type = HTML;
    return view_discussion(context_in(m, loaded.article.language), &page, &m->body, m->error);
}

static enum status make_thread(struct making *m) {
    struct thread_page loaded;
    enum status status = thread_page_load(m->db, m->arena, (comment_number){m->key->id}, m->key->number,
                                          m->app->options.replies_per_page, &loaded, m->error);
    if (status != OK) return status;
    struct view_article article = map_article(&loaded.article);
    struct view_thread thread = map_thread(m->arena, &loaded.thread);
    struct view_thread_page page = {
        .article = &article,
        .thread = &thread,
        .page = loaded.page,
        .page_count = loaded.page_count,
        .charter = charter_in(m, loaded.article.language),
        .form = form_of(m, &loaded.article),
        .reactions = reactions_of(m, loaded.article.id),
        .fold_lines = reading_fold_lines(&m->site),
    };
    note_article(m, &loaded.article);
    m->content_type = HTML;
    return view_thread(context_in(m, loaded.article.language), &page, &m->body, m->error);
}

static enum status make_feed_comments(struct making *m) {
    struct article article;
    struct comment_list list;
    enum status status =
        discussion_latest(m->db, m->arena, (article_id){m->key->id}, FEED_COMMENTS, &article, &list, m->error);
    if (status != OK) return status;
    if (article.state != ARTICLE_PUBLISHED) return error_set(m->error, NOT_FOUND, "the article is not published");
    struct view_article shown = map_article(&article);
    struct feed_comments feed = {&shown, map_comments(m->arena, list.items, list.count), list.count};
    note_article(m, &article);
    m->content_type = feed_format_content_type((enum feed_format)m->key->order);
    return feed_write_comments(context_in(m, article.language), (enum feed_format)m->key->order, &feed, &m->body,
                               m->error);
}

static enum status make_feed_articles(struct making *m) {
    struct article_filter filter = {.limit = FEED_ARTICLES, .with_body = true};
    struct article_list list;
    enum status status = article_list_load(m->db, m->arena, &filter, &list, m->error);
    if (status != OK) return status;
    struct feed_articles feed = {map_articles(m->arena, list.items, list.count), list.count};
    m->content_type = feed_format_content_type((enum feed_format)m->key->order);
    return feed_write_articles(context_of_key(m), (enum feed_format)m->key->order, &feed, &m->body, m->error);
}

static enum status make_home(struct making *m) {
    slice language = m->key->language ? APP_LANGUAGE[m->key->language - 1].tag : S("");
    if (slice_equal(language, m->site.language)) language = S("");
    struct article_filter filter = {.limit = HOME_ARTICLES, .language = language};
    struct article_list list;
    enum status status = article_list_load(m->db, m->arena, &filter, &list, m->error);
    if (status != OK) return status;
    struct view_home page = {map_articles(m->arena, list.items, list.count), list.count, list.more, language};
    m->content_type = HTML;
    return view_home(context_of_key(m), &page, &m->body, m->error);
}

static enum status make_section(struct making *m) {
    struct section_list sections;
    enum status status = section_list_load(m->db, m->arena, &sections, m->error);
    if (status != OK) return status;
    const struct section *section = NULL;
    for (size_t i = 0; i < sections.count && !section; i++)
        if (pages_slug_id(sections.items[i].slug) == m->key->id) section = &sections.items[i];
    if (!section) return error_set(m->error, NOT_FOUND, "no such section");
    struct article_filter filter = {.limit = HOME_ARTICLES, .section = section->id};
    struct article_list list;
    status = article_list_load(m->db, m->arena, &filter, &list, m->error);
    if (status != OK) return status;
    struct view_section shown = {section->slug, section->title, section->description, section->language};
    struct view_section_page page = {&shown, map_articles(m->arena, list.items, list.count), list.count, list.more,
                                     false};
    m->content_type = HTML;
    return view_section(context_in(m, section->language), &page, &m->body, m->error);
}

static enum status make_archive(struct making *m) {
    struct view_context *context = context_of_key(m);
    struct reading_month wanted = {.month = {(int)m->key->id, (int)m->key->number}};
    struct view_archive page;
    enum status status = reading_archive(m->db, m->arena, context->dates, &wanted, &page, m->error);
    if (status != OK) return status;
    m->content_type = HTML;
    return view_archive(context, &page, &m->body, m->error);
}

/* The months met so far, newest first. */
struct month_walk {
    struct arena *arena;
    const struct date_formats *dates;
    struct view_archive_month *months;
    size_t count, room;
};

static enum status visit_moment(void *ctx, time_ms published_at) {
    struct month_walk *walk = ctx;
    struct view_month month = reading_month_of(walk->dates, published_at);
    struct view_archive_month *last = walk->count ? &walk->months[walk->count - 1] : NULL;
    if (last && last->month.year == month.year && last->month.month == month.month) {
        last->count++;
        return OK;
    }
    if (walk->count == walk->room) {
        size_t room = walk->room ? 2 * walk->room : FIRST_MONTHS;
        struct view_archive_month *months = ARENA_ARRAY(walk->arena, room, struct view_archive_month);
        for (size_t i = 0; i < walk->count; i++) months[i] = walk->months[i];
        walk->months = months;
        walk->room = room;
    }
    walk->months[walk->count++] = (struct view_archive_month){month, 1};
    return OK;
}

static enum status make_archive_index(struct making *m) {
    struct view_context *context = context_of_key(m);
    struct month_walk walk = {.arena = m->arena, .dates = context->dates};
    struct article_list pages;
    enum status status = article_each_moment(m->db, visit_moment, &walk, m->error);
    if (status == OK) status = article_list_pages(m->db, m->arena, &pages, m->error);
    if (status != OK) return status;
    struct view_archive_index page = {walk.months, walk.count, map_articles(m->arena, pages.items, pages.count),
                                      pages.count};
    m->content_type = HTML;
    return view_archive_index(context, &page, &m->body, m->error);
}

static enum status make_charter(struct making *m) {
    struct view_context *context = context_of_key(m);
    const struct view_charter *charter = charter_in(m, catalog_language(templates_catalog(context->templates)));
    if (!charter) return error_set(m->error, NOT_FOUND, "no charter yet");
    m->content_type = HTML;
    return view_charter(context, charter, &m->body, m->error);
}

struct sitemap_walk {
    struct making *making;
    int64_t seen, first, last; /* entries [first, last) are written */
    struct arena *scratch;
};

static enum status visit_for_sitemap(void *ctx, const struct article *article) {
    struct sitemap_walk *walk = ctx;
    int64_t at = walk->seen++;
    if (at < walk->first || at >= walk->last) return OK;
    slice base = walk->making->app->options.base_url;
    sitemap_add(&walk->making->body, walk->scratch, base, address_article(walk->scratch, article->id.v, article->slug),
                article->updated_at);
    arena_reset(walk->scratch);
    return OK;
}

static void add_fronts(struct making *m) {
    struct section_list sections;
    slice base = m->app->options.base_url;
    sitemap_add(&m->body, m->arena, base, S(ADDRESS_HOME), 0);
    sitemap_add(&m->body, m->arena, base, S(ADDRESS_ARCHIVE), 0);
    if (section_list_load(m->db, m->arena, &sections, m->error) != OK) return;
    for (size_t i = 0; i < sections.count; i++)
        sitemap_add(&m->body, m->arena, base, address_section(m->arena, sections.items[i].slug), 0);
}

/* Up to a part's worth of articles stands in /sitemap.xml itself; beyond, it is an index of parts. */
static enum status make_sitemap(struct making *m) {
    enum { PER_PART = SITEMAP_MAX_ENTRIES - 1000 }; /* room for sections */
    int64_t part = m->key->number;
    struct sitemap_walk walk = {.making = m, .scratch = arena_new(64 * 1024)};
    walk.first = part ? (part - 1) * PER_PART : 0;
    walk.last = walk.first + PER_PART;
    m->content_type = S("application/xml; charset=utf-8");
    sitemap_begin(&m->body);
    if (part <= 1) add_fronts(m);
    enum status status = article_each(m->db, visit_for_sitemap, &walk, m->error);
    sitemap_end(&m->body);
    arena_free(walk.scratch);
    if (status == OK && part && walk.seen <= walk.first) return error_set(m->error, NOT_FOUND, "no such part");
    if (status == OK && !part && walk.seen > PER_PART) {
        buf_clear(&m->body);
        sitemap_write_index(&m->body, m->arena, m->app->options.base_url, (walk.seen + PER_PART - 1) / PER_PART);
    }
    return status;
}

static enum status make_robots(struct making *m) {
    m->content_type = S("text/plain; charset=utf-8");
    robots_write(&m->body, m->app->options.base_url);
    return OK;
}

static enum status make(struct making *m) {
    switch ((enum page_kind)m->key->kind) {
    case PAGE_DISCUSSION: return make_discussion(m);
    case PAGE_THREAD: return make_thread(m);
    case PAGE_FEED_COMMENTS: return make_feed_comments(m);
    case PAGE_HOME: return make_home(m);
    case PAGE_SECTION: return make_section(m);
    case PAGE_ARCHIVE_INDEX: return make_archive_index(m);
    case PAGE_ARCHIVE: return make_archive(m);
    case PAGE_CHARTER: return make_charter(m);
    case PAGE_FEED_ARTICLES: return make_feed_articles(m);
    case PAGE_SITEMAP: return make_sitemap(m);
    case PAGE_ROBOTS: return make_robots(m);
    }
    return error_set(m->error, INTERNAL, "no such kind of page");
}

static void parts_free(void *kept) { view_parts_free(kept); }

enum status pages_render(void *ctx, void *thread_state, const struct cache_key *key, struct page *former,
                         struct page **out, struct error *error) {
    struct worker *worker = thread_state;
    struct arena *arena CLEANUP(arena_free_p) = arena_new(((struct app *)ctx)->arena_bytes);
    struct making m = {.app = ctx, .db = worker->db, .arena = arena, .key = key, .former = former, .error = error};
    buf_init(&m.body, PAGE_MAX_BYTES);
    int64_t generation = nodes_generation(m.app->nodes); /* before anything is read */
    enum status status = db_read_begin(m.db, error);
    if (status != OK) return status;
    status = site_load(m.db, arena, &m.site, error);
    if (status == OK) status = make(&m);
    db_read_end(m.db);
    if (status == OK && arena_is_over(arena)) status = error_set(error, INTERNAL, "the page needs too much memory");
    if (status == OK && m.body.status != OK)
        status = error_set(error, INTERNAL, "the page is larger than %d bytes", PAGE_MAX_BYTES);
    if (status != OK) {
        buf_fini(&m.body);
        view_parts_free(m.parts);
        return status;
    }
    struct page_source source = {.body = &m.body,
                                 .status = 200,
                                 .content_type = m.content_type,
                                 .tag = m.tag,
                                 .fresh_until = m.fresh_until,
                                 .article = m.article,
                                 .version = m.version,
                                 .confirmed = generation,
                                 .extra = &HEADERS_SHARED,
                                 .kept = m.parts,
                                 .kept_bytes = m.parts ? view_parts_bytes(m.parts) : 0,
                                 .kept_free = parts_free};
    *out = page_new(&source, headers_make_head, ctx);
    return OK;
}
