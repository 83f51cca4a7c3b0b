/* What the client would rather have: content codings, languages, validators. Plain functions; any thread. */
#ifndef PALABRE_HTTP_NEGOTIATE_H
#define PALABRE_HTTP_NEGOTIATE_H

#include "base/slice.h"

#include <stddef.h>

enum http_encoding {
    HTTP_IDENTITY,
    HTTP_GZIP,
    HTTP_ZSTD,
    HTTP_BROTLI,
};
enum { HTTP_ENCODING_COUNT = 4 };

const char *
http_encoding_name(enum http_encoding encoding); /* "br"; of Content-Encoding; "identity" for HTTP_IDENTITY */

/* RFC 9110 §12.5.3. available: a sum of 1 << encoding; identity always is. The highest q wins; among equals brotli, zstd,
   gzip, identity in this order. Identity where nothing fits, even if it was refused: a reader is better served than not.
   header: Accept-Encoding, p == NULL or empty: identity. */
enum http_encoding http_encoding_choose(slice header, unsigned available);

/* RFC 9110 §13.1.2: whether If-None-Match names this entity tag (with its quotes), by weak comparison, or is "*". */
bool http_etag_matches(slice if_none_match, slice etag);

/* RFC 9110 §12.5.4 by lookup (RFC 4647 §3.4): the index of the language the client likes best ("fr-CA" is served by "fr"),
   or fallback. languages: lower-case tags. */
size_t http_language_choose(slice accept_language, const slice *languages, size_t count, size_t fallback);

/* Whether Accept prefers JSON (application/json, application/problem+json) over HTML. */
bool http_accept_is_json(slice accept);

#endif
