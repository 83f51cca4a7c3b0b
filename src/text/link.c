#include "text/link.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "text/address.h"
#include "text/unicode.h"

#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
static bool is_alpha(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

/* Never in an address as we write it: white space, controls, and what could end an attribute or a tag. */
static bool has_forbidden(slice url) {
    for (size_t i = 0; i < url.n; i++) {
        unsigned char c = (unsigned char)url.p[i];
        if (c <= ' ' || c == 0x7F || c == '"' || c == '\'' || c == '<' || c == '>' || c == '\\' || c == '`')
            return true;
    }
    return false;
}

/* The scheme without its ':', or the empty slice. */
static slice scheme_of(slice url) {
    size_t i = 0;
    while (i < url.n && (is_alpha(url.p[i]) || (i > 0 && (is_digit(url.p[i]) || strchr("+-.", url.p[i]))))) i++;
    return i > 0 && i < url.n && url.p[i] == ':' ? slice_sub(url, 0, i) : (slice){NULL, 0};
}

/* What stands between "//" and the next '/', '?' or '#'; p is NULL when there is no "//". */
static slice authority_of(slice url) {
    slice scheme = scheme_of(url);
    slice rest = slice_after(url, scheme.n ? scheme.n + 1 : 0);
    if (!slice_starts(rest, S("//"))) return (slice){NULL, 0};
    rest = slice_after(rest, 2);
    size_t i = 0;
    while (i < rest.n && !strchr("/?#", rest.p[i])) i++;
    return slice_sub(rest, 0, i);
}

slice url_host(slice url) {
    slice host = authority_of(url);
    const char *at = host.n ? memrchr(host.p, '@', host.n) : NULL;
    if (at) host = slice_after(host, (size_t)(at - host.p) + 1);
    if (slice_starts(host, S("["))) return slice_sub(host, 1, slice_find_char(host, ']'));
    size_t colon = slice_find_char(host, ':');
    return slice_sub(host, 0, colon);
}

static bool is_host_char(char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_port(slice s) {
    if (s.n == 0 || s.n > 5) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit(s.p[i])) return false;
    }
    return true;
}

/* A name whose last label is a number is an IPv4 address (WHATWG URL §3.5), and must be a whole one. */
static bool is_name_or_ipv4(slice host) {
    size_t labels = 0, numbers = 0;
    uint64_t number = 0;
    bool last_is_number = false;
    for (slice rest = host; rest.p;) {
        slice label = slice_cut(&rest, '.');
        last_is_number = slice_to_uint64(label, &number);
        numbers += last_is_number && number <= 255;
        labels++;
    }
    return !last_is_number || (labels == 4 && numbers == 4);
}

/* host or host:port or [IPv6] or [IPv6]:port, without credentials. */
static bool is_authority(slice s) {
    size_t end = 0;
    if (slice_starts(s, S("["))) {
        end = slice_find_char(s, ']');
        if (end == SIZE_MAX || end < 3) return false;
        for (size_t i = 1; i < end; i++) {
            if (!is_hex(s.p[i]) && s.p[i] != ':' && s.p[i] != '.') return false;
        }
        end++;
    } else {
        while (end < s.n && is_host_char(s.p[end])) end++;
        if (end == 0 || s.p[0] == '.' || s.p[0] == '-' || !is_name_or_ipv4(slice_sub(s, 0, end))) return false;
    }
    return end == s.n || (s.p[end] == ':' && is_port(slice_after(s, end + 1)));
}

bool url_is_web(slice url) {
    if (url.n > URL_MAX || has_forbidden(url)) return false;
    slice scheme = scheme_of(url);
    if (!slice_equal_nocase(scheme, S("http")) && !slice_equal_nocase(scheme, S("https"))) return false;
    return is_authority(authority_of(url));
}

bool url_is_safe(slice url) {
    if (url_is_web(url)) return true;
    if (url.n > URL_MAX || has_forbidden(url) || !slice_equal_nocase(scheme_of(url), S("mailto"))) return false;
    slice address = slice_after(url, sizeof "mailto:" - 1);
    address = slice_sub(address, 0, slice_find_char(address, '?'));
    size_t at = slice_find_char(address, '@');
    return at != SIZE_MAX && at > 0 && at + 1 < address.n;
}

bool url_is_local(slice url) {
    if (url.n == 0 || url.n > URL_MAX || has_forbidden(url)) return false;
    if (url.p[0] == '#') return true;
    return url.p[0] == '/' && (url.n == 1 || url.p[1] != '/');
}

/* Characters that RFC 3986 leaves out and browsers encode; non-ASCII stays, HTML allows it. */
static bool needs_encoding(slice url, size_t i, bool in_authority) {
    unsigned char c = (unsigned char)url.p[i];
    if (c == '%') return !(i + 2 < url.n && is_hex(url.p[i + 1]) && is_hex(url.p[i + 2]));
    if (c == '[' || c == ']') return !in_authority;
    return c <= ' ' || c == 0x7F || strchr("\"'<>\\^`{|}", c) != NULL;
}

