/* Searching: published articles, or published messages under them. The question is text/search_query.h's.

   Up to SEARCH_RANKED_MAX hits are put in order by how well they answer and when they were published: a date is worth what a
   better answer is, twice as good for each two years. That order depends on nothing else in the index and not on the time
   of asking, so that pages follow one another without doubles or gaps. What has more hits is shown newest first. Both
   engines give the same answers in the same order. Reading connections; the work of a page is bounded.

   What the index cannot answer within that bound (a phrase of very common words that hardly ever stands anywhere) is looked
   for in the newest SEARCH_WALKED_MAX documents, one by one; the result says so, and the next page, whose bound is much
   wider, goes on below them. */
#ifndef PALABRE_DOMAIN_SEARCH_H
#define PALABRE_DOMAIN_SEARCH_H

#include "domain/article.h"
#include "domain/search_index.h"
#include "text/search_query.h"

enum {
    SEARCH_RANKED_MAX = 300,
    SEARCH_COUNTED_MAX = 1000, /* beyond, the number is estimated */
    SEARCH_PAGE_MAX = 50,
    SEARCH_WALKED_MAX = 4000,
    SEARCH_FIRST_MS =
        20, /* of work, of a first page, before the documents are walked through; as db_bound_begin says */
    SEARCH_LATER_MS = 2000,
};

enum search_kind { SEARCH_OF_ARTICLES, SEARCH_OF_MESSAGES };

/* Where a page begins: after this one. */
struct search_key {
    bool set, ranked;
    int64_t score; /* ranked */
    int64_t id;
};
/* As it stands in an address: "n71", "r29012-71". False: it is none. */
bool search_key_parse(slice text, struct search_key *out);
slice search_key_text(struct arena *arena, const struct search_key *key);

struct search_request {
    enum search_kind kind;
    const struct search_query *query; /* with at least one clause */
    bool newest;                      /* in any case */
    struct search_key after;
    size_t limit; /* 1..SEARCH_PAGE_MAX */
    int64_t walk; /* as if the index could not answer a first page, and so many documents at most; 0: as things are */
};

struct search_hit {
    int64_t id; /* the article's, or the comment's number */
    /* Of an article: the article, with its text. Of a message: the article without, and: */
    struct article article;
    slice name, title, language, html;
    time_ms published_at;
};

struct search_result {
    struct search_hit *hits;
    size_t count;
    bool ranked; /* not newest first */
    bool more;   /* then next begins the next page */
    struct search_key next;
    int64_t total;  /* hits in all */
    bool estimated; /* total is about that */
    bool unsure;    /* total is the least that there are */
    int64_t
        walked; /* 0: all there is was looked through; else so many documents, the newest; next goes on below them */
    struct search_progress index;
};
enum status search_run(struct db *db, struct arena *arena, const struct search_request *request,
                       struct search_result *out, struct error *error) MUST_USE;

#endif
