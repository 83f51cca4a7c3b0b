/* The moderators' page: the queue, and beside it a message with all that is known of it. One page for both addresses,
   /moderation and /moderation/comments/{number}; and the form that edits a message. Functions as in page_read.h.

   Its forms (all POST, with `csrf`; `queue` and `article` carry the filter along):
     /moderation/decide                    numbers ("12:3": number and version), act, rule
     /moderation/undo                      decision ("12:900": number and decision), repeated
     /moderation/comments/{number}/decide  act ("publish", "spam", "reject", "remove", the latter also with a rule:
                                           "reject:insult"), rule, version, note, reason, answer
     /moderation/comments/{number}/undo    decision
     /moderation/comments/{number}/dismiss note, answer
     /moderation/comments/{number}/edit    name, title, text, note, version */
#ifndef PALABRE_VIEW_PAGE_DESK_QUEUE_H
#define PALABRE_VIEW_PAGE_DESK_QUEUE_H

#include "view/article.h"
#include "view/form.h"
#include "view/page_desk.h"
#include "view/page_write.h"

enum view_queue { VIEW_QUEUE_PENDING, VIEW_QUEUE_REPORTED, VIEW_QUEUE_DECIDED };
slice view_queue_name(enum view_queue queue); /* "pending": in addresses and forms */
bool view_queue_parse(slice name, enum view_queue *out);

struct view_queue_filter {
    enum view_queue queue;
    int64_t article; /* 0: all */
};
/* /moderation?queue=reported&article=3&after=12; after 0: from the start. */
slice view_queue_address(struct arena *arena, const struct view_queue_filter *filter, int64_t after);
/* /moderation/comments/12?queue=reported */
slice view_queue_message_address(struct arena *arena, const struct view_queue_filter *filter, int64_t number);

/* A ban (page_desk_guard.h). */
struct view_ban {
    int64_t id;
    slice kind; /* "device", "network" */
    int64_t comment;
    slice name, note, by_name, revoked_by_name;
    time_ms created_at, ends_at, revoked_at;
};

/* What a check saw; the view says it in words. */
struct view_check {
    slice code;              /* as domain/comment_text.h and domain/abuse.h list them; another one is shown as it is */
    int64_t count;           /* links, characters, messages, authors, seconds; 0: not said */
    int64_t minutes;         /* in so many; percent, of "similar" */
    const int64_t *comments; /* the other messages */
    size_t comment_count;
    slice as, entry, rule, field; /* of words and expressions: as typed, in the list, the rule's title, where */
    bool serious;                 /* the message is held, or marked as spam, for it */
    slice language;               /* of "foreign": the message's; empty: not known */
    const slice *words;           /* of "spelling": some of them */
    size_t word_count;
};

struct view_queue_entry {
    const struct view_comment *comment;
    int64_t version;
    slice headline; /* the article's */
    const struct view_check *checks;
    size_t check_count;
    int64_t report_count;
    slice opened_by; /* a colleague who has it open; empty: nobody */
};

struct view_queue_list {
    struct view_queue_filter filter;
    slice article_headline; /* of the filter */
    const struct view_queue_entry *entries;
    size_t count;
    bool more;     /* entries follow the last */
    int64_t after; /* this page follows that message; 0: it is the first */
    int64_t pending_count, report_count;
    int64_t article_reports; /* open ones about articles: they have a page of their own */
    time_ms oldest_pending;  /* 0: none */
};

struct view_decision {
    int64_t id;
    slice act; /* "publish" … "edit", "undo", "dismiss" */
    enum view_comment_state to;
    slice account_name; /* empty: the program */
    slice rule;         /* its title, or its code when the charter has it no more; empty: none */
    slice note, reason;
    time_ms at;
    bool undone;
    bool may_undo; /* the last one that holds */
};

struct view_report_entry {
    slice rule, text, name, email; /* rule as above */
    enum view_report_state state;
    time_ms at;
    slice answer; /* to whoever reported; empty: none */
};

struct view_revision {
    time_ms replaced_at;
    bool by_desk; /* who replaced it */
    slice name, title, text;
};

