/* Reading a page of somebody else's, by HTTP, on behalf of an editor (libcurl). The editor names the address, and so could
   an intruder at the editor's desk: whatever the name, the redirect or the resolver says, no connection is made to an
   address that is not public (address_is_public): it is looked at after resolution, for every connection, right before
   it is opened.

   Blocks for as long as timeout_ms: not on a loop. Any thread. Sends no cookie, no credentials, no Referer. */
#ifndef PALABRE_OS_FETCH_H
#define PALABRE_OS_FETCH_H

#include "base/buf.h"
#include "base/error.h"
#include "os/address.h"

struct fetch_options {
    int64_t timeout_ms;                 /* for all of it, redirects included */
    size_t max_bytes;                   /* of the body, unpacked */
    const struct address_block *spared; /* may be read from although they are not public: a house's own network */
    size_t spared_count;
    slice user_agent;
};

enum { FETCH_REDIRECTS_MAX = 5, FETCH_URL_MAX = 2000 };

/* Why it came to nothing; more exact than a status, for words to the editor. */
enum fetch_problem {
    FETCH_FINE,
    FETCH_NO_ADDRESS, /* not an http or https address, or with a name and password in it */
    FETCH_NOT_PUBLIC, /* it leads to an address that is not public */
    FETCH_NOT_FOUND,  /* the name does not resolve */
    FETCH_NO_ANSWER,  /* refused, cut off, or a certificate that does not fit */
    FETCH_TOO_SLOW,   /* timeout_ms */
    FETCH_TOO_LARGE,  /* max_bytes, as sent or unpacked */
    FETCH_BAD_ANSWER, /* another status than 2xx, too many redirects, or what cannot be unpacked */
};

struct fetched {
    struct buf body;             /* the caller's: buf_fini, whatever the problem */
    char url[FETCH_URL_MAX + 1]; /* the last one, after redirects */
    char content_type[256];
    int status; /* of HTTP; 0: none */
};

void fetch_start(void); /* once, before the first thread that fetches */
/* The detail of error is a line for the log. */
enum fetch_problem fetch_url(slice url, const struct fetch_options *options, struct fetched *out,
                             struct error *error) MUST_USE;

#endif
