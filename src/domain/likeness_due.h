/* What was put off when a message was taken (likeness_put_off): the keys it is found by, and what it is like, for whoever
   moderates it. A row of likeness_due is written with the message and taken out with the work, so that nothing is lost or
   done twice, whatever ends in between; messages are looked at in the order of their numbers, each compared with those
   before it, as if it had been done at once. */
#ifndef PALABRE_DOMAIN_LIKENESS_DUE_H
#define PALABRE_DOMAIN_LIKENESS_DUE_H

#include "domain/likeness.h"

/* Writer: puts off likeness_keep, and then what the text is like: in place of what was put off for an earlier text of the
   message. */
enum status likeness_put_off(struct db *db, comment_number number, article_id article, const struct likeness_mark *mark,
                             struct error *error) MUST_USE;
/* Writer, in the caller's transaction: some more messages, at least one, until it has taken work_ns; mostly some tens of
   microseconds each. Where there are several nodes one works at a time. Call it again, in another transaction, until
   *complete. */
enum status likeness_due_step(struct db *db, int64_t work_ns, bool *complete, struct error *error) MUST_USE;

#endif
