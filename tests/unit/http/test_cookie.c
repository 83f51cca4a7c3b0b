#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "http/cookie.h"

static void finds(void **state) {
    (void)state;
    slice header = S("a=1; session=abc-_; quoted=\"x y\"; b=; session=second;c=a=b;lonely");
    assert_true(slice_equal(http_cookie_find(header, S("a")), S("1")));
    assert_true(slice_equal(http_cookie_find(header, S("session")), S("abc-_")));
    assert_true(slice_equal(http_cookie_find(header, S("quoted")), S("x y")));
    assert_true(slice_equal(http_cookie_find(header, S("c")), S("a=b")));
    assert_non_null(http_cookie_find(header, S("b")).p);
    assert_int_equal(http_cookie_find(header, S("b")).n, 0);
    assert_null(http_cookie_find(header, S("lonely")).p);
    assert_null(http_cookie_find(header, S("Session")).p);
    assert_null(http_cookie_find(header, S("ession")).p);
    assert_null(http_cookie_find((slice){NULL, 0}, S("a")).p);
}

static void check_built(struct http_cookie cookie, const char *expected) {
    struct buf b;
    buf_init(&b, 1024);
    assert_int_equal(http_cookie_add(&b, &cookie), OK);
    if (!slice_equal(buf_slice(&b), slice_of(expected))) {
        fail_msg("%.*s", SLICE_FMT(buf_slice(&b)));
    }
    buf_fini(&b);
}

static void builds(void **state) {
    (void)state;
    check_built((struct http_cookie){.name = S("s"), .value = S("x")}, "s=x; Path=/; HttpOnly; SameSite=Lax");
    check_built((struct http_cookie){.name = S("s"), .value = S("x"), .path = S("/m"), .max_age_s = 60, .secure = true},
                "s=x; Path=/m; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
    check_built((struct http_cookie){.name = S("s"), .max_age_s = -1, .strict = true, .readable = true},
                "s=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Strict");
}

static void refuses_what_would_break_out(void **state) {
    (void)state;
    static const struct http_cookie BAD[] = {
        {.name = S_INIT("")},
        {.name = S_INIT("a b")},
        {.name = S_INIT("a=b")},
        {.name = S_INIT("a"), .value = S_INIT("x; Domain=evil")},
        {.name = S_INIT("a"), .value = S_INIT("x\r\nSet-Cookie: b=c")},
        {.name = S_INIT("a"), .value = S_INIT("\xc3\xa9")},
        {.name = S_INIT("a"), .value = S_INIT("a\0b")},
        {.name = S_INIT("a"), .value = S_INIT("x"), .path = S_INIT("/;x")},
    };
    for (size_t i = 0; i < ARRAY_COUNT(BAD); i++) {
        struct buf b;
        buf_init(&b, 1024);
        assert_int_equal(http_cookie_add(&b, &BAD[i]), INVALID);
        assert_int_equal(b.n, 0);
        buf_fini(&b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(builds),
        cmocka_unit_test(refuses_what_would_break_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
