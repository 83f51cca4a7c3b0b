#include "http/stream.h"

#include "base/memory.h"
#include "http/call_internal.h"
#include "http/connection.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

enum { HEAD_PARTS = 3 };

/* What the socket did not take of a piece. */
struct waiting_piece {
    uv_write_t write; /* first; data is the connection */
    struct blob *blob;
};

static struct http__connection *connection_of(struct http_stream *stream) {
    return (struct http__connection *)(void *)((char *)stream - offsetof(struct http__connection, stream));
}

static uv_buf_t part_of(slice s) { return (uv_buf_t){.base = (char *)(uintptr_t)s.p, .len = s.n}; }

/* A follower who does not read, or has vanished without a word, is to cost the system little, and not for long. */
static void limit_socket(struct http__connection *c) {
    int bytes = HTTP__STREAM_SEND_BYTES;
    (void)uv_send_buffer_size(&c->uv.handle, &bytes);
    uv_os_fd_t fd;
    if (c->peer.family != ADDRESS_LOCAL && uv_fileno(&c->uv.handle, &fd) == 0) {
        unsigned ms = (unsigned)c->home->server->options.write_ms;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
    }
}

static void on_piece_written(uv_write_t *write, int status) {
    struct waiting_piece *waiting = (struct waiting_piece *)(void *)write;
    struct http__connection *c = write->data;
    blob_unref(waiting->blob);
    memory_free(waiting);
    c->stream.pieces--;
    if (status != 0) {
        http__connection_close(c);
    } else if (c->state == HTTP__STALLED && c->stream.pieces == 0) {
        http__connection_enter(c, HTTP__STREAMING);
    }
}

/* Queues what stands after the first `written` bytes of a piece. */
static bool queue_piece(struct http__connection *c, struct blob *piece, size_t written) {
    if (c->stream.pieces >= HTTP__STREAM_PIECES) {
        http__connection_close(c);
        return false;
    }
    struct waiting_piece *waiting = NEW(struct waiting_piece);
    uv_buf_t rest = part_of(slice_after(blob_slice(piece), written));
    waiting->blob = blob_ref(piece);
    waiting->write.data = c;
    if (uv_write(&waiting->write, &c->uv.stream, &rest, 1, on_piece_written) != 0) {
        blob_unref(waiting->blob);
        memory_free(waiting);
        http__connection_close(c);
        return false;
    }
    c->stream.pieces++;
    if (c->state == HTTP__STREAMING) {
        http__connection_enter(c, HTTP__STALLED);
    }
    return true;
}

/* Head, date and first bytes. False: the connection is closed. */
static bool write_first(struct http__connection *c, const struct http_stream_start *start) {
    slice parts[HEAD_PARTS] = {blob_slice(start->head), http__home_date(c->home, HTTP__CLOSE), start->first};
    uv_buf_t buffers[HEAD_PARTS] = {part_of(parts[0]), part_of(parts[1]), part_of(parts[2])};
    size_t total = parts[0].n + parts[1].n + parts[2].n;
    int n = uv_try_write(&c->uv.stream, buffers, start->first.n ? HEAD_PARTS : HEAD_PARTS - 1);
    if (n >= 0 && (size_t)n == total) {
        return true;
    }
    if (n < 0 && n != UV_EAGAIN) {
        http__connection_close(c);
        return false;
    }
    /* A socket that cannot take a head at the beginning: pipelining, and a client that does not read. */
    struct buf all;
    buf_init(&all, total);
    for (size_t i = 0; i < HEAD_PARTS; i++) {
        buf_add(&all, parts[i]);
    }
    struct blob *piece = blob_new_take(&all);
    bool queued = queue_piece(c, piece, n > 0 ? (size_t)n : 0);
    blob_unref(piece);
    return queued;
}

struct http_stream *http_call_stream(struct http_call *call, const struct http_stream_start *start) {
    struct http__home *home = call->home;
    assert(loop_current() == home->loop && call->head.method == HTTP_GET && start->head->n > 12);
    call->status = 200;
    call->body_part = start->first;
    struct http__connection *c = http__connection_find(home, call->slot, call->generation);
    bool begun = c && http__connection_begin_stream(c) && write_first(c, start);
    http__call_finish(call, !begun);
    if (!begun) {
        return NULL;
    }
    limit_socket(c);
    c->stream.ended = start->ended;
    c->stream.data = start->data;
    return &c->stream;
}

bool http_stream_write(struct http_stream *stream, struct blob *piece) {
    struct http__connection *c = connection_of(stream);
    size_t written = 0;
    assert(loop_current() == c->home->loop);
    if (c->state == HTTP__STREAMING) {
        uv_buf_t part = part_of(blob_slice(piece));
        int n = uv_try_write(&c->uv.stream, &part, 1);
        if (n < 0 && n != UV_EAGAIN) {
            http__connection_close(c);
            return false;
        }
        written = n > 0 ? (size_t)n : 0;
        if (written == piece->n) {
            return true;
        }
    }
    return queue_piece(c, piece, written);
}

void http_stream_end(struct http_stream *stream) { http__connection_close(connection_of(stream)); }
