/* After a commit: which pages are made again, which are dropped. */
#ifndef PALABRE_APP_AFTER_H
#define PALABRE_APP_AFTER_H

#include "app/request.h"

/* Renews and drops what r->touched says. Renewals that must be seen before the answer take a waiter. Writer's thread. */
void after_renew(struct request *r);

/* One more to wait for; in the request's arena. */
struct cache_waiter *after_waiter_new(struct request *r);
void after_waiter_done(struct request *r);

#endif
