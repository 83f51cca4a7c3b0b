#include "http/call_internal.h"
#include "http/head.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { STATUS_LINE_MAX = 64, LENGTH_LINE_MAX = 48 };

/* RFC 9110 §5.5; also what stands at the edges must be visible. */
static bool is_field(const struct http_header *field) {
    if (!http__is_token(field->name)) {
        return false;
    }
    for (size_t i = 0; i < field->value.n; i++) {
        unsigned char c = (unsigned char)field->value.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool are_fields(slice content_type, const struct http_header *headers, size_t count) {
    struct http_header type = {S("Content-Type"), content_type};
    bool fine = is_field(&type);
    for (size_t i = 0; i < count; i++) {
        fine &= is_field(&headers[i]);
    }
    return fine;
}

static size_t head_size(slice content_type, const struct http_header *headers, size_t count) {
    size_t n = STATUS_LINE_MAX + LENGTH_LINE_MAX + sizeof "Content-Type: \r\n" + content_type.n;
    for (size_t i = 0; i < count; i++) {
        n += headers[i].name.n + headers[i].value.n + 4;
    }
    return n;
}

static char *put(char *at, slice s) {
    if (s.n) {
        memcpy(at, s.p, s.n);
    }
    return at + s.n;
}

static char *put_field(char *at, slice name, slice value) {
    at = put(at, name);
    at = put(at, S(": "));
    at = put(at, value);
    return put(at, S("\r\n"));
}

/* Writes status line and fields to out, which has head_size bytes; gives how many. */
static size_t write_head(char *out, int status, slice content_type, const struct http_header *headers, size_t count,
                         int64_t content_length) {
    assert(status >= 200 && status <= 599);
    char *at = out;
    at += snprintf(at, STATUS_LINE_MAX, "HTTP/1.1 %d %s\r\n", status, http_status_phrase(status));
    if (content_type.n) {
        at = put_field(at, S("Content-Type"), content_type);
    }
    for (size_t i = 0; i < count; i++) {
        at = put_field(at, headers[i].name, headers[i].value);
    }
    if (content_length >= 0) {
        at += snprintf(at, LENGTH_LINE_MAX, "Content-Length: %lld\r\n", (long long)content_length);
    }
    return (size_t)(at - out);
}

struct blob *http_head_new(int status, slice content_type, const struct http_header *headers, size_t header_count,
                           int64_t content_length) {
    if (!are_fields(content_type, headers, header_count)) {
        return NULL;
    }
    struct buf b;
    size_t size = head_size(content_type, headers, header_count);
    buf_init(&b, size);
    buf_reserve(&b, size);
    b.n = write_head(b.p, status, content_type, headers, header_count, content_length);
    return blob_new_take(&b);
}

static void on_home(struct loop_task *task) { http__call_deliver((struct http_call *)(void *)task); }

static void send_home(struct http_call *call) {
    if (loop_current() == call->home->loop) {
        http__call_deliver(call);
        return;
    }
    http__call_hold(call);
    call->task.run = on_home;
    loop_post(call->home->loop, &call->task);
}

void http_call_reply(struct http_call *call, const struct http_answer *answer) {
    if (!are_fields(answer->content_type, answer->headers, answer->header_count)) {
        http_call_reply_text(call, 500, S("An answer could not be written.\n"));
        return;
    }
    bool has_body = answer->status != 204 && answer->status != 304;
    slice body = answer->blob ? blob_slice(answer->blob) : answer->body;
    size_t size = head_size(answer->content_type, answer->headers, answer->header_count);
    char *head = arena_alloc(call->arena, size);
    size_t n = write_head(head, answer->status, answer->content_type, answer->headers, answer->header_count,
                          has_body ? (int64_t)body.n : -1);
    call->status = answer->status;
    call->close = answer->close;
    call->head_part = slice_make(head, n);
    call->body_part = has_body ? body : S("");
    call->body_blob = answer->blob;
    send_home(call);
}

void http_call_reply_text(struct http_call *call, int status, slice text) {
    static const struct http_header NO_STORE = {S_INIT("Cache-Control"), S_INIT("no-store")};
    struct http_answer answer = {
        .status = status,
        .content_type = S("text/plain; charset=utf-8"),
        .headers = &NO_STORE,
        .header_count = 1,
        .body = arena_copy(call->arena, text),
    };
    http_call_reply(call, &answer);
}

void http_call_reply_redirect(struct http_call *call, int status, slice location) {
    struct http_header header = {S("Location"), location};
    struct http_answer answer = {.status = status, .headers = &header, .header_count = 1};
    http_call_reply(call, &answer);
}

void http_call_reply_prebuilt(struct http_call *call, struct blob *head, struct blob *body) {
    /* "HTTP/1.1 200 …": for the done hook. */
    assert(head->n > 12);
    call->status = (head->p[9] - '0') * 100 + (head->p[10] - '0') * 10 + (head->p[11] - '0');
    call->head_blob = head;
    call->body_blob = body;
    call->head_part = blob_slice(head);
    call->body_part = blob_slice(body);
    send_home(call);
}
