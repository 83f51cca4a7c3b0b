/* The outbox: what is to be sent, written in the transaction that causes it. A row says what it is about and whom it is for,
   never an address: that is looked up when it is sent. The courier takes one row at a time for the length of a lease, sends,
   and deletes it: at least once, as a process that dies in between leaves its row to be taken again: by itself when it is back, by another when the lease is over.

   kind        about                            for
   state       a comment's state has changed    nobody yet: notice_due says who is to be told. Held for a while before, so that
                                                a decision that is undone at once sends nothing
   published   comment                          its author
   refused     comment (rejected or removed)    its author
   answered    comment, answer                  the author of comment
   message     comment                          a follower
   digest      what is new in the article       a follower
   received    report                           who reported and left an address: that it has come
   report      report                           the same: what was decided. Held for a while, as `state` is
   follow      the wish to follow the article   who asked: to be confirmed, or, where it is already, to be managed */
#ifndef PALABRE_DOMAIN_OUTBOX_H
#define PALABRE_DOMAIN_OUTBOX_H

#include "domain/site.h"

enum outbox_kind {
    OUTBOX_STATE,
    OUTBOX_PUBLISHED,
    OUTBOX_REFUSED,
    OUTBOX_ANSWERED,
    OUTBOX_MESSAGE,
    OUTBOX_DIGEST,
    OUTBOX_FOLLOW,
    OUTBOX_RECEIVED,
    OUTBOX_REPORT,
    OUTBOX_KINDS
};
slice outbox_kind_name(enum outbox_kind kind); /* as stored: "state" */

struct outbox_item {
    int64_t id;
    enum outbox_kind kind;
    article_id article;
    comment_number comment, answer; /* 0: none */
    int64_t subscription;           /* 0: none */
    report_id report;               /* 0: none */
    time_ms created_at;
    int64_t attempts; /* before this one */
};

/* Writer: takes the next due row. NOT_FOUND: there is none. owner: of this process; held_ms: how long kinds `state` and `report` wait. */
struct outbox_claim {
    slice owner;
    time_ms now;
    int64_t lease_ms, held_ms;
};
enum status outbox_take(struct db *db, const struct outbox_claim *claim, struct outbox_item *out,
                        struct error *error) MUST_USE;
/* When the next row is due, or a lease ends; INT64_MAX: there is none. Read connection. */
enum status outbox_next(struct db *db, int64_t held_ms, time_ms *next, struct error *error) MUST_USE;
/* Writer: what became of a row that was taken. Nothing happens where the lease was lost meanwhile. */
enum status outbox_done(struct db *db, int64_t id, slice owner, struct error *error) MUST_USE;
/* counts: it was an attempt of its own (and not that no server could be reached). */
enum status outbox_again(struct db *db, int64_t id, slice owner, time_ms next, bool counts, slice why,
                         struct error *error) MUST_USE;
enum status outbox_fail(struct db *db, int64_t id, slice owner, time_ms now, slice why, struct error *error) MUST_USE;
/* Writer, at start, where no other process can hold a lease. */
enum status outbox_release_all(struct db *db, struct error *error) MUST_USE;
/* Writer, at start: where the process that had this name before has ended. */
enum status outbox_release(struct db *db, slice owner, struct error *error) MUST_USE;
/* Writer: rows that failed before that time are forgotten. */
enum status outbox_purge(struct db *db, time_ms before, struct error *error) MUST_USE;

/* For the desk. */
struct outbox_figures {
    int64_t waiting, failed, subscriptions, paused;
    time_ms oldest; /* that waits; 0: none */
};
enum status outbox_count(struct db *db, struct outbox_figures *out, struct error *error) MUST_USE;
struct outbox_row {
    int64_t id;
    enum outbox_kind kind;
    slice headline; /* of the article */
    comment_number comment;
    time_ms created_at, next_at;
    int64_t attempts;
    slice error;
};
struct outbox_list {
    struct outbox_row *items;
    size_t count;
};
enum status outbox_list_load(struct db *db, struct arena *arena, bool failed, size_t limit, struct outbox_list *out,
                             struct error *error) MUST_USE;
/* Writer: those that failed are tried again from the start, or forgotten. Journalled. */
enum status outbox_retry_failed(struct db *db, time_ms now, account_id by, struct error *error) MUST_USE;
enum status outbox_forget_failed(struct db *db, account_id by, struct error *error) MUST_USE;

/* For this room: a row for a subscription, kind `follow`. */
enum status outbox__add_follow(struct db *db, article_id article, int64_t subscription, time_ms now,
                               struct error *error) MUST_USE;
/* For this room, while they are still open: that a report came; that it, or those about a comment, are being closed. Only
   of those with an address. */
enum status outbox__add_received(struct db *db, article_id article, report_id report, time_ms now,
                                 struct error *error) MUST_USE;
enum status outbox__add_report(struct db *db, article_id article, report_id report, time_ms now,
                               struct error *error) MUST_USE;
enum status outbox__add_reports(struct db *db, article_id article, comment_number number, time_ms now,
                                struct error *error) MUST_USE;

#endif
