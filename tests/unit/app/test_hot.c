#include "app/hot.h"
#include "base/crypto.h"
#include "http/negotiate.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include <cmocka.h>

static _Atomic int renderings;

static struct blob *make_head(void *ctx, const struct page_head *head) {
    (void)ctx;
    (void)head;
    return blob_new(S("head"));
}

static enum status render(void *ctx, void *thread_state, const struct cache_key *key, struct page *former,
                          struct page **out, struct error *error) {
    (void)ctx, (void)thread_state, (void)former, (void)error;
    struct buf body;
    buf_init(&body, 100);
    buf_add_format(&body, "%lld:%d", (long long)key->id, atomic_fetch_add(&renderings, 1));
    struct page_source source = {.body = &body, .status = 200, .content_type = S("text/plain")};
    *out = page_new(&source, make_head, NULL);
    return OK;
}

static struct pool *pool;
static struct cache *cache;
static struct hot *hot;

static int start(void **state) {
    (void)state;
    pool = pool_new(1, 64, NULL, NULL, NULL);
    cache = cache_new(&(struct cache_options){.pool = pool, .max_bytes = 1 << 20, .render = render});
    hot = hot_new();
    atomic_store(&renderings, 0);
    return 0;
}

static int stop(void **state) {
    (void)state;
    hot_free(hot);
    pool_free(pool);
    cache_free(cache);
    return 0;
}

struct told {
    struct cache_waiter waiter;
    _Atomic bool there;
};

static void ready(struct cache_waiter *waiter, enum status status, struct page *page, const struct error *error) {
    (void)status, (void)page, (void)error;
    atomic_store(&((struct told *)(void *)waiter)->there, true);
}

/* As the loop does that has no page: waits for it, finds it, remembers it. */
static struct page *make(struct cache_key *key, slice target) {
    struct told told = {.waiter = {.ready = ready}};
    cache_want(cache, key, &told.waiter);
    while (!atomic_load(&told.there)) sched_yield();
    struct page *page = cache_find(cache, key);
    assert_non_null(page);
    hot_remember(hot, target, &(struct hot_page){page, cache, key});
    page_unref(page); /* the cache and the memory have theirs */
    return page;
}

static void a_page_is_found_by_its_whole_target(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 5};
    struct page *page = make(&key, S("/articles/5-le-pont"));
    struct hot_page found = hot_find(hot, 0, S("/articles/5-le-pont"), 0);
    assert_ptr_equal(found.page, page);
    assert_ptr_equal(found.cache, cache);
    assert_int_equal(found.key->id, 5);
    assert_null(hot_find(hot, 0, S("/articles/5-le-pon"), 0).page);
    assert_null(hot_find(hot, 0, S("/articles/5-le-ponT"), 0).page);
    assert_null(hot_find(hot, 0, S("/articles/5-le-pont?"), 0).page);
    assert_null(hot_find(hot, 0, S(""), 0).page);
}

static void a_page_the_cache_has_let_go_is_not_given(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 5}, other = {.kind = 1, .id = 6};
    (void)make(&key, S("/5"));
    (void)make(&other, S("/6"));
    assert_non_null(hot_find(hot, 0, S("/5"), 0).page);
    cache_drop(cache, &key);
    assert_null(hot_find(hot, 0, S("/5"), 0).page);
    assert_non_null(hot_find(hot, 0, S("/6"), 0).page); /* looked up again, and still there */
    assert_null(hot_find(hot, 0, S("/5"), 0).page);
}

static void a_renewed_page_is_not_given_as_it_was(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 5};
    struct told told = {.waiter = {.ready = ready}};
    struct page *page = make(&key, S("/5"));
    assert_ptr_equal(hot_find(hot, 0, S("/5"), 0).page, page);
    cache_renew(cache, &key, &told.waiter);
    while (!atomic_load(&told.there)) sched_yield();
    assert_int_equal(atomic_load(&renderings), 2);
    assert_null(hot_find(hot, 0, S("/5"), 0).page); /* whoever decided is told by now: nobody gets the old one */
}

static void what_is_read_from_here_counts_as_used_and_as_a_hit(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 5};
    (void)make(&key, S("/5"));
    int64_t hits = cache_figures(cache).hits;
    for (int i = 0; i < 10; i++) assert_non_null(hot_find(hot, 0, S("/5"), 5).page);
    assert_non_null(hot_find(hot, 0, S("/5"), 5 + HOT_MS).page);
    assert_int_equal(cache_figures(cache).hits, hits + 11);
}

