/* What several handlers read for the page they show. */
#ifndef PALABRE_APP_READING_H
#define PALABRE_APP_READING_H

#include "app/request.h"
#include "view/article.h"
#include "view/form.h"
#include "view/page_read.h"

/* The messages of this reader (by the author's cookie) that wait in the discussion; arena. */
const struct view_comment *reading_own(struct request *r, article_id article, size_t *count);
/* What a form for a message to this article may do: the purpose of its token. */
slice reading_purpose(struct arena *arena, article_id article);
/* What the form to follow it may do. */
slice reading_follow_purpose(struct arena *arena, article_id article);
/* The empty form under a discussion, its token dated to a step of so many minutes (tokens.h); NULL: no messages are
   taken. */
struct view_form *reading_form(const struct app *app, struct arena *arena, const struct article *article, time_ms now,
                               int64_t step_minutes);
/* A page of a discussion in the order of its key; page number 0: the article's own. */
enum status reading_page_load(const struct app *app, struct db *db, struct arena *arena, const struct cache_key *key,
                              struct discussion_page *out, struct error *error) MUST_USE;
/* What the site lets be done about messages; the token dated to a step of so many minutes. */
struct view_reactions reading_reactions(const struct app *app, struct arena *arena, const struct site *site,
                                        article_id article, time_ms now, int64_t step_minutes);
slice reading_recommend_purpose(struct arena *arena, article_id article);
/* The view of a page that was loaded, with the picks where it is the article's own. What is personal, the charter and the
   form are the caller's to add. */
struct view_discussion reading_discussion(struct db *db, struct arena *arena, const struct site *site,
                                          const struct cache_key *key, const struct discussion_page *loaded);
int64_t reading_fold_lines(const struct site *site);
/* A page of a month of the archive: its newest articles, or those before one of them. NOT_FOUND: there are none. */
enum { READING_MONTH_ARTICLES = 100 };
struct reading_month {
    struct view_month month;
    time_ms before;    /* older than this moment, or of it with a smaller id … */
    int64_t before_id; /* 0: the newest */
};
enum status reading_archive(struct db *db, struct arena *arena, const struct date_formats *dates,
                            const struct reading_month *wanted, struct view_archive *out, struct error *error) MUST_USE;
struct view_month reading_month_of(const struct date_formats *dates, time_ms t);
/* An address of the site that was imported: answers with a redirect and gives true. */
bool reading_old_address(struct request *r);

#endif
