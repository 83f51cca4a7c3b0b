/* Feeds: Atom (RFC 4287, threads by RFC 4685), RSS 2.0 (content, slash, wfw, dc), JSON Feed 1.1. Of the site's articles and of each discussion.
   Any thread. Characters that XML 1.0 forbids are left out. Dates are those of the data, never the clock's: same
   input, same bytes. LIMIT when out's ceiling is passed. */
#ifndef PALABRE_VIEW_FEED_H
#define PALABRE_VIEW_FEED_H

#include "base/buf.h"
#include "base/error.h"
#include "view/address.h"
#include "view/article.h"
#include "view/context.h"

struct feed_articles {
    const struct view_article *articles; /* newest first, with bodies; drafts and pages are left out */
    size_t article_count;
};
enum status feed_write_articles(const struct view_context *context, enum feed_format format,
                                const struct feed_articles *feed, struct buf *out, struct error *error) MUST_USE;

struct feed_comments {
    const struct view_article *article;
    const struct view_comment *comments; /* newest first; only published ones are written */
    size_t comment_count;
};
enum status feed_write_comments(const struct view_context *context, enum feed_format format,
                                const struct feed_comments *feed, struct buf *out, struct error *error) MUST_USE;

#endif