static void places_are_few_and_targets_short(void **state) {
    (void)state;
    char text[HOT_TARGET_BYTES + 1];
    memset(text, 'a', sizeof text);
    size_t kept = 0;
    struct cache_key key = {.kind = 1, .id = 5};
    struct page *page = make(&key, slice_make(text, sizeof text));
    assert_null(hot_find(hot, 0, slice_make(text, sizeof text), 0).page);
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "/articles/%d", i);
        hot_remember(hot, slice_of(text), &(struct hot_page){page, cache, &key});
    }
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "/articles/%d", i);
        kept += hot_find(hot, 0, slice_of(text), 0).page != NULL;
    }
    assert_true(kept > HOT_PAGES / 2 && kept <= HOT_PAGES);
    assert_int_equal(atomic_load(&page->references), (int)kept + 1); /* the memory's, and the cache's */
}

/* What a head's number has found once is found by the number alone, as long as the place is the same one's. */
static void a_known_head_finds_its_page(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 5}, other = {.kind = 1, .id = 6};
    struct page *page = make(&key, S("/5"));
    assert_null(hot_find(hot, 7, S("/6"), 0).page);
    struct page *second = make(&other, S("/6"));
    assert_ptr_equal(hot_find(hot, 7, S("/6"), 0).page, second);
    assert_ptr_equal(hot_find(hot, 7, S("never looked at"), 0).page, second);
    assert_ptr_equal(hot_find(hot, 7 + 64, S("/5"), 0).page, page); /* in the same place */
    assert_ptr_equal(hot_find(hot, 7, S("/6"), 0).page, second);
    cache_drop(cache, &other);
    assert_null(hot_find(hot, 7, S("/6"), 0).page);
    second = make(&other, S("/6"));
    assert_ptr_equal(hot_find(hot, 7, S("/6"), 0).page, second);
    char text[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "/a/%d", i);
        hot_remember(hot, slice_of(text), &(struct hot_page){page, cache, &key});
    }
    assert_null(hot_find(hot, 7, S("/6"), 0).page); /* another's by now */
}

static void a_known_head_has_its_encoding(void **state) {
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        assert_int_equal(hot_encoding(hot, 1, S("gzip")), HTTP_GZIP);
        assert_int_equal(hot_encoding(hot, 2, S("br")), HTTP_BROTLI);
    }
    assert_int_equal(hot_encoding(hot, 1, S("never looked at")), HTTP_GZIP);
    assert_int_equal(hot_encoding(hot, 1 + 64, S("br")), HTTP_BROTLI); /* takes the place */
    assert_int_equal(hot_encoding(hot, 1, S("gzip")), HTTP_GZIP);
}

static void encodings_are_chosen_as_ever(void **state) {
    (void)state;
    static const char *const ACCEPTED[] = {"gzip, deflate, br",
                                           "gzip, deflate, br, zstd",
                                           "gzip",
                                           "",
                                           "br;q=0, gzip;q=0.5",
                                           "identity",
                                           "gzip, deflate, br;q=0.1, zstd;q=0.2"};
    char longest[200] = "gzip;q=0.1, br;q=0.01";
    memset(longest + strlen(longest), ' ', 100);
    for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < ARRAY_COUNT(ACCEPTED); i++)
            assert_int_equal(hot_encoding(hot, 0, slice_of(ACCEPTED[i])),
                             http_encoding_choose(slice_of(ACCEPTED[i]), 15));
        assert_int_equal(hot_encoding(hot, 0, slice_of(longest)), HTTP_GZIP);
    }
}

int main(void) {
    struct error error;
    if (crypto_init(&error) != OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_page_is_found_by_its_whole_target, start, stop),
        cmocka_unit_test_setup_teardown(a_page_the_cache_has_let_go_is_not_given, start, stop),
        cmocka_unit_test_setup_teardown(a_renewed_page_is_not_given_as_it_was, start, stop),
        cmocka_unit_test_setup_teardown(what_is_read_from_here_counts_as_used_and_as_a_hit, start, stop),
        cmocka_unit_test_setup_teardown(places_are_few_and_targets_short, start, stop),
        cmocka_unit_test_setup_teardown(encodings_are_chosen_as_ever, start, stop),
        cmocka_unit_test_setup_teardown(a_known_head_finds_its_page, start, stop),
        cmocka_unit_test_setup_teardown(a_known_head_has_its_encoding, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
