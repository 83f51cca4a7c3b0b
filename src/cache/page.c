#include "cache/page.h"

#include "base/crypto.h"
#include "base/memory.h"

#include <brotli/encode.h>
#include <libdeflate.h>
#include <stdatomic.h>
#include <string.h>
#include <zstd.h>

enum {
    WORTH_IT = 512,     /* bytes: below, a packet holds it anyway */
    BROTLI_QUALITY = 5, /* 2 ms for 60 kB; 11 would be 120 ms for a tenth less */
    BROTLI_WINDOW = 19,
    GZIP_LEVEL = 6,
    ZSTD_LEVEL = 9,
    ETAG_BYTES = 12,
};

static const char *const ENCODING_NAMES[PAGE_ENCODINGS] = {"", "gzip", "zstd", "br"};

/* Each gives the bytes written to out (capacity bytes long), or 0 when they do not fit. */
static size_t compress_gzip(slice in, char *out, size_t capacity, bool thorough) {
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(thorough ? 12 : GZIP_LEVEL);
    if (!c) return 0;
    size_t n = libdeflate_gzip_compress(c, in.p, in.n, out, capacity);
    libdeflate_free_compressor(c);
    return n;
}

static size_t compress_zstd(slice in, char *out, size_t capacity, bool thorough) {
    size_t n = ZSTD_compress(out, capacity, in.p, in.n, thorough ? 19 : ZSTD_LEVEL);
    return ZSTD_isError(n) ? 0 : n;
}

static size_t compress_brotli(slice in, char *out, size_t capacity, bool thorough) {
    size_t n = capacity;
    int quality = thorough ? BROTLI_MAX_QUALITY : BROTLI_QUALITY;
    bool ok = BrotliEncoderCompress(quality, BROTLI_WINDOW, BROTLI_MODE_TEXT, in.n, (const uint8_t *)in.p, &n,
                                    (uint8_t *)out) == BROTLI_TRUE;
    return ok ? n : 0;
}

/* The body in this encoding, or NULL when that does not pay. */
static struct blob *compress(enum page_encoding encoding, slice in, bool thorough) {
    static size_t (*const HOW[PAGE_ENCODINGS])(slice, char *, size_t, bool) = {NULL, compress_gzip, compress_zstd,
                                                                               compress_brotli};
    if (in.n < WORTH_IT) return NULL;
    struct buf out;
    buf_init(&out, in.n);
    buf_reserve(&out, in.n);
    size_t n = HOW[encoding](in, out.p, in.n, thorough);
    if (n == 0 || n >= in.n) {
        buf_fini(&out);
        return NULL;
    }
    out.p = memory_realloc_array(out.p, n + 1, 1);
    out.n = n;
    out.capacity = n + 1;
    return blob_new_take(&out);
}

static slice make_etag(const unsigned char *hash, const char *encoding) {
    struct buf b;
    buf_init(&b, 64);
    buf_add_char(&b, '"');
    crypto_add_base64url(&b, slice_make(hash, ETAG_BYTES));
    if (*encoding) buf_add_format(&b, "-%s", encoding);
    buf_add_char(&b, '"');
    return buf_take(&b);
}

static void make_heads(struct page *page, const struct page_source *source, page_make_head make_head, void *ctx) {
    bool varies = (page->available & (page->available - 1)) != 0;
    for (int e = 0; e < PAGE_ENCODINGS; e++) {
        struct page_variant *v = &page->variants[e];
        if (!v->body) continue;
        struct page_head head = {
            source->status, source->content_type, v->etag, slice_of(ENCODING_NAMES[e]), (int64_t)v->body->n,
            varies,         source->extra};
        v->head = make_head(ctx, &head);
        head.status = 304;
        head.content_length = -1;
        v->not_modified = make_head(ctx, &head);
        page->bytes += v->body->n + blob_slice(v->head).n + blob_slice(v->not_modified).n;
    }
}

struct page *page_new(const struct page_source *source, page_make_head make_head, void *ctx) {
    struct page *page = NEW(struct page);
    atomic_init(&page->references, 1);
    page->fresh_until = source->fresh_until;
    page->bytes = sizeof *page;
    struct buf tag;
    buf_init(&tag, source->tag.n);
    buf_add(&tag, source->tag);
    page->tag = buf_take(&tag);
    struct blob *body = blob_new_take(source->body);
    struct crypto_hash hash = crypto_sha256(blob_slice(body));
    for (int e = 0; e < PAGE_ENCODINGS; e++) {
        struct page_variant *v = &page->variants[e];
        v->body = e == PAGE_IDENTITY ? body : compress((enum page_encoding)e, blob_slice(body), source->thorough);
        if (!v->body) continue;
        v->etag = make_etag(hash.bytes, ENCODING_NAMES[e]);
        page->available |= 1u << e;
    }
    make_heads(page, source, make_head, ctx);
    return page;
}

struct page *page_ref(struct page *page) {
    atomic_fetch_add_explicit(&page->references, 1, memory_order_relaxed);
    return page;
}

void page_unref(struct page *page) {
    if (!page || atomic_fetch_sub_explicit(&page->references, 1, memory_order_acq_rel) != 1) return;
    for (int e = 0; e < PAGE_ENCODINGS; e++) {
        struct page_variant *v = &page->variants[e];
        blob_unref(v->head);
        blob_unref(v->not_modified);
        blob_unref(v->body);
        memory_free((void *)(uintptr_t)v->etag.p);
    }
    memory_free((void *)(uintptr_t)page->tag.p);
    memory_free(page);
}
