/* What the pages show: articles, comments, threads, the charter. Mirrors of the domain's structs, with what a reader may
   see and nothing else. Texts are as typed (typography is applied on display, in the text's own language); html is the
   text room's. */
#ifndef PALABRE_VIEW_ARTICLE_H
#define PALABRE_VIEW_ARTICLE_H

#include "base/clock.h"
#include "base/slice.h"
#include "text/html.h"

enum view_article_kind { VIEW_ARTICLE_PLAIN, VIEW_ARTICLE_EXCERPT, VIEW_ARTICLE_PAGE };

struct view_article {
    int64_t id;
    enum view_article_kind kind;
    bool is_draft; /* not published: shown to an editor only, never indexed */
    slice slug, language;
    slice headline, standfirst, byline;
    struct html body;                                           /* empty in lists */
    slice section_slug, section_title;                          /* empty: none */
    slice source_url, source_site, source_author, source_title; /* of a press excerpt */
    time_ms source_date;                                        /* 0: unknown */
    time_ms published_at;                                       /* 0: not yet */
    time_ms updated_at;                                         /* 0, or not after published_at: never corrected */
    int64_t comment_count;                                      /* published */
    bool accepts_comments;
};

enum view_comment_state {
    VIEW_COMMENT_PUBLISHED,
    VIEW_COMMENT_PENDING,
    VIEW_COMMENT_REJECTED,
    VIEW_COMMENT_SPAM,
    VIEW_COMMENT_REMOVED,   /* a stub: name, title and text are not looked at */
    VIEW_COMMENT_WITHDRAWN, /* likewise */
};

enum view_badge { VIEW_BADGE_NONE, VIEW_BADGE_AUTHOR, VIEW_BADGE_MODERATOR, VIEW_BADGE_MEMBER };

struct view_comment {
    int64_t number;    /* 0: not sent yet (a preview) */
    int64_t root;      /* 0: it is a root comment */
    int64_t parent;    /* 0: it is a root comment */
    slice parent_name; /* 'in reply to' is shown when parent differs from root, or when the comment stands alone */
    enum view_comment_state state;
    enum view_badge badge;
    bool is_own;  /* the reader's own and pending: seen by nobody else */
    slice secret; /* of its private link, where it is known; only with is_own */
    slice name, title, language;
    slice website; /* empty, or http(s): looked at again */
    struct html html;
    time_ms submitted_at;
    time_ms published_at; /* 0: never; submitted_at is then shown */
    time_ms edited_at;    /* 0: never */
    bool edited_by_desk;
    int64_t recommendation_count;
    bool is_picked; /* by the editors */
};

struct view_thread {
    struct view_comment root;           /* may be a stub */
    const struct view_comment *replies; /* in their order; stubs among them */
    size_t reply_count;
    int64_t more_replies; /* beyond those: on the thread's own pages */
    int64_t more_page;    /* the first of these pages, for the link; 0: 2 */
};

struct view_rule {
    slice code, title, text, legal_ground; /* text: the Markdown of comments */
    struct html title_html, text_html;     /* where the charter is_made */
};

struct view_charter {
    int64_t version;
    slice language, introduction; /* introduction: the Markdown of comments */
    const struct view_rule *rules;
    size_t rule_count;
    time_ms created_at;
    bool is_made; /* view_charter_made (page_read.h) made it: its markup is there */
    struct html introduction_html;
};

#endif
