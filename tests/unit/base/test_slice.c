#include "base/attributes.h"
#include "base/slice.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define assert_slice(got, want) assert_true(slice_equal((got), S(want)))

static void cutting_takes_what_stands_before(void **state) {
    (void)state;
    slice rest = S("a,,b");
    assert_slice(slice_cut(&rest, ','), "a");
    assert_slice(slice_cut(&rest, ','), "");
    assert_non_null(rest.p);
    assert_slice(slice_cut(&rest, ','), "b");
    assert_null(rest.p);
    assert_slice(slice_cut(&rest, ','), "");
}

static void parts_are_clamped(void **state) {
    (void)state;
    assert_slice(slice_sub(S("abc"), 1, 9), "bc");
    assert_slice(slice_sub(S("abc"), 5, 2), "");
    assert_slice(slice_after(S("abc"), 7), "");
    assert_slice(slice_sub((slice){NULL, 0}, 0, 4), "");
}

static void comparing(void **state) {
    (void)state;
    assert_true(slice_equal((slice){NULL, 0}, S("")));
    assert_true(slice_equal_nocase(S("Content-TYPE"), S("content-type")));
    assert_false(slice_equal_nocase(S("\xC9"), S("\xE9")));
    assert_true(slice_compare(S("ab"), S("abc")) < 0);
    assert_true(slice_compare(S("b"), S("abc")) > 0);
    assert_int_equal(slice_compare(S("abc"), S("abc")), 0);
    assert_true(slice_starts(S("abc"), S("")));
    assert_false(slice_starts(S("a"), S("ab")));
    assert_true(slice_ends(S("page.css"), S(".css")));
}

static void finding(void **state) {
    (void)state;
    assert_int_equal(slice_find(S("abcabc"), S("ca")), 2);
    assert_true(slice_find(S("abc"), S("abcd")) == SIZE_MAX);
    assert_true(slice_find_char((slice){NULL, 0}, 'a') == SIZE_MAX);
    assert_int_equal(slice_find(S("abc"), S("")), 0);
}

static void trimming_knows_ascii_white_space_only(void **state) {
    (void)state;
    assert_slice(slice_trim(S(" \t a b \r\n")), "a b");
    assert_slice(slice_trim(S("   ")), "");
    assert_slice(slice_trim(S("\xC2\xA0x")), "\xC2\xA0x");
}

static void numbers_are_whole_and_in_range(void **state) {
    (void)state;
    int64_t n = 7;
    assert_true(slice_to_int64(S("-42"), &n));
    assert_int_equal(n, -42);
    assert_true(slice_to_int64(S("9223372036854775807"), &n));
    assert_true(n == INT64_MAX);
    n = 7;
    const slice wrong[] = {S_INIT(""),    S_INIT("-"),   S_INIT("+3"),
                           S_INIT("3 "),  S_INIT(" 3"),  S_INIT("0x10"),
                           S_INIT("1.5"), S_INIT("--1"), S_INIT("9223372036854775808")};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(slice_to_int64(wrong[i], &n));
        assert_int_equal(n, 7);
    }
    uint64_t u;
    assert_true(slice_to_uint64(S("18446744073709551615"), &u));
    assert_false(slice_to_uint64(S("18446744073709551616"), &u));
}

static void writes_numbers(void **state) {
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {{0, "0"},
                 {9, "9"},
                 {10, "10"},
                 {-1, "-1"},
                 {-4711, "-4711"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char digits[SLICE_INT_BYTES];
        assert_true(slice_equal(slice_from_int64(digits, cases[i].value), slice_of(cases[i].text)));
    }
}

static void hexadecimal_digits(void **state) {
    (void)state;
    for (int c = CHAR_MIN; c <= CHAR_MAX; c++) {
        static const char DIGITS[] = "0123456789abcdef";
        const char *digit = memchr(DIGITS, c >= 'A' && c <= 'F' ? c | 0x20 : c, sizeof DIGITS - 1);
        assert_int_equal(slice_hex_digit((char)c), digit ? digit - DIGITS : -1);
    }
}

static void percent_octets(void **state) {
    (void)state;
    static const struct {
        slice text;
        size_t at;
        int octet;
    } cases[] = {{S_INIT("%00"), 0, 0},   {S_INIT("a%fF"), 1, 255},     {S_INIT("a%fF"), 0, -1},
                 {S_INIT("%4"), 0, -1},   {S_INIT("%4g"), 0, -1},       {S_INIT("%g4"), 0, -1},
                 {S_INIT("%%41"), 0, -1}, {S_INIT("%%41"), 1, 'A'},     {S_INIT("%41"), 3, -1},
                 {S_INIT(""), 0, -1},     {S_INIT("%41"), SIZE_MAX, -1}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(slice_percent_octet(cases[i].text, cases[i].at), cases[i].octet);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_numbers),
        cmocka_unit_test(cutting_takes_what_stands_before),
        cmocka_unit_test(parts_are_clamped),
        cmocka_unit_test(comparing),
        cmocka_unit_test(finding),
        cmocka_unit_test(trimming_knows_ascii_white_space_only),
        cmocka_unit_test(hexadecimal_digits),
        cmocka_unit_test(percent_octets),
        cmocka_unit_test(numbers_are_whole_and_in_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
