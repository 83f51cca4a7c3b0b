#include "cache/page.h"

#include "base/crypto.h"
#include "base/memory.h"

#include <brotli/encode.h>
#include <libdeflate.h>
#include <string.h>
#include <zstd.h>

enum { WORTH_IT = 512 /* bytes: below, a packet holds it anyway */, BROTLI_WINDOW = 19 };

/* Levels by effort. Of a page of 112 kB with 50 messages brotli 0 takes a million instructions (and a third more bytes than 5), 2
   three, 5 seven; gzip 1 two, 6 more than four; brotli 11 takes 120 ms. Whoever speaks zstd speaks brotli, too, and is given
   that. */
static const int BROTLI_QUALITY[] = {0, 0, 5, BROTLI_MAX_QUALITY};
static const int GZIP_LEVEL[] = {0, 1, 6, 12};
static const int ZSTD_LEVEL[] = {0, 1, 3, 19};

static const char *const ENCODING_NAMES[PAGE_ENCODINGS] = {"", "gzip", "zstd", "br"};

/* Each gives the bytes written to out (capacity bytes long), or 0 when they do not fit. */
static size_t compress_gzip(slice in, char *out, size_t capacity, enum page_effort effort) {
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(GZIP_LEVEL[effort]);
    if (!c) return 0;
    size_t n = libdeflate_gzip_compress(c, in.p, in.n, out, capacity);
    libdeflate_free_compressor(c);
    return n;
}

static size_t compress_zstd(slice in, char *out, size_t capacity, enum page_effort effort) {
    size_t n = ZSTD_compress(out, capacity, in.p, in.n, ZSTD_LEVEL[effort]);
    return ZSTD_isError(n) ? 0 : n;
}

static size_t compress_brotli(slice in, char *out, size_t capacity, enum page_effort effort) {
    size_t n = capacity;
    bool ok = BrotliEncoderCompress(BROTLI_QUALITY[effort], BROTLI_WINDOW, BROTLI_MODE_TEXT, in.n,
                                    (const uint8_t *)in.p, &n, (uint8_t *)out) == BROTLI_TRUE;
    return ok ? n : 0;
}

/* The body in this encoding, or NULL when that does not pay. */
static struct blob *compress(enum page_encoding encoding, slice in, enum page_effort effort) {
    static size_t (*const HOW[PAGE_ENCODINGS])(slice, char *, size_t, enum page_effort) = {
        NULL, compress_gzip, compress_zstd, compress_brotli};
    if (in.n < WORTH_IT) return NULL;
    struct buf out;
    buf_init(&out, in.n);
    buf_reserve(&out, in.n);
    size_t n = HOW[encoding](in, out.p, in.n, effort);
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
    buf_add(&b, *encoding ? S("W/\"") : S("\""));
    crypto_add_base64url(&b, slice_make(hash, PAGE_HASH_BYTES));
    if (*encoding) buf_add_format(&b, "-%s", encoding);
    buf_add_char(&b, '"');
    return buf_take(&b);
}

static slice copy_of(slice s) {
    struct buf b;
    buf_init(&b, s.n);
    buf_add(&b, s);
    return buf_take(&b);
}

static void variant_fini(struct page_variant *v) {
    blob_unref(v->head);
    blob_unref(v->not_modified);
    blob_unref(v->body);
    memory_free((void *)(uintptr_t)v->etag.p);
    *v = (struct page_variant){.effort = v->effort};
}

static size_t variant_bytes(const struct page_variant *v) {
    return v->head ? v->body->n + v->head->n + v->not_modified->n : 0;
}

/* Gives the page this body (taken) in an encoding, in place of the one it may have. */
static void set_variant(struct page *page, enum page_encoding encoding, struct blob *body) {
    struct page_variant *v = &page->variants[encoding];
    page->bytes -= variant_bytes(v);
    variant_fini(v);
    v->body = body;
    v->etag = make_etag(page->hash, ENCODING_NAMES[encoding]);
    struct page_head head = {.status = page->status,
                             .content_type = page->content_type,
                             .etag = v->etag,
                             .content_encoding = slice_of(ENCODING_NAMES[encoding]),
                             .content_length = (int64_t)v->body->n,
                             .varies = encoding != PAGE_IDENTITY || body->n >= WORTH_IT,
                             .extra = page->extra};
    v->head = page->make_head(page->ctx, &head);
    head.status = 304;
    head.content_length = -1;
    v->not_modified = page->make_head(page->ctx, &head);
    page->available |= 1u << encoding;
    page->bytes += variant_bytes(v);
}

