/* What decisions tell notices. For this room only; writer. */
#ifndef PALABRE_DOMAIN_NOTICE_CHANGE_H
#define PALABRE_DOMAIN_NOTICE_CHANGE_H

#include "domain/comment_change.h"

/* After comment__move: the state is another one. at_once: published by the program as it came (post-moderation): its author
   has seen as much. */
enum status notice__changed(struct db *db, const struct comment_subject *subject, bool at_once, time_ms now,
                            struct error *error) MUST_USE;

#endif
