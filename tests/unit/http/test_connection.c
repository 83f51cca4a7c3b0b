/* How a connection behaves: order, bounds, deadlines, ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/connection.h"
#include "loopback.h"

static struct loopback loopback;

static int set_up(void **state) {
    struct http_server_options options = loopback_options(&loopback);
    (void)state;
    options.body_bytes = 100000;
    loopback_start(&loopback, &options, 2);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    loopback_stop(&loopback);
    return 0;
}

/* Sends, closes its half, and compares the end of what comes with `tail`. */
static void check_tail(const char *request, const char *tail) {
    struct buf b;
    buf_init(&b, 1 << 20);
    loopback_ask(&loopback, slice_of(request), &b);
    if (!slice_ends(buf_slice(&b), slice_of(tail))) {
        fail_msg("expected the tail '%s', got: %.*s", tail, SLICE_FMT(buf_slice(&b)));
    }
    buf_fini(&b);
}

static void check_contains(const char *request, const char *text) {
    struct buf b;
    buf_init(&b, 1 << 20);
    loopback_ask(&loopback, slice_of(request), &b);
    if (!slice_contains(buf_slice(&b), slice_of(text))) {
        fail_msg("expected '%s', got: %.*s", text, SLICE_FMT(buf_slice(&b)));
    }
    buf_fini(&b);
}

