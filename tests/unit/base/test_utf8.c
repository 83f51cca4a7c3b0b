#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void what_rfc_3629_forbids_is_found(void **state) {
    (void)state;
    const struct {
        slice text;
        size_t at;
    } cases[] = {
        {S_INIT(""), SIZE_MAX},
        {S_INIT("plain ascii, longer than eight bytes"), SIZE_MAX},
        {S_INIT("\xC3\xA9t\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8C\xB3"), SIZE_MAX},
        {S_INIT("a\xFF"), 1},
        {S_INIT("\x80"), 0},             /* a continuation alone */
        {S_INIT("\xC0\xAF"), 0},         /* overlong */
        {S_INIT("\xE0\x80\xAF"), 0},     /* overlong */
        {S_INIT("\xF0\x80\x80\xAF"), 0}, /* overlong */
        {S_INIT("ab\xED\xA0\x80"), 2},   /* a surrogate */
        {S_INIT("\xF4\x90\x80\x80"), 0}, /* above U+10FFFF */
        {S_INIT("12345678\xE2\x82"), 8}, /* cut short */
        {S_INIT("\xF5\x80\x80\x80"), 0},
        {S_INIT("\xC3("), 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(utf8_find_invalid(cases[i].text) == cases[i].at);
}

static void code_points_come_and_go(void **state) {
    (void)state;
    const uint32_t points[] = {0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFD, 0x10000, 0x10FFFF};
    struct buf b;
    buf_init(&b, 64);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) utf8_add(&b, points[i]);
    slice rest = buf_slice(&b);
    uint32_t point;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        assert_true(utf8_next(&rest, &point));
        assert_int_equal(point, points[i]);
    }
    assert_false(utf8_next(&rest, &point));
    buf_fini(&b);
    slice broken = S("\xFFz");
    assert_true(utf8_next(&broken, &point));
    assert_int_equal(point, 0xFFFD);
    assert_true(utf8_next(&broken, &point));
    assert_int_equal(point, 'z');
}

static void lengths_are_in_characters(void **state) {
    (void)state;
    assert_int_equal(utf8_length(S("\xC3\xA9t\xC3\xA9")), 3);
    assert_true(slice_equal(utf8_prefix(S("\xC3\xA9t\xC3\xA9"), 2), S("\xC3\xA9t")));
    assert_true(slice_equal(utf8_prefix(S("ab"), 5), S("ab")));
}

static void control_characters_are_found(void **state) {
    (void)state;
    assert_true(utf8_find_control(S("line\r\n\tnext \xC3\xA9")) == SIZE_MAX);
    assert_int_equal(utf8_find_control(S("a\x01")), 1);
    assert_int_equal(utf8_find_control(S("a\x7F")), 1);
    assert_int_equal(utf8_find_control(S("ab\xC2\x85")), 2);     /* C1 */
    assert_int_equal(utf8_find_control(S("ab\xE2\x80\xAE")), 2); /* right-to-left override */
    assert_int_equal(utf8_find_control(S("ab\xE2\x81\xA6")), 2); /* isolate */
    assert_int_equal(utf8_find_control(S("\xEF\xBF\xBF")), 0);   /* U+FFFF */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_rfc_3629_forbids_is_found),
        cmocka_unit_test(code_points_come_and_go),
        cmocka_unit_test(lengths_are_in_characters),
        cmocka_unit_test(control_characters_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
