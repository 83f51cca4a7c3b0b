/* The HTTP/1.1 server (RFC 9112), over libuv and llhttp. HTTP/2, HTTP/3 and TLS are the reverse proxy's.
 *
 * Threads: every connection lives on one loop. Handlers run there and must not block; a call (http/call.h) may be answered
 * from any thread, and the answer travels back to {loop, slot, generation}: where the connection has gone, it is dropped.
 *
 * On one connection requests are served strictly in order, one at a time. While a request is in flight, or its answer is
 * not drained, at most one read buffer of what follows is kept; then reading stops.
 *
 * What the protocol forbids is answered by the server, in a few words of text/plain, with Connection: close, and no byte
 * that follows on that connection is ever read as a request. The strict reading is taken wherever RFC 9112 leaves a choice:
 *   400  lines not ended by CR LF; a bare CR; NUL or another control character; obs-fold; space before a colon; an invalid
 *        field name; no or two Host in HTTP/1.1, an invalid Host; two Content-Length, one that is not digits alone, one with
 *        Transfer-Encoding; Transfer-Encoding in HTTP/1.0; a malformed chunk; more than one empty line before the request;
 *        a target that is not in origin form, or in absolute form with http(s) and an authority that equals Host
 *        (asterisk form for OPTIONS alone); '#', raw bytes above 7F, "%00", "%2F", a broken '%' or invalid UTF-8 in it
 *   405  TRACE, CONNECT      501  other methods, other transfer codings      505  HTTP/2.0, HTTP/1.2, …
 *   408  the whole head, or the whole body, was not there at its deadline, however busily bytes trickled
 *   413  body over its ceiling, declared or counted   414  request line   417  Expect other than 100-continue
 *   431  head or number of fields   503  too many connections, too many bytes of bodies (with Retry-After)
 * Upgrade is ignored. Trailers are read, and dropped. */
#ifndef PALABRE_HTTP_SERVER_H
#define PALABRE_HTTP_SERVER_H

#include "base/attributes.h"
#include "base/error.h"
#include "http/call.h"
#include "os/address.h"
#include "os/loops.h"

#include <stddef.h>
#include <stdint.h>

/* Which header a trusted proxy writes. Only the one it does write may be believed: it passes others on as the client
   sent them. */
enum http_forwarded {
    HTTP_FORWARDED_NONE,
    HTTP_FORWARDED_X,        /* X-Forwarded-For, X-Forwarded-Proto */
    HTTP_FORWARDED_STANDARD, /* Forwarded, RFC 7239 */
};

/* How a call ended; for the access log and for metrics. */
struct http_done {
    int status;
    int64_t body_bytes;  /* of the answer, as sent */
    int64_t duration_ns; /* from the complete head to the hand-over of the last byte to the system */
    bool dropped;        /* the connection went before the whole answer was handed over */
};

struct http_server_options {
    const char *listen;  /* see os/listen.h */
    size_t head_bytes;   /* most bytes of a head, request line and empty line included */
    size_t line_bytes;   /* most bytes of a request line; ≤ head_bytes */
    size_t header_count; /* most header fields; ≤ 256 */
    size_t body_bytes;   /* most bytes of a body */
    size_t
        bodies_bytes; /* most bytes of all bodies at a time, those being read and those being worked on; beyond: 503 */
    size_t connections;      /* most at a time, over all loops (shared out evenly) */
    int64_t head_ms;         /* from its first byte to the end of a head */
    int64_t body_ms;         /* from the end of the head to the end of the body */
    int64_t idle_ms;         /* between requests, and before the first */
    int64_t write_ms;        /* in each such time the client takes at least 16 KiB of a waiting answer, or all of it */
    size_t call_arena_bytes; /* ceiling of a call's arena; room for head_bytes and body_bytes decoded is added to it */
    enum http_forwarded forwarded;
    const struct address_block *trusted; /* proxies; copied. NULL: loopback and Unix sockets */
    size_t trusted_count;

    /* On a loop's thread; takes the call. */
    void (*handle)(struct http_call *call, void *ctx);
    /* Optional. On a loop's thread, after the head of a request with a body: the ceiling for this one, where it is lower than
       body_bytes. Only the request line and the headers may be asked for. */
    size_t (*body_limit)(const struct http_call *call, void *ctx);
    /* Optional. On a loop's thread, when a call has ended; everything of the request may be asked for. */
    void (*done)(struct http_call *call, const struct http_done *done, void *ctx);
    /* Optional. On a loop's thread: the server itself answered a malformed request. reason: English, static. */
    void (*refused)(int status, const char *reason, const struct address *peer, void *ctx);
    void *ctx;
};

/* 127.0.0.1:8080; 16 KiB, 8 KiB, 100, 1 MiB, 64 MiB; 10,000 connections; 10 s, 30 s, 60 s, 30 s; 16 MiB; X-Forwarded-For from
   loopback. handle is yet to be set. */
struct http_server_options http_server_defaults(void);

struct http_server;

/* Listens on every loop of `loops` (which outlive the server) and begins to serve. Errors: see listen_open; INVALID for
   options that contradict each other. */
enum status http_server_start(struct loops *loops, const struct http_server_options *options, struct http_server **out,
                              struct error *error) MUST_USE;
int http_server_port(const struct http_server *server);           /* 0 for a Unix socket */
size_t http_server_connections(const struct http_server *server); /* now; any thread, for metrics */

/* No more connections are accepted, idle ones are closed, requests under way are finished with Connection: close; what is
   left after drain_ms is cut. Returns when no connection is left. Not from a loop's thread. */
void http_server_stop(struct http_server *server, int64_t drain_ms);

/* After http_server_stop, after every thread that may still hold a call has ended (pool_stop), and after loops_stop.
   NULL is fine. */
void http_server_free(struct http_server *server);

#endif
