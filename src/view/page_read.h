/* Pages that are read: home, section, archive, article with its discussion, thread, charter.
   Each function appends a whole HTML document to out, and fails only with what templates_render fails with (LIMIT when
   out's ceiling is passed; INTERNAL or NOT_FOUND for a broken template). Any thread. Same input, same bytes.
   None of these documents holds an inline script, an inline style, or an address of another site that a browser would
   fetch by itself (images of article bodies apart). */
#ifndef PALABRE_VIEW_PAGE_READ_H
#define PALABRE_VIEW_PAGE_READ_H

#include "base/buf.h"
#include "base/error.h"
#include "view/article.h"
#include "view/context.h"
#include "view/form.h"
#include "view/parts.h"

struct view_home {
    const struct view_article *articles; /* newest first, bodies empty */
    size_t article_count;
    bool more;      /* older ones exist: the page links to the archive of the month of the last */
    slice language; /* only articles in this language are listed; empty: all */
};
enum status view_home(const struct view_context *context, const struct view_home *page, struct buf *out,
                      struct error *error) MUST_USE;

struct view_section_page {
    const struct view_section *section;
    const struct view_article *articles; /* newest first */
    size_t article_count;
    bool more;     /* older ones exist: linked as ?before=… of the last */
    bool is_older; /* this page was asked for with ?before=… */
};
enum status view_section(const struct view_context *context, const struct view_section_page *page, struct buf *out,
                         struct error *error) MUST_USE;

struct view_month {
    int year, month; /* month from 1; year 0: none */
};
struct view_archive {
    struct view_month month, older, newer; /* older, newer: the nearest months that have articles */
    const struct view_article *articles;   /* newest first */
    size_t article_count;
    bool more;     /* older ones of that month exist */
    bool is_later; /* not the first page of it */
};
enum status view_archive(const struct view_context *context, const struct view_archive *page, struct buf *out,
                         struct error *error) MUST_USE;

struct view_archive_month {
    struct view_month month;
    int64_t count; /* of articles; from 1 */
};
struct view_archive_index {
    const struct view_archive_month *months; /* newest first */
    size_t month_count;
    const struct view_article *pages; /* of kind PAGE: linked from here only */
    size_t page_count;
};
enum status view_archive_index(const struct view_context *context, const struct view_archive_index *page,
                               struct buf *out, struct error *error) MUST_USE;

enum view_order { VIEW_OLDEST_FIRST, VIEW_NEWEST_FIRST, VIEW_MOST_RECOMMENDED };

/* What can be done about messages, where the site has it switched on. */
struct view_reactions {
    bool recommends; /* readers recommend; the third order is offered */
    bool picks;      /* editors' picks are marked; who is signed in (view_context.viewer) may pick */
    slice token;     /* hidden field `token` of a recommendation */
};

struct view_discussion {
    const struct view_article *article; /* with body when is_article */
    bool is_article;          /* at the article's own address (whole article, then the newest page); otherwise at
                        …/comments/{page}, where the article is only named */
    int64_t page, page_count; /* from 1 */
    enum view_order order; /* newest first: threads turned round here, pages stay the same; most recommended: pages of
                                 their own */
    const struct view_thread *threads; /* by ordinal, whatever the order; most recommended: as they are to stand */
    size_t thread_count;
    const struct view_comment *own; /* the reader's own pending messages: only on a page rendered for that person */
    size_t own_count;
    const struct view_charter *charter; /* NULL: none */
    const struct view_form *form;       /* NULL: no messages are taken; article->accepts_comments says so in words */
    const struct view_article *related; /* 'see also': headline, language, address, date; with is_article */
    size_t related_count;
    struct view_reactions reactions;
    const struct view_comment *picks; /* pinned above the messages */
    size_t pick_count;
    int64_t fold_lines; /* longer messages fold after so many lines; 0: none do */
    /* Of a page for all readers only. made not NULL: *made gets the page's threads as they were rendered (NULL when there are
       none), the caller's; those that stand unchanged in former (NULL: none) are taken from there. Same bytes either way. */
    const struct view_parts *former;
    struct view_parts **made;
};
enum status view_discussion(const struct view_context *context, const struct view_discussion *page, struct buf *out,
                            struct error *error) MUST_USE;

/* The fragment that site.js fetches from address_own and puts in place: one article element per message. */
enum status view_own(const struct view_context *context, const struct view_article *article,
                     const struct view_comment *own, size_t own_count, struct buf *out, struct error *error) MUST_USE;

struct view_thread_page {
    const struct view_article *article; /* body not looked at */
    const struct view_thread *thread;
    int64_t page, page_count;
    const struct view_comment *own;
    size_t own_count;
    const struct view_charter *charter;
    const struct view_form *form;
    struct view_reactions reactions;
    int64_t fold_lines;
};
enum status view_thread(const struct view_context *context, const struct view_thread_page *page, struct buf *out,
                        struct error *error) MUST_USE;

/* With the markup of its texts, which otherwise each page makes that shows it; in the arena, its own texts borrowed. */
const struct view_charter *view_charter_made(struct arena *arena, const struct view_charter *charter);
enum status view_charter(const struct view_context *context, const struct view_charter *charter, struct buf *out,
                         struct error *error) MUST_USE;

#endif
