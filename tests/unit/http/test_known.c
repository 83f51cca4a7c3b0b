/* Heads that come again: found when they are the same to the byte, and only then; answered as if they had been read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "http/known.h"
#include "loopback.h"

static struct http__known_heads *heads;
static struct arena *arena;

static int set_up(void **state) {
    (void)state;
    heads = http__known_heads_new();
    arena = arena_new(1 << 20);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    http__known_heads_free(heads);
    arena_free(arena);
    return 0;
}

/* As a connection does. */
static void read_head(slice bytes) {
    static const struct http__head_limits LIMITS = {16384, 8192, 100};
    struct http__scan scan = {0};
    struct http__refusal refusal = {0};
    struct http__head head;
    assert_int_equal(http__head_find_end(bytes, &scan, &LIMITS, &refusal), bytes.n);
    assert_int_equal(http__head_read(bytes, scan.lines, arena, &head).status, 0);
    http__known_remember(heads, bytes, scan.lines, &head);
}

static slice head_of(const char *path, const char *more) {
    return arena_format(
        arena, "GET %s HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a reader's\r\nAccept-Encoding: gzip, br\r\n%s\r\n",
        path, more);
}

static void a_head_is_known_once_it_came_twice(void **state) {
    (void)state;
    slice bytes = head_of("/articles/5-le-pont?q=%C3%A9", "If-None-Match: \"x\"\r\n");
    assert_null(http__known_find(heads, bytes));
    read_head(bytes);
    assert_null(http__known_find(heads, bytes));
    read_head(bytes);
    struct http__known *known = http__known_find(heads, bytes);
    assert_non_null(known);
    assert_true(known->number > 0);
    assert_true(known->bytes.p != bytes.p && slice_equal(known->bytes, bytes));
    assert_true(slice_equal(known->head.path, S("/articles/5-le-pont")));
    assert_true(slice_equal(known->head.query, S("q=%C3%A9")));
    assert_true(slice_equal(known->head.if_none_match, S("\"x\"")));
    assert_true(slice_equal(known->head.accept_encoding, S("gzip, br")));
    assert_true(known->head.keep_alive && known->head.is_1_1 && known->head.header_count == 4);
}

static void only_the_very_bytes_are_found(void **state) {
    (void)state;
    slice bytes = head_of("/articles/5-le-pont", "");
    read_head(bytes);
    read_head(bytes);
    for (size_t i = 0; i < bytes.n; i++) {
        char *changed = memcpy(arena_alloc(arena, bytes.n), bytes.p, bytes.n);
        changed[i] ^= 1;
        assert_null(http__known_find(heads, slice_make(changed, bytes.n)));
        assert_null(http__known_find(heads, slice_sub(bytes, 0, i)));
    }
    assert_null(http__known_find(heads, arena_format(arena, "%.*s%.*s", SLICE_FMT(bytes), SLICE_FMT(bytes))));
    assert_non_null(http__known_find(heads, bytes));
}

static void read_twice_and_find(slice bytes, bool is_found) {
    read_head(bytes);
    read_head(bytes);
    read_head(bytes);
    assert_int_equal(http__known_find(heads, bytes) != NULL, is_found);
}

