/* Too much at once, or no database: what cannot be taken on is refused with 503 and Retry-After, at once, without the
   database; and whoever had typed something gets it back, in a form that sends the same again (once more: a message's form
   has a key that makes it one message, however often it comes). */
#ifndef PALABRE_APP_REFUSE_H
#define PALABRE_APP_REFUSE_H

#include "app/request.h"

/* Answers. Any thread; nothing of r need be loaded but app, call, arena, match and route. */
void refuse_busy(struct request *r);
/* The same where the database cannot be reached, or whether it took what was sent cannot be known. */
void refuse_away(struct request *r, const struct error *error);
/* What was taken, refused, and how long it waited; one line of the log. */
void refuse_log_figures(struct app *app);

#endif
