/* Several processes that serve one publication from one database (PostgreSQL): what one of them commits, the others hear.

   Each transaction that changes what readers see announces it (db_announce): which threads, articles, or the whole site,
   and what followers are told. A thread of each node listens, renews or drops those pages, and tells its own followers.

   The promise: a page is never older than stale_ms, as long as the database can be reached. The listening connection is
   proved alive by a round trip at least twice in that time. When it was lost, pages are served from memory until there is
   one again; from then on each page that was made before is compared with the database (article.version) before it is
   served for the first time, and made anew when it is older. Pages that are about no article are dropped.

   With one process (SQLite) there are no nodes: every function takes NULL, and costs a comparison. */
#ifndef PALABRE_APP_NODES_H
#define PALABRE_APP_NODES_H

#include "app/request.h"

struct nodes;

/* Connects, so that nothing that is committed from now on is missed; *out is NULL where there is one process. The caches and
   followers must be there. UNAVAILABLE. */
enum status nodes_start(struct app *app, struct nodes **out, struct error *error) MUST_USE;
void nodes_stop(struct nodes *nodes); /* ends the thread; before the pool and the loops stop */
void nodes_free(struct nodes *nodes);

/* Grows each time the connection was lost and found again. A page says with which it was made or compared last. Any
   thread. */
int64_t nodes_generation(const struct nodes *nodes);
/* Whether the page may be served as it is. Any thread. */
bool nodes_is_sure(const struct nodes *nodes, const struct page *page);
/* For a page that is not: compares it on a worker, then answers with it or with a new one. Loop thread; takes the request. */
void nodes_compare(struct request *r, const struct cache_key *key, struct page *page);

/* In a transaction, after apply: announces what the request touched and tells. Writer's thread. */
enum status nodes_announce(struct request *r, struct db *db, struct error *error) MUST_USE;

/* Tells the others who has which message open at the desk; soon, and not surely. Any thread. */
void nodes_tell_presence(struct app *app, account_id account, slice name, comment_number number);

/* Tells the others that so many messages were turned away here (guard.h); the same. */
void nodes_tell_turned_away(struct app *app, int64_t count);

#endif
