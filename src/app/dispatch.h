/* From the loop to the handler: routing, shared pages from the cache, the way to a worker and what every handler finds
   prepared there (form, site, session, rights). */
#ifndef PALABRE_APP_DISPATCH_H
#define PALABRE_APP_DISPATCH_H

#include "app/request.h"

enum { DISPATCH_BODY_MAX = 4 * 1024 * 1024 }; /* bytes of any form: an article's; readers' are held to form_bytes */

/* http_server_options.handle, .body_limit, .done; ctx: the app. */
void dispatch_call(struct http_call *call, void *ctx);
size_t dispatch_body_limit(const struct http_call *call, void *ctx);
void dispatch_done(struct http_call *call, const struct http_done *done, void *ctx);

enum status dispatch_router_new(struct app *app, struct error *error) MUST_USE;

/* A view_context in the arena: language (an index), site with its sections (read from db; none when that fails). */
struct view_context *dispatch_context(struct app *app, struct db *db, struct arena *arena, const struct site *site,
                                      size_t language);

/* A browser that says where a form came from must name this site. Browsers that say nothing are old; their forms carry
   tokens like all others. */
bool dispatch_is_same_origin(const struct request *r);

/* The key of the shared page that an address means. False: there cannot be one. */
bool dispatch_key(const struct http_match *match, slice query, struct cache_key *key);

/* Sends the page in the best encoding, or 304. Any thread. */
void dispatch_send(struct http_call *call, struct page *page);

/* A shared page on behalf of a handler that found nothing personal to add: as if the loop had answered. */
void dispatch_shared(struct request *r, const struct cache_key *key);

#endif
