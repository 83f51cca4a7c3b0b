/* Those who follow a discussion: GET /articles/N/live and /articles/N-SLUG/live, server-sent events (WHATWG HTML §9.2).

     id: 17
     event: published
     data: {"number":1204,"kind":"published","version":17,"count":6}

   id and version are the discussion's version (article.version) as of the change, count its published messages then; kind is
   published, removed, edited (of the message `number`) or article (number 0: its text, or the switches of its discussion).
   An event leaves after the commit, when the renewed page is there, in the order of the commits.

   A stream begins with the present version as its id, so that a browser that comes back says from where (Last-Event-ID). Who
   says another version than the present one (in that header, or in ?after=, for the version of a page that was read) gets at
   once one event of kind missed: fetch what is there now. More events at a time than BATCH_MAX become one missed, too.
   A comment every live_heartbeat seconds keeps proxies patient. 404: no such published article; its followers are ended when
   it is withdrawn. 503: live_connections are there already.

   Each loop has its own followers, by article; nothing is locked when an event goes out. A loop writes to a few dozen
   followers, then serves its other connections, then goes on. */
#ifndef PALABRE_APP_LIVE_H
#define PALABRE_APP_LIVE_H

#include "http/router.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;
struct http_call;
struct live;

enum live_kind { LIVE_PUBLISHED, LIVE_REMOVED, LIVE_EDITED, LIVE_ARTICLE, LIVE_MISSED };

/* A change that readers see, of one request (request_tell). */
struct live_change {
    struct live_change *next;
    enum live_kind kind;
    int64_t article, number;
    int64_t version, count;
    bool gone;                /* the article is not published any more */
    struct live_event *event; /* live_expect's; NULL: nobody follows */
};

/* After loops_new, before the server starts. files: how many descriptors the process may have; some are left to pages. */
struct live *live_new(struct app *app, size_t files);
void live_free(struct live *live); /* after loops_free; NULL is fine */

/* Answers a GET or HEAD whose pattern has {id:int}. On the call's loop; takes the call. */
void live_follow(struct app *app, struct http_call *call, const struct http_match *match);

/* Writer's thread, after the commit, in the order of commits: these changes will be told. */
void live_expect(struct live *live, struct live_change *changes);
/* Any thread, once for each live_expect: the pages are renewed; tell. */
void live_release(struct live *live, struct live_change *changes);

/* Events may have been missed: every followed article is looked up again, and who follows one that has changed since is
   told so. Any thread. */
void live_look_again(struct live *live);

size_t live_followers(const struct live *live); /* now; any thread, for metrics */

#endif
