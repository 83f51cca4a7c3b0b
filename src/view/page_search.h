/* The results of a search, and the OpenSearch description that lets a browser search here (opensearch 1.1 draft 6).
   Per request, never indexed. As page_read.h. */
#ifndef PALABRE_VIEW_PAGE_SEARCH_H
#define PALABRE_VIEW_PAGE_SEARCH_H

#include "base/buf.h"
#include "base/error.h"
#include "view/article.h"
#include "view/context.h"

enum view_search_state {
    VIEW_SEARCH_EMPTY,    /* nothing was asked yet */
    VIEW_SEARCH_NOTHING,  /* what was asked holds no word */
    VIEW_SEARCH_EXCLUDES, /* it only says what not to find */
    VIEW_SEARCH_RESULTS,
};
enum view_search_kind { VIEW_SEARCH_ARTICLES, VIEW_SEARCH_MESSAGES, VIEW_SEARCH_KINDS };

struct view_search_hit {
    const struct view_article *article; /* of a message: id, slug, headline and language alone are looked at */
    struct html headline, snippet;      /* set, with <mark>; empty headline: the article's own */
    /* Of a message: */
    int64_t number;
    slice name, title, language;
    time_ms published_at;
};

struct view_search_total {
    int64_t count;
    bool estimated;
    bool unsure; /* it is the least that there are */
};

struct view_search {
    slice text; /* as typed */
    enum view_search_state state;
    enum view_search_kind kind;
    bool shortened; /* not all of text was looked for */
    struct view_search_total totals[VIEW_SEARCH_KINDS];
    const struct view_search_hit *hits;
    size_t hit_count;
    slice next;     /* key of the next page; empty: this is the last */
    bool is_later;  /* not the first page */
    bool newest;    /* newest first was asked for */
    bool can_order; /* the other order would make a difference */
    int64_t walked; /* so many, the newest, were looked through so far, and next goes on below; 0: all were */
    int percent;    /* of what there is that can be found so far; 100: all */
};
enum status view_search(const struct view_context *context, const struct view_search *page, struct buf *out,
                        struct error *error) MUST_USE;

void opensearch_write(const struct view_context *context, struct buf *out);

#endif
