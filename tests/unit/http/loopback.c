#include "loopback.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { PATIENCE_MS = 20000, BIG = 4 * 1024 * 1024 };

static void *reply_later(void *argument) {
    http_call_reply_text(argument, 200, S("later"));
    return NULL;
}

static void reply_in_a_thread(struct http_call *call) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, reply_later, call), 0);
    pthread_detach(thread);
}

static void reply_client(struct http_call *call) {
    char text[ADDRESS_TEXT_MAX];
    struct address client = http_call_client(call);
    slice address = address_text(&client, text);
    http_call_reply_text(
        call, 200,
        arena_format(http_call_arena(call), "%.*s%s", SLICE_FMT(address), http_call_is_https(call) ? " https" : ""));
}

static void handle(struct http_call *call, void *ctx) {
    struct loopback *loopback = ctx;
    slice path = http_call_path(call);
    atomic_fetch_add(&loopback->handled, 1);
    if (slice_equal(path, S("/echo"))) {
        http_call_reply_text(call, 200, http_call_body(call));
    } else if (slice_equal(path, S("/later"))) {
        reply_in_a_thread(call);
    } else if (slice_equal(path, S("/big"))) {
        http_call_reply_prebuilt(call, loopback->big_head, loopback->big_body);
    } else if (slice_equal(path, S("/prebuilt"))) {
        http_call_reply_prebuilt(call, loopback->small_head, loopback->small_body);
    } else if (slice_equal(path, S("/client"))) {
        reply_client(call);
    } else if (slice_equal(path, S("/hold"))) {
        atomic_store(&loopback->held, call);
    } else {
        http_call_reply_text(call, 200, path);
    }
}

static void count_refused(int status, const char *reason, const struct address *peer, void *ctx) {
    struct loopback *loopback = ctx;
    (void)reason;
    (void)peer;
    atomic_store(&loopback->last_status, status);
    atomic_fetch_add(&loopback->refused, 1);
}

static void count_done(struct http_call *call, const struct http_done *done, void *ctx) {
    struct loopback *loopback = ctx;
    (void)call;
    atomic_fetch_add(&loopback->dropped, done->dropped);
    atomic_fetch_add(&loopback->done, 1);
}

struct http_server_options loopback_options(struct loopback *loopback) {
    struct http_server_options options = http_server_defaults();
    *loopback = (struct loopback){0};
    options.listen = "127.0.0.1:0";
    options.handle = handle;
    options.refused = count_refused;
    options.done = count_done;
    options.ctx = loopback;
    return options;
}

static struct blob *big_body(void) {
    struct buf b;
    buf_init(&b, BIG);
    buf_reserve(&b, BIG);
    memset(b.p, 'b', BIG);
    b.n = BIG;
    return blob_new_take(&b);
}

void loopback_start(struct loopback *loopback, const struct http_server_options *options, size_t loops) {
    struct error error = {0};
    loopback->big_head = http_head_new(200, S("text/plain"), NULL, 0, BIG);
    loopback->big_body = big_body();
    loopback->small_head = http_head_new(200, S("text/plain"), NULL, 0, 5);
    loopback->small_body = blob_new(S("hello"));
    assert_int_equal(loops_new(loops, &loopback->loops, &error), OK);
    enum status status = http_server_start(loopback->loops, options, &loopback->server, &error);
    if (status != OK) {
        fail_msg("%s", error.detail);
    }
    loopback->port = http_server_port(loopback->server);
}

void loopback_stop(struct loopback *loopback) {
    http_server_stop(loopback->server, 100);
    loops_stop(loopback->loops);
    http_server_free(loopback->server);
    loops_free(loopback->loops);
    blob_unref(loopback->big_head);
    blob_unref(loopback->big_body);
    blob_unref(loopback->small_head);
    blob_unref(loopback->small_body);
}

/* Gives way to the other threads; fails when patience is over. */
static void give_way(int64_t since_ms) {
    assert_true(clock_monotonic_ms() - since_ms < PATIENCE_MS);
    sched_yield();
}

void loopback_release(struct loopback *loopback) {
    struct http_call *call;
    int64_t since = clock_monotonic_ms();
    while (!(call = atomic_exchange(&loopback->held, NULL))) {
        give_way(since);
    }
    http_call_reply_text(call, 200, S("held"));
}

void loopback_wait(_Atomic int *counter, int value) {
    int64_t since = clock_monotonic_ms();
    while (atomic_load(counter) < value) {
        give_way(since);
    }
}

int loopback_connect(const struct loopback *loopback) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)loopback->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

void loopback_send(int fd, slice bytes) {
    while (bytes.n > 0) {
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return;
        }
        bytes = slice_after(bytes, (size_t)n);
    }
}

/* False at the end. */
static bool receive_some(int fd, struct buf *b) {
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    if (poll(&waiting, 1, PATIENCE_MS) != 1) {
        fail_msg("nothing comes; so far: %.*s", SLICE_FMT(buf_slice(b)));
    }
    char some[65536];
    ssize_t n = recv(fd, some, sizeof some, 0);
    if (n <= 0) {
        return false;
    }
    buf_add(b, slice_make(some, (size_t)n));
    assert_int_equal(b->status, OK);
    return true;
}

void loopback_receive(int fd, struct buf *b) {
    while (receive_some(fd, b)) {}
}

void loopback_receive_until(int fd, struct buf *b, const char *text) {
    while (!slice_contains(buf_slice(b), slice_of(text))) {
        if (!receive_some(fd, b)) {
            fail_msg("closed before '%s' came; so far: %.*s", text, SLICE_FMT(buf_slice(b)));
        }
    }
}

void loopback_ask(const struct loopback *loopback, slice bytes, struct buf *b) {
    int fd = loopback_connect(loopback);
    loopback_send(fd, bytes);
    shutdown(fd, SHUT_WR);
    loopback_receive(fd, b);
    close(fd);
}

size_t loopback_count(slice haystack, slice needle) {
    size_t count = 0;
    size_t at;
    while ((at = slice_find(haystack, needle)) != SIZE_MAX) {
        haystack = slice_after(haystack, at + needle.n);
        count++;
    }
    return count;
}
