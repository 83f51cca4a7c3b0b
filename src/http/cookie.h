/* Cookies, RFC 6265. Plain functions; any thread. */
#ifndef PALABRE_HTTP_COOKIE_H
#define PALABRE_HTTP_COOKIE_H

#include "base/attributes.h"
#include "base/buf.h"
#include "base/slice.h"

/* The value of the first cookie of exactly this name in the value of a Cookie header (quotes around it left off);
   p == NULL when there is none. */
slice http_cookie_find(slice cookie_header, slice name);

struct http_cookie {
    slice name;        /* a token */
    slice value;       /* cookie-octets: visible ASCII without space " , ; \ ; base64url is fine */
    slice path;        /* empty: "/" */
    int64_t max_age_s; /* > 0: so long; 0: with the browser's session; < 0: delete it */
    bool secure;       /* set it where http_call_is_https */
    bool readable;     /* by scripts; otherwise HttpOnly */
    bool strict;       /* SameSite=Strict; otherwise Lax */
};

/* The value of a Set-Cookie header. INVALID, and nothing is added, when name, value or path hold what they may not. */
enum status http_cookie_add(struct buf *b, const struct http_cookie *cookie) MUST_USE;

#endif
