/* Too much at once: what cannot be taken on is refused with 503 and Retry-After, at once, on the loop, without the
   database; and whoever had typed something gets it back. */
#ifndef PALABRE_APP_REFUSE_H
#define PALABRE_APP_REFUSE_H

#include "app/request.h"

/* Answers. Any thread; nothing of r need be loaded but app, call, arena, match and route. */
void refuse_busy(struct request *r);
/* What was taken, refused, and how long it waited; one line of the log. */
void refuse_log_figures(struct app *app);

#endif
