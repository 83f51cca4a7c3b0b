#include "base/crypto.h"
#include "base/memory.h"
#include "cache/cache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The 'database': a number that pages show. The gate holds renderings back so that tests can act meanwhile. */
static _Atomic int64_t truth;
static _Atomic int renderings, at_gate;
static bool fails;
static size_t page_bytes;
static int64_t quiet_ms = 3600000;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static struct blob *make_head(void *ctx, const struct page_head *head) {
    (void)ctx;
    (void)head;
    return blob_new(S("head"));
}

static _Atomic int formers; /* renderings that were given the page they replace */

static enum status render(void *ctx, void *thread_state, const struct cache_key *key, struct page *former,
                          struct page **out, struct error *error) {
    (void)ctx;
    atomic_fetch_add(&formers, former != NULL);
    (void)thread_state;
    int64_t seen = atomic_load(&truth); /* as a database's snapshot is taken at the start */
    atomic_fetch_add(&at_gate, 1);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    atomic_fetch_add(&renderings, 1);
    if (fails) return error_set(error, NOT_FOUND, "no such page");
    struct buf body;
    buf_init(&body, 1 << 20);
    buf_add_format(&body, "%lld:%lld", (long long)key->id, (long long)seen);
    for (size_t i = 0; i < page_bytes; i++) buf_add_char(&body, (char)('a' + ((size_t)seen * 7 + i * i) % 26));
    struct page_source source = {.body = &body, .status = 200, .content_type = S("text/plain")};
    *out = page_new(&source, make_head, NULL);
    return OK;
}

struct told {
    struct cache_waiter waiter;
    pthread_mutex_t lock;
    pthread_cond_t come;
    bool there;
    enum status status;
    char text[64];
};

static void ready(struct cache_waiter *waiter, enum status status, struct page *page, const struct error *error) {
    struct told *told = (struct told *)(void *)waiter;
    (void)error;
    pthread_mutex_lock(&told->lock);
    told->status = status;
    if (page) snprintf(told->text, sizeof told->text, "%.40s", page->variants[0].body->p);
    told->there = true;
    pthread_cond_broadcast(&told->come);
    pthread_mutex_unlock(&told->lock);
}

static void told_init(struct told *told) {
    *told = (struct told){.waiter = {.ready = ready}};
    pthread_mutex_init(&told->lock, NULL);
    pthread_cond_init(&told->come, NULL);
}

static void told_wait(struct told *told) {
    pthread_mutex_lock(&told->lock);
    while (!told->there) pthread_cond_wait(&told->come, &told->lock);
    pthread_mutex_unlock(&told->lock);
}

static struct pool *pool;
static struct cache *cache;

static int start(void **state) {
    (void)state;
    struct cache_options options = {.max_bytes = 1 << 20, .quiet_ms = quiet_ms, .render = render};
    atomic_store(&formers, 0);
    atomic_store(&truth, 1);
    atomic_store(&renderings, 0);
    atomic_store(&at_gate, 0);
    fails = false;
    page_bytes = 0;
    pool = pool_new(2, 64, NULL, NULL, NULL);
    options.pool = pool;
    cache = cache_new(&options);
    return 0;
}

/* Every page has stood long enough to be compressed well. */
static int start_quiet(void **state) {
    quiet_ms = 0;
    int failed = start(state);
    quiet_ms = 3600000;
    return failed;
}

static int stop(void **state) {
    (void)state;
    pool_free(pool);
    cache_free(cache);
    return 0;
}

static void wait_at_gate(int n) {
    while (atomic_load(&at_gate) < n) sched_yield();
}

static void expect_page(const struct cache_key *key, const char *text) {
    struct page *page = cache_find(cache, key);
    assert_non_null(page);
    assert_true(slice_equal(blob_slice(page->variants[0].body), slice_of(text)));
    page_unref(page);
}

