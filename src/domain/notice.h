/* Who is to be told, by mail, that a comment was published or refused: its author, whom it answers, who follows.

   A change of state puts one row into the outbox, held for a while (setting mail_delay). When its time has come, what the
   comment is *then* decides: what was undone meanwhile sends nothing. Followers, and whom it answers, are told once of a
   comment, however often it is published again; its author whenever the state is another than the one told last. */
#ifndef PALABRE_DOMAIN_NOTICE_H
#define PALABRE_DOMAIN_NOTICE_H

#include "domain/outbox.h"

/* Writer: the time of a row of kind `state` has come: the mails that follow from it are put into the outbox. digest_at: when
   digests are sent next. */
enum status notice_due(struct db *db, article_id article, comment_number number, time_ms now, time_ms digest_at,
                       struct error *error) MUST_USE;

/* Writer: whether the author wants mails about this message. */
enum status notice_want(struct db *db, article_id article, comment_number number, bool wanted,
                        struct error *error) MUST_USE;
enum status notice_wanted(struct db *db, article_id article, comment_number number, bool *wanted,
                          struct error *error) MUST_USE;

#endif
