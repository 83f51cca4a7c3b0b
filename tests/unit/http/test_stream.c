/* Answers in pieces: who gets them, in which order, and who is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/stream.h"
#include "loopback.h"

enum { MOST = 64, PATIENCE_MS = 20000 };

/* The streams of a loop, touched on its thread alone. */
static struct {
    struct http_stream *open[MOST];
    size_t count;
} streams;

static struct loopback loopback;
static struct blob *head;
static _Atomic int begun, ended, refused;
static struct http_call *_Atomic waiting;

static void on_ended(void *data) {
    size_t place = (size_t)(uintptr_t)data;
    assert_non_null(streams.open[place]);
    streams.open[place] = NULL;
    atomic_fetch_add(&ended, 1);
}

static void begin(struct http_call *call) {
    size_t place = streams.count++;
    struct http_stream_start start = {
        .head = head,
        .first = arena_format(http_call_arena(call), "first %zu\n", place),
        .ended = on_ended,
        .data = (void *)(uintptr_t)place,
    };
    assert_true(place < MOST);
    streams.open[place] = http_call_stream(call, &start);
    atomic_fetch_add(streams.open[place] ? &begun : &refused, 1);
}

static void begin_waiting(void *ctx) {
    (void)ctx;
    begin(atomic_load(&waiting));
}

static void handle(struct http_call *call, void *ctx) {
    (void)ctx;
    slice path = http_call_path(call);
    if (slice_equal(path, S("/stream"))) {
        begin(call);
    } else if (slice_equal(path, S("/later"))) {
        atomic_store(&waiting, call);
    } else {
        http_call_reply_text(call, 200, S("page"));
    }
}

static void start_at(const char *where, int64_t write_ms, size_t connections) {
    static const struct http_header NO_STORE = {S_INIT("Cache-Control"), S_INIT("no-store")};
    struct http_server_options options = loopback_options(&loopback);
    options.listen = where;
    options.handle = handle;
    options.write_ms = write_ms;
    options.idle_ms = 300;
    options.connections = connections;
    streams.count = 0;
    begun = ended = refused = 0;
    atomic_store(&waiting, NULL);
    head = http_head_new(200, S("text/event-stream"), &NO_STORE, 1, -1);
    loopback_start(&loopback, &options, 1);
}

static void start(int64_t write_ms, size_t connections) { start_at("127.0.0.1:0", write_ms, connections); }

static void stop(void) {
    loopback_stop(&loopback);
    assert_int_equal(begun, ended);
    blob_unref(head);
}

static void run(void (*fn)(void *ctx), void *ctx) { loop_call(loops_at(loopback.loops, 0), fn, ctx); }

static void write_all(void *ctx) {
    struct blob *piece = ctx;
    for (size_t i = 0; i < streams.count; i++) {
        if (streams.open[i]) {
            http_stream_write(streams.open[i], piece);
        }
    }
}

static void publish(slice text) {
    struct blob *piece = blob_new(text);
    run(write_all, piece);
    assert_int_equal(piece->references, 1); /* nothing waits: nobody holds it */
    blob_unref(piece);
}