static void secrets_bodies_and_long_heads_are_not_kept(void **state) {
    (void)state;
    char longest[HTTP__KNOWN_BYTES] = "X: ";
    memset(longest + 3, 'a', sizeof longest - 6);
    memcpy(longest + sizeof longest - 3, "\r\n", 3);
    read_twice_and_find(head_of("/", ""), true);
    read_twice_and_find(head_of("/", "Content-Length: 0\r\n"), true);
    read_twice_and_find(head_of("/", "Cookie: palabre_session=x\r\n"), false);
    read_twice_and_find(head_of("/", "AUTHORIZATION: Bearer x\r\n"), false);
    read_twice_and_find(head_of("/", "Content-Length: 1\r\n"), false);
    read_twice_and_find(head_of("/", "Transfer-Encoding: chunked\r\n"), false);
    read_twice_and_find(head_of("/", longest), false);
    read_twice_and_find(S("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), false);
}

static void places_are_taken_and_what_is_used_stays(void **state) {
    (void)state;
    slice first = head_of("/articles/0", "");
    read_head(first);
    read_head(first);
    struct http__known *kept = http__known_ref(http__known_find(heads, first));
    size_t found = 0;
    for (int turn = 0; turn < 3; turn++) {
        found = 0;
        for (int i = 1; i < 2000; i++) {
            char path[40];
            snprintf(path, sizeof path, "/articles/%d", i);
            read_head(head_of(path, ""));
            read_head(head_of(path, ""));
            found += http__known_find(heads, head_of(path, "")) != NULL;
        }
        arena_reset(arena);
    }
    assert_int_equal(found, 1999); /* each took a place, from another */
    assert_null(http__known_find(heads, head_of("/articles/0", "")));
    assert_true(slice_equal(kept->head.path, S("/articles/0")));
    http__known_unref(kept);
}

/* --- In a server --------------------------------------------------------------------------------------------------- */

static struct loopback loopback;

static int start(void **state) {
    (void)state;
    struct http_server_options options = loopback_options(&loopback);
    loopback_start(&loopback, &options, 1);
    return 0;
}

static int stop(void **state) {
    (void)state;
    loopback_stop(&loopback);
    return 0;
}

#define HEAD(path, more)                                                                                               \
    "GET " path " HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a reader's\r\nAccept: text/html\r\n" more "\r\n"

static void expect(int fd, struct buf *b, const char *request, const char *answer) {
    buf_clear(b);
    loopback_send(fd, slice_of(request));
    loopback_receive_until(fd, b, answer);
    assert_true(slice_ends(buf_slice(b), slice_of(answer)));
    assert_int_equal(loopback_count(buf_slice(b), S("\r\nDate: ")), 1);
}

static void it_is_answered_each_time(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    int fd = loopback_connect(&loopback);
    for (int i = 0; i < 5; i++) {
        expect(fd, &b, HEAD("/one", ""), "\r\n\r\n/one");
        expect(fd, &b, HEAD("/later", ""), "later");
        expect(fd, &b, HEAD("/prebuilt", ""), "hello");
        expect(fd, &b, "\r\n" HEAD("/one", ""), "\r\n\r\n/one");
    }
    /* several at once, and one in pieces */
    buf_clear(&b);
    loopback_send(fd, S(HEAD("/one", "") HEAD("/later", "") HEAD("/one", "")));
    loopback_receive_until(fd, &b, "/one");
    loopback_receive_until(fd, &b, "later");
    buf_clear(&b);
    loopback_send(fd, S("GET /one HTTP/1.1\r\nHost: exam"));
    usleep(20000);
    loopback_send(fd, S("ple.org\r\nUser-Agent: a reader's\r\nAccept: text/html\r\n\r\n"));
    loopback_receive_until(fd, &b, "\r\n\r\n/one");
    close(fd);
    buf_fini(&b);
    loopback_wait(&loopback.done, 5 * 4 + 4);
    assert_int_equal(loopback.dropped, 0);
}

static void what_it_asks_of_the_connection_is_done(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < 4; i++) {
        int fd = loopback_connect(&loopback);
        buf_clear(&b);
        loopback_send(fd, S(HEAD("/bye", "Connection: close\r\n")));
        loopback_receive(fd, &b); /* until it is closed */
        assert_contains(&b, "\r\nConnection: close\r\n");
        assert_contains(&b, "\r\n\r\n/bye");
        close(fd);
    }
    buf_fini(&b);
}

/* As long as a head that is known, and malformed: never taken for it, however often it comes. */
static void its_malformed_likeness_is_refused(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "GET /one HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a reader's\r\nAccept: text\x01html\r\n\r\n",
        "GET /one HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a reader's\r\nHost  : text/html\r\n\r\n",
        "GET /one HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a reader's\n\nAccept:text/html\r\n\r\n",
        "GET /one HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a reader's\r\n Accept:text/html\r\n\r\n",
        "GET /one HTTP/9.1\r\nHost: example.org\r\nUser-Agent: a reader's\r\nAccept: text/html\r\n\r\n",
        "GET /one HTTP/1.1\r\nHost: example\"org\r\nUser-Agent: a reader's\r\nAccept: text/html\r\n\r\n",
    };
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int turn = 0; turn < 4; turn++) {
        for (size_t i = 0; i < ARRAY_COUNT(BAD); i++) {
            int fd = loopback_connect(&loopback);
            expect(fd, &b, HEAD("/one", ""), "\r\n\r\n/one");
            buf_clear(&b);
            loopback_send(fd, slice_of(BAD[i]));
            loopback_send(fd, S(HEAD("/one", "")));
            loopback_receive(fd, &b);
            assert_true(slice_starts(buf_slice(&b), S("HTTP/1.1 400 ")) ||
                        slice_starts(buf_slice(&b), S("HTTP/1.1 505 ")));
            assert_lacks(&b, "\r\n\r\n/one");
            close(fd);
        }
    }
    buf_fini(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_head_is_known_once_it_came_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_the_very_bytes_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(secrets_bodies_and_long_heads_are_not_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(places_are_taken_and_what_is_used_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_answered_each_time, start, stop),
        cmocka_unit_test_setup_teardown(what_it_asks_of_the_connection_is_done, start, stop),
        cmocka_unit_test_setup_teardown(its_malformed_likeness_is_refused, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
