/* Answers as they stand on the wire, and who the client is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "loopback.h"

static struct loopback loopback;
static struct http_answer answer; /* what /answer replies */
static void (*inner)(struct http_call *call, void *ctx);
static _Atomic int bad_parameters;

static void handle(struct http_call *call, void *ctx) {
    if (slice_equal(http_call_path(call), S("/answer"))) {
        http_call_reply(call, &answer);
    } else if (slice_equal(http_call_path(call), S("/redirect"))) {
        http_call_reply_redirect(call, 303, S("/x?y=1#z"));
    } else if (slice_equal(http_call_path(call), S("/parameters"))) {
        const struct http_form *form = NULL;
        struct error error = {0};
        enum status status = http_call_parameters(call, &form, &error);
        atomic_fetch_add(&bad_parameters, status != OK);
        http_call_reply_text(call, 200, status == OK ? http_form_get(form, S("q")) : S("bad"));
    } else if (slice_equal(http_call_path(call), S("/form"))) {
        struct http_form form = {0};
        struct error error = {0};
        int status = http_call_form(call, &HTTP_FORM_LIMITS, &form, &error);
        http_call_reply_text(call, status ? status : 200,
                             status ? slice_of(error.detail) : http_form_get(&form, S("a")));
    } else if (slice_equal(http_call_path(call), S("/request"))) {
        slice id = http_call_id(call);
        http_call_reply_text(call, 200,
                             arena_format(http_call_arena(call), "%s|%.*s|%.*s|%.*s|%.*s|%zu|%d",
                                          http_method_name(http_call_method(call)), SLICE_FMT(http_call_target(call)),
                                          SLICE_FMT(http_call_query(call)), SLICE_FMT(http_call_header(call, S("x-a"))),
                                          SLICE_FMT(http_call_cookie(call, S("c"))), id.n,
                                          http_call_is_http_1_1(call)));
    } else {
        inner(call, ctx);
    }
}

static void start(enum http_forwarded forwarded, const struct address_block *trusted, size_t count) {
    struct http_server_options options = loopback_options(&loopback);
    inner = options.handle;
    options.handle = handle;
    options.forwarded = forwarded;
    options.trusted = trusted;
    options.trusted_count = count;
    loopback_start(&loopback, &options, 1);
}

static void ask(const char *request, struct buf *b) {
    buf_clear(b);
    loopback_ask(&loopback, slice_of(request), b);
}

