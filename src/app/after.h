/* After a commit, here or on another node: which pages are made again, which are dropped. */
#ifndef PALABRE_APP_AFTER_H
#define PALABRE_APP_AFTER_H

#include "app/request.h"

struct after {
    struct app *app;
    const struct touched *touched;
    size_t count;
    bool all; /* every page, whatever `touched` says */
    /* Gives a waiter for a page that must be seen before one goes on. */
    struct cache_waiter *(*waiter_new)(void *ctx);
    void *ctx;
};
/* Renews and drops. The thread that heard of the commit: the writer's, or that of nodes.h. */
void after_renew(const struct after *after);
void after_drop_fronts(struct app *app);

#endif
