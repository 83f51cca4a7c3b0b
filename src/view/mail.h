/* What mails say: subject, text and HTML from the templates mail/KIND.text and mail/KIND, in the language of the context. */
#ifndef PALABRE_VIEW_MAIL_H
#define PALABRE_VIEW_MAIL_H

#include "base/buf.h"
#include "base/error.h"
#include "view/article.h"
#include "view/context.h"

enum view_mail_kind {
    VIEW_MAIL_CONFIRM,   /* of a wish to follow a discussion */
    VIEW_MAIL_FOLLOWED,  /* … that is fulfilled already */
    VIEW_MAIL_MESSAGE,   /* one new message of a discussion */
    VIEW_MAIL_DIGEST,    /* those of a day */
    VIEW_MAIL_PUBLISHED, /* to its author */
    VIEW_MAIL_REFUSED,
    VIEW_MAIL_ANSWERED,
    VIEW_MAIL_RECEIVED, /* a report, to whoever made it */
    VIEW_MAIL_REPORT,   /* … and what was decided */
    VIEW_MAIL_TEST,
    VIEW_MAIL_KINDS
};

struct view_mail_message {
    const struct view_comment *comment;
    slice source; /* as typed, for the text part */
};

struct view_mail {
    enum view_mail_kind kind;
    const struct view_article *article; /* NULL for a test */
    const struct view_mail_message *messages;
    size_t message_count;
    bool more;        /* DIGEST: than are shown */
    int64_t number;   /* the recipient's own message, or report; 0: none */
    int64_t reported; /* RECEIVED, REPORT: the message; 0: the article itself */
    bool removed;     /* REFUSED: it had been published */
    bool upheld;      /* REPORT */
    bool withdrawn;   /* REPORT: its author took the message back, nobody decided */
    slice rule_title,
        reason; /* REFUSED, where the site gives reasons; of a report, its rule, and the moderators' answer */
    /* Paths; base_url is put before them. Empty: none */
    slice address; /* where the mail leads to */
    slice private; /* ANSWERED: the author's page */
    slice manage;  /* of a subscription */
    slice stop;    /* of notices about one's own message */
};

/* Appends to text and html; *subject lives in the context's arena. */
enum status view_mail_write(const struct view_context *context, const struct view_mail *mail, slice *subject,
                            struct buf *text, struct buf *html, struct error *error) MUST_USE;

#endif