/* Controls, overrides of direction, white space beyond ASCII: what an address cannot show. */
static bool is_hidden(slice character) {
    uint32_t c = unicode__at(character, 0);
    return utf8_find_control(character) != SIZE_MAX || unicode__is_space(c);
}

/* A browser drops tabs and newlines anywhere in an address, and controls and spaces at its ends (WHATWG URL §4.4):
   "java\tscript:" must be seen as what it will become. */
static slice drop_ignored(struct arena *arena, slice url) {
    while (url.n && (unsigned char)url.p[0] <= ' ') url = slice_after(url, 1);
    while (url.n && (unsigned char)url.p[url.n - 1] <= ' ') url.n--;
    char *p = arena_alloc(arena, url.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < url.n; i++) {
        if (url.p[i] != '\t' && url.p[i] != '\n' && url.p[i] != '\r') p[n++] = url.p[i];
    }
    return (slice){p, n};
}

slice address__clean(struct arena *arena, slice url) {
    if (url.n > 2 * URL_MAX) return (slice){NULL, 0};
    slice s = drop_ignored(arena, url);
    slice authority = authority_of(s);
    size_t authority_end = authority.n ? (size_t)(authority.p + authority.n - s.p) : 0;
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, URL_MAX);
    for (size_t i = 0; i < s.n;) {
        slice rest = slice_after(s, i);
        uint32_t c;
        (void)utf8_next(&rest, &c);
        size_t end = s.n - rest.n;
        bool encode = c < 0x80 ? needs_encoding(s, i, i < authority_end) : is_hidden(slice_sub(s, i, end));
        for (; i < end; i++) {
            if (encode) {
                buf_add_format(&b, "%%%02X", (unsigned char)s.p[i]);
            } else {
                buf_add_char(&b, s.p[i]);
            }
        }
    }
    return b.status == OK ? arena_copy(arena, buf_slice(&b)) : (slice){NULL, 0};
}

/* RFC 3986 §5.2.4, on a path that starts with '/'; in place of a list, "/.." cuts the output back to its last '/'. */
static void add_without_dots(struct buf *out, slice path) {
    size_t start = out->n;
    while (path.n) {
        size_t next = slice_find_char(slice_after(path, 1), '/');
        slice segment = slice_sub(path, 0, next == SIZE_MAX ? path.n : next + 1);
        path = slice_after(path, segment.n);
        bool up = slice_equal(segment, S("/..")), here = slice_equal(segment, S("/."));
        while (up && out->n > start && out->p[--out->n] != '/') continue;
        if (!up && !here) {
            buf_add(out, segment);
        } else if (path.n == 0) {
            buf_add_char(out, '/');
        }
    }
}

struct parts {
    slice origin, path, query, fragment; /* origin: scheme and authority; query with '?', fragment with '#' */
};

static struct parts split(slice url) {
    struct parts p = {0};
    size_t hash = slice_find_char(url, '#');
    p.fragment = slice_after(url, hash);
    url = slice_sub(url, 0, hash);
    size_t mark = slice_find_char(url, '?');
    p.query = slice_after(url, mark);
    url = slice_sub(url, 0, mark);
    slice authority = authority_of(url);
    size_t origin = authority.p ? (size_t)(authority.p + authority.n - url.p) : 0;
    p.origin = slice_sub(url, 0, origin);
    p.path = slice_after(url, origin);
    return p;
}

/* The reference's path merged with the base's (§5.2.3). */
static void add_path(struct buf *b, struct parts base, struct parts reference) {
    if (reference.path.n && reference.path.p[0] == '/') {
        add_without_dots(b, reference.path);
        return;
    }
    const char *slash = base.path.n ? memrchr(base.path.p, '/', base.path.n) : NULL;
    CLEANUP(buf_fini) struct buf merged;
    buf_init(&merged, 2 * URL_MAX);
    if (reference.path.n == 0) {
        buf_add(&merged, base.path.n ? base.path : S("/"));
    } else {
        buf_add(&merged, slash ? slice_sub(base.path, 0, (size_t)(slash - base.path.p) + 1) : S("/"));
        buf_add(&merged, reference.path);
    }
    add_without_dots(b, buf_slice(&merged));
}

slice url_join(struct arena *arena, slice base, slice reference) {
    slice none = {NULL, 0};
    reference = address__clean(arena, reference);
    if (!url_is_web(base) || (reference.n == 0 && !reference.p)) return none;
    if (scheme_of(reference).n) return url_is_safe(reference) ? reference : none;
    struct parts b = split(base), r = split(reference);
    CLEANUP(buf_fini) struct buf out;
    buf_init(&out, URL_MAX);
    if (r.origin.n) { /* "//host/path" */
        buf_add(&out, scheme_of(base));
        buf_add_char(&out, ':');
        buf_add(&out, r.origin);
        add_without_dots(&out, r.path);
    } else {
        buf_add(&out, b.origin);
        add_path(&out, b, r);
    }
    buf_add(&out, r.origin.n || r.path.n || r.query.n ? r.query : b.query);
    buf_add(&out, r.fragment);
    slice url = arena_copy(arena, buf_slice(&out));
    return out.status == OK && url_is_safe(url) ? url : none;
}