/* Asks for path, and gives the whole answer with the value of Date made x. */
static slice get(const char *path, struct buf *b) {
    struct buf request;
    buf_init(&request, 4096);
    buf_add_format(&request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
    buf_clear(b);
    loopback_ask(&loopback, buf_slice(&request), b);
    buf_fini(&request);
    size_t date = slice_find(buf_slice(b), S("\r\nDate: "));
    assert_true(date != SIZE_MAX);
    size_t from = date + 8;
    size_t end = from + slice_find_char(slice_after(buf_slice(b), from), '\r');
    assert_int_equal(end - from, 29);
    memmove(b->p + from + 1, b->p + end, b->n - end);
    b->p[from] = 'x';
    b->n -= 28;
    return buf_slice(b);
}

static void check_get(const char *path, const char *expected) {
    struct buf b;
    buf_init(&b, 65536);
    slice got = get(path, &b);
    if (!slice_equal(got, slice_of(expected))) {
        fail_msg("%.*s", SLICE_FMT(got));
    }
    buf_fini(&b);
}

static void writes_answers(void **state) {
    (void)state;
    static const struct http_header HEADERS[] = {{S_INIT("ETag"), S_INIT("\"e\"")},
                                                 {S_INIT("X-B"), S_INIT("\xc3\xa9")}};
    start(HTTP_FORWARDED_X, NULL, 0);
    answer = (struct http_answer){.status = 404, .content_type = S("text/html"), .headers = HEADERS, .header_count = 2};
    answer.body = S("gone");
    check_get("/answer", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nETag: \"e\"\r\nX-B: \xc3\xa9\r\n"
                         "Content-Length: 4\r\nDate: x\r\n\r\ngone");
    answer.close = true;
    check_get("/answer", "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nETag: \"e\"\r\nX-B: \xc3\xa9\r\n"
                         "Content-Length: 4\r\nDate: x\r\nConnection: close\r\n\r\ngone");
    answer = (struct http_answer){.status = 304, .headers = HEADERS, .header_count = 1, .body = S("not sent")};
    check_get("/answer", "HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\nDate: x\r\n\r\n");
    answer = (struct http_answer){.status = 204, .body = S("not sent")};
    check_get("/answer", "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n");
    answer = (struct http_answer){.status = 200, .blob = loopback.small_body, .body = S("not this")};
    check_get("/answer", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: x\r\n\r\nhello");
    check_get("/prebuilt", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nDate: x\r\n\r\nhello");
    check_get("/redirect", "HTTP/1.1 303 See Other\r\nLocation: /x?y=1#z\r\nContent-Length: 0\r\nDate: x\r\n\r\n");
    loopback_stop(&loopback);
}

static void never_splits_an_answer(void **state) {
    (void)state;
    static const struct http_header BAD[] = {
        {S_INIT("X-A"), S_INIT("a\r\nSet-Cookie: b=c")},
        {S_INIT("X-A"), S_INIT("a\nb")},
        {S_INIT("X-A"), S_INIT("a\0b")},
        {S_INIT("X A"), S_INIT("b")},
        {S_INIT(""), S_INIT("b")},
        {S_INIT("X:"), S_INIT("b")},
        {S_INIT("X-A\r\nB"), S_INIT("b")},
    };
    start(HTTP_FORWARDED_X, NULL, 0);
    for (size_t i = 0; i < ARRAY_COUNT(BAD); i++) {
        struct buf b;
        buf_init(&b, 65536);
        answer = (struct http_answer){.status = 200, .headers = &BAD[i], .header_count = 1};
        slice got = get("/answer", &b);
        assert_true(slice_starts(got, S("HTTP/1.1 500 ")));
        assert_lacks(&b, "b=c");
        buf_fini(&b);
        struct blob *head = http_head_new(200, S(""), &BAD[i], 1, 0);
        assert_null(head);
    }
    answer = (struct http_answer){.status = 200, .content_type = S("a\r\nb")};
    struct buf b;
    buf_init(&b, 65536);
    assert_true(slice_starts(get("/answer", &b), S("HTTP/1.1 500 ")));
    buf_fini(&b);
    loopback_stop(&loopback);
}

static void reads_requests(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 65536);
    start(HTTP_FORWARDED_X, NULL, 0);
    ask("PUT /request?a=%zz HTTP/1.1\r\nHost: a\r\nX-A:\t one two \t\r\nX-A: three\r\nCookie: d=1\r\nCookie: c=2\r\n\r\n",
        &b);
    assert_true(slice_ends(buf_slice(&b), S("\r\n\r\nPUT|/request?a=%zz|a=%zz|one two|2|16|1")));
    ask("GET /request HTTP/1.0\r\n\r\n", &b);
    assert_true(slice_ends(buf_slice(&b), S("\r\n\r\nGET|/request||||16|0")));
    ask("GET /parameters?a=1&q=x+y%21 HTTP/1.1\r\nHost: a\r\n\r\n", &b);
    assert_true(slice_ends(buf_slice(&b), S("\r\n\r\nx y!")));
    ask("GET /parameters?q=%ff HTTP/1.1\r\nHost: a\r\n\r\n", &b);
    assert_int_equal(atomic_load(&bad_parameters), 1);
    ask("POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\na=x%20",
        &b);
    assert_true(slice_ends(buf_slice(&b), S("\r\n\r\nx ")));
    ask("POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\na=x", &b);
    assert_contains(&b, "HTTP/1.1 415 ");
    ask("POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\na=%ff",
        &b);
    assert_contains(&b, "HTTP/1.1 400 ");
    loopback_stop(&loopback);
    buf_fini(&b);
}

static void check_client(const char *fields, const char *expected) {
    struct buf request, b;
    buf_init(&request, 4096);
    buf_init(&b, 65536);
    buf_add_format(&request, "GET /client HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
    loopback_ask(&loopback, buf_slice(&request), &b);
    size_t at = slice_find(buf_slice(&b), S("\r\n\r\n"));
    if (!slice_equal(slice_after(buf_slice(&b), at + 4), slice_of(expected))) {
        fail_msg("%sgives %.*s", fields, SLICE_FMT(slice_after(buf_slice(&b), at + 4)));
    }
    buf_fini(&request);
    buf_fini(&b);
}

static void believes_its_own_proxy(void **state) {
    (void)state;
    start(HTTP_FORWARDED_X, NULL, 0);
    check_client("", "127.0.0.1");
    check_client("X-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7");
    check_client("X-Forwarded-For: 10.0.0.1, 192.0.2.7\r\n", "192.0.2.7");
    check_client("X-Forwarded-For: 203.0.113.9, 127.0.0.1\r\n", "203.0.113.9");
    check_client("X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 2001:db8::1\r\n", "2001:db8::1");
    check_client("X-Forwarded-For: [2001:db8::1]:4711\r\n", "2001:db8::1");
    check_client("X-Forwarded-For: 192.0.2.7, unknown\r\n", "127.0.0.1");
    check_client("X-Forwarded-For: ::ffff:192.0.2.7\r\nX-Forwarded-Proto: HTTPS\r\n", "192.0.2.7 https");
    check_client("X-Forwarded-Proto: https, http\r\n", "127.0.0.1");
    check_client("Forwarded: for=192.0.2.7;proto=https\r\n", "127.0.0.1");
    loopback_stop(&loopback);
}

static void reads_the_standard_header_when_told(void **state) {
    (void)state;
    start(HTTP_FORWARDED_STANDARD, NULL, 0);
    check_client("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", "127.0.0.1");
    check_client("Forwarded: for=192.0.2.7;proto=https\r\n", "192.0.2.7 https");
    check_client("Forwarded: for=192.0.2.1, For=\"[2001:db8::1]:80\" ; Proto=http;by=\"a,b\"\r\n", "2001:db8::1");
    check_client("Forwarded: for=203.0.113.9;proto=https, for=127.0.0.1;proto=http\r\n", "203.0.113.9 https");
    check_client("Forwarded: for=_hidden;proto=https\r\n", "127.0.0.1 https");
    loopback_stop(&loopback);
}

static void believes_nobody_else(void **state) {
    (void)state;
    struct address_block blocks[2];
    assert_true(address_block_parse(S("10.0.0.0/8"), &blocks[0]));
    start(HTTP_FORWARDED_X, blocks, 1);
    check_client("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", "127.0.0.1");
    loopback_stop(&loopback);
    assert_true(address_block_parse(S("127.0.0.1"), &blocks[1]));
    start(HTTP_FORWARDED_X, blocks, 2);
    check_client("X-Forwarded-For: 192.0.2.6, 192.0.2.7, 10.1.2.3\r\nX-Forwarded-Proto: https\r\n", "192.0.2.7 https");
    loopback_stop(&loopback);
    start(HTTP_FORWARDED_NONE, NULL, 0);
    check_client("X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", "127.0.0.1");
    loopback_stop(&loopback);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_answers),
        cmocka_unit_test(never_splits_an_answer),
        cmocka_unit_test(reads_requests),
        cmocka_unit_test(believes_its_own_proxy),
        cmocka_unit_test(reads_the_standard_header_when_told),
        cmocka_unit_test(believes_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
