/* Pages about mails: following a discussion, and notices about one's own message. Rendered for one person, never shared,
   never indexed. Functions as in page_read.h. */
#ifndef PALABRE_VIEW_PAGE_FOLLOW_H
#define PALABRE_VIEW_PAGE_FOLLOW_H

#include "base/buf.h"
#include "base/error.h"
#include "view/article.h"
#include "view/context.h"
#include "view/form.h"

/* /articles/{id}/follow: fields email, frequency (each, daily), token, VIEW_HONEYPOT. */
struct view_follow_ask {
    const struct view_article *article;
    slice email; /* as typed */
    bool daily;
    slice token;
    const struct view_problem *problems;
    size_t problem_count;
    bool sent; /* what comes next, instead of the form: the same whatever is known of the address */
};
enum status view_follow_ask(const struct view_context *context, const struct view_follow_ask *page, struct buf *out,
                            struct error *error) MUST_USE;

enum view_follow_step {
    VIEW_FOLLOW_CONFIRM,   /* a button that confirms */
    VIEW_FOLLOW_CONFIRMED, /* just now; then as MANAGE */
    VIEW_FOLLOW_MANAGE,
    VIEW_FOLLOW_SAVED, /* as MANAGE */
    VIEW_FOLLOW_STOP,  /* a button that ends it */
    VIEW_FOLLOW_ENDED,
    VIEW_FOLLOW_ENDED_ALL,
    VIEW_FOLLOW_NEVER,
    VIEW_FOLLOW_GONE, /* the link leads nowhere (any more) */
};
struct view_follow_entry {
    slice headline, language, href; /* of the article */
    slice link;                     /* of the subscription */
    bool daily;
};
/* /follow/{link} and what stands below it. Fields: action = each | daily | stop | all | never. */
struct view_follow {
    enum view_follow_step step;
    const struct view_follow_entry *entries; /* the one of the link first; none for ENDED_ALL, NEVER, GONE */
    size_t entry_count;
    slice email; /* whose they are; empty: not said */
};
enum status view_follow(const struct view_context *context, const struct view_follow *page, struct buf *out,
                        struct error *error) MUST_USE;

/* /messages/{link}/notices. Fields: action = stop | start | never. */
enum view_notices_step { VIEW_NOTICES_ASK, VIEW_NOTICES_STOPPED, VIEW_NOTICES_STARTED, VIEW_NOTICES_NEVER };
struct view_notices {
    const struct view_article *article;
    enum view_notices_step step;
    int64_t number;
    slice link;
    bool wanted; /* as it is now */
};
enum status view_notices(const struct view_context *context, const struct view_notices *page, struct buf *out,
                         struct error *error) MUST_USE;

#endif
