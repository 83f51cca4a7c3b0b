#include "app/limiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void so_many_and_no_more(void **state) {
    (void)state;
    struct limiter *limiter = limiter_new(3, 3600);
    int64_t retry;
    for (int i = 0; i < 3; i++) assert_true(limiter_take(limiter, 42, &retry));
    assert_int_equal(retry, 0);
    assert_false(limiter_take(limiter, 42, &retry));
    assert_true(retry > 1100 && retry <= 1201); /* a third of an hour until the next */
    assert_true(limiter_take(limiter, 43, NULL));
    limiter_give_back(limiter, 42);
    assert_true(limiter_take(limiter, 42, NULL));
    assert_false(limiter_take(limiter, 42, NULL));
    limiter_free(limiter);
}

static void a_full_table_forgets_the_oldest_only(void **state) {
    (void)state;
    struct limiter *limiter = limiter_new(1, 3600);
    assert_true(limiter_take(limiter, 7, NULL));
    for (uint64_t i = 1; i <= 3; i++) limiter_take(limiter, 7 + i * 4096, NULL); /* the same set of four */
    assert_false(limiter_take(limiter, 7, NULL));
    for (uint64_t i = 4; i <= 9; i++) limiter_take(limiter, 7 + i * 4096, NULL);
    assert_true(limiter_take(limiter, 7, NULL));
    limiter_free(limiter);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_and_no_more),
        cmocka_unit_test(a_full_table_forgets_the_oldest_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
