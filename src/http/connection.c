/* A connection's life: bytes come in, requests are cut from them one by one, each is handed over and its answer awaited.
 *
 * Bytes are used straight from the loop's read buffer; only what cannot be used yet (half a head, requests behind one in
 * flight) is kept with the connection, so that an idle connection holds no buffer. consume() is the one place that reads
 * requests; it runs until bytes or patience end, and whoever finishes an answer later calls go_on(). */
#include "http/connection.h"

#include "base/clock.h"
#include "base/memory.h"
#include "http/call_internal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define REFUSE(status, reason) ((struct http__refusal){(status), (reason)})

/* --- States ---------------------------------------------------------------------------------------------------------- */

#define MAY(state) (1U << (state))

bool http__state_may(enum http__state from, enum http__state to) {
    static const unsigned EDGES[HTTP__STATE_COUNT] = {
        [HTTP__CLOSED] = MAY(HTTP__IDLE) | MAY(HTTP__LINGER), /* a new one */
        [HTTP__IDLE] = MAY(HTTP__IDLE) | MAY(HTTP__READY) | MAY(HTTP__HEAD) | MAY(HTTP__BODY) | MAY(HTTP__WAITING) |
                       MAY(HTTP__LINGER) | MAY(HTTP__CLOSED),
        [HTTP__READY] = MAY(HTTP__IDLE) | MAY(HTTP__HEAD) | MAY(HTTP__BODY) | MAY(HTTP__WAITING) | MAY(HTTP__LINGER) |
                        MAY(HTTP__CLOSED),
        [HTTP__HEAD] = MAY(HTTP__BODY) | MAY(HTTP__WAITING) | MAY(HTTP__LINGER) | MAY(HTTP__CLOSED),
        [HTTP__BODY] = MAY(HTTP__WAITING) | MAY(HTTP__LINGER) | MAY(HTTP__CLOSED),
        [HTTP__WAITING] =
            MAY(HTTP__IDLE) | MAY(HTTP__WRITING) | MAY(HTTP__LINGER) | MAY(HTTP__CLOSED) | MAY(HTTP__STREAMING),
        [HTTP__WRITING] = MAY(HTTP__WRITING) | MAY(HTTP__IDLE) | MAY(HTTP__LINGER) | MAY(HTTP__CLOSED),
        [HTTP__LINGER] = MAY(HTTP__CLOSED),
        [HTTP__STREAMING] = MAY(HTTP__STALLED) | MAY(HTTP__CLOSED),
        [HTTP__STALLED] = MAY(HTTP__STREAMING) | MAY(HTTP__CLOSED),
    };
    return EDGES[from] & MAY(to);
}

static void unlink_from_list(struct http__connection *c) {
    struct http__list *list = &c->home->lists[c->state];
    *(c->previous ? &c->previous->next : &list->first) = c->next;
    *(c->next ? &c->next->previous : &list->last) = c->previous;
}

static void append_to_list(struct http__connection *c) {
    struct http__list *list = &c->home->lists[c->state];
    c->next = NULL;
    c->previous = list->last;
    *(list->last ? &list->last->next : &list->first) = c;
    list->last = c;
}

static int64_t time_allowed(const struct http_server_options *options, enum http__state state) {
    switch (state) {
    case HTTP__IDLE: return options->idle_ms;
    case HTTP__HEAD: return options->head_ms;
    case HTTP__BODY: return options->body_ms;
    case HTTP__WRITING:
    case HTTP__STALLED: return options->write_ms;
    case HTTP__LINGER: return HTTP__LINGER_MS;
    case HTTP__CLOSED:
    case HTTP__READY:
    case HTTP__STREAMING:
    case HTTP__WAITING: break;
    }
    return 0;
}

void http__connection_enter(struct http__connection *c, enum http__state state) {
    assert(http__state_may(c->state, state));
    if (c->state != HTTP__CLOSED) {
        unlink_from_list(c);
    }
    c->state = state;
    if (state != HTTP__CLOSED) {
        append_to_list(c);
        c->deadline_ms = loop_now_ms(c->home->loop) + time_allowed(&c->home->server->options, state);
    }
}