static void one_rendering_serves_all_who_wait(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 5};
    struct told told[20];
    assert_null(cache_find(cache, &key));
    pthread_mutex_lock(&gate);
    for (size_t i = 0; i < ARRAY_COUNT(told); i++) {
        told_init(&told[i]);
        cache_want(cache, &key, &told[i].waiter);
    }
    pthread_mutex_unlock(&gate);
    for (size_t i = 0; i < ARRAY_COUNT(told); i++) {
        told_wait(&told[i]);
        assert_int_equal(told[i].status, OK);
        assert_string_equal(told[i].text, "5:1");
    }
    assert_int_equal(atomic_load(&renderings), 1);
    expect_page(&key, "5:1");
}

static void a_rendering_begun_before_a_change_does_not_hold_it(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 6};
    struct told before, after;
    told_init(&before);
    told_init(&after);
    pthread_mutex_lock(&gate);
    cache_want(cache, &key, &before.waiter);
    wait_at_gate(1); /* it has read the old truth */
    atomic_store(&truth, 2);
    cache_renew(cache, &key, &after.waiter);
    pthread_mutex_unlock(&gate);
    told_wait(&before);
    told_wait(&after);
    assert_string_equal(before.text, "6:1");
    assert_string_equal(after.text, "6:2");
    expect_page(&key, "6:2");
}

enum { BROTLI = 1 << PAGE_BROTLI, GZIP = 1 << PAGE_GZIP, PLAIN = 1 << PAGE_IDENTITY };

static void want(struct cache_key *key, unsigned encodings) {
    struct told told;
    told_init(&told);
    told.waiter.wanted = encodings;
    cache_want(cache, key, &told.waiter);
    told_wait(&told);
    assert_int_equal(told.status, OK);
}

static void renew(struct cache_key *key, enum status expected) {
    struct told told;
    told_init(&told);
    cache_renew(cache, key, &told.waiter);
    told_wait(&told);
    assert_int_equal(told.status, expected);
}

/* As a reader does who would take these encodings. Gives what there is. */
static unsigned read_page(struct cache_key *key, unsigned encodings) {
    struct page *page = cache_find(cache, key);
    assert_non_null(page);
    unsigned available = page->available;
    if (page_want(page, encodings)) cache_add_forms(cache, key, page);
    page_unref(page);
    return available;
}

static void who_waits_gets_the_form_asked_for(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 11};
    page_bytes = 20000;
    want(&key, BROTLI);
    assert_int_equal(read_page(&key, BROTLI), PLAIN | BROTLI);
    assert_int_equal(read_page(&key, GZIP), PLAIN | BROTLI); /* gzip comes when a worker has nothing better to do */
    pool_stop(pool);
    assert_int_equal(read_page(&key, GZIP), PLAIN | BROTLI | GZIP);
    assert_int_equal(atomic_load(&renderings), 1);
}

static void a_renewed_page_has_the_forms_its_former_was_read_in(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 13};
    page_bytes = 20000;
    want(&key, BROTLI);
    (void)read_page(&key, BROTLI);
    assert_int_equal(atomic_load(&formers), 0);
    renew(&key, OK);
    assert_int_equal(atomic_load(&formers), 1);
    struct page *page = cache_find(cache, &key);
    assert_int_equal(page->available, PLAIN | BROTLI);
    assert_int_equal(page->variants[PAGE_BROTLI].effort, PAGE_FAST);
    page_unref(page);
}

static void what_nobody_has_read_is_not_renewed(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 14};
    renew(&key, NOT_FOUND); /* never asked for */
    want(&key, PLAIN);
    renew(&key, OK); /* who waited has read it */
    assert_int_equal(atomic_load(&renderings), 2);
    renew(&key, NOT_FOUND); /* nobody since */
    assert_int_equal(atomic_load(&renderings), 2);
    assert_null(cache_find(cache, &key));
    want(&key, PLAIN);
    assert_int_equal(read_page(&key, PLAIN), PLAIN);
    renew(&key, OK);
    (void)read_page(&key, PLAIN);
    renew(&key, OK);
    assert_int_equal(atomic_load(&renderings), 5);
}

