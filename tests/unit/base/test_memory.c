/* Arenas, buffers, blobs: what they give, and what happens at their ceilings. */
#include "base/arena.h"
#include "base/blob.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define assert_slice(got, want) assert_true(slice_equal((got), S(want)))

static void an_arena_gives_zeroed_and_aligned_memory(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (size_t size = 1; size < 5000; size += 37) {
        unsigned char *p = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) assert_int_equal(p[i], 0);
        memset(p, 0xAB, size);
    }
    arena_free(arena);
}

static void an_arena_has_a_ceiling_and_can_be_emptied(void **state) {
    (void)state;
    struct arena *arena = arena_new(10000);
    assert_non_null(arena_try_alloc(arena, 9000));
    assert_null(arena_try_alloc(arena, 2000));
    assert_non_null(arena_try_alloc(arena, 500));
    assert_null(arena_try_alloc(arena, SIZE_MAX - 4));
    assert_false(arena_is_over(arena));
    assert_non_null(arena_alloc(arena, 2000));
    assert_true(arena_is_over(arena));
    assert_null(arena_try_alloc(arena, 1));
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    assert_false(arena_is_over(arena));
    unsigned char *p = arena_try_alloc(arena, 9000);
    assert_non_null(p);
    for (size_t i = 0; i < 9000; i++) assert_int_equal(p[i], 0);
    arena_free(arena);
    arena_free(NULL);
}

static void an_arena_keeps_a_first_block_of_the_size_asked_for(void **state) {
    (void)state;
    struct arena *arena = arena_new_kept(1 << 20, 100000);
    const unsigned char *first = arena_alloc(arena, 16);
    for (int turn = 0; turn < 3; turn++) {
        arena_reset(arena);
        unsigned char *p = arena_alloc(arena, 50000), *q = arena_alloc(arena, 49000);
        assert_ptr_equal(p, first);
        assert_ptr_equal(q, first + 50000);
        for (size_t i = 0; i < 50000; i++) assert_int_equal(p[i], 0);
        memset(p, 0xAB, 50000);
        memset(arena_alloc(arena, 200000), 0xAB, 200000);
    }
    arena_free(arena);
}

static void text_in_an_arena(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    slice copy = arena_copy(arena, S("abc"));
    assert_slice(copy, "abc");
    assert_int_equal(copy.p[3], 0);
    assert_slice(arena_format(arena, "%d-%s", 12, "x"), "12-x");
    assert_string_equal(arena_cstring(arena, S("abc")), "abc");
    assert_null(arena_cstring(arena, S("a\0b")));
    arena_free(arena);
}

static void a_buffer_stops_at_its_ceiling_and_remembers(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 10);
    buf_add(&b, S("12345"));
    buf_add(&b, S("123456"));
    assert_int_equal(b.status, LIMIT);
    assert_slice(buf_slice(&b), "12345");
    buf_add(&b, S("1"));
    assert_slice(buf_slice(&b), "12345");
    buf_clear(&b);
    buf_add(&b, S("1234567890"));
    assert_int_equal(b.status, OK);
    buf_fini(&b);
    buf_fini(&b);
}

static void escapes(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 4096);
    buf_add_html(&b, S("<a href=\"x\" title='y'>&</a>"));
    assert_slice(buf_slice(&b), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
    buf_clear(&b);
    buf_add_json(&b, S("\"\\\n\t\x01</script>\xE2\x80\xA8\xC3\xA9"));
    assert_slice(buf_slice(&b), "\\\"\\\\\\n\\t\\u0001\\u003c/script\\u003e\\u2028\xC3\xA9");
    buf_clear(&b);
    buf_add_url(&b, S("a b/\xC3\xA9~-"));
    assert_slice(buf_slice(&b), "a%20b%2F%C3%A9~-");
    buf_clear(&b);
    buf_add_int(&b, INT64_MIN);
    assert_slice(buf_slice(&b), "-9223372036854775808");
    buf_fini(&b);
}

static void a_blob_lives_as_long_as_its_last_reference(void **state) {
    (void)state;
    struct blob *blob = blob_new(S("bytes"));
    struct blob *again = blob_ref(blob);
    blob_unref(blob);
    assert_slice(blob_slice(again), "bytes");
    assert_int_equal(again->p[5], 0);
    blob_unref(again);
    blob_unref(NULL);
    assert_slice(blob_slice(NULL), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_gives_zeroed_and_aligned_memory),
        cmocka_unit_test(an_arena_has_a_ceiling_and_can_be_emptied),
        cmocka_unit_test(an_arena_keeps_a_first_block_of_the_size_asked_for),
        cmocka_unit_test(text_in_an_arena),
        cmocka_unit_test(a_buffer_stops_at_its_ceiling_and_remembers),
        cmocka_unit_test(escapes),
        cmocka_unit_test(a_blob_lives_as_long_as_its_last_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
