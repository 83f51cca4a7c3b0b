/* Answers in pieces, without an end of their own: server-sent events.
 *
 * A call becomes a stream; the call, its arena and the read buffer are given back, and what is left is the connection:
 * some 600 bytes. A piece is a blob that all streams share; it is handed to the system at once, without a copy. The answer
 * has neither a length nor chunks: its end is the connection's (RFC 9112 §6.3), which HTTP/1.0 clients understand too, and
 * which lets one blob fit everybody.
 *
 * A client that does not take what it is sent is cut: the system keeps HTTP__STREAM_SEND_BYTES for it, then a few pieces
 * wait by reference; one more than that, or write_ms in which they did not all go, ends the stream. What the client sends is
 * thrown away, and ends the stream too when it is much. A client that closes its half has gone.
 *
 * Streams do not count as connections under http_server_options.connections: whoever begins them limits their number.
 * http_server_stop ends them at once.
 *
 * Everything here runs on the thread of the stream's loop. A stream lives until ended() is called. */
#ifndef PALABRE_HTTP_STREAM_H
#define PALABRE_HTTP_STREAM_H

#include "base/attributes.h"
#include "http/call.h"

#include <stdbool.h>

struct http_stream;

struct http_stream_start {
    struct blob *head; /* as for http_call_reply_prebuilt, without Content-Length; borrowed */
    slice first;       /* the first bytes of the body; borrowed (the call's arena will do) */
    /* Called once, when the stream ends for whatever reason, http_stream_end included: from then on it may not be
       touched. Never from within http_call_stream. */
    void (*ended)(void *data);
    void *data;
};

/* Begins a stream as the answer to a GET. Takes the call; for the server's `done` it ends here. NULL: the connection has
   gone or the server is stopping; ended() will not be called. */
struct http_stream *http_call_stream(struct http_call *call, const struct http_stream_start *start) MUST_USE;

/* One more piece. False: the stream has ended by it, and ended() has been called. */
bool http_stream_write(struct http_stream *stream, struct blob *piece);

/* Closes the connection; what still waits is dropped. */
void http_stream_end(struct http_stream *stream);

#endif
