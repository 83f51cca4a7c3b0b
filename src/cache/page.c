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
    ZSTD_LEVEL = 3, /* whoever speaks it speaks brotli, too, and is given that */
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
    crypto_add_base64url(&b, slice_make(hash, PAGE_HASH_BYTES));
    if (*encoding) buf_add_format(&b, "-%s", encoding);
    buf_add_char(&b, '"');
    return buf_take(&b);
}

/* Head, 304 and tag of one encoding whose body is there. */
static void finish_variant(struct page *page, enum page_encoding encoding) {
    struct page_variant *v = &page->variants[encoding];
    v->etag = make_etag(page->hash, ENCODING_NAMES[encoding]);
    struct page_head head = {.status = page->status,
                             .content_type = page->content_type,
                             .etag = v->etag,
                             .content_encoding = slice_of(ENCODING_NAMES[encoding]),
                             .content_length = (int64_t)v->body->n,
                             .varies = page->variants[PAGE_IDENTITY].body->n >= WORTH_IT,
                             .extra = page->extra};
    v->head = page->make_head(page->ctx, &head);
    head.status = 304;
    head.content_length = -1;
    v->not_modified = page->make_head(page->ctx, &head);
    page->available |= 1u << encoding;
    page->bytes += v->body->n + blob_slice(v->head).n + blob_slice(v->not_modified).n;
}

static slice copy_of(slice s) {
    struct buf b;
    buf_init(&b, s.n);
    buf_add(&b, s);
    return buf_take(&b);
}

/* A page of this identity body (taken), in as many encodings as `effort` asks for. */
static struct page *page_of(struct blob *body, const unsigned char *hash, const struct page_source *source,
                            page_make_head make_head, void *ctx) {
    struct page *page = NEW(struct page);
    atomic_init(&page->references, 1);
    page->fresh_until = source->fresh_until;
    page->bytes = sizeof *page;
    page->tag = copy_of(source->tag);
    page->status = source->status;
    page->content_type = source->content_type;
    page->extra = source->extra;
    page->make_head = make_head;
    page->ctx = ctx;
    page->unfinished = source->effort == PAGE_LATER && body->n >= WORTH_IT;
    page->variants[PAGE_IDENTITY].body = body;
    memcpy(page->hash, hash, PAGE_HASH_BYTES);
    finish_variant(page, PAGE_IDENTITY);
    for (int e = PAGE_IDENTITY + 1; e < PAGE_ENCODINGS && source->effort != PAGE_LATER; e++) {
        enum page_encoding encoding = (enum page_encoding)e;
        page->variants[e].body = compress(encoding, blob_slice(body), source->effort == PAGE_THOROUGH);
        if (page->variants[e].body) finish_variant(page, encoding);
    }
    return page;
}

struct page *page_new(const struct page_source *source, page_make_head make_head, void *ctx) {
    struct blob *body = blob_new_take(source->body);
    struct crypto_hash hash = crypto_blake2b(blob_slice(body));
    return page_of(body, hash.bytes, source, make_head, ctx);
}

struct page *page_compress(const struct page *page, enum page_effort effort) {
    struct page_source source = {.status = page->status,
                                 .content_type = page->content_type,
                                 .tag = page->tag,
                                 .fresh_until = page->fresh_until,
                                 .effort = effort,
                                 .extra = page->extra};
    return page_of(blob_ref(page->variants[PAGE_IDENTITY].body), page->hash, &source, page->make_head, page->ctx);
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
