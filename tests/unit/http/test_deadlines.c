/* What ends for lack of time, of room, or of a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "loopback.h"

static struct loopback loopback;

static struct http_server_options quick_options(void) {
    struct http_server_options options = loopback_options(&loopback);
    options.head_ms = 300;
    options.body_ms = 300;
    options.idle_ms = 300;
    options.write_ms = 300;
    return options;
}

static void start_quick(void) {
    struct http_server_options options = quick_options();
    loopback_start(&loopback, &options, 1);
}

/* Sends `start`, then a byte each 20 ms (busily, so that an inactivity timer would never fire) until an answer comes. */
static void trickle(const char *start, const char *byte, const char *expected) {
    struct buf b;
    buf_init(&b, 65536);
    struct timeval pause = {.tv_usec = 20000};
    char some[4096];
    int64_t began = clock_monotonic_ms();
    int fd = loopback_connect(&loopback);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
    loopback_send(fd, slice_of(start));
    ssize_t n;
    while ((n = recv(fd, some, sizeof some, 0)) != 0) {
        assert_true(clock_monotonic_ms() - began < 10000);
        if (n > 0) {
            buf_add(&b, slice_make(some, (size_t)n));
        } else {
            loopback_send(fd, slice_of(byte));
        }
    }
    int64_t took = clock_monotonic_ms() - began;
    close(fd);
    assert_contains(&b, expected);
    assert_int_equal(loopback_count(buf_slice(&b), S("HTTP/1.1 ")), 1);
    assert_true(took >= 300);
    buf_fini(&b);
}

static void limits_the_whole_head(void **state) {
    (void)state;
    start_quick();
    trickle("GET / HTTP/1.1\r\nX: ", "x", "HTTP/1.1 408 ");
    trickle("G", "x", "HTTP/1.1 408 ");
    trickle("\r", "", "HTTP/1.1 408 ");
    loopback_stop(&loopback);
}

static void limits_the_whole_body(void **state) {
    (void)state;
    start_quick();
    trickle("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", "x", "HTTP/1.1 408 ");
    trickle("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n", "x", "HTTP/1.1 408 ");
    trickle("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", "x", "HTTP/1.1 408 ");
    assert_int_equal(atomic_load(&loopback.handled), 0);
    loopback_stop(&loopback);
}