/* A page of these plain bytes (taken). */
static struct page *page_of(struct blob *body, const unsigned char *hash, const struct page_source *source,
                            page_make_head make_head, void *ctx) {
    struct page *page = NEW(struct page);
    atomic_init(&page->references, 1);
    atomic_init(&page->wanted, 0);
    page->fresh_until = source->fresh_until;
    page->article = source->article;
    page->version = source->version;
    atomic_init(&page->confirmed, source->confirmed);
    page->kept = source->kept;
    page->kept_free = source->kept_free;
    page->bytes = sizeof *page + source->kept_bytes;
    page->tag = copy_of(source->tag);
    page->status = source->status;
    page->content_type = source->content_type;
    page->extra = source->extra;
    page->make_head = make_head;
    page->ctx = ctx;
    memcpy(page->hash, hash, PAGE_HASH_BYTES);
    set_variant(page, PAGE_IDENTITY, body);
    return page;
}

struct page *page_new(const struct page_source *source, page_make_head make_head, void *ctx) {
    struct blob *body = blob_new_take(source->body);
    struct crypto_hash hash = crypto_blake2b(blob_slice(body));
    struct page *page = page_of(body, hash.bytes, source, make_head, ctx);
    page->made_at = clock_now();
    page_add_forms(page, source->effort, PAGE_COMPRESSED);
    return page;
}

static bool may_gain(const struct page *page, enum page_effort effort, unsigned encodings, int encoding) {
    return encodings >> encoding & 1 && page->variants[encoding].effort < effort;
}

bool page_may_gain(const struct page *page, enum page_effort effort, unsigned encodings) {
    bool any = false;
    for (int e = PAGE_IDENTITY + 1; e < PAGE_ENCODINGS; e++) any |= may_gain(page, effort, encodings, e);
    return any && page->variants[PAGE_IDENTITY].body->n >= WORTH_IT;
}

void page_add_forms(struct page *page, enum page_effort effort, unsigned encodings) {
    slice plain = blob_slice(page->variants[PAGE_IDENTITY].body);
    for (int e = PAGE_IDENTITY + 1; e < PAGE_ENCODINGS; e++) {
        if (!may_gain(page, effort, encodings, e)) continue;
        struct blob *body = compress((enum page_encoding)e, plain, effort);
        if (body) set_variant(page, (enum page_encoding)e, body);
        page->variants[e].effort = effort;
    }
}

/* The same page, its plain bytes shared, in its other encodings those that are in `shared`. */
static struct page *copy(const struct page *page, unsigned shared, const void *extra) {
    struct page_source source = {.status = page->status,
                                 .content_type = page->content_type,
                                 .tag = page->tag,
                                 .fresh_until = page->fresh_until,
                                 .article = page->article,
                                 .version = page->version,
                                 .confirmed = atomic_load(&page->confirmed),
                                 .extra = extra};
    struct page *made =
        page_of(blob_ref(page->variants[PAGE_IDENTITY].body), page->hash, &source, page->make_head, page->ctx);
    made->made_at = page->made_at;
    atomic_store_explicit(&made->wanted, atomic_load_explicit(&page->wanted, memory_order_relaxed),
                          memory_order_relaxed);
    for (int e = PAGE_IDENTITY + 1; e < PAGE_ENCODINGS; e++) {
        const struct page_variant *v = &page->variants[e];
        if (!(shared >> e & 1)) continue;
        if (v->body) set_variant(made, (enum page_encoding)e, blob_ref(v->body));
        made->variants[e].effort = v->effort;
    }
    return made;
}

struct page *page_compress(const struct page *page, enum page_effort effort, unsigned encodings) {
    unsigned shared = 0;
    for (int e = PAGE_IDENTITY + 1; e < PAGE_ENCODINGS; e++)
        if (!may_gain(page, effort, encodings, e)) shared |= 1u << e;
    struct page *made = copy(page, shared, page->extra);
    page_add_forms(made, effort, encodings);
    /* what more effort did not make smaller than less had is worth having all the same */
    for (int e = PAGE_IDENTITY + 1; e < PAGE_ENCODINGS; e++)
        if (!made->variants[e].body && page->variants[e].body)
            set_variant(made, (enum page_encoding)e, blob_ref(page->variants[e].body));
    return made;
}

struct page *page_with_extra(const struct page *page, const void *extra) {
    return copy(page, PAGE_COMPRESSED, extra);
}

struct page *page_ref(struct page *page) {
    atomic_fetch_add_explicit(&page->references, 1, memory_order_relaxed);
    return page;
}

void page_unref(struct page *page) {
    if (!page || atomic_fetch_sub_explicit(&page->references, 1, memory_order_acq_rel) != 1) return;
    for (int e = 0; e < PAGE_ENCODINGS; e++) variant_fini(&page->variants[e]);
    if (page->kept) page->kept_free(page->kept);
    memory_free((void *)(uintptr_t)page->tag.p);
    memory_free(page);
}
