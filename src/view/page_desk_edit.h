/* The editors' pages: the articles, one article's form, its preview, its earlier texts. Functions as in page_read.h.

   Forms (POST, each with `csrf`):
     /moderation/articles/new, /moderation/articles/{id}
         headline, standfirst, byline, body, section (its slug), language, kind, source_url, source_site, source_author,
         source_title, source_date (YYYY-MM-DD), related, moderation, discussion, revision; was_moderation and was_discussion are
         what stood when the form was made, so that a switch a colleague has turned meanwhile stays as the colleague put
         it; action = preview | edit | accept | save | publish | withdraw | draft
     /moderation/articles/{id}/discussion
         discussion (open, closed), moderation (missing: as it is), next (articles: back to the list) */
#ifndef PALABRE_VIEW_PAGE_DESK_EDIT_H
#define PALABRE_VIEW_PAGE_DESK_EDIT_H

#include "view/article.h"
#include "view/form.h"
#include "view/page_desk.h"

enum view_article_state { VIEW_ARTICLE_DRAFT, VIEW_ARTICLE_PUBLISHED, VIEW_ARTICLE_WITHDRAWN };
enum view_moderation { VIEW_MODERATION_INHERIT, VIEW_MODERATION_PRE, VIEW_MODERATION_POST, VIEW_MODERATION_CLOSED };
slice view_moderation_name(enum view_moderation moderation); /* "", "pre", "post", "closed" */

/* How an article stands. */
struct view_article_status {
    enum view_article_state state;
    enum view_moderation effective; /* what holds for its messages */
    bool discussion_closed;         /* by the editor */
    bool accepts_comments;
    int64_t comment_count, pending_count;
    time_ms published_at, changed_at; /* 0: not yet */
};

/* What has just been done. */
enum view_article_notice {
    VIEW_ARTICLE_NOTHING,
    VIEW_ARTICLE_SAVED,
    VIEW_ARTICLE_NOW_PUBLISHED,
    VIEW_ARTICLE_NOW_WITHDRAWN,
    VIEW_ARTICLE_NOW_DRAFT,
    VIEW_ARTICLE_OPENED,
    VIEW_ARTICLE_CLOSED,
    VIEW_ARTICLE_PAGE_READ, /* for an excerpt; nothing is saved */
};

struct view_article_row {
    const struct view_article *article; /* without body */
    struct view_article_status status;
};
struct view_desk_articles {
    const struct view_article_row *rows; /* the newest change first */
    size_t count;
    bool more;     /* older ones exist: linked as ?before=… of the last */
    bool is_older; /* this page was asked for with ?before=… */
    slice here;    /* its address, where the switches lead back to */
    enum view_article_notice notice;
    slice notice_headline; /* of the article concerned */
    time_ms now;
};
enum status view_desk_articles(const struct view_context *context, const struct view_desk_articles *page,
                               struct buf *out, struct error *error) MUST_USE;

/* As typed, or as stored. */
struct view_article_form {
    int64_t id; /* 0: new */
    int64_t revision;
    slice headline, standfirst, byline, body;
    slice section, language, kind; /* section: its slug; empty: none */
    slice source_url, source_site, source_author, source_title, source_date;
    slice related; /* addresses of articles, one a line */
    slice moderation, discussion, was_moderation, was_discussion;
    slice proposal; /* what an excerpt could quote, where the text was not empty */
    slice send_key; /* of a new one: sent twice, it is one article */
    bool is_html;   /* the text is HTML (imported), not Markdown */
    const struct view_problem *problems;
    size_t problem_count;
};

struct view_article_revision {
    int64_t revision;
    time_ms replaced_at;
    slice replaced_by; /* display name; empty: not known */
};

/* A colleague saved while this form was open. */
struct view_article_conflict {
    slice saved_by; /* may be empty */
    time_ms saved_at;
    slice headline, standfirst, body; /* as they stand now */
};

struct view_desk_article {
    const struct view_article_form *form;
    const struct view_article_status *status;      /* NULL: new */
    slice slug;                                    /* for its public address */
    const struct view_article_conflict *conflict;  /* NULL: none */
    const struct view_article_revision *revisions; /* newest first */
    size_t revision_count;
    const struct view_article *related; /* proposed by likeness */
    size_t related_count;
    enum view_article_notice notice;
    int64_t from_revision; /* the form holds this earlier text, not yet saved; 0: no */
    time_ms now;
};
enum status view_desk_article(const struct view_context *context, const struct view_desk_article *page, struct buf *out,
                              struct error *error) MUST_USE;

/* An article exactly as readers will see it, under a bar with what to do next. Made with the context of the article's
   language, like the reader's page. */
struct view_article_preview {
    const struct view_article *article; /* with body; is_draft not looked at */
    enum view_article_state state;
    const struct view_article_form *form; /* what is not saved yet, carried along; NULL: as stored */
    int64_t id;                           /* 0: new */
};
enum status view_article_preview(const struct view_context *context, const struct view_article_preview *page,
                                 struct buf *out, struct error *error) MUST_USE;

/* A text that the article had before. */
struct view_desk_revision {
    int64_t id; /* the article's */
    struct view_article_revision revision;
    slice headline, standfirst, body, language;
    time_ms now;
};
enum status view_desk_revision(const struct view_context *context, const struct view_desk_revision *page,
                               struct buf *out, struct error *error) MUST_USE;

#endif
