/* A discussion as it is read: pages of root comments by ordinal, the first replies under each. Read connection; one
   snapshot (the functions open a read transaction of their own). */
#ifndef PALABRE_DOMAIN_DISCUSSION_H
#define PALABRE_DOMAIN_DISCUSSION_H

#include "domain/comment.h"

struct thread {
    struct comment root;     /* state REMOVED, WITHDRAWN …: a stub; its texts are then empty */
    struct comment *replies; /* published ones and stubs, by ordinal */
    size_t reply_count;      /* of `replies` */
    int64_t more_replies;    /* published ones beyond those shown: on the thread's own pages */
};

struct discussion_page {
    struct article article;   /* with body */
    int64_t page, page_count; /* from 1; an empty discussion has one page */
    struct thread *threads;
    size_t thread_count;
};

/* Pages hold root ordinals (page-1)·P+1 … page·P. page 0 asks for the newest. NOT_FOUND beyond the last page, or when
   the article is not published. Two statements for the comments, whatever their number. */
enum status discussion_page_load(struct db *db, struct arena *arena, article_id id, int64_t page,
                                 int64_t roots_per_page, int64_t replies_shown, struct discussion_page *out,
                                 struct error *error) MUST_USE;

/* The same in the order of recommendations: the root messages that somebody recommends, the most recommended first; of
   the first DISCUSSION_RANKED. page from 1. NOT_FOUND beyond the last; nobody recommends anything: one page, without
   threads. A statement for each thread, besides. */
enum { DISCUSSION_RANKED = 500 };
enum status discussion_recommended_load(struct db *db, struct arena *arena, article_id id, int64_t page,
                                        int64_t roots_per_page, int64_t replies_shown, struct discussion_page *out,
                                        struct error *error) MUST_USE;

/* The editors' picks of a discussion that is read, the latest first. article: as loaded. */
enum { DISCUSSION_PICKS = 5 };
enum status discussion_picks(struct db *db, struct arena *arena, const struct article *article,
                             struct comment_list *out, struct error *error) MUST_USE;

/* A thread's own page: replies with ordinals (page-1)·R+1 … page·R under their root. page from 1. */
struct thread_page {
    struct article article; /* without body */
    struct thread thread;
    int64_t page, page_count;
};
enum status thread_page_load(struct db *db, struct arena *arena, comment_number root, int64_t page,
                             int64_t replies_per_page, struct thread_page *out, struct error *error) MUST_USE;

/* The latest published comments of a discussion, newest first, for its feeds. article (without body) is filled too. */
enum status discussion_latest(struct db *db, struct arena *arena, article_id id, size_t limit, struct article *article,
                              struct comment_list *out, struct error *error) MUST_USE;

#endif
