/* The shared pages: their kinds, how each is made on a worker, how it is found on a loop. */
#ifndef PALABRE_APP_PAGES_H
#define PALABRE_APP_PAGES_H

#include "app/state.h"

enum page_kind {
    PAGE_DISCUSSION = 1, /* id: article; number: page, 0 = the article's own address; order */
    PAGE_THREAD,         /* id: root comment; number: page */
    PAGE_FEED_COMMENTS,  /* id: article; order: feed format */
    /* from here on: in app->fronts */
    PAGE_HOME,          /* language */
    PAGE_SECTION,       /* id: hash of the slug */
    PAGE_ARCHIVE_INDEX, /* language */
    PAGE_ARCHIVE,       /* id: year; number: month; language */
    PAGE_CHARTER,       /* language */
    PAGE_FEED_ARTICLES, /* order: feed format */
    PAGE_SITEMAP,       /* number: part, 0 = /sitemap.xml */
    PAGE_ROBOTS,
};
enum { PAGE_ORDER_OLDEST, PAGE_ORDER_NEWEST, PAGE_ORDER_RECOMMENDED, PAGE_ORDERS, PAGE_FEED_FORMATS = 3 };

static inline bool page_is_front(int kind) { return kind >= PAGE_HOME; }

/* cache_render. ctx: the app; thread_state: the worker. The tag of a page of an article is what
   its address has after "/articles/": "12-le-pont". */
enum status pages_render(void *ctx, void *thread_state, const struct cache_key *key, struct page *former,
                         struct page **out, struct error *error);

int64_t pages_slug_id(slice slug); /* the id of PAGE_SECTION */

#endif