static int follow(void) {
    int fd = loopback_connect(&loopback);
    loopback_send(fd, S("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    return fd;
}

/* A follower whose own buffer is small. */
static int follow_narrowly(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)loopback.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0), small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    loopback_send(fd, S("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    return fd;
}

static void wait_until_left(size_t connections) {
    int64_t since = clock_monotonic_ms();
    while (http_server_connections(loopback.server) > connections) {
        assert_true(clock_monotonic_ms() - since < PATIENCE_MS);
        sched_yield();
    }
}

static void sends_every_piece_to_all_in_order(void **state) {
    (void)state;
    enum { FOLLOWERS = 5, PIECES = 200 };
    int fds[FOLLOWERS];
    struct buf b, expected;
    buf_init(&b, 65536);
    buf_init(&expected, 65536);
    start(30000, 100);
    for (size_t i = 0; i < FOLLOWERS; i++) {
        fds[i] = follow();
    }
    loopback_wait(&begun, FOLLOWERS);
    assert_int_equal(atomic_load(&loopback.done), FOLLOWERS); /* their calls are over */
    for (int i = 0; i < PIECES; i++) {
        char text[32];
        snprintf(text, sizeof text, "piece %d\n", i);
        buf_add(&expected, slice_of(text));
        publish(slice_of(text));
    }
    for (size_t i = 0; i < FOLLOWERS; i++) {
        buf_clear(&b);
        loopback_receive_until(fds[i], &b, "piece 199\n");
        assert_true(slice_starts(buf_slice(&b), S("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")));
        assert_contains(&b, "\r\nConnection: close\r\n\r\nfirst ");
        assert_lacks(&b, "Content-Length");
        assert_lacks(&b, "Transfer-Encoding");
        assert_true(slice_ends(buf_slice(&b), buf_slice(&expected)));
        close(fds[i]);
    }
    loopback_wait(&ended, FOLLOWERS);
    stop();
    buf_fini(&b);
    buf_fini(&expected);
}

static void begins_later_too(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    start(30000, 100);
    int fd = loopback_connect(&loopback);
    /* what is pipelined behind it is thrown away */
    loopback_send(fd, S("GET /later HTTP/1.1\r\nHost: a\r\n\r\nGET /page HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (!atomic_load(&waiting)) {
        sched_yield();
    }
    run(begin_waiting, NULL);
    loopback_receive_until(fd, &b, "first 0\n");
    publish(S("more\n"));
    loopback_receive_until(fd, &b, "more\n");
    assert_lacks(&b, "page");
    close(fd);
    loopback_wait(&ended, 1);
    stop();
    buf_fini(&b);
}

static void outlives_idle_connections(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    start(300, 100);
    int fd = follow();
    loopback_wait(&begun, 1);
    int idle = loopback_connect(&loopback);
    loopback_receive(idle, &b); /* cut after idle_ms */
    close(idle);
    publish(S("still here\n"));
    loopback_receive_until(fd, &b, "still here\n");
    close(fd);
    loopback_wait(&ended, 1);
    stop();
    buf_fini(&b);
}

static void leaves_pages_their_connections(void **state) {
    (void)state;
    enum { FOLLOWERS = 20 };
    int fds[FOLLOWERS];
    struct buf b;
    buf_init(&b, 65536);
    start(30000, 2);
    for (int i = 0; i < FOLLOWERS; i++) {
        fds[i] = follow();
        loopback_wait(&begun, i + 1);
    }
    loopback_ask(&loopback, S("GET /page HTTP/1.1\r\nHost: a\r\n\r\n"), &b);
    assert_contains(&b, "HTTP/1.1 200 ");
    for (int i = 0; i < FOLLOWERS; i++) {
        close(fds[i]);
    }
    loopback_wait(&ended, FOLLOWERS);
    stop();
    buf_fini(&b);
}

static void write_without_end(void *ctx) {
    struct blob *piece = ctx;
    size_t written = 0;
    while (streams.open[0] && http_stream_write(streams.open[0], piece)) {
        assert_true(++written < 10000);
    }
    assert_null(streams.open[0]);
}

static void cuts_a_full_backlog(void **state) {
    (void)state;
    static char text[4096];
    memset(text, 'x', sizeof text);
    struct blob *piece = blob_new(slice_make(text, sizeof text));
    start(30000, 100);
    int slow = follow_narrowly(), other = follow();
    loopback_wait(&begun, 2);
    run(write_without_end, piece);
    wait_until_left(1); /* the other stays */
    assert_int_equal(ended, 1);
    assert_int_equal(piece->references, 1);
    blob_unref(piece);
    close(slow);
    close(other);
    stop();
}

static void write_until_stalled(void *ctx) {
    struct blob *piece = ctx;
    size_t written = 0;
    while (piece->references == 1) {
        assert_true(http_stream_write(streams.open[0], piece));
        assert_true(++written < 10000);
    }
}

/* On a path, where the system itself has no deadline. */
static void cuts_by_the_write_deadline(void **state) {
    (void)state;
    static char text[4096];
    char folder[] = "/tmp/palabre-stream-XXXXXX", where[96];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_non_null(mkdtemp(folder));
    snprintf(where, sizeof where, "unix:%s/socket", folder);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", where + 5);
    memset(text, 'x', sizeof text);
    struct blob *piece = blob_new(slice_make(text, sizeof text));
    start_at(where, 300, 100);
    int slow = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(slow, (const struct sockaddr *)&address, sizeof address), 0);
    loopback_send(slow, S("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    loopback_wait(&begun, 1);
    int64_t began = clock_monotonic_ms();
    run(write_until_stalled, piece);
    loopback_wait(&ended, 1);
    assert_true(clock_monotonic_ms() - began >= 300);
    wait_until_left(0);
    assert_int_equal(piece->references, 1);
    blob_unref(piece);
    close(slow);
    stop();
    rmdir(folder);
}

static void forgives_who_catches_up(void **state) {
    (void)state;
    static char text[4096], some[65536];
    memset(text, 'x', sizeof text);
    struct blob *piece = blob_new(slice_make(text, sizeof text));
    start(20000, 100);
    int slow = follow_narrowly();
    loopback_wait(&begun, 1);
    run(write_until_stalled, piece);
    int64_t since = clock_monotonic_ms();
    while (piece->references > 1) {
        assert_true(clock_monotonic_ms() - since < PATIENCE_MS);
        assert_true(recv(slow, some, sizeof some, MSG_DONTWAIT) != 0);
        sched_yield();
    }
    struct buf b;
    buf_init(&b, 4 * 1024 * 1024);
    publish(S("caught up\n"));
    loopback_receive_until(slow, &b, "caught up\n");
    assert_int_equal(ended, 0);
    buf_fini(&b);
    blob_unref(piece);
    close(slow);
    loopback_wait(&ended, 1);
    stop();
}

static void notices_who_goes_and_who_chatters(void **state) {
    (void)state;
    static char text[64 * 1024];
    memset(text, 'x', sizeof text);
    start(30000, 100);
    int gone = follow(), half = follow(), chatty = follow();
    loopback_wait(&begun, 3);
    close(gone);
    loopback_wait(&ended, 1);
    shutdown(half, SHUT_WR);
    loopback_wait(&ended, 2);
    for (int i = 0; i < 8; i++) {
        loopback_send(chatty, slice_make(text, sizeof text));
    }
    loopback_wait(&ended, 3);
    wait_until_left(0);
    close(half);
    close(chatty);
    stop();
}

static void end_first(void *ctx) {
    (void)ctx;
    http_stream_end(streams.open[0]);
    assert_null(streams.open[0]);
}

static void ends_when_told(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    start(30000, 100);
    int fd = follow();
    loopback_wait(&begun, 1);
    publish(S("last\n"));
    run(end_first, NULL);
    loopback_receive(fd, &b);
    assert_true(slice_ends(buf_slice(&b), S("\r\n\r\nfirst 0\nlast\n")));
    close(fd);
    stop();
    buf_fini(&b);
}

static void *stop_server(void *argument) {
    http_server_stop(argument, PATIENCE_MS);
    return NULL;
}

static void stops_at_once(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    start(30000, 100);
    int fd = follow(), late = loopback_connect(&loopback);
    loopback_send(late, S("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
    loopback_wait(&begun, 1);
    while (!atomic_load(&waiting)) {
        sched_yield();
    }
    int64_t began = clock_monotonic_ms();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_server, loopback.server), 0);
    loopback_receive(fd, &b); /* ended, though `late` is still under way */
    loopback_wait(&ended, 1);
    run(begin_waiting, NULL); /* too late */
    assert_int_equal(refused, 1);
    buf_clear(&b);
    loopback_receive(late, &b);
    assert_int_equal(b.n, 0);
    pthread_join(thread, NULL);
    assert_true(clock_monotonic_ms() - began < PATIENCE_MS / 2);
    assert_int_equal(atomic_load(&loopback.dropped), 1);
    close(fd);
    close(late);
    stop();
    buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_every_piece_to_all_in_order),
        cmocka_unit_test(begins_later_too),
        cmocka_unit_test(outlives_idle_connections),
        cmocka_unit_test(leaves_pages_their_connections),
        cmocka_unit_test(cuts_a_full_backlog),
        cmocka_unit_test(cuts_by_the_write_deadline),
        cmocka_unit_test(forgives_who_catches_up),
        cmocka_unit_test(notices_who_goes_and_who_chatters),
        cmocka_unit_test(ends_when_told),
        cmocka_unit_test(stops_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
