#include "app/headers.h"

const slice HEADERS_SHARED = S_INIT("public, max-age=0, must-revalidate");
const slice HEADERS_KEPT = S_INIT("private, max-age=0");
const slice HEADERS_PRIVATE = S_INIT("private, no-store");

/* Nothing inline, nothing from elsewhere; images of articles may be, where the publication allows it. A
   picture in the page itself (data:) is its icon. */
#define CSP_BEFORE                                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "                \
    "base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; img-src 'self' data:"

size_t headers_add_security(const struct app *app, struct http_header *headers) {
    size_t n = 0;
    headers[n++] = (struct http_header){S("Content-Security-Policy"),
                                        app->options.external_images ? S(CSP_BEFORE " https: http:") : S(CSP_BEFORE)};
    headers[n++] = (struct http_header){S("X-Content-Type-Options"), S("nosniff")};
    headers[n++] = (struct http_header){S("Referrer-Policy"), S("strict-origin-when-cross-origin")};
    headers[n++] = (struct http_header){S("X-Frame-Options"), S("DENY")};
    headers[n++] = (struct http_header){S("Cross-Origin-Opener-Policy"), S("same-origin")};
    headers[n++] = (struct http_header){S("Permissions-Policy"), S("camera=(), geolocation=(), microphone=()")};
    return n;
}

/* A 304 says what may have changed about the page the reader has (RFC 9110 §15.4.5); the rest it has from the 200. */
static size_t add_security_unless(struct app *app, int status, struct http_header *headers) {
    return status == 304 ? 0 : headers_add_security(app, headers);
}

struct blob *headers_make_head(void *ctx, const struct page_head *head) {
    struct http_header headers[HEADERS_SECURITY + 5];
    size_t n = add_security_unless(ctx, head->status, headers);
    const slice *cache_control = head->extra;
    headers[n++] = (struct http_header){S("Cache-Control"), *cache_control};
    headers[n++] = (struct http_header){S("ETag"), head->etag};
    if (head->varies) headers[n++] = (struct http_header){S("Vary"), S("Accept-Encoding")};
    if (head->content_encoding.n && head->status != 304)
        headers[n++] = (struct http_header){S("Content-Encoding"), head->content_encoding};
    slice type = head->status == 304 ? S("") : head->content_type;
    return http_head_new(head->status, type, headers, n, head->content_length);
}
