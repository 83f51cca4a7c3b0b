#include "base/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void hashes_are_the_standards(void **state) {
    (void)state;
    struct buf b;
    buf_init(&b, 256);
    struct crypto_hash hash = crypto_sha256(S("abc")); /* FIPS 180-4, B.1 */
    crypto_add_hex(&b, slice_make(hash.bytes, sizeof hash.bytes));
    assert_true(slice_equal(buf_slice(&b), S("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
    struct crypto_hash two = crypto_sha256_two(S("a"), S("bc"));
    assert_memory_equal(two.bytes, hash.bytes, sizeof hash.bytes);
    buf_fini(&b);
}

static void base64url_goes_both_ways_and_is_strict(void **state) {
    (void)state;
    unsigned char bytes[16], back[16];
    struct buf b;
    buf_init(&b, 256);
    crypto_random(bytes, sizeof bytes);
    crypto_add_base64url(&b, slice_make(bytes, sizeof bytes));
    assert_int_equal(b.n, 22);
    assert_true(crypto_from_base64url(buf_slice(&b), back, sizeof back));
    assert_memory_equal(bytes, back, sizeof bytes);
    assert_false(crypto_from_base64url(buf_slice(&b), back, 15));
    assert_false(crypto_from_base64url(S("not base64url!"), back, 10));
    assert_false(crypto_from_base64url(S(""), back, 16));
    buf_fini(&b);
}

static void what_is_sealed_opens_with_its_key_only(void **state) {
    (void)state;
    struct crypto_key key, other;
    struct buf sealed, plain;
    crypto_random(&key, sizeof key);
    crypto_random(&other, sizeof other);
    buf_init(&sealed, 256);
    buf_init(&plain, 256);
    crypto_seal(&key, S("192.0.2.1"), &sealed);
    assert_false(slice_contains(buf_slice(&sealed), S("192.0.2.1")));
    assert_false(crypto_open(&other, buf_slice(&sealed), &plain));
    assert_int_equal(plain.n, 0);
    assert_true(crypto_open(&key, buf_slice(&sealed), &plain));
    assert_true(slice_equal(buf_slice(&plain), S("192.0.2.1")));
    sealed.p[sealed.n - 1] ^= 1;
    assert_false(crypto_open(&key, buf_slice(&sealed), &plain));
    assert_false(crypto_open(&key, S("short"), &plain));
    buf_fini(&sealed);
    buf_fini(&plain);
}

static void passwords_are_argon2id(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    struct error error;
    slice phc;
    assert_int_equal(crypto_password_hash(arena, S("correct horse"), &phc, &error), OK);
    assert_true(slice_starts(phc, S("$argon2id$")));
    assert_true(crypto_password_verify(phc, S("correct horse")));
    assert_false(crypto_password_verify(phc, S("correct horse ")));
    assert_false(crypto_password_verify(S(""), S("")));
    arena_free(arena);
}

static void tokens_differ(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 16);
    slice a = crypto_token(arena), b = crypto_token(arena);
    assert_int_equal(a.n, CRYPTO_TOKEN_CHARS);
    assert_false(slice_equal(a, b));
    arena_free(arena);
}

static int by_bytes(const void *a, const void *b) { return memcmp(a, b, 24); }

static void random_bytes_come_once(void **state) {
    (void)state;
    enum { COUNT = 1000, BYTES = 24 };
    static unsigned char taken[COUNT][BYTES], large[4096];
    for (size_t i = 0; i < COUNT; i++) crypto_random(taken[i], BYTES);
    qsort(taken, COUNT, BYTES, by_bytes);
    for (size_t i = 1; i < COUNT; i++) assert_memory_not_equal(taken[i - 1], taken[i], BYTES);
    size_t zeroes = 0;
    crypto_random(large, sizeof large);
    for (size_t i = 0; i < sizeof large; i++) zeroes += large[i] == 0;
    assert_in_range(zeroes, 0, 100); /* 16 are to be expected */
}

int main(void) {
    struct error error;
    if (crypto_init(&error) != OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_the_standards),
        cmocka_unit_test(base64url_goes_both_ways_and_is_strict),
        cmocka_unit_test(what_is_sealed_opens_with_its_key_only),
        cmocka_unit_test(passwords_are_argon2id),
        cmocka_unit_test(tokens_differ),
        cmocka_unit_test(random_bytes_come_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
