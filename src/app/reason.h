/* Why a message was refused, as far as its author is told. */
#ifndef PALABRE_APP_REASON_H
#define PALABRE_APP_REASON_H

#include "domain/comment.h"
#include "domain/site.h"

/* The rule and the reason of the last decision that stands, where the site gives reasons; both stay as they are where there
   is none. language: the article's. */
void reason_find(struct db *db, struct arena *arena, const struct site *site, const struct comment *comment,
                 slice language, slice *rule_title, slice *reason);

#endif
