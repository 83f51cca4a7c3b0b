/* What the moderators' handlers share: the filter that every address and form carries, and the page they all end on.
   Worker threads; everything in the request's arena. */
#ifndef PALABRE_APP_DESK_QUEUE_H
#define PALABRE_APP_DESK_QUEUE_H

#include "app/request.h"
#include "view/page_desk_queue.h"

/* Fields `queue` and `article` of form or query. */
struct view_queue_filter desk_filter(const struct request *r);

/* The message's page, with that filter. */
slice desk_message_address(struct request *r, comment_number number);

/* The page: the queue, and a message beside it. */
struct desk_page {
    struct view_queue_filter filter;
    comment_number after;  /* the list follows this message; 0: from the start */
    comment_number number; /* the message; 0: the first of the list that no colleague has open */
    bool is_message;       /* at the message's own address */
    const struct view_done *done;
    size_t done_count;
    const struct view_late *late; /* of several */
    size_t late_count;
    bool nothing_chosen;
    const struct view_late *overtaken; /* the decision on this one message came too late … */
    bool overtaken_undo;               /* … or the undo */
    slice note, reason, answer;        /* as typed */
};
/* Answers with it; 404 when there is no such message. */
void desk_reply(struct request *r, const struct desk_page *page, int http_status);

/* The message to go on with after `number`: the next of the queue that no colleague has open, else the first such one,
   else any; 0: the queue is empty. To be asked before the decision where the queue is not the pending one: what has left
   such a queue has no place in it any more. */
comment_number desk_next(struct request *r, const struct view_queue_filter *filter, comment_number number);

/* Who acted last upon a message, what it is now, and when: for those who come too late. NOT_FOUND: no such message. */
enum status desk_find_late(struct request *r, comment_number number, struct view_late *out,
                           struct error *error) MUST_USE;

/* Where one goes after an act: to `next`, or to the queue where it is 0; with the notices of what was done and of what
   was not. done: number and decision; late: number. */
struct desk_outcome {
    comment_number number;
    decision_id decision; /* 0: the newest one of this account on that message */
    bool late;
};
void desk_go_on(struct request *r, const struct view_queue_filter *filter, comment_number next,
                const struct desk_outcome *outcomes, size_t count);

/* What was typed: the field in NFC, its lines ended by LF, trimmed. False: too long or not text; *out is then as sent. */
bool desk_words(struct request *r, const char *field, slice *out);

#endif
