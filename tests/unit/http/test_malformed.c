/* tests/scenario/malformed.txt, against a server in this process: each request gets its status and nothing else, the
   connection closes, and the well-formed request behind it is never read. Each is sent whole, and byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "loopback.h"

enum { TABLE_LINE_BYTES = 4096, REQUEST_BYTES = 256 * 1024 };

struct request {
    int status;
    char name[128];
    struct buf bytes;
};

/* What the escape at the front of *rest stands for. */
static void unescape(slice *rest, struct buf *out) {
    char kind = rest->p[1];
    *rest = slice_after(*rest, 2);
    switch (kind) {
    case 'r': buf_add_char(out, '\r'); return;
    case 'n': buf_add_char(out, '\n'); return;
    case 't': buf_add_char(out, '\t'); return;
    case 'x': {
        char digits[3] = {rest->p[0], rest->p[1], 0};
        buf_add_char(out, (char)strtol(digits, NULL, 16));
        *rest = slice_after(*rest, 2);
        return;
    }
    default: fail_msg("unknown escape \\%c", kind);
    }
}

static void expand(slice text, struct buf *out);

/* "*N(text)", without its backslash. */
static void repeat(slice *rest, struct buf *out) {
    size_t open = slice_find_char(*rest, '(');
    size_t close = slice_find_char(*rest, ')');
    int64_t times = 0;
    assert_true(open != SIZE_MAX && close != SIZE_MAX && slice_to_int64(slice_sub(*rest, 1, open), &times));
    for (int64_t i = 0; i < times; i++) {
        expand(slice_sub(*rest, open + 1, close), out);
    }
    *rest = slice_after(*rest, close + 1);
}

static void expand(slice text, struct buf *out) {
    while (text.n > 0) {
        if (slice_starts(text, S("\\*"))) {
            text = slice_after(text, 1);
            repeat(&text, out);
        } else if (text.p[0] == '\\') {
            unescape(&text, out);
        } else {
            buf_add_char(out, text.p[0]);
            text = slice_after(text, 1);
        }
    }
    assert_int_equal(out->status, OK);
}

/* The next request of the file; false at its end. */
static bool next_request(FILE *file, struct request *out) {
    char line[TABLE_LINE_BYTES];
    do {
        if (!fgets(line, sizeof line, file)) {
            return false;
        }
    } while (line[0] == '#');
    slice rest = slice_of(line);
    assert_true(slice_ends(rest, S("\n")));
    rest.n--;
    int64_t status;
    assert_true(slice_to_int64(slice_cut(&rest, '\t'), &status));
    slice name = slice_cut(&rest, '\t');
    out->status = (int)status;
    snprintf(out->name, sizeof out->name, "%.*s", SLICE_FMT(name));
    buf_clear(&out->bytes);
    expand(rest, &out->bytes);
    return true;
}

static void check_answer(const struct request *request, struct buf *answer, const char *how) {
    char expected[32];
    snprintf(expected, sizeof expected, "HTTP/1.1 %d ", request->status);
    slice got = buf_slice(answer);
    if (!slice_starts(got, slice_of(expected)) || loopback_count(got, S("\r\nDate: ")) != 1 ||
        !slice_contains(got, S("\r\nConnection: close\r\n")) || slice_contains(got, S("smuggled"))) {
        fail_msg("%s (%s): expected %d alone, got: %.*s", request->name, how, request->status, SLICE_FMT(got));
    }
}

static void send_whole(int fd, slice bytes) { loopback_send(fd, bytes); }

static void send_by_byte(int fd, slice bytes) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (size_t i = 0; i < bytes.n; i++) {
        loopback_send(fd, slice_sub(bytes, i, i + 1));
    }
}

static void run_table(void (*send_bytes)(int fd, slice bytes), const char *how, size_t longest) {
    static const slice BEHIND = S_INIT("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
    struct loopback loopback;
    struct http_server_options options = loopback_options(&loopback);
    loopback_start(&loopback, &options, 2);
    char path[512];
    snprintf(path, sizeof path, "%s/tests/scenario/malformed.txt", getenv("PALABRE_SOURCE"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    struct request request;
    buf_init(&request.bytes, REQUEST_BYTES);
    int count = 0;
    while (next_request(file, &request)) {
        if (request.bytes.n > longest) {
            continue;
        }
        struct buf answer;
        buf_init(&answer, 65536);
        int fd = loopback_connect(&loopback);
        send_bytes(fd, buf_slice(&request.bytes));
        loopback_send(fd, BEHIND);
        loopback_receive(fd, &answer);
        close(fd);
        check_answer(&request, &answer, how);
        buf_fini(&answer);
        count++;
    }
    fclose(file);
    buf_fini(&request.bytes);
    assert_true(count >= 40);
    assert_int_equal(atomic_load(&loopback.refused), count);
    assert_int_equal(atomic_load(&loopback.handled), 0);
    loopback_stop(&loopback);
}

static void refuses_each(void **state) {
    (void)state;
    run_table(send_whole, "whole", SIZE_MAX);
}

static void refuses_each_byte_by_byte(void **state) {
    (void)state;
    run_table(send_by_byte, "byte by byte", 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_each),
        cmocka_unit_test(refuses_each_byte_by_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
