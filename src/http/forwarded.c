/* Who speaks through a proxy. Each proxy appends whom it heard, so that the list is read from its end: an element is believed
   when the one who wrote it is trusted. */
#include "http/call_internal.h"

enum { HOPS_MAX = 16 };

struct hops {
    slice elements[HOPS_MAX]; /* the last ones of the list, in a ring */
    size_t count;             /* of all */
};

static bool is_trusted(const struct http_server *server, const struct address *address) {
    if (!server->trusted) {
        return address_is_loopback(address);
    }
    for (size_t i = 0; i < server->options.trusted_count; i++) {
        if (address_block_contains(&server->trusted[i], address)) {
            return true;
        }
    }
    return false;
}

/* Up to the next `separator` that is not between quotes. */
static slice cut_outside_quotes(slice *rest, char separator) {
    bool quoted = false;
    for (size_t i = 0; i < rest->n; i++) {
        quoted ^= rest->p[i] == '"';
        if (rest->p[i] == separator && !quoted) {
            slice before = slice_sub(*rest, 0, i);
            *rest = slice_after(*rest, i + 1);
            return before;
        }
    }
    slice all = *rest;
    *rest = (slice){NULL, 0};
    return all;
}

/* The elements of all fields of this name, as if they were one list (RFC 9110 §5.3). */
static struct hops collect(const struct http_call *call, slice name) {
    struct hops hops = {.count = 0};
    for (size_t i = 0; i < call->head.header_count; i++) {
        slice rest = call->head.headers[i].value;
        if (!slice_equal_nocase(call->head.headers[i].name, name)) {
            continue;
        }
        while (rest.p) {
            hops.elements[hops.count++ % HOPS_MAX] = slice_trim(cut_outside_quotes(&rest, ','));
        }
    }
    return hops;
}

static slice hop_at(const struct hops *hops, size_t from_end) {
    bool has = from_end < hops->count && from_end < HOPS_MAX;
    return has ? hops->elements[(hops->count - 1 - from_end) % HOPS_MAX] : (slice){NULL, 0};
}

/* A parameter of an element of Forwarded, RFC 7239 §4. */
static slice parameter_of(slice element, slice name) {
    while (element.p) {
        slice value = slice_trim(cut_outside_quotes(&element, ';'));
        slice key = slice_trim(slice_cut(&value, '='));
        value = slice_trim(value);
        if (!slice_equal_nocase(key, name)) {
            continue;
        }
        bool quoted = value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"';
        return quoted ? slice_sub(value, 1, value.n - 1) : value;
    }
    return (slice){NULL, 0};
}

/* Follows the trusted proxies to the client; *last is the element that names it, p == NULL when none does. */
static struct address follow(const struct http_call *call, slice *last) {
    const struct http_server *server = call->home->server;
    bool standard = server->options.forwarded == HTTP_FORWARDED_STANDARD;
    struct hops hops = collect(call, standard ? S("forwarded") : S("x-forwarded-for"));
    struct address client = call->peer;
    *last = (slice){NULL, 0};
    for (size_t i = 0; is_trusted(server, &client); i++) {
        slice element = hop_at(&hops, i);
        struct address before;
        if (!element.p || !address_parse_with_port(standard ? parameter_of(element, S("for")) : element, &before)) {
            /* "unknown", "_hidden", or nonsense: the proxy is the last we know; what it says of the scheme holds. */
            *last = element.p ? element : *last;
            break;
        }
        *last = element;
        client = before;
    }
    return client;
}

struct address http_call_client(const struct http_call *call) {
    if (call->home->server->options.forwarded == HTTP_FORWARDED_NONE) {
        return call->peer;
    }
    slice element;
    return follow(call, &element);
}

bool http_call_is_https(const struct http_call *call) {
    const struct http_server *server = call->home->server;
    if (server->options.forwarded == HTTP_FORWARDED_NONE || !is_trusted(server, &call->peer)) {
        return false;
    }
    slice proto;
    if (server->options.forwarded == HTTP_FORWARDED_STANDARD) {
        slice element;
        (void)follow(call, &element);
        proto = parameter_of(element, S("proto"));
    } else {
        struct hops hops = collect(call, S("x-forwarded-proto"));
        proto = hop_at(&hops, 0);
    }
    return slice_equal_nocase(proto, S("https"));
}
