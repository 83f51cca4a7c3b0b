/* What a message shows before a human has looked: words of the watch list, texts that are nearly the same, links, and how
   it was sent. Findings are data, kept with the message (comment.checks); the view puts them into words. Beside those of
   comment_text.h:
     {"check":"word","as":"s@lope","entry":"salope","action":"hold","rule":"insult","field":"text"}
     {"check":"expression", … the same}
     {"check":"similar","count":3,"percent":92,"comments":[124,123]}    by so many authors; added soon after: likeness_due.h
     {"check":"links_first","count":1}          links in its author's first message
     {"check":"network","count":12,"minutes":10}  messages from the same network
     {"check":"author","count":6,"minutes":10}    messages from the same device
     {"check":"quick","count":2}                sent so many seconds after the form was there
     {"check":"blind"}                          sent without the page that has the button
     {"check":"waited"}                         without a proof of work when one was asked for */
#ifndef PALABRE_DOMAIN_ABUSE_H
#define PALABRE_DOMAIN_ABUSE_H

#include "domain/comment.h"
#include "domain/watch.h"

enum { ABUSE_WINDOW_MINUTES = 10 };

/* How it was sent, as far as the caller knows. */
struct abuse_sending {
    int64_t network_messages, author_messages; /* in the window, this one included; 0: not counted */
    int64_t form_seconds;                      /* -1: not known */
    bool blind, waited;
};

/* Worker, read connection: looks at a draft that comment_prepare accepted. Adds to draft->checks, sets what is to become
   of it (draft->fate), what it is found by (draft->likeness) and, where it is not to be taken, adds to problems (FAULT_WORDS, FAULT_LINKS: INVALID). refused (may
   be NULL): the words that were refused, as typed, for its author. overran: expressions to be reported with
   watch_overran. Messages of the house are not looked at. scratch: for what nobody needs afterwards, some twenty times
   the text. */
struct abuse_report {
    slice refused[4];
    size_t refused_count;
    int64_t overran[4];
    size_t overran_count;
};
enum status abuse_look(struct db *db, struct arena *arena, struct arena *scratch, const struct watch_list *list,
                       const struct site_options *options, const struct abuse_sending *sending,
                       struct comment_draft *draft, struct comment_problems *problems, struct abuse_report *out,
                       struct error *error) MUST_USE;

#endif
