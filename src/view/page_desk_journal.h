/* The journal, and one's own sessions. Functions as in page_read.h. */
#ifndef PALABRE_VIEW_PAGE_DESK_JOURNAL_H
#define PALABRE_VIEW_PAGE_DESK_JOURNAL_H

#include "view/page_desk.h"

struct view_journal_datum {
    slice name, value;
};

struct view_journal_row {
    int64_t id, chain, sequence; /* chain: an article's id, or 0: the site */
    time_ms at;
    slice actor;      /* "account:3", "author", "reader", "system", "import" */
    slice actor_name; /* of an account; empty otherwise */
    slice act, subject;
    slice hash; /* hexadecimal */
    const struct view_journal_datum *data;
    size_t data_count;
};

struct view_desk_journal {
    slice subject;                       /* the filter; empty: all */
    const struct view_journal_row *rows; /* newest first */
    size_t count;
    bool more;
    int64_t before; /* this page follows that row; 0: it is the first */
    time_ms now;
};
enum status view_desk_journal(const struct view_context *context, const struct view_desk_journal *page, struct buf *out,
                              struct error *error) MUST_USE;

struct view_session {
    int64_t id;
    slice user_agent;
    time_ms created_at, last_seen_at, expires_at;
    bool current;
};
enum view_sessions_notice {
    VIEW_SESSIONS_NOTHING,
    VIEW_SESSIONS_CLOSED,
    VIEW_SESSIONS_GONE /* it had ended already */
};
struct view_desk_sessions {
    const struct view_session *sessions; /* the current one first */
    size_t count;
    enum view_sessions_notice notice;
    time_ms now;
};
enum status view_desk_sessions(const struct view_context *context, const struct view_desk_sessions *page,
                               struct buf *out, struct error *error) MUST_USE;

#endif
