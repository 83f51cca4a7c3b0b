#include "exchange/number_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void each_number_is_new_once(void **state) {
    (void)state;
    static const int64_t STEPS[] = {1, 63, 64, 65, 1000003, INT64_C(1) << 40};
    struct number_set set = {0};
    assert_true(number_set_add(&set, 1));
    for (size_t s = 0; s < sizeof STEPS / sizeof STEPS[0]; s++)
        for (int64_t i = 1; i <= 2000; i++) (void)number_set_add(&set, i * STEPS[s]);
    for (size_t s = 0; s < sizeof STEPS / sizeof STEPS[0]; s++)
        for (int64_t i = 1; i <= 2000; i++) assert_false(number_set_add(&set, i * STEPS[s]));
    assert_true(number_set_add(&set, INT64_MAX));
    assert_true(number_set_add(&set, INT64_MAX - 1));
    assert_false(number_set_add(&set, INT64_MAX));
    number_set_fini(&set);
}

static void neighbours_share_their_place(void **state) {
    (void)state;
    struct number_set set = {0};
    for (int64_t i = 1; i <= 100000; i++) assert_true(number_set_add(&set, i));
    assert_in_range(set.count, 100000 / 64, 100000 / 64 + 2);
    number_set_fini(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number_is_new_once),
        cmocka_unit_test(neighbours_share_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
