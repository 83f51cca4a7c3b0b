/* What nodes say to each other: lines of text in announcements of a few kilobytes at most. The first line names the node,
   so that it does not hear itself; then a line each for

     T ARTICLE ROOT ORDINAL                      a thread of a discussion changed
     C ARTICLE ROOT ORDINAL OWN                  only counts shown with a message did, whose own ordinal is the last
     A ARTICLE                                   an article, or all of its discussion
     S                                           everything
     L KIND ARTICLE NUMBER VERSION COUNT GONE    what followers are told
     P ACCOUNT NUMBER NAME                       who has which message open at the desk
     W COUNT                                     so many messages were turned away

   A line that is not understood is passed over: a newer node may say more. Any thread. */
#ifndef PALABRE_APP_NODES_MESSAGE_H
#define PALABRE_APP_NODES_MESSAGE_H

#include "app/request.h"

enum { NODES_MESSAGE_MAX = 7000, NODES_NAME_MAX = 64 };

/* Calls say for each announcement that it takes to say all of it; the first status that is not OK ends it. */
enum status nodes_message_write(slice node, const struct request *r,
                                enum status (*say)(void *ctx, slice message, struct error *error), void *ctx,
                                struct error *error) MUST_USE;
void nodes_message_write_presence(struct buf *out, slice node, account_id account, slice name, comment_number number);
void nodes_message_write_turned_away(struct buf *out, slice node, int64_t count);

struct nodes_presence {
    account_id account;
    comment_number number;
    slice name;
};

struct nodes_message {
    slice node;
    struct touched *touched;
    size_t touched_count;
    bool all;
    struct live_change *changes;
    struct nodes_presence *presence; /* or NULL */
    int64_t turned_away;             /* 0: nothing is said of it */
};
/* In the arena; slices point into text. */
void nodes_message_read(struct arena *arena, slice text, struct nodes_message *out);

#endif
