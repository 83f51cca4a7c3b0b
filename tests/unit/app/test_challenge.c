/* Challenges and proofs against figures computed by another program (Python's hashlib and hmac). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/challenge.h"

#include <string.h>

#define BOUND S("0123456789abcdefghijklmnopqrstuv")
enum { NUMBER = 4711 };
static const time_ms EXPIRES = 1700001200000;

static const char WRITTEN[] =
    "{\"algorithm\":\"SHA-256\",\"challenge\":\"40412a7adfb6ade7c6e0c54211ef4756c7b8722c5b3af89bd643b0ded1630698\",\"maxnumber\":100000,\"salt\":\"00112233445566778899aabb?expires=1700001200&form=73337f479fe170d73e53e247f3052e42&\",\"signature\":\"253000abe5e77f2770f93b8ba944f476e023d7ac8aac69ec8316045bd555f6ae\"}";
static const char PROOF[] =
    "eyJhbGdvcml0aG0iOiJTSEEtMjU2IiwiY2hhbGxlbmdlIjoiNDA0MTJhN2FkZmI2YWRlN2M2ZTBjNTQyMTFlZjQ3NTZjN2I4NzIy"
    "YzViM2FmODliZDY0M2IwZGVkMTYzMDY5OCIsIm51bWJlciI6NDcxMSwic2FsdCI6IjAwMTEyMjMzNDQ1NTY2Nzc4ODk5YWFiYj9l"
    "eHBpcmVzPTE3MDAwMDEyMDAmZm9ybT03MzMzN2Y0NzlmZTE3MGQ3M2U1M2UyNDdmMzA1MmU0MiYiLCJzaWduYXR1cmUiOiIyNTMw"
    "MDBhYmU1ZTc3ZjI3NzBmOTNiOGJhOTQ0ZjQ3NmUwMjNkN2FjOGFhYzY5ZWM4MzE2MDQ1YmQ1NTVmNmFlIn0=";
static const char WRONG_NUMBER[] =
    "eyJhbGdvcml0aG0iOiJTSEEtMjU2IiwiY2hhbGxlbmdlIjoiNDA0MTJhN2FkZmI2YWRlN2M2ZTBjNTQyMTFlZjQ3NTZjN2I4NzIy"
    "YzViM2FmODliZDY0M2IwZGVkMTYzMDY5OCIsIm51bWJlciI6NDcxMiwic2FsdCI6IjAwMTEyMjMzNDQ1NTY2Nzc4ODk5YWFiYj9l"
    "eHBpcmVzPTE3MDAwMDEyMDAmZm9ybT03MzMzN2Y0NzlmZTE3MGQ3M2U1M2UyNDdmMzA1MmU0MiYiLCJzaWduYXR1cmUiOiIyNTMw"
    "MDBhYmU1ZTc3ZjI3NzBmOTNiOGJhOTQ0ZjQ3NmUwMjNkN2FjOGFhYzY5ZWM4MzE2MDQ1YmQ1NTVmNmFlIn0=";

static struct crypto_key key_of_bytes(void) {
    struct crypto_key key;
    for (size_t i = 0; i < sizeof key.bytes; i++) key.bytes[i] = (unsigned char)i;
    return key;
}

static void writes_what_altcha_reads(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct crypto_key key = key_of_bytes();
    slice json = challenge_write(arena, &key, BOUND, S("00112233445566778899aabb"), NUMBER, EXPIRES);
    assert_string_equal(json.p, WRITTEN);
    arena_free(arena);
}

static void takes_a_proof_once_for_its_form_in_time(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct crypto_key key = key_of_bytes(), other = key_of_bytes();
    other.bytes[31] ^= 1;
    slice proof = slice_of(PROOF);
    assert_true(challenge_check(arena, &key, BOUND, proof, EXPIRES - 1));
    assert_false(challenge_check(arena, &key, BOUND, proof, EXPIRES));
    assert_false(challenge_check(arena, &key, S("another form's key, of 32 chars."), proof, EXPIRES - 1));
    assert_false(challenge_check(arena, &other, BOUND, proof, EXPIRES - 1));
    assert_false(challenge_check(arena, &key, BOUND, slice_of(WRONG_NUMBER), EXPIRES - 1));
    for (size_t n = 0; n < proof.n; n += 7)
        assert_false(challenge_check(arena, &key, BOUND, slice_sub(proof, 0, n), EXPIRES - 1));
    arena_free(arena);
}

static void makes_challenges_that_can_be_solved(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 24);
    struct crypto_key key = key_of_bytes();
    slice first = challenge_make(arena, &key, BOUND, EXPIRES), second = challenge_make(arena, &key, BOUND, EXPIRES);
    assert_false(slice_equal(first, second));
    assert_true(slice_contains(first, S("?expires=1700002400&form=")));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_altcha_reads),
        cmocka_unit_test(takes_a_proof_once_for_its_form_in_time),
        cmocka_unit_test(makes_challenges_that_can_be_solved),
    };
    struct error error;
    return crypto_init(&error) == OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
