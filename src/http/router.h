/* From a path to a route. The table is compiled once and then read by any thread.
 *
 * A pattern is '/' and segments. In a segment, {name} stands for one or more bytes other than '/', up to the first place
 * where the literal after it matches (or to the end of the segment); {name:int} for a whole number: digits alone, no
 * leading zero, fitting int64_t. "/articles/{id:int}-{slug}" takes /articles/12-un-titre-2 as id = 12, slug = un-titre-2;
 * "/feeds/articles.{format}" takes /feeds/articles.atom. The first route of the table that matches wins, so that literals
 * stand before placeholders. */
#ifndef PALABRE_HTTP_ROUTER_H
#define PALABRE_HTTP_ROUTER_H

#include "base/attributes.h"
#include "base/error.h"
#include "base/slice.h"
#include "http/method.h"

enum { HTTP_PARAMETERS_MAX = 4 };

struct http_route {
    http_methods methods; /* a sum; GET brings HEAD with it */
    const char *pattern;  /* static */
    int id;               /* the caller's */
    const void *data;     /* the caller's: its handler */
};

enum http_match_kind {
    HTTP_MATCH_FOUND,
    HTTP_MATCH_REDIRECT,    /* only the path without its last '/' matches: redirect there with 308 */
    HTTP_MATCH_OPTIONS,     /* OPTIONS on a known path, or "*": answer 204 with Allow */
    HTTP_MATCH_NOT_ALLOWED, /* a known path, but not by this method: 405 with Allow */
    HTTP_MATCH_NOT_FOUND,
};

struct http_match {
    enum http_match_kind kind;
    const struct http_route *route;        /* FOUND */
    slice parameters[HTTP_PARAMETERS_MAX]; /* FOUND: in the order of the pattern; slices of the path */
    int64_t numbers[HTTP_PARAMETERS_MAX];  /* FOUND: the value of a {name:int}; 0 for others */
    size_t parameter_count;
    http_methods allowed; /* OPTIONS, NOT_ALLOWED: for http_methods_add */
    slice redirect;       /* REDIRECT: the path, still decoded */
};

struct http_router;

/* The table and its patterns are borrowed, and outlive the router. INVALID: a malformed pattern, said in error. */
enum status http_router_new(const struct http_route *routes, size_t count, struct http_router **out,
                            struct error *error) MUST_USE;
void http_router_free(struct http_router *router); /* NULL is fine */

/* path: http_call_path. Always fills *match whole. */
void http_router_find(const struct http_router *router, enum http_method method, slice path, struct http_match *match);

/* The parameter of that name of a match that is FOUND; p == NULL: the pattern has none. */
slice http_match_get(const struct http_match *match, slice name);

#endif
