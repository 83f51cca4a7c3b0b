/* The desk's page about mail, /moderation/mail: what waits, what failed and why, which addresses are paused. Its forms, all
   POST with `csrf`: …/resume (address), …/pause (email), …/failed (action = retry | forget). Functions as in page_read.h. */
#ifndef PALABRE_VIEW_PAGE_DESK_MAIL_H
#define PALABRE_VIEW_PAGE_DESK_MAIL_H

#include "base/buf.h"
#include "base/error.h"
#include "view/form.h"
#include "view/page_desk.h"

struct view_outgoing {
    slice kind; /* domain/outbox.h's name */
    slice headline;
    int64_t comment; /* 0: none */
    time_ms created_at, next_at;
    int64_t attempts;
    slice error;
};
struct view_paused {
    slice id; /* for the form */
    slice email, reason;
    time_ms paused_at;
};
struct view_desk_mail {
    slice server; /* smtp_url; empty: no mail is sent */
    int64_t waiting, failed, subscriptions, paused;
    time_ms oldest; /* that waits; 0: none */
    const struct view_outgoing *waiting_rows, *failed_rows;
    size_t waiting_count, failed_count;
    const struct view_paused *paused_rows;
    size_t paused_count;
    bool saved;  /* something has just been done */
    slice email; /* as typed into the form to pause one */
    const struct view_problem *problems;
    size_t problem_count;
    time_ms now;
};
enum status view_desk_mail(const struct view_context *context, const struct view_desk_mail *page, struct buf *out,
                           struct error *error) MUST_USE;

#endif