static bool is_streaming(const struct http__connection *c) {
    return c->state == HTTP__STREAMING || c->state == HTTP__STALLED;
}

static bool may_take_request(const struct http__connection *c) {
    return c->state == HTTP__IDLE || c->state == HTTP__READY || c->state == HTTP__HEAD || c->state == HTTP__BODY;
}

/* --- Slots ----------------------------------------------------------------------------------------------------------- */

static void grow_slots(struct http__home *home) {
    uint32_t count = home->slot_count ? home->slot_count * 2 : 64;
    home->slots = memory_realloc_array(home->slots, count, sizeof *home->slots);
    for (uint32_t i = count; i-- > home->slot_count;) {
        home->slots[i] = (struct http__slot){.next_free = home->free_slot};
        home->free_slot = i;
    }
    home->slot_count = count;
}

static void take_slot(struct http__connection *c) {
    struct http__home *home = c->home;
    if (home->free_slot == UINT32_MAX) {
        grow_slots(home);
    }
    c->slot = home->free_slot;
    home->free_slot = home->slots[c->slot].next_free;
    home->slots[c->slot].connection = c;
}

static void leave_slot(struct http__connection *c) {
    struct http__slot *slot = &c->home->slots[c->slot];
    slot->connection = NULL;
    slot->generation++;
    slot->next_free = c->home->free_slot;
    c->home->free_slot = c->slot;
}

struct http__connection *http__connection_find(struct http__home *home, uint32_t slot, uint32_t generation) {
    const struct http__slot *found = &home->slots[slot];
    return found->generation == generation ? found->connection : NULL;
}

/* --- Beginning and end ------------------------------------------------------------------------------------------------- */

static struct http__connection *connection_new(struct http__home *home) {
    struct http__connection *c = home->free_connections;
    if (c) {
        home->free_connections = c->next;
        home->free_connection_count--;
        memset(c, 0, sizeof *c);
    } else {
        c = NEW(struct http__connection);
    }
    c->home = home;
    atomic_fetch_add_explicit(&home->connections, 1, memory_order_relaxed);
    return c;
}

static void connection_free(struct http__connection *c) {
    struct http__home *home = c->home;
    atomic_fetch_sub_explicit(&home->connections, 1, memory_order_relaxed);
    home->streams -= c->stream.is_one;
    if (home->free_connection_count < HTTP__POOL_MAX) {
        c->next = home->free_connections;
        home->free_connections = c;
        home->free_connection_count++;
    } else {
        memory_free(c);
    }
    http__home_close_if_done(home);
}

void http__home_free_connections(struct http__home *home) {
    while (home->free_connections) {
        struct http__connection *c = home->free_connections;
        home->free_connections = c->next;
        memory_free(c);
    }
}

static void on_closed(uv_handle_t *handle) { connection_free(handle->data); }

static void drop_kept(struct http__connection *c) {
    memory_free(c->kept);
    c->kept = NULL;
    c->kept_from = c->kept_to = c->kept_size = 0;
}

void http__connection_close(struct http__connection *c) {
    if (c->state == HTTP__CLOSED) {
        return;
    }
    enum http__state before = c->state;
    bool was_streaming = is_streaming(c);
    http__connection_enter(c, HTTP__CLOSED);
    leave_slot(c);
    drop_kept(c);
    /* WAITING: the handler's. WRITING: on_written, which uv_close is about to cause, sees to it. */
    if (before == HTTP__BODY) {
        http__call_release(c->call);
    }
    uv_close(&c->uv.handle, on_closed);
    if (was_streaming && c->stream.ended) {
        c->stream.ended(c->stream.data);
    }
}

/* --- Reading ------------------------------------------------------------------------------------------------------------ */

static void input(struct http__connection *c, slice bytes);

static void on_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *out) {
    (void)suggested;
    struct http__connection *c = handle->data;
    *out = uv_buf_init(c->home->read_buffer, HTTP__READ_BYTES);
}

