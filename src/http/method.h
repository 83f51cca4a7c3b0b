/* Request methods, and sets of them. */
#ifndef PALABRE_HTTP_METHOD_H
#define PALABRE_HTTP_METHOD_H

#include "base/buf.h"
#include "base/slice.h"

/* The methods that reach a handler. Others are answered by the server: 405 for TRACE and CONNECT, 501 for the rest. */
enum http_method {
    HTTP_GET = 1,
    HTTP_HEAD = 2,
    HTTP_POST = 4,
    HTTP_PUT = 8,
    HTTP_PATCH = 16,
    HTTP_DELETE = 32,
    HTTP_OPTIONS = 64,
};

/* A set of them, as a sum. */
typedef unsigned http_methods;

const char *http_method_name(enum http_method method);     /* "GET"; borrowed, static */
bool http_method_parse(slice name, enum http_method *out); /* case-sensitive, RFC 9110 §9.1 */
/* The value of Allow: "GET, HEAD, POST". HEAD comes with GET, and OPTIONS always. */
void http_methods_add(struct buf *b, http_methods methods);

const char *http_status_phrase(int status); /* "Not Found"; "Unknown" where the registry has none; borrowed, static */

#endif