enum view_history_basis { VIEW_HISTORY_DEVICE, VIEW_HISTORY_ADDRESS, VIEW_HISTORY_NAME };
struct view_history {
    enum view_history_basis basis;
    int64_t published, rejected, spam, removed, pending;
    const struct view_comment *latest; /* newest first */
    size_t latest_count;
};

/* Somebody decided meanwhile. */
struct view_late {
    int64_t number;
    slice account_name; /* empty: its author */
    enum view_comment_state state;
    time_ms at;
};

/* A message with all that is known of it. */
struct view_case {
    const struct view_comment *comment;
    const struct view_article *article; /* without body */
    int64_t version, charter_version;
    slice email;
    const struct view_check *checks;
    size_t check_count;
    bool looked_at_later; /* more checks may come by themselves */
    const slice *words;   /* that no dictionary knows, and the site has not either */
    size_t word_count;
    const struct view_comment *thread; /* its root, those before it, it, those after; every state */
    size_t thread_count;
    bool thread_cut; /* the thread is longer than that */
    struct view_history history;
    const struct view_report_entry *reports; /* newest first */
    size_t report_count;
    int64_t open_reports;
    const struct view_decision *decisions; /* newest first */
    size_t decision_count;
    const struct view_revision *revisions; /* newest first */
    size_t revision_count;
    slice text;                    /* as typed, which the newest was replaced by */
    const struct view_rule *rules; /* of the charter in force */
    size_t rule_count;
    bool may_publish, may_reject, may_spam, may_remove;
    const struct view_ban *bans; /* that hold for its sender */
    size_t ban_count;
    bool may_ban_device, may_ban_network; /* it is known */
    int64_t next, previous;               /* in the queue of the filter; 0: none */
    slice opened_by;
    bool may_pick;                /* it can be made an editors' pick, or no longer be one */
    bool reason_is_sent;          /* the site tells authors the reason of a refusal */
    slice note, reason, answer;   /* as typed, where the form comes back */
    const struct view_late *late; /* the decision that was just sent came too late; NULL: no */
    bool late_undo;               /* it was an undo */
};

/* What has just been done. */
struct view_done {
    int64_t number, decision;
    slice act;
    enum view_comment_state to;
    bool may_undo;
};

struct view_desk_queue {
    struct view_queue_list list;
    const struct view_case *message; /* NULL: none */
    bool is_message;                 /* asked for by its own address: on a narrow screen it stands alone */
    time_ms now;
    const struct view_done *done; /* one notice for all that was done at once */
    size_t done_count;
    const struct view_late *late; /* of several: those that a colleague had decided meanwhile */
    size_t late_count;
    bool nothing_chosen; /* several were to be decided, and none was ticked */
};
enum status view_desk_queue(const struct view_context *context, const struct view_desk_queue *page, struct buf *out,
                            struct error *error) MUST_USE;

struct view_desk_edit {
    const struct view_comment *comment; /* as it stands */
    const struct view_article *article;
    struct view_queue_filter filter;
    int64_t version;
    slice name, title, text, note; /* as typed, or as they stand */
    int64_t max_characters;
    const struct view_late *late; /* somebody changed it meanwhile; what was typed is kept. NULL: no */
    const struct view_problem *problems;
    size_t problem_count;
    time_ms now;
};
enum status view_desk_edit(const struct view_context *context, const struct view_desk_edit *page, struct buf *out,
                           struct error *error) MUST_USE;

/* JSON for desk.js: what colleagues do. {"pending":"14","reports":"2","open":[{"number":12,"text":"open at Camille's"}],
   "message":{"number":12,"version":3,"text":"Camille has published this message."}}; message.text only when late. */
struct view_presence {
    int64_t pending_count, report_count;
    const struct view_queue_entry *open; /* comment->number and opened_by alone are looked at */
    size_t open_count;
    int64_t number, version; /* of the message asked about; 0: none */
    const struct view_late *late;
    time_ms now;
};
void view_desk_presence(const struct view_context *context, const struct view_presence *presence, struct buf *out);

#endif
