#include "http/cookie.h"

#include "base/error.h"
#include "http/head.h"

#include <string.h>

slice http_cookie_find(slice cookie_header, slice name) {
    slice rest = cookie_header;
    while (rest.p) {
        slice value = slice_cut(&rest, ';');
        slice key = slice_trim(slice_cut(&value, '='));
        if (!value.p || !slice_equal(key, name)) {
            continue;
        }
        value = slice_trim(value);
        if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"') {
            value = slice_sub(value, 1, value.n - 1);
        }
        return value;
    }
    return (slice){NULL, 0};
}

/* Visible ASCII but for the characters of `but`. */
static bool is_visible_but(slice s, const char *but) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= 0x20 || c >= 0x7f || strchr(but, c)) {
            return false;
        }
    }
    return true;
}

enum status http_cookie_add(struct buf *b, const struct http_cookie *cookie) {
    if (!http__is_token(cookie->name) || !is_visible_but(cookie->value, "\",;\\") ||
        !is_visible_but(cookie->path, ";,")) {
        return INVALID;
    }
    buf_add_format(b, "%.*s=%.*s; Path=%.*s", SLICE_FMT(cookie->name), SLICE_FMT(cookie->value),
                   SLICE_FMT(cookie->path.n ? cookie->path : S("/")));
    if (cookie->max_age_s > 0) {
        buf_add(b, S("; Max-Age="));
        buf_add_int(b, cookie->max_age_s);
    } else if (cookie->max_age_s < 0) {
        /* Expires as well: there are clients that know nothing else. */
        buf_add(b, S("; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"));
    }
    buf_add(b, cookie->readable ? S("") : S("; HttpOnly"));
    buf_add(b, cookie->strict ? S("; SameSite=Strict") : S("; SameSite=Lax"));
    buf_add(b, cookie->secure ? S("; Secure") : S(""));
    return OK;
}