static void stop_reading(struct http__connection *c) {
    if (c->is_reading) {
        uv_read_stop(&c->uv.stream);
        c->is_reading = false;
    }
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
    struct http__connection *c = stream->data;
    if (n > 0) {
        input(c, slice_make(buffer->base, (size_t)n));
        return;
    }
    if (n == 0) {
        return;
    }
    /* A client may close its half and still read: it gets the answers to what it has asked. */
    bool answers_wait = c->state == HTTP__WAITING || c->state == HTTP__WRITING || c->state == HTTP__READY;
    if (n == UV_EOF && answers_wait) {
        c->has_ended = true;
        stop_reading(c);
        return;
    }
    http__connection_close(c);
}

static void start_reading(struct http__connection *c) {
    if (!c->is_reading && !c->has_ended) {
        c->is_reading = uv_read_start(&c->uv.stream, on_buffer, on_read) == 0;
        if (!c->is_reading) {
            http__connection_close(c);
        }
    }
}

static void keep(struct http__connection *c, slice bytes) {
    if (bytes.n == 0) {
        return;
    }
    uint32_t n = c->kept_to - c->kept_from;
    if (n + bytes.n > c->kept_size) {
        uint32_t size = 1024;
        while (size < n + bytes.n) {
            size *= 2;
        }
        char *p = memory_alloc(size);
        if (n) {
            memcpy(p, c->kept + c->kept_from, n);
        }
        memory_free(c->kept);
        c->kept = p;
        c->kept_size = size;
        c->kept_from = 0;
        c->kept_to = n;
    } else if (c->kept_size - c->kept_to < bytes.n) {
        memmove(c->kept, c->kept + c->kept_from, n);
        c->kept_from = 0;
        c->kept_to = n;
    }
    memcpy(c->kept + c->kept_to, bytes.p, bytes.n);
    c->kept_to += (uint32_t)bytes.n;
}

static slice kept(const struct http__connection *c) {
    return slice_make(c->kept ? c->kept + c->kept_from : NULL, c->kept_to - c->kept_from);
}

/* --- Requests ------------------------------------------------------------------------------------------------------------ */

static void hand_over(struct http__connection *c, struct http_call *call) {
    http__connection_enter(c, HTTP__WAITING);
    c->call = NULL;
    const struct http_server_options *options = &c->home->server->options;
    options->handle(call, options->ctx);
}

/* The head is read: now the ceiling of the body, and whether to ask for it. */
static void begin_body(struct http__connection *c, struct http_call *call, bool body_is_here) {
    const struct http_server_options *options = &c->home->server->options;
    size_t max = options->body_limit ? options->body_limit(call, options->ctx) : options->body_bytes;
    max = max < options->body_bytes ? max : options->body_bytes;
    http__connection_enter(c, HTTP__BODY);
    c->call = call;
    call->body.max = max;
    if (call->head.body == HTTP__BODY_LENGTH && call->head.content_length > max) {
        http__connection_refuse(c, REFUSE(413, "The body is too large."));
        return;
    }
    if (call->head.expects_continue && !body_is_here &&
        !http__connection_write_now(c, S("HTTP/1.1 100 Continue\r\n\r\n"))) {
        http__connection_close(c);
    }
}

static void begin_call(struct http__connection *c, struct http_call *call) {
    c->scan = (struct http__scan){0};
    c->saw_empty_line = false;
    call->received_ns = c->home->server->options.done ? clock_monotonic_ns() : 0;
}

/* A whole head that has been read and taken before, byte for byte. */
static void take_known(struct http__connection *c, struct http__known *known) {
    struct http_call *call = http__call_new(c);
    call->known = http__known_ref(known);
    call->head = known->head;
    begin_call(c, call);
    hand_over(c, call);
}

