/* schema.org descriptions (JSON-LD 1.1) for <script type="application/ld+json">, which browsers do not run.
   < > & and line separators are escaped: the result is the same in script, element and attribute-free contexts. */
#ifndef PALABRE_VIEW_JSONLD_H
#define PALABRE_VIEW_JSONLD_H

#include "text/html.h"
#include "view/article.h"
#include "view/context.h"
#include "view/page_read.h"

/* NewsArticle at the article's own address, DiscussionForumPosting on the other pages of its discussion and for press
   excerpts; the messages shown are its Comment items. Lives in the context's arena. */
struct html jsonld_discussion(const struct view_context *context, const struct view_discussion *page);
/* The same, the threads as they were described before. parts NULL: none were. */
struct html jsonld__discussion(const struct view_context *context, const struct view_discussion *page,
                               const struct view_parts *parts);
/* One thread of it, as it stands in the list of comments; empty: it is not said. In the context's arena. */
slice jsonld__thread_part(const struct view_context *context, const struct view_discussion *page,
                          const struct view_thread *thread);
struct html jsonld_thread(const struct view_context *context, const struct view_thread_page *page);
/* WebSite, for the home page. */
struct html jsonld_site(const struct view_context *context);

#endif
