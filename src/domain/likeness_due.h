/* What was put off when a message was taken (likeness_put_off): the keys it is found by, what it is like, and what
   proofreading has to say where its words were left unread (proofreading_due.h), all for whoever moderates it. A row of
   likeness_due is written with the message and taken out with the work, so that nothing is lost or done twice, whatever
   ends in between; messages are looked at in the order of their numbers, each compared with those before it, as if it had
   been done at once. */
#ifndef PALABRE_DOMAIN_LIKENESS_DUE_H
#define PALABRE_DOMAIN_LIKENESS_DUE_H

#include "domain/likeness.h"
#include "domain/proofreading_due.h"

/* Writer: puts off likeness_keep, and then what the text is like, and its words where they are unread: in place of what
   was put off for an earlier text of the message. */
enum status likeness_put_off(struct db *db, comment_number number, article_id article, const struct likeness_mark *mark,
                             bool unread, struct error *error) MUST_USE;

struct likeness_due {
    int64_t work_ns;                     /* so long, but one message at least */
    const struct proofreading_due *read; /* the messages that may be worked off; NULL: all, without their words */
    bool complete;                       /* nothing is put off any more */
    bool read_more;                      /* the next one is none of `read` */
};
/* Writer, in the caller's transaction: some more messages, mostly some tens of microseconds each. Where there are several
   nodes one works at a time. Call it again, in another transaction, until it is complete. */
enum status likeness_due_step(struct db *db, struct likeness_due *step, struct error *error) MUST_USE;

/* Whether something is put off for the message still. */
enum status likeness_due_has(struct db *db, comment_number number, article_id article, bool *out,
                             struct error *error) MUST_USE;

#endif
