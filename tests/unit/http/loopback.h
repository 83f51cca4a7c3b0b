/* A server in this process, and clients of it over the loopback. */
#ifndef PALABRE_TESTS_LOOPBACK_H
#define PALABRE_TESTS_LOOPBACK_H

#include "base/buf.h"
#include "http/server.h"

#include <stdatomic.h>

/* What its handler does, by path:
     /echo      the body, as text                     /later   "later", from another thread
     /big       4 MiB of 'b', in a prebuilt answer    /prebuilt  "hello", prebuilt
     /client    the client's address, and "https" if so       /hold     nothing, until loopback_release
     others     the path                                     */
struct loopback {
    struct loops *loops;
    struct http_server *server;
    int port;
    struct blob *big_head, *big_body, *small_head, *small_body;
    struct http_call *_Atomic held;
    _Atomic int handled, refused, done, dropped;
    _Atomic int last_status; /* of a refusal */
};

/* The server's defaults, with the loopback's handler and hooks; change them, then start. */
struct http_server_options loopback_options(struct loopback *loopback);
void loopback_start(struct loopback *loopback, const struct http_server_options *options, size_t loops);
void loopback_stop(struct loopback *loopback);
/* Waits for a call of /hold, and answers it "held". */
void loopback_release(struct loopback *loopback);
void loopback_wait(_Atomic int *counter, int value); /* until it is that much or more; fails after a while */

int loopback_connect(const struct loopback *loopback);
void loopback_send(int fd, slice bytes);      /* all; stops silently when the other end has closed */
void loopback_receive(int fd, struct buf *b); /* until the other end closes; fails after a while */
void loopback_receive_until(int fd, struct buf *b, const char *text);
/* Connects, sends, closes its half, receives all. */
void loopback_ask(const struct loopback *loopback, slice bytes, struct buf *b);

size_t loopback_count(slice haystack, slice needle);

#define assert_contains(buffer, text) assert_true(slice_contains(buf_slice(buffer), slice_of(text)))
#define assert_lacks(buffer, text) assert_false(slice_contains(buf_slice(buffer), slice_of(text)))

#endif
