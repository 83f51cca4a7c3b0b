#include "app/tokens.h"

#include "base/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTE = 60000 };
static const time_ms NOW = 1795000000000;
static struct app app;
static struct arena *arena;

static void a_token_is_good_for_its_purpose_and_its_time(void **state) {
    (void)state;
    slice token = token_make(&app, arena, S("comment:12"), NOW, 1);
    assert_true(token_check(&app, token, S("comment:12"), NOW));
    assert_true(token_check(&app, token, S("comment:12"), NOW + (int64_t)(TOKEN_LIFE_MINUTES - 1) * MINUTE));
    assert_false(token_check(&app, token, S("comment:12"), NOW + (int64_t)(TOKEN_LIFE_MINUTES + 1) * MINUTE));
    assert_false(token_check(&app, token, S("comment:12"), NOW - 2 * MINUTE));
    assert_false(token_check(&app, token, S("comment:1"), NOW));
    assert_false(token_check(&app, token, S("report:12"), NOW));
}

static void no_byte_of_a_token_may_change(void **state) {
    (void)state;
    slice token = token_make(&app, arena, S("sign-in"), NOW, 1);
    for (size_t i = 0; i < token.n; i++) {
        slice copy = arena_copy(arena, token);
        char *byte = (char *)(uintptr_t)copy.p + i;
        *byte = *byte == 'A' ? 'B' : 'A';
        assert_false(token_check(&app, copy, S("sign-in"), NOW));
        assert_false(token_check(&app, slice_sub(token, 0, i), S("sign-in"), NOW));
    }
    assert_false(token_check(&app, S(""), S("sign-in"), NOW));
    assert_false(token_check(&app, S("."), S("sign-in"), NOW));
}

static void tokens_of_shared_pages_stay_the_same_within_a_step(void **state) {
    (void)state;
    time_ms start = token_step_end(NOW), end = token_step_end(start);
    slice first = token_make(&app, arena, S("comment:1"), start, TOKEN_STEP_MINUTES),
          last = token_make(&app, arena, S("comment:1"), end - 1, TOKEN_STEP_MINUTES),
          next = token_make(&app, arena, S("comment:1"), end, TOKEN_STEP_MINUTES);
    assert_int_equal(end - start, (int64_t)TOKEN_STEP_MINUTES * MINUTE);
    assert_true(slice_equal(first, last));
    assert_false(slice_equal(first, next));
    assert_true(token_check(&app, first, S("comment:1"), end));
}

static void another_key_makes_other_tokens(void **state) {
    (void)state;
    static struct app other;
    crypto_random(&other.keys.form, sizeof other.keys.form);
    slice token = token_make(&app, arena, S("x"), NOW, 1);
    assert_false(token_check(&other, token, S("x"), NOW));
}

int main(void) {
    struct error error;
    if (crypto_init(&error) != OK) return 1;
    crypto_random(&app.keys.form, sizeof app.keys.form);
    arena = arena_new(1 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_good_for_its_purpose_and_its_time),
        cmocka_unit_test(no_byte_of_a_token_may_change),
        cmocka_unit_test(tokens_of_shared_pages_stay_the_same_within_a_step),
        cmocka_unit_test(another_key_makes_other_tokens),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
