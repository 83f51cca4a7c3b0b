/* The headers that go with every answer. */
#ifndef PALABRE_APP_HEADERS_H
#define PALABRE_APP_HEADERS_H

#include "app/state.h"

/* page_make_head: ctx is the app; page_head.extra a `const slice *` with Cache-Control. */
struct blob *headers_make_head(void *ctx, const struct page_head *head);

/* Security headers for an HTML page of ours: appended to headers[]; at most HEADERS_SECURITY. */
enum { HEADERS_SECURITY = 6 };
size_t headers_add_security(const struct app *app, struct http_header *headers);

extern const slice HEADERS_SHARED;  /* Cache-Control of shared pages: kept by caches, asked about each time */
extern const slice HEADERS_KEPT;    /* the same, but the browser may keep it for its own 'back' */
extern const slice HEADERS_PRIVATE; /* of what is made for one person */

#endif
