/* Request targets, RFC 9112 §3.2, read strictly. */
#include "http/form.h"
#include "http/head.h"

#include "base/utf8.h"

#include <string.h>

#define REFUSE(status, reason) ((struct http__refusal){(status), (reason)})
static const struct http__refusal TAKEN = {0, NULL};

static bool is_host_char(char c) {
    bool usual = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || (c >= 'A' && c <= 'Z');
    return usual || (c != 0 && strchr("_~%!$&'()*+,;=", c));
}

static bool is_ipv6_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

/* uri-host [ ":" port ], RFC 9110 §7.2; never empty, no user information. */
bool http__host_is_valid(slice host) {
    bool is_literal = slice_starts(host, S("["));
    size_t at = is_literal;
    while (at < host.n && (is_literal ? is_ipv6_char(host.p[at]) : is_host_char(host.p[at]))) {
        at++;
    }
    if (at == (size_t)is_literal || at > 255) {
        return false;
    }
    if (is_literal) {
        if (at == host.n || host.p[at] != ']') {
            return false;
        }
        at++;
    }
    if (at == host.n) {
        return true;
    }
    slice port = slice_after(host, at + 1);
    uint64_t number;
    return host.p[at] == ':' && (port.n == 0 || (port.n <= 5 && slice_to_uint64(port, &number) && number <= 65535));
}

/* Whether any of eight bytes is no visible ASCII, or is '#' or '%': exact as to whether there is one (see has_control_8 in
   head.c). */
static bool is_special_8(const char *p) {
    const uint64_t ones = 0x0101010101010101U;
    const uint64_t highs = 0x8080808080808080U;
    uint64_t x;
    memcpy(&x, p, sizeof x);
    uint64_t del = x ^ ones * 0x7f, hash = x ^ ones * '#', percent = x ^ ones * '%';
    return (x | ((x - ones * 0x21) & ~x) | ((del - ones) & ~del) | ((hash - ones) & ~hash) |
            ((percent - ones) & ~percent)) &
           highs;
}

/* Whether the path can be used as it stands; *is_plain false: it must be decoded first. */
static bool scan_target(slice target, bool *is_plain) {
    size_t i = 0;
    *is_plain = true;
    while (i + 8 <= target.n && !is_special_8(target.p + i)) {
        i += 8;
    }
    for (; i < target.n; i++) {
        unsigned char c = (unsigned char)target.p[i];
        if (c <= 0x20 || c >= 0x7f || c == '#') {
            return false;
        }
        if (c == '%') {
            *is_plain = false;
        }
    }
    return true;
}

/* Decoded, it could not be told from one that separates segments; a proxy may have told them apart. */
static bool has_encoded_slash(slice path) { return slice_contains(path, S("%2F")) || slice_contains(path, S("%2f")); }

static bool has_control(slice s) {
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f) {
            return true;
        }
    }
    return false;
}

static struct http__refusal read_origin_form(slice target, struct arena *arena, struct http__head *head) {
    bool is_plain;
    if (!scan_target(target, &is_plain)) {
        return REFUSE(400, "The target holds a byte that must be percent-encoded.");
    }
    slice query = target;
    slice path = slice_cut(&query, '?');
    head->target = target;
    head->query = query;
    head->path = path;
    if (is_plain) {
        return TAKEN;
    }
    if (has_encoded_slash(path)) {
        return REFUSE(400, "There is an encoded slash in the target.");
    }
    if (http_percent_decode(arena, path, false, &head->path) != OK || has_control(head->path)) {
        return REFUSE(400, "The target is not well encoded.");
    }
    return TAKEN;
}

/* RFC 9112 §3.2.2 has a server believe the target over Host; we want both to say the same, so that whatever stands between
   us and the client cannot have read another host than we do. */
static struct http__refusal read_absolute_form(slice target, struct arena *arena, struct http__head *head) {
    size_t start = slice_starts_nocase(target, S("http://")) ? 7 : slice_starts_nocase(target, S("https://")) ? 8 : 0;
    if (start == 0) {
        return REFUSE(400, "The target is not a path.");
    }
    slice rest = slice_after(target, start);
    size_t end = 0;
    while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?' && rest.p[end] != '#') {
        end++;
    }
    if (!head->host.n || !slice_equal_nocase(slice_sub(rest, 0, end), head->host)) {
        return REFUSE(400, "The target's authority is not that of Host.");
    }
    slice path = slice_after(rest, end);
    if (!slice_starts(path, S("/"))) {
        path = arena_format(arena, "/%.*s", SLICE_FMT(path));
    }
    return read_origin_form(path, arena, head);
}

struct http__refusal http__target_read(slice target, struct arena *arena, struct http__head *head) {
    if (slice_starts(target, S("/"))) {
        return read_origin_form(target, arena, head);
    }
    if (slice_equal(target, S("*"))) {
        if (head->method != HTTP_OPTIONS) {
            return REFUSE(400, "The target * is for OPTIONS alone.");
        }
        head->target = head->path = target;
        head->query = (slice){NULL, 0};
        return TAKEN;
    }
    return read_absolute_form(target, arena, head);
}
