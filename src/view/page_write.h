/* Pages of those who write: composing, what became of the message, reporting. Rendered for one person, never shared,
   never indexed. Functions as in page_read.h. */
#ifndef PALABRE_VIEW_PAGE_WRITE_H
#define PALABRE_VIEW_PAGE_WRITE_H

#include "base/buf.h"
#include "base/error.h"
#include "view/article.h"
#include "view/context.h"
#include "view/form.h"

/* What proofreading says beside a preview. Fields it adds to the form: word_N and fix_N (empty: keep the word) for each
   word, meant (1: the unknown words, or the language, are meant). */
struct view_proofreading_word {
    slice word;
    const slice *suggestions;
    size_t count;
    bool pending; /* suggestions are still being looked for */
};
enum view_advice_kind {
    VIEW_ADVICE_SPELLING,
    VIEW_ADVICE_FOREIGN,
    VIEW_ADVICE_CAPITALS,
    VIEW_ADVICE_SHORT,
    VIEW_ADVICE_LONG,
    VIEW_ADVICE_REPEATED,
};
struct view_advice {
    enum view_advice_kind kind;
    bool required;
    int64_t count, limit;
    slice language; /* FOREIGN: of the message; empty: not known */
};
struct view_proofreading {
    struct html html; /* of the preview, its unknown words marked */
    const struct view_proofreading_word *words;
    size_t word_count;
    const struct view_advice *advice;
    size_t advice_count;
    bool asks, confirmed;
    slice language; /* of the discussion */
};

/* GET /comments/N/reply, and what POST /articles/N/comments gives back: for `preview`, for `send` with problems. */
struct view_compose {
    const struct view_article *article;
    const struct view_form *form;
    const struct view_comment *answered;          /* of a reply: the message it answers; NULL: a root comment */
    const struct view_comment *preview;           /* the message as it will stand; NULL: only the form */
    const struct view_charter *charter;           /* NULL: none */
    const struct view_proofreading *proofreading; /* of the preview */
};
enum status view_compose(const struct view_context *context, const struct view_compose *page, struct buf *out,
                         struct error *error) MUST_USE;

/* After sending. */
struct view_received {
    const struct view_article *article;
    const struct view_comment *message; /* state PENDING, or PUBLISHED under post-moderation */
    slice secret;                       /* of the private link; empty: not known (sent twice) */
    bool repeated;                      /* the same form came before: said, nothing new was written */
};
enum status view_received(const struct view_context *context, const struct view_received *page, struct buf *out,
                          struct error *error) MUST_USE;

/* /comments/N/recommend */
enum view_recommend_fault {
    VIEW_RECOMMEND_FINE,
    VIEW_RECOMMEND_STALE, /* the form's token is too old */
    VIEW_RECOMMEND_OWN,   /* the reader's own message */
    VIEW_RECOMMEND_BLOCK, /* enough came from the same network */
};
struct view_recommend {
    const struct view_article *article;
    const struct view_comment *comment;
    bool recommended; /* by this reader, already */
    enum view_recommend_fault fault;
    slice token;
};
enum status view_recommend(const struct view_context *context, const struct view_recommend *page, struct buf *out,
                           struct error *error) MUST_USE;

/* /messages/{secret}; its edit form has action = save (or nothing) | preview, and what proofreading adds. */
enum view_message_notice { VIEW_MESSAGE_NOTHING, VIEW_MESSAGE_SAVED, VIEW_MESSAGE_WITHDRAWN };
struct view_message {
    const struct view_article *article;
    const struct view_comment *message; /* html of what stands now */
    slice secret;
    slice version; /* hidden field `version` of the edit form; text, as it came */
    bool may_edit, may_withdraw;
    const struct view_form *form; /* name, text, title and problems of the edit form; NULL when it may not be edited */
    const struct view_comment *preview; /* the message as it will stand with what is in the form; NULL: not asked for */
    const struct view_proofreading *proofreading; /* of the preview; it asks nothing to be confirmed */
    slice token;                                  /* hidden field `token` of both forms */
    enum view_message_notice notice;              /* what has just been done */
    time_ms decided_at;                           /* the last decision that stands; 0: none */
    time_ms edit_until;                           /* published, and may still be edited; 0: no such limit */
    slice rule_title;                             /* of a refusal, where the site gives reasons; may be empty */
    slice reason;
};
enum status view_message(const struct view_context *context, const struct view_message *page, struct buf *out,
                         struct error *error) MUST_USE;

/* /comments/{number}/report: fields rule, text, name, email, token, VIEW_HONEYPOT. */
struct view_report {
    const struct view_article *article;
    const struct view_comment *comment; /* NULL: the article itself is reported */
    const struct view_charter *charter; /* its rules are the choice; NULL: none */
    slice rule_code, text, name, email; /* as typed */
    slice token;
    const struct view_problem *problems;
    size_t problem_count;
    bool repeated; /* this reader has an open report about it: said instead of the form */
};
enum status view_report(const struct view_context *context, const struct view_report *page, struct buf *out,
                        struct error *error) MUST_USE;

/* /reports/{secret}: what came of a report. */
enum view_report_state { VIEW_REPORT_OPEN, VIEW_REPORT_UPHELD, VIEW_REPORT_DISMISSED };
struct view_receipt {
    const struct view_article *article;
    int64_t number;  /* of the report */
    int64_t comment; /* 0: the article itself */
    bool is_public;  /* what was reported can still be read */
    slice rule;      /* its title; empty: something else */
    slice text, email;
    enum view_report_state state;
    bool withdrawn;        /* by its author: nobody decided about it */
    time_ms at, closed_at; /* closed_at 0: open */
    slice answer;
    slice secret; /* of this page */
    bool sent;    /* just now */
};
enum status view_receipt(const struct view_context *context, const struct view_receipt *page, struct buf *out,
                         struct error *error) MUST_USE;

#endif
