/* Acts per key in the last ten minutes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/flood.h"

enum { MINUTE = 60 * 1000 };

static void counts_what_is_in_the_window(void **state) {
    (void)state;
    struct flood *f = flood_new();
    int64_t start = 1000 * MINUTE;
    for (int i = 0; i < 5; i++) assert_int_equal(flood_note(f, 7, start + i * MINUTE), i + 1);
    assert_int_equal(flood_note(f, 8, start), 1);
    assert_int_equal(flood_count(f, 7, start + 9 * MINUTE), 5);
    assert_int_equal(flood_count(f, 7, start + 10 * MINUTE), 4); /* the first is out */
    assert_int_equal(flood_count(f, 7, start + 13 * MINUTE), 1);
    assert_int_equal(flood_note(f, 7, start + 14 * MINUTE), 1);
    assert_int_equal(flood_count(f, 7, start + 1000 * MINUTE), 0);
    assert_int_equal(flood_count(f, 99, start), 0);
    flood_free(f);
}

/* What is read from the database comes late, and not in order. */
static void what_comes_late_counts_when_it_was(void **state) {
    (void)state;
    struct flood *f = flood_new();
    int64_t now = 1000 * MINUTE;
    assert_int_equal(flood_note(f, 7, now), 1);
    assert_int_equal(flood_note(f, 7, now - 3 * MINUTE), 2);
    assert_int_equal(flood_note_many(f, 7, now - 9 * MINUTE, 4), 6);
    assert_int_equal(flood_note(f, 7, now - 10 * MINUTE), 6); /* too long ago */
    assert_int_equal(flood_since(f, 7, now + 500), 500);
    assert_int_equal(flood_count(f, 7, now), 6);
    assert_int_equal(flood_count(f, 7, now + MINUTE), 2);
    assert_int_equal(flood_count(f, 7, now + 8 * MINUTE), 1);
    flood_free(f);
}

static void says_how_long_ago(void **state) {
    (void)state;
    struct flood *f = flood_new();
    assert_int_equal(flood_since(f, 7, 5000), -1);
    flood_note(f, 7, 5000);
    assert_int_equal(flood_since(f, 7, 6500), 1500);
    flood_free(f);
}

static void knows_nobody_by_no_key(void **state) {
    (void)state;
    struct flood *f = flood_new();
    assert_int_equal(flood_note(f, 0, 5000), 0);
    assert_int_equal(flood_count(f, 0, 5000), 0);
    assert_int_equal(flood_since(f, 0, 5000), -1);
    flood_free(f);
}

static void forgets_whoever_was_quiet_longest(void **state) {
    (void)state;
    struct flood *f = flood_new();
    for (uint64_t i = 1; i <= 5; i++) flood_note(f, i * 1024, (int64_t)i * 1000); /* one set of four */
    assert_int_equal(flood_count(f, 1024, 6000), 0);
    for (uint64_t i = 2; i <= 5; i++) assert_int_equal(flood_count(f, i * 1024, 6000), 1);
    flood_free(f);
    flood_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_is_in_the_window),
        cmocka_unit_test(what_comes_late_counts_when_it_was),
        cmocka_unit_test(says_how_long_ago),
        cmocka_unit_test(knows_nobody_by_no_key),
        cmocka_unit_test(forgets_whoever_was_quiet_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
