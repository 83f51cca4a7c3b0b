/* Connections, and what one loop has of the server. Inside src/http only; everything here runs on the loop's thread, but
   for what says otherwise. */
#ifndef PALABRE_HTTP_CONNECTION_H
#define PALABRE_HTTP_CONNECTION_H

#include "http/chunked.h"
#include "http/head.h"
#include "http/known.h"
#include "http/server.h"
#include "os/listen.h"
#include "os/loops.h"

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

enum {
    HTTP__READ_BYTES = 16 * 1024,    /* the read buffer all connections of a loop share; also what one may keep */
    HTTP__LINGER_BYTES = 256 * 1024, /* swallowed after a refusal, so that the client gets to read it */
    HTTP__LINGER_MS = 2000,
    HTTP__OVERFLOW = 64,                 /* connections beyond the ceiling that are told 503; further ones are cut */
    HTTP__TURN_REQUESTS = 32,            /* served to one connection before the others have their turn */
    HTTP__STALL_BYTES = 16 * 1024,       /* see write_ms */
    HTTP__POOL_MAX = 64,                 /* calls, and connections, kept for reuse by each loop */
    HTTP__STREAM_SEND_BYTES = 16 * 1024, /* asked for as a stream's socket buffer: what the system keeps for it */
    HTTP__STREAM_PIECES = 16,            /* that may wait behind a full socket; one more cuts the stream */
};

/* Where a connection stands; each state is also a list of its home, oldest first, and most have a deadline. */
enum http__state {
    HTTP__CLOSED,    /* uv_close has been called; on no list */
    HTTP__IDLE,      /* no byte of a request is here */
    HTTP__READY,     /* bytes are here, and it waits for its turn */
    HTTP__HEAD,      /* part of a head is here */
    HTTP__BODY,      /* the head is read, part of the body may be here */
    HTTP__WAITING,   /* the handler has the call */
    HTTP__WRITING,   /* the answer waits for the client to take it */
    HTTP__LINGER,    /* the last answer is sent; what comes is swallowed */
    HTTP__STREAMING, /* a stream that has sent all it was given */
    HTTP__STALLED,   /* a stream whose pieces wait for the client to take them */
};
enum { HTTP__STATE_COUNT = 10 };

struct http__connection;

/* What a connection is besides, from http_call_stream on (http/stream.h). */
struct http_stream {
    void (*ended)(void *data);
    void *data;
    uint32_t pieces; /* that wait */
    bool is_one;
};

struct http__list {
    struct http__connection *first, *last;
};

struct http__connection {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv; /* first; data is the connection */
    struct http__home *home;
    struct http__connection *next, *previous; /* in the list of its state */
    int64_t deadline_ms;
    uint32_t slot;
    enum http__state state;
    struct address peer;
    bool is_reading;
    bool has_ended;    /* the client will send nothing more */
    bool is_consuming; /* we are inside consume(): it goes on by itself */
    bool saw_empty_line;
    struct http__scan scan;
    uint32_t kept_from, kept_to, kept_size; /* kept: bytes that came and were not used yet */
    char *kept;
    struct http_call *call; /* BODY, WRITING: ours. WAITING: the handler's, not to be touched */
    size_t mark;            /* WRITING: bytes that waited when the deadline was set. LINGER, streams: bytes swallowed */
    struct http_stream stream;
};

struct http__slot {
    struct http__connection *connection; /* NULL: free */
    uint32_t generation;                 /* changes when the connection goes */
    uint32_t next_free;
};

struct http__date {
    int64_t made_ms; /* loop time */
    int64_t second;
    char text[3][96]; /* Date, Connection as the index says, empty line */
    size_t n[3];
};
enum http__ending { HTTP__KEEP, HTTP__KEEP_1_0, HTTP__CLOSE };

/* The server's part of one loop. */
struct http__home {
    struct http_server *server;
    struct loop *loop;
    uv_timer_t tick;
    uv_idle_t turn; /* runs while there are READY connections */
    bool tick_runs, is_draining, is_closed;
    size_t handles; /* of the home's own (tick, turn, listeners) that are open */
    uv_stream_t *listeners[LISTEN_ADDRESSES_MAX];
    struct http__list lists[HTTP__STATE_COUNT];
    struct http__slot *slots;
    uint32_t slot_count, free_slot; /* UINT32_MAX: none */
    uint32_t max_connections;
    _Atomic uint32_t connections; /* with streams */
    uint32_t streams;             /* of these; they have a ceiling of their own, the handler's */
    struct http__connection *free_connections;
    struct http_call *free_calls;
    uint32_t free_connection_count, free_call_count;
    uint64_t next_id, id_key;
    struct http__date date;
    struct http__known_heads *known_heads;
    struct loop_task stop_task;
    int64_t drain_until_ms;
    char *read_buffer;
};

struct http_server {
    struct http_server_options options;
    struct address_block *trusted;
    struct http__head_limits head_limits;
    struct loops *loops;
    struct http__home *homes; /* one for each loop */
    size_t home_count;
    int64_t tick_ms;
    struct listening listening;
    _Atomic size_t body_bytes; /* that all calls hold */
    pthread_mutex_t mutex;     /* guards closed_homes */
    pthread_cond_t closed;
    size_t closed_homes;
    bool is_stopped;
};

/* --- connection.c -------------------------------------------------------------------------------------------------- */

/* A client has come to this listener. */
void http__connection_accept(struct http__home *home, uv_stream_t *listener);
/* The answer to c->call has been handed over to the system, or cannot be: go on with the next request, or end. */
void http__connection_answered(struct http__connection *c, bool keep);
/* Ends at once, without a word. */
void http__connection_close(struct http__connection *c);
/* From WAITING: the connection is a stream from now on. False: it could not go on, and is closed. */
bool http__connection_begin_stream(struct http__connection *c);
/* Sends a few words, and ends; nothing that came or comes is read any more. */
void http__connection_refuse(struct http__connection *c, struct http__refusal refusal);
/* The connection in this slot, if it is still of that generation, else NULL. */
struct http__connection *http__connection_find(struct http__home *home, uint32_t slot, uint32_t generation);
void http__connection_enter(struct http__connection *c, enum http__state state);
/* Whether a connection may go from one state to the other. */
bool http__state_may(enum http__state from, enum http__state to);
/* Looks after deadlines; runs the READY ones. */
void http__home_tick(struct http__home *home);
void http__home_turn(struct http__home *home);
void http__home_close_connections(struct http__home *home, bool idle_only);
void http__home_free_connections(struct http__home *home);

/* --- write.c ------------------------------------------------------------------------------------------------------- */

/* Writes the call's answer to its connection, if that is still there. Takes the call. */
void http__call_deliver(struct http_call *call);
/* Reports the call's end, and gives it back. */
void http__call_finish(struct http_call *call, bool dropped);
/* "Date: …" and what follows, up to and with the empty line; borrowed until the next turn of the loop. */
slice http__home_date(struct http__home *home, enum http__ending ending);
/* Some bytes on a connection with nothing queued; false when not all could be written. */
bool http__connection_write_now(struct http__connection *c, slice bytes);

/* --- server.c ------------------------------------------------------------------------------------------------------ */

void http__home_want_tick(struct http__home *home);
void http__home_want_turn(struct http__home *home);
/* Closes the home's own handles once it is draining and its last connection has gone. */
void http__home_close_if_done(struct http__home *home);

#endif
