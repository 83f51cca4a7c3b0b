/* Keeping the search index. What is published is in it, as its terms, in the transaction that publishes it; what is removed,
   withdrawn or refused is out of it; what is edited is replaced. What came in bulk (an import), or was there before this
   version, is indexed step by step: search_index_step. */
#ifndef PALABRE_DOMAIN_SEARCH_INDEX_H
#define PALABRE_DOMAIN_SEARCH_INDEX_H

#include "db/db.h"
#include "domain/ids.h"

/* For this room; writer, in the caller's transaction. After every change of a state or a text. */
enum status search__comment_changed(struct db *db, article_id article, comment_number number,
                                    struct error *error) MUST_USE;
enum status search__article_changed(struct db *db, article_id id, struct error *error) MUST_USE;
/* Many came, the lowest of them this: they are found once search_index_step has been there, and by what is like them
   once likeness_fill.h has. */
enum status search__comments_came(struct db *db, comment_number from, struct error *error) MUST_USE;
enum status search__article_came(struct db *db, article_id id, struct error *error) MUST_USE;

struct search_progress {
    bool complete;
    int percent;                        /* of what there is, about; 100 when complete */
    int64_t next_article, next_message; /* those from here on are not looked at yet; 0: all are */
};
/* Any connection. */
enum status search_progress_load(struct db *db, struct search_progress *out, struct error *error) MUST_USE;
/* Writer, in the caller's transaction: looks at up to `most` more articles or comments, in ascending order. Call it again,
   in another transaction, until out->complete. */
enum status search_index_step(struct db *db, int64_t most, struct search_progress *out, struct error *error) MUST_USE;
/* The same to the end, in transactions of its own; progress (may be NULL) is told the percentage. For commands. */
enum status search_index_all(struct db *db, void (*progress)(void *ctx, int percent), void *ctx,
                             struct error *error) MUST_USE;
/* Writer: makes all of it anew from now on. */
enum status search_index_again(struct db *db, struct error *error) MUST_USE;

/* For check.c: compares the index with what there is, and with itself; calls fault with a line for each difference. */
struct search_check_listener {
    void (*fault)(void *ctx, slice line);
    void (*passed)(void *ctx, bool terms,
                   int64_t done); /* may be NULL; now and then: the number of a message, or how many terms */
    void *ctx;
};
enum status search__check(struct db *db, const struct search_check_listener *listener, struct error *error) MUST_USE;

#endif