static void a_page_that_stands_for_a_while_is_compressed_well(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 15};
    page_bytes = 20000;
    want(&key, BROTLI);
    uint64_t version = cache_version(cache);
    (void)read_page(&key, BROTLI); /* sees that it has stood long enough */
    pool_stop(pool);
    struct page *page = cache_find(cache, &key);
    assert_int_equal(page->variants[PAGE_BROTLI].effort, PAGE_NOW);
    assert_int_equal(page->available, PLAIN | BROTLI);
    page_unref(page);
    assert_true(cache_version(cache) != version);
    assert_int_equal(atomic_load(&renderings), 1);
}

static void the_version_tells_of_every_change(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 16};
    uint64_t version = cache_version(cache);
    want(&key, PLAIN);
    assert_true(cache_version(cache) != version);
    version = cache_version(cache);
    (void)read_page(&key, PLAIN);
    assert_true(cache_version(cache) == version);
    renew(&key, OK);
    assert_true(cache_version(cache) != version);
    version = cache_version(cache);
    cache_drop(cache, &key);
    assert_true(cache_version(cache) != version);
}

static void the_old_page_is_served_while_it_is_renewed(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 7};
    struct told first, second;
    told_init(&first);
    told_init(&second);
    cache_want(cache, &key, &first.waiter);
    told_wait(&first);
    pthread_mutex_lock(&gate);
    atomic_store(&truth, 2);
    cache_renew(cache, &key, &second.waiter);
    expect_page(&key, "7:1");
    pthread_mutex_unlock(&gate);
    told_wait(&second);
    expect_page(&key, "7:2");
}

static void only_what_is_there_is_renewed(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 12};
    struct told absent, first, second;
    told_init(&absent);
    told_init(&first);
    told_init(&second);
    cache_renew(cache, &key, &absent.waiter);
    told_wait(&absent);
    assert_int_equal(absent.status, NOT_FOUND);
    assert_int_equal(atomic_load(&renderings), 0);
    cache_want(cache, &key, &first.waiter);
    told_wait(&first);
    atomic_store(&truth, 2);
    cache_renew(cache, &key, &second.waiter);
    told_wait(&second);
    assert_string_equal(second.text, "12:2");
    expect_page(&key, "12:2");
}

static void a_dropped_page_is_never_served_again(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 8}, other = {.kind = 2, .id = 8};
    struct told told, again;
    told_init(&told);
    told_init(&again);
    cache_want(cache, &key, &told.waiter);
    told_wait(&told);
    cache_drop(cache, &other);
    expect_page(&key, "8:1");
    cache_drop(cache, &key);
    assert_null(cache_find(cache, &key));
    pthread_mutex_lock(&gate);
    cache_want(cache, &key, &again.waiter);
    wait_at_gate(2);
    atomic_store(&truth, 2);
    cache_drop(cache, &key); /* what is being made is outdated before it is there */
    pthread_mutex_unlock(&gate);
    told_wait(&again);
    pool_stop(pool);
    assert_null(cache_find(cache, &key));
}

static bool is_even(void *ctx, const struct cache_key *key) {
    (void)ctx;
    return key->id % 2 == 0;
}

static void an_expired_page_is_given_until_then_and_made_again_once(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 9};
    struct told told;
    told_init(&told);
    cache_want(cache, &key, &told.waiter);
    told_wait(&told);
    time_ms now = clock_now();
    atomic_store(&truth, 2);
    for (int i = 0; i < 50; i++) cache_expire(cache, &key, now + 3600 * 1000);
    expect_page(&key, "9:1");
    assert_int_equal(atomic_load(&renderings), 1);
    cache_expire(cache, &key, now); /* the earliest counts */
    pthread_mutex_lock(&gate);
    for (int i = 0; i < 50; i++) expect_page(&key, "9:1"); /* the old one is given while the new one is made */
    wait_at_gate(2);
    atomic_store(&truth, 3);
    cache_expire(cache, &key, now); /* what the rendering under way has not seen */
    pthread_mutex_unlock(&gate);
    for (bool is_new = false; !is_new; sched_yield()) {
        struct page *page = cache_find(cache, &key);
        is_new = slice_equal(blob_slice(page->variants[0].body), S("9:3"));
        page_unref(page);
    }
    assert_int_equal(atomic_load(&renderings), 3);
    cache_expire(cache, &(struct cache_key){.kind = 1, .id = 10}, now); /* one that nobody asked for */
    assert_int_equal(atomic_load(&renderings), 3);
}

