#include "base/crypto.h"
#include "base/memory.h"
#include "cache/page.h"

#include <brotli/decode.h>
#include <libdeflate.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

static struct blob *make_head(void *ctx, const struct page_head *head) {
    struct buf b;
    (void)ctx;
    buf_init(&b, 4096);
    buf_add_format(&b, "%d %.*s %.*s %lld", head->status, SLICE_FMT(head->content_encoding), SLICE_FMT(head->etag),
                   (long long)head->content_length);
    return blob_new_take(&b);
}

static struct page *page_of(slice text, enum page_effort effort) {
    struct buf body;
    buf_init(&body, text.n);
    buf_add(&body, text);
    struct page_source source = {
        .body = &body, .status = 200, .content_type = S("text/html"), .tag = S("a-slug"), .effort = effort};
    return page_new(&source, make_head, NULL);
}

static slice long_text(void) {
    static char text[20000];
    for (size_t i = 0; i < sizeof text; i += 20) memcpy(text + i, "<p>Bonjour, tous</p>", 20);
    return (slice){text, sizeof text};
}

static void all_encodings_hold_the_same_bytes(void **state) {
    (void)state;
    slice text = long_text();
    struct page *page = page_of(text, PAGE_NOW);
    char out[20000];
    assert_int_equal(page->available, 15);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    slice gzip = blob_slice(page->variants[PAGE_GZIP].body);
    assert_int_equal(libdeflate_gzip_decompress(d, gzip.p, gzip.n, out, sizeof out, NULL), LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(d);
    assert_memory_equal(out, text.p, text.n);
    slice zstd = blob_slice(page->variants[PAGE_ZSTD].body);
    memset(out, 0, sizeof out);
    assert_int_equal(ZSTD_decompress(out, sizeof out, zstd.p, zstd.n), text.n);
    assert_memory_equal(out, text.p, text.n);
    slice brotli = blob_slice(page->variants[PAGE_BROTLI].body);
    size_t n = sizeof out;
    memset(out, 0, sizeof out);
    assert_int_equal(BrotliDecoderDecompress(brotli.n, (const uint8_t *)brotli.p, &n, (uint8_t *)out), BROTLI_TRUE);
    assert_memory_equal(out, text.p, text.n);
    page_unref(page);
}

static void tags_differ_by_encoding_and_by_content(void **state) {
    (void)state;
    struct page *a = page_of(long_text(), PAGE_NOW), *b = page_of(slice_after(long_text(), 20), PAGE_NOW),
                *again = page_of(long_text(), PAGE_THOROUGH);
    assert_false(slice_equal(a->variants[PAGE_GZIP].etag, a->variants[PAGE_BROTLI].etag));
    assert_false(slice_equal(a->variants[PAGE_GZIP].etag, b->variants[PAGE_GZIP].etag));
    assert_true(slice_equal(a->variants[PAGE_GZIP].etag, again->variants[PAGE_GZIP].etag));
    assert_true(slice_starts(a->variants[PAGE_IDENTITY].etag, S("\"")));
    assert_true(slice_starts(a->variants[PAGE_BROTLI].etag, S("W/\"")));
    assert_true(slice_ends(a->variants[PAGE_BROTLI].etag, S("-br\"")));
    assert_true(slice_contains(blob_slice(a->variants[PAGE_GZIP].not_modified), S("304")));
    page_unref(a);
    page_unref(b);
    page_unref(again);
}

static void small_pages_are_sent_as_they_are(void **state) {
    (void)state;
    struct page *page = page_of(S("ok"), PAGE_NOW);
    assert_int_equal(page->available, 1);
    assert_null(page->variants[PAGE_GZIP].body);
    assert_true(slice_equal(page->tag, S("a-slug")));
    page_unref(page);
}

static void a_page_can_be_served_before_it_is_compressed(void **state) {
    (void)state;
    struct page *plain = page_of(long_text(), PAGE_LATER), *small = page_of(S("ok"), PAGE_LATER);
    assert_int_equal(plain->available, 1);
    assert_true(page_may_gain(plain, PAGE_NOW, PAGE_COMPRESSED));
    assert_false(page_may_gain(small, PAGE_NOW, PAGE_COMPRESSED));
    struct page *finished = page_compress(plain, PAGE_NOW, PAGE_COMPRESSED);
    assert_int_equal(finished->available, 15);
    assert_false(page_may_gain(finished, PAGE_NOW, PAGE_COMPRESSED));
    assert_true(page_may_gain(finished, PAGE_THOROUGH, PAGE_COMPRESSED));
    assert_ptr_equal(finished->variants[0].body, plain->variants[0].body);
    assert_true(slice_equal(finished->variants[0].etag, plain->variants[0].etag));
    assert_true(slice_equal(finished->tag, plain->tag));
    page_unref(plain);
    assert_int_equal(blob_slice(finished->variants[0].body).n, long_text().n);
    page_unref(finished);
    page_unref(small);
}

static void only_the_forms_that_are_wanted_are_made(void **state) {
    (void)state;
    struct page *page = page_of(long_text(), PAGE_LATER);
    page_add_forms(page, PAGE_FAST, 1u << PAGE_BROTLI);
    assert_int_equal(page->available, 1u | 1u << PAGE_BROTLI);
    assert_false(page_may_gain(page, PAGE_FAST, 1u << PAGE_BROTLI));
    assert_true(page_may_gain(page, PAGE_NOW, 1u << PAGE_BROTLI));
    assert_true(page_may_gain(page, PAGE_FAST, 1u << PAGE_GZIP));
    struct page *more = page_compress(page, PAGE_FAST, 1u << PAGE_GZIP);
    assert_int_equal(more->available, 1u | 1u << PAGE_BROTLI | 1u << PAGE_GZIP);
    assert_ptr_equal(more->variants[PAGE_BROTLI].body, page->variants[PAGE_BROTLI].body);
    struct page *better = page_compress(more, PAGE_NOW, 1u << PAGE_BROTLI);
    assert_true(better->variants[PAGE_BROTLI].body->n < page->variants[PAGE_BROTLI].body->n);
    assert_ptr_equal(better->variants[PAGE_GZIP].body, more->variants[PAGE_GZIP].body);
    assert_true(slice_equal(better->variants[PAGE_BROTLI].etag, page->variants[PAGE_BROTLI].etag));
    assert_true(better->bytes < more->bytes && more->bytes > page->bytes);
    page_unref(page);
    page_unref(more);
    page_unref(better);
}

static void a_wish_is_new_once(void **state) {
    (void)state;
    struct page *page = page_of(long_text(), PAGE_LATER);
    assert_true(page_want(page, 1u << PAGE_BROTLI));
    assert_false(page_want(page, 1u << PAGE_BROTLI));
    assert_true(page_want(page, 1u << PAGE_GZIP | 1u << PAGE_BROTLI));
    struct page *finished = page_compress(page, PAGE_FAST, PAGE_COMPRESSED);
    assert_false(page_want(finished, 1u << PAGE_GZIP));
    page_unref(page);
    page_unref(finished);
}

static void other_headers_share_the_bytes(void **state) {
    (void)state;
    struct page *page = page_of(long_text(), PAGE_NOW), *other = page_with_extra(page, "other");
    assert_ptr_equal(other->variants[PAGE_BROTLI].body, page->variants[PAGE_BROTLI].body);
    assert_true(other->extra && !page->extra);
    assert_int_equal(other->available, 15);
    page_unref(page);
    assert_true(blob_slice(other->variants[PAGE_BROTLI].body).n > 0);
    page_unref(other);
}

static void random_bytes_are_not_compressed(void **state) {
    (void)state;
    char noise[4000];
    crypto_random(noise, sizeof noise);
    struct page *page = page_of((slice){noise, sizeof noise}, PAGE_NOW);
    assert_int_equal(page->available, 1);
    page_unref(page);
}

int main(void) {
    struct error error;
    if (crypto_init(&error) != OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_encodings_hold_the_same_bytes),
        cmocka_unit_test(tags_differ_by_encoding_and_by_content),
        cmocka_unit_test(small_pages_are_sent_as_they_are),
        cmocka_unit_test(a_page_can_be_served_before_it_is_compressed),
        cmocka_unit_test(only_the_forms_that_are_wanted_are_made),
        cmocka_unit_test(a_wish_is_new_once),
        cmocka_unit_test(other_headers_share_the_bytes),
        cmocka_unit_test(random_bytes_are_not_compressed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
