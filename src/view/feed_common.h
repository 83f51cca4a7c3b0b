/* What the three formats share. Not for other rooms. */
#ifndef PALABRE_VIEW_FEED_COMMON_H
#define PALABRE_VIEW_FEED_COMMON_H

#include "view/feed.h"
#include "view/page_common.h"

/* One feed, its words ready. */
struct feed__head {
    slice title, subtitle, language;
    slice self, home;   /* absolute */
    slice id;           /* a URI for ever */
    time_ms updated_at; /* of the newest entry; 0: none */
};

struct feed__entry {
    slice id;   /* a URI for ever: without the slug, which may change */
    slice link; /* absolute */
    slice title, author, language;
    slice summary; /* plain; may be empty */
    slice content; /* HTML, its addresses absolute */
    slice category;
    time_ms published_at, updated_at;
    /* of an article */
    bool has_discussion;
    int64_t comment_count;
    slice discussion; /* absolute, as are its feeds */
    slice discussion_atom, discussion_rss, discussion_json;
    /* of a comment */
    slice answers_id, answers_link; /* empty: it answers nothing */
};

struct feed__writer {
    void (*begin)(const struct view__page *p, const struct feed__head *head, struct buf *out);
    void (*entry)(const struct view__page *p, const struct feed__entry *entry, bool first, struct buf *out);
    void (*end)(struct buf *out);
};
extern const struct feed__writer feed__atom, feed__rss, feed__json;

#endif
