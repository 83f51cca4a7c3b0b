#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "http/form.h"

static struct arena *arena;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(1 << 24);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static enum status parse(slice text, struct http_form *form) {
    struct error error = {0};
    return http_form_parse(arena, text, &HTTP_FORM_LIMITS, form, &error);
}

static void reads_fields(void **state) {
    (void)state;
    struct http_form form = {0};
    assert_int_equal(parse(S("name=L%C3%A9a&text=a+b%2Bc%0D%0Ad&&empty=&alone&=x&name=again&e=a=b"), &form), OK);
    assert_int_equal(form.count, 7);
    assert_true(slice_equal(http_form_get(&form, S("name")), S("L\xc3\xa9"
                                                               "a")));
    assert_true(slice_equal(http_form_get(&form, S("text")), S("a b+c\r\nd")));
    assert_true(slice_equal(http_form_get(&form, S("e")), S("a=b")));
    assert_true(http_form_has(&form, S("empty")));
    assert_int_equal(http_form_get(&form, S("empty")).n, 0);
    assert_true(http_form_has(&form, S("alone")));
    assert_true(slice_equal(http_form_get(&form, S("")), S("x")));
    assert_false(http_form_has(&form, S("Name")));
    assert_null(http_form_get(&form, S("other")).p);
}

static void reads_nothing(void **state) {
    (void)state;
    static const slice EMPTY[] = {{NULL, 0}, S_INIT(""), S_INIT("&"), S_INIT("&&&")};
    for (size_t i = 0; i < ARRAY_COUNT(EMPTY); i++) {
        struct http_form form = {0};
        assert_int_equal(parse(EMPTY[i], &form), OK);
        assert_int_equal(form.count, 0);
    }
}

static void refuses_the_malformed(void **state) {
    (void)state;
    static const slice BAD[] = {
        S_INIT("a=%"),         S_INIT("a=%4"),   S_INIT("a=%4g"), S_INIT("a=%g4"),  S_INIT("%=1"),
        S_INIT("a=%ff"),       S_INIT("a=%00"),  S_INIT("%00=a"), S_INIT("a=\xff"), S_INIT("a=%C0%AF"),
        S_INIT("a=%ED%A0%80"), S_INIT("a=b\0c"), S_INIT("a=%C3"), S_INIT("a=% 41"), S_INIT("a=%+1"),
    };
    for (size_t i = 0; i < ARRAY_COUNT(BAD); i++) {
        struct http_form form = {0};
        if (parse(BAD[i], &form) != INVALID) {
            fail_msg("%.*s is taken", SLICE_FMT(BAD[i]));
        }
    }
}

static void has_ceilings(void **state) {
    (void)state;
    struct http_form_limits limits = {.fields = 2, .name_bytes = 3, .value_bytes = 4};
    struct http_form form = {0};
    struct error error = {0};
    assert_int_equal(http_form_parse(arena, S("abc=1234&b=1"), &limits, &form, &error), OK);
    assert_int_equal(http_form_parse(arena, S("a=1&b=1&c=1"), &limits, &form, &error), LIMIT);
    assert_int_equal(http_form_parse(arena, S("abcd=1"), &limits, &form, &error), LIMIT);
    assert_int_equal(http_form_parse(arena, S("a=12345"), &limits, &form, &error), LIMIT);
    assert_int_equal(http_form_parse(arena, S("a=%31%32%33%34"), &limits, &form, &error), OK);
}

static void knows_its_type(void **state) {
    (void)state;
    static const struct {
        slice type;
        bool is_it;
    } CASES[] = {
        {S_INIT("application/x-www-form-urlencoded"), true},
        {S_INIT("Application/X-WWW-Form-URLencoded ; charset=UTF-8"), true},
        {S_INIT("application/x-www-form-urlencoded;charset=\"utf-8\""), true},
        {S_INIT("application/x-www-form-urlencoded; charset=latin1"), false},
        {S_INIT("application/x-www-form-urlencodedx"), false},
        {S_INIT("multipart/form-data; boundary=x"), false},
        {S_INIT("application/json"), false},
        {S_INIT(""), false},
        {{NULL, 0}, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        assert_int_equal(http_form_is_type(CASES[i].type), CASES[i].is_it);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fields), cmocka_unit_test(reads_nothing),  cmocka_unit_test(refuses_the_malformed),
        cmocka_unit_test(has_ceilings), cmocka_unit_test(knows_its_type),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
