#include "http/call.h"

#include "base/memory.h"
#include "http/call_internal.h"

#include <stdio.h>

enum {
    KEPT_BODY_BYTES = 64 * 1024, /* a larger buffer of a body is not kept for the next call */
    KEPT_ARENA_BYTES = 4 * 1024, /* a head and what is read of it: thousands of calls may wait at once, with no more */
    ARENA_SLACK = 16 * 1024,
};

struct http_call *http__call_new(struct http__connection *c) {
    struct http__home *home = c->home;
    const struct http_server_options *options = &home->server->options;
    struct http_call *call = home->free_calls;
    if (call) {
        home->free_calls = call->next_free;
        home->free_call_count--;
    } else {
        call = NEW(struct http_call);
        call->home = home;
        /* The head's bytes, its fields, what is decoded of it; the body decoded as a form. */
        size_t most = options->call_arena_bytes + 4 * options->head_bytes +
                      options->header_count * sizeof(struct http_header) + 2 * options->body_bytes + ARENA_SLACK;
        call->arena = arena_new_kept(most, KEPT_ARENA_BYTES);
        buf_init(&call->body, 0);
    }
    call->slot = c->slot;
    call->generation = home->slots[c->slot].generation;
    call->peer = c->peer;
    call->id = home->id_key + home->next_id++;
    call->chunked = (struct http__chunked){0};
    call->data = NULL;
    call->has_parameters = false;
    call->close = false;
    return call;
}

void http__call_hold(struct http_call *call) {
    if (call->holds_blobs) {
        return;
    }
    call->holds_blobs = true;
    if (call->head_blob) {
        blob_ref(call->head_blob);
    }
    if (call->body_blob) {
        blob_ref(call->body_blob);
    }
}

void http__call_free(struct http_call *call) {
    arena_free(call->arena);
    buf_fini(&call->body);
    memory_free(call);
}

void http__call_release(struct http_call *call) {
    struct http__home *home = call->home;
    atomic_fetch_sub_explicit(&home->server->body_bytes, call->body_counted, memory_order_relaxed);
    call->body_counted = 0;
    if (call->holds_blobs) {
        blob_unref(call->head_blob);
        blob_unref(call->body_blob);
        call->holds_blobs = false;
    }
    call->head_blob = call->body_blob = NULL;
    http__known_unref(call->known);
    call->known = NULL;
    if (home->free_call_count >= HTTP__POOL_MAX) {
        http__call_free(call);
        return;
    }
    arena_reset(call->arena);
    if (call->body.capacity > KEPT_BODY_BYTES) {
        buf_fini(&call->body);
    }
    buf_clear(&call->body);
    call->next_free = home->free_calls;
    home->free_calls = call;
    home->free_call_count++;
}

enum http_method http_call_method(const struct http_call *call) { return call->head.method; }

bool http_call_is_head(const struct http_call *call) { return call->head.method == HTTP_HEAD; }

slice http_call_target(const struct http_call *call) { return call->head.target; }

uint64_t http_call_head_number(const struct http_call *call) { return call->known ? call->known->number : 0; }

slice http_call_path(const struct http_call *call) { return call->head.path; }

slice http_call_query(const struct http_call *call) { return call->head.query; }

enum status http_call_parameters(struct http_call *call, const struct http_form **out, struct error *error) {
    if (!call->has_parameters) {
        enum status status =
            http_form_parse(call->arena, call->head.query, &HTTP_FORM_LIMITS, &call->parameters, error);
        if (status != OK) {
            return status;
        }
        call->has_parameters = true;
    }
    *out = &call->parameters;
    return OK;
}

slice http_call_header(const struct http_call *call, slice name) {
    for (size_t i = 0; i < call->head.header_count; i++) {
        const struct http_header *field = &call->head.headers[i];
        if (field->name.n == name.n && slice_equal_nocase(field->name, name)) {
            return field->value;
        }
    }
    return (slice){NULL, 0};
}

slice http_call_accept_encoding(const struct http_call *call) { return call->head.accept_encoding; }

slice http_call_if_none_match(const struct http_call *call) { return call->head.if_none_match; }

bool http_call_has_cookies(const struct http_call *call) { return call->head.has_cookies; }

size_t http_call_header_count(const struct http_call *call) { return call->head.header_count; }

struct http_header http_call_header_at(const struct http_call *call, size_t index) {
    return call->head.headers[index];
}

slice http_call_host(const struct http_call *call) { return call->head.host; }

slice http_call_cookie(const struct http_call *call, slice name) {
    for (size_t i = 0; call->head.has_cookies && i < call->head.header_count; i++) {
        const struct http_header *field = &call->head.headers[i];
        if (slice_equal_nocase(field->name, S("cookie"))) {
            slice value = http_cookie_find(field->value, name);
            if (value.p) {
                return value;
            }
        }
    }
    return (slice){NULL, 0};
}

slice http_call_body(const struct http_call *call) { return buf_slice(&call->body); }

int http_call_form(struct http_call *call, const struct http_form_limits *limits, struct http_form *out,
                   struct error *error) {
    if (!http_form_is_type(http_call_header(call, S("content-type")))) {
        (void)error_set(error, INVALID, "the body is not application/x-www-form-urlencoded in UTF-8");
        return 415;
    }
    enum status status = http_form_parse(call->arena, http_call_body(call), limits, out, error);
    if (status == OK) {
        return 0;
    }
    return status == LIMIT ? 413 : 400;
}

bool http_call_is_http_1_1(const struct http_call *call) { return call->head.is_1_1; }

slice http_call_id(struct http_call *call) {
    /* splitmix64: one-to-one, so that the counter's uniqueness stays, and nobody counts our requests by it. */
    uint64_t z = call->id * 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return arena_format(call->arena, "%016llx", (unsigned long long)(z ^ z >> 31));
}

struct arena *http_call_arena(struct http_call *call) {
    return call->arena;
}

struct loop *http_call_loop(const struct http_call *call) {
    return call->home->loop;
}

void http_call_set_data(struct http_call *call, void *data) { call->data = data; }

void *http_call_data(const struct http_call *call) { return call->data; }
