/* Expressions of administrators: what they find, what is no expression, and those that would never end. */
#include "case.h"

#include "base/error.h"
#include "text/expression.h"

#include <string.h>

static void finds(void **state) {
    (void)state;
    static const struct {
        const char *expression, *text, *found; /* found NULL: not */
    } CASES[] = {
        {"\\bachetez\\b.{0,20}\\bor\\b", "Vite, ACHETEZ de l'or !", "ACHETEZ de l'or"},
        {"é+t", "ÉÉT", "ÉÉT"},
        {"\\p{Han}", "un 北 京", "北"},
        {"\\bcon\\b", "second", NULL},
        {"^a$", "b\na", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct expression *e;
        size_t from = 0, to = 0;
        slice text = slice_of(CASES[i].text);
        assert_int_equal(expression_new(slice_of(CASES[i].expression), &e, NULL, NULL), OK);
        enum status status = expression_find(e, text, &from, &to);
        assert_int_equal(status, CASES[i].found ? OK : NOT_FOUND);
        if (CASES[i].found) assert_int_equal(case_differs(CASES[i].text, slice_sub(text, from, to), CASES[i].found), 0);
        expression_free(e);
    }
}

static void says_where_it_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *expression;
        size_t at;
    } CASES[] = {
        {"ab(c", 4}, {"é[", 2}, {"a**", 2}, {"(?<n", 4}, {"*", 0}, {"a*", 0}, {"", 0}, {"\\", 1}, {"a\\C", 3},
    };
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct expression *e;
        struct error error = {OK, ""};
        size_t at = 99;
        enum status status = expression_new(slice_of(CASES[i].expression), &e, &at, &error);
        if (status == OK) expression_free(e);
        if (status == INVALID && at == CASES[i].at && error.detail[0]) continue;
        print_error("%s: status %d, at %zu: %s\n", CASES[i].expression, (int)status, at, error.detail);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    char longest[EXPRESSION_BYTES_MAX + 1];
    struct expression *e;
    assert_int_equal(expression_new(slice_make(memset(longest, 'a', sizeof longest), sizeof longest), &e, NULL, NULL),
                     INVALID);
    assert_int_equal(
        expression_new(S("((((((((((((((((((((((((((((((((((((((((((((((((((((((((((a))))))))))))))))))))))"
                         "))))))))))))))))))))))))))))))))))))"),
                       &e, NULL, NULL),
        INVALID);
    assert_int_equal(expression_new(S("((ab){1000}){100}"), &e, NULL, NULL), INVALID);
}

/* Without the limits each of these takes longer than the sun. */
static void gives_up_on_what_does_not_end(void **state) {
    (void)state;
    static const char *const CASES[] = {"(a+)+$", "(a|aa)+$", "(x+x+)+[yz]", "^(([a-z])+.)+[A-Z]([a-z])+$"};
    char text[2000];
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        struct expression *e;
        size_t from, to;
        memset(text, i == 2 ? 'x' : 'a', sizeof text);
        text[sizeof text - 1] = '!';
        assert_int_equal(expression_new(slice_of(CASES[i]), &e, NULL, NULL), OK);
        enum status status = expression_find(e, slice_make(text, sizeof text), &from, &to);
        if (status != LIMIT) print_error("%s: status %d\n", CASES[i], (int)status);
        assert_int_equal(status, LIMIT);
        expression_free(e);
    }
    struct expression *e;
    size_t from, to;
    assert_int_equal(expression_new(S("(?:a(?R)?[bc])"), &e, NULL, NULL), OK);
    char deep[20000];
    memset(deep, 'a', sizeof deep);
    assert_int_equal(expression_find(e, slice_make(deep, sizeof deep), &from, &to), LIMIT);
    expression_free(e);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(says_where_it_is_wrong),
        cmocka_unit_test(gives_up_on_what_does_not_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