/* A head has been found; body_is_here: bytes follow it already. */
static void take_head(struct http__connection *c, slice bytes, bool body_is_here) {
    struct http_call *call = http__call_new(c);
    slice head = arena_copy(call->arena, bytes);
    struct http__refusal refusal = http__head_read(head, c->scan.lines, call->arena, &call->head);
    if (refusal.status) {
        http__call_release(call);
        http__connection_refuse(c, refusal);
        return;
    }
    http__known_remember(c->home->known_heads, head, c->scan.lines, &call->head);
    begin_call(c, call);
    if (call->head.body == HTTP__BODY_NONE) {
        hand_over(c, call);
    } else {
        begin_body(c, call, body_is_here);
    }
}

/* One step in IDLE, READY or HEAD: gives how many bytes were used, 0: more are needed. */
static size_t head_step(struct http__connection *c, slice bytes) {
    /* RFC 9112 §2.2: "at least one empty line … prior to the request-line"; we ignore one, not a stream of them. */
    if (!c->saw_empty_line && slice_starts(bytes, S("\r\n"))) {
        c->saw_empty_line = true;
        c->scan = (struct http__scan){0};
        return 2;
    }
    struct http__known *known = c->scan.searched == 0 ? http__known_find(c->home->known_heads, bytes) : NULL;
    if (known) {
        take_known(c, known);
        return bytes.n;
    }
    struct http__refusal refusal = {0};
    size_t n = http__head_find_end(bytes, &c->scan, &c->home->server->head_limits, &refusal);
    if (refusal.status) {
        http__connection_refuse(c, refusal);
        return 0;
    }
    if (n > 0) {
        take_head(c, slice_sub(bytes, 0, n), bytes.n > n);
    } else if (c->state != HTTP__HEAD) {
        http__connection_enter(c, HTTP__HEAD);
    }
    return n;
}

/* Counts what the body has grown by; false: all bodies together take more than they may. */
static bool count_body(struct http__connection *c, struct http_call *call) {
    struct http_server *server = c->home->server;
    size_t grown = call->body.capacity - call->body_counted;
    if (grown == 0) {
        return true;
    }
    call->body_counted = call->body.capacity;
    return atomic_fetch_add_explicit(&server->body_bytes, grown, memory_order_relaxed) + grown <=
           server->options.bodies_bytes;
}

static size_t body_step(struct http__connection *c, slice bytes) {
    struct http_call *call = c->call;
    slice rest = bytes;
    bool is_whole = false;
    if (call->head.body == HTTP__BODY_LENGTH) {
        size_t missing = (size_t)call->head.content_length - call->body.n;
        buf_add(&call->body, slice_sub(bytes, 0, missing));
        rest = slice_after(bytes, missing);
        is_whole = call->body.n == call->head.content_length;
    } else {
        struct http__refusal refusal = http__chunked_feed(&call->chunked, &rest, &call->body);
        if (refusal.status) {
            http__connection_refuse(c, refusal);
            return 0;
        }
        is_whole = call->chunked.state == HTTP__CHUNK_DONE;
    }
    if (!count_body(c, call)) {
        http__connection_refuse(c, REFUSE(503, "Too much is being sent at once. Please try again."));
        return 0;
    }
    if (is_whole) {
        hand_over(c, call);
    }
    return bytes.n - rest.n;
}

/* Cuts requests from the front of bytes, and gives how many were used. */
static size_t consume(struct http__connection *c, slice bytes) {
    size_t used = 0;
    unsigned steps = 0;
    c->is_consuming = true;
    while (used < bytes.n && may_take_request(c)) {
        if (c->state == HTTP__IDLE && steps >= HTTP__TURN_REQUESTS) {
            http__connection_enter(c, HTTP__READY);
            http__home_want_turn(c->home);
            break;
        }
        slice rest = slice_after(bytes, used);
        size_t n = c->state == HTTP__BODY ? body_step(c, rest) : head_step(c, rest);
        if (n == 0) {
            break;
        }
        used += n;
        steps++;
    }
    c->is_consuming = false;
    return used;
}

