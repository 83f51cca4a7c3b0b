#include "app/after.h"

#include "app/pages.h"
#include "domain/discussion.h"

static bool is_of_article(void *ctx, const struct cache_key *key) {
    const int64_t *article = ctx;
    return (key->kind == PAGE_DISCUSSION || key->kind == PAGE_FEED_COMMENTS) && key->id == *article;
}

static bool is_thread(void *ctx, const struct cache_key *key) {
    (void)ctx;
    return key->kind == PAGE_THREAD;
}

static bool is_any(void *ctx, const struct cache_key *key) {
    (void)ctx;
    (void)key;
    return true;
}

/* What the order of recommendations may have. Dropping what is not there costs a look into a table. */
static int64_t ranked_pages(const struct app *app) {
    return (DISCUSSION_RANKED - 1) / app->options.comments_per_page + 1;
}

/* The page that holds the root, and its neighbour before it: when a page begins, the one before gets a way forward. */
static void renew_thread(const struct after *after, const struct touched *t) {
    struct app *app = after->app;
    int64_t page = t->root_ordinal ? (t->root_ordinal - 1) / app->options.comments_per_page + 1 : 1;
    struct cache_key newest = {.kind = PAGE_DISCUSSION, .id = t->article};
    cache_renew(app->pages, &newest, after->waiter_new(after->ctx));
    for (int64_t number = page > 1 ? page - 1 : page; number <= page; number++) {
        struct cache_key key = {.kind = PAGE_DISCUSSION, .id = t->article, .number = number};
        cache_drop(app->pages, &key);
        key.order = PAGE_ORDER_NEWEST;
        cache_drop(app->pages, &key);
    }
    newest.order = PAGE_ORDER_NEWEST;
    cache_drop(app->pages, &newest);
    for (int64_t number = 0; number <= ranked_pages(app); number++) {
        struct cache_key key = {
            .kind = PAGE_DISCUSSION, .id = t->article, .number = number, .order = PAGE_ORDER_RECOMMENDED};
        cache_drop(app->pages, &key);
    }
    for (uint8_t format = 0; format < PAGE_FEED_FORMATS; format++) {
        struct cache_key feed = {.kind = PAGE_FEED_COMMENTS, .id = t->article, .order = format};
        cache_drop(app->pages, &feed);
    }
    after_drop_fronts(app);
}

/* A thread's own pages are few, and are not known by article: all of that root's go. */
static bool is_of_root(void *ctx, const struct cache_key *key) {
    const int64_t *root = ctx;
    return key->kind == PAGE_THREAD && key->id == *root;
}

/* The count stands on the page of its root, in two orders, on the article's own, where its root is one of the last, on the
   thread's, and anywhere in the order that it makes. */
static void expire_counts(struct app *app, const struct touched *t) {
    const struct app_options *o = &app->options;
    time_ms at = clock_now() + o->recount_ms;
    int64_t page = t->root_ordinal ? (t->root_ordinal - 1) / o->comments_per_page + 1 : 1;
    const int64_t numbers[] = {0, page};
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        for (uint8_t order = PAGE_ORDER_OLDEST; order <= PAGE_ORDER_NEWEST; order++) {
            struct cache_key key = {.kind = PAGE_DISCUSSION, .order = order, .id = t->article, .number = numbers[i]};
            cache_expire(app->pages, &key, at);
        }
    }
    for (int64_t number = 0; number <= ranked_pages(app); number++) {
        struct cache_key key = {
            .kind = PAGE_DISCUSSION, .order = PAGE_ORDER_RECOMMENDED, .id = t->article, .number = number};
        cache_expire(app->pages, &key, at);
    }
    struct cache_key thread = {
        .kind = PAGE_THREAD, .id = t->root, .number = t->ordinal ? (t->ordinal - 1) / o->replies_per_page + 1 : 1};
    cache_expire(app->pages, &thread, at);
}

static void drop_article(struct app *app, const struct touched *t) {
    int64_t article = t->article;
    cache_drop_matching(app->pages, is_of_article, &article);
    cache_drop_matching(app->pages, is_thread, NULL);
    after_drop_fronts(app);
}

void after_drop_fronts(struct app *app) { cache_drop_matching(app->fronts, is_any, NULL); }

void after_renew(const struct after *after) {
    struct app *app = after->app;
    bool all = after->all;
    for (size_t i = 0; i < after->count && !all; i++) {
        const struct touched *t = &after->touched[i];
        switch (t->what) {
        case TOUCHED_THREAD: {
            int64_t root = t->root;
            renew_thread(after, t);
            if (root) cache_drop_matching(app->pages, is_of_root, &root);
            break;
        }
        case TOUCHED_COUNTS: expire_counts(app, t); break;
        case TOUCHED_ARTICLE: drop_article(app, t); break;
        case TOUCHED_SITE: all = true; break;
        }
    }
    if (!all) return;
    cache_drop_matching(app->pages, is_any, NULL);
    after_drop_fronts(app);
}
