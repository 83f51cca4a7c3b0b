/* Sign-in, first set-up, errors. Never shared (errors without kept text may be), never indexed. As page_read.h. */
#ifndef PALABRE_VIEW_PAGE_SYSTEM_H
#define PALABRE_VIEW_PAGE_SYSTEM_H

#include "base/buf.h"
#include "base/error.h"
#include "view/context.h"
#include "view/form.h"

/* POST /sign-in: fields account, password, next, token. */
enum view_sign_in_notice { VIEW_SIGN_IN_NOTHING, VIEW_SIGN_IN_SIGNED_OUT, VIEW_SIGN_IN_NEEDED /* session ended */ };
struct view_sign_in {
    slice account; /* as typed */
    slice next;    /* where to go after: a local address, checked by the app; may be empty */
    slice token;
    enum view_sign_in_notice notice;
    const struct view_problem *problems;
    size_t problem_count;
};
enum status view_sign_in(const struct view_context *context, const struct view_sign_in *page, struct buf *out,
                         struct error *error) MUST_USE;

/* POST /set-up/{secret}: fields account, name (displayed), password, password_again, publication, tagline, language,
   time_zone, token. */
struct view_setup {
    slice secret, token;
    slice account, name, publication, tagline, language, time_zone; /* as typed, or the defaults */
    int64_t password_min;                                           /* characters */
    const struct view_problem *problems;
    size_t problem_count;
};
enum status view_setup(const struct view_context *context, const struct view_setup *page, struct buf *out,
                       struct error *error) MUST_USE;

/* Says what happened, what was kept, what to do next. */
enum view_error_about {
    VIEW_ERROR_PAGE, /* nothing in particular */
    VIEW_ERROR_ARTICLE,
    VIEW_ERROR_COMMENT, /* 404, 410 */
    VIEW_ERROR_MESSAGE, /* a private link */
    VIEW_ERROR_FORM,    /* 403, 413, 422, 429: what was sent */
    VIEW_ERROR_SETUP,   /* the one-time address is spent */
};
struct view_error {
    int http_status; /* 400…599; an unknown one is said in general words */
    enum view_error_about about;
    slice kept_text;       /* what had been typed, given back in a field to copy from; empty: nothing */
    slice back;            /* local address to go back to; empty: the home page */
    slice request_id;      /* printed for 5xx; may be empty */
    int64_t retry_after_s; /* 429, 503; 0: unknown */
};
enum status view_error(const struct view_context *context, const struct view_error *page, struct buf *out,
                       struct error *error) MUST_USE;

/* There is more to do than the machine can: made on a loop, so short, and without anything that must be read from the
   database (of the context's site only the language is used). What was sent is given back in a form that sends the same
   again: what is long, or has several lines, to be seen. */
struct view_busy_field {
    slice name, value;
};
struct view_busy {
    bool away;    /* not too many requests, but no database */
    slice action; /* where the form goes; empty: there is nothing to give back */
    const struct view_busy_field *fields;
    size_t field_count;
    slice back;            /* local address to ask again; for what was not given back */
    int64_t retry_after_s; /* 0: unknown */
};
enum status view_busy(const struct view_context *context, const struct view_busy *page, struct buf *out,
                      struct error *error) MUST_USE;

#endif