/* After consuming: what reading, and the rest, ask for. */
static void settle(struct http__connection *c) {
    if (c->state == HTTP__CLOSED || c->state == HTTP__LINGER) {
        return;
    }
    size_t n = c->kept_to - c->kept_from;
    if (n == 0 && c->kept) {
        drop_kept(c);
    }
    if (is_streaming(c)) {
        drop_kept(c);
        start_reading(c); /* to learn when the client goes */
    } else if (may_take_request(c) && c->state != HTTP__READY) {
        if (c->has_ended || (c->home->is_draining && c->state == HTTP__IDLE)) {
            http__connection_close(c);
            return;
        }
        start_reading(c);
    } else if (n >= HTTP__READ_BYTES) {
        stop_reading(c);
    } else {
        start_reading(c);
    }
}

/* consume() from what was kept. What it did may have dropped the rest of that. */
static void consume_kept(struct http__connection *c) {
    size_t used = consume(c, kept(c));
    c->kept_from += c->kept ? (uint32_t)used : 0;
}

static void go_on(struct http__connection *c) {
    consume_kept(c);
    settle(c);
}

static void input(struct http__connection *c, slice bytes) {
    if (c->state == HTTP__LINGER || is_streaming(c)) {
        c->mark += bytes.n;
        if (c->mark > HTTP__LINGER_BYTES) {
            http__connection_close(c);
        }
        return;
    }
    if (c->kept_to > c->kept_from || !may_take_request(c)) {
        keep(c, bytes);
        if (may_take_request(c) && c->state != HTTP__READY) {
            consume_kept(c);
        }
    } else {
        size_t used = consume(c, bytes);
        if (c->state != HTTP__CLOSED && c->state != HTTP__LINGER) {
            keep(c, slice_after(bytes, used));
        }
    }
    settle(c);
}

/* --- The end of an answer ------------------------------------------------------------------------------------------------- */

/* Closing a socket on which bytes have come that we did not read would reset it, and could take the answer from the client's
   hands: close our half, swallow what comes for a while, then close. */
static void linger(struct http__connection *c) {
    uv_os_fd_t fd;
    http__connection_enter(c, HTTP__LINGER);
    drop_kept(c);
    c->mark = 0;
    if (c->has_ended || uv_fileno(&c->uv.handle, &fd) != 0 || shutdown(fd, SHUT_WR) != 0) {
        http__connection_close(c);
        return;
    }
    start_reading(c);
}

void http__connection_answered(struct http__connection *c, bool keep_open) {
    if (!keep_open) {
        linger(c);
        return;
    }
    http__connection_enter(c, HTTP__IDLE);
    if (!c->is_consuming) {
        go_on(c);
    }
}

bool http__connection_begin_stream(struct http__connection *c) {
    if (c->has_ended || c->home->is_draining) {
        http__connection_close(c);
        return false;
    }
    http__connection_enter(c, HTTP__STREAMING);
    c->mark = 0;
    c->stream = (struct http_stream){.is_one = true};
    c->home->streams++;
    if (!c->is_consuming) {
        settle(c);
    }
    return c->state != HTTP__CLOSED;
}

void http__connection_refuse(struct http__connection *c, struct http__refusal refusal) {
    if (c->state == HTTP__BODY) {
        http__call_release(c->call);
        c->call = NULL;
    }
    char text[512];
    const char *more = refusal.status == 405   ? "Allow: GET, HEAD, POST, OPTIONS\r\n"
                       : refusal.status == 503 ? "Retry-After: 2\r\n"
                                               : "";
    slice date = http__home_date(c->home, HTTP__CLOSE);
    int n = snprintf(text, sizeof text,
                     "HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %zu\r\n"
                     "Cache-Control: no-store\r\n%s%.*s%s\n",
                     refusal.status, http_status_phrase(refusal.status), strlen(refusal.reason) + 1, more,
                     SLICE_FMT(date), refusal.reason);
    assert(n > 0 && (size_t)n < sizeof text);
    const struct http_server_options *options = &c->home->server->options;
    if (options->refused) {
        options->refused(refusal.status, refusal.reason, &c->peer, options->ctx);
    }
    if (http__connection_write_now(c, slice_make(text, (size_t)n))) {
        linger(c);
    } else {
        http__connection_close(c);
    }
}

