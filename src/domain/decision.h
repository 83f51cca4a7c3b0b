/* Moderators' decisions, the queue they come from, and their undoing. */
#ifndef PALABRE_DOMAIN_DECISION_H
#define PALABRE_DOMAIN_DECISION_H

#include "domain/discussion.h"

enum { DECISION_WORDS_MAX = 4000 /* characters of a note, of a reason */ };
struct decision_order {
    comment_number number;
    article_id article;   /* the comment's, where it is known; 0: it is looked up */
    int64_t version;      /* the comment's version the moderator saw; 0: whatever it is */
    enum comment_act act; /* PUBLISH, REJECT, SPAM, REMOVE */
    account_id by;        /* 0: the program itself */
    slice rule_code;      /* '' none */
    slice note;           /* private */
    slice reason;         /* for the author */
    slice answer;         /* to the readers whose reports it closes */
};
struct decision_result {
    decision_id id;
    article_id article;
    enum comment_state from, to;
    int64_t page;        /* root's page ordinal: the root ordinal of the touched thread, 0 none */
    comment_number root; /* of the touched thread */
};

/* Writer, in its transaction: state machine, ordinal on first publication, counters, discussion version, open reports
   closed, decision row, journal. CONFLICT: somebody decided meanwhile (or the act is not legal from its state): *other
   tells who and what. NOT_FOUND. */
struct decision_other {
    slice account_name; /* empty: its author */
    enum comment_state state;
    time_ms at;
};
enum status decision_make(struct db *db, struct arena *arena, const struct decision_order *order,
                          struct decision_result *out, struct decision_other *other, struct error *error) MUST_USE;

/* Writer: undoes the last decision on this comment that has not been undone: the state before it (its place in the
   discussion stays its own), the reports that it closed, the text that it edited. Undoing again goes one further back;
   an undo is not undone. CONFLICT when there is none, when it is not `expected` (0: whatever it is), when the author has
   withdrawn the message, or changed the text that the desk had edited. */
enum status decision_undo(struct db *db, struct arena *arena, comment_number number, decision_id expected,
                          account_id by, struct decision_result *out, struct error *error) MUST_USE;

/* Writer: the open reports of a comment are dismissed, the comment stays; answer: to whoever reported it. CONFLICT when there
   are none (any more). */
enum status decision_dismiss_reports(struct db *db, comment_number number, account_id by, slice note, slice answer,
                                     struct error *error) MUST_USE;

struct decision {
    decision_id id;
    comment_number comment;
    slice act; /* "publish" … "edit" "undo" "dismiss" */
    enum comment_state from, to;
    slice account_name; /* display name; empty: the program */
    slice rule_code, note, reason;
    time_ms at;
    bool undone;
};
struct decision_list {
    struct decision *items;
    size_t count;
};
enum status decision_list_comment(struct db *db, struct arena *arena, comment_number number, struct decision_list *out,
                                  struct error *error) MUST_USE;
/* The latest decisions of all (by 0) or of one moderator, newest first. */
enum status decision_list_latest(struct db *db, struct arena *arena, account_id by, size_t limit,
                                 struct decision_list *out, struct error *error) MUST_USE;

/* The queue. Keyset pages, each at the same cost however long the queue is. */
enum queue_kind {
    QUEUE_PENDING,  /* oldest first */
    QUEUE_REPORTED, /* with open reports: most reported first, then oldest */
    QUEUE_DECIDED   /* rejected, spam, removed by a decision that holds: newest decision first */
};
struct queue_entry {
    struct comment comment;
    slice article_headline, article_slug;
};
struct queue_page {
    struct queue_entry *items;
    size_t count;
    bool more;
    int64_t pending_count, report_count;
    time_ms oldest_pending; /* 0: none */
};
struct queue_filter {
    enum queue_kind kind;
    article_id article;   /* 0: all */
    comment_number after; /* keyset: entries after this one; 0: from the start */
    size_t limit;         /* 1..500 */
};
/* NOT_FOUND: filter->after was never given. It may have left the queue meanwhile. */
enum status queue_load(struct db *db, struct arena *arena, const struct queue_filter *filter, struct queue_page *out,
                       struct error *error) MUST_USE;

/* Their numbers alone, which is all that leading on to the next one takes. */
struct queue_numbers {
    comment_number *items;
    size_t count;
};
enum status queue_numbers_load(struct db *db, struct arena *arena, const struct queue_filter *filter,
                               struct queue_numbers *out, struct error *error) MUST_USE;

/* What a moderator sees beside a message. */
struct report {
    report_id id;
    comment_number comment;
    slice rule_code, text, name, email;
    slice state;           /* "open", "upheld", "dismissed" */
    time_ms at, closed_at; /* closed_at 0: open */
    article_id article;
    slice answer; /* to whoever reported; empty: none */
    slice told;   /* the state that a mail has told of; empty: none has */
};
struct author_history {
    int64_t published, rejected, spam, removed, pending; /* by device, else by address block */
    struct comment_list latest;                          /* up to 10, newest first, without this one */
    slice basis;                                         /* "device", "address" or "name": what was matched */
};
struct comment_file {
    struct comment comment;
    bool looked_at_later;   /* what it is like, or how it is written, is not among its checks yet */
    struct article article; /* without body */
    struct comment_list
        thread; /* root first, every state, by number; of a long one the 200 messages around this one, and `more` */
    struct author_history history;
    struct report *reports;
    size_t report_count;
    struct decision_list decisions;
    struct comment_revision *revisions;
    size_t revision_count;
    comment_number next, previous; /* in the pending queue; 0: none */
};
/* A dozen statements, whatever the length of thread and history. The arena needs room for some 200 messages. */
enum status comment_file_load(struct db *db, struct arena *arena, comment_number number, struct comment_file *out,
                              struct error *error) MUST_USE;

/* Writer: a reader's report about a published comment, or a published article. One open report per fingerprint (when there
   is one) and comment, or article: CONFLICT. NOT_FOUND when the comment is not published. INVALID, "field: what": neither a rule nor a text, a rule that
   the charter does not have, a text over REPORT_TEXT_MAX characters, control characters, not an e-mail address. */
enum { REPORT_TEXT_MAX = 2000 };
struct report_input {
    comment_number comment; /* 0: the article itself */
    article_id article;     /* where comment is 0 */
    slice rule_code, text, name, email, fingerprint;
    slice secret; /* of the receipt; empty: it has none */
};
enum status report_submit(struct db *db, const struct report_input *input, report_id *id, struct error *error) MUST_USE;

#endif