static void closes_the_idle_without_a_word(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    start_quick();
    int64_t began = clock_monotonic_ms();
    int fd = loopback_connect(&loopback);
    loopback_receive(fd, &b);
    close(fd);
    assert_int_equal(b.n, 0);
    assert_true(clock_monotonic_ms() - began >= 300);
    fd = loopback_connect(&loopback);
    loopback_send(fd, S("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
    loopback_receive(fd, &b);
    close(fd);
    assert_true(slice_ends(buf_slice(&b), S("\r\n\r\n/x")));
    loopback_stop(&loopback);
    buf_fini(&b);
}

static void leaves_a_slow_handler_its_time(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    start_quick();
    int fd = loopback_connect(&loopback);
    loopback_send(fd, S("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    int other = loopback_connect(&loopback);
    loopback_receive(other, &b); /* idle: so long the handler thinks */
    close(other);
    loopback_release(&loopback);
    loopback_receive_until(fd, &b, "held");
    close(fd);
    loopback_stop(&loopback);
    buf_fini(&b);
}

static void drops_who_does_not_read(void **state) {
    (void)state;
    start_quick();
    int fd = loopback_connect(&loopback);
    loopback_send(fd, S("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
    loopback_wait(&loopback.dropped, 1);
    int64_t since = clock_monotonic_ms();
    while (http_server_connections(loopback.server) > 0) {
        assert_true(clock_monotonic_ms() - since < 10000);
    }
    close(fd);
    loopback_stop(&loopback);
}

/* More than the system's buffers hold, at a pace that takes several times write_ms. */
static void serves_who_reads_slowly(void **state) {
    (void)state;
    enum { ANSWERS = 4, MIB = 1024 * 1024 };
    start_quick();
    int fd = loopback_connect(&loopback);
    for (int i = 0; i < ANSWERS; i++) {
        loopback_send(fd, S("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    shutdown(fd, SHUT_WR);
    struct timeval pause = {.tv_usec = 10000};
    int never = loopback_connect(&loopback); /* something to wait on: nothing comes */
    setsockopt(never, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
    static char some[128 * 1024];
    size_t total = 0;
    ssize_t n;
    while ((n = recv(fd, some, sizeof some, 0)) > 0) {
        total += (size_t)n;
        char nothing;
        (void)recv(never, &nothing, 1, 0);
    }
    assert_true(total > (size_t)ANSWERS * 4 * MIB);
    assert_int_equal(atomic_load(&loopback.dropped), 0);
    close(fd);
    close(never);
    loopback_stop(&loopback);
}

static void tells_the_surplus(void **state) {
    (void)state;
    enum { MOST = 5 };
    struct buf b;
    buf_init(&b, 65536);
    struct http_server_options options = loopback_options(&loopback);
    options.connections = MOST;
    loopback_start(&loopback, &options, 1);
    int fds[MOST];
    for (size_t i = 0; i < MOST; i++) {
        fds[i] = loopback_connect(&loopback);
        loopback_send(fds[i], S("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
        buf_clear(&b);
        loopback_receive_until(fds[i], &b, "/x");
    }
    buf_clear(&b);
    int fd = loopback_connect(&loopback);
    loopback_send(fd, S("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
    loopback_receive(fd, &b);
    close(fd);
    assert_contains(&b, "HTTP/1.1 503 ");
    assert_int_equal(atomic_load(&loopback.handled), MOST);
    close(fds[0]);
    int64_t since = clock_monotonic_ms();
    while (http_server_connections(loopback.server) >= MOST) {
        assert_true(clock_monotonic_ms() - since < 10000);
    }
    buf_clear(&b);
    loopback_ask(&loopback, S("GET /y HTTP/1.1\r\nHost: a\r\n\r\n"), &b);
    assert_contains(&b, "HTTP/1.1 200 ");
    for (size_t i = 1; i < MOST; i++) {
        close(fds[i]);
    }
    loopback_stop(&loopback);
    buf_fini(&b);
}

static void *stop_server(void *argument) {
    http_server_stop(argument, 20000);
    return NULL;
}

static void finishes_what_is_under_way(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    struct http_server_options options = loopback_options(&loopback);
    loopback_start(&loopback, &options, 2);
    int idle = loopback_connect(&loopback);
    loopback_send(idle, S("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"));
    loopback_receive_until(idle, &b, "/x");
    int busy = loopback_connect(&loopback);
    loopback_send(busy, S("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    loopback_wait(&loopback.handled, 2);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_server, loopback.server), 0);
    loopback_receive(idle, &b); /* closed at once */
    close(idle);
    buf_clear(&b);
    loopback_release(&loopback);
    loopback_receive(busy, &b);
    close(busy);
    assert_contains(&b, "Connection: close\r\n\r\nheld");
    pthread_join(thread, NULL);
    assert_int_equal(http_server_connections(loopback.server), 0);
    loopback_stop(&loopback);
    buf_fini(&b);
}

static void cuts_what_does_not_finish(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    struct http_server_options options = loopback_options(&loopback);
    loopback_start(&loopback, &options, 2);
    int busy = loopback_connect(&loopback);
    loopback_send(busy, S("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
    loopback_wait(&loopback.handled, 1);
    http_server_stop(loopback.server, 50);
    loopback_receive(busy, &b);
    assert_int_equal(b.n, 0);
    close(busy);
    loopback_release(&loopback);
    loopback_wait(&loopback.dropped, 1);
    loopback_stop(&loopback);
    buf_fini(&b);
}

static void refuses_a_port_in_use(void **state) {
    (void)state;
    char address[64];
    struct error error = {0};
    struct http_server *second = NULL;
    struct http_server_options options = loopback_options(&loopback);
    loopback_start(&loopback, &options, 2);
    snprintf(address, sizeof address, "127.0.0.1:%d", loopback.port);
    options.listen = address;
    assert_int_equal(http_server_start(loopback.loops, &options, &second, &error), CONFLICT);
    assert_true(slice_contains(slice_of(error.detail), slice_of(address)));
    options.listen = "nonsense";
    assert_int_equal(http_server_start(loopback.loops, &options, &second, &error), INVALID);
    options.head_ms = 0;
    assert_int_equal(http_server_start(loopback.loops, &options, &second, &error), INVALID);
    loopback_stop(&loopback);
}

static void listens_on_a_path(void **state) {
    (void)state;
    char folder[] = "/tmp/palabre-http-XXXXXX";
    char where[96];
    struct buf b;
    buf_init(&b, 65536);
    assert_non_null(mkdtemp(folder));
    snprintf(where, sizeof where, "unix:%s/socket", folder);
    struct http_server_options options = loopback_options(&loopback);
    options.listen = where;
    for (int round = 0; round < 2; round++) {
        loopback_start(&loopback, &options, 2);
        assert_int_equal(loopback.port, 0);
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof address.sun_path, "%s", where + 5);
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
        loopback_send(fd,
                      S("GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7\r\nConnection: close\r\n\r\n"));
        buf_clear(&b);
        loopback_receive(fd, &b);
        close(fd);
        assert_true(slice_ends(buf_slice(&b), S("\r\n\r\n192.0.2.7")));
        loopback_stop(&loopback);
        assert_int_equal(access(where + 5, F_OK), -1);
        /* A socket left over from a crash is replaced. */
        int stale = socket(AF_UNIX, SOCK_STREAM, 0);
        assert_int_equal(bind(stale, (struct sockaddr *)&address, sizeof address), 0);
        close(stale);
    }
    unlink(where + 5);
    rmdir(folder);
    buf_fini(&b);
}

static int send_part(size_t length, size_t bytes) {
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_add_format(&b, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", length);
    for (size_t i = 0; i < bytes; i++) {
        buf_add_char(&b, 'x');
    }
    int fd = loopback_connect(&loopback);
    loopback_send(fd, buf_slice(&b));
    buf_fini(&b);
    return fd;
}

/* Each body is fine; together they are too much. What has gone, whole or not, makes room again. */
static void bounds_the_memory_of_all_bodies(void **state) {
    (void)state;
    enum { LENGTH = 100000, PART = 60000, FIT = 4 };
    struct http_server_options options = loopback_options(&loopback);
    struct buf b;
    buf_init(&b, 1 << 20);
    options.body_bytes = LENGTH;
    options.bodies_bytes = FIT * 65536 + 16384;
    loopback_start(&loopback, &options, 2);
    for (int round = 0; round < 3; round++) {
        int fds[FIT];
        for (int i = 0; i < FIT; i++) {
            fds[i] = send_part(LENGTH, PART);
        }
        usleep(200000); /* until they have been read */
        int refused = atomic_load(&loopback.refused);
        int fd = send_part(LENGTH, PART);
        buf_clear(&b);
        loopback_receive(fd, &b);
        assert_contains(&b, "HTTP/1.1 503 ");
        assert_contains(&b, "\r\nRetry-After: 2\r\n");
        assert_contains(&b, "\r\nConnection: close\r\n");
        assert_int_equal(atomic_load(&loopback.refused), refused + 1);
        close(fd);
        for (int i = 0; i < FIT; i++) {
            close(fds[i]);
        }
        while (http_server_connections(loopback.server) > 0) {
            usleep(1000);
        }
        fd = send_part(PART, PART);
        buf_clear(&b);
        loopback_receive_until(fd, &b, "\r\n\r\nx");
        assert_contains(&b, "HTTP/1.1 200 ");
        close(fd);
    }
    loopback_stop(&loopback);
    buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_the_whole_head),
        cmocka_unit_test(limits_the_whole_body),
        cmocka_unit_test(closes_the_idle_without_a_word),
        cmocka_unit_test(leaves_a_slow_handler_its_time),
        cmocka_unit_test(drops_who_does_not_read),
        cmocka_unit_test(serves_who_reads_slowly),
        cmocka_unit_test(tells_the_surplus),
        cmocka_unit_test(bounds_the_memory_of_all_bodies),
        cmocka_unit_test(finishes_what_is_under_way),
        cmocka_unit_test(cuts_what_does_not_finish),
        cmocka_unit_test(refuses_a_port_in_use),
        cmocka_unit_test(listens_on_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