/* --- The beginning --------------------------------------------------------------------------------------------------------- */

static bool accept_from(struct http__connection *c, uv_stream_t *listener) {
    uv_loop_t *uv = loop_uv(c->home->loop);
    bool is_tcp = listener->type == UV_TCP;
    int failed = is_tcp ? uv_tcp_init(uv, &c->uv.tcp) : uv_pipe_init(uv, &c->uv.pipe, 0);
    assert(!failed);
    c->uv.handle.data = c;
    if (uv_accept(listener, &c->uv.stream) != 0) {
        return false;
    }
    c->peer = (struct address){.family = ADDRESS_LOCAL};
    if (is_tcp) {
        struct sockaddr_storage name;
        int size = sizeof name;
        if (uv_tcp_getpeername(&c->uv.tcp, (struct sockaddr *)&name, &size) != 0) {
            return false;
        }
        c->peer = address_of_socket((struct sockaddr *)&name);
    }
    return true;
}

void http__connection_accept(struct http__home *home, uv_stream_t *listener) {
    struct http__connection *c = connection_new(home);
    uint32_t count = atomic_load_explicit(&home->connections, memory_order_relaxed);
    count -= home->streams;
    if (!accept_from(c, listener) || count > home->max_connections + HTTP__OVERFLOW) {
        uv_close(&c->uv.handle, on_closed);
        return;
    }
    take_slot(c);
    http__connection_enter(c, HTTP__IDLE);
    http__home_want_tick(home);
    if (count > home->max_connections) {
        http__connection_refuse(c, REFUSE(503, "There are too many connections. Please try again."));
    } else {
        start_reading(c);
    }
}

/* --- Time --------------------------------------------------------------------------------------------------------------------- */

static void on_late(struct http__connection *c) {
    switch (c->state) {
    case HTTP__HEAD: http__connection_refuse(c, REFUSE(408, "The head of the request took too long.")); return;
    case HTTP__BODY: http__connection_refuse(c, REFUSE(408, "The body of the request took too long.")); return;
    case HTTP__WRITING: {
        size_t waiting = uv_stream_get_write_queue_size(&c->uv.stream);
        if (waiting + HTTP__STALL_BYTES <= c->mark) {
            c->mark = waiting;
            http__connection_enter(c, HTTP__WRITING);
            return;
        }
        break;
    }
    case HTTP__IDLE:
    case HTTP__LINGER:
    case HTTP__CLOSED:
    case HTTP__READY:
    case HTTP__STREAMING:
    case HTTP__STALLED:
    case HTTP__WAITING: break;
    }
    http__connection_close(c);
}

void http__home_tick(struct http__home *home) {
    static const enum http__state TIMED[] = {HTTP__IDLE,    HTTP__HEAD,   HTTP__BODY,
                                             HTTP__WRITING, HTTP__LINGER, HTTP__STALLED};
    int64_t now = loop_now_ms(home->loop);
    /* Within a list all have the same time allowed, and so stand in the order of their deadlines. */
    for (size_t i = 0; i < ARRAY_COUNT(TIMED); i++) {
        const struct http__list *list = &home->lists[TIMED[i]];
        while (list->first && list->first->deadline_ms <= now) {
            on_late(list->first);
        }
    }
}

void http__home_turn(struct http__home *home) {
    const struct http__connection *last = home->lists[HTTP__READY].last;
    bool is_last = !last;
    while (!is_last) {
        struct http__connection *c = home->lists[HTTP__READY].first;
        is_last = c == last;
        go_on(c);
    }
}

void http__home_close_connections(struct http__home *home, bool idle_only) {
    for (size_t state = HTTP__IDLE; state < HTTP__STATE_COUNT; state++) {
        bool at_once = state == HTTP__IDLE || state == HTTP__STREAMING || state == HTTP__STALLED;
        while (home->lists[state].first && (!idle_only || at_once)) {
            http__connection_close(home->lists[state].first);
        }
    }
}
