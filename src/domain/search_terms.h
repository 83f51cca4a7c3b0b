/* Rows as documents of terms: what search_index.c writes and the check compares. For this room only. */
#ifndef PALABRE_DOMAIN_SEARCH_TERMS_H
#define PALABRE_DOMAIN_SEARCH_TERMS_H

#include "domain/article.h"
#include "domain/search_ahead.h"
#include "text/search_query.h"

/* What the making of many documents shares. Not for two threads at a time. */
struct search_maker {
    struct search_stemmers *stemmers;
    struct arena *arena; /* emptied before each document */
    struct buf words;    /* the document made last */
    bool is_page;        /* it is of an article of kind PAGE */
};
void search__maker_init(struct search_maker *maker);
void search__maker_fini(struct search_maker *maker); /* for CLEANUP, too */

/* rows: on a row with article_id, name, title, html, language. Into maker->words. */
enum status search__make_message(struct search_maker *maker, struct db_rows *rows, struct error *error) MUST_USE;
/* message->words is not set. */
enum status search__make_words(struct search_maker *maker, const struct search_message *message,
                               struct error *error) MUST_USE;
enum status search__make_article(struct search_maker *maker, struct db *db, article_id id,
                                 struct error *error) MUST_USE;

/* Keeps the terms that tell the article (by its document) from others, and what it is like, anew; words empty: it is not
   published, and like nothing. likes: whether others are looked for, too (not while many are being indexed). */
enum status search__article_likeness(struct db *db, article_id id, slice words, bool likes,
                                     struct error *error) MUST_USE;
enum status search__find_likes(struct db *db, article_id id, struct error *error) MUST_USE;

#endif