static void takes_what_is_well_formed(void **state) {
    (void)state;
    static const char *const REQUESTS[][2] = {
        {"GET /plain HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n/plain"},
        {"\r\nGET /one-empty-line HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n/one-empty-line"},
        {"GET /no-host HTTP/1.0\r\n\r\n", "\r\n\r\n/no-host"},
        {"GET /a%20b?q=%ff HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "\r\n\r\n/a b"},
        {"GET /a/../b//c/. HTTP/1.1\r\nHost: a.example:\r\n\r\n", "\r\n\r\n/a/../b//c/."},
        {"GET http://A.example/abs?x HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n", "\r\n\r\n/abs"},
        {"GET https://a HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n/"},
        {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n*"},
        {"GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "\r\n\r\n/up"},
        {"GET /empty HTTP/1.1\r\nHost: a\r\nX:\r\nY: \r\n\r\n", "\r\n\r\n/empty"},
        {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "\r\n\r\nabc"},
        {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "Content-Length: 0\r\nDate:"},
        {"POST /echo HTTP/1.1\r\nHost: a\r\n\r\n", "Content-Length: 0\r\nDate:"},
        {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n00A\r\n0123456789\r\n0\r\n"
         "Trailer: t\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n",
         "\r\n\r\n/next"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(REQUESTS); i++) {
        check_contains(REQUESTS[i][0], "HTTP/1.1 200 OK\r\n");
        check_contains(REQUESTS[i][0], REQUESTS[i][1]);
    }
    check_contains(REQUESTS[13][0], "\r\n\r\nabc0123456789HTTP/1.1 200");
}

static void keeps_or_closes_as_asked(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    loopback_ask(&loopback, S("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"), &b);
    assert_lacks(&b, "Connection:");
    buf_fini(&b);
    check_contains("GET /x HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n",
                   "Connection: close\r\n\r\n/x");
    check_tail("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n", "/x");
    check_contains("GET /x HTTP/1.0\r\n\r\n", "Connection: close\r\n\r\n/x");
    check_contains("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "Connection: keep-alive\r\n\r\n/x");
}

static void answers_in_order(void **state) {
    (void)state;
    struct buf request, b;
    buf_init(&request, 65536);
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 100; i++) {
        buf_add_format(&request, "GET /%s HTTP/1.1\r\nHost: a\r\nX: %d\r\n\r\n", i % 3 == 1 ? "later" : "now", i);
        buf_add_format(&request, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n<%04d>", i);
    }
    loopback_ask(&loopback, buf_slice(&request), &b);
    slice rest = buf_slice(&b);
    for (int i = 0; i < 100; i++) {
        char mark[16];
        snprintf(mark, sizeof mark, "<%04d>", i);
        size_t at = slice_find(rest, slice_of(mark));
        assert_true(at != SIZE_MAX);
        assert_true(slice_contains(slice_sub(rest, 0, at), i % 3 == 1 ? S("\r\n\r\nlater") : S("\r\n\r\n/now")));
        rest = slice_after(rest, at + 6);
    }
    assert_int_equal(rest.n, 0);
    buf_fini(&request);
    buf_fini(&b);
}

static void head_has_no_body(void **state) {
    (void)state;
    check_tail("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", "GMT\r\n\r\n");
    check_contains("HEAD /prebuilt HTTP/1.1\r\nHost: a\r\n\r\n", "Content-Length: 5\r\n");
    check_tail("HEAD /prebuilt HTTP/1.1\r\nHost: a\r\n\r\n", "GMT\r\n\r\n");
    check_tail("GET /prebuilt HTTP/1.1\r\nHost: a\r\n\r\n", "GMT\r\n\r\nhello");
}

static void says_continue(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    int fd = loopback_connect(&loopback);
    loopback_send(fd, S("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n"));
    loopback_receive_until(fd, &b, "HTTP/1.1 100 Continue\r\n\r\n");
    assert_int_equal(b.n, strlen("HTTP/1.1 100 Continue\r\n\r\n"));
    loopback_send(fd, S("abc"));
    loopback_receive_until(fd, &b, "\r\n\r\nabc");
    close(fd);
    buf_fini(&b);
    /* Not when the body is here already, nor in HTTP/1.0, nor for what is refused anyway. */
    check_contains("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
                   "\r\n\r\nabc");
    check_contains("POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", "\r\n\r\nabc");
    check_contains("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100001\r\n\r\n",
                   "HTTP/1.1 413 ");
}

static void takes_bodies_up_to_the_ceiling(void **state) {
    (void)state;
    struct buf request, b;
    buf_init(&request, 1 << 20);
    buf_init(&b, 1 << 20);
    buf_add(&request, S("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"));
    for (int i = 0; i < 100000; i++) {
        buf_add_char(&request, 'x');
    }
    loopback_ask(&loopback, buf_slice(&request), &b);
    assert_contains(&b, "Content-Length: 100000\r\n");
    buf_clear(&request);
    buf_clear(&b);
    buf_add(&request, S("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 100; i++) {
        buf_add_format(&request, "3e8\r\n%1000d\r\n", i);
    }
    size_t full = request.n;
    buf_add(&request, S("0\r\n\r\n"));
    loopback_ask(&loopback, buf_slice(&request), &b);
    assert_contains(&b, "Content-Length: 100000\r\n");
    request.n = full;
    buf_clear(&b);
    buf_add(&request, S("1\r\nx\r\n0\r\n\r\n"));
    loopback_ask(&loopback, buf_slice(&request), &b);
    assert_contains(&b, "HTTP/1.1 413 ");
    buf_fini(&request);
    buf_fini(&b);
}

static void answers_after_a_half_close(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    int fd = loopback_connect(&loopback);
    loopback_send(fd, S("GET /hold HTTP/1.1\r\nHost: a\r\n\r\nGET /behind HTTP/1.1\r\nHost: a\r\n\r\n"));
    shutdown(fd, SHUT_WR);
    loopback_release(&loopback);
    loopback_receive(fd, &b);
    assert_true(slice_ends(buf_slice(&b), S("\r\n\r\n/behind")));
    close(fd);
    buf_fini(&b);
}

static void drops_answers_nobody_waits_for(void **state) {
    (void)state;
    struct linger reset = {.l_onoff = 1};
    int dropped = atomic_load(&loopback.dropped);
    int fd = loopback_connect(&loopback);
    loopback_send(fd, S("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    int64_t since = clock_monotonic_ms();
    while (!atomic_load(&loopback.held)) {
        assert_true(clock_monotonic_ms() - since < 10000);
    }
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    while (http_server_connections(loopback.server) > 0) {
        assert_true(clock_monotonic_ms() - since < 10000);
    }
    loopback_release(&loopback);
    loopback_wait(&loopback.dropped, dropped + 1);
}

/* The resident set, in kB. */
static long memory_kb(void) {
    char line[256];
    long kb = 0;
    FILE *file = fopen("/proc/self/status", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "VmRSS: %ld", &kb) == 1) {
            break;
        }
    }
    fclose(file);
    return kb;
}

/* The newcomer has the slot of one that has gone, whose answer comes late. */
static void gives_nobody_anothers_answer(void **state) {
    (void)state;
    enum { CLIENTS = 20 };
    struct linger reset = {.l_onoff = 1};
    struct buf b;
    buf_init(&b, 65536);
    int64_t since = clock_monotonic_ms();
    int fd = loopback_connect(&loopback);
    loopback_send(fd, S("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (!atomic_load(&loopback.held)) {
        assert_true(clock_monotonic_ms() - since < 10000);
    }
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    while (http_server_connections(loopback.server) > 0) {
        assert_true(clock_monotonic_ms() - since < 10000);
    }
    /* Enough of them that one is on the same loop. */
    int fds[CLIENTS];
    struct http_call *calls[CLIENTS];
    struct http_call *first = atomic_exchange(&loopback.held, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = loopback_connect(&loopback);
        loopback_send(fds[i], S("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
        while (!(calls[i] = atomic_exchange(&loopback.held, NULL))) {
            assert_true(clock_monotonic_ms() - since < 10000);
        }
    }
    int dropped = atomic_load(&loopback.dropped);
    http_call_reply_text(first, 200, S("not for you"));
    loopback_wait(&loopback.dropped, dropped + 1);
    for (int i = 0; i < CLIENTS; i++) {
        http_call_reply_text(calls[i], 200, S("for you"));
    }
    for (int i = 0; i < CLIENTS; i++) {
        buf_clear(&b);
        loopback_receive_until(fds[i], &b, "for you");
        assert_lacks(&b, "not for you");
        close(fds[i]);
    }
    buf_fini(&b);
}

/* While a request is in flight, at most one read buffer of what follows is taken from the socket. */
static void stops_reading_behind_one_in_flight(void **state) {
    (void)state;
    enum { PIECE = 65536 };
    static char piece[PIECE];
    memset(piece, 'x', sizeof piece);
    struct buf b;
    buf_init(&b, 65536);
    long before = memory_kb();
    int fd = loopback_connect(&loopback);
    loopback_send(fd, S("GET /hold HTTP/1.1\r\nHost: a\r\n\r\nGET /"));
    struct timeval pause = {.tv_usec = 200000};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &pause, sizeof pause);
    size_t sent = 0;
    ssize_t n;
    while ((n = send(fd, piece, sizeof piece, MSG_NOSIGNAL)) > 0) {
        sent += (size_t)n;
        assert_true(sent < 64 * 1024 * 1024); /* what the system itself keeps is far less */
    }
    assert_true(memory_kb() - before < 8192);
    loopback_release(&loopback);
    loopback_receive(fd, &b);
    assert_contains(&b, "\r\n\r\nheldHTTP/1.1 414 ");
    close(fd);
    buf_fini(&b);
}

/* 3,000 requests, each answered with 4 MiB: 12 GB, of which nobody reads a byte at first. */
static void bounds_what_is_pipelined_and_unread(void **state) {
    (void)state;
    enum { COUNT = 3000, READ = 40 };
    struct buf request;
    buf_init(&request, 1 << 20);
    for (int i = 0; i < COUNT; i++) {
        buf_add_format(&request, "GET /big?%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
    }
    int handled = atomic_load(&loopback.handled);
    long before = memory_kb();
    int fd = loopback_connect(&loopback);
    loopback_send(fd, buf_slice(&request));
    loopback_wait(&loopback.handled, handled + 1);
    assert_true(atomic_load(&loopback.handled) < handled + 10);
    char *some = calloc(1, 1 << 20);
    int64_t left = (int64_t)READ * 4 * 1024 * 1024;
    while (left > 0) {
        ssize_t n = recv(fd, some, 1 << 20, 0);
        assert_true(n > 0);
        left -= n;
    }
    free(some);
    assert_true(atomic_load(&loopback.handled) >= handled + READ - 1);
    assert_true(atomic_load(&loopback.handled) < handled + READ + 10);
    /* Sanitizers keep what is freed; what is to be seen is that it is not 160 MB. */
    assert_true(memory_kb() - before < 40000);
    close(fd);
    buf_fini(&request);
}

static void answers_thousands_once_they_are_read(void **state) {
    (void)state;
    enum { COUNT = 3000 };
    struct buf request, b;
    buf_init(&request, 1 << 20);
    buf_init(&b, 1 << 24);
    for (int i = 0; i < COUNT; i++) {
        buf_add_format(&request, "GET /<%d> HTTP/1.1\r\nHost: a\r\n\r\n", i);
    }
    loopback_ask(&loopback, buf_slice(&request), &b);
    assert_int_equal(loopback_count(buf_slice(&b), S("HTTP/1.1 200 OK\r\n")), COUNT);
    slice rest = buf_slice(&b);
    for (int i = 0; i < COUNT; i++) {
        char mark[16];
        snprintf(mark, sizeof mark, "/<%d>", i);
        size_t at = slice_find(rest, slice_of(mark));
        assert_true(at != SIZE_MAX);
        rest = slice_after(rest, at);
    }
    buf_fini(&request);
    buf_fini(&b);
}

static void knows_its_edges(void **state) {
    (void)state;
    /* [from] = the states it may go to, as digits. */
    static const char *const EDGES[HTTP__STATE_COUNT] = {"17",    "1234570", "134570", "4570", "570",
                                                         "16708", "1670",    "0",      "90",   "80"};
    for (int from = 0; from < HTTP__STATE_COUNT; from++) {
        for (int to = 0; to < HTTP__STATE_COUNT; to++) {
            bool expected = strchr(EDGES[from], '0' + to) != NULL;
            if (http__state_may((enum http__state)from, (enum http__state)to) != expected) {
                fail_msg("from %d to %d: expected %d", from, to, expected);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_well_formed),
        cmocka_unit_test(keeps_or_closes_as_asked),
        cmocka_unit_test(answers_in_order),
        cmocka_unit_test(head_has_no_body),
        cmocka_unit_test(says_continue),
        cmocka_unit_test(takes_bodies_up_to_the_ceiling),
        cmocka_unit_test(answers_after_a_half_close),
        cmocka_unit_test(drops_answers_nobody_waits_for),
        cmocka_unit_test(gives_nobody_anothers_answer),
        cmocka_unit_test(stops_reading_behind_one_in_flight),
        cmocka_unit_test(bounds_what_is_pipelined_and_unread),
        cmocka_unit_test(answers_thousands_once_they_are_read),
        cmocka_unit_test(knows_its_edges),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
