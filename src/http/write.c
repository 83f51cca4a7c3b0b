/* Answers on their way out. The usual one goes in one writev of three parts (head, date, body) straight from the cache's
   blobs; only what the socket does not take at once is queued, and then its memory is held. */
#include "base/clock.h"
#include "http/call_internal.h"
#include "http/connection.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

enum { PARTS = 3, DATE_TOLERANCE_MS = 250 };

/* uv_buf_t is for reading too, and so wants its bytes writable; writing does not touch them. */
static uv_buf_t part_of(slice s) { return (uv_buf_t){.base = (char *)(uintptr_t)s.p, .len = s.n}; }

static void make_date(struct http__date *date, int64_t second) {
    static const char *const ENDINGS[] = {
        [HTTP__KEEP] = "",
        [HTTP__KEEP_1_0] = "Connection: keep-alive\r\n",
        [HTTP__CLOSE] = "Connection: close\r\n",
    };
    static const char *const DAYS[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t when = (time_t)second;
    struct tm utc;
    gmtime_r(&when, &utc);
    for (size_t i = 0; i < ARRAY_COUNT(ENDINGS); i++) {
        int n = snprintf(date->text[i], sizeof date->text[i], "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n%s\r\n",
                         DAYS[utc.tm_wday], utc.tm_mday, MONTHS[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour,
                         utc.tm_min, utc.tm_sec, ENDINGS[i]);
        assert(n > 0 && (size_t)n < sizeof date->text[i]);
        date->n[i] = (size_t)n;
    }
    date->second = second;
}

slice http__home_date(struct http__home *home, enum http__ending ending) {
    struct http__date *date = &home->date;
    int64_t now_ms = loop_now_ms(home->loop);
    if (date->n[0] == 0 || now_ms - date->made_ms >= DATE_TOLERANCE_MS) {
        int64_t second = clock_now() / 1000;
        date->made_ms = now_ms;
        if (date->n[0] == 0 || second != date->second) {
            make_date(date, second);
        }
    }
    return slice_make(date->text[ending], date->n[ending]);
}

bool http__connection_write_now(struct http__connection *c, slice bytes) {
    uv_buf_t part = part_of(bytes);
    int n = uv_try_write(&c->uv.stream, &part, 1);
    return n >= 0 && (size_t)n == bytes.n;
}

/* --- A call's last moments ----------------------------------------------------------------------------------------------- */

void http__call_finish(struct http_call *call, bool dropped) {
    const struct http_server_options *options = &call->home->server->options;
    if (options->done) {
        bool has_body = call->head.method != HTTP_HEAD && !dropped;
        struct http_done done = {
            .status = call->status,
            .body_bytes = has_body ? (int64_t)call->body_part.n : 0,
            .duration_ns = clock_monotonic_ns() - call->received_ns,
            .dropped = dropped,
        };
        options->done(call, &done, options->ctx);
    }
    http__call_release(call);
}

static void on_written(uv_write_t *write, int status) {
    struct http_call *call = write->data;
    struct http__connection *c = http__connection_find(call->home, call->slot, call->generation);
    bool keeps = call->keeps;
    http__call_finish(call, !c || status != 0);
    if (!c) {
        return;
    }
    if (status != 0) {
        http__connection_close(c);
    } else {
        http__connection_answered(c, keeps);
    }
}

/* Queues what stands after the first `written` bytes. */
static void queue(struct http__connection *c, struct http_call *call, slice parts[static PARTS], size_t written) {
    uv_buf_t left[PARTS];
    unsigned count = 0;
    http__call_hold(call);
    parts[1] = arena_copy(call->arena, parts[1]); /* the home's date is made anew each second */
    for (size_t i = 0; i < PARTS; i++) {
        size_t skip = written < parts[i].n ? written : parts[i].n;
        written -= skip;
        if (skip < parts[i].n) {
            left[count++] = part_of(slice_after(parts[i], skip));
        }
    }
    call->write.data = call;
    if (uv_write(&call->write, &c->uv.stream, left, count, on_written) != 0) {
        http__call_finish(call, true);
        http__connection_close(c);
        return;
    }
    c->call = call;
    c->mark = uv_stream_get_write_queue_size(&c->uv.stream);
    http__connection_enter(c, HTTP__WRITING);
}

void http__call_deliver(struct http_call *call) {
    struct http__home *home = call->home;
    struct http__connection *c = http__connection_find(home, call->slot, call->generation);
    if (!c) {
        http__call_finish(call, true);
        return;
    }
    assert(c->state == HTTP__WAITING);
    call->keeps = call->head.keep_alive && !call->close && !home->is_draining;
    enum http__ending ending = !call->keeps ? HTTP__CLOSE : call->head.is_1_1 ? HTTP__KEEP : HTTP__KEEP_1_0;
    slice body = call->head.method == HTTP_HEAD ? S("") : call->body_part;
    slice parts[PARTS] = {call->head_part, http__home_date(home, ending), body};
    uv_buf_t buffers[PARTS] = {part_of(parts[0]), part_of(parts[1]), part_of(parts[2])};
    size_t total = parts[0].n + parts[1].n + parts[2].n;
    int n = uv_try_write(&c->uv.stream, buffers, body.n ? PARTS : PARTS - 1);
    if (n < 0 && n != UV_EAGAIN) {
        http__call_finish(call, true);
        http__connection_close(c);
    } else if (n >= 0 && (size_t)n == total) {
        bool keeps = call->keeps;
        http__call_finish(call, false);
        http__connection_answered(c, keeps);
    } else {
        queue(c, call, parts, n > 0 ? (size_t)n : 0);
    }
}
