/* Addresses (RFC 3986), as they come from people. No network. Any thread. */
#ifndef PALABRE_TEXT_LINK_H
#define PALABRE_TEXT_LINK_H

#include "base/arena.h"
#include "base/slice.h"

enum { URL_MAX = 2048 }; /* bytes; longer is not safe */

/* Whether it may stand in href: http or https with a host, or mailto with an address; no white space, control
   characters, quotes, angle brackets, backslash, or credentials (user@). */
bool url_is_safe(slice url);
/* The same for http and https only. */
bool url_is_web(slice url);
/* "/path…" or "/" (not "//host", not "/\"), or "#fragment": stays on this site. */
bool url_is_local(slice url);

/* The host, as written: without credentials, port or brackets; empty when there is none. Borrowed. */
slice url_host(slice url);

/* reference resolved against base (RFC 3986 §5.2), without dot segments. Empty when base is not http(s), when the result
   is not url_is_safe, or is too long. Lives in the arena. */
slice url_join(struct arena *arena, slice base, slice reference);

#endif
