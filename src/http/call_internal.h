/* What a call is made of. Inside src/http only. */
#ifndef PALABRE_HTTP_CALL_INTERNAL_H
#define PALABRE_HTTP_CALL_INTERNAL_H

#include "http/chunked.h"
#include "http/connection.h"
#include "http/head.h"

#include <uv.h>

struct http_call {
    struct loop_task task; /* first: the way home from another thread */
    struct http__home *home;
    uint32_t slot, generation;
    struct arena *arena;
    struct address peer;
    struct http__head head;
    struct http__known *known; /* where the head is one of these, a reference; else NULL */
    struct http__chunked chunked;
    struct buf body;
    size_t body_counted; /* bytes of it in the server's body_bytes */
    int64_t received_ns; /* when the head was complete; 0: nobody wants to know */
    uint64_t id;
    void *data;
    bool has_parameters;
    struct http_form parameters;

    /* The answer. head_part lacks Date, Connection and the empty line. */
    int status;
    bool close;
    slice head_part, body_part;
    struct blob *head_blob, *body_blob; /* what the parts are slices of, where it is a blob */
    bool holds_blobs;                   /* references of our own */
    bool keeps;                         /* the connection, after this answer */
    uv_write_t write;

    struct http_call *next_free;
};

/* A call for the connection in this slot, empty but for its place; from the home's pool. */
struct http_call *http__call_new(struct http__connection *c);
/* Takes references of the answer's blobs, where the call has none yet: it will outlive the caller's. */
void http__call_hold(struct http_call *call);
/* Back to the pool. */
void http__call_release(struct http_call *call);
void http__call_free(struct http_call *call);

#endif