static void those_that_fit_are_dropped(void **state) {
    (void)state;
    for (int64_t id = 0; id < 200; id++) {
        struct told told;
        struct cache_key key = {.kind = 1, .id = id};
        told_init(&told);
        cache_want(cache, &key, &told.waiter);
        told_wait(&told);
    }
    assert_int_equal(cache_figures(cache).pages, 200);
    cache_drop_matching(cache, is_even, NULL);
    assert_int_equal(cache_figures(cache).pages, 100);
    assert_null(cache_find(cache, &(struct cache_key){.kind = 1, .id = 4}));
    expect_page(&(struct cache_key){.kind = 1, .id = 5}, "5:1");
}

static void a_failure_is_told_and_not_remembered(void **state) {
    (void)state;
    struct cache_key key = {.kind = 1, .id = 9};
    struct told told, again;
    told_init(&told);
    told_init(&again);
    fails = true;
    cache_want(cache, &key, &told.waiter);
    told_wait(&told);
    assert_int_equal(told.status, NOT_FOUND);
    fails = false;
    cache_want(cache, &key, &again.waiter);
    told_wait(&again);
    assert_int_equal(again.status, OK);
}

static void what_is_not_used_goes_when_memory_is_short(void **state) {
    (void)state;
    page_bytes = 20000;
    for (int64_t id = 0; id < 200; id++) {
        struct told told;
        struct cache_key key = {.kind = 1, .id = id};
        told_init(&told);
        cache_want(cache, &key, &told.waiter);
        told_wait(&told);
    }
    pool_stop(pool);
    struct cache_figures figures = cache_figures(cache);
    assert_true(figures.bytes <= 1 << 20);
    assert_true(figures.evictions > 100);
    assert_true(figures.pages > 10);
}

static void a_full_queue_is_said_at_once(void **state) {
    (void)state;
    static struct told told[200];
    size_t busy = 0;
    pthread_mutex_lock(&gate);
    for (size_t i = 0; i < ARRAY_COUNT(told); i++) {
        struct cache_key key = {.kind = 1, .id = 1000 + (int64_t)i};
        told_init(&told[i]);
        cache_want(cache, &key, &told[i].waiter);
    }
    pthread_mutex_unlock(&gate);
    for (size_t i = 0; i < ARRAY_COUNT(told); i++) {
        told_wait(&told[i]);
        busy += told[i].status == BUSY;
    }
    assert_true(busy > 100 && busy < 200);
}

int main(void) {
    struct error error;
    if (crypto_init(&error) != OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_rendering_serves_all_who_wait, start, stop),
        cmocka_unit_test_setup_teardown(a_rendering_begun_before_a_change_does_not_hold_it, start, stop),
        cmocka_unit_test_setup_teardown(the_old_page_is_served_while_it_is_renewed, start, stop),
        cmocka_unit_test_setup_teardown(who_waits_gets_the_form_asked_for, start, stop),
        cmocka_unit_test_setup_teardown(a_renewed_page_has_the_forms_its_former_was_read_in, start, stop),
        cmocka_unit_test_setup_teardown(what_nobody_has_read_is_not_renewed, start, stop),
        cmocka_unit_test_setup_teardown(a_page_that_stands_for_a_while_is_compressed_well, start_quiet, stop),
        cmocka_unit_test_setup_teardown(the_version_tells_of_every_change, start, stop),
        cmocka_unit_test_setup_teardown(only_what_is_there_is_renewed, start, stop),
        cmocka_unit_test_setup_teardown(a_dropped_page_is_never_served_again, start, stop),
        cmocka_unit_test_setup_teardown(an_expired_page_is_given_until_then_and_made_again_once, start, stop),
        cmocka_unit_test_setup_teardown(those_that_fit_are_dropped, start, stop),
        cmocka_unit_test_setup_teardown(a_failure_is_told_and_not_remembered, start, stop),
        cmocka_unit_test_setup_teardown(what_is_not_used_goes_when_memory_is_short, start, stop),
        cmocka_unit_test_setup_teardown(a_full_queue_is_said_at_once, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
